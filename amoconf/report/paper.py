"""A document laid out for reading, whatever it is written in: a title, facts, and sections of blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
# How a stretch of text is meant; each format has its way to show that, never by colour alone.
PLAIN, STRONG, CODE, DIM, OLD, NEW = "", "strong", "code", "dim", "old", "new"
# How grave a thing is.
ERROR, WARN, INFO, GOOD, GREY = "error", "warn", "info", "good", "grey"


@dataclass(frozen=True)
class Span:
    """A stretch of text, as it came from the account: nothing in it is markup. link: an address, http or https."""

    text: str
    look: str = PLAIN
    link: str = ""


Words = tuple[Span, ...]


@dataclass(frozen=True)
class Shift:
    """A value before and after; before None: there was none to tell (a new thing)."""

    name: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Entry:
    """One finding or one change. level: how grave; mark and word: its symbol and what that is called.

    address: what it is about. head: what follows the address on the same line. share, threshold: parts of 1, for a bar.
    """

    level: str
    mark: str
    word: str
    address: str
    head: Words = ()
    shifts: Sequence[Shift] = ()
    lines: Sequence[Words] = ()
    code: str = ""
    share: float | None = None
    threshold: float | None = None


@dataclass(frozen=True)
class Entries:
    """Findings or changes, each of them to be kept whole. lead, after: words around them."""

    entries: Sequence[Entry]
    title: str = ""
    lead: Words = ()
    after: Sequence[Words] = ()


@dataclass(frozen=True)
class Note:
    """A paragraph. level: "" for an ordinary one."""

    words: Words
    level: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. numeric: aligned to the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table. The first column says what each row is about."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Words]]
    title: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. told: the value in words."""

    label: str
    value: float
    told: str


@dataclass(frozen=True)
class Bars:
    """Horizontal bars in the order given; the longest is the widest."""

    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Course:
    """A line over time: (ISO time, value) from old to new, values from 0 to `most`."""

    title: str
    points: Sequence[tuple[str, float]]
    most: float = 100


@dataclass(frozen=True)
class Stop:
    """A stage of a route. colour: "#rrggbb", or "" where none is known. closing: "won", "lost" or ""."""

    name: str
    limit: str = ""
    colour: str = ""
    closing: str = ""


@dataclass(frozen=True)
class Route:
    """The way of a deal through the stages of a pipeline, in their order, the closing ones at the end."""

    title: str
    stops: Sequence[Stop]


Block = Entries | Note | Table | Bars | Course | Route


@dataclass(frozen=True)
class Section:
    """A part with a heading. urgent: stands before everything else and is cut last. folded: shut where that can be.

    paper: whether it is printed too; of one that is not, print shows the heading alone. briefs: the same in fewer words,
    each shorter than the one before, for where there is no room for the blocks.
    """

    title: str
    blocks: Sequence[Block]
    urgent: bool = False
    folded: bool = False
    level: str = ""
    paper: bool = True
    briefs: Sequence[Sequence[Block]] = ()


@dataclass(frozen=True)
class Paper:
    """A whole document. facts: (name, value) pairs under the title. verdict: the one thing to know, with its level.

    command: what made the document, the same in every language.
    """

    title: str
    account: str
    verdict: Note
    facts: Sequence[tuple[str, str]] = ()
    summary: Sequence[Block] = ()
    sections: Sequence[Section] = field(default_factory=tuple)
    command: str = ""


def plain(text: str) -> Words:
    """Words without emphasis."""
    return (Span(text),)


def dim(text: str) -> Words:
    """Words of less weight."""
    return (Span(text, DIM),)


def code(text: str) -> Words:
    """Something to copy."""
    return (Span(text, CODE),)


def entries_of(section: Section) -> Iterator[Entry]:
    """The findings or changes of a section."""
    for block in section.blocks:
        if isinstance(block, Entries):
            yield from block.entries
