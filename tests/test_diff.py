"""Differences one by one: what a change carries, what goes to a person, what is told of nested values."""

from dataclasses import replace
from typing import Any

import pytest

from amoconf.changes import API, ARCHIVE, CREATE, DELETE, MANUAL, REPLACE, AttrChange, Change
from amoconf.diff import diff, inside, same, split_by_hand
from amoconf.model import Account, Marks, Resource, Settings
from amoconf.values import Address

CITY = Address("field", ("leads", "city"))
OLD = Address("field", ("leads", "city@text"))
RETAIL = Address("pipeline", ("retail",))
TAG = Address("tag", ("leads", "vip"))


def field(address: Address = CITY, kind: str = "text", **more: Any) -> Resource:
    """A field of that type called Город."""
    attrs = {"name": "Город", "type": kind, **more.pop("attrs", {})}
    return Resource(address, attrs, **more)


def changes(wanted: list[Resource], found: list[Resource], **settings: Any) -> tuple[Change, ...]:
    """The differences of two lists of things."""
    return diff(Account(tuple(wanted), Settings(**settings)), Account(tuple(found)))


@pytest.mark.parametrize(("mark", "action"), [("archived", ARCHIVE), ("absent", DELETE)])
def test_what_leaves_carries_both_sides_and_the_reason(mark: str, action: str) -> None:
    want, have = field(marks=Marks(**{mark: "не нужно"})), field(id=5)
    (told,) = changes([want], [have])
    assert (told.action, told.want, told.have, told.reason) == (action, want, have, "не нужно")


def test_what_is_swept_has_no_wish_behind_it() -> None:
    vip = Resource(TAG, {"name": "VIP"}, id=1)
    (told,) = changes([], [vip], manage={("tag", "leads"): "all"})
    assert (told.action, told.want, told.have, told.reason) == (ARCHIVE, None, vip, "not listed in the spec")


@pytest.mark.parametrize("why", [{"fixed": True}, {"aside": True}, {"reserved": "own"}])
def test_what_the_platform_made_and_what_is_archived_is_not_swept(why: dict[str, Any]) -> None:
    vip = Resource(TAG, {"name": "VIP"}, id=1)
    rule = {("tag", "leads"): "all"}
    assert [item.address for item in changes([], [vip], manage=rule)] == [TAG]
    assert not changes([], [replace(vip, **why)], manage=rule)
    assert not changes([vip], [vip], manage=rule)
    assert not changes([], [vip], manage={("tag", "leads"): "listed", ("tag", "contacts"): "all"})


def test_people_are_never_swept() -> None:
    someone = Resource(Address("user", ("ivan@stroymarket.example",)), {"active": True}, id=7)
    assert changes([], [someone], manage={("user",): "all"}) == ()


