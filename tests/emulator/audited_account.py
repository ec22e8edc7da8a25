"""The audited account for its tests: generated once a scale, read by plain SQL and JSON."""

import functools
import json
import os
from typing import Any

from amoconf.emulator.scenario import audited
from amoconf.emulator.store import Store, Thing

# AMOCONF_FULL=1 adds the whole account, which takes the better part of a minute.
SCALES = [0.01, 0.02, *([1.0] if os.environ.get("AMOCONF_FULL") else [])]
NOW = int(audited.START)
DAY = 86_400
PIPELINES = {
    "Розничный отдел": (3_410, 1_334, 30_556),
    "Оптовый отдел": (820, 9_400, 11_200),
    "Сервис и рекламации": (210, 18_300, 2_100),
    "Повторные продажи": (150, 14_053, 6_213),
    "Воронка 2017": (0, 21_000, 15_000),
    "Выставки 2018": (0, 1_500, 1_000),
    "Интернет-магазин (старый)": (0, 6_500, 6_000),
}


@functools.cache
def account(scale: float, seed: int = 1) -> Store:
    """A filled store; read only, since tests share it."""
    store = Store()
    audited.fill(store, seed=seed, scale=scale, now=NOW)
    return store


def part(figure: int, scale: float) -> int:
    """A figure of the domain page at a scale."""
    return max(1, round(figure * scale)) if figure else 0


def rows(store: Store, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return store.db.execute(sql, params).fetchall()


def number(store: Store, sql: str, *params: Any) -> int:
    """The one number that a query answers."""
    return int(store.db.execute(sql, params).fetchone()[0] or 0)


def bodies(store: Store, table: str) -> list[Thing]:
    """All records of a table as they go on the wire."""
    return [json.loads(body) for (body,) in store.db.execute(f"SELECT body FROM {table} ORDER BY id")]


def texts(card: Thing, code: str) -> list[str]:
    """Values of a field of a card, by the field's code or else its name."""
    filled = card["custom_fields_values"] or []
    return [
        value["value"]
        for entry in filled
        for value in entry["values"]
        if code in (entry["field_code"], entry["field_name"])
    ]


def pipeline_id(store: Store, name: str) -> int:
    """The id of a pipeline by its name."""
    return next(row["id"] for row in store.all("pipeline") if row["name"] == name)


def stages(store: Store, name: str) -> list[Thing]:
    """Ordinary stages of a pipeline in order."""
    found = store.all("stage", str(pipeline_id(store, name)))
    return sorted((row for row in found if row["is_editable"]), key=lambda row: int(row["sort"]))


def deals_in_all(scale: float) -> int:
    """All deals: the sum of the rounded parts."""
    return sum(part(figure, scale) for parts in PIPELINES.values() for figure in parts)
