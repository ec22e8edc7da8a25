"""Policies as laws: what makes a breach new or worse is blocked, nothing else is, and no allowance lifts that."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf.brakes import weigh
from amoconf.changes import ARCHIVE, CREATE, MANUAL, RESTORE, UPDATE, Change, View
from amoconf.diff import attribute_changes
from amoconf.lock import Lock
from amoconf.mends import unseen, with_mends
from amoconf.model import Account, Resource, Settings
from amoconf.policy import after, breaches, worsened
from amoconf.values import Address

WIDTHS = ("none", "own", "group", "all")
RIGHTS = ("leads.delete", "leads.export", "contacts.delete", "tasks.edit")
POLICIES: tuple[dict[str, Any], ...] = (
    {"rights.forbid": ("*.delete",)},
    {"admins.allow": ("a@firm.example", "b@firm.example")},
    {"admins.max": 1},
    {"admins.max": 2, "admins.allow": ("a@firm.example",), "admins.technical": "b@firm.example"},
    {"email_domains": ("firm.example",)},
    {"rights.forbid": ("leads.delete", "tasks.*"), "admins.max": 1, "email_domains": ("firm.example",)},
)
MAILS = ("a@firm.example", "b@firm.example", "c@mail.example", "d@firm.example")


def role(key: str, words: tuple[str, ...]) -> Resource:
    """A role with these widths of the rights."""
    attrs = {f"rights.{name}": word for name, word in zip(RIGHTS, words, strict=True)}
    return Resource(Address("role", (key,)), {"name": key, **attrs}, id=1)


def user(
    mail: str, *, admin: bool = False, active: bool = True, own: dict[str, str] | None = None
) -> Resource:
    """A person. own: rights besides any role."""
    attrs = {"email": mail, "admin": admin, "active": active, "role": None, "own": own or {}}
    return Resource(Address("user", (mail,)), attrs, id=MAILS.index(mail) + 1)


def changed(thing: Resource, action: str, **attrs: Any) -> Change:
    """A change of a thing that is there, or its making."""
    have = None if action == CREATE else thing
    return Change(thing.address, action, attribute_changes(have.attrs if have else {}, attrs), have=have)


widths = st.tuples(*[st.sampled_from(WIDTHS)] * len(RIGHTS))


@st.composite
def situations(draw: Any) -> tuple[View, list[Change]]:
    """An account with a policy, and what a plan would do to its roles and people."""
    roles = [role(key, draw(widths)) for key in "xyz"]
    people = [user(mail, admin=draw(st.booleans()), active=draw(st.booleans())) for mail in MAILS]
    there = [*roles[:2], *(item for item in people if draw(st.integers(0, 3)))]
    policy = draw(st.sampled_from(POLICIES))
    changes = []
    for item in roles:
        if draw(st.booleans()):
            wish = role(item.address.key, draw(widths)).attrs
            changes.append(changed(item, UPDATE if item in there else CREATE, **wish))
    for item in people:
        if item not in there:
            changes += [changed(item, CREATE, name="N")] if draw(st.booleans()) else []
        elif draw(st.booleans()):
            active = not item.attrs["active"]
            changes.append(changed(item, RESTORE if active else ARCHIVE, active=active))
    wanted = Account(settings=Settings(policy=policy))
    return View(wanted, Account(tuple(there))), [item for item in changes if item.attributes]


def sizes(account: Account, policy: dict[str, Any]) -> dict[tuple[str, ...], int]:
    """How bad an account is, told as plainly as can be."""
    users = [item for item in account.of("user") if item.attrs.get("active") is not False]
    admins = [item.attrs["email"] for item in users if item.attrs.get("admin")]
    allowed = {*policy.get("admins.allow", admins), policy.get("admins.technical")}
    names = {item.attrs["email"] for item in users}
    bad: dict[tuple[str, ...], int] = {("allow", mail): 1 for mail in admins if mail not in allowed}
    if list(account.of("user")) and policy.get("admins.technical") not in (None, *names):
        bad["technical",] = 1
    if len(admins) > policy.get("admins.max", 99):
        bad["max",] = len(admins)
    for mail in names:
        if mail.partition("@")[2] not in policy.get("email_domains", (mail.partition("@")[2],)):
            bad["mail", mail] = 1
    for item in account.of("role"):
        for pattern in policy.get("rights.forbid", ()):
            block, name = pattern.split(".")
            for right in RIGHTS:
                if block in ("*", right.split(".")[0]) and name in ("*", right.split(".")[1]):
                    bad["right", item.address.key, right] = WIDTHS.index(
                        item.attrs.get(f"rights.{right}", "none")
                    )
    return {key: size for key, size in bad.items() if size}


def grows(view: View, changes: list[Change], but: str = "") -> bool:
    """Whether a breach gets worse, other than those of one sort."""
    before = sizes(view.found, dict(view.settings.policy))
    then = sizes(after(view.found, changes), dict(view.settings.policy))
    if not list(view.found.of("user")):
        # Every account has people: where nobody is known they were not read, and who is missing cannot be told.
        then.pop(("technical",), None)
    return any(size > before.get(key, 0) for key, size in then.items() if key[0] != but)


@given(situations())
@settings(max_examples=150)
def test_what_makes_a_breach_worse_is_blocked_and_nothing_else(case: tuple[View, list[Change]]) -> None:
    view, changes = case
    blocked = {address for address, _ in worsened(changes, view)}
    assert bool(blocked) == grows(view, changes)
    # Where somebody who was to leave stays the rest may be too many: nothing of a blocked plan is written.
    stays = any(change.action == ARCHIVE for change in changes if change.address in blocked)
    rest = [change for change in changes if change.address not in blocked]
    assert not grows(view, rest, but="max" if stays else "")
    for change in changes:
        if change.address in blocked:
            kept = [item for item in changes if item.address not in blocked or item is change]
            others = [item for item in changes if item is not change]
            assert grows(view, kept) or sizes(
                after(view.found, changes), dict(view.settings.policy)
            ) != sizes(after(view.found, others), dict(view.settings.policy))


@given(situations())
@settings(max_examples=100)
def test_doing_what_people_are_told_ends_every_breach_that_was_there(
    case: tuple[View, list[Change]],
) -> None:
    view, changes = case
    known = {breach.key for breach in breaches(view.found, view.settings)}
    mends = [change for change in with_mends(changes, view) if change.channel == MANUAL]
    assert all(change.todo and change.reason.startswith("policy.") for change in mends)
    assert len({change.address for change in mends}) == len(mends)
    names = {change.address for change in mends}
    left = breaches(after(view.found, changes), view.settings)
    was = {breach.key: breach.size for breach in breaches(view.found, view.settings)}
    open_ = {breach.address for breach in left if breach.key in known and breach.size <= was[breach.key]}
    # Too many administrators are told by those whom nobody named, where these are enough.
    assert names == open_ or open_ - names == {Address("user", ("*",))}


@given(situations())
@settings(max_examples=50)
def test_no_allowance_lifts_a_policy(case: tuple[View, list[Change]]) -> None:
    view, changes = case
    changes = [change for change in changes if change.action != ARCHIVE]
    blocked, idle = weigh(changes, view, Lock(), ["*"])
    assert set(blocked) == {address for address, _ in worsened(changes, view)}
    assert idle == ("*",)
    assert all(text.startswith("policy.") for texts in blocked.values() for text in texts)


def test_what_a_person_is_to_do_is_not_counted_on() -> None:
    admin, back = user(MAILS[0], admin=True), user(MAILS[1], admin=True, active=False)
    view = View(Account(settings=Settings(policy={"admins.max": 1})), Account((admin, back)))
    leaves = replace(changed(admin, ARCHIVE, active=False), channel=MANUAL)
    comes = changed(back, RESTORE, active=True)
    assert [address for address, _ in worsened([leaves, comes], view)] == [back.address]
    assert not list(worsened([replace(leaves, channel="api"), comes], view))


def test_what_a_person_would_make_worse_is_blocked_too() -> None:
    made = replace(changed(user(MAILS[2]), CREATE, name="N"), channel=MANUAL)
    view = View(Account(settings=Settings(policy=POLICIES[4])), Account((user(MAILS[0]),)))
    assert [address for address, _ in worsened([made], view)] == [made.address]


def test_rights_of_ones_own_count_until_a_role_is_given() -> None:
    holder = user(MAILS[0], own={"rights.leads.delete": "own"})
    view = View(Account(settings=Settings(policy=POLICIES[0])), Account((holder,)))
    assert [breach.right for breach in breaches(view.found, view.settings)] == ["leads.delete"]
    given_role = replace(changed(holder, UPDATE, role=Address("role", ("x",))), channel=MANUAL)
    assert with_mends([given_role], view) == (given_role,)
    assert [change.address for change in with_mends([], view)] == [holder.address]


@pytest.mark.parametrize(
    ("policy", "path", "named"),
    [
        ({"admins.max": 1, "email_domains": ("a",)}, "users", "policy.admins.max, policy.email_domains"),
        ({"rights.forbid": ("*",)}, "roles", "policy.rights.forbid"),
        ({"rights.forbid": ("*",)}, "users", "policy.rights.forbid"),
        ({"admins.max": 0}, "roles", ""),
    ],
)
def test_what_cannot_be_read_is_told(policy: dict[str, Any], path: str, named: str) -> None:
    problems = list(unseen(Settings(policy=policy), {path: "no rights"}))
    assert [problem.what.partition(":")[0] for problem in problems] == ([named] if named else [])


def test_nobody_read_is_nobody_judged() -> None:
    policy = {"admins.technical": "t@firm.example", "admins.max": 1}
    assert breaches(Account(), Settings(policy=policy)) == ()
