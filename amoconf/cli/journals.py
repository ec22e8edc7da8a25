"""Where journals lie: a folder an account, the latest file counts, twenty are kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from amoconf.cli.options import Options

if TYPE_CHECKING:
    from amoconf.api import Target
    from amoconf.journal import Journal, Past

KEPT = 20


def folder(options: Options, target: "Target") -> Path:
    """The journals of one account."""
    from amoconf.api import home

    return home(options.state_dir) / "journal" / target.key


def latest(options: Options, target: "Target") -> "Past | None":
    """The journal of the last apply that wrote, None where there was none."""
    from amoconf.journal import load

    paths = sorted(folder(options, target).glob("*.jsonl"))
    return load(paths[-1]) if paths else None


def begin(options: Options, target: "Target", plan: str, snapshot: str) -> "Journal":
    """A new journal for an agreed plan (its text) and the snapshot that goes with it; the oldest ones go."""
    from amoconf.journal import Journal

    place = folder(options, target)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(place.glob("*.jsonl"))[: 1 - KEPT]:
        old.unlink()
    journal = Journal(place / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.jsonl")
    journal.begin(plan, snapshot)
    return journal


def reopen(past: "Past") -> "Journal":
    """The journal of an interrupted apply, to go on in."""
    from amoconf.journal import Journal

    journal = Journal(past.path, after=past.last)
    journal.resume()
    return journal
