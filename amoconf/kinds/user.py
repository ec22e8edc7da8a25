"""Users: the API makes, activates and deactivates them, and changes nothing else (config page C11, official)."""

import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, MANUAL, RESTORE, UPDATE, Change, Step, Steps, View
from amoconf.codecs import BOOLEAN, reference, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.kinds._forbidden import policy_asks
from amoconf.kinds._rights import decode_blocks, none_blocks
from amoconf.model import Account, Resource, Settings
from amoconf.tongue import later, tr
from amoconf.values import Address, Ref, Value

ATTRS = (
    Attr("email", text(), ("E-mail", "E-mail"), inner=True),
    # Of a user who is there, only `active` can be changed by the API (config page C11, official).
    Attr("name", text(50), ("Name", "Имя"), channel=MANUAL),
    Attr(
        "role",
        reference(lambda name, home: Address("role", (name,)), lambda role: role.key),
        ("Role", "Роль"),
        channel=MANUAL,
    ),
    Attr("group", text(), ("Department", "Отдел (группа пользователей)"), channel=MANUAL),
    Attr("active", BOOLEAN, ("Active", "Активен"), inner=True, default=True),
)
WORDS = {
    "role": later("role: {value}"),
    "group": later("department: {value}"),
    "name": later("name: {value}"),
    "email": later("email: {value}"),
    "active": later("active: {value}"),
}


def sources(need: Need) -> Iterable[Source]:
    """Users, where the spec lists some or the policy speaks of people."""
    listed = need.asks("user")
    if listed or policy_asks(need, "admins", "email_domains", "rights.forbid"):
        yield Source("users", "users", (("with", "role,group"),), spare=not listed)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One user; group 0 is the default department (config page C3)."""
    key, rights = read.number(item.get("id")), read.block(item.get("rights"), "rights")
    role, group = (read.numbered(rights.get(name), name) for name in ("role_id", "group_id"))
    groups: Mapping[Any, str] = facts.get("groups") or {}
    attrs: dict[str, Value] = {
        "email": read.line(item.get("email"), "email") or str(key),
        "name": read.line(item.get("name"), "name") or "",
        "role": rest.live("role", role) if role else None,
        "group": groups.get(group or 0),
        "active": read.flag(rights, "is_active") is not False,
    }
    raw = {name: read.flag(rights, name) for name in ("is_admin", "is_active")}
    # What a user without role may do is in the same blocks as of a role (config page C11, official).
    more = {"admin": bool(raw["is_admin"]), "own": decode_blocks(rights)}
    yield Resource(rest.live("user", key), {**attrs, **more}, id=key, fixed=True, raw=raw)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """POST of new users, activate and deactivate; the rest is a person's work."""
    return tuple(_one(change, view) for change in changes)


def _one(change: Change, view: View) -> Step:
    if change.action == CREATE and change.want is not None and change.channel != MANUAL:
        return _create(change, change.want, view)
    if change.action in (ARCHIVE, RESTORE) and change.channel != MANUAL:
        verb = "deactivate" if change.action == ARCHIVE else "activate"
        step = rest.create(change, ("users", verb), "", {"id": change.have.id if change.have else None})
        return Step(
            step.serves,
            rest.spoken(change, verb),
            method="POST",
            path=step.path,
            body=[step.body],
            channel="api",
        )
    return rest.by_hand(change, by_hand(change, view))


def _create(change: Change, want: Resource, view: View) -> Step:
    groups = {name: key for key, name in (view.found.facts.get("groups") or {}).items()}
    role, group = want.attrs.get("role"), groups.get(want.attrs.get("group"))
    body = {
        "name": want.attrs.get("name") or change.address.key.partition("@")[0][:50],
        "email": change.address.key,
        "password": Password(),
    }
    if role or group:
        # Without a role every block is wanted (config page C10); the default department is null (C3).
        rights: dict[str, Any] = {"role_id": Ref(role)} if role else none_blocks()
        body |= {"rights": {**rights, "group_id": group or None}}
    return rest.create(change, ("users",), "users", body)


class Password:
    """A password that nobody knows: made when the request is sent, never shown; the person sets one by e-mail.

    Rules: at least six characters with a digit, a lower and an upper case letter (config page C11, official).
    """

    def __repr__(self) -> str:
        return "(random password)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Password)

    def __hash__(self) -> int:
        return hash(Password)

    def reveal(self) -> str:
        """A fresh one."""
        letters = string.ascii_letters + string.digits
        return "aA1" + "".join(secrets.choice(letters) for _ in range(21))


def by_hand(change: Change, view: View) -> str:
    """Where a person changes a user."""
    if change.action == CREATE or change.have is None:
        return tr("Settings → Users → “Add user”: {user}", user=change.address.key)
    if change.want is not None and change.want.marks.absent is not None:
        return tr(
            "Settings → Users → {user} → delete (the CRM asks who gets the deals)", user=change.address.key
        )
    wish = ", ".join(tr(WORDS[item.name], value=_shown(item.after, view)) for item in change.attributes)
    return tr("Settings → Users → {user} → {wish}", user=change.address.key, wish=wish)


def _shown(value: Value, view: View) -> str:
    """A role by its name, as the interface lists it."""
    role = view.wanted.get(value) if isinstance(value, Address) else None
    return tr("“{name}”", name=role.attrs["name"] if role else value)


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Deactivated."""
    return {"active": False}


def channel(address: Address, action: str, settings: Settings) -> str:
    """Changing and deleting are not in the API."""
    return MANUAL if action in (UPDATE, DELETE) else "api"


def waits(change: Change, view: View) -> str:
    """A department that does not exist yet is made by a person first (config page C3)."""
    group = change.want.attrs.get("group") if change.want else None
    known = set((view.found.facts.get("groups") or {}).values())
    if change.action == CREATE and group and group not in known:
        return tr("Settings → Users → “Add department”: “{group}”", group=group)
    return ""


def never(change: Change, view: View) -> str:
    """Somebody must be left who can let the others in again."""
    have = change.have
    if have is None:
        return ""
    if have.id == view.found.facts.get("user_id"):
        return tr("it is the user whose token this is")
    # Where the answer does not say it, he may be one and the others may not.
    others = [item for item in view.found.of("user") if item.id != have.id and all(item.raw.values())]
    is_one = have.raw["is_admin"] is not False and have.raw["is_active"] is not False
    return tr("it is the last administrator") if is_one and not others else ""


def check(resource: Resource, account: Account) -> Iterable[str]:
    """The key is the e-mail."""
    if "@" not in resource.address.key:
        yield tr("{key!r} is no e-mail: users are listed by their e-mail", key=resource.address.key)


KIND = Kind(
    name="user",
    example={"role": "manager", "group": "Опт"},
    titles=("user", "пользователь"),
    about=(
        "Users by e-mail; role and department are changed by a person",
        "Пользователи по почте; роль и отдел меняет человек в настройках",
    ),
    homes=(Home("users"),),
    attrs=ATTRS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=70,
    identity="email",
    short="role",
    sweeps=False,
    archive=archive,
    never=never,
    waits=waits,
    check=check,
    channel_of=channel,
)
