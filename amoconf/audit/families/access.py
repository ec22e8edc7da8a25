"""Family A: who may do what, and who is there at all."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from amoconf.audit.case import Case, clicked
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import COUNT, ERROR, SHARE, WARN, Family, Figure, Said, Skip
from amoconf.kinds._rights import without_own
from amoconf.tongue import later, tr, trn
from amoconf.values import Address

FAMILY = Family()
rule = FAMILY.rule
OWNED = ("leads", "contacts", "companies")
User = Mapping[str, Any]


def people(case: Case) -> list[User]:
    """Users as read, those excused aside."""
    excused = case.user_ids
    return [user for user in case.facts.raw["users"] if user.get("id") not in excused]


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
    later("Too many administrators"),
    how=later(
        "users with rights.is_admin; an error from ten users on where they are more than `share` of all"
    ),
    todo=later("take the rights away in Settings → Users; name those who keep them in policy.admins.allow"),
    limits={"warn": 2, "share": 0.1},
    needs=("users",),
    figures={"users": later("users of the account"), "administrators": later("of them administrators")},
)
def administrators(case: Case) -> Iterator[Said]:
    """The policy's own maximum comes first."""
    if not case.facts.live:
        raise Skip(tr("a spec does not say who is an administrator"))
    everybody, admins = people(case), users_where(case, "is_admin")
    yield Figure("users", len(case.facts.raw["users"]))
    yield Figure(
        "administrators", sum(bool(rights(user).get("is_admin")) for user in case.facts.raw["users"])
    )
    policy = case.facts.said.policy
    most = policy.get("admins.max", case.limits["warn"])
    if len(admins) > most:
        grave = len(everybody) >= 10 and len(admins) > case.limits["share"] * len(everybody)
        yield from case.over(
            tr(
                "{count} of {total} users are administrators; {most} are enough",
                count=len(admins),
                total=len(everybody),
                most=most,
            ),
            len(admins),
            len(everybody),
            ids=ids(admins),
            entity="users",
            severity=ERROR if grave else WARN,
            threshold=case.limits["share"] if grave else most,
            measure=SHARE if grave else COUNT,
            **_policy(f"admins: {{max: {most}}}", said="admins.max" in policy),
        )


def _policy(line: str, *, said: bool) -> dict[str, Any]:
    """A line of policy for the spec, or that it is there: people do it, not the program."""
    return {"settled": clicked()} if said else {"spec": f"policy: {{{line}}}"}


@rule(
    "A02",
    later("Integrations under personal users"),
    how=later(
        "webhooks made by users other than policy.admins.technical; more than one maker where none is named"
    ),
    todo=later(
        "make one technical user, connect every integration under it, and name it in policy.admins.technical"
    ),
    limits={"warn": 0},
    needs=("users", "webhooks"),
    figures={"webhook_makers": later("users who made webhooks")},
)
def technical_user(case: Case) -> Iterator[Said]:
    """A webhook tells its maker; widgets do not."""
    if not case.facts.live:
        raise Skip(tr("a spec does not say who made a webhook"))
    named = bool(case.facts.said.policy.get("admins.technical"))
    makers = {int(hook["created_by"]) for hook in case.facts.raw["webhooks"] if hook.get("created_by")}
    yield Figure("webhook_makers", len(makers))
    personal = sorted(makers - case.user_ids - case.facts.technical)
    if named or len(personal) > 1:
        yield from case.over(
            trn(
                "webhooks were made by {number} user who is no technical user",
                "webhooks were made by {number} users who are no technical user",
                len(personal),
            ),
            len(personal),
            len(makers),
            ids=personal,
            entity="users",
            **_policy("admins: {technical: integrations@example.com}", said=named),
        )


@rule(
    "A05",
    later("Rights given one by one"),
    how=later(
        "active users without role who are no administrators; sets of rights that several of them share"
    ),
    todo=later("make a role for each department and give it to its people"),
    limits={"warn": 0, "departments": 3},
    needs=("users",),
    figures={
        "users_without_role": later("active users without role, administrators aside"),
        "departments": later("departments that have users"),
        "roles": later("roles"),
    },
)
def without_role(case: Case) -> Iterator[Said]:
    """A spec names the role of each user that it lists."""
    roles = case.things("role")
    if not case.facts.live:
        missing = [user for user in case.left(case.things("user")) if not user.attrs.get("role")]
        yield from case.over(
            trn("{number} user has no role", "{number} users have no role", len(missing)),
            len(missing),
            ids=[str(user.address) for user in missing],
        )
        return
    active = [user for user in people(case) if rights(user).get("is_active") is not False]
    single = [user for user in active if not rights(user).get("is_admin") and not rights(user).get("role_id")]
    departments = {rights(user).get("group_id") or 0 for user in active}
    yield Figure("users_without_role", len(single))
    yield Figure("departments", len(departments))
    yield Figure("roles", len(roles))
    few = len(departments) >= case.limits["departments"] and len(roles) < case.limits["departments"]
    more = (
        tr("; {departments} departments have {roles} roles", departments=len(departments), roles=len(roles))
        if few
        else ""
    )
    yield from case.over(
        tr(
            "{count} of {total} active users have rights of their own and no role",
            count=len(single),
            total=len(active),
        )
        + more,
        len(single),
        len(active),
        ids=ids(single),
        entity="users",
    )


@rule(
    "A06",
    later("Roles that nobody has, roles that are the same"),
    how=later("roles without users; roles whose rights equal an earlier role's"),
    todo=later("archive the role: archived: <why> in the spec"),
    limits={"warn": 0},
    needs=("roles",),
    figures={
        "roles_unused": later("roles that nobody has"),
        "roles_alike": later("roles with the rights of another"),
    },
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
        tr("nobody has"),
        idle,
        address="role/unused",
        entity="roles",
        spec=proposed(case, idle, archived=tr("nobody has it")),
    )
    yield from case.listed(
        tr("rights equal to another role's"),
        alike,
        address="role/alike",
        entity="roles",
        spec=proposed(case, alike, archived=tr("the same as another")),
    )


@rule(
    "A07",
    later("Rights on what is not there"),
    how=later("rows of rights in roles on stages or lists that do not exist, or on pipelines in the archive"),
    todo=later("save the role anew: the rows go with it"),
    limits={"warn": 0},
    needs=("roles",),
    figures={"rights_dangling": later("rows of rights on what is not there")},
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
        trn(
            "{number} row of rights speaks of what is not there, such as {example}",
            "{number} rows of rights speak of what is not there, such as {example}",
            len(gone),
            example=gone[0][1] if gone else "",
        ),
        len(gone),
        ids=list(dict.fromkeys(str(role.address) for role, _ in gone)),
        entity="roles",
    )


@rule(
    "A10",
    later("Access to mail, files and lists"),
    how=later(
        "roles other than those in `roles` with access to mail or lists; active users besides, with files as well"
    ),
    todo=later("take the access away in the role"),
    limits={"warn": 0, "roles": ()},
    needs=("roles",),
    figures={"roles_with_access": later("roles with access to mail or lists that are not listed")},
)
def access(case: Case) -> Iterator[Said]:
    """Spec-driven: which roles should have it is nobody's guess."""
    if not case.limits["roles"]:
        raise Skip(tr("say who should have access: policy.audit.A10.roles: [role, …]"))
    roles = [
        role
        for role in case.things("role")
        if role.address.key not in case.limits["roles"]
        and (role.attrs.get("rights.mail") or role.attrs.get("rights.lists"))
    ]
    yield Figure("roles_with_access", len(roles))
    yield from case.listed(tr("access to mail or lists"), roles, entity="roles")
