"""A found account as the text of a spec: short, in people's own words, with references by key and secrets put aside."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.kind import Attr, Home, Kind
from amoconf.kinds import children_of, sections
from amoconf.model import Account, Resource
from amoconf.sections import VERSION
from amoconf.spec.hiding import Hiding
from amoconf.spec.listing import Listing, listing
from amoconf.spec.node import Template, escape
from amoconf.spec.remarks import Head, header, remarks
from amoconf.spec.write import Commented, Writable, write
from amoconf.values import Address, Value, plain

Tree = dict[str, Any]


@dataclass(frozen=True)
class Dump:
    """text: the spec. secrets: values of its ${secret:NAME}s. listing: what it lists and what it leaves out."""

    text: str
    secrets: Mapping[str, str]
    listing: Listing


def dump(found: Account, head: Head, only: Collection[str] = ()) -> Dump:
    """The spec of an account that was read and adopted against nothing. only: kinds to write; all where it is empty."""
    listed = listing(found, only)
    writing = Writing(listed)
    body: Tree = {"amoconf": VERSION, "account": head.account}
    for section, homes in sections().items():
        below = writing.section(homes)
        if below:
            body[section] = below
    text = f"{header(head, listed)}\n{write(body)}"
    return Dump(text, writing.hiding.secrets, listed)


class Writing:
    """The listed things as nested maps and lists of plain values."""

    def __init__(self, listed: Listing) -> None:
        self.listed = listed
        self.wanted = listed.wanted
        self.hiding = Hiding()

    def section(self, homes: Sequence[tuple[Kind, Home]]) -> Writable:
        """What stands under one key of the top level, told what it is; nothing where there is nothing."""
        tree: dict[str, Writable] = {}
        for kind, home in homes:
            below = self._scopes(kind, home)
            if below:
                tree[home.key.partition(".")[2]] = Commented(_escaped(below), remarks(kind, self.listed))
        return tree.get("", tree)

    def _scopes(self, kind: Kind, home: Home) -> Any:
        if not home.scopes:
            return self.things(kind, ())
        levels = {scope: self.things(kind, (scope,)) for scope in home.scopes}
        return {scope: below for scope, below in levels.items() if below}

    def things(self, kind: Kind, home: tuple[str, ...], inline: tuple[str, ...] = ()) -> Any:
        """The things of one home: a list where a name says everything, else a map."""
        items = [item for item in self._in_order(kind, home) if item.address.key not in inline]
        bodies = {item.address.key: self.body(kind, item) for item in items}
        needs_more = any(attr.required for attr in kind.attrs)
        if bodies and not any(bodies.values()) and not needs_more:
            return list(bodies)
        return {key: self._short(kind, body) for key, body in bodies.items()}

    def _in_order(self, kind: Kind, home: tuple[str, ...]) -> list[Resource]:
        """As in the account; those that share an order (fields of a tab) stand together."""
        groups: dict[Any, list[Resource]] = {}
        for item in self.wanted.within(kind.name, home):
            groups.setdefault(kind.siblings(item), []).append(item)
        return [item for group in groups.values() for item in group]

    def body(self, kind: Kind, item: Resource) -> Tree:
        """The map of one thing; a name that is the key is left out."""
        tree: Tree = {}
        for attr in kind.attrs:
            if attr.name in item.attrs and not attr.inner and not _is_key(kind, attr, item):
                _put(tree, attr.name, self._value(kind, attr, item))
            if attr.name == kind.identity:
                tree |= _marks(item)
        for child, home in children_of(kind.name):
            path = (*home.prefix, *item.address.path)
            below = self.things(child, path, home.inline)
            if below:
                tree[home.key] = below
            tree |= dict(self._inline(child, home, path))
        return tree

    def _inline(self, kind: Kind, home: Home, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for key in home.inline:
            item = self.wanted.get(Address(kind.name, (*path, key)))
            if item is not None:
                yield key, self._short(kind, self.body(kind, item))

    def _short(self, kind: Kind, body: Tree) -> Any:
        value = body.get(kind.short)
        return value if len(body) == 1 and isinstance(value, str | Template) else body

    def _value(self, kind: Kind, attr: Attr, item: Resource) -> Value:
        value = item.attrs[attr.name]
        if attr.codec.secret:
            return self.hiding.hide(str(plain(value)), f"{kind.name} {item.address.key}")
        return attr.codec.dump(value)


def _marks(item: Resource) -> Tree:
    return {
        **({"twin": item.marks.twin} if item.marks.twin else {}),
        **({"archived": item.marks.archived} if item.marks.archived else {}),
    }


def _is_key(kind: Kind, attr: Attr, item: Resource) -> bool:
    return attr.name == kind.identity and item.attrs[attr.name] == item.address.key


def _put(tree: Tree, name: str, value: Any) -> None:
    """Dots in a name are maps in maps."""
    *path, last = name.split(".")
    for part in path:
        tree = tree.setdefault(part, {})
    tree[last] = value


def _escaped(value: Any) -> Writable:
    """Texts as they have to stand in a spec, so that no "${" of the account is taken for a variable."""
    if isinstance(value, Mapping):
        return {escape(key): _escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(item) for item in value]
    if isinstance(value, Template):
        return value.source
    return escape(value) if isinstance(value, str) else value
