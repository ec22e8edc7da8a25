"""Writes back what an apply has overwritten in records, where they still hold what it wrote."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from amoconf.api import Writer
from amoconf.cells import values_in
from amoconf.converting import Conversion, Moved
from amoconf.errors import AmoconfError, Refused
from amoconf.live import ROOT
from amoconf.records.every import Every
from amoconf.records.ledger import Cell, Ledger, Values
from amoconf.wiretext import LISTS, Side

BATCH = 50  # official advice: protocol page 2.2
ROUNDS = 5
Held = Mapping[int, Sequence[tuple[Cell, Sequence[Values]]]]


@dataclass
class Restoring:
    """One way back. zone: the account's. halted: a reason to stop. back: records written; left: those that refused."""

    writer: Writer
    ledger: Ledger
    zone: str = "UTC"
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    back: int = 0
    left: dict[int, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Walks and writes until nothing is left to write back. AmoconfError where it cannot be."""
        lists: dict[str, dict[int, list[tuple[Cell, Sequence[Values]]]]] = {}
        for cell, meant in self.ledger.first_and_last():
            lists.setdefault(cell.entity, {}).setdefault(cell.record, []).append((cell, meant))
        for entity, held in lists.items():
            for _ in range(ROUNDS):
                if not await self._round(entity, held):
                    break

    async def _round(self, entity: str, held: Held) -> int:
        rows: dict[int, Any] = {}
        async with aclosing(Every(self.writer.reader, entity).pages()) as pages:
            async for _, items in pages:
                rows |= {item["id"]: row for item in items if (row := self._row(item, held))}
        found = list(rows.values())
        for start in range(0, len(found), BATCH):
            await self._send(entity, found[start : start + BATCH])
        return len(found)

    def _row(self, item: Mapping[str, Any], held: Held) -> dict[str, Any] | None:
        """What is to be written to a record."""
        if item["id"] in self.left:
            return None
        values = [
            {"field_id": cell.field, "values": minimal(cell.kind, cell.before)}
            for cell, meant in held.get(item["id"], ())
            if self._is_ours(cell, meant, values_in(item, cell.field))
        ]
        return {"id": item["id"], "custom_fields_values": values} if values else None

    def _is_ours(self, cell: Cell, meant: Sequence[Values], now: Values) -> bool:
        """It holds something that was written, and not what it held before."""
        side = Side(cell.kind)
        rules = Conversion(side, side, {}, "keep", ZoneInfo(self.zone))
        before = Moved(tuple(cell.before or ()))
        return not rules.holds(before, now) and any(
            rules.holds(Moved(tuple(one or ())), now) for one in meant
        )

    async def _send(self, entity: str, batch: list[dict[str, Any]]) -> None:
        if reason := self.halted():
            raise AmoconfError(f"{reason}; records written back so far: {self.back}", "amoconf undo again")
        try:
            await self.writer.send("PATCH", ROOT + entity, batch, creates=False)
        except Refused as error:
            if len(batch) == 1:
                self.left[batch[0]["id"]] = error.said or error.what
                return
            middle = len(batch) // 2
            await self._send(entity, batch[:middle])
            await self._send(entity, batch[middle:])
            return
        self.back += len(batch)
        self.tell(f"{self.back} records written back")


def minimal(kind: str, values: Values) -> Values:
    """Values as read in the form in which they may be written (third party: protocol page 6.3)."""
    if values is None:
        return None
    if kind in LISTS:
        return [{"enum_id": value["enum_id"]} for value in values]
    names = {"multitext": ("value", "enum_code"), "smart_address": ("value", "enum_id")}.get(kind, ("value",))
    return [{name: value[name] for name in names if value.get(name) is not None} for value in values]
