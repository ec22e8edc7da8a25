"""Writing to records for a command: how fast and when, where the ledger lies, what the local mirror is told."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amoconf.cli import snapshots
from amoconf.cli.options import Options

if TYPE_CHECKING:
    from amoconf.api import Target, Writer
    from amoconf.cli.conversions import Limits
    from amoconf.journal import Writes
    from amoconf.outcome import Outcome
    from amoconf.plan import Plan
    from amoconf.recordwrites import RecordWrites
    from amoconf.unfilled import Filled

KEPT = 5  # ledgers; they hold what was in the records


@dataclass(frozen=True)
class Ground:
    """Where records are written. zone: the account's. name: of the snapshot that goes with it.

    again: the command that goes on after an interruption.
    """

    options: Options
    target: "Target"
    limits: "Limits"
    zone: str
    name: str = ""
    halted: Callable[[], str] = lambda: ""
    tell: Callable[[str], None] = lambda text: None
    again: str = "amoconf apply --resume"

    def touched(self, entity: str) -> None:
        """The mirror does not know what is written to a list."""
        mark(self.options, self.target, [entity])


@contextmanager
def at_work(
    ground: Ground, writer: "Writer", journal: "Writes | None", *, writes: bool
) -> "Iterator[RecordWrites]":
    """How records are written for as long as the block lasts. writes: whether any will be, so that a file is worth while."""
    from zoneinfo import ZoneInfo

    from amoconf.api import Clock, home
    from amoconf.journal import Unwritten
    from amoconf.records.ledger import Ledger
    from amoconf.recordwrites import RecordWrites
    from amoconf.throttle import Throttle

    options, limits = ground.options, ground.limits
    window = limits.window.within(ZoneInfo(ground.zone)) if limits.window else None
    file = home(options.state_dir) / "changes" / ground.target.key
    say = _saying(options, ground.tell)
    clock = options.clock or Clock()
    throttle = Throttle(
        clock, limits.per_hour, file, window, limits.waits, say, ground.halted, again=ground.again
    )
    path, older = _ledger(options, ground.target, ground.name) if writes else (None, [])
    ledger = Ledger(path, older)
    records = RecordWrites(writer, throttle, ledger, journal or Unwritten(), ground.touched, limits.batch)
    try:
        yield records
    finally:
        ledger.close()
        # Once more: another command may have filled the mirror meanwhile.
        mark(options, ground.target, records.touched)


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


def ledger_of(options: Options, target: "Target", name: str) -> Path | None:
    """What the run that took a snapshot has overwritten in records; None where it has overwritten nothing."""
    path = folder(options, target) / f"{name}.sqlite"
    return path if path.exists() else None


@contextmanager
def filled(options: Options, target: "Target", after: str = "") -> "Iterator[Filled]":
    """What earlier runs have filled in records, as far as their ledgers are kept; opened once somebody asks.

    after: name of a snapshot; only of runs later than its own, up to the moment when somebody asks.
    """
    from amoconf.records.ledger import Ledger

    opened: list[Ledger] = []

    def was_filled(entity: str, record: int, field: int) -> bool:
        if not opened:
            opened.append(Ledger(None, _later(folder(options, target), after)))
            opened[0].freeze()
        return opened[0].was_filled(entity, record, field)

    try:
        yield was_filled
    finally:
        for ledger in opened:
            ledger.close()


def _later(place: Path, after: str) -> list[Path]:
    """The ledgers of runs later than that of a snapshot, all where none is named; the latest last."""
    if not after:
        return _by_age(place)
    return sorted(snapshots.after(after, place.glob("*.sqlite")), key=snapshots.rank)


def _by_age(place: Path) -> list[Path]:
    return sorted(place.glob("*.sqlite"), key=lambda each: each.stat().st_mtime)


def _ledger(options: Options, target: "Target", name: str) -> tuple[Path, list[Path]]:
    """(the file to write, the others); of these the latest four are kept."""
    place = folder(options, target)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{name or format(datetime.now(UTC), '%Y%m%dT%H%M%SZ')}.sqlite"
    others = [each for each in _by_age(place) if each != path]
    for old in others[: max(len(others) - KEPT + 1, 0)]:
        for each in (old, old.with_name(old.name + "-wal"), old.with_name(old.name + "-shm")):
            each.unlink(missing_ok=True)
    return path, others[-KEPT + 1 :]


def mark(options: Options, target: "Target", entities: Iterable[str]) -> None:
    """The mirror does not know what was written to these lists."""
    from amoconf.cli.mirrors import at_hand

    with at_hand(options, target) as mirror:
        for entity in sorted(entities) if mirror is not None else ():
            assert mirror is not None
            mirror.stale(entity)


def mark_cut(options: Options, target: "Target", plan: "Plan", outcomes: "Iterable[Outcome]") -> None:
    """Lists whose records lost something with what was deleted: the service leaves their time of change as it is.

    guess: no page says that updated_at moves with it.
    """
    from amoconf.changes import DELETE
    from amoconf.cli.mirrors import at_hand
    from amoconf.impact import touched
    from amoconf.outcome import DONE
    from amoconf.touch import FIELD, OPTION

    done = {row.address for row in outcomes if row.status == DONE and row.action == DELETE}
    touches = [touch for change in plan.changes if change.address in done for touch in touched(change, plan)]
    with at_hand(options, target) as mirror:
        for touch in touches if mirror is not None else ():
            assert mirror is not None
            own = touch.by in (FIELD, OPTION)
            mirror.stale(touch.entity, fields=touch.ids[:1] if own else (), whole=not own)
