"""Records made ready for what is taken away: values moved to another option, tags taken off, open tasks retyped."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.bodies import Ids
from amoconf.changes import Step
from amoconf.errors import AmoconfError, BadAnswer, Refused
from amoconf.kinds import _read as read
from amoconf.live import ROOT
from amoconf.recordpart import (
    DEALS,
    MOVE_TAG,
    MOVE_TASKS,
    TASKS,
    WORKS,
    Part,
    Record,
    changed,
    overwritten,
    part_of,
)
from amoconf.records.deals import incoming_stages
from amoconf.records.entities import honours_order
from amoconf.records.misread import unreadable
from amoconf.recordwrites import RecordWrites, Row, guilty
from amoconf.tongue import tr
from amoconf.touch import marks

__all__ = ["WORKS", "RecordWork"]

ROUNDS = 5
SHOWN = 3


@dataclass
class RecordWork:
    """All data steps of one kind of work on one list: one walk serves them all. halted: a reason to stop."""

    records: RecordWrites
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""

    async def do(self, steps: Sequence[Step], ids: Ids) -> Mapping[int, str]:
        """Walks and writes until a walk finds nothing. Answers what had to be left, by the number of its step."""
        parts = [part_of(step, ids) for step in steps]
        walking = Walking(self, parts[0].touch.entity, parts)
        if parts[0].work != MOVE_TAG:
            return await walking.run()
        return await self._renamed(await walking.held(), ids)

    async def _renamed(self, parts: Mapping[int, Part], ids: Ids) -> Mapping[int, str]:
        """Tags that cards hold are made anew, for the service renames none in use; their cards get the new ones."""
        own = {index: part.step.data["from"] for index, part in parts.items()}
        if not own:
            return {}
        with self.records.journal.write("cards get tags of the new names", own.values()) as entry:
            # As long as cards are left the thing is the old tag, whatever its name says after a crash.
            entry.ids |= {address: ids[address] for address in own.values()}
        made = {index: replace(part, to=await self._made(part)) for index, part in parts.items()}
        said = await Walking(self, parts[min(parts)].touch.entity, tuple(made.values())).run()
        failed = {index: said[number] for number, index in enumerate(made) if number in said}
        known = {own[index]: part.to for index, part in made.items() if index not in failed and part.to}
        with self.records.journal.write("cards have tags of the new names", known) as entry:
            entry.ids |= known
        ids |= known
        return failed

    async def _made(self, part: Part) -> int:
        """The id of the tag of the new name; a name that is there already keeps its id (official: config page C9)."""
        path, body = f"{ROOT}{part.touch.entity}/tags", dict(part.step.data["tag"])

        async def there() -> Any:
            rows = [row async for page in self.records.writer.pages(path, "tags") for row in page]
            same = [row for row in rows if row.get("name") == body["name"]]
            return {"_embedded": {"tags": same[:1]}} if same else None

        with self.records.journal.write(f"POST {path}", creates=True):
            answer: Any = await self.records.writer.send("POST", path, [body], creates=True, happened=there)
        try:
            return read.number(answer["_embedded"]["tags"][0]["id"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise BadAnswer(
                f"POST {path}: {error!r}", tr("look at the tags before doing it again")
            ) from error


@dataclass
class Walking:
    """One list under way. refused: records that the service does not let change, with its words.

    left, waiting: how many records of each part were not changed in the last walk, refused ones and those that would
    leave the incoming-leads stage.
    """

    by: RecordWork
    entity: str
    parts: Sequence[Part]
    closed: frozenset[tuple[int, int]] = frozenset()
    refused: dict[int, str] = field(default_factory=dict)
    left: dict[int, list[int]] = field(default_factory=dict)
    waiting: Counter[int] = field(default_factory=Counter)
    done: int = 0

    @property
    def path(self) -> str:
        """Where the list is read and written."""
        return ROOT + self.entity

    async def run(self) -> Mapping[int, str]:
        """Until a walk finds nothing."""
        if self.entity == DEALS:
            self.closed = await incoming_stages(self.by.records.writer)
        rounds = 0
        while rounds < ROUNDS:
            found = await self._round()
            if found == 0:
                return self._concluded()
            rounds += found is not None
        raise AmoconfError(
            tr(
                "{list} keep coming that hold {things} (changed so far: {count})",
                list=self.entity,
                things=self._named(),
                count=self.done,
            ),
            tr("ask people and integrations to leave it alone, then apply again"),
        )

    async def held(self) -> dict[int, Part]:
        """The parts that any record is about."""
        found: set[int] = set()
        async for record in self._records():
            found |= set(self._told(record)[1])
        return {index: part for index, part in enumerate(self.parts) if index in found or part.anew}

    def _named(self) -> str:
        return ", ".join(str(part.step.data["from"]) for part in self.parts)

    async def _round(self) -> int | None:
        """One walk: how many records it found to change; None where a wait has made stale what it had read."""
        found, batch = 0, list[Row]()
        self.left, self.waiting = {}, Counter()
        async with aclosing(self._records()) as records:
            async for record in records:
                if parts := self._due(record):
                    found += 1
                    body = changed(record, parts)
                    cells = overwritten(record, body, parts)
                    leaves = self._is_closed(record)
                    batch.append(Row(body, tuple(replace(cell, leaves=leaves) for cell in cells)))
                if len(batch) == self.by.records.most:
                    if not await self._write(batch):
                        return None
                    batch = []
        return found if await self._write(batch) else None

    async def _records(self) -> AsyncGenerator[Record, None]:
        order = (("order[id]", "asc"),) if honours_order(self.entity) else ()
        # Filters of tasks always work (official: protocol page 5.1); each row is looked at all the same.
        only = (("filter[is_completed]", "0"),) if self.entity == TASKS else ()
        async for page in self.by.records.writer.pages(
            self.path, self.entity.rpartition("/")[2], (*only, *order)
        ):
            for record in page:
                yield record

    def _due(self, record: Record) -> list[Part]:
        """The parts that this record is to be changed for."""
        key, mine, waits = self._told(record)
        due: list[Part] = []
        for index in mine:
            part = self.parts[index]
            if waits and not part.takes_out:
                self.waiting[index] += 1
            elif key in self.refused or (part.to is None and part.work == MOVE_TASKS):
                self.left.setdefault(index, []).append(key)
            else:
                due.append(part)
        return due

    def _told(self, record: Record) -> tuple[int, list[int], bool]:
        """(id, the parts that it is about, whether a write would take it out of its incoming-leads stage)."""
        try:
            key = read.number(record.get("id"))
            found = marks(record)
            mine = [index for index, part in enumerate(self.parts) if part.touch.mark in found]
            return key, mine, bool(mine) and self._is_closed(record)
        except (ValueError, AttributeError, TypeError) as error:
            raise unreadable(self.path, error) from error

    def _is_closed(self, record: Record) -> bool:
        """Whether any write would take the deal out of its incoming-leads stage (SDK's maintainer: protocol page 8.6)."""
        if not self.closed:
            return False
        return tuple(read.number(record.get(key), key) for key in ("pipeline_id", "status_id")) in self.closed

    async def _write(self, batch: list[Row]) -> bool:
        """A batch; records that the service refuses are left and told, the others sent again. False: read again first."""
        while batch:
            if reason := self.by.halted():
                text = tr(
                    "{reason}; {list} changed so far: {count}",
                    reason=reason,
                    list=self.entity,
                    count=self.done,
                )
                raise AmoconfError(text, tr("apply again"))
            if not await self.by.records.allowed(batch):
                return False
            try:
                await self._send(batch)
                return True
            except Refused as error:
                bad = guilty(error, [row.body["id"] for row in batch])
                if not bad:
                    raise
                self.refused |= bad
                batch = [row for row in batch if row.body["id"] not in bad]
        return True

    async def _send(self, batch: list[Row]) -> None:
        await self.by.records.patch(self.entity, batch, work=self.parts[0].work, records=len(batch))
        self.done += len(batch)
        self.by.tell(tr("{count} {list} changed", count=self.done, list=self.entity))

    def _concluded(self) -> dict[int, str]:
        """What had to be left, by part: its removal must not go on."""
        with self.by.records.journal.write(f"{self.entity} are ready", work=self.parts[0].work) as entry:
            entry.facts = {"changed": self.done, "waiting": self.waiting.total()}
        said: dict[int, list[str]] = {}
        for index, keys in self.left.items():
            said.setdefault(index, []).append(self._of_left(self.parts[index], keys))
        for index, count in self.waiting.items():
            said.setdefault(index, []).append(_of_waiting(self.parts[index], count))
        return {index: "; ".join(texts) for index, texts in said.items()}

    def _of_left(self, part: Part, keys: Sequence[int]) -> str:
        what = part.step.data["from"]
        if part.work == MOVE_TASKS and part.to is None:
            return tr(
                "open tasks that have {what}: {count}; write move_tasks_to, the type that they get instead",
                what=what,
                count=len(keys),
            )
        shown = [f"{key} ({self.refused[key]})" for key in keys[:SHOWN]]
        more = tr(" and {count} more", count=len(keys) - SHOWN) if len(keys) > SHOWN else ""
        return tr(
            "{what}: the service does not let {list} {records}{more} change",
            what=what,
            list=self.entity,
            records=", ".join(shown),
            more=more,
        )


def _of_waiting(part: Part, count: int) -> str:
    return tr(
        "deals of the incoming-leads stage that hold {thing}, left alone: {count}; a write would take them out of that stage: accept them, or write unsorted: take_out beside it",
        thing=part.step.data["from"],
        count=count,
    )
