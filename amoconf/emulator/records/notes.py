"""Notes on cards: lists, single ones, new ones, changes (protocol page, 7.8)."""

import json
from collections.abc import Iterator, Sequence

from amoconf.emulator.answer import NOTHING, Answer, dumps, ok, refused
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape, check, fault
from amoconf.emulator.query import values
from amoconf.emulator.records import cards, filters, journal, pages, references, sight
from amoconf.emulator.records.document import insert_many, note_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.memory import found_ids
from amoconf.emulator.records.note_types import EVENTS, PARAMS
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.routes import route

CHANGE: Shape = {
    "id": Key("int"),
    "entity_id": Key("int"),
    "note_type": Key(choices=PARAMS),
    "params": Key("array|object"),
    **references.WHO,
    **references.WHEN,
    **references.REQUEST_ID,
}
NEW: Shape = {
    **CHANGE,
    "note_type": Key(required=True, choices=PARAMS),
    "params": Key("array|object", required=True),
    "is_need_to_trigger_digital_pipeline": Key("bool"),
}


@route("GET", "/api/v4/{entity:entity}/notes", facts="protocol 5.4, 7.8")
def list_notes(call: Call) -> Answer:
    """Notes on all cards of a sort."""
    return _listed(call, [*_conditions(call)])


@route("GET", "/api/v4/{entity:entity}/{entity_id:int}/notes", facts="protocol 5.4, 7.8")
def list_card_notes(call: Call) -> Answer:
    """Notes on one card."""
    return _listed(call, [*_conditions(call), ("entity_id = ?", (call.id("entity_id"),))])


def _listed(call: Call, conditions: list[Condition]) -> Answer:
    where, params = filters.joined(conditions)
    order = pages.order_sql(call, ("updated_at", "id"), "+id ASC")
    ids = found_ids(call.store, f"SELECT id FROM notes WHERE {where} ORDER BY {order}", params)
    return pages.answer(call, "notes", ids, lambda chosen: texts(call, chosen))


def texts(call: Call, ids: Sequence[int]) -> list[str]:
    """Notes as they are sent; `with=is_pinned` says that none is (third party: protocol page 5.3)."""
    found = pages.stored(call.store, "notes", ids)
    if "is_pinned" not in call.with_words():
        return found
    return [text.replace(',"_links":', ',"is_pinned":false,"_links":') for text in found]


def _conditions(call: Call) -> Iterator[Condition]:
    entity, given = call.values["entity"], filters.given(call)
    yield "entity_type = ?", (entity,)
    seen, params = sight.visible(call, entity)
    if seen != "1":
        yield f"entity_id IN (SELECT id FROM {entity} WHERE {seen})", params
    for key in ("id", "entity_id"):
        if key in given:
            yield filters.one_of(key, given[key])
    if "note_type" in given:
        kinds = values(given["note_type"])
        yield f"note_type IN ({','.join('?' * len(kinds))})", tuple(kinds)
    if "updated_at" in given:
        yield filters.in_range("updated_at", given["updated_at"], bare=">=")


@route("GET", "/api/v4/{entity:entity}/notes/{id:int}", facts="protocol 7.8")
def read_note(call: Call) -> Answer:
    """One note; 204 for an unknown one is a guess."""
    where, params = filters.joined(_conditions(call))
    sql = f"SELECT id FROM notes WHERE id = ? AND {where}"
    found = call.store.db.execute(sql, (call.id(), *params)).fetchone()
    return pages.one(texts(call, [call.id()])[0]) if found else NOTHING


@route("GET", "/api/v4/{entity:entity}/{entity_id:int}/notes/{id:int}", facts="protocol 7.8")
def read_card_note(call: Call) -> Answer:
    """One note by the address that links name."""
    return read_note(call)


@route("POST", "/api/v4/{entity:entity}/notes", facts="protocol 7.8")
def add_notes(call: Call) -> Answer:
    """New notes on several cards."""
    return _added(call, {**NEW, "entity_id": Key("int", required=True)}, None)


@route("POST", "/api/v4/{entity:entity}/{entity_id:int}/notes", facts="protocol 7.8")
def add_card_notes(call: Call) -> Answer:
    """New notes on one card."""
    return _added(call, NEW, call.id("entity_id"))


def _added(call: Call, shape: Shape, card_id: int | None) -> Answer:
    items = call.batch(shape, lambda item: faults(call, item, item["note_type"], card_id))
    made = [(_add(call, item, card_id), name) for item, name in items]
    return pages.written(call, "notes", [_made(doc, name) for doc, name in made])


