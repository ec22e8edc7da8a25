"""Accounts of a running emulator in which something goes wrong, and the command line with a clock that runs fast."""

import asyncio
import io
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from amoconf.api import Clock
from tests.living import Ended, call


def running(speed: float) -> Clock:
    """A clock that runs so many times as fast as the real one."""
    return Clock(ticks=lambda: time.monotonic() * speed, sleep=lambda seconds: asyncio.sleep(seconds / speed))


HOOK = "planted-hook-7f3a9c"
SPEC = """amoconf: 1
account: {{subdomain: {subdomain}, id: {account_id}}}
allow_undocumented: [task_types]
manage: {{tags/leads: all, roles: all}}
pipelines:
  service:
    name: Сервис
    stages: {{request: Заявка, visit: Выезд}}
field_groups: {{leads: [Доставка]}}
fields:
  leads:
    city: {{name: Город, type: select, group: Доставка, options: [Москва, Пенза], required_at: [service/visit]}}
    width: {{name: Размер, type: numeric, twin: 1}}
    height: {{name: Размер, type: numeric, twin: 2}}
loss_reasons: [Дорого, Далеко]
tags: {{leads: [Опт, Дом]}}
task_types: [Замер]
roles: {{master: {{name: Мастер, stages: {{service/*: all}}}}}}
integrations: {{webhooks: {{erp: {{url: "https://erp.example/in?key=${{secret:ERP}}", events: [add_lead]}}}}}}
"""
# What SPEC makes, by the name that people see and how often.
MADE = {
    "Сервис": 1,
    "Заявка": 1,
    "Выезд": 1,
    "Доставка": 1,
    "Город": 1,
    "Размер": 2,
    "Дорого": 1,
    "Далеко": 1,
    "Опт": 1,
    "Дом": 1,
    "Замер": 1,
    "Мастер": 1,
}


@dataclass
class Faulty:
    """One account. `line` is what the emulator said of it; `folder` holds spec, lock and state."""

    line: Mapping[str, Any]
    folder: Path
    secrets: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=lambda: running(120))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.client = httpx.Client(base_url=self.line["base_url"], trust_env=False)
        self.secrets += [self.line["token"], HOOK]
        self.spec(SPEC.format(**self.line))

    def spec(self, text: str) -> None:
        """Writes the spec."""
        (self.folder / "account.yaml").write_text(text, encoding="utf-8")

    def control(self, name: str, /, **words: Any) -> Any:
        """A control call."""
        answer = self.client.post(f"/_emulator/{name}", json=words)
        assert answer.is_success, answer.text
        return answer.json()

    def close(self) -> None:
        """No more control calls."""
        self.client.close()

    def heal(self) -> None:
        """All faults off."""
        self.control("faults")

    @property
    def state(self) -> Any:
        """The whole configuration."""
        return self.client.get("/_emulator/state").json()

    def names(self) -> Counter[str]:
        """How often each name stands in the account; options and stages stand below their parents too."""
        kinds = ("pipeline", "stage", "field_group", "field", "loss_reason", "tag", "task_type", "role")
        state = self.state
        return Counter(
            thing["name"]
            for kind in kinds
            for scope in state.get(kind, {}).values()
            for thing in scope
            if thing["name"] in MADE
        )

    def hooks(self) -> list[str]:
        """Addresses of webhooks."""
        return [thing["destination"] for scope in self.state.get("webhook", {}).values() for thing in scope]

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to know."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AMOCONF_")}
        return {
            **inherited,
            "AMOCONF_BASE_URL": self.line["base_url"],
            "AMOCONF_TOKEN": self.line["token"],
            "AMOCONF_STATE_DIR": str(self.folder / "state"),
            "AMOCONF_FILE": str(self.folder / "account.yaml"),
            "AMOCONF_SECRET_ERP": HOOK,
            "AMOCONF_LANG": "en",
        }

    def amoconf(self, *words: str, hear: Callable[[str], Any] = lambda text: None, **more: str) -> Ended:
        """Runs a command in this process. hear: what is to happen when the command says something on stderr."""
        ended = call(words, self.environment | more, self.clock, Alert(hear))
        assert not [secret for secret in self.secrets if secret in ended.out + ended.err]
        return ended

    def leaks(self) -> list[str]:
        """Files in the folder that hold a secret, but for those that are made to keep some."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        names = {path: path.relative_to(self.folder) for path in files}
        return [
            str(name)
            for path, name in names.items()
            if name.parts[:2] not in (("state", "tokens"), ("state", "secrets"))
            and [secret for secret in self.secrets if secret in path.read_text("utf-8", "replace")]
        ]


class Alert(io.StringIO):
    """A stream whose every text is heard."""

    def __init__(self, hear: Callable[[str], Any]) -> None:
        super().__init__()
        self.hear = hear

    def write(self, text: str) -> int:
        """Writes, then tells."""
        size = super().write(text)
        self.hear(text)
        return size


def once(word: str, work: Callable[[], Any]) -> Callable[[str], None]:
    """Does something the first time that a text begins so."""
    left = [work]

    def hear(text: str) -> None:
        if text.startswith(word) and left:
            left.pop()()

    return hear


@contextmanager
def served(*words: str) -> Iterator[list[dict[str, Any]]]:
    """The accounts of an emulator in a process of its own, for as long as the block lasts."""
    command = [sys.executable, "-m", "amoconf", "emulator", "serve", "--no-rate-limit", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        try:
            yield line.get("accounts", [line])
        finally:
            process.terminate()
