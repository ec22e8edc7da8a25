"""Descriptions of stages: one a level, edited and deleted by id, replaced without one."""

from typing import Any

import pytest

from tests.emulator.conftest import Crm
from tests.emulator.expect import faults
from tests.emulator.test_stages import create, path_of

DESCRIPTION = [
    "account_id",
    "created_at",
    "created_by",
    "description",
    "id",
    "level",
    "pipeline_id",
    "status_id",
    "updated_at",
    "updated_by",
]


@pytest.fixture
def home(crm: Crm) -> str:
    """Where the stages of the account's only pipeline are."""
    return path_of(crm)


def test_descriptions(crm: Crm, home: str) -> None:
    crm.world.clock.advance(-crm.world.clock.exact() + 1_769_940_000)
    hints = [
        {"level": "master", "description": "Сам знаешь 🎉"},
        {"level": "newbie", "description": "Позвонить"},
    ]
    (made,) = create(crm, home, {"name": "a", "sort": 100, "descriptions": hints})
    newbie, master = made["descriptions"]
    assert list(newbie) == DESCRIPTION
    assert newbie == {
        "account_id": made["account_id"],
        "created_at": "2026-02-01 10:00:00",
        "created_by": 0,
        "description": "Позвонить",
        "id": newbie["id"],
        "level": "newbie",
        "pipeline_id": made["pipeline_id"],
        "status_id": made["id"],
        "updated_at": "2026-02-01 10:00:00",
        "updated_by": None,
    }
    one = f"{home}/{made['id']}"
    crm.world.clock.advance(60)
    edit = {"descriptions": [{"id": newbie["id"], "level": "newbie", "description": "Написать"}]}
    edited, kept = crm.patch(one, edit).json()["descriptions"]
    assert edited == {
        **newbie,
        "description": "Написать",
        "updated_at": "2026-02-01 10:01:00",
        "updated_by": 0,
    }
    assert kept == master
    (again, _) = crm.patch(one, {"descriptions": [{"level": "newbie", "description": "Ждать"}]}).json()[
        "descriptions"
    ]
    assert (again["id"] != newbie["id"], again["description"]) == (True, "Ждать")
    left = crm.patch(one, {"descriptions": [{"id": again["id"], "level": "newbie"}]}).json()["descriptions"]
    assert left == [master]
    assert crm.get(one, with_="descriptions").json()["descriptions"] == [master]
    assert "descriptions" not in crm.get(one).json()


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ([{"level": "boss", "description": "a"}], ("NotSupportedChoice", "descriptions.0.level")),
        ([{"description": "a"}], ("FieldMissing", "descriptions.0.level")),
        ([{"level": "newbie"}], ("FieldMissing", "descriptions.0.description")),
        ([{"level": "newbie", "description": "x" * 1001}], ("TooLong", "descriptions.0.description")),
        ([{"level": "newbie", "description": "a", "id": 5}], ("NotSupportedChoice", "descriptions.0.id")),
        ([{"level": "newbie", "description": "a"}] * 2, ("NotSupportedChoice", "descriptions.1.level")),
        ([{"level": "newbie", "description": "a", "x": 1}], ("FieldNotExpected", "descriptions.0.x")),
        ({"newbie": "a"}, ("InvalidType", "descriptions")),
    ],
)
def test_refused_descriptions(crm: Crm, home: str, hints: Any, expected: tuple[str, str]) -> None:
    answer = crm.post(home, [{"name": "a", "sort": 100, "descriptions": hints}])
    assert faults(answer) == [("0", *expected)]


def test_a_thousand_letters_fit(crm: Crm, home: str) -> None:
    hints = [{"level": "newbie", "description": "x" * 1000}]
    assert len(create(crm, home, {"name": "a", "sort": 100, "descriptions": hints})[0]["descriptions"]) == 1


def test_three_descriptions_at_most(crm: Crm, home: str) -> None:
    hints = [{"level": level, "description": "a"} for level in ("newbie", "candidate", "master", "master")]
    assert (
        len(create(crm, home, {"name": "a", "sort": 100, "descriptions": hints[:3]})[0]["descriptions"]) == 3
    )
    answer = crm.post(home, [{"name": "a", "sort": 100, "descriptions": hints}])
    assert faults(answer)[0] == ("0", "TooMany", "descriptions")
