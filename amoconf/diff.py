"""(wanted, found) in the same addresses → Changes. A dictionary comparison: all deciding was done by `match`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from amoconf.changes import (
    ARCHIVE,
    CREATE,
    DELETE,
    MANUAL,
    REPLACE,
    RESTORE,
    UPDATE,
    AttrChange,
    Change,
    View,
)
from amoconf.kind import Kind
from amoconf.kinds import KINDS, parent_of
from amoconf.model import Account, Resource
from amoconf.sequence import Named, everything, leaves_with_parent, with_order
from amoconf.tongue import tr
from amoconf.values import Address, Value, are_scalars, normal, plain, unknown_in


def diff(
    wanted: Account, found: Account, old: Mapping[Address, Resource] | None = None, named: Named = everything
) -> tuple[Change, ...]:
    """All differences, in the order of kinds and of the spec; only what is `named` is put in its place."""
    view = View(wanted, found)
    changes: list[Change] = []
    for kind in KINDS.values():
        listed = [want for want in wanted.of(kind.name) if not leaves_with_parent(want, view)]
        own = [change for want in listed if (change := _one(kind, want, view, old or {})) is not None]
        own += _unlisted(kind, view)
        changes += with_order(kind, own, view, old or {}, named)
    return tuple(_channelled(change, view) for change in _folded(changes))


def same(one: Value, other: Value) -> bool:
    """Whether two canonical values mean the same: secrets by their real value, text by its normal form."""
    if one == other:
        return True
    if type(one) is str and type(other) is str:
        return normal(one) == normal(other)
    one, other = plain(one), plain(other)
    if isinstance(one, str) and isinstance(other, str):
        return normal(one) == normal(other)
    if isinstance(one, tuple | Mapping) or isinstance(other, tuple | Mapping):
        return bool((one or None) == (other or None))
    return bool(one == other)


def attribute_changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> tuple[AttrChange, ...]:
    """The attributes of `after` that differ in `before`; what `after` leaves out is not compared."""
    return tuple(
        [
            AttrChange(name, before.get(name), value)
            for name, value in after.items()
            if not same(before.get(name), value)
        ]
    )


def _one(kind: Kind, want: Resource, view: View, old: Mapping[Address, Resource]) -> Change | None:
    have = view.found.get(want.address)
    have = have if have is not None and kind.exists(have) else None
    if not are_scalars(want.attrs.values()) and any(unknown_in(tuple(want.attrs.values()))):
        return None
    if want.marks.absent is not None:
        gone = want.marks.absent
        return Change(want.address, DELETE, have=have, want=want, reason=gone) if have is not None else None
    if want.marks.archived is not None:
        return _archived(kind, have, want, want.marks.archived, view) if have is not None else None
    if want.address in old:
        return _replaced(kind, have, want, old[want.address], view)
    return _created(kind, want, view) if have is None else _updated(kind, have, want, view)


def _created(kind: Kind, want: Resource, view: View) -> Change:
    offered = view.found.get(want.address)
    after = {name: value for name, value in _sent(kind, want).items() if not kind.by_name[name].inner}
    return Change(want.address, CREATE, attribute_changes({}, after), have=offered, want=want)


def _sent(kind: Kind, want: Resource) -> dict[str, Value]:
    """The attributes that the account can hold; amoconf's own are never compared."""
    held = kind.held
    return {name: value for name, value in want.attrs.items() if name in held}


def _archived(kind: Kind, have: Resource, want: Resource | None, reason: str, view: View) -> Change | None:
    assert kind.archive is not None
    differences = attribute_changes(have.attrs, kind.archive(have, view))
    if not differences:
        return None
    return Change(have.address, ARCHIVE, differences, have=have, want=want, reason=reason)


def _updated(kind: Kind, have: Resource, want: Resource, view: View) -> Change | None:
    after = _sent(kind, want)
    action = UPDATE
    if _is_archived(kind, have, view):
        action = RESTORE
        after = {**_unarchived(kind, have, view), **after}
    differences = attribute_changes(have.attrs, after)
    return Change(want.address, action, differences, have=have, want=want) if differences else None


def _is_archived(kind: Kind, have: Resource, view: View) -> bool:
    """Whether archiving would change nothing."""
    if kind.archive is None:
        return False
    return all(same(have.attrs.get(name), value) for name, value in kind.archive(have, view).items())


def _unarchived(kind: Kind, have: Resource, view: View) -> dict[str, Value]:
    """What archiving had set and the spec does not speak of goes back to the attribute's default."""
    assert kind.archive is not None
    set_then = [name for name in kind.archive(have, view) if name != kind.identity]
    return {name: kind.by_name[name].default for name in set_then}


def _replaced(kind: Kind, have: Resource | None, want: Resource, old: Resource, view: View) -> Change | None:
    """A new thing for an old one of another type; unfinished as long as the old one is not archived."""
    assert kind.archive is not None
    before = old.attrs if have is None else {**have.attrs, kind.replaces: old.attrs[kind.replaces]}
    after = _sent(kind, want)
    leftover = attribute_changes(old.attrs, kind.archive(old, view))
    if have is not None and not leftover:
        return _updated(kind, have, want, view)
    differences = attribute_changes(before, after)
    # What stands in the archive already does not say any more how it was.
    kept = kind.keeps(old, want, view) if leftover else {}
    reason = tr("another type")
    return Change(want.address, REPLACE, differences, have=have, want=want, old=old, kept=kept, reason=reason)


