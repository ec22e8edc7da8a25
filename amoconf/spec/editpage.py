"""One YAML file whose text is changed in place: everything but the lines concerned stays as it is."""

import re
from collections.abc import Sequence
from typing import Any

from amoconf.errors import Where
from amoconf.spec import editflow as flows
from amoconf.spec import editwords as words
from amoconf.spec.editends import ended, plain
from amoconf.spec.edittree import Entry, Spot, Unwritable, tree
from amoconf.tongue import tr

Path = tuple[str, ...]

_REMARK = re.compile(r"[ ]*:(?:[ ]+[|>][-+0-9]*)?(?P<remark>[ ]+#.*)")


class Page:
    """A file of a spec. name: as in places. text: with plain line ends; `made` has those of the file again."""

    def __init__(self, name: str, content: str) -> None:
        self.name = name
        self.mark = "\ufeff" if content.startswith("\ufeff") else ""
        content = content.removeprefix("\ufeff")
        self.content = content
        self.text = plain(content)
        self.root = tree(self.text)

    @property
    def made(self) -> str:
        """The whole text as the file shall hold it."""
        return self.mark + ended(self.text, self.content)

    def splice(self, start: int, end: int, text: str) -> None:
        """Puts a text in the place of another."""
        self.text = self.text[:start] + text + self.text[end:]
        self.root = tree(self.text)

    def where(self, spot: Spot) -> Where:
        """The place of a value."""
        return Where(self.name, spot.line, spot.column)

    def refuse(self, spot: Spot, what: str) -> Unwritable:
        """The error that names the line."""
        return Unwritable(what, self.where(spot))

    def find(self, path: Path) -> Entry | None:
        """The entry at the end of a path; None where something of it is missing."""
        spot, found = self.root, None
        for key in path:
            found = next((entry for entry in spot.entries if entry.key.text == key), None)
            if found is None:
                return None
            spot = found.value
        return found

    def depth(self, path: Path) -> int:
        """How many keys of a path are there."""
        return next(size for size in range(len(path), -1, -1) if not size or self.find(path[:size]))

    def at(self, path: Path) -> Spot:
        """The value at a path that is there; Unwritable where it may stand in other places too."""
        spot = self.root
        for key in path:
            entry = next(entry for entry in spot.entries if entry.key.text == key)
            spot = entry.value
            if spot.anchor or spot.form == "alias":
                raise self.refuse(spot, tr("this text stands in several places (& and *): change it by hand"))
        return spot

    def guard(self, spot: Spot) -> None:
        """Unwritable where a value, or anything in it, is filled in from elsewhere."""
        for below in spot.walk():
            if below.anchor or below.form == "alias":
                raise self.refuse(
                    below, tr("this text stands in several places (& and *): change it by hand")
                )
            if below.form == "scalar" and words.is_filled_in(below.text):
                raise self.refuse(
                    below, tr("the value is made of {text}: change it by hand", text=words.first(below.text))
                )

    def put(self, path: Path, value: Any, order: Sequence[str] = (), *, opened: bool = False) -> None:
        """Writes a value; keys that are missing on the way are made. order: of the keys beside the first that is made.

        opened: what is made in a block is a block too, even where it would fit one line.
        """
        depth = self.depth(path)
        if depth == len(path):
            self.replace(path, value)
            return
        for key in reversed(path[depth + 1 :]):
            value = {key: value}
        self.insert(path[:depth], path[depth], value, order, opened=opened and len(path) - depth)

    def replace(self, path: Path, value: Any) -> None:
        """Another value where one stands."""
        spot, inside = self.at(path), self._in_flow(path)
        self.guard(spot)
        block = spot.form == "scalar" and spot.style in ("|", ">")
        short = not isinstance(value, dict) or words.inline(value) == "{}"
        if spot.form == "scalar" and not block and isinstance(value, str) and "\n" not in value:
            self.splice(spot.start, spot.end, words.styled(value, spot.style, flow=inside))
        elif inside or spot.flow or (short and not block and spot.form == "scalar"):
            self.splice(spot.start, spot.end, words.inline(value, flow=inside))
        else:
            entry = self.find(path)
            assert entry is not None
            start = self._own_line(entry)
            head = self.text[entry.key.start : entry.key.end]
            lines = words.lines(head, value, self.text[start : entry.start])
            lines[0] += self._remark(entry)
            self.splice(start, entry.end, "\n".join(lines))

    def insert(
        self, path: Path, key: str, value: Any, order: Sequence[str] = (), after: int = -1, opened: int = 0
    ) -> None:
        """A new entry in the map at a path. after: how many stand before it; else by the order of keys, or at the end.

        opened: how many levels are written as a block in any case.
        """
        spot = self.at(path)
        if spot.form != "map":
            raise self.refuse(spot, tr("a map is needed here: change it by hand"))
        after = self._before(spot, key, order) if after < 0 else after
        if spot.flow:
            pair = f"{words.inline(key, flow=True)}: {words.inline(value, flow=True)}"
            self._insert_flow(path, spot, pair, after)
        else:
            head = words.inline(key)
            top = [""] if not path else []
            self._insert_lines(spot, lambda pad: [*top, *words.lines(head, value, pad, opened)], after)

    def insert_item(self, path: Path, text: str, after: int) -> None:
        """A new item of the list at a path. after: the number of items that stand before it."""
        spot = self.at(path)
        if spot.flow:
            self._insert_flow(path, spot, words.inline(text, flow=True), after)
        else:
            self._insert_lines(spot, lambda pad: [f"{pad}- {words.inline(text)}"], after)

    def remove(self, path: Path, keep: int = 0) -> None:
        """Takes an entry away, and the maps that are empty then; what is shorter than `keep` keys stays."""
        above = self.at(path[:-1])
        index = next(n for n, entry in enumerate(above.entries) if entry.key.text == path[-1])
        entry = above.entries[index]
        self.guard(entry.value)
        if len(above.entries) == 1:
            if len(path) - 1 > keep and above.form == "map":
                self.remove(path[:-1], keep)
            else:
                self._empty(path[:-1], above)
        elif above.flow:
            start = above.entries[index - 1].end if index else entry.start
            end = entry.end if index else above.entries[1].start
            self.splice(*(flows.own_lines(self.text, entry) or (start, end)), "")
        else:
            start = self._own_line(entry, dash=above.form == "list")
            column = self._column(self._dash(entry.start) if above.form == "list" else entry.start)
            start = flows.under_remarks(self.text, start, column)
            self.splice(start, self._line_end(entry.end), "")

    def open_map(self, path: Path, short: str) -> None:
        """Makes a thing that is written short a map: its text becomes the value of `short`."""
        if path and self.at(path[:-1]).form == "list":
            self.list_to_map(path[:-1])
        spot = self.at(path)
        if spot.form == "scalar":
            raw = (
                self.text[spot.start : spot.end]
                if spot.style in ('"', "'")
                else words.inline(spot.text, flow=True)
            )
            inside = words.inline(short, flow=True)
            self.splice(spot.start, spot.end, f"{{{inside}: {raw}}}")

    def list_to_map(self, path: Path) -> None:
        """A list of names as a map whose keys they are."""
        spot, above = self.at(path), self.find(path)
        text = self.text
        if spot.flow:
            text = f"{text[: spot.end - 1]}}}{text[spot.end :]}"
        for item in reversed(spot.entries):
            self.guard(item.value)
            raw = self.text[item.start : item.end]
            key = words.inline(item.key.text, flow=True) if "\n" in raw else raw
            start = item.start if spot.flow else self._dash(item.start)
            # Dashes may stand right below the key of their list; keys of a map may not.
            flush = above is not None and not spot.flow and self._column(start) < above.key.column
            text = f"{text[:start]}{'  ' if flush else ''}{key}: {{}}{text[item.end :]}"
        if spot.flow:
            text = f"{text[: spot.start]}{{{text[spot.start + 1 :]}"
        self.text = text
        self.root = tree(self.text)

    def reorder(self, path: Path, order: Sequence[str]) -> None:
        """The entries called so, in this order, in the places where they stand; others stay."""
        spot = self.at(path)
        rank = {key: number for number, key in enumerate(order)}
        here = [entry for entry in spot.entries if entry.key.text in rank]
        there = sorted(here, key=lambda entry: rank[entry.key.text])
        if spot.flow:
            cuts = {id(entry): (entry.start, entry.end) for entry in here}
        else:
            cuts = {id(entry): self._chunk(spot, entry) for entry in here}
        text = self.text
        for old, new in reversed(list(zip(here, there, strict=True))):
            (start, end), (begin, stop) = cuts[id(old)], cuts[id(new)]
            text = text[:start] + self.text[begin:stop] + text[end:]
        self.text = text
        self.root = tree(self.text)

    def _in_flow(self, path: Path) -> bool:
        """Whether a value stands inside {} or []."""
        return any(self.at(path[:size]).flow for size in range(len(path)))

    def _before(self, spot: Spot, key: str, order: Sequence[str]) -> int:
        """How many entries stand before a new one."""
        if key not in order:
            return len(spot.entries)
        first = set(order[: order.index(key)])
        places = [number for number, entry in enumerate(spot.entries, 1) if entry.key.text in first]
        return max(places, default=0)

    def _insert_flow(self, path: Path, spot: Spot, text: str, after: int) -> None:
        for start, end, piece in flows.added(self.text, spot, text, after):
            self.text = self.text[:start] + piece + self.text[end:]
        self.root = tree(self.text)
        above = next((path[:size] for size in range(len(path) + 1) if self.at(path[:size]).flow), ())
        entry = self.find(above) if above else None
        broken = flows.unfolded(self.text, entry) if entry is not None else None
        if broken is not None:
            self.splice(*broken)

    def _insert_lines(self, spot: Spot, render: Any, after: int) -> None:
        """Lines of a new entry of a block, indented as its neighbours."""
        dash = spot.form == "list"
        near = spot.entries[max(after - 1, 0)]
        start = self._own_line(near, dash=dash)
        first = self._dash(near.start) if dash else near.start
        made = "\n".join(render(self.text[start:first])) + "\n"
        at = self._line_end(near.end) if after else start
        broken = at and self.text[at - 1] != "\n"
        self.splice(at, at, f"\n{made}" if broken else made)

    def _empty(self, path: Path, spot: Spot) -> None:
        made = "{}" if spot.form == "map" else "[]"
        if spot.flow:
            self.splice(spot.start, spot.end, made)
            return
        entry = self.find(path)
        if entry is None:
            raise self.refuse(spot, tr("nothing would be left of this file: change it by hand"))
        start, remark = self.text.index(":", entry.key.end) + 1, self._remark(entry)
        self.splice(start, entry.end, f" {made}{remark}")

    def _remark(self, entry: Entry) -> str:
        """The remark behind a key whose value stands in the lines below, with the blanks before it."""
        found = _REMARK.match(self.text, entry.key.end, self._line_end(entry.key.end))
        return found["remark"] if found else ""

    def _own_line(self, entry: Entry, *, dash: bool = False) -> int:
        """Where the line begins that an entry of a block begins; Unwritable where something stands before it."""
        start = self._dash(entry.start) if dash else entry.start
        begin = self.text.rfind("\n", 0, start) + 1
        if self.text[begin:start].strip(" "):
            raise self.refuse(entry.key, tr("it does not begin on a line of its own: change it by hand"))
        return begin

    def _column(self, at: int) -> int:
        return at - self.text.rfind("\n", 0, at) - 1

    def _dash(self, start: int) -> int:
        return self.text.rindex("-", 0, start)

    def _line_end(self, end: int) -> int:
        """Behind the line in which something ends."""
        at = self.text.find("\n", end)
        return len(self.text) if at < 0 else at + 1

    def _chunk(self, spot: Spot, entry: Entry) -> tuple[int, int]:
        """The lines of an entry without the last break, with the remarks that stand right above it."""
        start = self._own_line(entry, dash=spot.form == "list")
        end = self._line_end(entry.end)
        pad = entry.key.column - 1
        while start:
            above = self.text.rfind("\n", 0, start - 1) + 1
            line = self.text[above : start - 1]
            if not line.strip().startswith("#") or len(line) - len(line.lstrip()) < min(pad, 1):
                break
            start = above
        return start, end - (self.text[end - 1 : end] == "\n")
