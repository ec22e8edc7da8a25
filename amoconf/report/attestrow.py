"""What a person attests, and what of a policy nobody can judge, as rows of a document; and the list of `attest`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from amoconf.attest import Standing
from amoconf.errors import Problem
from amoconf.report.document import Document, head
from amoconf.report.flow import Line, Page, flow
from amoconf.tongue import tr

# A change of a plan has all of these; here is nothing to send and nothing that stands against it.
BLANK: Mapping[str, Any] = {
    "home": "",
    "action": "manual",
    "verb": "update",
    "waits": None,
    "channel": "manual",
    "before": {},
    "after": {},
    "attributes": [],
    "parts": [],
    "impact": {"records": None, "detail": None},
    "blocked_by": [],
    "stops": [],
    "origin": None,
    "moves": [],
}


def attest_row(item: Standing, today: date) -> Document:
    """An item that is due, shaped as a change."""
    what = f"{item.title} ({item.where})" if item.where else item.title
    todo = tr("{what}: look, then amoconf attest {key} --by NAME", what=what, key=item.key)
    return {
        **BLANK,
        "address": f"manual/{item.key}",
        "kind": "manual",
        "reason": item.said(today),
        "title": item.title,
        "manual": [todo],
    }


def unseen_row(problem: Problem) -> Document:
    """A part of the policy that could not be judged, shaped as a change."""
    return {
        **BLANK,
        "address": problem.address,
        "kind": "policy",
        "reason": None,
        "title": problem.address,
        "manual": [f"{problem.what}: {problem.todo}"],
    }


def attest_document(items: Sequence[Standing], today: date, account: Mapping[str, Any]) -> Document:
    """The document of `attest --list`. state: never, expired, holds. account: as the spec names it."""
    rows = [list_row(item, today) for item in items]
    due = sum(row["state"] != "holds" for row in rows)
    return {**head("attest", account), "today": today.isoformat(), "items": rows, "due": due}


def list_row(item: Standing, today: date) -> Document:
    """One item of the spec."""
    state = "never" if item.last is None else "expired" if item.is_due(today) else "holds"
    return {
        "item": item.key,
        "title": item.title,
        "where": item.where or None,
        "every_days": item.days,
        "by": item.last.by if item.last else None,
        "date": item.last.on.isoformat() if item.last else None,
        "note": item.last.note or None if item.last else None,
        "until": item.until.isoformat() if item.until else None,
        "state": state,
        "said": item.said(today),
    }


STYLES = {"never": "yellow", "expired": "bold red", "holds": "green"}


def attest_lines(document: Document, page: Page) -> list[Line]:
    """The list as text: an item, what must be true, how it stands."""
    if not document["items"]:
        return [((tr("The spec has no manual items."), ""),)]
    lines: list[Line] = []
    for row in document["items"]:
        where = f" ({row['where']})" if row["where"] else ""
        lines += flow(
            page, ((f"  {page.say(row['item'])}   ", "bold"),), [page.prose(row["title"] + where)], 6
        )
        note = f"; {row['note']}" if row["note"] else ""
        lines += flow(
            page, (("      ", ""),), [page.prose(row["said"] + note, style=STYLES[row["state"]])], 6
        )
    total = tr("{due} of {count} due", due=document["due"], count=len(document["items"]))
    return [*lines, ((total, "bold"),)]
