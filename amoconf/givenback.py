"""What one record gets back of what an apply has overwritten in it: values, tags, the type of a task, a deal's stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from amoconf.cells import values_in
from amoconf.converting import Conversion, Moved
from amoconf.facts import LOST
from amoconf.kinds import _read as read
from amoconf.records.ledger import LOSS, PLACE, REASON_ID, TAG, TASK_TYPE, Cell, Values
from amoconf.wiretext import LISTS, Side

Item = Mapping[str, Any]
Meant = Sequence[tuple[Cell, Sequence[Values]]]
# Key of a value → kind of the thing whose id it holds.
LINKS = {
    "enum_id": "option",
    "task_type_id": "task_type",
    "pipeline_id": "pipeline",
    "status_id": "stage",
    REASON_ID: LOSS,
    "id": "tag",
}
# What may be written of values that are objects, and of those without a `value`; () for all that is not null (official:
# protocol page 6.2).
KEYS: Mapping[str, tuple[str, ...]] = {
    "legal_entity": (),
    "linked_entity": (),
    "file": ("file_uuid", "version_uuid", "file_name", "file_size"),
    "chained_list": ("catalog_id", "catalog_element_id"),
    "items": (
        "sku",
        "description",
        "unit_price",
        "quantity",
        "unit_type",
        "discount",
        "vat_rate_id",
        "external_uid",
    ),
}
COLUMNS = {
    TASK_TYPE: ("task_type_id",),
    PLACE: ("pipeline_id", "status_id"),
    LOSS: (REASON_ID,),
}


@dataclass(frozen=True)
class Known:
    """anew: ids of things that were made again, by (kind, former id). tags: ids of the list's tags that there are.

    closed: (pipeline id, stage id) of incoming-leads stages, where they matter. reasons: ids of loss reasons that there
    are, or will be.
    """

    anew: Mapping[tuple[str, int], int] = field(default_factory=dict)
    tags: frozenset[int] = frozenset()
    zone: str = "UTC"
    closed: frozenset[tuple[int, int]] = frozenset()
    reasons: frozenset[int] = frozenset()

    def has(self, values: Values) -> bool:
        """Whether there is the loss reason that a deal had."""
        return any(value.get(REASON_ID) in self.reasons for value in values or ())

    def is_dead(self, cell: Cell, values: Values) -> bool:
        """Whether a deal names a loss reason that is gone, as the service leaves it (guess: config page C6)."""
        named = [value[REASON_ID] for value in values or () if REASON_ID in value]
        return cell.kept and any(key not in self.reasons for key in named)

    def field(self, number: int) -> int:
        """The id that a field has now."""
        return self.anew.get(("field", number), number)

    def holds_fast(self, item: Item) -> bool:
        """Whether any write would take a deal out of its incoming-leads stage (SDK's maintainer: protocol page 8.6)."""
        return (item.get("pipeline_id"), item.get("status_id")) in self.closed

    def now(self, values: Values) -> Values:
        """Values with the ids that things have now."""
        return values and [{key: self._id(key, value) for key, value in each.items()} for each in values]

    def _id(self, key: str, value: Any) -> Any:
        return self.anew.get((LINKS[key], value), value) if key in LINKS else value


@dataclass(frozen=True)
class Due:
    """A place of a record that still is as the apply left it. now: what stands there; back: what stood there before."""

    cell: Cell
    now: Values
    back: Values


def due(item: Item, cells: Meant, known: Known) -> tuple[list[Due], list[Cell]]:
    """(what is to go back, what somebody has changed since)."""
    ours, others = [], []
    for cell, meant in cells:
        now, before = held(item, cell, known), known.now(cell.before)
        if same(cell, before, now, known.zone):
            continue
        if cell.kind == LOSS and not known.has(before):
            continue  # it was deleted for good
        # guess: the service may leave the dead option where it stood (config page C7.4)
        left = [*map(known.now, meant), *([cell.before] if cell.kept else [])]
        if known.is_dead(cell, now) or any(same(cell, one, now, known.zone) for one in left):
            ours.append(Due(cell, now, before))
        else:
            others.append(cell)
    return ours, others


def held(item: Item, cell: Cell, known: Known) -> Values:
    """What stands in the place now."""
    if cell.kind == LOSS and item.get("status_id") != LOST:
        # No reason can be written (third party: protocol page 8.1).
        return [{"status_id": item.get("status_id")}]
    if cell.kind == LOSS and not item.get(REASON_ID):
        return None
    if cell.kind in COLUMNS:
        return [{name: item.get(name) for name in COLUMNS[cell.kind]}]
    if cell.kind == TAG:
        tags = read.rows((item.get("_embedded") or {}).get("tags"), "tags")
        return [dict(tag) for tag in tags if _is(tag, cell, known)][:1] or None
    return values_in(item, known.field(cell.field))


def _is(tag: Item, cell: Cell, known: Known) -> bool:
    """Whether it is the tag of a cell; one that a person has erased is known by its name."""
    key = known.anew.get((TAG, -cell.field), -cell.field)
    if key in known.tags:
        return bool(tag.get("id") == key)
    return tag.get("name") in [each.get("name") for each in (*(cell.before or ()), *(cell.written or ()))]


def same(cell: Cell, one: Values, other: Values, zone: str) -> bool:
    """Whether two values of a place are one, written or read. zone: the account's."""
    if cell.kind == TAG:
        return bool(one) == bool(other)
    if cell.kind in COLUMNS:
        return one == other
    if cell.kind in KEYS:
        return minimal(cell.kind, one) == minimal(cell.kind, other)
    side = Side(cell.kind)
    return Conversion(side, side, {}, "keep", ZoneInfo(zone)).holds(Moved(tuple(one or ())), other)


def body_of(key: int, ours: Sequence[Due], known: Known) -> dict[str, Any]:
    """The least that a PATCH must say of a record."""
    body: dict[str, Any] = {"id": key}
    for each in ours:
        if each.cell.kind == TAG:
            verb = "tags_to_add" if each.back else "tags_to_delete"
            body.setdefault(verb, []).append(_tag(each, known))
        elif each.cell.kind in COLUMNS:
            body |= (each.back or [{}])[0]
        else:
            values = minimal(each.cell.kind, each.back)
            body.setdefault("custom_fields_values", []).append(
                {"field_id": known.field(each.cell.field), "values": values}
            )
    return body


def _tag(each: Due, known: Known) -> dict[str, Any]:
    """By its id; by its name where a person has erased the tag, which makes it again (official: protocol page 6.4)."""
    [tag] = each.back or each.now or [{}]
    return {"id": tag["id"]} if tag.get("id") in known.tags else {"name": tag.get("name")}


def minimal(kind: str, values: Values) -> Values:
    """Values as read in the form in which they may be written (third party: protocol page 6.3)."""
    if values is None:
        return None
    if kind in LISTS:
        return [
            {"enum_id": value["enum_id"]} if value.get("enum_id") else {"value": value.get("value")}
            for value in values
        ]
    if kind in KEYS:
        return [_part(value, KEYS[kind]) for value in values]
    names = {"multitext": ("value", "enum_code"), "smart_address": ("value", "enum_id")}.get(kind, ("value",))
    return [{name: value[name] for name in names if value.get(name) is not None} for value in values]


def _part(value: Item, keys: Sequence[str]) -> dict[str, Any]:
    """An element with what may be written of it; what is null is another country's (third party: protocol page 6.2)."""
    inner = value.get("value")
    some = inner if isinstance(inner, Mapping) else value
    told = {key: some[key] for key in keys or some if some.get(key) is not None}
    return {"value": told} if isinstance(inner, Mapping) else told
