"""Compares places: a page of the list with the same places of the mirror tells whether any record is missing
or too many.
"""

from amoconf.live import Reads
from amoconf.records.entities import LIMIT, Entity
from amoconf.records.mirror import Mirror, State
from amoconf.records.pages import Page, page_of

DAY = 86_400
UP = (("order[id]", "asc"),)
ROUNDS = 8  # differences that are looked for one by one; with more the list is read anew next time


async def settle(reader: Reads, mirror: Mirror, entity: Entity) -> None:
    """Sets right which records there are, where there is reason for doubt or a day has passed.

    One request where nothing is wrong (two where the last page is full), and about log2(pages) for each
    difference.
    """
    state = mirror.state(entity.name)
    if state is None or not entity.ordered or not _is_due(state, mirror.wall()):
        return
    good = 1
    for mended in range(ROUNDS):
        wrong = await _tail(reader, mirror, entity)
        if wrong is None:
            # What was mended while rows move is looked at once more next time.
            mirror.note(entity.name, suspect=int(mended > 0), checked=mirror.wall())
            return
        good = await _mend(reader, mirror, entity, good, wrong)
    mirror.note(entity.name, stale=1)


def _is_due(state: State, wall: float) -> bool:
    return state.suspect or not 0 <= wall - (state.checked or 0.0) < DAY


async def _tail(reader: Reads, mirror: Mirror, entity: Entity) -> Page | None:
    """The last page where it is not as the mirror has it, else None."""
    number = max(1, -(-mirror.held(entity.name) // LIMIT))
    page = await page_of(reader, entity, number, UP)
    if page.ids != _expected(mirror, entity, number):
        return page
    if page.more:
        after = await page_of(reader, entity, number + 1, UP)
        return after if after.items else None
    return None


def _expected(mirror: Mirror, entity: Entity, number: int) -> list[int]:
    return mirror.ids(entity.name, LIMIT * (number - 1), LIMIT)


async def _mend(reader: Reads, mirror: Mirror, entity: Entity, good: int, wrong: Page) -> int:
    """Finds the first page that differs, from page `good` on, and puts it right; answers the page after it."""
    last = wrong.number
    while good < last:
        middle = (good + last) // 2
        page = await page_of(reader, entity, middle, UP)
        if page.ids == _expected(mirror, entity, middle):
            good = middle + 1
        else:
            last, wrong = middle, page
    _replace(mirror, entity, wrong)
    return max(1, wrong.number - 1)


def _replace(mirror: Mirror, entity: Entity, page: Page) -> None:
    """Makes the page's places in the mirror those of the list; everything before them agrees."""
    state = mirror.state(entity.name)
    assert state is not None
    previous = mirror.ids(entity.name, LIMIT * (page.number - 1) - 1, 1) if page.number > 1 else []
    upto = page.ids[-1] if page.more else None
    present = set(page.ids)
    held = mirror.between(entity.name, previous[0] if previous else 0, upto)
    with mirror.writing():
        mirror.remove(entity.name, [number for number in held if number not in present])
        mirror.put(entity.name, page.items, state.fields)
