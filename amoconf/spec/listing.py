"""What of a live account a spec lists, and what it leaves out and why."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from amoconf.changes import View
from amoconf.kind import Kind
from amoconf.kinds import KINDS, children_of, parent_of
from amoconf.model import Account, Resource
from amoconf.spec.keys import keyed, title, twin
from amoconf.spec.said import complaint, mended, said, same
from amoconf.values import Address, addresses_in

ARCHIVED, PLATFORM = "archived", "platform"


@dataclass(frozen=True)
class Listing:
    """wanted: the things to list, as the spec will hold them. found: the whole account in the same addresses.

    archived: left out because nobody uses them any more. unsaid: left out because the language has no words for
    them, with the reason. dropped: attributes of listed things that no spec may hold together.
    """

    wanted: Account
    found: Account
    archived: tuple[Address, ...] = ()
    unsaid: Mapping[Address, str] = field(default_factory=dict)
    dropped: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)


def listing(found: Account, only: Collection[str] = ()) -> Listing:
    """What to list. only: kinds, with what they lie under and what lies under them; all kinds where it is empty."""
    kinds = related(only) if only else frozenset(KINDS)
    account = keyed(found, lambda item: bool(reason(item, found)))
    unsaid: dict[Address, str] = {}
    while True:
        listed = _listed(account, kinds, unsaid)
        wanted, dropped, more = _written(account, listed)
        if not more:
            break
        unsaid |= more
    archived = tuple(
        item.address
        for item in account.resources
        if item.address.kind in kinds and item.address not in listed and reason(item, account) == ARCHIVED
    )
    return Listing(wanted, account, archived, unsaid, dropped)


def related(only: Collection[str]) -> frozenset[str]:
    """The kinds, those above them and those below them."""
    above, below = set(only), set(only)
    for kind in reversed(list(KINDS.values())):
        above |= {home.under for home in kind.homes if home.under and kind.name in above}
    for name in KINDS:
        below |= {child.name for child, _ in children_of(name) if name in below}
    return frozenset(above | below)


def reason(item: Resource, account: Account) -> str:
    """Why a thing is not listed for its own sake; "" where it is."""
    kind = KINDS[item.address.kind]
    if _is_archived(kind, item, account):
        return ARCHIVED
    if kind.usual(item):
        return PLATFORM
    return ARCHIVED if item.aside else ""


def _is_archived(kind: Kind, item: Resource, account: Account) -> bool:
    if title(kind, item).startswith(account.settings.archive_prefix):
        return True
    if kind.archive is None:
        return False
    after = kind.archive(item, View(replace(account, resources=()), account))
    return all(same(item.attrs.get(name), value) for name, value in after.items())


def _listed(account: Account, kinds: Collection[str], unsaid: Collection[Address]) -> set[Address]:
    """Addresses to list: what is listed for its own sake, and what that refers to."""
    listed: set[Address] = set()
    waiting = [item.address for item in _in_making_order(account) if not reason(item, account)]
    while waiting:
        address = waiting.pop(0)
        item, parent = account.get(address), parent_of(address)
        fits = address.kind in kinds and address not in unsaid and address not in listed
        if item is None or not fits or not (parent is None or parent in listed):
            continue
        listed.add(address)
        waiting += _meant(item, account)
    return listed


def _in_making_order(account: Account) -> Iterator[Resource]:
    for name in KINDS:
        yield from account.of(name)


def _meant(item: Resource, account: Account) -> Iterable[Address]:
    """Things that the attributes of a listed one name. Rows by stage or list are for its kind to shorten."""
    for attr in KINDS[item.address.kind].attrs:
        value = item.attrs.get(attr.name)
        if isinstance(value, Address | tuple):
            yield from (address for address in addresses_in(value) if _needs_listing(address, account))


def _needs_listing(address: Address, account: Account) -> bool:
    target = account.get(address)
    return target is not None and not target.reserved


Round = tuple[Account, dict[Address, tuple[str, ...]], dict[Address, str]]


def _written(account: Account, listed: Collection[Address]) -> Round:
    """(the listed things as a spec holds them, attributes dropped, things that cannot be listed after all)."""
    items = [item for item in account.resources if item.address in listed]
    view = View(replace(account, resources=tuple(items)), account)
    things = {item.address: said(KINDS[item.address.kind], item, view) for item in items}
    unsaid = {
        item.address: text
        for item in items
        if (text := complaint(KINDS[item.address.kind], things[item.address], item))
    }
    unsaid |= _mixed_up(account, items, listed)
    if unsaid:
        return account, {}, unsaid
    return _checked(account, things)


def _mixed_up(account: Account, items: Iterable[Resource], listed: Collection[Address]) -> dict[Address, str]:
    """Of things of one name, all are listed or none, where an unlisted one of another type would be taken for a
    predecessor that waits to be replaced."""
    wrong = {}
    for item in items:
        kind = KINDS[item.address.kind]
        rivals = account.within(kind.name, item.address.home) if kind.replaces else ()
        for other in rivals:
            apart = other.attrs.get(kind.replaces) != item.attrs.get(kind.replaces) and not other.fixed
            if apart and other.address not in listed and title(kind, other) == title(kind, item):
                wrong[item.address] = "another one has the same name and cannot be listed"
    return wrong


def _checked(account: Account, things: Mapping[Address, Resource]) -> Round:
    """What the loader would complain of is dropped: an attribute where that helps, else the thing."""
    whole = replace(account, resources=tuple(things.values()))
    unsaid, dropped, result = {}, {}, []
    for thing in things.values():
        kind = KINDS[thing.address.kind]
        good, wrong = mended(kind, thing, whole)
        if wrong:
            unsaid[thing.address] = wrong
        lost = tuple(name for name in thing.attrs if name not in good.attrs)
        if lost:
            dropped[thing.address] = lost
        found = account.index[thing.address]
        result.append(replace(good, marks=replace(good.marks, twin=twin(kind, found, account))))
    return replace(account, resources=tuple(result)), dropped, unsaid
