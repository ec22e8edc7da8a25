"""What records hold in some fields: told by a mirror that is at hand and says the same, else by a walk or a quick look."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Protocol

from amoconf.recipe import Recipe
from amoconf.records.entities import ENTITIES, ROOT
from amoconf.records.every import DOWN, Every
from amoconf.records.mirror import Mirror
from amoconf.records.misread import unreadable
from amoconf.records.newest import Newest
from amoconf.records.pages import Clocked, descending, page_of
from amoconf.records.private import EMAIL_MARK, PHONE_MARK

Item = Mapping[str, Any]
# Types whose values a mirror keeps as they are; of others it keeps less than a conversion reads.
PLAIN = frozenset(
    "text textarea streetaddress url numeric price monetary select radiobutton multiselect date date_time birthday".split()
)
PLACE = ("pipeline_id", "status_id")


class Taker(Protocol):
    """Who is shown records. old: the field whose values count, and its type; fields: everything that is looked at.

    since: lower ids need not be shown.
    """

    @property
    def old(self) -> tuple[int, str]:
        """Id and type."""

    @property
    def fields(self) -> frozenset[int]:
        """Ids."""

    @property
    def since(self) -> int:
        """An id, 0 where all are to be shown."""

    def take(self, item: Item) -> None:
        """One record, of which at least the id, the place (deals) and these fields are there."""


@dataclass
class Beside:
    """A taker that looks at the old field of a replace beside the new one.

    new: id of the new field, None where it is still to be made.
    """

    recipe: Recipe
    new: int | None

    @property
    def old(self) -> tuple[int, str]:
        """The field that is looked at."""
        return self.recipe.old, self.recipe.before

    @property
    def fields(self) -> frozenset[int]:
        """Both."""
        return frozenset({self.recipe.old} if self.new is None else {self.recipe.old, self.new})

    @property
    def since(self) -> int:
        """Every record counts."""
        return 0


Current = Callable[[str, frozenset[int]], AbstractAsyncContextManager[Mirror | None]]


@asynccontextmanager
async def nothing(entity: str, fields: frozenset[int]) -> AsyncIterator[Mirror | None]:
    """Where no mirror is kept."""
    yield None


async def look(reader: Clocked, entity: str, takers: Sequence[Taker], current: Current = nothing) -> None:
    """Shows them every record of a list that has one of the fields filled, once.

    current: opens the mirror of a list as it is now, with the values of these fields; None where it does not keep them.
    """
    if await glance(entity, takers, current):
        return
    since = min(taker.since for taker in takers)
    if not (since and await _since(reader, entity, since, takers)):
        await _all(reader, entity, takers)


async def sample(
    newest: Newest,
    entity: str,
    takers: Sequence[Taker],
    others: Sequence[Taker] = (),
    *,
    most: int | None = None,
) -> None:
    """Shows them the newest records, each once, as far as these may be read; `newest` knows how far that was.

    others: are shown the same, but nothing is read for them. most: as in `Newest.pages`.
    """
    since, known = min(taker.since for taker in takers), set[int]()
    newest.shown.add(entity)
    async with aclosing(newest.pages(entity, most)) as pages:
        async for items in pages:
            known = _show_fresh(entity, items, known, [*takers, *others])
            if since and min(known) < since and newest.reaches(entity, since):
                return


async def glance(entity: str, takers: Sequence[Taker], current: Current) -> bool:
    """Shows them what a mirror tells; False, with nothing shown, where none keeps these values as they are."""
    fields = frozenset(key for taker in takers for key in taker.fields)
    olds = dict(taker.old for taker in takers)
    if not set(olds.values()) <= PLAIN:
        return False
    async with current(entity, fields) as mirror:
        if mirror is None or _masked(mirror, entity, olds):
            return False
        _show(_mirrored(mirror, entity, fields), takers)
        return True


async def _since(reader: Clocked, entity: str, since: int, takers: Sequence[Taker]) -> bool:
    """The newest first, down to an id. False, with nothing shown, where the list does not honour that order."""
    kind, number, known = replace(ENTITIES[entity], query=()), 1, set[int]()
    while True:
        page = await page_of(reader, kind, number, DOWN)
        if number == 1 and not descending(page.ids):
            return False
        known = _show_fresh(entity, page.items, known, takers)
        if not page.more or min(page.ids) < since:
            return True
        number += 1


async def _all(reader: Clocked, entity: str, takers: Sequence[Taker]) -> None:
    """In an order of its own, for the newest page is read to count what is touched."""
    known = set[int]()
    async with aclosing(Every(reader, entity, newest=False).pages()) as pages:
        async for _, items in pages:
            known = _show_fresh(entity, items, known, takers)


def _show_fresh(entity: str, items: Sequence[Item], known: set[int], takers: Sequence[Taker]) -> set[int]:
    """Each record once: rows shift between pages. Answers all ids so far. BadAnswer where a record cannot be read."""
    try:
        _show((item for item in items if item["id"] not in known), takers)
        return known | {item["id"] for item in items}
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise unreadable(ROOT + entity, error) from error


def _show(items: Iterator[Item] | Sequence[Item], takers: Sequence[Taker]) -> None:
    for item in items:
        for taker in takers:
            taker.take(item)


def _masked(mirror: Mirror, entity: str, fields: Collection[int]) -> bool:
    """Whether a mark stands for something that the mirror does not keep."""
    sql = (
        f"SELECT count(*) FROM cell WHERE entity = ? AND field IN ({_list(fields)})"
        " AND (instr(value, ?) OR instr(value, ?))"
    )
    return bool(next(mirror.ask(sql, ENTITIES[entity].code, EMAIL_MARK, PHONE_MARK))[0])


def _mirrored(mirror: Mirror, entity: str, fields: Collection[int]) -> Iterator[Item]:
    """Records as the API would give them, as far as they are looked at; by id."""
    kind = ENTITIES[entity]
    columns = [name if name in kind.columns else "NULL" for name in PLACE]
    sql = (
        f"SELECT record, field, enum, value, {', '.join(columns)} FROM cell JOIN {entity} ON id = record"
        f" WHERE entity = ? AND field IN ({_list(fields)}) ORDER BY record, field, place"
    )
    for key, rows in groupby(mirror.ask(sql, kind.code), key=lambda row: int(row[0])):
        cells = list(rows)
        filled = [
            {"field_id": number, "values": [{"enum_id": row[2], "value": row[3]} for row in some]}
            for number, some in groupby(cells, key=lambda row: row[1])
        ]
        yield {"id": key, **dict(zip(PLACE, cells[0][4:], strict=True)), "custom_fields_values": filled}


def _list(fields: Collection[int]) -> str:
    return ",".join(map(str, map(int, sorted(fields))))
