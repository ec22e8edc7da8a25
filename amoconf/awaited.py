"""What a plan says of records that lack the value of a replaced field: a line for people, or values that move."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from amoconf import digits
from amoconf.agreed import NEWEST, OLDEST, WAITING
from amoconf.brakes import allowance
from amoconf.changes import BY_HAND, MANUAL, REPLACE, UPDATE, Change, Step
from amoconf.errors import Problem
from amoconf.lock import Lock
from amoconf.model import Resource
from amoconf.owing import adrift, forgotten
from amoconf.plan import Plan
from amoconf.recipe import Recipe, Waiting
from amoconf.study import stopping
from amoconf.tongue import tr, trn
from amoconf.touch import Impact
from amoconf.unfilled import Left
from amoconf.values import Address
from amoconf.weighing import braked

DEALS = "leads"


def is_chosen(only: Sequence[str], *names: Address) -> bool:
    return not only or any(allowance(name, only) for name in names)


def with_deals(plan: Plan, left: Left, waiting: Waiting, *, exact: bool, manual: bool) -> Plan:
    """The plan with these deals. exact False: there may be more. manual: with what only a person can do."""
    if left.entry is not None and not waiting.accepted:
        plan = without(plan, waiting)
    # Other rules may stop at something, or move what nobody has seen yet.
    others = left.anew and (waiting.field in plan.blocked or not exact)
    unseen = _unseen(left, waiting, exact)
    if left.entry is not None and (waiting.accepted or others or (unseen and left.recipe.takes_out)):
        plan = _with_moved(plan, left, waiting, exact)
    if not manual:
        return plan
    if unseen and not left.recipe.takes_out:
        return _by_hand(plan, left.name, left.thing, _waited(unseen), unseen, exact=False)
    return _with_manual(plan, left, waiting, exact) if waiting.count else plan


def _unseen(left: Left, waiting: Waiting, exact: bool) -> int:
    """Deals that may wait by what the lock knows, where a quick look has not found as many; 0 where it has."""
    known = int(left.entry.attrs.get(WAITING, 0)) if left.entry is not None and not exact else 0
    count = known - waiting.accepted
    return count if count > waiting.count else 0


def _waited(count: int) -> str:
    return trn(
        "{number} deal waited among the incoming leads at the last apply, and not all deals were looked at now: accept "
        "it in amoCRM, then run amoconf apply; or let apply take it out: unsorted: take_out",
        "{number} deals waited among the incoming leads at the last apply, and not all deals were looked at now: accept "
        "them in amoCRM, then run amoconf apply; or let apply take them out: unsorted: take_out",
        count,
    )


def _with_moved(plan: Plan, left: Left, waiting: Waiting, exact: bool) -> Plan:
    """The values are a part of what is done to the field anyway, or an update of its own."""
    plan = braked(_limited(plan, waiting), waiting.field, waiting.accepted, exact=exact)
    view, address = plan.view, waiting.field
    impacts = {**plan.impacts, address: Impact(waiting.accepted, exact, of=left.recipe.entity)}
    reason = tr("values of deals that people have accepted meanwhile")
    if left.anew:
        reason = tr("the map of its values has changed")
    own = [change for change in plan.changes if change.address == address and change.channel != MANUAL]
    if own:
        told = [
            replace(change, reason=change.reason or reason) if change in own else change
            for change in plan.changes
        ]
        return replace(plan, changes=tuple(told), impacts=impacts)
    have, want = view.found.get(address), view.wanted.get(address)
    change = Change(address, UPDATE, have=have, want=want, reason=reason)
    return replace(
        plan, changes=(*plan.changes, change), impacts=impacts, unchanged=max(plan.unchanged - 1, 0)
    )


def with_blocked(plan: Plan, field: Address, sentences: Sequence[str]) -> Plan:
    """Only these stand against a field."""
    blocked = {**plan.blocked, field: tuple(sentences)}
    return replace(plan, blocked={key: rows for key, rows in blocked.items() if rows})


def with_others(plan: Plan, left: Left, recipe: Recipe, known: Sequence[str], *, exact: bool) -> Plan:
    """What else is to be said of other rules: what they stop at, and what they do not undo.

    recipe: with its map fixed. known: what stood against the field before its values were looked at.
    """
    field, ids = recipe.field, {item.address: item.id for item in plan.view.found.of("option")}
    sentence = stopping(recipe, left.lacking, exact)
    plan = with_blocked(plan, field, [*known, *filter(None, (sentence,))])
    count = left.overtaken(recipe, {key: number for key, number in ids.items() if number is not None})
    if not count:
        return plan
    text = trn(
        "{address}: {number} record holds what the earlier map gave, and keeps it",
        "{address}: {number} records hold what the earlier map gave, and keep it",
        count,
        address=field,
    )
    if not exact:
        text = trn(
            "{address}: at least {number} record holds what the earlier map gave, and keeps it",
            "{address}: at least {number} records hold what the earlier map gave, and keep it",
            count,
            address=field,
        )
    return _noted(plan, field, text)


def with_dropped(plan: Plan, left: Left, recipe: Recipe, *, exact: bool) -> Plan:
    """What waited, and will wait no more though nobody has given it a value. recipe: with its map fixed."""
    count, field = left.dropped(recipe), recipe.field
    if not count:
        return plan
    text = trn(
        "{address}: {number} deal that waited for its value maps to nothing any more",
        "{address}: {number} deals that waited for their values map to nothing any more",
        count,
        address=field,
    )
    if not exact:
        text = trn(
            "{address}: at least {number} deal that waited for its value maps to nothing any more",
            "{address}: at least {number} deals that waited for their values map to nothing any more",
            count,
            address=field,
        )
    return _noted(
        plan,
        field,
        text,
        tr("where an option has another name by now, list its former one among its spellings"),
    )


def _noted(plan: Plan, field: Address, text: str, todo: str = "") -> Plan:
    return replace(plan, notices=(*plan.notices, Problem(text, todo, address=str(field))))


def _limited(plan: Plan, waiting: Waiting) -> Plan:
    """Written are the deals that the plan has counted, whatever else the map would fit by now."""

    def limited(step: Step) -> Step:
        if "recipe" not in step.data or step.serves != (waiting.field,):
            return step
        return replace(step, data={**step.data, "recipe": replace(step.data["recipe"], only=waiting.ids)})

    return replace(plan, steps=tuple(map(limited, plan.steps)))


def without(plan: Plan, waiting: Waiting) -> Plan:
    """Nothing is to be moved."""
    steps = (step for step in plan.steps if not ("recipe" in step.data and step.serves == (waiting.field,)))
    return replace(plan, steps=tuple(steps))


def with_doubt(plan: Plan, left: Left, seen: int) -> Plan:
    """What a quick look has left open."""
    text = trn(
        "deals that waited among the incoming leads were looked for in the newest {number} deal only; "
        "--impact full, -o and apply look in all",
        "deals that waited among the incoming leads were looked for in the newest {number} deals only; "
        "--impact full, -o and apply look in all",
        seen,
        number=digits.number(seen),
    )
    if left.anew:
        text = trn(
            "values that the changed map moves were looked for in the newest {number} record only; "
            "--impact full, -o and apply look in all",
            "values that the changed map moves were looked for in the newest {number} records only; "
            "--impact full, -o and apply look in all",
            seen,
            number=digits.number(seen),
        )
    name = left.recipe.field if left.anew else left.name
    return replace(plan, notices=(*plan.notices, Problem(f"{name}: {text}", address=str(name))))


def with_hindered(plan: Plan, rows: Iterable[tuple[Address, Address]]) -> Plan:
    """What does not move because of what the plan leaves out. rows: fields with an option that is not there."""
    told = [
        Problem(
            tr(
                "{address}: its changed map leads to {option}, which is still to be made",
                address=field,
                option=option,
            ),
            tr("apply both: until then nothing moves by the new map"),
            address=str(field),
        )
        for field, option in rows
    ]
    return replace(plan, notices=(*plan.notices, *told))


def _with_manual(plan: Plan, left: Left, waiting: Waiting, exact: bool) -> Plan:
    """One line for people."""
    text = trn(
        "{number} deal waits among the incoming leads with a value of the old field: accept it in amoCRM, then run "
        "amoconf apply; or let apply take it out: unsorted: take_out",
        "{number} deals wait among the incoming leads with a value of the old field: accept them in amoCRM, then run "
        "amoconf apply; or let apply take them out: unsorted: take_out",
        waiting.count,
    )
    if not exact:
        text = trn(
            "at least {number} deal waits among the incoming leads with a value of the old field: accept it in amoCRM, "
            "then run amoconf apply; or let apply take it out: unsorted: take_out",
            "at least {number} deals wait among the incoming leads with a value of the old field: accept them in "
            "amoCRM, then run amoconf apply; or let apply take them out: unsorted: take_out",
            waiting.count,
        )
    return _by_hand(plan, left.name, left.thing, text, waiting.count, exact=exact)


def _by_hand(
    plan: Plan, name: Address, thing: Resource, text: str, count: int, *, exact: bool = True
) -> Plan:
    return replace(
        plan,
        changes=(*plan.changes, Change(name, BY_HAND, have=thing, channel=MANUAL)),
        steps=(*plan.steps, Step((name,), text, channel=MANUAL)),
        impacts={**plan.impacts, name: Impact(count, exact, of=DEALS)},
    )


def with_forgotten(plan: Plan, lock: Lock, only: Sequence[str] = (), manual: bool = True) -> Plan:
    """One line for each field whose spec no longer says how values move; the lock goes on remembering its deals."""
    for name, entry, change in forgotten(plan, lock):
        count, ends = int(entry.attrs[WAITING]), (int(entry.attrs[OLDEST]), int(entry.attrs[NEWEST]))
        waiting = Waiting(change.address, int(str(entry.id)), count, ends=ends, left=True, kept=entry.attrs)
        plan = replace(plan, waiting={**plan.waiting, name: waiting})
        assert change.old is not None
        if manual and is_chosen(only, name, change.address):
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


def with_adrift(plan: Plan, lock: Lock, only: Sequence[str] = ()) -> Plan:
    """One notice for each old field whose deals nothing can be done for now; the lock goes on remembering them."""
    replaced = {change.address for change in plan.changes if change.action == REPLACE}
    for row in adrift(plan, lock):
        field, name = row.waiting.field, row.name
        want = plan.view.wanted.get(field)
        if not is_chosen(only, name, field) or (want is not None and want.marks.leaves):
            continue
        assert row.waiting.kept is not None
        text = trn(
            "{name}: {number} deal waited among the incoming leads with a value of the old field; "
            "this plan does nothing for it",
            "{name}: {number} deals waited among the incoming leads with a value of the old field; "
            "this plan does nothing for them",
            int(row.waiting.kept[WAITING]),
            name=name,
        )
        todo = ""
        if want is None:
            todo = tr(
                "list {address} in the spec again, with its convert: until then nothing moves", address=field
            )
        if field in replaced:
            todo = tr("{address} is replaced once more; the plan after that sees to them", address=field)
        plan = _noted(plan, name, text, todo)
    return plan
