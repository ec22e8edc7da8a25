"""What of a live account a spec lists, and what it leaves out and why."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from amoconf.changes import View
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Marks, Resource
from amoconf.spec.keys import keyed, title, twins
from amoconf.spec.said import complaint, mended, said, same
from amoconf.tongue import tr
from amoconf.values import Address, addresses_in

ARCHIVED, PLATFORM = "archived", "platform"
# The reason that a spec gives for what import found in the archive.
AT_REST = "в архиве с тех пор, как файл записан"


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
    account = keyed(found, lambda item: bool(reason(item, found)))
    scope = _scope(account, only)
    unsaid: dict[Address, str] = {}
    while True:
        listed = _listed(account, scope, unsaid)
        wanted, dropped, more = _written(account, listed)
        if not more:
            break
        unsaid |= more
    archived = tuple(
        item.address
        for item in account.resources
        if item.address in scope and item.address not in listed and reason(item, account) == ARCHIVED
    )
    return Listing(wanted, account, archived, unsaid, dropped)


def _scope(account: Account, only: Collection[str]) -> set[Address]:
    """Things of these kinds, those above them and those below them."""
    scope: set[Address] = set()
    for item in account.resources:
        line = list(_line(item.address))
        if not only or any(address.kind in only for address in line):
            scope.update(line)
    return scope


def _line(address: Address | None) -> Iterator[Address]:
    """A thing, what it lies under, and so on."""
    while address is not None:
        yield address
        address = parent_of(address)


def reason(item: Resource, account: Account) -> str:
    """Why a thing is not listed for its own sake; "" where it is."""
    kind = KINDS[item.address.kind]
    if title(kind, item).startswith(account.settings.archive_prefix) or is_at_rest(item, account):
        return ARCHIVED
    if kind.usual(item):
        return PLATFORM
    return ARCHIVED if item.aside else ""


def is_at_rest(item: Resource, account: Account) -> bool:
    """Whether archiving the thing would change nothing."""
    kind = KINDS[item.address.kind]
    if kind.archive is None:
        return False
    after = kind.archive(item, View(replace(account, resources=()), account))
    return all(same(item.attrs.get(name), value) for name, value in after.items())


def _listed(account: Account, scope: Collection[Address], unsaid: Collection[Address]) -> set[Address]:
    """Addresses to list: what is listed for its own sake, and what that refers to."""
    listed: set[Address] = set()
    waiting = [item.address for item in _in_making_order(account) if not reason(item, account)]
    while waiting:
        address = waiting.pop(0)
        item, parent = account.get(address), parent_of(address)
        fits = address in scope and address not in unsaid and address not in listed
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
    things = {item.address: _thing(item, view) for item in items}
    unsaid = {
        item.address: text
        for item in items
        if (text := complaint(KINDS[item.address.kind], things[item.address], item))
    }
    unsaid |= _mixed_up(account, items, listed)
    if unsaid:
        return account, {}, unsaid
    return _checked(account, things)


def _thing(item: Resource, view: View) -> Resource:
    """What the spec says of a thing. One at rest is listed only because others name it: it stays as it is."""
    kind = KINDS[item.address.kind]
    thing = said(kind, item, view)
    if not is_at_rest(item, view.found):
        return thing
    attrs = {name: value for name, value in thing.attrs.items() if name == kind.identity}
    return replace(thing, attrs=attrs, marks=Marks(archived=AT_REST))


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
                wrong[item.address] = tr("another one has the same name and cannot be listed")
    return wrong


def _checked(account: Account, things: Mapping[Address, Resource]) -> Round:
    """What the loader would complain of is dropped: an attribute where that helps, else the thing."""
    whole = replace(account, resources=tuple(things.values()))
    unsaid, dropped, result, numbers = {}, {}, [], twins(account)
    for thing in things.values():
        kind = KINDS[thing.address.kind]
        good, wrong = mended(kind, thing, whole)
        if wrong:
            unsaid[thing.address] = wrong
        lost = tuple(name for name in thing.attrs if name not in good.attrs)
        if lost:
            dropped[thing.address] = lost
        result.append(replace(good, marks=replace(good.marks, twin=numbers.get(thing.address, 0))))
    return replace(account, resources=tuple(result)), dropped, unsaid
