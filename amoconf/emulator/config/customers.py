"""Customers: which mode they work in, and the stages of the mode `periodicity`."""

from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call
from amoconf.emulator.check import Key
from amoconf.emulator.config.palettes import FIRST_STAGE_COLOUR, STAGE_COLOURS
from amoconf.emulator.listing import (
    ENVELOPES,
    linked,
    not_found,
    something_to_change,
    unsuitable,
    whole,
    written,
)
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MODES = ("segments", "periodicity")
MOST_STATUSES = 30
CLOSED = 3
# Name, colour and type of the system's stages (config page C13); that these are the names is a guess.
SYSTEM_STATUSES = (
    ("Купили недавно", "#ccff66", 4),
    ("Ожидается покупка", "#99ccff", 1),
    ("Не купили", "#fd5598", 2),
    ("Закрыт", "#d5d8db", CLOSED),
)

CHANGE = {
    "name": Key(blank=False, max=255),  # guess: config page E2.2
    "sort": Key("int"),
    "color": Key(choices=STAGE_COLOURS),
    "request_id": Key(),
}
NEW = {
    **CHANGE,
    "name": Key(required=True, blank=False, max=255),
    "sort": Key("int", required=True),
}


def need_mode(call: Call, mode: str) -> None:
    """402 when the plan has no customers, 422 when they work in another mode or not at all."""
    current = call.store.all("account")[0]["customers_mode"]
    if not call.world.switches.customers_available or current == "unavailable":
        raise problem(402, "Payment required")
    if current != mode:
        raise problem(422, "Customers functionality is disabled")  # sentence not recorded: config page B5


def set_mode(store: Store, mode: str, *, on: bool = True) -> Thing:
    """Puts customers into a mode or switches them off; `periodicity` brings its system stages with it."""
    account = store.all("account")[0]
    if on and mode == "periodicity" and not store.all("customer_status"):
        for name, color, kind in SYSTEM_STATUSES:
            make_customer_status(store, name, color, type=kind)
    return store.put("account", {**account, "customers_mode": mode if on else "disabled"})


def make_customer_status(
    store: Store,
    name: str,
    color: str = FIRST_STAGE_COLOUR,
    *,
    sort: int | None = None,
    type: int = 0,
    conditions: list[Any] | None = None,
) -> Thing:
    """A new stage of customers: of type 0 a person's, of 1 to 4 the system's; by default the last."""
    body: Thing = {
        "id": store.count("customer_status", 3),
        "name": name,
        "sort": len(store.all("customer_status")) if sort is None else sort,
        "is_default": type != 0,
        "conditions": conditions or [],
        "color": color,
        "type": type,
        "account_id": store.all("account")[0]["id"],
    }
    return store.put("customer_status", body)


def statuses(store: Store) -> list[Thing]:
    """The stages in order: the closed one last, whatever was asked for (guess)."""
    return sorted(store.all("customer_status"), key=lambda status: (status["type"] == CLOSED, status["sort"]))


def renumber(store: Store) -> None:
    """Counts `sort` from 0 again (config page C13)."""
    for place, status in enumerate(statuses(store)):
        if status["sort"] != place:
            store.put("customer_status", {**status, "sort": place})


@route("PATCH", "/api/v4/customers/mode", admin=True, facts="config C13")
def change_mode(call: Call) -> Answer:
    """Chooses the mode and switches customers on or off; there is no GET, the account tells."""
    shape = {"mode": Key(required=True, choices=MODES), "is_enabled": Key("bool", required=True)}
    item = call.one(shape)
    account = call.store.all("account")[0]
    if not call.world.switches.customers_available or account["customers_mode"] == "unavailable":
        raise problem(402, "Payment required")
    set_mode(call.store, item["mode"], on=item["is_enabled"])
    return ok({"mode": item["mode"], "is_enabled": item["is_enabled"]})


@route("GET", "/api/v4/customers/statuses", facts="config C13")
def index(call: Call) -> Answer:
    """All stages in order."""
    need_mode(call, "periodicity")
    return whole(
        call, ENVELOPES["customers/statuses"], [wire(call, status) for status in statuses(call.store)]
    )


@route("GET", "/api/v4/customers/statuses/{id:int}", facts="config C13")
def show(call: Call) -> Answer:
    """One stage."""
    return ok(wire(call, known_status(call)))


@route("POST", "/api/v4/customers/statuses", admin=True, facts="config C13")
def create(call: Call) -> Answer:
    """New stages; the answer holds nothing but their ids."""
    need_mode(call, "periodicity")
    items = call.batch(NEW)
    if len(call.store.all("customer_status")) + len(items) > MOST_STATUSES:
        raise problem(422, "Statuses limit exceeded")  # sentence not recorded: config page B5
    made = [
        (
            make_customer_status(
                call.store, item["name"], item.get("color", FIRST_STAGE_COLOUR), sort=item["sort"]
            ),
            key,
        )
        for item, key in items
    ]
    renumber(call.store)
    answer = [linked(call, {"id": status["id"]}, _path(status), request_id) for status, request_id in made]
    return written(call, "statuses", answer, links=True)


@route("PATCH", "/api/v4/customers/statuses/{id:int}", admin=True, facts="config C13")
def change(call: Call) -> Answer:
    """Another name, place or colour; conditions cannot be written."""
    status = known_status(call)
    item = call.one(CHANGE)
    something_to_change(item)
    words = {name: value for name, value in item.items() if name != "request_id"}
    call.store.put("customer_status", {**status, **words})
    renumber(call.store)
    return ok(wire(call, known_status(call), item.get("request_id", "0")))


@route(
    "DELETE",
    "/api/v4/customers/statuses/{id:int}",
    admin=True,
    facts="config C13",
    state="partly",
    note="customers of the stage are not moved on",
)
def delete(call: Call) -> Answer:
    """Deletes a stage that a person made."""
    status = known_status(call)
    if status["is_default"]:
        raise unsuitable("status_id")  # as for stages of pipelines: config page C5
    call.store.drop("customer_status", status["id"])
    renumber(call.store)
    return NOTHING


def known_status(call: Call) -> Thing:
    """The stage that the path names, or 404."""
    need_mode(call, "periodicity")
    status = call.store.get("customer_status", call.id())
    if status is None:
        raise not_found("Status")
    return status


def _path(status: Thing) -> str:
    return f"/api/v4/customers/statuses/{status['id']}"


def wire(call: Call, status: Thing, request_id: str | None = None) -> Thing:
    """A stage as it is sent."""
    return linked(call, status, _path(status), request_id)
