"""Every kind of thing, one file each; they are found by listing this folder, so none can be forgotten."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache

from amoconf.kind import Home, Kind
from amoconf.tongue import tr
from amoconf.values import Address


def _load() -> dict[str, Kind]:
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    kinds = [importlib.import_module(f"{__name__}.{name}").KIND for name in names]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.rank, kind.name))}


# By name, in the order in which things are made.
KINDS: Mapping[str, Kind] = _load()


@lru_cache(maxsize=65_536)
def home_of(address: Address) -> Home:
    """The home that an address belongs to."""
    for home in KINDS[address.kind].homes:
        if home.prefix and address.path[: len(home.prefix)] == home.prefix:
            return home
    return next(home for home in KINDS[address.kind].homes if not home.prefix)


@lru_cache(maxsize=65_536)
def parent_of(address: Address) -> Address | None:
    """The thing that this one lies under, or None at the top."""
    home = home_of(address)
    if not home.under:
        return None
    return Address(home.under, address.path[len(home.prefix) : -1])


def children_of(name: str) -> Iterator[tuple[Kind, Home]]:
    """The kinds that lie under a kind, with their homes there."""
    for kind in KINDS.values():
        for home in kind.homes:
            if home.under == name:
                yield kind, home


def sections() -> dict[str, list[tuple[Kind, Home]]]:
    """Top-level keys of the spec with the kinds that stand there."""
    found: dict[str, list[tuple[Kind, Home]]] = {}
    for kind in KINDS.values():
        for home in kind.homes:
            if not home.under:
                found.setdefault(home.key.split(".")[0], []).append((kind, home))
    return found


def places() -> dict[str, tuple[str, ...]]:
    """What `manage` may name: a section, or a section and a scope; with the kind and scope that it means."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in KINDS.values():
        for home in kind.homes:
            if not home.under:
                name = home.key.split(".")[-1]
                scoped: dict[str, tuple[str, ...]] = {
                    f"{name}/{scope}": (kind.name, scope) for scope in home.scopes
                }
                found.update(scoped or {name: (kind.name,)})
    return found


def undocumented() -> list[str]:
    """What `allow_undocumented` may name: sections whose kinds have a channel besides the documented one."""
    return [home.key for kind in KINDS.values() if kind.channel_of for home in kind.homes]


def parse_address(text: str) -> Address:
    """`kind/scope/key` as text; ValueError names what is wrong."""
    name, _, rest = text.partition("/")
    if name not in KINDS:
        raise ValueError(tr("{name!r} is no kind; known: {known}", name=name, known=", ".join(KINDS)))
    return Address(name, _segments(KINDS[name], rest))


def _segments(kind: Kind, rest: str) -> tuple[str, ...]:
    for prefix, count in sorted(shapes(kind), reverse=True):
        parts = tuple(rest.split("/", count - 1))
        if len(parts) == count and all(parts) and parts[: len(prefix)] == prefix:
            return parts
    raise ValueError(tr("{name}/{rest} has too few segments", name=kind.name, rest=rest))


def shapes(kind: Kind) -> Iterator[tuple[tuple[str, ...], int]]:
    """(first segments, number of segments) of the addresses of a kind, one pair for each place it stands in."""
    for home in kind.homes:
        above = list(shapes(KINDS[home.under])) if home.under else [((), int(bool(home.scopes)))]
        for prefix, count in above:
            yield (*home.prefix, *prefix), len(home.prefix) + count + 1
