"""Measures `amoconf fleet drift`: CPU and memory an account, wall time beside what the pace alone would take."""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
AMOCONF = [sys.executable, "-m", "amoconf"]
PACE = 6.8


def main() -> None:
    """One emulator with many accounts, then a run over all of them."""
    options = argparse.ArgumentParser()
    options.add_argument("--accounts", type=int, default=200)
    options.add_argument("--jobs", type=int, default=20)
    options.add_argument("--pace", default=str(PACE))
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="amoconf-bench-") as folder, emulator(given.accounts) as start:
        accounts = start.get("accounts", [start])
        tokens = listed(Path(folder), accounts)
        report(measured(Path(folder), tokens, given), given)


@contextmanager
def emulator(accounts: int) -> Iterator[dict[str, Any]]:
    """Starts one, ends it by its pid; yields its start line."""
    words = ["emulator", "serve", "--scenario", "empty", "--no-rate-limit", "--accounts", str(accounts)]
    process = subprocess.Popen([*AMOCONF, *words], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def listed(folder: Path, accounts: list[dict[str, Any]]) -> dict[str, str]:
    """Writes the spec of the example and a list of the accounts; answers the environment with their tokens."""
    spec = (ROOT / "examples" / "account.yaml").read_text(encoding="utf-8")
    (folder / "account.yaml").write_text(spec, encoding="utf-8")
    rows = {
        f"a{number}": {
            "subdomain": account["subdomain"],
            "base_url": account["base_url"],
            "token_env": f"AMOCONF_TOKEN_{number}",
        }
        for number, account in enumerate(accounts)
    }
    text = json.dumps({"amoconf_fleet": 1, "base": "account.yaml", "accounts": rows}, indent=1)
    (folder / "accounts.yaml").write_text(text, encoding="utf-8")
    return {f"AMOCONF_TOKEN_{number}": account["token"] for number, account in enumerate(accounts)}


def measured(folder: Path, tokens: dict[str, str], given: argparse.Namespace) -> dict[str, Any]:
    """The document of the run, with its wall and CPU seconds and its peak memory."""
    words = ["fleet", "drift", "-f", str(folder / "accounts.yaml"), "--jobs", str(given.jobs)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [*AMOCONF, *words, "--pace", given.pace, "--format", "json", "--state-dir", str(folder / "state")],
        env={**os.environ, **tokens},
        stdout=subprocess.PIPE,
        check=False,
    )
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    document: dict[str, Any] = json.loads(done.stdout)
    return {
        "document": document,
        "code": done.returncode,
        "wall": wall,
        "cpu": cpu,
        "mb": after.ru_maxrss / 1024,
    }


def report(found: dict[str, Any], given: argparse.Namespace) -> None:
    """The figures, a line each."""
    counts, count = found["document"]["summary"], given.accounts
    requests = found["document"]["requests"]["read"]
    bound = 0.0 if given.pace == "off" else count / given.jobs * (requests / count) / float(given.pace)
    print(
        f"fleet drift: {count} accounts, {given.jobs} at a time, exit code {found['code']}, {counts['failed']} failed"
    )
    print(f"requests an account        {requests / count:8.1f}")
    print(f"CPU an account             {found['cpu'] / count * 1000:8.0f} ms")
    print(f"wall                       {found['wall']:8.1f} s   pace alone {bound:.1f} s")
    print(f"peak memory                {found['mb']:8.0f} MB")


main()
