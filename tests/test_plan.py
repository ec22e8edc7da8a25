"""Plans: what waits for a person, the order of steps, what travels together."""

from dataclasses import replace
from typing import Any

import pytest

from amoconf.bodies import batches, joins
from amoconf.changes import API, ARCHIVE, CREATE, DELETE, MANUAL, UPDATE, Change, Learn, Step, View
from amoconf.errors import Problem, Where
from amoconf.lock import Entry, Lock
from amoconf.model import Account, Marks, Resource, Settings
from amoconf.plan import erased, plan, waiting, with_origins, without_secrets
from amoconf.steporder import ordered
from amoconf.values import Address, Hidden, Ref

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


def test_what_is_there_already_is_not_waited_for() -> None:
    there = View(Account(), Account((Resource(GROUP, {}),)))
    for by_hand in (change(GROUP, MANUAL), replace(change(GROUP, MANUAL), action=ARCHIVE)):
        rows = [change(FIELD, group=GROUP), by_hand]
        assert [item.channel for item in waiting(rows, there)] == [API, MANUAL]
    gone = replace(change(GROUP, MANUAL), action=ARCHIVE)
    assert waiting([change(FIELD, group=GROUP), gone], NOTHING)[0].channel == API


def test_what_is_only_said_in_marks_is_waited_for_too() -> None:
    want = Resource(FIELD, {}, marks=Marks(absent="нет", extras={"move_to": GROUP}))
    rows = [Change(FIELD, DELETE, want=want), Change(TAG, ARCHIVE), change(GROUP, MANUAL)]
    assert [item.waits for item in waiting(rows, NOTHING)] == [f"after {GROUP}", "", ""]


def test_parts_of_a_plan() -> None:
    rows = [change(TAG), change(GROUP, MANUAL)]
    made = plan(rows, NOTHING, Lock())
    assert [item.is_manual for item in made.steps].count(True) == 1
    left = made.without_manual()
    assert [item.address for item in left.changes] == [TAG]
    assert left.steps == made.open_steps
    assert [item.serves for item in left.steps] == [(TAG,)]
    told = made.without({TAG})
    assert [item.address for item in told.changes] == [GROUP]
    assert told.steps == made.steps


def test_a_plan_counts_what_stays_and_lists_what_nobody_speaks_of() -> None:
    other, stranger = Address("tag", ("leads", "b2b")), Address("tag", ("leads", "Чужой"))
    kept = [Resource(Address("field", ("leads", key)), {}) for key in ("one", "two")]
    part = change(Address("stage", ("retail", "new")), name="Новая")
    made = replace(change(Address("pipeline", ("retail",))), parts=(part,))
    wants = [Resource(other, {}), *kept, part.want, made.want, Resource(TAG, {})]
    view = View(
        Account(tuple(item for item in wants if item is not None)),
        Account((Resource(stranger, {}, id=1), *kept)),
    )
    told = plan(
        [made, change(TAG), change(other)], view, Lock(), allowed=["*", "tag/leads/x"], notices=(SAID,)
    )
    assert (told.unchanged, told.unlisted) == (2, (stranger,))
    assert told.allowed == ("*", "tag/leads/x")
    assert set(told.idle_allowances) == set(told.allowed)
    assert told.notices == (SAID,)


def test_what_is_managed_is_spoken_of_though_nothing_is_listed() -> None:
    stranger = Resource(Address("tag", ("leads", "Чужой")), {}, id=1)
    other = Resource(Address("tag", ("contacts", "Чужой")), {}, id=2)
    settings = Settings(manage={("tag", "leads"): "listed"})
    told = plan([], View(Account((), settings), Account((stranger, other))), Lock())
    assert told.unlisted == (stranger.address,)


SAID = Problem("something to know")
HIDDEN = Hidden("https://erp.example/${secret:ERP}", None)


def test_what_a_secret_is_missing_for_is_told_with_its_place() -> None:
    where = Where("spec.yaml", 7, 3)
    hook = Resource(Address("webhook", ("erp",)), {"url": HIDDEN}, where=where)
    told = plan([], View(Account((hook,)), Account()), Lock())
    assert told.unknown == {hook.address: str(HIDDEN)}
    (notice,) = told.notices
    assert (notice.where, notice.address) == (where, "webhook/erp")
    assert notice.todo == "set AMOCONF_SECRET_<name>, or write the value to the secrets file"


