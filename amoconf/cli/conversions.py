"""Moving values for a command: its flags, where the ledger lies, what became of each field."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from amoconf.cli.options import Options
from amoconf.cli.records import filled
from amoconf.cli.session import Spec, reading, target_of
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Reader, Target
    from amoconf.cells import Tally
    from amoconf.convert import Converting
    from amoconf.lock import Lock
    from amoconf.plan import Plan
    from amoconf.planfile import Saved
    from amoconf.records.mirror import Mirror
    from amoconf.records.newest import Newest
    from amoconf.recordwrites import RecordWrites
    from amoconf.throttle import Window
    from amoconf.values import Address


class Hourly(click.ParamType[int]):
    """Changes an hour, or off."""

    name = "N|off"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """0 stands for off."""
        if value == "off":
            return 0
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = 0
        if number <= 0:
            self.fail(tr("{value!r} is no number of changes: write 20000, or off", value=value), param, ctx)
        return number


class Hours(click.ParamType["Window"]):
    """A part of the day."""

    name = "HH:MM-HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Window":
        """Hours, still without a time zone."""
        from amoconf.throttle import Window, window

        if isinstance(value, Window):
            return value
        try:
            return window(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


# Names of Limits and of the flags.
KEPT = {"per_hour": "max_changes_per_hour", "window": "window", "batch": "batch", "clear_old": "clear_old"}


@dataclass(frozen=True)
class Limits:
    """What the flags ask. per_hour: None for no limit. waits: for the window to open. given: typed, by their names here."""

    per_hour: int | None = None
    window: "Window | None" = None
    batch: int = 50
    waits: bool = True
    clear_old: bool = False
    given: frozenset[str] = frozenset()

    @property
    def said(self) -> dict[str, Any]:
        """As the journal keeps them."""
        hours = str(self.window) if self.window is not None else None
        return {name: getattr(self, name) for name in KEPT} | {"window": hours}

    def after(self, said: Mapping[str, Any]) -> "Limits":
        """With what the apply that is gone on with was told; what is typed again wins."""
        from amoconf.throttle import window

        old = {name: said[name] for name in KEPT if name in said and name not in self.given}
        if old.get("window"):
            old["window"] = window(old["window"])
        return replace(self, **old)


LIMITING: tuple[Callable[..., Any], ...] = (
    click.option("--max-changes-per-hour", type=Hourly(), default="20000", envvar="AMOCONF_MAX_CHANGES_PER_HOUR", show_default=True, help="Above 25 000 the platform suspends its automation; or off."),
    click.option("--window", type=Hours(), envvar="AMOCONF_WINDOW", help="Move values only then (account's time zone), such as 22:00-06:00."),
    click.option("--batch", type=click.IntRange(1, 250), default=50, envvar="AMOCONF_BATCH", show_default=True, help="Records written at once."),
)  # fmt: skip
clearing = click.option(
    "--clear-old", is_flag=True, help="Empty the old fields once their values have arrived."
)


def limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the limits of moving values; the command is called with `limits`."""

    @wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        typed = click.get_current_context().get_parameter_source
        limits = Limits(
            given.pop("max_changes_per_hour") or None,
            given.pop("window"),
            given.pop("batch"),
            not given.get("no_wait", False),
            given.pop("clear_old"),
            frozenset(name for name, flag in KEPT.items() if typed(flag) is ParameterSource.COMMANDLINE),
        )
        return function(*args, limits=limits, **given)

    for option in reversed((*LIMITING, clearing)):
        call = option(call)
    return call


def concerned(plan: "Plan", lock: "Lock") -> bool:
    """Whether a field becomes another one, has become it, or may: mostly none does, and nothing need be loaded for it."""
    from amoconf.kinds._replace import CONVERT
    from amoconf.lock import successor

    wanted = plan.view.wanted.of("field")
    return (
        any("recipe" in step.data for step in plan.steps)
        or any(successor(name) is not None for name in lock.entries)
        or any(CONVERT in want.marks.extras for want in wanted)
    )


async def settled(
    options: Options,
    spec: Spec,
    reader: "Reader",
    plan: "Plan",
    *,
    saved: "Saved | None" = None,
    clear_old: bool = False,
    only: Sequence[str] = (),
    manual: bool = True,
    full: bool = False,
    newest: "Newest | None" = None,
) -> "Plan":
    """The plan with its maps fixed, by an earlier plan or by the values that there are, and with the deals that wait.

    newest: a quick look is enough, for the plan is shown and nothing more.
    """
    if not (clear_old or concerned(plan, spec.lock)):
        return plan
    from amoconf.clearing import with_clearing
    from amoconf.incoming import settled as settle

    target = target_of(options, spec.account)
    current = partial(_current, options, target, reader)
    with filled(options, target) as known:
        plan = await settle(
            reader,
            plan,
            spec.lock,
            saved.maps if saved is not None else {},
            current=current,
            filled=known,
            only=only,
            manual=manual,
            full=full,
            newest=newest,
        )
    if not clear_old:
        return plan
    pins = saved.maps if saved is not None else {}
    return await with_clearing(reader, plan, pins, current=current, only=only, newest=newest)


