"""What stands against writing many records for a thing that is not taken away, told once these are counted."""

from dataclasses import replace

from amoconf.brakes import allowance, crowd
from amoconf.plan import Plan
from amoconf.values import Address


def braked(made: Plan, address: Address, records: int, *, empties: bool = False, exact: bool = True) -> Plan:
    """The plan with what stands against writing so many records for a thing, unless an allowance lifts it.

    empties: something is emptied there. exact False: there are at least so many.
    """
    sentence = crowd(address, records, made.view.settings, empties=empties, exact=exact)
    by = allowance(address, made.allowed)
    known = made.blocked.get(address, ())
    if not sentence or sentence in known:
        return made
    if by is not None:
        return replace(made, idle_allowances=tuple(item for item in made.idle_allowances if item != by))
    return replace(made, blocked={**made.blocked, address: (*known, sentence)})
