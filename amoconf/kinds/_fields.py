"""Words shared by fields and their options: scopes, types, which attribute exists where (config page C7)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, DELETE, REPLACE, Change, View
from amoconf.kind import Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource
from amoconf.tongue import tr
from amoconf.touch import FIELD, Touch
from amoconf.values import Address, Ref, Value

CARDS = ("leads", "contacts", "companies", "customers")
SCOPES = (*CARDS, "segments")
TYPES = tuple(
    "text numeric checkbox select multiselect radiobutton date date_time birthday url textarea streetaddress "
    "smart_address legal_entity price category items multitext monetary chained_list file tracking_data linked_entity "
    "payer supplier".split()
)
# Making one takes `chained_lists` (official: config page C7.3), which no spec says.
CHAINED = "chained_list"
LISTED = ("select", "multiselect", "radiobutton")
WITH_OPTIONS = (*LISTED, "category")
# How values move when the type changes (spec language, "convert").
CONVERT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "values": {
            "anyOf": [
                {"enum": ["auto"]},
                {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string", "minLength": 1}},
                },
            ]
        },
        "otherwise": {
            "anyOf": [
                {"enum": ["keep", "stop"]},
                {
                    "type": "object",
                    "properties": {"option": {"type": "string", "minLength": 1}},
                    "required": ["option"],
                    "additionalProperties": False,
                },
            ]
        },
        "unsorted": {"enum": ["wait", "take_out"]},
    },
    "additionalProperties": False,
}
# Types whose values have nothing to do with any other (a replace makes no sense).
ALONE = {
    "tracking_data",
    "file",
    "items",
    "linked_entity",
    "payer",
    "supplier",
    "chained_list",
    "legal_entity",
}
# Replaces that lose nothing and need no map (spec language, "Types").
SAFE = {
    ("text", "textarea"),
    ("select", "radiobutton"),
    ("radiobutton", "select"),
    ("select", "multiselect"),
} | {(kind, "text") for kind in ("numeric", "date", "url", "select", "checkbox")}
# Scopes in which the API makes a field of a type; of all other types in any (official: config page C7.6, both
# platforms together; that no multitext is made at all is a guess there).
MADE_IN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("multitext", "payer", "supplier"), ()),
    **dict.fromkeys(("smart_address", "birthday", "legal_entity"), CARDS[:3]),
    **dict.fromkeys(("price", "category", "items", "linked_entity"), ("catalogs",)),
    "monetary": (*CARDS, "catalogs"),
    "file": (*CARDS, "catalogs"),
}
# Attribute → scopes that have it (config page C7.3; the SDK's word where sources differ, E1).
WHERE: Mapping[str, tuple[str, ...]] = {
    "group": (*CARDS, "catalogs"),
    "api_only": CARDS,
    "required_at": ("leads", "contacts", "companies"),
    "hidden_at": ("leads",),
    "visible": ("catalogs",),
    "required": ("catalogs",),
}


def lacking(name: str, scope: str, scopes: Iterable[str]) -> str:
    """What is wrong with an attribute that only fields of other scopes have."""
    return tr(
        "{name} does not exist for fields of {scope}; it does for {scopes}",
        name=name,
        scope=scope,
        scopes=", ".join(scopes),
    )


def unmakable(kind: str, scope: str) -> str:
    """Why a field of a type cannot be made in a scope; "" where it can."""
    if kind == CHAINED:
        return tr("a field of type {kind} is made with its lists, and amoconf does not know these", kind=kind)
    scopes = MADE_IN.get(kind, (scope,))
    if scope in scopes:
        return ""
    if not scopes:
        return tr(
            "the API makes no field of type {kind}: those that there are came with the account", kind=kind
        )
    return tr(
        "the API makes no field of type {kind} for {scope}; it does for {scopes}",
        kind=kind,
        scope=scope,
        scopes=", ".join(scopes),
    )


def unmade(resource: Resource) -> str:
    """Why a field that was there could not be made again; "" where it could."""
    return unmakable(resource.attrs["type"], resource.address.path[0])


def no_list(kind: str) -> str:
    """What is wrong with options under a field of this type."""
    types = ", ".join(WITH_OPTIONS)
    return tr("a field of type {kind} has no options; types with options: {types}", kind=kind, types=types)


def grave(change: Change) -> str:
    """What deleting takes away for good."""
    return tr("deleting a field erases its values in every card") if change.action == DELETE else ""


def sources(need: Need) -> Iterable[Source]:
    """Fields of each scope that the spec speaks of; of lists, once their ids are known."""
    for scope in SCOPES:
        if need.asks("field", (scope,)):
            path = "customers/segments" if scope == "segments" else scope
            yield Source(f"{path}/custom_fields", "custom_fields", scope=(scope,))
    for catalog in need.found.of("catalog") if need.found else ():
        if catalog.id is not None and need.asks("field", ("catalogs", catalog.address.key)):
            home = ("catalogs", f"#{catalog.id}")
            path = f"catalogs/{catalog.id}/custom_fields"
            yield Source(path, "custom_fields", scope=home, of=catalog.address)


def entries(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of a field: null, a list, or an object keyed by position (config page C7.2, Kommo).

    ValueError where the key itself is missing: a field that seems to have no options would get new ones.
    """
    key = "nested" if item["type"] == "category" else "enums"
    if key not in item:
        raise ValueError(tr("{name} is missing", name=key))
    return read.rows(item[key], key)


def stage_pair(item: Any) -> Address:
    """{"pipeline_id", "status_id"} as the address of a found stage."""
    ids = [read.number(item[name], name) for name in ("pipeline_id", "status_id")]
    return Address("stage", tuple(f"#{key}" for key in ids))


def will_never_be(stage: Address, view: View) -> bool:
    """Whether a stage is not there and will not be made: it leaves, or its pipeline does. Nothing can name it then."""
    if view.found.get(stage) is not None:
        return False
    wanted = (view.wanted.get(stage), view.wanted.get(Address("pipeline", stage.home)))
    return any(item is not None and item.marks.leaves for item in wanted)


def pair_of(address: Address) -> dict[str, Value]:
    """The wire form of a stage; its ids are known at the latest when its step has run."""
    return {"pipeline_id": Ref(Address("pipeline", address.home)), "status_id": Ref(address)}


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Cards in which a field is filled, where it is taken away or replaced."""
    field = change.old or change.have
    if change.action in (ARCHIVE, DELETE, REPLACE) and field is not None:
        yield Touch(rest.records_of(change.address.home, view), FIELD, (int(str(field.id)),))
