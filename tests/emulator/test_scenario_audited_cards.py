"""Contacts, companies and tasks of the scenario `audited`, each figure of the audit counted anew."""

import re
from collections import Counter

import pytest

from amoconf.emulator.store import Store, Thing

from .audited_account import SCALES, account, bodies, number, part, rows, texts

Card = tuple[str, int]


@pytest.fixture(params=SCALES, scope="module")
def scale(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture(scope="module")
def store(scale: float) -> Store:
    return account(scale)


@pytest.fixture(scope="module")
def cards(store: Store) -> dict[Card, Thing]:
    return {(table, card["id"]): card for table in ("contacts", "companies") for card in bodies(store, table)}


def phones(card: Thing) -> list[str]:
    """Comparable phones: the last ten digits, of those that have so many."""
    digits = (re.sub(r"\D", "", text) for text in texts(card, "PHONE"))
    return [text[-10:] for text in digits if len(text) >= 10]


def mails(card: Thing) -> list[str]:
    return [text.strip().casefold() for text in texts(card, "EMAIL")]


def is_malformed(card: Thing) -> bool:
    short = any(len(re.sub(r"\D", "", text)) < 10 for text in texts(card, "PHONE"))
    return short or any(not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text) for text in mails(card))


def sharing(values: dict[Card, list[str]]) -> int:
    """Cards of which some value stands on another card too."""
    seen = Counter(value for found in values.values() for value in set(found))
    return sum(any(seen[value] > 1 for value in found) for found in values.values())


def test_how_many(store: Store, scale: float) -> None:
    assert number(store, "SELECT count(*) FROM contacts WHERE is_deleted = 0") == part(91_699, scale)
    assert number(store, "SELECT count(*) FROM companies WHERE is_deleted = 0") == part(7_177, scale)


def test_cards_that_share_a_phone_or_a_mailbox(cards: dict[Card, Thing], scale: float) -> None:
    assert sharing({key: phones(card) for key, card in cards.items()}) == max(2, round(1_762 * scale))
    assert sharing({key: mails(card) for key, card in cards.items()}) == max(2, round(58 * scale))


def test_cards_that_hold_a_value_twice(cards: dict[Card, Thing], scale: float) -> None:
    doubled = [phones(card) for card in cards.values() if len(phones(card)) != len(set(phones(card)))]
    assert len(doubled) == part(4_525, scale)
    assert sum(len(mails(card)) != len(set(mails(card))) for card in cards.values()) == part(6, scale)


def test_cards_without_a_name(store: Store, scale: float) -> None:
    assert number(store, "SELECT count(*) FROM contacts WHERE trim(name) = ''") == part(1_619, scale)
    assert number(store, "SELECT count(*) FROM companies WHERE trim(name) = ''") == part(2, scale)


def test_contacts_without_a_phone(cards: dict[Card, Thing], scale: float) -> None:
    contacts = [card for (table, _), card in cards.items() if table == "contacts"]
    assert sum(not texts(card, "PHONE") for card in contacts) == part(2_115, scale)
    # A malformed phone stands beside a good one, so that "no phone" means one thing.
    assert sum(not phones(card) for card in contacts) == part(2_115, scale)


def test_malformed_values(cards: dict[Card, Thing], scale: float) -> None:
    found = Counter(table for (table, _), card in cards.items() if is_malformed(card))
    assert found == {"contacts": part(500, scale)}


@pytest.mark.parametrize(("table", "figure"), [("contacts", 28_569), ("companies", 3_197)])
def test_cards_without_deals(store: Store, scale: float, table: str, figure: int) -> None:
    linked = "SELECT to_id FROM link WHERE from_type = 'leads' AND to_type = ?"
    assert number(store, f"SELECT count(*) FROM {table} WHERE id NOT IN ({linked})", table) == part(
        figure, scale
    )


