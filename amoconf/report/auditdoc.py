"""The document of `audit`: findings with their rule's words, figures, what was skipped, the score."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.audit import Audit, rules
from amoconf.audit.case import Excuse
from amoconf.audit.rule import Finding
from amoconf.facts import Facts
from amoconf.report.auditrows import places, rule_rows, stage_rows
from amoconf.report.document import Document, head
from amoconf.since import Item, Sight, differing, material, numbered
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
        "stages": stage_rows(result, facts),
        "exceptions": [
            *(excuse_row(excuse, "active", matches(excuse, result)) for excuse in result.excuses),
            *(excuse_row(excuse, "expired", None) for excuse in result.expired),
        ],
        "hidden": [{"rule": rule, "address": address} for rule, address in sorted(result.hidden)],
        "comparison": None,
        "offline": not facts.live,
        "partial": facts.partial,
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
        "measure": found.measure or rule.measure,
        "computed": tr(rule.how),
        "todo": tr(rule.todo),
        "spec": found.spec or None,
        "settled": found.settled or None,
    }


def links(found: Finding, home: str) -> list[str]:
    """Where the evidence is seen; of settings the page that lists it."""
    if not home:
        return []
    if found.entity in CARDS:
        return [f"{home}/{CARDS[found.entity].format(key)}" for key in found.evidence]
    return [f"{home}/{PLACES[found.entity]}"] if found.entity in PLACES else []


def matches(excuse: Excuse, result: Audit) -> bool | None:
    """Whether an exception excuses anything; None where its rule was not evaluated."""
    return excuse not in result.idle if excuse.rule in result.evaluated else None


def excuse_row(excuse: Excuse, state: str, matched: bool | None) -> Document:
    """One exception. matched: whether it excuses anything, None where nobody knows."""
    return {
        "rule": excuse.rule,
        "address": excuse.address or None,
        "id": excuse.id,
        "reason": excuse.reason,
        "until": excuse.until,
        "state": state,
        "matches": matched,
    }


def compared(document: Document, previous: Mapping[str, Any]) -> Document:
    """The document with what is new, fixed, or of another count or severity since a previous one.

    `changed` holds every change, and `material` tells those that a notice would tell. Of rules that only one of the
    two evaluated (`added`, `dropped`) nothing is new or fixed, nor is what an exception hides, or what stands on too
    few records now.
    """
    grey = [row for row in document["findings"] if row["severity"] == "grey"]
    hidden = [(row["rule"], row["address"]) for row in (*document["hidden"], *grey)]
    then = Sight(findings(previous["findings"]), previous.get("evaluated"))
    apart = differing(then, Sight(findings(document["findings"]), document["evaluated"], hidden))
    changed = [
        {**brief(item), "before": old.count, "severity_before": old.severity, "material": material(old, item)}
        for old, item in apart.both
        if (old.count, old.severity) != (item.count, item.severity)
    ]
    return {
        **document,
        "comparison": {
            "score": previous.get("score"),
            "comparable": not apart.added and not apart.dropped,
            "added": list(apart.added),
            "dropped": list(apart.dropped),
            "new": [brief(item) for item in apart.new],
            "fixed": [brief(item) for item in apart.gone],
            "changed": changed,
        },
    }


def findings(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Findings as they are compared; those of severity grey say nothing and are no findings here."""
    return numbered(
        Item(row["rule"], row["address"], row["severity"], count=row["count"], message=row["message"])
        for row in rows
        if row["severity"] != "grey"
    )


def brief(item: Item) -> Document:
    """What tells a finding."""
    return {
        "rule": item.code,
        "severity": item.severity,
        "address": item.address,
        "count": item.count,
        "message": item.message,
    }
