"""Reports as text: tables fitted to the width, pipelines as headings, how each was computed below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.digits import fixed
from amoconf.report.boardtext import limits, span
from amoconf.report.clean import cut, width
from amoconf.report.figures import amount
from amoconf.report.flow import Line, Page, flow, gathered
from amoconf.tongue import later, tr, trn

Document = dict[str, Any]
TEXTS = {"text", "status"}
GAP = 2  # cells between columns
NARROW = 10  # cells that a column of words keeps
STATUSES: Mapping[str, str] = {"grey": later("too few"), "ok": ""}
ROWS = 40  # shown unless all is asked for


@dataclass(frozen=True)
class Grid:
    """Columns with their cells, all of them text already. heads: lines of each heading."""

    columns: Sequence[Mapping[str, str]]
    heads: Sequence[Sequence[str]]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]

    def line(self, cells: Sequence[str], page: Page) -> str:
        """Words to the left, figures to the right."""
        parts = []
        for column, text, wide in zip(self.columns, cells, self.widths, strict=True):
            shown = cut(text, wide, page.ellipsis)
            pad = " " * (wide - width(shown))
            parts.append(shown + pad if column["unit"] in TEXTS else pad + shown)
        return ("  " + (" " * GAP).join(parts)).rstrip()


def report_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    account = document["account"]
    name = page.say(f"{account['subdomain']}.{account['domain']}")
    top: list[Line] = [(("amoconf report   ", "bold"), (name, ""))]
    top += flow(page, (("  ", ""),), [page.prose(span(document["window"]))], 2)
    blocks = [table(report, page) for report in document["reports"]]
    return [*gathered([[*top, *limits(document, page)], *blocks])]


def table(report: Document, page: Page) -> list[Line]:
    """One report: its title, its rows, its total, how it was computed."""
    lines: list[Line] = [((page.say(report["title"]), "bold"),)]
    shown = report["rows"] if page.verbose else report["rows"][:ROWS]
    if shown:
        lines += filled(report, shown, page)
    else:
        lines.append((("  " + tr("nothing in this window"), "dim"),))
    rest = len(report["rows"]) - len(shown)
    if rest:
        lines.append((("  " + trn("and {number} more row: -v", "and {number} more rows: -v", rest), "dim"),))
    for note in report["notes"]:
        lines += flow(page, (("  ", ""),), [page.prose(note)], 2)
    head = (("  " + tr("computed: "), "dim"),)
    return lines + flow(page, head, [page.prose(report["calculation"], style="dim")], 4)


def filled(report: Document, shown: Sequence[Document], page: Page) -> list[Line]:
    """The grid of a report that has rows."""
    columns = report["columns"]
    # A pipeline is a heading over its rows where something else tells them apart.
    grouped = [column["name"] for column in columns[:2]][:1] == ["pipeline"] and columns[1]["unit"] == "text"
    used = columns[1:] if grouped else columns
    rows = [*shown, *([report["total"]] if report["total"] else [])]
    grid = fitted(
        used, [[cell(row.get(column["name"]), column["unit"], page) for column in used] for row in rows], page
    )
    lines: list[Line] = [
        ((grid.line(cells, page), "dim"),) for cells in zip(*grid.heads, strict=True) if any(cells)
    ]
    above = None
    for row, cells in zip(shown, grid.rows, strict=False):
        if grouped and row["pipeline"] != above:
            above = row["pipeline"]
            lines.append((("  " + cut(page.say(above), page.width - 4, page.ellipsis), "bold"),))
        lines.append(((grid.line(cells, page), "dim" if row.get("status") == "grey" else ""),))
    if report["total"]:
        cells = [tr("Total"), *grid.rows[-1][1:]]
        lines.append(((grid.line([text if text != "-" else "" for text in cells], page), "bold"),))
    return lines


def cell(value: Any, unit: str, page: Page) -> str:
    """A value as text."""
    if unit == "status":
        return tr(STATUSES.get(value, "")) if value else ""
    if unit == "text":
        return page.say(str(value or ""))
    if unit in ("days", "hours"):
        return "-" if value is None else fixed(value)
    if unit == "share" and value is not None:
        return f"{fixed(100 * value)} %"
    return amount(value, unit)


def fitted(columns: Sequence[Mapping[str, str]], rows: Sequence[Sequence[str]], page: Page) -> Grid:
    """Columns as wide as they need; where that is too wide, the columns of words give way."""
    heads = [two_lines(page.say(column["title"])) for column in columns]
    cells = list(zip(*rows, strict=True))
    widths = [max(map(width, [*head, *texts])) for head, texts in zip(heads, cells, strict=True)]
    over = 2 + sum(widths) + GAP * (len(widths) - 1) - page.width
    words = [place for place, column in enumerate(columns) if column["unit"] == "text"]
    while over > 0:
        longest = max(words, key=widths.__getitem__)
        if widths[longest] <= NARROW:
            break
        widths[longest] -= 1
        over -= 1
    return Grid(columns, heads, rows, widths)


def two_lines(title: str) -> tuple[str, str]:
    """A heading broken at the space nearest to its middle; words stand at the bottom."""
    spaces = [place for place, char in enumerate(title) if char == " "]
    if not spaces or len(title) < NARROW:
        return "", title
    middle = min(spaces, key=lambda place: abs(place - len(title) // 2))
    return title[:middle], title[middle + 1 :]
