"""Values in {} or [] that grow: one line for each entry where they have such lines, blocks where a line gets too long."""

import re
from collections.abc import Iterator

from amoconf.spec.edittree import Entry, Spot
from amoconf.spec.write import WIDTH

Splice = tuple[int, int, str]

_COMMA = re.compile(r"\s*,")
_REST = re.compile(r"[ ]*,?[ ]*(?:#[^\n]*)?\n")


def added(text: str, spot: Spot, entry: str, after: int) -> list[Splice]:
    """What to put where for a new entry, the later place first. after: how many entries stand before it."""
    if not spot.entries:
        return [_first(text, spot, entry)]
    if not after:
        return [(spot.entries[0].start, spot.entries[0].start, f"{entry}, ")]
    near = spot.entries[after - 1]
    pad = text[line_start(text, near.start) : near.start]
    comma = _COMMA.match(text, near.end)
    if pad.strip(" "):
        return [(near.end, near.end, f", {entry}")]
    below = _below(text, near)
    if below is None:
        return [(near.end, near.end, f",\n{pad}{entry}")]
    if comma is not None:
        return [(below, below, f"{pad}{entry},\n")]
    return [(below, below, f"{pad}{entry}\n"), (near.end, near.end, ",")]


def _first(text: str, spot: Spot, entry: str) -> Splice:
    """The only entry; remarks between the brackets stay above it."""
    if "#" not in text[spot.start + 1 : spot.end - 1]:
        return spot.start + 1, spot.end - 1, entry
    begin = line_start(text, spot.end - 1)
    pad = text[begin : spot.end - 1]
    return begin, begin, f"{pad}  {entry}\n"


def own_lines(text: str, entry: Entry) -> tuple[int, int] | None:
    """The lines of an entry that shares none with others, with the remarks right above it."""
    begin, below = line_start(text, entry.start), _below(text, entry)
    if text[begin : entry.start].strip(" ") or below is None:
        return None
    return under_remarks(text, begin, entry.start - begin), below


def _below(text: str, entry: Entry) -> int | None:
    """Where the next line begins; None where more than a comma and a remark stands between, or a comma begins it."""
    rest = _REST.match(text, entry.end)
    return None if rest is None or _COMMA.match(text, rest.end()) else rest.end()


def line_start(text: str, at: int) -> int:
    """Where the line begins."""
    return text.rfind("\n", 0, at) + 1


def under_remarks(text: str, start: int, column: int) -> int:
    """Where the remarks begin that stand right above a line, as far to the right as it."""
    while start:
        above = line_start(text, start - 1)
        if not text[above : start - 1].startswith(" " * column + "#"):
            break
        start = above
    return start


def unfolded(text: str, entry: Entry) -> Splice | None:
    """The value of an entry of a block as lines of their own; None where it has room, or several lines already."""
    spot, begin = entry.value, line_start(text, entry.start)
    stop = text.find("\n", begin)
    stop = len(text) if stop < 0 else stop
    fits = stop - begin <= WIDTH or spot.end > stop
    if fits or text[begin : entry.start].strip(" -") or not _can_unfold(text, spot):
        return None
    pad = " " * (entry.key.column + 1)
    return spot.start - 1, stop, "\n".join([text[spot.end : stop].rstrip(), *_lines(text, spot, pad)])


def _can_unfold(text: str, spot: Spot) -> bool:
    """Whether the pieces can stand in a block as they are."""
    if not (spot.flow and spot.entries and text[spot.start] in "{["):
        return False
    if spot.form == "list":
        return all(item.value.form == "scalar" for item in spot.entries)
    return all(item.key.form == "scalar" for item in spot.entries)


def _lines(text: str, spot: Spot, pad: str) -> Iterator[str]:
    for entry in spot.entries:
        value = text[entry.value.start : entry.value.end]
        head = "-" if spot.form == "list" else f"{text[entry.key.start : entry.key.end]}:"
        line = f"{pad}{head} {value}".rstrip()
        if len(line) > WIDTH and _can_unfold(text, entry.value):
            yield f"{pad}{head}"
            yield from _lines(text, entry.value, pad + "  ")
        else:
            yield line
