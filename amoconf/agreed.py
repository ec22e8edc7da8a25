"""What was agreed on for the values of a replaced field, as the lock holds it, and whether the spec means another by now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from amoconf.cells import Tally
from amoconf.changes import REPLACE
from amoconf.kinds._convert import AUTO, KEEP, amiss, target
from amoconf.lock import Entry
from amoconf.model import Account
from amoconf.plan import Plan
from amoconf.recipe import CONVERT, Recipe, Waiting, Wanted
from amoconf.values import Address, normal

# Of the lock's entry: the `convert`, and the options that it speaks of: key → name and what else they are called.
SAID, OPTIONS = "convert", "options"
# How many deals wait for their value, the oldest and the newest of them.
WAITING, OLDEST, NEWEST = "waiting", "oldest", "newest"


def agreement(recipe: Recipe) -> dict[str, Any]:
    """What the lock keeps of a recipe; never the values themselves, which may be personal."""
    if recipe.said is None:
        return {}
    options = {row.address.key: [row.name, *row.was] for row in recipe.options}
    return {SAID: recipe.said, **({OPTIONS: options} if options else {})}


def agreement_after(recipe: Recipe, attrs: Mapping[str, Any], *, anew: bool) -> dict[str, Any]:
    """The same for an old field that the lock knows: other rules count only where they were looked at."""
    if anew or not differs(recipe, attrs):
        return agreement(recipe)
    return {name: attrs[name] for name in (SAID, OPTIONS) if name in attrs}


def agreed(recipe: Recipe, attrs: Mapping[str, Any]) -> Recipe | None:
    """The recipe as it was agreed on; None where that is not known, or does not fit what was known then."""
    said = attrs.get(SAID)
    if said is None:
        return None
    rows = attrs.get(OPTIONS)
    options = recipe.options if rows is None else tuple(_options(recipe.field, rows))
    before = replace(recipe, said=said, options=options, pinned=None)
    return before if is_sound(before) else None


def is_sound(recipe: Recipe) -> bool:
    """Whether its `convert` fits the options that the new field has."""
    names = [row.name for row in recipe.options]
    return not amiss(recipe.after, names, _called(recipe), recipe.said or {})


def differs(recipe: Recipe, attrs: Mapping[str, Any]) -> bool:
    """Whether the spec says by now that values move otherwise. What is not known differs from nothing."""
    if recipe.said is None or attrs.get(SAID) is None:
        return False
    before = agreed(recipe, attrs)
    return before is None or _meaning(before) != _meaning(recipe)


def _meaning(recipe: Recipe) -> tuple[Any, ...]:
    """Everything that decides where a value goes, by the keys of options: as `converting.conversion` reads it."""
    said, called = recipe.said or {}, _called(recipe)
    keys = {row.name: row.address.key for row in recipe.options}
    rows, otherwise = said.get("values") or {}, said.get("otherwise", KEEP)

    def end(word: str) -> str:
        name = target(keys, called, word)
        return keys.get(name, name)

    known = called if rows == AUTO else [word for row in recipe.options for word in row.was]
    table = {normal(word): end(word) for word in (*known, *keys)}
    if rows != AUTO:
        table |= {normal(text): end(name) for name, texts in rows.items() for text in texts}
    rest = {"option": end(otherwise["option"])} if isinstance(otherwise, Mapping) else otherwise
    return rows == AUTO, table, rest


def entries_after(
    plan: Plan, told: Mapping[Address, Tally], done: frozenset[Address], after: Account
) -> dict[Address, Entry]:
    """What the lock remembers of old fields after an apply, as long as the account has them.

    told: what the last walk saw; done: addresses of changes; after: the account as it was read back.
    """
    moved = {recipe.field: recipe for recipe in _moving(plan) if recipe.field in done}
    replaced = {change.address: change.old for change in plan.changes if change.action == REPLACE}
    found: dict[Address, Entry] = {}
    for name, waiting in plan.waiting.items():
        old = replaced.get(waiting.field) if waiting.field in done else None
        if old is None or old.id == waiting.old or WAITING in (waiting.kept or {}):
            tally = told.get(waiting.field) if waiting.field in moved else None
            attrs = _attrs(waiting, tally)
            found |= {name: Entry(waiting.old, attrs)} if attrs else {}
    for address, recipe in moved.items():
        old = replaced.get(address)
        if old is not None and old.address not in found and agreement(recipe):
            found[old.address] = Entry(recipe.old, agreement(recipe))
    there = {item.id for item in after.of("field")}
    return {
        name: entry
        for name, entry in found.items()
        if entry.id in there
        or not after.within("field", name.home)  # a scope that was not read tells nothing
    }


def _moving(plan: Plan) -> Iterable[Recipe]:
    return (step.data["recipe"] for step in plan.steps if step.data.get("work") == CONVERT)


def _attrs(waiting: Waiting, tally: Tally | None) -> Mapping[str, Any]:
    """Of one old field; empty where there is nothing to remember. A spec that says less later takes no deal its value."""
    if waiting.kept is not None and (tally is None or waiting.agreed is None):
        return waiting.kept
    if tally is None and not waiting.left:
        return {}
    count, ends = waiting.count + waiting.accepted, waiting.ends
    if tally is not None:
        count, ends = tally.waiting, tally.ends
    counted = {WAITING: count, OLDEST: ends[0], NEWEST: ends[1]} if count else {}
    return {**counted, **(waiting.agreed or {})}


def _called(recipe: Recipe) -> dict[str, str]:
    return {word: row.name for row in recipe.options for word in row.called}


def _options(field: Address, rows: Mapping[str, list[str]]) -> Iterable[Wanted]:
    for key, (name, *others) in rows.items():
        yield Wanted(name, Address("option", (*field.path, key)), (key, *others))
