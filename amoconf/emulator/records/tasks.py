"""Tasks: lists, single ones, new ones, changes; deleting is refused (protocol page, 7.7)."""

import json
from collections.abc import Iterator

from amoconf.emulator.answer import NOTHING, Answer, dumps, ok, problem, refused
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Fault, Key, Shape, fault
from amoconf.emulator.gate import forbidden
from amoconf.emulator.query import values
from amoconf.emulator.records import cards, filters, journal, pages, references, sight
from amoconf.emulator.records.document import insert_many, task_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.memory import found_ids
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.routes import route
from amoconf.emulator.store import ENTITIES, Store

CHANGE: Shape = {
    "id": Key("int"),
    "text": Key(blank=False),
    "complete_till": Key("int", least=0),
    "entity_id": Key("int", null=True),
    "entity_type": Key(null=True, choices=ENTITIES),
    "task_type_id": Key("int"),
    "duration": Key("int", null=True, least=0),
    "is_completed": Key("bool"),
    "result": Key("array|object", null=True, keys={"text": Key()}),
    **references.WHO,
    **references.WHEN,
    **references.REQUEST_ID,
}
NEW: Shape = {
    **CHANGE,
    "text": Key(required=True, blank=False),
    "complete_till": Key("int", required=True, least=0),
}


@route("GET", "/api/v4/tasks", facts="protocol 5.4, 7.7")
def list_tasks(call: Call) -> Answer:
    """One page of tasks."""
    where, params = filters.joined(_conditions(call))
    order = pages.order_sql(call, ("created_at", "complete_till", "id"), "+id ASC")
    ids = found_ids(call.store, f"SELECT id FROM tasks WHERE {where} ORDER BY {order}", params)
    return pages.answer(call, "tasks", ids, lambda chosen: pages.stored(call.store, "tasks", chosen))


def _conditions(call: Call) -> Iterator[Condition]:
    given = filters.given(call)
    for key in ("id", "responsible_user_id", "created_by"):
        if key in given:
            yield filters.one_of(key, given[key])
    for key in ("task_type", "task_type_id"):
        if key in given:
            yield filters.one_of("task_type_id", given[key])
    if "is_completed" in given:
        yield filters.one_of("is_completed", given["is_completed"])
    if "updated_at" in given:
        yield filters.in_range("updated_at", given["updated_at"], bare=">=")
    if "entity_type" in given:
        yield filters.one_of_texts("entity_type", ",".join(values(given["entity_type"])))
        if "entity_id" in given:
            yield filters.one_of("entity_id", given["entity_id"])


@route("GET", "/api/v4/tasks/{id:int}", facts="protocol 3.2, 7.7")
def read_task(call: Call) -> Answer:
    """One task; 204 for an unknown one is a guess."""
    row = call.store.db.execute("SELECT body FROM tasks WHERE id = ?", (call.id(),)).fetchone()
    return pages.one(row[0]) if row else NOTHING


@route("POST", "/api/v4/tasks", facts="protocol 7.7")
def add_tasks(call: Call) -> Answer:
    """New tasks."""
    items = call.batch(NEW, lambda item: faults(call, item, None))
    made = [(_add(call, item), name) for item, name in items]
    answers = [{"id": key, "request_id": name, "_links": _links(call, key)} for key, name in made]
    return pages.written(call, "tasks", answers)


