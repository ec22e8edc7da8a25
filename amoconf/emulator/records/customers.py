"""Customers: what is particular to them on the way in, and whether the account has them at all."""

from typing import Any

from amoconf.emulator.answer import dumps, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape, check, fault, wrong_type
from amoconf.emulator.records.document import Row, customer_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.writing import CARD_CHANGE, CARD_NEW, Common, Kind, embedding
from amoconf.emulator.store import ORIGIN, Thing

OWN: Shape = {
    "next_price": Key("int", null=True),
    "next_date": Key("int", null=True, least=0),
    "status_id": Key("int", null=True),
    "periodicity": Key("int", null=True),
}
NEW: Shape = {**CARD_NEW, **OWN, "name": Key(required=True, blank=False), **embedding("tags", "segments")}
CHANGE: Shape = {**CARD_CHANGE, **OWN, **embedding("tags", "segments")}


def need_customers(call: Call) -> None:
    """402 when the plan has no customers, 422 when they are switched off (protocol page, 1.9)."""
    mode = call.world.account["customers_mode"]
    if not call.world.switches.customers_available or mode == "unavailable":
        raise problem(402, "Payment required")
    if mode == "disabled":
        raise problem(422, "Customers functionality is disabled")  # sentence not recorded: config page B5


def faults(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    """A missing date of the next purchase, stages and segments that are not there, forbidden tags."""
    periodic = call.world.account["customers_mode"] == "periodicity"
    found: list[Fault] = []
    if periodic and doc is None and item.get("next_date") is None:
        found.append(fault("FieldMissing", "next_date"))
    if item.get("status_id") is not None and not call.store.get("customer_status", item["status_id"]):
        found.append(fault("NotSupportedChoice", "status_id"))
    if not call.world.switches.tags_of_customers:
        found += [fault("FieldNotExpected", key) for key in ("tags_to_add", "tags_to_delete") if key in item]
    return [*found, *_segment_faults(call, _segments(item))]


def _segments(item: Item) -> Any:
    given = item.get("_embedded")
    return given.get("segments") if isinstance(given, dict) else None


def _segment_faults(call: Call, given: Any) -> list[Fault]:
    path = "_embedded.segments"
    if given is not None and not isinstance(given, list):
        return [wrong_type(path, "array")]
    found: list[Fault] = []
    for index, segment in enumerate(given or ()):
        wrong = check(segment, {"id": Key("int", required=True)}, f"{path}.{index}")
        if not wrong and call.store.get("segment", segment["id"]) is None:
            wrong = [fault("NotSupportedChoice", f"{path}.{index}.id")]
        found += wrong
    return found


def make(call: Call, item: Item, common: Common) -> Row:
    """The row of a new customer; a periodic one begins in the first stage (guess)."""
    statuses = sorted(call.store.all("customer_status"), key=lambda status: int(status["sort"]))
    first = statuses[0]["id"] if statuses and call.world.account["customers_mode"] == "periodicity" else None
    return customer_row(
        **common,
        name=item["name"],
        status_id=item.get("status_id") or first,
        next_price=item.get("next_price") or 0,
        next_date=item.get("next_date"),
        periodicity=item.get("periodicity") or 0,
        segments_json=_segments_json(_segments(item)),
    )


def _segments_json(given: list[Thing] | None) -> str:
    return dumps([shown_segment(segment["id"]) for segment in given or ()])


def shown_segment(key: int) -> Thing:
    """A segment as customers embed it."""
    return {"id": key, "_links": {"self": {"href": f"{ORIGIN}/api/v4/customers/segments/{key}"}}}


def edit(call: Call, item: Item, doc: Doc) -> None:
    """Puts an item's own keys into a customer."""
    for key in OWN:
        if key in item:
            doc[key] = item[key] if item[key] is not None or key in ("next_date", "status_id") else 0
    if _segments(item) is not None:
        doc["_embedded"]["segments"] = [shown_segment(segment["id"]) for segment in _segments(item)]


SHOWN = ("ltv", "purchases_count", "average_check")
CUSTOMERS = Kind("customers", NEW, CHANGE, faults, make, edit, read_only=SHOWN, numbered=True)
