"""What an apply has overwritten in records and what stands there now, found by walking their lists."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from amoconf.givenback import Due, Item, Known, Meant, due, same
from amoconf.kinds import _read as read
from amoconf.live import ROOT
from amoconf.model import Account, Resource
from amoconf.records.deals import incoming_stages
from amoconf.records.entities import HIDDEN
from amoconf.records.every import every_page
from amoconf.records.ledger import LOSS, OWN, PLACE, TAG, Cell, Ledger, Values
from amoconf.records.misread import unreadable
from amoconf.records.pages import Clocked
from amoconf.values import Address

VALUE = "value"
UNMADE = 0  # an id that nothing has
Title = tuple[str, str, str, bool]
Ids = Mapping[Address, int | str]
DEALS = "leads"


@dataclass(frozen=True)
class Told:
    """counts: records by (address, list, what (value, tag, task_type, loss_reason, place), whether something comes back; else
    what was put in is only taken out).

    others: (list, id, address) of what somebody has changed since. records: how many something is due to.
    stay: how many deals left the incoming leads, by address: nothing leads back there. waits: how many stand there,
    so that a write would take them out. whole: addresses all of whose values were kept. homeless: addresses of which
    values were kept, and which neither are there nor will be.
    """

    counts: Mapping[Title, int]
    others: Sequence[tuple[str, int, str]]
    records: int = 0
    stay: Mapping[str, int] = field(default_factory=dict)
    waits: Mapping[str, int] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    homeless: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Held:
    """What was overwritten in one list. kinds: a cell of each sort. counts: whether a cell is looked at. zone: the account's."""

    ledger: Ledger
    entity: str
    kinds: Sequence[Cell]
    counts: Callable[[Cell], bool]
    zone: str = "UTC"

    def of(self, records: Collection[int]) -> dict[int, list[tuple[Cell, list[Values]]]]:
        """By record, each place of it with what stood there first, and all that was meant for it."""
        found: dict[int, list[tuple[Cell, list[Values]]]] = {}
        one = partial(same, zone=self.zone)
        for cell, meant in self.ledger.first_and_last(self.counts, (self.entity, records), one):
            found.setdefault(cell.record, []).append((cell, meant))
        return found


