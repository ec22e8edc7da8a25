"""What the lock goes on knowing of deals that wait, and what a plan says of them, for situations given as data."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from amoconf.agreed import NEWEST, OLDEST, WAITING, agreement, entries_after
from amoconf.awaited import with_adrift, with_deals, with_dropped, with_others
from amoconf.changes import REPLACE, Change, View
from amoconf.errors import LockError
from amoconf.lock import Entry, Lock, load
from amoconf.model import Account, Marks, Resource
from amoconf.owing import carried, lost, remembered
from amoconf.plan import Plan
from amoconf.recipe import Recipe
from amoconf.unfilled import Left
from amoconf.values import Address
from tests.test_other_rules import FIELD, MOSCOW, OTHER, PENZA, RECIPE, SAID, option, record, said

NAME = Address("field", ("leads", "city@text"))
TOWN = Address("field", ("leads", "town"))
INCOMING = (7, 8)
LACKS: Mapping[str, Any] = {**agreement(RECIPE), WAITING: 3, OLDEST: 1, NEWEST: 9}


def thing(
    address: Address, number: int | None, kind: str, convert: bool = False, name: str = "Город"
) -> Resource:
    """A field. number: its id, None for what the spec wants."""
    return Resource(
        address,
        {"name": name, "type": kind},
        id=number,
        marks=Marks(extras={"convert": SAID} if convert else {}),
    )


OLD, NEW = thing(NAME, 1, "text", name="[архив] Город"), thing(FIELD, 2, "select")
WANT = thing(FIELD, None, "select", convert=True)
CHOICES = [Resource(row.address, {"name": row.name}, id=10 + n) for n, row in enumerate((PENZA, MOSCOW))]
CHAIN = (
    thing(FIELD, None, "multiselect", convert=True),
    thing(Address("field", ("leads", "city@select")), 2, "select"),
)


def plan_of(wanted: Iterable[Resource], found: Iterable[Resource], *changes: Change) -> Plan:
    """A plan that was made of these."""
    return Plan(changes, (), View(Account((*wanted, *CHOICES)), Account((*found, *CHOICES))))


def lock_of(attrs: Mapping[str, Any] = LACKS) -> Lock:
    """One that knows both fields."""
    return Lock(1, {NAME: Entry(1, attrs), FIELD: Entry(2)})


@pytest.mark.parametrize(
    ("plan", "kept", "told"),
    [
        (plan_of([WANT], [OLD, NEW]), NAME, ""),
        (plan_of([], [OLD, NEW]), NAME, "list field/leads/city in the spec again"),
        (
            plan_of([thing(TOWN, None, "select", True)], [OLD, thing(TOWN, 2, "select")]),
            "field/leads/town@text",
            "",
        ),
        (plan_of([], []), NAME, "list field/leads/city in the spec again"),
        (
            plan_of(CHAIN[:1], [OLD, CHAIN[1]], Change(FIELD, REPLACE, want=CHAIN[0], old=CHAIN[1])),
            NAME,
            "is replaced once more",
        ),
        (plan_of([WANT], [NEW]), None, ""),
        (plan_of([thing(FIELD, None, "text")], [thing(FIELD, 1, "text"), CHAIN[1]]), None, ""),
        (plan_of([WANT], [OLD], Change(FIELD, REPLACE, want=WANT, old=OLD)), None, ""),
    ],
    ids=["quiet", "unlisted", "key", "unread", "once more", "gone", "listed again", "anew"],
)
def test_deals_that_wait_are_not_forgotten(plan: Plan, kept: object, told: str) -> None:
    """As long as their old field is there and is an old one."""
    after = replace(plan, waiting=carried(plan, lock_of()))
    entries = entries_after(after, {}, frozenset({FIELD}), plan.view.found)
    assert {str(name): entry.attrs for name, entry in entries.items()} == ({str(kept): LACKS} if kept else {})
    assert told in "".join(row.todo for row in with_adrift(after, lock_of()).notices)
    assert bool(told) == bool(with_adrift(after, lock_of()).notices)


@pytest.mark.parametrize("convert", [True, False])
def test_where_the_spec_is_silent_nothing_moves_anew(convert: bool) -> None:
    """One option more is another map only where the spec itself says how values move."""
    more = Resource(OTHER.address, {"name": "Другой"}, id=12)
    plan = plan_of([thing(FIELD, None, "select", convert), more], [OLD, NEW, more])
    for attrs in (agreement(RECIPE), LACKS):
        found = [left.anew for left in remembered(plan, lock_of(attrs), anew=lambda address: True)]
        assert found == ([True] if convert else [False] * (WAITING in attrs))


def deals(left: Left, *texts: str, waits: bool = True) -> Left:
    """Shown deals with these values of the old field, numbered on."""
    left.places = frozenset({INCOMING})
    place = dict(zip(("pipeline_id", "status_id"), INCOMING if waits else (7, 9), strict=True))
    start = len(left.lacking) + 1
    for number, text in enumerate(texts, start):
        left.take({**record(number, text), **place})
    return left


def left_of(recipe: Recipe = RECIPE, attrs: Mapping[str, Any] = LACKS, **more: Any) -> Left:
    """What was left of the replace."""
    return Left(recipe, 2, NAME, OLD, Entry(1, attrs), **more)


def test_of_a_lost_lock_only_who_waits_now_counts() -> None:
    """A new field that is empty elsewhere may be somebody's will."""
    plan = plan_of([WANT], [OLD, NEW])
    [left] = lost(plan, Lock(1))
    deals(deals(left, "Penza", "?"), "Мск", waits=False)
    waiting = left.summed(left.recipe)
    assert (left.name, waiting.count, waiting.accepted) == (NAME, 1, 0)
    assert not carried(plan, Lock(1))
    assert not list(lost(plan, lock_of(agreement(RECIPE))))
    assert not list(lost(plan_of([replace(WANT, marks=Marks())], [OLD, NEW]), Lock(1)))


