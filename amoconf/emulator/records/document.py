"""Rows of cards: the columns that lists filter by, and the record's JSON text in the wire's key order.

Each `*_row` answers a tuple in the column order of store.py. The text is glued from fragments, not dumped, so
that a scenario can put in hundreds of thousands of records in seconds. Arguments named `*_json` are JSON
text. Key order: protocol page, 7.1-7.4.
"""

from collections.abc import Iterable

from amoconf.emulator.records.fragments import (
    boolean,
    embedded_json,
    enum_json,
    field_head,
    fields_json,
    integer,
    owner,
    quote,
    self_json,
    stamps,
    tags_json,
)
from amoconf.emulator.records.memory import fresh_since
from amoconf.emulator.records.papers import (
    Row,
    event_id,
    event_row,
    link_row,
    note_row,
    status_json,
    task_row,
    transaction_row,
    unsorted_row,
)
from amoconf.emulator.store import ENTITIES, Store

__all__ = ["HIDDEN", "Row", "company_row", "contact_row", "customer_row", "element_row", "embedded_json"]
__all__ += ["enum_json", "event_id", "event_row", "field_head", "fields_json", "insert_many", "lead_row"]
__all__ += ["link_row", "note_row", "status_json", "tags_json", "task_row", "transaction_row", "unsorted_row"]

# Value of column `is_deleted` of a contact or company whose request waits in the unsorted stage.
HIDDEN = 2


def insert_many(store: Store, table: str, rows: Iterable[Row]) -> None:
    """Puts rows made here into their table ("leads", "tasks", "link", ...) in one statement.

    Rows of cards whose `version` is that of now stay as they are when fields and tags are added later.
    """
    if table in ENTITIES:
        fresh_since(store, table)
    width = len(store.db.execute(f"PRAGMA table_info({table})").fetchall())
    store.db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)


def lead_row(
    *,
    id: int,
    account_id: int,
    version: int,
    pipeline_id: int,
    status_id: int,
    created_at: int,
    updated_at: int,
    name: str | None = None,
    price: int = 0,
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
    closed_at: int | None = None,
    closest_task_at: int | None = None,
    loss_reason_id: int | None = None,
    source_id: int | None = None,
    is_deleted: bool = False,
    fields_json: str = "null",
    tags_json: str = "[]",
    company_id: int | None = None,
) -> Row:
    """A deal. Its company needs a row of `link` too, as contacts do. No name gives "Сделка #ID": a guess."""
    name = f"Сделка #{id}" if name is None else name
    body = (
        f'{{"id":{id},"name":{quote(name)},"price":{price},{owner(responsible_user_id, group_id)},'
        f'"status_id":{status_id},"pipeline_id":{pipeline_id},"loss_reason_id":{integer(loss_reason_id)},'
        f'"source_id":{integer(source_id)},{stamps(created_by, updated_by, created_at, updated_at)},'
        f'"closed_at":{integer(closed_at)},"closest_task_at":{integer(closest_task_at)},'
        f'"is_deleted":{boolean(is_deleted)},"custom_fields_values":{fields_json},"score":null,'
        f'"account_id":{account_id},"labor_cost":null,{self_json(f"/leads/{id}")},"_embedded":'
        f'{{"tags":{tags_json},"companies":{embedded_json("companies", [company_id])}}}}}'
    )
    stages = (price, pipeline_id, status_id)
    return _row(id, name, stages, responsible_user_id, created_by, updated_by, created_at, updated_at,
                (closed_at, closest_task_at, loss_reason_id, source_id,
                 int(is_deleted), version, body))  # fmt: skip


def contact_row(
    *,
    id: int,
    account_id: int,
    version: int,
    created_at: int,
    updated_at: int,
    name: str = "",
    first_name: str = "",
    last_name: str = "",
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
    closest_task_at: int | None = None,
    is_deleted: bool = False,
    is_unsorted: bool = False,
    fields_json: str = "null",
    tags_json: str = "[]",
    company_id: int | None = None,
) -> Row:
    """A contact. One whose request nobody has accepted yet `is_unsorted` and stays out of lists."""
    body = (
        f'{{"id":{id},"name":{quote(name)},"first_name":{quote(first_name)},"last_name":{quote(last_name)},'
        f"{owner(responsible_user_id, group_id)},{stamps(created_by, updated_by, created_at, updated_at)},"
        f'"closest_task_at":{integer(closest_task_at)},"is_deleted":{boolean(is_deleted)},'
        f'"is_unsorted":{boolean(is_unsorted)},"custom_fields_values":{fields_json},'
        f'"account_id":{account_id},{self_json(f"/contacts/{id}")},"_embedded":{{"tags":{tags_json},'
        f'"companies":{embedded_json("companies", [company_id])}}}}}'
    )
    hidden = HIDDEN if is_unsorted else int(is_deleted)
    return _row(id, name, _NO_STAGE, responsible_user_id, created_by, updated_by, created_at, updated_at,
                (None, closest_task_at, None, None, hidden, version, body))  # fmt: skip


