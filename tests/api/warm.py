"""A process that has imported everything and forks command after command: real processes at little cost.

It reads jobs, one JSON object a line, and answers each with two lines: the process ids, then the exit codes.
A process can be told to kill itself at a place in the code of the tokens.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from amoconf.api import lock, oauth, tokens
from amoconf.cli import main

# Commands import these when they need them.
LATER = [
    *(f"amoconf.{name}" for name in ("cli.raw", "cli.login", "api.pace", "api.wire", "api.standing")),
    *("filelock", "httpcore", "anyio._backends._asyncio", "anyio.streams.tls"),
]
FILES = {module.__file__ for module in (lock, oauth, tokens)}


def die() -> None:
    """As by power cut: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_line(number: int) -> None:
    """Death just before the number-th line of the token code that is run from the beginning of a renewal on.

    Tracing begins with the first connection, for it makes everything slow. The grant itself is only a value.
    """
    left, begun = number, False

    def line(frame: FrameType, event: str, value: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if not left:
            die()
        return line

    def call(frame: FrameType, event: str, value: Any) -> Any:
        nonlocal begun
        code = frame.f_code
        begun = begun or code.co_qualname == "StoredRenewal._renew"
        good = begun and code.co_filename in FILES and not code.co_qualname.startswith("Grant.")
        return line if good else None

    sys.addaudithook(lambda event, _: sys.settrace(call) if event == "socket.connect" else None)


def die_at_call(name: str, flag: str) -> None:
    """Death at the beginning of a function of the token code; of many processes, the first to come there."""

    def call(frame: FrameType, event: str, value: Any) -> None:
        if frame.f_code.co_qualname == name and frame.f_code.co_filename in FILES:
            try:
                os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            die()

    sys.settrace(call)


def command(job: Mapping[str, Any], place: str) -> NoReturn:
    """The forked process: output to files, then the command line as a shell would call it."""
    handles = {0: os.open(os.devnull, os.O_RDONLY)}
    for number, name in ((1, "out"), (2, "err")):
        handles[number] = os.open(f"{place}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, handle in handles.items():
        os.dup2(handle, number)
    os.environ.clear()
    os.environ |= job["environment"]
    sys.argv = ["amoconf", *job["words"]]
    if job["line"]:
        die_at_line(job["line"])
    if job["call"]:
        die_at_call(job["call"], f"{job['place']}.dead")
    code = 70
    try:
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.settrace(None)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def spawn(job: Mapping[str, Any], number: int) -> int:
    """One process; its id."""
    child = os.fork()
    if not child:
        command(job, f"{job['place']}.{number}")
    return child


def tell(numbers: list[int]) -> None:
    """One line of the answer."""
    sys.stdout.write(f"{json.dumps(numbers)}\n")
    sys.stdout.flush()


def work() -> None:
    """Jobs until stdin ends."""
    for name in LATER:
        importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        Path(job["place"]).parent.mkdir(parents=True, exist_ok=True)
        children = [spawn(job, number) for number in range(job["times"])]
        tell(children)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        tell(codes)


if __name__ == "__main__":
    work()
