"""Small pictures in SVG: a bar of a share, a bar of a value, a line over time."""

from amoconf.digits import number, percent
from amoconf.report.html.marks import escaped
from amoconf.report.html.style import COLOURS
from amoconf.report.paper import Course
from amoconf.tongue import tr

WIDE, THICK = 240, 12
INK, PALE = COLOURS["info"], "#e3e3e3"
LEFT, RIGHT, TOP, BOTTOM = 34, 706, 10, 150  # where the line over time is drawn
MOST_DATES = 5


def share_bar(share: float, threshold: float | None) -> str:
    """A share of the whole, with a line where the threshold is."""
    told = percent(share)
    label = tr("Share: {share}", share=told)
    parts = [_rect(0, WIDE, PALE), _rect(0, WIDE * _within(share), INK)]
    if threshold is not None:
        at = round(WIDE * _within(threshold), 1)
        label = tr("Share: {share}, threshold {most}", share=told, most=percent(threshold))
        parts.append(f'<line x1="{at}" x2="{at}" y1="0" y2="{THICK}" stroke="#000" stroke-width="2"/>')
    size = f'width="{WIDE}" height="{THICK}" viewBox="0 0 {WIDE} {THICK}"'
    return f'<svg class="share" role="img" aria-label="{escaped(label)}" {size}>{"".join(parts)}</svg>'


def value_bar(part: float) -> str:
    """A bar of so much of the width; the number stands beside it."""
    size = f'viewBox="0 0 {WIDE} {THICK}" preserveAspectRatio="none"'
    return f'<svg aria-hidden="true" {size}>{_rect(0, WIDE * _within(part), INK)}</svg>'


def _within(part: float) -> float:
    return min(max(part, 0.0), 1.0)


def _rect(start: float, wide: float, colour: str) -> str:
    return f'<rect x="{start:.1f}" y="0" width="{wide:.1f}" height="{THICK}" fill="{colour}"/>'


def course(item: Course) -> str:
    """Points joined by a line, evenly spaced, with dates below and values beside."""
    values = [_within(value / item.most) for _, value in item.points]
    spots = [(_x(at, len(values)), TOP + (BOTTOM - TOP) * (1 - value)) for at, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{INK}"><title>{escaped(f"{at[:10]}: {number(value)}")}</title></circle>'
        for (x, y), (at, value) in zip(spots, item.points, strict=True)
    )
    last = item.points[-1][1] if item.points else 0
    label = f"{item.title}: {', '.join(f'{at[:10]} {number(value)}' for at, value in item.points)}"
    told = _text(spots[-1][0], spots[-1][1] - 8, number(last), "end") if spots else ""
    return (
        f'<svg class="course" role="img" aria-label="{escaped(label)}" viewBox="0 0 720 176">'
        f'{_grid(item)}{_dates(item)}<polyline points="{line}" fill="none" stroke="{INK}" stroke-width="2"/>{dots}{told}</svg>'
    )


def _x(at: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * (at / (count - 1) if count > 1 else 0.5)


def _grid(item: Course) -> str:
    """Lines at no part, half and all of it."""
    made = []
    for part in (0.0, 0.5, 1.0):
        y = TOP + (BOTTOM - TOP) * (1 - part)
        made.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{PALE}"/>')
        made.append(_text(LEFT - 6, y + 4, number(item.most * part), "end"))
    return "".join(made)


def _dates(item: Course) -> str:
    """A few dates; the first and the last one always."""
    count = len(item.points)
    shown = {round(n * (count - 1) / (MOST_DATES - 1)) for n in range(MOST_DATES)} if count else set()
    ends = {0: "start", count - 1: "end"}
    return "".join(
        _text(_x(at, count), BOTTOM + 18, item.points[at][0][:10], ends.get(at, "middle"))
        for at in sorted(shown)
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" fill="#333">{escaped(text)}</text>'
