"""Documents of audit, board and report for the tests of formats, small and whole."""

from typing import Any

from tests.report.documents import ACCOUNT

HEAD = {
    "format_version": "1.0",
    "account": ACCOUNT,
    "at": "2020-06-07T14:02:11+03:00",
    "seconds": 2.8,
    "file": "account.yaml",
    "requests": {"read": 19},
}
WINDOW = {"from": "2020-05-08T00:00+03:00", "to": "2020-06-07T00:00+03:00", "days": 30.0}


def finding(rule: str, severity: str, address: str = "", **given: Any) -> dict[str, Any]:
    """A finding with everything that one has."""
    blank = {
        "count": 5,
        "total": 36,
        "share": 0.1389,
        "threshold": 2,
        "message": "5 of 36 users are administrators",
        "evidence": [6102117, 6102118],
        "links": ["https://stroymarket.amocrm.ru/settings/users/"],
        "title": f"Title of {rule}",
        "measure": "count",
        "computed": "users with `is_admin`",
        "todo": "take the rights away",
        "spec": None,
        "where": None,
    }
    return {"rule": rule, "severity": severity, "address": address, **blank, **given}


def audit(findings: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """The document of an audit."""
    codes = sorted({row["rule"] for row in findings} | {"A99"})
    rules = [
        {"rule": code, "title": f"Title of {code}", "computed": "how", "todo": "do"}
        for code in [*codes, "B08"]
    ]
    return {
        **HEAD,
        "command": "audit",
        "score": 67,
        "penalties": [{"rule": findings[0]["rule"], "severity": "error", "points": 1.23}] if findings else [],
        "findings": findings,
        "figures": {"users": 36, "pipeline_deals[Retail]": 12.5, "nothing": None},
        "skipped": [{"rule": "B08", "reason": "no lock file remembers ids"}],
        "evaluated": codes,
        "rules": rules,
        "stages": [
            {"pipeline": "Retail", "stage": "New", "address": "stage/retail/new", "passed": 60, "reached": 40, "won": 4, "stuck": 0},
            {"pipeline": "Retail", "stage": "Offer", "address": "stage/retail/offer", "passed": 12, "reached": 10, "won": 4, "stuck": 3},
        ],
        "exceptions": [
            {"rule": "A01", "address": "user/a@b.example", "id": None, "reason": "he leaves", "until": "2020-01-01", "state": "expired", "matches": None}
        ],
        "hidden": [],
        "comparison": None,
        "offline": False,
        "partial": False,
        "now": 1591520426,
        "events_since": 1588885200,
        **given,
    }  # fmt: skip


def board() -> dict[str, Any]:
    """The document of a board with two indicators."""
    by = {"dimension": "manager", "key": None, "id": 7, "name": "Anna", "value": 0.5, "threshold": 0.85, "sample": 40, "status": "error"}  # fmt: skip
    whole = {
        "threshold_most": None,
        "better": "more",
        "sample": 46,
        "previous": 0.2,
        "trend": "better",
        "calculation": "share of open deals with a task",
        "worst": [by],
        "doubtful": [],
        "by": [by],
        "unread": None,
    }
    rows = [
        {**whole, "name": "with_task", "title": "Deals with a next step", "value": 0.283, "unit": "share", "threshold": 0.85, "status": "error"},
        {**whole, "name": "load", "title": "Open deals", "value": 6.0, "unit": "deals", "threshold": None, "status": "ok", "by": []},
    ]  # fmt: skip
    return {
        **HEAD,
        "command": "board",
        "window": WINDOW,
        "previous_window": WINDOW,
        "indicators": rows,
        "unread": [{"what": "events", "reason": "no right"}],
        "partial": True,
    }


def report() -> dict[str, Any]:
    """The document of one report with a total."""
    columns = [
        {"name": "pipeline", "title": "Pipeline", "unit": "text"},
        {"name": "stage", "title": "Stage", "unit": "text"},
        {"name": "all", "title": "All", "unit": "count"},
        {"name": "share", "title": "Share", "unit": "share"},
        {"name": "status", "title": "Data", "unit": "status"},
    ]
    rows = [
        {"pipeline": "Retail", "stage": "New", "all": 40, "share": 0.8, "status": "ok"},
        {"pipeline": "Retail", "stage": "=1+1", "all": 10, "share": None, "status": "grey"},
    ]
    one = {"name": "funnel", "title": "Funnel", "columns": columns, "rows": rows, "total": {"all": 50}, "calculation": "deals that came", "notes": ["A note."]}  # fmt: skip
    return {**HEAD, "command": "report", "window": WINDOW, "reports": [one], "unread": [], "partial": False}


def small_audit() -> dict[str, Any]:
    """An audit with one finding of each severity and a comparison."""
    findings = [
        finding("A01", "error", spec="policy: {admins: {max: 2}}"),
        finding(
            "E01",
            "warn",
            "tag/leads",
            measure="share",
            threshold=0.05,
            evidence=[24501481],
            links=["https://stroymarket.amocrm.ru/leads/detail/24501481"],
            where={"file": "account.yaml", "line": 12, "column": 3},
        ),
        finding(
            "C09", "info", "stage/retail/offer", total=None, share=None, threshold=None, evidence=[], links=[]
        ),
        finding("F10", "grey", "field/leads/city", message="too few"),
    ]
    brief = {name: findings[0][name] for name in ("rule", "severity", "address", "count", "message")}
    changed = {**brief, "before": 7, "severity_before": "warn", "material": True}
    apart = {"comparable": False, "added": ["E01"], "dropped": ["B01"]}
    comparison = {"score": 61, **apart, "new": [brief], "fixed": [brief], "changed": [changed]}
    history = [
        {"at": "2020-05-07T03:00:00+00:00", "score": 61},
        {"at": "2020-06-07T11:02:11+00:00", "score": 67},
    ]
    return audit(findings, comparison=comparison, history=history)
