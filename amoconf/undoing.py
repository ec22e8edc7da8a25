"""The plan of the way back, and what the lock file says once it was gone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from amoconf.changes import ARCHIVE, DELETE, AttrChange, Change
from amoconf.diff import diff
from amoconf.lock import Entry, Lock, successor
from amoconf.model import Account, Resource
from amoconf.plan import Plan, plan
from amoconf.snapshot import Snapshot
from amoconf.survey import Survey
from amoconf.values import Address
from amoconf.wayback import Back

# No two fields of one scope may have the same code.
CODE = "code"


def led_back(found: Survey, back: Back) -> Survey:
    """What was read, compared with what is wanted again and with nothing else."""
    return replace(found, adopted=replace(found.adopted, wanted=back.wanted, old={}, problems=(), notices=()))


def plan_back(found: Survey, back: Back, lock: Lock, allowed: Sequence[str] = ()) -> Plan:
    """The plan. found: as `led_back` answers it. lock: as `lock_of_way` answers it."""
    adopted = found.adopted
    changes = diff(adopted.wanted, adopted.found)
    handed = _handed_back(changes)
    changes = tuple(_letting_go(change) if change.address in handed else change for change in changes)
    changes = tuple(_losing(change, changes) if change.action == DELETE else change for change in changes)
    result = plan(changes, adopted.view, lock, allowed=allowed, notices=back.notices)
    told = tuple(replace(change, origin=None) for change in result.changes)
    return _apart(replace(result, changes=told), handed)


def _handed_back(changes: Sequence[Change]) -> Mapping[Address, Address]:
    """Things to archive that have the code of one that comes back, with the address of that."""
    codes = {
        (change.address.kind, change.address.home, item.after): change.address
        for change in changes
        for item in change.attributes
        if item.name == CODE and item.after
    }
    pairs = (
        (change.address, codes.get((change.address.kind, change.address.home, change.have.attrs.get(CODE))))
        for change in changes
        if change.action == ARCHIVE and change.have is not None
    )
    return {address: heir for address, heir in pairs if heir is not None}


def _letting_go(change: Change) -> Change:
    assert change.have is not None
    code = AttrChange(CODE, change.have.attrs[CODE], None)
    return replace(change, attributes=(*change.attributes, code))


def _losing(change: Change, changes: Sequence[Change]) -> Change:
    """A change that says what the thing loses to another before it is deleted: there is one main pipeline only.

    Without that the loss would look like somebody else's doing.
    """
    assert change.have is not None
    place, attrs = (change.address.kind, change.address.home), change.have.attrs
    taken = {
        item.name
        for other in changes
        for item in other.attributes
        if (other.address.kind, other.address.home) == place and item.before is False and item.after is True
    }
    lost = tuple(AttrChange(name, True, False) for name in sorted(taken) if attrs.get(name) is True)
    return replace(change, attributes=(*change.attributes, *lost))


def _apart(result: Plan, handed: Mapping[Address, Address]) -> Plan:
    """Steps that hand a code over are requests of their own, in their order: a batch is checked as a whole."""
    chains = {heir: address for address, heir in handed.items()} | {address: address for address in handed}
    steps = tuple(
        replace(step, chain=chains[step.serves[0]]) if step.serves[0] in chains else step
        for step in result.steps
    )
    return replace(result, steps=steps)


def lock_of_way(ids: Mapping[Address, int | str], lock: Lock) -> Lock:
    """What to know while going back: ids, and what is protected, whatever it is called. ids: as the snapshot has them."""
    protected = {(address.kind, key) for address, key in lock.protected}
    entries = {
        address: Entry(key, protected=(address.kind, key) in protected) for address, key in ids.items()
    }
    return Lock(lock.account, entries)


def lock_after(lock: Lock, snapshot: Snapshot, found: Account) -> Lock:
    """The lock file after the way back: of what the apply had to do with, what was remembered before it."""

    def concerns(address: Address) -> bool:
        """By what rules values moved is as little agreed on any more as the values are there."""
        new = successor(address)
        return snapshot.concerns(address) or (new is not None and snapshot.concerns(new))

    entries = {address: entry for address, entry in lock.entries.items() if not concerns(address)}
    there = {(item.address.kind, item.address.home, item.id) for item in found.resources}
    for address, entry in snapshot.lock.entries.items():
        now = found.get(address)
        if not concerns(address):
            # It may have left the spec with the change that is undone.
            if (address.kind, address.home, entry.id) in there:
                entries.setdefault(address, entry)
        elif (address.kind, address.home, entry.id) in there:
            entries[address] = entry
        elif now is not None and not _is_left_over(now, snapshot):
            entries[address] = replace(entry, id=now.id)
    for address in lock.entries:
        # There was no lock file then: its id is worth knowing, and what it has now is as good as agreed on.
        now = found.get(address)
        if address not in entries and now is not None and address in snapshot.before.index:
            entries[address] = Entry(now.id, {}, lock.entries[address].protected)
    return Lock(lock.account, entries)


def _is_left_over(now: Resource, snapshot: Snapshot) -> bool:
    """Whether it is what the apply made: archived, not deleted."""
    after = snapshot.after.get(now.address)
    return now.address in snapshot.made and after is not None and after.id == now.id
