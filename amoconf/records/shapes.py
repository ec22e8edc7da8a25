"""What becomes an object of a page of records: the columns of its entity at once, field values when they are asked for."""

from collections.abc import Mapping
from functools import cache
from types import GenericAlias
from typing import Any, TypedDict

import msgspec

from amoconf.api.message import parsed
from amoconf.kinds import _read as read
from amoconf.records.entities import Entity

FILLED = "custom_fields_values"
_ROWS: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[dict[str, Any]] | None)


@cache
def shape(entity: Entity) -> Any:
    """The type of a page for `Reader.get`: JSON as far as it is looked at. A page of another shape comes whole."""
    # Made of what the table says, so the type checker, which knows written ones alone, is not asked.
    made: Any = TypedDict
    own = dict.fromkeys((*entity.columns, "name", "_embedded"), Any)
    record = made("record", {**own, FILLED: msgspec.Raw}, total=False)
    embedded = made("embedded", {entity.name: GenericAlias(list, (record,))}, total=False)
    return made("page", {"_embedded": embedded, "_links": Any, "validation-errors": Any}, total=False)


def filled(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The filled fields of a record, each with its values; read once. ValueError where they cannot be read."""
    given = item.get(FILLED)
    if type(given) is not msgspec.Raw:
        return read.rows(given, FILLED)
    rows = _opened(given)
    if isinstance(item, dict):
        item[FILLED] = rows
    return rows


def _opened(given: msgspec.Raw) -> list[Mapping[str, Any]]:
    try:
        return _ROWS.decode(given) or []
    except ValueError:
        return read.rows(parsed(bytes(given)), FILLED)
