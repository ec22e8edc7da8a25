"""Reasons of lost deals. Reading is documented by Kommo, writing known from the SDK only (config page, C6).

For the interface actions and scenarios: `make_loss_reason`, `change_loss_reason`, `delete_loss_reason`.
"""

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Key
from amoconf.emulator.listing import ENVELOPES, linked, not_found, paged, something_to_change, written
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

LIST = "/api/v4/leads/loss_reasons"
ONE = LIST + "/{id:int}"
DEFAULT_SORT = 100000  # seen in answers; that it is the default is a guess

NEW = {
    "name": Key("string", required=True, blank=False, max=255),
    "sort": Key("int"),
    "request_id": Key("string"),
}
CHANGE = {**NEW, "name": Key("string", blank=False, max=255)}


@route("GET", LIST, facts="config C6, B3")
def list_loss_reasons(call: Call) -> Answer:
    """By sort, then id (guess)."""
    rows = sorted(call.store.all("loss_reason"), key=lambda reason: (reason["sort"], reason["id"]))
    return paged(call, ENVELOPES["loss_reasons"], rows, lambda reason, query: wire(call, reason, query=query))


@route("GET", ONE, facts="config C6")
def read_loss_reason(call: Call) -> Answer:
    """A bare object."""
    return ok(wire(call, _known(call)))


@route("POST", LIST, facts="config C6", admin=True)
def create_loss_reasons(call: Call) -> Answer:
    """The status code and the envelope are a guess (config page, E2.15)."""
    _writable(call)
    made = [
        (make_loss_reason(call.store, item["name"], sort=item.get("sort", DEFAULT_SORT), at=call.now), echo)
        for item, echo in call.batch(NEW)
    ]
    return written(call, "loss_reasons", [wire(call, reason, echo) for reason, echo in made])


@route("PATCH", ONE, facts="config C6", admin=True)
def patch_loss_reason(call: Call) -> Answer:
    """One only; there is no bulk form."""
    _writable(call)
    reason = _known(call)
    item = call.one(CHANGE)
    something_to_change(item)
    return ok(wire(call, change_loss_reason(call.store, reason, item, at=call.now), request_id(item, 0)))


@route("DELETE", ONE, facts="config C6", admin=True)
def remove_loss_reason(call: Call) -> Answer:
    """Deals keep the id (guess)."""
    _writable(call)
    delete_loss_reason(call.store, _known(call))
    return NOTHING


def wire(call: Call, reason: Thing, echo: str | None = None, *, query: str = "") -> Thing:
    """A reason as answers show it; in lists its link carries the list's query."""
    return linked(call, reason, f"{LIST}/{reason['id']}{query}", echo)


def make_loss_reason(store: Store, name: str, *, sort: int = DEFAULT_SORT, at: int) -> Thing:
    """A new reason, made at `at` (Unix seconds)."""
    body = {"id": store.count("loss_reason"), "name": name, "sort": sort, "created_at": at, "updated_at": at}
    return store.put("loss_reason", body)


def change_loss_reason(store: Store, reason: Thing, change: Item, *, at: int) -> Thing:
    """Applies name and sort."""
    wanted: Thing = {key: change[key] for key in ("name", "sort") if key in change}
    return store.put("loss_reason", {**reason, **wanted, "updated_at": at})


def delete_loss_reason(store: Store, reason: Thing) -> None:
    """Forgets it; deals that were lost by it are left as they are."""
    store.drop("loss_reason", reason["id"])


def _known(call: Call) -> Thing:
    reason = call.store.get("loss_reason", call.id())
    if reason is None:
        raise not_found("Loss reason")
    return reason


def _writable(call: Call) -> None:
    if not call.world.switches.loss_reason_writes:
        raise problem(405, "Method Not Allowed")
