"""Order without trusting numbers: what moved, and which `sort` numbers to send."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
GAP = 10


def longest_rise(ranks: Sequence[int]) -> set[int]:
    """Indexes of a longest increasing subsequence: the things that need not move."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, rank in enumerate(ranks):
        at = bisect_left(tails, rank)
        tails[at : at + 1] = [rank]
        ends[at : at + 1] = [index]
        before.append(ends[at - 1] if at else -1)
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return kept


def merged(found: Sequence[T], wanted: Sequence[T]) -> tuple[T, ...]:
    """The sequence to reach: unlisted things and as many listed ones as possible stay; the rest follow their
    predecessor of the spec. What has none stands before the first that stays, or behind everything."""
    rank = {item: index for index, item in enumerate(found)}
    common = [item for item in wanted if item in rank]
    kept = {common[index] for index in longest_rise([rank[item] for item in common])}
    listed = set(wanted)
    result = [item for item in found if item in kept or item not in listed]
    first = next((result.index(item) for item in wanted if item in kept), len(result))
    for index, item in enumerate(wanted):
        if item not in kept:
            result.insert(result.index(wanted[index - 1]) + 1 if index else first, item)
    return tuple(result)


def moved(found: Sequence[T], target: Sequence[T]) -> set[T]:
    """The fewest things that must move for `found` to stand in the order of `target`."""
    rank = {item: index for index, item in enumerate(found)}
    common = [item for item in target if item in rank]
    kept = longest_rise([rank[item] for item in common])
    return {item for index, item in enumerate(common) if index not in kept}


def put(found: Sequence[T], wanted: Sequence[T], going: Collection[T]) -> tuple[T, ...]:
    """The sequence to reach where only some of what moves does so, or is made, now: `going` and what is not there yet.

    wanted: in the spec's order, without what is left as it is. All else stays as it is among itself.
    """
    result = [item for item in found if item not in going]
    standing = set(result)
    first = next((result.index(item) for item in wanted if item in standing), len(result))
    for index, item in enumerate(wanted):
        if item not in standing:
            result.insert(result.index(wanted[index - 1]) + 1 if index else first, item)
    return tuple(result)


def numbers(target: Sequence[T], now: Mapping[T, int], moving: set[T]) -> dict[T, int]:
    """`sort` values to send: for new and moved things, and for followers that must make room."""
    result: dict[T, int] = {}
    stays = [now[item] for item in target if item in now and item not in moving]
    floor = min([0, *(number - 1 for number in stays)])
    for index, item in enumerate(target):
        still = item in now and item not in moving
        if still and now[item] > floor:
            floor = now[item]
            continue
        ceiling = _next_fixed(target[index + 1 :], now, moving, floor)
        room = (ceiling - floor) // (1 + _run(target[index:], now, moving)) if ceiling is not None else GAP
        floor += max(room, 1)
        if now.get(item) != floor or not still:
            result[item] = floor
    return result


def _next_fixed(rest: Sequence[T], now: Mapping[T, int], moving: set[T], floor: int) -> int | None:
    for item in rest:
        if item in now and item not in moving:
            return now[item] if now[item] > floor else None
    return None


def _run(rest: Sequence[T], now: Mapping[T, int], moving: set[T]) -> int:
    count = 0
    for item in rest:
        if item in now and item not in moving:
            break
        count += 1
    return max(count, 1)


def placed(
    state: Sequence[T], item: T, after: T | None, now: Mapping[T, int] | None = None
) -> tuple[int, tuple[T, ...]]:
    """(`sort` to send, sequence then) for putting a thing after another where the server renumbers 20, 30, ...

    Renumbering is official (config page C4); that a number between two neighbours lands between them follows from it.
    now: the numbers as they are, where they are known and leave room.
    """
    rest = [other for other in state if other != item]
    at = rest.index(after) + 1 if after is not None else 0
    # Numbers as they stand before the write, the moved thing still in its place.
    renumbered = {other: 20 + GAP * index for index, other in enumerate(state)}
    between = _between(rest, at, now) if now else None
    sort = between if between is not None else _between(rest, at, renumbered)
    return sort or GAP, (*rest[:at], item, *rest[at:])


def _between(rest: Sequence[T], at: int, sort: Mapping[T, int]) -> int | None:
    """A number between the neighbours of a place; None where there is none."""
    floor = sort[rest[at - 1]] if at else min([GAP, *(sort[other] - 2 for other in rest[:1])])
    ceiling = sort[rest[at]] if at < len(rest) else floor + 2 * GAP
    middle = (floor + ceiling) // 2
    return middle if floor < middle < ceiling else None
