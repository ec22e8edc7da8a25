"""Widgets (config page C15): installed or not; settings of others' widgets cannot be read."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import DELETE, Change, Step, Steps, View
from amoconf.codecs import anything, choice
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.tongue import tr
from amoconf.values import Ref

ATTRS = (
    Attr("code", anything({"type": "string"}), ("Code", "Код виджета"), inner=True),
    Attr("state", choice("installed"), ("installed", "installed — установлен")),
)
EXTRAS = (
    Attr("settings", anything({"type": "object"}), ("Settings for installing", "Настройки для установки")),
)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One widget; those that are only offered are not the account's."""
    code, installed = read.named(item, "code"), bool(read.flag(item, "is_active_in_account"))
    asked = read.rows(item.get("settings_template"), "settings_template")
    lacking = [read.named(row, "key") for row in asked if read.flag(row, "is_required")]
    yield Resource(
        rest.live("widget", f"#{code}"),
        {"code": code, "state": "installed" if installed else "offered"},
        id=code,
        fixed=True,
        aside=not installed,
        raw={"required": lacking} if "settings_template" in item else {},
    )


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """DELETE uninstalls; POST installs where the settings cover what the widget requires."""
    return tuple(_one(change) for change in changes)


def _one(change: Change) -> Step:
    path = ("widgets", change.address.key)
    if change.action == DELETE:
        return rest.delete(change, ("widgets", Ref(change.address)))
    settings = (change.want.marks.extras.get("settings") if change.want else None) or {}
    return Step(
        (change.address,),
        tr("install {address}", address=change.address),
        method="POST",
        path=path,
        body=dict(settings),
    )


def waits(change: Change, view: View) -> str:
    """Installing needs the settings that the widget requires (config page C15, official)."""
    if change.action == DELETE or change.want is None:
        return ""
    required = change.have.raw.get("required") if change.have else None
    if required is None:
        return tr("amoMarket → widget “{code}” → install", code=change.address.key)
    given = change.want.marks.extras.get("settings") or {}
    lacking = [key for key in required if key not in given]
    if not lacking and given:
        return ""
    where = tr("amoMarket → widget “{code}” → install", code=change.address.key)
    if not lacking:
        return where
    more = tr("(it needs the settings {names})", names=", ".join(lacking))
    return f"{where} {more}"


def exists(resource: Resource) -> bool:
    """A widget that is only offered is not there."""
    return resource.attrs.get("state") == "installed"


KIND = Kind(
    name="widget",
    example={"absent": "не работает с 2019 года"},
    titles=("widget", "виджет"),
    about=("Widgets by their code", "Виджеты по их коду"),
    homes=(Home("integrations.widgets"),),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=rest.collection("widget", "widgets", "widgets"),
    decode=decode,
    steps=steps,
    rank=80,
    identity="code",
    short="state",
    verbs=("absent",),
    waits=waits,
    grave=lambda change: tr("uninstalling loses settings that cannot be read, so it cannot be undone"),
    exists=exists,
)
