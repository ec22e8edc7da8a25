"""Replaced fields that the lock remembers: some deals still lack their value, or the spec has other rules by now."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from amoconf.agreed import SAID, WAITING, agreed, agreement, differs, is_sound
from amoconf.changes import CREATE, MANUAL, REPLACE, Change
from amoconf.kinds import _fields, _replace
from amoconf.kinds._rest import prefixed
from amoconf.lock import NOTHING, Entry, Lock, successor
from amoconf.model import Resource
from amoconf.plan import Plan
from amoconf.recipe import Recipe, Waiting
from amoconf.unfilled import Filled, Left, never
from amoconf.values import Address, normal

Known = tuple[Address, Entry, Change]
Choice = Callable[[Address], bool]  # whether a change of this field is asked for


def nowhere(address: Address) -> bool:
    """Rules are as they were agreed on, whatever the spec says by now."""
    return False


def remembered(plan: Plan, lock: Lock, filled: Filled = never, anew: Choice = nowhere) -> Iterator[Left]:
    """Those of which it is known how their values move, and for which there is something to look at.

    filled: see `Left`. anew: for which fields other rules than those that were agreed on count.
    """
    done = set[Address]()
    for name, entry, change in known(plan, lock):
        recipe = _recipe(change, entry, plan)
        others = recipe is not None and anew(change.address) and _says_otherwise(change, recipe, entry)
        if recipe is not None and unmade(recipe, plan):
            recipe, others = agreed(recipe, entry.attrs), False
        is_asked = (WAITING in entry.attrs or others) and change.address not in done
        if is_asked and recipe is not None and not unmade(recipe, plan):
            done.add(change.address)
            assert change.old is not None
            assert change.have is not None
            new = int(str(change.have.id))
            yield Left(recipe, new, name, change.old, entry, others, filled=filled)


def _says_otherwise(change: Change, recipe: Recipe, entry: Entry) -> bool:
    """Whether the spec itself has other rules; where it says nothing, those that were agreed on stand for what waits."""
    is_said = change.want is not None and _replace.CONVERT in change.want.marks.extras
    return is_said and differs(recipe, entry.attrs)


def hindered(plan: Plan, lock: Lock, anew: Choice) -> Iterator[tuple[Address, Address]]:
    """(field, option) for fields whose other rules lead to an option that is neither there nor made by this plan."""
    for _, entry, change in known(plan, lock):
        recipe = _recipe(change, entry, plan)
        if recipe is not None and anew(change.address) and _says_otherwise(change, recipe, entry):
            yield from ((change.address, option) for option in unmade(recipe, plan))


def forgotten(plan: Plan, lock: Lock) -> Iterator[Known]:
    """Those with deals that lack their value, of which nothing says any more how it moves."""
    rows = (row for row in known(plan, lock) if WAITING in row[1].attrs)
    return (row for row in rows if _recipe(row[2], row[1], plan) is None)


def known(plan: Plan, lock: Lock) -> Iterator[Known]:
    """(address of the old field, its entry, the replace that was), where both fields are there and the spec lists the new."""
    replaced = {change.address for change in plan.changes if change.action == REPLACE}
    return (row for row in _listed(plan, lock) if row[2].address not in replaced)


def _listed(plan: Plan, lock: Lock) -> Iterator[Known]:
    view, ids = plan.view, {item.id: item for item in plan.view.found.of("field")}
    for name, entry in lock.entries.items():
        address = _now(name, plan, lock)
        if address is None or name in view.wanted.index:
            continue
        old, new, want = ids.get(entry.id), view.found.get(address), view.wanted.get(address)
        is_there = old is not None and new is not None and old.id != new.id
        if is_there and want is not None and not want.marks.leaves:
            yield (
                _named(address, name.key.rpartition("@")[2]),
                entry,
                Change(address, REPLACE, have=new, want=want, old=old),
            )


def _now(name: Address, plan: Plan, lock: Lock) -> Address | None:
    """The successor of an old field, whose key the spec may have changed since: then it is known by its id."""
    address, wanted = successor(name), plan.view.wanted
    if address is None or wanted.get(address) is not None:
        return address
    key = lock.entries.get(address, NOTHING).id
    rows = (item.address for item in plan.view.found.of("field") if key is not None and item.id == key)
    return next((row for row in rows if wanted.get(row) is not None), address)


def _named(field: Address, kind: str) -> Address:
    """What the old field of a replaced one is called in the lock."""
    return Address(field.kind, (*field.home, f"{field.key}@{kind}"))


def carried(plan: Plan, lock: Lock) -> dict[Address, Waiting]:
    """What the lock goes on holding of old fields where nothing is done; of those it does not know yet, how it is now.

    Locks of earlier versions forgot an old field once it was done; it is known by its name in the archive. Of deals
    nothing is said here where the lock does not know whether any wait.
    """
    found = {}
    rows = (row for row in _listed(plan, lock) if row[1].attrs)
    for name, entry, change in rows:
        found[name] = Waiting(change.address, int(str(entry.id)), left=True, kept=entry.attrs)
    found |= {row.name: row.waiting for row in adrift(plan, lock)}
    for change in _unknown(plan, lock):
        recipe = _replace.recipe(change, plan.view)
        if not recipe.pipelines:
            name = _named(recipe.field, recipe.before)
            found[name] = Waiting(recipe.field, recipe.old, left=True, kept=agreement(recipe))
    return found


@dataclass(frozen=True)
class Adrift:
    """An old field with deals that lack their value, for which nothing can be done as the spec is. name: in the lock."""

    name: Address
    waiting: Waiting


def adrift(plan: Plan, lock: Lock) -> Iterator[Adrift]:
    """Their field is about to be replaced once more, or the spec does not list it."""
    view, ids = plan.view, {item.id: item for item in plan.view.found.of("field")}
    listed = {entry.id for _, entry, _ in _listed(plan, lock)}
    # Of what is replaced anew all values move anew.
    listed |= {row.old.id for row in plan.changes if row.action == REPLACE and row.old is not None}
    for name, entry in lock.entries.items():
        address, old = successor(name), ids.get(entry.id)
        if address is None or WAITING not in entry.attrs or entry.id in listed:
            continue
        is_there = old is not None and old.address not in view.wanted.index
        if is_there or not view.found.within("field", name.home):
            yield Adrift(name, Waiting(address, int(str(entry.id)), left=True, kept=entry.attrs))


def lost(plan: Plan, lock: Lock, filled: Filled = never) -> Iterator[Left]:
    """Fields of deals of which the lock knows nothing, so that it has to be looked once who waits. filled: see `Left`."""
    for change in _unknown(plan, lock):
        recipe = _replace.recipe(change, plan.view)
        if recipe.pipelines and not unmade(recipe, plan):
            assert change.old is not None
            assert change.have is not None
            name, entry = _named(recipe.field, recipe.before), Entry(recipe.old, agreement(recipe))
            yield Left(recipe, int(str(change.have.id)), name, change.old, entry, filled=filled)


def _unknown(plan: Plan, lock: Lock) -> Iterator[Change]:
    """Replaces that were, and that the lock does not know; only where the spec says how values move."""
    but = {row[2].address for row in _listed(plan, lock) if row[1].attrs}
    but |= {change.address for change in plan.changes if change.action == REPLACE}
    silent = (want for want in plan.view.wanted.of("field") if _replace.CONVERT not in want.marks.extras)
    return finished(plan, but | {want.address for want in silent})


def finished(plan: Plan, but: Collection[Address] = ()) -> Iterator[Change]:
    """The replace that was, for every field whose old one stands in the archive, told by its name."""
    for want in plan.view.wanted.of("field"):
        have = plan.view.found.get(want.address)
        is_card = want.address.path[0] in _fields.CARDS
        if have is None or want.marks.leaves or not is_card or want.address in but:
            continue
        old = _archived(plan, want, have)
        if old is not None:
            yield Change(want.address, REPLACE, have=have, want=want, old=old)


def _archived(plan: Plan, want: Resource, have: Resource) -> Resource | None:
    """The one archived field that the new one can have replaced."""
    view = plan.view
    name = normal(prefixed(str(want.attrs.get("name") or have.attrs["name"]), view.settings.archive_prefix))
    kind = have.attrs["type"]
    found = [
        item
        for item in view.found.within("field", want.address.home)
        if normal(item.attrs["name"]) == name
        and item.attrs["type"] != kind
        and _replace.pair(item.attrs["type"], kind) != _replace.IMPOSSIBLE
    ]
    return found[0] if len(found) == 1 and want.attrs.get("type") == kind else None


def _recipe(change: Change, entry: Entry, plan: Plan) -> Recipe | None:
    """As the spec says it; where that is silent, as it was agreed on; None where pairs of types need a map and have none."""
    assert change.want is not None
    assert change.old is not None
    recipe = _replace.recipe(change, plan.view)
    if recipe.said is not None:
        return recipe
    recipe = replace(recipe, said=entry.attrs.get(SAID))
    if recipe.said is not None and is_sound(recipe):
        return recipe
    plain = replace(recipe, said=None)
    return plain if _replace.keeps_everything(change.old, change.want, plan.view) else None


def unmade(recipe: Recipe, plan: Plan) -> list[Address]:
    """Its options that are neither there nor made by this plan: with --only they need not be."""
    made = {change.address for change in plan.changes if change.action == CREATE and change.channel != MANUAL}
    found = plan.view.found
    return [row.address for row in recipe.options if not found.get(row.address) and row.address not in made]
