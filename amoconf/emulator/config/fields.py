"""Custom fields of deals, contacts, companies, customers, segments, lists: the endpoints (config C7)."""

from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Key, Shape
from amoconf.emulator.config import enums
from amoconf.emulator.config.fields_check import Batch
from amoconf.emulator.config.fields_scope import EVERYWHERE, Scope, route_in, scope_of
from amoconf.emulator.config.fields_store import change_field, delete_field, make_field, wire
from amoconf.emulator.listing import ENVELOPES, not_found, paged, something_to_change, unsuitable, written
from amoconf.emulator.query import values
from amoconf.emulator.store import Thing

LIST = "/custom_fields"
ONE = LIST + "/{id:int}"
MOST_OF_SEGMENTS = 30  # config page, B6


@route_in(EVERYWHERE, "GET", LIST, facts="config C7.1, B3")
def list_fields(call: Call) -> Answer:
    """Pages by `filter[type]`, `filter[id]`, `order[sort]`, `order[id]`; unasked by sort, then id (guess)."""
    scope = scope_of(call)
    rows = _ordered(_filtered(call.store.all("field", scope.name), call), call)
    shape = ENVELOPES["custom_fields"]
    return paged(call, shape, rows, lambda field, query: wire(call, scope, field, query=query))


@route_in(EVERYWHERE, "GET", ONE, facts="config C7.1")
def read_field(call: Call) -> Answer:
    """A bare object."""
    scope = scope_of(call)
    return ok(wire(call, scope, _known(call, scope)))


@route_in(EVERYWHERE, "POST", LIST, facts="config C7.1, B4", admin=True)
def create_fields(call: Call) -> Answer:
    """An array, or one bare object, which is answered by a bare object. Items with an id create nothing."""
    scope = scope_of(call)
    bare = isinstance(call.body, dict) and bool(call.body)
    if bare:
        call.body = [call.body]
    items = call.batch(_open(call.body), Batch(call, scope).new)
    _check_count(call, scope, len(items))
    clears = call.world.switches.api_only_clears_required
    shown = [
        wire(call, scope, make_field(call.store, scope.name, item, api_only_clears=clears), echo)
        for item, echo in items
        if "id" not in item
    ]
    if bare and shown:
        return ok(shown[0], 201)
    return written(call, "custom_fields", shown, status=201)


@route_in(EVERYWHERE, "PATCH", LIST, facts="config C7.1, E1", admin=True)
def patch_fields(call: Call) -> Answer:
    """Items with their ids; the switch `enums_as_object` gives `enums` the form it sometimes has here."""
    scope = scope_of(call)
    items = call.batch(_open(call.body), Batch(call, scope).change)
    fields = call.store.things["field", scope.name]
    shown = [
        wire(call, scope, _changed(call, scope, fields[str(item["id"])], item), echo) for item, echo in items
    ]
    if call.world.switches.enums_as_object:
        shown = [{**field, "enums": enums.by_position(field["enums"])} for field in shown]
    return written(call, "custom_fields", shown, status=call.world.switches.patch_field_status)


@route_in(EVERYWHERE, "PATCH", ONE, facts="config C7.1, E1", admin=True)
def patch_field(call: Call) -> Answer:
    """One field; what is not sent stays."""
    scope = scope_of(call)
    field = _known(call, scope)
    batch = Batch(call, scope)
    item = call.one(_open([call.body]), lambda given: batch.change_of(field, given))
    something_to_change(item)
    return ok(
        wire(call, scope, _changed(call, scope, field, item), request_id(item, 0)),
        call.world.switches.patch_field_status,
    )


@route_in(EVERYWHERE, "DELETE", ONE, facts="config C7.8", admin=True)
def remove_field(call: Call) -> Answer:
    """The field and all its values; refused for those that cannot be deleted (guess)."""
    scope = scope_of(call)
    field = _known(call, scope)
    if not field["is_deletable"]:
        raise unsuitable("id")
    delete_field(call.store, scope.name, field["id"])
    return NOTHING


def _open(items: Any) -> Shape:
    """Accepts every key that the items have: their own check, which depends on the type, sees them all."""
    rows = items if isinstance(items, list) else []
    return {key: Key("any", null=True) for row in rows if isinstance(row, dict) for key in row}


def _known(call: Call, scope: Scope) -> Thing:
    field = call.store.get("field", call.id(), scope.name)
    if field is None:
        raise not_found("Custom field")
    return field


def _changed(call: Call, scope: Scope, field: Thing, item: Item) -> Thing:
    clears = call.world.switches.api_only_clears_required
    return change_field(call.store, scope.name, field, item, api_only_clears=clears)


def _check_count(call: Call, scope: Scope, more: int) -> None:
    if scope.entity == "segments" and len(call.store.all("field", scope.name)) + more > MOST_OF_SEGMENTS:
        raise problem(422, "Custom fields limit exceeded")  # guess: config page, E2.9


def _filtered(fields: list[Thing], call: Call) -> list[Thing]:
    given = call.query.get("filter")
    given = given if isinstance(given, dict) else {}
    for key in ("type", "id"):
        wanted = values(given.get(key))
        if wanted:
            fields = [field for field in fields if str(field[key]) in wanted]
    return fields


def _ordered(fields: list[Thing], call: Call) -> list[Thing]:
    fields = sorted(fields, key=lambda field: (int(field["sort"]), int(field["id"])))
    given = call.query.get("order")
    for key, way in reversed(list(given.items() if isinstance(given, dict) else [])):
        if key in ("sort", "id"):
            fields = sorted(fields, key=lambda field: int(field[key]), reverse=str(way).lower() == "desc")
    return fields
