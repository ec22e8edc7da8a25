"""Family A: what the spec's own policy says of people and rights, and what people were to attest."""

from collections.abc import Iterator, Sequence

from amoconf.attest import Attests, standings, today_of
from amoconf.audit.case import Case
from amoconf.audit.rule import Family, Figure, Said, Skip
from amoconf.facts import SPEC
from amoconf.model import Settings
from amoconf.policy import ALLOW, FORBID, TECHNICAL, Breach, breaches
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule


def _settings(case: Case) -> Settings:
    return (case.facts.wanted or case.facts.account).settings


def _found(case: Case, *rules: str) -> list[Breach]:
    """The breaches of these parts of the policy that no exception excuses."""
    found = [breach for breach in breaches(case.facts.account, _settings(case)) if breach.rule in rules]
    there = case.facts.account.index
    excused = {
        breach.address
        for breach in found
        if any(excuse.covers(str(breach.address)) for excuse in case.excuses)
        or (breach.address in there and there[breach.address].id in case.ids)
    }
    return [breach for breach in found if breach.address not in excused]


def _ids(case: Case, found: Sequence[Breach]) -> list[int | str]:
    """Ids of things that are there, addresses of those that are not."""
    things = {breach.address: case.facts.account.get(breach.address) for breach in found}
    return [
        item.id if item is not None and item.id is not None else str(address)
        for address, item in things.items()
    ]


def _names(found: Sequence[Breach]) -> str:
    keys = list(dict.fromkeys(breach.address.key for breach in found))
    return ", ".join(keys[:4]) + (" …" if len(keys) > 4 else "")


@rule(
    "A13",
    later("Administrators that the policy does not name"),
    how=later(
        "active administrators other than policy.admins.allow and technical; a technical user who is missing or off"
    ),
    todo=later("amoconf drift lists them, with where to click for each"),
    limits={"error": 0},
    needs=("users",),
    figures={"administrators_unnamed": later("active administrators whom policy.admins does not name")},
)
def unnamed(case: Case) -> Iterator[Said]:
    """Who is one is known of the account only."""
    policy = _settings(case).policy
    if policy.get(ALLOW) is None and not policy.get(TECHNICAL):
        raise Skip(tr("policy.admins names nobody"))
    if not case.facts.live:
        raise Skip(tr("a spec does not say who is an administrator"))
    strangers, missing = _found(case, ALLOW), _found(case, TECHNICAL)
    yield Figure("administrators_unnamed", len(strangers))
    message = trn(
        "policy.admins does not name {number} administrator: {names}",
        "policy.admins does not name {number} administrators: {names}",
        len(strangers),
        names=_names(strangers),
    )
    yield from case.over(message, len(strangers), ids=_ids(case, strangers), entity="users")
    message = tr("the technical user {name} is missing or switched off", name=_names(missing))
    yield from case.over(
        message, len(missing), ids=_ids(case, missing), entity="users", address="policy/admins.technical"
    )


@rule(
    "A14",
    later("Rights that the policy forbids"),
    how=later(
        "roles, whether anybody has them or not, and active users without role, with a right of policy.rights.forbid; rights on stages count"
    ),
    todo=later("deny the right in the role; amoconf drift lists who has which"),
    limits={"error": 0},
    needs=("roles", "users"),
    figures={"rights_forbidden": later("roles and users with a right that the policy forbids")},
)
def forbidden_rights(case: Case) -> Iterator[Said]:
    """Each role or user once."""
    if not _settings(case).policy.get(FORBID):
        raise Skip(tr("policy.rights.forbid names no right"))
    found = _found(case, FORBID)
    holders = _ids(case, found)
    yield Figure("rights_forbidden", len(holders))
    message = trn(
        "{number} role or user has forbidden rights ({rights}): {names}",
        "{number} roles and users have forbidden rights ({rights}): {names}",
        len(holders),
        rights=", ".join(dict.fromkeys(breach.right for breach in found)),
        names=_names(found),
    )
    yield from case.over(message, len(holders), ids=holders, entity="users")


@rule(
    "A15",
    later("Checks by hand that are due"),
    how=later("items of the spec's `manual` that nobody attested, or longer ago than their `every`"),
    todo=later("look at each, then amoconf attest ITEM --by NAME"),
    limits={"warn": 0},
    needs=(SPEC,),
    figures={"manual_items": later("items of `manual`"), "manual_due": later("of them due")},
)
def attested(case: Case) -> Iterator[Said]:
    """By the account's own day; without network by this machine's clock."""
    items = standings(_settings(case), case.facts.attests or Attests())
    if not items:
        raise Skip(tr("the spec has no manual items"))
    today = today_of(case.facts.now, case.facts.account.facts.get("timezone"))
    due = [item for item in items if item.is_due(today)]
    due = [item for item in due if not any(excuse.covers(f"manual/{item.key}") for excuse in case.excuses)]
    yield Figure("manual_items", len(items))
    yield Figure("manual_due", len(due))
    told = "; ".join(f"{item.key}: {item.said(today)}" for item in due)
    yield from case.over(told, len(due), len(items), ids=[item.key for item in due], entity="manual")
