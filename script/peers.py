"""Measures amoconf beside other tools, in one run, as ratios of CPU seconds: reading deals, planning 10 000 things.

Each runs ROUNDS times, by turns, and the least counts: what disturbs a run only ever adds to it. The other tools are
installed into a folder of their own that is gone afterwards; nothing of amoconf needs them.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PEERS = ("aioamocrm==0.1.1", "amocrm-api-wrapper==1.0.1", "octodns==1.22.0")
THINGS = 10_000
ROUNDS = 3
AIOAMOCRM = """
import asyncio, sys
from aioamocrm import AmoCRMClient, LongLivedToken
async def main(url, token):
    async with AmoCRMClient(auth=LongLivedToken(token), base_url=url, rate_limit=None) as amo:
        return sum([1 async for lead in amo.leads.iterate(limit=250)])
print(asyncio.run(main(*sys.argv[1:])))
"""
# As published it cannot read: it hands `json` to httpx's GET, which takes none.
WRAPPER = """
import sys
from amocrm_api import AmoOAuthClient
client = AmoOAuthClient(sys.argv[2], "", sys.argv[1], "", "", "")
get = client._session.get
client._session.get = lambda url, json=None, **more: get(url, **more)
print(sum(1 for lead in client.iter_leads(limit=250)))
"""
AMOCONF = """
import asyncio, sys
from pathlib import Path
from amoconf.api import Access, Target, open_reader
from amoconf.memory import roomy
from amoconf.records.every import Every
roomy()  # as every command does
async def main(url, token, state):
    access, target = Access(token), Target.of("stroymarket.amocrm.ru", url)
    async with open_reader(target, access, pace=None, state_dir=Path(state)) as reader:
        return sum([len(items) async for _, items in Every(reader, "leads").pages()])
print(asyncio.run(main(*sys.argv[1:])))
"""
# Match, diff and plan by themselves: the lists are read and the spec is loaded before the clock starts.
ALONE = """
import asyncio, os, time
from dataclasses import replace
from pathlib import Path
from amoconf.api import Access, Target, open_reader
from amoconf.live import assemble
from amoconf.lock import Lock
from amoconf.match import adopt
from amoconf.memory import roomy
from amoconf.spec.load import load
from amoconf.spec.sources import read
from amoconf.survey import propose, survey
async def surveyed(spec):
    target = Target.of("case.amocrm.ru", os.environ["AMOCONF_BASE_URL"])
    async with open_reader(target, Access("x" * 20), pace=None) as reader:
        return await survey(reader, spec, {})
roomy()
spec = load(read(Path("account.yaml"), environment={}, secrets={}).root)
found = asyncio.run(surveyed(spec))
account = assemble(found.asked, found.items, found.facts)
wanted = replace(spec)  # nothing looked up yet
start = time.process_time()
plan = propose(replace(found, adopted=adopt(wanted, account, {})), Lock())
print(time.process_time() - start, len(plan.changes))
"""
OCTODNS = """---
providers:
  wanted: {class: octodns.provider.yaml.YamlProvider, directory: wanted, enforce_order: false}
  found: {class: octodns.provider.yaml.YamlProvider, directory: found, enforce_order: false}
zones: {example.com.: {sources: [wanted], targets: [found]}}
"""


def main() -> None:
    """Both comparisons."""
    options = argparse.ArgumentParser()
    options.add_argument("--scale", default="1.0")
    scale = options.parse_args().scale
    with tempfile.TemporaryDirectory(prefix="amoconf-peers-") as place:
        folder = Path(place)
        venv.create(folder / "venv", with_pip=True)
        python = str(folder / "venv" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        reading(folder, python, scale)
        planning(folder, python)


def reading(folder: Path, python: str, scale: str) -> None:
    """All deals, nothing stored, pacing off."""
    serve = [sys.executable, "-m", "amoconf", "emulator", "serve", "--scenario", "audited"]
    with subprocess.Popen(
        [*serve, "--scale", scale, "--no-rate-limit"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        where = (line["base_url"], line["token"])
        commands = {
            "amoconf": [sys.executable, "-c", AMOCONF, *where, str(folder / "state")],
            "aioamocrm": [python, "-c", AIOAMOCRM, *where],
            "amocrm-api-wrapper": [python, "-c", WRAPPER, *where],
        }
        spent = least({name: partial(cpu, command) for name, command in commands.items()})
        ours = spent.pop("amoconf")
        for name, theirs in spent.items():
            tell(f"reading the deals of the audited account at {scale}", name, theirs, ours)
        process.terminate()


def planning(folder: Path, python: str) -> None:
    """A plan of ten thousand things, from YAML: start-up and reading included; then without."""
    zones(folder)
    octodns = [python, "-m", "octodns.cmds.sync", "--config-file", "octodns.yaml", "--quiet"]
    tags, fields = account(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), service(tags, fields)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {
            "AMOCONF_BASE_URL": f"http://127.0.0.1:{server.server_port}",
            "AMOCONF_TOKEN": "x" * 20,
            "AMOCONF_PACE": "off",
            "AMOCONF_STATE_DIR": str(folder / "state"),
        }
        command = [sys.executable, "-m", "amoconf", "plan", "--impact", "off"]
        spent = least(
            {
                "octodns": partial(cpu, octodns, cwd=folder),
                "whole": partial(cpu, command, cwd=folder, **environment),
                "alone": partial(alone, folder, environment),
            }
        )
        server.shutdown()
    tell(f"planning {THINGS} things", "octodns", spent["octodns"], spent["whole"])
    tell("match, diff and plan of these by themselves", "octodns", spent["octodns"], spent["alone"])


def alone(folder: Path, environment: Mapping[str, str]) -> float:
    """CPU seconds of match, diff and plan, as that run measures them itself."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        check=True,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
    )
    seconds, changes = done.stdout.split()
    assert int(changes) > 0
    return float(seconds)


