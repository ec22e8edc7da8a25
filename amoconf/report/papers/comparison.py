"""Two specs compared, laid out: what a plan from one to the other would be, and what is no longer spoken of."""

from collections.abc import Sequence

from amoconf.digits import number
from amoconf.report.paper import (
    CODE,
    INFO,
    STRONG,
    Column,
    Document,
    Entries,
    Entry,
    Note,
    Paper,
    Section,
    Span,
    Table,
    Words,
    plain,
)
from amoconf.report.papers import account_of, facts_of
from amoconf.report.papers.changes import by_kind, counts
from amoconf.report.papers.rows import SYMBOLS, of_attribute, word
from amoconf.tongue import tr, trn


def diff_paper(document: Document) -> Paper:
    """The whole comparison."""
    made = [(name, value) for name, value in facts_of(document) if value != document.get("file")]
    names = [(tr("Old"), document["old"]), (tr("New"), document["new"])]
    parts = [*by_kind(document["changes"]), *settings(document), *left(document)]
    summary = [] if document["same"] else counts(document)
    return Paper(
        tr("Comparison of specs"), account_of(document), verdict(document), [*names, *made], summary, parts
    )


def verdict(document: Document) -> Note:
    """Whether they mean the same."""
    if document["same"]:
        same = tr("{old} and {new} mean the same.", old=document["old"], new=document["new"])
        return Note(plain(same), "good")
    text = trn("{number} change", "{number} changes", len(document["changes"]))
    return Note((Span(text, STRONG),), INFO)


def settings(document: Document) -> list[Section]:
    """What a spec says besides things."""
    entries = [
        Entry(INFO, SYMBOLS["update"], word("update"), row["name"], (), of_attribute(row, new=False))
        for row in document["settings"]
    ]
    return [Section(tr("Settings"), [Entries(entries)])] if entries else []


def left(document: Document) -> list[Section]:
    """Things, and attributes of things, that the new spec does not speak of any more."""
    gone: list[Words] = [(Span(address, CODE),) for address in document["unlisted"]]
    quiet: list[Words] = [
        (Span(row["address"], CODE), Span(f" {row['name']}")) for row in document["released"]
    ]
    named = (
        (tr("No longer in the spec: left alone from now on"), gone),
        (tr("Attributes that the spec does not speak of any more"), quiet),
    )
    return [_listed(title, cells) for title, cells in named if cells]


def _listed(title: str, cells: Sequence[Words]) -> Section:
    table = Table((Column(tr("Address")),), [(cell,) for cell in cells])
    return Section(f"{title} ({number(len(cells))})", [table], folded=True)
