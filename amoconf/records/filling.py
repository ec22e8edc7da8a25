"""Brings a mirror up to date: fills what is missing, reads what changed, finds what is gone.

A record that is gone does not turn up in a walk of changes. Events tell of deletions; deals that were merged away,
cards that an unsorted request shows when it is accepted, and rows skipped because others were deleted during a walk
are found by comparing places in the list with those in the mirror (`census`), which is done when there is a reason
and once a day. What neither tells (one record missing and another too many, both unseen) ends with the week.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from amoconf.live import first_of
from amoconf.records.census import DAY, settle
from amoconf.records.changes import OVERLAP, Found, changed, gone, unseen
from amoconf.records.entities import ENTITIES, Entity
from amoconf.records.keep import Fields, Keep
from amoconf.records.mirror import Mirror, State
from amoconf.records.pages import Clocked, Ending, Page, descending, numbers, page_of, walk

WEEK = 7 * DAY
UP, DOWN = (("order[id]", "asc"),), (("order[id]", "desc"),)


@dataclass(frozen=True)
class Progress:
    """How far one list is: pages read, and how many it has, as far as can be guessed; done: it is up to date."""

    entity: str
    page: int
    pages: int
    done: bool = False


Tell = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """For those who do not care."""


async def refresh(
    reader: Clocked, mirror: Mirror, keep: Keep, *, fresh: bool = False, tell: Tell = silent
) -> None:
    """Makes the mirror hold what `keep` asks for, as it is now; lists side by side, within the reader's pace.

    A list is filled when it is not there yet, lacks a field, is stale or older than a week, or with `fresh`; an
    interrupted filling goes on at its page and then reads what changed since it began; a list that contradicts the
    mirror is filled anew. Requests of a filling: the pages that there are, and one for deletions where there was more
    than one. Raises ApiError; what was read until then is kept.
    """
    for name, fields in keep.entities.items():
        _prepare(mirror, name, fields, fresh)
    entities = [ENTITIES[name] for name in keep.entities]
    await _follow(reader, mirror, entities, tell)
    # More is wrong than can be found place by place.
    if wrong := [entity for entity in entities if _known(mirror, entity).stale]:
        for entity in wrong:
            mirror.begin(entity.name, _known(mirror, entity).fields)
        await _follow(reader, mirror, wrong, tell)
    for entity in entities:
        tell(Progress(entity.name, 1, 1, done=True))


async def _follow(reader: Clocked, mirror: Mirror, entities: Sequence[Entity], tell: Tell) -> None:
    """Reads what changed and what is gone, or all; a list in which something is still wrong is stale then."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_update(reader, mirror, entity, tell)) for entity in entities]
    except BaseExceptionGroup as errors:
        raise first_of(errors) from None
    found = [task.result() for task in tasks]
    await gone(reader, mirror, found)
    for one in found:
        odd = unseen(mirror, one)
        if odd:
            mirror.note(one.entity.name, suspect=1)
        await settle(reader, mirror, one.entity)
        if odd.items() & mirror.times(one.entity.name, odd).items():
            mirror.note(one.entity.name, stale=1)
    if any(one.anew or _known(mirror, one.entity).stale for one in found):
        # Perhaps it is another account; a list that is asked for changes alone would not show it.
        for one in found:
            if not (one.filled or one.entity.newest):
                mirror.note(one.entity.name, stale=1)


def _prepare(mirror: Mirror, name: str, fields: Fields, fresh: bool) -> None:
    """Forgets a list that is to be read anew."""
    state = mirror.state(name)
    if state is None or fresh or state.stale or _is_old(state, mirror.wall()):
        mirror.begin(name, fields)
    elif not state.fields.covers(fields):
        mirror.begin(name, state.fields | fields)
    elif not ENTITIES[name].ordered:
        # No order is documented for customers, so their changes cannot be told from the rest, nor the pages that
        # were read before a filling ended from those that were not (protocol page 4.1).
        mirror.begin(name, state.fields)


def _is_old(state: State, wall: float) -> bool:
    return state.filled is not None and not 0 <= wall - state.filled < WEEK


