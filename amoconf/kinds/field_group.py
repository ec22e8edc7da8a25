"""Field groups: the tabs of a card (config page C8)."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import Change
from amoconf.codecs import text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.model import Resource, Settings
from amoconf.values import normal

ENTITIES = ("leads", "contacts", "companies", "customers")
# Keys that every spec may use for the platform's own groups.
RESERVED = ("default", "statistic")

ATTRS = (Attr("name", text(), ("Name of the tab", "Название вкладки"), wire="name"),)


def sources(need: Need) -> Iterable[Source]:
    """Groups of each entity whose groups or fields the spec speaks of; of lists, once their ids are known."""
    for entity in ENTITIES:
        if need.asks("field_group", (entity,)) or need.asks("field", (entity,)):
            yield Source(
                f"{entity}/custom_fields/groups", "custom_field_groups", paged=False, scope=(entity,)
            )
    for catalog in need.found.of("catalog") if need.found else ():
        scope = ("catalogs", catalog.address.key)
        if need.asks("field_group", scope) or need.asks("field", scope):
            path = f"catalogs/{catalog.id}/custom_fields/groups"
            home = ("catalogs", f"#{catalog.id}")
            yield Source(path, "custom_field_groups", paged=False, scope=home, of=catalog.address)


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One group; its id is text. For a list, also which fields it holds."""
    key = read.named(item, "id")
    group = rest.live("field_group", *source.scope, f"#{key}")
    # Linked groups belong to a list (config page C8).
    fixed = bool(read.flag(item, "is_predefined")) or item.get("type") == "linked_group"
    yield Resource(
        group,
        {"name": read.named(item, "name")},
        id=key,
        reserved=key if key in RESERVED else "",
        fixed=fixed,
        aside=fixed,
        raw={"sort": item.get("sort")},
    )
    if source.scope[0] == "catalogs":
        # A field of a list does not tell its group; the group tells its fields (config page C8).
        for number in [read.number(row, "fields") for row in read.values(item.get("fields"), "fields")]:
            yield Resource(rest.live("field", *source.scope, number), {"group": group}, id=number)


def path(change: Change) -> rest.Path:
    """Where a group lies."""
    return place(change.address.home)


def place(home: tuple[str, ...]) -> rest.Path:
    """The collection of groups of one scope."""
    return (*rest.scope_path(home), "custom_fields", "groups")


def aside(resource: Resource, settings: Settings) -> bool:
    """The archive group belongs to amoconf."""
    return normal(str(resource.attrs["name"])) == normal(settings.archive_group)


KIND = Kind(
    name="field_group",
    example={"name": "Доставка"},
    titles=("field group", "группа полей"),
    about=("Tabs of cards", "Вкладки карточек"),
    homes=(
        Home("field_groups", scopes=ENTITIES),
        Home("field_groups", under="catalog", prefix=("catalogs",)),
    ),
    attrs=ATTRS,
    sources=sources,
    decode=decode,
    steps=rest.plain_steps(ATTRS, path, "custom_field_groups"),
    rank=20,
    order="sort",
    reserved=RESERVED,
    verbs=("absent",),
    aside=aside,
)
