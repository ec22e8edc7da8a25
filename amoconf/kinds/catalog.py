"""Catalogs, which the interface calls lists (config page C12)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import CREATE, DELETE, MANUAL, Change, Steps, View
from amoconf.codecs import BOOLEAN, choice, text
from amoconf.kind import Attr, Home, Kind, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.tongue import tr
from amoconf.values import Ref

ATTRS = (
    Attr("name", text(), ("Name of the list", "Название списка"), wire="name"),
    Attr(
        "type",
        choice("regular", "invoices", "products", "suppliers"),
        ("Type of the list", "Тип списка"),
        wire="type",
        default="regular",
    ),
    Attr(
        "add_elements",
        BOOLEAN,
        ("People may add elements", "Можно добавлять элементы"),
        wire="can_add_elements",
    ),
    Attr(
        "link_multiple",
        BOOLEAN,
        ("Several elements on one card", "Несколько элементов в карточке"),
        wire="can_link_multiple",
    ),
    Attr(
        "show_in_cards",
        BOOLEAN,
        ("Shown as a tab of cards", "Показывать в карточках"),
        wire="can_show_in_cards",
    ),
)
PATH = ("catalogs",)
# The type is sent on create only (config page C12).
CHANGEABLE = tuple(attr for attr in ATTRS if attr.name != "type")


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One list."""
    key = read.number(item.get("id"))
    attrs = {**rest.decoded(ATTRS, item), "name": read.named(item, "name")}
    # What the service makes where nobody says a type (config page C12).
    attrs["type"] = attrs["type"] or "regular"
    fixed = read.flag(item, "can_be_deleted") is False or attrs["type"] != "regular"
    yield Resource(rest.live("catalog", key), attrs, id=key, fixed=fixed)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """POST and PATCH; deleting is done by a person."""
    return tuple(step for change in changes for step in _one(change))


def _one(change: Change) -> Steps:
    if change.action == CREATE and change.want is not None:
        return (rest.create(change, PATH, "catalogs", rest.body_of(ATTRS, change.want.attrs)),)
    if change.action in (MANUAL, DELETE):
        name = change.have.attrs["name"] if change.have else change.address.key
        return (
            rest.by_hand(
                change,
                tr("Lists → “{name}” → settings → delete the list (its elements go with it)", name=name),
            ),
        )
    # `name` is required in the table of updates (config page C12).
    name = {"name": change.have.attrs["name"]} if change.have else {}
    body = {**name, **rest.body_of(CHANGEABLE, change.after)}
    return (rest.patch(change, (*PATH, Ref(change.address)), body),)


KIND = Kind(
    name="catalog",
    example={"name": "Оборудование", "fields": {"warranty": {"name": "Гарантия, мес", "type": "numeric"}}},
    titles=("list", "список"),
    about=(
        "Lists with their fields; elements are data and stay out",
        "Списки и их поля; элементы списков сюда не входят",
    ),
    homes=(Home("catalogs"),),
    attrs=ATTRS,
    sources=rest.collection("catalog", "catalogs", "catalogs"),
    decode=decode,
    steps=steps,
    rank=10,
    verbs=("absent",),
    channels={DELETE: MANUAL},
    replaces="type",
    barrier=lambda old, want, view: tr(
        "a list's type cannot change: give the new list a key and a name of its own and move "
        "the elements by hand"
    ),
)
