"""Plan, outcomes and differences as plain JSON documents (the contract of the command line's machine output)."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.changes import MANUAL
from amoconf.errors import Problem
from amoconf.lock import Lock
from amoconf.outcome import BY_HAND, Outcome
from amoconf.plan import Plan
from amoconf.report.changerow import change_row

FORMAT_VERSION = "1.0"
ACTIONS = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")
STATUSES = ("done", "failed", "blocked", "skipped", "manual")
Document = dict[str, Any]


def head(command: str, account: Mapping[str, Any]) -> Document:
    """What every document begins with."""
    return {"format_version": FORMAT_VERSION, "command": command, "account": dict(account)}


def plan_document(
    plan: Plan,
    account: Mapping[str, Any],
    reads: int,
    command: str = "plan",
    *,
    lock: Lock | None = None,
    counts: int = 0,
) -> Document:
    """The document of `plan`. lock: what was last applied, so that each attribute can say who moved.

    reads, counts: requests sent for the configuration, and for counting records.
    """
    rows = [change_row(change, plan, lock) for change in plan.changes]
    return {
        **head(command, account),
        "changes": rows,
        "summary": summary(rows, plan),
        "requests": {"read": reads, "impact": counts, "write_planned": writes(plan)},
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
    outcomes: Sequence[Outcome],
    account: Mapping[str, Any],
    *,
    left: Sequence[Document],
    converged: bool,
    plan: Plan | None = None,
) -> Document:
    """The document of `apply`. left: differences that remain after reading back. plan: tells all manual steps."""
    counts = {status: sum(row.status == status for row in outcomes) for status in STATUSES}
    return {
        **head("apply", account),
        "steps": [step_row(row, plan) for row in outcomes],
        "summary": counts,
        "left": list(left),
        "converged": converged,
    }


def step_row(row: Outcome, plan: Plan | None = None) -> Document:
    """What became of one change. manual: where a person clicks, where a person has to."""
    texts = [
        step.text
        for step in (plan.steps_for(row.address) if plan else ())
        if row.action == MANUAL and step.is_manual
    ]
    return {
        "address": str(row.address),
        "kind": row.address.kind,
        "action": row.action,
        "status": row.status,
        "error": row.error or None,
        "id": row.id,
        "manual": (texts or [row.error]) if row.status == BY_HAND else [],
    }


def drift_document(
    plan: Plan,
    account: Mapping[str, Any],
    reads: int,
    *,
    manual: bool,
    lock: Lock | None = None,
    more: Sequence[Document] = (),
) -> Document:
    """The document of `drift`; `manual` False leaves out what only a person can do.

    more: rows that no plan has, such as attestations.
    """
    whole = plan_document(plan, account, reads, "drift", lock=lock)
    rows = [row for row in whole["changes"] if manual or row["action"] != MANUAL] + [*more]
    return {
        **head("drift", account),
        "differences": rows,
        "summary": summary(rows, plan),
        "requests": whole["requests"],
        "notices": whole["notices"],
        "unlisted": whole["unlisted"],
        "in_sync": not rows,
    }
