"""Shows the main job on the emulated account: each step is told in a line, then done for real."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
AMOCONF = [sys.executable, "-m", "amoconf"]
SCALE = "0.01"


def main() -> None:
    """Starts the emulator, walks through the story, stops the emulator."""
    with tempfile.TemporaryDirectory(prefix="amoconf-demo-") as folder:
        emulator = subprocess.Popen(
            [*AMOCONF, "emulator", "serve", "--scenario", "audited", "--scale", SCALE, "--no-rate-limit"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert emulator.stdout is not None
            line = emulator.stdout.readline()
            if not line:
                sys.exit("The emulator did not start; its words are above.")
            Story(json.loads(line), Path(folder)).tell()
        finally:
            emulator.terminate()
            emulator.wait()


class Story:
    """One account, one spec beside it, and what happens to them."""

    def __init__(self, start: dict[str, Any], folder: Path) -> None:
        self.url = start["base_url"]
        self.folder = folder
        self.environment = {
            **os.environ,
            "AMOCONF_BASE_URL": self.url,
            "AMOCONF_TOKEN": start["token"],
            "AMOCONF_PACE": "off",
            "AMOCONF_STATE_DIR": str(folder / "state"),
        }
        shutil.copy(ROOT / "examples" / "account.yaml", folder / "account.yaml")

    def tell(self) -> None:
        """The whole story."""
        say("A trading company's account, as an auditor found it, runs as a local amoCRM at", self.url)
        say("1. The spec is checked offline.")
        self.run("validate")
        say(
            "2. What would change? Danger comes first; nothing is written. Something stands against it: exit code 3."
        )
        self.run("plan", code=3)
        say("3. The city is free text and shall become a list. What have people typed?")
        self.run("values", "leads/city")
        say(
            "4. What cannot be undone, and what touches very many deals, is allowed by name; the plan is applied."
        )
        self.run(
            "apply", "--yes", "--no-wait", "--allow", "widget/prostiezvonki", "--allow", "field/leads/city"
        )
        say("5. The next plan is empty, apart from what only a person can do in amoCRM's interface.")
        self.run("plan", "--no-manual")
        say("6. Somebody renames a field and widens a right in the interface ...")
        self.rename_field()
        self.widen_right()
        say("7. ... and the nightly drift says so: exit code 2.")
        self.run("drift", "--no-manual", code=2)
        say("8. Applying puts both back; drift is silent again.")
        self.run("apply", "--yes", "--no-wait", quiet=True)
        self.run("drift", "--no-manual")
        say("Done. The account is as examples/account.yaml says.")

    def run(self, *arguments: str, code: int = 0, quiet: bool = False) -> None:
        """One command, shown with its output; the exit code must be as told."""
        print(f"\n$ amoconf {' '.join(arguments)}", flush=True)
        result = subprocess.run(
            [*AMOCONF, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
        )
        if result.returncode != code:
            sys.exit(f"amoconf {arguments[0]} ended with {result.returncode}, not {code}")

    def rename_field(self) -> None:
        """What a person does: Settings, fields, another name."""
        words = {
            "kind": "field",
            "entity": "leads",
            "id": self.id_of("field/leads/comment"),
            "name": "Заметки",
        }
        self.interface({"action": "rename", **words})

    def widen_right(self) -> None:
        """What a person does: lets the retail managers export deals."""
        role = self.id_of("role/retail_manager")
        self.interface({"action": "set_right", "role_id": role, "right": "leads.export", "value": "A"})

    def id_of(self, address: str) -> int:
        """An id that the lock file remembers."""
        text = (self.folder / "account.lock.yaml").read_text(encoding="utf-8")
        match = re.search(rf'^"{address}": .*"id": (\d+)', text, re.MULTILINE)
        assert match is not None, address
        return int(match[1])

    def interface(self, words: dict[str, Any]) -> None:
        """One action of the emulator's web interface."""
        request = urllib.request.Request(
            f"{self.url}/_emulator/ui", json.dumps(words).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).close()


def say(*words: str) -> None:
    """A line of explanation."""
    print(
        "\n\033[1m# " + " ".join(words) + "\033[0m" if sys.stdout.isatty() else "\n# " + " ".join(words),
        flush=True,
    )


main()
