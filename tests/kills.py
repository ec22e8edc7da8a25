"""An account whose caller dies: SIGKILL before a request is carried out, or after it and before its answer."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from amoconf.api import Clock
from tests.faulty import running
from tests.living import Ended, Living

BEFORE, AFTER = "before", "after"


class Deadly(Living):
    """Kills its caller at a request. point: (which request, counted from 1; before or after it is carried out)."""

    point: tuple[int, str] = (0, BEFORE)
    caller: subprocess.Popen[bytes] | None = None
    count = 0

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith("/_emulator"):
            await super()._answer(scope, receive, send)
            return
        self.count += 1
        if self.caller is None or self.count < self.point[0]:
            await super()._answer(scope, receive, send)
            return
        if self.count == self.point[0] and self.point[1] == AFTER:
            await super()._answer(scope, receive, _unheard)
        os.kill(self.caller.pid, signal.SIGKILL)

    def killed(self, point: tuple[int, str], *words: str) -> int:
        """Runs a command in a process of its own, which dies at the point; its exit code, -9 where it did."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AMOCONF_")}
        self.count, self.point = 0, point
        with subprocess.Popen(
            [sys.executable, "-m", "amoconf", *words],
            env={**inherited, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as self.caller:
            code = self.caller.wait(120)
        self.caller = None
        return code

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to know; it speaks as the tests do."""
        return {**super().environment, "AMOCONF_LANG": "en"}

    def amoconf(self, *words: str, clock: Clock | None = None, **environment: str) -> Ended:
        """Runs a command in this process, its clock running fast."""
        return super().amoconf(*words, clock=clock or running(20), **environment)

    def names(self) -> Counter[tuple[str, str, str]]:
        """How often each name stands in each place of the account."""
        return Counter(
            (
                kind,
                _place(scope, things),
                thing.get("name") or thing.get("destination") or thing.get("code") or "",
            )
            for kind, scopes in self.state.items()
            if isinstance(scopes, dict)
            for scope, things in scopes.items()
            if isinstance(things, list)
            for thing in things
            if isinstance(thing, dict)
        )


def _place(scope: str, things: list[Any]) -> str:
    """Where things lie; ids of what was made may differ from run to run."""
    return scope if not any(letter.isdigit() for letter in scope) else f"{len(things)} together"


async def _unheard(message: Any) -> None:
    """The answer is lost with whoever waited for it."""


@contextmanager
def deadly(folder: Path, spec: Path, **world: Any) -> Iterator[Deadly]:
    """An account with a spec beside it, for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(spec, folder / "account.yaml")
    here = Deadly(folder, **world)
    try:
        yield here
    finally:
        here.end()
