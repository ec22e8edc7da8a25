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


def diff_text(document: Document, screen: Screen) -> None:
    """Two specs compared."""
    from amoconf.report.difftext import diff_lines

    screen.print(diff_lines(document, screen.page))


def audit_text(document: Document, screen: Screen) -> None:
    """An audit."""
    from amoconf.report.audittext import audit_lines

    screen.print(audit_lines(document, screen.page))


def attest_text(document: Document, screen: Screen) -> None:
    """Manual items and how they stand."""
    from amoconf.report.attestrow import attest_lines

    screen.print(attest_lines(document, screen.page))


def board_text(document: Document, screen: Screen) -> None:
    """The board."""
    from amoconf.report.boardtext import board_lines

    screen.print(board_lines(document, screen.page))


def report_text(document: Document, screen: Screen) -> None:
    """Reports, each as a table."""
    from amoconf.report.reporttext import report_lines

    screen.print(report_lines(document, screen.page))


def fleet_text(document: Document, screen: Screen) -> None:
    """Many accounts."""
    from amoconf.report.fleettext import fleet_lines

    screen.print(fleet_lines(document, screen.page))
