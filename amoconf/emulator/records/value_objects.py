"""Elements of `values` that are more than a text: legal persons, goods, links, files (protocol page, 6.2)."""

from typing import Any

from amoconf.emulator.check import Shape, as_object, check, fault, join
from amoconf.emulator.records import value_shapes as shapes
from amoconf.emulator.records.value_types import Ground, Read, Wrong
from amoconf.emulator.store import Store, Thing


def _sent(given: Any, shape: Shape, path: str) -> Any:
    found = check(given, shape, path)
    if found:
        raise Wrong(*found)
    return as_object(given.get("value"))


def legal_entity(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """A legal person, read with the keys of all countries (third party: protocol page 6.2)."""
    value = _sent(given, shapes.nested(shapes.LEGAL_ENTITY), path)
    keys = (*shapes.LEGAL_ENTITY, *shapes.FOREIGN_ENTITY)
    return {"value": {key: value.get(key) for key in keys}}


def items(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """A line of an invoice, read with its totals; how they are called is a guess."""
    value = _sent(given, shapes.nested(shapes.ITEM), path)
    price, quantity = value.get("unit_price") or 0, value.get("quantity") or 0
    return {"value": {**{key: value.get(key) for key in shapes.ITEM}, "total_sum": price * quantity}}


def linked_entity(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """A link of a list's element to a record."""
    value = _sent(given, shapes.nested(shapes.LINKED), path)
    table = "elements" if value["entity_type"] == "catalog_elements" else value["entity_type"]
    if not exists(ground.store, table, value["entity_id"]):
        raise Wrong(fault("NotSupportedChoice", join(path, "value.entity_id")))
    return {"value": {key: value.get(key) for key in shapes.LINKED}}


def file(ground: Ground, field: Thing, given: Any, path: str) -> Thing | None:
    """A file of the drive; `value: null` clears. The flags on read are a guess."""
    value = _sent(given, shapes.nested(shapes.FILE, null=True), path)
    if value is None:
        return None
    return {"value": {**{key: value.get(key) for key in shapes.FILE}, "is_deleted": False}}


def chained(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """One step of a chained list: an element of one of the field's lists. There is no `value`."""
    _sent(given, shapes.CHAIN, path)
    lists = {link["catalog_id"] for link in field.get("chained_lists") or ()}
    if given["catalog_id"] not in lists:
        raise Wrong(fault("NotSupportedChoice", join(path, "catalog_id")))
    found = ground.store.db.execute(
        "SELECT 1 FROM elements WHERE id = ? AND catalog_id = ? AND is_deleted = 0",
        (given["catalog_element_id"], given["catalog_id"]),
    )
    if found.fetchone() is None:
        raise Wrong(fault("NotSupportedChoice", join(path, "catalog_element_id")))
    return {key: given[key] for key in shapes.CHAIN}


def open_object(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """payer and org_legal_name: objects whose keys the facts do not list; kept as sent."""
    return {"value": _sent(given, shapes.nested(None), path)}


def supplier(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """The own company that an invoice is from: an element of the suppliers' list."""
    shape: Shape = {"entity_id": shapes.LINKED["entity_id"]}
    value = _sent(given, shapes.nested(shape), path)
    if not exists(ground.store, "elements", value["entity_id"]):
        raise Wrong(fault("NotSupportedChoice", join(path, "value.entity_id")))
    return {"value": {"entity_id": value["entity_id"]}}


def exists(store: Store, table: str, key: int) -> bool:
    """Whether a record is there and not deleted."""
    return (
        store.db.execute(f"SELECT 1 FROM {table} WHERE id = ? AND is_deleted = 0", (key,)).fetchone()
        is not None
    )


OBJECTS: dict[str, Read] = {
    "legal_entity": legal_entity,
    "items": items,
    "linked_entity": linked_entity,
    "file": file,
    "chained_list": chained,
    "payer": open_object,
    "org_legal_name": open_object,
    "supplier": supplier,
}
