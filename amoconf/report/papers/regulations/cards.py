"""Fields as a data dictionary: a section for each card, a table for each tab."""

from collections.abc import Iterator

from amoconf.report.paper import Block, Column, Document, Note, Section, Span, Table, Words, dim, plain
from amoconf.report.papers.regulations.words import CARDS, NOTHING, TYPES, code, listed, stage_words
from amoconf.tongue import tr


def cards(document: Document) -> list[Section]:
    """The fields of every card and list."""
    return [Section(title(item), blocks(item)) for item in document["cards"]]


def title(item: Document) -> str:
    """Whose fields."""
    if item["list"] is not None:
        return tr("List “{name}”", name=item["list"])
    return tr(CARDS[item["scope"]])


def blocks(item: Document) -> list[Block]:
    """A table for each tab; a word where a list has no fields of its own."""
    if not item["tabs"]:
        return [Note(dim(tr("The spec says nothing of its fields.")))]
    return [tab(one, len(item["tabs"])) for one in item["tabs"]]


def tab(item: Document, others: int) -> Table:
    """One tab; its name stands above it where there is more than one, or where it has one."""
    heads = (tr("Field"), tr("What it holds"), tr("Fill in before"))
    name = tr("Tab “{name}”", name=item["name"]) if item["name"] else ""
    if not name and others > 1:
        name = tr("Main tab") if item["main"] else tr("Tab not set by the spec")
    rows = [
        ((Span(f"{field['name']} "), *code(field["key"])), holds(field), needed(field))
        for field in item["fields"]
    ]
    return Table([Column(head) for head in heads], rows, name)


def holds(field: Document) -> Words:
    """Type, values, and what is unusual about it."""
    kind = field["type"]
    told = tr(TYPES[kind]) if kind in TYPES else (kind or "–")
    values = ", ".join(option["name"] for option in field["options"])
    more = "".join(f"; {text}" for text in unusual(field))
    return (Span(f"{told}{': ' if values else ''}{values}"), *(dim(more) if more else ()))


def unusual(field: Document) -> Iterator[str]:
    """Who may write it, where it is hidden, its code."""
    if field["api_only"]:
        yield tr("filled in by programs only")
    if field["hidden_at"]:
        yield tr("hidden at {stages}", stages=", ".join(map(stage_words, field["hidden_at"])))
    if field["code"]:
        yield tr("code {code}", code=field["code"])


def needed(field: Document) -> Words:
    """Stages that a deal cannot enter without it."""
    if field["required"]:
        return plain(tr("always"))
    return listed([stage_words(place) for place in field["required_at"]], "; ") or NOTHING
