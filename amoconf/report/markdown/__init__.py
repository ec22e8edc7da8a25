"""A paper as Markdown that fits a comment on a merge request: summary and danger first, long parts folded."""

from collections.abc import Sequence

from amoconf.report.markdown.escape import beginning, block_of_code, in_html, inline_code, prose, words
from amoconf.report.markdown.fit import LIMIT, Part, Stack, fitted
from amoconf.report.markdown.mermaid import route
from amoconf.report.paper import (
    Bars,
    Block,
    Course,
    Entries,
    Entry,
    Note,
    Paper,
    Route,
    Section,
    Shift,
    Table,
)
from amoconf.tongue import tr

SIGNS = {"error": "▲ ", "warn": "◆ ", "good": "✓ "}
OPEN = 5  # findings or changes that are few enough not to be folded


def markdown(paper: Paper, limit: int = LIMIT) -> str:
    """The text."""
    return fitted(top(paper), [part(section) for section in paper.sections if not drawn(section)], limit)


def drawn(section: Section) -> bool:
    """Whether there are only pictures, which have no Markdown; the page and the workbook have them."""
    kinds = {type(item) for item in section.blocks}
    return bool(kinds & {Bars, Course}) and not kinds & {Entries, Table}


def top(paper: Paper) -> str:
    """Title, verdict, facts, summary. The comment lets a job find what it wrote before."""
    facts = " · ".join(f"{prose(name)}: {inline_code(value)}" for name, value in paper.facts)
    blocks = [text for item in paper.summary for stack in [stacked(item)] for text in [whole(stack)] if text]
    lines = [
        f"<!-- amoconf: {paper.command} -->",
        f"## {prose(paper.title)}: {prose(paper.account)}",
        paragraph(paper.verdict),
        facts,
        *blocks,
    ]
    return "\n\n".join(line.strip("\n") for line in lines if line) + "\n"


def whole(stack: Stack) -> str:
    """A stack with all of its units."""
    return f"{stack.before}{''.join(stack.units)}{stack.after}" if stack.units else ""


def part(section: Section) -> Part:
    """A section; folded where it is long and not urgent."""
    stacks = [stacked(item) for item in section.blocks]
    size = sum(len(stack.units) for stack in stacks)
    if section.urgent or (size <= OPEN and not section.folded):
        briefs = [[stacked(item) for item in brief] for brief in section.briefs]
        return Part(f"\n### {beginning(prose(section.title))}\n", stacks, "", section.urgent, briefs)
    head = f"\n<details><summary>{in_html(section.title)}</summary>\n"
    return Part(head, stacks, "\n</details>\n")


def stacked(item: Block) -> Stack:
    """A block as units; none of a picture."""
    if isinstance(item, Entries):
        return entries(item)
    if isinstance(item, Note):
        return Stack([f"\n{paragraph(item)}\n"])
    if isinstance(item, Table):
        return table(item)
    if isinstance(item, Route):
        return Stack([route(item)])
    assert isinstance(item, Bars | Course)
    return Stack([])


def paragraph(item: Note) -> str:
    """A paragraph, with a sign where it is grave."""
    return SIGNS.get(item.level, "") + beginning(words(item.words))


def entries(item: Entries) -> Stack:
    """Findings or changes under their heading."""
    before = f"\n#### {beginning(prose(item.title))}\n" if item.title else ""
    before += f"\n{beginning(words(item.lead))}\n" if item.lead else ""
    after = "".join(f"\n{beginning(words(line))}\n" for line in item.after)
    return Stack([entry(one) for one in item.entries], f"{before}\n", after)


def entry(item: Entry) -> str:
    """One finding or change, with its details as a list below."""
    address = [inline_code(item.address)] if item.address else []
    head = " ".join([prose(item.mark), f"**{prose(item.word)}**", *address, words(item.head)]).rstrip()
    lines = [f"- {head}", *(f"  - {shift(one)}" for one in item.shifts)]
    lines += [f"  - {beginning(words(line))}" for line in item.lines if line]
    if item.code:
        title = tr("In the spec:")
        lines += [f"  - {prose(title)}", "", *block_of_code(item.code, "    "), ""]
    return "\n".join(lines) + "\n"


def shift(item: Shift) -> str:
    """A value before and after."""
    old = f"{inline_code(item.before)} → " if item.before is not None else ""
    return f"{inline_code(item.name)}: {old}{inline_code(item.after)}"


def table(item: Table) -> Stack:
    """A table; each row is a unit."""
    heads = row([prose(column.title) for column in item.columns])
    rule = row(["---:" if column.numeric else "---" for column in item.columns])
    title = f"\n**{prose(item.title)}**\n" if item.title else ""
    units = [row([words(cell, in_table=True) for cell in cells]) for cells in item.rows]
    return Stack(units, f"{title}\n{heads}{rule}", "\n")


def row(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |\n"