async def looked(options: Options, spec: Spec, plan: "Plan") -> "tuple[Plan, int]":
    """(the plan with what earlier replaces have left, requests), on a connection of its own; mostly there is nothing."""
    if not concerned(plan, spec.lock):
        return plan, 0
    from amoconf.incoming import is_owed, owed

    if not is_owed(plan, spec.lock):
        return plan, 0
    target = target_of(options, spec.account)
    async with reading(options, target, spec.secrets) as reader:
        current = partial(_current, options, target, reader)
        with filled(options, target) as known:
            return await owed(reader, plan, spec.lock, current, known), reader.requests


@asynccontextmanager
async def _current(
    options: Options, target: "Target", reader: "Reader", entity: str, fields: frozenset[int]
) -> "AsyncIterator[Mirror | None]":
    """The mirror brought up to date, where it keeps the values of these fields."""
    from amoconf.cli.mirrors import at_hand, refreshed
    from amoconf.records.keep import Fields, Keep

    with at_hand(options, target) as found:
        state = found.state(entity) if found is not None else None
    if state is None or not state.complete or state.stale or not state.fields.covers(Fields(fields)):
        yield None
        return
    async with refreshed(options, reader, target, Keep.of(None, **{entity: fields})) as mirror:
        yield mirror


def forecasting(options: Options, target: "Target", plan: "Plan", limits: Limits) -> dict[str, Any]:
    """`moving` of a plan's requests: what the forecast of moving values needs, where any move.

    listed: records of their lists, None where no whole mirror tells.
    """
    from amoconf.cli.mirrors import at_hand

    lists = {step.data["entity"] for step in plan.steps if "recipe" in step.data}
    if not lists:
        return {}
    with at_hand(options, target) as mirror:
        sizes = [_size(mirror, entity) if mirror is not None else None for entity in sorted(lists)]
    known = [size for size in sizes if size is not None]
    listed = sum(known) if len(known) == len(sizes) else None
    return {"moving": {**limits.said, "listed": listed}}


def _size(mirror: "Mirror", entity: str) -> int | None:
    """Records of a list, as far as the mirror knows it."""
    state = mirror.state(entity)
    if state is None or not state.complete:
        return None
    return int(next(mirror.ask(f"SELECT count(*) FROM {entity}"))[0])


def converting(
    plan: "Plan", records: "RecordWrites", tell: Callable[[str], None], halted: Callable[[], str]
) -> "Converting | None":
    """Who moves the values of a plan; None where there are none to move."""
    from amoconf.convert import Converting
    from amoconf.study import recipes

    found = recipes(plan)
    if not found:
        return None
    for recipe in found:
        records.touch(recipe.entity)
    return Converting(
        records.writer, records.throttle, records.ledger, records.batch, tell, halted, records.journal
    )


def rows(told: "Mapping[Address, Tally]") -> list[dict[str, Any]]:
    """`conversion` of the apply document. Of half a walk only what is certain has numbers."""
    return [
        {
            "address": str(address),
            "complete": not (tally.stopped or tally.half_cleared),
            "written": tally.written,
            **(dict.fromkeys(SEEN) if tally.stopped else _seen(tally)),
            **({"cleared": tally.cleared} if tally.cleared is not None else {}),
            "unmapped": [] if tally.stopped else _unmapped(tally),
            "refused": [{"id": key, "why": why} for key, why in tally.refused.items()],
        }
        for address, tally in told.items()
    ]


SEEN = (
    *("moved", "kept", "filled_by_people", "filled_by_people_ids"),
    *("emptied_by_people", "left_unsorted"),
)


def _seen(tally: "Tally") -> dict[str, Any]:
    """What a whole walk has counted, by SEEN."""
    counts = (tally.moved, tally.kept, tally.own, tally.theirs, tally.emptied, tally.waiting)
    return dict(zip(SEEN, counts, strict=True))


def _unmapped(tally: "Tally") -> list[dict[str, Any]]:
    """The most frequent first. option: where `otherwise` has put them, None where they stay."""
    found = sorted(tally.unmapped.items(), key=lambda pair: (-pair[1].count, pair[0]))
    return [
        {"value": text, "count": row.count, "ids": row.ids, "option": tally.option or None}
        for text, row in found
    ]
