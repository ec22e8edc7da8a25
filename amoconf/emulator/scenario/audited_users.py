"""People of the audited account: five administrators, two odd roles, and rights given one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.emulator.config.rights import Rights
from amoconf.emulator.config.roles import make_role
from amoconf.emulator.config.users import make_user
from amoconf.emulator.store import Store

WHOLESALE_GROUP, CALLS_GROUP = 372001, 372002
WORDS = ("view", "edit", "add", "delete", "export")
OWN = {"leads": "AMADD", "contacts": "AMADD", "companies": "AMADD", "tasks": "MD"}
OWN_WITH_EXPORT = {**OWN, "contacts": "AMADA"}
# Each of these may delete something: deals, contacts or companies, his own or everybody's.
DELETERS = (
    {"leads": "AAAAA", "contacts": "AAAAA", "companies": "AAAAA", "tasks": "AA"},
    {"leads": "AMAMD", "contacts": "AMAMD", "companies": "AMAMD", "tasks": "MM"},
    {"leads": "GGAGD", "contacts": "AGAGA", "companies": "AMADD", "tasks": "GD"},
)


@dataclass(frozen=True)
class Person:
    """A user that records are given to. `quiet_days`: for how long he has done nothing; 0: he works."""

    id: int
    group_id: int
    is_active: bool
    is_admin: bool
    quiet_days: int


def letters(words: dict[str, str], **switches: bool) -> Rights:
    """Blocks of rights from letters in the order view, edit, add, delete, export; for tasks edit, delete."""
    blocks: Rights = {
        name: dict(zip(("edit", "delete") if name == "tasks" else WORDS, text, strict=True))
        for name, text in words.items()
    }
    return {**blocks, "mail_access": False, "catalog_access": True, **switches}


def roles(store: Store, old_pipeline: int, old_stages: Sequence[int]) -> list[int]:
    """One that lets everything be exported and points at a dead pipeline; and one that nobody has."""
    rows = [
        {
            "entity_type": "leads",
            "pipeline_id": old_pipeline,
            "status_id": status_id,
            "rights": {"view": "A", "edit": "A", "delete": "D", "export": "A"},
        }
        for status_id in old_stages
    ]
    copied = letters(
        {"leads": "AAADA", "contacts": "AAADA", "companies": "AAADA", "tasks": "AA"}, mail_access=True
    )
    trainee = letters(
        {"leads": "MDDDD", "contacts": "DDADD", "companies": "DDADD", "tasks": "DD"}, catalog_access=False
    )
    first = make_role(store, "Менеджер (копия)", {**copied, "status_rights": rows})
    return [first["id"], make_role(store, "Стажёр 2018", trainee)["id"]]


def people(store: Store, rows: Sequence[Any], quiet: dict[str, int], role_ids: Sequence[int]) -> list[Person]:
    """All users, the owner first. The last word of a row: admin, delete, own, role0; `off`: switched off."""
    found = []
    for number, (name, email, group_id, words) in enumerate(rows):
        kind, *off = words.split()
        user = make_user(
            store,
            name,
            email,
            given=_rights(kind, number),
            role_id=role_ids[0] if kind == "role0" else None,
            group_id=group_id or None,
            is_admin=kind == "admin",
            is_active=not off,
        )
        found.append(Person(user["id"], group_id, not off, kind == "admin", quiet.get(email, 0)))
    return found


def _rights(kind: str, number: int) -> Rights | None:
    if kind == "delete":
        return letters(DELETERS[number % len(DELETERS)], mail_access=True)
    if kind == "own":
        return letters(OWN_WITH_EXPORT if number % 4 == 0 else OWN)
    return None
