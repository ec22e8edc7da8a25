"""Moving values for a command: its flags, where the ledger lies, what became of each field."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options
from amoconf.cli.session import Spec, target_of

if TYPE_CHECKING:
    from amoconf.api import Reader, Target, Writer
    from amoconf.cells import Tally
    from amoconf.convert import Converting
    from amoconf.journal import Writes
    from amoconf.plan import Plan
    from amoconf.planfile import Saved
    from amoconf.throttle import Window
    from amoconf.values import Address

KEPT = 5  # ledgers; they hold what was in the records


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
            self.fail(f"{value!r} is no number of changes: write 20000, or off", param, ctx)
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


@dataclass(frozen=True)
class Limits:
    """What the flags ask. per_hour: None for no limit. waits: for the window to open."""

    per_hour: int | None = None
    window: "Window | None" = None
    batch: int = 50
    waits: bool = True
    clear_old: bool = False


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
        limits = Limits(
            given.pop("max_changes_per_hour") or None,
            given.pop("window"),
            given.pop("batch"),
            not given.get("no_wait", False),
            given.pop("clear_old"),
        )
        return function(*args, limits=limits, **given)

    for option in reversed((*LIMITING, clearing)):
        call = option(call)
    return call


async def settled(plan: "Plan", reader: "Reader", saved: "Saved | None", *, clear_old: bool) -> "Plan":
    """The plan with its maps fixed, by an earlier plan or by the values that there are."""
    from amoconf.clearing import with_clearing
    from amoconf.study import recipes, study

    if not recipes(plan):
        return plan
    known = saved.maps if saved is not None else {}
    return await study(reader, with_clearing(plan) if clear_old else plan, known)


@contextmanager
def at_work(
    options: Options,
    spec: Spec,
    plan: "Plan",
    limits: Limits,
    *,
    writer: "Writer",
    name: str,
    journal: "Writes | None",
    tell: Callable[[str], None],
    halted: Callable[[], str],
) -> "Iterator[Converting | None]":
    """Who moves the values of a plan; None where there are none to move. name: of the snapshot that it goes with."""
    from amoconf.study import recipes

    found = recipes(plan)
    if not found:
        yield None
        return
    from zoneinfo import ZoneInfo

    from amoconf.api import Clock, home
    from amoconf.convert import Converting
    from amoconf.journal import Unwritten
    from amoconf.records.ledger import Ledger
    from amoconf.throttle import Throttle

    target = target_of(options, spec.account)
    window = limits.window.within(ZoneInfo(found[0].zone)) if limits.window else None
    file = home(options.state_dir) / "changes" / target.key
    say = _saying(options, tell)
    clock = options.clock or Clock()
    throttle = Throttle(clock, limits.per_hour, file, window, limits.waits, say, halted)
    path, older = _ledger(options, target, name)
    ledger = Ledger(path, older)
    try:
        yield Converting(writer, throttle, ledger, limits.batch, tell, halted, journal or Unwritten())
    finally:
        ledger.close()
        _touched(options, target, {recipe.entity for recipe in found})


def _saying(options: Options, tell: Callable[[str], None]) -> Callable[[str], None]:
    """A wait of hours is told whether or not there is a terminal."""

    def say(text: str) -> None:
        if not options.quiet:
            click.echo(text, err=True)
        tell(text)

    return say


def folder(options: Options, target: "Target") -> Path:
    """The ledgers of one account."""
    from amoconf.api import home

    return home(options.state_dir) / "data" / target.key


def _ledger(options: Options, target: "Target", name: str) -> tuple[Path, list[Path]]:
    """(the file to write, the others); of these the latest four are kept."""
    place = folder(options, target)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{name or format(datetime.now(UTC), '%Y%m%dT%H%M%SZ')}.sqlite"
    others = sorted(
        (each for each in place.glob("*.sqlite") if each != path), key=lambda each: each.stat().st_mtime
    )
    for old in others[: max(len(others) - KEPT + 1, 0)]:
        for each in (old, old.with_name(old.name + "-wal"), old.with_name(old.name + "-shm")):
            each.unlink(missing_ok=True)
    return path, others[-KEPT + 1 :]


async def written_back(
    options: Options,
    target: "Target",
    name: str,
    writer: "Writer",
    *,
    zone: str,
    tell: Callable[[str], None],
    halted: Callable[[], str],
) -> dict[str, Any] | None:
    """What the apply of a snapshot has overwritten in records goes back; None where it has overwritten nothing.

    back: records written; left: those that the service refused, by id.
    """
    from amoconf.records.ledger import Ledger
    from amoconf.restoring import Restoring

    path = folder(options, target) / f"{name}.sqlite"
    if not path.exists():
        return None
    ledger = Ledger(path)
    try:
        work = Restoring(writer, ledger, zone, tell, halted)
        entities = ledger.entities
        await work.run()
    finally:
        ledger.close()
        _touched(options, target, entities)
    return {"back": work.back, "left": [{"id": key, "why": why} for key, why in work.left.items()]}


def _touched(options: Options, target: "Target", entities: set[str]) -> None:
    """The mirror does not know what was written."""
    from amoconf.cli.mirrors import at_hand

    with at_hand(options, target) as mirror:
        for entity in sorted(entities) if mirror is not None else ():
            assert mirror is not None
            mirror.stale(entity)


def rows(told: "Mapping[Address, Tally]") -> list[dict[str, Any]]:
    """`conversion` of the apply document."""
    return [
        {
            "address": str(address),
            "moved": tally.moved,
            "kept": tally.kept,
            "filled_by_people": tally.own,
            "left_unsorted": tally.waiting,
            "unmapped": [
                {"value": text, "count": row.count, "ids": row.ids}
                for text, row in sorted(tally.unmapped.items(), key=lambda pair: (-pair[1].count, pair[0]))
            ],
            "refused": [{"id": key, "why": why} for key, why in tally.refused.items()],
        }
        for address, tally in told.items()
    ]
