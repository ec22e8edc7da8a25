"""Snapshot ⇄ text: an account as it was before an apply and as that left it, so that `undo` can plan the way back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from amoconf import __version__
from amoconf import lock as locks
from amoconf.changes import CREATE, DELETE, Change
from amoconf.errors import AmoconfError, UsageError
from amoconf.kinds import KINDS, parent_of
from amoconf.lock import Lock
from amoconf.meantime import Parts, renamed
from amoconf.model import Account, Resource, Settings
from amoconf.plan import Plan
from amoconf.planfile import marked
from amoconf.tongue import tr
from amoconf.values import Address, Hidden, Value

VERSION = 1
# What the way back needs of the spec's settings: which account, how archiving looks, what is allowed, the brakes.
SETTINGS = ("subdomain", "id", "domain", "archive_prefix", "archive_group", "language")
BRAKES = "brakes"


@dataclass(frozen=True)
class Head:
    """Which account was written to, for which spec, when (account time, Unix seconds), by which command.

    back_to: name of the snapshot that an undo goes back to, as long as it has not come to its end.
    """

    account: int
    host: str
    revision: str
    taken_at: int
    command: str = "apply"
    back_to: str = ""


@dataclass(frozen=True)
class Snapshot:
    """One apply. before, after: everything that was read, in the addresses of `before`, with what is known of it.

    touched: what the plan changes. made: what it makes. lock: as it was before. finished: `after` was read; else it is
    what was meant. Secrets are held as hashes only: Hidden without a value.
    """

    head: Head
    before: Account
    after: Account
    touched: frozenset[Address]
    made: frozenset[Address]
    lock: Lock
    finished: bool = False

    def concerns(self, address: Address) -> bool:
        """Whether the apply had to do with a thing or with what it lies in."""
        above: Address | None = address
        while above is not None:
            if above in self.touched or above in self.made:
                return True
            above = parent_of(above)
        return False


def take(plan: Plan, head: Head, lock: Lock, key: bytes) -> Snapshot:
    """The snapshot to keep before the plan is carried out. key: for the hashes of secret values."""
    settings = _needed(plan.view.settings)
    before = _kept(plan.view.found.resources, key, settings)
    after = _kept(_meant(plan).values(), key, settings)
    return Snapshot(head, before, after, _touched(plan), _made(plan, before), lock)


def finish(snapshot: Snapshot, plan: Plan, found: Account, key: bytes) -> Snapshot:
    """The snapshot with what the apply left, as read afterwards. plan: may have grown since, by what people did."""
    before, touched, made = snapshot.before, _touched(plan), _made(plan, snapshot.before)
    things = (found.resources, plan.view.found.resources)
    after, start = (renamed(_kept(each, key, before.settings), before) for each in things)
    if snapshot.finished:
        parts = Parts(before, snapshot.after, start, snapshot.touched | snapshot.made)
        after = parts.after(after, touched | made)
    touched, made = snapshot.touched | touched, snapshot.made | made
    return replace(snapshot, after=after, touched=touched, made=made, finished=True)


def _needed(settings: Settings) -> Settings:
    policy = {BRAKES: settings.policy[BRAKES]} if BRAKES in settings.policy else {}
    some = {name: getattr(settings, name) for name in SETTINGS}
    return Settings(**some, undocumented=settings.undocumented, policy=policy)


def _kept(things: Iterable[Resource], key: bytes, settings: Settings) -> Account:
    """What exists of these things, without what was only needed to write them."""
    there = (item for item in things if KINDS[item.address.kind].exists(item))
    return Account(tuple(kept(item, key) for item in there), settings)


def kept(item: Resource, key: bytes) -> Resource:
    """A thing as a snapshot holds it."""
    known = KINDS[item.address.kind].by_name
    attrs = {
        name: _hashed(item.address.kind, name, item.attrs[name], key) for name in item.attrs if name in known
    }
    return Resource(
        item.address, attrs, item.id, item.place, reserved=item.reserved, fixed=item.fixed, aside=item.aside
    )


def _hashed(kind: str, name: str, value: Value, key: bytes) -> Value:
    secret = KINDS[kind].by_name[name].codec.secret
    return Hidden(marked(kind, name, value, key), None) if secret and value is not None else value


def _parts(plan: Plan) -> Iterable[Change]:
    for change in plan.changes:
        yield from (change, *change.parts)


def _touched(plan: Plan) -> frozenset[Address]:
    old = {change.old.address for change in plan.changes if change.old is not None}
    return frozenset({change.address for change in _parts(plan)} | old)


def _made(plan: Plan, before: Account) -> frozenset[Address]:
    learnt = {learn.address for step in plan.steps for learn in step.learns}
    made = {change.address for change in _parts(plan) if change.action == CREATE}
    return frozenset((learnt | made) - before.index.keys())


def _meant(plan: Plan) -> dict[Address, Resource]:
    """The account as it will be when everything goes well; what is made has no id yet."""
    things = dict(plan.view.found.index)
    for change in _parts(plan):
        have = things.get(change.address)
        if change.action == DELETE:
            things = {key: item for key, item in things.items() if not _lies_in(key, change.address)}
        elif have is not None and change.action != CREATE:
            things[change.address] = have.with_map(change.after)
        elif change.want is not None:
            things[change.address] = change.want
        if change.old is not None:
            archive = KINDS[change.address.kind].archive
            after = archive(change.old, plan.view) if archive else {}
            things[change.old.address] = change.old.with_map(after)
        for place, address in enumerate(change.target):
            if address in things:
                things[address] = replace(things[address], place=place)
    return things


def _lies_in(address: Address | None, top: Address) -> bool:
    while address is not None and address != top:
        address = parent_of(address)
    return address is not None


def dump(snapshot: Snapshot) -> str:
    """The file's text."""
    head, settings = snapshot.head, snapshot.before.settings
    body = {
        "amoconf_snapshot": VERSION,
        "amoconf": __version__,
        "account": {"id": head.account, "host": head.host},
        "command": head.command,
        "back_to": head.back_to,
        "spec_revision": head.revision,
        "taken_at": head.taken_at,
        "finished": snapshot.finished,
        "settings": {
            **{name: getattr(settings, name) for name in SETTINGS},
            "undocumented": sorted(settings.undocumented),
            "policy": dict(settings.policy),
        },
        "touched": [_path(address) for address in sorted(snapshot.touched)],
        "made": [_path(address) for address in sorted(snapshot.made)],
        "lock": locks.dump(snapshot.lock).splitlines(),
        "before": [_row(item) for item in snapshot.before.resources],
        "after": [_row(item) for item in snapshot.after.resources],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _path(address: Address) -> list[str]:
    """A list, for the name of an unlisted thing may hold a "/" anywhere."""
    return [address.kind, *address.path]


def _row(item: Resource) -> dict[str, Any]:
    marks = {name: getattr(item, name) for name in ("reserved", "fixed", "aside") if getattr(item, name)}
    attrs = {name: _plainly(value) for name, value in item.attrs.items()}
    return {"address": _path(item.address), "id": item.id, "place": item.place, **marks, "attrs": attrs}


def _plainly(value: Value) -> Any:
    """A canonical value as JSON; what JSON lacks is an object with one key."""
    if isinstance(value, Address):
        return {"address": _path(value)}
    if isinstance(value, Hidden):
        return {"secret": value.shown}
    if isinstance(value, Mapping):
        return {"map": [[_plainly(key), _plainly(item)] for key, item in value.items()]}
    return [_plainly(item) for item in value] if isinstance(value, tuple | list) else value


def load(text: str, file: str) -> Snapshot:
    """The snapshot of a file's text. UsageError where it is none, is damaged, or of another version."""
    try:
        body = json.loads(text)
        version = body["amoconf_snapshot"]
        if version == VERSION:
            return _read(body, file)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, AmoconfError) as error:
        raise UsageError(
            tr("{file} is no snapshot, or a damaged one ({error!r})", file=file, error=error),
            tr("amoconf undo --list shows the others"),
        ) from error
    text = tr("{file}: this snapshot is of version {version}", file=file, version=version)
    raise UsageError(text, tr("use the amoconf that took it"))


