"""Contacts and companies that come inside a deal, whole or by id: unsorted requests and `leads/complex`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, as_object, check, fault, join, wrong_type
from amoconf.emulator.records import cards, linking, values, writing
from amoconf.emulator.records.people import COMPANIES, CONTACTS
from amoconf.emulator.records.writing import Kind

KINDS = {"contacts": CONTACTS, "companies": COMPANIES}


def card_faults(
    call: Call, kind: Kind, given: Any, path: str, *, most_fields: int | None = None
) -> list[Fault]:
    """Faults of one whole card inside another, with their paths; `most_fields` limits its filled fields."""
    found = check(given, kind.new)
    if not found:
        found = writing.faults(call, kind, given, None)
        if most_fields is not None and len(given.get(values.KEY) or ()) > most_fields:
            found.append(fault("TooMany", values.KEY))
    return [replace(wrong, path=join(path, wrong.path)) for wrong in found]


def faults(call: Call, given: Mapping[str, Any], *, most_fields: int | None = None) -> list[Fault]:
    """Faults of the contacts and companies under `_embedded`: one of each at most (protocol page, 2.2)."""
    found: list[Fault] = []
    for entity, kind in KINDS.items():
        path, some = f"_embedded.{entity}", given.get(entity)
        if some is not None and not isinstance(some, list):
            found.append(wrong_type(path, "array"))
        elif some is not None and len(some) > 1:
            found.append(fault("TooMany", path))
        elif some:
            found += _one(call, kind, as_object(some[0]), f"{path}.0", most_fields)
    return found


def _one(call: Call, kind: Kind, given: Any, path: str, most_fields: int | None) -> list[Fault]:
    if not isinstance(given, dict) or "id" not in given:
        return card_faults(call, kind, given, path, most_fields=most_fields)
    wrong = check(given, kind.new, path)
    if not wrong and not cards.is_there(call.store, kind.entity, given["id"]):
        wrong = [fault("NotSupportedChoice", f"{path}.id")]
    return wrong


def join_to(
    call: Call, lead_id: int, given: Mapping[str, Any], *, hidden: bool = False
) -> dict[str, int | None]:
    """Makes or finds the companions of a deal and links them; answers their ids by entity.

    `hidden` keeps new ones out of lists until the request is accepted (protocol page, 7.9).
    """
    ids: dict[str, int | None] = {}
    for entity, kind in KINDS.items():
        ids[entity] = None
        for item in given.get(entity) or ():
            ids[entity] = key = _taken(call, kind, as_object(item), hidden=hidden)
            ends = ("leads", lead_id), (entity, key)
            linking.attach(call.store, *ends, by=call.user["id"], at=call.now)
    return ids


def _taken(call: Call, kind: Kind, item: Item, *, hidden: bool) -> int:
    if "id" in item:
        return int(item["id"])
    key = writing.create(call, kind, item)
    if hidden:
        cards.hide(call.store, kind.entity, key, hidden=True)
    return key
