"""Measures the emulator and a plan against it: figures beside the limit that each has to keep."""

import argparse
import http.client
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
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
        [*AMOCONF, "emulator", "serve", "--scenario", "audited", *arguments],
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


def main() -> None:
    """Every figure, one after the other."""
    options = argparse.ArgumentParser()
    options.add_argument("--scale", default="1.0")
    scale = options.parse_args().scale
    with tempfile.TemporaryDirectory(prefix="amoconf-bench-") as folder:
        figures = [*cold_starts(), *serving(Path(folder), scale), *planning(Path(folder), scale)]
    for figure in figures:
        print(figure.line())


def cold_starts() -> Iterator[Figure]:
    """Commands that ask nobody."""
    for arguments in (["--version"], ["validate", "-f", str(ROOT / "examples" / "account.yaml")]):
        run([*AMOCONF, *arguments])
        wall, cpu = run([*AMOCONF, *arguments])
        yield Figure(f"amoconf {arguments[0]}: wall", wall, "s")
        yield Figure(f"amoconf {arguments[0]}: CPU", cpu, "s")


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


def serving(folder: Path, scale: str) -> Iterator[Figure]:
    """Generation of the scenario, and pages of 250 deals a second."""
    database = folder / "audited.db"
    with emulator("--scale", scale, "--no-rate-limit", "--db", str(database)) as running:
        full = scale == "1.0"
        yield Figure("emulator: generation", running.seconds, "s", 40 if full else None)
        disk = sum(path.stat().st_size for path in folder.glob("audited.db*")) / 2**20
        yield Figure("emulator: disk", disk, "MB", 600 if full else None)
        yield Figure("emulator: pages of 250 deals", pages_a_second(running), "pages/s", 150, at_least=True)
        yield Figure("emulator: peak memory", running.peak_mb, "MB", 300 if full else None)


def pages_a_second(running: Emulator) -> float:
    """Every page of deals once, then again, over one connection."""
    host = urlsplit(running.start["base_url"]).netloc
    connection = http.client.HTTPConnection(host)
    headers = {"Authorization": f"Bearer {running.start['token']}"}
    count, page, seconds = 0, 1, 0.0
    while seconds < 8 and count < 1500:
        began = time.monotonic()
        connection.request("GET", f"/api/v4/leads?limit=250&page={page}&order[id]=asc", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        seconds += time.monotonic() - began
        count += answer.status == 200
        page = page + 1 if answer.status == 200 and b'"next"' in body[:600] else 1
    return count / seconds


def planning(folder: Path, scale: str) -> Iterator[Figure]:
    """A plan of the audited account at the real pace, every answer 100 ms late."""
    shutil.copy(ROOT / "examples" / "account.yaml", folder / "account.yaml")
    with emulator("--scale", scale, "--db", str(folder / "audited.db"), "--latency-ms", "100") as running:
        environment = {
            "AMOCONF_BASE_URL": running.start["base_url"],
            "AMOCONF_TOKEN": running.start["token"],
            "AMOCONF_STATE_DIR": str(folder / "state"),
            "AMOCONF_FILE": str(folder / "account.yaml"),
        }
        run([*AMOCONF, "plan"], **environment)
        before = asked(running)
        wall, cpu = run([*AMOCONF, "plan"], **environment)
        requests = asked(running) - before
    yield Figure("plan: requests (20 and one a pipeline with hints)", requests, "requests", 20 + 5)
    yield Figure("plan: wall, at 6.8 a second and 100 ms", wall, "s", requests / PACE + 1.5)
    yield Figure("plan: CPU", cpu, "s", 1.0)


def asked(running: Emulator) -> int:
    """Requests that the emulator has answered so far."""
    connection = http.client.HTTPConnection(urlsplit(running.start["base_url"]).netloc)
    connection.request("GET", "/_emulator/requests")
    answer: list[Any] = json.loads(connection.getresponse().read())
    return len(answer)


main()
