"""A mirror says what the account says, whatever the lists leave out while they are read."""

import sqlite3
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from amoconf.errors import BadAnswer
from amoconf.records.keep import Keep
from amoconf.records.mirror import Mirror
from tests.records.listed import KEEP, Cut, Listed
from tests.records.mirrored import KEY, at


def interrupted(account: Listed, mirror: Mirror, stop: int = 5, keep: Keep = KEEP) -> None:
    """Fills a mirror up to a request."""

    def before(number: int) -> None:
        if number == stop:
            raise Cut

    account.before = before
    with pytest.raises(Cut):
        account.told(mirror, keep)
    account.before = lambda number: None


def test_more_is_gone_without_an_event_than_can_be_found_place_by_place() -> None:
    account = Listed(3000)
    with Mirror(None, KEY) as mirror:
        account.told(mirror)
        account.now += 3600
        for key in range(1000, 4000, 250):
            account.merge(key, into=key + 1)
        account.told(mirror)
        assert not account.differing(mirror)
        assert mirror.count("contacts") == 2988


def test_a_filling_that_is_gone_on_with_a_day_later_tells_of_that_day() -> None:
    account = Listed(2000)
    with Mirror(None, KEY) as mirror:
        interrupted(account, mirror)
        account.now += 86_400
        account.change(1000, 2999)
        account.add(*range(5000, 5300))
        account.told(mirror)
        assert not account.differing(mirror)
        assert (mirror.as_of("contacts") or 0) >= account.now - 1


def test_a_filling_without_an_order_begins_again() -> None:
    account, keep = Listed(2000), Keep.of(customers=())
    with Mirror(None, KEY) as mirror:
        interrupted(account, mirror, keep=keep)
        account.now += 86_400
        account.change(1000)
        del account.rows[1001]
        account.told(mirror, keep)
        assert not account.differing(mirror, "customers")


def test_an_apply_that_wrote_while_the_list_was_half_read_is_told_of() -> None:
    account = Listed(2000)
    with Mirror(None, KEY) as mirror:
        interrupted(account, mirror)
        account.change(1001)
        mirror.stale("contacts")
        account.told(mirror)
        assert mirror.count("contacts") == 2000
        assert not account.differing(mirror)


@pytest.mark.parametrize("number", [1, 7])
def test_an_empty_page_in_the_middle_does_not_end_a_filling(number: int) -> None:
    account = Listed(2000)
    account.answer = lambda asked, rows: [] if asked == number else rows
    with Mirror(None, KEY) as mirror:
        account.told(mirror)
        assert not account.differing(mirror)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_empty_page_in_the_middle_hides_no_changes(number: int) -> None:
    account = Listed(2000)
    with Mirror(None, KEY) as mirror:
        account.told(mirror)
        account.now += 3600
        account.change(*range(1000, 1900))
        empty = account.asked + number
        account.answer = lambda asked, rows: [] if asked == empty else rows
        account.told(mirror)
        assert not account.differing(mirror)


@pytest.mark.parametrize("later", [(), (1007,)])
def test_an_account_that_is_as_it_was_before_is_read_anew(later: tuple[int, ...]) -> None:
    """A sandbox that was begun again: some records are as they were before the mirror saw them change."""
    account = Listed(1000)
    with Mirror(None, KEY) as mirror:
        account.told(mirror)
        again = deepcopy(account)
        account.now += 3600
        account.change(*range(1000, 1300))
        account.told(mirror)
        again.now += 7200
        again.change(*later)
        again.told(mirror)
        assert not again.differing(mirror)


def test_another_account_at_the_same_address_is_read_anew() -> None:
    other = Listed(700, first=500_000)
    other.now += 1000
    with Mirror(None, KEY) as mirror:
        Listed(1000).told(mirror)
        other.told(mirror)
        assert not other.differing(mirror)
        assert other.told(mirror) == 2


def test_with_another_account_tasks_are_read_anew_too() -> None:
    keep, other = Keep.of(contacts=(), tasks=()), Listed(700, first=500_000)
    other.now += 1000
    with Mirror(None, KEY) as mirror:
        Listed(1000).told(mirror, keep)
        other.told(mirror, keep)
        assert not other.differing(mirror, "tasks")


def test_an_account_whose_time_goes_back_is_read_anew() -> None:
    keep, account = Keep.of(tasks=()), Listed(600)
    again = deepcopy(account)
    with Mirror(None, KEY) as mirror:
        account.now += 3600
        account.change(1000)
        account.told(mirror, keep)
        again.told(mirror, keep)
        assert not again.differing(mirror, "tasks")


@pytest.mark.parametrize("spoil", [{"updated_at": None}, {"updated_at": "today"}, {"id": None}])
@pytest.mark.parametrize("filled", [False, True])
def test_a_record_without_its_numbers_is_refused(spoil: dict[str, Any], filled: bool) -> None:
    account = Listed(600)
    with Mirror(None, KEY) as mirror:
        if filled:
            account.told(mirror)
        account.answer = lambda asked, rows: [*rows[:-1], {**rows[-1], **spoil}]
        with pytest.raises(BadAnswer, match="an item of contacts is not as the API promises"):
            account.told(mirror)


@pytest.mark.parametrize("event", [{}, {"created_at": 1_800_000_000, "entity_type": "contact"}])
def test_an_event_that_says_nothing_is_refused(event: dict[str, Any]) -> None:
    account = Listed(10)
    account.events = [event]
    with Mirror(None, KEY) as mirror:
        account.told(mirror)
        with pytest.raises(BadAnswer, match="GET /api/v4/events"):
            account.told(mirror)


def test_a_full_disk_is_named_and_what_was_read_is_kept(tmp_path: Path) -> None:
    account = Listed(5000)
    with Mirror(at(tmp_path), KEY) as mirror:
        mirror.db.execute("PRAGMA max_page_count = 30")
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            account.told(mirror)
        assert mirror.held("contacts")
    with Mirror(at(tmp_path), KEY) as mirror:
        assert account.told(mirror) < 21
        assert not account.differing(mirror)


@pytest.mark.parametrize("lost", ["custom_fields_values", "_embedded"])
def test_what_a_person_deletes_from_all_records_at_once_is_missed(lost: str) -> None:
    """Options and tags go without a word: updated_at stays."""
    account, keep = Listed(1000), Keep.of(contacts=[7])
    filled = {"field_id": 7, "values": [{"value": "Опт", "enum_id": 70}]}
    for row in account.rows.values():
        row |= {"custom_fields_values": [filled], "_embedded": {"tags": [{"id": 5}]}}
    with Mirror(None, KEY) as mirror:
        account.told(mirror, keep)
        account.now += 3600
        for row in account.rows.values():
            del row[lost]
        account.told(mirror, keep)
        assert mirror.holding("contacts", 7, 70) == (0 if lost == "custom_fields_values" else 1000)
        assert mirror.tagged("contacts", 5) == (0 if lost == "_embedded" else 1000)
        assert account.told(mirror, keep) == 2
