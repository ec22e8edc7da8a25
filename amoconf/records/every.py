"""Every record of a list, page by page: the newest page first, then by id from the oldest up to it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from amoconf.live import ROOT
from amoconf.records.entities import ENTITIES
from amoconf.records.pages import Clocked, Ending, Page, descending, page_of, walk

UP, DOWN = (("order[id]", "asc"),), (("order[id]", "desc"),)
NEWEST = 0  # the number under which the newest page is handed out
Numbered = tuple[int, list[Any]]


async def every_page(reader: Clocked, entity: str) -> AsyncGenerator[list[Any], None]:
    """Pages of any list; of those that are not mirrored no order is documented. To be closed by whoever leaves early."""
    if entity in ENTITIES:
        async with aclosing(Every(reader, entity).pages()) as pages:
            async for _, items in pages:
                yield items
        return
    async for items in reader.pages(ROOT + entity, entity.rpartition("/")[2]):
        yield items


class Every:
    """One walk; may be left and gone on with at the page where it was left. Records may come twice.

    newest: begin with the newest page, which tells where the walk ends, so that pages can be asked for ahead.
    """

    def __init__(self, reader: Clocked, entity: str, *, newest: bool = True) -> None:
        self.reader = reader
        self.newest = newest
        self.entity = replace(ENTITIES[entity], query=())
        self.ending = Ending(0)
        self.order = UP if self.entity.ordered else ()

    async def pages(self, start: int = NEWEST) -> AsyncGenerator[Numbered, None]:
        """(number of the page, its records) from a page on. To be closed by whoever leaves early."""
        if start == NEWEST and self.newest and self.entity.ordered:
            newest = await page_of(self.reader, self.entity, 1, DOWN)
            self._end_at(newest)
            yield NEWEST, newest.items
            if not newest.more:
                return
        async with aclosing(
            walk(self.reader, self.entity, self.order, max(start, 1), self.ending.room)
        ) as pages:
            async for page in pages:
                yield page.number, self._without_newest(page)

    def _end_at(self, newest: Page) -> None:
        """Where the order is not honoured nothing is known of the end."""
        ids = newest.ids
        if newest.more and descending(ids):
            self.ending = Ending(ids[-1], ids[0] - ids[-1])
        else:
            self.ending = Ending(0)

    def _without_newest(self, page: Page) -> list[Any]:
        """What was not handed out with the newest page."""
        upto = self.ending.upto
        if not upto or max(page.ids, default=0) < upto:
            return page.items
        return [item for item in page.items if item["id"] < upto]
