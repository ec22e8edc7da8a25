"""Which records a user sees and may change: rights on cards, then rights on stages (config page, C10)."""

from typing import Any

from amoconf.emulator.call import Call
from amoconf.emulator.config.rights import shown
from amoconf.emulator.gate import forbidden
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.store import Store, Thing

Condition = tuple[str, tuple[Any, ...]]  # SQL that may follow AND, and its values

# Customers have no rights of their own (config page, C10).
RIGHTS_OF = {"leads": "leads", "contacts": "contacts", "companies": "companies", "customers": "leads"}


def visible(call: Call, entity: str) -> Condition:
    """What a row must fulfil to be shown to the acting user."""
    if call.is_admin:
        return "1", ()
    rights = call.user["rights"]
    base, params = _owned(call, rights[RIGHTS_OF[entity]]["view"])
    if entity != "leads":
        return base, params
    return _by_stage(call.store, rights, base, params)


def _owned(call: Call, letter: str) -> Condition:
    if letter == "A":
        return "1", ()
    if letter == "D":
        return "0", ()
    people = group_of(call.store, call.user) if letter == "G" else [call.user["id"]]
    return f"responsible_user_id IN ({','.join(map(str, people))})", ()


def _by_stage(store: Store, rights: Thing, base: str, params: tuple[Any, ...]) -> Condition:
    narrowed, widened = (_pairs(store, rights, letter) for letter in "DA")
    if narrowed:
        base = f"({base}) AND (pipeline_id, status_id) NOT IN (VALUES {narrowed})"
    if widened:
        base = f"({base}) OR (pipeline_id, status_id) IN (VALUES {widened})"
    return f"({base})", params


def _pairs(store: Store, rights: Thing, letter: str) -> str:
    rows = shown(store, rights).get("status_rights") or []
    return ",".join(
        f"({row['pipeline_id']},{row['status_id']})" for row in rows if row["rights"].get("view") == letter
    )


def group_of(store: Store, user: Thing) -> list[int]:
    """The users of the user's department, himself included; null is the default department, 0."""
    own = user["rights"]["group_id"] or 0
    return [other["id"] for other in store.all("user") if (other["rights"]["group_id"] or 0) == own]


def group_id(store: Store, user_id: int) -> int:
    """`group_id` of a record: the department of whoever answers for it (protocol page, 7.1: guess)."""
    user = store.get("user", user_id)
    return (user["rights"]["group_id"] or 0) if user else 0


def need_add(call: Call, entity: str) -> None:
    """403 without the right to create."""
    if not call.is_admin and call.user["rights"][RIGHTS_OF[entity]]["add"] != "A":
        raise forbidden()


def need_edit(call: Call, entity: str, doc: Doc) -> None:
    """403 without the right to change this card."""
    if not call.is_admin and not _may_edit(call, entity, doc):
        raise forbidden()


def _may_edit(call: Call, entity: str, doc: Doc) -> bool:
    rights = call.user["rights"]
    if entity == "leads":
        stage = (doc["pipeline_id"], doc["status_id"])
        for row in shown(call.store, rights).get("status_rights") or []:
            if (row["pipeline_id"], row["status_id"]) == stage:
                return bool(row["rights"]["edit"] == "A")
    return reaches(call, rights[RIGHTS_OF[entity]]["edit"], doc["responsible_user_id"])


def reaches(call: Call, letter: str, owner_id: int) -> bool:
    """Whether a right covers a record of this owner."""
    if letter == "G":
        return owner_id in group_of(call.store, call.user)
    return letter == "A" or (letter == "M" and owner_id == call.user["id"])
