"""Rows of what stands on cards: tasks, notes, events, links, requests, purchases.

Key order: protocol page, 7.4-7.9 and 9.1.
"""

from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.records.fragments import (
    boolean,
    embedded_json,
    integer,
    owner,
    quote,
    self_json,
    stamps,
)
from amoconf.emulator.store import Thing

Row = tuple[Any, ...]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]


def task_row(
    *,
    id: int,
    account_id: int,
    text: str,
    complete_till: int,
    created_at: int,
    updated_at: int,
    entity_type: str | None = None,
    entity_id: int | None = None,
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
    task_type_id: int = 1,
    duration: int = 0,
    is_completed: bool = False,
    result: str | None = None,
) -> Row:
    """A task; `entity_type` is leads, contacts, companies, customers; `result` the text of the outcome."""
    done = "[]" if result is None else f'{{"text":{quote(result)}}}'
    home = "null" if entity_type is None else quote(entity_type)
    body = (
        f'{{"id":{id},{stamps(created_by, updated_by, created_at, updated_at)},'
        f'{owner(responsible_user_id, group_id)},"entity_id":{integer(entity_id)},"entity_type":{home},'
        f'"duration":{duration},"is_completed":{boolean(is_completed)},"task_type_id":{task_type_id},'
        f'"text":{quote(text)},"result":{done},"complete_till":{complete_till},"account_id":{account_id},'
        f"{self_json(f'/tasks/{id}')}}}"
    )
    return (id, entity_type, entity_id, responsible_user_id, created_by, task_type_id, int(is_completed),
            complete_till, created_at, updated_at, body)  # fmt: skip


def note_row(
    *,
    id: int,
    account_id: int,
    entity_type: str,
    entity_id: int,
    note_type: str,
    created_at: int,
    updated_at: int,
    params_json: str,
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
) -> Row:
    """A note on a card; `entity_type` is leads, contacts, companies or customers."""
    body = (
        f'{{"id":{id},"entity_id":{entity_id},{stamps(created_by, updated_by, created_at, updated_at)},'
        f'{owner(responsible_user_id, group_id)},"note_type":{quote(note_type)},"params":{params_json},'
        f'"account_id":{account_id},{self_json(f"/{entity_type}/{entity_id}/notes/{id}")}}}'
    )
    return (id, entity_type, entity_id, note_type, created_at, updated_at, body)


def event_row(
    number: int,
    type: str,
    entity_type: str,
    entity_id: int,
    *,
    created_at: int,
    created_by: int = 0,
    after_json: str = "[]",
    before_json: str = "[]",
) -> Row:
    """An event; `number` is `store.count("event")`, `entity_type` singular (lead, contact, task, ...).

    The body holds the two values only: the rest of the event is in the columns and glued on when it is read.
    """
    body = f'"value_after":{after_json},"value_before":{before_json}'
    return (event_id(number, created_at), type, entity_type, entity_id, created_by, created_at, body)


def status_json(status_id: int, pipeline_id: int) -> str:
    """One side of lead_status_changed (protocol page, 9.3)."""
    return f'[{{"lead_status":{{"id":{status_id},"pipeline_id":{pipeline_id}}}}}]'


def event_id(number: int, created_at: int) -> str:
    """A lower-case ULID: time, then a part that grows with `number`, so that ids sort as events came."""
    below = ((0x5A3C9F17E1 + number) << 40) | (number * 0x9E3779B97F & 0xFFFFFFFFFF)
    value = (created_at * 1000 << 80) | below
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])


def link_row(
    from_type: str,
    from_id: int,
    to_type: str,
    to_id: int,
    *,
    is_main: bool = False,
    metadata: Thing | None = None,
) -> Row:
    """A link; the first contact of a deal or customer is its main one. `metadata`: list elements only."""
    return (from_type, from_id, to_type, to_id, int(is_main), None if metadata is None else dumps(metadata))


def unsorted_row(
    *,
    uid: str,
    account_id: int,
    category: str,
    pipeline_id: int,
    lead_id: int,
    created_at: int,
    source_uid: str,
    source_name: str,
    metadata: Thing,
    contact_id: int | None = None,
    company_id: int | None = None,
) -> Row:
    """A request in the unsorted stage; `category` is sip, forms, chats or mail (protocol page, 7.9)."""
    from_source = f'"source_uid":{quote(source_uid)},"source_name":{quote(source_name)}'
    cards = [f'"{entity}":{embedded_json(entity, [key])}' for entity, key in
             (("leads", lead_id), ("contacts", contact_id), ("companies", company_id))]  # fmt: skip
    body = (
        f'{{"uid":{quote(uid)},{from_source},"category":{quote(category)},"pipeline_id":{pipeline_id},'
        f'"created_at":{created_at},"metadata":{dumps(metadata)},"account_id":{account_id},'
        f'{self_json(f"/leads/unsorted/{uid}")},"_embedded":{{{",".join(cards)}}}}}'
    )
    return (uid, category, pipeline_id, lead_id, created_at, body)


def transaction_row(
    *,
    id: int,
    account_id: int,
    customer_id: int,
    price: int,
    completed_at: int,
    created_at: int,
    comment: str | None = None,
    created_by: int = 0,
    is_deleted: bool = False,
) -> Row:
    """A purchase. Its key order is a guess: the facts name the methods only (protocol page, 7.4)."""
    said = "null" if comment is None else quote(comment)
    body = (
        f'{{"id":{id},"price":{price},"comment":{said},"completed_at":{completed_at},'
        f'"customer_id":{customer_id},{stamps(created_by, created_by, created_at, created_at)},'
        f'"is_deleted":{boolean(is_deleted)},"account_id":{account_id},'
        f'{self_json(f"/customers/transactions/{id}")},"_embedded":{{"customer":'
        f"{embedded_json('customers', [customer_id])[1:-1]}}}}}"
    )
    return (id, customer_id, int(is_deleted), created_at, body)
