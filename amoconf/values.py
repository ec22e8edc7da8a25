"""Plain values and what they may hold: addresses, ids to come, secrets.

Canonical values (inside) are plain and never changed in place: text, numbers, booleans, None, Address, tuples,
dicts.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Value = Any


@dataclass(frozen=True, order=True)
class Address:
    """What a thing is called in a spec: `kind/scope/key`; only the last segment may hold a "/"."""

    kind: str
    path: tuple[str, ...]

    def __post_init__(self) -> None:
        # Addresses are keys everywhere: of ten thousand things each is looked up dozens of times.
        object.__setattr__(self, "_hash", hash((self.kind, self.path)))

    def __hash__(self) -> int:
        known: int = self.__dict__["_hash"]
        return known

    def __str__(self) -> str:
        return "/".join((self.kind, *self.path))

    @property
    def key(self) -> str:
        """The last segment."""
        return self.path[-1]

    @property
    def home(self) -> tuple[str, ...]:
        """All segments but the last: the scope, or the path of the parent."""
        return self.path[:-1]


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
    if isinstance(value, Address):
        return change(value)
    if isinstance(value, Mapping):
        return {rewrite(key, change): rewrite(item, change) for key, item in value.items()}
    if isinstance(value, tuple):
        items = tuple(rewrite(item, change) for item in value)
        return tuple(sorted(items)) if items and all(isinstance(item, Address) for item in items) else items
    return value
