"""An audit as text: the score first, the worst findings next, each with what to do; figures at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.report.flow import Item, Line, Page, flow, gathered, listed
from amoconf.tongue import later, tr

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
    told = tr("no rule could be evaluated") if score is None else tr("{score} of 100", score=score)
    lines: list[Line] = [(("amoconf audit   ", "bold"), (name, ""), (tr("   score "), "bold"), (told, style))]
    taken = [page.hard(f"-{row['points']:g} {row['rule']}", gap=", ") for row in document["penalties"]]
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
        lines += flow(
            page, (("       ", ""),), [page.prose(f"{row['message']}{limit(row)}"), *evidence(page, row)], 7
        )
    if len(rows) > len(shown):
        lines.append(((tr("       and {number} more: -v", number=len(rows) - len(shown)), "dim"),))
    lines += flow(page, (("       -> ", "green"),), [page.prose(first["todo"])], 10)
    return [*lines, *details(page, first)]


def limit(row: Document) -> str:
    """The share and the threshold."""
    share = f"{row['share']:.1%}" if row["share"] is not None else ""
    threshold = row["threshold"]
    if not threshold:
        return f" ({share})" if share else ""
    most = (
        f"{threshold:.3g}"
        if row["measure"] == "count"
        else f"{threshold:.3%}".replace(".000%", "%").replace("00%", "%")
    )
    told = tr("threshold {limit}", limit=most)
    return f" ({share}, {told})" if share else f" ({told})"


def evidence(page: Page, row: Document) -> list[Item]:
    """A few ids; all that the document has with -v."""
    ids = [str(key) for key in row["evidence"]]
    shown = ids if page.verbose else ids[:IDS]
    return (
        [
            page.prose(
                f"ids {', '.join(shown)}{' …' if len(ids) > len(shown) or row['count'] > len(ids) else ''}",
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
    lines: list[Line] = [
        (
            (
                tr(
                    "Since the previous audit: score {before} -> {now}",
                    before=since["score"],
                    now=document["score"],
                ),
                "bold",
            ),
        )
    ]
    for name, mark in MARKS.items():
        for row in since[name]:
            before = tr(" (before: {number:g})", number=row["before"]) if name == "changed" else ""
            lines += flow(
                page,
                ((f"  {tr(mark)} {row['rule']}  ", ""),),
                [page.prose(f"{row['message']}{before}")],
                7,
            )
    same = not (since["new"] or since["fixed"] or since["changed"])
    return [*lines, *([((tr("  nothing changed"), "dim"),)] if same else [])]


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
        shown = "-" if value is None else f"{value:,.10g}".replace(",", " ")
        lines.append(((f"  {page.say(name):<{broad}}  ", ""), (f"{shown:>12}", "")))
    return lines


def last(document: Document, page: Page) -> list[Line]:
    """The counts once more: they stand right above the prompt."""
    counts = {word: sum(row["severity"] == word for row in document["findings"]) for word in TITLES}
    text = tr(
        "Audit: {error} errors, {warn} warnings, {info} to know; {evaluated} rules evaluated, {skipped} skipped; {requests} requests.",
        **counts,
        evaluated=len(document["evaluated"]),
        skipped=len(document["skipped"]),
        requests=document["requests"]["read"],
    )
    return flow(page, (), [page.prose(text)], 2)
