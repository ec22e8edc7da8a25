"""Moves the values of replaced fields: walks the records, writes in batches, walks again until nothing is left."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from amoconf.api import READ_LAG, Writer
from amoconf.bodies import Ids, id_of
from amoconf.cells import Job, Tally, cells_of, job_of
from amoconf.changes import Step
from amoconf.converted import concluded, refused
from amoconf.errors import AmoconfError, BadAnswer, Refused, Trouble, Unreachable
from amoconf.journal import Unwritten, Writes
from amoconf.kinds import _read as read
from amoconf.live import ROOT
from amoconf.recipe import CLEAR
from amoconf.records.deals import incoming_stages
from amoconf.records.every import NEWEST, Every
from amoconf.records.ledger import Cell, Ledger
from amoconf.recordwrites import GOOD_ROW, STALE, guilty, took_too_long
from amoconf.throttle import Halted, Throttle
from amoconf.tongue import tr
from amoconf.values import Address

BATCH = 50  # official advice: protocol page 2.2
MOST = 250  # official: protocol page 2.2
FLIGHT = 6  # requests under way at once: at the pace limit an answer may take most of a second
ROUNDS = 5
FAILURES = 8  # in a row; then the service is not well
PAUSE, LONGEST_PAUSE = 0.5, 30.0
# After these nobody knows whether the batch was written: the next walk looks.
LOST = (Trouble, Unreachable, BadAnswer)
HOUR = 3600
Cells = dict[int, list[Cell]]


@dataclass
class Converting:
    """The values of all fields that a plan replaces. told: what became of each field, by its address, once it is done."""

    writer: Writer
    throttle: Throttle
    ledger: Ledger
    batch: int = BATCH
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    journal: Writes = field(default_factory=Unwritten)
    told: dict[Address, Tally] = field(default_factory=dict)

    async def do(self, steps: Sequence[Step], ids: Ids) -> Mapping[int, str]:
        """Steps of one kind of work on one list. AmoconfError says why not all is done; what is done stays.

        A field some of whose records the service refuses has failed: its old field must not be put away.
        """
        # A plan that stands on a part of the records is for showing only.
        assert all(step.data.get("exact", True) for step in steps)
        recipes = [step.data["recipe"] for step in steps]
        clears = steps[0].data["work"] == CLEAR
        path = recipes[0].pipelines
        places = await incoming_stages(self.writer.reader, path) if path else frozenset()
        jobs = [
            job_of(recipe, int(id_of(recipe.field, ids)), ids, places, clears=clears) for recipe in recipes
        ]
        walks = Walks(self, recipes[0].entity, jobs)
        try:
            await walks.run()
        finally:
            concluded(self.told, jobs, self.journal, clears=clears, whole=walks.whole)
        return {number: refused(job.tally) for number, job in enumerate(jobs) if job.tally.refused}


class Walks:
    """Rounds over one list: each writes what it finds to write, and the last finds nothing.

    whole: the last one came to its end, so that what the jobs have counted is so.
    """

    def __init__(self, here: Converting, entity: str, jobs: Sequence[Job]) -> None:
        self.here = here
        self.entity = entity
        self.jobs = jobs
        self.late = self.whole = False
        self.stop: AmoconfError | None = None
        self.size = self.biggest = _size(here.batch, here.throttle.per_hour, len(jobs))
        self.row = self.failed = self.done = self.found = 0
        self.refused: dict[int, str] = {}
        self.seen: set[int] = set()
        self.written: dict[int, float] = {}
        self.flying = asyncio.Semaphore(FLIGHT)

    async def run(self) -> None:
        """Until a walk finds nothing to write."""
        fewest, idle = None, 0
        while True:
            await self._round()
            if isinstance(self.stop, Halted):
                # What was under way then has come to its end meanwhile.
                text = tr("{reason}; records written so far: {count}", reason=self.stop.what, count=self.done)
                raise Halted(text, self.stop.todo)
            if self.stop is not None:
                raise self.stop
            if not self.found and not self._goes_on():
                return
            fewer = fewest is None or self.found < fewest
            fewest, idle = (self.found, 1) if fewer else (fewest, idle + 1)
            if idle > ROUNDS:
                raise AmoconfError(
                    tr(
                        "{count} records of {list} still are not as they were written, after {rounds} rounds: somebody keeps changing them, or the service does not keep what it is told",
                        count=self.found,
                        list=self.entity,
                        rounds=ROUNDS,
                    ),
                    "amoconf apply --resume",
                )

    def _goes_on(self) -> bool:
        """Incoming leads come last, and only with consent."""
        waiting = not self.late and any(job.take_out and job.tally.waiting for job in self.jobs)
        self.late = self.late or waiting
        return waiting

    async def _round(self) -> None:
        """One walk over the whole list."""
        walk = Every(self.here.writer.reader, self.entity)
        page: int | None = NEWEST
        self.found, self.seen, self.whole = 0, set(), False
        for job in self.jobs:
            job.begin()
        while page is not None and self.stop is None:
            page = await self._walk(walk, page)
        self.whole = self.stop is None

    async def _walk(self, walk: Every, start: int) -> int | None:
        """Walks on from a page; answers the page to go on at where waiting has made stale what was read."""
        queue: dict[int, tuple[int, list[Cell]]] = {}
        async with asyncio.TaskGroup() as group:
            try:
                async with aclosing(walk.pages(start)) as pages:
                    async for number, items in pages:
                        queue |= self._needed(number, items)
                        while len(queue) >= self.size and self.stop is None:
                            if not await self._send_some(queue, group):
                                return self._again(queue)
                        self._look_around()
                        if self.stop is not None:
                            return None
                while queue and self.stop is None:
                    if not await self._send_some(queue, group):
                        return self._again(queue)
            except AmoconfError as error:
                # Kept for later: raised here it would cancel the writes that are under way.
                self.stop = self.stop or error
        return None

    def _needed(self, number: int, items: Sequence[Mapping[str, Any]]) -> dict[int, tuple[int, list[Cell]]]:
        """What records of a page need, each record once in a walk."""
        found = {}
        try:
            for item in items:
                key = read.number(item.get("id"), "id")
                if key in self.seen:
                    continue
                self.seen.add(key)
                cells = cells_of(
                    item,
                    self.jobs,
                    self.here.ledger,
                    late=self.late,
                    refused=self.refused,
                    fresh=self._is_fresh(key),
                )
                if cells:
                    found[key] = (number, cells)
        except (ValueError, TypeError, AttributeError) as error:
            path = ROOT + self.entity
            raise BadAnswer(
                tr(
                    "GET {path}: page {number} cannot be read: {error}", path=path, number=number, error=error
                ),
                "amoconf apply --resume",
            ) from error
        return found

    def _is_fresh(self, key: int) -> bool:
        """Whether a record was written so lately that a read may not show it yet."""
        now = self.here.throttle.clock.ticks()
        return now - self.written.get(key, now - READ_LAG) < READ_LAG

    def _again(self, queue: Mapping[int, tuple[int, list[Cell]]]) -> int | None:
        """The page to go on at."""
        self.seen -= set(queue)
        return next((page for page, _ in queue.values()), None)

    def _look_around(self) -> None:
        if reason := self.here.halted():
            raise Halted(reason, "amoconf apply --resume")

    async def _send_some(self, queue: dict[int, tuple[int, list[Cell]]], group: asyncio.TaskGroup) -> bool:
        """Sends a batch on its way; False where it took so long to be allowed to that it is too old."""
        self._look_around()
        batch = {key: cells for key, (_, cells) in islice(queue.items(), self.size)}
        changes = sum(len(cells) for cells in batch.values())
        if await self.here.throttle.ready(changes) > STALE:
            return False
        await self.flying.acquire()
        self.here.throttle.book(changes)
        for key in batch:
            del queue[key]
        self.found += len(batch)
        group.create_task(self._sent(batch))
        return True

    async def _sent(self, batch: Cells) -> None:
        try:
            await self._send(batch)
        except AmoconfError as error:
            self.stop = self.stop or error
        finally:
            self.flying.release()

    async def _send(self, batch: Cells) -> None:
        """One batch. What is lost on the way is left to the next walk, which looks what became of it."""
        try:
            await self._patch(batch)
        except Refused as error:
            await self._apart(batch, error)
        except LOST as error:
            await self._lost(len(batch), error)
        else:
            self._good(len(batch))

    async def _patch(self, batch: Cells) -> None:
        here = self.here
        body = [
            {
                "id": key,
                "custom_fields_values": [{"field_id": cell.field, "values": cell.written} for cell in cells],
            }
            for key, cells in batch.items()
        ]
        number = here.ledger.mean([cell for cells in batch.values() for cell in cells])
        path = ROOT + self.entity
        served = [job.address for job in self.jobs]
        with here.journal.write(f"PATCH {path}", served, records=len(batch)):
            await here.writer.send("PATCH", path, body, creates=False, tries=1)
        here.ledger.sent(number)
        self.written |= dict.fromkeys(batch, here.throttle.clock.ticks())
        for job in self.jobs:
            job.book(cell for cells in batch.values() for cell in cells)

    async def _apart(self, batch: Cells, error: Refused) -> None:
        """A batch is refused for its bad items (protocol pages 3.4, 3.5): they are left, the others sent again."""
        keys = list(batch)
        bad = dict(guilty(error, keys))
        if not bad and len(keys) == 1:
            bad = {keys[0]: error.said or error.what}
        self.refused |= bad
        if error.refused_ids:
            return  # whether the others were saved is not known: the next walk looks
        rest = {key: cells for key, cells in batch.items() if key not in bad}
        middle = len(rest) if bad else len(rest) // 2
        for part in (list(rest)[:middle], list(rest)[middle:]):
            if part:
                await self._send({key: rest[key] for key in part})

    async def _lost(self, size: int, error: AmoconfError) -> None:
        """Smaller batches from now on where one took too long; whatever else went wrong has not to do with the size."""
        self.row, self.failed = 0, self.failed + 1
        if took_too_long(error) and size >= self.size:
            self.size = max(1, self.size // 2)
        if self.failed >= FAILURES:
            raise error
        await self.here.throttle.clock.sleep(min(PAUSE * 2 ** (self.failed - 1), LONGEST_PAUSE))

    def _good(self, size: int) -> None:
        self.row, self.failed, self.done = self.row + 1, 0, self.done + size
        if self.row >= GOOD_ROW and self.size < self.biggest:
            self.row, self.size = 0, min(self.biggest, self.size * 2)
        self.here.tell(tr("{count} records of {list} written", count=self.done, list=self.entity))


def _size(batch: int, per_hour: int | None, jobs: int) -> int:
    """Records in a batch; no more changes than an hour may have."""
    allowed = per_hour // jobs if per_hour else MOST
    return max(1, min(batch, MOST, allowed))
