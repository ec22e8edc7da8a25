"""Options of select, multiselect and radiobutton fields: a write brings the whole list (config C7.4)."""

from typing import Any

from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.store import Store, Thing

DEFAULT_SORT = 500  # third party: config page, C7.3
# Kinds of a multitext field; for a field that somebody creates a guess.
PHONE_KINDS = ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")

_OPTION = {
    "value": Key("string", required=True, blank=False, max=255),
    "sort": Key("int"),
    "code": Key("string", null=True, max=255),
}
NEW = Key("array", required=True, items=Key("object", keys=_OPTION))
CHANGED = Key("array", items=Key("object", keys={"id": Key("int"), **_OPTION}))


def faults(items: list[Thing], held: list[Thing], *, duplicates: bool) -> list[Fault]:
    """At least one option, ids of this field only and each once, texts once unless `duplicates`."""
    if not items:
        return [fault("TooFew", "enums")]
    found = []
    free = {option["id"] for option in held}
    seen: set[str] = set()
    for index, item in enumerate(items):
        if "id" in item and item["id"] not in free:
            found.append(fault("NotSupportedChoice", f"enums.{index}.id"))
        free.discard(item.get("id"))
        if item["value"] in seen and not duplicates:
            found.append(fault("NotSupportedChoice", f"enums.{index}.value"))
        seen.add(item["value"])
    return found


def replaced(store: Store, held: list[Thing], items: list[Thing]) -> list[Thing]:
    """The new list: with an id the option stays and takes what the item says, without one it gets a new id,
    and what is not sent is gone. In the order of `sort`."""
    by_id: dict[Any, Thing] = {option["id"]: option for option in held}
    made = []
    for item in items:
        old = by_id.get(item.get("id"), {"sort": DEFAULT_SORT, "code": None})
        made.append(
            {
                "id": item["id"] if "id" in item else store.count("enum", 2),
                "value": item["value"],
                "sort": item.get("sort", old["sort"]),
                "code": item.get("code", old.get("code")),
            }
        )
    return sorted(made, key=lambda option: int(option["sort"]))


def wire(options: list[Thing] | None, *, null_code: bool) -> list[Thing] | None:
    """Options as answers show them; `null_code`: whether an option without a code has the key."""
    if options is None:
        return None
    return [_option(option, null_code) for option in options]


def by_position(options: list[Thing] | None) -> dict[str, Thing] | None:
    """The list as the object that bulk PATCH may answer, keyed by position (config page, C7.2)."""
    if options is None:
        return None
    return {str(place): option for place, option in enumerate(options, start=1)}


def _option(option: Thing, null_code: bool) -> Thing:
    body = {"id": option["id"], "value": option["value"], "sort": option["sort"]}
    code = option.get("code")
    return body if code is None and not null_code else {**body, "code": code}
