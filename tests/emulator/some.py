"""Small ways to put things into an account for tests of records."""

from typing import Any

from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.store import Thing
from tests.emulator.conftest import Crm


def add(crm: Crm, entity: str = "leads", **item: Any) -> int:
    """A new card over the wire; its id."""
    answer = crm.post(entity, [item or {"name": "Без имени"}])
    assert answer.status_code == 200, answer.text
    return int(answer.json()["_embedded"][entity][0]["id"])


def read(crm: Crm, entity: str, card_id: int) -> Thing:
    """A card as it is answered by id."""
    answer = crm.get(f"{entity}/{card_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def field(crm: Crm, kind: str, scope: str = "leads", **words: Any) -> Thing:
    """A new field of a type; list fields get three options."""
    options = [{"value": text, "sort": place} for place, text in enumerate(("Казань", "Уфа", "Пермь"), 1)]
    if kind in ("select", "multiselect", "radiobutton"):
        words = {"enums": options, **words}
    return make_field(crm.world.store, scope, {"name": f"Поле {kind}", "type": kind, **words})


def catalog(crm: Crm, name: str = "Оборудование") -> int:
    """A new list; its id."""
    return int(make_catalog(crm.world.store, name, at=crm.world.clock.now())["id"])


def value(field_id: int, *values: Any) -> list[Thing]:
    """`custom_fields_values` with one field."""
    return [{"field_id": field_id, "values": list(values)}]


def filled(crm: Crm, entity: str, card_id: int) -> dict[int, list[Thing]] | None:
    """Values of a card by field."""
    entries = read(crm, entity, card_id)["custom_fields_values"]
    return entries and {entry["field_id"]: entry["values"] for entry in entries}


def events(crm: Crm, **words: Any) -> list[tuple[str, list[Thing], list[Thing]]]:
    """(type, value_after, value_before) of events, the oldest first."""
    answer = crm.get("events", limit=100, **words)
    rows = answer.json()["_embedded"]["events"] if answer.status_code == 200 else []
    return [(row["type"], row["value_after"], row["value_before"]) for row in reversed(rows)]


def pipeline(crm: Crm) -> tuple[int, int, list[int]]:
    """The main pipeline: its id, its unsorted stage, its ordinary stages."""
    store = crm.world.store
    key = next(one["id"] for one in store.all("pipeline") if one["is_main"])
    rows = sorted(store.all("stage", str(key)), key=lambda stage: stage["sort"])
    ordinary = [row["id"] for row in rows if row["type"] == 0 and row["id"] not in (142, 143)]
    return key, next(row["id"] for row in rows if row["type"] == 1), ordinary
