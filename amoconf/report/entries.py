"""One change as lines of text: symbol, word, address, and what there is to say behind it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amoconf.plan import is_after
from amoconf.report import phrases
from amoconf.report.clean import width
from amoconf.report.flow import READABLE, Item, Line, Page, Part, flow

Document = dict[str, Any]
Say = Callable[[Page, Document], list[Item]]
SYMBOLS = {
    "create": "+",
    "update": "~",
    "move": ">",
    "replace": "±",
    "archive": "-",
    "restore": "^",
    "delete": "x",
    "manual": "!",
    "drift": "!",
}
STYLES = {
    "create": "green",
    "restore": "green",
    "archive": "yellow",
    "delete": "red",
    "replace": "red",
    "manual": "magenta",
    "drift": "magenta",
}
INDENT = 14  # where addresses begin
WORD_WIDTH = 12
WIDEST = {True: 50, False: 34}  # cells of the column of addresses, on a wide page and on a narrow one
WIDE_PAGE = 120
GAP = "   "


def block(page: Page, rows: Sequence[Document], say: Say, word: str = "") -> list[Line]:
    """Rows under one heading, their details in one column. word: instead of each row's action."""
    heads = [head(page, word or row["action"], page.shell(row["address"])) for row in rows]
    column = indent = min(_column(page, heads), INDENT + WIDEST[page.width >= WIDE_PAGE] + 2)
    indent = column if page.width - column >= READABLE else INDENT
    return [
        line
        for row, top in zip(rows, heads, strict=True)
        for line in flow(page, padded(top, column), say(page, row), indent)
    ]


def head(page: Page, action: str, name: str) -> Line:
    """Symbol, word and what it is about."""
    text = f"{page.say(SYMBOLS[action])} {page.words.row_words.get(action, action)}"
    return (("  ", ""), (text.ljust(WORD_WIDTH), STYLES.get(action, "")), (name, ""))


def _column(page: Page, heads: Sequence[Line]) -> int:
    return max(sum(width(text) for text, _ in top) for top in heads) + 2


def padded(top: Line, column: int) -> Line:
    """The head with spaces up to the column, two at least."""
    taken = sum(width(text) for text, _ in top)
    return (*top, (" " * max(2, column - taken), ""))


def usual(page: Page, row: Document) -> list[Item]:
    """What is said of a change in its section."""
    says = SAYS.get(row["verb"], updated)
    return [*says(page, row), *impact(page, row), *stops(page, row)]


def grave(page: Page, row: Document) -> list[Item]:
    """What is said of a change that needs attention: also that somebody moved it by hand."""
    moved = row["origin"] in ("drift", "both")
    told = [page.prose(page.words.moved_here)] if moved else []
    return [*SAYS.get(row["verb"], updated)(page, row), *told, *impact(page, row), *stops(page, row)]


def created(page: Page, row: Document) -> list[Item]:
    """A new thing."""
    return [*named(page, row), *phrases.first(page, row)]


def changed(page: Page, row: Document) -> list[Item]:
    """Attributes before and after."""
    return phrases.change(page, row["attributes"])


def updated(page: Page, row: Document) -> list[Item]:
    """Attributes before and after, what else it is for, and what becomes of cards."""
    why = because(page, row) if row["moves"] or not row["attributes"] else []
    return [*changed(page, row), *why, *moved(page, row), *clears(page, row)]


def clears(page: Page, row: Document) -> list[Item]:
    """Old values that are emptied once they have arrived."""
    words, moves = page.words.converting, {move["work"]: move for move in row["moves"]}
    if "clear" not in moves:
        return []
    move = moves["clear"]
    said = words.clears(move)
    if is_partial(move) and "convert" not in moves:
        said += [words.seen(move.get("entity", ""), move["seen"]), *words.rest({})]
    return [page.prose(text) for text in said]


def because(page: Page, row: Document) -> list[Item]:
    """What a change is for, beside its attributes."""
    return [page.prose(row["reason"])] if row["reason"] else []


