"""Going back to an account of which there is a snapshot: what to read, and how to recognise it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from amoconf.diff import same
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Marks, Resource
from amoconf.snapshot import Snapshot
from amoconf.values import Address, Hidden, Value

MOVE_DEALS = "move_deals_to"


def alike(one: Value, other: Value) -> bool:
    """Whether two kept values are the same."""
    if isinstance(one, Hidden) or isinstance(other, Hidden):
        return bool(one == other)
    return same(one, other)


def asking(snapshot: Snapshot) -> Account:
    """What to read and how to recognise it: by id, and by name what was made without its id being noted."""
    things = []
    for address in addresses(snapshot):
        item = snapshot.before.get(address) or snapshot.after.index[address]
        other = snapshot.after.get(address)
        moved = [name for name in item.attrs if other and not alike(item.attrs[name], other.attrs.get(name))]
        names = moved if item.id is not None and other is not None else [KINDS[address.kind].identity, *moved]
        attrs = {
            name: item.attrs[name]
            for name in names
            if name in item.attrs and not isinstance(item.attrs.get(name), Hidden)
        }
        things.append(Resource(address, attrs, place=item.place, marks=Marks(new=True)))
    return Account(tuple(things), snapshot.before.settings)


def addresses(snapshot: Snapshot) -> list[Address]:
    """Everything there was, and what the apply made."""
    made = [item.address for item in snapshot.after.resources if snapshot.concerns(item.address)]
    return list(dict.fromkeys([*snapshot.before.index, *made]))


def known_ids(snapshot: Snapshot) -> dict[Address, int | str]:
    """Ids by address, as a lock would know them."""
    things = (*snapshot.after.resources, *snapshot.before.resources)
    return {item.address: item.id for item in things if item.id is not None}


def renewed(snapshot: Snapshot, ids: Mapping[Address, int | str], found: Account) -> Snapshot:
    """The snapshot with the ids of now, where things were deleted after that apply and made again since.

    ids: of the lock file, which an undo renews.
    """
    there = {(item.address.kind, item.id) for item in found.resources}
    anew = {
        (item.address, item.id): ids[item.address]
        for item in snapshot.after.resources
        if item.id is not None and (item.address.kind, item.id) not in there
        if (item.address.kind, ids.get(item.address)) in there and item.address in ids
    }
    return _with_ids(snapshot, anew) if anew else snapshot


def _with_ids(snapshot: Snapshot, anew: Mapping[tuple[Address, int | str], int | str]) -> Snapshot:
    before, after = (
        replace(
            account,
            resources=tuple(
                replace(item, id=anew.get((item.address, item.id), item.id)) if item.id is not None else item
                for item in account.resources
            ),
        )
        for account in (snapshot.before, snapshot.after)
    )
    return replace(snapshot, before=before, after=after)


def holders(snapshot: Snapshot, found: Account) -> Sequence[Resource]:
    """Things that the apply made and in which deals may stand by now: those whose deals can be moved, and their parents."""
    kinds = {kind.name for kind in KINDS.values() if any(attr.name == MOVE_DEALS for attr in kind.extras)}
    kinds |= {home.under for name in kinds for home in KINDS[name].homes}
    return [
        item
        for item in found.resources
        if item.address.kind in kinds
        and item.address in snapshot.made
        and not item.reserved
        and parent_of(item.address) not in snapshot.made
    ]
