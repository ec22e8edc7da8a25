"""Gives records back what an apply has overwritten in them, where they still hold what it wrote."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from amoconf.bodies import Ids
from amoconf.changes import Step
from amoconf.errors import AmoconfError, Refused
from amoconf.givenback import Due, Known, body_of
from amoconf.overwritten import Held, Overwritten
from amoconf.records.ledger import OWN, Cell
from amoconf.recordwrites import RecordWrites, Row, guilty
from amoconf.tongue import tr
from amoconf.values import Address

ROUNDS = 5
GIVE_BACK = "give_back"


@dataclass
class Restoring:
    """One way back. back: records written. left: what the service said of those that it refused, by (list, id).

    trouble: why it did not come to its end. ended: whether it did; records may be refused all the same.
    """

    records: RecordWrites
    given: Overwritten
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    back: int = 0
    left: dict[tuple[str, int], str] = field(default_factory=dict)
    trouble: str = ""
    ended: bool = False

    async def do(self, steps: Sequence[Step], ids: Ids) -> Mapping[int, str]:
        """As a step of the plan, between what is made again and what is taken away."""
        try:
            await self.run(ids)
        except AmoconfError as error:
            self.trouble = error.what
            return dict.fromkeys(range(len(steps)), error.what)
        return {}

    async def run(self, ids: Mapping[Address, int | str]) -> None:
        """Walks and writes until nothing is left to give back. AmoconfError where it cannot be."""
        self.given.others = {}
        for entity, held in self.given.lists(ids).items():
            known = await self.given.known(entity, held, ids)
            rounds = 0
            while (found := await self._round(entity, held, known)) != 0:
                rounds += found is not None
                if rounds > ROUNDS:
                    raise AmoconfError(
                        tr(
                            "{count} records of {list} still are not as they were, after {rounds} rounds: somebody keeps changing them",
                            count=found,
                            list=entity,
                            rounds=ROUNDS,
                        ),
                        tr("run amoconf undo again"),
                    )
        self.ended = True

    async def _round(self, entity: str, held: Held, known: Known) -> int | None:
        """One walk: how many records it found; None where a wait has made stale what it had read."""
        count, batch = 0, list[Row]()
        async with aclosing(self.given.found(entity, held, known, self.left)) as found:
            async for key, ours in found:
                count += 1
                cells = tuple(_cell(each, known) for each in ours)
                batch.append(Row(body_of(key, ours, known), cells))
                if len(batch) == self.records.most:
                    if not await self._write(entity, batch):
                        return None
                    batch = []
        return count if not batch or await self._write(entity, batch) else None

    async def _write(self, entity: str, batch: list[Row]) -> bool:
        """A batch; those that the service refuses are left and told. False: read again first."""
        while batch:
            if reason := self.halted():
                raise AmoconfError(reason, tr("run amoconf undo again"))
            if not await self.records.allowed(batch):
                return False
            try:
                await self.records.patch(entity, batch, work=GIVE_BACK, records=len(batch))
                self.back += len(batch)
                self.tell(tr("{count} records given back", count=self.back))
                return True
            except Refused as error:
                batch = await self._without_bad(entity, batch, error)
        return True

    async def _without_bad(self, entity: str, batch: list[Row], error: Refused) -> list[Row]:
        """What is left of a batch; where nobody is named, its halves are tried apart, the second of which is left."""
        keys = [row.body["id"] for row in batch]
        bad = dict(guilty(error, keys))
        if not bad and len(batch) > 1:
            middle = len(batch) // 2
            await self._write(entity, batch[:middle])
            return batch[middle:]
        bad = bad or {keys[0]: error.said or error.what}
        self.left |= {(entity, key): text for key, text in bad.items()}
        return [row for row in batch if row.body["id"] not in bad]


def _cell(each: Due, known: Known) -> Cell:
    """What is written for the way back from this way back."""
    is_value = each.cell.kind not in OWN
    field = known.field(each.cell.field) if is_value else each.cell.field
    return replace(each.cell, field=field, before=each.now, written=each.back, kept=False)
