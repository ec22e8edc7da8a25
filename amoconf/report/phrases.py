"""Values and differences of attributes in words: "name: old -> new", only what differs inside nested values."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

from amoconf.report.flow import Item, Page, Part

Document = dict[str, Any]
# Words of the spec language (rights, types, colours, addresses, URLs) stand bare; all other text in quotes.
WORD = re.compile(r"[A-Za-z0-9_#$%@/.:*+?=&{}…-]+")
NAMES = ("name",)
LOOKS = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
LONG, KEPT = 48, 12  # characters: of texts worth shortening; of what stays on each side of a difference
ENUM = ", "  # between what a new thing is made with
SHORT = 3  # items of a list that are named


def value(page: Page, given: Any, name: str = "") -> str:
    """One value; None is `not set`."""
    if given is None:
        return page.words.unset
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, Mapping):
        return f"{{{', '.join(f'{page.say(str(key))}: {value(page, item)}' for key, item in given.items())}}}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(value(page, item) for item in given)}]"
    text = str(given)
    bare = not isinstance(given, str) or (name not in NAMES and WORD.fullmatch(text))
    return page.say(text if bare else f'"{text}"')


def leaf(given: Any) -> Any:
    """Rights that stand together: one word where all are the same; otherwise what is not denied."""
    if not isinstance(given, Mapping) or not given:
        return given
    words = list(given.values())
    alike = all(word == words[0] for word in words)
    return words[0] if alike else {key: item for key, item in given.items() if item != "none"}


def change(page: Page, attributes: Sequence[Document]) -> list[Item]:
    """Attributes before and after, those of one block of rights together."""
    items: list[Item] = []
    for block, rows in groupby(attributes, key=lambda row: block_of(row["name"])):
        if block:
            items.append(_block(page, block, list(rows)))
        else:
            items += [item for row in rows for item in one(page, row)]
    return items


def block_of(name: str) -> str:
    """rights.leads.export → leads; other names are in no block."""
    parts = name.split(".")
    return parts[1] if len(parts) == 3 else ""


def short(name: str) -> str:
    """rights.leads.export → leads export."""
    return " ".join(name.split(".")[1:]) if block_of(name) else name


def _block(page: Page, block: str, rows: Sequence[Document]) -> Item:
    shifts = [f"{row['name'].split('.')[2]}: {shift(page, row)}" for row in rows]
    if len(shifts) == 1:
        return Item((Part(f"{block} {shifts[0]}"),))
    return Item((Part(f"{block}: {', '.join(text.replace(': ', ' ', 1) for text in shifts)}"),), prose=True)


def shift(page: Page, row: Document) -> str:
    """ "none -> all"."""
    return f"{value(page, row['before'], row['name'])} -> {value(page, row['after'], row['name'])}"


def one(page: Page, row: Document) -> list[Item]:
    """One attribute that changes."""
    name, before, after = row["name"], row["before"], row["after"]
    if name == "position":
        return [page.hard(page.words.position(value(page, before), value(page, after)))]
    if row.get("inside"):
        return nested(page, name, row["inside"])
    if name == "type":
        return [page.hard(shift(page, row))]
    old, new = contrasted(value(page, before, name), value(page, after, name), page.ellipsis)
    item = Item((Part(f"{name}: "), Part(old, soft=True), Part(" -> "), Part(new, soft=True)))
    return [item, page.prose(page.words.look_alike, " ")] if alike(before, after) else [item]


def contrasted(old: str, new: str, ellipsis: str) -> tuple[str, str]:
    """Two long texts without most of what they begin and end with alike, so that a cut does not hide the difference."""
    head, tail = _together(old, new), _together(old[::-1], new[::-1])
    if min(len(old), len(new)) < LONG:
        return old, new
    start = head - KEPT if head > 2 * KEPT else 0
    end = tail - KEPT if tail > 2 * KEPT and head + tail <= min(len(old), len(new)) else 0
    mark = '"' if old.startswith('"') and new.startswith('"') else ""
    left, right = mark + ellipsis if start else "", ellipsis + mark if end else ""
    return left + old[start : len(old) - end] + right, left + new[start : len(new) - end] + right


def _together(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def alike(before: Any, after: Any) -> bool:
    """Whether two different texts look the same: Latin letters for Cyrillic ones."""
    if not isinstance(before, str) or not isinstance(after, str) or before == after:
        return False
    return before.translate(LOOKS) == after.translate(LOOKS)


def nested(page: Page, name: str, rows: Sequence[Document]) -> list[Item]:
    """What differs inside: items that came and went; keys with their values, the same change named once."""
    plain = [row for row in rows if not row["path"]]
    items = [_members(page, name, plain)] if plain else []
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row["path"]:
            tail = " ".join(row["path"][1:])
            text = shift(page, {"name": "", "before": leaf(row["before"]), "after": leaf(row["after"])})
            groups.setdefault(f"{tail} {text}".strip(), []).append(row["path"][0])
    return items + [_keys(page, name, text, keys) for text, keys in groups.items()]


def _members(page: Page, name: str, rows: Sequence[Document]) -> Item:
    gone = [f"-{value(page, row['before'])}" for row in rows if row["after"] is None]
    come = [f"+{value(page, row['after'])}" for row in rows if row["before"] is None]
    return Item((Part(f"{f'{name}: ' if name else ''}{', '.join([*come, *gone])}"),), prose=True)


def _keys(page: Page, name: str, text: str, keys: Sequence[str]) -> Item:
    shown = keys if page.verbose else keys[:SHORT]
    more = f" {page.words.more(len(keys) - len(shown))}" if len(shown) < len(keys) else ""
    return Item(
        (Part(f"{name} {', '.join(page.say(key) for key in shown)}{more}: {text}".strip()),), prose=True
    )


def first(page: Page, row: Document) -> list[Item]:
    """What a new thing is made with: its name, how many parts, what is not said by itself."""
    rows = [item for item in row["attributes"] if not item.get("silent")]
    items = [page.hard(value(page, item["after"]), ENUM) for item in rows if item["name"] == "type"]
    items += [page.hard(text, ENUM) for text in parts(page, row["parts"])]
    rest = [item for item in rows if item["name"] not in ("type", "name") and item["after"] != row["title"]]
    for head, group in groupby(rest, key=lambda item: item["name"].partition(".")[0]):
        items += _made_with(page, head, list(group))
    return items


def _made_with(page: Page, head: str, rows: Sequence[Document]) -> list[Item]:
    """One attribute; of dotted ones only which there are, unless all is asked for."""
    if page.verbose or "." not in rows[0]["name"]:
        return [_plain(page, row) for row in rows]
    named = dict.fromkeys(row["name"].split(".")[1] for row in rows)
    return [page.hard(f"{head}: {' '.join(page.say(name) for name in named)}", ENUM)]


def _plain(page: Page, row: Document) -> Item:
    name, after = row["name"], row["after"]
    if isinstance(after, list | Mapping) and len(after) > SHORT and not page.verbose:
        return page.hard(f"{name}: {len(after)}", ENUM)
    return Item((Part(f"{name}: "), Part(value(page, after, name), soft=True)), ENUM)


def parts(page: Page, addresses: Sequence[str]) -> list[str]:
    """What is made together with it: "6 stages"."""
    kinds = [address.partition("/")[0] for address in addresses]
    return [page.words.thing(kind, kinds.count(kind)) for kind in dict.fromkeys(kinds)]
