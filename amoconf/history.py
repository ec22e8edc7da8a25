"""The history of an account's checks: one JSON line a run, by codes and addresses, without values or people."""

import hashlib
import hmac
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from amoconf.errors import UsageError
from amoconf.tongue import tr

VERSION = 1
KEPT = timedelta(days=731)
ROOMY = 5_000_000  # bytes; a file that is larger loses what nobody asks for
PATIENCE = 10.0  # seconds; another run only appends a line
# Kinds whose last segments are people's addresses or words that anybody may type; how many segments stay.
STAYS = {"user": 1, "tag": 2, "option": 3}
PRIVATE = re.compile(r"@|\d[\d ()+-]{3,}\d")  # looks like an e-mail or a phone number
DETAILS = ("items", "evaluated", "excused", "hidden")
Row = dict[str, Any]


@dataclass(frozen=True)
class Past:
    """What a history file holds. spoilt: lines that are no rows, such as one that a crash has torn."""

    rows: tuple[Row, ...] = ()
    spoilt: int = 0


def row_of(document: Mapping[str, Any], scope: str, key: bytes) -> Row:
    """The line of a run. scope: which flags narrowed it. key: for the hashes that stand for people.

    `items` are [code, address, severity]: of an audit the rule, with the count besides, of drift the action (no
    severity), of a board the indicator.
    """
    return {**_head(document["command"], document["account"], scope, document["at"]), **_body(document, key)}


def failed_row(command: str, account: Mapping[str, Any], scope: str, at: str, error: str) -> Row:
    """The line of a run that came to nothing. at: ISO 8601 with a time zone. error: the class of the error."""
    return {**_head(command, account, scope, at), "failed": error}


def _head(command: str, account: Mapping[str, Any], scope: str, at: str) -> Row:
    moment = datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="seconds")
    known = {name: account.get(name) for name in ("id", "subdomain", "domain")}
    return {"v": VERSION, "at": moment, "command": command, "account": known, "scope": scope}


def _body(document: Mapping[str, Any], key: bytes) -> Row:
    if document["command"] == "audit":
        return _audit(document, key)
    if document["command"] == "drift":
        return _drift(document, key)
    return _board(document)


def _audit(document: Mapping[str, Any], key: bytes) -> Row:
    found = [row for row in document["findings"] if row["severity"] != "grey"]
    # What stands on too few records now is not mended, nor is what an exception takes away.
    silent = [*document["hidden"], *(row for row in document["findings"] if row["severity"] == "grey")]
    return {
        "score": document["score"],
        "severities": dict(Counter(row["severity"] for row in document["findings"])),
        "rules": dict(Counter(row["rule"] for row in found)),
        "evaluated": list(document["evaluated"]),
        "hidden": [[row["rule"], hidden(row["address"], key)] for row in silent],
        "items": [[row["rule"], hidden(row["address"], key), row["severity"], row["count"]] for row in found],
    }


def _drift(document: Mapping[str, Any], key: bytes) -> Row:
    kinds: dict[str, Counter[str]] = {}
    for row in document["differences"]:
        kinds.setdefault(row["kind"], Counter())[row["action"]] += 1
    return {
        "in_sync": document["in_sync"],
        "kinds": {kind: dict(actions) for kind, actions in kinds.items()},
        "items": [[row["action"], hidden(row["address"], key), ""] for row in document["differences"]],
    }


def _board(document: Mapping[str, Any]) -> Row:
    rows = document["indicators"]
    return {
        "severities": dict(Counter(row["status"] for row in rows)),
        "indicators": {row["name"]: row["value"] for row in rows},
        "evaluated": [row["name"] for row in rows if row["status"] != "grey"],
        "excused": [],
        "items": [[row["name"], "", row["status"]] for row in rows if row["status"] in ("warn", "error")],
    }


def hidden(address: str, key: bytes) -> str:
    """An address fit to keep: a keyed hash, the same in every run, in the place of what may name a person."""
    parts = address.split("/")
    stays = STAYS.get(parts[0], len(parts))
    if len(parts) > stays:
        return "/".join([*parts[:stays], _mark("/".join(parts[stays:]), key)])
    return "/".join(_mark(part, key) if PRIVATE.search(part) else part for part in parts)


