"""Finding records by what their fields hold: `filter[custom_fields_values]`, and the texts for `query=`.

SQLite asks back for every candidate row (`field_holds`), so the result is one list of ids that is found once.
"""

import json
from collections.abc import Mapping
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.query import integer, values
from amoconf.emulator.records.drawing import OF_OPTIONS, options_of
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.store import Store, Thing

# Types that can be filtered, and how (protocol page, 5.2). Others are ignored.
BY_TEXT = frozenset({"numeric", "text", "url", "textarea", "streetaddress"})
BY_RANGE = frozenset({"date", "date_time", "numeric"})
BY_OPTION = frozenset({"select", "multiselect", "radiobutton"})

_DECODER = json.JSONDecoder()


def of_field(store: Store, scope: str, key: str, wanted: Any) -> Condition:
    """Rows whose field holds what is wanted; a field that does not exist filters nothing."""
    field = store.get("field", key, scope)
    test = _test(field, wanted) if field else None
    if field is None or test is None:
        return "1", ()
    return "instr(body, ?) AND field_holds(body, ?, ?)", (_mark(key), field["id"], dumps(test))


def _test(field: Thing, wanted: Any) -> Thing | None:
    """What `field_holds` looks for: {"options"|"texts"|"flag"|"range": ...}."""
    kind = field["type"]
    if isinstance(wanted, dict) and ("from" in wanted or "to" in wanted):
        ends = [integer(wanted.get("from")), integer(wanted.get("to"))]
        return {"range": ends} if kind in BY_RANGE else None
    if kind in BY_OPTION:
        # An option that is gone may still stand in a text that nobody has drawn anew.
        known = options_of(field)
        return {"options": [number for number in map(integer, values(wanted)) if number in known]}
    if kind == "checkbox":
        return {"flag": values(wanted)[:1] == ["1"]}
    if kind in BY_TEXT:
        return {"texts": [str(text) for text in wanted.values()] if isinstance(wanted, dict) else [wanted]}
    return None


def _mark(field_id: Any) -> str:
    return f'"field_id":{field_id},"field_name"'


def field_holds(body: str, field_id: int, test: str) -> bool:
    """SQL function: whether a field of a record's text passes a test made by `of_field`."""
    here = body.find(_mark(field_id))
    found, _ = _DECODER.raw_decode(body, body.index(',"values":', here) + len(',"values":'))
    wanted = json.loads(test)
    return any(_passes(value, wanted) for value in found)


def _passes(value: Thing, wanted: Mapping[str, Any]) -> bool:
    if "options" in wanted:
        return bool(value["enum_id"] in wanted["options"])
    if "flag" in wanted:
        return bool(value["value"]) is wanted["flag"]
    if "texts" in wanted:
        return str(value["value"]) in wanted["texts"]
    low, high = wanted["range"]
    number = float(value["value"])
    return (low is None or number >= low) and (high is None or number <= high)


def texts_of(store: Store, scope: str, body: str) -> list[str]:
    """Everything that a search looks at: id, names, and values in today's words (protocol page, 5.2)."""
    doc = json.loads(body)
    found = [str(doc["id"]), *(doc[key] for key in ("name", "first_name", "last_name") if doc.get(key))]
    for entry in doc["custom_fields_values"] or ():
        field = store.get("field", entry["field_id"], scope)
        if field is not None:
            found += _texts_of_values(field, entry["values"])
    return found


def _texts_of_values(field: Thing, filled: list[Thing]) -> list[str]:
    if field["type"] in OF_OPTIONS:
        options = options_of(field)
        return [options[value["enum_id"]]["value"] for value in filled if value["enum_id"] in options]
    return [str(value["value"]) for value in filled if isinstance(value.get("value"), str | int | float)]
