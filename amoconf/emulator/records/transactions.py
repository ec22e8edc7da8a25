"""Purchases of customers (protocol page, 7.4; their bodies are a guess)."""

from amoconf.emulator.answer import NOTHING, Answer
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Key, Shape
from amoconf.emulator.listing import not_found
from amoconf.emulator.records import cards, filters, journal, pages, references, sight
from amoconf.emulator.records.customers import need_customers
from amoconf.emulator.records.document import insert_many, transaction_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.memory import found_ids
from amoconf.emulator.routes import route

NEW: Shape = {
    "price": Key("int", required=True),
    "comment": Key(null=True),
    "completed_at": Key("int", least=0),
    "next_price": Key("int", null=True),
    "next_date": Key("int", null=True),
    "created_by": Key("int"),
    **references.REQUEST_ID,
}


@route(
    "GET",
    "/api/v4/customers/transactions",
    facts="protocol 7.4",
    state="partly",
    note="the bodies are a guess",
)
def list_transactions(call: Call) -> Answer:
    """Purchases of all customers."""
    return _listed(call, "is_deleted = 0")


@route(
    "GET",
    "/api/v4/customers/{id:int}/transactions",
    facts="protocol 7.4",
    state="partly",
    note="the bodies are a guess",
)
def list_customer_transactions(call: Call) -> Answer:
    """Purchases of one customer."""
    return _listed(call, f"is_deleted = 0 AND customer_id = {call.id()}")


def _listed(call: Call, where: str) -> Answer:
    need_customers(call)
    given = filters.given(call)
    wanted, params = filters.one_of("id", given["id"]) if "id" in given else ("1", ())
    seen, more = sight.visible(call, "customers")
    known = f"customer_id IN (SELECT id FROM customers WHERE {seen})"
    sql = f"SELECT id FROM transactions WHERE {where} AND {wanted} AND {known}"
    ids = found_ids(call.store, f"{sql} ORDER BY id", (*params, *more))
    return pages.answer(
        call, "transactions", ids, lambda chosen: pages.stored(call.store, "transactions", chosen)
    )


@route(
    "POST",
    "/api/v4/customers/{id:int}/transactions",
    facts="protocol 7.4",
    state="partly",
    note="the bodies are a guess",
)
def add_transactions(call: Call) -> Answer:
    """New purchases: the customer's totals follow."""
    need_customers(call)
    if call.id() not in cards.reachable(call, "customers", [call.id()]):
        raise not_found("Customer")
    items = call.batch(NEW, lambda item: references.user_faults(call.store, item, ("created_by",)))
    return pages.written(call, "transactions", [_add(call, item, name) for item, name in items])


def _add(call: Call, item: Item, name: str) -> Item:
    by = references.said(item, "created_by", call.user["id"])
    row = transaction_row(
        id=call.store.count("transaction"),
        account_id=call.world.account["id"],
        customer_id=call.id(),
        price=item["price"],
        comment=item.get("comment"),
        completed_at=references.said(item, "completed_at", call.now),
        created_at=call.now,
        created_by=by,
    )
    insert_many(call.store, "transactions", [row])
    element = [{"transaction": {"id": row[0]}}]
    journal.write(call.store, "transaction_added", "customer", call.id(), by=by, at=call.now, after=element)
    _count(call, call.id(), item["price"], 1, item)
    link = call.link(f"/api/v4/customers/transactions/{row[0]}")
    return {"id": row[0], "customer_id": call.id(), "request_id": name, "_links": {"self": {"href": link}}}


def _count(call: Call, customer_id: int, price: int, step: int, item: Item) -> None:
    def totals(doc: Doc) -> None:
        doc["ltv"] += price * step
        doc["purchases_count"] += step
        doc["average_check"] = round(doc["ltv"] / doc["purchases_count"]) if doc["purchases_count"] else 0
        doc.update({key: item[key] for key in ("next_price", "next_date") if item.get(key) is not None})

    cards.change(call.store, "customers", customer_id, totals, by=call.user["id"], at=call.now)


@route("DELETE", "/api/v4/customers/transactions/{id:int}", facts="protocol 7.4")
def delete_transaction(call: Call) -> Answer:
    """Takes a purchase back."""
    need_customers(call)
    sql = (
        "SELECT customer_id, json_extract(body, '$.price') FROM transactions WHERE id = ? AND is_deleted = 0"
    )
    row = call.store.db.execute(sql, (call.id(),)).fetchone()
    if row is None:
        raise not_found("Transaction")
    call.store.db.execute("UPDATE transactions SET is_deleted = 1 WHERE id = ?", (call.id(),))
    _count(call, row[0], row[1], -1, {})
    return NOTHING
