"""Family A: who may do what, and who is there at all."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from amoconf.audit.case import Case
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import (
    ERROR,
    WARN,
    Family,
    Figure,
    Said,
    Skip,
)
from amoconf.kinds._rights import without_own
from amoconf.values import Address

FAMILY = Family()
rule = FAMILY.rule
OWNED = ("leads", "contacts", "companies")
User = Mapping[str, Any]


def people(case: Case) -> list[User]:
    """Users as read."""
    return [user for user in case.facts.raw["users"] if user.get("id") not in case.ids]


def rights(user: User) -> Mapping[str, Any]:
    """The user's rights."""
    return user.get("rights") or {}


def users_where(case: Case, key: str) -> list[User]:
    """Users with a flag in their rights."""
    return [user for user in people(case) if rights(user).get(key)]


def ids(users: Iterable[User]) -> list[int]:
    """Their ids."""
    return [user["id"] for user in users]


@rule(
    "A01",
    "Too many administrators",
    how="users with rights.is_admin; an error from ten users on where they are more than `share` of all",
    todo="take the rights away in Settings → Users; name those who keep them in policy.admins.allow",
    limits={"warn": 2, "share": 0.1},
    needs=("users",),
    figures={"users": "users of the account", "administrators": "of them administrators"},
)
def administrators(case: Case) -> Iterator[Said]:
    """The policy's own maximum comes first."""
    if not case.facts.live:
        raise Skip("a spec does not say who is an administrator")
    everybody, admins = people(case), users_where(case, "is_admin")
    yield Figure("users", len(case.facts.raw["users"]))
    yield Figure(
        "administrators", sum(bool(rights(user).get("is_admin")) for user in case.facts.raw["users"])
    )
    policy = case.facts.wanted.settings.policy if case.facts.wanted else {}
    most = policy.get("admins.max", case.limits["warn"])
    if len(admins) > most:
        grave = len(everybody) >= 10 and len(admins) > case.limits["share"] * len(everybody)
        yield from case.over(
            f"{len(admins)} of {len(everybody)} users are administrators; {most} are enough",
            len(admins),
            len(everybody),
            ids=ids(admins),
            entity="users",
            severity=ERROR if grave else WARN,
            spec=f"policy: {{admins: {{max: {most}}}}}",
        )


@rule(
    "A02",
    "Integrations under personal users",
    how="webhooks made by users other than policy.admins.technical; more than one maker where none is named",
    todo="make one technical user, connect every integration under it, and name it in policy.admins.technical",
    limits={"warn": 0},
    needs=("users", "webhooks"),
    figures={"webhook_makers": "users who made webhooks"},
)
def technical_user(case: Case) -> Iterator[Said]:
    """A webhook tells its maker; widgets do not."""
    if not case.facts.live:
        raise Skip("a spec does not say who made a webhook")
    policy = case.facts.wanted.settings.policy if case.facts.wanted else {}
    technical = policy.get("admins.technical")
    known = {user["id"]: user.get("email") for user in case.facts.raw["users"]}
    makers = {int(hook["created_by"]) for hook in case.facts.raw["webhooks"] if hook.get("created_by")}
    yield Figure("webhook_makers", len(makers))
    personal = sorted(key for key in makers - case.ids if not technical or known.get(key) != technical)
    if technical or len(personal) > 1:
        yield from case.over(
            f"webhooks were made by {len(personal)} users who are no technical user",
            len(personal),
            len(makers),
            ids=personal,
            entity="users",
            spec="" if technical else "policy: {admins: {technical: integrations@example.com}}",
        )


def _granted(case: Case, right: str) -> list[tuple[str, Any, str]]:
    """(who, id, address) of roles and of users without a role that have a right on cards."""
    found = []
    for role in case.left(case.things("role")):
        if any(role.attrs.get(f"rights.{entity}.{right}", "none") != "none" for entity in OWNED):
            found.append((f"role “{role.attrs.get('name', role.address.key)}”", role.id, str(role.address)))
    for user in people(case) if "users" in case.facts.raw else ():
        mine = rights(user)
        if mine.get("is_admin") or mine.get("role_id") or mine.get("is_active") is False:
            continue
        if any((mine.get(entity) or {}).get(right, "D") != "D" for entity in OWNED):
            found.append((str(user.get("email")), user["id"], ""))
    return found


def _rights_finding(case: Case, right: str, verb: str) -> Iterator[Said]:
    found = _granted(case, right)
    yield Figure(f"may_{right}", len(found))
    shown = ", ".join(who for who, _, _ in found[:4]) + (" …" if len(found) > 4 else "")
    yield from case.over(
        f"{len(found)} roles and users who are no administrators may {verb}: {shown}",
        len(found),
        ids=[key if key is not None else address for _, key, address in found],
        entity="users",
        spec=f"policy: {{rights: {{forbid: [{', '.join(f'{entity}.{right}' for entity in OWNED)}]}}}}",
    )


@rule(
    "A03",
    "The right to delete",
    how="roles, and active users without role who are no administrators, with `delete` on deals, contacts or companies",
    todo="deny `delete` in the roles, give every user a role, and let a checkbox field mark what is to be deleted",
    limits={"error": 0},
    needs=("roles",),
    figures={"may_delete": "roles and users who may delete cards"},
)
def may_delete(case: Case) -> Iterator[Said]:
    """Deleting cannot be undone by the one who did it."""
    yield from _rights_finding(case, "delete", "delete cards")


