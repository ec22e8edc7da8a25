"""Changes → Plan: what a person must do first, the steps in their order, what stands against it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from amoconf.brakes import weigh
from amoconf.changes import ARCHIVE, CREATE, MANUAL, REPLACE, Change, Step, View
from amoconf.diff import split_by_hand
from amoconf.errors import Problem
from amoconf.kinds import KINDS, parent_of
from amoconf.lock import Lock
from amoconf.recipe import Waiting
from amoconf.sequence import leaves_with_parent
from amoconf.steporder import ordered
from amoconf.tongue import later, tr
from amoconf.touch import Impact
from amoconf.values import Address, addresses_in, are_scalars, unknown_in


@dataclass(frozen=True)
class Plan:
    """What would be done.

    blocked: what stands against each change. unlisted: left alone, and counted. unknown: things that cannot be compared
    or written without secrets that were not given, with what names these. impacts: records that changes touch, once
    they are counted. waiting: deals that lack a value of a replaced field, by the address of the old one.
    """

    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    view: View
    unchanged: int = 0
    unlisted: tuple[Address, ...] = ()
    blocked: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Problem, ...] = ()
    allowed: tuple[str, ...] = ()
    idle_allowances: tuple[str, ...] = ()
    unknown: Mapping[Address, str] = field(default_factory=dict)
    impacts: Mapping[Address, Impact] = field(default_factory=dict)
    waiting: Mapping[Address, Waiting] = field(default_factory=dict)

    def without_manual(self) -> "Plan":
        """The same without what only a person can do."""
        changes = tuple(change for change in self.changes if change.channel != MANUAL)
        return replace(self, changes=changes, steps=self.open_steps)

    def without(self, addresses: Collection[Address]) -> "Plan":
        """The same without some changes; for telling what is left, not for doing."""
        return replace(
            self, changes=tuple(change for change in self.changes if change.address not in addresses)
        )

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """What apply does by itself."""
        return tuple(step for step in self.steps if not step.is_manual)

    @property
    def manual_steps(self) -> tuple[Step, ...]:
        """What a person does."""
        return tuple(step for step in self.steps if step.is_manual)

    @cached_property
    def _serving(self) -> Mapping[Address, Sequence[Step]]:
        found: dict[Address, list[Step]] = {}
        for step in self.steps:
            for address in dict.fromkeys(step.serves):
                found.setdefault(address, []).append(step)
        return found

    def steps_for(self, address: Address) -> Sequence[Step]:
        """The steps that serve an address, in their order."""
        return self._serving.get(address, ())


def plan(
    changes: Sequence[Change],
    view: View,
    lock: Lock,
    *,
    allowed: Sequence[str] = (),
    notices: tuple[Problem, ...] = (),
) -> Plan:
    """The plan for all changes."""
    split = [part for change in changes for part in split_by_hand(change)]
    told = with_origins(waiting(split, view), lock)
    blocked, idle = weigh(told, view, lock, allowed)
    unknown = without_secrets(told, view)
    return Plan(
        changes=told,
        steps=ordered(list(_steps(told, view))),
        view=view,
        unchanged=_unchanged(told, view),
        unlisted=_unlisted(told, view),
        blocked=blocked,
        notices=(*notices, *_untold(unknown, view)),
        allowed=tuple(allowed),
        idle_allowances=idle,
        unknown=unknown,
    )


def weighed(made: Plan, impacts: Mapping[Address, Impact], lock: Lock) -> Plan:
    """The plan with the records that its changes touch, and what stands against it because of them."""
    blocked, idle = weigh(made.changes, made.view, lock, made.allowed, impacts)
    return replace(made, impacts=impacts, blocked=blocked, idle_allowances=idle)


def without_secrets(changes: Sequence[Change], view: View) -> dict[Address, str]:
    """What cannot be compared, or not be made, because a secret was not given."""
    made = [change.want for change in changes if change.action == CREATE and change.channel != MANUAL]
    named = [(item, tuple(item.attrs.values())) for item in view.wanted.resources]
    named += [(item, tuple(item.marks.extras.values())) for item in made if item is not None]
    return {
        item.address: str(hidden)
        for item, values in named
        if not are_scalars(values)
        for hidden in unknown_in(values)
    }


def _untold(unknown: Mapping[Address, str], view: View) -> Iterator[Problem]:
    for address, shown in unknown.items():
        text = tr(
            "{address}: {secret} has no value here, so it can neither be compared nor written",
            address=address,
            secret=shown,
        )
        todo = tr("set AMOCONF_SECRET_<name>, or write the value to the secrets file")
        yield Problem(text, todo, view.wanted.index[address].where, str(address))


AFTER = later("after {address}")


def waiting(changes: Sequence[Change], view: View) -> tuple[Change, ...]:
    """Changes that a person must prepare, and changes that wait for those, become manual."""
    result: dict[int, Change] = {}
    for number, change in enumerate(changes):
        sentence = KINDS[change.address.kind].waits(change, view) if change.channel != MANUAL else ""
        result[number] = replace(change, channel=MANUAL, waits=sentence) if sentence else change
    while True:
        missing = {
            change.address for change in result.values() if change.channel == MANUAL and _makes(change, view)
        }
        more = {
            number: after
            for number, change in result.items()
            if (after := _after(change, missing)) is not None
        }
        if not more:
            return tuple(result.values())
        for number, address in more.items():
            result[number] = replace(result[number], channel=MANUAL, waits=tr(AFTER, address=address))


def is_after(sentence: str) -> bool:
    """Whether a change waits for nothing but another one: its `waits`, in the language in which it was made."""
    return sentence.startswith(tr(AFTER).partition("{")[0])


def _makes(change: Change, view: View) -> bool:
    return change.action == CREATE and view.found.get(change.address) is None


def _after(change: Change, missing: set[Address]) -> Address | None:
    """A thing that does not exist yet and that this change speaks of."""
    if change.channel == MANUAL or not missing or change.want is None:
        return None
    named = [*addresses_in(change.want.attrs), *addresses_in(change.want.marks.extras)]
    parent = parent_of(change.address)
    return next((address for address in [*named, parent] if address in missing), None)


ERASED = later("somebody erased it: write absent instead of archived, or take its lines out of the spec")


def erased(view: View, lock: Lock) -> Iterator[Change]:
    """Archived things that were there at the last apply and are gone: nobody can bring them back."""
    for want in view.wanted.resources:
        known = want.address in lock.entries and want.marks.archived is not None
        if known and view.found.get(want.address) is None and not leaves_with_parent(want, view):
            yield Change(want.address, ARCHIVE, want=want, channel=MANUAL, waits=tr(ERASED))


def with_origins(changes: Iterable[Change], lock: Lock) -> tuple[Change, ...]:
    """Each change with who moved since the last apply."""
    origins = ((change, _origin(change, lock)) for change in changes)
    return tuple(replace(change, origin=origin) if origin else change for change, origin in origins)


def _origin(change: Change, lock: Lock) -> str | None:
    if change.want is None or change.address not in lock.entries:
        return None
    if change.have is None and change.old is None:
        return "drift"
    if change.action == REPLACE and change.have is not None:
        return "spec"  # it was begun and is to be finished: nobody has changed anything
    known = KINDS[change.address.kind].by_name
    found = {
        lock.origin(change.address, item.name, item.before, item.after)
        for item in change.attributes
        if item.name in known
    } - {None}
    if not found:
        return "spec" if change.want.marks.leaves else None
    return found.pop() if len(found) == 1 else "both"


def _steps(changes: Sequence[Change], view: View) -> Iterator[Step]:
    groups: dict[Address, list[Change]] = {}
    for change in changes:
        if change.waits or change.todo:
            yield Step((change.address,), change.waits or change.todo, channel=MANUAL)
        else:
            groups.setdefault(KINDS[change.address.kind].group(change), []).append(change)
    for address, group in groups.items():
        yield from KINDS[address.kind].steps(tuple(group), view)


def _unchanged(changes: Sequence[Change], view: View) -> int:
    touched = {change.address for change in changes} | {
        part.address for item in changes for part in item.parts
    }
    return sum(1 for want in view.wanted.resources if want.address not in touched)


def _unlisted(changes: Sequence[Change], view: View) -> tuple[Address, ...]:
    """Things of the account that the spec does not list, where it speaks of their kind and of their parent."""
    touched = {change.address for change in changes}
    spoken = {(item.address.kind, item.address.home) for item in view.wanted.resources}
    spoken |= {(place[0], place[1:]) for place in view.settings.manage}
    return tuple(
        item.address
        for item in view.found.resources
        if item.address not in view.wanted.index
        and item.address not in touched
        and (item.address.kind, item.address.home) in spoken
        and not (item.fixed or item.aside or item.reserved)
    )
