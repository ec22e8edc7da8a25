"""Draws records anew whose text was made with older words: fields, options, tags since renamed or deleted."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.records.memory import fresh_since, harmless
from amoconf.emulator.store import Store, Thing

Doc = dict[str, Any]

# Types whose value is an option: its text is the dictionary's, not the record's own.
OF_OPTIONS = frozenset({"select", "multiselect", "radiobutton", "category"})


def texts(store: Store, table: str, ids: Sequence[int], scope: str | None = None) -> dict[int, str]:
    """JSON texts by id, drawn anew where words have changed; nothing is parsed while they are fresh.

    `scope` is that of the fields: the table's own name unless it says otherwise.
    """
    fresh = fresh_since(store, scope or table)
    found: dict[int, str] = {}
    stale: list[tuple[int, str]] = []
    chosen = ",".join(map(str, ids))
    for key, version, body in store.db.execute(
        f"SELECT id, version, body FROM {table} WHERE id IN ({chosen})"
    ):
        found[key] = body
        if version < fresh:
            stale.append((key, body))
    if stale:
        found.update(_redraw(store, table, scope or table, stale))
    return found


def in_order(store: Store, table: str, ids: Sequence[int], scope: str | None = None) -> list[str]:
    """JSON texts in the order of their ids."""
    found = texts(store, table, ids, scope)
    return [found[key] for key in ids]


def docs(store: Store, table: str, ids: Iterable[int], scope: str | None = None) -> dict[int, Doc]:
    """Records as dicts, by id; unknown ids are left out."""
    return {key: json.loads(text) for key, text in texts(store, table, list(ids), scope).items()}


def _redraw(store: Store, table: str, scope: str, stale: list[tuple[int, str]]) -> dict[int, str]:
    drawn = {key: redrawn(store, scope, body) for key, body in stale}
    with harmless(store):
        store.db.executemany(
            f"UPDATE {table} SET version = ?, body = ? WHERE id = ?",
            [(store.version, body, key) for key, body in drawn.items()],
        )
    return drawn


def redrawn(store: Store, scope: str, body: str) -> str:
    """One record's text in today's words."""
    doc = json.loads(body)
    doc["custom_fields_values"] = values_now(store, scope, doc["custom_fields_values"])
    if "tags" in doc.get("_embedded", {}):
        doc["_embedded"]["tags"] = tags_now(store, scope, doc["_embedded"]["tags"])
    return dumps(doc)


def values_now(store: Store, scope: str, filled: list[Thing] | None) -> list[Thing] | None:
    """Filled fields in today's words; None when nothing is left (protocol page, 6.1)."""
    kept = []
    for entry in filled or ():
        field = store.get("field", entry["field_id"], scope)
        values = _kept_values(field, entry["values"]) if field else []
        if field and values:
            kept.append(filled_field(field, values))
    return kept or None


def filled_field(field: Thing, values: list[Thing]) -> Thing:
    """A field with its values as cards show it."""
    head = {"field_id": field["id"], "field_name": field["name"], "field_code": field["code"]}
    return {**head, "field_type": field["type"], "values": values}


def _kept_values(field: Thing, values: list[Thing]) -> list[Thing]:
    if field["type"] not in OF_OPTIONS:
        return values
    options = options_of(field)
    return [shown_option(options[value["enum_id"]]) for value in values if value["enum_id"] in options]


def options_of(field: Thing) -> dict[int, Thing]:
    """The options of a list field, or the nodes of a category, by id."""
    return {option["id"]: option for option in field.get("nested") or field.get("enums") or ()}


def shown_option(option: Thing) -> Thing:
    """A chosen option as cards show it (protocol page, 6.2)."""
    return {"value": option["value"], "enum_id": option["id"], "enum_code": option.get("code")}


def tags_now(store: Store, scope: str, tags: list[Thing]) -> list[Thing]:
    """Tags in today's words and colours, without those that are gone."""
    found = (store.get("tag", tag["id"], scope) for tag in tags)
    return [shown_tag(tag) for tag in found if tag]


def shown_tag(tag: Thing) -> Thing:
    """A tag as cards show it."""
    return {"id": tag["id"], "name": tag["name"], "color": tag.get("color")}
