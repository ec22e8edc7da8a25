"""Deals that lack the value of a replaced field, counted by what the old one holds and by whether they still wait."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.cells import values_in
from amoconf.contents import Item
from amoconf.converting import Moved
from amoconf.lock import Entry
from amoconf.model import Resource
from amoconf.recipe import Recipe, Waiting
from amoconf.study import rules
from amoconf.values import Address

WAITING, OLDEST, NEWEST = "waiting", "oldest", "newest"  # of the lock's entry
Place = tuple[Any, Any]


@dataclass
class Count:
    """Deals with one content of the old field."""

    deals: int = 0
    oldest: int = 0
    newest: int = 0

    def add(self, key: int) -> None:
        """One more."""
        self.deals += 1
        self.oldest, self.newest = min(self.oldest or key, key), max(self.newest, key)


@dataclass
class Left:
    """One replaced field. name: the old one's address. new: id of the new one, None where it is still to be made.

    entry: what the lock remembers; None as long as the replace itself is not done.
    """

    recipe: Recipe
    name: Address
    thing: Resource
    new: int | None
    entry: Entry | None = None
    places: frozenset[tuple[int, int]] = frozenset()
    inside: dict[str, Count] = field(default_factory=dict)
    outside: dict[str, Count] = field(default_factory=dict)

    @property
    def old(self) -> tuple[int, str]:
        """The field that is looked at."""
        return self.recipe.old, self.recipe.before

    @property
    def fields(self) -> frozenset[int]:
        """Both."""
        return frozenset({self.recipe.old} if self.new is None else {self.recipe.old, self.new})

    @property
    def since(self) -> int:
        """No older deal was left."""
        return int(self.entry.attrs.get(OLDEST, 0)) if self.entry is not None else 0

    def take(self, item: Item) -> None:
        """Counts a deal whose new field is empty."""
        values = values_in(item, self.recipe.old)
        if not values or (self.new is not None and values_in(item, self.new)):
            return
        waits = place_of(item) in self.places
        if waits or self.entry is not None:
            counts = self.inside if waits else self.outside
            counts.setdefault(json.dumps(values, sort_keys=True), Count()).add(item["id"])

    def is_as_it_was(self, deals: Sequence[Item]) -> bool:
        """Whether everybody who waited still does, for a map that does not depend on the values."""
        if self.entry is None:
            return True
        if self.recipe.is_auto:
            return False
        known = [item for item in deals if item["id"] <= self.entry.attrs[NEWEST]]
        probe = replace(self, inside={}, outside={})
        for item in known:
            probe.take(item)
        return probe.summed(self.recipe).count >= int(self.entry.attrs[WAITING])

    def summed(self, recipe: Recipe) -> Waiting:
        """The deals whose value maps to something. recipe: with its map fixed."""
        reading = rules(recipe)

        def fit(counts: Mapping[str, Count]) -> list[Count]:
            return [
                row for text, row in counts.items() if isinstance(reading.convert(json.loads(text)), Moved)
            ]

        inside, outside = fit(self.inside), fit(self.outside)
        if recipe.takes_out and self.entry is not None:
            inside, outside = [], [*inside, *outside]
        rows = [*inside, *outside]
        return Waiting(
            recipe.field,
            recipe.old,
            sum(row.deals for row in inside),
            sum(row.deals for row in outside),
            (min((row.oldest for row in rows), default=0), max((row.newest for row in rows), default=0)),
            left=self.entry is not None,
        )


def place_of(item: Item) -> Place:
    """Where a deal stands."""
    return item.get("pipeline_id"), item.get("status_id")
