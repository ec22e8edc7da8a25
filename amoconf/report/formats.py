"""Which document can be had in which format, and the writing of it."""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]
PAGES = ("markdown", "html")
TESTS = ("junit", "sarif")
# Command → what --format offers besides text and json.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "plan": (*PAGES, *TESTS),
    "drift": (*PAGES, *TESTS),
    "diff": (*PAGES, *TESTS),
    "audit": (*PAGES, *TESTS, "xlsx"),
    "board": (*PAGES, "xlsx"),
    "report": (*PAGES, "xlsx"),
}
# The same of commands that write these formats themselves.
OWN: Mapping[str, tuple[str, ...]] = {
    "docs": PAGES,
    "fleet": PAGES,
    "outputs": ("env", "python", "typescript", "php"),
}
OFFERED: Mapping[str, tuple[str, ...]] = {**FORMATS, **OWN}
# What a file's ending says.
ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xml": "junit",
    ".sarif": "sarif",
    ".xlsx": "xlsx",
    ".env": "env",
    ".py": "python",
    ".ts": "typescript",
    ".php": "php",
}


def rendered(document: Document, name: str) -> str | bytes:
    """The document in a format that FORMATS has for its command. Bytes: a workbook, not for terminals."""
    make: Mapping[str, Callable[[Document], str | bytes]] = {
        "markdown": _markdown,
        "html": _html,
        "junit": _junit,
        "sarif": _sarif,
        "xlsx": _xlsx,
    }
    return make[name](document)


def _markdown(document: Document) -> str:
    from amoconf.report.markdown import markdown
    from amoconf.report.papers import paper_of

    return markdown(paper_of(document))


def _html(document: Document) -> str:
    from amoconf.report.html import html
    from amoconf.report.papers import paper_of

    return html(paper_of(document))


def _junit(document: Document) -> str:
    from amoconf.report.junit import junit

    return junit(document)


def _sarif(document: Document) -> str:
    from amoconf.report.sarif import sarif

    return sarif(document)


def _xlsx(document: Document) -> bytes:
    from amoconf.report.xlsx import xlsx

    return xlsx(document)
