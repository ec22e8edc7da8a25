"""Documents for the tests of the text reports: written down briefly, filled up with what every document has."""

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
ACTIONS = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")
ACCOUNT = {"id": 30817554, "subdomain": "stroymarket", "domain": "amocrm.ru"}


def row(address: str, action: str = "update", **given: Any) -> dict[str, Any]:
    """A change with everything that a row has; `home` follows from the address unless it is given."""
    kind, _, rest = address.partition("/")
    home = given.pop("home", rest.rpartition("/")[0])
    blank = {
        "verb": action,
        "reason": None,
        "waits": None,
        "channel": "manual" if action == "manual" else "api",
        "before": None,
        "after": None,
        "attributes": [],
        "parts": [],
        "title": rest[len(home) + 1 if home else 0 :],
        "impact": {"records": None, "detail": None},
        "blocked_by": [stop["why"] for stop in given.get("stops", [])],
        "stops": [],
        "origin": None,
        "moves": [],
        "manual": [],
    }
    return {"address": address, "kind": kind, "home": home, "action": action, **blank, **given}


def plan(rows: list[dict[str, Any]], command: str = "plan", **given: Any) -> dict[str, Any]:
    """The document of a plan of these rows."""
    counts = {action: sum(item["action"] == action for item in rows) for action in ACTIONS}
    drift = sum(item["origin"] in ("drift", "both") for item in rows)
    return {
        "format_version": "1.0",
        "command": command,
        "account": ACCOUNT,
        "at": "2020-06-07T14:02:11+03:00",
        "seconds": 2.8,
        "file": "account.yaml",
        "changes": rows,
        "summary": {**counts, "unchanged": 57, "unlisted": 3, "drift": drift},
        "requests": {"read": 19, "impact": 0, "write_planned": 21, "pace": 6.8},
        "problems": [],
        "notices": [],
        "unlisted": ["tag/leads/Сайт 1", "webhook/#1820002", "role/Стажёр"],
        "idle_allowances": [],
        "blocked": any(item["blocked_by"] for item in rows),
        **given,
    }


def drift(rows: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """The document of `drift`."""
    whole = plan(rows, "drift")
    return {**whole, "differences": whole.pop("changes"), "in_sync": not rows, **given}


def applied(steps: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """The document of `apply`; steps say address, action and status at least."""
    blank = {"error": None, "id": None, "manual": []}
    rows = [{**blank, "kind": step["address"].partition("/")[0], **step} for step in steps]
    names = ("done", "failed", "blocked", "skipped", "manual")
    return {
        "format_version": "1.0",
        "command": "apply",
        "account": ACCOUNT,
        "file": "account.yaml",
        "steps": rows,
        "summary": {name: sum(item["status"] == name for item in rows) for name in names},
        "left": [],
        "converged": True,
        **given,
    }


MAKERS = {"plan": plan, "drift": drift, "apply": applied}


def read(path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(pages to lay it out on, the document) of a case. Rows are [address, action, {what differs from blank}]."""
    case = json.loads(path.read_text(encoding="utf-8"))
    given = dict(case["document"])
    command = given["command"]
    if command not in MAKERS:
        return case["pages"], given
    if command == "apply":
        steps = given.pop("steps")
        return case["pages"], applied(steps, **{**given, "left": _rows(given.get("left", []))})
    rows = _rows(given.pop("rows"))
    return case["pages"], MAKERS[command](rows, **given)


def _rows(given: list[list[Any]]) -> list[dict[str, Any]]:
    return [row(item[0], item[1], **(item[2] if len(item) > 2 else {})) for item in given]
