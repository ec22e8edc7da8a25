"""The documents of `fleet`: a row for each account, alike accounts as groups, and what it comes to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.errors import AmoconfError
from amoconf.report.document import ACTIONS, FORMAT_VERSION, Document, problem_row

# Command → what its documents call their rows.
LISTS: Mapping[str, str] = {"plan": "changes", "drift": "differences", "audit": "findings"}
# Of one account's document nothing else is kept: there may be hundreds.
KEPT: Mapping[str, tuple[str, ...]] = {
    "plan": ("summary", "requests", "notices", "blocked", "changes"),
    "drift": ("summary", "requests", "notices", "in_sync", "differences"),
    "audit": ("score", "requests", "partial", "skipped", "findings"),
}
SEVERITIES = ("error", "warn", "info", "grey")
FAILED, BLOCKED, DIFFERENT, SAME = "failed", "blocked", "different", "same"
RESULTS = (FAILED, BLOCKED, DIFFERENT, SAME)


@dataclass(frozen=True)
class Told:
    """What became of one account: its document, or the error. account: as every document names it."""

    name: str
    account: Mapping[str, Any]
    seconds: float
    exit_code: int
    document: Document | None = None
    error: AmoconfError | None = None


class Pool:
    """Rows of many accounts, each kept once however many have it: accounts under one spec have much in common."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._rows: dict[str, Document] = {}

    def kept(self, document: Document) -> Document:
        """What of one account's document stays until the end."""
        key = LISTS[self.command]
        rows = [self._rows.setdefault(json.dumps(row), row) for row in document[key]]
        return {name: document[name] for name in ("account", *KEPT[self.command])} | {key: rows}


def fleet_document(command: str, told: Sequence[Told], *, base: str, exit_code: int) -> Document:
    """The document of `fleet COMMAND`. base: the file of the spec that all share; exit_code: of the whole run."""
    rows = [account_row(command, item) for item in told]
    return {
        "format_version": FORMAT_VERSION,
        "command": f"fleet {command}",
        "base": base,
        "accounts": rows,
        "groups": groups(command, rows),
        "summary": summary(command, rows),
        "requests": {"read": sum(row["requests"] for row in rows)},
        "exit_code": exit_code,
    }


def account_row(command: str, told: Told) -> Document:
    """One account. result: failed, blocked, different or same; of an audit, different is one with findings."""
    kept = {name: told.document[name] for name in KEPT[command]} if told.document is not None else {}
    asked = kept.pop("requests", {})
    if command == "audit" and kept:
        found = [row["severity"] for row in kept["findings"]]
        kept["summary"] = {word: found.count(word) for word in SEVERITIES}
    return {
        "name": told.name,
        "account": dict(told.account),
        "result": result_of(command, kept),
        "exit_code": told.exit_code,
        "seconds": round(told.seconds, 1),
        "requests": asked.get("read", 0) + asked.get("impact", 0),
        "error": error_row(told.error) if told.error is not None else None,
        "summary": None,
        **kept,
    }


def result_of(command: str, kept: Document) -> str:
    """The word for an account."""
    if not kept:
        return FAILED
    if kept.get("blocked"):
        return BLOCKED
    rows = [row for row in kept[LISTS[command]] if row.get("severity") != "grey"]
    return DIFFERENT if rows else SAME


def error_row(error: AmoconfError) -> Document:
    """Why an account could not be looked at."""
    return {"kind": type(error).__name__, "problems": [problem_row(problem) for problem in error.problems]}


def summary(command: str, rows: Sequence[Document]) -> dict[str, int]:
    """Accounts by result, and the sum of what theirs say."""
    counts = {"accounts": len(rows), **{word: sum(row["result"] == word for row in rows) for word in RESULTS}}
    names = SEVERITIES if command == "audit" else (*ACTIONS, "unchanged", "unlisted", "drift")
    told = [row["summary"] for row in rows if row["summary"] is not None]
    return {**counts, **{name: sum(item[name] for item in told) for name in names}}


def groups(command: str, rows: Sequence[Document]) -> list[Document]:
    """Accounts that have the very same to tell, those with something blocked first, then the largest.

    Of audits, where hardly two are alike: the accounts that break each rule, errors first.
    """
    if command == "audit":
        return broken(rows)
    key = LISTS[command]
    alike: dict[str, list[Document]] = {}
    for row in rows:
        if row["result"] in (BLOCKED, DIFFERENT):
            mark = json.dumps(sorted(json.dumps(_mark(item), sort_keys=True) for item in row[key]))
            alike.setdefault(mark, []).append(row)
    made = [
        {"accounts": [row["name"] for row in same], key: _common([row[key] for row in same])}
        for same in alike.values()
    ]
    return sorted(
        made,
        key=lambda group: (not any(item.get("blocked_by") for item in group[key]), -len(group["accounts"])),
    )


def _mark(row: Document) -> Document:
    """What makes it the same change in two accounts: not how many records it touches, nor where it is written."""
    names = ("address", "action", "verb", "origin", "reason", "parts", "title")
    shifts = [[item["name"], item["before"], item["after"]] for item in row["attributes"]]
    return {**{name: row[name] for name in names}, "shifts": shifts, "blocked": bool(row["blocked_by"])}


def broken(rows: Sequence[Document]) -> list[Document]:
    """Each rule that somebody breaks, with who."""
    found: dict[tuple[int, str], tuple[Document, list[str]]] = {}
    for row in rows:
        for item in row.get("findings", ()):
            told = {name: item[name] for name in ("rule", "severity", "title")}
            key = SEVERITIES.index(item["severity"]), item["rule"]
            names = found.setdefault(key, (told, []))[1]
            names += [] if row["name"] in names else [row["name"]]
    made = sorted(found.items(), key=lambda pair: (pair[0][0], -len(pair[1][1]), pair[0][1]))
    return [{"accounts": names, "findings": [told]} for _, (told, names) in made]


def _common(lists: Sequence[Sequence[Document]]) -> list[Document]:
    """The rows of alike accounts as one: those of the first, with the records that they touch in all of them."""
    places = [_by_mark(rows) for rows in lists]
    return [{**row, "impact": _together([rows[mark] for rows in places])} for mark, row in places[0].items()]


def _by_mark(rows: Sequence[Document]) -> dict[str, Document]:
    return {json.dumps(_mark(row), sort_keys=True): row for row in rows}


def _together(rows: Sequence[Document]) -> Document:
    """How many records a change touches in several accounts; not known where one could not be counted."""
    impacts = [row["impact"] for row in rows]
    counts = [impact["records"] for impact in impacts]
    if None in counts:
        return {**impacts[0], "records": None, "detail": None}
    return {**impacts[0], "records": sum(counts), "exact": all(item.get("exact", True) for item in impacts)}
