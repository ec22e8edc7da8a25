"""`amoconf apply`: re-checks, asks, writes, reads back, remembers."""

import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf import lock as locks
from amoconf.cli import conversions, impacts, journals, snapshots
from amoconf.cli.alone import alone
from amoconf.cli.consent import ask, blocked
from amoconf.cli.options import Options, shared
from amoconf.cli.output import Running, console, stamped
from amoconf.cli.plan import make, pin_of, plan_report
from amoconf.cli.session import Spec, check, load_lock, load_spec, run, target_of, timed, writing
from amoconf.cli.writing import Wish, Writing, write
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Target, Writer
    from amoconf.journal import Past
    from amoconf.plan import Plan
    from amoconf.planfile import Pin, Saved
    from amoconf.survey import Survey


@click.command("apply")
@shared
@click.argument("plan_file", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Lift the brakes for an address or a pattern."
)
@click.option("--only", multiple=True, metavar="ADDRESS", help="Apply only these addresses (patterns too).")
@impacts.option
@conversions.limited
@click.option("--resume", is_flag=True, help="Go on with an interrupted apply, as it was agreed on.")
@click.option("--no-wait", is_flag=True, help="Do not wait for manual steps.")
def command(
    options: Options,
    plan_file: Path | None,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    limits: conversions.Limits,
    **flags: Any,
) -> int:
    """Make the account as the spec says. Shows the plan and asks first; a saved PLAN was agreed on before."""
    spec = load_spec(options)
    saved = _saved(plan_file, allow, only)
    if not (flags["yes"] or saved or flags["resume"]):
        _can_ask()
    waits = not flags["no_wait"] and sys.stdin.isatty()
    agreed = flags["yes"] or saved is not None
    wish = Wish(agreed, allow, only, waits, saved, impact=flags["impact"], limits=limits)
    target = target_of(options, spec.account)
    with alone(options, target):
        past = journals.latest(options, target)
        if flags["resume"]:
            _no_undo(options, target)
            _not_undone(options, target, past)
        # Another apply may have written the lock file meanwhile.
        spec = replace(spec, lock=load_lock(spec.path, spec.account))
        wish = _with_past(replace(wish, past=past), flags["resume"])
        return run(work(options, _knowing(spec, wish.past), wish))


def _can_ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError(tr("apply would ask before it writes, and there is no terminal"), tr("add --yes"))


def _no_undo(options: Options, target: "Target") -> None:
    """UsageError where what was interrupted is an undo: that is gone on with otherwise."""
    if snapshots.open_undo(options, target) is not None:
        raise UsageError(
            tr("what was interrupted is an undo, not an apply"),
            tr("amoconf undo goes on with it; apply without --resume makes the account as the spec says"),
        )


def _not_undone(options: Options, target: "Target", past: "Past | None") -> None:
    """UsageError where the apply that is to be gone on with was undone: its snapshot leads back no more."""
    if past is not None and past.is_open and snapshots.undone_since(options, target, past.snapshot):
        raise UsageError(
            tr("the apply that was interrupted has been undone since: there is nothing to go on with"),
            tr("apply without --resume makes the account as the spec says"),
        )


def _with_past(wish: Wish, resume: bool) -> Wish:
    """The wish with what was agreed on before: by a saved plan, or by the apply that is to be resumed."""
    past = wish.past
    if not resume or past is None or not past.is_open:
        return _anew(wish, resume)
    if wish.saved is not None and wish.saved.rows != past.plan.rows:
        raise UsageError(
            tr("the apply that was interrupted ({at}) was of another plan", at=past.at),
            tr("amoconf apply --resume without a plan, or amoconf apply PLAN without --resume"),
        )
    if wish.allow or wish.only:
        raise UsageError(
            tr("--resume keeps the --allow and --only of the interrupted apply"), tr("leave them out")
        )
    click.echo(words(past), err=True)
    limits = wish.limits.after(past.limits)
    return _as_saved(replace(wish, yes=True, resumes=True, limits=limits), past.plan)


def _anew(wish: Wish, resume: bool) -> Wish:
    """Nothing is gone on with; what an apply that died has left is told and settled."""
    if resume:
        click.echo(tr("No apply was interrupted: there is nothing to go on with."), err=True)
        if not wish.yes:
            _can_ask()
    elif wish.past is not None and not wish.past.ended:
        click.echo(words(wish.past), err=True)
    return wish if wish.saved is None else _as_saved(wish, wish.saved)


def _as_saved(wish: Wish, saved: "Saved") -> Wish:
    parts = saved.parts if wish.begun or wish.resumes else ()
    return replace(wish, saved=saved, allow=saved.allowed, only=(*saved.addresses, *parts))


