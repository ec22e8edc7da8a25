"""`amoconf apply`: re-checks, asks, writes, reads back, remembers."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.alone import alone
from amoconf.cli.interrupt import interruptible, typed
from amoconf.cli.options import Options, shared
from amoconf.cli.output import Running, console, json_text, show, stamped
from amoconf.cli.plan import make, pin_of, plan_report
from amoconf.cli.session import Spec, account_head, check, load_lock, load_spec, run, target_of, timed
from amoconf.errors import Blocked, PartlyApplied, UsageError

if TYPE_CHECKING:
    from amoconf.api import Writer
    from amoconf.carry import Carried
    from amoconf.outcome import Outcome
    from amoconf.plan import Plan
    from amoconf.planfile import Pin, Saved
    from amoconf.survey import Survey
    from amoconf.values import Address


@dataclass(frozen=True)
class Wish:
    """What the flags of `apply` ask."""

    yes: bool
    allow: tuple[str, ...]
    only: tuple[str, ...]
    waits: bool
    saved: "Saved | None" = None


@click.command("apply")
@shared
@click.argument("plan_file", required=False, type=click.Path(path_type=Path), metavar="[PLAN]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Lift the brakes for an address or a pattern."
)
@click.option("--only", multiple=True, metavar="ADDRESS", help="Apply only these addresses (patterns too).")
@click.option("--no-wait", is_flag=True, help="Do not wait for manual steps.")
def command(
    options: Options, plan_file: Path | None, allow: tuple[str, ...], only: tuple[str, ...], **flags: bool
) -> int:
    """Make the account as the spec says. Shows the plan and asks first; a saved PLAN was agreed on before."""
    spec = load_spec(options)
    saved = _saved(plan_file, allow, only)
    if not (flags["yes"] or saved or sys.stdin.isatty()):
        raise UsageError("apply would ask before it writes, and there is no terminal", "add --yes")
    waits = not flags["no_wait"] and sys.stdin.isatty()
    if saved is not None:
        allow, only = saved.allowed, saved.addresses
    wish = Wish(flags["yes"] or saved is not None, allow, only, waits, saved)
    with alone(options, target_of(options, spec.account)):
        # Another apply may have written the lock file meanwhile.
        spec = replace(spec, lock=load_lock(spec.path, spec.account))
        return run(work(options, spec, wish))


def _saved(path: Path | None, allow: tuple[str, ...], only: tuple[str, ...]) -> "Saved | None":
    """The saved plan, where one is named; it holds its own allowances and addresses."""
    from amoconf.planfile import load

    if path is None:
        return None
    if allow or only:
        raise UsageError(
            "a saved plan holds its own --allow and --only", "plan again with them: amoconf plan -o …"
        )
    try:
        return load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: the saved plan cannot be read: {error}", "check the path") from error


def _agreed(wish: Wish, plan: "Plan", pin: "Pin") -> None:
    """A saved plan must still hold: Stale says what does not."""
    from amoconf.planfile import agree, check_pin

    if wish.saved is not None:
        check_pin(wish.saved, pin)
        agree(wish.saved, plan, pin.key)


async def work(options: Options, spec: Spec, wish: Wish) -> int:
    """Everything between reading and the last line."""
    from amoconf.api import find_access, open_writer
    from amoconf.survey import survey

    started, running = time.monotonic(), Running(options)
    target = target_of(options, spec.account)
    access = find_access(target, options.token, options.state_dir)
    async with open_writer(
        target,
        access,
        pace=options.pace,
        state_dir=options.state_dir,
        clock=options.clock,
        on_wait=running.wait,
        secrets=spec.secrets,
    ) as writer:
        found = timed(await survey(writer.reader, spec.account, spec.lock.ids), writer.now)
        check(found, spec.lock)
        plan = make(spec, found, allow=wish.allow, only=wish.only)
        _agreed(wish, plan, pin_of(options, spec, found))
        document = stamped(plan_report(plan, found, writer.requests, options, spec), options, started)
        _show_plan({**document, "command": "apply"}, options)
        if plan.blocked:
            raise _blocked(document, options)
        if plan.unknown:
            raise _unknown(plan)
        if plan.open_steps and not wish.yes:
            _ask(spec)
        return await _stoppable(_Writing(options, spec, writer, wish, running), plan, found)


def _show_plan(document: dict[str, Any], options: Options) -> None:
    from amoconf.report.text import plan_text

    if options.format == "text" and not options.quiet and document["changes"]:
        plan_text(document, console(options))


def _blocked(document: dict[str, Any], options: Options) -> Blocked:
    """The refusal; its way out stands below the plan, unless the plan is not shown as text."""
    count = sum(bool(row["blocked_by"]) for row in document["changes"])
    if options.format == "json":
        click.echo(json_text(document))
    shown = options.format == "text" and not options.quiet
    hint = "" if shown else "amoconf plan shows what is missing"
    return Blocked(f"{count} change{'s are' if count != 1 else ' is'} blocked; nothing was written", hint)


def _unknown(plan: "Plan") -> UsageError:
    """The refusal to write what nobody knows."""
    address, shown = next(iter(plan.unknown.items()))
    return UsageError(
        f"{shown} of {address} has no value here; nothing was written",
        "give the secret a value, or name with --only what is to be applied",
    )


def _ask(spec: Spec) -> None:
    """The subdomain, typed by a person."""
    wanted = spec.account.settings.subdomain
    answer = typed(f"Type the subdomain to write to it ({wanted})")
    if answer != wanted:
        raise UsageError(f"{answer!r} is not {wanted}; nothing was written")


@dataclass(frozen=True)
class _Writing:
    """What stays the same while the account is written. halted: why to stop, "" as long as nobody asked to."""

    options: Options
    spec: Spec
    writer: "Writer"
    wish: Wish
    running: Running
    halted: Callable[[], str] = lambda: ""


async def _stoppable(here: _Writing, plan: "Plan", found: "Survey") -> int:
    """Writes, and stops in good order on Ctrl-C."""
    try:
        with interruptible(lambda text: click.echo(text, err=True)) as halted:
            return await _write(replace(here, halted=halted), plan, found)
    except asyncio.CancelledError:
        raise PartlyApplied(
            "Stopped at once: what was under way may have been done or not. "
            "amoconf plan shows what is left, amoconf apply does it."
        ) from None


async def _write(here: _Writing, plan: "Plan", found: "Survey") -> int:
    """Carries the plan out; on a terminal, waits for people and goes on with what they made possible."""
    from amoconf.carry import carry_out

    options, spec, writer, wish = here.options, here.spec, here.writer, here.wish
    outcomes: dict[tuple[Address, str], Outcome] = {}
    while True:
        with here.running.through(plan):
            carried = await carry_out(
                plan,
                found,
                writer,
                spec.account,
                spec.lock,
                only=wish.only,
                tell=here.running.tell,
                halted=here.halted,
            )
        outcomes |= {(row.address, row.action): row for row in carried.outcomes}
        lost = _remember(spec, carried.after)
        ends = lost or carried.unread or here.halted() or not (wish.waits and plan.manual_steps)
        if ends or not _people_did(plan, options):
            code = _conclude(options, spec, carried, tuple(outcomes.values()), plan, writer)
            return code or (PartlyApplied.exit_code if plan.open_steps else 1) if lost else code
        found = await _again(writer, spec)
        plan = make(spec, found, allow=wish.allow, only=wish.only)
        if plan.blocked or plan.unknown:
            return _conclude(options, spec, carried, tuple(outcomes.values()), plan, writer)
        outcomes = {key: row for key, row in outcomes.items() if row.status != "manual"}


async def _again(writer: "Writer", spec: Spec) -> "Survey":
    from amoconf.survey import survey

    return await survey(writer.reader, spec.account, load_lock(spec.path, spec.account).ids)


def _people_did(plan: "Plan", options: Options) -> bool:
    """Waits until a person says that the manual steps are done; False where they are left for later."""
    from amoconf.report.text import manual_text

    manual_text([(str(step.serves[0]), step.text) for step in plan.manual_steps], console(options, err=True))
    try:
        return typed("Enter when done, s to leave them for later").lower() != "s"
    except click.Abort:
        return False


def _conclude(
    options: Options,
    spec: Spec,
    carried: "Carried",
    outcomes: "Sequence[Outcome]",
    plan: "Plan",
    writer: "Writer",
) -> int:
    from amoconf.report.document import apply_document, plan_document
    from amoconf.report.text import apply_text

    head = account_head(carried.after, target_of(options, spec.account))
    left = plan_document(carried.left, head, 0, lock=spec.lock)["changes"]
    document = apply_document(outcomes, head, left=left, converged=carried.converged, plan=plan)
    requests = {"read": writer.requests, "write": writer.writes}
    show({**document, "requests": requests, "file": str(options.file)}, options, apply_text)
    if carried.unread is not None:
        click.echo(f"The account could not be looked at again: {carried.unread.what}", err=True)
    wrong = any(row.status in ("failed", "blocked", "skipped") for row in outcomes) or not carried.converged
    return PartlyApplied.exit_code if wrong else 0


def _remember(spec: Spec, found: "Survey") -> bool:
    """Writes the lock file, whole or not at all; True where it cannot be, which is told."""
    from amoconf import lock as locks
    from amoconf.cli.files import File, put

    adopted = found.adopted
    text = locks.dump(locks.remember(found.facts["id"], adopted.wanted, adopted.found, spec.lock))
    try:
        put([File(spec.lock_path, text)], keep=False)
    except UsageError as error:
        click.echo(f"error: {error.problems[0]}", err=True)
        return True
    return False