def test_secrets_of_marks_are_needed_only_to_make_a_thing() -> None:
    want = Resource(TAG, {}, marks=Marks(extras={"password": HIDDEN}))
    made = Change(TAG, CREATE, want=want)
    assert without_secrets([made], NOTHING) == {TAG: str(HIDDEN)}
    assert without_secrets([replace(made, channel=MANUAL)], NOTHING) == {}
    assert without_secrets([replace(made, action=UPDATE)], NOTHING) == {}
    assert without_secrets([replace(made, want=None)], NOTHING) == {}


def test_archived_things_that_were_there_and_are_gone_are_told() -> None:
    marks = Marks(archived="не нужно")
    want = Resource(OPTION, {"name": "Пенза"}, marks=marks)
    known = Lock(1, {OPTION: Entry(5)})
    staying, leaving = Resource(FIELD, {}), Resource(FIELD, {}, marks=marks)
    there = Account((replace(want, marks=Marks(), id=5),))
    assert [item.want for item in erased(View(Account((staying, want)), Account()), known)] == [want]
    assert not list(erased(View(Account((staying, want)), there), known))
    assert not list(erased(View(Account((leaving, want)), Account()), known))
    assert not list(erased(View(Account((staying, want)), Account()), Lock()))
    assert not list(erased(View(Account((staying, replace(want, marks=Marks()))), Account()), known))


@pytest.mark.parametrize(("marks", "origin"), [(Marks(absent="нет"), "spec"), (Marks(), None)])
def test_a_removal_without_differences_was_asked_for_by_the_spec(marks: Marks, origin: str | None) -> None:
    have = Resource(TAG, {"name": "VIP"}, id=1)
    removal = Change(TAG, DELETE, have=have, want=Resource(TAG, {"name": "VIP"}, marks=marks))
    known = Lock(1, {TAG: Entry(1, {"name": "VIP"})})
    assert [item.origin for item in with_origins([removal], known)] == [origin]
    assert [item.origin for item in with_origins([removal], Lock())] == [None]


def test_what_others_refer_to_is_made_first() -> None:
    first = step(GROUP, learns=(Learn(GROUP),))
    second = step(FIELD, body={"group_id": Ref(GROUP)}, learns=(Learn(FIELD),))
    third = step(TAG, path=("fields", Ref(FIELD)))
    last = step(Address("tag", ("leads", "a")), after=(FIELD,), method="PATCH")
    made = ordered([last, third, second, first])
    assert made[:2] == (first, second)
    assert [item in made[2:] for item in (third, last)] == [True, True]


@pytest.mark.parametrize(
    "how",
    [
        {"path": ("fields", Ref(FIELD))},
        {"body": [{"rows": ({"field": Ref(FIELD)},)}]},
        {"after": (FIELD,)},
    ],
)
def test_a_reference_anywhere_is_stronger_than_the_order_of_kinds(how: dict[str, Any]) -> None:
    maker, user = step(FIELD, learns=(Learn(FIELD),)), step(GROUP, **how)
    assert ordered([user, maker]) == (maker, user)
    assert ordered([maker, step(GROUP)]) == (step(GROUP), maker)


def test_steps_of_one_rank_keep_the_order_of_the_plan() -> None:
    first = step(FIELD, learns=(Learn(FIELD),))
    second, third = (
        step(Address("field", ("leads", key)), after=after) for key, after in (("b", (FIELD,)), ("a", ()))
    )
    assert ordered([first, second, third]) == (first, second, third)


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
        step(TAG),
    ]
    with pytest.raises(ValueError, match=f"wait for one another: {GROUP}, {FIELD}$"):
        ordered(rows)


def test_what_needs_an_id_does_not_travel_with_what_makes_it() -> None:
    first = step(FIELD, array="fields", path=("fields",), learns=(Learn(FIELD),))
    second = step(TAG, array="fields", path=("fields",), body={"field": Ref(FIELD)})
    assert not joins([first], second)
    assert joins([first], step(TAG, array="fields", path=("fields",)))
    assert not joins([first], step(TAG, array="fields", path=("other",)))
    assert not joins([first] * 50, step(TAG, array="fields", path=("fields",)))
