"""A running emulator and the command line, as a person would use them: in processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ACCOUNT = "stroymarket.amocrm.ru"


class Emulated:
    """One account of a running emulator, and a folder to work in."""

    def __init__(self, line: dict[str, Any], folder: Path) -> None:
        self.line = line
        self.folder = folder
        headers = {"Authorization": f"Bearer {line['token']}"}
        self.client = httpx.Client(base_url=line["base_url"], headers=headers)

    def amoconf(self, *words: str, **environment: str) -> "Ended":
        """Runs a command to its end in the folder; its state stays in there too."""
        own = {
            "AMOCONF_BASE_URL": self.line["base_url"],
            "AMOCONF_TOKEN": self.line["token"],
            "AMOCONF_PACE": "off",
            "AMOCONF_LANG": "en",
            "AMOCONF_STATE_DIR": str(self.folder / "state"),
            "PYTHONWARNINGS": "error",
            **environment,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AMOCONF_")}
        done = subprocess.run(
            [sys.executable, "-m", "amoconf", *words],
            cwd=self.folder,
            env={**inherited, **own},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def post(self, path: str, body: Any) -> Any:
        """A call of the API itself, or of the control interface."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def ui(self, **words: Any) -> Any:
        """What a person does in the web interface."""
        return self.post("/_emulator/ui", words)

    def methods(self) -> set[str]:
        """Methods of the requests so far."""
        return {row["method"] for row in self.client.get("/_emulator/requests").json()}

    def forget(self) -> None:
        """From now on requests are counted anew."""
        self.client.delete("/_emulator/requests")


class Ended:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


@contextmanager
def emulated(folder: Path, *words: str) -> Iterator[Emulated]:
    """An emulator for as long as the block lasts."""
    command: Sequence[str] = [sys.executable, "-m", "amoconf", "emulator", "serve", "--no-rate-limit", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        here = Emulated(json.loads(process.stdout.readline()), folder)
        try:
            yield here
        finally:
            here.client.close()
            process.terminate()
