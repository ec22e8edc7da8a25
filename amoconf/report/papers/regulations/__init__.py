"""The sales regulations laid out: what changed, pipelines, fields, roles, dictionaries, rules, what is out of use."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from amoconf.report.paper import Block, Document, Entries, Note, Paper, Section, Table, plain
from amoconf.report.papers import account_of
from amoconf.report.papers.comparison import diff_paper
from amoconf.report.papers.regulations.access import access
from amoconf.report.papers.regulations.cards import cards
from amoconf.report.papers.regulations.rules import rules
from amoconf.report.papers.regulations.stages import pipelines
from amoconf.tongue import tr, trn


def regulations_paper(document: Document) -> Paper:
    """The whole page."""
    facts = [(tr("Spec"), document["file"])] if document.get("file") else []
    sections = [*since(document), *pipelines(document), *cards(document), *access(document), *rules(document)]
    return Paper(
        tr("Sales regulations"), account_of(document), verdict(document), facts, [], sections, "docs"
    )


def verdict(document: Document) -> Note:
    """How much there is."""
    stages = sum(len(item["stages"]) for item in document["pipelines"])
    fields = sum(len(tab["fields"]) for card in document["cards"] for tab in card["tabs"])
    told = [
        trn("{number} pipeline", "{number} pipelines", len(document["pipelines"])),
        trn("{number} stage", "{number} stages", stages),
        trn("{number} field", "{number} fields", fields),
        trn("{number} role", "{number} roles", len(document["roles"])),
    ]
    return Note(plain(", ".join(told)))


def since(document: Document) -> list[Section]:
    """What changed since an earlier spec, as a comparison of the two says it, under one heading."""
    known = document.get("since")
    if known is None:
        return []
    title = tr("What changed since {revision}", revision=known["old"])
    if known["same"]:
        return [Section(title, [Note(plain(tr("Nothing.")))])]
    return [Section(title, list(_under_one(diff_paper(known).sections)))]


def _under_one(sections: Sequence[Section]) -> Iterator[Block]:
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Entries | Table) and not block.title:
                yield replace(block, title=section.title)
            else:
                yield block
