"""The way back as text: the plan of it, what does not come back, what became of it, and the list of snapshots."""

from typing import Any

from amoconf.digits import number
from amoconf.report import applytext, backtext, plantext
from amoconf.report.flow import Line, Page, flow, gathered, listed

Document = dict[str, Any]
NAME_LINES = 3


def undo_lines(document: Document, page: Page) -> list[Line]:
    """The plan."""
    top = [*plantext.header(document, page), *back_to(document, page)]
    given = backtext.given_back(document, page)
    rest = [lost(document, page), plantext.notes(document, page)]
    if not document["changes"] and document["records"]:
        return [*gathered([top, given, *rest, ending(document, page)])]
    if not document["changes"]:
        nothing = page.words.undo.idle(plantext.account(document, page), len(document["not_coming_back"]))
        idle = flow(page, (), [page.prose(nothing, style="green")], 2)
        return [*gathered([back_to(document, page), *rest, given, idle])]
    blocks = [
        top,
        *plantext.changes(document["changes"], page),
        given,
        lost(document, page),
        plantext.unlisted(document, page),
        plantext.notes(document, page),
        [*plantext.summary(document, page), *ending(document, page)],
    ]
    return [*gathered(blocks)]


def back_to(document: Document, page: Page) -> list[Line]:
    """Which state it leads back to."""
    given = document["snapshot"]
    moment = given["taken_at"][:16].replace("T", " ")
    text = page.words.undo.back_to(given["command"], moment, given["name"])
    more = [page.prose(page.words.undo.goes_on_with, " ", "bold")] if given["goes_on"] else []
    return flow(page, (), [page.prose(text), *more], 4)


def lost(document: Document, page: Page) -> list[Line]:
    """What does not come back, those for one reason together."""
    rows = document["not_coming_back"]
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["what"], []).append(page.shell(row["address"]))
    lines: list[Line] = []
    for what, names in groups.items():
        count = [page.hard(f"({number(len(names))})", " ")] if len(names) > 1 else []
        lines += flow(page, (("  ", ""),), [page.prose(what[0].upper() + what[1:]), *count], 2)
        lines += listed(page, names, 4, 0 if page.verbose else NAME_LINES)
    title = page.say(page.words.titled(page.words.undo.lost, len(rows)))
    return [((title, "bold yellow"),), *lines] if rows else []


def ending(document: Document, page: Page) -> list[Line]:
    """What to type next."""
    if document.get("asks") or document["blocked"]:
        return []
    words = page.words.undo
    command = applytext.undo_command(document, page, apply=True, named=document["snapshot"]["named"])
    lines = flow(page, (), [page.prose(words.nothing_written), page.hard(command, "")], 2)
    return lines + reminder(document, page)


def reminder(document: Document, page: Page) -> list[Line]:
    """What the spec still says, unless this leads back to what it says."""
    if document["snapshot"]["command"] == "undo":
        return []
    return flow(page, (), [page.prose(page.words.undo.goes_on)], 2)


def undone_lines(document: Document, page: Page) -> list[Line]:
    """What became of it."""
    after = reminder(document, page) if document["steps"] else []
    blocks = [
        *applytext.blocks(document, page),
        lost(document, page),
        backtext.was_given_back(document, page),
    ]
    alone = not document["steps"] and document["converged"] and document["records"]
    alone = alone and not applytext.still_held(document)
    last = [] if alone else applytext.verdict(document, page)
    return [*gathered([*blocks, [*last, *after]])]


def list_lines(document: Document, page: Page) -> list[Line]:
    """The snapshots."""
    words = page.words.undo
    rows = document["snapshots"]
    if not rows:
        return flow(page, (), [page.prose(f"{plantext.account(document, page)}: {words.no_snapshots}")], 2)
    lines: list[Line] = [((page.say(page.words.titled(words.snapshots, len(rows))), "bold"),)]
    for row in rows:
        moment = row["taken_at"][:19].replace("T", " ") if row["taken_at"] else ""
        said = words.damaged if row["error"] else words.snapshot(row)
        head = (("  ", ""), (f"{moment:<19}   ", ""))
        lines += flow(page, head, [page.prose(said), page.hard(page.say(row["name"]), "   ", "dim")], 24)
    return lines
