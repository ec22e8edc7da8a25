"""The newest records of lists: pages read once for all who look at them, and no more of them in all than a budget."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from amoconf.errors import NotFound, Refused, Unpaid
from amoconf.live import ROOT, Reads
from amoconf.records.entities import LIMIT, honours_order
from amoconf.records.pages import descending

BUDGET = 12  # pages
Items = Sequence[Mapping[str, Any]]


def newest_first(reader: Reads, entity: str) -> AsyncIterator[Items]:
    """Pages of a list; what people work with is on the first ones, where the list honours that order."""
    order = (("order[id]", "desc"),) if honours_order(entity) else ()
    pages: AsyncIterator[Items] = reader.pages(ROOT + entity, entity.rpartition("/")[2], order)
    return pages


@dataclass
class Begun:
    """One list. walk: its pages that are still to be read. ended: there are none. failed: why they cannot be read."""

    walk: AsyncIterator[Items]
    pages: list[Items] = field(default_factory=list)
    ended: bool = False
    failed: Refused | Unpaid | None = None

    @property
    def ids(self) -> list[int]:
        """In the order in which they came."""
        return [item["id"] for page in self.pages for item in page]


class Newest:
    """What a quick look may read. left: pages that nobody has asked for yet. shown: lists that somebody was shown."""

    def __init__(self, reader: Reads, left: int = BUDGET) -> None:
        self.reader = reader
        self.left = left
        self.lists: dict[str, Begun] = {}
        self.shown: set[str] = set()

    async def pages(self, entity: str, most: int | None = None) -> AsyncGenerator[Items, None]:
        """The list's pages as far as they may be read; those that somebody has read before cost nothing.

        most: of those that are read now, None for all that are left.
        """
        known, least = self._list(entity), self.left - most if most is not None else 0
        for number in count():
            may_read = self.left > least
            if number == len(known.pages) and not (may_read and await self._read_on(known)):
                return
            yield known.pages[number]

    def spend(self) -> bool:
        """Books a page that is read otherwise; False where none is left."""
        if self.left <= 0:
            return False
        self.left -= 1
        return True

    def seen(self, entity: str) -> int:
        """Records of a list that were read."""
        return len(set(self._list(entity).ids))

    def reaches(self, entity: str, since: int = 0) -> bool:
        """Whether all records with this id or a higher one were read; 0 for the whole list."""
        known = self._list(entity)
        if known.ended or not since:
            return known.ended
        ids = known.ids
        return bool(ids) and ids[-1] < since and descending(ids)

    def doubt(self, entity: str) -> dict[str, Any]:
        """What a step says that stands on a part of a list: `exact` and how many records were `seen`; of a whole one {}."""
        return {} if self.reaches(entity) else {"exact": False, "seen": self.seen(entity)}

    def _list(self, entity: str) -> Begun:
        if entity not in self.lists:
            self.lists[entity] = Begun(newest_first(self.reader, entity))
        return self.lists[entity]

    async def _read_on(self, known: Begun) -> bool:
        """A page that is not full is the last, so that no request is spent on learning it."""
        if known.failed is not None:
            raise known.failed  # else the next who asks would take the list for an empty one
        if known.ended or not self.spend():
            return False
        try:
            page = await anext(known.walk, None) or ()  # a default that is a tuple breaks anext (Python 3.11)
        except NotFound:
            page = ()  # a list that this account does not have holds nothing
        except (Refused, Unpaid) as error:
            known.failed = error
            raise
        known.ended = len(page) < LIMIT
        known.pages += [page] if page else []
        return bool(page)