def _mark(text: str, key: bytes) -> str:
    return f"#{keyed(text, key)}"


def keyed(text: str, key: bytes) -> str:
    """Twelve digits that tell one text from another and do not tell the text."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:12]


def read(path: Path) -> Past:
    """The whole history; empty where there is no file. UsageError where it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Past()
    except OSError as error:
        raise _trouble(path, error) from error
    lines = [line for line in content.split(b"\n") if line.strip()]
    rows = [row for row in map(_row, lines) if row is not None]
    return Past(tuple(rows), len(lines) - len(rows))


def series(
    path: Path, account: Mapping[str, Any], command: str, most: int = 90, *, scope: str = ""
) -> list[Row]:
    """The latest runs that came to a result, oldest first: at (ISO 8601, UTC) and the counts, without items.

    account: as in documents. Of audit: score, severities {severity: findings}, rules {code: findings}; of drift:
    in_sync, kinds {kind: {action: differences}}; of board: indicators {name: value}. scope "": runs without
    narrowing flags, for others have another score.
    """
    rows = [row for row in of(read(path).rows, account, command, scope) if "failed" not in row]
    return [{name: value for name, value in row.items() if name not in DETAILS} for row in rows[-most:]]


def of(rows: Sequence[Row], account: Mapping[str, Any], command: str, scope: str) -> list[Row]:
    """The runs of one command over one account with one scope, oldest first."""
    return [
        row
        for row in rows
        if row["command"] == command and row["scope"] == scope and same(row["account"], account)
    ]


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether these are one account: by id where both are known, for a subdomain can be renamed."""
    if one.get("id") and other.get("id"):
        return bool(one["id"] == other["id"])
    return [one.get(name) for name in ("subdomain", "domain")] == [
        other.get(name) for name in ("subdomain", "domain")
    ]


def append(path: Path, row: Row) -> None:
    """Adds a whole line, on disk when the call returns; what a crash has torn goes. UsageError where it cannot."""
    line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            with open(path, "ab+", opener=_private) as stream:
                _mend(stream.fileno(), path)
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
            if path.stat().st_size > ROOMY:
                _shrink(path, datetime.fromisoformat(row["at"]) - KEPT)
    except OSError as error:  # a lock that is not let go of is one too
        raise _trouble(path, error) from error


def _trouble(path: Path, error: OSError) -> UsageError:
    why = error.strerror or type(error).__name__
    return UsageError(
        tr("{path}: the history cannot be used: {why}", path=path, why=why),
        tr("check the folder and its rights, name another file with --history, or use --no-history"),
    )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    from filelock import FileLock

    with FileLock(f"{path}.lock", timeout=PATIENCE, mode=0o600, fallback_to_soft=False):
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mend(handle: int, path: Path) -> None:
    """Ends the last line: with what it lacks where it is whole, else by taking it away."""
    content = path.read_bytes()
    start = content.rfind(b"\n") + 1
    tail = content[start:]
    if not tail:
        return
    if _row(tail) is None:
        os.ftruncate(handle, start)
    else:
        os.write(handle, b"\n")


def _shrink(path: Path, oldest: datetime) -> None:
    """Old lines go; of the others only those keep their items that a later run may be compared with."""
    rows = [row for row in read(path).rows if datetime.fromisoformat(row["at"]) >= oldest]
    latest = {_sort(row): number for number, row in enumerate(rows)}
    kept = [row if latest[_sort(row)] == number else _thin(row) for number, row in enumerate(rows)]
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(draft, "wb", opener=_private) as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in kept)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _sort(row: Row) -> tuple[Any, ...]:
    """Rows of one sort follow one another: nobody is compared with any but the last."""
    account = row["account"]
    told = (*row.get("told", ()), "missed", *row.get("missed", ()))
    return row["command"], row["scope"], account.get("id"), account.get("subdomain"), "failed" in row, told


def _thin(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in DETAILS}


def _row(line: bytes) -> Row | None:
    """A line as a row; None where it is none."""
    try:
        row = json.loads(line)
        if row["v"] != VERSION or not isinstance(row["account"], dict):
            return None
        datetime.fromisoformat(row["at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        return None
    return row if {"command", "scope"} <= row.keys() else None
