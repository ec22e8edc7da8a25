"""A plan carried out against the live account: steps sent, what was written read back and compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amoconf.api import Writer
from amoconf.apply import Run
from amoconf.bodies import Ids
from amoconf.changes import Step
from amoconf.diff import diff
from amoconf.errors import AmoconfError
from amoconf.kinds import KINDS
from amoconf.lock import Lock
from amoconf.model import Account, Resource
from amoconf.outcome import Outcome
from amoconf.plan import Plan
from amoconf.survey import Survey, propose, survey
from amoconf.values import Address


@dataclass(frozen=True)
class Carried:
    """What came of a plan. after: the account as read back. left: differences that no person has to settle."""

    outcomes: tuple[Outcome, ...]
    after: Survey
    left: Plan

    @property
    def converged(self) -> bool:
        """Whether the account now is as the spec says, manual steps apart."""
        return not self.left.changes


async def carry_out(
    plan: Plan,
    before: Survey,
    writer: Writer,
    wanted: Account,
    lock: Lock,
    *,
    only: tuple[str, ...] = (),
    tell: Callable[[str], None] = lambda text: None,
) -> Carried:
    """Sends the plan's steps and reads the account again. Nothing to send: nothing is read again either."""
    looking = Looking(writer, wanted, lock.ids, plan.view.found)
    run = Run(plan, writer, looking.look, tell)
    outcomes = await run.run()
    after = before
    if plan.open_steps:
        after = await survey(writer.reader, wanted, {**lock.ids, **_listed(run.ids, wanted)})
    by_hand = {row.address for row in outcomes if row.status == "manual"}
    left = propose(after, lock, only=only).without_manual()
    return Carried(outcomes, after, left.without(by_hand) if plan.open_steps else left)


def _listed(ids: Mapping[Address, int | str], wanted: Account) -> Ids:
    return {address: key for address, key in ids.items() if address in wanted.index}


class Looking:
    """Finds out by reading whether a step took effect. before: ids as they were when the plan was made."""

    def __init__(
        self,
        writer: Writer,
        wanted: Account,
        ids: Mapping[Address, int | str],
        before: Account | None = None,
    ) -> None:
        self.writer = writer
        self.wanted = wanted
        self.ids = ids
        self.before = before

    async def look(self, step: Step) -> Ids | None:
        """The ids that the step made, an empty dict where it made none but is done, None where it is not done."""
        found = (await survey(self.writer.reader, self.wanted, self.ids)).adopted
        if step.form and self.before is not None:
            _whole(step, self.before, found.found, self.wanted)
        if step.learns:
            return _made(step, found.found)
        left = {change.address for change in diff(found.wanted, found.found, found.old)}
        return None if left & set(step.serves) else {}


def _made(step: Step, found: Account) -> Ids | None:
    """The ids of everything that the step makes; what the platform may add by itself need not be there."""
    things = {learn.address: found.get(learn.address) for learn in step.learns}
    made = {key: item.id for key, item in things.items() if item is not None and item.id is not None}
    lacking = [key for key in things if key not in made and key.key not in KINDS[key.kind].reserved]
    return None if lacking else made


def _whole(step: Step, before: Account, found: Account, wanted: Account) -> None:
    """AmoconfError where a list that is saved as a whole lost an id or holds more new ones than were sent."""
    kinds = {address.kind for address in step.serves}
    there = {item.id for kind in kinds for item in found.of(kind)}
    was = {item.id: item.address for kind in kinds for item in before.of(kind)}
    gone = [address for key, address in was.items() if key not in there and not _to_go(wanted.get(address))]
    if gone or len(there - set(was)) > len(step.learns):
        what = f"{gone[0]} is gone" if gone else "something stands there twice"
        raise AmoconfError(
            f"the list read back is not as it was sent: {what}", "look at it before anything else"
        )


def _to_go(want: Resource | None) -> bool:
    return want is not None and want.marks.absent is not None