def _read(body: Mapping[str, Any], file: str) -> Snapshot:
    given, account = body["settings"], body["account"]
    some = {name: given[name] for name in SETTINGS}
    settings = Settings(**some, undocumented=frozenset(given["undocumented"]), policy=given["policy"])
    said = (body["spec_revision"], int(body["taken_at"]), body["command"], body.get("back_to", ""))
    return Snapshot(
        head=Head(int(account["id"]), account["host"], *said),
        before=Account(tuple(_thing(row) for row in body["before"]), settings),
        after=Account(tuple(_thing(row) for row in body["after"]), settings),
        touched=frozenset(_address(path) for path in body["touched"]),
        made=frozenset(_address(path) for path in body["made"]),
        lock=locks.load("\n".join(body["lock"]), file),
        finished=bool(body["finished"]),
    )


def _address(path: list[str]) -> Address:
    kind, *rest = path
    if kind not in KINDS or not rest or not all(isinstance(part, str) for part in rest):
        raise ValueError(f"{path!r} is no address")
    return Address(kind, tuple(rest))


def _thing(row: Mapping[str, Any]) -> Resource:
    marks = {name: row[name] for name in ("reserved", "fixed", "aside") if name in row}
    attrs = {name: _value(value) for name, value in row["attrs"].items()}
    return Resource(_address(row["address"]), attrs, row["id"], int(row["place"]), **marks)


def _value(given: Any) -> Value:
    if isinstance(given, list):
        return tuple(_value(item) for item in given)
    if not isinstance(given, Mapping):
        return given
    ((key, value),) = given.items()
    if key == "address":
        return _address(value)
    if key == "secret":
        return Hidden(str(value), None)
    return {_value(name): _value(item) for name, item in value}
