"""Documents as text for people: danger first and again in the summary, words beside every symbol."""

from typing import Any

from rich.console import Console

SYMBOLS = {
    "create": "+",
    "update": "~",
    "move": ">",
    "replace": "±",
    "archive": "-",
    "restore": "^",
    "delete": "x",
    "manual": "!",
}
STYLES = {"create": "green", "archive": "yellow", "delete": "red", "replace": "red", "manual": "magenta"}
Document = dict[str, Any]


def plan_text(document: Document, console: Console) -> None:
    """The plan."""
    account = document["account"]
    host = f"{account['subdomain']}.{account['domain']}"
    console.print(
        f"amoconf plan   {host} (account {account['id']})   {document['requests']['read']} requests"
    )
    for row in document["changes"]:
        _row(row, console)
    counts = dict(document["summary"].items())
    console.print(", ".join(f"{value} {key}" for key, value in counts.items()))
    if document["blocked"]:
        console.print("Blocked")


def _row(row: Document, console: Console) -> None:
    detail = "; ".join(f"{item['name']}: {item['before']} -> {item['after']}" for item in row["attributes"])
    console.print(
        f"  {SYMBOLS[row['action']]} {row['action']:8} {row['address']}  {detail} {row['blocked_by'] or ''} {row['manual'] or ''}"
    )


def drift_text(document: Document, console: Console) -> None:
    """Differences."""
    for row in document["differences"]:
        _row(row, console)


def apply_text(document: Document, console: Console) -> None:
    """What became of each change."""
    for row in document["steps"]:
        console.print(f"  {row['status']:8} {row['action']:8} {row['address']} {row['error'] or ''}")
    for row in document["left"]:
        _row(row, console)
