"""Documents as checks that passed, failed or were skipped: what JUnit and SARIF are written from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.report.papers.rows import entry, said, stops, word
from amoconf.tongue import tr

Document = dict[str, Any]
# What each sort of change is, for those who gather results by rule.
ORDER = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")


@dataclass(frozen=True)
class Law:
    """What was checked: a rule of the audit, or one sort of change. help: what to do when it fails."""

    key: str
    title: str
    about: str
    help: str = ""


@dataclass(frozen=True)
class Result:
    """Something that was found. level: error, warn, info, grey. where: {file, line, column}, or None."""

    law: str
    level: str
    address: str
    message: str
    where: Document | None = None
    blocked: bool = False


@dataclass(frozen=True)
class Checks:
    """A document as checks. skipped: law → reason."""

    command: str
    account: str
    laws: Sequence[Law]
    results: Sequence[Result]
    skipped: dict[str, str] = field(default_factory=dict)
    at: str = ""
    seconds: float = 0
    file: str = ""


def checks_of(document: Document) -> Checks:
    """The checks of a plan, drift or audit."""
    audit = document["command"] == "audit"
    given = document["account"]
    return Checks(
        document["command"],
        f"{given['subdomain']}.{given['domain']}",
        rules(document) if audit else sorts(),
        findings(document) if audit else changes(document),
        {row["rule"]: row["reason"] for row in document["skipped"]} if audit else {},
        document.get("at", ""),
        document.get("seconds", 0) or 0,
        document.get("file", ""),
    )


def rules(document: Document) -> list[Law]:
    """The rules of an audit, those that found nothing too."""
    return [Law(row["rule"], row["title"], row["computed"], row["todo"]) for row in document["rules"]]


def findings(document: Document) -> list[Result]:
    """The findings of an audit."""
    return [
        Result(row["rule"], row["severity"], row["address"], row["message"], row.get("where"))
        for row in document["findings"]
    ]


def sorts() -> list[Law]:
    """The sorts of changes."""
    about = tr("The account and the spec differ.")
    todo = tr(
        "amoconf apply makes the account as the spec says; to keep what the account has, change the spec."
    )
    return [Law(name, word(name), about, todo) for name in ORDER]


def changes(document: Document) -> list[Result]:
    """The changes of a plan, or the differences of drift."""
    rows = document["differences"] if document["command"] == "drift" else document["changes"]
    return [change(row) for row in rows]


def change(row: Document) -> Result:
    """One change in a sentence or two."""
    told = entry(row)
    texts = ["".join(span.text for span in told.head)]
    texts += [shift(item.name, item.before, item.after) for item in told.shifts]
    texts += [*said(row), *("".join(span.text for span in line) for line in stops(row))]
    message = "; ".join(filter(None, texts)) or told.word
    return Result(
        row["action"], told.level, row["address"], message, row.get("where"), bool(row["blocked_by"])
    )


def shift(name: str, before: str | None, after: str) -> str:
    """An attribute before and after."""
    return f"{name}: {after}" if before is None else f"{name}: {before} → {after}"
