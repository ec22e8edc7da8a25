"""Lists of cards and single cards: who sees what, in which order, with which extras."""

from collections.abc import Iterable, Sequence

from amoconf.emulator.answer import NOTHING, Answer, dumps
from amoconf.emulator.call import Call
from amoconf.emulator.records import filters, pages, search
from amoconf.emulator.records.extras import with_extras
from amoconf.emulator.records.fragments import self_json
from amoconf.emulator.records.memory import Ids, found_ids
from amoconf.emulator.records.sight import visible
from amoconf.emulator.store import Store, Thing

ORDERS = {
    "leads": ("created_at", "updated_at", "id"),
    "contacts": ("updated_at", "id"),
    "companies": ("updated_at", "id"),
    "customers": (),
}
DEFAULT_ORDERS = {"id": "+id ASC", "updated_at": "+updated_at DESC, +id DESC"}
# Keys of cards in the recycle bin's list, where most are null.
KEYS = {
    "leads": (
        "id name price responsible_user_id group_id status_id pipeline_id loss_reason_id source_id "
        "created_by updated_by created_at updated_at closed_at closest_task_at is_deleted "
        "custom_fields_values score account_id labor_cost"
    ).split(),
    "contacts": (
        "id name first_name last_name responsible_user_id group_id created_by updated_by created_at "
        "updated_at closest_task_at is_deleted is_unsorted custom_fields_values account_id"
    ).split(),
}


def card_list(call: Call, entity: str) -> Answer:
    """One page of cards; `with=only_deleted` of deals and contacts shows the recycle bin instead."""
    if "only_deleted" in call.with_words() and entity in ("leads", "contacts"):
        ids = card_ids(call, entity, deleted=1)
        return pages.answer(call, entity, ids, lambda chosen: binned(call, entity, chosen))
    words = call.with_words()
    return pages.answer(
        call, entity, card_ids(call, entity), lambda chosen: _texts(call, entity, chosen, words)
    )


def _texts(call: Call, entity: str, ids: Sequence[int], words: Iterable[str]) -> list[str]:
    return pages.numbers(call, with_extras(call.store, entity, ids, words))


def card_ids(call: Call, entity: str, deleted: int = 0) -> Ids:
    """Ids of all cards of a list, in its order; without `order` as the switch says (guess: protocol page 4.1)."""
    parts = [visible(call, entity), filters.of_cards(call, entity), search.of_query(call, entity)]
    where, params = filters.joined([(f"is_deleted = {deleted}", ()), *parts])
    order = pages.order_sql(call, ORDERS[entity], DEFAULT_ORDERS[call.world.switches.default_order])
    search.prepare(call.store)
    return found_ids(
        call.store, f"SELECT id FROM {entity} {_way(entity, where)} WHERE {where} ORDER BY {order}", params
    )


def _way(entity: str, where: str) -> str:
    """How SQLite shall find the rows: by the index that has all columns but these, or through the table."""
    through = "body" in where or "name " in where or "(id IN" in where
    return "NOT INDEXED" if through else f"INDEXED BY {entity}_facts"


def binned(call: Call, entity: str, ids: Sequence[int]) -> list[str]:
    """Cards of the recycle bin: little is known of them (protocol page, 5.3)."""
    sql = f"SELECT id, updated_at, updated_by FROM {entity} WHERE id IN ({','.join(map(str, ids))})"
    account = {"is_deleted": True, "account_id": call.world.account["id"]}
    rows = call.store.db.execute(sql)
    known = {row[0]: {"id": row[0], "updated_at": row[1], "updated_by": row[2], **account} for row in rows}
    return [_binned(entity, known[key]) for key in ids]


def _binned(entity: str, known: Thing) -> str:
    text = dumps({name: known.get(name) for name in KEYS[entity]})
    link = self_json(f"/{entity}/{known['id']}")
    return f'{text[:-1]},{link},"_embedded":{{"tags":[],"companies":[]}}}}'


def card(call: Call, entity: str) -> Answer:
    """One card; 204 when it does not exist or cannot be seen (protocol page, 3.2)."""
    seen, params = visible(call, entity)
    sql = f"SELECT is_deleted FROM {entity} WHERE id = ? AND {seen}"
    row = call.store.db.execute(sql, (call.id(), *params)).fetchone()
    if row is None or row[0] not in _shown_by_id(call):
        return NOTHING
    return pages.one(_texts(call, entity, [call.id()], call.with_words())[0])


def _shown_by_id(call: Call) -> tuple[int, ...]:
    return (0, 1) if call.world.switches.binned_by_id == "200" else (0,)


def has_leads(store: Store, pipeline_id: int) -> bool:
    """Whether deals stand in a pipeline, open or closed; those in the recycle bin do not count."""
    sql = "SELECT EXISTS (SELECT 1 FROM leads WHERE pipeline_id = ? AND is_deleted = 0)"
    return bool(store.db.execute(sql, (pipeline_id,)).fetchone()[0])
