"""One thing in plain language: where it is written, what spec and account say, what would change and why."""

from typing import Any

from amoconf.kinds import KINDS
from amoconf.report import entries, phrases, plantext
from amoconf.report.clean import width
from amoconf.report.flow import Item, Line, Page, Part, flow, gathered

Document = dict[str, Any]
NAME_WIDTH = 24


def explain_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    return [*gathered([_head(document, page), _table(document, page), _changes(document, page)])]


def _head(document: Document, page: Page) -> list[Line]:
    called = KINDS[document["address"].partition("/")[0]].called
    spec, account = page.words.explained(called, document["where"], document["id"])
    items = [page.prose(spec, ""), page.prose(f"{account}.", "; ")]
    return flow(page, ((f"{page.shell(document['address'])}: ", "bold"),), items, 2)


def _table(document: Document, page: Page) -> list[Line]:
    """An attribute a line: the spec's value and the account's, which is not repeated where it is the same."""
    rows = document["attributes"]
    if not rows:
        return []
    heads = page.words.explain_columns
    column = min(max(width(name) for name in (heads[0], *(row["name"] for row in rows))), NAME_WIDTH) + 4
    room = (page.width - column - 3) // 2
    top = (("  " + heads[0].ljust(column - 2) + heads[1].ljust(room) + entries.GAP + heads[2], "dim"),)
    return [top, *(line for row in rows for line in _attribute(page, row, column, room))]


def _attribute(page: Page, row: Document, column: int, room: int) -> list[Line]:
    words = page.words
    spec = phrases.value(page, row["spec"], row["name"]) if row["managed"] else words.not_managed
    account = phrases.value(page, row["account"], row["name"])
    if row.get("inside"):
        items: list[Item] = phrases.nested(page, "", row["inside"])
        return flow(page, (("  ", ""), (row["name"].ljust(column - 2), "bold")), items, column)
    if row["managed"] and (row["same"] or row["local"]):
        account = words.same if row["same"] else words.not_kept
    shown = Item((Part(spec, soft=True),)).fit(room, page.ellipsis)
    gap = " " * (room - width(shown)) + entries.GAP
    style = "yellow" if row["managed"] and not (row["same"] or row["local"]) else ""
    pieces = (("  " + row["name"].ljust(column - 2), ""), (shown, ""), (gap, ""))
    return [(*pieces, (Item((Part(account, soft=True),)).fit(room, page.ellipsis), style))]


def _changes(document: Document, page: Page) -> list[Line]:
    """What would be done about it."""
    words = page.words
    if not document["changes"]:
        return [((words.no_change, "green"),)]
    lines: list[Line] = [((f"{words.would_be}:", "bold"),)]
    for row in document["changes"]:
        say = entries.by_hand if row["action"] == "manual" else entries.grave
        lines += entries.block(page, [row], say)
        lines += flow(page, ((f"{words.why}: ", ""),), [page.prose(words.why_origin(row["origin"]))], 2)
    command = f"{plantext.command_line(document, page, 'apply')} --only {page.shell(document['address'])}"
    return lines + flow(page, (), [page.hard(words.apply_alone(command))], 2)
