"""Writes events: what changed on a card, in the shapes of protocol page 9.3."""

from collections.abc import Iterator, Sequence
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.papers import event_row
from amoconf.emulator.store import Store, Thing

Change = tuple[str, list[Thing], list[Thing]]  # type, value_after, value_before

SINGULAR = {"leads": "lead", "contacts": "contact", "companies": "company", "customers": "customer"}
PLURAL = {one: many for many, one in SINGULAR.items()}
# Numbers of the old API; all but multitext are guesses: protocol page 9.3.
FIELD_TYPES = {
    "text": 1,
    "numeric": 2,
    "checkbox": 3,
    "select": 4,
    "multiselect": 5,
    "date": 6,
    "url": 7,
    "multitext": 8,
    "textarea": 9,
    "radiobutton": 10,
    "streetaddress": 11,
    "smart_address": 13,
    "birthday": 14,
    "legal_entity": 15,
    "items": 16,
    "org_legal_name": 17,
    "category": 18,
    "date_time": 19,
    "price": 20,
    "tracking_data": 21,
    "linked_entity": 22,
    "chained_list": 23,
    "monetary": 24,
    "file": 25,
    "payer": 26,
    "supplier": 27,
}
FIELD_CHANGED = "custom_field_value_changed"


def write(
    store: Store,
    kind: str,
    entity_type: str,
    entity_id: int,
    *,
    by: int,
    at: int,
    after: Sequence[Thing] = (),
    before: Sequence[Thing] = (),
) -> None:
    """One event; `entity_type` is singular."""
    number = store.count("event")
    row = event_row(
        number,
        kind,
        entity_type,
        entity_id,
        created_at=at,
        created_by=by,
        after_json=dumps([*after]),
        before_json=dumps([*before]),
    )
    store.db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def write_changes(store: Store, entity: str, before: Doc, after: Doc, *, by: int, at: int) -> None:
    """An event for everything in which two states of a card differ; none when they are the same."""
    for kind, new, old in changes(entity, before, after):
        write(store, kind, SINGULAR[entity], after["id"], by=by, at=at, after=new, before=old)


def changes(entity: str, before: Doc, after: Doc) -> Iterator[Change]:
    """What differs between two states of a card."""
    yield from _of_keys(before, after)
    if entity == "leads" and _stage(before) != _stage(after):
        yield "lead_status_changed", [_stage(after)], [_stage(before)]
    if entity == "customers" and before["status_id"] != after["status_id"]:
        new, old = ([{"customer_status": {"id": doc["status_id"]}}] for doc in (after, before))
        yield "customer_status_changed", new, old
    yield from _of_fields(before["custom_fields_values"], after["custom_fields_values"])
    yield from _of_tags(before["_embedded"]["tags"], after["_embedded"]["tags"])


# Key -> (event, what its element is called, what the value in it is called).
KEYS = {
    "name": ("name_field_changed", "name_field_value", "name"),
    "price": ("sale_field_changed", "sale_field_value", "sale"),
    "ltv": ("ltv_field_changed", "ltv_field_value", "ltv"),
    "responsible_user_id": ("entity_responsible_changed", "responsible_user", "id"),
}


def _of_keys(before: Doc, after: Doc) -> Iterator[Change]:
    for key, (kind, element, inside) in KEYS.items():
        if before.get(key) != after.get(key):
            yield kind, [{element: {inside: after[key]}}], [{element: {inside: before[key]}}]


def _stage(doc: Doc) -> Thing:
    return {"lead_status": {"id": doc["status_id"], "pipeline_id": doc["pipeline_id"]}}


def _of_fields(before: list[Thing] | None, after: list[Thing] | None) -> Iterator[Change]:
    old, new = ({entry["field_id"]: entry for entry in filled or ()} for filled in (before, after))
    for field_id in {**old, **new}:
        was, now = old.get(field_id), new.get(field_id)
        if (was or {}).get("values") != (now or {}).get("values"):
            yield FIELD_CHANGED, _elements(now), _elements(was)


def _elements(entry: Thing | None) -> list[Thing]:
    return [_element(entry, value) for value in entry["values"]] if entry else []


def _element(entry: Thing, value: Thing) -> Thing:
    kind = FIELD_TYPES.get(entry["field_type"], 0)
    shown = {"field_id": entry["field_id"], "field_type": kind, "enum_id": value.get("enum_id")}
    return {"custom_field_value": {**shown, "text": _text(value.get("value", value))}}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, str) else dumps(value)


def _of_tags(before: list[Thing], after: list[Thing]) -> Iterator[Change]:
    old, new = ({tag["id"]: tag for tag in tags} for tags in (before, after))
    for kind, some, others in (("entity_tag_added", new, old), ("entity_tag_deleted", old, new)):
        elements = [{"tag": {"name": tag["name"]}} for key, tag in some.items() if key not in others]
        if elements:
            yield kind, *((elements, []) if kind == "entity_tag_added" else ([], elements))
