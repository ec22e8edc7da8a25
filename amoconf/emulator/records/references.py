"""Checks that all records share: keys that name users, and times (protocol page, 3.4)."""

from collections.abc import Iterable

from amoconf.emulator.call import Item
from amoconf.emulator.check import Fault, Key, Shape, fault
from amoconf.emulator.store import Store

PEOPLE = ("responsible_user_id", "created_by", "updated_by")
# What most records let a caller say about themselves.
WHO: Shape = {name: Key("int") for name in PEOPLE}
WHEN: Shape = {name: Key("int", least=0) for name in ("created_at", "updated_at")}
REQUEST_ID: Shape = {"request_id": Key("string|int", null=True)}


def user_faults(store: Store, item: Item, keys: Iterable[str] = PEOPLE) -> list[Fault]:
    """A user who does not exist or is switched off. 0 is a robot, who answers for nothing."""
    return [
        fault("NotSupportedChoice", key)
        for key in keys
        if key in item and not (item[key] == 0 and key != "responsible_user_id") and not is_active(store, item[key])
    ]


def is_active(store: Store, user_id: int) -> bool:
    """Whether this is a user of the account who can log in."""
    user = store.get("user", user_id)
    return user is not None and bool(user["rights"]["is_active"])
