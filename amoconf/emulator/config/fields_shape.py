"""Which types of fields each entity has, which keys a field shows there, and which keys a write may bring.

All of it from tables C7.2, C7.3 and C7.6 of the configuration page; every table here is closed.
"""

from collections.abc import Mapping
from typing import Any

from amoconf.emulator.check import Key, Shape
from amoconf.emulator.config import enums, nested
from amoconf.emulator.switches import Switches

CARDS = ("leads", "contacts", "companies", "customers")
WITH_ENUMS = ("select", "multiselect", "radiobutton")
_COMMON = "text numeric checkbox select multiselect date date_time url textarea radiobutton streetaddress"
_COMMON_TYPES = frozenset(_COMMON.split())
_PEOPLE_TYPES = frozenset({"smart_address", "birthday", "legal_entity", "monetary", "file"})
TYPES: Mapping[str, frozenset[str]] = {
    "leads": _COMMON_TYPES | _PEOPLE_TYPES | {"tracking_data", "chained_list"},
    "contacts": _COMMON_TYPES | _PEOPLE_TYPES,
    "companies": _COMMON_TYPES | _PEOPLE_TYPES,
    "customers": _COMMON_TYPES | {"monetary", "file", "chained_list"},
    "catalogs": _COMMON_TYPES | {"price", "category", "items", "linked_entity", "file"},
    "segments": _COMMON_TYPES,
}
SUPER = frozenset({"monetary", "chained_list"})

# Keys in the order of answers: seen in real ones for deals and lists; for segments a guess.
_HEAD = ("id", "name", "type", "account_id", "code", "sort", "is_api_only", "enums")
_CARD = ("group_id", "required_statuses", "is_deletable", "is_predefined", "entity_type", "tracking_callback")
_CARD_TAIL = ("remind", "triggers", "currency", "hidden_statuses", "chained_lists")
_LIST = ("catalog_id", "is_visible", "is_deletable", "is_required", "nested", "entity_type")
_LIST_TAIL = ("search_in", "currency", "tracking_callback")
_NOT_THERE: Mapping[str, tuple[str, ...]] = {
    "leads": (),
    "contacts": ("tracking_callback", "chained_lists"),
    "companies": ("tracking_callback", "chained_lists"),
    "customers": ("tracking_callback",),
    "segments": ("group_id", "required_statuses", "tracking_callback", "hidden_statuses", "chained_lists"),
    "catalogs": _LIST_TAIL,
}
# The keys that belong to one type: shown with it even where the entity's other fields lack them (guess).
OF_TYPE: Mapping[str, tuple[str, Key]] = {
    "category": ("nested", nested.NESTED),
    "birthday": ("remind", Key("string", null=True, choices=("never", "day", "week", "month"))),
    "monetary": ("currency", Key("string", required=True)),
    "linked_entity": ("search_in", Key("string", required=True)),
    "tracking_data": ("tracking_callback", Key("string")),
    "chained_list": (
        "chained_lists",
        Key(
            "array",
            required=True,
            items=Key(
                "object",
                keys={
                    "title": Key("string", required=True, blank=False),
                    "catalog_id": Key("int", required=True),
                    "parent_catalog_id": Key("int", null=True),
                },
            ),
        ),
    ),
}
_PAIR = Key("object", keys={"pipeline_id": Key("int", required=True), "status_id": Key("int", required=True)})
_FLAG = Key("bool")


def creatable(entity: str, switches: Switches) -> frozenset[str]:
    """The types that a POST may name."""
    types = TYPES[entity]
    if switches.platform == "kommo":
        types |= {"tracking_data"} | ({"monetary"} if entity == "catalogs" else frozenset())
        types -= frozenset() if entity == "leads" else {"chained_list"}
    if switches.new_multitext and entity == "contacts":
        types |= {"multitext"}
    return types if switches.super_fields else types - SUPER


def shown_keys(entity: str, kind: str) -> list[str]:
    """The keys of a stored field, in order."""
    rest = (*_LIST, *_LIST_TAIL) if entity == "catalogs" else (*_CARD, *_CARD_TAIL)
    own = OF_TYPE[kind][0] if kind in OF_TYPE else None
    return [key for key in (*_HEAD, *rest) if key not in _NOT_THERE[entity] or key == own]


def new_shape(entity: str, kind: Any, switches: Switches) -> Shape:
    """What a POST may bring; with a type that does not exist here, any type's own key passes."""
    types = creatable(entity, switches)
    shape = {
        "name": Key("string", required=True, blank=False, max=255),
        "type": Key("string", required=True, choices=types),
        **_always(entity),
    }
    if switches.field_with_id == "nothing":
        shape["id"] = Key("int")
    known = isinstance(kind, str) and kind in types
    return {**shape, **(_own(kind, new=True) if known else _any_own())}


def change_shape(entity: str, field: Mapping[str, Any] | None, switches: Switches, *, bulk: bool) -> Shape:
    """What a PATCH may bring. `field` None: an unknown id, of which nothing else can be said.

    The SDK repeats `id` and `type` in every PATCH, so that they are taken while they say nothing new.
    """
    if field is None:
        return {
            "id": Key("int", required=True, choices=()),
            "type": Key(),
            "name": Key(),
            **_always(entity),
            **_any_own(),
        }
    refuse = switches.change_type_status == "refuse"
    own = {key: _not_required(shape) for key, shape in _own(field["type"], new=False).items()}
    return {
        "id": Key("int", required=bulk, choices=(field["id"],)),
        "type": Key("string", choices=(field["type"],) if refuse else None),
        "name": Key("string", blank=False, max=255),
        **_always(entity),
        **own,
    }


def _always(entity: str) -> dict[str, Key]:
    shape = {"code": Key("string", null=True, max=255), "sort": Key("int"), "request_id": Key("string")}
    if entity in CARDS:
        shape |= {"group_id": Key("string", null=True), "is_api_only": _FLAG}
    if entity in CARDS and entity != "customers":
        # The official table adds customers, the SDK never sends it for them (config page, E1).
        shape["required_statuses"] = Key("array", null=True, items=_PAIR)
    if entity == "leads":
        shape["hidden_statuses"] = Key("array", items=_PAIR)
    if entity == "catalogs":
        shape |= dict.fromkeys(("is_visible", "is_required", "is_deletable"), _FLAG)
        shape["settings"] = Key("object|array", null=True)
    return shape


def _own(kind: str, *, new: bool) -> dict[str, Key]:
    if kind in WITH_ENUMS:
        return {"enums": enums.NEW if new else enums.CHANGED}
    return dict([OF_TYPE[kind]]) if kind in OF_TYPE else {}


def _any_own() -> dict[str, Key]:
    return {key: Key("any", null=True) for key in ("enums", *(key for key, _ in OF_TYPE.values()))}


def _not_required(key: Key) -> Key:
    return Key(key.type, null=key.null, choices=key.choices, items=key.items)
