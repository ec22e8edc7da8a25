"""Emptying the old fields of replaced ones, at the very end and only where it was asked for: what has arrived, counted."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf import digits
from amoconf.brakes import allowance
from amoconf.cells import both_in, conversion_of
from amoconf.changes import REPLACE, UPDATE, Change, Step
from amoconf.contents import Beside, Current, Item, glance, look, nothing, sample
from amoconf.converting import Moved
from amoconf.errors import Problem
from amoconf.kinds import _replace
from amoconf.owing import finished
from amoconf.plan import Plan
from amoconf.recipe import CLEAR, CONVERT
from amoconf.records.newest import Newest
from amoconf.records.pages import Clocked
from amoconf.study import Pins, study
from amoconf.tongue import tr
from amoconf.touch import Impact
from amoconf.values import Address, Ref
from amoconf.weighing import braked


@dataclass
class Arrived(Beside):
    """Old values of one field, counted as a taker of records.

    there: the new field holds what the old one means. coming: it is empty. lost: of both, those that `otherwise` moved,
    so that what was written is nowhere else. rest: all others. but: ids of deals that are left alone, or get their value
    in this run only; lost late: of these, those that `otherwise` moves.
    """

    ids: Mapping[Address, int | str]
    but: frozenset[int] = frozenset()
    contents: Counter[tuple[str, str]] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)

    def take(self, item: Item) -> None:
        """Counts what a record holds in both."""
        old, new = both_in(item, self.recipe.old, self.new)
        if old and item["id"] in self.but:
            self.late[json.dumps(old, sort_keys=True)] += 1
        elif old:
            self.contents[json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True)] += 1

    def counted(self) -> Counter[str]:
        """By the words of the class."""
        options = self.recipe.options
        reading = conversion_of(
            self.recipe, {row.address: self.ids.get(row.address, Ref(row.address)) for row in options}
        )
        found = Counter[str]()
        for (old, new), count in self.contents.items():
            made, stands = reading.convert(json.loads(old)), json.loads(new)
            place = "rest"
            if isinstance(made, Moved) and (stands is None or reading.holds(made, stands)):
                place = "there" if reading.holds(made, stands) else "coming"
                found[f"lost {place}"] += count if made.reason else 0
            found[place] += count
        for old, count in self.late.items():
            made = reading.convert(json.loads(old))
            found["lost late"] += count if isinstance(made, Moved) and made.reason else 0
        return found


async def with_clearing(
    reader: Clocked,
    plan: Plan,
    pins: Pins,
    *,
    current: Current = nothing,
    only: Sequence[str] = (),
    newest: Newest | None = None,
) -> Plan:
    """The plan with a step for each old field of its replaces, and of replaces that are done, where any value has arrived.

    pins: maps that an earlier plan has fixed. newest: as in `study`. What would be emptied is counted, told and braked.
    """
    late = [step for step in _done(plan) if _is_chosen(step.serves[0], only)]
    studied = await study(reader, replace(plan, steps=tuple(late)), pins, current=current, newest=newest)
    moving = [step for step in plan.steps if step.data.get("work") == CONVERT]
    seen = {step.serves[0]: _arrived(step, plan) for step in (*moving, *studied.steps)}
    doubts = await _shown(reader, list(seen.values()), current, newest)
    moves = {step.serves[0] for step in moving}
    for step in (*moving, *(one for one in studied.steps if one.serves[0] not in moves)):
        counts = seen[step.serves[0]].counted()
        own = replace(step, data={**step.data, **doubts[step.data["entity"]]})
        if step.serves[0] in moves:
            plan = _with_step(plan, own, *_expected(plan, step, counts))
        else:
            plan = _with_late(plan, own, counts)
    return plan


async def _shown(
    reader: Clocked, takers: Sequence[Arrived], current: Current, newest: Newest | None
) -> dict[str, Mapping[str, Any]]:
    """Shows them their lists. By list, what a step says of it that has not seen all (`Newest.doubt`)."""
    doubts: dict[str, Mapping[str, Any]] = {}
    for entity in dict.fromkeys(taker.recipe.entity for taker in takers):
        own, doubts[entity] = [one for one in takers if one.recipe.entity == entity], {}
        if newest is None:
            await look(reader, entity, own, current)
        elif not await glance(entity, own, current):
            await sample(newest, entity, own)
            doubts[entity] = newest.doubt(entity)
    return doubts


def _is_chosen(address: Address, only: Sequence[str]) -> bool:
    return not only or allowance(address, only) is not None


def _arrived(step: Step, plan: Plan) -> Arrived:
    recipe = step.data["recipe"]
    ids = {item.address: item.id for item in plan.view.found.resources if item.id is not None}
    new = ids.get(recipe.field)
    waits = (row.ids for row in plan.waiting.values() if row.field == recipe.field)
    return Arrived(recipe, int(str(new)) if new is not None else None, ids, frozenset().union(*waits))


def _expected(plan: Plan, step: Step, counts: Counter[str]) -> tuple[int, int]:
    """(old values that will have arrived, those of them of which no other copy is left) once values have moved."""
    if step.data["recipe"].only is not None:
        accepted = sum(row.accepted for row in plan.waiting.values() if row.field == step.serves[0])
        return counts["there"] + accepted, counts["lost there"] + min(accepted, counts["lost late"])
    return counts["there"] + counts["coming"], counts["lost there"] + counts["lost coming"]


def _with_step(plan: Plan, step: Step, count: int, lost: int) -> Plan:
    """The clearing of one field, told with its numbers."""
    text = tr("{address}: old field emptied where the value has arrived", address=step.serves[0])
    numbers = {"records": count, "lost": lost, "recipe": replace(step.data["recipe"], only=None)}
    own = replace(step, text=text, data={**step.data, **numbers, "work": CLEAR}, last=True)
    exact = step.data.get("exact", True)
    return braked(replace(plan, steps=(*plan.steps, own)), step.serves[0], count, empties=True, exact=exact)


def _with_late(plan: Plan, step: Step, counts: Counter[str]) -> Plan:
    """A field that was replaced earlier; values that are nowhere else stay, and are told."""
    address, count, exact = step.serves[0], counts["there"], step.data.get("exact", True)
    told = [_staying(address, stay, exact)] if (stay := counts["rest"] + counts["coming"]) else []
    told += [] if count or exact else [_unseen(address, step.data["seen"])]
    plan = replace(plan, notices=(*plan.notices, *(Problem(text, address=str(address)) for text in told)))
    if not count:
        return plan
    plan = _with_step(plan, step, count, counts["lost there"])
    if any(change.address == address for change in plan.changes):
        return plan
    view, reason = plan.view, tr("the old field is still to be emptied")
    change = Change(
        address, UPDATE, have=view.found.get(address), want=view.wanted.get(address), reason=reason
    )
    return replace(
        plan,
        changes=(*plan.changes, change),
        impacts={**plan.impacts, address: Impact(count, exact, of=step.data["entity"])},
        unchanged=max(plan.unchanged - 1, 0),
    )


def _staying(address: Address, count: int, exact: bool) -> str:
    if exact:
        return tr(
            "{address}: {count} old values are not in the new field and stay", address=address, count=count
        )
    return tr(
        "{address}: at least {count} old values are not in the new field and stay",
        address=address,
        count=count,
    )


def _unseen(address: Address, seen: int) -> str:
    """What a quick look has left open."""
    return tr(
        "{address}: old values to be emptied were looked for in the newest {seen} records only, and none was found; "
        "--impact full, -o and apply look in all",
        address=address,
        seen=digits.number(seen),
    )


def _done(plan: Plan) -> Iterator[Step]:
    """A step for every field that was replaced earlier: known by the lock, else by the old one's name in the archive."""
    known = list(_known(plan))
    for change in (*known, *finished(plan, {change.address for change in known})):
        assert change.old is not None
        assert change.want is not None
        recipe = _replace.recipe(change, plan.view)
        if recipe.said is not None or _replace.keeps_everything(change.old, change.want, plan.view):
            data = {"work": CLEAR, "entity": recipe.entity, "field": str(change.address), "recipe": recipe}
            yield Step((change.address,), "", data=data)


def _known(plan: Plan) -> Iterator[Change]:
    view = plan.view
    there = {item.id: item for item in view.found.of("field")}
    # Of a field that was replaced twice, the old one that came last.
    latest = {row.field: row for row in sorted(plan.waiting.values(), key=lambda row: row.old)}
    for row in latest.values():
        want, have, old = view.wanted.get(row.field), view.found.get(row.field), there.get(row.old)
        if row.left and want is not None and have is not None and old is not None and not want.marks.leaves:
            yield Change(row.field, REPLACE, have=have, want=want, old=old)
