"""Which live thing is which wanted one: found things get the spec's addresses, references included.

Rungs, each tried for all things of a home before the next: lock id, code, exact name, archived name, `was`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from amoconf.changes import View
from amoconf.errors import Problem
from amoconf.kind import Kind
from amoconf.kinds import KINDS, home_of, parent_of
from amoconf.kinds._doubts import (
    barred,
    emptied_lists,
    never_called,
    several,
    taken_codes,
)
from amoconf.lookalikes import look_alikes
from amoconf.model import Account, Resource
from amoconf.values import Address, Value, are_scalars, normal, rewrite


@dataclass(frozen=True)
class Adopted:
    """Both sides in the spec's addresses. old: predecessors of another type, by the address that replaces them."""

    wanted: Account
    found: Account
    old: Mapping[Address, Resource] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()

    @property
    def view(self) -> View:
        """What step functions look at."""
        return View(self.wanted, self.found)


def adopt(wanted: Account, found: Account, ids: Mapping[Address, int | str]) -> Adopted:
    """`ids`: what the lock remembers. Problems are ambiguities that a person must settle; nothing is guessed."""
    matching = Matching(wanted, ids)
    for kind in KINDS.values():
        matching.kind(kind, list(found.of(kind.name)))
    adopted = (matching.adopted(item) for item in found.resources)
    resources = tuple(KINDS[item.address.kind].settle(item) for item in adopted)
    named = replace(found, resources=resources)
    view = View(wanted, named)
    old = {address: matching.adopted(item) for address, item in matching.old.items()}
    there = {**named.index, **old}  # what is replaced has what is kept as found
    complete = tuple(
        KINDS[item.address.kind].complete(item, there.get(item.address), view) for item in wanted.resources
    )
    doubts = (*look_alikes(wanted, named), *barred(old, view), *taken_codes(old, view))
    problems = (*matching.problems, *doubts, *emptied_lists(view))
    if any(one is not other for one, other in zip(complete, wanted.resources, strict=True)):
        wanted = replace(wanted, resources=complete)
    return Adopted(wanted, named, old, problems, tuple(matching.notices))


class Matching:
    """The map from live addresses to the spec's, as it grows from parents to children."""

    def __init__(self, wanted: Account, ids: Mapping[Address, int | str]) -> None:
        self.wanted = wanted
        self.ids = ids
        self.names: dict[Address, Address] = {}
        self.used: set[Address] = set()
        self.old: dict[Address, Resource] = {}
        self.aside: set[Address] = set()
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []

    def kind(self, kind: Kind, live: Sequence[Resource]) -> None:
        """All things of one kind, home by home."""
        # Also where the account has nothing: a `was` that matches nothing is told.
        homes: dict[tuple[str, ...], list[Resource]] = {
            item.address.home: [] for item in self.wanted.of(kind.name)
        }
        for items in _listed(live, lambda item: item.address.home).values():
            homes.setdefault(self.home(items[0].address), []).extend(items)
        for home, items in homes.items():
            wanted = self.wanted.within(kind.name, home)
            pairs = Pairs(kind, wanted, items, self)
            pairs.climb()
            for address, have in pairs.chosen.items():
                self.call(have, address)
            self._name_rest(kind, home, items)

    def call(self, item: Resource, address: Address) -> None:
        """From now on a live thing is called so."""
        self.names[item.address] = address
        self.used.add(address)

    def home(self, address: Address) -> tuple[str, ...]:
        """The home of a live thing in the spec's words."""
        parent = parent_of(address)
        if parent is None:
            return address.home
        above = self.names.get(parent, parent)
        return (*home_of(address).prefix, *above.path)

    def _name_rest(self, kind: Kind, home: tuple[str, ...], items: Sequence[Resource]) -> None:
        """Unlisted things are called by their name, and by name and id where that is taken."""
        prefix = self.wanted.settings.archive_prefix
        for item in sorted(items, key=lambda item: not item.reserved):
            if item.address in self.names:
                continue
            self.call(item, self._free(kind, home, item))
            if kind.title(item).startswith(prefix) or kind.aside(item, self.wanted.settings):
                self.aside.add(item.address)

    def _free(self, kind: Kind, home: tuple[str, ...], item: Resource) -> Address:
        """An address that nobody has. A name that may hold a secret is never part of one."""
        secret = kind.by_name[kind.identity].codec.secret
        key = item.reserved or ("" if secret else kind.title(item)) or f"#{item.id}"
        address = Address(kind.name, (*home, key))
        while address in self.used or (address in self.wanted.index and not item.reserved):
            key = f"{key}#{item.id}"
            address = Address(kind.name, (*home, key))
        return address

    def name(self, address: Address) -> Address:
        """The spec's address of a live one; of a thing that no list shows, its id under its parent's address."""
        if address in self.names or not address.path[-1].startswith("#"):
            return self.names.get(address, address)
        return Address(address.kind, (*self.home(address), address.key))

    def adopted(self, item: Resource) -> Resource:
        """The live thing under its new address."""
        attrs = item.attrs
        if not are_scalars(attrs.values()):
            attrs = {name: rewrite(value, self.name) for name, value in attrs.items()}
        aside = item.aside or item.address in self.aside
        return item.but(address=self.names.get(item.address, item.address), attrs=attrs, aside=aside)


