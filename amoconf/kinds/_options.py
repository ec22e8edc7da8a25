"""The whole list of options that each write of a field must carry (config page C7.4, official): unlisted ones too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, Change, View
from amoconf.model import Resource
from amoconf.values import Address


def new_enums(kind: str, options: Iterable[Resource]) -> dict[str, Any]:
    """The list of a field that is being made."""
    if kind == "category":
        return {"nested": _nodes(list(options))}
    return {"enums": [_enum(item, index) for index, item in enumerate(options)]}


def enums(field: Resource, changes: tuple[Change, ...], view: View) -> dict[str, Any]:
    """The full list after the changes: every live option with its id, in the wanted order."""
    home = field.address.path
    found = {item.address: item for item in view.found.within("option", home)}
    now = {**found, **{item.address: merged(item, found.get(item.address)) for item in changes}}
    kept = [now[address] for address in _order(changes, tuple(found)) if address in now]
    if field.attrs["type"] == "category":
        return {"nested": _nodes(kept)}
    return {"enums": [_enum(item, index) for index, item in enumerate(kept)]}


def merged(change: Change, found: Resource | None) -> Resource:
    """The option as it will be."""
    if found is None:
        assert change.want is not None
        return change.want
    return found.with_map(change.after)


def _order(changes: tuple[Change, ...], found: tuple[Address, ...]) -> list[Address]:
    # Nodes of a category have a sequence under each parent; other options one for all.
    target = [address for change in changes for address in change.target]
    made = [change.address for change in changes if change.action == CREATE]
    order = list(dict.fromkeys((*target, *found, *made)))
    gone = {change.address for change in changes if change.action == DELETE}
    last = [change.address for change in changes if change.action == ARCHIVE]
    return [address for address in order if address not in gone and address not in last] + last


def _enum(option: Resource, index: int) -> dict[str, Any]:
    code = {"code": option.attrs["code"]} if option.attrs.get("code") else {}
    return {**_own(option), "value": option.attrs["name"], "sort": index + 1, **code}


def _own(option: Resource) -> dict[str, Any]:
    return {"id": option.id} if option.id else {}


def _nodes(options: Sequence[Resource]) -> list[dict[str, Any]]:
    """A tree as one list, parents before what lies under them; each node counts among its siblings."""
    below: dict[Address | None, list[Resource]] = {}
    known = {item.address: item for item in options}
    for item in options:
        under = item.attrs.get("under")
        below.setdefault(under if under in known else None, []).append(item)
    rows: list[dict[str, Any]] = []

    def grow(parent: Resource | None) -> None:
        for index, item in enumerate(below.pop(parent.address if parent else None, ())):
            rows.append(_node(item, index, _parent(parent)))
            grow(item)

    grow(None)
    # Nodes that would lie under one another stay where they are: what the list does not carry is deleted.
    lost = [item for items in below.values() for item in items]
    return rows + [_node(item, 0, {"parent_id": item.raw.get("parent_id")}) for item in lost]


def _node(option: Resource, index: int, parent: Mapping[str, Any]) -> dict[str, Any]:
    own = _own(option) or {"request_id": letters(option.address)}
    return {**own, **parent, "value": option.attrs["name"], "sort": index}


def _parent(node: Resource | None) -> dict[str, Any]:
    """A node that is being made is known by its request_id, one that is there by its id (config page C7.5)."""
    if node is None or node.id:
        return {"parent_id": node.id if node else None}
    return {"parent_request_id": letters(node.address)}


def letters(address: Address) -> str:
    """The request_id of a node that is being made: letters and digits only (config page C7.5)."""
    return "n" + "/".join(address.path).encode().hex()
