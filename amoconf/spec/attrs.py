"""Attributes from a YAML map: each key loaded by its codec, every problem noted with its place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amoconf.codecs import suggest
from amoconf.errors import Problem, Where
from amoconf.kind import Attr
from amoconf.spec.node import Node, Template
from amoconf.tongue import tr
from amoconf.values import SCALARS, Hidden, Value

Tree = dict[str, Any]


class Notes:
    """Problems in the order in which they are found. where: the place of those that come without one."""

    def __init__(self, problems: list[Problem] | None = None, where: Where | None = None) -> None:
        self.problems = [] if problems is None else problems
        self.where = where

    def at(self, where: Where | None) -> "Notes":
        """The same notes, for something that stands at one place."""
        return Notes(self.problems, where)

    def add(self, where: Where | None, what: str, todo: str = "") -> None:
        """One more."""
        self.problems.append(Problem(what, todo, where or self.where))


def tree_of(attrs: Iterable[Attr]) -> Tree:
    """Attributes by the path that their dots spell: {"rights": {"leads": {"view": Attr}}}."""
    tree: Tree = {}
    for attr in attrs:
        *path, last = attr.name.split(".")
        home = tree
        for part in path:
            home = home.setdefault(part, {})
        home[last] = attr
    return tree


def load_tree(
    tree: Tree, node: Node, notes: Notes, *, what: object, others: Sequence[str] = (), secrets: Any = None
) -> dict[str, Value]:
    """Values by attribute name. Keys in `others` belong to somebody else; unknown ones are problems."""
    values: dict[str, Value] = {}
    if not isinstance(node.value, dict):
        notes.add(
            node.where,
            tr("{what}: a map is expected here, not {form}", what=what, form=node.form),
            tr("write {key: value}"),
        )
        return values
    for key, child in node.value.items():
        home = tree.get(key)
        if isinstance(home, Attr):
            load_value(home, child, notes, values, secrets)
        elif home is not None:
            values |= load_tree(home, child, notes, what=f"{what}.{key}", secrets=secrets)
        elif key not in others:
            unknown(key, node, [*tree, *others], notes, what)
    return values


def unknown(key: str, node: Node, known: Sequence[str], notes: Notes, what: object) -> None:
    """A key that nobody knows."""
    hint = suggest(key, known).removeprefix("; ") or tr("known keys: {keys}", keys=", ".join(sorted(known)))
    notes.add(node.keys.get(key, node.where), tr("{what}: unknown key {key!r}", what=what, key=key), hint)


def load_value(attr: Attr, node: Node, notes: Notes, into: dict[str, Value], secrets: Any = None) -> None:
    """One attribute; its problem names it."""
    if node.value is None:
        todo = tr("leave the key out to leave it unmanaged, or write a value")
        notes.add(node.where, tr("{name}: there is no value", name=attr.name), todo)
        return
    value, hidden = _plain(node, secrets)
    if hidden and not attr.codec.secret:
        notes.add(
            node.where,
            tr("{name}: secrets are allowed only in URLs and widget settings", name=attr.name),
            tr("use ${env:NAME}"),
        )
        return
    try:
        into[attr.name] = attr.codec.load(value)
    except ValueError as error:
        todo = tr('write "{text}"', text=node.text) if _helped_by_quotes(attr, node) else ""
        notes.add(node.where, f"{attr.name}: {error}", todo)


def _helped_by_quotes(attr: Attr, node: Node) -> bool:
    if not isinstance(node.value, bool | int | float):
        return False
    try:
        attr.codec.load(node.text)
    except ValueError:
        return False
    return True


def _plain(node: Node, secrets: Any) -> tuple[Value, bool]:
    """(the value with secrets as Hidden, whether it holds one)."""
    if type(node.value) in SCALARS:
        return node.value, False
    if isinstance(node.value, Template):
        return Hidden(str(node.value), secrets(node.value) if secrets else None), True
    if isinstance(node.value, Mapping):
        items = {key: _plain(child, secrets) for key, child in node.value.items()}
        return {key: value for key, (value, _) in items.items()}, any(hidden for _, hidden in items.values())
    if isinstance(node.value, list):
        rows = [_plain(child, secrets) for child in node.value]
        return [value for value, _ in rows], any(hidden for _, hidden in rows)
    return node.value, False
