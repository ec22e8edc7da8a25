"""The whole list of options that each write of a field must carry (config page C7.4, official): unlisted ones too."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, Change, View
from amoconf.model import Resource
from amoconf.values import Address


def new_enums(kind: str, options: Iterable[Resource]) -> dict[str, Any]:
    """The list of a field that is being made."""
    if kind == "category":
        return {"nested": [_node(item, index, None) for index, item in enumerate(options)]}
    return {"enums": [_enum(item, index, None) for index, item in enumerate(options)]}


def enums(field: Resource, changes: tuple[Change, ...], view: View) -> dict[str, Any]:
    """The full list after the changes: every live option with its id, in the wanted order."""
    home = field.address.path
    found = {item.address: item for item in view.found.within("option", home)}
    now = {**found, **{item.address: merged(item, found.get(item.address)) for item in changes}}
    order = _order(changes, tuple(found))
    kept = [now[address] for address in order if address in now]
    build = _node if field.attrs["type"] == "category" else _enum
    key = "nested" if field.attrs["type"] == "category" else "enums"
    return {key: [build(item, index, item.id) for index, item in enumerate(kept)]}


def merged(change: Change, found: Resource | None) -> Resource:
    """The option as it will be."""
    if found is None:
        assert change.want is not None
        return change.want
    return found.with_map(change.after)


def _order(changes: tuple[Change, ...], found: tuple[Address, ...]) -> list[Address]:
    target = next((change.target for change in changes if change.target), found)
    made = [change.address for change in changes if change.action == CREATE]
    order = list(dict.fromkeys((*target, *found, *made)))
    gone = {change.address for change in changes if change.action == DELETE}
    last = [change.address for change in changes if change.action == ARCHIVE]
    return [address for address in order if address not in gone and address not in last] + last


def _enum(option: Resource, index: int, key: int | str | None) -> dict[str, Any]:
    code = {"code": option.attrs["code"]} if option.attrs.get("code") else {}
    return {**({"id": key} if key else {}), "value": option.attrs["name"], "sort": index + 1, **code}


def _node(option: Resource, index: int, key: int | str | None) -> dict[str, Any]:
    under = option.attrs.get("under")
    own: Mapping[str, Any] = {"id": key} if key else {"request_id": _letters(option.address)}
    parent: Mapping[str, Any] = {"parent_id": None}
    if under is not None:
        parent = {"parent_request_id": _letters(under)}
    if option.raw.get("parent_id"):
        parent = {"parent_id": option.raw["parent_id"]}
    return {**own, **parent, "value": option.attrs["name"], "sort": index}


def _letters(address: Address) -> str:
    """Letters and digits only (config page C7.5)."""
    return "n" + "/".join(address.path).encode().hex()
