"""What a replace has left: deals that wait among the incoming ones, and values that only other rules fit.

Any write takes a deal out of that stage (protocol page 8.6), so a replace leaves such deals to people. The lock
remembers the old field (`field/leads/city@text`): the rules that were agreed on and, as long as some of these deals lack
their value, how many, the oldest and the newest. Whoever was there and is gone from the stage was accepted; nothing
older than the oldest has to be read for it. Where the spec has other rules by now, the whole list is looked at, once.
"""

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from amoconf.agreed import WAITING
from amoconf.awaited import (
    DEALS,
    is_chosen,
    with_adrift,
    with_blocked,
    with_deals,
    with_doubt,
    with_dropped,
    with_forgotten,
    with_hindered,
    with_others,
)
from amoconf.changes import Step
from amoconf.contents import Current, Item, nothing
from amoconf.live import ROOT
from amoconf.lock import Lock
from amoconf.owing import carried, hindered, known, lost, remembered
from amoconf.plan import Plan
from amoconf.recipe import CONVERT, Recipe
from amoconf.records.deals import incoming_stages
from amoconf.records.entities import LIMIT
from amoconf.records.newest import Newest
from amoconf.records.pages import Clocked
from amoconf.study import Pins, study
from amoconf.tongue import tr
from amoconf.unfilled import Filled, Left, never, place_of

UNSORTED = "unsorted"  # what the incoming stage of a pipeline is always called in addresses


async def settled(
    reader: Clocked,
    plan: Plan,
    lock: Lock,
    pins: Pins,
    *,
    current: Current = nothing,
    filled: Filled = never,
    only: Sequence[str] = (),
    manual: bool = True,
    full: bool = False,
    newest: Newest | None = None,
) -> Plan:
    """The plan as `study` leaves it, with the deals that wait told, and values moved of those that were accepted.

    Where the spec has other rules by now than were agreed on, so are all that these fit. filled: as in `Left`; full,
    newest: as in `study`. Reads nothing where no field is replaced, was left unfinished or has other rules.
    """
    anew = partial(is_chosen, only)
    known = (*remembered(plan, lock, filled, anew), *lost(plan, lock, filled))
    lefts = [*_replaced(plan), *(left for left in known if is_chosen(only, left.name, left.recipe.field))]
    plan = with_hindered(plan, hindered(plan, lock, anew))
    plan = replace(plan, waiting={**carried(plan, lock), **plan.waiting})
    looked = await _looked(reader, plan, lefts, pins, current, only, manual, full, newest)
    return with_adrift(with_forgotten(looked, lock, only, manual), lock, only)


async def _looked(
    reader: Clocked,
    plan: Plan,
    lefts: Sequence[Left],
    pins: Pins,
    current: Current,
    only: Sequence[str] = (),
    manual: bool = True,
    full: bool = False,
    newest: Newest | None = None,
) -> Plan:
    open_, is_whole = await _unclear(reader, plan, lefts, newest)
    steps = tuple(_step(left, plan) for left in lefts if left.entry is not None)
    whole = replace(plan, steps=(*plan.steps, *steps))
    more = {
        one.recipe.entity: [left for left in open_ if left.recipe.entity == one.recipe.entity]
        for one in open_
    }
    whole = await study(reader, whole, pins, more=more, current=current, full=full, newest=newest)
    data_of = {step.data["recipe"].field: step.data for step in whole.steps if "recipe" in step.data}
    for left in lefts:
        data, was_open = data_of[left.recipe.field], any(left is one for one in open_)
        exact = _is_counted(left, newest) if was_open else is_whole
        # A map that may become another counts others.
        exact = exact and (data.get("exact", True) or not data["recipe"].is_auto)
        known = plan.blocked.get(left.recipe.field, ())
        whole = _with_rules(whole, left, data["recipe"], known, exact=exact)
        if is_chosen(only, left.name, left.recipe.field):
            whole = with_deals(whole, left, whole.waiting[left.name], exact=exact, manual=manual)
            if newest is not None and was_open and not exact and left.entry is not None:
                whole = with_doubt(whole, left, newest.seen(left.recipe.entity))
    return whole


def _with_rules(plan: Plan, left: Left, recipe: Recipe, known: Sequence[str], *, exact: bool) -> Plan:
    """The plan with the deals of one field counted. recipe, known: as in `with_others`."""
    plan = replace(plan, waiting={**plan.waiting, left.name: left.summed(recipe)})
    if left.anew:
        plan = with_others(plan, left, recipe, known, exact=exact)
    elif left.entry is not None:
        # What maps to nothing was settled long ago: only deals whose value fits are written.
        plan = with_blocked(plan, recipe.field, known)
    return with_dropped(plan, left, recipe, exact=exact)


