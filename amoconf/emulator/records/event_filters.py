"""`filter[...]` of events as SQL conditions; they always work (protocol page, 9.2)."""

import re
from collections.abc import Iterator
from typing import Any

from amoconf.emulator.answer import dumps, problem
from amoconf.emulator.call import Call
from amoconf.emulator.query import integer, values
from amoconf.emulator.records import filters, sight
from amoconf.emulator.records.journal import FIELD_CHANGED, SINGULAR
from amoconf.emulator.records.sight import Condition

MOST_IDS = 10
OF_ONE_FIELD = re.compile(r"custom_field_(\d+)_value_changed")
_FIELD_ID = re.compile(r'"field_id":(\d+)')
# Where each side stands in a stored body.
_SIDES = {
    "value_after": "substr(body, 1, instr(body, '\"value_before\":'))",
    "value_before": "substr(body, instr(body, '\"value_before\":'))",
}
# Elements whose value `[value]` is compared with, as numbers or texts.
_COMPARED = ("rate", "sale", "name", "ltv", "text")


def field_id_of(body: str) -> str:
    """The field of a stored change of a field."""
    found = _FIELD_ID.search(body)
    return found[1] if found else "0"


def conditions(call: Call) -> Iterator[Condition]:
    """All that a list of events is narrowed by."""
    given = filters.given(call)
    yield sight_of_events(call)
    if "id" in given:
        yield filters.one_of_texts("id", given["id"])
    if "created_at" in given:
        yield _created(given["created_at"])
    if "created_by" in given:
        _need_few(given["created_by"], "created_by")
        yield filters.one_of("created_by", given["created_by"])
    yield from _of_entities(given)
    kinds = values(given.get("type"))
    if kinds:
        yield _of_kinds(kinds)
    for side, place in _SIDES.items():
        if isinstance(given.get(side), dict):
            yield from _of_values(place, given[side], kinds)


def sight_of_events(call: Call) -> Condition:
    """Events of cards that the acting user does not see are absent."""
    if call.is_admin:
        return "1", ()
    parts: list[Condition] = []
    for entity, singular in SINGULAR.items():
        seen, params = sight.visible(call, entity)
        hidden = f"entity_type <> '{singular}' OR entity_id IN (SELECT id FROM {entity} WHERE {seen})"
        parts.append((hidden, params))
    return filters.joined(parts)


def _created(wanted: Any) -> Condition:
    if not isinstance(wanted, dict) and "," in str(wanted):
        # The SDK joins both ends with a comma.
        start, _, end = str(wanted).partition(",")
        wanted = {"from": start, "to": end}
    return filters.in_range("created_at", wanted, bare=">")


def _need_few(wanted: Any, name: str) -> None:
    if len(values(wanted)) > MOST_IDS:
        raise problem(400, f"filter[{name}] takes {MOST_IDS} values at most")  # sentence not recorded


def _of_entities(given: Any) -> Iterator[Condition]:
    entities = values(given.get("entity"))
    if entities:
        yield f"entity_type IN ({','.join('?' * len(entities))})", tuple(entities)
    if "entity_id" in given:
        _need_few(given["entity_id"], "entity_id")
        if len(entities) != 1:
            raise problem(400, "filter[entity_id] needs exactly one filter[entity]")  # sentence not recorded
        yield filters.one_of("entity_id", given["entity_id"])


def _of_kinds(kinds: list[str]) -> Condition:
    """Types by name; the pseudo-type of one field must be the only one."""
    of_field = [match for match in map(OF_ONE_FIELD.fullmatch, kinds) if match]
    if not of_field:
        return f"type IN ({','.join('?' * len(kinds))})", tuple(kinds)
    if len(kinds) > 1:
        raise problem(400, "custom_field_{ID}_value_changed must be the only type")  # sentence not recorded
    return "type = ? AND instr(body, ?)", (FIELD_CHANGED, f'"field_id":{of_field[0][1]},')


def _of_values(place: str, wanted: dict[str, Any], kinds: list[str]) -> Iterator[Condition]:
    for key, element in (("leads_statuses", "lead_status"), ("customers_statuses", "customer_status")):
        if isinstance(wanted.get(key), dict):
            yield _any_of(
                place, [_stage(element, row) for row in wanted[key].values() if isinstance(row, dict)]
            )
    if "responsible_user_id" in wanted:
        people = map(integer, values(wanted["responsible_user_id"]))
        yield _any_of(place, [f'"responsible_user":{{"id":{who}}}' for who in people if who is not None])
    if "custom_field_values" in wanted and len(kinds) == 1 and OF_ONE_FIELD.fullmatch(kinds[0]):
        options = map(integer, values(wanted["custom_field_values"]))
        yield _any_of(place, [f'"enum_id":{option},' for option in options if option is not None])
    if isinstance(wanted.get("value"), str):
        texts = {dumps(wanted["value"]), wanted["value"]}
        yield _any_of(place, [f'"{name}":{text}}}' for name in _COMPARED for text in sorted(texts)])


def _stage(element: str, row: dict[str, Any]) -> str:
    stage, pipeline = integer(row.get("status_id")), integer(row.get("pipeline_id"))
    end = f',"pipeline_id":{pipeline}}}' if element == "lead_status" and pipeline is not None else ""
    return f'"{element}":{{"id":{stage}{end or ("," if element == "lead_status" else "}")}'


def _any_of(place: str, needles: list[str]) -> Condition:
    return " OR ".join([f"instr({place}, ?)"] * len(needles)) or "0", tuple(needles)
