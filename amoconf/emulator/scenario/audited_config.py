"""Configuration of the audited account: everything that is the same at every scale."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from amoconf.emulator.config.bots import make_bot
from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.config.groups import make_group
from amoconf.emulator.config.loss_reasons import make_loss_reason
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.sources import make_source
from amoconf.emulator.config.stages import LOST, WON, ordered
from amoconf.emulator.config.tags import make_tag
from amoconf.emulator.config.task_types import make_task_type
from amoconf.emulator.config.user_groups import make_user_group, rename_user_group
from amoconf.emulator.config.webhooks import make_webhook
from amoconf.emulator.config.widgets import make_widget
from amoconf.emulator.store import Store, Thing
from amoconf.emulator.tokens import OWN_CLIENT_ID

DAY = 86_400
CREATED = 1_484_038_800  # 2017-01-10 12:00 in Moscow
RETAIL_GROUP = 0


@dataclass(frozen=True)
class Line:
    """A pipeline: `stages` are ids by position, the unsorted one at 0; `weights` how active deals lie."""

    key: str
    id: int
    stages: tuple[int, ...]
    weights: tuple[int, ...]


@dataclass(frozen=True)
class FieldRow:
    """A field of deals, on how many it is filled at scale 1.0, among which deals, and how values are made."""

    field: Thing
    filled: int
    among: str
    values: str


@dataclass(frozen=True)
class TagRow:
    """A tag, on how many cards it is at scale 1.0, and among which."""

    tag: Thing
    used: int
    among: str


@dataclass(frozen=True)
class SourceRow:
    """A source, its deals at scale 1.0, how many days it has been silent (None: it is not), its category."""

    id: int
    external_id: str
    name: str
    line: str
    deals: int
    silent: int | None
    category: str


@dataclass(frozen=True)
class Setup:
    """What the records need to know of the configuration."""

    lines: dict[str, Line]
    fields: tuple[FieldRow, ...]
    tags: dict[str, tuple[TagRow, ...]]
    sources: tuple[SourceRow, ...]
    reasons: tuple[tuple[int, int], ...]
    task_types: tuple[int, ...]
    version: int


def table() -> dict[str, Any]:
    """The tables of data/audited.json."""
    return dict(json.loads(_data("audited.json")))


def _data(name: str) -> str:
    return files("amoconf.emulator.scenario").joinpath("data", name).read_text(encoding="utf-8")


def groups(store: Store, rows: Sequence[Any]) -> None:
    """Departments: the default one under another name, and two more."""
    for key, name in rows:
        if key == RETAIL_GROUP:
            rename_user_group(store, key, name)
        else:
            make_user_group(store, name)


def configure(store: Store, tables: dict[str, Any], lines: dict[str, Line], now: int) -> Setup:
    """What needs pipelines and users to be there: all the rest."""
    reasons = [
        (make_loss_reason(store, name, sort=n, at=CREATED)["id"], share)
        for n, (name, share) in enumerate(tables["loss_reasons"])
    ]
    types = _task_types(store, tables["task_types"])
    _integrations(store, tables, now)
    sources = _sources(store, tables["sources"], lines)
    for number, name in enumerate(tables["bots"]):
        make_bot(store, name, active=number < 2)
    _catalog(store)
    fields = _deal_fields(store, tables["field_groups"])
    for entity, key in (("contacts", "contact_fields"), ("companies", "company_fields")):
        for name, kind, options in tables[key]:
            make_field(store, entity, _field_body(name, kind, options))
    tags = _tags(store, tables["tags"])
    return Setup(lines, fields, tags, sources, tuple(reasons), types, store.version)


def pipelines(store: Store, rows: Sequence[Thing]) -> dict[str, Line]:
    """The seven pipelines by key."""
    found = {}
    for number, row in enumerate(rows):
        pipeline = make_pipeline(
            store,
            row["name"],
            [(name, color) for name, color, _ in row["stages"]],
            sort=number + 1,
            is_main=row["main"],
            is_unsorted_on=row["unsorted"],
            closing={WON: row["won"], LOST: row["lost"]},
        )
        stages = [stage["id"] for stage in ordered(store, pipeline["id"]) if stage["id"] not in (WON, LOST)]
        weights = (row["waiting"], *(weight for _, _, weight in row["stages"]))
        found[row["key"]] = Line(row["key"], pipeline["id"], tuple(stages), weights)
    return found


def _task_types(store: Store, rows: dict[str, Any]) -> tuple[int, ...]:
    used = [
        make_task_type(store, name, color=color, sort=n)["id"] for n, (name, color) in enumerate(rows["used"])
    ]
    for number, name in enumerate(rows["unused"]):
        make_task_type(store, name, color="D0D0D0", sort=len(used) + number)
    return (1, 2, *used)


def _integrations(store: Store, tables: dict[str, Any], now: int) -> None:
    admins = [user["id"] for user in store.all("user") if user["rights"]["is_admin"]]
    for destination, events, admin, disabled, days in tables["webhooks"]:
        make_webhook(store, destination, events, by=admins[admin], at=now - days * DAY, disabled=disabled)
    for code, installed, rating, keys, is_source in tables["widgets"]:
        template = [
            {"key": key, "name": key, "type": "pass" if key == "password" else "text", "is_required": True}
            for key in keys
        ]
        settings = dict.fromkeys(keys, "-") if installed else None
        make_widget(
            store,
            code,
            installed=bool(installed),
            settings_template=template,
            settings=settings,
            rating=rating,
            is_lead_source=bool(is_source),
        )


def _sources(store: Store, rows: Sequence[Any], lines: dict[str, Line]) -> tuple[SourceRow, ...]:
    found = []
    for name, external_id, line, deals, silent, category in rows:
        source = make_source(store, name, external_id, OWN_CLIENT_ID, pipeline_id=lines[line].id)
        found.append(SourceRow(source["id"], external_id, name, line, deals, silent, category))
    return tuple(found)


def _catalog(store: Store) -> None:
    catalog = make_catalog(store, "Прайс поставщиков", at=CREATED)
    scope = f"catalogs/{catalog['id']}"
    make_field(store, scope, {"name": "Артикул", "type": "text"})
    make_field(store, scope, {"name": "Цена закупки", "type": "numeric"})


def _field_body(name: str, kind: str, options: Sequence[str] | None, group: str | None = None) -> Thing:
    body: Thing = {"name": name, "type": kind, "group_id": group}
    if options:
        body["enums"] = [{"value": text, "sort": place} for place, text in enumerate(options)]
    return body


def _deal_fields(store: Store, group_rows: Sequence[Any]) -> tuple[FieldRow, ...]:
    made = {
        key: make_group(store, "leads", name, sort=2 + n)["id"] for n, (key, name) in enumerate(group_rows)
    }
    known = {field["name"]: field for field in store.all("field", "leads")}
    found = []
    for line in _data("fields.tsv").splitlines()[1:]:
        name, kind, group, filled, among, values = line.split("\t")
        if name not in known:
            options = values.removeprefix("options:").split(";") if values.startswith("options:") else None
            known[name] = make_field(store, "leads", _field_body(name, kind, options, made.get(group)))
        found.append(FieldRow(known[name], int(filled), among, values))
    return tuple(found)


def _tags(store: Store, rows: dict[str, Any]) -> dict[str, tuple[TagRow, ...]]:
    found = {
        "leads": tuple(
            TagRow(make_tag(store, "leads", name, color), used, among)
            for name, used, among, color in rows["used"]
        )
    }
    for name in rows["unused"]:
        make_tag(store, "leads", name)
    for entity in ("contacts", "companies"):
        found[entity] = tuple(TagRow(make_tag(store, entity, name), used, "") for name, used in rows[entity])
    return found
