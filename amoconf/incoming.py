"""Deals that wait among the incoming ones while a field of theirs is replaced: left to people, moved once accepted.

Any write takes a deal out of that stage (protocol page 8.6), so a replace leaves such deals alone. The lock remembers
the old field (`field/leads/city@text`) as long as some of them lack their value: how many, the oldest and the newest.
Whoever was there and is gone from the stage was accepted; nothing older than the oldest has to be read for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from amoconf.brakes import allowance
from amoconf.cells import Tally
from amoconf.changes import BY_HAND, MANUAL, UPDATE, Change, Step
from amoconf.contents import Current, Item, nothing
from amoconf.live import ROOT
from amoconf.lock import Entry, Lock
from amoconf.model import Resource
from amoconf.owing import forgotten, known, remembered
from amoconf.plan import Plan
from amoconf.recipe import CONVERT, Recipe, Waiting
from amoconf.records.deals import incoming_stages
from amoconf.records.pages import Clocked
from amoconf.study import Pins, study
from amoconf.tongue import tr, trn
from amoconf.touch import Impact
from amoconf.unfilled import AGREED, NEWEST, OLDEST, WAITING, Filled, Left, never, place_of
from amoconf.values import Address
from amoconf.weighing import braked

DEALS = "leads"
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
) -> Plan:
    """The plan as `study` leaves it, with the deals that wait told, and values moved of those that were accepted.

    filled: as in `Left`; full: as in `study`. Reads nothing where no field is replaced or was left unfinished.
    """
    lefts = [*_replaced(plan), *remembered(plan, lock, filled)]
    looked = await _looked(reader, plan, lefts, pins, current, only, manual, full)
    return _with_forgotten(looked, lock, only, manual)


async def _looked(
    reader: Clocked,
    plan: Plan,
    lefts: Sequence[Left],
    pins: Pins,
    current: Current,
    only: Sequence[str] = (),
    manual: bool = True,
    full: bool = False,
) -> Plan:
    open_ = await _unclear(reader, plan, lefts) if lefts else []
    steps = tuple(_step(left.recipe) for left in lefts if left.entry is not None)
    whole = replace(plan, steps=(*plan.steps, *steps))
    more = {DEALS: open_} if open_ else {}
    whole = await study(reader, whole, pins, more=more, current=current, full=full)
    recipes = {
        step.data["recipe"].field: step.data["recipe"] for step in whole.steps if "recipe" in step.data
    }
    for left in lefts:
        waiting = left.summed(recipes[left.recipe.field])
        whole = replace(whole, waiting={**whole.waiting, left.name: waiting})
        chosen = _is_chosen(only, left.name, waiting.field)
        if left.entry is not None:
            whole = (
                _with_accepted(whole, waiting) if waiting.accepted and chosen else _without(whole, waiting)
            )
        if waiting.count and chosen and manual:
            whole = _with_manual(whole, left, waiting)
    return whole


def is_owed(plan: Plan, lock: Lock) -> bool:
    """Whether the lock knows deals that still lack a value."""
    return any(True for _ in known(plan, lock))


async def owed(
    reader: Clocked, plan: Plan, lock: Lock, current: Current = nothing, filled: Filled = never
) -> Plan:
    """The plan with what earlier replaces have left; nothing is looked up for those that are still to come."""
    lefts = list(remembered(plan, lock, filled))
    found = await _looked(reader, replace(plan, steps=()), lefts, {}, current)
    return _with_forgotten(replace(found, steps=(*plan.steps, *found.steps)), lock)


def _is_chosen(only: Sequence[str], *names: Address) -> bool:
    return not only or any(allowance(name, only) for name in names)


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


def _step(recipe: Recipe) -> Step:
    text = tr("{address}: values of accepted deals moved", address=recipe.field)
    data = {"work": CONVERT, "entity": recipe.entity, "field": str(recipe.field), "recipe": recipe}
    return Step((recipe.field,), text, data=data)


async def _unclear(reader: Clocked, plan: Plan, lefts: Sequence[Left]) -> list[Left]:
    """Those for which more must be read than the incoming deals, which have counted these already otherwise."""
    are_read = any(plan.view.found.of("pipeline"))
    places = _known_places(plan) if are_read else await incoming_stages(reader, lefts[0].recipe.pipelines)
    deals = await _standing(reader, places)
    open_ = []
    for left in lefts:
        left.places = places
        if deals is None or not left.is_as_it_was(deals):
            open_.append(left)
            continue
        for item in deals:
            left.take(item)
    return open_


def _known_places(plan: Plan) -> frozenset[tuple[int, int]]:
    """The incoming stages, where the pipelines were read for the plan."""
    found = plan.view.found
    lines = {item.address.path: item.id for item in found.of("pipeline")}
    stages = [item for item in found.of("stage") if item.reserved == UNSORTED]
    return frozenset((int(str(lines[item.address.home])), int(str(item.id))) for item in stages)


async def _standing(reader: Clocked, places: frozenset[tuple[int, int]]) -> list[Item] | None:
    """Deals in these stages by the list's filter, which is a paid option and ignored in silence where it is off.

    None where it was ignored (protocol page 5.1), or where there is no such stage.
    """
    query: list[tuple[str, str]] = []
    for number, (pipeline, stage) in enumerate(sorted(places)):
        start = f"filter[statuses][{number}]"
        query += [(f"{start}[pipeline_id]", str(pipeline)), (f"{start}[status_id]", str(stage))]
    found: dict[int, Item] = {}
    if not places:
        return None
    async for page in reader.pages(ROOT + DEALS, DEALS, tuple(query)):
        if any(place_of(item) not in places for item in page):
            return None
        found |= {item["id"]: item for item in page}
    return list(found.values())


def _with_accepted(plan: Plan, waiting: Waiting) -> Plan:
    """The values of accepted deals are a part of what is done to the field anyway, or an update of its own."""
    plan = braked(_limited(plan, waiting), waiting.field, waiting.accepted)
    view, address = plan.view, waiting.field
    impacts = {**plan.impacts, address: Impact(waiting.accepted, of=DEALS)}
    if any(change.address == address and change.channel != MANUAL for change in plan.changes):
        return replace(plan, impacts=impacts)
    reason = tr("values of deals that people have accepted meanwhile")
    have, want = view.found.get(address), view.wanted.get(address)
    change = Change(address, UPDATE, have=have, want=want, reason=reason)
    return replace(
        plan, changes=(*plan.changes, change), impacts=impacts, unchanged=max(plan.unchanged - 1, 0)
    )


def _limited(plan: Plan, waiting: Waiting) -> Plan:
    """Written are the deals that the plan has counted, whatever else the map would fit by now."""

    def limited(step: Step) -> Step:
        if "recipe" not in step.data or step.serves != (waiting.field,):
            return step
        return replace(step, data={**step.data, "recipe": replace(step.data["recipe"], only=waiting.ids)})

    return replace(plan, steps=tuple(map(limited, plan.steps)))


def _without(plan: Plan, waiting: Waiting) -> Plan:
    """Nothing is to be moved."""
    steps = (step for step in plan.steps if not ("recipe" in step.data and step.serves == (waiting.field,)))
    return replace(plan, steps=tuple(steps))


def _with_manual(plan: Plan, left: Left, waiting: Waiting) -> Plan:
    """One line for people."""
    text = trn(
        "{number} deal waits among the incoming leads with a value of the old field: accept it in amoCRM, then run "
        "amoconf apply; or let apply take it out: unsorted: take_out",
        "{number} deals wait among the incoming leads with a value of the old field: accept them in amoCRM, then run "
        "amoconf apply; or let apply take them out: unsorted: take_out",
        waiting.count,
    )
    return _by_hand(plan, left.name, left.thing, text, waiting.count)


def _by_hand(plan: Plan, name: Address, thing: Resource, text: str, count: int) -> Plan:
    return replace(
        plan,
        changes=(*plan.changes, Change(name, BY_HAND, have=thing, channel=MANUAL)),
        steps=(*plan.steps, Step((name,), text, channel=MANUAL)),
        impacts={**plan.impacts, name: Impact(count, of=DEALS)},
    )


def _with_forgotten(plan: Plan, lock: Lock, only: Sequence[str] = (), manual: bool = True) -> Plan:
    """One line for each field whose spec no longer says how values move; the lock goes on remembering its deals."""
    for name, entry, change in forgotten(plan, lock):
        count, ends = int(entry.attrs[WAITING]), (int(entry.attrs[OLDEST]), int(entry.attrs[NEWEST]))
        waiting = Waiting(
            change.address,
            int(str(entry.id)),
            count,
            ends=ends,
            left=True,
            said=entry.attrs.get(AGREED),
        )
        plan = replace(plan, waiting={**plan.waiting, name: waiting})
        assert change.old is not None
        if manual and _is_chosen(only, name, change.address):
            text = trn(
                "{number} deal waited among the incoming leads with a value of the old field, and the spec does not "
                "say any more how it moves: write convert again, or move it by hand and take the field's line out "
                "of the lock file",
                "{number} deals waited among the incoming leads with a value of the old field, and the spec does not "
                "say any more how they move: write convert again, or move them by hand and take the field's line out "
                "of the lock file",
                count,
            )
            plan = _by_hand(plan, name, change.old, text, count)
    return plan


def entries_after(
    plan: Plan, told: Mapping[Address, Tally], done: frozenset[Address]
) -> dict[Address, Entry]:
    """What the lock remembers of old fields after an apply. told: what the last walk saw; done: addresses of changes."""
    found = {}
    for name, waiting in plan.waiting.items():
        tally = told.get(waiting.field) if waiting.field in done else None
        count, ends = waiting.count + waiting.accepted, waiting.ends
        if tally is not None:
            count, ends = tally.waiting, tally.ends
        if count and (tally is not None or waiting.left):
            attrs: dict[str, Any] = {WAITING: count, OLDEST: ends[0], NEWEST: ends[1]}
            # A spec that says less later does not leave these deals without their value.
            attrs |= {AGREED: waiting.said} if waiting.said is not None else {}
            found[name] = Entry(waiting.old, attrs)
    return found
