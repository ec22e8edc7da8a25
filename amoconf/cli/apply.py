"""`amoconf apply`: re-checks, asks, writes, reads back, remembers."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options, shared
from amoconf.cli.output import console, show
from amoconf.cli.plan import make, plan_report
from amoconf.cli.session import Spec, account_head, check, load_spec, run, target_of, teller
from amoconf.errors import Blocked, PartlyApplied, UsageError

if TYPE_CHECKING:
    from amoconf.api import Writer
    from amoconf.outcome import Outcome
    from amoconf.plan import Plan
    from amoconf.survey import Survey


@dataclass(frozen=True)
class Wish:
    """What the flags of `apply` ask."""

    yes: bool
    allow: tuple[str, ...]
    only: tuple[str, ...]


@click.command("apply")
@shared
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Lift the brakes for an address or a pattern."
)
@click.option("--only", multiple=True, metavar="ADDRESS", help="Apply only these addresses (patterns too).")
@click.option("--no-wait", is_flag=True, help="Do not wait for manual steps.")
def command(options: Options, yes: bool, allow: tuple[str, ...], only: tuple[str, ...], no_wait: bool) -> int:
    """Make the account as the spec says. Shows the plan and asks first."""
    spec = load_spec(options)
    if not yes and not sys.stdin.isatty():
        raise UsageError("apply would ask before it writes, and there is no terminal", "add --yes")
    return run(work(options, spec, Wish(yes, allow, only)))


async def work(options: Options, spec: Spec, wish: Wish) -> int:
    """Everything between reading and the last line."""
    from amoconf.api import find_access, open_writer
    from amoconf.survey import survey

    target = target_of(options, spec.account)
    access = find_access(target, options.token, options.state_dir)
    async with open_writer(
        target, access, pace=options.pace, state_dir=options.state_dir, on_wait=teller(options)
    ) as writer:
        found = await survey(writer.reader, spec.account, spec.lock.ids)
        check(found, spec.lock)
        plan = make(spec, found, allow=wish.allow, only=wish.only)
        document = plan_report(plan, found, writer.requests, options, spec)
        _show_plan(document, options)
        if plan.blocked:
            raise Blocked(f"{len(plan.blocked)} changes are blocked; nothing was written", _way_out(plan))
        if plan.open_steps and not wish.yes:
            _ask(spec)
        return await _write(options, spec, plan, found, writer, wish)


def _show_plan(document: dict[str, Any], options: Options) -> None:
    from amoconf.report.text import plan_text

    if options.format == "text" and not options.quiet:
        plan_text(document, console(options))


def _way_out(plan: "Plan") -> str:
    """The flags that would permit what is blocked."""
    from amoconf.brakes import allowance

    addresses = [str(address) for address in plan.blocked]
    flags = " ".join(
        f"--allow '{address}'" for address in addresses if allowance(plan.changes[0].address, ()) is None
    )
    return f"if that is meant: {flags}" if len(addresses) <= 5 else "see needs --allow in the plan"


def _ask(spec: Spec) -> None:
    """The subdomain, typed by a person."""
    wanted = spec.account.settings.subdomain
    typed = click.prompt(
        f"Type the subdomain to write to it ({wanted})", default="", show_default=False, err=True
    )
    if typed.strip() != wanted:
        raise UsageError(f"{typed!r} is not {wanted}; nothing was written")


async def _write(
    options: Options, spec: Spec, plan: "Plan", found: "Survey", writer: "Writer", wish: Wish
) -> int:
    from amoconf.apply import Run
    from amoconf.report.document import apply_document, plan_document
    from amoconf.report.text import apply_text

    outcomes: Sequence[Outcome] = ()
    after = found
    if plan.steps:
        outcomes = await Run(plan, writer, Looking(writer, spec, plan).look, _progress(options)).run()
    if plan.open_steps:
        after = await _read_back(writer, spec, plan)
    _remember(spec, after)
    head = account_head(found, target_of(options, spec.account))
    left = make(spec, after, allow=("*",), only=wish.only).without_manual()
    rows = plan_document(left, head, 0)["changes"] if plan.open_steps else []
    rows = [row for row in rows if not _left_by_hand(row["address"], outcomes)]
    document = apply_document(outcomes, head, left=rows, converged=not rows)
    show(document, options, apply_text)
    if any(row.status in ("failed", "blocked") for row in outcomes) or rows:
        raise PartlyApplied("Partly applied. Run `amoconf plan` to see what is left.")
    return 0


def _left_by_hand(address: str, outcomes: Sequence["Outcome"]) -> bool:
    return any(str(row.address) == address and row.status == "manual" for row in outcomes)


def _progress(options: Options) -> Any:
    def tell(text: str) -> None:
        if options.verbose and not options.quiet:
            click.echo(f"done: {text}", err=True)

    return tell


async def _read_back(writer: "Writer", spec: Spec, plan: "Plan") -> "Survey":
    """What was written, read again; with the ids that are known now."""
    from amoconf.survey import survey

    known = {item.address: item.id for item in plan.view.found.resources if item.id is not None}
    return await survey(writer.reader, spec.account, {**spec.lock.ids, **_listed(known, spec)})


def _listed(known: Any, spec: Spec) -> dict[Any, Any]:
    return {address: key for address, key in known.items() if address in spec.account.index}


def _remember(spec: Spec, found: "Survey") -> None:
    """Writes the lock file, whole or not at all."""
    import os

    from amoconf import lock as locks

    adopted = found.adopted
    text = locks.dump(locks.remember(found.facts["id"], adopted.wanted, adopted.found, spec.lock))
    draft = spec.lock_path.with_name(spec.lock_path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, spec.lock_path)


class Looking:
    """Finds out by reading whether a step took effect."""

    def __init__(self, writer: "Writer", spec: Spec, plan: "Plan") -> None:
        self.writer = writer
        self.spec = spec
        self.plan = plan

    async def look(self, step: Any) -> Any:
        """The ids that the step made, an empty dict where it made none but is done, None where it is not done."""
        from amoconf.diff import diff
        from amoconf.survey import survey

        found = (await survey(self.writer.reader, self.spec.account, self.spec.lock.ids)).adopted
        if step.learns:
            ids = {learn.address: found.found.get(learn.address) for learn in step.learns}
            made = {
                address: item.id for address, item in ids.items() if item is not None and item.id is not None
            }
            return made if len(made) == len(ids) else None
        left = {change.address for change in diff(found.wanted, found.found, found.old)}
        return None if left & set(step.serves) else {}