@dataclass
class Overwritten:
    """ledger: of the run that is undone. before: the account as it was then. fields: ids → addresses. zone: the account's.

    filled: whether a later run has filled a field of a record, so that whoever emptied it since is a person.
    others, waits: as in Told, of the last walk.
    """

    reader: Clocked
    ledger: Ledger
    before: Account
    fields: Mapping[int, Address] = field(default_factory=dict)
    zone: str = "UTC"
    filled: Callable[[str, int, int], bool] = lambda entity, record, number: False
    others: dict[tuple[str, int, str], None] = field(default_factory=dict)
    waits: dict[tuple[str, int, str], None] = field(default_factory=dict)

    async def look(self, ids: Ids, coming: Collection[Address] = ()) -> Told:
        """What would go back now; nothing is written. coming: what will be made again."""
        counts, records = Counter[Title](), 0
        self.others, self.waits = {}, {}
        for entity, held in self.lists(ids, coming).items():
            known = await self.known(entity, held, ids, coming)
            async with aclosing(self.found(entity, held, known)) as found:
                async for _, ours in found:
                    counts.update(self._titles(ours))
                    records += 1
        left = {(about, cell.record) for cell in self.ledger.left() for about in self._about(cell)}
        stay, waits = Counter(about for about, _ in sorted(left)), Counter(row[2] for row in self.waits)
        there = {str(address) for address in (*ids, *coming)}
        sorts = self.ledger.kinds(lambda cell: cell.kept).values()
        about = {about for cells in sorts for cell in cells for about in self._about(cell)}
        whole = await self._whole()
        return Told(counts, tuple(self.others), records, stay, waits, whole, frozenset(about - there))

    async def _whole(self) -> frozenset[str]:
        """Addresses all of whose values were kept. Cards that came with incoming leads are in no list (official: protocol page 7.9)."""
        whole = self.ledger.whole
        some = {about for about in whole if about.split("/")[1] in HIDDEN}
        return whole - some if some and await incoming_stages(self.reader) else whole

    def _titles(self, ours: Sequence[Due]) -> set[Title]:
        """What a record is counted for. Giving back counts, and not also that something makes room for it."""
        rows = {
            (about, each.cell.entity, _what(each.cell.kind)): bool(each.back)
            for each in sorted(ours, key=lambda each: bool(each.back))
            for about in self._about(each.cell)
        }
        return {(*row, comes) for row, comes in rows.items()}

    def _about(self, cell: Cell) -> list[str]:
        """Addresses that a write was for; one that was made good after a crash has told none."""
        if cell.about:
            return cell.about.split("\n")
        if cell.kind == PLACE:
            stage = (cell.before or [{}])[0].get("status_id")
            found = [item.address for item in self.before.of("stage") if item.id == stage]
            return [str(found[0] if found else f"stage/#{stage}")]
        return [str(self.fields.get(cell.field, f"field/{cell.entity}/#{cell.field}"))]

    def lists(self, ids: Ids, coming: Collection[Address] = ()) -> Mapping[str, Held]:
        """What was overwritten, by list."""
        gone = {str(item.address): self._is_gone(item, ids, coming) for item in self.before.resources}

        def counts(cell: Cell) -> bool:
            return not cell.kept or all(gone.get(about, False) for about in self._about(cell))

        kinds = self.ledger.kinds(counts)
        return {
            entity: Held(self.ledger, entity, cells, counts, self.zone) for entity, cells in kinds.items()
        }

    def _is_gone(self, item: Resource, ids: Ids, coming: Collection[Address]) -> bool:
        """Whether a thing was deleted and is there again, or will be: a run that died may have kept values and no more."""
        return ids[item.address] != item.id if item.address in ids else item.address in coming

    async def known(self, entity: str, held: Held, ids: Ids, coming: Collection[Address] = ()) -> Known:
        """What there is now. ids: of things as they are now; coming: what will be made again, and has no id yet."""
        was = [(item.address, item.id) for item in self.before.resources if isinstance(item.id, int)]
        pairs = [(at.kind, old, int(ids.get(at, UNMADE if at in coming else old))) for at, old in was]
        anew = {(kind, old): new for kind, old, new in pairs if old != new}
        closed = frozenset[tuple[int, int]]()
        if entity == DEALS and any(cell.kept for cell in held.kinds):
            closed = await incoming_stages(self.reader)
        reasons = {int(key) for at, key in ids.items() if at.kind == LOSS} | {UNMADE}
        known = Known(anew, zone=self.zone, closed=closed, reasons=frozenset(reasons))
        if not any(cell.kind == TAG for cell in held.kinds):
            return known
        path = f"{ROOT}{entity}/tags"
        rows = [row async for page in self.reader.pages(path, "tags") for row in page]
        return replace(known, tags=frozenset(row["id"] for row in rows))

    async def found(
        self, entity: str, held: Held, known: Known, but: Collection[tuple[str, int]] = ()
    ) -> AsyncGenerator[tuple[int, list[Due]], None]:
        """(id, what is to go back) of each record that something goes back to. but: records to pass over, by (list, id)."""
        seen: set[int] = set()
        async with aclosing(every_page(self.reader, entity)) as pages:
            async for items in pages:
                rows = self._read(entity, items)
                cells = held.of([key for key in rows if key not in seen and (entity, key) not in but])
                seen |= cells.keys()
                for key, mine in cells.items():
                    ours = self._due(entity, rows[key], mine, known)
                    if ours and known.holds_fast(rows[key]):
                        self.waits |= self._rows(entity, key, [each.cell for each in ours])
                    elif ours:
                        yield key, ours

    def _read(self, entity: str, items: Sequence[Item]) -> dict[int, Item]:
        """Records by id."""
        try:
            return {read.number(item.get("id"), "id"): item for item in items}
        except (ValueError, AttributeError, TypeError) as error:
            raise unreadable(ROOT + entity, error) from error

    def _due(self, entity: str, item: Item, cells: Meant, known: Known) -> list[Due]:
        """What is to go back to a record; what others have changed in it is noted."""
        try:
            ours, others = due(item, cells, known)
        except (ValueError, AttributeError, TypeError) as error:
            raise unreadable(ROOT + entity, error) from error
        emptied = [each for each in ours if self._was_given(each, known)]
        others = [*others, *(each.cell for each in emptied)]
        self.others |= self._rows(entity, cells[0][0].record, others)
        return [each for each in ours if each not in emptied]

    def _was_given(self, each: Due, known: Known) -> bool:
        """Whether an earlier way back has given a value back, and it is gone again."""
        cell = each.cell
        place = cell.field if cell.kind in OWN else known.field(cell.field)
        return cell.kept and not each.now and self.filled(cell.entity, cell.record, place)

    def _rows(self, entity: str, key: int, cells: Sequence[Cell]) -> dict[tuple[str, int, str], None]:
        return {(entity, key, about): None for cell in cells for about in self._about(cell)}


def _what(kind: str) -> str:
    """Types of fields are all one."""
    return kind if kind in OWN else VALUE
