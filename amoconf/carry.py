"""A plan carried out against the live account: steps sent, what was written read back and compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from amoconf.api import Writer
from amoconf.apply import Run
from amoconf.bodies import Ids
from amoconf.changes import Step
from amoconf.diff import diff
from amoconf.lock import Lock
from amoconf.model import Account
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
    run = Run(plan, writer, Looking(writer, wanted, lock.ids).look, tell)
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
    """Finds out by reading whether a step took effect."""

    def __init__(self, writer: Writer, wanted: Account, ids: Mapping[Address, int | str]) -> None:
        self.writer = writer
        self.wanted = wanted
        self.ids = ids

    async def look(self, step: Step) -> Ids | None:
        """The ids that the step made, an empty dict where it made none but is done, None where it is not done."""
        found = (await survey(self.writer.reader, self.wanted, self.ids)).adopted
        if step.learns:
            things = {learn.address: found.found.get(learn.address) for learn in step.learns}
            made = {
                address: item.id
                for address, item in things.items()
                if item is not None and item.id is not None
            }
            return made if len(made) == len(things) else None
        left = {change.address for change in diff(found.wanted, found.found, found.old)}
        return None if left & set(step.serves) else {}
