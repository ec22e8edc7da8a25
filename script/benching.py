"""What benchmarks share: figures beside their limits, a running emulator, the cost of a command."""

import http.client
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
AMOCONF = [sys.executable, "-m", "amoconf"]
PACE = 6.8
EXAMPLE = ROOT / "examples" / "account.yaml"


@dataclass(frozen=True)
class Figure:
    """One measurement. `limit` None: only told. `at_least`: more is better."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    def line(self) -> str:
        """A row of the table."""
        row = f"{self.name:52} {self.value:10.2f} {self.unit:9}"
        if self.limit is None:
            return row
        word = "at least" if self.at_least else "at most"
        good = self.value >= self.limit if self.at_least else self.value <= self.limit
        return f"{row} {word} {self.limit:8.2f}   ratio {self.value / self.limit:5.2f}   {'ok' if good else 'OVER'}"


@dataclass(frozen=True)
class Emulator:
    """A running emulator: its start line, its process, seconds until it listened."""

    start: dict[str, Any]
    process: subprocess.Popen[str]
    seconds: float

    @property
    def peak_mb(self) -> float:
        """The most memory that the process ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def emulator(*arguments: str) -> Iterator[Emulator]:
    """Starts one, ends it by its pid."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*AMOCONF, "emulator", "serve", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Emulator(json.loads(line), process, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def run(command: Sequence[str], **environment: str) -> tuple[float, float]:
    """(wall seconds, CPU seconds) of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    result = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 2, 3):
        sys.exit(result.stderr.decode())
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def environment_of(running: Emulator, state: Path, spec: Path = EXAMPLE) -> dict[str, str]:
    """What a command needs to talk to an emulator."""
    return {
        "AMOCONF_BASE_URL": running.start["base_url"],
        "AMOCONF_TOKEN": running.start["token"],
        "AMOCONF_STATE_DIR": str(state),
        "AMOCONF_FILE": str(spec),
    }


def requests(running: Emulator) -> list[dict[str, Any]]:
    """Every request that the emulator has answered so far."""
    connection = http.client.HTTPConnection(urlsplit(running.start["base_url"]).netloc)
    connection.request("GET", "/_emulator/requests")
    answer: list[dict[str, Any]] = json.loads(connection.getresponse().read())
    return answer


def asked(running: Emulator) -> int:
    """How many requests the emulator has answered so far."""
    return len(requests(running))
