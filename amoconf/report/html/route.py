"""The way of a deal through its stages as a picture in SVG: boxes in rows, as wide as a sheet of A4 allows."""

from textwrap import wrap

from amoconf.report.clean import clean, cut
from amoconf.report.html.marks import escaped
from amoconf.report.paper import Route, Stop
from amoconf.tongue import tr

ACROSS, WIDE, HIGH, GAP, FALL = 5, 156, 78, 26, 30  # boxes in a row, their size, and the room between
LETTERS, LINES, LINE = 16, 3, 15  # of a name in its box
WORD = 22  # letters that are still readable when they are pressed into a box
LETTER = 8.7  # the widest a letter gets on average, at this size of type
EMPTY, EDGE, INK = "#ffffff", "#666", "#1a1a1a"


def route(item: Route) -> str:
    """The picture; read aloud it is the list of its stages."""
    across = even(len(item.stops))
    rows = -(-len(item.stops) // across)
    wide, high = across * (WIDE + GAP) - GAP + 4, rows * (HIGH + FALL) - FALL + 4
    told = " → ".join(stop.name for stop in item.stops if stop.closing != "lost")
    label = f"{item.title}: {told}"
    inside = "".join(_stop(number, stop, item, across) for number, stop in enumerate(item.stops))
    return (
        f'<svg class="route" role="img" aria-label="{escaped(label)}" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" style="max-width:100%;height:auto" font-size="13">{inside}</svg>'
    )


def _stop(number: int, stop: Stop, item: Route, across: int) -> str:
    x, y = spot(number, across)
    after = item.stops[number + 1] if number + 1 < len(item.stops) else None
    arrow = _arrow(number, across) if after is not None and after.closing != "lost" else ""
    edge = ' stroke-dasharray="5 3"' if stop.closing == "lost" else ""
    round_ = 18 if stop.closing else 4
    box = (
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{round_}" '
        f'fill="{escaped(stop.colour or EMPTY)}" stroke="{EDGE}"{edge}/>'
    )
    return f"<g><title>{escaped(stop.name)}</title>{box}{_told(stop, x + WIDE // 2, y)}</g>{arrow}"


def even(count: int) -> int:
    """So many boxes in a row that all rows are of nearly one length; one at least."""
    rows = -(-count // ACROSS) or 1
    return -(-count // rows) or 1


def spot(number: int, across: int) -> tuple[int, int]:
    """The upper left corner of a box."""
    row, column = divmod(number, across)
    return 2 + column * (WIDE + GAP), 2 + row * (HIGH + FALL)


def _told(stop: Stop, middle: int, top: int) -> str:
    """The name in a few lines, the limit below; both in the middle of the box."""
    below = stop.limit or (tr("from any stage") if stop.closing == "lost" else "")
    lines = [(line, True) for line in named(stop.name)] + ([(below, False)] if below else [])
    first = top + HIGH / 2 - LINE * len(lines) / 2 + 11.5
    return "".join(
        _text(line, middle, first + LINE * place, bold=bold) for place, (line, bold) in enumerate(lines)
    )


def named(name: str) -> list[str]:
    """A name as lines that fit; what is too long ends in dots, and is told whole by the title."""
    words = (cut(word, WORD) for word in clean(name).split())
    lines = wrap(" ".join(words), LETTERS, break_long_words=False, break_on_hyphens=False) or ["–"]
    if len(lines) <= LINES:
        return lines
    return [*lines[: LINES - 1], cut(f"{lines[LINES - 1]} {lines[LINES]}", LETTERS)]


def _text(line: str, x: float, y: float, *, bold: bool) -> str:
    look = ' font-weight="600"' if bold else ' font-size="12"'
    squeeze = (
        f' textLength="{WIDE - 12}" lengthAdjust="spacingAndGlyphs"' if len(line) * LETTER > WIDE - 12 else ""
    )
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{INK}"{look}{squeeze}>{escaped(line)}</text>'


def _arrow(number: int, across: int) -> str:
    """To the next box; from the end of a row round to the beginning of the next."""
    x, y = spot(number, across)
    to_x, to_y = spot(number + 1, across)
    middle = y + HIGH // 2
    if to_y == y:
        return _line(f"M{x + WIDE} {middle}H{to_x - 6}") + _tip(to_x, middle, right=True)
    between, into = y + HIGH + FALL // 2, to_x + WIDE // 2
    return _line(f"M{x + WIDE // 2} {y + HIGH}V{between}H{into}V{to_y - 6}") + _tip(into, to_y, right=False)


def _line(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{EDGE}" stroke-width="1.5"/>'


def _tip(x: int, y: int, *, right: bool) -> str:
    points = (
        f"{x},{y} {x - 8},{y - 5} {x - 8},{y + 5}" if right else f"{x},{y} {x - 5},{y - 8} {x + 5},{y - 8}"
    )
    return f'<polygon points="{points}" fill="{EDGE}"/>'
