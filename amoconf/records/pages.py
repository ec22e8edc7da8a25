"""Pages of a list, several in flight while one is handled, and never one more than the list has."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from amoconf.errors import BadAnswer
from amoconf.live import Reads
from amoconf.records.entities import LIMIT, Entity, Pairs
from amoconf.records.misread import broken
from amoconf.records.shapes import shape
from amoconf.tongue import tr

# Enough for the pace limit while an answer takes less than a second.
AHEAD = 6
BIGGEST = 2**63 - 1  # that SQLite takes
RECENT = 8  # pages whose density tells how many are left

Room = Callable[["Page"], int]


class Clocked(Reads, Protocol):
    """A reader that knows the account's time."""

    @property
    def now(self) -> int:
        """Unix seconds."""


@dataclass(frozen=True)
class Page:
    """One page: its number from 1, its records (`shapes.shape`), whether the service says that another follows."""

    number: int
    items: list[Any]
    more: bool

    @property
    def ids(self) -> list[int]:
        """Ids in the page's order."""
        return [item["id"] for item in self.items]


async def page_of(reader: Reads, entity: Entity, number: int, order: Pairs) -> Page:
    """One page; empty beyond the end, which is how 204 reads (protocol page 3.2)."""
    query = (*entity.query, *order, ("limit", str(LIMIT)), ("page", str(number)))
    body = await reader.get(entity.path, query, shape(entity))
    if body is None:
        return Page(number, [], False)
    try:
        items = body["_embedded"][entity.name]
        if isinstance(items, dict):  # PHP writes a list whose keys have gaps as an object
            items = list(items.values())
        links = body.get("_links") or {}
        page = Page(number, list(items), bool(items and links.get("next")))
    except (KeyError, TypeError, AttributeError) as error:
        raise BadAnswer(
            tr(
                "GET {path}: page {number} has no list of {list}",
                path=entity.path,
                number=number,
                list=entity.name,
            ),
            tr("nothing was concluded from it; repeat"),
        ) from error
    numbers(entity, page.items, "id")
    return page


def numbers(entity: Entity, items: Iterable[Any], name: str) -> list[int]:
    """What each record has under a name. BadAnswer where one has no number there."""
    try:
        found = [item[name] for item in items]
    except (KeyError, TypeError) as error:
        raise broken(entity) from error
    if not set(map(type, found)) <= {int} or max(found, default=0) > BIGGEST:
        raise broken(entity)
    return found


async def walk(
    reader: Reads, entity: Entity, order: Pairs, start: int, room: Room
) -> AsyncGenerator[Page, None]:
    """Pages from number `start` on, in order.

    room: asked after each page how many pages are sure to follow it; so many are requested before the page is
    handed out. 0 ends the walk. To be closed by whoever leaves early (contextlib.aclosing).
    """
    flying: dict[int, asyncio.Task[Page]] = {}

    def fly(until: int) -> None:
        for number in range(max([start - 1, *flying, last]) + 1, until + 1):
            flying[number] = asyncio.create_task(page_of(reader, entity, number, order))

    last = start - 1
    try:
        fly(start)
        while flying:
            page = await flying.pop(last + 1)
            last = page.number
            fly(last + room(page))
            yield page
    finally:
        for task in flying.values():
            task.cancel()
        await asyncio.gather(*flying.values(), return_exceptions=True)


@dataclass
class Ending:
    """Where a walk by id ends, known beforehand: at the first id of the list's last 250, which are read first.

    So the pages are exactly those that the list has, and how many are left can be guessed from how thinly the ids lie;
    all but one of these may be asked for at once. upto: that id, 0 where it is not known; span: how many ids the last
    250 rows take; left: pages that are likely to follow.
    """

    upto: int
    span: int = 0
    spans: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT))
    left: float = 0.0

    def is_last(self, page: Page) -> bool:
        """Whether nothing that is not known follows."""
        # Ids are whole numbers: between neighbours there is nothing.
        return not page.more or bool(self.upto and page.ids[-1] + 1 >= self.upto)

    def room(self, page: Page) -> int:
        """How many pages are sure to follow."""
        if self.is_last(page):
            self.left = 0.0
            return 0
        if not self.upto:
            return 1
        ids = page.ids
        self.spans.append(max(ids[-1] - ids[0], 1))
        self.left = max((self.upto - ids[-1]) / max(*self.spans, self.span), 1.0)
        return max(1, min(AHEAD, int(self.left) - 1))

    def rank(self, page: Page) -> int:
        """How many records stand before `upto`, from the page that reaches it; -1 where the list ended before."""
        if not page.ids or page.ids[-1] + 1 < self.upto:
            return -1
        before = sum(1 for number in page.ids if number < self.upto)
        return LIMIT * (page.number - 1) + before


def descending(numbers: Iterable[int]) -> bool:
    """Whether the service honoured the order."""
    return all(one >= other for one, other in itertools.pairwise(numbers))
