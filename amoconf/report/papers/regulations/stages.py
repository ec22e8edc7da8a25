"""Pipelines: a picture of the way, a table of stages, hints."""

import re
from collections.abc import Sequence

from amoconf.report.paper import Block, Column, Document, Note, Route, Section, Stop, Table, plain
from amoconf.report.papers.regulations.words import LEVELS, NOTHING, duration, listed
from amoconf.tongue import tr

COLOUR = re.compile("#[0-9A-Fa-f]{6}")


def pipelines(document: Document) -> list[Section]:
    """A section for each pipeline in use."""
    return [pipeline(item) for item in document["pipelines"]]


def pipeline(item: Document) -> Section:
    """One pipeline."""
    title = tr("Pipeline “{name}”", name=item["name"])
    blocks: list[Block] = [Note(plain(" ".join(said(item))))] if said(item) else []
    blocks += [Route(title, route(item["stages"])), table(item["stages"]), *hints(item["stages"])]
    return Section(title, blocks)


def said(item: Document) -> list[str]:
    """What there is to say of the pipeline as a whole."""
    told = [tr("The main pipeline of the account.")] if item["main"] else []
    if item["unsorted"] is not None:
        told.append(
            tr("New enquiries wait in the incoming-leads stage until somebody accepts them.")
            if item["unsorted"]
            else tr("The incoming-leads stage is off: enquiries come straight to the first stage.")
        )
    return told


def route(stages: Sequence[Document]) -> list[Stop]:
    """The stages as they are drawn."""
    return [
        Stop(
            item["name"],
            duration(item["seconds"]),
            item["color"] if COLOUR.fullmatch(item["color"] or "") else "",
            item["closing"] or "",
        )
        for item in stages
    ]


def table(stages: Sequence[Document]) -> Table:
    """The stages with what a deal has to fulfil."""
    heads = (tr("Stage"), tr("A deal is here when"), tr("No longer than"), tr("Fields to fill in"))
    rows = [
        (
            plain(item["name"]),
            plain(item["entry"]) if item["entry"] else NOTHING,
            plain(duration(item["seconds"])) if item["seconds"] is not None else NOTHING,
            listed([field["name"] for field in item["required"]]),
        )
        for item in stages
    ]
    return Table([Column(head) for head in heads], rows)


def _for_whom(hint: Document) -> str:
    return tr(LEVELS[hint["level"]])


def hints(stages: Sequence[Document]) -> list[Block]:
    """Hints by stage and by whom they are for."""
    rows = [
        (plain(item["name"]), plain(_for_whom(hint)), plain(hint["text"]))
        for item in stages
        for hint in item["hints"]
    ]
    heads = (tr("Stage"), tr("For whom"), tr("Hint"))
    return [Table([Column(head) for head in heads], rows, tr("Hints"))] if rows else []
