"""Groups of fields: the tabs of a card (config page, C8).

For the interface actions and scenarios: `make_group`, `change_group`, `delete_group`, `groups_of`.
"""

from amoconf.emulator.answer import NOTHING, Answer, ok
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Fault, Key, fault, unchanged
from amoconf.emulator.config.fields_scope import GROUPED, Scope, route_in, scope_of
from amoconf.emulator.listing import (
    ENVELOPES,
    linked,
    not_found,
    something_to_change,
    unsuitable,
    whole,
    written,
)
from amoconf.emulator.store import Store, Thing

MAIN = "default"
LIST = "/custom_fields/groups"
ONE = LIST + "/{id}"
FIELDS = Key("array", items=Key("int"))
CHANGE = {
    "name": Key("string", blank=False, max=255),
    "sort": Key("int"),
    "fields": FIELDS,
    "request_id": Key("string"),
}


@route_in(GROUPED, "GET", LIST, facts="config C8")
def list_groups(call: Call) -> Answer:
    """The main group first, then by sort."""
    scope = scope_of(call)
    groups = [wire(call, scope, group) for group in groups_of(call.store, scope.name)]
    return whole(call, ENVELOPES["custom_field_groups"], groups)


@route_in(GROUPED, "GET", ONE, facts="config C8")
def read_group(call: Call) -> Answer:
    """A bare object."""
    scope = scope_of(call)
    return ok(wire(call, scope, _known(call, scope)))


@route_in(GROUPED, "POST", LIST, facts="config C8", admin=True)
def create_groups(call: Call) -> Answer:
    """`sort` is required on amoCRM, optional on Kommo; the SDK sends `fields` too."""
    scope = scope_of(call)
    needed = call.world.switches.platform == "ru"
    name = Key("string", required=True, blank=False, max=255)
    shape = {**CHANGE, "name": name, "sort": Key("int", required=needed)}
    items = call.batch(shape, lambda item: _faults(call, scope, item))
    made = [(_create(call.store, scope, item)["id"], echo) for item, echo in items]
    shown = [wire(call, scope, call.store.things["field_group", scope.name][key], echo) for key, echo in made]
    return written(call, "custom_field_groups", shown, status=201)


@route_in(GROUPED, "PATCH", ONE, facts="config C8", admin=True)
def patch_group(call: Call) -> Answer:
    """`fields` are added to those that the group has. The two platforms differ in the answer's link."""
    scope = scope_of(call)
    group = _known(call, scope)
    if group["type"] != "custom_field_group":
        raise unsuitable("id")  # guess: a list's tab follows the list
    shape = {**CHANGE, **unchanged(id=group["id"])}
    item = call.one(shape, lambda given: _faults(call, scope, given))
    something_to_change(item)
    body = wire(call, scope, change_group(call.store, scope.name, group, item), request_id(item, 0))
    if call.world.switches.platform == "kommo":
        del body["_links"]
    else:
        body["_links"]["self"]["href"] += "/"
    return ok(body)


@route_in(GROUPED, "DELETE", ONE, facts="config C8, E2.11", admin=True)
def remove_group(call: Call) -> Answer:
    """Predefined groups stay."""
    scope = scope_of(call)
    group = _known(call, scope)
    if group["is_predefined"]:
        raise unsuitable("id")
    delete_group(call.store, scope.name, group["id"], fields=call.world.switches.group_delete)
    return NOTHING


def wire(call: Call, scope: Scope, group: Thing, echo: str | None = None) -> Thing:
    """A group as answers show it, with the ids of its fields."""
    body = {key: group[key] for key in ("id", "name", "is_predefined", "type")}
    body["fields"] = [field["id"] for field in fields_of(call.store, scope.name, group["id"])]
    body |= {"entity_type": group["entity_type"], "sort": group["sort"]}
    return linked(call, body, f"{scope.path}{LIST}/{group['id']}", echo)


def groups_of(store: Store, scope: str) -> list[Thing]:
    """All groups of a scope: the main one, which is there without being stored, own ones, tabs of lists."""
    entity = scope.split("/")[0]
    stored = store.all("field_group", scope)
    main = (
        []
        if any(group["id"] == MAIN for group in stored)
        else [_body(MAIN, "Основное", entity, 0, own=False)]
    )
    known = {group["id"] for group in stored}
    tabs = [] if entity == "catalogs" else [tab for tab in _tabs(store, entity) if tab["id"] not in known]
    return sorted([*main, *stored, *tabs], key=lambda group: (group["id"] != MAIN, int(group["sort"])))


def fields_of(store: Store, scope: str, key: str) -> list[Thing]:
    """The fields of a group, in their order."""
    group_id = None if key == MAIN else key
    held = [field for field in store.all("field", scope) if field.get("group_id") == group_id]
    return sorted(held, key=lambda field: int(field["sort"]))


def make_group(store: Store, scope: str, name: str, *, sort: int) -> Thing:
    """A new group; its id is the entity and a number."""
    entity = scope.split("/")[0]
    key = f"{entity}_{store.count('field_group')}"
    return store.put("field_group", _body(key, name, entity, sort, own=True), scope)


def change_group(store: Store, scope: str, group: Thing, change: Item) -> Thing:
    """Applies name and sort; moves the fields named in `fields` here from wherever they are."""
    for key in change.get("fields", []):
        field = store.things["field", scope][str(key)]
        store.put("field", {**field, "group_id": None if group["id"] == MAIN else group["id"]}, scope)
    wanted: Thing = {key: change[key] for key in ("name", "sort") if key in change}
    return store.put("field_group", {**group, **wanted}, scope)


def delete_group(store: Store, scope: str, key: str, *, fields: str = "main") -> None:
    """Its fields go to the main group, or with `fields="delete"` they go with it."""
    for field in fields_of(store, scope, key):
        if fields == "delete":
            store.drop("field", field["id"], scope)
        else:
            store.put("field", {**field, "group_id": None}, scope)
    store.drop("field_group", key, scope)


def _body(
    key: str, name: str, entity: str, sort: int, *, own: bool, kind: str = "custom_field_group"
) -> Thing:
    head = {"id": key, "name": name, "is_predefined": not own, "type": kind}
    return {**head, "entity_type": entity, "sort": sort}


def _tabs(store: Store, entity: str) -> list[Thing]:
    # guess: which lists have a tab, and its sort
    return [
        _body(str(catalog["id"]), catalog["name"], entity, catalog["sort"], own=False, kind="linked_group")
        for catalog in store.all("catalog")
        if catalog.get("can_show_in_cards")
    ]


def _known(call: Call, scope: Scope) -> Thing:
    for group in groups_of(call.store, scope.name):
        if group["id"] == call.values["id"]:
            return group
    raise not_found("Custom field group")


def _faults(call: Call, scope: Scope, item: Item) -> list[Fault]:
    known = call.store.things.get(("field", scope.name), {})
    return [
        fault("NotSupportedChoice", f"fields.{index}")
        for index, key in enumerate(item.get("fields", []))
        if str(key) not in known
    ]


def _create(store: Store, scope: Scope, item: Item) -> Thing:
    last = max(int(group["sort"]) for group in groups_of(store, scope.name))
    group = make_group(store, scope.name, item["name"], sort=item.get("sort", last + 1))
    return change_group(store, scope.name, group, {"fields": item.get("fields", [])})
