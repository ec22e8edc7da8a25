"""One apply at a time on this machine: the second waits or refuses, and says who is at work since when."""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from amoconf.cli.options import Options
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Target


@contextmanager
def alone(options: Options, target: "Target") -> Iterator[None]:
    """Inside, no other apply of this account runs here. The system frees the lock of a process that dies."""
    from filelock import FileLock, Timeout

    from amoconf.api import home

    path = home(options.state_dir) / "apply" / f"{target.key}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=options.lock_timeout):
            _sign(path.with_suffix(".json"))
            yield
    except Timeout as error:
        raise _busy(path.with_suffix(".json"), target) from error


def _sign(path: Path) -> None:
    """Who is at work; read only while the lock is held by somebody."""
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    path.write_text(json.dumps({"pid": os.getpid(), "user": _user(), "since": since}), "utf-8")


def _user() -> str:
    """Who this is; in a container the number of a user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError until Python 3.12
        return tr("somebody")


def _busy(path: Path, target: "Target") -> UsageError:
    try:
        who = json.loads(path.read_text("utf-8"))
        name = tr(
            "{user} (process {pid}) since {since}", user=who["user"], pid=who["pid"], since=who["since"]
        )
    except (OSError, ValueError, KeyError):
        name = tr("somebody")
    return UsageError(
        tr("{host} is being written to by {name}; nothing was written", host=target.host, name=name),
        tr("wait for it: --lock-timeout SECONDS"),
    )
