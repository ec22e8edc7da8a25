"""Counting the records that a plan touches: quickly, fully or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from amoconf.cli.options import Options
from amoconf.cli.session import Spec, target_of
from amoconf.errors import Problem
from amoconf.tongue import tr, trn

if TYPE_CHECKING:
    from amoconf.api import Reader
    from amoconf.impact import Counts
    from amoconf.plan import Plan
    from amoconf.records.keep import Keep
    from amoconf.records.newest import Newest
    from amoconf.touch import Impact, Touch

MODES = ("off", "quick", "full")
OLDEST = 86_400  # seconds; the brakes go by no older copy of the records, as apply does by no older plan
RESERVED = 1  # a page for the question which deals wait among the incoming ones
option = click.option(
    "--impact",
    type=click.Choice(MODES),
    default="quick",
    show_default=True,
    envvar="AMOCONF_IMPACT",
    help="Count the records touched: within 12 pages, all of them, or not at all.",
)


async def weighed(
    options: Options, spec: Spec, reader: "Reader", plan: "Plan", mode: str, newest: "Newest | None" = None
) -> "Plan":
    """The plan with the records that its changes touch, and what stands against it because of them.

    newest: what a quick count reads others look at too, and all of it within one budget.
    """
    from amoconf.cli.mirrors import at_hand, refreshed
    from amoconf.impact import count, touched
    from amoconf.plan import weighed as weigh
    from amoconf.records.answers import Answers
    from amoconf.records.newest import BUDGET

    touches = [touch for change in plan.changes for touch in touched(change, plan)]
    target = target_of(options, spec.account)
    if mode == "full" and touches:
        async with refreshed(options, reader, target, keep_for(touches, plan)) as mirror:
            impacts = await count(reader, plan, Answers(mirror), pages=None)
    else:
        with at_hand(options, target) as found:
            known = Recent(Answers(found), reader.now - OLDEST) if found is not None else None
            most = BUDGET if newest is None else newest.left - _reserved(plan, spec)
            impacts = await count(reader, plan, known, pages=most if mode == "quick" else 0, newest=newest)
        told = _aged(impacts.values(), reader.now)
        plan = replace(plan, notices=(*plan.notices, *told))
    return weigh(plan, impacts, spec.lock)


@dataclass(frozen=True)
class Recent:
    """What a mirror says, unless its list was read before `since` (account time)."""

    answers: "Counts"
    since: int

    def answer(self, touch: "Touch") -> "Impact | None":
        """None where it cannot say, or is too old."""
        found = self.answers.answer(touch)
        return found if found is not None and (found.as_of or 0) >= self.since else None


def _aged(impacts: "Iterable[Impact]", now: int) -> list[Problem]:
    """How old the copy is that records were counted in, from a minute on."""
    moments = [impact.as_of for impact in impacts if impact.as_of is not None]
    minutes = (now - min(moments, default=now)) // 60
    if minutes < 1:
        return []
    told = trn(
        "records touched are counted in the copy on this machine, {number} minute old",
        "records touched are counted in the copy on this machine, {number} minutes old",
        minutes,
    )
    if minutes >= 120:
        told = trn(
            "records touched are counted in the copy on this machine, {number} hour old",
            "records touched are counted in the copy on this machine, {number} hours old",
            minutes // 60,
        )
    return [Problem(told, tr("--impact full counts them anew"))]


def _reserved(plan: "Plan", spec: Spec) -> int:
    """Pages for the question which deals wait."""
    from amoconf.cli.conversions import concerned

    if not concerned(plan, spec.lock):
        return 0
    from amoconf.incoming import asks

    return RESERVED if asks(plan, spec.lock) else 0


def keep_for(touches: "list[Touch]", plan: "Plan") -> "Keep":
    """What a mirror must keep to answer, and the values that maps are made of, so that these need no walk of their own.

    Lists that are not mirrored are counted by walking, which knows that customers may be turned off.
    """
    from amoconf.live import has_customers
    from amoconf.records.entities import CUSTOMERS, ENTITIES
    from amoconf.records.keep import Keep
    from amoconf.study import recipes
    from amoconf.touch import FIELD, OPTION

    kept = set(ENTITIES) - (set() if has_customers(plan.view.found.facts) else {CUSTOMERS})
    marks: dict[str, set[int]] = {}
    for touch in touches:
        if touch.entity in kept:
            fields = marks.setdefault(touch.entity, set())
            fields |= {touch.ids[0]} if touch.by in (FIELD, OPTION) else set()
    values: dict[str, set[int]] = {}
    for recipe in recipes(plan):
        if recipe.asks_first and recipe.entity in kept:
            values.setdefault(recipe.entity, set()).add(recipe.old)
    return Keep.of(marks, **values)
