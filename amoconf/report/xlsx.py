"""Sheets as a workbook of Excel: texts stay texts whatever they begin with, the first row stays in sight and filters."""

import re
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

from amoconf.errors import UsageError
from amoconf.report.clean import clean
from amoconf.report.paper import Document
from amoconf.report.sheets import LINK, SHARE, TEXT, Column, Sheet, Value, sheets_of
from amoconf.tongue import tr

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook

LONGEST = 32_767  # characters of a cell by the limits of Excel
LONGEST_NAME = 31  # of a sheet
UNFIT = re.compile(r"[\[\]:*?/\\]")
ACTING = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for a formula
WRAPPED = 40  # columns at least so wide break their lines


def installed() -> None:
    """UsageError where the package that writes workbooks is missing."""
    if find_spec("openpyxl") is None:
        what = tr("writing xlsx needs a package that is not installed")
        raise UsageError(what, 'pip install "amoconf[xlsx]"')


def xlsx(document: Document) -> bytes:
    """The file."""
    installed()
    from openpyxl import Workbook

    book = Workbook()
    if book.active is not None:  # the empty sheet that every new book has
        book.remove(book.active)
    for sheet in sheets_of(document):
        put(book, sheet)
    if document.get("at"):
        made = datetime.fromisoformat(document["at"]).replace(tzinfo=None)
        book.properties.created = book.properties.modified = made
    book.properties.creator = "amoconf"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def put(book: "Workbook", sheet: Sheet) -> None:
    """One sheet."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(name_for(sheet.name, book.sheetnames))
    for number, column in enumerate(sheet.columns, 1):
        text(page.cell(1, number), column.title)
        page.cell(1, number).font = Font(bold=True)
        page.column_dimensions[get_column_letter(number)].width = column.wide
    for line, row in enumerate(sheet.rows, 2):
        for number, (value, column) in enumerate(zip(row, sheet.columns, strict=True), 1):
            fill(page.cell(line, number), value, column)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    for line, note in enumerate(sheet.notes, len(sheet.rows) + 3):
        text(page.cell(line, 1), note)
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def fill(cell: "Cell", value: Value, column: Column) -> None:
    """One value by its sort."""
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        text(cell, value)
        if column.sort == LINK and value.lower().startswith(("https://", "http://")):
            cell.hyperlink = value
            cell.style = "Hyperlink"
    elif value is not None:
        cell.value = value
        if column.sort == SHARE:
            cell.number_format = "0.0%"
        elif column.sort != TEXT and isinstance(value, float) and not value.is_integer():
            cell.number_format = "#,##0.00"
    cell.alignment = Alignment(vertical="top", wrap_text=column.wide >= WRAPPED)


def text(cell: Any, value: str) -> None:
    """A text, never a formula; one that looks like it is marked as text also for those who edit the cell."""
    told = "\n".join(clean(line) for line in value.split("\n"))[:LONGEST]
    cell.value = told
    cell.data_type = "s"
    if told.startswith(ACTING):
        cell.quotePrefix = True


def name_for(name: str, taken: Sequence[str]) -> str:
    """A name that a sheet may have and no other one has."""
    fit = UNFIT.sub(" ", clean(name)).strip(" '")[:LONGEST_NAME].rstrip(" '") or tr("Sheet")
    used = {other.lower() for other in taken}
    made, number = fit, 2
    while made.lower() in used:
        ending = f" {number}"
        made, number = fit[: LONGEST_NAME - len(ending)] + ending, number + 1
    return made