def faults(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    """Users, types and cards that are not there."""
    found = [*references.number_faults(item), *references.user_faults(call.store, item)]
    if "task_type_id" in item and call.store.get("task_type", item["task_type_id"]) is None:
        found.append(fault("NotSupportedChoice", "task_type_id"))
    entity, key = (item.get(name, (doc or {}).get(name)) for name in ("entity_type", "entity_id"))
    if key is not None and entity is None:
        found.append(fault("FieldMissing", "entity_type"))
    elif key is not None and not cards.is_there(call.store, str(entity), key):
        found.append(fault("NotSupportedChoice", "entity_id"))
    return found


def _add(call: Call, item: Item) -> int:
    key = call.store.count("task")
    row = task_row(
        id=key,
        text=item["text"],
        complete_till=item["complete_till"],
        entity_type=item.get("entity_type"),
        entity_id=item.get("entity_id"),
        task_type_id=references.said(item, "task_type_id", 1),
        duration=item.get("duration") or 0,
        is_completed=bool(item.get("is_completed")),
        result=_result(item),
        **references.origin(call, item),
    )
    insert_many(call.store, "tasks", [row])
    journal.write(call.store, "task_added", "task", key, by=call.user["id"], at=call.now)
    _refresh(call.store, json.loads(row[-1]))
    return key


def _result(item: Item) -> str | None:
    given = item.get("result")
    return given.get("text") if isinstance(given, dict) else None


def _refresh(store: Store, doc: Doc) -> None:
    if doc["entity_type"]:
        cards.refresh_closest_task(store, doc["entity_type"], doc["entity_id"])


@route("PATCH", "/api/v4/tasks", facts="protocol 7.7")
def change_tasks(call: Call) -> Answer:
    """Changes of many tasks."""
    given = call.body if isinstance(call.body, list) else []
    found = _found(
        call, [item["id"] for item in given if isinstance(item, dict) and type(item.get("id")) is int]
    )
    shape = {**_taken(call), "id": Key("int", required=True)}
    items = call.batch(shape, lambda item: faults(call, item, found.get(item["id"])))
    _judge(call, found, [item["id"] for item, _ in items])
    return pages.written(
        call, "tasks", [_change(call, found[item["id"]], item, name) for item, name in items]
    )


@route("PATCH", "/api/v4/tasks/{id:int}", facts="protocol 7.7")
def change_task(call: Call) -> Answer:
    """A change of one task."""
    if isinstance(call.body, list):
        raise problem(405, "Method Not Allowed")
    found = _found(call, [call.id()])
    item = call.one(_taken(call), lambda item: faults(call, item, found.get(call.id())))
    _judge(call, found, [call.id()])
    return ok(_change(call, found[call.id()], item, request_id(item, 0)))


def _taken(call: Call) -> Shape:
    ignored = call.world.switches.read_only_keys == "ignore"
    return {**CHANGE, **references.shown("group_id", "account_id", "_embedded")} if ignored else CHANGE


def _found(call: Call, ids: list[int]) -> dict[int, Doc]:
    sql = f"SELECT id, body FROM tasks WHERE id IN ({','.join(map(str, ids))})"
    return {key: json.loads(body) for key, body in call.store.db.execute(sql)}


def _judge(call: Call, found: dict[int, Doc], ids: list[int]) -> None:
    letter = "A" if call.is_admin else call.user["rights"]["tasks"]["edit"]
    if not all(sight.reaches(call, letter, doc["responsible_user_id"]) for doc in found.values()):
        raise forbidden()
    missing: dict[int | str, str] = {key: "Task not found" for key in ids if key not in found}
    if missing:
        raise refused(missing)


def _change(call: Call, doc: Doc, item: Item, name: str) -> Item:
    before = dict(doc)
    for key in CHANGE.keys() & doc.keys() & item.keys() - {"id", "result"}:
        doc[key] = item[key]
    if _result(item) is not None:
        doc["result"] = {"text": _result(item)}
    doc["group_id"] = sight.group_id(call.store, doc["responsible_user_id"])
    doc["updated_by"] = item.get("updated_by", call.user["id"])
    doc["updated_at"] = call.now
    save(call.store, before, doc, by=call.user["id"], at=call.now)
    return {
        "id": doc["id"],
        "updated_at": doc["updated_at"],
        "request_id": name,
        "_links": _links(call, doc["id"]),
    }


COLUMNS = (
    "entity_type entity_id responsible_user_id created_by task_type_id is_completed complete_till "
    "created_at updated_at"
).split()


def save(store: Store, before: Doc, doc: Doc, *, by: int, at: int) -> None:
    """Writes a changed task, its events, and the nearest task of its cards."""
    columns = ", ".join(f"{name} = ?" for name in COLUMNS)
    row = [*(doc[name] for name in COLUMNS), dumps(doc), doc["id"]]
    store.db.execute(f"UPDATE tasks SET {columns}, body = ? WHERE id = ?", row)
    for kind, new, old in _events(store, before, doc):
        journal.write(store, kind, "task", doc["id"], by=by, at=at, after=new, before=old)
    for state in (before, doc):
        _refresh(store, state)


def _events(store: Store, before: Doc, doc: Doc) -> Iterator[journal.Change]:
    if doc["is_completed"] and not before["is_completed"]:
        yield "task_completed", [], []
    if doc["result"] != before["result"]:
        yield "task_result_added", [{"note": {"id": store.count("note")}}], []
    for key, (kind, element, inside) in EVENTS.items():
        if doc[key] != before[key]:
            yield kind, [{element: {inside: doc[key]}}], [{element: {inside: before[key]}}]


EVENTS = {
    "text": ("task_text_changed", "task", "text"),
    "complete_till": ("task_deadline_changed", "task_deadline", "timestamp"),
    "task_type_id": ("task_type_changed", "task_type", "id"),
    "responsible_user_id": ("entity_responsible_changed", "responsible_user", "id"),
}


@route("DELETE", "/api/v4/tasks/{id:int}", facts="protocol 3.2, 7.7")
def delete_task(call: Call) -> Answer:
    """Tasks cannot be deleted: 403, not 405 (third party)."""
    raise forbidden()


def _links(call: Call, key: int) -> Item:
    return {"self": {"href": call.link(f"/api/v4/tasks/{key}")}}
