"""Reading one YAML file into a tree of nodes, with every problem it has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from amoconf.errors import Problem, SpecError, Where
from amoconf.spec import scalars
from amoconf.spec.characters import decode
from amoconf.spec.node import Node, Scalar
from amoconf.spec.syntax import explain
from amoconf.tongue import later, tr

DEEPEST = 100
MOST_FROM_ALIASES = 10_000
_TEXT_AS_KEY = later("Write text; where it begins with { [ or *, put it in quotes.")


def parse(text: bytes | str, file: str) -> Node:
    """The tree of one YAML file, called `file` in messages. Raises SpecError with every problem found."""
    node, problems = scan(text, file)
    if node is None or problems:
        raise SpecError(problems)
    return node


def scan(text: bytes | str, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree as far as it can be used, and every problem of the file.

    Without a tree there is at least one problem. With problems, the tree lacks what they are about.
    """
    source, problems = decode(text, file)
    if source is None:
        return None, problems
    tree = _Tree(file, problems)
    try:
        for event in yaml.parse(source, Loader=yaml.CBaseLoader):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        return None, [*problems, explain(error, source, file)]
    except _Hopeless as error:
        return None, [*problems, error.problem]
    if tree.empty:
        todo = tr("Write the spec, or remove the file.")
        problems.append(Problem(tr("The file is empty."), todo, Where(file, 1, 1)))
    return tree.root, problems


class _Hopeless(Exception):
    """Reading on makes no sense after this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A map or list that is not finished. `key` is the map's key that waits for its value."""

    node: Node
    anchor: str | None
    count: int
    keys: dict[str, Where]
    key: str | None = None
    refused: bool = False  # the key was refused: drop its value

    @property
    def wants_key(self) -> bool:
        """Whether the next node is a key of this map."""
        return self.key is None and not self.refused and isinstance(self.node.value, dict)

    def add(self, node: Node) -> None:
        """The next item, or the value of the waiting key."""
        if isinstance(self.node.value, list):
            self.node.value.append(node)
        elif isinstance(self.node.value, dict) and self.key is not None:
            self.node.value[self.key] = node
        self.key, self.refused = None, False


class _Tree:
    """Takes the parser's events one by one. Anchored blocks hold no aliases: no alias grows another."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.root: Node | None = None
        self._file = file
        self._problems = problems
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._from_aliases = 0
        self._steps: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._map,
            yaml.SequenceStartEvent: self._list,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    @property
    def empty(self) -> bool:
        """Whether nothing but comments was found."""
        return self.root is None or (self.root.value is None and not self.root.text)

    def take(self, event: yaml.Event) -> None:
        """The next event of the parser."""
        step = self._steps.get(type(event))
        if step is not None:
            step(event)

    def _where(self, event: yaml.Event) -> Where:
        mark = event.start_mark
        assert mark is not None  # CParser marks every event
        return Where(self._file, mark.line + 1, mark.column + 1)

    def _complain(self, what: str, todo: str, where: Where) -> None:
        self._problems.append(Problem(what, todo, where))

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        if self.root is not None:
            todo = tr("Keep one document in a file; put the others in files under `include`.")
            raise _Hopeless(Problem(tr("A second document begins here."), todo, self._where(event)))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        where = self._where(event)
        text, quoted = event.value, bool(event.style)
        if event.tag is not None:
            self._tag(event.tag, where)
        if self._stack and self._stack[-1].wants_key:
            node = None
            self._key(text, quoted, where)
        else:
            node = Node(text if quoted else self._resolve(text, where), where, text, quoted)
            self._add(node, where)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node or Node(text, where, text, quoted), 1)

    def _resolve(self, text: str, where: Where) -> Scalar:
        try:
            return scalars.resolve(text)
        except ValueError:
            self._complain(tr("This number is too large."), tr("If it is text, put it in quotes."), where)
            return None

    def _tag(self, tag: str, where: Where) -> None:
        todo = tr("Remove the tag; put text in quotes.")
        self._complain(tr("Tags such as `{tag}` are not used in a spec.", tag=_short_tag(tag)), todo, where)

    def _key(self, key: str, quoted: bool, where: Where) -> None:
        top = self._stack[-1]
        refusal = None if quoted else _refusal(key)
        if refusal is not None:
            self._complain(*refusal, where)
        elif key in top.keys:
            todo = tr("Keep one of them; the first stands at {where}.", where=top.keys[key])
            self._complain(tr("The key `{key}` stands twice in this map.", key=key), todo, where)
        else:
            top.key, top.keys[key] = key, where
        top.refused = top.key is None

    def _add(self, node: Node, where: Where) -> None:
        self._count += 1
        if not self._stack:
            self.root = node
        elif self._stack[-1].wants_key:
            self._complain(tr("A key must be one line of text."), tr(_TEXT_AS_KEY), where)
            self._stack[-1].refused = True
        else:
            self._stack[-1].add(node)

    def _map(self, event: yaml.MappingStartEvent) -> None:
        keys: dict[str, Where] = {}
        node = Node({}, self._where(event), keys=keys)
        self._open(event, _Open(node, event.anchor, self._count, keys=keys))

    def _list(self, event: yaml.SequenceStartEvent) -> None:
        self._open(event, _Open(Node([], self._where(event)), event.anchor, self._count, keys={}))

    def _open(self, event: yaml.CollectionStartEvent, opened: _Open) -> None:
        where = opened.node.where
        if event.tag is not None:
            self._tag(event.tag, where)
        self._stack.append(opened)
        self._check_depth(len(self._stack), where)

    def _check_depth(self, depth: int, where: Where) -> None:
        if depth > DEEPEST:
            raise _Hopeless(
                Problem(
                    tr("Nested more than {deepest} deep.", deepest=DEEPEST), tr("Use fewer levels."), where
                )
            )

    def _close(self, _: yaml.Event) -> None:
        done = self._stack.pop()
        self._add(done.node, done.node.where)
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.node, self._count - done.count)

    def _alias(self, event: yaml.AliasEvent) -> None:
        where = self._where(event)
        node, size = self._anchors.get(event.anchor or "", (None, 0))
        self._from_aliases += size
        if self._from_aliases > MOST_FROM_ALIASES:
            what = tr("References repeat more than {most} values.", most=MOST_FROM_ALIASES)
            raise _Hopeless(Problem(what, tr("Write the values out, or use fewer references."), where))
        if node is not None:
            self._check_depth(len(self._stack) + _height(node), where)
        if node is None:
            todo = tr(
                "If this is text, put it in quotes; a reference needs `&{anchor}` before it.",
                anchor=event.anchor,
            )
            self._complain(tr("`*{anchor}` refers to nothing.", anchor=event.anchor), todo, where)
        elif any(opened.anchor for opened in self._stack):
            node = None
            what = tr("`*{anchor}` stands inside a block marked with `&`.", anchor=event.anchor)
            self._complain(what, tr("Write the values out."), where)
        self._add(Node(None, where, f"*{event.anchor}") if node is None else node, where)


def _refusal(key: str) -> tuple[str, str] | None:
    if key == "<<":
        return tr("Merging with `<<` is not part of YAML 1.2."), tr("Write the keys out.")
    if not key:
        return tr("A key is missing before the colon."), tr('Write the key; an empty one as "".')
    if key != key.strip():
        return tr("A key begins or ends with an invisible space."), tr('Remove it, or put the key in "…".')
    return None


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!", 1)


def _height(node: Node) -> int:
    return 1 + max(map(_height, node.children), default=0) if isinstance(node.value, dict | list) else 0
