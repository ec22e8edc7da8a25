"""Measures the emulator, plans and the work on records: figures beside the limit that each has to keep."""

import argparse
import http.client
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench_records import records
from benching import AMOCONF, EXAMPLE, PACE, Emulator, Figure, asked, emulator, environment_of, requests, run


def main() -> None:
    """Every figure, one after the other."""
    options = argparse.ArgumentParser()
    options.add_argument("--scale", default="1.0")
    scale = options.parse_args().scale
    with tempfile.TemporaryDirectory(prefix="amoconf-bench-") as folder:
        place = Path(folder)
        for part in (cold_starts(), serving(place, scale), planning(place, scale), records(place, scale)):
            for figure in part:
                print(figure.line(), flush=True)


def cold_starts() -> Iterator[Figure]:
    """Commands that ask nobody."""
    for arguments in (["--version"], ["validate", "-f", str(EXAMPLE)]):
        run([*AMOCONF, *arguments])
        wall, cpu = run([*AMOCONF, *arguments])
        yield Figure(f"amoconf {arguments[0]}: wall", wall, "s")
        yield Figure(f"amoconf {arguments[0]}: CPU", cpu, "s")
    with (
        emulator("--scenario", "empty", "--no-rate-limit") as running,
        tempfile.TemporaryDirectory() as state,
    ):
        environment = {**environment_of(running, Path(state)), "AMOCONF_PACE": "off"}
        run([*AMOCONF, "plan"], **environment)
        wall, cpu = run([*AMOCONF, "plan"], **environment)
        yield Figure("amoconf plan, an empty account: wall", wall, "s")
        yield Figure("amoconf plan, an empty account: CPU", cpu, "s")


def serving(folder: Path, scale: str) -> Iterator[Figure]:
    """Generation of the scenario, and pages of 250 deals a second."""
    database = folder / "audited.db"
    with emulator(
        "--scenario", "audited", "--scale", scale, "--no-rate-limit", "--db", str(database)
    ) as running:
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
    with emulator(
        "--scenario", "audited", "--scale", scale, "--db", str(folder / "audited.db"), "--latency-ms", "100"
    ) as running:
        environment = environment_of(running, folder / "state")
        run([*AMOCONF, "plan", "--impact", "off"], **environment)
        before = asked(running)
        wall, cpu = run([*AMOCONF, "plan", "--impact", "off"], **environment)
        rows = requests(running)[before:]
    # The maps of its two replaced fields are made from the newest deals.
    deals = sum(row["path"] == "/api/v4/leads" for row in rows)
    yield Figure("plan: requests (20 and one a pipeline with hints)", len(rows) - deals, "requests", 20 + 5)
    yield Figure("plan: pages of deals, for its maps", deals, "requests", 12)
    yield Figure("plan: wall, at 6.8 a second and 100 ms", wall, "s", len(rows) / PACE + 1.5)
    yield Figure("plan: CPU", cpu, "s", 1.0)


main()
