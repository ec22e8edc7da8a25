"""What changed since a mirror was last current: the newest first until what is known; deletions from events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from amoconf.kinds import _read as read
from amoconf.live import Reads
from amoconf.records.deals import EVENTS, EVENTS_PAGE
from amoconf.records.entities import LIMIT, Entity
from amoconf.records.mirror import Mirror, State
from amoconf.records.misread import unreadable
from amoconf.records.pages import Clocked, descending, numbers

OVERLAP = 120  # seconds; what was written may show up late (guess: protocol page 9.3), clocks may differ
MARGIN = 5  # seconds between the clock of answers and that of events
NEWEST = (("order[updated_at]", "desc"),)
MERGED = "entity_merged"
MOST = 500  # records that are looked at one by one
REMEMBERED = 100_000  # ids of a walk; memory stays flat


@dataclass(frozen=True)
class Found:
    """How one list was brought up to date: since when it was walked (account time), over several pages or
    one. anew: it did not tell what changed.
    """

    entity: Entity
    filled: bool
    since: int
    several: bool
    before: State | None = None
    walked: "Walked | None" = None
    anew: bool = False


@dataclass
class Walked:
    """A walk of changes: how many records it showed, and their ids unless these are too many.

    All records that changed after `until` are among them.
    """

    pages: int = 0
    shown: int = 0
    until: int = 0
    ids: set[int] = field(default_factory=set)
    reached: bool = False


async def changed(reader: Clocked, mirror: Mirror, entity: Entity, state: State) -> Found | None:
    """Reads what changed into the mirror. None where the service's order does not tell: the list is to be
    read anew.
    """
    since, top, walked = 0, state.top, Walked()
    async for items in _newest(reader, entity, state):
        since = since or reader.now
        times, ids = numbers(entity, items, "updated_at"), numbers(entity, items, "id")
        if entity.newest and not descending(times):
            return None
        old = {one: at for one, at in zip(ids, times, strict=True) if at < state.watermark - OVERLAP}
        same = old.items() & mirror.times(entity.name, old).items()
        if not _put(mirror, entity, items, state, [one for one, _ in same]):
            return None
        top = max(top, *times)
        _note(walked, ids, times)
        # A page ends before what was known, and everything in it from before is known as it is.
        if entity.newest and old and len(same) == len(old):
            walked.reached = True
            break
    since = since or reader.now
    # A list that ends before anything known is shown whole: fewer records than before are not to be believed.
    cut = entity.newest and not walked.reached and walked.shown < mirror.held(entity.name)
    if cut or since + OVERLAP < (state.as_of or 0):  # no account's time goes back
        return None
    mirror.note(entity.name, top=top, as_of=since, touched=0)
    return Found(entity, False, since, walked.pages > 1, state, walked if entity.newest else None)


def _put(mirror: Mirror, entity: Entity, items: Sequence[Any], state: State, same: Sequence[int]) -> bool:
    """False where records that say that nothing changed hold other values or tags.

    An option or a tag that a person deletes is gone from all records (tags: manual, config page C9; options: guess),
    and updated_at does not tell.
    """
    before = mirror.hanging(entity.name, same)
    with mirror.writing():
        mirror.put(entity.name, items, state.fields)
    return before == mirror.hanging(entity.name, same)


def _note(walked: Walked, ids: Sequence[int], times: Sequence[int]) -> None:
    walked.pages += 1
    walked.shown += len(ids)
    walked.ids.update(ids if walked.shown <= REMEMBERED else ())
    walked.until = times[-1]


def unseen(mirror: Mirror, found: Found) -> dict[int, int]:
    """Records of the mirror that changed too late for the walk to leave them out, with updated_at; MOST at most.

    They are gone without an event, or another account answers at this address.
    """
    if found.walked is None or found.walked.shown > REMEMBERED:
        return {}
    rows = mirror.later(found.entity.name, found.walked.until)
    return dict(islice((row for row in rows if row[0] not in found.walked.ids), MOST))


def _newest(reader: Reads, entity: Entity, state: State) -> Any:
    if entity.newest:
        return reader.pages(entity.path, entity.name, (*entity.query, *NEWEST), limit=LIMIT)
    # Filters of tasks always work (protocol page 5.1); where this one did not, all tasks come, which is right
    # as well.
    query = (("filter[updated_at][from]", str(state.watermark - OVERLAP)), ("order[id]", "asc"))
    return reader.pages(entity.path, entity.name, (*entity.query, *query), limit=LIMIT)


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
        told = _told(events, since)
        for name, key, kind, at in told:
            # Newest first (guess: protocol page 4.1): what happened last counts.
            seen.setdefault((name, key), (kind, at))
        if not told and all(read.number(event.get("created_at")) < first for event in events):
            break
    for name, one in lists.items():
        its = {key: what for (kind, key), what in seen.items() if kind == name}
        _take_out(mirror, one, its, now or reader.now)


def _told(events: Sequence[Any], since: Mapping[str, int]) -> list[tuple[str, int, str, int]]:
    """(list's singular, id, type, when) of those that count. BadAnswer where an event cannot be read."""
    try:
        rows = [(event, event.get("entity_type"), read.number(event.get("created_at"))) for event in events]
        return [
            (name, read.number(event.get("entity_id")), read.named(event, "type"), at)
            for event, name, at in rows
            if name in since and at >= since[name]
        ]
    except (ValueError, AttributeError) as error:
        raise unreadable(EVENTS, error) from error


def _looked(mirror: Mirror, found: Found) -> int:
    state = mirror.state(found.entity.name)
    assert state is not None
    return (state.looked or 0) - OVERLAP


def _asked(lists: dict[str, Found], since: int) -> tuple[tuple[str, str], ...]:
    kinds = [f"{name}_{what}" for name in lists for what in ("deleted", "restored")]
    types = tuple(("filter[type][]", kind) for kind in [*kinds, MERGED])
    return (*types, ("filter[created_at][from]", str(since)))


def _take_out(mirror: Mirror, found: Found, told: dict[int, tuple[str, int]], now: int) -> None:
    """Deletions during a walk moved rows up behind its back: changes are then looked for again, places compared."""
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
