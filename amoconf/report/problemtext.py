"""What `validate` found, as file:line:column lines that editors can jump to."""

from typing import Any

from amoconf.report.flow import Line, Page, flow

Document = dict[str, Any]


def validate_lines(document: Document, page: Page) -> list[Line]:
    """Warnings and problems, each with what to write instead; then the files that are good."""
    rows = [*document.get("warnings", ()), *document["problems"]]
    lines = [line for row in rows for line in _problem(page, row)]
    for name, count in document["files"].items():
        lines += flow(page, (), [page.prose(page.words.good(name, count), style="green")], 2)
    if document["problems"]:
        files = len({row["file"] for row in document["problems"]})
        lines += flow(
            page, (), [page.prose(page.words.problems(len(document["problems"]), files), style="bold red")], 2
        )
    return lines


def _problem(page: Page, row: Document) -> list[Line]:
    place = ":".join(str(row[key]) for key in ("file", "line", "column") if row[key])
    top = ((f"{page.say(place)}: ", "bold"),) if place else ()
    lines = flow(page, top, [page.prose(row["what"])], 4)
    return lines + (flow(page, (("    ", ""),), [page.prose(row["todo"])], 4) if row["todo"] else [])