def _unlisted(kind: Kind, view: View) -> list[Change]:
    """`manage: all` archives what is not listed, but never what the platform made or what is archived."""
    changes: list[Change | None] = []
    for place, rule in view.settings.manage.items():
        if rule != "all" or place[0] != kind.name or kind.archive is None or not kind.sweeps:
            continue
        for item in view.found.of(kind.name):
            inside = item.address.path[: len(place) - 1] == place[1:]
            if inside and item.address not in view.wanted.index and _may_go(item):
                changes.append(_archived(kind, item, None, tr("not listed in the spec"), view))
    return [change for change in changes if change is not None]


def _may_go(item: Resource) -> bool:
    """Not where the answer leaves out whether the platform made it, or whether it is archived already."""
    return not (item.fixed or item.aside or item.reserved or item.raw.get("unsure"))


def _folded(changes: list[Change]) -> list[Change]:
    """Creates of things that are made together with their parent become parts of the parent's change."""
    makers = {change.address for change in changes if change.action == CREATE or _makes_anew(change)}
    parts: dict[Address, list[Change]] = {}
    rest: list[Change] = []
    for change in changes:
        parent = parent_of(change.address)
        folds = KINDS[change.address.kind].folds and change.action == CREATE
        if folds and parent is not None and parent in makers:
            parts.setdefault(parent, []).append(change)
        else:
            rest.append(change)
    return [
        replace(change, parts=tuple(parts[change.address])) if change.address in parts else change
        for change in rest
    ]


def _makes_anew(change: Change) -> bool:
    return change.action == REPLACE and change.have is None


def _channelled(change: Change, view: View) -> Change:
    kind = KINDS[change.address.kind]
    channel = kind.channel(change.address, change.action, view.settings)
    return change if channel == change.channel else replace(change, channel=channel)


def split_by_hand(change: Change) -> tuple[Change, ...]:
    """Attributes that only a person can set become a change of their own."""
    kind = KINDS[change.address.kind]
    manual = tuple(item for item in change.attributes if _channel_of(kind, item.name) == MANUAL)
    if not manual or change.channel == MANUAL or change.action == CREATE:
        return (change,)
    rest = tuple(item for item in change.attributes if item not in manual)
    by_hand = replace(change, attributes=manual, channel=MANUAL, parts=(), target=(), numbers={})
    return (replace(change, attributes=rest), by_hand) if rest else (by_hand,)


def _channel_of(kind: Kind, name: str) -> str:
    return kind.by_name[name].channel if name in kind.by_name else ""


Inside = tuple[tuple[str, ...], Value, Value]


def inside(before: Value, after: Value) -> list[Inside]:
    """What differs inside two nested values, as (path, before, after); None stands where one side has nothing.

    Maps are followed key by key, an Address by its path. Lists are compared without their order, and their items
    have the path of the list. Empty where a value is not nested, or only the order of a list differs.
    """
    old, new = _plainly(before), _plainly(after)
    if not isinstance(old, dict | list) and not isinstance(new, dict | list):
        return []
    if not old or not new:
        return [
            *((path, item, None) for path, item in _items(old)),
            *((path, None, item) for path, item in _items(new)),
        ]
    if _is_flat(old) and _is_flat(new):
        return sorted(_flat_rows(old, new, ()), key=_rank_in(old, new))
    # Imported here: it takes longer than all the rest of a plan.
    from deepdiff.diff import DeepDiff

    tree = DeepDiff(old, new, ignore_order=True, view="tree")
    rows = [row for levels in tree.values() for level in levels for row in _levels(level)]
    return sorted(rows, key=_rank_in(old, new))


def _rank_in(old: Value, new: Value) -> Callable[[Inside], tuple[int, tuple[str, ...], str]]:
    """Findings in the order of the keys of the new side."""
    keys = dict.fromkeys([*new, *old]) if isinstance(new, dict) else {}
    ranks = {key: rank for rank, key in enumerate(keys)}
    return lambda row: (ranks.get(row[0][0], 0) if row[0] else 0, row[0], repr(row[1:]))


def _is_flat(value: Value) -> bool:
    """Maps all the way down to scalars and lists of scalars: needs no matching of items."""
    if isinstance(value, dict):
        return all(_is_flat(item) for item in value.values())
    return not isinstance(value, list) or not any(isinstance(item, dict | list) for item in value)


def _flat_rows(old: Value, new: Value, path: tuple[str, ...]) -> Iterable[Inside]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*new, *old)):
            yield from _flat_rows(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from ((path, item, None) for item in old if item not in new)
        yield from ((path, None, item) for item in new if item not in old)
    elif old != new:
        yield (path, old, new)


def _items(whole: Value) -> Iterable[tuple[tuple[str, ...], Value]]:
    """Everything directly inside, for where the other side has nothing."""
    if isinstance(whole, dict):
        return [((key,), item) for key, item in whole.items()]
    return [((), item) for item in whole or ()]


def _plainly(value: Value) -> Value:
    """Nothing but dicts with text keys, lists and scalars."""
    if isinstance(value, Address):
        return "/".join(value.path)
    if isinstance(value, Mapping):
        return {str(_plainly(key)): _plainly(item) for key, item in value.items()}
    return [_plainly(item) for item in value] if isinstance(value, tuple | list) else value


def _levels(level: Any) -> Iterable[Inside]:
    """One finding of deepdiff; an item of a list that became another is one that went and one that came."""
    steps = level.path(output_format="list")
    path = tuple(step for step in steps if isinstance(step, str))
    before, after = (None if _missing(side) else side for side in (level.t1, level.t2))
    if steps and isinstance(steps[-1], int) and before is not None and after is not None:
        yield (path, before, None)
        yield (path, None, after)
    else:
        yield (path, before, after)


def _missing(side: Any) -> bool:
    return type(side).__name__ == "NotPresent"
