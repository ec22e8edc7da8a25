"""Sources of deals: each integration sees and writes only its own."""

from collections.abc import Callable, Iterable
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault, unchanged
from amoconf.emulator.listing import (
    ENVELOPES,
    linked,
    not_found,
    something_to_change,
    whole,
    written,
)
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST = 100
MOST_AT_ONCE = 50
PRIVATE = "client_id"


def _printable(text: str) -> str | None:
    return None if all(" " <= sign <= "~" for sign in text) else "NotSupportedChoice"


PAGE = Key("object", keys={name: Key(required=True) for name in ("id", "name", "link")})
SERVICE = Key(
    "object",
    keys={
        "type": Key(required=True, choices=("whatsapp",)),
        "params": Key("object", keys={"waba": Key("bool"), "is_supports_list_message": Key("bool")}),
        "pages": Key("array", items=PAGE),
    },
)
CHANGE = {
    "name": Key(blank=False, max=255),  # guess: config page E2.2
    "pipeline_id": Key("int"),
    "default": Key("bool"),
    "origin_code": Key(null=True),
    "services": Key("array", items=SERVICE),
    "request_id": Key(),
}
NEW = {
    **CHANGE,
    "name": Key(required=True, blank=False, max=255),
    "external_id": Key(required=True, blank=False, max=36, rule=_printable),
}


def make_source(
    store: Store,
    name: str,
    external_id: str,
    client_id: str,
    *,
    pipeline_id: int | None = None,
    **words: Any,
) -> Thing:
    """A new source of one integration, in the main pipeline unless said otherwise.

    `words`: any other key of the body. A default source takes the place of the former one (guess).
    """
    main = next((pipeline["id"] for pipeline in store.all("pipeline") if pipeline["is_main"]), None)
    body: Thing = {
        "id": words.pop("id", None) or store.count("source"),
        "name": name,
        "pipeline_id": main if pipeline_id is None else pipeline_id,
        "external_id": external_id,
        "default": False,
        "origin_code": None,
        "services": [],
        PRIVATE: client_id,
    }
    return change_source(store, body, **words)


def change_source(store: Store, source: Thing, **words: Any) -> Thing:
    """The source with other keys of its body."""
    if words.get("default"):
        for other in own_sources(store, source[PRIVATE]):
            if other["default"] and other["id"] != source["id"]:
                store.put("source", {**other, "default": False})
    return store.put("source", {**source, **words})


def delete_source(store: Store, source_id: int) -> None:
    """Deletes a source, and the website button that it belongs to (guess: config page A3)."""
    for kind in ("source", "website_button"):
        if store.get(kind, source_id) is not None:
            store.drop(kind, source_id)


def own_sources(store: Store, client_id: str) -> list[Thing]:
    """The sources of one integration."""
    return [source for source in store.all("source") if source.get(PRIVATE) == client_id]


def exact(call: Call, name: str) -> list[str]:
    """The texts of one filter, taken whole: they may hold commas."""
    given = call.query.get("filter")
    asked = given.get(name) if isinstance(given, dict) else None
    if asked is None:
        return []
    return [str(text) for text in asked.values()] if isinstance(asked, dict) else [str(asked)]


@route("GET", "/api/v4/sources", admin=True, facts="config C16")
def index(call: Call) -> Answer:
    """All own sources, at most a hundred, without pages."""
    wanted = exact(call, "external_id")
    sources = [
        source
        for source in own_sources(call.store, call.client_id)
        if not wanted or source["external_id"] in wanted
    ]
    return whole(call, ENVELOPES["sources"], [wire(call, source) for source in sources[:MOST]])


@route("GET", "/api/v4/sources/{id:int}", admin=True, facts="config C16")
def show(call: Call) -> Answer:
    """One own source; 204 for any other."""
    source = _own(call, call.id())
    return NOTHING if source is None else ok(wire(call, source))


@route("POST", "/api/v4/sources", admin=True, facts="config C16, B6")
def create(call: Call) -> Answer:
    """New sources."""
    held = own_sources(call.store, call.client_id)
    taken = {source["external_id"] for source in held}
    items = call.batch(NEW, lambda item: _new_faults(call, item, taken), most=MOST_AT_ONCE)
    if len(held) + len(items) > MOST:
        raise problem(422, "Sources limit exceeded")  # sentence not recorded: config page B5
    made = [(make_source(call.store, client_id=call.client_id, **_words(item)), key) for item, key in items]
    return _written(call, made)


