"""Writing to the account for a command: journal, steps, a person's part, the lock file, the last table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from amoconf.cli import conversions, impacts, journals, records, snapshots
from amoconf.cli.interrupt import stoppable, typed
from amoconf.cli.options import Options
from amoconf.cli.output import Running, console, show
from amoconf.cli.plan import make, pin_of
from amoconf.cli.session import Spec, account_head, load_lock, target_of
from amoconf.errors import PartlyApplied, UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from pathlib import Path

    from amoconf.api import Writer
    from amoconf.carry import Carried
    from amoconf.cells import Tally
    from amoconf.convert import Converting
    from amoconf.journal import Journal, Past
    from amoconf.outcome import Outcome
    from amoconf.plan import Plan
    from amoconf.planfile import Saved
    from amoconf.recordwrites import RecordWrites
    from amoconf.survey import Survey
    from amoconf.values import Address


WRONG = ("failed", "blocked", "skipped")
WORKS = ("convert", "clear")
LATER = ("s", "ы")  # one key on the keyboards of both languages


@dataclass(frozen=True)
class Wish:
    """What the flags of `apply` ask. saved: the plan that was agreed on. past: the journal of the last apply."""

    yes: bool
    allow: tuple[str, ...]
    only: tuple[str, ...]
    waits: bool
    saved: "Saved | None" = None
    past: "Past | None" = None
    resumes: bool = False
    impact: str = "off"
    limits: conversions.Limits = field(default_factory=conversions.Limits)

    @property
    def clears(self) -> bool:
        """Whether old fields are emptied: asked for here, or agreed on with the plan."""
        return self.limits.clear_old or (self.saved is not None and self.saved.clears)

    @property
    def begun(self) -> "frozenset[Address]":
        """What an interrupted apply of the same plan has begun to write."""
        same = self.past is not None and self.saved is not None and self.past.plan.rows == self.saved.rows
        return self.past.touched if self.past is not None and self.past.is_open and same else frozenset()


@dataclass(frozen=True)
class Writing:
    """What stays the same while the account is written. halted: why to stop, "" as long as nobody asked to.

    told: what became of each field whose values were moved. kept: records of each list whose values were written down
    for undo. shot: name of the snapshot.
    """

    options: Options
    spec: Spec
    writer: "Writer"
    wish: Wish
    running: Running
    halted: Callable[[], str] = lambda: ""
    told: "dict[Address, Tally]" = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    shot: str = ""


async def write(here: Writing, plan: "Plan", found: "Survey") -> int:
    """Writes, and stops in good order on Ctrl-C."""
    again = tr("amoconf apply --resume looks what became of it and goes on.")
    return await stoppable(lambda halted: _write(replace(here, halted=halted), plan, found), again)


async def _write(here: Writing, plan: "Plan", found: "Survey") -> int:
    """Carries the plan out; on a terminal, waits for people and goes on with what they made possible."""
    options, spec, writer, wish = here.options, here.spec, here.writer, here.wish
    outcomes: dict[tuple[Address, str], Outcome] = {}
    shot = _snapshot(here, plan, found)
    here = replace(here, shot=shot.stem if shot is not None else "")
    while True:
        carried = await _round(here, plan, found)
        if shot is not None and carried.unread is None:
            snapshots.finish(options, shot, carried.after, plan)
        outcomes |= {(row.address, row.action): row for row in carried.outcomes}
        lost = _remember(here, carried, plan)
        ends = lost or carried.unread or here.halted() or not (wish.waits and plan.manual_steps)
        if ends or not _people_did(plan, options):
            code = _conclude(here, carried, tuple(outcomes.values()), plan)
            return code or (PartlyApplied.exit_code if plan.open_steps else 1) if lost else code
        here = replace(here, wish=replace(wish, past=None, resumes=False))
        found = await _again(writer, spec)
        plan = make(spec, found, allow=wish.allow, only=wish.only)
        plan = await impacts.weighed(options, spec, writer.reader, plan, wish.impact)
        plan = await conversions.settled(
            options,
            replace(spec, lock=load_lock(spec.path, spec.account)),
            writer.reader,
            plan,
            saved=wish.saved,
            clear_old=wish.clears,
            only=wish.only,
        )
        if plan.blocked or plan.unknown:
            return _conclude(here, carried, tuple(outcomes.values()), plan)
        outcomes = {key: row for key, row in outcomes.items() if row.status != "manual"}


def _snapshot(here: Writing, plan: "Plan", found: "Survey") -> "Path | None":
    """What is there before the first write, kept for undo; a resumed apply goes on with the one it took."""
    options, spec = here.options, here.spec
    target = target_of(options, spec.account)
    past = here.wish.past if here.wish.resumes else None
    if past is not None and (known := snapshots.of_run(options, target, past.snapshot)) is not None:
        for dead in snapshots.taken_after(options, target, past.snapshot):
            dead.unlink()  # of an apply that ended before it began a journal, and so has written nothing
        return known
    if not plan.open_steps:
        return None
    return snapshots.keep(options, target, found, plan, spec.lock, spec.document.revision)


async def _round(here: Writing, plan: "Plan", found: "Survey") -> "Carried":
    """One plan carried out and written down, after what an interrupted apply has left."""
    from amoconf.carry import carry_out

    with here.running.through(plan):
        journal = await _settled(here, found) or _journal(here, plan, found)
        with _moving(here, plan, found, journal) as (own, work):
            carried = await carry_out(
                plan,
                found,
                here.writer,
                here.spec.account,
                here.spec.lock,
                only=here.wish.only,
                tell=here.running.tell,
                halted=here.halted,
                journal=journal,
                works=dict.fromkeys(WORKS, work) if work is not None else {},
                records=own,
            )
    records.mark_cut(here.options, target_of(here.options, here.spec.account), plan, carried.outcomes)
    if journal is not None:
        journal.end("partly" if went_wrong(carried.outcomes, carried) else "done")
    return carried


def _ground(here: Writing, found: "Survey") -> records.Ground:
    options, zone = here.options, found.facts.get("timezone") or "UTC"
    target = target_of(options, here.spec.account)
    limits = here.wish.limits
    return records.Ground(options, target, limits, zone, here.shot, here.halted, here.running.tell)


@contextmanager
def _moving(
    here: Writing, plan: "Plan", found: "Survey", journal: "Journal | None"
) -> "Iterator[tuple[RecordWrites, Converting | None]]":
    """How records are written, and who moves values; what became of these is kept for the last table."""
    writes = any(step.data for step in plan.open_steps)
    with records.at_work(_ground(here, found), here.writer, journal, writes=writes) as own:
        work = conversions.converting(plan, own, here.running.tell, here.halted)
        yield own, work
        if work is not None:
            here.told.update(work.told)
        here.kept.update(own.ledger.kept)


async def _settled(here: Writing, found: "Survey") -> "Journal | None":
    """Does what an earlier apply owed. Its journal, where this one goes on in it; a dead one ends here otherwise."""
    from amoconf.carry import settle

    past, resumes = here.wish.past, here.wish.resumes
    if past is None or (past.ended and not resumes):
        return None
    journal = journals.reopen(past)
    if not past.ended:
        with records.at_work(_ground(here, found), here.writer, journal, writes=bool(past.moves[0])) as own:
            await settle(past, own, found, here.running.tell)
    if resumes:
        journal.limits(here.wish.limits.said)
        return journal
    journal.end("settled")
    return None


def _journal(here: Writing, plan: "Plan", found: "Survey") -> "Journal | None":
    """Where to write down what is done, None where nothing is."""
    from amoconf.planfile import dump

    if not plan.open_steps:
        return None
    pin = pin_of(here.options, here.spec, found)
    journal = journals.begin(
        here.options, target_of(here.options, here.spec.account), dump(plan, pin), here.shot
    )
    journal.limits(here.wish.limits.said)
    return journal


async def _again(writer: "Writer", spec: Spec) -> "Survey":
    from amoconf.survey import survey

    return await survey(writer.reader, spec.account, load_lock(spec.path, spec.account).ids)


def _people_did(plan: "Plan", options: Options) -> bool:
    """Waits until a person says that the manual steps are done; False where they are left for later."""
    from amoconf.report.text import manual_text

    manual_text([(str(step.serves[0]), step.text) for step in plan.manual_steps], console(options, err=True))
    try:
        return typed(tr("Enter when done, s to leave them for later")).lower() not in LATER
    except click.Abort:
        return False


def _conclude(here: Writing, carried: "Carried", outcomes: "Sequence[Outcome]", plan: "Plan") -> int:
    from amoconf.report.document import apply_document, plan_document
    from amoconf.report.text import apply_text

    options, spec, writer = here.options, here.spec, here.writer
    head = account_head(carried.after, target_of(options, spec.account))
    left = plan_document(carried.left, head, 0, lock=spec.lock)["changes"]
    document = apply_document(outcomes, head, left=left, converged=carried.converged, plan=plan)
    requests = {"read": writer.requests, "write": writer.writes}
    more = {"requests": requests, "file": str(options.file), "conversion": conversions.rows(here.told)}
    kept = [{"list": entity, "count": count} for entity, count in here.kept.items()]
    show({**document, **more, "kept": kept}, options, apply_text)
    if carried.unread is not None:
        why = carried.unread.what
        click.echo(tr("The account could not be looked at again: {why}", why=why), err=True)
    return PartlyApplied.exit_code if went_wrong(outcomes, carried) else 0


def went_wrong(outcomes: "Sequence[Outcome]", carried: "Carried") -> bool:
    """Whether something is left that no person has to do."""
    return any(row.status in WRONG for row in outcomes) or not carried.converged


def _remember(here: Writing, carried: "Carried", plan: "Plan") -> bool:
    """Writes the lock file, whole or not at all; True where it cannot be, which is told."""
    from amoconf import lock as locks
    from amoconf.agreed import entries_after
    from amoconf.cli.files import File, put

    spec, found, adopted = here.spec, carried.after, carried.after.adopted
    lock = locks.remember(found.facts["id"], adopted.wanted, adopted.found, spec.lock)
    done = frozenset(row.address for row in carried.outcomes if row.status == "done")
    own = entries_after(plan, here.told, done, adopted.found)
    text = locks.dump(replace(lock, entries={**lock.entries, **own}))
    try:
        put([File(spec.lock_path, text)], keep=False)
    except UsageError as error:
        click.echo(tr("error: ") + str(error.problems[0]), err=True)
        return True
    return False
