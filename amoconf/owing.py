"""Replaced fields that the lock remembers, for some deals still lack their value."""

from collections.abc import Iterator
from dataclasses import replace

from amoconf.changes import REPLACE, Change
from amoconf.kinds import _replace
from amoconf.lock import Entry, Lock
from amoconf.plan import Plan
from amoconf.recipe import Recipe
from amoconf.unfilled import AGREED, WAITING, Filled, Left, is_sound, never
from amoconf.values import Address

Known = tuple[Address, Entry, Change]


def remembered(plan: Plan, lock: Lock, filled: Filled = never) -> Iterator[Left]:
    """Those of which it is known how their values move. filled: see `Left`."""
    for name, entry, change in known(plan, lock):
        recipe = _recipe(change, entry, plan)
        if recipe is not None:
            assert change.old is not None
            assert change.have is not None
            yield Left(recipe, int(str(change.have.id)), name, change.old, entry, filled=filled)


def forgotten(plan: Plan, lock: Lock) -> Iterator[Known]:
    """Those of which nothing says any more how their values move."""
    return (row for row in known(plan, lock) if _recipe(row[2], row[1], plan) is None)


def known(plan: Plan, lock: Lock) -> Iterator[Known]:
    """(address of the old field, its entry, the replace that was), where both fields are there and the spec lists the new."""
    ids = {item.id: item for item in plan.view.found.of("field")}
    replaced = {change.address for change in plan.changes if change.action == REPLACE}
    for name, entry in lock.entries.items():
        if WAITING not in entry.attrs:
            continue
        address = Address(name.kind, (*name.home, name.key.rpartition("@")[0]))
        old, new = ids.get(entry.id), plan.view.found.get(address)
        want = plan.view.wanted.get(address)
        is_listed = want is not None and not want.marks.leaves and address not in replaced
        if is_listed and old is not None and new is not None:
            yield name, entry, Change(address, REPLACE, have=new, want=want, old=old)


def _recipe(change: Change, entry: Entry, plan: Plan) -> Recipe | None:
    """As the spec says it; where that is silent, as it was agreed on; None where pairs of types need a map and have none."""
    assert change.want is not None
    assert change.old is not None
    recipe = _replace.recipe(change, plan.view)
    if recipe.said is not None:
        return recipe
    recipe = replace(recipe, said=entry.attrs.get(AGREED))
    if recipe.said is not None and is_sound(recipe):
        return recipe
    plain = replace(recipe, said=None)
    return plain if _replace.keeps_everything(change.old, change.want, plan.view) else None
