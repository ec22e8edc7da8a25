"""Links between records: reading, linking, unlinking, of one card and of many (protocol page, 7.6)."""

from collections.abc import Iterable, Iterator
from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import BIGGEST, Fault, Key, Shape, fault
from amoconf.emulator.listing import not_found
from amoconf.emulator.query import integer, values
from amoconf.emulator.records import cards, filters, linking, pages, references, sight
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.journal import SINGULAR
from amoconf.emulator.records.linking import ALLOWED, ELEMENTS
from amoconf.emulator.records.value_objects import exists
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

METADATA: Shape = {
    "is_main": Key("bool"),
    "quantity": Key("number"),
    "catalog_id": Key("int"),
    "price_id": Key("int", null=True),
    "updated_by": Key("int"),
}


def _shape(call: Call, *, many: bool) -> Shape:
    own: Shape = {"entity_id": Key("int", required=True)} if many else {}
    return {
        **own,
        "to_entity_id": Key("int", required=True),
        "to_entity_type": Key(required=True, choices=ALLOWED[call.values["entity"]]),
        "metadata": Key("array|object", null=True, keys=METADATA),
        **references.REQUEST_ID,
    }


@route("GET", "/api/v4/{entity:entity}/{id:int}/links", facts="protocol 5.4, 7.6")
def list_card_links(call: Call) -> Answer:
    """What one card is linked to; 204 when it is to nothing: a guess."""
    return _listed(call, [*linking.links_of(call.store, call.values["entity"], call.id())])


@route("GET", "/api/v4/{entity:entity}/links", facts="protocol 5.4, 7.6")
def list_links(call: Call) -> Answer:
    """What several cards are linked to."""
    entity, wanted = call.values["entity"], values(filters.given(call).get("entity_id"))
    ids = [max(-BIGGEST, min(key, BIGGEST)) for key in map(integer, wanted) if key is not None]
    if not ids:
        raise problem(
            400, "Request validation failed"
        )  # filter[entity_id] is required; the sentence is a guess
    rows = [
        _with_entity(entity, key, row) for key in ids for row in linking.links_of(call.store, entity, key)
    ]
    return _listed(call, rows)


def _with_entity(entity: str, key: int, row: Thing) -> Thing:
    return {"entity_id": key, "entity_type": entity, **row}


def _listed(call: Call, rows: list[Thing]) -> Answer:
    kept = [*_kept(rows, filters.given(call))]
    if not kept:
        return NOTHING
    return ok({"_total_items": len(kept), "_links": call.own_link, "_embedded": {"links": kept}})


def _kept(rows: Iterable[Thing], given: Any) -> Iterator[Thing]:
    """`to_entity_id` and `to_entity_type` count only together."""
    both = "to_entity_id" in given and "to_entity_type" in given
    for row in rows:
        if both and str(row["to_entity_id"]) not in values(given["to_entity_id"]):
            continue
        if both and row["to_entity_type"] not in values(given["to_entity_type"]):
            continue
        catalog = (row["metadata"] or {}).get("catalog_id")
        if "to_catalog_id" in given and str(catalog) not in values(given["to_catalog_id"]):
            continue
        yield row


@route("POST", "/api/v4/{entity:entity}/{id:int}/link", facts="protocol 7.6")
def link_card(call: Call) -> Answer:
    """Links one card to others."""
    return _linked(call, call.id())


@route("POST", "/api/v4/{entity:entity}/link", facts="protocol 7.6")
def link_cards(call: Call) -> Answer:
    """Links several cards to others."""
    return _linked(call, None)


def _linked(call: Call, card_id: int | None) -> Answer:
    items = _items(call, card_id, _new_faults)
    for item in items:
        given = item.get("metadata") or {}
        stored = _stored(call.store, item, given)
        ends = (call.values["entity"], item["entity_id"]), (item["to_entity_type"], item["to_entity_id"])
        by = references.said(given, "updated_by", call.user["id"])
        linking.attach(call.store, *ends, by=by, at=call.now, is_main=given.get("is_main"), metadata=stored)
    _bump(call, items)
    return pages.written(call, "links", [_answered(call, item) for item in items], total=True)


