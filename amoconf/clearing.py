"""Emptying the old fields of a plan's conversions, at its very end and only where it was asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from amoconf.changes import REPLACE, UPDATE, Change, Step
from amoconf.kinds import _replace, parse_address
from amoconf.kinds._rest import prefixed
from amoconf.plan import Plan
from amoconf.planfile import Row
from amoconf.recipe import CONVERT
from amoconf.tongue import tr
from amoconf.values import Address, normal

CLEAR = "clear"


def with_clearing(plan: Plan, agreed: Sequence[Row] = ()) -> Plan:
    """The plan with a step for each field whose values it moves; values that did not arrive stay.

    agreed: rows of the plan of an interrupted apply, whose replaces may be done but for this.
    """
    plan = replace(plan, steps=(*plan.steps, *_steps(plan)))
    clears = {step.serves[0] for step in plan.steps if step.data.get("work") == CLEAR}
    for row in agreed:
        address = parse_address(row["address"])
        if row["action"] == REPLACE and address not in clears:
            plan = _owed(plan, address, row)
    return plan


def _steps(plan: Plan) -> Iterator[Step]:
    for step in plan.steps:
        if step.data.get("work") == CONVERT:
            yield _step(step)


def _step(step: Step) -> Step:
    text = tr("{address}: old field emptied where the value has arrived", address=step.serves[0])
    return replace(step, text=text, data={**step.data, "work": CLEAR}, last=True)


def _owed(plan: Plan, address: Address, row: Row) -> Plan:
    """The step for a field that was replaced before the apply was interrupted; its old one stands in the archive."""
    view = plan.view
    want, have = view.wanted.get(address), view.found.get(address)
    type_ = next((item["before"] for item in row["attributes"] if item["name"] == "type"), None)
    if want is None or have is None:
        return plan
    name = normal(prefixed(want.attrs["name"], view.settings.archive_prefix))
    olds = [
        item
        for item in view.found.within("field", address.home)
        if normal(item.attrs["name"]) == name and item.attrs["type"] == type_
    ]
    if len(olds) != 1:
        return plan
    change = Change(address, REPLACE, have=have, want=want, old=olds[0])
    recipe = replace(_replace.recipe(change, view), pinned=row["convert"])
    data = {"work": CONVERT, "entity": recipe.entity, "field": str(address), "recipe": recipe}
    step = _step(Step((address,), "", data=data))
    reason = tr("the old field is still to be emptied")
    own = (
        ()
        if address in {item.address for item in plan.changes}
        else (replace(change, action=UPDATE, old=None, reason=reason),)
    )
    return replace(plan, changes=(*plan.changes, *own), steps=(*plan.steps, step))
