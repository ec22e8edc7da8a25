"""Documents as text for people: danger first and again in the summary, words beside every symbol."""

from collections.abc import Sequence
from typing import Any

from amoconf.report.console import Screen

Document = dict[str, Any]


def plan_text(document: Document, screen: Screen) -> None:
    """The plan."""
    from amoconf.report.plantext import plan_lines

    screen.print(plan_lines(document, screen.page))


def drift_text(document: Document, screen: Screen) -> None:
    """Differences, by who moved."""
    from amoconf.report.drifttext import drift_lines

    screen.print(drift_lines(document, screen.page))


def apply_text(document: Document, screen: Screen) -> None:
    """What became of each change."""
    from amoconf.report.applytext import apply_lines

    screen.print(apply_lines(document, screen.page))


def explain_text(document: Document, screen: Screen) -> None:
    """One thing."""
    from amoconf.report.explaintext import explain_lines

    screen.print(explain_lines(document, screen.page))


def validate_text(document: Document, screen: Screen) -> None:
    """Problems of specs."""
    from amoconf.report.problemtext import validate_lines

    screen.print(validate_lines(document, screen.page))


def manual_text(steps: Sequence[tuple[str, str]], screen: Screen) -> None:
    """What a person is to do now: pairs of address and where to click."""
    from amoconf.report.applytext import manual_lines

    screen.print(manual_lines(steps, screen.page))


def undo_text(document: Document, screen: Screen) -> None:
    """The plan of the way back, or what became of it."""
    from amoconf.report.undotext import undo_lines, undone_lines

    screen.print((undone_lines if "steps" in document else undo_lines)(document, screen.page))


def snapshots_text(document: Document, screen: Screen) -> None:
    """The list of snapshots."""
    from amoconf.report.undotext import list_lines

    screen.print(list_lines(document, screen.page))


def values_text(document: Document, screen: Screen) -> None:
    """Distinct values of a field, with a list to paste."""
    from amoconf.report.valuestext import values_lines

    screen.print(values_lines(document, screen.page))


def audit_text(document: Document, screen: Screen) -> None:
    """An audit."""
    from amoconf.report.audittext import audit_lines

    screen.print(audit_lines(document, screen.page))
