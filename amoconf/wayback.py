"""The way back from an apply: what is wanted again, what cannot come back, and what others have changed since.

Three states are compared: before the apply, after it, and now. What stands as the apply left it goes back; what
somebody has changed since is told and left alone.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from amoconf.changes import View
from amoconf.diff import attribute_changes
from amoconf.errors import Problem
from amoconf.kind import Kind
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Marks, Resource
from amoconf.revisit import MOVE_DEALS, addresses, alike
from amoconf.snapshot import Snapshot, kept
from amoconf.spec.said import mended, said
from amoconf.standing import arranged
from amoconf.tongue import later, tr
from amoconf.values import Address, Hidden, Value, addresses_in

RESTED, AT_REST = later("it was archived before"), later("archived already")
# A role is deleted only once nobody has it, and the service deletes no pipeline that holds deals (official: config
# page C4). Everything else that can be archived may hold data of which a snapshot knows nothing.
LEFT = later("left as it is")
LOSE_NOTHING = ("pipeline", "role")
NEW_ID, SECRET, UNSAYABLE, STAYS, PROTECTED = "new_id", "secret", "unsayable", "stays", "protected"


@dataclass(frozen=True)
class Lost:
    """What does not come back. cause: new_id (made anew, data gone; `detail`: attributes that it lacks), secret (only its hash was kept), unsayable (the
    service would not take it; `detail` says why), stays (archived, not deleted, for it may hold data), protected
    (made by the apply, and left alone)."""

    address: Address
    cause: str
    detail: str = ""


@dataclass(frozen=True)
class Back:
    """wanted: all things of the snapshot that are there, those to change with what they shall have."""

    wanted: Account
    notices: tuple[Problem, ...]
    lost: tuple[Lost, ...]


def _without(value: Value, gone: Collection[Address]) -> Value:
    """The value without the links to some things."""
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if key not in gone}
    return tuple(item for item in value if item not in gone) if isinstance(value, tuple) else value


def _without_own(value: Value, made: Collection[Address]) -> Value:
    """Without the rows that deny everything on what was made: the service adds them by itself (config page C10)."""
    if not isinstance(value, Mapping):
        return value
    silent = {key for key, row in value.items() if isinstance(row, Mapping) and set(row.values()) == {"none"}}
    return _without(value, silent & set(made))


def at_rest(item: Resource, view: View) -> bool:
    """Whether a thing is archived already."""
    archive = KINDS[item.address.kind].archive
    return archive is not None and not attribute_changes(item.attrs, archive(item, view))


def _says(kind: Kind, name: str, value: Value) -> bool:
    """Whether a value is more than what everything of its kind has anyway."""
    attr = kind.by_name[name]
    if isinstance(value, Address) and value.key in KINDS[value.kind].reserved:
        return False
    return not attr.inner and value not in (None, "", (), {}) and not alike(value, attr.default)


def way_back(
    snapshot: Snapshot,
    found: Account,
    key: bytes,
    deals: Mapping[Address, bool] | None = None,
    protected: Collection[Address] = (),
    ours: Collection[Address] = (),
) -> Back:
    """The way. found: the account now, in the snapshot's addresses. deals: whether some stand there, where it is known.
    ours: what an interrupted undo has had to do with, on the same way: nobody else's doing."""
    return Search(snapshot, found, key, deals or {}, protected, ours).back()


