"""An audit as text: the score first, the worst findings next, each with what to do; figures at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.digits import number, percent
from amoconf.report.flow import Item, Line, Page, flow, gathered, listed
from amoconf.tongue import later, tr, trn

Document = dict[str, Any]
STYLES: Mapping[str, str] = {"error": "bold red", "warn": "yellow", "info": "", "grey": "dim"}
TITLES = {"error": later("ERRORS"), "warn": later("Warnings"), "info": later("To know")}
MARKS = {"new": later("+ new"), "fixed": later("- fixed"), "changed": later("~ changed")}
MOST = 3  # findings of one rule that are told without -v
IDS = 5


def audit_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    blocks = [top(document, page), *(block(document, page, word) for word in TITLES)]
    blocks += [comparison(document, page), exceptions(document, page), grey(document, page)]
    return [*gathered([*blocks, skipped(document, page), figures(document, page), last(document, page)])]


def top(document: Document, page: Page) -> list[Line]:
    """Account, score, and what takes most off it."""
    account, score = document["account"], document["score"]
    name = page.say(f"{account['subdomain']}.{account['domain']}")
    style = (
        "bold green"
        if score is not None and score >= 80
        else "bold yellow"
        if score and score >= 50
        else "bold red"
    )
    told = tr("   score "), tr("{score} of 100", score=score)
    if score is None:
        told = "   ", tr("no rule could be evaluated")
    lines: list[Line] = [(("amoconf audit   ", "bold"), (name, ""), (told[0], "bold"), (told[1], style))]
    taken = [page.hard(f"-{number(row['points'])} {row['rule']}", gap=", ") for row in document["penalties"]]
    if taken:
        shown = taken if page.verbose else taken[:8]
        rest = (
            [page.hard(tr("{number} more", number=len(taken) - len(shown)), gap=", ")]
            if len(taken) > len(shown)
            else []
        )
        lines += flow(page, ((tr("  taken off: "), "dim"),), [*shown, *rest], 4)
    return [*lines, *notes(document, page)]


def notes(document: Document, page: Page) -> list[Line]:
    """What limits the result."""
    said = []
    if document["offline"]:
        said.append(tr("Offline: only what the spec says was looked at."))
    if document["partial"]:
        said.append(tr("The token is no administrator's: counted is what its user may see."))
    return [line for text in said for line in flow(page, (("  ", ""),), [page.prose(text)], 2)]


def block(document: Document, page: Page, word: str) -> list[Line]:
    """Findings of one severity, by rule."""
    rows = [row for row in document["findings"] if row["severity"] == word]
    if not rows:
        return []
    lines: list[Line] = [((f"{tr(TITLES[word])} ({len(rows)})", STYLES[word] or "bold"),)]
    for code in dict.fromkeys(row["rule"] for row in rows):
        mine = [row for row in rows if row["rule"] == code]
        lines += told(page, mine, STYLES[word])
    return lines


def told(page: Page, rows: Sequence[Document], style: str) -> list[Line]:
    """One rule: its title, its findings, what to do."""
    first = rows[0]
    lines = flow(page, ((f"  {first['rule']}  ", style),), [page.prose(first["title"], style="bold")], 7)
    shown = rows if page.verbose else rows[:MOST]
    for row in shown:
        said = [page.prose(f"{row['message']}{limit(row)}"), *evidence(page, row)]
        settled = [page.prose(row["settled"], style="green")] if row.get("settled") else []
        lines += flow(page, (("       ", ""),), [*said, *settled], 7)
    if len(rows) > len(shown):
        lines.append(((tr("       and {number} more: -v", number=len(rows) - len(shown)), "dim"),))
    lines += flow(page, (("       -> ", "green"),), [page.prose(first["todo"])], 10)
    return [*lines, *details(page, first)]


def limit(row: Document) -> str:
    """The share and the threshold."""
    share = percent(row["share"]) if row["share"] is not None else ""
    threshold = row["threshold"]
    if not threshold:
        return f" ({share})" if share else ""
    most = number(threshold, 3) if row["measure"] == "count" else percent(threshold)
    told = tr("threshold {limit}", limit=most)
    return f" ({share}, {told})" if share else f" ({told})"


def evidence(page: Page, row: Document) -> list[Item]:
    """A few ids; all that the document has with -v."""
    ids = [str(key) for key in row["evidence"]]
    shown = ids if page.verbose else ids[:IDS]
    return (
        [
            page.prose(
                tr("such as {ids}", ids=", ".join(shown))
                + (" …" if len(ids) > len(shown) or row["count"] > len(ids) else ""),
                style="dim",
            )
        ]
        if shown
        else []
    )


def details(page: Page, row: Document) -> list[Line]:
    """How it was computed, a link, and lines of a spec; only where all is asked for."""
    if not page.verbose:
        return []
    lines = flow(page, ((tr("       computed: "), "dim"),), [page.prose(row["computed"], style="dim")], 10)
    lines += (
        flow(page, ((tr("       see "), "dim"),), [page.hard(page.say(row["links"][0]))], 10)
        if row["links"]
        else []
    )
    return [*lines, *((("         " + page.say(text), "cyan"),) for text in (row["spec"] or "").splitlines())]


def comparison(document: Document, page: Page) -> list[Line]:
    """What is new, what is fixed."""
    since = document["comparison"]
    if since is None:
        return []
    lines: list[Line] = [((tr("Since the previous audit"), "bold"),)]
    for text in scores(document):
        lines += flow(page, (("  ", ""),), [page.prose(text)], 2)
    for name, mark in MARKS.items():
        for row in since[name]:
            before = f" ({was(row)})" if name == "changed" else ""
            lines += flow(
                page,
                ((f"  {tr(mark)} {row['rule']}  ", ""),),
                [page.prose(f"{row['message']}{before}")],
                7,
            )
    same = not (since["new"] or since["fixed"] or since["changed"])
    return [*lines, *([((tr("  nothing changed"), "dim"),)] if same else [])]


def was(row: Document) -> str:
    """What a changed finding was: its severity where that is another, and its count."""
    severity = [row["severity_before"]] if row["severity_before"] != row["severity"] else []
    return tr("before: {what}", what=", ".join([*severity, number(row["before"])]))


def scores(document: Document) -> list[str]:
    """The scores, and what keeps them from being compared."""
    since = document["comparison"]
    before, now = number(since["score"]), number(document["score"])
    said = [tr("Score: {before} before, {now} now.", before=before, now=now)]
    if not since["comparable"]:
        said.append(tr("These scores stand on different rules: do not compare them."))
    for codes, text in (
        (since["added"], later("Not evaluated before, so nothing of these is called new: {rules}.")),
        (since["dropped"], later("Not evaluated now, so nothing of these is called fixed: {rules}.")),
    ):
        said += [tr(text, rules=", ".join(codes))] if codes else []
    return said


def exceptions(document: Document, page: Page) -> list[Line]:
    """Exceptions; those that ended first."""
    rows = sorted(document["exceptions"], key=lambda row: row["state"] != "expired")
    if not rows:
        return []
    lines: list[Line] = [((tr("Exceptions"), "bold"),)]
    for row in rows:
        over = row["state"] == "expired"
        ended = tr("ENDED {day}", day=row["until"]) if over else tr("until {day}", day=row["until"])
        what = row["address"] or row["id"]
        if row.get("matches") is False:
            ended = tr("{ended}, matches nothing", ended=ended)
        style = "bold red" if over else ""
        lines += flow(
            page,
            ((f"  {row['rule']}  ", style),),
            [page.prose(f"{what}: {row['reason']}, {ended}")],
            7,
        )
    return lines


def grey(document: Document, page: Page) -> list[Line]:
    """Rules with too few records to tell."""
    codes = list(dict.fromkeys(row["rule"] for row in document["findings"] if row["severity"] == "grey"))
    return (
        [((tr("Too little data (under 30 records)"), "bold"),), *listed(page, codes, 2, 0)] if codes else []
    )


def skipped(document: Document, page: Page) -> list[Line]:
    """Rules that were not evaluated, by reason."""
    reasons: dict[str, list[str]] = {}
    for row in document["skipped"]:
        reasons.setdefault(row["reason"], []).append(row["rule"])
    lines: list[Line] = (
        [((tr("Skipped ({number})", number=len(document["skipped"])), "bold"),)] if reasons else []
    )
    for reason, codes in reasons.items():
        lines += flow(page, (("  ", ""),), [page.prose(f"{', '.join(codes)}: {reason}", style="dim")], 4)
    return lines


def figures(document: Document, page: Page) -> list[Line]:
    """The figures; those of single things only where all is asked for."""
    rows = [(name, value) for name, value in document["figures"].items() if page.verbose or "[" not in name]
    if not rows:
        return []
    broad = max(len(page.say(name)) for name, _ in rows)
    lines: list[Line] = [((tr("Figures"), "bold"),)]
    for name, value in rows:
        shown = "-" if value is None else number(value)
        lines.append(((f"  {page.say(name):<{broad}}  ", ""), (f"{shown:>12}", "")))
    return lines


def last(document: Document, page: Page) -> list[Line]:
    """The counts once more: they stand right above the prompt."""
    counts = {word: sum(row["severity"] == word for row in document["findings"]) for word in TITLES}
    evaluated, skipped, requests = (
        len(document["evaluated"]),
        len(document["skipped"]),
        document["requests"]["read"],
    )
    text = tr(
        "Audit: {found}; {evaluated}, {skipped}; {requests}.",
        found=", ".join(counted(counts)),
        evaluated=trn("{number} rule evaluated", "{number} rules evaluated", evaluated),
        skipped=tr("{number} skipped", number=skipped),
        requests=trn("{number} request", "{number} requests", requests),
    )
    return flow(page, (), [page.prose(text)], 2)


def counted(counts: Mapping[str, int]) -> list[str]:
    """How many errors, warnings, things to know."""
    return [
        trn("{number} error", "{number} errors", counts["error"]),
        trn("{number} warning", "{number} warnings", counts["warn"]),
        tr("{number} to know", number=counts["info"]),
    ]
