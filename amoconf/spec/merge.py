"""Putting the files of one spec together."""

from collections.abc import Sequence

from amoconf.errors import Problem
from amoconf.spec.node import Node
from amoconf.tongue import tr


def merge(roots: Sequence[Node]) -> tuple[Node, list[Problem]]:
    """One map out of the maps of several files: maps are joined at every depth, first file first.

    Anything else that two files write is a problem; lists are never joined.
    """
    problems: list[Problem] = []
    whole = roots[0]
    for root in roots[1:]:
        whole = _joined(whole, root, problems)
    return whole, problems


def _joined(first: Node, second: Node, problems: list[Problem]) -> Node:
    assert isinstance(first.value, dict)
    assert isinstance(second.value, dict)
    values = dict(first.value)
    for key, child in second.value.items():
        known = values.get(key)
        if known is None:
            values[key] = child
        elif isinstance(known.value, dict) and isinstance(child.value, dict):
            values[key] = _joined(known, child, problems)
        else:
            problems.append(_twice(key, first, second))
    return Node(values, first.where, keys={**second.keys, **first.keys})


def _twice(key: str, first: Node, second: Node) -> Problem:
    todo = tr("Keep one of them; the first stands at {where}.", where=first.keys[key])
    return Problem(tr("The key `{key}` is written in two files.", key=key), todo, second.keys[key])
