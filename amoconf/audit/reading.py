"""What the audit reads besides the configuration and the records: sources, bots, who did anything of late."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.errors import Forbidden, Unpaid
from amoconf.live import Reads
from amoconf.records.deals import EVENTS

Rows = list[Mapping[str, Any]]
# Path → key of the list in the answer (official: config page C16; third party: C19).
LISTS = {"sources": "sources", "bots": "items"}


async def lists(reader: Reads, names: Iterable[str]) -> tuple[dict[str, Rows], dict[str, str]]:
    """(lists by name, reasons of those that the token may not read)."""
    found: dict[str, Rows] = {}
    unread: dict[str, str] = {}
    for name in names:
        try:
            limit = None if name == "sources" else 250
            pages = reader.pages(f"/api/v4/{name}", LISTS[name], limit=limit)
            found[name] = [item async for page in pages for item in page]
        except (Forbidden, Unpaid) as error:
            unread[name] = error.said or error.what
    return found, unread


async def quiet(reader: Reads, users: Iterable[int], now: int, days: tuple[int, int]) -> dict[int, int]:
    """User id → days without an event: 0, or one of the two limits. One or two requests a user."""
    tasks = [_quiet(reader, user, now, days) for user in users]
    return dict(await asyncio.gather(*tasks))


async def _quiet(reader: Reads, user: int, now: int, days: tuple[int, int]) -> tuple[int, int]:
    some, long = days
    if await _did(reader, user, now - some * 86_400):
        return user, 0
    return user, some if await _did(reader, user, now - long * 86_400) else long


async def _did(reader: Reads, user: int, since: int) -> bool:
    """Whether there is any event of a user; filters of events always work (official: protocol page 5.1)."""
    query = (("filter[created_by][]", str(user)), ("filter[created_at][from]", str(since)), ("limit", "1"))
    body = await reader.get(EVENTS, query)
    rows = ((body or {}).get("_embedded") or {}).get("events") or ()
    return any(row.get("created_by") == user and row.get("created_at", 0) >= since for row in rows)
