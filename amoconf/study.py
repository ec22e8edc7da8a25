"""Looks at the values that there are, where a conversion depends on them: maps made by themselves, and `stop`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from amoconf.cells import conversion_of, values_in
from amoconf.changes import REPLACE, Step
from amoconf.contents import Current, Item, Taker, glance, look, nothing, sample
from amoconf.converting import Conversion, Moved, Stop
from amoconf.plan import Plan
from amoconf.readings import EMPTY
from amoconf.recipe import Fit, Recipe
from amoconf.records.newest import Newest
from amoconf.records.pages import Clocked
from amoconf.spellings import auto_map
from amoconf.tongue import tr
from amoconf.values import Address, Ref

TOLD = 5  # values named in a sentence
Pins = Mapping[Address, Mapping[str, str]]


@dataclass
class Seen:
    """Distinct contents of a field (as JSON) with how many records hold them."""

    recipe: Recipe
    contents: Counter[str] = field(default_factory=Counter)

    @property
    def old(self) -> tuple[int, str]:
        """The field that is looked at."""
        return self.recipe.old, self.recipe.before

    @property
    def fields(self) -> frozenset[int]:
        """Only that one."""
        return frozenset({self.recipe.old})

    @property
    def since(self) -> int:
        """Every record counts."""
        return 0

    def take(self, item: Item) -> None:
        """Counts what a record holds."""
        values = values_in(item, self.recipe.old)
        if values:
            self.contents[json.dumps(values, sort_keys=True)] += 1


def recipes(plan: Plan) -> list[Recipe]:
    """Of every conversion that a plan makes."""
    found = {step.data["recipe"].field: step.data["recipe"] for step in plan.steps if "recipe" in step.data}
    return list(found.values())


async def study(
    reader: Clocked,
    plan: Plan,
    known: Pins,
    *,
    more: Mapping[str, Sequence[Taker]] | None = None,
    current: Current = nothing,
    full: bool = False,
    newest: Newest | None = None,
) -> Plan:
    """The plan with every map fixed, and blocked where the spec says to stop at values that map to nothing.

    known: maps that an earlier plan has fixed. Looks at a list only where something depends on its values, or somebody
    more wants to see it (by list); otherwise only what a mirror tells, unless full. How the values fit is told where they
    were seen. current: as in `look`. newest: nothing is read but what this gives, and the plan is for showing only; steps
    that stand on a part of the list say so (`exact`, `seen`). AmoconfError where a `convert` contradicts itself.
    """
    more = more or {}
    plan = pinned(
        plan, {recipe.field: known[recipe.field] for recipe in recipes(plan) if recipe.field in known}
    )
    for recipe in recipes(plan):
        rules(recipe)
    whole = [recipe for recipe in recipes(plan) if recipe.only is None and not _is_late(recipe, plan)]
    lists = list(dict.fromkeys([*(recipe.entity for recipe in recipes(plan)), *more]))
    for number, entity in enumerate(lists):
        found = [Seen(recipe) for recipe in recipes(plan) if recipe.asks_first and recipe.entity == entity]
        others = [Seen(recipe) for recipe in whole if not recipe.asks_first and recipe.entity == entity]
        if newest is None:
            shown = await _looked(reader, entity, found, others, more.get(entity, ()), current, full)
        else:
            asking = {*more, *(recipe.entity for recipe in recipes(plan) if recipe.asks_first)}
            most = ceil(newest.left / max(1, len(asking & {*lists[number:]})))
            shown = await _sampled(newest, entity, found, others, more.get(entity, ()), current, most)
        plan = _told(plan, [*found, *shown.others], whole=shown.whole)
        if newest is not None and not shown.whole:
            plan = _partly(plan, [*found, *shown.others], newest.doubt(entity))
    return plan


@dataclass(frozen=True)
class Shown:
    """others: of those that did not ask, who has seen the list too. whole: the list was seen to its end."""

    others: Sequence[Seen] = ()
    whole: bool = True


async def _looked(
    reader: Clocked,
    entity: str,
    asking: Sequence[Seen],
    others: Sequence[Seen],
    more: Sequence[Taker],
    current: Current,
    full: bool,
) -> Shown:
    """Shows a list to all who must see it, and to the others where that costs nothing."""
    takers = [*asking, *more]
    if (takers and all(taker.since == 0 for taker in takers)) or (others and full):
        await look(reader, entity, [*takers, *others], current)
        return Shown(others)
    if takers:
        await look(reader, entity, takers, current)
    return Shown(others if others and await glance(entity, others, current) else ())


async def _sampled(
    newest: Newest,
    entity: str,
    asking: Sequence[Seen],
    others: Sequence[Seen],
    more: Sequence[Taker],
    current: Current,
    most: int,
) -> Shown:
    """Shows what a mirror tells, else the newest records, to all who must see them; to the others what costs nothing."""
    takers = [*asking, *more]
    if (takers or others) and await glance(entity, [*takers, *others], current):
        return Shown(others)
    if not takers or await glance(entity, takers, current):
        return Shown()
    await sample(newest, entity, takers, others, most=most)
    return Shown(others, newest.reaches(entity))


def _told(plan: Plan, found: Sequence[Seen], *, whole: bool) -> Plan:
    """The plan with what was seen of a list."""
    autos = [seen for seen in found if seen.recipe.is_auto and not seen.recipe.pinned]
    maps = {seen.recipe.field: made_map(seen.recipe, seen.contents) for seen in autos}
    return _fitted(_stopped(pinned(plan, maps), found, whole), found)


def _partly(plan: Plan, found: Sequence[Seen], doubt: Mapping[str, Any]) -> Plan:
    """The plan with steps that say on how many records they stand."""
    fields = {one.recipe.field for one in found}

    def told(step: Step) -> Step:
        is_so = "recipe" in step.data and step.data["recipe"].field in fields
        return replace(step, data={**step.data, **doubt}) if is_so else step

    return replace(plan, steps=tuple(map(told, plan.steps)))


def _is_late(recipe: Recipe, plan: Plan) -> bool:
    """Whether the field itself is replaced already."""
    return not any(change.address == recipe.field and change.action == REPLACE for change in plan.changes)


def _fitted(plan: Plan, found: Sequence[Seen]) -> Plan:
    fits = {seen.recipe.field: seen for seen in found}

    def fitted(step: Step) -> Step:
        recipe: Recipe | None = step.data.get("recipe")
        if recipe is None or recipe.field not in fits:
            return step
        own = replace(recipe, fit=_fit(fits[recipe.field], recipe))
        return replace(step, data={**step.data, "recipe": own})

    return replace(plan, steps=tuple(map(fitted, plan.steps)))


def _fit(seen: Seen, recipe: Recipe) -> Fit:
    """recipe: with its map fixed."""
    reading, mapped, ends = rules(recipe), 0, set[str]()
    for text, count in seen.contents.items():
        made = reading.convert(json.loads(text))
        if isinstance(made, Moved) and made.reason in ("", EMPTY):
            mapped += count
            ends |= {str(part) for part in made.values}
    return Fit(seen.contents.total(), mapped, len(ends))


def pinned(plan: Plan, pins: Pins) -> Plan:
    """The plan with maps fixed."""
    return replace(plan, steps=tuple(_pinned(step, pins) for step in plan.steps))


def pins_of(plan: Plan) -> dict[Address, Mapping[str, str]]:
    """Maps that a plan has fixed."""
    return {recipe.field: recipe.pinned for recipe in recipes(plan) if recipe.pinned is not None}


def _pinned(step: Step, pins: Pins) -> Step:
    recipe: Recipe | None = step.data.get("recipe")
    if recipe is None or recipe.field not in pins:
        return step
    return replace(step, data={**step.data, "recipe": replace(recipe, pinned=pins[recipe.field])})


def rules(recipe: Recipe) -> Conversion:
    """The rules before the options have ids."""
    return conversion_of(recipe, {row.address: Ref(row.address) for row in recipe.options})


def made_map(recipe: Recipe, contents: Mapping[str, int]) -> dict[str, str]:
    """Text → option, from the texts that there are. contents: of the old field, as JSON, with the number of records."""
    reading, counts = rules(recipe), Counter[str]()
    for text, count in contents.items():
        for spelling in reading.spellings(json.loads(text)):
            counts[spelling] += count
    return auto_map(counts, {row.name: row.called for row in recipe.options})


def _stopped(plan: Plan, found: Sequence[Seen], whole: bool) -> Plan:
    blocked = dict(plan.blocked)
    for recipe in recipes(plan):
        contents = next(
            (seen.contents for seen in found if seen.recipe.field == recipe.field), Counter[str]()
        )
        sentence = stopping(recipe, contents, whole)
        if sentence:
            blocked[recipe.field] = (*blocked.get(recipe.field, ()), sentence)
    return replace(plan, blocked=blocked)


def stopping(recipe: Recipe, contents: Mapping[str, int], whole: bool) -> str:
    """What stops it, "" where nothing does."""
    reading, unfit = rules(recipe), Counter[str]()
    for text, count in contents.items():
        made = reading.convert(json.loads(text))
        if isinstance(made, Stop):
            unfit[made.text] += count
    if not unfit:
        return ""
    named = ", ".join(f"{text!r} ({count})" for text, count in unfit.most_common(TOLD))
    more = tr(" and {count} more", count=len(unfit) - TOLD) if len(unfit) > TOLD else ""
    if not whole:
        return tr(
            "otherwise: stop, and at least {count} records hold what maps to nothing: {values}",
            count=unfit.total(),
            values=named + more,
        )
    return tr(
        "otherwise: stop, and {count} records hold what maps to nothing: {values}",
        count=unfit.total(),
        values=named + more,
    )
