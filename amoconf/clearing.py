"""Emptying the old fields of a plan's conversions, at its very end and only where it was asked for."""

from collections.abc import Iterator
from dataclasses import replace

from amoconf.changes import Step
from amoconf.plan import Plan

CLEAR = "clear"


def with_clearing(plan: Plan) -> Plan:
    """The plan with a step for each field whose values it moves; values that did not arrive stay."""
    return replace(plan, steps=(*plan.steps, *_steps(plan)))


def _steps(plan: Plan) -> Iterator[Step]:
    for step in plan.steps:
        if "recipe" in step.data and step.data["work"] != CLEAR:
            text = f"{step.serves[0]}: old field emptied where the value has arrived"
            yield replace(step, text=text, data={**step.data, "work": CLEAR}, last=True)
