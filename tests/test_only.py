"""`--only` that leaves out what something needs: refused before anything is written, with what to add."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.living import Living, living
from tests.test_convert import SCALE, City, city

REQUIRED = """
      required_at: [fresh/first]
pipelines:
  fresh: {name: Новая, stages: {first: Первый, second: Второй}}
"""
FIELD, PIPELINE = "field/leads/city", "pipeline/fresh"


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        here.spec(city().rstrip() + REQUIRED)
        yield here


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_field_that_is_obligatory_at_a_new_stage(crm: Living, command: str) -> None:
    crm.forget()
    flags = ("--yes",) if command == "apply" else ()
    ended = crm.amoconf(command, *flags, "--allow", "*", "--only", FIELD)
    assert ended.code == 1
    assert "stage/fresh/first" in ended.err
    assert f"--only {PIPELINE}" in ended.err
    assert {row["method"] for row in crm.asked()} == {"GET"}


def test_with_what_it_needs(crm: Living) -> None:
    deals = City(crm)
    words = ("--yes", "--allow", "*", "--impact", "off", "--only", FIELD, "--only", PIPELINE)
    ended = crm.amoconf("apply", *words)
    assert ended.code == 0, (ended.out, ended.err)
    deals.check()
    [field] = [row for row in crm.walk("leads/custom_fields", "custom_fields") if row["id"] == deals.new]
    assert field["required_statuses"]


def test_what_is_there_already_need_not_be_named(crm: Living) -> None:
    assert crm.amoconf("apply", "--yes", "--impact", "off", "--only", PIPELINE).code == 0
    assert crm.amoconf("plan", "--allow", "*", "--only", FIELD).code == 0


def test_neighbours_make_room_for_the_second_of_those_that_move(tmp_path: Path) -> None:
    """Whoever is named: the numbers stand so close that all must be written anew."""
    head = "amoconf: 1\naccount: {subdomain: stroymarket}\nfields:\n  leads:\n"
    line = "    {0}: {{name: Поле {0}, type: text}}\n"
    with living(tmp_path, scenario="empty") as here:
        here.spec(head + "".join(map(line.format, "abcd")))
        assert here.amoconf("apply", "--yes").code == 0
        for number, key in enumerate("abcd", 1):
            path = f"/api/v4/leads/custom_fields/{here.id_of(f'field/leads/{key}')}"
            here.client.patch(path, json={"sort": number})
        here.spec(head + "".join(map(line.format, "dcab")))
        assert here.amoconf("apply", "--yes", "--only", "field/leads/c").code == 0
        rows = here.walk("leads/custom_fields", "custom_fields")
        names = [row["name"] for row in sorted(rows, key=lambda row: row["sort"])]
        assert [name for name in names if name in ("Поле a", "Поле b", "Поле c")] == [
            "Поле c",
            "Поле a",
            "Поле b",
        ]
