"""One batch of steps sent and its answer understood; a lost answer is made good by reading."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.api import Partly, Writer
from amoconf.bodies import Ids, filled, item_of, learnt, path_of
from amoconf.changes import Step
from amoconf.errors import AmoconfError, ApiError
from amoconf.journal import Entry, Unwritten, Writes
from amoconf.tongue import tr
from amoconf.values import Address

Look = Callable[[Sequence[Step]], Awaitable[Sequence[Ids | None]]]


class Unconfirmed(AmoconfError):
    """Something was written through the web client's endpoint, and reading does not show it. doubtful: it may yet."""

    maybe_done = True

    def __init__(self, what: str, *, doubtful: bool) -> None:
        super().__init__(what)
        self.doubtful = doubtful


@dataclass(frozen=True)
class Seen:
    """A lost answer, made good by reading: the ids that the account shows, and the steps not done."""

    ids: Mapping[Address, int | str]
    left: tuple[Step, ...] = ()


@dataclass
class Sending:
    """How steps travel. look: finds out by reading whether each of some steps took effect. ids: of all that exists."""

    writer: Writer
    look: Look
    journal: Writes = field(default_factory=Unwritten)
    ids: Ids = field(default_factory=dict)

    async def send(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """One request. Answers the steps that did not take effect; ApiError where it failed as a whole."""
        if steps[0].form:
            await self._form(steps[0])
            return ()
        with self._written(steps) as entry:
            answer = await self.writer.send(
                steps[0].method,
                path_of(steps[0], self.ids),
                self._body(steps),
                creates=any(step.creates for step in steps),
                happened=self._happened(steps),
            )
            return self._learn(steps, answer, entry)

    def _body(self, steps: Sequence[Step]) -> Any:
        if not steps[0].array:
            return filled(steps[0].body, self.ids)
        return [
            {**filled(step.body, self.ids), "request_id": str(number)} for number, step in enumerate(steps)
        ]

    def _learn(self, steps: Sequence[Step], answer: Any, entry: Entry) -> tuple[Step, ...]:
        """Takes the ids from an answer, or from what was seen instead."""
        seen = answer.value if isinstance(answer, Partly) else answer
        if isinstance(seen, Seen):
            self._know(seen.ids, entry)
            return seen.left
        for number, step in enumerate(steps):
            self._know(learnt(step, item_of(answer, step, number)), entry)
        return ()

    def _know(self, ids: Mapping[Address, int | str], entry: Entry) -> None:
        entry.ids |= ids
        self.ids |= ids

    def _written(self, steps: Sequence[Step]) -> Any:
        first = steps[0]
        return self.journal.write(
            f"{'FORM' if first.form else first.method} {path_of(first, self.ids)}",
            _served(steps),
            creates=first.form or any(step.creates for step in steps),
        )

    def _happened(self, steps: Sequence[Step]) -> Callable[[], Awaitable[Any]]:
        """Asked by the client when an answer was lost: did all of it take effect, a part, or nothing?"""

        async def happened() -> Any:
            found = await self.look(steps)
            left = tuple(step for step, ids in zip(steps, found, strict=True) if ids is None)
            seen = Seen({key: made for ids in found if ids for key, made in ids.items()}, left)
            if len(left) == len(steps):
                return None
            return Partly(seen) if left else seen

        return happened

    async def _form(self, step: Step) -> None:
        """The web client's endpoint; what it made is told by reading (config page C2)."""
        sent = False
        with self._written([step]) as entry:
            try:
                fields = tuple((name, filled(value, self.ids)) for name, value in step.body)
                await self.writer.form(path_of(step, self.ids), fields, happened=self._happened([step]))
                sent = True
                [seen] = await self.writer.settled(lambda: self.look([step]), lambda found: None not in found)
            except AmoconfError as error:
                if isinstance(error, ApiError) and not sent:
                    raise
                raise Unconfirmed(error.what, doubtful=isinstance(error, ApiError)) from error
            if seen is None:
                text = tr("the list read back does not show it: look at it before anything else")
                raise Unconfirmed(text, doubtful=False)
            self._know(seen, entry)


def _served(steps: Sequence[Step]) -> Iterable[Address]:
    return dict.fromkeys(address for step in steps for address in step.serves)
