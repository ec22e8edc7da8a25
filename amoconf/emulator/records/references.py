"""Checks that all records share: keys that name users, and times (protocol page, 3.4)."""

from collections.abc import Iterable
from typing import Any

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import BIGGEST, Fault, Key, Shape, fault, wrong_type
from amoconf.emulator.records.sight import group_id
from amoconf.emulator.store import Store

PEOPLE = ("responsible_user_id", "created_by", "updated_by")
# What most records let a caller say about themselves.
WHO: Shape = {name: Key("int") for name in PEOPLE}
WHEN: Shape = {name: Key("int", least=0) for name in ("created_at", "updated_at")}
REQUEST_ID: Shape = {"request_id": Key("string|int", null=True)}


def shown(*names: str) -> Shape:
    """Keys of an answer that a change may bring without effect."""
    return {name: Key("any", null=True) for name in ("_links", *names)}


def user_faults(store: Store, item: Item, keys: Iterable[str] = PEOPLE) -> list[Fault]:
    """A user who does not exist or is switched off. 0 is a robot, who answers for nothing."""
    return [
        fault("NotSupportedChoice", key)
        for key in keys
        if key in item
        and not (item[key] == 0 and key != "responsible_user_id")
        and not is_active(store, item[key])
    ]


def number_faults(item: Item) -> list[Fault]:
    """Whole numbers that no database holds (guess: no such refusal is recorded)."""
    return [
        wrong_type(key, "int")
        for key, value in item.items()
        if isinstance(value, int | float) and abs(value) > BIGGEST
    ]


def is_active(store: Store, user_id: int) -> bool:
    """Whether this is a user of the account who can log in."""
    user = store.get("user", user_id)
    return user is not None and bool(user["rights"]["is_active"])


def said(item: Item, key: str, default: Any) -> Any:
    """What an item says, or what stands for it."""
    return item.get(key, default)


def origin(call: Call, item: Item) -> Item:
    """Who answers for a new record, who made it and when, as rows take it: if not said, the user and now."""
    me = call.user["id"]
    owner = item.get("responsible_user_id") or me
    return {
        "account_id": call.world.account["id"],
        "created_at": said(item, "created_at", call.now),
        "updated_at": said(item, "updated_at", call.now),
        "responsible_user_id": owner,
        "group_id": group_id(call.store, owner),
        "created_by": said(item, "created_by", me),
        "updated_by": said(item, "updated_by", me),
    }
