"""A plan carried out against the live account: steps sent, what was written read back and compared."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from amoconf.api import Writer
from amoconf.apply import Run, Work
from amoconf.bodies import Ids
from amoconf.changes import DELETE, Change, Step
from amoconf.diff import diff
from amoconf.errors import AmoconfError
from amoconf.guard import Guard
from amoconf.journal import Past, Unwritten, Writes
from amoconf.keeping import Keeping
from amoconf.kinds import KINDS, parent_of
from amoconf.lock import Lock
from amoconf.model import Account, Resource
from amoconf.outcome import BY_HAND, DONE, Outcome
from amoconf.plan import Plan
from amoconf.recordpart import KEEP_VALUES
from amoconf.recordwork import WORKS, RecordWork
from amoconf.recordwrites import RecordWrites
from amoconf.sending import Sending
from amoconf.stagework import Moving
from amoconf.survey import Survey, propose, survey
from amoconf.tongue import tr
from amoconf.values import Address


@dataclass(frozen=True)
class Carried:
    """What came of a plan. after: the account as read back. left: differences that no person has to settle.

    unread: why the account could not be read back; `after` then is what was read before with what was written.
    """

    outcomes: tuple[Outcome, ...]
    after: Survey
    left: Plan
    unread: AmoconfError | None = None

    @property
    def converged(self) -> bool:
        """Whether the account now is as the spec says, manual steps apart."""
        return not self.left.changes and self.unread is None


async def carry_out(
    plan: Plan,
    before: Survey,
    writer: Writer,
    wanted: Account,
    lock: Lock,
    *,
    only: tuple[str, ...] = (),
    tell: Callable[[str], None] = lambda text: None,
    halted: Callable[[], str] = lambda: "",
    journal: Writes | None = None,
    works: Mapping[str, Work] | None = None,
    records: RecordWrites | None = None,
) -> Carried:
    """Sends the plan's steps and reads the account again. Nothing to send: nothing is read again either.

    halted: asked before every request for a reason to write no more. works: as in Run. records: how records are written.
    """
    looking = Looking(writer, wanted, lock.ids, plan.view.found)
    guard = Guard(plan, before, writer, wanted, lock.ids)
    sending = Sending(writer, looking.look, journal or Unwritten())
    records = records or RecordWrites(writer, journal=sending.journal)
    own = RecordWork(records, tell, halted)
    keeping = Keeping(records, tell, halted)
    works = {**dict.fromkeys(WORKS, own), KEEP_VALUES: keeping, **(works or {})}
    run = Run(plan, sending, guard.check, tell, halted, works=works, records=records)
    outcomes = await run.run()
    if not plan.open_steps:
        return Carried(outcomes, before, propose(before, lock, only=only).without_manual())
    by_hand = {row.address for row in outcomes if row.status == BY_HAND}
    done = {row.address for row in outcomes if row.status == DONE}

    async def again() -> tuple[Survey, Plan]:
        found = await survey(writer.reader, wanted, {**lock.ids, **_listed(run.ids, wanted)})
        return found, propose(found, lock, only=only).without_manual().without(by_hand)

    try:
        # What was written may be invisible for a while: a read that lags must not look like a failure.
        after, left = await writer.settled(again, lambda pair: done.isdisjoint(_addresses(pair[1])))
    except AmoconfError as error:
        rest = plan.without_manual().without(by_hand | done)
        return Carried(outcomes, written(before, plan, outcomes, run.ids), rest, error)
    return Carried(run.seen(_addresses(left)), after, left)


async def settle(past: Past, records: RecordWrites, found: Survey, tell: Callable[[str], None]) -> None:
    """Deals that the server moved when a dead apply deleted their stage go where that one had promised."""
    moves, since = past.moves
    account = found.adopted.found
    there = {(parent.id, item.id) for item in account.resources for parent in _above(item, account)}
    gone = [place for place in moves if place not in there]
    if gone:
        await Moving(records, moves, tell, since=since).put_right(gone)


def _above(item: Resource, account: Account) -> list[Resource]:
    parent = parent_of(item.address)
    found = account.get(parent) if parent is not None else None
    return [found] if found is not None else []


def _addresses(plan: Plan) -> list[Address]:
    return [change.address for change in plan.changes]


def written(before: Survey, plan: Plan, outcomes: Sequence[Outcome], ids: Ids) -> Survey:
    """The account as it must be now: as it was read, with what the service has accepted since."""
    done = {(row.address, row.action) for row in outcomes if row.status == DONE}
    found = dict(before.adopted.found.index)
    for change in plan.changes:
        if (change.address, change.action) in done:
            for item in (change, *change.parts):
                _write(found, item, ids)
    account = replace(before.adopted.found, resources=tuple(found.values()))
    return replace(before, adopted=replace(before.adopted, found=account))


def _write(found: dict[Address, Resource], change: Change, ids: Ids) -> None:
    have, key = found.get(change.address), ids.get(change.address)
    if change.action == DELETE:
        found.pop(change.address, None)
    elif have is not None:
        found[change.address] = replace(have, attrs={**have.attrs, **change.after})
    elif change.want is not None and key is not None:
        found[change.address] = replace(change.want, id=key)


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
        self.made: set[int | str] = set()

    async def look(self, steps: Sequence[Step]) -> list[Ids | None]:
        """For each step the ids that it made, an empty dict where it made none but is done, None where it is not."""
        found = (await survey(self.writer.reader, self.wanted, self.ids)).adopted
        left = {change.address for change in diff(found.wanted, found.found, found.old)}
        return [self._effect(step, found.found, left) for step in steps]

    def _effect(self, step: Step, found: Account, left: set[Address]) -> Ids | None:
        if step.form and self.before is not None:
            _whole(step, self.before, found, self.wanted, self.made)
        if step.learns:
            made = _made(step, found)
            self.made |= set((made or {}).values())
            return made
        return None if left & set(step.serves) else {}


def _made(step: Step, found: Account) -> Ids | None:
    """The ids of everything that the step makes; what the platform may add by itself need not be there."""
    things = {learn.address: found.get(learn.address) for learn in step.learns}
    made = {key: item.id for key, item in things.items() if item is not None and item.id is not None}
    lacking = [key for key in things if key not in made and key.key not in KINDS[key.kind].reserved]
    return None if lacking else made


def _whole(step: Step, before: Account, found: Account, wanted: Account, made: Set[int | str]) -> None:
    """AmoconfError where a list that is saved as a whole lost an id or holds more new ones than were sent.

    made: ids that came about since `before`.
    """
    kinds = {address.kind for address in step.serves}
    there = {item.id for kind in kinds for item in found.of(kind)}
    was = {item.id: item.address for kind in kinds for item in before.of(kind)}
    gone = [address for key, address in was.items() if key not in there and not _to_go(wanted.get(address))]
    if gone or len(there - set(was) - made) > len(step.learns):
        what = tr("{address} is gone", address=gone[0]) if gone else tr("something stands there twice")
        raise AmoconfError(
            tr("the list read back is not as it was sent: {what}", what=what),
            tr("look at it before anything else"),
        )


def _to_go(want: Resource | None) -> bool:
    return want is not None and want.marks.absent is not None