async def _update(reader: Clocked, mirror: Mirror, entity: Entity, tell: Tell) -> Found:
    state = mirror.state(entity.name)
    assert state is not None
    if state.complete:
        found = await changed(reader, mirror, entity, state)
        if found is not None:
            return found
        mirror.begin(entity.name, state.fields)
        return replace(await _fill(reader, mirror, entity, tell), anew=True)
    found = await _fill(reader, mirror, entity, tell)
    late = state.upto is not None or reader.now - found.since > OVERLAP
    if entity.ordered and (late or _known(mirror, entity).touched):
        return await _catch_up(reader, mirror, entity, found, state.upto is not None)
    return found


async def _catch_up(reader: Clocked, mirror: Mirror, entity: Entity, found: Found, resumed: bool) -> Found:
    """After a filling of which the first pages may be days old, and that ends where the list ended when it began."""
    state = _known(mirror, entity)
    more = await changed(reader, mirror, entity, state)
    if more is None and (resumed or state.touched):
        mirror.note(entity.name, stale=1)
    return replace(found, several=True, before=state, walked=more.walked if more else None)


async def _fill(reader: Clocked, mirror: Mirror, entity: Entity, tell: Tell) -> Found:
    """Reads a list to its end, from where an earlier filling stopped."""
    if _known(mirror, entity).upto is None:
        await _first(reader, mirror, entity, tell)
    state = _known(mirror, entity)
    if not state.complete:
        await _rest(reader, mirror, entity, state, tell)
    state = _known(mirror, entity)
    return Found(entity, filled=True, since=state.started or 0, several=state.page > 0)


def _known(mirror: Mirror, entity: Entity) -> State:
    state = mirror.state(entity.name)
    assert state is not None
    return state


async def _first(reader: Clocked, mirror: Mirror, entity: Entity, tell: Tell) -> None:
    """The newest page, which tells where a walk by id ends; of a list that knows no order, nothing."""
    if not entity.ordered:
        mirror.note(entity.name, upto=0, started=reader.now)
        return
    page = await page_of(reader, entity, 1, DOWN)
    started, ids = reader.now, page.ids
    with mirror.writing():
        if page.more and not descending(ids):
            mirror.note(entity.name, upto=0, started=started)
        else:
            _put(mirror, entity, page)
            mirror.note(entity.name, upto=ids[-1] if ids else 0, started=started)
            if not page.more:
                _finish(mirror, entity)
    tell(Progress(entity.name, 1, 1 + page.more))


async def _rest(reader: Clocked, mirror: Mirror, entity: Entity, state: State, tell: Tell) -> None:
    ending = Ending(state.upto or 0, _span(mirror, entity, state))
    order = UP if entity.ordered else ()
    async with aclosing(walk(reader, entity, order, state.page + 1, ending.room)) as pages:
        async for page in pages:
            with mirror.writing():
                _put(mirror, entity, page)
                mirror.note(entity.name, page=page.number)
                if ending.is_last(page):
                    _finish(mirror, entity, ending.rank(page) if state.upto else None)
            tell(Progress(entity.name, page.number + 1, page.number + 1 + round(ending.left)))


def _span(mirror: Mirror, entity: Entity, state: State) -> int:
    """How many ids the newest page takes."""
    newest = mirror.between(entity.name, (state.upto or 0) - 1, None)
    return newest[-1] - newest[0] if state.upto and newest else 0


def _put(mirror: Mirror, entity: Entity, page: Page) -> None:
    state = _known(mirror, entity)
    mirror.put(entity.name, page.items, state.fields)
    top = max([state.top, *numbers(entity, page.items, "updated_at")])
    mirror.note(entity.name, top=top)


def _finish(mirror: Mirror, entity: Entity, rank: int | None = None) -> None:
    """The list is whole. rank: how many records must stand before its last page."""
    state = _known(mirror, entity)
    mirror.note(
        entity.name,
        complete=1,
        as_of=state.started,
        looked=state.started,
        filled=mirror.wall(),
        checked=mirror.wall(),
        suspect=int(rank is not None and rank != mirror.below(entity.name, state.upto or 0)),
    )
