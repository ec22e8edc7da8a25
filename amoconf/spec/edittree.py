"""A YAML file as a tree that knows where each value begins and ends, for changing the text in place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from amoconf.errors import Where


class Unwritable(Exception):
    """A place whose text cannot be changed without taking something else along. what: why. where: in which line."""

    def __init__(self, what: str, where: Where | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where


@dataclass
class Spot:
    """One value. start, end: offsets in the text; the end of a block is that of its last value.

    form: map, list, scalar or alias. style: how a scalar is quoted, or None. text: of a scalar, without its quotes.
    flow: written in {} or []. anchor: marked with &, so that it may stand elsewhere too.
    """

    form: str
    start: int
    end: int
    line: int
    column: int
    flow: bool = False
    style: str | None = None
    text: str = ""
    anchor: bool = False
    entries: list["Entry"] = field(default_factory=list)

    def walk(self) -> Iterator["Spot"]:
        """This value and all in it."""
        yield self
        for entry in self.entries:
            yield from entry.value.walk()


@dataclass
class Entry:
    """A pair of a map, or an item of a list, whose text is its key."""

    key: Spot
    value: Spot

    @property
    def start(self) -> int:
        """Where its text begins."""
        return self.key.start

    @property
    def end(self) -> int:
        """Where its text ends."""
        return max(self.key.end, self.value.end)


def tree(text: str) -> Spot:
    """The tree of a text that `parse` takes, so that it has no problems."""
    growing = _Growing(text)
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        growing.take(event)
    assert growing.root is not None
    return growing.root


class _Growing:
    """Takes the parser's events one by one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Spot | None = None
        self.open: list[Spot] = []
        self.keys: list[Spot | None] = []

    def take(self, event: Any) -> None:
        """The next event of the parser."""
        if isinstance(event, yaml.CollectionStartEvent):
            form = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
            self.open.append(self._spot(event, form, flow=bool(event.flow_style)))
            self.keys.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            self.keys.pop()
            if done.flow:
                assert event.end_mark is not None
                done.end = event.end_mark.index
            else:
                done.end = max((entry.end for entry in done.entries), default=done.start)
            self._add(done)
        elif isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._spot(event, "alias", text=str(event.anchor)))

    def _spot(self, event: Any, form: str, **more: Any) -> Spot:
        start, end = event.start_mark, event.end_mark
        anchor = form != "alias" and event.anchor is not None
        return Spot(form, start.index, end.index, start.line + 1, start.column + 1, anchor=anchor, **more)

    def _scalar(self, event: Any) -> Spot:
        spot = self._spot(event, "scalar", style=event.style or None, text=event.value)
        # The end of a text after | or > is where the next thing begins.
        spot.end = spot.start + len(self.text[spot.start : spot.end].rstrip())
        return spot

    def _add(self, spot: Spot) -> None:
        if not self.open:
            self.root = spot
            return
        above = self.open[-1]
        if above.form == "list":
            above.entries.append(Entry(spot, spot))
        elif self.keys[-1] is None:
            self.keys[-1] = spot
        else:
            above.entries.append(Entry(self.keys[-1], spot))
            self.keys[-1] = None


def paths(root: Spot) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Every entry below a value, with the keys that lead to it; an item of a list is called by its text."""
    for entry in root.entries:
        yield (entry.key.text,), entry
        if entry.value is not entry.key:
            yield from (((entry.key.text, *path), below) for path, below in paths(entry.value))
