"""Stand-ins that say what the situation is: a service that answers from a table, one that is told how writes end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amoconf import lock as locks
from amoconf.changes import AttrChange, Step
from amoconf.live import ROOT
from amoconf.lock import Lock
from amoconf.model import Account
from amoconf.plan import Plan
from amoconf.spec.load import load
from amoconf.spec.secrets import resolve
from amoconf.spec.sources import read
from amoconf.survey import Survey, propose, survey
from amoconf.values import Address, Hidden, Ref

Pairs = Sequence[tuple[str, str]]


class Answers:
    """A reader that answers from a table: path below /api/v4/ → the items of a list, or one object."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {"account": {"id": 1, "subdomain": "case"}, **answers}
        self.asked: list[str] = []

    async def get(self, path: str, query: Pairs = (), into: Any = Any) -> Any:
        """One object; None where the table has nothing."""
        return self._answer(path)

    async def pages(
        self, path: str, key: str, query: Pairs = (), *, limit: int | None = 250
    ) -> AsyncIterator[list[Any]]:
        """All items in one page."""
        items = self._answer(path)
        if items:
            yield items

    def _answer(self, path: str) -> Any:
        self.asked.append(path.removeprefix(ROOT))
        return self.answers.get(self.asked[-1])


Write = Callable[[str, str, Any], Any]


class FakeWriter(Answers):
    """Writes go to `write`, which answers as the service would or raises; what was sent is remembered."""

    now = 1_700_000_000
    elapsed = 0.0

    def __init__(self, answers: Mapping[str, Any], write: Write) -> None:
        super().__init__(answers)
        self.write = write
        self.sent: list[tuple[str, str, Any]] = []

    @property
    def reader(self) -> "FakeWriter":
        """What reads."""
        return self

    async def send(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        """One write. An answer that is a function is asked `happened`: the service's own answer was lost."""
        answer = self._told(method, path, body)
        return await answer(how["happened"]) if callable(answer) else answer

    async def form(self, path: str, fields: Pairs, **how: Any) -> Any:
        """One call of the web client's endpoint."""
        return self._told("FORM", path, list(fields))

    async def settled(
        self, look: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], *, age: float = 0.0
    ) -> Any:
        """Reads here never lag."""
        return await look()

    def _told(self, method: str, path: str, body: Any) -> Any:
        self.sent.append((method, path.removeprefix(ROOT), body))
        return self.write(*self.sent[-1])


async def lost(happened: Callable[[], Awaitable[Any]]) -> Any:
    """The answer to a write that took effect and whose answer was lost."""
    return await happened()


@dataclass
class Situation:
    """A spec, an account, a lock; and what amoconf makes of them."""

    spec: Path
    answers: Mapping[str, Any]
    lock: Lock = field(default_factory=Lock)
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Account:
        """What the spec wants."""
        document = read(self.spec, environment={}, secrets=self.secrets)
        return load(document.root, lambda template: resolve(template, self.secrets))

    def found(self) -> Survey:
        """The account, adopted."""
        return asyncio.run(survey(Answers(self.answers), self.wanted, self.lock.ids))

    def plan(self, *, allowed: Sequence[str] = (), only: Sequence[str] = ()) -> Plan:
        """The plan."""
        return propose(self.found(), self.lock, allowed=allowed, only=only)


def situation(spec: Path, answers: Mapping[str, Any], text: str = "", **more: Any) -> Situation:
    """A situation; text: the spec, written to `spec` first."""
    if text:
        spec.write_text(text, encoding="utf-8")
    path = spec.with_name("account.lock.yaml")
    lock = locks.load(path.read_text(encoding="utf-8"), path.name) if path.exists() else Lock()
    return Situation(spec, answers, lock, **more)


def shown(value: Any, ids: Mapping[Address, Any] | None = None) -> Any:
    """A value for a line of text: ids that are known, addresses in angle brackets, secrets by name."""
    ids = ids or {}
    if isinstance(value, Ref):
        return ids.get(value.address, f"<{value.address}>")
    if isinstance(value, Hidden):
        return str(value)
    if isinstance(value, Address):
        return "/".join(value.path)
    if isinstance(value, Mapping):
        return {str(shown(key, ids)): shown(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown(item, ids) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else repr(value)


def attribute(item: AttrChange) -> tuple[str, Any, Any]:
    """Name, before, after as plain values."""
    return item.name, shown(item.before), shown(item.after)


def path_of(step: Step, ids: Mapping[Address, Any]) -> str:
    """The path below the root."""
    return "/".join(str(shown(part, ids)) for part in step.path)
