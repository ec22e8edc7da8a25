"""Documents as text for people: danger first and again in the summary, words beside every symbol."""

from collections.abc import Callable
from typing import Any

from amoconf.report.console import Screen
from amoconf.report.flow import Line, Page
from amoconf.report.plantext import plan_lines

Document = dict[str, Any]


def plan_text(document: Document, screen: Screen) -> None:
    """The plan."""
    screen.print(plan_lines(document, screen.page))
