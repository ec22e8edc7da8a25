"""The reports by name, each with what it needs to be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amoconf.kpi.endings import loss_reasons, unsorted
from amoconf.kpi.funnel import forecast, funnel
from amoconf.kpi.ground import Ground
from amoconf.kpi.staff import staff
from amoconf.kpi.summary import summary
from amoconf.kpi.table import Table
from amoconf.kpi.window import Window
from amoconf.records.history import TOUCHES


@dataclass(frozen=True)
class Report:
    """One report. lists: of the mirror. events: kinds besides moves, None for no events at all.

    earlier: reads events of the window before too, for where stays began.
    """

    build: Callable[[Ground, Window], list[Table]]
    lists: tuple[str, ...] = ("leads",)
    events: Sequence[str] | None = ()
    earlier: bool = False


REPORTS: Mapping[str, Report] = {
    "summary": Report(
        summary, ("leads", "contacts", "companies", "tasks"), ("task_completed",), earlier=True
    ),
    "funnel": Report(funnel, earlier=True),
    "staff": Report(staff, ("leads", "tasks"), TOUCHES),
    "loss-reasons": Report(loss_reasons, events=None),
    "unsorted": Report(unsorted, earlier=True),
    "forecast": Report(forecast),
}