def taken_away(page: Page, row: Document) -> list[Item]:
    """What leaves, why, and where its data goes."""
    items = named(page, row)
    if row["reason"]:
        items.append(page.prose(row["reason"], ": "))
    items += moved(page, row)
    return items + (changed(page, row) if page.verbose else [])


def moved(page: Page, row: Document) -> list[Item]:
    """What becomes of the records that hold it, before it leaves."""
    return [
        page.hard(page.words.moving.goes(move["work"], page.shell(move["to"]) if "to" in move else ""))
        for move in row["moves"]
        if move["work"] in page.words.moving.first
    ]


def replaced(page: Page, row: Document) -> list[Item]:
    """One type for another, and what becomes of the values."""
    made = [page.hard(text) for text in phrases.parts(page, row["parts"])]
    told = (page.prose(text) for text in _values(page, row))
    return [*changed(page, row), *made, *kept(page, row), *told, *clears(page, row)]


def kept(page: Page, row: Document) -> list[Item]:
    """What the new thing takes over, for the spec says nothing of it."""
    rows = row.get("kept") or ()
    told = ", ".join(f"{item['name']}: {phrases.value(page, item['value'], item['name'])}" for item in rows)
    return [page.prose(page.words.converting.kept(told))] if told else []


def _values(page: Page, row: Document) -> list[str]:
    """What becomes of the values."""
    moves, words = {move["work"]: move for move in row["moves"]}, page.words.converting
    if "convert" not in moves:
        return [words.stay]
    move = moves["convert"]
    table, said = move.get("map"), [words.incoming.get(move.get("unsorted"), "")]
    said += [words.seen(move.get("entity", ""), move["seen"])] if is_partial(move) else []
    said += words.fit(move["fit"]) if "fit" in move else []
    said += [words.mapped(len(table), len(set(table.values())))] if table else []
    return [*filter(None, said), *(words.rest(move) if is_partial(move) else [])]


def is_partial(move: Mapping[str, Any]) -> bool:
    """Whether only a part of the records was seen for what is told of the values."""
    return not move.get("exact", True)


def by_hand(page: Page, row: Document) -> list[Item]:
    """What apply does before, where a person clicks, and what apply can do then."""
    items = moved(page, row)
    items += impact(page, row) if items else []
    items += [page.prose(text) for text in row["manual"] or [row["reason"] or ""]]
    if row["waits"] and not is_after(row["waits"]):
        items.append(page.prose(page.words.first_waits(row["verb"])))
    elif row["reason"] and row["reason"] not in row["manual"]:
        items.append(page.prose(f"({row['reason']})", " "))
    if row["origin"] in ("drift", "both"):
        items.append(page.prose(page.words.moved_here))
    return items + stops(page, row)


def named(page: Page, row: Document) -> list[Item]:
    """What people call it, where the address does not say it."""
    if row["title"] == key(row):
        return []
    name = "" if "://" in row["title"] else "name"
    return [Item((Part(phrases.value(page, row["title"], name), soft=True),))]


def key(row: Document) -> str:
    """The last segment of its address, which alone may hold a slash."""
    start = "/".join(filter(None, (row["kind"], row["home"])))
    return str(row["address"])[len(start) + 1 :]


def impact(page: Page, row: Document) -> list[Item]:
    """How many records it touches, where that was counted."""
    known = row["impact"]
    if known["detail"]:
        return [page.prose(known["detail"], GAP)]
    least = not known.get("exact", True)
    if known["records"] is None or (least and not known["records"]):
        return []
    told = page.words.records(known["records"], known.get("of", ""), least=least)
    return [page.hard(told, GAP)]


def stops(page: Page, row: Document) -> list[Item]:
    """What stands against it, then what lifts that."""
    items = [page.prose(stop["why"]) for stop in row["stops"]]
    needed = dict.fromkeys(stop["allow"][0] for stop in row["stops"] if stop["allow"])
    if all(stop["allow"] for stop in row["stops"]):
        items += [page.hard(page.words.needs(page.shell(item)), GAP, "bold yellow") for item in needed]
    return items


SAYS: Mapping[str, Say] = {
    "create": created,
    "replace": replaced,
    "archive": taken_away,
    "delete": taken_away,
}
