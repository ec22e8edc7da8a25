"""Documents as sheets of a workbook: what stands in which column, before any file is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from amoconf.report.boardtext import DIMENSIONS
from amoconf.report.paper import Document
from amoconf.report.papers import account_of
from amoconf.report.papers.audit import WORDS
from amoconf.report.papers.figures import TEXTS, status
from amoconf.tongue import later, tr

Value = str | int | float | None
TEXT, NUMBER, SHARE, LINK = "text", "number", "share", "link"
UNITS: Mapping[str, str] = {
    "share": later("share of 1"),
    "minutes": later("minutes"),
    "deals": later("deals"),
    "touches": later("touches"),
}
FAMILIES: Mapping[str, str] = {
    "A": later("A Access"),
    "B": later("B Integrations"),
    "C": later("C Pipelines"),
    "D": later("D Fields"),
    "E": later("E Dictionaries"),
    "F": later("F Deals"),
    "G": later("G Contacts"),
}


@dataclass(frozen=True)
class Column:
    """A column. wide: in characters; sort: text, number, share (a part of 1) or link."""

    title: str
    wide: int = 14
    sort: str = TEXT


@dataclass(frozen=True)
class Sheet:
    """A table on a sheet of its own. notes: sentences below it."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = ()


def sheets_of(document: Document) -> list[Sheet]:
    """The sheets of an audit, a board or reports."""
    make: dict[str, Callable[[Document], list[Sheet]]] = {
        "audit": audit_sheets,
        "board": board_sheets,
        "report": report_sheets,
    }
    return make[document["command"]](document)


def audit_sheets(document: Document) -> list[Sheet]:
    """Summary, a sheet for each family of rules that found something, figures and what else there is."""
    families = dict.fromkeys(
        row["rule"][0] for row in sorted(document["findings"], key=lambda row: row["rule"])
    )
    return [
        summary(document, audit_facts(document)),
        *(family(document, letter) for letter in families),
        figures(document),
        *(sheet for sheet in (stages(document), skipped(document), exceptions(document)) if sheet.rows),
    ]


def summary(document: Document, facts: Sequence[tuple[str, Value]]) -> Sheet:
    """What it is about, and the numbers to know."""
    head: list[tuple[str, Value]] = [(tr("Account"), account_of(document)), (tr("Made"), document.get("at"))]
    return Sheet(tr("Summary"), (Column(tr("What"), 44), Column(tr("Value"), 40)), [*head, *facts])


def audit_facts(document: Document) -> list[tuple[str, Value]]:
    """Score, counts, what takes most off the score."""
    counts = [
        (tr(word), sum(row["severity"] == level for row in document["findings"]))
        for level, word in WORDS.items()
    ]
    since = document["comparison"]
    before = [(tr("Score of the previous audit"), since["score"])] if since else []
    taken = [(tr("Taken off by {rule}", rule=row["rule"]), row["points"]) for row in document["penalties"]]
    return [(tr("Score"), document["score"]), *before, *counts, *taken]


def family(document: Document, letter: str) -> Sheet:
    """The findings of one family."""
    columns = (
        Column(tr("Rule"), 7),
        Column(tr("Severity"), 15),
        Column(tr("Title"), 32),
        Column(tr("Address"), 28),
        Column(tr("Message"), 60),
        Column(tr("Count"), 10, NUMBER),
        Column(tr("Of"), 10, NUMBER),
        Column(tr("Share"), 9, SHARE),
        Column(tr("Threshold"), 11, NUMBER),
        Column(tr("What to do"), 50),
        Column(tr("In the spec"), 40),
        Column(tr("Evidence"), 40),
        Column(tr("Link"), 40, LINK),
        Column(tr("Computed"), 50),
    )
    rows = [finding(row) for row in document["findings"] if row["rule"][0] == letter]
    return Sheet(tr(FAMILIES.get(letter, letter)), columns, rows)


def finding(row: Document) -> Sequence[Value]:
    """One finding in the order of the columns."""
    return (
        row["rule"],
        tr(WORDS[row["severity"]]),
        row["title"],
        row["address"],
        row["message"],
        row["count"],
        row["total"],
        row["share"],
        row["threshold"],
        row["todo"],
        row["spec"],
        ", ".join(map(str, row["evidence"])),
        row["links"][0] if row["links"] else None,
        row["computed"],
    )


def figures(document: Document) -> Sheet:
    """Every figure."""
    columns = (Column(tr("Figure"), 60), Column(tr("Value"), 16, NUMBER))
    return Sheet(tr("Figures"), columns, list(document["figures"].items()))


