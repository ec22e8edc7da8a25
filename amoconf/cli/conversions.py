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
    from amoconf.plan import Plan
    from amoconf.planfile import Saved
    from amoconf.records.mirror import Mirror
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
) -> "Plan":
    """The plan with its maps fixed, by an earlier plan or by the values that there are, and with the deals that wait."""
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
        )
    if not clear_old:
        return plan
    pins = saved.maps if saved is not None else {}
    return await with_clearing(reader, plan, pins, current=current, only=only)


async def looked(options: Options, spec: Spec, plan: "Plan") -> "tuple[Plan, int]":
    """(the plan with what earlier replaces have left, requests), on a connection of its own; mostly there is nothing."""
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
    from amoconf.study import recipes

    lists = {recipe.entity for recipe in recipes(plan)}
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
    """`conversion` of the apply document."""
    return [
        {
            "address": str(address),
            "moved": tally.moved,
            "kept": tally.kept,
            "filled_by_people": tally.own,
            "filled_by_people_ids": tally.theirs,
            "emptied_by_people": tally.emptied,
            "left_unsorted": tally.waiting,
            **({"cleared": tally.cleared} if tally.cleared is not None else {}),
            "unmapped": [
                {"value": text, "count": row.count, "ids": row.ids}
                for text, row in sorted(tally.unmapped.items(), key=lambda pair: (-pair[1].count, pair[0]))
            ],
            "refused": [{"id": key, "why": why} for key, why in tally.refused.items()],
        }
        for address, tally in told.items()
    ]
