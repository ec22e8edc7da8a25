"""The document of `report`: every report as a table with its columns, so that any renderer can draw it."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.facts import Facts
from amoconf.kpi.table import Table
from amoconf.kpi.window import Window
from amoconf.report.boarddoc import ending, window_row
from amoconf.report.document import Document, head


def report_document(
    tables: Sequence[Table], facts: Facts, window: Window, account: Mapping[str, Any], reads: int
) -> Document:
    """The document. reads: requests sent."""
    return {
        **head("report", account),
        "window": window_row(window, facts),
        "reports": [table_row(table, window_row(window, facts)) for table in tables],
        **ending(facts, reads),
    }


def table_row(table: Table, window: Document) -> Document:
    """One table. total: sums by column, empty where there are none."""
    return {
        "name": table.name,
        "title": table.title,
        "window": window,
        "columns": table.heads,
        "rows": [dict(row) for row in table.rows],
        "total": dict(table.total),
        "calculation": table.calculation,
        "notes": list(table.notes),
    }
