"""Plan → Outcomes: sends the steps in their order; a failed step blocks only what depends on it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from amoconf.bodies import Ids, batches, needs
from amoconf.changes import Step
from amoconf.errors import (
    AmoconfError,
    ApiError,
    BadAnswer,
    Banned,
    Forbidden,
    NotFound,
    Overloaded,
    Refused,
    Trouble,
    Unauthorised,
    Unpaid,
    Unreachable,
)
from amoconf.kinds import parent_of
from amoconf.outcome import BLOCKED, BY_HAND, DONE, FAILED, SKIPPED, Outcome, own, reached, sentence
from amoconf.plan import Plan
from amoconf.recordwrites import RecordWrites
from amoconf.sending import Sending, Unconfirmed
from amoconf.stagework import Moving
from amoconf.tongue import tr
from amoconf.values import Address

# After these nothing more can succeed: the run stops.
FATAL = (Unauthorised, Unpaid, Banned, Overloaded)
# The service does not take this channel: a person does it.
CLOSED = (Forbidden, NotFound, Refused)
# After so many steps in a row that ended so, each having been tried several times, the run stops too.
PASSING = (Trouble, Unreachable, BadAnswer)
PATIENCE = 3
Check = Callable[[Sequence[Step], Ids], Awaitable[Mapping[int, str]]]
Tell = Callable[[str], None]


class Work(Protocol):
    """Something done to records."""

    async def do(self, steps: Sequence[Step], ids: Ids) -> Mapping[int, str] | None:
        """Data steps of one kind of work on one list, together. Answers why some of them failed, by number."""


async def unchecked(steps: Sequence[Step], ids: Ids) -> Mapping[int, str]:
    """Nothing is asked before a write."""
    return {}


@dataclass
class Run:
    """One apply. check: asked just before a batch is sent for what stands against its steps now, by number.

    halted: asked before every request for a reason to start no more. works: who does data steps, by their `work`; deals
    that leave their stages are moved by the run itself. doubtful: failed steps that may be done.
    """

    plan: Plan
    sending: Sending
    check: Check = unchecked
    tell: Tell = lambda text: None
    halted: Callable[[], str] = lambda: ""
    states: dict[int, tuple[str, str]] = field(default_factory=dict)
    moving: Moving | None = None
    works: Mapping[str, Work] = field(default_factory=dict)
    records: RecordWrites | None = None
    stopped: str = ""
    doubtful: set[int] = field(default_factory=set)
    troubles: int = 0

    def __post_init__(self) -> None:
        found = self.plan.view.found.resources
        self.sending.ids |= {item.address: item.id for item in found if item.id is not None}
        self.numbers = {id(step): number for number, step in enumerate(self.plan.steps)}

    @property
    def ids(self) -> Ids:
        """What exists, as far as known."""
        return self.sending.ids

    async def run(self) -> tuple[Outcome, ...]:
        """Every step once; then one outcome a change."""
        for batch in batches(self.plan.steps):
            await self._do(batch)
        if self.moving is not None:
            await self._put_right(self.moving)
        return self.outcomes()

    def _held(self, step: Step) -> bool:
        """Manual, stopped, or waiting for something that failed."""
        if self.numbers[id(step)] in self.states:
            return True
        self.stopped = self.stopped or self.halted()
        if step.is_manual:
            self._mark([step], BY_HAND, step.text)
        elif self.stopped:
            self._mark([step], SKIPPED, self.stopped)
        else:
            culprit = self._culprit(step)
            if culprit is not None:
                self._mark([step], BLOCKED, tr("waits for {address}", address=culprit))
        return self.numbers[id(step)] in self.states

    def _culprit(self, step: Step) -> Address | None:
        """What failed or was not done that this step needs."""
        wanted = needs(step)
        for number, (status, _) in self.states.items():
            other = self.plan.steps[number]
            if status == DONE:
                continue
            made = {learn.address for learn in other.learns}
            if made & wanted or (set(other.serves) & set(step.serves) and not other.is_manual):
                return other.serves[0]
        return None

    async def _do(self, batch: Sequence[Step]) -> None:
        steps = await self._unhindered([step for step in batch if not self._held(step)])
        if not steps:
            return
        try:
            if steps[0].data:
                await self._data(steps[0])
            else:
                left = await self.sending.send(steps)
                self._mark([step for step in steps if step not in left], DONE)
                await self._do(left)
        except Unconfirmed as error:
            if error.doubtful:
                self.doubtful |= {self.numbers[id(step)] for step in steps}
            self._unconfirmed(steps[0], error.what)
        except Refused as error:
            await self._refused(steps, error)
        except ApiError as error:
            self._failed(steps, error)
        except AmoconfError as error:
            self._mark(steps, FAILED, error.what)

    async def _unhindered(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Those whose things still are as planned; somebody else may be at work on another machine."""
        if not steps or steps[0].data:
            return steps
        try:
            conflicts = await self.check(steps, self.ids)
        except AmoconfError as error:
            self._failed(steps, error) if isinstance(error, ApiError) else self._mark(
                steps, FAILED, error.what
            )
            return ()
        for number, text in conflicts.items():
            self._mark([steps[number]], FAILED, text)
        return [step for number, step in enumerate(steps) if number not in conflicts]

    def _unconfirmed(self, step: Step, text: str) -> None:
        self._mark([step], FAILED, text)
        self.stopped = tr("after {step}: what was written could not be confirmed", step=step.text)

    async def _data(self, step: Step) -> None:
        """One walk over a list serves, or fails, all that is due for it."""
        if step.data["work"] not in self.works:
            await self._empty(step)
            return
        rows = [item for item in self.plan.steps if item is step or self._is_due(item, step)]
        try:
            failed = await self.works[step.data["work"]].do(rows, self.ids) or {}
        except ApiError as error:
            self._failed(rows, error)
        except AmoconfError as error:
            self._mark(rows, FAILED, error.what)
        else:
            for number, row in enumerate(rows):
                self._mark([row], FAILED if number in failed else DONE, failed.get(number, ""))

    def _is_due(self, item: Step, step: Step) -> bool:
        """Whether a step is of the same work on the same list at the same end, and all that comes before it is done."""
        if len({(one.last, one.data.get("work"), one.data.get("entity")) for one in (item, step)}) > 1:
            return False
        number = self.numbers[id(item)]
        before = [other for other in self._beside(item) if self.numbers[id(other)] < number]
        ready = all(self.numbers[id(other)] in self.states and self._is_done(other) for other in before)
        left = [other for other in self.plan.steps if self.numbers[id(other)] not in self.states]
        known = needs(item).isdisjoint(learn.address for other in left for learn in other.learns)
        return ready and known and number not in self.states and self._culprit(item) is None

    async def _empty(self, step: Step) -> None:
        """All stages that lose their deals are emptied by the first of them: one walk serves, or fails, all."""
        rows = [item for item in self._movers() if self.numbers[id(item)] not in self.states]
        rows = [item for item in rows if item is step or not self._culprit(item)]
        moves = {self._place(item.data["from"]): self._place(item.data["to"]) for item in rows}
        named = {self._place(item.data["from"]): item.data["from"] for item in rows}
        moving = Moving(self._records, moves, self.tell, self.halted, named)
        try:
            await moving.empty()
        except ApiError as error:
            self._failed(rows, error)
        except AmoconfError as error:
            self._mark(rows, FAILED, error.what)
        else:
            self.moving = moving
            self._mark(rows, DONE)

    @property
    def _records(self) -> RecordWrites:
        return self.records or RecordWrites(self.sending.writer, journal=self.sending.journal)

    def _movers(self) -> list[Step]:
        return [step for step in self.plan.steps if step.data.get("work") == "move_deals"]

    async def _put_right(self, moving: Moving) -> None:
        """Deals that the server itself has moved; where that cannot be told, the removals are no success."""
        gone = [step for step in self._movers() if all(self._is_done(item) for item in self._beside(step))]
        if not gone:
            return
        try:
            await moving.put_right([self._place(step.data["from"]) for step in gone])
        except AmoconfError as error:
            text = tr(
                "deals that came in meanwhile may stand in the first stage of the pipeline: {error}",
                error=error.what,
            )
            self._mark(gone, FAILED, text)

    def _beside(self, step: Step) -> list[Step]:
        """All steps of the same changes, a person's apart."""
        steps = self.plan.open_steps
        return [item for item in steps if set(item.serves) & set(step.serves)]

    def _is_done(self, step: Step) -> bool:
        return self.states[self.numbers[id(step)]][0] == DONE

    def _place(self, stage: Address) -> tuple[int, int]:
        parent = parent_of(stage)
        assert parent is not None
        return int(self.ids[parent]), int(self.ids[stage])

    async def _refused(self, steps: Sequence[Step], error: Refused) -> None:
        """The whole batch is refused for its bad items (protocol page 3.4): the good ones are sent again."""
        bad = {fault.request_id for fault in error.faults}
        guilty = [(step, str(number)) for number, step in enumerate(steps) if str(number) in bad]
        if not guilty or not steps[0].array:
            self._failed(steps, error)
            return
        for step, number in guilty:
            self._failed([step], own(error, number))
        await self._do(steps)

    def _failed(self, steps: Sequence[Step], error: ApiError) -> None:
        if isinstance(error, CLOSED) and steps[0].fallback and not error.maybe_done:
            for step in steps:
                self._mark([step], BY_HAND, f"{step.fallback} ({error.said or error.what})")
            return
        for step in steps:
            self._mark([step], FAILED, sentence(error, step))
        self.troubles += isinstance(error, PASSING)
        if error.maybe_done:
            self.doubtful |= {self.numbers[id(step)] for step in steps}
        if isinstance(error, FATAL):
            self.stopped = sentence(error, steps[0])
        elif self.troubles >= PATIENCE:
            self.stopped = tr(
                "stopped after {count} failures in a row, the last at {address}",
                count=PATIENCE,
                address=steps[-1].serves[0],
            )

    def _mark(self, steps: Sequence[Step], status: str, error: str = "") -> None:
        for step in steps:
            self.states[self.numbers[id(step)]] = (status, error)
            if status == DONE:
                self.troubles = 0
                self.tell(step.text)

    def seen(self, left: Collection[Address]) -> tuple[Outcome, ...]:
        """The outcomes after the account was read again: what nobody answered for and is no difference was done."""
        for number in self.doubtful:
            if not set(self.plan.steps[number].serves) & set(left):
                self._mark([self.plan.steps[number]], DONE)
        return reached(self.outcomes(), left)

    def outcomes(self) -> tuple[Outcome, ...]:
        """One row a change: the worst of its steps."""
        rows: list[Outcome] = []
        for change in self.plan.changes:
            states = [
                self.states.get(number, (SKIPPED, self.stopped))
                for number, step in enumerate(self.plan.steps)
                if change.address in step.serves
                and (step.is_manual == (change.channel == "manual") or bool(step.data))
            ]
            status, error = max(states, key=lambda state: WORST.index(state[0]), default=(DONE, ""))
            action = "manual" if change.channel == "manual" else change.action
            rows.append(Outcome(change.address, action, status, error, self.ids.get(change.address)))
        return tuple(rows)


WORST = (DONE, BY_HAND, SKIPPED, BLOCKED, FAILED)