def stages(document: Document) -> Sheet:
    """Deals by stage."""
    columns = (
        Column(tr("Pipeline"), 28),
        Column(tr("Stage"), 32),
        Column(tr("Address"), 32),
        Column(tr("Deals that reached it"), 20, NUMBER),
        Column(tr("New deals that stood there"), 20, NUMBER),
        Column(tr("Of them won"), 14, NUMBER),
        Column(tr("Stuck now"), 12, NUMBER),
    )
    names = ("pipeline", "stage", "address", "passed", "reached", "won", "stuck")
    rows = [[row.get(name) for name in names] for row in document.get("stages", ())]
    return Sheet(tr("Stages"), columns, rows)


def skipped(document: Document) -> Sheet:
    """Rules that were not evaluated."""
    rows = [(row["rule"], row["reason"]) for row in document["skipped"]]
    return Sheet(tr("Not evaluated"), (Column(tr("Rule"), 8), Column(tr("Why"), 80)), rows)


def exceptions(document: Document) -> Sheet:
    """Exceptions of the policy."""
    names = ("rule", "address", "id", "reason", "until")
    titles = (tr("Rule"), tr("Address"), "id", tr("Why"), tr("Until"), tr("State"))
    rows = [[*(row[name] for name in names), standing(row)] for row in document["exceptions"]]
    return Sheet(tr("Exceptions"), [Column(title, 24) for title in titles], rows)


def standing(row: Document) -> str:
    """Whether an exception holds, has ended, or does nothing."""
    if row["state"] == "expired":
        return tr("ended")
    return tr("matches nothing") if row.get("matches") is False else tr("in force")


def board_sheets(document: Document) -> list[Sheet]:
    """The figures, and each of them by pipeline, manager, source."""
    rows = document["indicators"]
    columns = [
        Column(tr("Figure"), 40),
        Column(tr("Status"), 20),
        Column(tr("Value"), 14, NUMBER),
        Column(tr("Unit"), 12),
        Column(tr("Norm"), 14, NUMBER),
        Column(tr("Before"), 14, NUMBER),
        Column(tr("Sample"), 12, NUMBER),
        Column(tr("Computed"), 70),
    ]
    told = [indicator(row) for row in rows]
    by = [[row["title"], *part(item)] for row in rows for item in row["by"]]
    heads = [Column(tr("Figure"), 40), Column(tr("By"), 18), Column(tr("Name"), 36)]
    heads += [Column(tr("Value"), 14, NUMBER), Column(tr("Sample"), 12, NUMBER), Column(tr("Status"), 20)]
    return [summary(document, []), Sheet(tr("Board"), columns, told), Sheet(tr("Apart"), heads, by)]


def indicator(row: Document) -> Sequence[Value]:
    """One figure in the order of the columns."""
    value, *others = (
        simple(row[name]) for name in ("value", "threshold", "previous", "sample", "calculation")
    )
    unit = tr(UNITS.get(row["unit"], row["unit"]))
    return [row["title"], status(row["status"]), value, unit, *others]


def part(item: Document) -> Sequence[Value]:
    """One figure of one pipeline, manager or source."""
    dimension = item["dimension"]
    title = tr(DIMENSIONS[dimension]) if dimension in DIMENSIONS else dimension
    return [title, simple(item["name"]), simple(item["value"]), item["sample"], status(item["status"])]


def report_sheets(document: Document) -> list[Sheet]:
    """Each report on its sheet."""
    return [summary(document, []), *map(report, document["reports"])]


def report(row: Document) -> Sheet:
    """One report with its total; how it was computed below the table."""
    columns = [_column(column["title"], column["unit"]) for column in row["columns"]]
    names = [column["name"] for column in row["columns"]]
    rows = [[simple(item.get(name)) for name in names] for item in row["rows"]]
    if row.get("total"):
        rows.append([tr("Total"), *(simple(row["total"].get(name)) for name in names[1:])])
    return Sheet(row["title"], columns, rows, [*row["notes"], tr("Computed: {how}", how=row["calculation"])])


def _column(title: str, unit: str) -> Column:
    if unit in TEXTS:
        return Column(title, 30)
    return Column(title, 16, SHARE if unit == "share" else NUMBER)


def simple(value: object) -> Value:
    """What a cell can hold."""
    return value if value is None or isinstance(value, str | int | float) else str(value)
