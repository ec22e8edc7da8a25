"""A page of records as rows of the mirror's tables; nothing that is not asked for gets into them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.records import private
from amoconf.records.entities import ENTITIES, Entity
from amoconf.records.keep import Fields
from amoconf.records.misread import broken
from amoconf.records.pages import BIGGEST
from amoconf.records.shapes import filled

Row = tuple[Any, ...]
CODES = {name: entity.code for name, entity in ENTITIES.items()}
HASHED = {"PHONE": (1, private.phone), "EMAIL": (2, private.email)}


@dataclass
class Rows:
    """Rows by table, in the order of its columns."""

    ids: list[int] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    cells: list[Row] = field(default_factory=list)
    tags: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    hashes: list[Row] = field(default_factory=list)


def rows_of(entity: Entity, items: Iterable[Any], fields: Fields, key: bytes) -> Rows:
    """The rows of a page. BadAnswer where an item is no record."""
    rows = Rows()
    try:
        for item in {item["id"]: item for item in items}.values():
            _add(rows, entity, item, fields, key)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise broken(entity) from error
    return rows


def _add(rows: Rows, entity: Entity, item: Any, fields: Fields, key: bytes) -> None:
    record = tuple(map(item.get, entity.columns))
    if entity.named:
        record = (*record, private.name(key, item.get("name")))
    rows.ids.append(item["id"])
    rows.records.append(record)
    _add_cells(rows, (entity.code, item["id"]), filled(item), fields, key)
    embedded = item.get("_embedded")
    if embedded:
        _add_links(rows, (entity.code, item["id"]), embedded)


def _add_cells(rows: Rows, owner: Row, entries: Sequence[Any], fields: Fields, key: bytes) -> None:
    for entry in entries:
        number = entry["field_id"]
        valued = number in fields.values
        multiple = entry.get("field_type") == "multitext"
        if valued or number in fields.marks:
            for place, value in enumerate(entry["values"]):
                shown = _shown(value.get("value")) if valued and not multiple else None
                rows.cells.append((*owner, number, place, value.get("enum_id"), shown))
        if multiple and entry.get("field_code") in HASHED:
            kind, digest = HASHED[entry["field_code"]]
            for place, value in enumerate(entry["values"]):
                rows.hashes.append((*owner, kind, place, *digest(key, str(value.get("value") or ""))))


def _shown(value: Any) -> Any:
    """A value as a column holds it: texts without phones and e-mails, objects as JSON."""
    if isinstance(value, str):
        return private.masked(value)
    if isinstance(value, int) and abs(value) > BIGGEST:
        return float(value)
    if value is None or isinstance(value, int | float):
        return value
    return private.masked(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _add_links(rows: Rows, owner: Row, embedded: Any) -> None:
    for tag in embedded.get("tags") or ():
        rows.tags.append((*owner, tag["id"]))
    for name in ("contacts", "companies"):
        for card in embedded.get(name) or ():
            rows.links.append((*owner, CODES[name], card["id"], int(bool(card.get("is_main")))))