@pytest.mark.parametrize(
    ("recipe", "seen", "exact", "records", "starts"),
    [
        (RECIPE, 0, False, 3, "3 deals waited"),
        (RECIPE, 2, False, 3, "3 deals waited"),
        (RECIPE, 4, False, 4, "at least 4 deals wait"),
        (RECIPE, 2, True, 2, "2 deals wait "),
        (RECIPE, 0, True, None, ""),
    ],
)
def test_a_quick_look_does_not_unsay_who_waits(
    recipe: Recipe, seen: int, exact: bool, records: int | None, starts: str
) -> None:
    """What it has not found the lock still knows."""
    left = deals(left_of(recipe), *["Penza", "Мск", "Пенза", "Москва"][:seen])
    plan = with_deals(plan_of([WANT], [OLD, NEW]), left, left.summed(recipe), exact=exact, manual=True)
    assert [row.records for row in plan.impacts.values()] == ([] if records is None else [records])
    assert all(step.text.startswith(starts) for step in plan.steps)
    assert all(row.exact == exact for row in plan.impacts.values())
    assert not with_deals(plan_of([], []), left, left.summed(recipe), exact=exact, manual=False).changes


def test_what_will_be_taken_out_is_no_work_for_people() -> None:
    recipe = said(unsorted="take_out")
    left = left_of(recipe)
    plan = with_deals(plan_of([WANT], [OLD, NEW]), left, left.summed(recipe), exact=False, manual=True)
    assert [(change.address, change.action) for change in plan.changes] == [(FIELD, "update")]


def test_a_part_is_not_told_as_the_whole() -> None:
    now = said(values={"Москва": ["Penza"]})
    left = left_of(now, anew=True)
    left.take(record(1, "Penza", 10))
    plan = plan_of([WANT], [OLD, NEW])
    assert "at least 1 record holds" in with_others(plan, left, now, (), exact=False).notices[0].what
    assert ": 1 record holds" in with_others(plan, left, now, (), exact=True).notices[0].what


@pytest.mark.parametrize("anew", [True, False])
def test_what_the_rules_no_longer_know_is_told(anew: bool) -> None:
    """An option got another name: deals with its former one have waited and will wait no more."""
    renamed = replace(RECIPE, options=(option("г. Пенза"), MOSCOW), said={"values": {"г. Пенза": ["Penza"]}})
    left = deals(left_of(renamed, anew=anew), "Пенза", "Penza", "?", *[f"{n}" for n in range(8)], "Пенза")
    plan = plan_of([WANT], [OLD, NEW])
    [notice] = with_dropped(plan, left, renamed, exact=True).notices
    assert ": 1 deal that waited" in notice.what
    assert not with_dropped(plan, deals(left_of(), "Пенза", "?"), RECIPE, exact=True).notices


def test_nobody_is_told_to_delete_what_remembers_deals() -> None:
    for text in ("<<<<<<<", '"amoconf_lock": 99', '"amoconf_lock": 1'):
        with pytest.raises(LockError) as caught:
            load(text, "account.lock.yaml")
        [problem] = caught.value.problems
        assert "from git" in problem.todo
        assert "or delete" not in problem.todo
