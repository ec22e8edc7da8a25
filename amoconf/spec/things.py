"""Things from YAML: every kind's homes walked, each thing becomes a Resource; references are still text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from amoconf.codecs import Codec
from amoconf.errors import Where
from amoconf.kind import Attr, Home, Kind
from amoconf.kinds import KINDS, children_of
from amoconf.model import Marks, Resource
from amoconf.sections import MARKS
from amoconf.spec.attrs import Notes, Tree, load_tree, load_value, tree_of, unknown
from amoconf.spec.node import Node, Template
from amoconf.tongue import tr
from amoconf.values import Address, Value, normal

COMMON = tuple(attr.name for attr in MARKS if attr.name not in ("archived", "absent"))
UNMARKED = Marks()


@dataclass(frozen=True)
class Form:
    """What the things of a kind look like in a spec, worked out once for all of them.

    children: kinds below, with their homes there. tree: attributes as `load_tree` wants them. marks: what a spec asks
    about a thing besides these, by key; extras: those of them that are the kind's own. others: keys of things below and
    of marks. required: names of attributes.
    """

    children: tuple[tuple[Kind, Home], ...]
    tree: Tree
    marks: Mapping[str, Attr]
    extras: tuple[str, ...]
    others: tuple[str, ...]
    required: tuple[str, ...]


@cache
def form_of(name: str) -> Form:
    """The form of a kind, by its name."""
    kind = KINDS[name]
    children = tuple(children_of(name))
    below = (*(home.key for _, home in children), *(key for _, home in children for key in home.inline))
    extras = {attr.name: _open(attr) for attr in kind.extras}
    marks = {attr.name: attr for attr in MARKS if attr.name in (*COMMON, *kind.verbs)}
    return Form(
        children,
        tree_of(attr for attr in kind.attrs if not attr.inner),
        {**marks, **extras},
        tuple(extras),
        (*below, *COMMON, *kind.verbs, *extras),
        tuple(attr.name for attr in kind.attrs if attr.required),
    )


@dataclass
class Reader:
    """Collects resources and problems while the tree is walked. nodes: where references stand."""

    secrets: Callable[[Template], str | None]
    notes: Notes = field(default_factory=Notes)
    resources: list[Resource] = field(default_factory=list)
    nodes: dict[tuple[Address, str], Node] = field(default_factory=dict)

    def home(self, kind: Kind, home: Home, node: Node, path: tuple[str, ...]) -> None:
        """All things of one home: a map, a list of names, or a level of scopes first."""
        if not home.scopes:
            self.things(kind, node, path)
            return
        if not isinstance(node.value, dict):
            self.notes.add(
                node.where,
                tr(
                    "{section}: a map by {scopes} is expected here",
                    section=home.key,
                    scopes=", ".join(home.scopes),
                ),
            )
            return
        for scope, child in node.value.items():
            if scope in home.scopes:
                self.things(kind, child, (*path, scope))
            else:
                unknown(scope, node, home.scopes, self.notes, home.key)

    def things(self, kind: Kind, node: Node, path: tuple[str, ...]) -> None:
        """The things of one section or scope, in their order."""
        for place, (key, body, where) in enumerate(self._entries(kind, node)):
            self.thing(kind, Address(kind.name, (*path, key)), body, where, place)

    def _entries(self, kind: Kind, node: Node) -> Iterator[tuple[str, Node, Where]]:
        if isinstance(node.value, dict):
            seen: set[str] = set()
            for key, child in node.value.items():
                where = node.keys.get(key, child.where)
                if normal(key) in seen:
                    self.notes.add(
                        where, tr("{key!r} stands twice here", key=normal(key)), tr("keep one of them")
                    )
                    continue
                seen.add(normal(key))
                yield normal(key), child, where
        elif isinstance(node.value, list):
            yield from self._listed(kind, node.value)
        else:
            todo = (
                tr("write {} for none")
                if node.value is None
                else tr("write {key: {name: …}} or [name, name]")
            )
            self.notes.add(
                node.where, tr("{kind}s are expected here, as a map or a list", kind=kind.called), todo
            )

    def _listed(self, kind: Kind, items: list[Node]) -> Iterator[tuple[str, Node, Where]]:
        seen: set[str] = set()
        for item in items:
            if not isinstance(item.value, str) or not item.value.strip():
                todo = tr('write "{text}"', text=item.text) if item.text else tr("write the names as text")
                self.notes.add(
                    item.where, tr("names are expected in this list, not {form}", form=item.form), todo
                )
                continue
            key = normal(item.value)
            if key in seen:
                self.notes.add(item.where, tr("{key!r} is listed twice", key=key), tr("leave one out"))
                continue
            seen.add(key)
            yield key, Node({}, item.where), item.where

    def thing(self, kind: Kind, address: Address, node: Node, where: Where, place: int) -> None:
        """One thing and all that lies under it."""
        form = form_of(kind.name)
        if not address.key or (form.children and "/" in address.key):
            self.notes.add(
                where,
                tr("the key {key!r} must not be empty or hold a '/'", key=address.key),
                tr("give it a key and a name:"),
            )
        body = self._body(kind, node)
        if body is None:
            return
        values = load_tree(
            form.tree, body, self.notes, what=address, others=form.others, secrets=self.secrets
        )
        values.setdefault(kind.identity, address.key)
        marks = self._marks(form, body)
        self._required(form, body, marks, where, address)
        self._note_references(kind, body, address)
        self.resources.append(Resource(address, values, place=place, marks=marks, where=where))
        self._children(form, body, address)

    def _body(self, kind: Kind, node: Node) -> Node | None:
        """The map of a thing; plain text is short for one attribute."""
        if isinstance(node.value, dict):
            return node
        if node.value is None:
            self.notes.add(
                node.where, tr("there is nothing here"), tr("write {} where there is nothing to say")
            )
            return None
        if isinstance(node.value, list):
            self.notes.add(
                node.where, tr("a {kind} is a map, not a list", kind=kind.called), tr("write {name: …}")
            )
            return None
        return Node({kind.short: node}, node.where, keys={kind.short: node.where})

    def _marks(self, form: Form, body: Node) -> Marks:
        values: dict[str, Value] = {}
        assert isinstance(body.value, dict)
        for key, child in body.value.items():
            if key in form.marks:
                load_value(form.marks[key], child, self.notes, values, self.secrets)
        if not values:
            return UNMARKED
        extras = {name: values.pop(name) for name in form.extras if name in values}
        if values.get("archived") and values.get("absent"):
            self.notes.add(body.where, tr("archived and absent exclude each other"), tr("keep one of them"))
        if values.get("protected") and (values.get("archived") or values.get("absent")):
            self.notes.add(
                body.where, tr("it is protected and to be taken away"), tr("take protected off first")
            )
        return Marks(**values, extras=extras)

    def _required(self, form: Form, body: Node, marks: Marks, where: Where, address: Address) -> None:
        for name in form.required:
            if body.get(name) is None and not marks.leaves:
                self.notes.add(
                    where,
                    tr("{address}: {name} is missing", address=address, name=name),
                    tr("add {name}: …", name=name),
                )

    def _note_references(self, kind: Kind, body: Node, address: Address) -> None:
        for attr in kind.links:
            node = body.get(attr.name)
            if node is not None:
                self.nodes[address, attr.name] = node

    def _children(self, form: Form, body: Node, address: Address) -> None:
        for kind, home in form.children:
            path = (*home.prefix, *address.path)
            below = body.get(home.key)
            if below is not None:
                self.home(kind, home, below, path)
            for key in home.inline:
                child = body.get(key)
                if child is not None:
                    self.thing(
                        kind, Address(kind.name, (*path, key)), child, body.keys.get(key, child.where), -1
                    )


def _open(attr: Attr) -> Attr:
    """Extras may hold secrets where their schema is an open map (widget settings)."""
    if attr.codec.schema != {"type": "object"}:
        return attr
    codec = Codec(attr.codec.schema, attr.codec.load, secret=True)
    return Attr(attr.name, codec, attr.about)