def _made(doc: Doc, name: str) -> Item:
    return {"id": doc["id"], "entity_id": doc["entity_id"], "request_id": name, "_links": doc["_links"]}


def faults(call: Call, item: Item, note_type: str, card_id: int | None) -> list[Fault]:
    """Keys of `params` that the type has not or needs; users and cards that are not there."""
    found = [*references.number_faults(item), *references.user_faults(call.store, item)]
    if "params" in item:
        found += check(item["params"], PARAMS[note_type], "params")
    key = item.get("entity_id", card_id)
    if key is not None and not cards.is_there(call.store, call.values["entity"], key):
        found.append(fault("NotSupportedChoice", "entity_id"))
    return found


def _add(call: Call, item: Item, card_id: int | None) -> Doc:
    entity = call.values["entity"]
    row = note_row(
        id=call.store.count("note"),
        entity_type=entity,
        entity_id=references.said(item, "entity_id", card_id),
        note_type=item["note_type"],
        params_json=dumps(item["params"]),
        **references.origin(call, item),
    )
    insert_many(call.store, "notes", [row])
    doc: Doc = json.loads(row[-1])
    kind, note = EVENTS[doc["note_type"]], [{"note": {"id": doc["id"]}}]
    card, by = journal.SINGULAR[entity], call.user["id"]
    journal.write(call.store, kind, card, doc["entity_id"], by=by, at=call.now, after=note)
    return doc


@route("PATCH", "/api/v4/{entity:entity}/notes", facts="protocol 7.8")
def change_notes(call: Call) -> Answer:
    """Changes of many notes."""
    found = _found(call)
    shape = {**CHANGE, "id": Key("int", required=True)}
    items = call.batch(shape, lambda item: _change_faults(call, item, found.get(item["id"])))
    missing = {item["id"]: "Note not found" for item, _ in items if item["id"] not in found}
    if missing:
        raise refused(missing)
    answers = [_change(call, found[item["id"]], item, name) for item, name in items]
    return pages.written(call, "notes", answers)


@route("PATCH", "/api/v4/{entity:entity}/{entity_id:int}/notes", facts="protocol 7.8")
def change_card_notes(call: Call) -> Answer:
    """Changes of many notes of one card."""
    return change_notes(call)


@route("PATCH", "/api/v4/{entity:entity}/notes/{id:int}", facts="protocol 7.8")
def change_note(call: Call) -> Answer:
    """A change of one note."""
    doc = _load(call, [call.id()]).get(call.id())
    item = call.one(CHANGE, lambda item: _change_faults(call, item, doc))
    if doc is None:
        raise refused({call.id(): "Note not found"})
    return ok(_change(call, doc, item, item.get("request_id")))


@route("PATCH", "/api/v4/{entity:entity}/{entity_id:int}/notes/{id:int}", facts="protocol 7.8")
def change_card_note(call: Call) -> Answer:
    """A change of one note by the address that links name."""
    return change_note(call)


def _change_faults(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    return faults(call, item, references.said(item, "note_type", doc["note_type"]), None) if doc else []


def _found(call: Call) -> dict[int, Doc]:
    given = call.body if isinstance(call.body, list) else []
    return _load(
        call, [item["id"] for item in given if isinstance(item, dict) and type(item.get("id")) is int]
    )


def _load(call: Call, ids: list[int]) -> dict[int, Doc]:
    sql = f"SELECT id, body FROM notes WHERE entity_type = ? AND id IN ({','.join(map(str, ids))})"
    return {key: json.loads(body) for key, body in call.store.db.execute(sql, (call.values["entity"],))}


def _change(call: Call, doc: Doc, item: Item, name: str | None) -> Item:
    for key in ("note_type", "params", "responsible_user_id", "created_by", "created_at"):
        if key in item:
            doc[key] = item[key]
    doc.update(updated_by=item.get("updated_by", call.user["id"]), updated_at=call.now)
    call.store.db.execute(
        "UPDATE notes SET note_type = ?, created_at = ?, updated_at = ?, body = ? WHERE id = ?",
        (doc["note_type"], doc["created_at"], doc["updated_at"], dumps(doc), doc["id"]),
    )
    echo = {} if name is None else {"request_id": str(name)}
    keys = ("id", "entity_id", "updated_at")
    return {**{key: doc[key] for key in keys}, **echo, "_links": doc["_links"]}