@route("PATCH", "/api/v4/sources", admin=True, facts="config C16")
def change_many(call: Call) -> Answer:
    """Changes sources by the ids in the body."""
    shape = {**CHANGE, "id": Key("int", required=True), "external_id": Key()}
    items = call.batch(shape, lambda item: _change_faults(call, item), most=MOST_AT_ONCE)
    return _written(call, [(_change(call, item["id"], item), key) for item, key in items])


@route("PATCH", "/api/v4/sources/{id:int}", admin=True, facts="config C16")
def change(call: Call) -> Answer:
    """Changes one source; `external_id` never changes."""
    source = _own(call, call.id())
    if source is None:
        raise not_found("Source")
    shape = {**CHANGE, **unchanged(id=source["id"], external_id=source["external_id"])}
    item = call.one(shape, lambda given: _pipeline_faults(call, given))
    something_to_change(item)
    return ok(wire(call, _change(call, call.id(), item)))


@route("DELETE", "/api/v4/sources", admin=True, facts="config C16, B5")
def delete_many(call: Call) -> Answer:
    """Deletes the sources in the body; unknown ones give a shape of refusal that nothing else has."""
    items = call.batch({"id": Key("int", required=True), "request_id": Key()}, most=MOST_AT_ONCE)
    return delete_all(call, items, _deletable(call), lambda key: delete_source(call.store, key), "source")


@route("DELETE", "/api/v4/sources/{id:int}", admin=True, facts="config C16")
def delete(call: Call) -> Answer:
    """Deletes one own source."""
    if call.id() not in _deletable(call):
        raise not_found("Source")
    delete_source(call.store, call.id())
    return NOTHING


def delete_all(
    call: Call,
    items: Iterable[tuple[Item, str]],
    known: set[int],
    drop: Callable[[int], None],
    thing: str,
) -> Answer:
    """Deletes what is known; if anything is not, refuses by `errors` whose entries hold an object each."""
    missing = [(item["id"], key) for item, key in items if item["id"] not in known]
    refusal = problem(400, "Invalid request items", errors=[_not_found(thing, *one) for one in missing])
    if missing and not call.world.switches.bulk_delete_partial:
        raise refusal
    for key in dict.fromkeys(item["id"] for item, _ in items):
        if key in known:
            drop(key)
    return refusal.answer if missing else NOTHING


def _not_found(thing: str, key: int, echo: str) -> Thing:
    detail = f"{thing} with id = {key} not found"
    return {"request_id": echo, "errors": {"code": "EntityNotFound", "path": "id", "detail": detail}}


def _deletable(call: Call) -> set[int]:
    buttons = [button for button in call.store.all("website_button") if button.get(PRIVATE) == call.client_id]
    return {thing["id"] for thing in (*own_sources(call.store, call.client_id), *buttons)}


def _own(call: Call, source_id: int) -> Thing | None:
    source = call.store.get("source", source_id)
    return source if source is not None and source.get(PRIVATE) == call.client_id else None


def _new_faults(call: Call, item: Item, taken: set[str]) -> list[Fault]:
    """`taken` holds the external ids in use and those of the items before this one, which joins them."""
    twin = item["external_id"] in taken
    taken.add(item["external_id"])
    return [*([fault("NotSupportedChoice", "external_id")] if twin else []), *_pipeline_faults(call, item)]


def _pipeline_faults(call: Call, item: Item) -> list[Fault]:
    missing = "pipeline_id" in item and call.store.get("pipeline", item["pipeline_id"]) is None
    return [fault("NotSupportedChoice", "pipeline_id")] if missing else []


def _change_faults(call: Call, item: Item) -> list[Fault]:
    # guess: nobody recorded a bulk PATCH of an unknown source
    source = _own(call, item["id"])
    wrong = [fault("NotSupportedChoice", "id")] if source is None else []
    if source is not None and item.get("external_id", source["external_id"]) != source["external_id"]:
        wrong.append(fault("NotSupportedChoice", "external_id"))
    return [*wrong, *_pipeline_faults(call, item)]


def _words(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in ("request_id", "id")}


def _change(call: Call, source_id: int, item: Item) -> Thing:
    source = _own(call, source_id)
    assert source is not None
    return change_source(call.store, source, **_words(item))


def _written(call: Call, made: list[tuple[Thing, str]]) -> Answer:
    return written(call, "sources", [wire(call, source, key) for source, key in made], links=True)


def wire(call: Call, source: Thing, request_id: str | None = None) -> Thing:
    """A source as it is sent."""
    body = {name: value for name, value in source.items() if name != PRIVATE}
    return linked(call, body, f"/api/v4/sources/{source['id']}", request_id)
