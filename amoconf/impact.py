"""How many records each change touches: from the mirror, or counted within a budget of pages."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from amoconf.changes import Change
from amoconf.errors import NotFound, Refused, Unpaid
from amoconf.kinds import KINDS
from amoconf.live import Reads
from amoconf.plan import Plan
from amoconf.records.entities import CUSTOMERS, LIMIT
from amoconf.records.newest import BUDGET, Newest, newest_first
from amoconf.touch import Impact, Mark, Touch, marks
from amoconf.values import Address


class Counts(Protocol):
    """What can say at once how many records a Touch means: a mirror."""

    def answer(self, touch: Touch) -> Impact | None:
        """None where it cannot say."""


def touched(change: Change, plan: Plan) -> tuple[Touch, ...]:
    """What a change touches; nothing for what a person does."""
    return tuple(KINDS[change.address.kind].touches(change, plan.view))


async def count(
    reader: Reads,
    plan: Plan,
    known: Counts | None = None,
    *,
    pages: int | None = BUDGET,
    newest: Newest | None = None,
) -> Mapping[Address, Impact]:
    """The impact of every change that touches records. pages: how many may be read for it; None: all there are.

    newest: keeps what is read, for others who look at the same lists.
    """
    # Each question once: an archived pipeline is two changes, one of them by hand, of the same deals.
    asked: dict[Address, dict[Touch, None]] = {}
    for change in plan.changes:
        asked.setdefault(change.address, {}).update(dict.fromkeys(touched(change, plan)))
    unique = dict.fromkeys(touch for touches in asked.values() for touch in touches)
    answers = {
        touch: (known.answer(touch) if known else None) or Impact(None, exact=False) for touch in unique
    }
    open_ = [touch for touch, answer in answers.items() if answer.records is None]
    if open_ and pages != 0:
        answers |= await Walk(reader, open_, newest).run(pages)
    return {
        address: _sum(touches, [answers[touch] for touch in touches])
        for address, touches in asked.items()
        if touches
    }


def _sum(touches: Collection[Touch], parts: Sequence[Impact]) -> Impact:
    lists = {touch.entity for touch in touches}
    of = lists.pop() if len(lists) == 1 else ""
    if any(part.records is None for part in parts):
        return Impact(None, exact=False, of=of)
    moments = [part.as_of for part in parts if part.as_of is not None]
    total = sum(part.records or 0 for part in parts)
    return Impact(total, all(part.exact for part in parts), min(moments, default=None), of)


class Walk:
    """Counts by reading lists, a page of each in turn, so that none eats the budget of the others."""

    def __init__(self, reader: Reads, touches: Iterable[Touch], newest: Newest | None = None) -> None:
        self.reader = reader
        self.newest = newest
        self.by_list: dict[str, dict[Mark, Touch]] = {}
        for touch in touches:
            self.by_list.setdefault(touch.entity, {})[touch.mark] = touch
        self.counts: dict[Touch, int] = dict.fromkeys(
            (touch for asked in self.by_list.values() for touch in asked.values()), 0
        )
        self.met: dict[str, set[int]] = {entity: set() for entity in self.by_list}
        self.ended: set[str] = set()
        self.begun: set[str] = set()

    async def run(self, pages: int | None) -> dict[Touch, Impact]:
        """Reads at most so many pages."""
        walks = {entity: self._pages(entity) for entity in self.by_list}
        left = pages if pages is not None else -1
        while walks and left != 0:
            for entity in list(walks):
                if left == 0:
                    break
                page = await anext(walks[entity], None)
                if page is None:
                    del walks[entity]
                    continue
                left -= 1
                self._take(entity, page)
        return {touch: self._impact(touch) for touch in self.counts}

    async def _pages(self, entity: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """The list's pages; one that is not full is the last, so that no request is spent on learning it."""
        try:
            newest, reader = self.newest, self.reader
            async for items in newest.pages(entity) if newest else newest_first(reader, entity):
                if len(items) < LIMIT:
                    self.ended.add(entity)
                yield items
                if entity in self.ended:
                    return
            if newest is not None and not newest.reaches(entity):
                return
        except NotFound:
            pass  # a list that this account does not have holds nothing
        except (Refused, Unpaid):
            if entity != CUSTOMERS:
                raise
            return  # turned off, or not in the tariff (official: protocol page 1.9): nobody can say what they hold
        self.begun.add(entity)
        self.ended.add(entity)

    def _take(self, entity: str, page: Sequence[Mapping[str, Any]]) -> None:
        self.begun.add(entity)
        # Each record once: rows shift between pages while people make new ones.
        fresh = [item for item in page if item["id"] not in self.met[entity]]
        self.met[entity].update(item["id"] for item in fresh)
        asked = self.by_list[entity]
        for item in fresh:
            for mark in marks(item) & asked.keys():
                self.counts[asked[mark]] += 1

    def _impact(self, touch: Touch) -> Impact:
        if touch.entity not in self.begun:
            return Impact(None, exact=False)
        return Impact(self.counts[touch], exact=touch.entity in self.ended)
