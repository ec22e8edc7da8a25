"""A route as a Mermaid flowchart: names stand in quotes, every character in them that could act as an entity."""

from collections.abc import Sequence

from amoconf.report.clean import clean, cut
from amoconf.report.paper import Route, Stop

LONGEST = 80  # characters of a name in its box
ACROSS = 6  # boxes that are still readable beside one another on a page


def route(item: Route) -> str:
    """The fenced block. Identifiers are numbers, for a word such as `end` breaks the chart."""
    stops = list(enumerate(item.stops))
    way = "LR" if len(stops) <= ACROSS else "TB"
    lines = [f"flowchart {way}", *(f"  {_box(number, stop)}" for number, stop in stops)]
    lines += [f"  {line}" for line in arrows(item.stops)]
    lines += ["  style way fill:none,stroke:#999"] if any(not stop.closing for stop in item.stops) else []
    lines += [
        f"  style s{number} fill:{stop.colour},color:#000,stroke:#666"
        for number, stop in stops
        if stop.colour
    ]
    body = "\n".join(lines)
    return f"\n```mermaid\n{body}\n```\n"


def arrows(stops: Sequence[Stop]) -> list[str]:
    """From stage to stage and to the good end; the frame around the open stages says that a deal may be lost at any."""
    open_stops = [f"s{number}" for number, stop in enumerate(stops) if not stop.closing]
    ends = {stop.closing: f"s{number}" for number, stop in enumerate(stops) if stop.closing}
    if not open_stops:
        return []
    made = ['subgraph way[" "]', f"  {' --> '.join(open_stops)}", "end"]
    made += [f"{open_stops[-1]} --> {ends['won']}"] if "won" in ends else []
    return made + ([f"way -.-> {ends['lost']}"] if "lost" in ends else [])


def _box(number: int, stop: Stop) -> str:
    limit = f"<br/>{text(stop.limit)}" if stop.limit else ""
    left, right = ("([", "])") if stop.closing else ("[", "]")
    return f's{number}{left}"{text(stop.name)}{limit}"{right}'


def text(name: str) -> str:
    """Letters, digits and single spaces as they are; all else by its number, so that nothing is syntax or Markdown."""
    told = cut(" ".join(clean(name).split()), LONGEST) or "–"
    return "".join(char if char.isalnum() or char in " ,–…" else f"#{ord(char)};" for char in told)
