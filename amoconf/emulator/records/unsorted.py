"""The unsorted stage: requests that wait, new ones, accepting, declining, linking (protocol page, 7.9)."""

import json
from collections.abc import Iterator

from amoconf.emulator.answer import Answer, ok
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.listing import not_found, unsuitable
from amoconf.emulator.query import values
from amoconf.emulator.records import cards, filters, linking, moves, pages, references, sight, stages
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.memory import found_ids
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.records.unsorted_adding import add, faults
from amoconf.emulator.records.unsorted_leaving import leave
from amoconf.emulator.records.unsorted_types import CATEGORIES, shape
from amoconf.emulator.routes import route
from amoconf.emulator.store import ORIGIN, Thing

ROOT = "/api/v4/leads/unsorted"


@route("GET", ROOT, facts="protocol 5.4, 7.9")
def list_unsorted(call: Call) -> Answer:
    """One page of requests."""
    where, params = filters.joined(_conditions(call))
    # A request is never changed: its order by updated_at is that by created_at.
    order = pages.order_sql(call, ("created_at", "updated_at"), "created_at ASC, rowid ASC")
    order = order.replace("updated_at", "created_at").replace("+id", "rowid")
    ids = found_ids(call.store, f"SELECT rowid FROM unsorted WHERE {where} ORDER BY {order}", params)
    return pages.answer(call, "unsorted", ids, lambda chosen: pages.stored(call.store, "unsorted", chosen))


def _conditions(call: Call) -> Iterator[Condition]:
    given = filters.given(call)
    seen, params = sight.visible(call, "leads")
    yield f"lead_id IN (SELECT id FROM leads WHERE {seen})", params
    for key in ("uid", "category"):
        if key in given:
            words = values(given[key])
            yield f"{key} IN ({','.join('?' * len(words))})", tuple(words)
    if "pipeline_id" in given:
        yield filters.one_of("pipeline_id", given["pipeline_id"])


@route("GET", f"{ROOT}/summary", facts="protocol 7.9", state="partly", note="the keys are a guess")
def summarise(call: Call) -> Answer:
    """How many requests came, were accepted and declined."""
    counts = dict(call.store.db.execute("SELECT category, count(*) FROM unsorted GROUP BY category"))
    accepted, declined = (call.store.counters.get(f"unsorted_{word}", 0) for word in ("accepted", "declined"))
    body: Thing = {
        "total": sum(counts.values()) + accepted + declined,
        "accepted": accepted,
        "declined": declined,
    }
    categories = {name: {"total": counts.get(name, 0)} for name in CATEGORIES}
    return ok({**body, "average_sort_time": 0, "categories": categories, "_links": call.own_link})


@route("GET", f"{ROOT}/{{uid}}", facts="protocol 3.2, 7.9")
def read_unsorted(call: Call) -> Answer:
    """One request; 404 for an unknown one is a guess."""
    return ok(_request(call))


@route("POST", f"{ROOT}/sip", facts="protocol 7.9")
def add_calls(call: Call) -> Answer:
    """Requests that came by telephone."""
    return _added(call, "sip")


@route("POST", f"{ROOT}/forms", facts="protocol 7.9")
def add_forms(call: Call) -> Answer:
    """Requests that came by a form."""
    return _added(call, "forms")


def _added(call: Call, category: str) -> Answer:
    sight.need_add(call, "leads")
    items = call.batch(shape(category), lambda item: faults(call, category, item))
    made = [(add(call, category, item), name) for item, name in items]
    answers = [_made(call, uid, ids, name) for (uid, ids), name in made]
    return pages.written(call, "unsorted", answers, total=True)


def _made(call: Call, uid: str, ids: dict[str, int | None], name: str) -> Thing:
    body: Thing = {"uid": uid, "account_id": call.world.account["id"], "request_id": name}
    shown = {entity: [_card(entity, key)] if key else [] for entity, key in ids.items()}
    return {**body, "_links": _links(f"{ROOT}/{uid}"), "_embedded": shown}


def _card(entity: str, key: int) -> Thing:
    return {"id": key, "_links": _links(f"/api/v4/{entity}/{key}")}


def _links(path: str) -> Thing:
    return {"self": {"href": f"{ORIGIN}{path}"}}


