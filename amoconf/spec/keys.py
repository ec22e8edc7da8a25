"""Keys for the things of a live account: their names where that is possible, made-up ones where it is not."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from amoconf.kind import Kind
from amoconf.kinds import KINDS, children_of, home_of, parent_of
from amoconf.model import Account, Resource
from amoconf.spec.hiding import host
from amoconf.values import Address, normal, plain, rewrite

# "*" stands for all things of a home in references.
TAKEN = ("*",)


def title(kind: Kind, item: Resource) -> str:
    """What people call a thing; a URL is one too."""
    return normal(str(plain(item.attrs.get(kind.identity)) or ""))


def keyed(found: Account, is_left_out: Callable[[Resource], bool]) -> Account:
    """The account in the addresses that a spec of it would use, references included.

    What is left out takes the keys that the others leave.
    """
    names: dict[Address, Address] = {}
    for kind in KINDS.values():
        homes: dict[tuple[str, ...], list[Resource]] = {}
        for item in found.of(kind.name):
            homes.setdefault(_home(item.address, names), []).append(item)
        for home, items in homes.items():
            names |= _named(kind, home, items, is_left_out)
    return replace(found, resources=tuple(_renamed(item, names) for item in found.resources))


def _home(address: Address, names: dict[Address, Address]) -> tuple[str, ...]:
    parent = parent_of(address)
    return (*home_of(address).prefix, *names[parent].path) if parent is not None else address.home


def _named(
    kind: Kind, home: tuple[str, ...], items: Iterable[Resource], is_left_out: Callable[[Resource], bool]
) -> dict[Address, Address]:
    def rank(item: Resource) -> tuple[bool, bool, bool, int]:
        natural = made_up(kind, item) == title(kind, item)
        return (not item.reserved, is_left_out(item), not natural, item.place)

    names: dict[Address, Address] = {}
    taken: set[str] = set()
    for item in sorted(items, key=rank):
        key = item.reserved or _free(made_up(kind, item), {*taken, *kind.reserved, *TAKEN})
        taken.add(key)
        names[item.address] = Address(kind.name, (*home, key))
    return names


def made_up(kind: Kind, item: Resource) -> str:
    """The key that a thing would have if it were alone."""
    name = title(kind, item)
    if kind.by_name[kind.identity].codec.secret:
        return host(name) or kind.name
    return (name.replace("/", "-") if any(children_of(kind.name)) else name) or f"#{item.id}"


def _free(key: str, taken: Collection[str]) -> str:
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free


def _renamed(item: Resource, names: dict[Address, Address]) -> Resource:
    """The thing under its new address; what no list shows is called by its id below its parent."""

    def called(address: Address) -> Address:
        if address in names:
            return names[address]
        parent = parent_of(address)
        known = names.get(parent) if parent is not None else None
        return (
            Address(address.kind, (*home_of(address).prefix, *known.path, address.key)) if known else address
        )

    attrs = {name: rewrite(value, called) for name, value in item.attrs.items()}
    return replace(item, address=names[item.address], attrs=attrs)


def twins(account: Account) -> dict[Address, int]:
    """Which of several things with one name each is, counted by id from 1; those whose name is their own are not in it."""
    named: dict[tuple[str, tuple[str, ...], str], list[Resource]] = {}
    for item in account.resources:
        if not item.reserved:
            name = title(KINDS[item.address.kind], item)
            named.setdefault((item.address.kind, item.address.home, name), []).append(item)
    return {
        item.address: number
        for items in named.values()
        if len(items) > 1
        for number, item in enumerate(sorted(items, key=lambda item: str(item.id).zfill(20)), 1)
    }
