"""account.lock.yaml ⇄ what amoconf remembers of each address: id, protection, the attributes last applied."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.errors import LockError
from amoconf.kinds import KINDS, parse_address
from amoconf.model import Account, Resource
from amoconf.tongue import tr
from amoconf.values import Address, Value


@dataclass(frozen=True)
class Entry:
    """One address. attrs: as YAML would hold them, so that the file can be read and compared as text."""

    id: int | str | None
    attrs: Mapping[str, Any] = field(default_factory=dict)
    protected: bool = False


NOTHING = Entry(None)


@dataclass(frozen=True)
class Lock:
    """Everything remembered. account 0: nothing yet.

    kept: not of the file, but of an apply that was interrupted: what new things were to take over from those that they
    replace, as YAML would have it.
    """

    account: int = 0
    entries: Mapping[Address, Entry] = field(default_factory=dict)
    kept: Mapping[Address, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def ids(self) -> Mapping[Address, int | str]:
        """Known ids."""
        return {address: entry.id for address, entry in self.entries.items() if entry.id is not None}

    @property
    def protected(self) -> tuple[tuple[Address, int | str | None], ...]:
        """Addresses and ids of what must not be taken away."""
        return tuple((address, entry.id) for address, entry in self.entries.items() if entry.protected)

    def origin(self, address: Address, attr: str, have: Value, want: Value) -> str | None:
        """Who moved since the last apply: spec, drift, both; None without memory of this attribute."""
        entry = self.entries.get(address)
        if entry is None or attr not in entry.attrs:
            return None
        codec = KINDS[address.kind].by_name[attr].codec
        last = entry.attrs[attr]
        crm, spec = shown(codec, have) != last, shown(codec, want) != last
        return {(True, True): "both", (True, False): "drift", (False, True): "spec", (False, False): None}[
            crm, spec
        ]


def successor(name: Address) -> Address | None:
    """The field that took the place of an old one, `field/leads/city` of `field/leads/city@text`; None for all else."""
    key, mark, _ = name.key.rpartition("@")
    return Address(name.kind, (*name.home, key)) if mark and KINDS[name.kind].replaces else None


def with_ids(lock: Lock, ids: Mapping[Address, int | str]) -> Lock:
    """The lock with ids that were learnt since it was written."""
    known = {address: replace(lock.entries.get(address, NOTHING), id=key) for address, key in ids.items()}
    return replace(lock, entries={**lock.entries, **known})


def shown(codec: Any, value: Value) -> Any:
    """A value as the lock holds it."""
    if value is None:
        return None
    if codec.secret:
        return str(value)
    return codec.dump(value)


def remember(account: int, wanted: Account, found: Account, before: Lock) -> Lock:
    """The lock after an apply: every wanted thing that the account has, with what was agreed on."""
    entries = {
        want.address: _entry(want, have, before.entries.get(want.address, NOTHING))
        for want in wanted.resources
        if (have := found.get(want.address)) is not None
        and want.marks.absent is None
        and KINDS[want.address.kind].exists(have)
    }
    known = {(address.kind, entry.id) for address, entry in entries.items()}
    kept = {
        address: entry
        for address, entry in before.entries.items()
        if address not in entries and entry.protected and (address.kind, entry.id) not in known
    }
    return Lock(account, {**entries, **kept})


def _entry(want: Resource, have: Resource, before: Entry) -> Entry:
    """Where spec and account do not agree yet, what was agreed on before still counts."""
    kind = KINDS[want.address.kind]
    attrs: dict[str, Any] = {}
    for name, wish in want.attrs.items():
        attr = kind.by_name[name]
        if name not in have.attrs or attr.codec.secret or attr.channel == "local":
            continue
        there = shown(attr.codec, have.attrs[name])
        if want.marks.leaves or there == shown(attr.codec, wish):
            attrs[name] = there
        elif name in before.attrs:
            attrs[name] = before.attrs[name]
    return Entry(have.id, attrs, want.marks.protected)


HEADER = (
    "# What amoconf knows of the account after the last apply. Kept in git; written by amoconf, not by hand."
)
VERSION = 1
# What other programs take for the end of a line.
BREAKS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


def dump(lock: Lock) -> str:
    """The file: a line an address, sorted. Every line is YAML and, but for the comment, JSON."""
    lines = [HEADER, _line("amoconf_lock", VERSION), _line("account", lock.account)]
    for address, entry in sorted(lock.entries.items(), key=lambda pair: str(pair[0])):
        body = {
            "id": entry.id,
            **({"protected": True} if entry.protected else {}),
            "attrs": dict(entry.attrs),
        }
        lines.append(_line(str(address), body))
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    line = f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
    return line.translate(BREAKS)


def load(text: str, file: str) -> Lock:
    """The lock of a file's text. LockError names the line that cannot be read (a merge conflict, for example)."""
    values: dict[str, Any] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            values |= json.loads(f"{{{line}}}")
        except ValueError as error:
            todo = tr(
                "settle the merge conflict, or restore the file from git; do not delete it: it alone remembers which "
                "deals still wait for their values"
            )
            raise LockError(
                tr("{file}:{number}: this line of the lock file cannot be read", file=file, number=number),
                todo,
            ) from error
    if values.pop("amoconf_lock", None) != VERSION:
        raise LockError(
            tr("{file}: this is no lock file of this version of amoconf", file=file),
            tr("update amoconf, or restore the file from git"),
        )
    try:
        account = int(values.pop("account"))
        return Lock(account, {parse_address(key): _read_entry(body) for key, body in values.items()})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LockError(
            tr("{file}: the lock file is damaged ({error})", file=file, error=error),
            tr("restore it from git"),
        ) from error


def _read_entry(body: Mapping[str, Any]) -> Entry:
    return Entry(body["id"], dict(body.get("attrs") or {}), bool(body.get("protected")))
