"""Plain values and what they may hold: addresses, ids to come, secrets.

Canonical values (inside) are plain and never changed in place: text, numbers, booleans, None, Address, tuples,
dicts.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Value = Any


class Address:
    """What a thing is called in a spec: `kind/scope/key`; only the last segment may hold a "/".

    Equal addresses are one object, so comparing and looking up cost nothing: of ten thousand things each is looked up
    dozens of times (script/bench --peers).
    """

    __slots__ = ("home", "key", "kind", "path")
    kind: str
    path: tuple[str, ...]
    key: str  # the last segment
    home: tuple[str, ...]  # all segments but the last: the scope, or the path of the parent

    def __new__(cls, kind: str, path: tuple[str, ...]) -> "Address":
        """The one address of these words."""
        known = _ADDRESSES.get((kind, path))
        return known if known is not None else _ADDRESSES.setdefault((kind, path), cls._made(kind, path))

    @classmethod
    def _made(cls, kind: str, path: tuple[str, ...]) -> "Address":
        made = object.__new__(cls)
        for name, value in (
            ("kind", kind),
            ("path", path),
            ("key", path[-1] if path else ""),
            ("home", path[:-1]),
        ):
            object.__setattr__(made, name, value)
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(name)

    def __reduce__(self) -> tuple[type["Address"], tuple[str, tuple[str, ...]]]:
        """Copies are the same object."""
        return Address, (self.kind, self.path)

    def __lt__(self, other: "Address") -> bool:
        return (self.kind, self.path) < (other.kind, other.path)

    def __repr__(self) -> str:
        return f"Address({self.kind!r}, {self.path!r})"

    def __str__(self) -> str:
        return "/".join((self.kind, *self.path))


_ADDRESSES: dict[tuple[str, tuple[str, ...]], Address] = {}


# Most values are of these types, which hold nothing inside.
SCALARS = frozenset({str, int, float, bool, type(None)})


def are_scalars(values: Iterable[Value]) -> bool:
    """Whether there is nothing inside any of these values: asked first of the thousands of things that are plain."""
    return SCALARS.issuperset(map(type, values))


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """A name as names are compared: Unicode NFC, trimmed."""
    return unicodedata.normalize("NFC", text).strip()


@dataclass(frozen=True)
class Ref:
    """The id of this address in a path or body, known at the latest when the step that makes the thing has run."""

    address: Address


@dataclass(frozen=True)
class Hidden:
    """A text with a secret in it: `shown` names the secret, `value` is known only in memory (None: not given)."""

    shown: str
    value: str | None = field(repr=False, compare=True)

    def __str__(self) -> str:
        return self.shown


def plain(value: Value) -> Value:
    """The real value, secrets included: for comparing and sending, never for showing."""
    return value.value if isinstance(value, Hidden) else value


def unknown_in(value: Value) -> Iterator[Hidden]:
    """Every text inside a value whose secret was not given."""
    if isinstance(value, Hidden) and value.value is None:
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from unknown_in(item)
    elif isinstance(value, tuple | list):
        for item in value:
            if type(item) not in SCALARS:
                yield from unknown_in(item)


def addresses_in(value: Value) -> Iterator[Address]:
    """Every address inside a value."""
    if isinstance(value, Address):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from addresses_in(key)
            yield from addresses_in(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from addresses_in(item)


def rewrite(value: Value, change: Callable[[Address], Address]) -> Value:
    """The value with each address in it changed; tuples of addresses stay sorted."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, Address):
        return change(value)
    if isinstance(value, Mapping):
        return {rewrite(key, change): rewrite(item, change) for key, item in value.items()}
    if isinstance(value, tuple):
        items = tuple(rewrite(item, change) for item in value)
        return tuple(sorted(items)) if items and all(isinstance(item, Address) for item in items) else items
    return value
