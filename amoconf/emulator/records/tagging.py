"""Tags of cards on the way in: the whole set, or some to add and some to take off (protocol page, 7.5)."""

from collections.abc import Iterable
from typing import Any

from amoconf.emulator.call import Item
from amoconf.emulator.check import Fault, Key, Shape, check, fault, wrong_type
from amoconf.emulator.records.drawing import Doc, shown_tag
from amoconf.emulator.store import Store, Thing

NAME_MOST = 255  # guess: config page E2.2
# `color` echoed from GET is refused.
TAG: Shape = {"id": Key("int"), "name": Key(blank=False, max=NAME_MOST)}
CHANGES = ("tags_to_add", "tags_to_delete")


def faults(store: Store, entity: str, item: Item) -> list[Fault]:
    """What is wrong with the tags of one item."""
    found: list[Fault] = []
    embedded = item.get("_embedded") or {}
    lists = [("_embedded.tags", embedded.get("tags")), *((key, item.get(key)) for key in CHANGES)]
    for path, tags in lists:
        if tags is not None and not isinstance(tags, list):
            found.append(wrong_type(path, "array"))
            continue
        for index, tag in enumerate(tags or ()):
            found += _of_tag(store, entity, tag, f"{path}.{index}", known=path != "tags_to_delete")
    return found


def _of_tag(store: Store, entity: str, tag: Any, path: str, *, known: bool) -> list[Fault]:
    found = check(tag, TAG, path)
    if found:
        return found
    if not tag:
        return [fault("FieldMissing", f"{path}.name")]
    # guess: taking off a tag that does not exist changes nothing, putting it on is refused, protocol page 7.5
    if known and "id" in tag and store.get("tag", tag["id"], entity) is None:
        return [fault("NotSupportedChoice", f"{path}.id")]
    return []


def apply(store: Store, entity: str, doc: Doc, item: Item) -> None:
    """Changes a card's tags; a name that the dictionary lacks becomes a new tag. The whole set wins."""
    embedded = item.get("_embedded") or {}
    now = {tag["id"]: tag for tag in doc["_embedded"]["tags"]}
    if "tags" in embedded:
        now = {tag["id"]: tag for tag in _made(store, entity, embedded["tags"] or ())}
    else:
        now |= {tag["id"]: tag for tag in _made(store, entity, item.get("tags_to_add") or ())}
        for tag in item.get("tags_to_delete") or ():
            known = find(store, entity, tag)
            now.pop(known["id"] if known else None, None)
    doc["_embedded"]["tags"] = [*now.values()]


def _made(store: Store, entity: str, tags: Iterable[Thing]) -> list[Thing]:
    return [shown_tag(find(store, entity, tag) or new_tag(store, entity, tag["name"])) for tag in tags]


def find(store: Store, entity: str, tag: Thing) -> Thing | None:
    """The dictionary's tag by id or name."""
    if "id" in tag:
        return store.get("tag", tag["id"], entity)
    return next((known for known in store.all("tag", entity) if known["name"] == tag["name"]), None)


def new_tag(store: Store, entity: str, name: str) -> Thing:
    """A tag in the dictionary of an entity, without a colour."""
    return store.put("tag", {"id": store.count("tag"), "name": name, "color": None}, entity)
