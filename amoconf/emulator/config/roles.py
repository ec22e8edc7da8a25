"""Roles: named sets of rights, and the users who take theirs from one."""

from copy import deepcopy
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config import rights
from amoconf.emulator.listing import ENVELOPES, not_found, paged, something_to_change, written
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

NAME = Key(blank=False, max=255)  # guess: config page E2.2
NEW = {
    "name": Key(required=True, blank=False, max=255),  # required is a guess: config page C10
    "rights": Key("object", keys=rights.shape(blocks_required=True)),
    "request_id": Key(),
}
CHANGE = {
    "name": NAME,
    "rights": Key("object", keys=rights.shape(blocks_required=False)),
    "request_id": Key(),
}


def make_role(store: Store, name: str, given: rights.Rights | None = None) -> Thing:
    """A new role. What `given` leaves out is denied; `rights.no_rights()` shows its form."""
    matrix = {**rights.no_rights(), **rights.ordered(given or {})}
    return store.put("role", {"id": store.count("role"), "name": name, "rights": matrix})


def change_role(
    store: Store, role: Thing, name: str | None = None, given: rights.Rights | None = None
) -> Thing:
    """The role with another name and with the given blocks of rights in place of its own; its users follow.

    A block that is not given stays; `status_rights` and `catalog_rights` count as blocks.
    """
    matrix = {**role["rights"], **rights.ordered(given or {})}
    role = store.put("role", {**role, "name": role["name"] if name is None else name, "rights": matrix})
    for user in users_of(store, role["id"]):
        store.put("user", {**user, "rights": {**user["rights"], **granted(role)}})
    return role


def delete_role(store: Store, role_id: int, *, keep_rights: bool = True) -> None:
    """Deletes a role. Its users have none then, and keep a copy of its rights or lose them."""
    for user in users_of(store, role_id):
        lost = {} if keep_rights else rights.no_rights()
        store.put("user", {**user, "rights": {**user["rights"], **lost, "role_id": None}})
    store.drop("role", role_id)


def granted(role: Thing) -> rights.Rights:
    """A copy of what a role gives to a user."""
    return deepcopy({name: role["rights"][name] for name in rights.SHARED})


def users_of(store: Store, role_id: int) -> list[Thing]:
    """The users who have this role."""
    return [user for user in store.all("user") if user["rights"]["role_id"] == role_id]


@route("GET", "/api/v4/roles", admin=True, facts="config C10")
def index(call: Call) -> Answer:
    """All roles, page by page."""
    return paged(
        call, ENVELOPES["roles"], call.store.all("role"), lambda role, query: wire(call, role, query)
    )


@route("GET", "/api/v4/roles/{id:int}", admin=True, facts="config C10")
def show(call: Call) -> Answer:
    """One role."""
    return ok(wire(call, known_role(call)))


@route("POST", "/api/v4/roles", admin=True, facts="config C10, B4")
def create(call: Call) -> Answer:
    """New roles: an array, or one object; the answer is a collection either way."""
    if isinstance(call.body, dict) and call.body:
        call.body = [call.body]
    items = call.batch(NEW, lambda item: body_faults(call, item))
    made = [
        (make_role(call.store, item["name"], item.get("rights")), request_id) for item, request_id in items
    ]
    answer = [wire(call, role, request_id=request_id) for role, request_id in made]
    return written(call, "roles", answer, status=201)


@route("PATCH", "/api/v4/roles/{id:int}", admin=True, facts="config C10")
def change(call: Call) -> Answer:
    """A new name, other blocks of rights, or both; 202."""
    role = known_role(call)
    item = call.one(CHANGE, lambda given: body_faults(call, given))
    something_to_change(item)
    return ok(wire(call, change_role(call.store, role, item.get("name"), item.get("rights"))), 202)


@route("DELETE", "/api/v4/roles/{id:int}", admin=True, facts="config C10, E2.12")
def delete(call: Call) -> Answer:
    """Deletes a role."""
    keep = call.world.switches.role_delete_keeps_rights
    delete_role(call.store, known_role(call)["id"], keep_rights=keep)
    return NOTHING


def known_role(call: Call) -> Thing:
    """The role that the path names, or 404."""
    role = call.store.get("role", call.id())
    if role is None:
        raise not_found("Role")
    return role


def body_faults(call: Call, item: Item) -> list[Fault]:
    """Faults of a role's body besides its shape."""
    dependencies = call.world.switches.rights_dependencies
    return rights.faults(call.store, item.get("rights", {}), dependencies=dependencies)


def wire(call: Call, role: Thing, query: str = "", request_id: str | None = None) -> dict[str, Any]:
    """A role as it is sent."""
    hidden = call.world.switches.hidden_unsorted_rights
    body: dict[str, Any] = {
        **role,
        "rights": rights.shown(call.store, role["rights"], hidden_unsorted=hidden),
    }
    if request_id is not None:
        body["request_id"] = request_id
    body["_links"] = {"self": {"href": call.link(f"/api/v4/roles/{role['id']}/{query}")}}
    if "users" in call.with_words():
        body["_embedded"] = {"users": [user["id"] for user in users_of(call.store, role["id"])]}
    return body


def check_role(store: Store, role_id: int | None, path: str) -> list[Fault]:
    """A fault where a role that does not exist is named."""
    missing = role_id is not None and store.get("role", role_id) is None
    return [fault("NotSupportedChoice", path)] if missing else []
