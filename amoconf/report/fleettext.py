"""Many accounts as text: failures first, then what groups of accounts have in common, a table, and what it comes to."""

from collections.abc import Iterable, Sequence
from typing import Any

from amoconf.digits import number
from amoconf.report import plantext, reporttext
from amoconf.report.document import ACTIONS
from amoconf.report.flow import Line, Page, flow, gathered, listed
from amoconf.tongue import later, tr, trn

Document = dict[str, Any]
BADNESS = ("failed", "blocked", "different", "same")
RESULTS = {
    "failed": later("failed"),
    "blocked": later("blocked"),
    "different": later("different"),
    "same": later("as the spec says"),
}
FOUND = {**RESULTS, "different": later("with findings"), "same": later("without findings")}
SEVERITIES = {"error": later("ERRORS"), "warn": later("Warnings"), "info": later("To know")}
STYLES = {"failed": "bold red", "blocked": "bold red", "different": "yellow", "same": "green"}
GROUPS, ROWS, LINES, NAMES = 8, 30, 24, 2  # groups, accounts, lines of a group, lines of names: without -v


def fleet_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    told = by_rule(document, page) if document["command"] == "fleet audit" else grouped(document, page)
    parts = [header(document, page), failed(document, page), *told, table(document, page)]
    return [*gathered([*parts, total(document, page)])]


def header(document: Document, page: Page) -> list[Line]:
    """Which command on how many accounts, when, and what it took."""
    count = len(document["accounts"])
    texts = [trn("{number} account", "{number} accounts", count, number=number(count))]
    if document.get("at"):
        texts += [document["file"], document["at"][11:19]]
    texts.append(plantext.effort(document, page))
    items = [page.hard(page.say(text), "   ") for text in texts]
    return flow(page, ((f"amoconf {document['command']}   ", "bold"),), items, 4)


def failed(document: Document, page: Page) -> list[Line]:
    """Accounts of which nothing is known, and why; those that failed alike together."""
    alike: dict[str, list[Document]] = {}
    for row in document["accounts"]:
        if row["error"]:
            alike.setdefault(str(row["error"]), []).append(row)
    if not alike:
        return []
    count = sum(map(len, alike.values()))
    lines: list[Line] = [((page.words.titled(tr("NOT LOOKED AT"), count), "bold red"),)]
    for rows in alike.values():
        lines += listed(page, [row["name"] for row in rows], 2, 0 if page.verbose else NAMES)
        problems = rows[0]["error"]["problems"]
        for problem in problems if page.verbose else problems[:LINES]:
            lines += flow(page, (("    ", ""),), plantext.problem(page, {**problem, "todo": ""}), 6)
            todo = [page.prose(line.strip(), " ") for line in problem["todo"].splitlines()]
            lines += flow(page, (("      -> ", "green"),), todo, 9) if todo else []
    return lines


def grouped(document: Document, page: Page) -> list[list[Line]]:
    """What accounts have in common: each group with its changes, danger first."""
    key = "changes" if document["command"] == "fleet plan" else "differences"
    shown = document["groups"] if page.verbose else document["groups"][:GROUPS]
    blocks = [group(page, item["accounts"], item[key]) for item in shown]
    rest = document["groups"][len(shown) :]
    if rest:
        count = sum(len(item["accounts"]) for item in rest)
        said = trn("{number} account more differs in its own way: -v", "{number} accounts more differ in ways of their own: -v", count)  # fmt: skip
        blocks.append([((said, "dim"),)])
    return blocks


def group(page: Page, names: Sequence[str], rows: Sequence[Document]) -> list[Line]:
    """One group: how many accounts, which, and the changes that they share."""
    lines: list[Line] = [((f"# {page.say(title_of(names, len(rows)))}", "bold"),)]
    if len(names) > 1:
        lines += listed(page, names, 2, 0 if page.verbose else NAMES)
    told = [line for block in plantext.changes(rows, page) for line in block]
    left = len(told) - LINES
    if left > 0 and not page.verbose:
        more = trn("{number} line more: -v", "{number} lines more: -v", left)
        return [*lines, *told[:LINES], ((f"  {more}", "dim"),)]
    return [*lines, *told]


def title_of(names: Sequence[str], count: int) -> str:
    """ "31 accounts: the same 4 changes", or the one account's name."""
    changes = trn("{number} change", "{number} changes", count, number=number(count))
    if len(names) == 1:
        return f"{names[0]}: {changes}"
    return trn(
        "{number} account, the same in each: {changes}",
        "{number} accounts, the same in each: {changes}",
        len(names),
        number=number(len(names)),
        changes=changes,
    )