def _stored(store: Store, item: Item, given: Item) -> Thing | None:
    if item["to_entity_type"] != ELEMENTS:
        return None
    row = store.db.execute("SELECT catalog_id FROM elements WHERE id = ?", (item["to_entity_id"],)).fetchone()
    return {"quantity": given.get("quantity", 1), "catalog_id": row[0], "price_id": given.get("price_id")}


def _answered(call: Call, item: Item) -> Thing:
    entity, key = call.values["entity"], item["entity_id"]
    for row in linking.links_of(call.store, entity, key):
        if (row["to_entity_type"], row["to_entity_id"]) == (item["to_entity_type"], item["to_entity_id"]):
            return _with_entity(entity, key, row)
    # Another item of the batch has taken its place: a card has one company.
    return _with_entity(
        entity, key, {**{k: item[k] for k in ("to_entity_id", "to_entity_type")}, "metadata": None}
    )


@route("POST", "/api/v4/{entity:entity}/{id:int}/unlink", facts="protocol 3.2, 7.6")
def unlink_card(call: Call) -> Answer:
    """Ends links of one card."""
    return _unlinked(call, call.id())


@route("POST", "/api/v4/{entity:entity}/unlink", facts="protocol 3.2, 7.6")
def unlink_cards(call: Call) -> Answer:
    """Ends links of several cards."""
    return _unlinked(call, None)


def _unlinked(call: Call, card_id: int | None) -> Answer:
    items = _items(call, card_id, lambda call, item: [])
    for item in items:
        ends = (call.values["entity"], item["entity_id"]), (item["to_entity_type"], item["to_entity_id"])
        linking.detach(call.store, *ends, by=call.user["id"], at=call.now)
    _bump(call, items)
    return NOTHING


def _items(call: Call, card_id: int | None, refine: Any) -> list[Item]:
    """The items, each with the card it is about; that card must be there and may be changed."""
    entity = call.values["entity"]
    if card_id is not None and card_id not in cards.reachable(call, entity, [card_id]):
        raise not_found(SINGULAR[entity].capitalize())
    shape = _shape(call, many=card_id is None)
    items = [item for item, _ in call.batch(shape, lambda item: refine(call, item))]
    items = [item if card_id is None else {**item, "entity_id": card_id} for item in items]
    for card in cards.reachable(call, entity, {item["entity_id"] for item in items}).values():
        sight.need_edit(call, entity, card.doc)
    return items


def _new_faults(call: Call, item: Item) -> list[Fault]:
    entity, other, key = call.values["entity"], item["to_entity_type"], item["to_entity_id"]
    found: list[Fault] = []
    if "entity_id" in item and not cards.is_there(call.store, entity, item["entity_id"]):
        found.append(fault("NotSupportedChoice", "entity_id"))
    there = (
        exists(call.store, "elements", key) if other == ELEMENTS else cards.is_there(call.store, other, key)
    )
    if not there:
        return [*found, fault("NotSupportedChoice", "to_entity_id")]
    return [*found, *_catalog_faults(call, item)] if other == ELEMENTS else found


def _catalog_faults(call: Call, item: Item) -> list[Fault]:
    """The list of an element must be named, and rightly (guess: protocol page 7.6)."""
    catalog_id = (item.get("metadata") or {}).get("catalog_id")
    if catalog_id is None:
        return [fault("FieldMissing", "metadata.catalog_id")]
    sql = "SELECT 1 FROM elements WHERE id = ? AND catalog_id = ?"
    right = call.store.db.execute(sql, (item["to_entity_id"], catalog_id)).fetchone()
    return [] if right else [fault("NotSupportedChoice", "metadata.catalog_id")]


def _bump(call: Call, items: Iterable[Item]) -> None:
    """Links change `updated_at` (protocol page, 8.2: guess)."""

    def nothing(doc: Doc) -> None:
        """The stamps are set by `cards.change` itself."""

    for key in {item["entity_id"] for item in items}:
        if cards.is_there(call.store, call.values["entity"], key):
            cards.change(call.store, call.values["entity"], key, nothing, by=call.user["id"], at=call.now)
