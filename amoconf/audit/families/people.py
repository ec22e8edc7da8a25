"""Family A: the people who have access: those who left, do nothing, or write from elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from amoconf.audit.case import Case, clicked
from amoconf.audit.families.access import ids, people, rights, users_where
from amoconf.audit.rule import ERROR, WARN, Family, Figure, Said, Skip
from amoconf.facts import OPEN, QUIET, RECORDS, Facts
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule
User = Mapping[str, Any]


def keep_open(facts: Facts) -> Keep:
    """Deals and tasks, no field of them."""
    return Keep.of(leads=(), tasks=())


@rule(
    "A08",
    later("Open work of people who left"),
    how=later("open deals and open tasks whose responsible user is not active"),
    todo=later("hand them over: Settings → Users → the user → transfer"),
    limits={"error": 0},
    needs=("users", RECORDS),
    keep=keep_open,
    figures={
        "open_deals_of_inactive": later("open deals of inactive users"),
        "open_tasks_of_inactive": later("open tasks of inactive users"),
    },
)
def inactive_owners(case: Case) -> Iterator[Said]:
    """Deleted users are not told by the API; only those that are still listed count."""
    gone = [user for user in people(case) if rights(user).get("is_active") is False]
    chosen = f"responsible_user_id IN ({','.join(str(user['id']) for user in gone)})"
    deals = case.tally("leads", f"{OPEN} AND {chosen}")
    tasks = case.tally("tasks", f"NOT is_completed AND {chosen}")
    yield Figure("open_deals_of_inactive", deals.all)
    yield Figure("open_tasks_of_inactive", tasks.all)
    yield from case.tallied(
        trn(
            "{number} open deal belongs to a user who is switched off",
            "{number} open deals belong to users who are switched off",
            deals.count,
        ),
        deals,
        address="users/left/leads",
        entity="leads",
    )
    yield from case.tallied(
        trn(
            "{number} open task belongs to a user who is switched off",
            "{number} open tasks belong to users who are switched off",
            tasks.count,
        ),
        tasks,
        address="users/left/tasks",
        entity="tasks",
    )


@rule(
    "A09",
    later("Users who do nothing"),
    how=later("active users without any event for so many days; the API knows no last log-in"),
    todo=later("ask whether the person still works with the CRM; switch the user off"),
    limits={"warn": 30, "error": 90},
    needs=("users", QUIET),
    figures={
        "users_quiet": later("active users without an event for 30 days"),
        "users_quiet_long": later("of them for 90 days"),
    },
)
def quiet_users(case: Case) -> Iterator[Said]:
    """Days are known in two steps only: those of the limits."""
    quiet, excused = case.facts.quiet or {}, case.user_ids
    long = [key for key, days in quiet.items() if days >= case.limits["error"] and key not in excused]
    some = [
        key
        for key, days in quiet.items()
        if case.limits["warn"] <= days < case.limits["error"] and key not in excused
    ]
    yield Figure("users_quiet", len(long) + len(some))
    yield Figure("users_quiet_long", len(long))
    for found, word, days in ((long, ERROR, case.limits["error"]), (some, WARN, case.limits["warn"])):
        if found:
            yield from case.over(
                trn(
                    "{number} active user had no event for {days} days",
                    "{number} active users had no event for {days} days",
                    len(found),
                    days=days,
                ),
                len(found),
                len(quiet),
                address=f"users/quiet/{word}",
                ids=found,
                entity="users",
                severity=word,
            )


@rule(
    "A11",
    later("Personal mailboxes"),
    how=later(
        "users whose e-mail is outside policy.email_domains; without that, outside the domain that most users have"
    ),
    todo=later("give each user a mailbox of the company; list the domains in policy.email_domains"),
    limits={"warn": 0},
    needs=("users",),
    figures={"users_outside_domain": later("users with an e-mail outside the company's domains")},
)
def mailboxes(case: Case) -> Iterator[Said]:
    """Offline the keys of the spec's users are looked at."""
    excused = case.user_ids
    users = {
        item.id or str(item.address): str(item.attrs.get("email", item.address.key))
        for item in case.left(case.things("user"))
        if item.id not in excused
    }
    policy = (case.facts.wanted or case.facts.account).settings.policy
    domains = {name.casefold() for name in policy.get("email_domains", ())} or _commonest(users.values())
    if not users or not domains:
        raise Skip(tr("no domain is named in policy.email_domains, and none is the users' common one"))
    outside = {key: mail for key, mail in users.items() if mail.rpartition("@")[2].casefold() not in domains}
    yield Figure("users_outside_domain", len(outside))
    yield from case.over(
        tr(
            "{count} of {total} users have an e-mail outside {domains}",
            count=len(outside),
            total=len(users),
            domains=", ".join(sorted(domains)),
        ),
        len(outside),
        len(users),
        ids=list(outside),
        entity="users",
        **_known(domains, said="email_domains" in policy),
    )


def _known(domains: set[str], *, said: bool) -> dict[str, Any]:
    if said:
        return {"settled": clicked()}
    return {"spec": f"policy: {{email_domains: [{', '.join(sorted(domains))}]}}"}


def _commonest(mails: Iterable[str]) -> set[str]:
    """The domain of more than half of the users."""
    domains = [mail.rpartition("@")[2].casefold() for mail in mails]
    return {name for name in domains if 2 * domains.count(name) > len(domains)}


@rule(
    "A12",
    later("Free users with deals"),
    how=later("open deals whose responsible user has rights.is_free"),
    todo=later("pay for the user, or hand the deals over"),
    limits={"warn": 0},
    needs=("users", RECORDS),
    keep=keep_open,
    figures={"open_deals_of_free": later("open deals of free users")},
)
def free_users(case: Case) -> Iterator[Said]:
    """A free user sees little of what he is responsible for."""
    free = ",".join(str(key) for key in ids(users_where(case, "is_free")))
    deals = case.tally("leads", f"{OPEN} AND responsible_user_id IN ({free})")
    yield Figure("open_deals_of_free", deals.all)
    yield from case.tallied(
        trn(
            "{number} open deal belongs to a free user",
            "{number} open deals belong to free users",
            deals.count,
        ),
        deals,
        entity="leads",
    )