def least(runs: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The least that each run took, by name."""
    spent = [{name: run() for name, run in runs.items()} for _ in range(ROUNDS)]
    return {name: min(one[name] for one in spent) for name in runs}


def zones(folder: Path) -> None:
    """A zone of ten thousand records, one in seventeen of which differs."""
    (folder / "octodns.yaml").write_text(OCTODNS)
    for side in ("wanted", "found"):
        (folder / side).mkdir()
        rows = [
            f"r{n:05d}: {{type: A, ttl: 300, value: {11 if side == 'wanted' and n % 17 == 0 else 10}.0.{n // 256}.{n % 256}}}"
            for n in range(THINGS)
        ]
        (folder / side / "example.com.yaml").write_text("\n".join(rows) + "\n")


def account(folder: Path) -> tuple[list[Any], list[Any]]:
    """4 000 tags and 1 000 list fields of 5 options, and a spec in which 600 of them are new."""
    tags = [{"id": n + 1, "name": f"Тег {n}", "color": None} for n in range(4000)]
    fields = [
        {
            "id": 100_000 + n,
            "name": f"Поле {n}",
            "type": "select",
            "sort": n + 1,
            "enums": [{"id": 10 * n + k, "value": f"Значение {k}", "sort": k} for k in range(5)],
        }
        for n in range(1000)
    ]
    lines = ["amoconf: 1", "account: {subdomain: case}", "tags:", "  leads:"]
    lines += [f"    t{n}: {{name: Тег {n}{' новый' * (n % 10 == 0)}, new: true}}" for n in range(4000)]
    lines += ["fields:", "  leads:"]
    for n in range(1000):
        names = ", ".join(f"Значение {k}" for k in range(5 + (n % 5 == 0)))
        lines.append(f"    f{n}: {{name: Поле {n}, type: select, options: [{names}]}}")
    (folder / "account.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tags, fields


def service(tags: list[Any], fields: list[Any]) -> type[BaseHTTPRequestHandler]:
    """The few lists that this spec needs, by pages."""
    lists = {"leads/tags": ("tags", tags), "leads/custom_fields": ("custom_fields", fields)}
    owner = {"id": 1, "subdomain": "case", "name": "case", "current_user_id": 1, "_embedded": {}}

    class Lists(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: Any) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path, page = parts.path.removeprefix("/api/v4/"), int(parse_qs(parts.query).get("page", ["1"])[0])
            key, rows = lists.get(path, ("", []))
            some = rows[250 * (page - 1) : 250 * page]
            link = (
                {"next": {"href": f"http://x/?limit=250&page={page + 1}"}} if len(rows) > 250 * page else {}
            )
            body: Any = owner if path == "account" else {"_embedded": {key: some}, "_links": link}
            content = json.dumps(body).encode() if some or path == "account" else b""
            self.send_response(200 if content else 204)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Lists


def cpu(command: Sequence[str], cwd: Path | None = None, **environment: str) -> float:
    """CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        check=True,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def tell(what: str, name: str, theirs: float, ours: float) -> None:
    """One line."""
    print(f"{what}: {name} {theirs:.1f} s, amoconf {ours:.2f} s of CPU, ratio {theirs / ours:.1f}")


main()
