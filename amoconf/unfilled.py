"""Deals that lack the value of a replaced field, counted by what the old one holds and by whether they still wait."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.cells import values_in
from amoconf.contents import Beside, Item
from amoconf.converting import Moved
from amoconf.kinds._convert import amiss
from amoconf.lock import Entry
from amoconf.model import Resource
from amoconf.recipe import Recipe, Waiting
from amoconf.study import rules
from amoconf.values import Address

WAITING, OLDEST, NEWEST, AGREED = "waiting", "oldest", "newest", "convert"  # of the lock's entry
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

    entry: what the lock remembers; None as long as the replace itself is not done. filled: what was filled once and is
    empty now, a person has emptied.
    """

    name: Address
    thing: Resource
    entry: Entry | None = None
    places: frozenset[tuple[int, int]] = frozenset()
    inside: dict[str, Count] = field(default_factory=dict)
    outside: dict[str, Count] = field(default_factory=dict)
    filled: Filled = never

    @property
    def since(self) -> int:
        """No older deal was left."""
        return int(self.entry.attrs.get(OLDEST, 0)) if self.entry is not None else 0

    def take(self, item: Item) -> None:
        """Counts a deal whose new field is empty."""
        values = values_in(item, self.recipe.old)
        if not values or (self.new is not None and values_in(item, self.new)):
            return
        if self.new is not None and self.filled(self.recipe.entity, item["id"], self.new):
            return
        waits = place_of(item) in self.places
        if waits or self.entry is not None:
            counts = self.inside if waits else self.outside
            counts.setdefault(json.dumps(values, sort_keys=True), Count()).ids.append(item["id"])

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
        agreed = self._agreed(recipe)
        readings = [rules(recipe), rules(agreed)]

        def fit(counts: Mapping[str, Count]) -> list[int]:
            rows = [(json.loads(text), row) for text, row in counts.items()]
            return [
                key
                for values, row in rows
                if all(isinstance(reading.convert(values), Moved) for reading in readings)
                for key in row.ids
            ]

        inside, outside = fit(self.inside), fit(self.outside)
        if recipe.takes_out and self.entry is not None:
            inside, outside = [], [*inside, *outside]
        ids = frozenset((*inside, *outside))
        return Waiting(
            recipe.field,
            recipe.old,
            len(inside),
            len(outside),
            (min(ids, default=0), max(ids, default=0)),
            left=self.entry is not None,
            said=agreed.said,
            ids=ids,
        )

    def _agreed(self, recipe: Recipe) -> Recipe:
        """The recipe as it was when the field was replaced: what mapped to nothing then waits for nothing."""
        said = self.entry.attrs.get(AGREED) if self.entry is not None else None
        if said is None:
            return recipe
        agreed = replace(recipe, said=said)
        return agreed if is_sound(agreed) and (not agreed.is_auto or recipe.is_auto) else recipe


def place_of(item: Item) -> Place:
    """Where a deal stands."""
    return item.get("pipeline_id"), item.get("status_id")


def is_sound(recipe: Recipe) -> bool:
    """Whether its `convert` fits the options that the new field has."""
    names = [row.name for row in recipe.options]
    called = {word: row.name for row in recipe.options for word in row.called}
    return not amiss(recipe.after, names, called, recipe.said or {})
