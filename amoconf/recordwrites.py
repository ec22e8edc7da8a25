"""Writes to records: so many an hour, written down for the way back before they are sent, told to the local mirror."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.api import Clock, Writer
from amoconf.errors import AmoconfError, Refused, Trouble
from amoconf.journal import Unwritten, Writes
from amoconf.live import ROOT
from amoconf.records.ledger import Cell, Ledger
from amoconf.throttle import Throttle

BATCH = 50  # official advice: protocol page 2.2
GOOD_ROW = 5  # batches in a row after which a bigger one is tried again
STALE = 30.0  # seconds of waiting after which what was read is read again before it is written
GATEWAY_TIMEOUT = 504
Body = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """What is sent of one record, and every place of it that this overwrites."""

    body: Body
    cells: tuple[Cell, ...]


@dataclass
class RecordWrites:
    """What all data steps of one run share. touching: told of each list before the first write to it.

    batch: records in a request, fewer where an hour may have fewer changes.
    """

    writer: Writer
    throttle: Throttle = field(default_factory=lambda: Throttle(Clock(), None))
    ledger: Ledger = field(default_factory=lambda: Ledger(None))
    journal: Writes = field(default_factory=Unwritten)
    touching: Callable[[str], None] = lambda entity: None
    batch: int = BATCH
    touched: set[str] = field(default_factory=set)
    size: int = 0
    row: int = 0

    def __post_init__(self) -> None:
        self.size = self.biggest

    @property
    def biggest(self) -> int:
        """Records of a batch as long as none takes too long."""
        return max(1, min(self.batch, self.throttle.per_hour or self.batch))

    @property
    def most(self) -> int:
        """Records of a batch."""
        return max(1, min(self.size, self.biggest))

    async def allowed(self, rows: Sequence[Row]) -> bool:
        """Waits until so much may change; False where that took so long that what was read is too old to be written."""
        return await self.throttle.ready(_changes(rows)) <= STALE

    def touch(self, entity: str) -> None:
        """A list is about to be written to."""
        if entity not in self.touched:
            self.touching(entity)
            self.touched.add(entity)

    async def patch(self, entity: str, rows: Sequence[Row], **facts: Any) -> None:
        """One batch that is allowed; facts: for the journal."""
        self.touch(entity)
        self.throttle.book(_changes(rows))
        number = self.ledger.mean([cell for row in rows for cell in row.cells])
        with self.journal.write(f"PATCH {ROOT}{entity}", **facts):
            await self._send(entity, [row.body for row in rows])
        self.ledger.sent(number)

    async def _send(self, entity: str, bodies: Sequence[Body]) -> None:
        """What takes too long is sent again in halves: values are absolute, so that twice is as good as once."""
        try:
            await self.writer.send("PATCH", ROOT + entity, bodies, creates=False)
        except Trouble as error:
            if not took_too_long(error) or len(bodies) == 1:
                raise
            middle = len(bodies) // 2
            self.row, self.size = 0, min(self.size, max(1, middle))
            await self._send(entity, bodies[:middle])
            await self._send(entity, bodies[middle:])
        else:
            self._good()

    def _good(self) -> None:
        self.row += 1
        if self.row >= GOOD_ROW and self.size < self.biggest:
            self.row, self.size = 0, min(self.biggest, self.size * 2)


def took_too_long(error: AmoconfError) -> bool:
    """Whether the service advises smaller batches after this (official: protocol page 2.2)."""
    return isinstance(error, Trouble) and error.status == GATEWAY_TIMEOUT


def _changes(rows: Sequence[Row]) -> int:
    """Each overwritten place counts, as each makes an event."""
    return sum(len(row.cells) for row in rows)


def guilty(error: Refused, keys: Sequence[int]) -> Mapping[int, str]:
    """Records that a refusal names, with its words: by their place in the batch, or by their ids (protocol pages 3.4, 3.5).

    keys: ids of the records, in the order in which they were sent.
    """
    known = {str(key): key for key in keys}
    bad = {known[key]: said for key, said in error.refused_ids.items() if key in known}
    for fault in error.faults:
        place = int(fault.request_id) if fault.request_id.isdigit() else len(keys)
        if place < len(keys):
            bad[keys[place]] = f"{fault.path}: {fault.detail}" if fault.path else fault.detail
    return bad
