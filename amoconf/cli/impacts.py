"""Counting the records that a plan touches: quickly, fully or not at all."""

from typing import TYPE_CHECKING

import click

from amoconf.cli.options import Options
from amoconf.cli.session import Spec, target_of

if TYPE_CHECKING:
    from amoconf.api import Reader
    from amoconf.plan import Plan
    from amoconf.records.keep import Keep
    from amoconf.touch import Touch

MODES = ("off", "quick", "full")
option = click.option(
    "--impact",
    type=click.Choice(MODES),
    default="quick",
    show_default=True,
    envvar="AMOCONF_IMPACT",
    help="Count the records touched: within 12 pages, all of them, or not at all.",
)


async def weighed(options: Options, spec: Spec, reader: "Reader", plan: "Plan", mode: str) -> "Plan":
    """The plan with the records that its changes touch, and what stands against it because of them."""
    from amoconf.cli.mirrors import at_hand, refreshed
    from amoconf.impact import BUDGET, count, touched
    from amoconf.plan import weighed as weigh
    from amoconf.records.answers import Answers

    touches = [touch for change in plan.changes for touch in touched(change, plan)]
    target = target_of(options, spec.account)
    if mode == "full" and touches:
        async with refreshed(options, reader, target, keep_for(touches)) as mirror:
            impacts = await count(reader, plan, Answers(mirror), pages=None)
    else:
        with at_hand(options, target) as found:
            known = Answers(found) if found is not None else None
            impacts = await count(reader, plan, known, pages=BUDGET if mode == "quick" else 0)
    return weigh(plan, impacts, spec.lock)


def keep_for(touches: "list[Touch]") -> "Keep":
    """What a mirror must keep to answer; lists that are not mirrored are counted by walking."""
    from amoconf.records.entities import ENTITIES
    from amoconf.records.keep import Keep
    from amoconf.touch import FIELD, OPTION

    marks: dict[str, set[int]] = {}
    for touch in touches:
        if touch.entity in ENTITIES:
            fields = marks.setdefault(touch.entity, set())
            fields |= {touch.ids[0]} if touch.by in (FIELD, OPTION) else set()
    return Keep.of(marks)