def test_a_replace_carries_the_old_thing_and_the_reason() -> None:
    want, old = field(kind="select"), field(OLD, id=5)
    (told,) = diff(Account((want,)), Account((old,)), {CITY: old})
    assert (told.action, told.want, told.have, told.old, told.reason) == (
        REPLACE,
        want,
        None,
        old,
        "another type",
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ((), None, True),
        (None, {}, True),
        ((1,), None, False),
        ("Опт ", "Опт", True),
        ("Опт", "опт", False),
        (0, None, False),
        (False, None, False),
    ],
)
def test_empty_lists_and_maps_are_nothing(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


# ---- attributes that only a person can set

BY_HAND = AttrChange("in_archive", False, True)
NAME = AttrChange("name", "Розница", "[архив] Розница")


def test_what_a_person_sets_is_a_change_without_parts_order_and_numbers() -> None:
    part = Change(Address("stage", ("retail", "new")), CREATE)
    whole = Change(
        RETAIL,
        ARCHIVE,
        (NAME, BY_HAND),
        parts=(part,),
        target=(RETAIL,),
        numbers={RETAIL: 20},
        reason="закрыта",
    )
    rest, by_hand = split_by_hand(whole)
    assert rest == replace(whole, attributes=(NAME,))
    assert by_hand == Change(RETAIL, ARCHIVE, (BY_HAND,), reason="закрыта", channel=MANUAL)


@pytest.mark.parametrize(
    "whole",
    [
        Change(RETAIL, ARCHIVE, (NAME,)),
        Change(RETAIL, ARCHIVE, (NAME, BY_HAND), channel=MANUAL),
        Change(RETAIL, CREATE, (NAME, BY_HAND)),
        Change(RETAIL, ARCHIVE, (AttrChange("position", 1, 2),)),
    ],
)
def test_what_need_not_be_split_stays_as_it_is(whole: Change) -> None:
    assert split_by_hand(whole) == (whole,)


def test_where_a_person_does_everything_nothing_is_left_for_the_program() -> None:
    (by_hand,) = split_by_hand(Change(RETAIL, ARCHIVE, (BY_HAND,), channel=API))
    assert (by_hand.channel, by_hand.attributes) == (MANUAL, (BY_HAND,))


# ---- inside of nested values

ONE, TWO, THREE = {"x": 1}, {"x": 2}, {"x": 3, "y": 4}


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        # Lists of maps are compared without their order, in a map or alone.
        ({"a": (ONE, TWO)}, {"a": (TWO, ONE)}, []),
        ((ONE, TWO), (TWO, ONE), []),
        ((ONE,), (TWO,), [(("x",), 1, 2)]),
        # What went or came is told whole.
        ({"a": (ONE, THREE)}, {"a": (ONE,)}, [(("a",), THREE, None)]),
        ({"a": (ONE,)}, {"a": (ONE, THREE)}, [(("a",), None, THREE)]),
        ({"a": (ONE,), "b": 1}, {"b": 1}, [(("a",), [ONE], None)]),
        # An item that became another is one that went and one that came.
        ({"a": (1, ONE)}, {"a": (2, ONE)}, [(("a",), 1, None), (("a",), None, 2)]),
        # A list against a scalar, with or without maps around.
        ({"a": (1,)}, {"a": 5}, [(("a",), [1], 5)]),
        ({"a": 5}, {"a": (1,)}, [(("a",), 5, [1])]),
        ({"a": (ONE,)}, {"a": 5}, [(("a",), [ONE], 5)]),
        # What is gone and what has come, each in its own order.
        (("c", "a"), ("d", "b"), [((), "a", None), ((), "c", None), ((), None, "b"), ((), None, "d")]),
    ],
)
def test_inside_of_lists(before: Any, after: Any, rows: list[Any]) -> None:
    assert inside(before, after) == rows


def test_inside_tells_in_the_order_of_the_new_side() -> None:
    flat = inside({"a": 1, "m": 1, "z": 1}, {"z": 2, "m": 2, "b": 2})
    assert [row[0] for row in flat] == [("z",), ("m",), ("b",), ("a",)]
    nested = inside({"a": (ONE,), "m": (ONE,), "z": (ONE,)}, {"z": (TWO,), "m": (TWO,), "a": (TWO,)})
    assert nested == [(("z", "x"), 1, 2), (("m", "x"), 1, 2), (("a", "x"), 1, 2)]


def test_moves_come_in_the_order_of_the_spec() -> None:
    """With them come the numbers that neighbours get: the same in every run."""
    keys = [f"f{number}" for number in range(40)]

    def account(names: list[str]) -> Account:
        rows = [
            Resource(Address("field", ("leads", key)), {"name": key, "type": "text"}, id=key, place=place)
            for place, key in enumerate(names)
        ]
        return Account(tuple(row.but(raw={"sort": row.place}) for row in rows))

    moves = [change.address.key for change in diff(account(keys[::-1]), account(keys))]
    assert len(moves) == 39
    assert moves == [key for key in keys[::-1] if key in moves]
