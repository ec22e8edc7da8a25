"""The document of `audit`: findings with their rule's words, figures, what was skipped, the score."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.audit import Audit, Facts, rules
from amoconf.audit.case import Excuse
from amoconf.audit.rule import Finding
from amoconf.report.auditrows import places, rule_rows, stage_rows
from amoconf.report.document import Document, head
from amoconf.tongue import tr

# Places in the interface. Guess: no page of the API facts lists addresses of settings.
CARDS = {"leads": "leads/detail/{}", "contacts": "contacts/detail/{}", "companies": "companies/detail/{}"}
PLACES = {
    "users": "settings/users/",
    "roles": "settings/users/",
    "webhooks": "settings/widgets/",
    "widgets": "settings/widgets/",
    "sources": "settings/pipeline/leads/",
    "pipelines": "settings/pipeline/leads/",
    "stages": "settings/pipeline/leads/",
    "fields": "settings/custom_fields/",
    "options": "settings/custom_fields/",
    "tags": "leads/list/",
    "tasks": "todo/list/",
    "task_types": "todo/list/",
}


def audit_document(result: Audit, facts: Facts, account: Mapping[str, Any], reads: int) -> Document:
    """The document. reads: requests sent."""
    place = places(facts)
    return {
        **head("audit", account),
        "score": result.score,
        "penalties": [
            {"rule": row.rule, "severity": row.severity, "points": row.points} for row in result.penalties
        ],
        "findings": [
            {**finding_row(found, facts.home), "where": place(found.address)} for found in result.findings
        ],
        "figures": dict(sorted(result.figures.items())),
        "skipped": [{"rule": code, "reason": reason} for code, reason in result.skipped.items()],
        "evaluated": list(result.evaluated),
        "rules": rule_rows(result),
        "stages": stage_rows(result.figures, facts),
        "exceptions": [
            *(excuse_row(excuse, "active") for excuse in result.excuses),
            *(excuse_row(excuse, "expired") for excuse in result.expired),
        ],
        "comparison": None,
        "offline": not facts.live,
        "partial": "users" in facts.unread,
        "now": facts.now,
        "events_since": facts.since,
        "requests": {"read": reads},
    }


def finding_row(found: Finding, home: str) -> Document:
    """One finding with its rule's words and links into the interface."""
    rule = next(rule for rule in rules() if rule.code == found.rule)
    return {
        "rule": found.rule,
        "severity": found.severity,
        "address": found.address,
        "count": found.count,
        "total": found.total,
        "share": found.share,
        "threshold": found.threshold,
        "message": found.message,
        "evidence": list(found.evidence),
        "links": links(found, home),
        "title": tr(rule.title),
        "measure": rule.measure,
        "computed": tr(rule.how),
        "todo": tr(rule.todo),
        "spec": found.spec or None,
    }


def links(found: Finding, home: str) -> list[str]:
    """Where the evidence is seen; of settings the page that lists it."""
    if not home:
        return []
    if found.entity in CARDS:
        return [f"{home}/{CARDS[found.entity].format(key)}" for key in found.evidence]
    return [f"{home}/{PLACES[found.entity]}"] if found.entity in PLACES else []


def excuse_row(excuse: Excuse, state: str) -> Document:
    """One exception."""
    return {
        "rule": excuse.rule,
        "address": excuse.address or None,
        "id": excuse.id,
        "reason": excuse.reason,
        "until": excuse.until,
        "state": state,
    }


def compared(document: Document, previous: Mapping[str, Any]) -> Document:
    """The document with what is new, fixed or of another count since a previous one.

    A finding counts as fixed only where its rule was evaluated this time, and no exception of that rule is in force.
    """
    now, then = keyed(document["findings"]), keyed(previous["findings"])
    excused = {row["rule"] for row in document["exceptions"] if row["state"] == "active"}
    judged = set(document["evaluated"]) - excused
    return {
        **document,
        "comparison": {
            "score": previous.get("score"),
            "new": [brief(now[key]) for key in now if key not in then],
            "fixed": [brief(row) for key, row in then.items() if key not in now and key[0] in judged],
            "changed": [
                {**brief(row), "before": then[key]["count"]}
                for key, row in now.items()
                if key in then and then[key]["count"] != row["count"]
            ],
        },
    }


def keyed(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Findings by rule and address; those of severity grey say nothing and are no findings here."""
    return {(row["rule"], row["address"]): row for row in rows if row["severity"] != "grey"}


def brief(row: Mapping[str, Any]) -> Document:
    """What tells a finding."""
    return {name: row[name] for name in ("rule", "severity", "address", "count", "message")}
