"""Streaming readers of deals and events, a page at a time; memory stays flat."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from amoconf.live import Reads

DEALS = "/api/v4/leads"
EVENTS = "/api/v4/events"
EVENTS_PAGE = 100  # official: protocol page 2.2


async def deals(reader: Reads, *, newest_first: bool = False) -> AsyncIterator[Mapping[str, Any]]:
    """Every deal once, by id, or by time of change from the latest; rows that shift between pages come once.

    Filters are a paid option and are ignored in silence where it is off (protocol page 5.1), so none is used.
    """
    order = ("order[updated_at]", "desc") if newest_first else ("order[id]", "asc")
    seen: set[int] = set()
    async for page in reader.pages(DEALS, "leads", (order,)):
        for deal in page:
            if deal["id"] not in seen:
                if newest_first:
                    seen.add(deal["id"])
                yield deal
        if not newest_first:
            # In order of id only neighbours of the page's edge can come again.
            seen = {deal["id"] for deal in page}


async def deals_in(reader: Reads, stages: Mapping[tuple[int, int], Any]) -> dict[int, tuple[int, int]]:
    """Deals standing in one of these (pipeline id, stage id), by deal id."""
    return {
        deal["id"]: (deal["pipeline_id"], deal["status_id"])
        async for deal in deals(reader)
        if (deal["pipeline_id"], deal["status_id"]) in stages
    }


async def moves_out_of(
    reader: Reads, stages: Sequence[tuple[int, int]], since: int
) -> dict[int, tuple[int, int]]:
    """Deals that left one of these stages since a moment (account time, Unix seconds), with the stage they left.

    Told by events; filters of events always work (protocol page 5.1), but each row is checked all the same.
    """
    query = (("filter[type]", "lead_status_changed"), ("filter[created_at][from]", str(since)))
    left: dict[int, tuple[int, int]] = {}
    async for page in reader.pages(EVENTS, "events", query, limit=EVENTS_PAGE):
        for event in page:
            before = _stage(event.get("value_before"))
            if (
                event.get("type") == "lead_status_changed"
                and before in stages
                and event["created_at"] >= since
            ):
                left[event["entity_id"]] = before
    return left


def _stage(value: Any) -> tuple[int, int]:
    rows = [row.get("lead_status") or {} for row in value or () if isinstance(row, Mapping)]
    return (rows[0].get("pipeline_id", 0), rows[0].get("id", 0)) if rows else (0, 0)
