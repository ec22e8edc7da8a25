"""Plans: what waits for a person, the order of steps, what travels together."""

import pytest

from amoconf.bodies import batches, joins
from amoconf.changes import API, CREATE, MANUAL, Change, Learn, Step, View
from amoconf.lock import Lock
from amoconf.model import Account, Resource
from amoconf.plan import ordered, plan, waiting
from amoconf.values import Address, Ref

FIELD = Address("field", ("leads", "city"))
OPTION = Address("option", ("leads", "city", "Пенза"))
TAG = Address("tag", ("leads", "vip"))
GROUP = Address("field_group", ("leads", "delivery"))
NOTHING = View(Account(), Account())


def change(address: Address, channel: str = API, **attrs: object) -> Change:
    """A thing to be made."""
    return Change(address, CREATE, want=Resource(address, attrs), channel=channel)


def step(address: Address, **more: object) -> Step:
    """A step for one change."""
    known = {"method": "POST", "path": ("leads", address.kind), "body": {}, **more}
    return Step((address,), f"make {address}", **known)  # type: ignore[arg-type]


def test_what_waits_for_a_person_is_manual_too() -> None:
    by_hand = change(GROUP, MANUAL)
    told = waiting([change(OPTION), change(FIELD, group=GROUP), by_hand, change(TAG)], NOTHING)
    assert [(item.channel, item.waits) for item in told] == [
        (MANUAL, f"after {FIELD}"),
        (MANUAL, f"after {GROUP}"),
        (MANUAL, ""),
        (API, ""),
    ]


def test_a_waiting_change_is_a_manual_step_with_its_reason() -> None:
    made = plan([change(FIELD, group=GROUP), change(GROUP, MANUAL)], NOTHING, Lock())
    assert f"after {GROUP}" in [item.text for item in made.manual_steps]
    assert not made.without_manual().changes


def test_what_others_refer_to_is_made_first() -> None:
    first = step(GROUP, learns=(Learn(GROUP),))
    second = step(FIELD, body={"group_id": Ref(GROUP)}, learns=(Learn(FIELD),))
    third = step(TAG, path=("fields", Ref(FIELD)))
    last = step(Address("tag", ("leads", "a")), after=(FIELD,), method="PATCH")
    made = ordered([last, third, second, first])
    assert made[:2] == (first, second)
    assert [item in made[2:] for item in (third, last)] == [True, True]


def test_takings_away_come_last_and_children_before_parents() -> None:
    rows = [step(FIELD, last=True), step(OPTION, last=True), step(TAG)]
    assert [item.serves[0] for item in ordered(rows)] == [TAG, OPTION, FIELD]


def test_steps_of_one_change_and_of_one_chain_keep_their_order() -> None:
    one, two = step(TAG, method="PATCH"), step(TAG, array="tags")
    assert ordered([one, two]) == (one, two)
    other = Address("tag", ("leads", "a"))
    one, two = step(TAG, method="PATCH", chain=FIELD), step(other, array="tags", chain=FIELD)
    assert ordered([one, two]) == (one, two)
    assert [len(batch) for batch in batches([step(TAG, array="tags", chain=FIELD), two])] == [1, 1]


def test_equal_steps_are_one_step_for_several_changes() -> None:
    one = step(FIELD, learns=(Learn(GROUP),), body={"name": "Архив"})
    two = Step((TAG,), **{name: getattr(one, name) for name in ("text", "method", "path", "body", "learns")})
    assert [item.serves for item in ordered([one, two])] == [(FIELD, TAG)]


def test_steps_that_wait_for_one_another_are_an_error() -> None:
    rows = [
        step(GROUP, learns=(Learn(GROUP),), body=[Ref(FIELD)]),
        step(FIELD, learns=(Learn(FIELD),), body=[Ref(GROUP)]),
    ]
    with pytest.raises(ValueError, match="wait for one another"):
        ordered(rows)


def test_what_needs_an_id_does_not_travel_with_what_makes_it() -> None:
    first = step(FIELD, array="fields", path=("fields",), learns=(Learn(FIELD),))
    second = step(TAG, array="fields", path=("fields",), body={"field": Ref(FIELD)})
    assert not joins([first], second)
    assert joins([first], step(TAG, array="fields", path=("fields",)))
    assert not joins([first], step(TAG, array="fields", path=("other",)))
    assert not joins([first] * 50, step(TAG, array="fields", path=("fields",)))
