"""Values that the service is about to wipe: read from every record that holds them, and written down for the way back."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from amoconf.api import READ_LAG
from amoconf.bodies import Ids
from amoconf.cells import all_values
from amoconf.changes import Step
from amoconf.errors import AmoconfError, ApiError, NotFound, Refused, Unpaid
from amoconf.kinds import _read as read
from amoconf.live import ROOT
from amoconf.recordpart import KEEP_VALUES, Part, Record, part_of
from amoconf.records.entities import CUSTOMERS, ENTITIES
from amoconf.records.every import every_page
from amoconf.records.ledger import LOSS, REASON_ID, WHY, Cell, Values
from amoconf.records.misread import unreadable
from amoconf.records.pages import descending
from amoconf.recordwrites import RecordWrites
from amoconf.tongue import tr
from amoconf.touch import FIELD, REASON

T = TypeVar("T")
ROUNDS = 5
LATEST = (("order[updated_at]", "desc"),)


@dataclass
class Keeping:
    """What all keeping of one run shares. halted: a reason to stop."""

    records: RecordWrites
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""

    async def do(self, steps: Sequence[Step], ids: Ids) -> Mapping[int, str]:
        """Steps of one list: one walk serves them all. AmoconfError: not all is kept, so nothing may be deleted yet."""
        await Reading(self, [part_of(step, ids) for step in steps]).run()
        return {}


class Reading:
    """One list read. parts: of it, by field; reasons: by loss reason."""

    def __init__(self, by: Keeping, parts: Sequence[Part]) -> None:
        self.by = by
        self.ledger = by.records.ledger
        self.reader = by.records.writer.reader
        self.entity = parts[0].touch.entity
        self.about = [str(part.step.data["from"]) for part in parts]
        self.parts: dict[int, list[Part]] = {}
        self.reasons = {part.touch.ids[0]: part for part in parts if part.touch.by == REASON}
        for part in parts:
            if part.touch.by != REASON:
                self.parts.setdefault(part.touch.ids[0], []).append(part)
        self.found = self.seen = self.since = 0

    async def run(self) -> None:
        """Until a walk finds nothing new, for rows shift between pages; then what was changed while it was read."""
        started, rounds, new = self.reader.now, 0, 0
        self.since = self.ledger.begin(self.entity, self.about)
        try:
            while (new := await self._found()) and rounds < ROUNDS:
                started, rounds = self.reader.now, rounds + 1
        except NotFound:
            pass  # a list that this account does not have holds nothing
        except (Refused, Unpaid) as error:
            raise _unseen(self.entity, error) from error
        else:
            await self._latest(int(started - READ_LAG))
        if not new:
            self.ledger.end(self.about)
        count = self.ledger.kept.get(self.entity, 0)
        with self.by.records.journal.write(f"{self.entity}: values are kept", work=KEEP_VALUES) as entry:
            entry.facts = {"records": count}

    async def _found(self) -> int:
        """One walk: how many records it found of which nothing was kept yet."""
        self.found = self.seen = 0
        async with aclosing(every_page(self.reader, self.entity)) as pages:
            async for items in pages:
                self._take(items)
        return self.found

    async def _latest(self, moment: int) -> None:
        """Records changed since a moment (account time), where the list can be ordered so: they may hold something else."""
        if self.entity not in ENTITIES or not ENTITIES[self.entity].newest:
            return
        async for items in self.reader.pages(ROOT + self.entity, self.entity, LATEST):
            stamps = [self._read(item, _moment) for item in items]
            if not descending(stamps):
                return
            self._take([item for item, stamp in zip(items, stamps, strict=True) if stamp >= moment])
            if stamps[-1] < moment:
                return

    def _take(self, items: Sequence[Record]) -> None:
        if reason := self.by.halted():
            raise AmoconfError(reason, tr("apply again"))
        held = dict(self._read(item, self._cells) for item in items)
        self.found += self.ledger.keep(self.entity, held, self.since)
        self.seen += len(items)
        self.by.tell(tr("values kept for undo: {count} of {list} read", count=self.seen, list=self.entity))

    def _read(self, item: Record, what: Callable[[Record], T]) -> T:
        """What a record says. BadAnswer where it cannot be read."""
        try:
            return what(item)
        except (ValueError, AttributeError, TypeError) as error:
            raise unreadable(ROOT + self.entity, error) from error

    def _cells(self, item: Record) -> tuple[int, list[Cell]]:
        """(its id, every place of it that will be wiped)."""
        key = read.number(item.get("id"))
        held = all_values(item, self.parts)
        cells = (
            _cell(self.entity, key, number, self.parts[number], values) for number, values in held.items()
        )
        return key, [cell for cell in (*cells, self._reason(item, key)) if cell is not None]

    def _reason(self, item: Record, key: int) -> Cell | None:
        """A deal's loss reason; the service may empty it or go on naming the dead one (nobody says: config page C6)."""
        part = self.reasons.get(read.numbered(item.get(REASON_ID), REASON_ID) or 0)
        if part is None:
            return None
        about, before = str(part.step.data["from"]), [{REASON_ID: part.touch.ids[0]}]
        return Cell(self.entity, key, WHY, LOSS, before, None, about=about, kept=True)


def _unseen(entity: str, error: ApiError) -> AmoconfError:
    """Of customers that are turned off the service shows nothing (official: protocol page 1.9), and keeps what they hold."""
    if entity != CUSTOMERS:
        return error
    text = tr(
        "customers are turned off, so their values cannot be kept for undo: turn customers on, or take the removal out of the spec ({said})",
        said=error.said or error.what,
    )
    return AmoconfError(text)


def _moment(item: Record) -> int:
    return read.numbered(item.get("updated_at"), "updated_at") or 0


def _cell(entity: str, key: int, number: int, parts: Sequence[Part], values: Values) -> Cell | None:
    """What one field loses. Of several options those that are not deleted stay (guess: config page C7.4)."""
    mine = [part for part in parts if _holds(part, values)]
    if not mine:
        return None
    gone = {part.touch.ids[-1] for part in mine}
    whole = mine[0].touch.by == FIELD
    left = [] if whole else [value for value in values or () if _option(value) not in gone]
    about = "\n".join(str(part.step.data["from"]) for part in mine)
    kind = str(mine[0].step.data["type"])
    return Cell(entity, key, number, kind, values, left or None, about=about, kept=True)


def _holds(part: Part, values: Values) -> bool:
    if part.touch.by == FIELD:
        return bool(values)
    return any(_option(value) == part.touch.ids[1] for value in values or ())


def _option(value: Mapping[str, Any]) -> int | None:
    return read.numbered(value.get("enum_id"), "enum_id")
