"""Two specs → what differs by meaning: the plan of going from one to the other, without any account."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from amoconf.changes import ARCHIVE, DELETE, LOCAL, REPLACE, RESTORE, UPDATE, AttrChange, Change
from amoconf.diff import attribute_changes, diff, same
from amoconf.kind import Kind
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Resource, Settings
from amoconf.values import Address


@dataclass(frozen=True)
class Comparison:
    """changes: as a plan has them. dropped: things that the new spec does not list any more: they are left alone.

    released: attributes, by address, that the new spec does not speak of any more. settings: what else a spec says.
    """

    changes: tuple[Change, ...]
    dropped: tuple[Address, ...]
    released: tuple[tuple[Address, str], ...]
    settings: tuple[AttrChange, ...]
    unchanged: int


def compare(before: Account, after: Account) -> Comparison:
    """What differs between two specs of one account; things are the same by their address, as a lock has it."""
    back = {item.address for item in before.resources if _comes_back(item, after)}
    old, new = _staying(before, back), _staying(after)
    anew = dict(_made_anew(old, new))
    there = _only(old, (item for item in old.resources if item.address not in anew))
    changes = [*_restored(diff(new, there, anew), back), *_leaving(before, after)]
    told = {change.address for change in changes}
    changes += [
        Change(address, RESTORE, have=before.index[address], want=new.index[address])
        for address in sorted(back - told, key=str)
        if address in new.index
    ]
    changes = _with_local(changes, there, after)
    swept = {change.address for change in changes}
    both = [item.address for item in new.resources if item.address in old.index]
    return Comparison(
        tuple(changes),
        tuple(item.address for item in old.resources if _gone(item, after, swept)),
        tuple(_released(old, new)),
        tuple(_settings(before.settings, after.settings)),
        sum(address not in swept for address in both),
    )


def _staying(account: Account, back: Collection[Address] = ()) -> Account:
    """Without what is taken away, and what lies in it; but with what comes back."""
    there = {item.address: item for item in account.resources}

    def stays(address: Address | None) -> bool:
        if address is None or address not in there:
            return True
        leaves = there[address].marks.leaves and address not in back
        return not leaves and stays(parent_of(address))

    return _only(account, (item for item in account.resources if stays(item.address)))


def _only(account: Account, resources: Iterable[Resource]) -> Account:
    return Account(tuple(resources), account.settings, account.facts)


def _made_anew(old: Account, new: Account) -> Iterator[tuple[Address, Resource]]:
    """Things of which something differs that cannot change (a field's type)."""
    for want in new.resources:
        have, name = old.get(want.address), KINDS[want.address.kind].replaces
        if have is not None and name and not same(have.attrs.get(name), want.attrs.get(name)):
            yield want.address, have


def _with_local(changes: Sequence[Change], old: Account, new: Account) -> list[Change]:
    """The changes with amoconf's own attributes, which no account holds (limits, criteria)."""
    rows = {change.address: change for change in changes}
    for want in new.resources:
        have, kind = old.get(want.address), KINDS[want.address.kind]
        own = {name: value for name, value in want.attrs.items() if _is_local(kind, name)}
        differences = attribute_changes(have.attrs, own) if have and not want.marks.leaves else ()
        if differences:
            bare = Change(want.address, UPDATE, have=have, want=want, channel=LOCAL)
            change = rows.get(want.address, bare)
            rows[want.address] = replace(change, attributes=(*change.attributes, *differences))
    order = {item.address: place for place, item in enumerate(new.resources)}
    return sorted(rows.values(), key=lambda change: order.get(change.address, len(order)))


def _is_local(kind: Kind, name: str) -> bool:
    return name in kind.by_name and kind.by_name[name].channel == LOCAL


def _leaving(before: Account, after: Account) -> Iterator[Change]:
    """Things that the new spec takes away and the old one did not."""
    for want in after.resources:
        have = before.get(want.address)
        reason = want.marks.absent if want.marks.absent is not None else want.marks.archived
        if reason is None or (have is not None and _way(have) == _way(want)):
            continue
        yield Change(want.address, _way(want), have=have or want, want=want, reason=reason)


def _comes_back(item: Resource, after: Account) -> bool:
    """Whether the old spec had it archived and the new one wants it in use."""
    want = after.get(item.address)
    return _way(item) == ARCHIVE and want is not None and not want.marks.leaves


def _restored(changes: Iterable[Change], back: Collection[Address]) -> list[Change]:
    """Changes of things that come back are part of that."""
    return [
        replace(change, action=RESTORE) if change.address in back and change.action != REPLACE else change
        for change in changes
    ]


def _way(item: Resource) -> str:
    if item.marks.absent is not None:
        return DELETE
    return ARCHIVE if item.marks.archived is not None else ""


def _gone(item: Resource, after: Account, swept: set[Address]) -> bool:
    return item.address not in after.index and item.address not in swept


def _released(old: Account, new: Account) -> Iterator[tuple[Address, str]]:
    for want in new.resources:
        have = old.get(want.address)
        for name in have.attrs if have else ():
            if name not in want.attrs:
                yield want.address, name


def _settings(before: Settings, after: Settings) -> Iterator[AttrChange]:
    """What a spec says besides things, part by part."""
    for field in fields(Settings):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield AttrChange(field.name, old, new)