def _request(call: Call) -> Doc:
    """The request that the path names, or 404."""
    where, params = filters.joined([("uid = ?", (call.values["uid"],)), *_conditions(call)])
    row = call.store.db.execute(f"SELECT body FROM unsorted WHERE {where}", params).fetchone()
    if row is None:
        raise not_found("Unsorted")
    return dict(json.loads(row[0]))


@route("POST", f"{ROOT}/{{uid}}/accept", facts="protocol 7.9")
def accept(call: Call) -> Answer:
    """Takes a request in: its deal goes into a stage, its cards into lists."""
    request = _request(call)
    item = _said(call, {"user_id": Key("int"), "status_id": Key("int")})
    where: Item = {"pipeline_id": request["pipeline_id"], **{k: item[k] for k in ("status_id",) if k in item}}
    if stages.faults(call.store, where, None):
        raise unsuitable("status_id")
    lead_id = request["_embedded"]["leads"][0]["id"]
    pipeline_id, stage_id = stages.target(call.store, where, None)
    leave(call.store, lead_id)

    def move(doc: Doc) -> None:
        stages.place(doc, pipeline_id, stage_id, at=call.now)
        doc["responsible_user_id"] = item.get("user_id", doc["responsible_user_id"])
        doc["group_id"] = sight.group_id(call.store, doc["responsible_user_id"])

    cards.change(call.store, "leads", lead_id, move, by=_by(call, item), at=call.now)
    call.store.count("unsorted_accepted")
    return ok(_sorted(request))


def _said(call: Call, keys: dict[str, Key]) -> Item:
    """The body of accepting or declining, which may be missing."""
    item = call.checked([call.body or {}], keys, lambda item: _user_faults(call, item))[0][0]
    return dict(item)


def _user_faults(call: Call, item: Item) -> list[Fault]:
    known = "user_id" not in item or references.is_active(call.store, item["user_id"])
    return [] if known else [fault("NotSupportedChoice", "user_id")]


def _by(call: Call, item: Item) -> int:
    return int(references.said(item, "user_id", call.user["id"]))


def _sorted(request: Doc) -> Thing:
    """What is answered of a request that is dealt with (guess: protocol page 7.9 says "200 with body")."""
    keys = ("uid", "source_uid", "category", "pipeline_id", "created_at", "account_id", "_links", "_embedded")
    return {key: request[key] for key in keys}


@route("DELETE", f"{ROOT}/{{uid}}/decline", facts="protocol 3.2, 7.9")
def decline(call: Call) -> Answer:
    """Refuses a request: its deal and the cards that came with it go into the recycle bin (guess)."""
    request = _request(call)
    item = _said(call, {"user_id": Key("int")})
    by = _by(call, item)
    for entity in ("contacts", "companies"):
        for card in request["_embedded"][entity]:
            moves.throw_away(call.store, entity, card["id"], by=by, at=call.now)
    moves.throw_away(call.store, "leads", request["_embedded"]["leads"][0]["id"], by=by, at=call.now)
    call.store.count("unsorted_declined")
    return ok(_sorted(request))


@route(
    "POST", f"{ROOT}/{{uid}}/link", facts="protocol 7.9", state="partly", note="the request's deal is binned"
)
def link(call: Call) -> Answer:
    """Gives a chat to a card that exists already."""
    request = _request(call)
    if request["category"] != "chats":
        raise unsuitable("category")
    shape = {
        "entity_id": Key("int", required=True),
        "entity_type": Key(required=True, choices=("leads", "customers")),
        "metadata": Key("array|object", null=True, keys={"contact_id": Key("int")}),
    }
    given = call.one({"link": Key("array|object", required=True, keys=shape)})["link"]
    entity, key = given["entity_type"], given["entity_id"]
    if not cards.is_there(call.store, entity, key):
        raise unsuitable("link.entity_id")
    by = call.user["id"]
    moves.throw_away(call.store, "leads", request["_embedded"]["leads"][0]["id"], by=by, at=call.now)
    for contact in request["_embedded"]["contacts"]:
        linking.attach(call.store, (entity, key), ("contacts", contact["id"]), by=by, at=call.now)
    return ok(_sorted(request))
