"""What stands against a plan: limits of removals, things that always need an allowance, things never done."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from amoconf.changes import ARCHIVE, DELETE, REPLACE, Change, View
from amoconf.kinds import KINDS
from amoconf.lock import Lock
from amoconf.model import Settings
from amoconf.values import Address

REMOVALS = (ARCHIVE, DELETE, REPLACE)
# Defaults of the spec language, "Brakes".
MOST_OBJECTS = 3
MOST_SHARE = 0.30


def weigh(
    changes: Sequence[Change], view: View, lock: Lock, allowed: Sequence[str]
) -> tuple[Mapping[Address, tuple[str, ...]], tuple[str, ...]]:
    """(what blocks each change, allowances that nothing needed). An allowance is an address or a pattern."""
    blocked: dict[Address, list[str]] = {}
    used: set[str] = set()
    for change in changes:
        for sentence in _never(change, view, lock):
            blocked.setdefault(change.address, []).append(sentence)
    for change, sentence in [*_single(changes), *_crowds(changes, view)]:
        by = allowance(change.address, allowed)
        if by is None:
            blocked.setdefault(change.address, []).append(sentence)
        else:
            used.add(by)
    return {address: tuple(items) for address, items in blocked.items()}, tuple(set(allowed) - used)


def allowance(address: Address, allowed: Sequence[str]) -> str | None:
    """The allowance that lifts the brakes for an address, or None."""
    return next((item for item in allowed if item == str(address) or fnmatchcase(str(address), item)), None)


def is_removal(change: Change) -> bool:
    """An archive, a delete, a replace or a dropped option; what a person does by hand is braked by the person."""
    return change.action in REMOVALS and change.channel != "manual"


def _never(change: Change, view: View, lock: Lock) -> Iterable[str]:
    """What no allowance lifts."""
    if change.action not in (ARCHIVE, DELETE):
        return
    sentence = KINDS[change.address.kind].never(change, view)
    if sentence:
        yield sentence
    entry = lock.entries.get(change.address)
    if entry is not None and entry.protected:
        yield "protected in the lock file: write the thing down again with protected: false, and apply that first"


def _single(changes: Sequence[Change]) -> Iterable[tuple[Change, str]]:
    """Removals that always need an allowance."""
    for change in changes:
        reason = KINDS[change.address.kind].grave(change) if is_removal(change) else ""
        if reason:
            yield change, f"{reason}; needs --allow {change.address}"


def _crowds(changes: Sequence[Change], view: View) -> Iterable[tuple[Change, str]]:
    """Too many removals of one kind and scope block all of them; one is always free."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        if is_removal(change):
            groups.setdefault((change.address.kind, *change.address.home), []).append(change)
    for place, group in groups.items():
        total = len(view.found.within(place[0], place[1:]))
        objects, share = _limits(place, view.settings)
        over = len(group) > objects or (total > 0 and len(group) / total > share)
        if over and len(group) > 1:
            where = "/".join(place)
            text = f"{len(group)} of {total} {where} would be taken away (limit {objects}, {share:.0%})"
            for change in group:
                yield change, f"{text}; needs --allow {change.address} or --allow '{where}/*'"


def _limits(place: tuple[str, ...], settings: Settings) -> tuple[int, float]:
    brakes: Mapping[str, Mapping[str, object]] = settings.policy.get("brakes") or {}
    rule = brakes.get("/".join(place)) or brakes.get(place[0]) or {}
    share = float(str(rule["share"]).rstrip("%")) / 100 if "share" in rule else MOST_SHARE
    return int(str(rule.get("objects", MOST_OBJECTS))), share
