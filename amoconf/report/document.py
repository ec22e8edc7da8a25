"""Plan, outcomes and differences as plain JSON documents (the contract of the command line's machine output)."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.changes import MANUAL, AttrChange, Change
from amoconf.errors import Problem
from amoconf.kinds import KINDS
from amoconf.outcome import Outcome
from amoconf.plan import Plan
from amoconf.report.masked import masked
from amoconf.values import Address, Hidden, Value

FORMAT_VERSION = "1.0"
ACTIONS = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")
STATUSES = ("done", "failed", "blocked", "skipped", "manual")
Document = dict[str, Any]


def head(command: str, account: Mapping[str, Any]) -> Document:
    """What every document begins with."""
    return {"format_version": FORMAT_VERSION, "command": command, "account": dict(account)}


def plan_document(plan: Plan, account: Mapping[str, Any], reads: int, command: str = "plan") -> Document:
    """The document of `plan`."""
    rows = [change_row(change, plan) for change in plan.changes]
    return {
        **head(command, account),
        "changes": rows,
        "summary": summary(rows, plan),
        "requests": {"read": reads, "impact": 0, "write_planned": writes(plan)},
        "problems": [],
        "notices": [problem_row(notice) for notice in plan.notices],
        "unlisted": [str(address) for address in plan.unlisted],
        "idle_allowances": list(plan.idle_allowances),
        "blocked": bool(plan.blocked),
    }


def writes(plan: Plan) -> int:
    """Write requests of the plan, as far as they can be told before the deals are counted."""
    from amoconf.bodies import batches

    return len([batch for batch in batches(plan.open_steps) if not batch[0].data])


def summary(rows: Sequence[Document], plan: Plan) -> dict[str, int]:
    """Counts by action."""
    counts = {action: sum(row["action"] == action for row in rows) for action in ACTIONS}
    drift = sum(row["origin"] in ("drift", "both") for row in rows)
    return {**counts, "unchanged": plan.unchanged, "unlisted": len(plan.unlisted), "drift": drift}


def change_row(change: Change, plan: Plan) -> Document:
    """One change. `what` says in words what it would be if nobody had to do it by hand."""
    attributes = [attribute_row(change, item) for item in change.attributes]
    return {
        "address": str(change.address),
        "kind": change.address.kind,
        "action": MANUAL if change.channel == MANUAL else change.action,
        "verb": change.action,
        "reason": change.waits or change.reason or None,
        "channel": change.channel,
        "before": {row["name"]: row["before"] for row in attributes} if change.have else None,
        "after": {row["name"]: row["after"] for row in attributes} if change.action != "delete" else None,
        "attributes": attributes,
        "parts": [str(part.address) for part in change.parts],
        "title": _title(change),
        "impact": {"records": None, "detail": None},
        "blocked_by": list(plan.blocked.get(change.address, ())),
        "origin": change.origin,
        "manual": [step.text for step in plan.manual_steps if change.address in step.serves],
    }


def _title(change: Change) -> str:
    """The thing's name as people see it now, or will."""
    thing = change.have or change.want
    name = thing.attrs.get(KINDS[change.address.kind].identity) if thing else None
    return str(masked(name)) if name is not None else change.address.key


def attribute_row(change: Change, item: AttrChange) -> Document:
    """One attribute before and after, in the words of YAML."""
    return {
        "name": item.name,
        "before": told(change.address.kind, item.name, item.before),
        "after": told(change.address.kind, item.name, item.after),
    }


def told(kind: str, name: str, value: Value) -> Any:
    """A canonical value as YAML would hold it; URLs and secrets without what must not be seen."""
    attr = KINDS[kind].by_name.get(name)
    if value is None or attr is None:
        return value
    if attr.codec.secret or isinstance(value, Hidden):
        return masked(value)
    return _spoken(attr.codec.dump(value))


def _spoken(value: Any) -> Any:
    if isinstance(value, Address):
        return str(value)
    if isinstance(value, tuple):
        return [_spoken(item) for item in value]
    return value


def problem_row(problem: Problem) -> Document:
    """A problem or a notice."""
    where = problem.where
    return {
        "what": problem.what,
        "todo": problem.todo,
        "address": problem.address,
        "file": where.file if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
    }


def apply_document(
    outcomes: Sequence[Outcome], account: Mapping[str, Any], *, left: Sequence[Document], converged: bool
) -> Document:
    """The document of `apply`. left: differences that remain after reading back."""
    steps = [
        {
            "address": str(row.address),
            "action": row.action,
            "status": row.status,
            "error": row.error or None,
            "id": row.id,
        }
        for row in outcomes
    ]
    counts = {status: sum(row.status == status for row in outcomes) for status in STATUSES}
    return {
        **head("apply", account),
        "steps": steps,
        "summary": counts,
        "left": list(left),
        "converged": converged,
    }


def drift_document(plan: Plan, account: Mapping[str, Any], reads: int, *, manual: bool) -> Document:
    """The document of `drift`; `manual` False leaves out what only a person can do."""
    whole = plan_document(plan, account, reads, "drift")
    rows = [row for row in whole["changes"] if manual or row["action"] != MANUAL]
    return {
        **head("drift", account),
        "differences": rows,
        "summary": summary(rows, plan),
        "requests": whole["requests"],
        "unlisted": whole["unlisted"],
        "in_sync": not rows,
    }