def by_rule(document: Document, page: Page) -> list[list[Line]]:
    """Broken rules with the accounts that break them."""
    blocks: list[list[Line]] = []
    for severity, title in SEVERITIES.items():
        mine = [item for item in document["groups"] if item["findings"][0]["severity"] == severity]
        if mine:
            lines: list[Line] = [((page.words.titled(tr(title), len(mine)), "bold"),)]
            blocks.append([*lines, *(line for item in mine for line in _rule(page, item))])
    return blocks


def _rule(page: Page, item: Document) -> list[Line]:
    rule, names = item["findings"][0], item["accounts"]
    count = trn("{number} account", "{number} accounts", len(names), number=number(len(names)))
    head = ((f"  {rule['rule']}  ", ""), (f"{count}   ", "bold"))
    lines = flow(page, head, [page.prose(rule["title"])], 7)
    return [*lines, *listed(page, names, 7, 0 if page.verbose else 1)]


def table(document: Document, page: Page) -> list[Line]:
    """Each account with something to tell, the worst first; all of them where that is asked for."""
    rows = sorted(document["accounts"], key=_badness)
    told = rows if page.verbose else [row for row in rows if row["result"] != "same"][:ROWS]
    if not told:
        return []
    make = _audited if document["command"] == "fleet audit" else _planned
    columns, cells = make(told, page)
    grid = reporttext.fitted(columns, cells, page)
    lines: list[Line] = [
        ((grid.line(head, page), "dim"),) for head in zip(*grid.heads, strict=True) if any(head)
    ]
    lines += [
        ((grid.line(row, page), STYLES[item["result"]]),) for row, item in zip(grid.rows, told, strict=True)
    ]
    left = len(rows) - len(told)
    if left:
        said = trn(
            "and {number} account more: -v", "and {number} accounts more: -v", left, number=number(left)
        )
        lines.append(((f"  {said}", "dim"),))
    return lines


def _badness(row: Document) -> tuple[int, int, str]:
    counts = row["summary"] or {}
    weight = sum(counts.get(name, 0) for name in (*ACTIONS, "error", "warn"))
    return BADNESS.index(row["result"]), -weight, row["name"]


def word_of(result: str, audit: bool) -> str:
    """What a result is called."""
    return tr((FOUND if audit else RESULTS)[result])


def counted(result: str, count: int, audit: bool) -> str:
    """ "3 failed"."""
    return tr("{count} {result}", count=number(count), result=word_of(result, audit))


Cells = tuple[list[dict[str, str]], list[list[str]]]


def _planned(rows: Sequence[Document], page: Page) -> Cells:
    """Account, result, changes by action, blocked ones, seconds."""
    used = [name for name in ACTIONS if any((row["summary"] or {}).get(name) for row in rows)]
    stopped = [sum(bool(item["blocked_by"]) for item in row.get("changes", ())) for row in rows]
    heads = [*(page.words.row_words[name] for name in used), *([tr("blocked")] if any(stopped) else [])]
    cells = [
        [
            *_names(row, page),
            *(_count((row["summary"] or {}).get(name)) for name in used),
            *([_count(count)] if any(stopped) else []),
            f"{row['seconds']:.1f}",
        ]
        for row, count in zip(rows, stopped, strict=True)
    ]
    return _columns(heads), cells


def _audited(rows: Sequence[Document], page: Page) -> Cells:
    """Account, result, score, findings by severity, seconds."""
    cells = [
        [
            *_names(row, page),
            "-" if row.get("score") is None else str(row["score"]),
            *(_count((row["summary"] or {}).get(name)) for name in SEVERITIES),
            f"{row['seconds']:.1f}",
        ]
        for row in rows
    ]
    return _columns([tr("score of 100"), *(tr(text).lower() for text in SEVERITIES.values())]), cells


def _names(row: Document, page: Page) -> list[str]:
    return [page.say(row["name"]), word_of(row["result"], "score" in row)]


def _count(value: int | None) -> str:
    return number(value) if value else ""


def _columns(heads: Iterable[str]) -> list[dict[str, str]]:
    titles = [tr("account"), tr("result"), *heads, tr("seconds")]
    return [
        {"name": "", "title": title, "unit": "text" if place < 2 else "count"}
        for place, title in enumerate(titles)
    ]


def total(document: Document, page: Page) -> list[Line]:
    """The counts once more: they stand right above the prompt."""
    counts = document["summary"]
    audit = document["command"] == "fleet audit"
    parts = [counted(name, counts[name], audit) for name in BADNESS if counts[name]]
    said = trn("Fleet: {number} account", "Fleet: {number} accounts", counts["accounts"], number=number(counts["accounts"]))  # fmt: skip
    style = "bold red" if counts["failed"] or counts["blocked"] else "bold"
    return flow(
        page, (), [page.prose(f"{said}: {', '.join(parts)}." if parts else f"{said}.", style=style)], 2
    )
