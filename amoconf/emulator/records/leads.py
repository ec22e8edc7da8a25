"""Deals: what is particular to them on the way in, and moving one as a person does."""

from typing import Any

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape, as_object, check, fault, wrong_type
from amoconf.emulator.records import cards, linking, stages, values
from amoconf.emulator.records.document import Row, lead_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.unsorted_leaving import leave
from amoconf.emulator.records.value_types import Ground
from amoconf.emulator.records.writing import CARD_CHANGE, CARD_NEW, Common, Kind, embedding
from amoconf.emulator.store import Store, Thing

OWN: Shape = {
    "price": Key("int|number", null=True),  # a fraction is accepted by newer SDKs: protocol page 7.1
    "status_id": Key("int"),
    "pipeline_id": Key("int"),
    "closed_at": Key("int", null=True, least=0),
    "loss_reason_id": Key("int", null=True),
}
# Contacts, companies and the source are taken only when a deal is made (SDK: protocol page 7.1).
NEW: Shape = {
    **CARD_NEW,
    **OWN,
    "visitor_uid": Key(null=True),
    **embedding("tags", "contacts", "companies", "source"),
}
CHANGE: Shape = {**CARD_CHANGE, **OWN, **embedding("tags")}
SHOWN = ("source_id", "score", "labor_cost", "is_price_modified_by_robot")
CONTACT: Shape = {"id": Key("int", required=True), "is_main": Key("bool")}
COMPANY: Shape = {"id": Key("int", required=True)}
SOURCE: Shape = {"id": Key("int"), "external_id": Key(), "type": Key()}


def faults(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    """Stages, reasons and linked cards that are not there."""
    found = [*stages.faults(call.store, item, doc), *stages.reason_faults(call.store, item)]
    if found:
        return found
    if call.world.switches.required_enforced:
        found = _empty_fields(call, item, doc)
    return [*found, *_embedded_faults(call, embedded(item))]


def embedded(item: Item) -> Item:
    """What stands under `_embedded`; PHP's empty array counts as nothing."""
    given = item.get("_embedded")
    return given if isinstance(given, dict) else {}


def _empty_fields(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    where = stages.target(call.store, item, doc)
    if doc and where == (doc["pipeline_id"], doc["status_id"]):
        return []
    shell: Doc = {values.KEY: doc[values.KEY] if doc else None}
    stored = values.read(Ground(call.store, call.world.switches), "leads", item.get(values.KEY))[1]
    values.apply(call.store, "leads", shell, stored)
    filled = {entry["field_id"] for entry in shell[values.KEY] or ()}
    return stages.missing_fields(call.store, *where, filled)


def _embedded_faults(call: Call, given: Item) -> list[Fault]:
    found: list[Fault] = []
    for name, shape in (("contacts", CONTACT), ("companies", COMPANY)):
        found += card_faults(call.store, name, given.get(name), shape)
    if given.get("source") is not None and not check(given["source"], SOURCE):
        if _source(call.store, given["source"]) is None:
            found.append(fault("NotSupportedChoice", "_embedded.source"))
    elif given.get("source") is not None:
        found += check(given["source"], SOURCE, "_embedded.source")
    return found


def card_faults(store: Store, entity: str, given: Any, shape: Shape) -> list[Fault]:
    """Faults of cards named by id under `_embedded`; a deal has one company at most."""
    path = f"_embedded.{entity}"
    if given is not None and not isinstance(given, list):
        return [wrong_type(path, "array")]
    if entity == "companies" and len(given or ()) > 1:
        return [fault("TooMany", path)]
    found: list[Fault] = []
    for index, card in enumerate(given or ()):
        here = f"{path}.{index}"
        wrong = check(card, shape, here)
        if not wrong and not cards.is_there(store, entity, card["id"]):
            wrong = [fault("NotSupportedChoice", f"{here}.id")]
        found += wrong
    return found


def _source(store: Store, given: Thing) -> Thing | None:
    if "id" in given:
        return store.get("source", given["id"])
    key = as_object(given).get("external_id")
    return next((source for source in store.all("source") if source["external_id"] == key), None)


def make(call: Call, item: Item, common: Common) -> Row:
    """The row of a new deal; its stage is the first of its pipeline unless it says otherwise."""
    pipeline_id, stage_id = stages.target(call.store, item, None)
    source = embedded(item).get("source")
    found = _source(call.store, source) if source else None
    closed = stage_id in stages.CLOSED
    return lead_row(
        **common,
        name=item.get("name"),
        price=price(item),
        pipeline_id=pipeline_id,
        status_id=stage_id,
        closed_at=(item.get("closed_at") or call.now) if closed else None,
        loss_reason_id=item.get("loss_reason_id") if stage_id == stages.LOST else None,
        source_id=found["id"] if found else None,
    )


def price(item: Item) -> int:
    """The budget in whole units."""
    return round(item.get("price") or 0)


def added(call: Call, item: Item, card_id: int) -> None:
    """Links a new deal to the cards that came with it."""
    given, who = embedded(item), {"by": call.user["id"], "at": call.now}
    for card in given.get("contacts") or ():
        linking.attach(
            call.store, ("leads", card_id), ("contacts", card["id"]), is_main=card.get("is_main"), **who
        )
    for card in given.get("companies") or ():
        linking.attach(call.store, ("leads", card_id), ("companies", card["id"]), **who)


def edit(call: Call, item: Item, doc: Doc) -> None:
    """Puts an item's budget, stage and reason into a deal; any change takes it out of the unsorted stage."""
    if "price" in item:
        doc["price"] = price(item)
    if stages.is_unsorted(call.store, doc["pipeline_id"], doc["status_id"]):
        leave(call.store, doc["id"])
    stages.place(doc, *stages.target(call.store, item, doc), at=call.now, closed_at=item.get("closed_at"))
    if "loss_reason_id" in item and doc["status_id"] == stages.LOST:
        doc["loss_reason_id"] = item["loss_reason_id"]


LEADS = Kind(
    "leads", NEW, CHANGE, faults, make, edit, refusal=stages.reason_refusal, added=added, read_only=SHOWN
)


def move_deal(store: Store, card_id: int, pipeline_id: int, status_id: int, *, by: int, at: int) -> None:
    """Moves a deal as a person does on the board: event, `closed_at` and loss reason follow."""

    def move(doc: Doc) -> None:
        if stages.is_unsorted(store, doc["pipeline_id"], doc["status_id"]):
            leave(store, card_id)
        stages.place(doc, pipeline_id, status_id, at=at)

    cards.change(store, "leads", card_id, move, by=by, at=at)
