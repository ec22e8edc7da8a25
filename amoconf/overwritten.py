"""What an apply has overwritten in records and what stands there now, found by walking their lists."""

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from amoconf.errors import BadAnswer
from amoconf.givenback import Due, Known, Meant, due
from amoconf.kinds import _read as read
from amoconf.live import ROOT
from amoconf.model import Account
from amoconf.records.entities import ENTITIES
from amoconf.records.every import Every
from amoconf.records.ledger import PLACE, TAG, TASK_TYPE, Cell, Ledger, Values
from amoconf.records.pages import Clocked
from amoconf.tongue import tr
from amoconf.values import Address

Held = Mapping[int, Meant]
VALUE = "value"
Title = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Told:
    """counts: records by (address, list, what (value, tag, task_type, place), whether something comes back; else
    what was put in is only taken out).

    others: (list, id, address) of what somebody has changed since. records: how many something is due to.
    stay: how many deals left the incoming leads, by address: nothing leads back there.
    """

    counts: Mapping[Title, int]
    others: Sequence[tuple[str, int, str]]
    records: int = 0
    stay: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Overwritten:
    """ledger: of the run that is undone. before: the account as it was then. fields: ids → addresses. zone: the account's.

    others: as in Told, of the last walk.
    """

    reader: Clocked
    ledger: Ledger
    before: Account
    fields: Mapping[int, Address] = field(default_factory=dict)
    zone: str = "UTC"
    others: dict[tuple[str, int, str], None] = field(default_factory=dict)

    async def look(self, ids: Mapping[Address, int | str]) -> Told:
        """What would go back now; nothing is written."""
        counts, records = Counter[Title](), 0
        self.others = {}
        for entity, held in self.lists().items():
            known = await self.known(entity, held, ids)
            async with aclosing(self.found(entity, held, known)) as found:
                async for _, ours in found:
                    counts.update(self._titles(ours))
                    records += 1
        left = {(about, cell.record) for cell in self.ledger.left() for about in self._about(cell)}
        return Told(counts, tuple(self.others), records, Counter(about for about, _ in sorted(left)))

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

    def lists(self) -> Mapping[str, Held]:
        """What was overwritten, by list and record."""
        lists: dict[str, dict[int, list[tuple[Cell, Sequence[Values]]]]] = {}
        for cell, meant in self.ledger.first_and_last():
            lists.setdefault(cell.entity, {}).setdefault(cell.record, []).append((cell, meant))
        return lists

    async def known(self, entity: str, held: Held, ids: Mapping[Address, int | str]) -> Known:
        """What there is now. ids: of things as they are now."""
        was = [(item.address, item.id) for item in self.before.resources if isinstance(item.id, int)]
        pairs = [(at.kind, old, int(ids.get(at, old))) for at, old in was]
        anew = {(kind, old): new for kind, old, new in pairs if old != new}
        if not any(cell.kind == TAG for cells in held.values() for cell, _ in cells):
            return Known(anew, zone=self.zone)
        path = f"{ROOT}{entity}/tags"
        rows = [row async for page in self.reader.pages(path, "tags") for row in page]
        return Known(anew, frozenset(row["id"] for row in rows), self.zone)

    async def found(
        self, entity: str, held: Held, known: Known, but: Collection[tuple[str, int]] = ()
    ) -> AsyncGenerator[tuple[int, list[Due]], None]:
        """(id, what is to go back) of each record that something goes back to. but: records to pass over, by (list, id)."""
        seen: set[int] = set()
        async with aclosing(self._items(entity)) as items:
            async for item in items:
                try:
                    key = read.number(item.get("id"), "id")
                    if key in seen or key not in held or (entity, key) in but:
                        continue
                    ours, others = due(item, held[key], known)
                except (ValueError, AttributeError, TypeError) as error:
                    text = tr("nothing was concluded from it; repeat")
                    raise BadAnswer(f"GET {ROOT}{entity}: {error}", text) from error
                seen.add(key)
                self.others |= {(entity, key, about): None for cell in others for about in self._about(cell)}
                if ours:
                    yield key, ours

    async def _items(self, entity: str) -> AsyncGenerator[Mapping[str, Any], None]:
        """All records of a list; of those that are not mirrored no order is documented."""
        if entity in ENTITIES:
            async with aclosing(Every(self.reader, entity).pages()) as pages:
                async for _, items in pages:
                    for item in items:
                        yield item
            return
        async for page in self.reader.pages(ROOT + entity, entity.rpartition("/")[2]):
            for item in page:
                yield item


def _what(kind: str) -> str:
    """Types of fields are all one."""
    return kind if kind in (PLACE, TAG, TASK_TYPE) else VALUE
