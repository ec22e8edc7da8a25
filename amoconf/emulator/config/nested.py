"""The tree of a category field: a write brings all of it, new parents named by request id (config C7.5)."""

from typing import Any

from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.store import Store, Thing

NESTED = Key(
    "array",
    items=Key(
        "object",
        keys={
            "id": Key("int"),
            "parent_id": Key("int", null=True),
            "value": Key("string", required=True, blank=False, max=255),
            "sort": Key("int"),
            "request_id": Key("string"),
            "parent_request_id": Key("string", null=True),
        },
    ),
)


def faults(items: list[Thing], held: list[Thing]) -> list[Fault]:
    """Unknown ids, parents that this write does not bring, trees that bite their own tail."""
    free = {node["id"] for node in held}
    found = []
    for index, item in enumerate(items):
        if "id" in item and item["id"] not in free:
            found.append(fault("NotSupportedChoice", f"nested.{index}.id"))
        free.discard(item.get("id"))
    parents = _parents(items)
    for index, item in enumerate(items):
        named, key = _named(item)
        if named is not None and (parents[index] is None or _circles(index, parents)):
            found.append(fault("NotSupportedChoice", f"nested.{index}.{key}"))
    return found


def replaced(store: Store, items: list[Thing]) -> list[Thing]:
    """Nodes with ids, parents before children, siblings numbered from 0 (the documented example does so)."""
    ids = [item["id"] if "id" in item else store.count("nested") for item in items]
    children: dict[int | None, list[int]] = {}
    for index, parent in enumerate(_parents(items)):
        children.setdefault(parent, []).append(index)
    return _branch(items, ids, children, None)


def _branch(
    items: list[Thing], ids: list[int], children: dict[int | None, list[int]], parent: int | None
) -> list[Thing]:
    rows = []
    order = sorted(children.get(parent, []), key=lambda index: int(items[index].get("sort", 0)))
    for place, index in enumerate(order):
        above = None if parent is None else ids[parent]
        rows.append({"id": ids[index], "parent_id": above, "value": items[index]["value"], "sort": place})
        rows += _branch(items, ids, children, index)
    return rows


def _parents(items: list[Thing]) -> list[int | None]:
    """Of each item the index of its parent; None for roots and for parents that are not among the items."""
    by_id: dict[Any, int] = {item["id"]: index for index, item in enumerate(items) if "id" in item}
    by_request = {item["request_id"]: index for index, item in enumerate(items) if "request_id" in item}
    known = {"parent_id": by_id, "parent_request_id": by_request}
    return [known[key].get(named) for named, key in map(_named, items)]


def _named(item: Thing) -> tuple[Any, str]:
    """What an item calls its parent, and the key under which it does."""
    if item.get("parent_request_id") is not None:
        return item["parent_request_id"], "parent_request_id"
    return item.get("parent_id"), "parent_id"


def _circles(index: int, parents: list[int | None]) -> bool:
    above = parents[index]
    for _ in parents:
        if above is None:
            return False
        above = parents[above]
    return True
