"""A YAML file as a tree of values that remember where they were written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from amoconf.errors import Where
from amoconf.tongue import later, tr


@dataclass(frozen=True, slots=True, order=True)
class SecretName:
    """The name of a secret, never its value."""

    name: str

    def __str__(self) -> str:
        return f"${{secret:{self.name}}}"


@dataclass(frozen=True, slots=True)
class Template:
    """Text with secrets in it that are not filled in; `str()` of it is safe to show anywhere."""

    parts: tuple[str | SecretName, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    @property
    def names(self) -> tuple[str, ...]:
        """The secrets it needs, in the order of the text."""
        return tuple(part.name for part in self.parts if isinstance(part, SecretName))

    @property
    def source(self) -> str:
        """The text as it has to stand in a spec to be read as this template again."""
        return "".join(escape(part) if isinstance(part, str) else str(part) for part in self.parts)


Scalar: TypeAlias = str | int | float | bool | Template | None
Value: TypeAlias = "dict[str, Node] | list[Node] | Scalar"
Plain: TypeAlias = "dict[str, Plain] | list[Plain] | Scalar"

_NO_KEYS: Mapping[str, Where] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a YAML file.

    `text` is a scalar as written, without its quotes (None for maps and lists), so that `010` and `1e3`
    can be told from 10 and 1000.0. `quoted` is true for '…', "…", | and >. `keys` holds where each key of
    a map stands.
    """

    value: Value
    where: Where
    text: str | None = None
    quoted: bool = False
    keys: Mapping[str, Where] = field(default_factory=lambda: _NO_KEYS)

    @property
    def form(self) -> str:
        """What it is, in the words of a message: "a map", "text", "a number" …"""
        return tr(_FORMS[type(self.value)])

    def get(self, key: str) -> "Node | None":
        """The value under `key`; None where there is none, or where this is no map."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def plain(self) -> Plain:
        """The bare values, nested; a text with secrets stays a Template."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    @property
    def children(self) -> Iterable["Node"]:
        """The values of a map or list; a scalar has none."""
        if isinstance(self.value, dict):
            return self.value.values()
        return self.value if isinstance(self.value, list) else ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the file."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if type(node.value) in (dict, list):
                waiting.extend(reversed([*node.children]))


_FORMS = {
    dict: later("a map"),
    list: later("a list"),
    str: later("text"),
    Template: later("text with a secret"),
    int: later("a number"),
    float: later("a number"),
    bool: later("true or false"),
    type(None): later("nothing"),
}


def secrets_in(node: Node) -> tuple[tuple[str, Where], ...]:
    """Every secret named in or below `node`: its name, and the place of the text that uses it."""
    found = (child for child in node.walk() if isinstance(child.value, Template))
    return tuple((name, child.where) for child in found for name in _names(child.value))


def _names(value: Value) -> tuple[str, ...]:
    return value.names if isinstance(value, Template) else ()


def escape(text: str) -> str:
    """`text` as it has to stand in a spec, so that no `${` in it is taken for a variable."""
    return text.replace("${", "$${")
