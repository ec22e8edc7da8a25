"""What changed since a mirror was last current: the newest first until what is known; deletions from events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.live import Reads
from amoconf.records.deals import EVENTS, EVENTS_PAGE
from amoconf.records.entities import LIMIT, Entity
from amoconf.records.mirror import Mirror, State
from amoconf.records.pages import Clocked, descending

OVERLAP = 120  # seconds; what was written may show up late (guess: protocol page 9.3), clocks may differ
MARGIN = 5  # seconds between the clock of answers and that of events
NEWEST = (("order[updated_at]", "desc"),)
MERGED = "entity_merged"


@dataclass(frozen=True)
class Found:
    """How one list was brought up to date: since when it was walked (account time), over several pages or
    one.
    """

    entity: Entity
    filled: bool
    since: int
    several: bool
    before: State | None = None


async def changed(reader: Clocked, mirror: Mirror, entity: Entity, state: State) -> Found | None:
    """Reads what changed into the mirror. None where the service's order does not tell: the list is to be
    read anew.
    """
    since, pages, top = 0, 0, state.top
    async for items in _newest(reader, entity, state):
        since = since or reader.now
        pages += 1
        times = [item["updated_at"] for item in items]
        if entity.newest and not descending(times):
            return None
        known = mirror.times(entity.name, [item["id"] for item in items])
        with mirror.writing():
            mirror.put(entity.name, items, state.fields)
        top = max(top, *times)
        if entity.newest and _reached(items, known, state.watermark - OVERLAP):
            break
    since = since or reader.now
    mirror.note(entity.name, top=top, as_of=since, touched=0)
    return Found(entity, False, since, pages > 1, state)


def _newest(reader: Reads, entity: Entity, state: State) -> Any:
    if entity.newest:
        return reader.pages(entity.path, entity.name, (*entity.query, *NEWEST), limit=LIMIT)
    # Filters of tasks always work (protocol page 5.1); where this one did not, all tasks come, which is right
    # as well.
    query = (("filter[updated_at][from]", str(state.watermark - OVERLAP)), ("order[id]", "asc"))
    return reader.pages(entity.path, entity.name, (*entity.query, *query), limit=LIMIT)


def _reached(items: Sequence[Any], known: dict[int, int], until: int) -> bool:
    """Whether a page ends before `until` and everything in it from before is known as it is."""
    old = [item for item in items if item["updated_at"] < until]
    return bool(old) and all(known.get(item["id"]) == item["updated_at"] for item in old)


async def gone(reader: Clocked, mirror: Mirror, found: Sequence[Found]) -> None:
    """Takes out what events tell was deleted; filters of events always work, but each row is checked.

    A list that was read in one page needs no looking: nothing can have been deleted in between.
    """
    lists = {one.entity.singular: one for one in found if not one.filled or one.several}
    if not lists:
        return
    since = {name: _looked(mirror, one) for name, one in lists.items()}
    first = min(since.values())
    now = 0
    seen: dict[tuple[str, int], tuple[str, int]] = {}
    async for events in reader.pages(EVENTS, "events", _asked(lists, first), limit=EVENTS_PAGE):
        now = now or reader.now
        for event in events:
            at, one = event["created_at"], lists.get(event.get("entity_type", ""))
            if one is not None and at >= since[one.entity.singular]:
                # Newest first (guess: protocol page 4.1): what happened last counts.
                seen.setdefault((one.entity.singular, event["entity_id"]), (event.get("type", ""), at))
        if all(event["created_at"] < first for event in events):
            break
    for name, one in lists.items():
        told = {key: what for (kind, key), what in seen.items() if kind == name}
        _take_out(mirror, one, told, now or reader.now)


def _looked(mirror: Mirror, found: Found) -> int:
    state = mirror.state(found.entity.name)
    assert state is not None
    return (state.looked or 0) - OVERLAP


def _asked(lists: dict[str, Found], since: int) -> tuple[tuple[str, str], ...]:
    kinds = [f"{name}_{what}" for name in lists for what in ("deleted", "restored")]
    types = tuple(("filter[type][]", kind) for kind in [*kinds, MERGED])
    return (*types, ("filter[created_at][from]", str(since)))


def _take_out(mirror: Mirror, found: Found, told: dict[int, tuple[str, int]], now: int) -> None:
    """Deletions during a walk moved rows up behind its back: changes are then looked for again, places
    compared.
    """
    name, singular = found.entity.name, found.entity.singular
    deleted = [key for key, (kind, _) in told.items() if kind == f"{singular}_deleted"]
    other = any(kind in (f"{singular}_restored", MERGED) for kind, _ in told.values())
    with mirror.writing():
        missing = mirror.remove(name, deleted)
        meanwhile = found.several and any(at >= found.since - MARGIN for _, at in told.values())
        mirror.note(name, looked=now)
        if other or meanwhile or missing:
            mirror.note(name, suspect=1)
        if meanwhile and found.before is not None:
            mirror.note(name, as_of=found.before.as_of)
