"""Moving the deals out of stages that are to go: found by walking, moved in batches, walked again, put right after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from amoconf.api import Writer
from amoconf.errors import AmoconfError
from amoconf.journal import Unwritten, Writes
from amoconf.records import DEALS, deals_in, moves_out_of

BATCH = 50  # official advice: protocol page 2.2
ROUNDS = 5
Place = tuple[int, int]  # (pipeline id, stage id)


@dataclass
class Moving:
    """All stages of one apply that lose their deals: one walk serves them all. moves: from → to. halted: a reason to stop."""

    writer: Writer
    moves: Mapping[Place, Place]
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    journal: Writes = field(default_factory=Unwritten)
    moved: int = 0
    since: int = 0
    _last: dict[int, Place] = field(default_factory=dict)

    async def empty(self) -> None:
        """Moves until a walk finds nobody. An error where people fill the stages faster than they are emptied."""
        for _ in range(ROUNDS):
            standing = await deals_in(self.writer, self.moves)
            if not standing:
                self.since = self.writer.now
                self._keep()
                return
            await self._move(standing)
        raise AmoconfError(
            f"deals keep coming into stages that are to be deleted (moved so far: {self.moved})",
            "ask people and integrations to leave these stages alone, then apply again",
        )

    def _keep(self) -> None:
        """For whoever goes on after a crash: from now on only the server moves deals out of these stages."""
        with self.journal.write("stages are empty", work="emptied") as entry:
            entry.facts = {"moves": [[one, other] for one, other in self.moves.items()], "since": self.since}

    async def _move(self, standing: Mapping[int, Place]) -> None:
        rows = [{"id": key, **_target(self.moves[place])} for key, place in sorted(standing.items())]
        for start in range(0, len(rows), BATCH):
            if reason := self.halted():
                raise AmoconfError(f"{reason}; deals moved so far: {self.moved}", "apply again")
            batch = rows[start : start + BATCH]
            with self.journal.write(f"PATCH {DEALS}", deals=len(batch)):
                await self.writer.send("PATCH", DEALS, batch, creates=False)
            self.moved += len(batch)
            self.tell(f"{self.moved} deals moved")

    async def put_right(self, deleted: Sequence[Place]) -> int:
        """Deals that the server itself moved when a stage went (config page C5, official) go where they belong."""
        swept = await self._swept(deleted)
        if swept:
            await self._move(swept)
        with self.journal.write("deals stand where they belong", work="put_right"):
            return len(swept)

    async def _swept(self, deleted: Sequence[Place]) -> dict[int, Place]:
        left = await moves_out_of(self.writer, deleted, self.since)
        found: dict[int, Place] = {}
        for deal, before in left.items():
            body = await self.writer.get(f"{DEALS}/{deal}")
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
