"""Moving the deals out of stages that are to go: found by walking, moved in batches, walked again, put right after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amoconf.errors import AmoconfError
from amoconf.records import DEALS, deals_in, moves_out_of
from amoconf.records.ledger import PLACE, Cell
from amoconf.recordwrites import RecordWrites, Row
from amoconf.tongue import tr
from amoconf.values import Address

LIST = "leads"
ROUNDS = 5
Place = tuple[int, int]  # (pipeline id, stage id)


@dataclass
class Moving:
    """All stages of one apply that lose their deals: one walk serves them all. moves: from → to. halted: a reason to stop.

    named: addresses of the stages, for people.
    """

    records: RecordWrites
    moves: Mapping[Place, Place]
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    named: Mapping[Place, Address] | None = None
    moved: int = 0
    since: int = 0

    async def empty(self) -> None:
        """Moves until a walk finds nobody. An error where people fill the stages faster than they are emptied."""
        rounds = 0
        while rounds < ROUNDS:
            standing = await deals_in(self.records.writer, self.moves)
            if not standing:
                self.since = self.records.writer.now
                self._keep()
                return
            rounds += await self._move(standing)
        raise AmoconfError(
            tr(
                "deals keep coming into stages that are to be deleted (moved so far: {count})",
                count=self.moved,
            ),
            tr("ask people and integrations to leave these stages alone, then apply again"),
        )

    def _keep(self) -> None:
        """For whoever goes on after a crash: from now on only the server moves deals out of these stages."""
        with self.records.journal.write("stages are empty", work="emptied") as entry:
            entry.facts = {"moves": [[one, other] for one, other in self.moves.items()], "since": self.since}

    async def _move(self, standing: Mapping[int, Place]) -> bool:
        """False where a wait has made stale where the deals stand: look again."""
        rows = [self._row(key, place) for key, place in sorted(standing.items())]
        while rows:
            if reason := self.halted():
                text = tr("{reason}; deals moved so far: {count}", reason=reason, count=self.moved)
                raise AmoconfError(text, tr("apply again"))
            batch = rows[: self.records.most]
            if not await self.records.allowed(batch):
                return False
            await self.records.patch(LIST, batch, deals=len(batch))
            rows = rows[len(batch) :]
            self.moved += len(batch)
            self.tell(tr("{count} deals moved", count=self.moved))
        return True

    def _row(self, deal: int, place: Place) -> Row:
        before, after = _target(place), _target(self.moves[place])
        about = str((self.named or {}).get(place, ""))
        return Row({"id": deal, **after}, (Cell(LIST, deal, 0, PLACE, [before], [after], about=about),))

    async def put_right(self, deleted: Sequence[Place]) -> int:
        """Deals that the server itself moved when a stage went (config page C5, official) go where they belong."""
        swept = await self._swept(deleted)
        while not await self._move(swept):
            swept = await self._swept(deleted)
        with self.records.journal.write("deals stand where they belong", work="put_right"):
            return len(swept)

    async def _swept(self, deleted: Sequence[Place]) -> dict[int, Place]:
        left = await moves_out_of(self.records.writer, deleted, self.since)
        found: dict[int, Place] = {}
        for deal, before in left.items():
            body = await self.records.writer.get(f"{DEALS}/{deal}")
            now = (body["pipeline_id"], body["status_id"]) if body else None
            # After the last walk only the server itself moves deals out of a stage that is being deleted.
            if (
                now is not None
                and now != self.moves[before]
                and now[0] == before[0]
                and now[1] not in (142, 143)
            ):
                found[deal] = before
        return found


def _target(place: Place) -> dict[str, int]:
    return {"pipeline_id": place[0], "status_id": place[1]}