def company_row(
    *,
    id: int,
    account_id: int,
    version: int,
    created_at: int,
    updated_at: int,
    name: str = "",
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
    closest_task_at: int | None = None,
    is_deleted: bool = False,
    is_unsorted: bool = False,
    fields_json: str = "null",
    tags_json: str = "[]",
) -> Row:
    """A company: a contact without first and last name, and without a company of its own."""
    body = (
        f'{{"id":{id},"name":{quote(name)},{owner(responsible_user_id, group_id)},'
        f"{stamps(created_by, updated_by, created_at, updated_at)},"
        f'"closest_task_at":{integer(closest_task_at)},"is_deleted":{boolean(is_deleted)},'
        f'"custom_fields_values":{fields_json},"account_id":{account_id},'
        f'{self_json(f"/companies/{id}")},"_embedded":{{"tags":{tags_json}}}}}'
    )
    hidden = HIDDEN if is_unsorted else int(is_deleted)
    return _row(id, name, _NO_STAGE, responsible_user_id, created_by, updated_by, created_at, updated_at,
                (None, closest_task_at, None, None, hidden, version, body))  # fmt: skip


def customer_row(
    *,
    id: int,
    account_id: int,
    version: int,
    created_at: int,
    updated_at: int,
    name: str,
    status_id: int | None = None,
    next_price: int = 0,
    next_date: int | None = None,
    periodicity: int = 0,
    responsible_user_id: int = 0,
    group_id: int = 0,
    created_by: int = 0,
    updated_by: int = 0,
    closest_task_at: int | None = None,
    is_deleted: bool = False,
    ltv: int = 0,
    purchases_count: int = 0,
    average_check: int = 0,
    fields_json: str = "null",
    tags_json: str = "[]",
    segments_json: str = "[]",
) -> Row:
    """A customer. Column `price` holds next_price, `closed_at` next_date: all cards share one schema."""
    body = (
        f'{{"id":{id},"name":{quote(name)},"next_price":{next_price},"next_date":{integer(next_date)},'
        f'{owner(responsible_user_id, group_id)},"status_id":{integer(status_id)},'
        f'"periodicity":{periodicity},{stamps(created_by, updated_by, created_at, updated_at)},'
        f'"closest_task_at":{integer(closest_task_at)},"is_deleted":{boolean(is_deleted)},'
        f'"custom_fields_values":{fields_json},"ltv":{ltv},'
        f'"purchases_count":{purchases_count},"average_check":{average_check},"account_id":{account_id},'
        f'{self_json(f"/customers/{id}")},"_embedded":{{"segments":{segments_json},"tags":{tags_json}}}}}'
    )
    stages = (next_price, None, status_id)
    return _row(id, name, stages, responsible_user_id, created_by, updated_by, created_at, updated_at,
                (next_date, closest_task_at, None, None, int(is_deleted), version, body))  # fmt: skip


def element_row(
    *,
    id: int,
    catalog_id: int,
    account_id: int,
    version: int,
    created_at: int,
    updated_at: int,
    name: str,
    created_by: int = 0,
    updated_by: int = 0,
    is_deleted: bool = False,
    fields_json: str = "null",
) -> Row:
    """An element of a list. Its key order is a guess: the facts show no element."""
    body = (
        f'{{"id":{id},"name":{quote(name)},{stamps(created_by, updated_by, created_at, updated_at)},'
        f'"is_deleted":{boolean(is_deleted)},"custom_fields_values":{fields_json},"catalog_id":{catalog_id},'
        f'"account_id":{account_id},{self_json(f"/catalogs/{catalog_id}/elements/{id}")}}}'
    )
    return (id, catalog_id, name, int(is_deleted), created_at, updated_at, version, body)


_NO_STAGE: Row = (None, None, None)


def _row(
    id: int, name: str, stages: Row, owner_id: int, by: int, last_by: int, at: int, last_at: int, rest: Row
) -> Row:
    return (id, name, *stages, owner_id, by, last_by, at, last_at, *rest)