def _is_counted(left: Left, newest: Newest | None) -> bool:
    """Whether all records that count for it were shown to it."""
    entity = left.recipe.entity
    return newest is None or entity not in newest.shown or newest.reaches(entity, left.since)


def is_owed(plan: Plan, lock: Lock) -> bool:
    """Whether the lock knows deals that still lack a value."""
    return any(WAITING in entry.attrs for _, entry, _ in known(plan, lock))


def asks(plan: Plan, lock: Lock) -> bool:
    """Whether `settled` will ask which deals wait, before it looks at any others."""
    return is_owed(plan, lock) or any(True for _ in (*_replaced(plan), *lost(plan, lock)))


async def owed(
    reader: Clocked, plan: Plan, lock: Lock, current: Current = nothing, filled: Filled = never
) -> Plan:
    """The plan with what earlier replaces have left; nothing is looked up for those that are still to come."""
    lefts = list(remembered(plan, lock, filled))
    found = await _looked(reader, replace(plan, steps=()), lefts, {}, current)
    return with_forgotten(replace(found, steps=(*plan.steps, *found.steps)), lock)


def _replaced(plan: Plan) -> Iterator[Left]:
    """Fields that the plan replaces, unless it takes the deals out anyway."""
    for change in plan.changes:
        moving = filter(_moves, plan.steps_for(change.address))
        recipe = next((step.data["recipe"] for step in moving), None)
        if recipe is not None and recipe.pipelines and not recipe.takes_out and change.old is not None:
            new = int(str(change.have.id)) if change.have is not None else None
            yield Left(recipe, new, change.old.address, change.old)


def _moves(step: Step) -> bool:
    return bool(step.data.get("work") == CONVERT)


def _step(left: Left, plan: Plan) -> Step:
    recipe, found = left.recipe, plan.view.found
    text = tr("{address}: values of accepted deals moved", address=recipe.field)
    if left.anew:
        text = tr("{address}: values moved by the changed map", address=recipe.field)
    data = {"work": CONVERT, "entity": recipe.entity, "field": str(recipe.field), "recipe": recipe}
    made = tuple(row.address for row in recipe.options if found.get(row.address) is None)
    return Step((recipe.field,), text, data=data, after=made)


async def _unclear(
    reader: Clocked, plan: Plan, lefts: Sequence[Left], newest: Newest | None
) -> tuple[list[Left], bool]:
    """Those for which more must be read than the incoming deals; the others have counted these, all of them or not."""
    open_ = [left for left in lefts if left.anew or not left.recipe.pipelines]
    staged = [left for left in lefts if left.recipe.pipelines]
    if not staged:
        return open_, True
    are_read = any(plan.view.found.of("pipeline"))
    places = _known_places(plan) if are_read else await incoming_stages(reader, staged[0].recipe.pipelines)
    asking = [left for left in staged if not left.anew]
    deals, is_whole = await _standing(reader, places, newest) if asking else (None, True)
    for left in staged:
        left.places = places
    for left in asking:
        if deals is None or not left.is_as_it_was(deals):
            open_.append(left)
            continue
        for item in deals:
            left.take(item)
    return open_, is_whole


def _known_places(plan: Plan) -> frozenset[tuple[int, int]]:
    """The incoming stages, where the pipelines were read for the plan."""
    found = plan.view.found
    lines = {item.address.path: item.id for item in found.of("pipeline")}
    stages = [item for item in found.of("stage") if item.reserved == UNSORTED]
    return frozenset((int(str(lines[item.address.home])), int(str(item.id))) for item in stages)


async def _standing(
    reader: Clocked, places: frozenset[tuple[int, int]], newest: Newest | None
) -> tuple[list[Item] | None, bool]:
    """(deals in these stages, whether these are all): by the list's filter, a paid option that is ignored in silence where off.

    None where it was ignored (protocol page 5.1), was not asked, or where there is no such stage.
    """
    query: list[tuple[str, str]] = []
    for number, (pipeline, stage) in enumerate(sorted(places)):
        start = f"filter[statuses][{number}]"
        query += [(f"{start}[pipeline_id]", str(pipeline)), (f"{start}[status_id]", str(stage))]
    found: dict[int, Item] = {}
    if not places or not (newest is None or newest.spend()):
        return None, True
    async with aclosing(reader.pages(ROOT + DEALS, DEALS, tuple(query))) as pages:
        async for page in pages:
            if any(place_of(item) not in places for item in page):
                return None, True
            found |= {item["id"]: item for item in page}
            if newest is not None and len(page) >= LIMIT and not newest.spend():
                return list(found.values()), False
    return list(found.values()), True
