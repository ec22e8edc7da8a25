"""Where snapshots are kept: one file an apply, for their owner alone, the latest twenty of each account."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amoconf.cli.files import PRIVATE, File, private_key, put
from amoconf.cli.options import Options
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Target
    from amoconf.lock import Lock
    from amoconf.plan import Plan
    from amoconf.snapshot import Snapshot
    from amoconf.survey import Survey

KEPT = 20
ENDING = ".json"


def folder(options: Options, target: "Target") -> Path:
    """Where the snapshots of one account lie."""
    from amoconf.api import home

    return home(options.state_dir) / "snapshots" / target.key


def key_of(options: Options) -> bytes:
    """For the hashes of secret values; the same as for saved plans."""
    from amoconf.api import home

    return private_key(home(options.state_dir) / "key")


def keep(
    options: Options,
    target: "Target",
    survey: "Survey",
    plan: "Plan",
    lock: "Lock",
    revision: str,
    *,
    command: str = "apply",
    back_to: str = "",
) -> Path:
    """Takes a snapshot before the first write of a plan; `lock`: as read, before anything is remembered.

    back_to: of an undo, the snapshot that it goes back to. UsageError where it cannot be written: then nothing else may be.
    """
    from amoconf.snapshot import Head, dump, take

    facts = survey.facts
    head = Head(facts["id"], target.host, revision, facts["now"], command, back_to)
    place = folder(options, target)
    path = free(place, datetime.fromtimestamp(head.taken_at, UTC).strftime("%Y%m%dT%H%M%SZ"))
    put([File(path, dump(take(plan, head, lock, key_of(options))), PRIVATE)], keep=False)
    for old in listed(place)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def free(place: Path, name: str) -> Path:
    """A file that is not there yet; the names stay in the order of their times."""
    path, number = place / f"{name}{ENDING}", 1
    while path.exists():
        number += 1
        path = place / f"{name}_{number}{ENDING}"
    return path


def finish(options: Options, path: Path, survey: "Survey", plan: "Plan", *, back_to: str = "") -> None:
    """Notes what the apply left, as read afterwards. Called again when people's steps have made more possible.

    back_to: of an undo that did not come to its end, the snapshot that it goes back to.
    Where that cannot be written it is told, and the snapshot goes on saying what was meant.
    """
    from amoconf.snapshot import dump, finish

    try:
        found = finish(read(path), plan, survey.adopted.found, key_of(options))
        found = replace(found, head=replace(found.head, back_to=back_to))
        put([File(path, dump(found), PRIVATE)], keep=False)
    except UsageError as error:
        click.echo(tr("error: ") + str(error.problems[0]), err=True)


def of_run(options: Options, target: "Target", name: str) -> Path | None:
    """The snapshot that a run took, by the name in its journal; None where it is gone."""
    path = folder(options, target) / f"{name}{ENDING}"
    return path if path.is_file() else None


def undone_since(options: Options, target: "Target", name: str) -> bool:
    """Whether an undo has begun after the run that took a snapshot, by its name."""
    return any(read(path).head.command != "apply" for path in taken_after(options, target, name))


def taken_after(options: Options, target: "Target", name: str) -> list[Path]:
    """The snapshots that were taken after one, by its name."""
    return after(name, listed(folder(options, target)))


def after(name: str, paths: Iterable[Path]) -> list[Path]:
    """Those that were begun after a snapshot, by its name: snapshots, or what lies beside them under the same names."""
    return [path for path in paths if rank(path) > rank(Path(name))]


def open_undo(options: Options, target: "Target") -> Path | None:
    """The latest snapshot, where an undo took it that did not come to its end."""
    there = listed(folder(options, target))
    return there[0] if there and read(there[0]).head.back_to else None


def begun(options: Options, target: "Target", path: Path) -> Path | None:
    """The snapshot of an undo that has begun to go back to this one, and was interrupted."""
    found = open_undo(options, target)
    same = found is not None and read(found).head.back_to == name_of(options, target, path)
    return found if same else None


def name_of(options: Options, target: "Target", path: Path) -> str:
    """By what `find` finds a snapshot again."""
    return path.stem if path.parent == folder(options, target) else str(path.absolute())


def listed(place: Path) -> list[Path]:
    """The snapshots of a folder, the latest first."""
    return sorted(place.glob(f"*Z*{ENDING}"), key=rank, reverse=True)


def rank(path: Path) -> tuple[str, int]:
    """When a file was begun, by its name: of two the later one is greater."""
    moment, _, number = path.stem.partition("_")
    return moment, int(number) if number.isdecimal() else 1


def read(path: Path) -> "Snapshot":
    """One snapshot. UsageError where it cannot be read."""
    from amoconf.snapshot import load

    try:
        return load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        text = tr("{path}: the snapshot cannot be read: {error}", path=path, error=error)
        raise UsageError(text, "amoconf undo --list") from error


def find(options: Options, target: "Target", wish: str | None) -> Path:
    """The snapshot that was asked for, by file or by name; else the latest. UsageError where there is none.

    Where an undo was interrupted it is the one that this goes back to: nobody means to turn round halfway.
    """
    place = folder(options, target)
    begun = open_undo(options, target) if wish is None else None
    wish = read(begun).head.back_to if begun is not None else wish
    if wish is not None:
        paths = (Path(wish), place / wish, place / f"{wish}{ENDING}")
        found = next((path for path in paths if path.is_file()), None)
        if found is None:
            text = tr("there is no snapshot {name!r}", name=wish)
            raise UsageError(text, tr("amoconf undo --list shows those that are kept"))
        return found
    there = listed(place)
    if not there:
        raise UsageError(
            tr("there is no snapshot of {host} here, so there is nothing to undo", host=target.host),
            tr("each apply takes one on the machine where it runs, in --state-dir"),
        )
    return there[0]
