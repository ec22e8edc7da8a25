"""Deals that wait among the incoming ones while a field of theirs is replaced: left to people, moved once accepted.

Any write takes a deal out of that stage (protocol page 8.6), so a replace leaves such deals alone. The lock remembers
the old field (`field/leads/city@text`) as long as some of them lack their value: how many, the oldest and the newest.
Whoever was there and is gone from the stage was accepted; nothing older than the oldest has to be read for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from amoconf.brakes import allowance
from amoconf.cells import Tally
from amoconf.changes import BY_HAND, MANUAL, REPLACE, UPDATE, Change, Step
from amoconf.contents import Current, Item, nothing
from amoconf.kinds import _replace
from amoconf.live import ROOT
from amoconf.lock import Entry, Lock
from amoconf.plan import Plan
from amoconf.recipe import CONVERT, Recipe, Waiting
from amoconf.records.deals import incoming_stages
from amoconf.records.pages import Clocked
from amoconf.study import Pins, study
from amoconf.tongue import tr, trn
from amoconf.touch import Impact
from amoconf.unfilled import NEWEST, OLDEST, WAITING, Left, place_of
from amoconf.values import Address

DEALS = "leads"
UNSORTED = "unsorted"  # what the incoming stage of a pipeline is always called in addresses
Clear = Callable[[Plan], Plan]


async def settled(
    reader: Clocked,
    plan: Plan,
    lock: Lock,
    known: Pins,
    *,
    current: Current = nothing,
    only: Sequence[str] = (),
    manual: bool = True,
    more: Clear = lambda plan: plan,
) -> Plan:
    """The plan as `study` leaves it, with the deals that wait told, and values moved of those that were accepted.

    more: adds steps to each field whose values move. Reads nothing where no field is replaced or was left unfinished.
    """
    return more(
        await _looked(
            reader, plan, [*_replaced(plan), *_remembered(plan, lock)], known, current, only, manual
        )
    )


async def _looked(
    reader: Clocked,
    plan: Plan,
    lefts: Sequence[Left],
    known: Pins,
    current: Current,
    only: Sequence[str] = (),
    manual: bool = True,
) -> Plan:
    open_ = await _unclear(reader, plan, lefts) if lefts else []
    steps = tuple(_step(left.recipe) for left in lefts if left.entry is not None)
    whole = replace(plan, steps=(*plan.steps, *steps))
    whole = await study(reader, whole, known, more={DEALS: open_} if open_ else {}, current=current)
    recipes = {
        step.data["recipe"].field: step.data["recipe"] for step in whole.steps if "recipe" in step.data
    }
    for left in lefts:
        waiting = left.summed(recipes[left.recipe.field])
        whole = replace(whole, waiting={**whole.waiting, left.name: waiting})
        chosen = not only or any(allowance(name, only) for name in (left.name, waiting.field))
        if left.entry is not None:
            whole = (
                _with_accepted(whole, waiting) if waiting.accepted and chosen else _without(whole, waiting)
            )
        if waiting.count and chosen and manual:
            whole = _with_manual(whole, left, waiting)
    return whole


def is_owed(plan: Plan, lock: Lock) -> bool:
    """Whether the lock knows deals that still lack a value."""
    return any(True for _ in _remembered(plan, lock))


async def owed(reader: Clocked, plan: Plan, lock: Lock, current: Current = nothing) -> Plan:
    """The plan with what earlier replaces have left; nothing is looked up for those that are still to come."""
    found = await _looked(reader, replace(plan, steps=()), list(_remembered(plan, lock)), {}, current)
    return replace(found, steps=(*plan.steps, *found.steps))


def _replaced(plan: Plan) -> Iterator[Left]:
    """Fields that the plan replaces, unless it takes the deals out anyway."""
    for change in plan.changes:
        recipe = next(
            (step.data["recipe"] for step in plan.steps if _moves(step) and change.address in step.serves),
            None,
        )
        if recipe is not None and recipe.pipelines and not recipe.takes_out and change.old is not None:
            new = int(str(change.have.id)) if change.have is not None else None
            yield Left(recipe, change.old.address, change.old, new)


def _moves(step: Step) -> bool:
    return bool(step.data.get("work") == CONVERT)


def _remembered(plan: Plan, lock: Lock) -> Iterator[Left]:
    """Old fields that the lock knows, where both fields are there and the spec still says how values move."""
    ids = {item.id: item for item in plan.view.found.of("field")}
    replaced = {change.address for change in plan.changes if change.action == REPLACE}
    for name, entry in lock.entries.items():
        if WAITING not in entry.attrs:
            continue
        address = replace(name, path=(*name.home, name.key.rpartition("@")[0]))
        old, new = ids.get(entry.id), plan.view.found.get(address)
        want = plan.view.wanted.get(address)
        listed = want is not None and _replace.CONVERT in want.marks.extras and not want.marks.leaves
        if listed and old is not None and new is not None and address not in replaced:
            change = Change(address, REPLACE, have=new, want=want, old=old)
            yield Left(_replace.recipe(change, plan.view), name, old, int(str(new.id)), entry)


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
    return replace(
        plan,
        changes=(*plan.changes, Change(left.name, BY_HAND, have=left.thing, channel=MANUAL)),
        steps=(*plan.steps, Step((left.name,), text, channel=MANUAL)),
        impacts={**plan.impacts, left.name: Impact(waiting.count, of=DEALS)},
    )


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
            found[name] = Entry(waiting.old, {WAITING: count, OLDEST: ends[0], NEWEST: ends[1]})
    return found
