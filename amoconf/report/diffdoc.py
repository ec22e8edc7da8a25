"""The document of `diff`: changes as a plan has them, what is left alone from now on, what else a spec says."""

from collections.abc import Mapping
from typing import Any

from amoconf.changes import View
from amoconf.compare import Comparison
from amoconf.model import Account
from amoconf.plan import Plan
from amoconf.report.changerow import change_row, nested, spoken
from amoconf.report.document import Document, head, summary


def diff_document(
    found: Comparison, before: Account, after: Account, account: Mapping[str, Any], names: tuple[str, str]
) -> Document:
    """The document. names: of both specs, as the person gave them."""
    view = View(after, before)
    plan = Plan(found.changes, (), view, unchanged=found.unchanged, unlisted=found.dropped)
    rows = [change_row(change, plan) for change in found.changes]
    settings = [
        {
            "name": item.name,
            "before": plainly(item.before),
            "after": plainly(item.after),
            "inside": nested(item.before, item.after),
        }
        for item in found.settings
    ]
    released = [{"address": str(address), "name": name} for address, name in found.released]
    return {
        **head("diff", account),
        "old": names[0],
        "new": names[1],
        "changes": rows,
        "summary": summary(rows, plan),
        "unlisted": [str(address) for address in found.dropped],
        "released": released,
        "settings": settings,
        "notices": [],
        "blocked": False,
        "same": not (rows or settings or found.dropped or released),
    }


def plainly(value: Any) -> Any:
    """A setting as JSON holds it."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {
            "/".join(map(str, key)) if isinstance(key, tuple) else str(key): plainly(item)
            for key, item in value.items()
        }
    return spoken(value)
