"""Which live thing is which wanted one: rungs, ambiguities, names of the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.match import ALIKE, adopt, fold
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


def test_ids_are_counted_as_numbers() -> None:
    assert pairs([tag("a", "Опт", twin=2)], [live(10, "Опт"), live(9, "Опт")]) == {"a": 10}


def test_a_twin_that_is_not_there_is_made() -> None:
    wanted = [tag("a", "Опт"), tag("b", "Опт", twin=2)]
    assert pairs(wanted, [live(1, "Опт")]) == {"a": 1, "b": None}
    assert pairs(wanted, [live(1, "Опт"), live(2, "Опт")]) == {"a": 1, "b": 2}


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


def test_references_speak_the_specs_language() -> None:
    group = Resource(Address("field_group", ("leads", "#g1")), {"name": "Доставка"}, id="g1")
    home = Resource(Address("pipeline", ("#1",)), {"name": "Розница"}, id=1)
    stage = Resource(Address("stage", ("#1", "#11")), {"name": "Новая"}, id=11)
    at = (Address("stage", ("#1", "#11")), Address("stage", ("#1", "#99")), Address("stage", ("#8", "#81")))
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


def test_a_listed_thing_of_the_same_name_and_another_type_is_no_predecessor() -> None:
    wanted = Account((field("city", "Город", "select"), field("town", "Город", "text", marks=Marks(twin=1))))
    found = Account((field("#1", "Город", id=1), field("#2", "Город", "select", id=2)))
    adopted = adopt(
        wanted, found, {Address("field", ("leads", "city")): 2, Address("field", ("leads", "town")): 1}
    )
    assert not adopted.old


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
