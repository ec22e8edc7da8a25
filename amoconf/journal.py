"""What was meant and what was done: a line before each write and one after it, on disk before anything goes on.

Lines are JSON and hold no bodies, so no secret. A journal belongs to one agreed plan, which is its first line; an
`apply --resume` goes on in the same file.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from amoconf.errors import AmoconfError
from amoconf.kinds import parse_address
from amoconf.planfile import Saved, load_body
from amoconf.tongue import tr
from amoconf.values import Address

VERSION = 1
DONE, FAILED, UNKNOWN, PARTLY = "done", "failed", "unknown", "partly"
Ids = dict[Address, int | str]
Places = Mapping[tuple[int, int], tuple[int, int]]


@dataclass
class Entry:
    """One write under way; what it learns is written down with its result."""

    ids: Ids = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Writes(Protocol):
    """What keeps the journal of a run."""

    def write(
        self, request: str, serves: Iterable[Address] = (), *, creates: bool = False, **facts: Any
    ) -> AbstractContextManager[Entry]:
        """A block around one write."""


class Unwritten:
    """The journal of a run that keeps none."""

    @contextmanager
    def write(
        self, request: str, serves: Iterable[Address] = (), *, creates: bool = False, **facts: Any
    ) -> Iterator[Entry]:
        """Nothing is kept."""
        yield Entry()


class Journal:
    """A journal file that is being written; every line is on disk when the call returns."""

    def __init__(self, path: Path, *, after: int = 0) -> None:
        self.path = path
        self._number = after

    def begin(self, plan: str, snapshot: str) -> None:
        """The first line of a new journal. plan: the text of the agreed plan, as in plan.json; snapshot: its name."""
        self._put({"amoconf_journal": VERSION, "at": _now(), "snapshot": snapshot, "plan": json.loads(plan)})

    def limits(self, said: Mapping[str, Any]) -> None:
        """A line of its own: what this apply was told of writing records, for one that goes on; plain JSON."""
        self._put({"limits": dict(said)})

    def resume(self) -> None:
        """An apply goes on where another one ended."""
        self._put({"resumed": _now()})

    def end(self, status: str) -> None:
        """The last line: done, partly (may be resumed), or settled (another apply has looked what is left)."""
        self._put({"end": status, "at": _now()})

    @contextmanager
    def write(
        self, request: str, serves: Iterable[Address] = (), *, creates: bool = False, **facts: Any
    ) -> Iterator[Entry]:
        """Around one write: its intent first, then its result; a process that dies inside leaves the intent alone."""
        self._number += 1
        number, entry = self._number, Entry()
        row = {"n": number, "intent": request, "serves": [str(item) for item in serves], "creates": creates}
        self._put({**row, **facts, "at": _now()})
        try:
            yield entry
        except AmoconfError as error:
            self._result(number, UNKNOWN if error.maybe_done else FAILED, entry)
            raise
        self._result(number, DONE, entry)

    def _result(self, number: int, status: str, entry: Entry) -> None:
        ids = {str(address): key for address, key in entry.ids.items()}
        self._put({"n": number, "result": status, **({"ids": ids} if ids else {}), **entry.facts})

    def _put(self, row: Mapping[str, Any]) -> None:
        """Appends one line. A line that a crash has torn ends before it."""
        line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
        try:
            with open(self.path, "ab+", opener=_private) as stream:
                if stream.tell():
                    stream.seek(-1, os.SEEK_END)
                    line = line if stream.read(1) == b"\n" else b"\n" + line
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise AmoconfError(
                tr(
                    "the journal {path} cannot be written: {reason}; nothing more is sent",
                    path=self.path,
                    reason=error.strerror,
                ),
                tr("make room or mend the folder's rights, then amoconf apply --resume"),
            ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True)
class Write:
    """One write of the past. status: done, failed, unknown; at: wall clock, Unix seconds."""

    request: str
    serves: tuple[Address, ...]
    creates: bool
    at: float
    status: str = UNKNOWN
    ids: Mapping[Address, int | str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """A journal read back. ended: "" where the process died. plan: what was agreed on. limits: as last told.

    snapshot: name of the one that was taken before the first write.
    """

    path: Path
    plan: Saved
    snapshot: str
    at: str
    writes: tuple[Write, ...]
    ended: str
    last: int
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """There may be something to go on with."""
        return self.ended in ("", PARTLY)

    @property
    def ids(self) -> Ids:
        """Everything that was made, as far as answers told."""
        return {address: key for write in self.writes for address, key in write.ids.items()}

    @property
    def touched(self) -> frozenset[Address]:
        """What somebody began to write."""
        return frozenset(address for write in self.writes for address in write.serves)

    @property
    def unknown(self) -> tuple[Write, ...]:
        """Writes of which nobody knows whether they took effect."""
        return tuple(write for write in self.writes if write.status == UNKNOWN)

    @property
    def moves(self) -> tuple[Places, int]:
        """(where deals of stages that were emptied belong, since when, account time); empty once put right."""
        moves: dict[tuple[int, int], tuple[int, int]] = {}
        since = 0
        for write in self.writes:
            if write.status == DONE and write.facts.get("work") == "put_right":
                moves, since = {}, 0
            elif write.status == DONE and write.facts.get("work") == "emptied":
                moves |= {tuple(one): tuple(other) for one, other in write.facts["moves"]}
                since = min(since or write.facts["since"], write.facts["since"])
        return moves, since


def load(path: Path) -> Past:
    """The journal of a file. AmoconfError where it is none; a torn line is a write of unknown end."""
    try:
        rows = list(_rows(path.read_text("utf-8")))
        head = rows[0]
        if head["amoconf_journal"] != VERSION:
            raise ValueError(f"version {head['amoconf_journal']}")
        saved = load_body(head["plan"])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise AmoconfError(
            tr("the journal {path} cannot be read ({error!r})", path=path, error=error),
            tr("look with amoconf plan what is left, delete the journal, then apply"),
        ) from error
    ends = [row.get("end", "") for row in rows if "end" in row or "resumed" in row or "intent" in row]
    numbers = [row["n"] for row in rows if "n" in row]
    return Past(
        path,
        saved,
        head["snapshot"],
        head["at"],
        tuple(_writes(rows)),
        ends[-1] if ends else "",
        max(numbers, default=0),
        next((dict(row["limits"]) for row in reversed(rows) if "limits" in row), {}),
    )


def _rows(text: str) -> Iterator[dict[str, Any]]:
    """Lines; one that a crash has torn says nothing, for what it was about was not sent yet or is looked up."""
    for line in text.split("\n"):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def _writes(rows: Sequence[Mapping[str, Any]]) -> Iterator[Write]:
    results = {row["n"]: row for row in rows if "result" in row}
    for row in rows:
        if "intent" not in row:
            continue
        result = results.get(row["n"], {})
        yield Write(
            row["intent"],
            tuple(parse_address(text) for text in row["serves"]),
            row["creates"],
            datetime.fromisoformat(row["at"]).timestamp(),
            result.get("result", UNKNOWN),
            {parse_address(text): key for text, key in result.get("ids", {}).items()},
            {**row, **result},
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
