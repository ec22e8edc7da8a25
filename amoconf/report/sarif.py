"""Checks as SARIF 2.1.0, which code hosting shows beside the lines of the spec."""

import json
from hashlib import sha256
from pathlib import PurePath
from urllib.parse import quote

from amoconf import __version__
from amoconf.report.checks import Checks, Law, Result, checks_of
from amoconf.report.clean import clean
from amoconf.report.paper import Document

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warn": "warning", "info": "note", "grey": "none"}


def sarif(document: Document) -> str:
    """The JSON. Every result lies at a line of a spec: that of the thing, or the first of the file."""
    checks = checks_of(document)
    driver = {
        "name": "amoconf",
        "version": __version__,
        "rules": [_rule(checks, law) for law in checks.laws],
    }
    order = {law.key: number for number, law in enumerate(checks.laws)}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"amoconf/{checks.command}/{checks.account}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(checks, result, order) for result in checks.results],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _skipped(checks)}],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
        + "\n"
    )


def _rule(checks: Checks, law: Law) -> Document:
    """A rule with its help; of changes the identifier says which command found them."""
    return {
        "id": _key(checks, law.key),
        "name": _name(law),
        "shortDescription": {"text": clean(law.title)},
        "fullDescription": {"text": clean(law.about)},
        "help": {"text": clean(law.help or law.title)},
        "defaultConfiguration": {"level": "warning"},
    }


def _key(checks: Checks, law: str) -> str:
    return law if checks.command == "audit" else f"{checks.command}/{law}"


def _name(law: Law) -> str:
    return law.key[:1].upper() + law.key[1:]


def _result(checks: Checks, result: Result, order: dict[str, int]) -> Document:
    message = ": ".join(filter(None, (result.address, result.message)))
    return {
        "ruleId": _key(checks, result.law),
        "ruleIndex": order[result.law],
        "level": "error" if result.blocked else LEVELS[result.level],
        "message": {"text": clean(message)},
        "locations": [_location(checks, result)],
        "partialFingerprints": {"amoconf/v1": _fingerprint(checks, result)},
    }


def _location(checks: Checks, result: Result) -> Document:
    where = result.where or {}
    region = {"startLine": where.get("line") or 1}
    if where.get("column"):
        region["startColumn"] = where["column"]
    place = {
        "artifactLocation": {"uri": _uri(where.get("file") or checks.file or "account.yaml")},
        "region": region,
    }
    logical = [{"fullyQualifiedName": clean(result.address)}] if result.address else []
    return {"physicalLocation": place, **({"logicalLocations": logical} if logical else {})}


def _uri(file: str) -> str:
    """A path as a URI: relative ones stay relative, so that they fit the repository."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _fingerprint(checks: Checks, result: Result) -> str:
    """The same thing found again is the same result, whatever its count is by then."""
    return sha256(
        f"{checks.account} {_key(checks, result.law)} {result.address}".encode("utf-8", "surrogatepass")
    ).hexdigest()[:32]


def _skipped(checks: Checks) -> list[Document]:
    """Rules that were not evaluated."""
    return [
        {
            "level": "note",
            "message": {"text": clean(f"{law}: {reason}")},
            "associatedRule": {"id": _key(checks, law)},
        }
        for law, reason in checks.skipped.items()
    ]
