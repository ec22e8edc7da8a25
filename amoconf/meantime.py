"""An account at several moments, in the same addresses: what an apply has left that was gone on with later."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from amoconf.kinds import KINDS, home_of, parent_of
from amoconf.model import Account, Resource
from amoconf.values import Address, rewrite

Names = Mapping[Address, Address]


def _by_id(account: Account) -> dict[Address, Address]:
    """Address → the same with ids instead of keys, which no rename changes; only of things with an id."""
    live: dict[Address, Address] = {}
    for name in KINDS:
        for item in account.of(name):
            if item.id is not None:
                home = _home(item.address, live)
                live[item.address] = Address(name, (*home, f"#{item.id}"))
    return live


def _home(address: Address, names: Names) -> tuple[str, ...]:
    """The home of a thing whose parent is called otherwise."""
    parent = parent_of(address)
    if parent is None or parent not in names:
        return address.home
    return (*home_of(address).prefix, *names[parent].path)


def renamed(account: Account, before: Account) -> Account:
    """The account in the addresses that its things had before."""
    known = {live: address for address, live in _by_id(before).items()}
    names: dict[Address, Address] = {}
    for address, live in _by_id(account).items():
        names[address] = known.get(live) or Address(address.kind, (*_home(address, names), address.key))

    def name(address: Address) -> Address:
        return names.get(address, address)

    things = (
        replace(
            item,
            address=name(item.address),
            attrs={key: rewrite(value, name) for key, value in item.attrs.items()},
        )
        for item in account.resources
    )
    return replace(account, resources=tuple(things))


@dataclass(frozen=True)
class Parts:
    """An account before an apply, as its first part left it, and as its second one found it.

    What people did in between is none of the apply's.
    concerned: what the first part was to change or make.
    """

    before: Account
    left: Account
    found: Account
    concerned: Collection[Address]

    def after(self, now: Account, own: Collection[Address]) -> Account:
        """What both parts have left. now: the account after the second part. own: what that was to change or make."""
        names = dict.fromkeys((*now.index, *self.left.index))
        ours = {name for name in names if name in own or self._is_ours(name, now)}
        rows = [(now if name in ours else self.left).get(name) for name in names]
        # Places are numbers among siblings: those of two moments do not go together.
        mixed = {_family(name) for name in ours}
        return replace(now, resources=tuple(_placed(row, now, mixed) for row in rows if row is not None))

    def _is_ours(self, name: Address, now: Account) -> bool:
        """Whether the second part has changed it, or the first one left it to a person to do."""
        if _state(self.found.get(name)) != _state(now.get(name)):
            return True
        is_open = _state(self.before.get(name)) == _state(self.left.get(name))
        return is_open and name in self.concerned


def _state(item: Resource | None) -> object:
    return None if item is None else (item.id, dict(item.attrs))


def _family(name: Address) -> tuple[str, tuple[str, ...]]:
    return name.kind, name.home


def _placed(item: Resource, now: Account, mixed: Collection[tuple[str, tuple[str, ...]]]) -> Resource:
    there = now.get(item.address)
    return replace(item, place=there.place) if there and _family(item.address) in mixed else item
