"""`filter[...]` of deals, contacts, companies and customers as SQL conditions (protocol page, 5.2).

Keys that are not known are ignored, as the service does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from amoconf.emulator.call import Call
from amoconf.emulator.check import BIGGEST
from amoconf.emulator.query import integer, values
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.records.values_filter import of_field
from amoconf.emulator.store import Store

_PEOPLE = {name: name for name in ("id", "created_by", "updated_by", "responsible_user_id")}
_TIMES = {name: name for name in ("created_at", "updated_at", "closest_task_at")}
# Filter key -> column: several values, and ranges.
SETS: dict[str, dict[str, str]] = {
    "leads": {**_PEOPLE, "pipeline_id": "pipeline_id"},
    "contacts": _PEOPLE,
    "companies": _PEOPLE,
    "customers": {**_PEOPLE, "status_id": "status_id"},
}
RANGES: dict[str, dict[str, str]] = {
    "leads": {**_TIMES, "price": "price", "closed_at": "closed_at"},
    "contacts": _TIMES,
    "companies": _TIMES,
    "customers": {**_TIMES, "next_price": "price", "next_date": "closed_at"},
}


def given(call: Call) -> Mapping[str, Any]:
    """What stands under `filter`, or nothing."""
    found = call.query.get("filter")
    return found if isinstance(found, dict) else {}


def of_cards(call: Call, entity: str) -> Condition:
    """The conditions of a list of cards. Without the paid add-on they have no effect (protocol page, 5.1)."""
    if not call.world.switches.api_filter_enabled:
        return "1", ()
    return joined(_card_conditions(call.store, entity, given(call)))


def _card_conditions(store: Store, entity: str, wanted: Mapping[str, Any]) -> Iterator[Condition]:
    for key, column in SETS[entity].items():
        if key in wanted:
            yield one_of(column, wanted[key])
    for key, column in RANGES[entity].items():
        if key in wanted:
            yield in_range(column, wanted[key], bare="=")
    if "name" in wanted:
        yield one_of_texts("name", wanted["name"])
    if entity == "leads" and "statuses" in wanted:
        yield in_stages(wanted["statuses"])
    fields = wanted.get("custom_fields_values")
    for key, value in fields.items() if isinstance(fields, dict) else ():
        yield of_field(store, entity, key, value)


def joined(conditions: Iterable[Condition]) -> Condition:
    """All of them at once."""
    parts = [*conditions]
    sql = " AND ".join(f"({part})" for part, _ in parts) or "1"
    return sql, tuple(value for _, params in parts for value in params)


def one_of(column: str, wanted: Any) -> Condition:
    """A column holds one of the numbers; texts that are no numbers fit nothing."""
    numbers = [str(number) for number in map(integer, values(wanted)) if number is not None]
    return f"{column} IN ({','.join(numbers)})", ()


def one_of_texts(column: str, wanted: Any) -> Condition:
    """A column holds one of the texts; a comma inside a text is part of it."""
    texts = [str(text) for text in wanted.values()] if isinstance(wanted, dict) else [str(wanted)]
    return f"{column} IN ({','.join('?' * len(texts))})", tuple(texts)


def in_range(column: str, wanted: Any, *, bare: str) -> Condition:
    """`[from]` and `[to]`, both inclusive; a bare number is compared with `bare`.

    On deals a bare number is an exact match, on tasks, notes and events it means "after": protocol page 5.2.
    """
    if not isinstance(wanted, dict):
        number = _kept(integer(wanted))
        return ("0", ()) if number is None else (f"{column} {bare} ?", (number,))
    ends = [(">=", _kept(integer(wanted.get("from")))), ("<=", _kept(integer(wanted.get("to"))))]
    return joined((f"{column} {sign} ?", (end,)) for sign, end in ends if end is not None)


def _kept(number: int | None) -> int | None:
    """A number no bigger than SQLite takes."""
    return None if number is None else max(-BIGGEST, min(number, BIGGEST))


def in_stages(wanted: Any) -> Condition:
    """`statuses[i][pipeline_id|status_id]`: any of the pairs. A pair without a stage is no pair."""
    rows = wanted.values() if isinstance(wanted, dict) else ()
    pairs = [_in_stage(row) for row in rows if isinstance(row, dict)]
    return " OR ".join(f"({pair})" for pair in pairs if pair) or "0", ()


def _in_stage(row: Mapping[str, Any]) -> str:
    pipeline, stage = integer(row.get("pipeline_id")), integer(row.get("status_id"))
    if stage is None:
        return ""
    # A pair without a pipeline worked for one integrator (third party: protocol page 5.2).
    home = "1" if pipeline is None else f"pipeline_id = {pipeline}"
    return f"{home} AND status_id = {stage}"
