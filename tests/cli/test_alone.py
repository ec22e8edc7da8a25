"""Two applies on one machine: the second waits or refuses, and a process that dies leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from amoconf.api import Target
from amoconf.cli.alone import alone
from amoconf.cli.options import Options
from amoconf.errors import UsageError

TARGET = Target("case", "amocrm.ru")
HOLDER = """
import sys
from pathlib import Path
from tests.cli.test_alone import TARGET, options
from amoconf.cli.alone import alone
with alone(options(Path(sys.argv[1])), TARGET):
    print("held", flush=True)
    sys.stdin.read()
"""


def options(state: Path, timeout: float = 0.0) -> Options:
    return Options(
        file=Path("account.yaml"),
        account=None,
        base_url=None,
        pace=None,
        lock_timeout=timeout,
        state_dir=state,
        secrets_file=None,
        format="text",
        color="never",
        lang="en",
        verbose=0,
        quiet=False,
    )


def hold(state: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_refuses_and_names_the_first(tmp_path: Path) -> None:
    process = hold(tmp_path)
    try:
        with (
            pytest.raises(UsageError, match=rf"process {process.pid}\) since 20\d\d-") as caught,
            alone(options(tmp_path), TARGET),
        ):
            pass
        assert "--lock-timeout" in caught.value.todo
    finally:
        process.communicate()


def test_the_second_waits_when_asked(tmp_path: Path) -> None:
    process = hold(tmp_path)
    assert process.stdin is not None
    process.stdin.close()
    with alone(options(tmp_path, timeout=20.0), TARGET):
        pass
    assert process.stdout is not None
    process.stdout.close()
    process.wait()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    process = hold(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with alone(options(tmp_path), TARGET):
        pass


def test_other_accounts_are_not_held_up(tmp_path: Path) -> None:
    with alone(options(tmp_path), TARGET), alone(options(tmp_path), Target("other", "amocrm.ru")):
        pass
