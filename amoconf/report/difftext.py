"""The comparison of two specs as text, in the manner of a plan."""

from typing import Any

from amoconf.report import entries, phrases, plantext
from amoconf.report.flow import Line, Page, flow, gathered, listed
from amoconf.tongue import tr

Document = dict[str, Any]


def diff_lines(document: Document, page: Page) -> list[Line]:
    """The whole text; one line where both mean the same."""
    if document["same"]:
        same = tr("{old} and {new} mean the same.", old=document["old"], new=document["new"])
        return flow(page, (), [page.prose(same, style="green")], 2)
    blocks = [
        _header(document, page),
        *plantext.changes(document["changes"], page),
        _settings(document, page),
        _names(page, tr("No longer in the spec: left alone from now on"), document["unlisted"]),
        _names(
            page,
            tr("Attributes that the spec does not speak of any more"),
            [f"{row['address']} {row['name']}" for row in document["released"]],
        ),
        _summary(document, page),
    ]
    return [*gathered(blocks)]


def _header(document: Document, page: Page) -> list[Line]:
    items = [page.hard(page.say(document[name]), entries.GAP) for name in ("old", "new")]
    return flow(page, (("amoconf diff   ", "bold"),), items, 4)


def _settings(document: Document, page: Page) -> list[Line]:
    lines: list[Line] = []
    for row in document["settings"]:
        lines += flow(page, (("  ", ""),), phrases.change(page, [row]), 4)
    return [((page.say(tr("Settings")), "bold"),), *lines] if lines else []


def _names(page: Page, title: str, names: list[str]) -> list[Line]:
    if not names:
        return []
    top = ((page.say(page.words.titled(title, len(names))), "bold"),)
    return [top, *listed(page, [page.say(name) for name in names], 2, 0)]


def _summary(document: Document, page: Page) -> list[Line]:
    counts = document["summary"]
    items = [page.hard(text, ", ") for text in page.words.plan_counts(counts)]
    left = tr("{unchanged} unchanged, {dropped} no longer listed.", unchanged=counts["unchanged"], dropped=counts["unlisted"])  # fmt: skip
    return flow(page, (), [*items, page.hard(left)], 2)
