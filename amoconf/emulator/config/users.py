"""Users: the people of the account, read whole, switched on and off, never changed by the API."""

import hashlib
from copy import deepcopy
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call
from amoconf.emulator.check import Key
from amoconf.emulator.config import rights
from amoconf.emulator.config.roles import granted
from amoconf.emulator.listing import ENVELOPES, not_found, paged
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

# Read only as far as anyone documents (config page C10, third party).
UNDOCUMENTED = {
    "custom_fields_rights": None,
    "oper_day_reports_view_access": False,
    "oper_day_user_tracking": False,
}
FLAGS = ("is_admin", "is_free", "is_active", "group_id", "role_id")
# Columns that `with=` adds to a user.
EXTRA = ("uuid", "amojo_id", "user_rank", "phone_number")
MOST_SWITCHED = 10
# What a list's right looks like once a user was made an administrator (third party: config page C10, glitch).
ADMIN_CATALOG_RIGHTS = [
    {"catalog_id": name, "rights": "A"} for name in ("add", "edit", "view", "delete", "export")
]


def make_user(
    store: Store,
    name: str,
    email: str,
    *,
    lang: str = "ru",
    given: rights.Rights | None = None,
    role_id: int | None = None,
    group_id: int | None = None,
    is_admin: bool = False,
    is_free: bool = False,
    is_active: bool = True,
    extra: Thing | None = None,
) -> Thing:
    """A new user with the complete `rights` object of a real answer.

    `given`: blocks of rights, the rest is denied; a role's rights win over them, an administrator has all.
    `extra`: values for `id`, `uuid`, `amojo_id`, `user_rank`, `phone_number`. Group None is the default one.
    """
    key = (extra or {}).get("id") or store.count("user")
    flags = {"is_admin": is_admin, "is_free": is_free, "is_active": is_active, "group_id": group_id}
    matrix = complete(_base(store, given, role_id, is_admin), {**flags, "role_id": role_id})
    named = {"id": key, "name": name, "email": email, "lang": lang, "rights": matrix}
    chats = hashlib.md5(f"{key}/{email}".encode(), usedforsecurity=False).hexdigest()
    ids = {"uuid": _uuid(chats[::-1]), "amojo_id": _uuid(chats), "user_rank": None, "phone_number": None}
    return store.put("user", {**named, **ids, **(extra or {})})


def _base(store: Store, given: rights.Rights | None, role_id: int | None, is_admin: bool) -> rights.Rights:
    if is_admin:
        return {**rights.full_rights(), "status_rights": None, "catalog_rights": None}
    role = None if role_id is None else store.get("role", role_id)
    return granted(role) if role is not None else {**rights.no_rights(), **rights.ordered(given or {})}


def complete(matrix: rights.Rights, flags: dict[str, Any]) -> rights.Rights:
    """Rights of a role and flags of a user as one object, in the order of a real answer (config page C11)."""
    access = {"files_access": bool(flags["is_admin"])}
    shared = {name: deepcopy(matrix[name]) for name in rights.SHARED}
    head = {name: shared[name] for name in (*rights.BLOCKS, *rights.SWITCHES)}
    rows = {"status_rights": shared["status_rights"], "catalog_rights": shared["catalog_rights"]}
    return {**head, **access, **rows, **UNDOCUMENTED, **flags}