def _listed(items: Iterable[Resource], key: Callable[[Resource], Value]) -> dict[Value, list[Resource]]:
    """Things by what they are looked up by, in the order of their ids."""
    found: dict[Value, list[Resource]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _present(item: Resource | None) -> list[Resource]:
    return [item] if item is not None else []


class Pairs:
    """The things of one home, wanted and live, and who is whom so far."""

    def __init__(
        self, kind: Kind, wanted: Sequence[Resource], live: Sequence[Resource], around: Matching
    ) -> None:
        self.k = kind
        self.wanted = wanted
        self.open = list(wanted)
        self.live = sorted(live, key=lambda item: str(item.id).zfill(20))
        self.around = around
        self.by_id = {item.id: item for item in self.live}
        self.by_reserved = {item.reserved: item for item in self.live if item.reserved}
        self.by_name = _listed(self.live, lambda item: "" if item.reserved else kind.title(item))
        self.twins = {kind.title(item) for item in wanted if item.marks.twin}
        self.chosen: dict[Address, Resource] = {}
        self.taken: set[Address] = set()

    def climb(self) -> None:
        """All rungs, then what is left over."""
        prefix = self.around.wanted.settings.archive_prefix
        if self.around.ids:
            self.rung(lambda want: _present(self.by_id.get(self.around.ids.get(want.address))))
        if self.by_reserved:
            self.rung(lambda want: _present(self.by_reserved.get(want.address.key)))
        if any(want.attrs.get("code") for want in self.wanted):
            by_code = _listed(self.live, lambda item: item.attrs.get("code"))
            self.rung(lambda want: by_code.get(want.attrs["code"], []) if want.attrs.get("code") else [])
        self.rung(lambda want: self._named(self.k.title(want)), twins=True)
        self.rung(lambda want: self._named(normal(prefix + self.k.title(want))))
        self.rung(
            lambda want: [item for name in want.marks.was for item in self._named(normal(name))], was=True
        )
        self._predecessors()

    def rung(
        self, candidates: Callable[[Resource], Sequence[Resource]], *, twins: bool = False, was: bool = False
    ) -> None:
        """One rung for every thing that has found nobody yet."""
        for want in self.open:
            everyone = candidates(want)
            if len(everyone) == 1 and everyone[0].address not in self.taken:
                self._choose(want, everyone[0])
                continue
            if not everyone and not was:
                continue
            free = self._of_type(want, [item for item in everyone if item.address not in self.taken])
            nth = want.marks.twin or (1 if self._has_twin(want) else 0)
            if twins and nth and len(everyone) >= nth:
                free = [everyone[nth - 1]]
            if len(free) > 1:
                self._ambiguous(want, free)
            elif free:
                self._choose(want, free[0])
            elif was and want.marks.was and not want.marks.leaves:
                self.around.notices.append(never_called(want))
        self.open = [want for want in self.open if want.address not in self.chosen]

    def _choose(self, want: Resource, have: Resource) -> None:
        self.chosen[want.address] = have
        self.taken.add(have.address)

    def _named(self, name: str) -> list[Resource]:
        return self.by_name.get(name, []) if name else []

    def _has_twin(self, want: Resource) -> bool:
        return bool(self.twins) and self.k.title(want) in self.twins

    def _of_type(self, want: Resource, items: list[Resource]) -> list[Resource]:
        """Of several, those of the wanted type: the others are predecessors or strangers."""
        wish = want.attrs.get(self.k.replaces) if self.k.replaces else None
        right = [item for item in items if wish is not None and item.attrs.get(self.k.replaces) == wish]
        return right or items

    def _ambiguous(self, want: Resource, items: list[Resource]) -> None:
        self.chosen[want.address] = items[0]
        self.taken.update(item.address for item in items)
        names = dict.fromkeys(self.k.title(item) for item in items)
        self.around.problems.append(several(want, items, names))

    def _predecessors(self) -> None:
        """A thing of another type is what the wanted one replaces; it keeps a name of its own."""
        if not self.k.replaces:
            return
        for want in self.wanted:
            wish = want.attrs.get(self.k.replaces)
            have = self.chosen.get(want.address)
            if wish is None or want.marks.leaves:
                continue
            if have is not None and have.attrs.get(self.k.replaces) != wish:
                del self.chosen[want.address]
                self._precede(want, have)
                self._successor(want, self.k.title(have))
            elif have is not None and self.k.archive is not None:
                rivals = [
                    item
                    for item in self._named(self.k.title(want))
                    if item.address not in self.taken
                    and item.attrs.get(self.k.replaces) != wish
                    and self.k.precedes(item, want)
                ]
                if len(rivals) == 1:
                    self._precede(want, rivals[0])

    def _precede(self, want: Resource, old: Resource) -> None:
        kind = str(old.attrs.get(self.k.replaces))
        self.around.old[want.address] = old
        self.around.call(old, Address(want.address.kind, (*want.address.home, f"{want.address.key}@{kind}")))
        self.around.aside.add(old.address)
        self.taken.add(old.address)

    def _successor(self, want: Resource, name: str) -> None:
        """The new thing of an unfinished replace may stand there already."""
        wish = want.attrs.get(self.k.replaces)
        names = {name, self.k.title(want), *map(normal, want.marks.was)}
        free = [item for item in self.live if item.address not in self.taken and self.k.title(item) in names]
        fit = [item for item in free if item.attrs.get(self.k.replaces) == wish]
        if len(fit) == 1:
            self._choose(want, fit[0])
