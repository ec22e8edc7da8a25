"""Order of siblings: what stands elsewhere than the spec says, and the `sort` numbers that mend it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from amoconf.changes import ARCHIVE, MOVE, AttrChange, Change, View
from amoconf.kind import Kind
from amoconf.kinds import parent_of
from amoconf.kinds._order import GAP, merged, moved, numbers, put
from amoconf.model import Resource, by_place
from amoconf.values import Address, Value

Group = tuple[Value, ...]
Named = Callable[[Address], bool]


def everything(address: Address) -> bool:
    """Nothing is left as it is."""
    return True


def with_order(
    kind: Kind,
    changes: Sequence[Change],
    view: View,
    old: Mapping[Address, Resource],
    named: Named,
) -> list[Change]:
    """The changes of a kind with positions compared: moves added, targets and numbers filled in.

    named: whether a thing may be moved or made now; the others stay among themselves as they are.
    """
    if not kind.order:
        return list(changes)
    by_address = {change.address: change for change in changes}
    standing = _standing(kind, view, by_address)
    for group, wanted in _groups(kind, view, by_address).items():
        found = standing.get(group, [])
        _order(kind, [item.address for item in wanted], found, by_address, view, named)
    if kind.order == "sort":
        _archived_last(kind, by_address, view)
    return list(by_address.values())


def _archived_last(kind: Kind, changes: dict[Address, Change], view: View) -> None:
    """What is archived goes behind its siblings, unless it leaves them."""
    for address, change in changes.items():
        have = change.have
        if change.action != ARCHIVE or have is None:
            continue
        group = kind.siblings(have)
        if kind.siblings(have.with_map(change.after)) != group:
            continue
        there = [
            int(item.raw.get("sort") or 0)
            for item in view.found.of(kind.name)
            if kind.siblings(item) == group
        ]
        sent = [number for other in changes.values() for number in other.numbers.values()]
        changes[address] = replace(change, numbers={**change.numbers, address: max([*there, *sent]) + GAP})


def leaves_with_parent(want: Resource, view: View) -> bool:
    """Whether what it lies under is archived or absent: then nothing is compared below."""
    if not view.wanted.leaving:
        return False
    parent = parent_of(want.address)
    above = view.wanted.get(parent) if parent is not None else None
    return above is not None and (above.marks.leaves or leaves_with_parent(above, view))


def _groups(kind: Kind, view: View, changes: Mapping[Address, Change]) -> dict[Group, list[Resource]]:
    """Listed things that stay, by the siblings they share an order with, in the spec's order."""
    groups: dict[Group, list[Resource]] = {}
    for want in view.wanted.of(kind.name):
        if want.marks.leaves or _apart(kind, want.address) or leaves_with_parent(want, view):
            continue
        have = view.found.get(want.address)
        settled = want if have is None else _settled(have, changes)
        groups.setdefault(kind.siblings(settled), []).append(want)
    return groups


def _settled(have: Resource, changes: Mapping[Address, Change]) -> Resource:
    """The thing as it will be."""
    change = changes.get(have.address)
    return have.with_map(change.after) if change is not None else have


def _apart(kind: Kind, address: Address) -> bool:
    """Things of the platform stand where the platform puts them."""
    return address.key in kind.reserved


def _standing(kind: Kind, view: View, changes: Mapping[Address, Change]) -> dict[Group, list[Resource]]:
    """What stands in each order now and stays in it."""
    groups: dict[Group, list[Resource]] = {}
    for item in view.found.of(kind.name):
        change = changes.get(item.address)
        # What is being archived goes to the end: nothing can be put in its place, or behind it.
        leaves = change is not None and change.action == ARCHIVE
        if item.reserved or _apart(kind, item.address) or item.aside or leaves:
            continue
        group = kind.siblings(item)
        if change is None or group == kind.siblings(_settled(item, changes)):
            groups.setdefault(group, []).append(item)
    return {group: sorted(items, key=by_place) for group, items in groups.items()}


def _order(
    kind: Kind,
    wanted: list[Address],
    found: list[Resource],
    changes: dict[Address, Change],
    view: View,
    named: Named,
) -> None:
    now = [item.address for item in found]
    if now == wanted:
        return
    target = merged(now, wanted)
    standing, going = set(now), moved(now, target)
    late = {
        address for address in target if not named(address) and (address in going or address not in standing)
    }
    if late:
        going -= late
        target = put(now, [address for address in wanted if address not in late], going)
    moving = [address for address in target if address in going]
    arriving = [address for address in wanted if address not in standing and address not in late]
    if not moving and not arriving:
        return
    sorts = {item.address: int(item.raw.get("sort") or 0) for item in found}
    sent = numbers(target, sorts, going) if kind.order == "sort" else {}
    for address in moving:
        before, after = now.index(address) + 1, target.index(address) + 1
        changes[address] = _moved(changes.get(address), view.found.index[address], view, before, after)
    for address in (*arriving, *moving):
        if address in changes:
            changes[address] = replace(changes[address], target=target, numbers=_own(address, sent))
    _room(sent, moving, arriving, changes)


def _own(address: Address, sent: Mapping[Address, int]) -> dict[Address, int]:
    return {address: sent[address]} if address in sent else {}


def _moved(change: Change | None, have: Resource, view: View, before: int, after: int) -> Change:
    position = AttrChange("position", before, after)
    if change is None:
        return Change(have.address, MOVE, (position,), have=have, want=view.wanted.get(have.address))
    return replace(change, attributes=(*change.attributes, position))


def _room(
    sent: Mapping[Address, int],
    moving: list[Address],
    arriving: list[Address],
    changes: dict[Address, Change],
) -> None:
    """Neighbours that make room are numbered by the first change that needs it; they are no changes of their own."""
    others = {
        address: number
        for address, number in sent.items()
        if address not in moving and address not in arriving
    }
    first = next((address for address in (*arriving, *moving) if address in changes), None)
    if others and first is not None:
        changes[first] = replace(changes[first], numbers={**changes[first].numbers, **others})
