"""Things of an account that a spec does not list, put into its text: in their section, in the account's order."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from amoconf.kind import Home, Kind
from amoconf.kinds import KINDS, home_of, parent_of
from amoconf.model import Account, Resource
from amoconf.spec.dump import Writing
from amoconf.spec.editbook import Book
from amoconf.spec.editpage import Page, Path
from amoconf.spec.edittree import Unwritable
from amoconf.spec.editwords import spelt
from amoconf.spec.keys import TAKEN
from amoconf.spec.listing import Listing, listing
from amoconf.values import Address, Value, addresses_in, rewrite


@dataclass(frozen=True)
class News:
    """things: what is to be listed, in the addresses that it will have. found: the whole account in these addresses.

    unsaid: what cannot be listed, and why. names: the new addresses by those that a plan gives unlisted things.
    """

    things: Account
    found: Account
    unsaid: Mapping[Address, str]
    names: Mapping[Address, Address]

    def some(self, wishes: Collection[Address]) -> "News":
        """Only these things, with what lies under them."""
        kept = tuple(
            item for item in self.things.resources if any(above in wishes for above in line(item.address))
        )
        return replace(self, things=replace(self.things, resources=kept))

    @property
    def tops(self) -> tuple[Address, ...]:
        """What lies under nothing else that is new."""
        return tuple(
            item.address
            for item in self.things.resources
            if (above := parent_of(item.address)) is None or self.things.get(above) is None
        )


def line(address: Address | None) -> Iterable[Address]:
    """A thing, what it lies under, and so on."""
    while address is not None:
        yield address
        address = parent_of(address)


def news(base: Account, mine: Account, wanted: Account, only: Collection[str] = ()) -> News:
    """What import would list and the spec does not.

    base, mine: the same found things in the same order, adopted against nothing and against the spec.
    """
    listed = listing(replace(base, settings=wanted.settings), only)
    names = _final(listed.found, mine, wanted)

    def called(address: Address) -> Address:
        parent = parent_of(address)
        if address in names or parent is None:
            return names.get(address, address)
        return Address(address.kind, (*home_of(address).prefix, *called(parent).path, address.key))

    strange = {item.address for item in mine.resources if item.aside}
    here = {
        one.address: other.address for one, other in zip(listed.found.resources, mine.resources, strict=True)
    }
    things: dict[Address, Resource] = {}
    for item in sorted(listed.wanted.resources, key=lambda item: KINDS[item.address.kind].rank):
        address = called(item.address)
        fresh = address not in wanted.index and here[item.address] not in strange
        if fresh and _has_room(address, wanted, things):
            attrs = {name: rewrite(value, called) for name, value in item.attrs.items()}
            things[address] = replace(item, address=address, attrs=attrs)
    known = {*wanted.index, *things}
    kept = tuple(_without_strangers(item, known) for item in things.values())
    now = {
        two.address: names[one.address]
        for one, two in zip(listed.found.resources, mine.resources, strict=True)
    }
    found = replace(mine, resources=tuple(_renamed(item, now) for item in mine.resources))
    unsaid = {called(key): why for key, why in listed.unsaid.items() if called(key) not in wanted.index}
    return News(Account(kept, wanted.settings), found, unsaid, now)


def _renamed(item: Resource, now: Mapping[Address, Address]) -> Resource:
    attrs = {name: rewrite(value, lambda one: now.get(one, one)) for name, value in item.attrs.items()}
    return item.but(address=now[item.address], attrs=attrs)


def _final(keyed: Account, mine: Account, wanted: Account) -> dict[Address, Address]:
    """The addresses that things will have, by those that import would give them."""
    names: dict[Address, Address] = {}
    taken = set(wanted.index)
    pairs = list(zip(keyed.resources, mine.resources, strict=True))
    for kind in KINDS.values():
        for one, other in [pair for pair in pairs if pair[0].address.kind == kind.name]:
            parent = parent_of(one.address)
            home = one.address.home if parent is None else (*home_of(one.address).prefix, *names[parent].path)
            reserved = one.address.key in kind.reserved
            if other.address in wanted.index:
                names[one.address] = other.address
            else:
                names[one.address] = _free(kind, home, one.address.key, taken, reserved=reserved)
            taken.add(names[one.address])
    return names


def _free(kind: Kind, home: Path, key: str, taken: Collection[Address], *, reserved: bool) -> Address:
    number, address = 1, Address(kind.name, (*home, key))
    while not reserved and (address in taken or address.key in TAKEN):
        number += 1
        address = Address(kind.name, (*home, f"{key}-{number}"))
    return address


def _has_room(address: Address, wanted: Account, things: Mapping[Address, Resource]) -> bool:
    """Whether what it lies under is listed, and stays."""
    parent = parent_of(address)
    above = wanted.get(parent) if parent is not None else None
    return parent is None or parent in things or (above is not None and not above.marks.leaves)


def _without_strangers(item: Resource, known: Collection[Address]) -> Resource:
    """The thing without attributes that name what the spec will not list."""
    attrs = {name: value for name, value in item.attrs.items() if all(map(_in(known), addresses_in(value)))}
    return replace(item, attrs=attrs)


def _in(known: Collection[Address]) -> Callable[[Address], bool]:
    def leads(address: Address) -> bool:
        return address in known or address.key in (*TAKEN, *KINDS[address.kind].reserved)

    return leads


class Adding:
    """Writes new things into a book. secrets: those that are kept already; `writing.hiding` adds to them."""

    def __init__(self, book: Book, wanted: Account, fresh: News, secrets: Mapping[str, str]) -> None:
        self.book = book
        self.wanted = wanted
        self.fresh = fresh
        self.writing = Writing(Listing(fresh.things, fresh.found))
        self.writing.hiding.secrets.update(secrets)
        self.placed: dict[Address, tuple[Page, Path]] = {}

    def add(self, address: Address) -> None:
        """One thing with all that lies under it. Unwritable says why not, and where."""
        kind, home = KINDS[address.kind], home_of(address)
        with self.book.whole():
            body = spelt(self._body(kind, address))
            above = self._above(address, home)
            if address.key in home.inline:
                self._page(above).insert(above, spelt(address.key), body)
                return
            path = (*above, *home.key.split(".")) if home.under else self._section(address, home)
            page = self._page(path)
            key = spelt(address.key)
            if page.depth(path) < len(path):
                page.put(path, [key] if body == {} else {key: body}, opened=True)
            else:
                self._insert(page, path, kind, address, key, body)
            self.placed[address] = (page, (*path, key))

    def _body(self, kind: Kind, address: Address) -> Any:
        """As import writes it: the thing alone in its home, so that its own lines are made."""
        item = self.fresh.things.index[address]
        body = self.writing.body(kind, item)
        value = body.get(kind.short)
        return value if len(body) == 1 and isinstance(value, str) else body

    def _section(self, address: Address, home: Home) -> Path:
        return (*home.key.split("."), *(address.home if home.scopes else ()))

    def _above(self, address: Address, home: Home) -> Path:
        """The path of what the thing lies under, made a map where it is written short."""
        parent = parent_of(address)
        above = self.wanted.get(parent) if parent is not None else None
        if above is None or parent is None:
            return ()
        page, path = self.book.place(above.where)
        page.open_map(path, KINDS[parent.kind].short)
        return path

    def _page(self, path: Path) -> Page:
        return self.book.holder(path)

    def _insert(self, page: Page, path: Path, kind: Kind, address: Address, key: str, body: Any) -> None:
        after = self._place(page, path, kind, address)
        if page.at(path).form == "list":
            if body == {}:
                page.insert_item(path, key, after)
                return
            page.list_to_map(path)
        page.insert(path, key, body, after=after)

    def _place(self, page: Page, path: Path, kind: Kind, address: Address) -> int:
        """How many entries stand before it: behind its neighbour in the account where siblings have an order."""
        keys = [entry.key.text for entry in page.at(path).entries]
        if not kind.order:
            return len(keys)
        item = self.fresh.found.index[address]
        row = [
            other.address
            for other in self.fresh.found.within(kind.name, address.home)
            if kind.siblings(other) == kind.siblings(item)
        ]
        at = row.index(address)
        for near, more in [*((one, 1) for one in reversed(row[:at])), *((one, 0) for one in row[at + 1 :])]:
            key = self._key_in(page, path, near)
            if key in keys:
                return keys.index(key) + more
        return len(keys)

    def _key_in(self, page: Page, path: Path, address: Address) -> str | None:
        """The key of a thing, where it stands in this map or list of this page."""
        want = self.wanted.get(address)
        if want is not None and want.where is not None and not want.marks.leaves:
            try:
                there = self.book.place(want.where)
            except Unwritable:
                return None
        elif address in self.placed:
            there = self.placed[address]
        else:
            return None
        same: Value = there[0] is page and there[1][:-1] == path
        return there[1][-1] if same else None
