"""In which order things shall stand again: as before where an apply changed the order and nobody has since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from amoconf.kinds import KINDS
from amoconf.model import Account, Resource
from amoconf.values import Address, Value

Group = tuple[Value, ...]
Places = Mapping[Address, int]


def arranged(
    wanted: Iterable[Resource], found: Account, before: Account, after: Account
) -> tuple[list[Resource], list[Address]]:
    """(the wanted things, those that leave first and then each group in its order; groups that others reordered).

    A group that others reordered is told by its first thing.
    """
    leaving, groups, moved = [], dict[Group, list[Resource]](), []
    for item in wanted:
        if item.marks.leaves:
            leaving.append(item)
        else:
            groups.setdefault(_group(_settled(item, found)), []).append(item)
    for group, items in groups.items():
        order, by_others = _order(group, items, found, before, after)
        moved += [order[0].address] if by_others else []
        groups[group] = order
    rest = [item for items in groups.values() for item in items]
    return [replace(item, place=place) for place, item in enumerate([*leaving, *rest])], moved


def _settled(item: Resource, found: Account) -> Resource:
    now = found.get(item.address)
    return item if now is None else now.with_map(item.attrs)


def _group(item: Resource) -> Group:
    return (item.address.kind, *KINDS[item.address.kind].siblings(item))


def _order(
    group: Group, items: Sequence[Resource], found: Account, before: Account, after: Account
) -> tuple[list[Resource], bool]:
    """(the things of a group in the order they shall have, whether somebody has reordered them since)."""
    was, left, now = (_places(group, account) for account in (before, after, found))
    by_address = {item.address: item for item in items}
    standing = sorted((address for address in by_address if address in now), key=lambda address: now[address])
    common = [address for address in standing if address in was and address in left]
    first, then = (sorted(common, key=lambda address: places[address]) for places in (was, left))
    by_others = common not in (first, then)
    if first != then and common == then:
        slots = iter(first)
        standing = [next(slots) if address in first else address for address in standing]
    for address in sorted(by_address.keys() - now.keys(), key=lambda address: was.get(address, len(was))):
        standing.insert(_slot(address, standing, was), address)
    return [by_address[address] for address in standing], first != then and by_others


def _places(group: Group, account: Account) -> Places:
    """Places of what stands in a group; archived things stand in no order."""
    return {
        item.address: item.place
        for item in account.of(group[0])
        if not item.aside and not item.reserved and _group(item) == group
    }


def _slot(address: Address, standing: Sequence[Address], was: Places) -> int:
    """Where something comes back: behind the nearest that stood before it."""
    ahead = [
        index for index, other in enumerate(standing) if other in was and was[other] < was.get(address, -1)
    ]
    return max(ahead, default=-1) + 1
