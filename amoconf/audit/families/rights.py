"""Family A: rights on cards that few should have: to delete and to export."""

from collections.abc import Iterator
from typing import Any

from amoconf.audit.case import Case, clicked
from amoconf.audit.families.access import OWNED, people, rights
from amoconf.audit.rule import Family, Figure, Said
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule


def _granted(case: Case, right: str) -> list[tuple[str, Any, str]]:
    """(who, id, address) of roles and of users without a role that have a right on cards."""
    found = []
    for role in case.left(case.things("role")):
        if any(role.attrs.get(f"rights.{entity}.{right}", "none") != "none" for entity in OWNED):
            found.append(
                (
                    tr("role “{name}”", name=role.attrs.get("name", role.address.key)),
                    role.id,
                    str(role.address),
                )
            )
    for user in people(case) if "users" in case.facts.raw else ():
        mine = rights(user)
        if mine.get("is_admin") or mine.get("role_id") or mine.get("is_active") is False:
            continue
        if any((mine.get(entity) or {}).get(right, "D") != "D" for entity in OWNED):
            found.append((str(user.get("email")), user["id"], ""))
    return found


def _rights_finding(
    case: Case, right: str, found: list[tuple[str, Any, str]], message: str
) -> Iterator[Said]:
    yield Figure(f"may_{right}", len(found))
    wanted = [f"{entity}.{right}" for entity in OWNED]
    policy = case.facts.said.policy
    said = set(wanted) <= set(policy.get("rights.forbid") or ())
    yield from case.over(
        message,
        len(found),
        ids=[key if key is not None else address for _, key, address in found],
        entity="users",
        settled=clicked() if said else "",
        spec="" if said else f"policy: {{rights: {{forbid: [{', '.join(wanted)}]}}}}",
    )


def _names(found: list[tuple[str, Any, str]]) -> str:
    return ", ".join(who for who, _, _ in found[:4]) + (" …" if len(found) > 4 else "")


@rule(
    "A03",
    later("The right to delete"),
    how=later(
        "roles, and active users without role who are no administrators, with `delete` on deals, contacts or companies"
    ),
    todo=later(
        "deny `delete` in the roles, give every user a role, and let a checkbox field mark what is to be deleted"
    ),
    limits={"error": 0},
    needs=("roles",),
    figures={"may_delete": later("roles and users who may delete cards")},
)
def may_delete(case: Case) -> Iterator[Said]:
    """Deleting cannot be undone by the one who did it."""
    found = _granted(case, "delete")
    message = trn(
        "{number} role or user who is no administrator may delete cards: {who}",
        "{number} roles and users who are no administrators may delete cards: {who}",
        len(found),
        who=_names(found),
    )
    yield from _rights_finding(case, "delete", found, message)


@rule(
    "A04",
    later("The right to export"),
    how=later("as A03, with `export`"),
    todo=later("deny `export` in the roles of those who do not need the client base as a file"),
    limits={"warn": 0},
    needs=("roles",),
    figures={"may_export": later("roles and users who may export cards")},
)
def may_export(case: Case) -> Iterator[Said]:
    """The base walks out as a file."""
    found = _granted(case, "export")
    message = trn(
        "{number} role or user who is no administrator may export cards: {who}",
        "{number} roles and users who are no administrators may export cards: {who}",
        len(found),
        who=_names(found),
    )
    yield from _rights_finding(case, "export", found, message)
