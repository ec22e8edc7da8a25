"""One change of a plan as an entry: its symbol and word, values before and after, what else there is to say."""

from collections.abc import Mapping
from typing import Any

from amoconf.report import attention, entries, phrases
from amoconf.report.clean import shell
from amoconf.report.flow import Page
from amoconf.report.paper import CODE, ERROR, INFO, STRONG, WARN, Document, Entry, Shift, Span, Words, plain
from amoconf.tongue import tr

SYMBOLS: Mapping[str, str] = {
    "create": "+",
    "update": "~",
    "move": ">",
    "replace": "±",
    "archive": "−",
    "restore": "^",
    "delete": "×",
    "manual": "!",
}


def wide() -> Page:
    """Nothing is cut and nothing is left out: the page has no width, and everything is asked for."""
    return Page(1_000_000, verbose=True)


def word(action: str) -> str:
    """The action as people call it."""
    return tr("by hand") if action == "manual" else wide().words.row_words.get(action, action)


def entry(row: Document) -> Entry:
    """One change with all that the document says of it."""
    action = row["action"]
    grave = attention.is_grave(row)
    level = ERROR if row["blocked_by"] else WARN if grave or action == "manual" else INFO
    told = said(row)
    lines = [*([plain("; ".join(told))] if told else []), *stops(row), *place(row)]
    title = () if row["title"] in ("", entries.key(row)) else plain(row["title"])
    return Entry(level, SYMBOLS.get(action, "?"), word(action), row["address"], title, shifts(row), lines)


def said(row: Document) -> list[str]:
    """What the text says besides name, attributes and what stands against it."""
    bare = {**row, "attributes": [], "stops": [], "title": entries.key(row)}
    say = entries.by_hand if row["action"] == "manual" else entries.usual
    texts = [item.text for item in say(wide(), bare)]
    if row["origin"] in ("drift", "both") and row["action"] != "manual":
        texts.append(wide().words.both_moved if row["origin"] == "both" else wide().words.moved_here)
    return [text for text in texts if text.strip()]


def stops(row: Document) -> list[Words]:
    """What stands against it, and what lifts that."""
    told: list[Words] = []
    for stop in row["stops"]:
        needed = [Span(f"--allow {shell(item)}", CODE) for item in stop["allow"][:1]]
        lifted = (Span(tr("; if that is meant: ")), *needed) if needed else ()
        told.append((Span(tr("Blocked: "), STRONG), Span(stop["why"]), *lifted))
    return told


def place(row: Document) -> list[Words]:
    """Where the spec says so."""
    where = row.get("where")
    return [(Span(tr("In the spec: ")), Span(f"{where['file']}:{where['line']}", CODE))] if where else []


def shifts(row: Document) -> list[Shift]:
    """Values before and after; of a new thing what it is made with; of one that leaves nothing that it loses."""
    if row["verb"] == "delete":
        return []
    new = row["verb"] == "create"
    rows = [item for item in row["attributes"] if not (new and item.get("silent"))]
    return [shift for item in rows for shift in of_attribute(item, new=new)]


def of_attribute(item: Mapping[str, Any], *, new: bool) -> list[Shift]:
    """One attribute; of nested values only what differs inside."""
    name = item["name"]
    if item.get("inside") and not new:
        return [_shift(".".join([name, *part["path"]]), part) for part in item["inside"]]
    return [_shift(name, item, new=new)]


def _shift(name: str, item: Mapping[str, Any], *, new: bool = False) -> Shift:
    return Shift(name, None if new else value(item["before"], name), value(item["after"], name))


def value(given: Any, name: str) -> str:
    """A value in words."""
    return phrases.value(wide(), given, name)
