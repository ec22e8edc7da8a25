"""The lock file: what it remembers, who moved since, and that it survives git."""

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from amoconf.errors import LockError
from amoconf.lock import Entry, Lock, dump, load, remember
from amoconf.model import Account, Marks, Resource
from amoconf.values import Address, Hidden

FIELD = Address("field", ("leads", "city"))
TAG = Address("tag", ("leads", "sale"))
KEYS = st.text(min_size=1).filter(lambda text: text.strip("/") == text)
ADDRESSES = st.one_of(
    KEYS.filter(lambda key: "/" not in key).map(lambda key: Address("pipeline", (key,))),
    KEYS.map(lambda key: Address("tag", ("leads", key))),
    KEYS.map(lambda key: Address("option", ("leads", "city", key))),
    KEYS.map(lambda key: Address("option", ("catalogs", "equipment", "maker", key))),
)
ENTRIES = st.builds(
    Entry,
    st.one_of(st.integers(1), st.text(min_size=1)),
    st.dictionaries(st.sampled_from(["name", "color"]), st.one_of(st.text(), st.lists(st.text()))),
    st.booleans(),
)


@given(st.dictionaries(ADDRESSES, ENTRIES, max_size=5))
def test_what_is_written_is_read(entries: dict[Address, Entry]) -> None:
    lock = Lock(30817554, entries)
    assert load(dump(lock), "account.lock.yaml") == lock


@given(st.dictionaries(ADDRESSES, ENTRIES, max_size=5))
def test_one_sorted_line_an_address(entries: dict[Address, Entry]) -> None:
    lines = dump(Lock(1, entries)).split("\n")
    assert lines == [*dump(Lock(1, entries)).splitlines(), ""]
    assert len(lines) == len(entries) + 4
    assert lines[-1] == ""
    assert dump(Lock(1, dict(reversed(entries.items())))).split("\n") == lines


def test_it_is_yaml() -> None:
    lock = Lock(1, {TAG: Entry(5, {"name": "Скидка: 10 %"}, True)})
    assert yaml.safe_load(dump(lock)) == {
        "amoconf_lock": 1,
        "account": 1,
        "tag/leads/sale": {"id": 5, "protected": True, "attrs": {"name": "Скидка: 10 %"}},
    }


GOOD = dump(Lock(1, {TAG: Entry(5)}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('"tag/', '<<<<<<< HEAD\n"tag/'), "account.lock.yaml:4:"),
        (GOOD.replace('"amoconf_lock": 1', '"amoconf_lock": 2'), "no lock file of this version"),
        ("", "no lock file of this version"),
        (GOOD.replace('"account": 1\n', ""), "damaged"),
        (GOOD.replace('"account": 1', '"account": "main"'), "damaged"),
        (GOOD.replace("tag/leads/sale", "label/leads/sale"), "damaged"),
        (GOOD.replace("tag/leads/sale", "tag/leads"), "damaged"),
        (GOOD.replace('{"attrs": {}, "id": 5}', "5"), "damaged"),
        (GOOD.replace('{"attrs": {}, "id": 5}', '{"attrs": [1], "id": 5}'), "damaged"),
        (GOOD.replace('"id": 5', '"ids": 5'), "damaged"),
    ],
)
def test_a_lock_that_cannot_be_used_says_why(text: str, said: str) -> None:
    assert text != GOOD
    with pytest.raises(LockError, match=said):
        load(text, "account.lock.yaml")


@pytest.mark.parametrize(
    ("have", "want", "origin"),
    [
        ("Город", "Город", None),
        ("Town", "Город", "drift"),
        ("Город", "Город доставки", "spec"),
        ("Town", "Город доставки", "both"),
    ],
)
def test_who_moved(have: str, want: str, origin: str | None) -> None:
    lock = Lock(1, {FIELD: Entry(5, {"name": "Город"})})
    assert lock.origin(FIELD, "name", have, want) == origin
    assert lock.origin(FIELD, "code", have, want) is None
    assert lock.origin(TAG, "name", have, want) is None


def account(*resources: Resource) -> Account:
    return Account(resources)


def thing(
    address: Address, key: int | str | None = None, marks: Marks | None = None, **attrs: Any
) -> Resource:
    return Resource(address, attrs, id=key, marks=marks or Marks())


def test_what_was_agreed_on_is_remembered() -> None:
    lock = remember(
        1, account(thing(FIELD, name="Город")), account(thing(FIELD, 5, name="Город", code="C")), Lock()
    )
    assert lock == Lock(1, {FIELD: Entry(5, {"name": "Город"})})


def test_what_was_not_applied_does_not_count_as_agreed_on() -> None:
    before = Lock(1, {FIELD: Entry(5, {"name": "Город", "code": "CITY"})})
    found = account(thing(FIELD, 5, name="Town", code="CITY"))
    lock = remember(1, account(thing(FIELD, name="Город", code="CITY")), found, before)
    assert lock == before
    assert lock.origin(FIELD, "name", "Town", "Город") == "drift"
    assert remember(1, account(thing(FIELD, name="Город")), found, Lock()) == Lock(1, {FIELD: Entry(5)})


def test_what_left_is_forgotten_and_what_is_archived_is_not() -> None:
    gone = thing(TAG, marks=Marks(absent="пусто"), name="Распродажа")
    assert remember(1, account(gone), account(thing(TAG, 5, name="Распродажа")), Lock()) == Lock(1)
    archived = replace(gone, marks=Marks(archived="прошла"))
    found = account(thing(TAG, 5, name="[архив] Распродажа"))
    assert remember(1, account(archived), found, Lock()) == Lock(
        1, {TAG: Entry(5, {"name": "[архив] Распродажа"})}
    )


def test_protection_outlives_its_lines_in_the_spec() -> None:
    kept = Lock(1, {TAG: Entry(5, {}, True), FIELD: Entry(6, {})})
    assert remember(1, account(), account(), kept) == Lock(1, {TAG: Entry(5, {}, True)})


def test_protection_follows_the_thing_to_another_key() -> None:
    before = Lock(1, {TAG: Entry(5, {}, True)})
    other = Address("tag", ("leads", "sale_2018"))
    lock = remember(
        1, account(thing(other, name="Распродажа")), account(thing(other, 5, name="Распродажа")), before
    )
    assert lock == Lock(1, {other: Entry(5, {"name": "Распродажа"})})


def test_secrets_and_local_attributes_stay_out() -> None:
    hook = Address("webhook", ("erp",))
    url = Hidden("https://erp.example/${secret:ERP}", "https://erp.example/s-e-c-r-e-t")
    wanted = thing(hook, url=url, events=("add_lead",))
    found = thing(hook, 3, url="https://erp.example/s-e-c-r-e-t", events=("add_lead",))
    stage = Address("stage", ("retail", "new"))
    local = thing(stage, name="Новая", stall_limit=600, entry="Пришла заявка")
    lock = remember(1, account(wanted, local), account(found, thing(stage, 11, name="Новая")), Lock())
    assert lock.entries == {hook: Entry(3, {"events": ["add_lead"]}), stage: Entry(11, {"name": "Новая"})}
    assert "s-e-c-r-e-t" not in dump(lock)


def test_a_widget_that_is_only_offered_is_not_remembered() -> None:
    widget = Address("widget", ("phone",))
    found = account(thing(widget, "phone", code="phone", state="offered"))
    assert remember(1, account(thing(widget, code="phone", state="installed")), found, Lock()) == Lock(1)


def test_line_ends_of_windows_are_read() -> None:
    assert load(GOOD.replace("\n", "\r\n"), "account.lock.yaml") == Lock(1, {TAG: Entry(5)})
