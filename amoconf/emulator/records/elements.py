"""Elements of lists: `/api/v4/catalogs/{id}/elements` (protocol page, 3.2; the bodies are a guess)."""

import json
from collections.abc import Mapping, Sequence

from amoconf.emulator.answer import NOTHING, Answer, dumps, ok, problem, refused
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape
from amoconf.emulator.config.rights import shown
from amoconf.emulator.gate import forbidden
from amoconf.emulator.listing import not_found
from amoconf.emulator.records import drawing, filters, pages, references, search, values
from amoconf.emulator.records.document import element_row, insert_many
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.memory import found_ids, note_write
from amoconf.emulator.records.value_types import Ground
from amoconf.emulator.routes import route

ROOT = "/api/v4/catalogs/{catalog_id:int}/elements"
CHANGE: Shape = {
    "id": Key("int"),
    "name": Key(blank=False),
    values.KEY: Key("array", null=True),
    **references.WHEN,
    **{name: Key("int") for name in ("created_by", "updated_by")},
    **references.REQUEST_ID,
}
NEW: Shape = {**CHANGE, "name": Key(required=True, blank=False)}


def _scope(call: Call) -> str:
    return f"catalogs/{call.id('catalog_id')}"


def _need(call: Call, verb: str) -> None:
    """404 for an unknown list, 403 without the right; L (linked to a visible card) counts as allowed."""
    catalog_id = call.id("catalog_id")
    if call.store.get("catalog", catalog_id) is None:
        raise not_found("Catalog")
    rows = shown(call.store, call.user["rights"]).get("catalog_rights")
    if call.is_admin or rows is None:
        return
    if not any(row["catalog_id"] == catalog_id and row["rights"].get(verb) in ("A", "L") for row in rows):
        raise forbidden()


@route("GET", ROOT, facts="protocol 3.2, 4")
def list_elements(call: Call) -> Answer:
    """One page of a list's elements."""
    _need(call, "view")
    given = filters.given(call)
    parts = [(f"catalog_id = {call.id('catalog_id')} AND is_deleted = 0", ())]
    wanted = [filters.one_of("id", given["id"])] if "id" in given else []
    where, params = filters.joined([*parts, *wanted, search.of_query(call, "elements", _scope(call))])
    search.prepare(call.store)
    ids = found_ids(call.store, f"SELECT id FROM elements WHERE {where} ORDER BY +id", params)
    return pages.answer(call, "elements", ids, lambda chosen: _texts(call, chosen))


def _texts(call: Call, ids: Sequence[int]) -> list[str]:
    return pages.numbers(call, drawing.in_order(call.store, "elements", ids, _scope(call)))


@route("GET", ROOT + "/{id:int}", facts="protocol 3.2")
def read_element(call: Call) -> Answer:
    """One element; 204 for an unknown one is a guess."""
    _need(call, "view")
    found = _loaded(call, [call.id()])
    return pages.one(_texts(call, [call.id()])[0]) if found else NOTHING


def _loaded(call: Call, ids: list[int]) -> dict[int, Doc]:
    """Elements of this list that are not deleted, by id."""
    chosen = ",".join(map(str, ids))
    sql = f"SELECT id FROM elements WHERE catalog_id = ? AND is_deleted = 0 AND id IN ({chosen})"
    there = [row[0] for row in call.store.db.execute(sql, (call.id("catalog_id"),))]
    return drawing.docs(call.store, "elements", there, _scope(call))


@route("POST", ROOT, facts="protocol 3.2")
def add_elements(call: Call) -> Answer:
    """New elements."""
    _need(call, "add")
    items = call.batch(NEW, lambda item: faults(call, item))
    return pages.written(call, "elements", [_answer(_add(call, item), name) for item, name in items])


def faults(call: Call, item: Item) -> list[Fault]:
    """Users and fields that are not there, values that do not fit."""
    found = references.user_faults(call.store, item, ("created_by", "updated_by"))
    return [*references.number_faults(item), *found, *_read(call, item)[0]]


def _read(call: Call, item: Item) -> tuple[list[Fault], values.Stored]:
    return values.read(Ground(call.store, call.world.switches), _scope(call), item.get(values.KEY))


def _add(call: Call, item: Item) -> Doc:
    shell: Doc = {values.KEY: None}
    values.apply(call.store, _scope(call), shell, _read(call, item)[1])
    origin = references.origin(call, item)
    for key in ("responsible_user_id", "group_id"):
        del origin[key]
    row = element_row(
        id=call.store.count("element"),
        catalog_id=call.id("catalog_id"),
        version=call.store.version,
        name=item["name"],
        fields_json=dumps(shell[values.KEY]),
        **origin,
    )
    insert_many(call.store, "elements", [row])
    note_write(call.store, "elements", row[0], None)
    return dict(json.loads(row[-1]))


def _answer(doc: Doc, name: str | None) -> Doc:
    if name is None:
        return doc
    links = doc["_links"]
    return {
        **{key: value for key, value in doc.items() if key != "_links"},
        "request_id": name,
        "_links": links,
    }


@route("PATCH", ROOT, facts="protocol 3.2")
def change_elements(call: Call) -> Answer:
    """Changes of many elements."""
    _need(call, "edit")
    items = call.batch({**CHANGE, "id": Key("int", required=True)}, lambda item: faults(call, item))
    found = _known(call, [item["id"] for item, _ in items])
    answers = [_answer(_change(call, found[item["id"]], item), name) for item, name in items]
    return pages.written(call, "elements", answers)


@route("PATCH", ROOT + "/{id:int}", facts="protocol 3.2")
def change_element(call: Call) -> Answer:
    """A change of one element."""
    _need(call, "edit")
    if isinstance(call.body, list):
        raise problem(405, "Method Not Allowed")
    item = call.one(CHANGE, lambda item: faults(call, item))
    found = _known(call, [call.id()])
    return ok(_answer(_change(call, found[call.id()], item), item.get("request_id")))


def _known(call: Call, ids: list[int]) -> Mapping[int, Doc]:
    found = _loaded(call, ids)
    missing: dict[int | str, str] = {key: "Element not found" for key in ids if key not in found}
    if missing:
        raise refused(missing)
    return found


def _change(call: Call, doc: Doc, item: Item) -> Doc:
    before = dumps(doc)
    for key in ("name", "created_by", "created_at"):
        doc[key] = references.said(item, key, doc[key])
    values.apply(call.store, _scope(call), doc, _read(call, item)[1])
    doc.update(updated_by=references.said(item, "updated_by", call.user["id"]), updated_at=call.now)
    call.store.db.execute(
        "UPDATE elements SET name = ?, created_at = ?, updated_at = ?, version = ?, body = ? WHERE id = ?",
        (doc["name"], doc["created_at"], doc["updated_at"], call.store.version, dumps(doc), doc["id"]),
    )
    note_write(call.store, "elements", doc["id"], before)
    return doc
