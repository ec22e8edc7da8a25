"""The order of steps: what others refer to is made first, takings away come last, equal steps become one."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from amoconf.changes import Step
from amoconf.kinds import KINDS
from amoconf.values import SCALARS, Address, Ref


def ordered(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps so that what others refer to is made first; equal steps become one; takings away come last."""
    steps = _unique(steps)
    makers = {learn.address: index for index, step in enumerate(steps) for learn in step.learns}
    waits: list[set[int]] = [set() for _ in steps]
    latest: dict[Address | None, int] = {}
    chained: dict[Address | None, int] = {}
    for index, step in enumerate(steps):
        for address in (*refs_of(step), *step.after):
            if address in makers and makers[address] != index:
                waits[index].add(makers[address])
        for known, key in ((latest, step.serves[0]), (chained, step.chain)):
            if key is not None and key in known:
                waits[index].add(known[key])
            known[key] = index
    return tuple(steps[index] for index in _sorted(steps, waits))


def _sorted(steps: Sequence[Step], waits: Sequence[set[int]]) -> Iterator[int]:
    open_ = [len(items) for items in waits]
    followers: list[list[int]] = [[] for _ in steps]
    for index, items in enumerate(waits):
        for first in items:
            followers[first].append(index)
    ready = [(_rank(step, index), index) for index, step in enumerate(steps) if not open_[index]]
    heapq.heapify(ready)
    done: set[int] = set()
    while ready:
        _, index = heapq.heappop(ready)
        done.add(index)
        yield index
        for other in followers[index]:
            open_[other] -= 1
            if not open_[other]:
                heapq.heappush(ready, (_rank(steps[other], other), other))
    if len(done) != len(steps):
        names = ", ".join(str(step.serves[0]) for index, step in enumerate(steps) if index not in done)
        raise ValueError(f"steps wait for one another: {names}")


def _rank(step: Step, index: int) -> tuple[bool, int, bool, str, int]:
    """By kind, those that travel in one array next to each other; takings away last and the other way round."""
    rank = KINDS[step.serves[0].kind].rank
    place = f"{step.method} {step.path}" if step.array else ""
    return (step.last, -rank if step.last else rank, not step.array, place, index)


def _unique(steps: Sequence[Step]) -> list[Step]:
    """Steps that would make the same thing are one step for several changes."""
    result: list[Step] = []
    makers: dict[tuple[str, Any, Any], int] = {}
    for step in steps:
        key = (step.method, step.path, step.learns)
        first = makers.get(key) if step.learns else None
        if first is None:
            makers[key] = len(result)
            result.append(step)
        else:
            serves = tuple(dict.fromkeys((*result[first].serves, *step.serves)))
            result[first] = replace(result[first], serves=serves)
    return result


def refs_of(step: Step) -> Iterator[Address]:
    """Every address whose id the step sends."""
    yield from _refs(step.path)
    yield from _refs(step.body)


def _refs(value: Any) -> Iterator[Address]:
    if type(value) in SCALARS:
        return
    if isinstance(value, Ref):
        yield value.address
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _refs(item)