def _uuid(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def change_user(store: Store, user: Thing, given: rights.Rights | None = None, **words: Any) -> Thing:
    """The user with other `name`, `email`, `lang`, `role_id`, `group_id`, `is_admin`, `is_free`, `is_active`.

    Only a person can do this, in the interface. A role brings its rights; taking it away leaves them.
    `given`: blocks of rights of his own, which take him out of his role (help centre: config page C10).
    """
    flags = {name: value for name, value in words.items() if name in FLAGS}
    matrix = {**user["rights"], **_promoted(user, flags.get("is_admin")), **flags}
    if given:
        matrix |= {**rights.ordered(given), "role_id": None}
    role = store.get("role", matrix["role_id"]) if matrix["role_id"] is not None else None
    if role is not None and not matrix["is_admin"]:
        matrix |= granted(role)
    named = {name: value for name, value in words.items() if name not in FLAGS}
    return store.put("user", {**user, **named, "rights": matrix})


def _promoted(user: Thing, is_admin: bool | None) -> rights.Rights:
    """What becoming an administrator or an ordinary user again does to the rights."""
    if is_admin is None or is_admin == user["rights"]["is_admin"]:
        return {}
    if not is_admin:
        return {**rights.no_rights(), "files_access": False}
    rows = {"status_rights": None, "catalog_rights": deepcopy(ADMIN_CATALOG_RIGHTS)}
    return {**rights.full_rights(), **rows, "files_access": True, "role_id": None}


@route("GET", "/api/v4/users", admin=True, facts="config C11")
def index(call: Call) -> Answer:
    """All users, page by page."""
    return paged(
        call, ENVELOPES["users"], call.store.all("user"), lambda user, query: wire(call, user, query)
    )


@route("GET", "/api/v4/users/{id:int}", admin=True, facts="config C11")
def show(call: Call) -> Answer:
    """One user."""
    user = call.store.get("user", call.id())
    if user is None:
        raise not_found("User")
    return ok(wire(call, user))


@route("POST", "/api/v4/users/activate", admin=True, facts="config C11, E1")
def activate(call: Call) -> Answer:
    """Lets users in again; no body."""
    _switch(call, active=True)
    return Answer(call.world.switches.activate_status)


@route("POST", "/api/v4/users/deactivate", admin=True, facts="config C11")
def deactivate(call: Call) -> Answer:
    """Locks users out."""
    _switch(call, active=False)
    return NOTHING


def _switch(call: Call, *, active: bool) -> None:
    if not call.world.switches.user_management:
        raise problem(403, "Client doesn't have the required scope")
    items = call.batch({"id": Key("int", required=True)}, most=MOST_SWITCHED)
    users = [(item["id"], call.store.get("user", item["id"])) for item, _ in items]
    foreign = ", ".join(str(key) for key, user in users if user is None)
    if foreign:
        raise problem(400, f"User(s) {foreign} are not associated with provided account.")
    admins = ", ".join(str(key) for key, user in users if user and user["rights"]["is_admin"])
    if admins:
        # guess: config page C11 says only that administrators cannot be switched.
        raise problem(400, f"User(s) {admins} are administrators.")
    for _, user in users:
        if user is not None:
            change_user(call.store, user, is_active=active)


def wire(call: Call, user: Thing, query: str = "", request_id: str | None = None) -> dict[str, Any]:
    """A user as it is sent; `with=` adds columns, the role and the group."""
    words = call.with_words()
    hidden = call.world.switches.hidden_unsorted_rights
    body: dict[str, Any] = {name: user[name] for name in ("id", "name", "email", "lang")}
    body["rights"] = rights.shown(call.store, user["rights"], hidden_unsorted=hidden)
    body |= {name: user.get(name) for name in EXTRA if name in words}
    if request_id is not None:
        body["request_id"] = request_id
    body["_links"] = {"self": {"href": call.link(f"/api/v4/users/{user['id']}/{query}")}}
    embedded = {
        **({"roles": _roles(call, user)} if "role" in words else {}),
        **({"groups": _groups(call, user)} if "group" in words else {}),
    }
    return {**body, "_embedded": embedded} if embedded else body


def _roles(call: Call, user: Thing) -> list[Thing]:
    key = user["rights"]["role_id"]
    role = None if key is None else call.store.get("role", key)
    if role is None:
        return []
    link = {"self": {"href": call.link(f"/api/v4/roles/{key}")}}
    return [{"id": key, "name": role["name"], "_links": link}]


def _groups(call: Call, user: Thing) -> list[Thing]:
    key = user["rights"]["group_id"]
    group = None if key is None else call.store.get("user_group", key)
    return [] if group is None else [{"id": key, "name": group["name"]}]
