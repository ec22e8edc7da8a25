"""Deals that lack the value of a replaced field, counted by what the old one holds and by whether they still wait."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.agreed import NEWEST, OLDEST, WAITING, agreed, agreement_after
from amoconf.cells import both_in, conversion_of
from amoconf.contents import Beside, Item
from amoconf.converting import Conversion, Moved
from amoconf.kinds._fields import LISTED
from amoconf.lock import Entry
from amoconf.model import Resource
from amoconf.recipe import Recipe, Waiting
from amoconf.study import made_map, rules
from amoconf.values import Address, Ref

Place = tuple[Any, Any]
Filled = Callable[
    [str, int, int], bool
]  # whether amoconf has once filled a field of a record: list, record, field


def never(entity: str, record: int, field: int) -> bool:
    """Where nothing is known of earlier runs."""
    return False


@dataclass
class Count:
    """Deals with one content of the old field."""

    ids: list[int] = field(default_factory=list)


@dataclass
class Left(Beside):
    """One replaced field. name: the old one's address. new: id of the new one, None where it is still to be made.

    entry: what the lock remembers; None as long as the replace itself is not done. anew: the spec's rules are not those
    that were agreed on. filled: what was filled once and is empty now, a person has emptied. held: contents of both
    fields of those that lack nothing, counted for the earlier rules' sake.
    """

    name: Address
    thing: Resource
    entry: Entry | None = None
    anew: bool = False
    places: frozenset[tuple[int, int]] = frozenset()
    inside: dict[str, Count] = field(default_factory=dict)
    outside: dict[str, Count] = field(default_factory=dict)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    filled: Filled = never

    @property
    def since(self) -> int:
        """No older deal was left; other rules may fit any."""
        return int(self.entry.attrs.get(OLDEST, 0)) if self.entry is not None and not self.anew else 0

    @property
    def is_lost(self) -> bool:
        """The lock does not know whether any deal waits: only who waits now counts, for the rest may be people's will."""
        return self.entry is not None and not self.anew and WAITING not in self.entry.attrs

    def take(self, item: Item) -> None:
        """Counts a deal whose new field is empty."""
        values, there = both_in(item, self.recipe.old, self.new)
        if not values or there:
            if values and self.anew and self.recipe.after in LISTED:
                self.held[_text(values), _text(there)] += 1
            return
        if self.new is not None and self.filled(self.recipe.entity, item["id"], self.new):
            return
        waits = place_of(item) in self.places
        if waits or self.entry is not None:
            counts = self.inside if waits else self.outside
            counts.setdefault(_text(values), Count()).ids.append(item["id"])

    def is_as_it_was(self, deals: Sequence[Item]) -> bool:
        """Whether everybody who waited still does, for a map that does not depend on the values."""
        if self.entry is None or self.is_lost:
            return True
        if self.recipe.is_auto or self.anew:
            return False
        known = [item for item in deals if item["id"] <= self.entry.attrs[NEWEST]]
        probe = replace(self, inside={}, outside={})
        for item in known:
            probe.take(item)
        return probe.summed(self.recipe).count >= int(self.entry.attrs[WAITING])

    def summed(self, recipe: Recipe) -> Waiting:
        """The deals whose value maps to something. recipe: with its map fixed."""
        readings = [rules(one) for one in (recipe, self._earlier(recipe)) if one is not None]

        def fit(counts: Mapping[str, Count]) -> list[int]:
            rows = [(json.loads(text), row) for text, row in counts.items()]
            return [
                key
                for values, row in rows
                if all(isinstance(reading.convert(values), Moved) for reading in readings)
                for key in row.ids
            ]

        inside, outside = fit(self.inside), [] if self.is_lost else fit(self.outside)
        if recipe.takes_out and self.entry is not None:
            inside, outside = [], [*inside, *outside]
        ids = frozenset((*inside, *outside))
        attrs = self.entry.attrs if self.entry is not None else {}
        return Waiting(
            recipe.field,
            recipe.old,
            len(inside),
            len(outside),
            (min(ids, default=0), max(ids, default=0)),
            left=self.entry is not None,
            agreed=agreement_after(recipe, attrs, anew=self.anew),
            kept=attrs if self.anew and outside else None,
            ids=ids,
        )

    def dropped(self, recipe: Recipe) -> int:
        """Deals that waited by the rules that were agreed on, and whose value these do not know. recipe: as in `summed`."""
        attrs = self.entry.attrs if self.entry is not None else {}
        before = agreed(recipe, attrs) if WAITING in attrs else None
        if before is None or before.is_auto:
            return 0
        earlier, now, count = rules(before), rules(recipe), 0
        for text, row in (*self.inside.items(), *self.outside.items()):
            values = json.loads(text)
            if isinstance(earlier.convert(values), Moved) and not isinstance(now.convert(values), Moved):
                count += sum(attrs[OLDEST] <= key <= attrs[NEWEST] for key in row.ids)
        return count

    def _earlier(self, recipe: Recipe) -> Recipe | None:
        """The recipe as it was when the field was replaced: what mapped to nothing then waits for nothing."""
        before = agreed(recipe, self.entry.attrs) if self.entry is not None and not self.anew else None
        if before is None or (before.is_auto and not recipe.is_auto):
            return None
        return replace(before, pinned=recipe.pinned)

    @property
    def lacking(self) -> Counter[str]:
        """Contents of the old field (as JSON), with the number of deals that lack them in the new one."""
        rows = (*self.inside.items(), *self.outside.items())
        found = Counter[str]()
        for text, row in rows:
            found[text] += len(row.ids)
        return found

    def overtaken(self, recipe: Recipe, ids: Mapping[Address, int | str]) -> int:
        """Deals that hold what the earlier rules gave, and these would not. ids: of the new field's options."""
        before = agreed(recipe, self.entry.attrs) if self.entry is not None and self.held else None
        if before is None:
            return 0
        if before.is_auto:
            before = replace(before, pinned=made_map(before, self._contents))
        earlier, now = (
            conversion_of(one, {row.address: ids.get(row.address, Ref(row.address)) for row in one.options})
            for one in (before, recipe)
        )
        return sum(
            count
            for (was, there), count in self.held.items()
            if _gives(earlier, was, there) and not _gives(now, was, there)
        )

    @property
    def _contents(self) -> Counter[str]:
        """Of the old field, from which the earlier map was made too."""
        found = self.lacking
        for (was, _), count in self.held.items():
            found[was] += count
        return found


def _text(values: Any) -> str:
    return json.dumps(values, sort_keys=True)


def _gives(reading: Conversion, old: str, new: str) -> bool:
    made = reading.convert(json.loads(old))
    return isinstance(made, Moved) and reading.holds(made, json.loads(new))


def place_of(item: Item) -> Place:
    """Where a deal stands."""
    return item.get("pipeline_id"), item.get("status_id")
