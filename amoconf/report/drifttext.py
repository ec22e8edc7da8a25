"""Drift as text: one line when in sync; else who moved what, and how to settle it."""

from collections.abc import Sequence
from typing import Any

from amoconf.report import entries, origins, plantext
from amoconf.report.flow import Item, Line, Page, flow, gathered

Document = dict[str, Any]
ORIGINS: tuple[str | None, ...] = ("drift", "both", "spec", None)


def drift_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    top = plantext.header(document, page)
    if document["in_sync"]:
        return [*in_sync(document, page), *plantext.notes(document, page)]
    rows = document["differences"]
    hand = [row for row in rows if row["action"] == "manual"]
    rest = [row for row in rows if row["action"] != "manual"]
    blocks = [
        *(_moved(page, origin, [row for row in rest if row["origin"] == origin]) for origin in ORIGINS),
        plantext.counted(page, page.words.by_hand, hand, entries.by_hand),
        plantext.unlisted(document, page),
        plantext.notes(document, page),
        flow(page, (), [page.prose(page.words.drift_total(len(rows), document["summary"]), style="bold")], 2),
    ]
    return [*gathered([top, *blocks])]


def in_sync(document: Document, page: Page) -> list[Line]:
    """The one line for cron."""
    name = plantext.account(document, page)
    return flow(
        page,
        (),
        [page.hard(f"{page.say(name)}: {page.words.in_sync(document['summary'])}", style="green")],
        2,
    )


def _moved(page: Page, origin: str | None, rows: Sequence[Document]) -> list[Line]:
    """The differences that came about in one way, and how to settle them."""
    title, settle = page.words.origin(origin)
    lines = plantext.counted(page, title, rows, difference)
    return lines + flow(page, (("  ", ""),), [page.prose(settle, style="dim")], 2) if lines else []


def difference(page: Page, row: Document) -> list[Item]:
    """What differs; of changed attributes, from what to what and by whom."""
    if row["verb"] in entries.SAYS and not (row["verb"] == "create" and row["origin"] == "drift"):
        return entries.usual(page, {**row, "stops": []})
    if row["origin"] in ("drift", "both"):
        return origins.drifted(page, row, settled=row["origin"] == "both")
    return entries.usual(page, {**row, "stops": []})
