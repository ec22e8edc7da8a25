"""What a plan's requests name and the plan neither finds nor makes: with `--only`, what that has left out."""

from collections.abc import Iterable, Iterator

from amoconf.bodies import id_of
from amoconf.changes import Step
from amoconf.errors import AmoconfError
from amoconf.plan import Plan
from amoconf.steporder import refs_of
from amoconf.values import Address

ALL = "*"  # all things of a home; its step sends the home's id


def lacking(plan: Plan) -> dict[Address, tuple[Address, ...]]:
    """By change, the addresses whose ids would be missing once its requests are due."""
    known = {item.address: item.id for item in plan.view.found.resources if item.id is not None}
    known |= {learn.address: 0 for step in plan.open_steps for learn in step.learns}
    found: dict[Address, dict[Address, None]] = {}
    for step in plan.open_steps:
        for address in _named(step):
            if address.key != ALL and not _is_known(address, known):
                found.setdefault(step.serves[0], {})[address] = None
    return {change: tuple(items) for change, items in found.items()}


def _named(step: Step) -> Iterator[Address]:
    yield from refs_of(step)
    if "recipe" in step.data:
        yield from (row.address for row in step.data["recipe"].options)


def _is_known(address: Address, known: dict[Address, int | str]) -> bool:
    try:
        id_of(address, known)
    except AmoconfError:
        return False
    return True


def makers(plan: Plan, addresses: Iterable[Address]) -> tuple[Address, ...]:
    """The changes of a whole plan that make these; a thing that no change makes stands for itself."""
    made = {learn.address: step.serves[0] for step in plan.steps for learn in step.learns}
    by_hand = {part.address: change.address for change in plan.changes for part in (change, *change.parts)}
    return tuple(dict.fromkeys(made.get(item) or by_hand.get(item, item) for item in addresses))
