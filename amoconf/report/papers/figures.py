"""The board of deviations and the reports laid out: tables of figures, each with how it was computed."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.report.boardtext import DIMENSIONS, STATUSES, TRENDS, span
from amoconf.report.figures import amount
from amoconf.report.paper import (
    ERROR,
    GREY,
    STRONG,
    WARN,
    Bar,
    Bars,
    Block,
    Column,
    Document,
    Note,
    Paper,
    Section,
    Span,
    Table,
    Words,
    dim,
    plain,
)
from amoconf.report.papers import account_of, facts_of
from amoconf.tongue import tr, trn

MARKS = {"ok": "✓", "warn": "◆", "error": "▲", "grey": "○"}
TEXTS = ("text", "status")  # units of columns that hold words


def board_paper(document: Document) -> Paper:
    """The figures against their norms, then each of them taken apart."""
    rows = document["indicators"]
    return Paper(
        tr("Deviation board"),
        account_of(document),
        verdict(rows),
        [*facts_of(document), *windows(document)],
        [board(rows), *noted(document)],
        [apart(row) for row in rows],
    )


def windows(document: Document) -> list[tuple[str, str]]:
    """Which days were looked at, and what they are compared with."""
    facts = [(tr("Window"), span(document["window"]))]
    before = document.get("previous_window")
    return [*facts, (tr("Compared with"), span(before))] if before else facts


def verdict(rows: Sequence[Document]) -> Note:
    """How many figures are beyond their norm."""
    counts = {name: sum(row["status"] == name for row in rows) for name in STATUSES}
    bad = counts["error"] + counts["warn"]
    level = ERROR if counts["error"] else WARN if bad else "good"
    if not bad:
        return Note(plain(tr("Every figure that could be judged is within its norm.")), level)
    text = trn("{number} figure is beyond its norm", "{number} figures are beyond their norms", bad)
    return Note((Span(text, STRONG),), level)


def board(rows: Sequence[Document]) -> Table:
    """One line for each figure."""
    columns = (
        Column(tr("Figure")),
        Column(tr("Status")),
        Column(tr("Value"), numeric=True),
        Column(tr("Norm"), numeric=True),
        Column(tr("Before")),
        Column(tr("Sample"), numeric=True),
    )
    return Table(columns, [_line(row) for row in rows])


def _line(row: Document) -> Sequence[Words]:
    return (
        plain(row["title"]),
        plain(status(row["status"])),
        plain(amount(row["value"], row["unit"])),
        plain(limits(row)),
        plain(before(row)),
        plain(amount(row["sample"], "count")),
    )


def limits(row: Document) -> str:
    """ "≤ 30 min", "≥ 85 %", "8–12"; the head of the column says that these are norms."""
    if row["threshold"] is None:
        return ""
    least = amount(row["threshold"], row["unit"])
    if row["threshold_most"] is not None:
        return f"{least}–{amount(row['threshold_most'], row['unit'])}"
    return f"{'≥' if row['better'] == 'more' else '≤'} {least}"


def before(row: Document) -> str:
    """The value of the window before, and whether it became better."""
    if row["previous"] is None:
        return ""
    told = amount(row["previous"], row["unit"])
    return f"{told}; {tr(TRENDS[row['trend']])}" if row["trend"] else told


def status(name: str) -> str:
    """A sign and the word."""
    return f"{MARKS[name]} {tr(STATUSES[name])}" if name in STATUSES else name


def apart(row: Document) -> Section:
    """One figure by pipeline, manager, source; how it was computed."""
    groups: dict[str, list[Document]] = {}
    for item in row["by"]:
        groups.setdefault(item["dimension"], []).append(item)
    blocks: list[Block] = [_by(row, dimension, items) for dimension, items in groups.items()]
    if row.get("unread"):
        blocks.append(Note(plain(tr("not read: {reason}", reason=row["unread"])), WARN))
    blocks.append(Note(dim(tr("Computed: {how}", how=row["calculation"]))))
    return Section(row["title"], blocks)


def _by(row: Document, dimension: str, items: Sequence[Document]) -> Table:
    title = tr(DIMENSIONS[dimension]) if dimension in DIMENSIONS else dimension
    columns = (
        Column(title),
        Column(tr("Value"), numeric=True),
        Column(tr("Sample"), numeric=True),
        Column(tr("Status")),
    )
    told = [
        (
            plain(str(item["name"])),
            plain(amount(item["value"], row["unit"])),
            plain(amount(item["sample"], "count")),
            plain(status(item["status"])),
        )
        for item in items
    ]
    return Table(columns, told)


def noted(document: Mapping[str, Any]) -> list[Block]:
    """What the token may not read."""
    texts = [
        tr("Not read: {what} ({reason}).", what=row["what"], reason=row["reason"])
        for row in document.get("unread", ())
    ]
    if document.get("partial"):
        texts.append(tr("The token is no administrator's: counted is what its user may see."))
    return [Note(plain(text), GREY) for text in texts]


def report_paper(document: Document) -> Paper:
    """Each report as a table."""
    rows = document["reports"]
    return Paper(
        tr("Reports"),
        account_of(document),
        Note(plain(", ".join(dict.fromkeys(row["title"] for row in rows)))),
        [*facts_of(document), *windows(document)],
        noted(document),
        [Section(row["title"], [*drawn(row), table(row), *remarks(row)]) for row in rows],
    )


def table(row: Document) -> Table:
    """The rows of a report, and their total."""
    columns = [Column(column["title"], column["unit"] not in TEXTS) for column in row["columns"]]
    told = [[plain(cell(item, column)) for column in row["columns"]] for item in row["rows"]]
    if row.get("total"):
        known = [column if column["name"] in row["total"] else None for column in row["columns"]]
        cells = [(Span(cell(row["total"], column) if column else "", STRONG),) for column in known]
        told.append([(Span(tr("Total"), STRONG),), *cells[1:]])
    return Table(columns, told)


def cell(item: Mapping[str, Any], column: Document) -> str:
    """One value by its column's unit."""
    value, unit = item.get(column["name"]), column["unit"]
    if unit == "status":
        return status(value) if value else ""
    if unit in TEXTS or isinstance(value, str):
        return "" if value is None else str(value)
    return amount(value, unit)


def drawn(row: Document) -> list[Block]:
    """The funnel of each pipeline as bars."""
    names = {column["name"] for column in row["columns"]}
    if not {"pipeline", "stage", "all"} <= names:
        return []
    groups: dict[str, list[Bar]] = {}
    for item in row["rows"]:
        told = amount(item["all"], "count")
        groups.setdefault(item["pipeline"], []).append(Bar(item["stage"], item["all"] or 0, told))
    return [
        Bars(tr("“{pipeline}”: deals by stage reached", pipeline=pipeline), bars)
        for pipeline, bars in groups.items()
        if any(bar.value for bar in bars)
    ]


def remarks(row: Document) -> list[Block]:
    """Notes, and how it was computed."""
    notes = [Note(plain(text)) for text in row["notes"]]
    return [*notes, Note(dim(tr("Computed: {how}", how=row["calculation"])))]
