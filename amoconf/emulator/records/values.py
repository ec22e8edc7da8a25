"""`custom_fields_values` on the way in: which field is meant, what it may hold, how it changes the record."""

from collections.abc import Sequence
from typing import Any

from amoconf.emulator.check import Fault, Key, Shape, as_object, check, fault, wrong_type
from amoconf.emulator.records import cards
from amoconf.emulator.records import value_types as types
from amoconf.emulator.records.drawing import Doc, filled_field
from amoconf.emulator.records.value_objects import OBJECTS
from amoconf.emulator.records.value_shapes import TEXT_MOST
from amoconf.emulator.records.value_types import Ground, Read, Wrong
from amoconf.emulator.store import Store, Thing
from amoconf.emulator.switches import Switches

KEY = "custom_fields_values"
# `field_name` is tolerated (protocol page, 6.1), and so is `field_type`; `values` null clears.
# third party: a client that echoes whole entries is refused for `enum_code` alone, protocol page 6.3
ENTRY: Shape = {
    "field_id": Key("int", null=True),
    "field_code": Key(null=True),
    "field_name": Key(null=True),
    "field_type": Key(null=True),
    "values": Key("array", required=True, null=True),
}
READERS: dict[str, Read] = {
    "text": types.text(TEXT_MOST),
    "textarea": types.text(None),
    "streetaddress": types.text(None),
    "tracking_data": types.text(None),
    "url": types.text(None),
    "numeric": types.number,
    "price": types.number,
    "monetary": types.number,
    "checkbox": types.checkbox,
    "date": types.date,
    "birthday": types.date,
    "date_time": types.date_time,
    "select": types.option,
    "radiobutton": types.option,
    "multiselect": types.option,
    "category": types.option,
    "multitext": types.multitext,
    "smart_address": types.smart_address,
    **OBJECTS,
}
# Elements that one field can hold; the rest hold one. None: no limit is known.
MOST: dict[str, int | None] = {
    "multiselect": None,
    "category": None,
    "multitext": None,
    "smart_address": 6,
    "legal_entity": None,
    "items": None,
    "linked_entity": None,
    "chained_list": 5,
}
Stored = dict[int, list[Thing] | None]


def read(ground: Ground, scope: str, given: Any) -> tuple[list[Fault], Stored]:
    """Faults with paths from `custom_fields_values` on, and each named field's new elements; None clears."""
    faults: list[Fault] = []
    stored: Stored = {}
    for index, entry in enumerate(given or ()):
        path = f"{KEY}.{index}"
        found = check(entry, ENTRY, path)
        field = None if found else find_field(ground.store, scope, entry)
        if field is None:
            faults += found or [_unknown(entry, path)]
            continue
        try:
            # A field named twice: the last one counts (guess: protocol page 6.1).
            stored[field["id"]] = elements(ground, field, entry["values"], f"{path}.values")
        except Wrong as wrong:
            faults += wrong.faults
    return faults, stored


def find_field(store: Store, scope: str, entry: Thing) -> Thing | None:
    """The field that an entry names by id or by code."""
    if entry.get("field_id") is not None:
        return store.get("field", entry["field_id"], scope)
    code = entry.get("field_code")
    return next((field for field in store.all("field", scope) if code and field["code"] == code), None)


def _unknown(entry: Thing, path: str) -> Fault:
    for key in ("field_id", "field_code"):
        if entry.get(key) is not None:
            return fault("NotSupportedChoice", f"{path}.{key}")
    return fault("FieldMissing", f"{path}.field_id")


def elements(ground: Ground, field: Thing, given: Any, path: str) -> list[Thing] | None:
    """A field's elements as stored; None when nothing is left. Raises Wrong with every fault."""
    if given is None:
        return None
    if not isinstance(given, list):
        raise Wrong(wrong_type(path, "array"))
    if not given:
        raise Wrong(fault("TooFew", path))
    most = MOST.get(field["type"], 1)
    if most is not None and len(given) > most:
        raise Wrong(fault("TooMany", path))
    return _all_elements(ground, field, given, path) or None


def _all_elements(ground: Ground, field: Thing, given: Sequence[Any], path: str) -> list[Thing]:
    kept: list[Thing] = []
    faults: list[Fault] = []
    for index, element in enumerate(given):
        try:
            value = READERS[field["type"]](ground, field, as_object(element), f"{path}.{index}")
        except Wrong as wrong:
            faults += wrong.faults
            continue
        if value is not None and value not in kept:
            kept.append(value)
    if faults:
        raise Wrong(*faults)
    return kept


def apply(store: Store, scope: str, doc: Doc, stored: Stored) -> None:
    """Puts new elements into a record; fields that are not named stay as they are (protocol page, 6.1)."""
    entries = {entry["field_id"]: entry for entry in doc[KEY] or ()}
    for field_id, values in stored.items():
        field = store.get("field", field_id, scope)
        if values is None or field is None:
            entries.pop(field_id, None)
        else:
            entries[field_id] = filled_field(field, values)
    doc[KEY] = [*entries.values()] or None


def set_value(
    store: Store, entity: str, card_id: int, field_id: int, value: list[Thing] | None, *, by: int, at: int
) -> None:
    """Fills a field of a card as a person does; `value` is `values` as the API takes it, None empties it.

    Raises Wrong for a value that the field does not take, KeyError for a card or field that is not there.
    """
    field = store.things["field", entity][str(field_id)]
    stored = elements(Ground(store, Switches()), field, value, "values")

    def fill(doc: Doc) -> None:
        apply(store, entity, doc, {field_id: stored})

    cards.change(store, entity, card_id, fill, by=by, at=at)