@dataclass
class Search:
    """Looks for the way back, thing by thing."""

    snapshot: Snapshot
    found: Account
    key: bytes
    deals: Mapping[Address, bool] = field(default_factory=dict)
    protected: Collection[Address] = ()
    ours: Collection[Address] = ()
    wants: dict[Address, Resource] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before, self.after = self.snapshot.before, self.snapshot.after
        self.view = View(self.before, self.found)
        ours = [item.address for item in self.after.resources if self.snapshot.concerns(item.address)]
        self.made = {address for address in ours if address not in self.before.index}
        ours = [item.address for item in self.before.resources if self.snapshot.concerns(item.address)]
        self.gone = {address for address in ours if address not in self.after.index}

    def back(self) -> Back:
        """The way."""
        for address in addresses(self.snapshot):
            before, after = self.before.get(address), self.after.get(address)
            if before is not None and after is not None:
                self._changed(before, after)
            elif before is not None:
                self._deleted(before)
            elif after is not None:
                self._created(after)
        wanted = self._linked()
        order, moved = arranged(wanted, self.found, self.before, self.after)
        for address in [address for address in moved if address not in self.ours]:
            self._notice(address, later("was put elsewhere among its siblings by somebody since"))
        return Back(Account(tuple(order), self.before.settings), tuple(self.notices), tuple(self.lost))

    def _now(self, item: Resource) -> Resource | None:
        """The thing as it is now, if it still is that thing."""
        now = self.found.get(item.address)
        there = now is not None and KINDS[item.address.kind].exists(now)
        return now if there and now is not None and item.id in (None, now.id) else None

    def _notice(self, address: Address, text: str, todo: str = LEFT, **values: object) -> None:
        self.notices.append(Problem(f"{address} {tr(text, **values)}", tr(todo), address=str(address)))

    def _want(self, now: Resource, attrs: Mapping[str, Value], marks: Marks | None = None) -> None:
        """Something of a thing that is there, with what nothing of its kind can be without."""
        kind = KINDS[now.address.kind]
        marks = marks or Marks(archived=tr(AT_REST) if not attrs and at_rest(now, self.view) else None)
        names = [attr.name for attr in kind.attrs if attr.required or attr.name == kind.identity]
        own = {name: now.attrs[name] for name in names if name in now.attrs}
        self.wants[now.address] = Resource(now.address, {**own, **attrs}, place=now.place, marks=marks)

    def _changed(self, before: Resource, after: Resource) -> None:
        now, moved = self._now(before), self._moved(before, after)
        if now is None:
            if moved:
                gone = later("is not in the account any more")
                self._notice(before.address, gone, later("nothing is undone about it"))
            return
        state = kept(now, self.key).attrs
        own = [name for name in moved if not alike(state.get(name), before.attrs[name])]
        others = [name for name in own if not alike(state.get(name), after.attrs[name])]
        secret = [name for name in own if isinstance(before.attrs[name], Hidden) and name not in others]
        if others:
            changed = later("was changed by somebody since the apply ({names})")
            self._notice(before.address, changed, names=", ".join(others))
        self.lost += [Lost(before.address, SECRET, name) for name in secret]
        back = {name: before.attrs[name] for name in own if name not in others and name not in secret}
        if at_rest(before, self.view):
            self._want(now, {}, None if others else Marks(archived=tr(RESTED)))
        else:
            self._want(now, back)

    def _moved(self, before: Resource, after: Resource) -> list[str]:
        """What the apply changed: of other things only links to what it made or deleted, which the service cut."""
        known = KINDS[before.address.kind].by_name
        names = [name for name in before.attrs if name in known and name in after.attrs]
        left = {name: _without_own(after.attrs[name], self.made) for name in names}
        names = [name for name in names if not alike(before.attrs[name], left[name])]
        if names and not self.snapshot.concerns(before.address):
            names = [name for name in names if self._is_aside(before, after, name)]
            if names:
                text = later("was not in the plan, but its {names} changed with the apply")
                self._notice(before.address, text, later("it goes back too"), names=", ".join(names))
        return names

    def _is_aside(self, before: Resource, after: Resource, name: str) -> bool:
        """Whether the service changed something along with what the plan changed: a cut link, another main pipeline.

        Rows for what was made leave with it.
        """
        was, then = before.attrs[name], after.attrs[name]
        if self.gone & {*addresses_in(was)}:
            return True
        alike_kinds = {address.kind for address in self.snapshot.touched}
        return before.address.kind in alike_kinds and not alike(was, _without(then, self.made))

    def _deleted(self, before: Resource) -> None:
        address, kind = before.address, KINDS[before.address.kind]
        now, parent = self.found.get(address), parent_of(address)
        if now is not None and kind.exists(now):
            if now.id != before.id and address in self.gone and address not in self.ours:
                self._notice(address, later("was made again by somebody since the apply"))
            self._want(now, {})
        elif address in self.gone and (parent is None or parent in self.wants or self.found.get(parent)):
            self._make_anew(kind, before)

    def _make_anew(self, kind: Kind, before: Resource) -> None:
        secret = [name for name, value in before.attrs.items() if isinstance(value, Hidden)]
        if secret:
            self.lost.append(Lost(before.address, SECRET, secret[0]))
            return
        thing, wrong = mended(kind, said(kind, before, View(self.before, self.before)), self.before)
        wrong = wrong or kind.unmakable(before)
        if not wrong:
            self.wants[before.address] = replace(thing, id=None, fixed=False, marks=Marks(new=True))
        if before.reserved:
            return
        gaps = [
            name for name in before.attrs if name not in thing.attrs and _says(kind, name, before.attrs[name])
        ]
        self.lost.append(Lost(before.address, UNSAYABLE if wrong else NEW_ID, wrong or ", ".join(gaps)))

    def _created(self, after: Resource) -> None:
        now, address = self._now(after), after.address
        if now is None:
            return
        if after.reserved or parent_of(address) in self.made or (self._is_own(now) and self._is_used(now)):
            self._want(now, {})
            return
        if address in self.protected:
            self.lost.append(Lost(address, PROTECTED))
            self._want(now, {})
            return
        if after.id is None:
            by_name = later("is taken for what the apply made by its name: its id was not noted")
            self._notice(address, by_name, "")
        state = kept(now, self.key).attrs
        names = [name for name in after.attrs if name in state and not alike(after.attrs[name], state[name])]
        if names and after.id is not None and address not in self.ours:
            changed = later("was changed by somebody since ({names})")
            self._notice(address, changed, later("it is taken away all the same"), names=", ".join(names))
        marks = self._leaving(KINDS[address.kind], now)
        if marks.archived is not None and not at_rest(now, self.view):
            self.lost.append(Lost(address, STAYS))
        self._want(now, {}, marks)

    def _leaving(self, kind: Kind, now: Resource) -> Marks:
        """The mildest way to take a thing away that loses nothing."""
        full = self.deals.get(now.address)
        why = tr("the {command} made it", command=self.snapshot.head.command)
        if "archived" not in kind.verbs or (kind.name in LOSE_NOTHING and not full):
            return Marks(absent=why)
        if full is False and (beside := self._beside(now)):
            return Marks(absent=why, extras={MOVE_DEALS: beside})
        return Marks(archived=why)

    def _beside(self, now: Resource) -> Address | None:
        """The nearest sibling that was there before and stays: for what comes in at the last moment."""
        home = self.found.within(now.address.kind, now.address.home)
        stays = [item for item in home if item.address in self.after.index and item.address not in self.made]
        stays = [item for item in stays if not item.reserved and not item.aside]
        nearest = sorted(stays, key=lambda item: (item.place > now.place, abs(item.place - now.place)))
        return nearest[0].address if nearest else None

    def _is_own(self, now: Resource) -> bool:
        return KINDS[now.address.kind].aside(now, self.before.settings)

    def _is_used(self, now: Resource) -> bool:
        """Whether amoconf's own thing (the archive group) will have something in it."""
        scope = [item for item in self.found.resources if item.address.path[:-1] == now.address.home]
        inside = [item for item in scope if now.address in item.attrs.values()]
        leaves = [
            item
            for item in scope
            if item.address in self.made and "archived" in KINDS[item.address.kind].verbs
        ]
        stays = [item for item in inside if not self._goes_back(item.address, now.address)]
        return bool(stays or leaves)

    def _goes_back(self, address: Address, place: Address) -> bool:
        before = self.before.get(address)
        return before is not None and place not in before.attrs.values()

    def _linked(self) -> list[Resource]:
        """The wanted things without links to what is not there any more and does not come back."""
        return [replace(item, attrs=dict(self._links(item))) for item in self.wants.values()]

    def _links(self, item: Resource) -> Iterator[tuple[str, Value]]:
        for name, value in item.attrs.items():
            lacking = {address for address in addresses_in(value) if not self._is_there(address)}
            if not lacking:
                yield name, value
                continue
            first = min(lacking)
            text = later("cannot have {name} as before: {first} is not in the account any more")
            self._notice(item.address, text, "", name=name, first=first)
            if isinstance(value, Mapping):
                yield name, {key: row for key, row in value.items() if key not in lacking}
            elif isinstance(value, tuple):
                yield name, tuple(row for row in value if row not in lacking)

    def _is_there(self, address: Address) -> bool:
        there = address in self.wants or self.found.get(address) is not None
        return there or address.key.startswith("#") or address.key in KINDS[address.kind].reserved