def test_companies_that_deals_show(store: Store, scale: float) -> None:
    shown = {row["id"] for deal in bodies(store, "leads") for row in deal["_embedded"]["companies"]}
    linked = {
        key
        for (key,) in rows(
            store, "SELECT to_id FROM link WHERE from_type = 'leads' AND to_type = 'companies'"
        )
    }
    assert shown == linked
    assert len(shown) == part(7_177, scale) - part(3_197, scale)


def test_links_of_deals(store: Store) -> None:
    sql = "SELECT to_type, from_id, count(*), sum(is_main) FROM link WHERE from_type = 'leads' GROUP BY 1, 2"
    for to_type, _, count, mains in rows(store, sql):
        assert (count, mains) == (1, 0) if to_type == "companies" else (1 <= count <= 3 and mains == 1)
    for one, many in (("leads", "contacts"), ("leads", "companies"), ("contacts", "companies")):
        lost = f"from_id NOT IN (SELECT id FROM {one}) OR to_id NOT IN (SELECT id FROM {many})"
        assert not number(
            store, f"SELECT count(*) FROM link WHERE from_type = ? AND to_type = ? AND ({lost})", one, many
        )


def test_contacts_show_their_company(store: Store) -> None:
    linked = dict(
        rows(store, "SELECT from_id, to_id FROM link WHERE from_type = 'contacts' AND to_type = 'companies'")
    )
    shown = {
        card["id"]: row["id"] for card in bodies(store, "contacts") for row in card["_embedded"]["companies"]
    }
    assert shown == linked
    assert shown


def test_no_two_contacts_of_a_company_have_one_name(store: Store) -> None:
    firms = dict(
        rows(store, "SELECT from_id, to_id FROM link WHERE from_type = 'contacts' AND to_type = 'companies'")
    )
    names = rows(store, "SELECT id, name FROM contacts WHERE name <> ''")
    pairs = [(firms[key], name) for key, name in names if key in firms]
    assert len(pairs) == len(set(pairs))
    firm_names = [name for (name,) in rows(store, "SELECT name FROM companies WHERE name <> ''")]
    assert len(firm_names) == len(set(firm_names))


def test_nothing_real(cards: dict[Card, Thing]) -> None:
    assert all(phone.startswith("5") for card in cards.values() for phone in phones(card))
    assert all(mail.endswith(".example") for card in cards.values() for mail in mails(card))


def test_contacts_are_older_than_their_deals(store: Store) -> None:
    born = dict(rows(store, "SELECT id, created_at FROM contacts"))
    made = dict(rows(store, "SELECT id, created_at FROM leads"))
    sql = "SELECT from_id, to_id FROM link WHERE from_type = 'leads' AND to_type = 'contacts'"
    assert all(born[client] <= made[deal] for deal, client in rows(store, sql))


def test_unused_task_types(store: Store) -> None:
    used = {key for (key,) in rows(store, "SELECT DISTINCT task_type_id FROM tasks")}
    types = {row["id"] for row in store.all("task_type")}
    assert (len(types), len(types - used), used - types) == (14, 8, set())


@pytest.mark.parametrize("table", ["leads", "contacts", "companies", "tasks", "notes"])
def test_new_records_get_ids_behind_those_that_are_there(store: Store, table: str) -> None:
    name = {"companies": "company"}.get(table, table.removesuffix("s"))
    assert store.counters[name] >= number(store, f"SELECT max(id) FROM {table}")


def test_notes_of_events_are_there(store: Store) -> None:
    told = number(store, "SELECT count(*) FROM events WHERE type = 'common_note_added'")
    assert told == number(store, "SELECT count(*) FROM notes")
    done = "SELECT id FROM tasks WHERE is_completed = 1"
    assert store.counters["event"] == number(store, "SELECT count(*) FROM events")
    assert not number(
        store,
        f"SELECT count(*) FROM events WHERE type = 'task_completed' AND entity_id NOT IN ({done})",
    )
