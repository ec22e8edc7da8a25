"""What stands against a plan: limits of removals, things that always need an allowance, things never done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape

from amoconf.changes import ARCHIVE, DELETE, REPLACE, Change, View
from amoconf.kinds import KINDS
from amoconf.lock import Lock
from amoconf.model import Settings
from amoconf.policy import worsened
from amoconf.tongue import later, tr
from amoconf.touch import Impact
from amoconf.values import Address

REMOVALS = (ARCHIVE, DELETE, REPLACE)
# How a sentence goes on where something lifts the brake; `taken_apart` finds these words again.
NEEDS, OR = later("; needs --allow {allowance}"), later(" or --allow {allowance}")
UNKNOWN = later("touches an unknown number of records (--impact full counts them)")
# Defaults of the spec language, "Brakes".
MOST_OBJECTS = 3
MOST_SHARE = 0.30
MOST_RECORDS = 1_000


@dataclass(frozen=True)
class Rule:
    """Limits of removals of one kind and scope."""

    objects: int
    share: float
    records: int


def weigh(
    changes: Sequence[Change],
    view: View,
    lock: Lock,
    allowed: Sequence[str],
    impacts: Mapping[Address, Impact] | None = None,
) -> tuple[Mapping[Address, tuple[str, ...]], tuple[str, ...]]:
    """(what blocks each change, allowances that nothing needed). An allowance is an address or a pattern.

    impacts: the records that changes touch; None where that was not asked yet.
    """
    # Sentences as keys, for two changes of one thing may be blocked by the same.
    blocked: dict[Address, dict[str, None]] = {}
    used: set[str] = set()
    for change in changes:
        for sentence in _never(change, view, lock):
            blocked.setdefault(change.address, {})[sentence] = None
    for address, sentence in worsened(changes, view):
        blocked.setdefault(address, {})[sentence] = None
    for address, sentence in _full(changes, impacts or {}):
        blocked.setdefault(address, {})[sentence] = None
    heavy = _heavy(changes, view, impacts) if impacts is not None else ()
    for change, sentence in [*_single(changes), *_crowds(changes, view, allowed), *heavy]:
        by = allowance(change.address, allowed)
        if by is None:
            blocked.setdefault(change.address, {})[sentence] = None
        else:
            used.add(by)
    return {address: tuple(items) for address, items in blocked.items()}, tuple(
        item for item in dict.fromkeys(allowed) if item not in used
    )


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
    if change.have is not None and any(_same_thing(change, item) for item in lock.protected):
        yield tr(
            "protected in the lock file: write the thing down again with protected: false, and apply that first"
        )


def _full(changes: Sequence[Change], impacts: Mapping[Address, Impact]) -> Iterable[tuple[Address, str]]:
    """What the service would refuse to delete; no allowance lifts that."""
    for change in changes:
        impact, sentence = impacts.get(change.address), KINDS[change.address.kind].full
        if sentence and change.action == DELETE and impact is not None and impact.records:
            yield change.address, tr(sentence, count=impact.records)


def _same_thing(change: Change, known: tuple[Address, int | str | None]) -> bool:
    """A thing that the spec does not list any more has another address than it had there, but its id."""
    address, key = known
    return change.have is not None and address.kind == change.address.kind and key == change.have.id


def _single(changes: Sequence[Change]) -> Iterable[tuple[Change, str]]:
    """Removals that always need an allowance."""
    for change in changes:
        reason = KINDS[change.address.kind].grave(change) if is_removal(change) else ""
        if reason:
            yield change, reason + tr(NEEDS, allowance=change.address)


def _heavy(
    changes: Sequence[Change], view: View, impacts: Mapping[Address, Impact]
) -> Iterable[tuple[Change, str]]:
    """Removals and moves of data that touch more records than they may, or nobody knows how many."""
    for change in changes:
        impact = impacts.get(change.address)
        if impact is None or not (is_removal(change) or KINDS[change.address.kind].moves(change)):
            continue
        most = _rule(_place(change), view.settings).records
        needs = tr(NEEDS, allowance=change.address)
        if impact.records is not None and impact.records > most:
            yield change, _of_many(impact.records, most, exact=impact.exact) + needs
        elif impact.records is None or not impact.exact:
            yield change, tr(UNKNOWN) + needs


def crowd(address: Address, records: int, settings: Settings, *, empties: bool, exact: bool = True) -> str:
    """What stands against writing so many records for a thing that is no removal; "" where nothing does.

    exact False: there are at least so many; nothing is emptied as long as nobody knows how much.
    """
    most = _rule((address.kind, *address.home), settings).records
    if records <= most:
        return tr(UNKNOWN) + tr(NEEDS, allowance=address) if empties and not exact else ""
    emptied = tr("would empty {records} old values (limit {most})", records=records, most=most)
    if empties and not exact:
        emptied = tr("would empty at least {records} old values (limit {most})", records=records, most=most)
    told = emptied if empties else _of_many(records, most, exact=exact)
    return told + tr(NEEDS, allowance=address)


def _of_many(records: int, most: int, *, exact: bool) -> str:
    if exact:
        return tr("touches {records} records (limit {most})", records=records, most=most)
    return tr("touches at least {records} records (limit {most})", records=records, most=most)


def taken_apart(sentence: str) -> tuple[str, tuple[str, ...]]:
    """(why, the addresses or patterns that lift it): a sentence of `weigh`, in the language in which it was made."""
    why, _, allowances = sentence.partition(_begin(NEEDS))
    return why, tuple(item.strip("'") for item in allowances.split(_begin(OR))) if allowances else ()


def _begin(words: str) -> str:
    """What stands before the allowance."""
    return tr(words).partition("{")[0]


def _place(change: Change) -> tuple[str, ...]:
    return (change.address.kind, *change.address.home)


def _crowds(changes: Sequence[Change], view: View, allowed: Sequence[str]) -> Iterable[tuple[Change, str]]:
    """Too many removals of one kind and scope block all of them; one is always free, those allowed do not count.

    What would block without any allowance is told too, so that it shows which allowances were needed.
    """
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        if is_removal(change):
            groups.setdefault((change.address.kind, *change.address.home), []).append(change)
    for place, group in groups.items():
        counted = [change for change in group if allowance(change.address, allowed) is None]
        lifted = [change for change in group if change not in counted]
        for some, crowd in ((counted, counted), (lifted, group)):
            sentence = _too_many(place, len(crowd), view)
            for change in some if sentence else ():
                pattern = f"'{escape('/'.join(place))}/*'"
                yield change, sentence + tr(NEEDS, allowance=change.address) + tr(OR, allowance=pattern)


def _too_many(place: tuple[str, ...], count: int, view: View) -> str:
    total = len(view.found.within(place[0], place[1:]))
    rule = _rule(place, view.settings)
    if count > 1 and (count > rule.objects or (total and count / total > rule.share)):
        return tr(
            "{count} of {total} {place} would be taken away (limit {most}, {share:.0%})",
            count=count,
            total=total,
            place="/".join(place),
            most=rule.objects,
            share=rule.share,
        )
    return ""


def _rule(place: tuple[str, ...], settings: Settings) -> Rule:
    brakes: Mapping[str, Mapping[str, object]] = settings.policy.get("brakes") or {}
    rule = brakes.get("/".join(place)) or brakes.get(place[0]) or {}
    share = float(str(rule["share"]).rstrip("%")) / 100 if "share" in rule else MOST_SHARE
    objects, records = rule.get("objects", MOST_OBJECTS), rule.get("records", MOST_RECORDS)
    return Rule(int(str(objects)), share, int(str(records)))
