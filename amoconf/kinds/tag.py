"""Tags of four entities (config page C9). The API makes them; only lead tags can be changed, and only as the SDK does."""

from collections.abc import Iterable, Mapping
from typing import Any

from amoconf.changes import ARCHIVE, CREATE, DELETE, MANUAL, RESTORE, SDK, UPDATE, Change, Step, Steps, View
from amoconf.codecs import BOOLEAN, colour, text
from amoconf.kind import Attr, Home, Kind, Need, Source
from amoconf.kinds import _read as read
from amoconf.kinds import _rest as rest
from amoconf.kinds._palettes import GREY_TAG, TAG_COLOURS
from amoconf.model import Account, Resource
from amoconf.tongue import later, tr
from amoconf.touch import TAG, Touch
from amoconf.values import Ref, Value

ENTITIES = ("leads", "contacts", "companies", "customers")
ATTRS = (
    Attr("name", text(), ("Name of the tag", "Название тега"), wire="name"),
    Attr("color", colour(TAG_COLOURS, "FFCE5A"), ("Colour, in quotes", "Цвет, в кавычках"), wire="color"),
)
EXTRAS = (
    Attr("detach", BOOLEAN, ("Take it off every card first", "Сначала снять со всех карточек")),
    rest.UNSORTED,
)
# Where tags are managed, from the menu of the interface.
PLACES = {
    "leads": later("Leads → “…” → “Manage tags”"),
    "contacts": later("Contacts → “…” → “Manage tags”"),
    "companies": later("Companies → “…” → “Manage tags”"),
    "customers": later("Customers → “…” → “Manage tags”"),
}


def sources(need: Need) -> Iterable[Source]:
    """The tags of each entity that the spec speaks of."""
    for entity in ENTITIES:
        if need.asks("tag", (entity,)):
            yield Source(f"{entity}/tags", "tags", scope=(entity,))


def decode(item: Mapping[str, Any], source: Source, facts: Mapping[str, Any]) -> Iterable[Resource]:
    """One tag; only lead tags have a colour."""
    key = read.number(item.get("id"))
    attrs = rest.decoded(ATTRS if source.scope == ("leads",) else ATTRS[:1], item)
    attrs["name"] = read.named(item, "name")
    yield Resource(rest.live("tag", *source.scope, key), attrs, id=key)


def steps(changes: tuple[Change, ...], view: View) -> Steps:
    """POST makes; PATCH of lead tags as in the SDK, refused for tags in use, whose cards get a new one; the rest by hand."""
    return tuple(step for change in changes for step in (*_on_cards(change, view), *_one(change)))


def detaches(change: Change) -> bool:
    """Whether the tag is to be taken off every card before it leaves."""
    return (
        change.want is not None and change.want.marks.leaves and bool(change.want.marks.extras.get("detach"))
    )


def renames(change: Change) -> bool:
    """Whether cards may have to get another tag: the service renames none that is in use (config page C9)."""
    return change.action == UPDATE and "name" in change.after


def _taken(change: Change, view: View) -> bool:
    """Whether another tag of the spec has the new name: its cards would become indistinguishable from those of this one."""
    rivals = view.found.within("tag", change.address.home)
    return any(
        item.address != change.address
        and item.address in view.wanted.index
        and item.attrs["name"] == change.after.get("name")
        for item in rivals
    )


def waits(change: Change, view: View) -> str:
    """A name that another tag has must be given up first; only deals' tags can be renamed by request."""
    by_api = change.address.path[0] == "leads"
    return by_hand(change) if renames(change) and not by_api and _taken(change, view) else ""


def _on_cards(change: Change, view: View) -> Steps:
    """What is done to cards first."""
    data = {"entity": change.address.path[0], "from": change.address, **rest.consent(change)}
    if detaches(change):
        text = tr("take {address} off every card", address=change.address)
        return (Step((change.address,), text, data={"work": "detach_tag", **data}),)
    if not renames(change) or _taken(change, view):
        return ()
    assert change.have is not None
    tag = rest.body_of(ATTRS, {**change.have.attrs, **change.after})
    text = tr("where cards hold {address}: give them a new tag of that name", address=change.address)
    return (Step((change.address,), text, data={"work": "move_tag", **data, "tag": tag}),)


def _one(change: Change) -> Steps:
    entity = change.address.path[0]
    path = (entity, "tags")
    if change.action == CREATE and change.want is not None:
        return (rest.create(change, path, "tags", rest.body_of(ATTRS, change.want.attrs)),)
    if change.channel == MANUAL:
        return (rest.by_hand(change, by_hand(change)),)
    if entity != "leads":
        return ()  # the new tag is all there is to it
    assert change.have is not None
    # The SDK sends id, name and colour together (config page C9).
    values = {**change.have.attrs, **change.after}
    body = {"id": Ref(change.address), **rest.body_of(ATTRS, values)}
    return (rest.patch(change, (*path, Ref(change.address)), body, fallback=by_hand(change)),)


def by_hand(change: Change) -> str:
    """Where a person manages tags."""
    place = tr(PLACES[change.address.path[0]])
    name = change.have.attrs["name"] if change.have else change.address.key
    if change.action == DELETE or (change.want is not None and change.want.marks.absent is not None):
        return tr("{place}: delete the tag “{name}”", place=place, name=name)
    wish = ", ".join(f"{item.name}: {item.after}" for item in change.attributes)
    return tr("{place}: tag “{name}” → {wish}", place=place, name=name, wish=wish)


def archive(have: Resource, view: View) -> Mapping[str, Value]:
    """Prefix, and grey for lead tags."""
    wanted: dict[str, Value] = {"name": rest.prefixed(have.attrs["name"], view.settings.archive_prefix)}
    return wanted | ({"color": GREY_TAG} if "color" in have.attrs else {})


def check(resource: Resource, account: Account) -> Iterable[str]:
    """Colours exist on lead tags alone; only what leaves is taken off cards."""
    if resource.attrs.get("color") and resource.address.path[0] != "leads":
        yield tr("only tags of leads have a colour")
    if resource.marks.extras.get("detach") and not resource.marks.leaves:
        yield tr("detach belongs to a tag that is to be archived or absent")
    yield from rest.no_unsorted(resource, "leads")


def channel(address_path: tuple[str, ...], action: str) -> str:
    """Lead tags by the SDK's way; others get a successor, or are seen to by hand; making is the API's own."""
    if action in (UPDATE, ARCHIVE, RESTORE) and address_path[0] == "leads":
        return SDK
    if action in (ARCHIVE, RESTORE):
        return MANUAL
    return MANUAL if action == DELETE else "api"


def touches(change: Change, view: View) -> Iterable[Touch]:
    """Cards with the tag."""
    if change.have is not None:
        yield Touch(change.address.path[0], TAG, (int(str(change.have.id)),))


KIND = Kind(
    name="tag",
    example={"name": "VIP", "color": "FFCE5A"},
    titles=("tag", "тег"),
    about=("Tags; every entity has its own", "Теги; у каждой сущности свои"),
    homes=(Home("tags", scopes=ENTITIES),),
    attrs=ATTRS,
    extras=EXTRAS,
    sources=sources,
    decode=decode,
    steps=steps,
    rank=50,
    archive=archive,
    touches=touches,
    waits=waits,
    moves=lambda change: detaches(change) or renames(change),
    check=check,
    channel_of=lambda address, action, settings: channel(address.path, action),
)
