"""Which live thing is which wanted one: rungs, ambiguities, names of the rest."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.errors import Problem, Where
from amoconf.lookalikes import ALIKE, fold
from amoconf.match import adopt
from amoconf.model import Account, Marks, Resource
from amoconf.values import Address

NAMES = ("Опт", "опт ", "Розница", "Сервис", "[архив] Опт", "Дубль", "#5")


def tag(key: str, name: str | None = None, **marks: Any) -> Resource:
    """A wanted tag."""
    return Resource(Address("tag", ("leads", key)), {"name": name or key}, marks=Marks(**marks))


def live(key: int, name: str, **more: Any) -> Resource:
    """A tag of the account."""
    return Resource(Address("tag", ("leads", f"#{key}")), {"name": name}, id=key, **more)


def field(key: str, name: str, kind: str | None = "text", **more: Any) -> Resource:
    """A wanted field; one of the account where it has an id."""
    attrs = {"name": name, **({"type": kind} if kind else {}), **more.pop("attrs", {})}
    return Resource(Address("field", ("leads", key)), attrs, **more)


def pairs(wanted: list[Resource], found: list[Resource], ids: dict[str, int] | None = None) -> dict[str, Any]:
    """Key of each wanted thing → id of the live one."""
    kind = wanted[0].address.kind
    known = {Address(kind, ("leads", key)): number for key, number in (ids or {}).items()}
    adopted = adopt(Account(tuple(wanted)), Account(tuple(found)), known).found.index
    return {item.address.key: have.id if (have := adopted.get(item.address)) else None for item in wanted}


def said(wanted: list[Resource], found: list[Resource]) -> list[str]:
    """Problems."""
    adopted = adopt(Account(tuple(wanted)), Account(tuple(found)), {})
    return [str(item) for item in adopted.problems]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [({"vip": 2}, 2), ({}, 1), ({"vip": 9}, 1)],
)
def test_the_lock_comes_before_the_name(ids: dict[str, int], expected: int) -> None:
    assert pairs([tag("vip", "VIP")], [live(1, "VIP"), live(2, "Вип")], ids) == {"vip": expected}


def test_the_code_comes_before_the_name() -> None:
    wanted = [field("city", "Город", attrs={"code": "CITY"})]
    found = [field("#1", "Город", id=1), field("#2", "Town", id=2, attrs={"code": "CITY"})]
    assert pairs(wanted, found) == {"city": 2}


def test_the_name_comes_before_the_archived_name_and_that_before_was() -> None:
    wanted = [tag("vip", "VIP", was=("Вип",))]
    found = [live(3, "Вип"), live(2, "[архив] VIP"), live(1, "VIP")]
    assert pairs(wanted, found) == {"vip": 1}
    assert pairs(wanted, found[:2]) == {"vip": 2}
    assert pairs(wanted, found[:1]) == {"vip": 3}


def test_each_rung_is_tried_for_all_before_the_next() -> None:
    """The name of the second thing stands before what the first was called."""
    wanted = [tag("a", "Новый", was=("Опт",)), tag("b", "Опт")]
    assert pairs(wanted, [live(1, "Опт"), live(2, "Другой")]) == {"a": None, "b": 1}


def test_names_swapped_in_the_account_are_followed_by_the_lock() -> None:
    wanted = [tag("a", "Опт"), tag("b", "Розница")]
    found = [live(1, "Розница"), live(2, "Опт")]
    assert pairs(wanted, found, {"a": 1, "b": 2}) == {"a": 1, "b": 2}
    assert pairs(wanted, found) == {"a": 2, "b": 1}


def test_two_candidates_within_a_rung_are_an_error_that_shows_both() -> None:
    found = [live(7, "Опт"), live(3, "Опт")]
    assert "ids 3, 7" in said([tag("a", "Опт")], found)[0]
    assert "twin: 1" in said([tag("a", "Опт")], found)[0]
    assert not said([tag("a", "Опт", twin=1)], found)


def test_the_first_by_id_stands_in_where_two_could_be_it() -> None:
    found = [live(7, "Опт"), live(3, "Опт"), live(5, "Оптовый")]
    assert pairs([tag("a", "Опт")], found) == {"a": 3}
    text = said([tag("a", "Крупный", was=("Оптовый", "Сервис"))], [live(2, "Сервис"), live(5, "Оптовый")])[0]
    assert "'Оптовый'" in text


def test_ids_are_counted_as_numbers() -> None:
    assert pairs([tag("a", "Опт", twin=2)], [live(10, "Опт"), live(9, "Опт")]) == {"a": 10}


def test_a_twin_that_is_not_there_is_made() -> None:
    wanted = [tag("a", "Опт"), tag("b", "Опт", twin=2)]
    assert pairs(wanted, [live(1, "Опт")]) == {"a": 1, "b": None}
    assert pairs(wanted, [live(1, "Опт"), live(2, "Опт")]) == {"a": 1, "b": 2}


def test_two_twins_with_one_id_in_the_lock_are_not_one_thing() -> None:
    wanted = [tag("b", "Опт", twin=2), tag("a", "Опт")]
    assert pairs(wanted, [live(1, "Другой")], {"a": 1, "b": 1}) == {"b": 1, "a": None}


def test_what_was_matches_nothing_is_told_where_it_stands() -> None:
    where = Where("spec.yaml", 3, 5)
    wants = [
        tag("a", "Опт", was=("Крупный", "Мелкий")),
        tag("b", "Розница"),
        tag("c", "В", was=("Г",), absent=""),
    ]
    wanted = Account(tuple(replace(want, where=where) for want in wants))
    adopted = adopt(wanted, Account((live(1, "Сервис"),)), {})
    assert adopted.notices == (
        Problem(
            "tag/leads/a: nothing in the account is called Крупный, Мелкий; it will be created",
            "take the `was` out once it is done",
            where,
        ),
    )


def test_the_platforms_own_things_are_known_by_their_keys() -> None:
    home = Resource(Address("pipeline", ("#1",)), {"name": "Розница"}, id=1)
    rows = [
        Resource(Address("stage", ("#1", "#142")), {"name": "Продано"}, id=142, reserved="won"),
        Resource(Address("stage", ("#1", "#7")), {"name": "won"}, id=7),
    ]
    wanted = [
        Resource(Address("pipeline", ("retail",)), {"name": "Розница"}),
        Resource(Address("stage", ("retail", "won")), {"name": "won"}),
    ]
    found = adopt(Account(tuple(wanted)), Account((home, *rows)), {}).found
    assert found.index[Address("stage", ("retail", "won"))].id == 142


def test_what_has_no_name_is_not_found_by_it() -> None:
    home = Resource(Address("pipeline", ("#1",)), {"name": "Розница"}, id=1)
    own = Resource(Address("stage", ("#1", "#100")), {"name": "Неразобранное"}, id=100, reserved="unsorted")
    nameless = Resource(Address("stage", ("#1", "#7")), {}, id=7)
    wanted = (
        Resource(Address("pipeline", ("retail",)), {"name": "Розница"}),
        Resource(Address("stage", ("retail", "new")), {}),
    )
    found = adopt(Account(wanted), Account((home, own, nameless)), {}).found
    assert [item.address.path for item in found.of("stage")] == [("retail", "unsorted"), ("retail", "#7")]


def test_the_platforms_own_things_keep_their_keys_and_are_not_found_by_name() -> None:
    home = Resource(Address("pipeline", ("#1",)), {"name": "Розница"}, id=1)
    same = Resource(Address("stage", ("#1", "#7")), {"name": "won"}, id=7)
    own = Resource(Address("stage", ("#1", "#142")), {"name": "Продано"}, id=142, reserved="won")
    wanted = (
        Resource(Address("pipeline", ("retail",)), {"name": "Розница"}),
        Resource(Address("stage", ("retail", "sold")), {"name": "Продано"}),
    )
    found = adopt(Account(wanted), Account((home, same, own)), {}).found
    assert {item.id: item.address.path for item in found.of("stage")} == {
        142: ("retail", "won"),
        7: ("retail", "won#7"),
    }


def test_an_unlisted_thing_never_takes_the_address_of_a_wanted_one() -> None:
    adopted = adopt(Account((tag("Опт", "Крупный"),)), Account((live(1, "Опт"), live(2, "Опт"))), {})
    assert [item.address.key for item in adopted.found.resources] == ["Опт#1", "Опт#2"]


def test_references_speak_the_specs_language() -> None:
    group = Resource(Address("field_group", ("leads", "#g1")), {"name": "Доставка"}, id="g1")
    home = Resource(Address("pipeline", ("#1",)), {"name": "Розница"}, id=1)
    stage = Resource(Address("stage", ("#1", "#11")), {"name": "Новая"}, id=11)
    spoken = Address("stage", ("small", "won"))
    at = (
        Address("stage", ("#1", "#11")),
        Address("stage", ("#1", "#99")),
        Address("stage", ("#8", "#81")),
        spoken,
    )
    have = field("#5", "Город", id=5, attrs={"group": group.address, "required_at": at})
    wanted = Account(
        (
            Resource(Address("field_group", ("leads", "delivery")), {"name": "Доставка"}),
            Resource(Address("pipeline", ("retail",)), {"name": "Розница"}),
        )
    )
    found = adopt(wanted, Account((group, home, stage, have)), {}).found
    attrs = found.index[Address("field", ("leads", "Город"))].attrs
    assert attrs["group"] == Address("field_group", ("leads", "delivery"))
    assert set(attrs["required_at"]) == {
        Address("stage", ("retail", "Новая")),
        Address("stage", ("retail", "#99")),
        Address("stage", ("#8", "#81")),
        spoken,
    }


def test_a_thing_of_another_type_is_what_the_wanted_one_replaces() -> None:
    adopted = adopt(Account((field("city", "Город", "date"),)), Account((field("#1", "Город", id=1),)), {})
    assert adopted.found.get(Address("field", ("leads", "city"))) is None
    assert adopted.old[Address("field", ("leads", "city"))].address == Address(
        "field", ("leads", "city@text")
    )
    assert adopted.found.index[Address("field", ("leads", "city@text"))].aside


def test_of_two_with_one_name_the_one_of_the_wanted_type_is_the_thing() -> None:
    found = Account((field("#1", "Город", id=1), field("#2", "Город", "select", id=2)))
    adopted = adopt(Account((field("city", "Город", "select"),)), found, {})
    assert adopted.found.index[Address("field", ("leads", "city"))].id == 2
    assert adopted.old[Address("field", ("leads", "city"))].id == 1


def test_things_of_another_type_are_no_rivals() -> None:
    rows = [field("#1", "Город", id=1), field("#2", "Город", id=2), field("#3", "Город", "select", id=3)]
    assert pairs([field("city", "Город", "select")], rows) == {"city": 3}
    assert not said([field("city", "Город", "select")], rows)
    assert "(ids 1, 2)" in said([field("city", "Город")], rows)[0]


def test_a_listed_thing_of_the_same_name_and_another_type_is_no_predecessor() -> None:
    wanted = Account((field("city", "Город", "select"), field("town", "Город", "text", marks=Marks(twin=1))))
    found = Account((field("#1", "Город", id=1), field("#2", "Город", "select", id=2)))
    adopted = adopt(
        wanted, found, {Address("field", ("leads", "city")): 2, Address("field", ("leads", "town")): 1}
    )
    assert not adopted.old


CITY, TOWN = Address("field", ("leads", "city")), Address("field", ("leads", "town"))


def test_what_cannot_become_another_type_is_told_with_its_place() -> None:
    where = Where("spec.yaml", 9, 3)
    (problem,) = adopt(
        Account((field("city", "Город", "file", where=where),)),
        Account((field("#1", "Город", id=1),)),
        {},
    ).problems
    assert problem.what.startswith("field/leads/city: a field of type text cannot become file")
    assert (problem.todo, problem.where, problem.address) == ("", where, "field/leads/city")


def test_one_old_thing_is_replaced_once() -> None:
    wanted = Account(
        (field("city", "Город", "select"), field("town", "Город", "select", marks=Marks(twin=2)))
    )
    rows = (
        field("#1", "Город", "select", id=1),
        field("#2", "Город", "select", id=2),
        field("#3", "Город", id=3),
    )
    adopted = adopt(wanted, Account(rows), {CITY: 1, TOWN: 2})
    assert {address: item.id for address, item in adopted.old.items()} == {CITY: 3}


def test_the_new_thing_of_an_unfinished_replace_has_its_name_and_type() -> None:
    wanted = Account((field("city", "Город", "select"),))
    other = adopt(
        wanted, Account((field("#1", "Город", id=1), field("#2", "Склад", "select", id=2))), {CITY: 1}
    )
    assert other.found.get(CITY) is None
    rows = (
        field("#1", "Town", id=1),
        field("#2", "Город", "select", id=2),
        field("#3", "Город", "date", id=3),
    )
    adopted = adopt(wanted, Account(rows), {CITY: 1})
    assert adopted.found.index[CITY].id == 2
    assert adopted.old[CITY].id == 1


def test_what_leaves_replaces_nothing() -> None:
    wanted = (field("town", "Town", "select", marks=Marks(archived="нет")), field("city", "Город", "select"))
    adopted = adopt(Account(wanted), Account((field("#1", "Town", id=1), field("#2", "Город", id=2))), {})
    assert {address: item.id for address, item in adopted.old.items()} == {CITY: 2}
    assert adopted.found.index[TOWN].id == 1


def test_the_new_thing_of_an_unfinished_replace_may_have_the_old_name_still() -> None:
    wanted = Account((field("city", "Город доставки", "select"),))
    rows = (field("#1", "Город", id=1), field("#2", "Город", "select", id=2))
    adopted = adopt(wanted, Account(rows), {CITY: 1})
    assert adopted.found.index[CITY].id == 2
    assert adopted.old[CITY].id == 1


def test_what_cannot_be_archived_precedes_nothing() -> None:
    lists = [
        Resource(Address("catalog", (f"#{key}",)), {"name": "Товары", "type": kind}, id=key)
        for key, kind in ((1, "regular"), (2, "products"))
    ]
    wanted = Resource(Address("catalog", ("goods",)), {"name": "Товары", "type": "regular"})
    adopted = adopt(Account((wanted,)), Account(tuple(lists)), {})
    assert adopted.found.index[wanted.address].id == 1
    assert not adopted.old


def test_what_the_spec_counts_out_replaces_nothing_of_that_name() -> None:
    """Built-in fields of one name, of which import lists one."""
    rows = (field("#1", "Город", id=1), field("#2", "Город", id=2), field("#3", "Город", "date", id=3))
    fixed = tuple(replace(row, fixed=True).with_map({"api_only": True}) for row in rows)
    adopted = adopt(Account((field("city", "Город", marks=Marks(twin=2)),)), Account(fixed), {})
    assert adopted.found.index[CITY].id == 2
    assert not adopted.old


def test_one_new_thing_finishes_one_replace() -> None:
    wanted = Account(
        (field("city", "Город", "select"), field("town", "Город", "select", marks=Marks(twin=2)))
    )
    rows = (field("#1", "Город", id=1), field("#2", "Город", id=2), field("#3", "Город", "select", id=3))
    adopted = adopt(wanted, Account(rows), {CITY: 1, TOWN: 2})
    assert adopted.found.index[CITY].id == 3
    assert adopted.found.get(TOWN) is None


@pytest.mark.parametrize(
    ("mine", "other", "asked"),
    [
        ("Дата замера", "Дата  замера.", True),
        ("Дата замера", "дата замёра", True),
        ("Дата замера", "Дата монтажа", False),
        ("Отправить КП", "Отправить КП!", True),
    ],
)
def test_a_likely_rename_is_asked_about(mine: str, other: str, asked: bool) -> None:
    assert bool(said([tag("a", mine)], [live(1, other)])) is asked
    assert not said([tag("a", mine, new=True)], [live(1, other)])
    assert not said([tag("a", mine, absent="нет")], [live(1, other)])
    assert not said([tag("a", mine)], [live(1, other, fixed=True)])
    assert not said([tag("a", mine)], [live(1, other, aside=True)])


def test_a_likely_rename_names_place_and_thing_and_both_ways_out() -> None:
    where = Where("spec.yaml", 3, 5)
    want = replace(tag("vip", "Дата замера"), where=where)
    (problem,) = adopt(Account((want,)), Account((live(4, "Дата замёра"),)), {}).problems
    assert (problem.where, problem.address) == (where, "tag/leads/vip")
    assert problem.what == (
        "tag/leads/vip ('Дата замера') is not in the account, but 'Дата замёра' (id 4) is and looks alike"
    )
    assert 'was: ["Дата замёра"]' in problem.todo
    assert "new: true" in problem.todo


def test_a_rename_is_looked_for_among_things_of_the_same_type() -> None:
    found = [field("#1", "Дата замёра", "date", id=1), field("#2", "Дата замеров", id=2)]
    assert [text.count("id 2") for text in said([field("date", "Дата замера")], found)] == [1]


def test_things_without_names_are_not_asked_about() -> None:
    wanted = Resource(Address("webhook", ("erp",)), {"url": "https://erp.example/hook"})
    found = Resource(Address("webhook", ("#1",)), {"url": "https://erp.example/hooks"}, id=1)
    assert not said([wanted], [found])


def test_likeness_begins_at_its_limit() -> None:
    """Seventeen letters of twenty in their order: 85 per cent."""
    mine, other = "абвгдежзийклмнопр" + "стю", "абвгдежзийклмнопр" + "123"
    assert said([tag("a", mine)], [live(1, other)])
    assert not said([tag("a", mine)], [live(1, other + "4")])


def test_folding_leaves_letters_and_digits() -> None:
    assert fold(" Счёт—фактура №2 ") == "счет фактура 2"
    assert 0 < ALIKE < 100


LIVE = st.lists(st.sampled_from(NAMES), max_size=6)
WANTED = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=2)
    ),
    max_size=4,
    unique_by=lambda row: row[0],
)


@given(WANTED, LIVE, st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 7)))
def test_nothing_is_lost_and_nobody_is_taken_twice(
    wanted: Any, names: list[str], ids: dict[str, int]
) -> None:
    things = [tag(key, name, was=tuple(was)) for key, name, was in wanted]
    found = [live(number, name) for number, name in enumerate(names, 1)]
    known = {Address("tag", ("leads", key)): number for key, number in ids.items()}
    adopted = adopt(Account(tuple(things)), Account(tuple(found)), known)
    assert sorted(item.id for item in adopted.found.resources) == sorted(item.id for item in found)
    assert len(adopted.found.index) == len(found)
    for item in things:
        have = adopted.found.get(item.address)
        if have is not None and item.address.key not in ids:
            name = have.attrs["name"].strip()
            prefixed = f"[архив] {item.attrs['name'].strip()}"
            assert name in {item.attrs["name"].strip(), prefixed, *(was.strip() for was in item.marks.was)}
