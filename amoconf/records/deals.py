"""Streaming readers of deals and events, a page at a time; memory stays flat."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeVar

from amoconf.kinds import _read as read
from amoconf.live import ROOT, Reads
from amoconf.records.misread import unreadable
from amoconf.tongue import tr

DEALS = "/api/v4/leads"
EVENTS = "/api/v4/events"
EVENTS_PAGE = 100  # official: protocol page 2.2
MOVED = "lead_status_changed"
PIPELINES = "leads/pipelines"
INCOMING = 1  # type of such a stage
T = TypeVar("T")


async def deals(reader: Reads, *, newest_first: bool = False) -> AsyncIterator[Mapping[str, Any]]:
    """Every deal once, by id, or by time of change from the latest; rows that shift between pages come once.

    Its id is a number. Filters are a paid option and are ignored in silence where it is off (protocol page 5.1), so
    none is used.
    """
    order = ("order[updated_at]", "desc") if newest_first else ("order[id]", "asc")
    seen: set[int] = set()
    async for page in reader.pages(DEALS, "leads", (order,)):
        rows = [_told(DEALS, row, _numbered) for row in page]
        for deal in rows:
            if deal["id"] not in seen:
                if newest_first:
                    seen.add(deal["id"])
                yield deal
        if not newest_first:
            # In order of id only neighbours of the page's edge can come again.
            seen = {deal["id"] for deal in rows}


async def deals_in(reader: Reads, stages: Mapping[tuple[int, int], Any]) -> dict[int, tuple[int, int]]:
    """Deals standing in one of these (pipeline id, stage id), by deal id.

    BadAnswer where a deal does not say where it stands: its stage would be deleted under it.
    """
    found: dict[int, tuple[int, int]] = {}
    async for deal in deals(reader):
        place = _told(DEALS, deal, _place)
        if place in stages:
            found[deal["id"]] = place
    return found


async def moves_out_of(
    reader: Reads, stages: Sequence[tuple[int, int]], since: int
) -> dict[int, tuple[int, int]]:
    """Deals that left one of these stages since a moment (account time, Unix seconds), with the stage they left.

    Told by events; filters of events always work (protocol page 5.1), but each row is checked all the same.
    """
    query = (("filter[type]", MOVED), ("filter[created_at][from]", str(since)))
    left: dict[int, tuple[int, int]] = {}
    async for page in reader.pages(EVENTS, "events", query, limit=EVENTS_PAGE):
        for event in page:
            deal, before, at = _told(EVENTS, event, _move)
            if before in stages and at >= since:
                left[deal] = before
    return left


def _told(path: str, row: Any, what: Callable[[Mapping[str, Any]], T]) -> T:
    """What a row says. BadAnswer where it cannot be read."""
    try:
        return what(read.block(row, tr("a row")))
    except ValueError as error:
        raise unreadable(path, error) from error


def _numbered(deal: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**deal, "id": read.number(deal.get("id"))}


def _place(deal: Mapping[str, Any]) -> tuple[int, int]:
    return (
        read.number(deal.get("pipeline_id"), "pipeline_id"),
        read.number(deal.get("status_id"), "status_id"),
    )


# What an event of another type says.
NOWHERE = (0, (0, 0), 0)


def _move(event: Mapping[str, Any]) -> tuple[int, tuple[int, int], int]:
    """(deal, the stage that it left, when); a move to another stage names both (official: protocol page 9.3)."""
    if read.named(event, "type") != MOVED:
        return NOWHERE
    stages = [
        read.block(row.get("lead_status"), "lead_status")
        for row in read.rows(event.get("value_before"), "value_before")
    ]
    if not stages:
        raise ValueError(tr("{name} is missing", name="value_before"))
    before = read.number(stages[0].get("pipeline_id"), "pipeline_id"), read.number(stages[0].get("id"))
    deal = read.number(event.get("entity_id"), "entity_id")
    return deal, before, read.number(event.get("created_at"), "created_at")


async def incoming_stages(reader: Reads, path: str = PIPELINES) -> frozenset[tuple[int, int]]:
    """(pipeline id, stage id) of every incoming-leads stage: they are of type 1 (official: config page C5).

    A write takes a deal out of them (SDK's maintainer: protocol page 8.6).
    """
    found: set[tuple[int, int]] = set()
    try:
        async for page in reader.pages(ROOT + path, "pipelines", limit=None):
            found |= {place for row in page for place in _first_stages(row)}
    except (ValueError, AttributeError) as error:
        raise unreadable(ROOT + path, error) from error
    return frozenset(found)


def _first_stages(pipeline: Mapping[str, Any]) -> list[tuple[int, int]]:
    key = read.number(pipeline.get("id"), "id")
    stages = read.rows(read.block(pipeline.get("_embedded"), "_embedded").get("statuses"), "statuses")
    return [(key, read.number(stage.get("id"), "id")) for stage in stages if stage.get("type") == INCOMING]
