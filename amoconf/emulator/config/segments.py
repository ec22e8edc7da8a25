"""Customer segments: what customers fall into in the mode `segments`, by conditions that nobody can read."""

from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault, unchanged
from amoconf.emulator.config.customers import need_mode
from amoconf.emulator.config.palettes import SEGMENT_COLOURS
from amoconf.emulator.listing import ENVELOPES, linked, not_found, paged, something_to_change
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST = 100
FIRST_COLOUR = "10599d"  # what the SDK falls back to; as the server's default a guess

VALUE = Key(
    "object",
    keys={
        "value": Key("scalar", null=True),
        "enum_id": Key("int", null=True),
        "enum_code": Key(null=True),
    },
)
VALUES = Key(
    "array",
    null=True,
    items=Key(
        "object",
        keys={
            "field_id": Key("int"),
            "field_code": Key(null=True),
            "field_name": Key(),
            "field_type": Key(),
            "values": Key("array", required=True, null=True, items=VALUE),
        },
    ),
)
CHANGE = {
    "name": Key(blank=False, max=255),  # guess: config page E2.2
    "color": Key(choices=SEGMENT_COLOURS),
    "available_products_price_types": Key("array", null=True, items=Key("int")),
    "custom_fields_values": VALUES,
    "request_id": Key(),
}
NEW = {**CHANGE, "name": Key(required=True, blank=False, max=255)}


def make_segment(store: Store, name: str, color: str = FIRST_COLOUR, *, at: int = 0, **words: Any) -> Thing:
    """A new segment. `words`: any other key of its body."""
    body: Thing = {
        "id": store.count("segment"),
        "created_at": at,
        "updated_at": at,
        "account_id": store.all("account")[0]["id"],
        "name": name,
        "color": color,
        "available_products_price_types": [],
        "customers_count": 0,
        "custom_fields_values": [],
    }
    return store.put("segment", {**body, **words})


@route("GET", "/api/v4/customers/segments", facts="config C13")
def index(call: Call) -> Answer:
    """All segments, page by page."""
    need_mode(call, "segments")
    segments = call.store.all("segment")
    return paged(
        call, ENVELOPES["customers/segments"], segments, lambda thing, query: wire(call, thing, query)
    )


@route("GET", "/api/v4/customers/segments/{id:int}", facts="config C13")
def show(call: Call) -> Answer:
    """One segment."""
    return ok(wire(call, known_segment(call)))


@route("POST", "/api/v4/customers/segments", admin=True, facts="config C13, B4")
def create(call: Call) -> Answer:
    """One new segment from one object."""
    need_mode(call, "segments")
    item = call.one(NEW, lambda given: _faults(call, given))
    if len(call.store.all("segment")) >= MOST:
        raise problem(422, "Segments limit exceeded")  # sentence not recorded: config page B5
    return ok(wire(call, make_segment(call.store, at=call.now, **_words(call, item))))


@route("PATCH", "/api/v4/customers/segments/{id:int}", admin=True, facts="config C13")
def change(call: Call) -> Answer:
    """Other keys of one segment."""
    segment = known_segment(call)
    shape = {**CHANGE, **unchanged(id=segment["id"])}
    item = call.one(shape, lambda given: _faults(call, given))
    something_to_change(item)
    return ok(
        wire(call, call.store.put("segment", {**segment, "updated_at": call.now, **_words(call, item)}))
    )


@route("DELETE", "/api/v4/customers/segments/{id:int}", admin=True, facts="config C13")
def delete(call: Call) -> Answer:
    """Deletes a segment."""
    call.store.drop("segment", known_segment(call)["id"])
    return NOTHING


def known_segment(call: Call) -> Thing:
    """The segment that the path names, or 404."""
    need_mode(call, "segments")
    segment = call.store.get("segment", call.id())
    if segment is None:
        raise not_found("Segment")
    return segment


def wire(call: Call, segment: Thing, query: str = "") -> Thing:
    """A segment as it is sent."""
    return linked(call, segment, f"/api/v4/customers/segments/{segment['id']}{query}")


def _faults(call: Call, item: Item) -> list[Fault]:
    prices = {
        field["id"]
        for scope in call.store.scopes("field")
        if scope.startswith("catalogs/")
        for field in call.store.all("field", scope)
        if field["type"] == "price"
    }
    found = [
        fault("NotSupportedChoice", f"available_products_price_types.{index}")
        for index, key in enumerate(item.get("available_products_price_types") or [])
        if key not in prices
    ]
    for index, row in enumerate(item.get("custom_fields_values") or []):
        found += _value_faults(call.store, row, f"custom_fields_values.{index}")
    return found


def _value_faults(store: Store, row: Item, path: str) -> list[Fault]:
    field = _field(store, row)
    if field is None:
        return [
            fault("NotSupportedChoice", f"{path}.field_id" if "field_id" in row else f"{path}.field_code")
        ]
    if row["values"] == []:
        return [fault("TooFew", f"{path}.values")]
    if not field["enums"]:
        return []
    return [
        fault("NotSupportedChoice", f"{path}.values.{index}.{next(iter(value), 'value')}")
        for index, value in enumerate(row["values"] or [])
        if _option(field, value) is None
    ]


def _field(store: Store, row: Item) -> Thing | None:
    if row.get("field_id") is None and row.get("field_code") is None:
        return None
    for field in store.all("field", "segments"):
        if (
            row.get("field_id", field["id"]) == field["id"]
            and row.get("field_code", field["code"]) == field["code"]
        ):
            return field
    return None


def _option(field: Thing, value: Item) -> Thing | None:
    """The option that a value names by id, code or exact text."""
    keys = (("id", "enum_id"), ("code", "enum_code"), ("value", "value"))
    for option in field["enums"]:
        if any(value.get(given) is not None and value[given] == option.get(own) for own, given in keys):
            return dict(option)
    return None


def _words(call: Call, item: Item) -> Item:
    words = {name: value for name, value in item.items() if name != "request_id"}
    if "custom_fields_values" in words:
        rows = words["custom_fields_values"] or []
        words["custom_fields_values"] = [_shown(call.store, row) for row in rows if row["values"]]
    return words


def _shown(store: Store, row: Item) -> Thing:
    field = _field(store, row)
    assert field is not None
    values = [_shown_value(field, value) for value in row["values"]]
    about = {"field_id": field["id"], "field_name": field["name"], "field_code": field["code"]}
    return {"values": values, **about, "field_type": field["type"]}


def _shown_value(field: Thing, value: Item) -> Item:
    option = _option(field, value) if field["enums"] else None
    return {"value": option["value"], "enum_id": option["id"]} if option else {"value": value.get("value")}
