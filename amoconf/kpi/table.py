"""A report as a table that any renderer can draw: columns with units, rows by column, how it was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.tongue import later, tr

# Units of columns: text; whole numbers; shares of 1; days and hours; sums in the account's currency; ok or grey.
TEXT, COUNT, SHARE, DAYS, HOURS, MONEY, STATUS = "text", "count", "share", "days", "hours", "money", "status"
TITLES: Mapping[str, tuple[str, str]] = {
    "pipeline": (later("Pipeline"), TEXT),
    "stage": (later("Stage"), TEXT),
    "manager": (later("Manager"), TEXT),
    "source": (later("Source"), TEXT),
    "reason": (later("Reason"), TEXT),
    "entity": (later("Records"), TEXT),
    "deals": (later("Deals"), COUNT),
    "sum": (later("Sum of prices"), MONEY),
    "share": (later("Share of all"), SHARE),
    "created": (later("Created"), COUNT),
    "by_robots": (later("By robots"), COUNT),
    "left": (later("Moved on"), COUNT),
    "mean_days": (later("Days in stage"), DAYS),
    "all": (later("All deals"), COUNT),
    "open": (later("Still open"), COUNT),
    "closed": (later("Closed"), COUNT),
    "reached": (later("Reached it"), SHARE),
    "conversion": (later("To the next"), SHARE),
    "won": (later("Won"), COUNT),
    "lost": (later("Lost"), COUNT),
    "win_rate": (later("Win rate"), SHARE),
    "revenue": (later("Revenue"), MONEY),
    "mean_price": (later("Mean price"), MONEY),
    "touches": (later("Touches"), COUNT),
    "tasks_open": (later("Open tasks"), COUNT),
    "tasks_overdue": (later("Overdue now"), COUNT),
    "tasks_done": (later("Tasks done"), COUNT),
    "tasks_created": (later("Tasks set"), COUNT),
    "waiting": (later("Waiting now"), COUNT),
    "oldest_hours": (later("Oldest waits"), HOURS),
    "accepted": (later("Accepted"), COUNT),
    "declined": (later("Declined"), COUNT),
    "accepted_share": (later("Accepted share"), SHARE),
    "mean_hours": (later("Mean processing"), HOURS),
    "sample": (later("Closed before"), COUNT),
    "expected": (later("Expected"), MONEY),
    "status": (later("How sure"), STATUS),
}


@dataclass(frozen=True)
class Table:
    """One table of a report. columns: names of TITLES. rows, total: column → value, None where nothing is known.

    name: the report's, with a part behind a dot where it has several tables.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    calculation: str
    notes: Sequence[str] = ()
    total: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heads(self) -> list[dict[str, str]]:
        """Columns as documents have them."""
        return [
            {"name": name, "title": tr(TITLES[name][0]), "unit": TITLES[name][1]} for name in self.columns
        ]


def ratio(part: float, whole: float) -> float | None:
    """A share; None of nothing."""
    return round(part / whole, 4) if whole else None


def summed(rows: Sequence[Mapping[str, Any]], *columns: str) -> dict[str, Any]:
    """The sums of columns."""
    return {name: sum(row[name] or 0 for row in rows) for name in columns}
