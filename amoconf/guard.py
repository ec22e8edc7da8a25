"""Just before a write: is the thing still as the plan found it? Somebody may be at work on another machine."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from amoconf.api import Writer
from amoconf.bodies import Ids
from amoconf.changes import DELETE, Change, Step
from amoconf.kinds import KINDS
from amoconf.lock import shown
from amoconf.model import Account, Resource
from amoconf.plan import Plan
from amoconf.survey import Survey, reread
from amoconf.tongue import tr
from amoconf.values import Address, Value, plain

FRESH_S = 2.0  # a bulk read this young still counts as just before writing
# Only read, and it changes with something else: the rights that a user has follow the role.
FOLLOWING = ("own",)


@dataclass
class Guard:
    """Reads the collections that a batch is about to write to, and compares them with what was planned from."""

    plan: Plan
    before: Survey
    writer: Writer
    wanted: Account
    ids: Mapping[Address, int | str]
    _read: dict[frozenset[str], tuple[float, Account]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changes: dict[Address, list[Change]] = {}
        # By kind and attribute: what the plan switches on.
        self.given: dict[str, dict[str, set[Address]]] = {}
        for change in self.plan.changes:
            for item in (change, *change.parts):
                self.changes.setdefault(item.address, []).append(item)
                self._note_flags(item)

    def _note_flags(self, change: Change) -> None:
        given = self.given.setdefault(change.address.kind, {})
        for name, value in change.after.items():
            if value is True:
                given.setdefault(name, set()).add(change.address)

    async def check(self, steps: Sequence[Step], made: Ids) -> Mapping[int, str]:
        """What stands against some of the steps, by number. ApiError where the account cannot be read."""
        kinds = frozenset(address.kind for step in steps for address in step.serves)
        now = await self._now(kinds, made, fresh=any(step.form for step in steps))
        found = {number: next(self._conflicts(step, now, made), "") for number, step in enumerate(steps)}
        return {
            number: tr("{reason}; nothing was sent for it", reason=text)
            for number, text in found.items()
            if text
        }

    async def _now(self, kinds: frozenset[str], made: Ids, *, fresh: bool) -> Account:
        at, account = self._read.get(kinds, (0.0, None))
        if account is None or fresh or self.writer.elapsed - at > FRESH_S:
            known = {
                **self.ids,
                **{address: key for address, key in made.items() if address in self.wanted.index},
            }
            adopted = await reread(self.before, self.writer.reader, self.wanted, known, kinds)
            account = adopted.found
            self._read[kinds] = (self.writer.elapsed, account)
        return account

    def _conflicts(self, step: Step, now: Account, made: Ids) -> Iterator[str]:
        for address in step.serves:
            there = now.get(address)
            for change in self.changes.get(address, ()):
                # What leaves with a list that is written may have left with an earlier write of ours.
                if there is not None or change.action != DELETE or step.method == "DELETE":
                    yield from _of_thing(change, there, made, self.plan.view.found.index, self._flags(change))
                if step.form or KINDS[address.kind].order == "list":
                    yield from self._of_list(address, now, made)

    def _flags(self, change: Change) -> set[str]:
        """Marks that only one thing has, and that this plan gives to another one (the main pipeline)."""
        given = self.given.get(change.address.kind, {})
        return {name for name, owners in given.items() if owners - {change.address}}

    def _of_list(self, address: Address, now: Account, made: Ids) -> Iterable[str]:
        """A list that is written as a whole: what came to it meanwhile would be lost."""
        there = {item.id: item for item in now.within(address.kind, address.home) if not item.fixed}
        known = self.plan.view.found.within(address.kind, address.home)
        was = {item.id: item for item in known if not item.fixed}
        came = [item for key, item in there.items() if key not in was and key not in made.values()]
        went = [item for key, item in was.items() if key not in there and not self._leaves(item.address)]
        for item in came:
            yield tr("{name} has come meanwhile, and the list is saved as a whole", name=_name(item))
        for item in went:
            yield tr("{name} is gone meanwhile, and the list is saved as a whole", name=_name(item))

    def _leaves(self, address: Address) -> bool:
        return any(change.action == DELETE for change in self.changes.get(address, ()))


def _of_thing(
    change: Change,
    now: Resource | None,
    made: Ids,
    known: Mapping[Address, Resource],
    flags: Container[str],
) -> Iterable[str]:
    """Somebody else made, took away or changed the thing. known: what was there when the plan was made."""
    have = change.have
    if have is None:
        if now is not None and change.old is None and now.id != made.get(change.address):
            yield tr("somebody has made {name} meanwhile (id {id})", name=_name(now), id=now.id)
    elif now is None or now.id not in (have.id, made.get(change.address)):
        yield tr("{name} is gone meanwhile", name=_name(have))
    else:
        for name, before in have.attrs.items():
            value = now.attrs.get(name)
            if name in FOLLOWING or (before is True and name in flags):
                continue
            planned = (before, change.after.get(name, before))
            if _old(value, known) not in [_old(item, known) for item in planned]:
                yield tr(
                    "{name} has changed meanwhile: planned from {before}, now {now}",
                    name=name,
                    before=_text(change, name, before),
                    now=_text(change, name, value),
                )


def _old(value: Value, known: Mapping[Address, Resource]) -> Value:
    """A value without what it says of things made since: the service itself adds rows for them (config page C11)."""
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if not isinstance(key, Address) or key in known}
    if isinstance(value, tuple):
        return tuple(item for item in value if not isinstance(item, Address) or item in known)
    return None if isinstance(value, Address) and value not in known else plain(value)


def _name(thing: Resource) -> str:
    """What people call it; the address where the name may hold a secret."""
    kind = KINDS[thing.address.kind]
    attr = kind.by_name.get(kind.identity)
    hidden = attr is None or attr.codec.secret
    return str(thing.address) if hidden else repr(str(thing.attrs.get(kind.identity, thing.address)))


def _text(change: Change, name: str, value: Value) -> str:
    attr = KINDS[change.address.kind].by_name.get(name)
    if attr is None:
        return repr(value)  # only read: whether a user is an administrator
    codec = attr.codec
    return tr("a secret") if codec.secret else repr(shown(codec, value))