@rule(
    "A04",
    "The right to export",
    how="as A03, with `export`",
    todo="deny `export` in the roles of those who do not need the client base as a file",
    limits={"warn": 0},
    needs=("roles",),
    figures={"may_export": "roles and users who may export cards"},
)
def may_export(case: Case) -> Iterator[Said]:
    """The base walks out as a file."""
    yield from _rights_finding(case, "export", "export cards")


@rule(
    "A05",
    "Rights given one by one",
    how="active users without role who are no administrators; sets of rights that several of them share",
    todo="make a role for each department and give it to its people",
    limits={"warn": 0, "departments": 3},
    needs=("users",),
    figures={
        "users_without_role": "active users without role, administrators aside",
        "departments": "departments that have users",
        "roles": "roles",
    },
)
def without_role(case: Case) -> Iterator[Said]:
    """A spec names the role of each user that it lists."""
    roles = case.things("role")
    if not case.facts.live:
        missing = [user for user in case.left(case.things("user")) if not user.attrs.get("role")]
        yield from case.over(
            f"{len(missing)} users have no role", len(missing), ids=[str(user.address) for user in missing]
        )
        return
    active = [user for user in people(case) if rights(user).get("is_active") is not False]
    single = [user for user in active if not rights(user).get("is_admin") and not rights(user).get("role_id")]
    departments = {rights(user).get("group_id") or 0 for user in active}
    yield Figure("users_without_role", len(single))
    yield Figure("departments", len(departments))
    yield Figure("roles", len(roles))
    few = len(departments) >= case.limits["departments"] and len(roles) < case.limits["departments"]
    more = f"; {len(departments)} departments have {len(roles)} roles" if few else ""
    yield from case.over(
        f"{len(single)} of {len(active)} active users have rights of their own and no role{more}",
        len(single),
        len(active),
        ids=ids(single),
        entity="users",
    )


@rule(
    "A06",
    "Roles that nobody has, roles that are the same",
    how="roles without users; roles whose rights equal an earlier role's",
    todo="archive the role: archived: <why> in the spec",
    limits={"warn": 0},
    needs=("roles",),
    figures={"roles_unused": "roles that nobody has", "roles_alike": "roles with the rights of another"},
)
def idle_roles(case: Case) -> Iterator[Said]:
    """Who has a role is known of the account only."""
    roles = case.things("role")
    idle = [role for role in roles if role.raw.get("users") == []] if case.facts.live else []
    seen: list[Mapping[str, Any]] = []
    alike = []
    for role in roles:
        mine = {name: value for name, value in role.attrs.items() if name not in ("name",)}
        alike += [role] if mine in seen else []
        seen.append(mine)
    if case.facts.live:
        yield Figure("roles_unused", len(idle))
    yield Figure("roles_alike", len(alike))
    yield from case.listed(
        "nobody has", idle, entity="roles", spec=proposed(case, idle, archived="nobody has it")
    )
    yield from case.listed(
        "rights equal to another role's",
        alike,
        entity="roles",
        spec=proposed(case, alike, archived="the same as another"),
    )


@rule(
    "A07",
    "Rights on what is not there",
    how="rows of rights in roles on stages or lists that do not exist, or on pipelines in the archive",
    todo="save the role anew: the rows go with it",
    limits={"warn": 0},
    needs=("roles",),
    figures={"rights_dangling": "rows of rights on what is not there"},
)
def dangling_rights(case: Case) -> Iterator[Said]:
    """Unsorted stages that are switched off are known by no list, and their rows are the server's own."""
    account, gone = case.facts.account, []
    archive = {item.address.path for item in account.of("pipeline") if item.attrs.get("in_archive")}
    for role in case.left(case.things("role")):
        for stage in without_own(role.attrs.get("stages") or {}):
            known = stage.key in ("*", "won", "lost", "unsorted") or account.get(stage)
            standing = (
                bool(list(account.of("pipeline"))) and account.get(Address("pipeline", stage.home)) is None
            )
            if stage.home in archive or standing or not known:
                gone.append((role, stage))
        lists = list(account.of("catalog"))
        gone += [
            (role, one) for one in role.attrs.get("catalogs") or {} if lists and account.get(one) is None
        ]
    yield Figure("rights_dangling", len(gone))
    yield from case.over(
        f"{len(gone)} rows of rights speak of what is not there, such as {gone[0][1] if gone else ''}",
        len(gone),
        ids=list(dict.fromkeys(str(role.address) for role, _ in gone)),
        entity="roles",
    )


@rule(
    "A10",
    "Access to mail, files and lists",
    how="roles other than those in `roles` with access to mail or lists; active users besides, with files as well",
    todo="take the access away in the role",
    limits={"warn": 0, "roles": ()},
    needs=("roles",),
    figures={"roles_with_access": "roles with access to mail or lists that are not listed"},
)
def access(case: Case) -> Iterator[Said]:
    """Spec-driven: which roles should have it is nobody's guess."""
    if not case.limits["roles"]:
        raise Skip("say who should have access: policy.audit.A10.roles: [role, …]")
    roles = [
        role
        for role in case.things("role")
        if role.address.key not in case.limits["roles"]
        and (role.attrs.get("rights.mail") or role.attrs.get("rights.lists"))
    ]
    yield Figure("roles_with_access", len(roles))
    yield from case.listed("access to mail or lists", roles, entity="roles")
