"""Events: lists and single ones. What an event says besides its two values is glued on (protocol page, 9)."""

from collections.abc import Iterable, Sequence
from typing import Any

from amoconf.emulator.answer import Answer
from amoconf.emulator.call import Call
from amoconf.emulator.listing import Page, not_found
from amoconf.emulator.query import integer
from amoconf.emulator.records import filters, pages
from amoconf.emulator.records.event_filters import conditions, field_id_of, sight_of_events
from amoconf.emulator.records.fragments import quote, self_json
from amoconf.emulator.records.journal import FIELD_CHANGED, PLURAL
from amoconf.emulator.records.memory import found_ids
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store

DEFAULT_LIMIT = 50
# Word of `with=` -> entity of events whose names it adds.
NAMED = {f"{one}_name": one for one in PLURAL} | {"catalog_element_name": "catalog"}


@route("GET", "/api/v4/events", facts="protocol 9.1, 9.2")
def list_events(call: Call) -> Answer:
    """One page of events, newest first; more than the limit is answered with 50 (protocol page, 2.2)."""
    where, params = filters.joined(conditions(call))
    sql = f"SELECT rowid FROM events WHERE {where} ORDER BY created_at DESC, id DESC"
    return pages.answer(
        call, "events", found_ids(call.store, sql, params), lambda ids: texts(call, ids), _page(call)
    )


def _page(call: Call) -> Page:
    limit = integer(call.query.get("limit")) or DEFAULT_LIMIT
    if not 0 < limit <= call.world.switches.events_limit:
        limit = DEFAULT_LIMIT
    return Page(max(integer(call.query.get("page")) or 1, 1), limit)


@route("GET", "/api/v4/events/{id}", facts="protocol 3.2, 9.1")
def read_event(call: Call) -> Answer:
    """One event; 404 for an unknown one is a guess."""
    where, params = filters.joined([("id = ?", (call.values["id"],)), sight_of_events(call)])
    row = call.store.db.execute(f"SELECT rowid FROM events WHERE {where}", params).fetchone()
    if row is None:
        raise not_found("Event")
    return pages.one(texts(call, [row[0]])[0])


def texts(call: Call, ids: Sequence[int]) -> list[str]:
    """Events of row ids, in their order."""
    sql = (
        "SELECT rowid, id, type, entity_type, entity_id, created_by, created_at, body FROM events"
        f" WHERE rowid IN ({','.join(map(str, ids))})"
    )
    rows = {row[0]: row[1:] for row in call.store.db.execute(sql)}
    names = _names(call, rows.values())
    account_id, by_id = call.world.account["id"], call.world.switches.field_event_type == "by_id"
    return [_text(rows[key], account_id, by_id, names) for key in ids]


def _text(row: Sequence[Any], account_id: int, by_id: bool, names: dict[tuple[str, int], str]) -> str:
    key, kind, entity, entity_id, by, at, body = row
    if by_id and kind == FIELD_CHANGED:
        kind = f"custom_field_{field_id_of(body)}_value_changed"
    name = names.get((entity, entity_id))
    named = "" if name is None else f'"name":{quote(name)},'
    return (
        f'{{"id":"{key}","type":"{kind}","entity_id":{entity_id},"entity_type":"{entity}","created_by":{by},'
        f'"created_at":{at},{body},"account_id":{account_id},{self_json(f"/events/{key}")},'
        f'"_embedded":{{"entity":{{"id":{entity_id},{named}{self_json(_path(entity, entity_id))}}}}}}}'
    )


def _path(entity: str, entity_id: int) -> str:
    if entity.startswith("catalog_"):
        return f"/catalogs/{entity.removeprefix('catalog_')}/elements/{entity_id}"
    return f"/{PLURAL.get(entity, f'{entity}s')}/{entity_id}"


def _names(call: Call, rows: Iterable[Sequence[Any]]) -> dict[tuple[str, int], str]:
    """Names of the entities that `with=` asks for, by (entity, id)."""
    found: dict[tuple[str, int], str] = {}
    wanted = [NAMED[word] for word in call.with_words() if word in NAMED]
    for entity in wanted:
        ids = {(row[2], row[3]) for row in rows if row[2] == entity or row[2].startswith(f"{entity}_")}
        found |= _names_of(call.store, PLURAL.get(entity, "elements"), ids)
    return found


def _names_of(store: Store, table: str, ids: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    chosen = ",".join(str(key) for _, key in ids)
    names = dict(store.db.execute(f"SELECT id, name FROM {table} WHERE id IN ({chosen})"))
    return {pair: names[pair[1]] for pair in ids if pair[1] in names}
