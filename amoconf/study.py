"""Looks at the values that there are, where a conversion depends on them: maps made by themselves, and `stop`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from amoconf.cells import conversion_of, values_in
from amoconf.changes import REPLACE, Step
from amoconf.contents import Current, Item, Taker, glance, look, nothing
from amoconf.converting import Conversion, Moved, Stop
from amoconf.plan import Plan
from amoconf.readings import EMPTY
from amoconf.recipe import Fit, Recipe
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
) -> Plan:
    """The plan with every map fixed, and blocked where the spec says to stop at values that map to nothing.

    known: maps that an earlier plan has fixed. Looks at a list only where something depends on its values, or somebody
    more wants to see it (by list); otherwise only what a mirror tells, unless full. How the values fit is told where they
    were seen. current: as in `look`. AmoconfError where a `convert` contradicts itself.
    """
    more = more or {}
    plan = pinned(
        plan, {recipe.field: known[recipe.field] for recipe in recipes(plan) if recipe.field in known}
    )
    for recipe in recipes(plan):
        rules(recipe)
    whole = [recipe for recipe in recipes(plan) if recipe.only is None and not _is_late(recipe, plan)]
    for entity in dict.fromkeys([*(recipe.entity for recipe in recipes(plan)), *more]):
        found = [Seen(recipe) for recipe in recipes(plan) if recipe.asks_first and recipe.entity == entity]
        others = [Seen(recipe) for recipe in whole if not recipe.asks_first and recipe.entity == entity]
        found += await _looked(reader, entity, found, others, more.get(entity, ()), current, full)
        plan = pinned(
            plan,
            {
                seen.recipe.field: _map(seen)
                for seen in found
                if seen.recipe.is_auto and not seen.recipe.pinned
            },
        )
        plan = _fitted(_stopped(plan, found), found)
    return plan


async def _looked(
    reader: Clocked,
    entity: str,
    asking: Sequence[Seen],
    others: Sequence[Seen],
    more: Sequence[Taker],
    current: Current,
    full: bool,
) -> Sequence[Seen]:
    """Shows a list to all who must see it, and to the others where that costs nothing. Answers who of these has seen it."""
    takers = [*asking, *more]
    if (takers and all(taker.since == 0 for taker in takers)) or (others and full):
        await look(reader, entity, [*takers, *others], current)
        return others
    if takers:
        await look(reader, entity, takers, current)
    return others if others and await glance(entity, others, current) else ()


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


def _map(seen: Seen) -> dict[str, str]:
    reading, counts = rules(seen.recipe), Counter[str]()
    for text, count in seen.contents.items():
        for spelling in reading.spellings(json.loads(text)):
            counts[spelling] += count
    return auto_map(counts, {row.name: row.called for row in seen.recipe.options})


def _stopped(plan: Plan, found: Sequence[Seen]) -> Plan:
    blocked = dict(plan.blocked)
    for recipe in recipes(plan):
        contents = next(
            (seen.contents for seen in found if seen.recipe.field == recipe.field), Counter[str]()
        )
        sentence = _sentence(recipe, contents)
        if sentence:
            blocked[recipe.field] = (*blocked.get(recipe.field, ()), sentence)
    return replace(plan, blocked=blocked)


def _sentence(recipe: Recipe, contents: Mapping[str, int]) -> str:
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
    return tr(
        "otherwise: stop, and {count} records hold what maps to nothing: {values}",
        count=unfit.total(),
        values=named + more,
    )
