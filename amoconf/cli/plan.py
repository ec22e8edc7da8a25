"""`amoconf plan`: what would change, and what each change touches. Reads only."""

import shlex
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import conversions, impacts
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.session import Spec, account_head, check, load_spec, reading, run, target_of, timed
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.plan import Plan
    from amoconf.planfile import Pin
    from amoconf.survey import Survey


@click.command("plan")
@in_formats("plan")
@click.option(
    "--allow", multiple=True, metavar="ADDRESS", help="Lift the brakes for an address or a pattern."
)
@click.option("--only", multiple=True, metavar="ADDRESS", help="Plan only these addresses (patterns too).")
@click.option("--exit-code", is_flag=True, help="End with 2 when there are differences.")
@click.option("--no-manual", is_flag=True, help="Leave out what only a person can do.")
@impacts.option
@conversions.limited
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Save the plan, for `amoconf apply PLAN`; maps of values are made from all records.",
)
def command(
    options: Options,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    limits: conversions.Limits,
    **flags: Any,
) -> int:
    """Show what would change in the account. Writes nothing."""
    started = time.monotonic()
    spec = load_spec(options)
    is_saved = flags["output"] is not None
    wish = Wish(allow, only, not flags["no_manual"], flags["impact"], limits, whole=is_saved)
    made = run(planned(options, spec, wish))
    document = stamped(made.document, options, started)
    from amoconf.report.text import plan_text

    show(document, options, plan_text)
    if is_saved:
        save(made.plan, flags["output"], pin_of(options, spec, made.found))
    return ended(document, told=flags["exit_code"])


def ended(document: dict[str, Any], *, told: bool) -> int:
    """The exit code of a plan. told: --exit-code, differences count."""
    if document["blocked"]:
        return 3
    return 2 if told and document["changes"] else 0


@dataclass(frozen=True)
class Wish:
    """What the flags of `plan` ask. whole: values are read to the end, for the plan is to be applied."""

    allow: tuple[str, ...]
    only: tuple[str, ...]
    manual: bool
    impact: str
    limits: conversions.Limits = field(default_factory=conversions.Limits)
    whole: bool = False


@dataclass(frozen=True)
class Made:
    """A plan, the account that it stands on, and its document."""

    plan: "Plan"
    found: "Survey"
    document: dict[str, Any]


async def planned(options: Options, spec: Spec, wish: Wish) -> Made:
    """Reads the account and plans; of `plan` and of `fleet plan`."""
    from amoconf.records.newest import Newest
    from amoconf.survey import survey

    async with reading(options, target_of(options, spec.account), spec.secrets) as reader:
        newest = None if wish.whole or wish.impact == "full" else Newest(reader)
        found = timed(await survey(reader, spec.account, spec.lock.ids), reader.now)
        check(found, spec.lock)
        reads = reader.requests
        plan = make(spec, found, allow=wish.allow, only=wish.only, manual=wish.manual)
        plan = await impacts.weighed(options, spec, reader, plan, wish.impact, newest)
        plan = await conversions.settled(
            options,
            spec,
            reader,
            plan,
            clear_old=wish.limits.clear_old,
            only=wish.only,
            manual=wish.manual,
            full=wish.impact == "full",
            newest=newest,
        )
        counts = reader.requests - reads
        return Made(
            plan, found, plan_report(plan, found, reads, options, spec, counts=counts, limits=wish.limits)
        )


def pin_of(options: Options, spec: Spec, found: "Survey") -> "Pin":
    """What a saved plan is bound to."""
    from amoconf.api import home
    from amoconf.cli.files import private_key
    from amoconf.planfile import Pin

    key = private_key(home(options.state_dir) / "key")
    return Pin(
        found.facts["id"],
        target_of(options, spec.account).host,
        spec.document.revision,
        found.facts["now"],
        key,
    )


def save(plan: "Plan", path: Path, pin: "Pin") -> None:
    """Writes plan.json, whole or not at all."""
    from amoconf.cli.files import File, put
    from amoconf.planfile import dump

    put([File(path, dump(plan, pin))], keep=False)


def make(
    spec: Spec,
    found: "Survey",
    *,
    allow: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    manual: bool = True,
) -> "Plan":
    """The plan for what was found."""
    from amoconf.spec.mixed import mixed
    from amoconf.survey import propose

    result = propose(found, spec.lock, allowed=allow, only=only)
    if only:
        _whole(spec, found, result)
    changed = {change.address for change in result.changes}
    warnings = mixed(item for item in spec.account.resources if item.address in changed)
    result = replace(result, notices=(*result.notices, *warnings))
    return result if manual else result.without_manual()


def _whole(spec: Spec, found: "Survey", plan: "Plan") -> None:
    """UsageError where something that --only has left out must be made first."""
    from amoconf.lacking import lacking, makers
    from amoconf.survey import propose

    missing = lacking(plan)
    if not missing:
        return
    address, needed = next(iter(missing.items()))
    first = makers(propose(found, spec.lock), (item for items in missing.values() for item in items))
    shown = ", ".join(map(str, needed))
    raise UsageError(
        tr(
            "--only leaves out what {address} needs: {needed}; nothing was written",
            address=address,
            needed=shown,
        ),
        tr("add {flags}", flags=" ".join(f"--only {shlex.quote(str(item))}" for item in first)),
    )


def plan_report(
    plan: "Plan",
    found: "Survey",
    reads: int,
    options: Options,
    spec: Spec,
    *,
    counts: int = 0,
    limits: conversions.Limits | None = None,
) -> dict[str, Any]:
    """The document of a plan. limits: of moving values, for what that will take."""
    from amoconf.report.document import plan_document

    target = target_of(options, spec.account)
    document = plan_document(plan, account_head(found, target), reads, lock=spec.lock, counts=counts)
    moving = conversions.forecasting(options, target, plan, limits) if limits is not None else {}
    return {**document, "requests": {**document["requests"], **moving}}