def words(past: "Past") -> str:
    """What is known of an apply that ended early."""
    known = sum(write.status == "done" for write in past.writes)
    at = f"{datetime.fromisoformat(past.at).astimezone():%Y-%m-%d %H:%M:%S}"
    if not past.unknown:
        return tr(
            "The apply of {at} ended early: {known} writes done. Looking what became of it.",
            at=at,
            known=known,
        )
    return tr(
        "The apply of {at} ended early: {known} writes done, {unknown} of unknown end. Looking what became of it.",
        at=at,
        known=known,
        unknown=len(past.unknown),
    )


def _knowing(spec: Spec, past: "Past | None") -> Spec:
    """The spec with the ids that a dead apply could not write to the lock file any more."""
    if past is None or not past.is_open:
        return spec
    ids = {address: key for address, key in past.ids.items() if address in spec.account.index}
    return replace(spec, lock=replace(locks.with_ids(spec.lock, ids), kept=past.plan.kept))


def _saved(path: Path | None, allow: tuple[str, ...], only: tuple[str, ...]) -> "Saved | None":
    """The saved plan, where one is named; it holds its own allowances and addresses."""
    from amoconf.planfile import load

    if path is None:
        return None
    if allow or only:
        raise UsageError(
            tr("a saved plan holds its own --allow and --only"), tr("plan again with them: amoconf plan -o …")
        )
    try:
        return load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        text = tr("{path}: the saved plan cannot be read: {error}", path=path, error=error)
        raise UsageError(text, tr("check the path")) from error


def _agreed(wish: Wish, plan: "Plan", pin: "Pin") -> None:
    """A saved plan must still hold: Stale says what does not."""
    from amoconf.planfile import agree, check_pin

    if wish.saved is not None:
        check_pin(wish.saved, pin, expires=not wish.resumes)
        agree(wish.saved, plan, pin.key, wish.begun)


async def _look(writer: "Writer", spec: Spec, wish: Wish) -> "Survey":
    """The account; where an apply died while it made or deleted something, as it is once a read can no longer lag behind.

    What still seems to be there would be deleted again: what was kept of it would be read anew, and nothing found.
    """
    from amoconf.recordpart import KEEP_VALUES
    from amoconf.survey import survey

    async def look() -> "Survey":
        return await survey(writer.reader, spec.account, spec.lock.ids)

    past = wish.past
    unknown = past.unknown if past and not past.ended else ()
    served = {address for write in unknown for address in write.serves if address in spec.account.index}
    made = {address for write in unknown if write.creates for address in write.serves} & served
    facts = [write.facts for write in past.writes] if past is not None and wish.resumes else []
    kept = any(row.get("work") == KEEP_VALUES and row.get("records") for row in facts)
    gone = {address for address in served if kept and spec.account.index[address].marks.absent is not None}
    if not made | gone:
        return await look()

    def fresh(survey: "Survey") -> bool:
        there = {address for address in made | gone if survey.adopted.found.get(address)}
        return there == made - gone

    return await writer.settled(look, fresh, age=time.time() - max(write.at for write in unknown))


async def work(options: Options, spec: Spec, wish: Wish) -> int:
    """Everything between reading and the last line."""
    started, running = time.monotonic(), Running(options)
    target = target_of(options, spec.account)
    async with writing(options, target, running.wait, spec.secrets) as writer:
        found = timed(await _look(writer, spec, wish), writer.now)
        check(found, spec.lock)
        reads = writer.requests
        plan = make(spec, found, allow=wish.allow, only=wish.only)
        plan = await impacts.weighed(options, spec, writer.reader, plan, wish.impact)
        plan = await conversions.settled(
            options,
            spec,
            writer.reader,
            plan,
            saved=wish.saved,
            clear_old=wish.clears,
            only=wish.only,
            full=wish.impact == "full",
        )
        _agreed(wish, plan, pin_of(options, spec, found))
        counts = writer.requests - reads
        report = plan_report(plan, found, reads, options, spec, counts=counts, limits=wish.limits)
        document = stamped(report, options, started)
        _show_plan({**document, "command": "apply"}, options)
        if plan.blocked:
            raise blocked(document, options, "plan")
        if plan.unknown:
            raise _unknown(plan)
        if plan.open_steps and not wish.yes:
            ask(spec.account.settings.subdomain)
        return await write(Writing(options, spec, writer, wish, running), plan, found)


def _show_plan(document: dict[str, Any], options: Options) -> None:
    from amoconf.report.text import plan_text

    if options.format == "text" and not options.quiet and document["changes"]:
        plan_text(document, console(options))


def _unknown(plan: "Plan") -> UsageError:
    """The refusal to write what nobody knows."""
    address, shown = next(iter(plan.unknown.items()))
    return UsageError(
        tr("{secret} of {address} has no value here; nothing was written", secret=shown, address=address),
        tr("give the secret a value, or name with --only what is to be applied"),
    )
