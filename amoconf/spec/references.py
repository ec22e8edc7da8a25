"""References of a spec: texts become addresses, each checked to lead somewhere and told at its own place."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from amoconf.codecs import suggest
from amoconf.errors import Where
from amoconf.kind import Attr
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Resource
from amoconf.spec.attrs import Notes
from amoconf.spec.node import Node
from amoconf.tongue import tr
from amoconf.values import Address, Value, addresses_in

# Where the texts of a thing's attribute stand.
Nodes = Mapping[tuple[Address, str], Node]


def resolved(account: Account, nodes: Nodes, notes: Notes) -> Account:
    """The account with references as addresses; what leads nowhere is noted."""
    return replace(
        account, resources=tuple(_resolved(item, account, nodes, notes) for item in account.resources)
    )


def _resolved(resource: Resource, account: Account, nodes: Nodes, notes: Notes) -> Resource:
    kind = KINDS[resource.address.kind]
    if not any(attr.name in resource.attrs or attr.name in resource.marks.extras for attr in kind.links):
        return resource  # most things refer to nothing
    attrs, extras = dict(resource.attrs), dict(resource.marks.extras)
    for attr, home in [*((attr, attrs) for attr in kind.attrs), *((attr, extras) for attr in kind.extras)]:
        if attr.codec.resolve is not None and attr.name in home:
            node = nodes.get((resource.address, attr.name))
            known = [
                part
                for text, where in _texts(home[attr.name], node, resource.where)
                for part in _followed(attr, text, resource, account, notes.at(where), home is extras)
            ]
            home[attr.name] = _joined(home.pop(attr.name), known)
    return replace(resource, attrs=attrs, marks=replace(resource.marks, extras=extras))


def _texts(value: Value, node: Node | None, where: Where | None) -> Iterator[tuple[Value, Where | None]]:
    """Each reference by itself, in the form of the whole, with its place."""
    if isinstance(value, Mapping):
        for text, row in value.items():
            yield {text: row}, node.keys.get(text, where) if node else where
    elif isinstance(value, tuple):
        rows = node.value if node is not None and isinstance(node.value, list) else []
        for index, text in enumerate(value):
            yield (text,), rows[index].where if index < len(rows) else where
    else:
        yield value, node.where if node else where


def _followed(
    attr: Attr, text: Value, resource: Resource, account: Account, notes: Notes, moves: bool
) -> Iterator[Value]:
    """What one reference means, if anything."""
    assert attr.codec.resolve is not None
    try:
        value = attr.codec.resolve(text, resource.address)
    except ValueError as error:
        notes.add(None, f"{resource.address}: {attr.name}: {error}")
        return
    for address in addresses_in(value):
        fault = _fault(address, account, moves or not resource.marks.leaves)
        if fault:
            notes.add(None, f"{resource.address}: {attr.name}: {fault}")
    yield value


def _joined(value: Value, known: list[Value]) -> Value:
    """References that were followed, in the form in which they came."""
    if isinstance(value, Mapping):
        return {key: row for part in known for key, row in part.items()}
    if isinstance(value, tuple):
        return tuple(sorted({address for part in known for address in part}))
    return known[0] if known else None


def _fault(address: Address, account: Account, stays: bool) -> str:
    """Why a reference leads nowhere; "" where it does lead somewhere. stays: what refers is there to stay."""
    target = account.get(address)
    if target is not None:
        return (
            tr("{address} is to be absent", address=address)
            if target.marks.absent is not None and stays
            else ""
        )
    parent = parent_of(address)
    if parent is not None and account.get(parent) is None:
        near = suggest(parent.key, [item.address.key for item in account.of(parent.kind)])
        return tr("there is no {address}", address=parent) + near
    if address.key in (*KINDS[address.kind].reserved, "*"):
        return ""
    rivals = account.within(address.kind, address.home)
    named = [item.address.key for item in rivals if item.attrs.get("name") == address.key]
    near = (
        tr("; its key is {key!r}", key=named[0])
        if named
        else suggest(address.key, [item.address.key for item in rivals])
    )
    return tr("there is no {address}", address=address) + near
