"""What a mirror keeps, hides, refuses to tell and throws away."""

import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from amoconf.records import private
from amoconf.records.keep import Fields, Keep
from amoconf.records.mirror import Mirror
from amoconf.records.queries import NotKept
from tests.living import Living, living
from tests.records.mirrored import KEY, at, fresh, keep_all, update


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes."""
    with living(tmp_path_factory.mktemp("account"), scenario="audited", scale=0.01) as account:
        yield account


def field(here: Living, name: str, entity: str = "leads") -> int:
    """The id of a field."""
    return int(next(item["id"] for item in here.world.store.all("field", entity) if item["name"] == name))


def spellings(here: Living) -> Iterator[str]:
    """Every phone and e-mail of the account as it stands in a card, and the digits that matter."""
    for table in ("contacts", "companies"):
        for (body,) in here.world.store.db.execute(f"SELECT body FROM {table}"):
            for entry in json.loads(body)["custom_fields_values"] or ():
                if entry["field_code"] in ("PHONE", "EMAIL"):
                    for value in entry["values"]:
                        yield value["value"]
                        yield re.sub(r"\D", "", value["value"])[-10:]


def test_no_phone_or_email_is_readable_in_the_files(here: Living, tmp_path: Path) -> None:
    def files() -> list[bytes]:
        return [path.read_bytes() for path in at(tmp_path).parent.iterdir()]

    with Mirror(at(tmp_path), KEY) as mirror:
        update(here, mirror, keep_all(here))
        found = b"\n".join(files())
    found += b"\n".join(files())
    said = {text for text in spellings(here) if "@" in text or len(re.sub(r"\D", "", text)) >= 7}
    assert len(said) > 1000
    # One in five: to search for each takes longer than all the rest.
    assert not [text for text in sorted(said)[::5] if text.encode() in found]


def test_hashes_find_the_twins_of_the_account(here: Living) -> None:
    numbers: dict[str, set[tuple[str, int]]] = {}
    for table in ("contacts", "companies"):
        for key, body in here.world.store.db.execute(f"SELECT id, body FROM {table}"):
            for entry in json.loads(body)["custom_fields_values"] or ():
                for value in entry["values"] if entry["field_code"] == "PHONE" else ():
                    digits = re.sub(r"\D", "", value["value"])
                    if len(digits) >= 10:
                        numbers.setdefault(digits[-10:], set()).add((table, key))
    twins = {card for cards in numbers.values() if len(cards) > 1 for card in cards}
    sql = """SELECT count(*) FROM (SELECT DISTINCT entity, record FROM hash WHERE kind = 1 AND hash IN (
        SELECT hash FROM hash WHERE kind = 1 AND NOT malformed GROUP BY hash HAVING count(DISTINCT entity * 1000000000 + record) > 1))"""
    with closing(fresh(here, Keep.of(contacts=(), companies=()))) as mirror:
        assert mirror.db.execute(sql).fetchone()[0] == len(twins) > 1


@pytest.mark.parametrize(
    ("one", "other"), [("+7 (495) 123-45-67", "8 495 1234567"), ("84951234567", "495 123 45 67")]
)
def test_phones_are_one_however_they_are_written(one: str, other: str) -> None:
    assert private.phone(KEY, one) == private.phone(KEY, other) != private.phone(b"other", one)
    assert private.phone(KEY, one)[1] == 0
    assert private.phone(KEY, "123-45-67") == (None, 1)
    assert private.email(KEY, " Anna@Firma.example ") == private.email(KEY, "anna@firma.example")
    assert private.email(KEY, "anna at firma") == (None, 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("звонить +7 (495) 123-45-67 или 89161234567", "звонить <phone> или <phone>"),
        ("anna@firma.example", "<email>"),
        ("ИНН 7707083893, счёт 40702810900000012345", "ИНН 7707083893, счёт 40702810900000012345"),
        ("770708389312", "770708389312"),
        ("(495) 123-45-67, 9161234567", "<phone>, <phone>"),
        ("Пенза", "Пенза"),
        ("тел89161234567доб12, 8 916 123–45–67", "тел<phone>доб12, <phone>"),
        ("+7_916_123_45_67; 4951234567; 375291234567", "<phone>; <phone>; <phone>"),
        ("anna@firma, @anna", "<email>, @anna"),
        ("id89161234567, 40702810900000012345", "id89161234567, 40702810900000012345"),
    ],
)
def test_texts_lose_their_phones_and_emails_and_nothing_else(text: str, kept: str) -> None:
    assert private.masked(text) == kept


def test_files_are_their_owners_whatever_the_umask(here: Living, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with Mirror(at(tmp_path), KEY) as mirror:
            update(here, mirror, Keep.of(companies=()))
            files = list(at(tmp_path).parent.iterdir())
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
            assert stat.S_IMODE(at(tmp_path).parent.stat().st_mode) == 0o700
    finally:
        os.umask(umask)
    at(tmp_path).chmod(0o644)
    Mirror(at(tmp_path), KEY).close()
    assert stat.S_IMODE(at(tmp_path).stat().st_mode) == 0o600


def test_fields_that_nobody_asks_for_are_not_kept(here: Living) -> None:
    city, came = field(here, "Город"), field(here, "Откуда контакт")
    with closing(fresh(here, Keep.of({"leads": [came]}, leads=[city]))) as mirror:
        assert {row[0] for row in mirror.db.execute("SELECT DISTINCT field FROM cell")} == {city, came}
        assert not mirror.db.execute(
            "SELECT 1 FROM cell WHERE field = ? AND value IS NOT NULL", (came,)
        ).fetchall()
        assert mirror.filled("leads", came) > 0
        assert not mirror.held("contacts")
        unknown = [
            lambda: list(mirror.distinct("leads", came)),
            lambda: mirror.filled("leads", 1),
            lambda: mirror.count("contacts"),
            lambda: mirror.open_tasks(1),
            lambda: mirror.tagged("contacts", 1),
        ]
        for question in unknown:
            with pytest.raises(NotKept):
                question()


def test_a_field_that_is_not_kept_yet_is_a_reason_to_read_anew(here: Living) -> None:
    city, came = field(here, "Город"), field(here, "Откуда контакт")
    with closing(fresh(here, Keep.of(leads=[city]))) as mirror:
        assert update(here, mirror, Keep.of(leads=[came])) > 2
        state = mirror.state("leads")
        assert state is not None
        assert state.fields == Fields(frozenset({city, came}))
        assert mirror.filled("leads", city)
        assert update(here, mirror, Keep.of(leads=[city])) == 2


def test_what_an_apply_touched_is_stale_until_it_is_read_again(here: Living) -> None:
    keep = Keep.of(leads=[field(here, "Город")])
    with closing(fresh(here, keep)) as mirror:
        mirror.stale("leads", fields=[1])
        assert mirror.as_of("leads") is not None
        mirror.stale("leads")
        assert mirror.as_of("leads") is None
        assert update(here, mirror, keep) == 2
        assert mirror.as_of("leads") is not None
        for mark in ({"fields": [field(here, "Город")]}, {"whole": True}):
            mirror.stale("leads", **mark)
            assert mirror.as_of("leads") is None
            assert update(here, mirror, keep) > 2
        mirror.stale("contacts")


def test_after_a_week_and_when_asked_everything_is_read_anew(here: Living) -> None:
    wall, keep = [1e9], Keep.of(leads=())
    with Mirror(None, KEY, wall=lambda: wall[0]) as mirror:
        filling = update(here, mirror, keep)
        wall[0] += 6 * 86_400
        assert update(here, mirror, keep) < filling
        wall[0] += 86_400
        assert update(here, mirror, keep) == filling
        assert update(here, mirror, keep, fresh=True) == filling


def _other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def _no_key(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM meta")


@pytest.mark.parametrize("spoil", [_other_version, _garbage, _no_key])
def test_a_file_that_does_not_fit_is_thrown_away(here: Living, tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    with Mirror(at(tmp_path), KEY) as mirror:
        update(here, mirror, Keep.of(companies=()))
    spoil(at(tmp_path))
    with Mirror(at(tmp_path), KEY) as mirror:
        assert mirror.state("companies") is None


def test_hashes_of_another_key_are_thrown_away(here: Living, tmp_path: Path) -> None:
    with Mirror(at(tmp_path), KEY) as mirror:
        update(here, mirror, Keep.of(companies=()))
    with Mirror(at(tmp_path), KEY) as mirror:
        assert mirror.count("companies")
    with Mirror(at(tmp_path), b"another") as mirror:
        assert mirror.state("companies") is None


def test_only_known_lists_can_be_kept() -> None:
    with pytest.raises(ValueError, match="no list notes"):
        Keep.of(notes=())
    assert Keep.of(leads=[1]) | Keep.of({"leads": [1, 2]}, tasks=()) == Keep.of(
        {"leads": [2]}, leads=[1], tasks=()
    )
