"""Reasons of lost deals: pages, writes, refusals."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, nothing, problem

PATH = "leads/loss_reasons"
HREF = f"{BASE}/api/v4/{PATH}"
REASON = ["id", "name", "sort", "created_at", "updated_at"]


def create(crm: Crm, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """Reasons made through the API."""
    answer = crm.post(PATH, list(items))
    assert answer.status_code == 200, answer.text
    made: list[dict[str, Any]] = answer.json()["_embedded"]["loss_reasons"]
    return made


def test_none(crm: Crm) -> None:
    assert nothing(crm.get(PATH))


def test_create_and_list(crm: Crm) -> None:
    answer = crm.post(PATH, [{"name": "Дорого", "sort": 1, "request_id": "x"}, {"name": "Нет контакта"}])
    document = answer.json()
    assert answer.status_code == 200
    assert list(document) == ["_total_items", "_embedded"]
    first, second = document["_embedded"]["loss_reasons"]
    assert list(first) == [*REASON, "request_id", "_links"]
    assert (first["request_id"], second["request_id"], second["sort"]) == ("x", "1", 100000)
    assert first["created_at"] == first["updated_at"] == crm.world.clock.now()
    document = crm.get(PATH).json()
    assert list(document) == ["_page", "_links", "_embedded"]
    assert document["_page"] == 1
    assert document["_links"] == {"self": {"href": f"{HREF}?page=1&limit=50"}}
    shown = document["_embedded"]["loss_reasons"]
    assert list(shown[0]) == [*REASON, "_links"]
    assert shown[0]["_links"]["self"]["href"] == f"{HREF}/{first['id']}?page=1&limit=50"
    assert [row["name"] for row in shown] == ["Дорого", "Нет контакта"]


def test_pages(crm: Crm) -> None:
    create(crm, *({"name": str(number), "sort": number} for number in range(5)))
    first = crm.get(PATH, limit=2).json()
    assert first["_links"] == {
        "self": {"href": f"{HREF}?limit=2&page=1"},
        "next": {"href": f"{HREF}?limit=2&page=2"},
    }
    second = crm.get(PATH, page=2, limit=2).json()
    assert list(second["_links"]) == ["self", "next", "first", "prev"]
    assert [row["name"] for row in second["_embedded"]["loss_reasons"]] == ["2", "3"]
    last = crm.get(PATH, page=3, limit=2).json()
    assert last["_links"] == {
        "self": {"href": f"{HREF}?page=3&limit=2"},
        "first": {"href": f"{HREF}?page=1&limit=2"},
        "prev": {"href": f"{HREF}?page=2&limit=2"},
    }
    assert nothing(crm.get(PATH, page=4, limit=2))


def test_one(crm: Crm) -> None:
    (made,) = create(crm, {"name": "Дорого", "sort": 1})
    answer = crm.get(f"{PATH}/{made['id']}").json()
    assert answer == {key: value for key, value in made.items() if key != "request_id"}
    assert answer["_links"]["self"]["href"] == f"{HREF}/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        answer = crm.ask(method, f"{PATH}/5", json={"name": "a"})
        assert problem(answer) == (404, "Not Found", "Loss reason not found")


def test_patch(crm: Crm) -> None:
    (made,) = create(crm, {"name": "Дорого", "sort": 1})
    crm.world.clock.advance(60)
    answer = crm.patch(f"{PATH}/{made['id']}", {"name": "Слишком дорого"})
    assert answer.status_code == 200
    assert answer.json() == {**made, "name": "Слишком дорого", "updated_at": crm.world.clock.now()}
    assert faults(crm.patch(f"{PATH}/{made['id']}", {"id": made["id"]})) == [("0", "FieldNotExpected", "id")]
    assert faults(crm.patch(f"{PATH}/{made['id']}", {"name": "x" * 256})) == [("0", "TooLong", "name")]
    assert faults(crm.patch(f"{PATH}/{made['id']}", {"name": " "})) == [("0", "NotBlank", "name")]
    assert crm.patch(f"{PATH}/{made['id']}", {"name": "x" * 255}).status_code == 200
    assert problem(crm.patch(f"{PATH}/{made['id']}", {}))[2] == "Request data can not be empty"
    assert problem(crm.patch(PATH, [{"id": made["id"], "name": "a"}]))[0] == 405


def test_delete(crm: Crm) -> None:
    (made,) = create(crm, {"name": "Дорого"})
    assert nothing(crm.delete(f"{PATH}/{made['id']}"))
    assert nothing(crm.get(PATH))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"sort": 1}, ("FieldMissing", "name")),
        ({"name": ""}, ("NotBlank", "name")),
        ({"name": "a", "sort": "1"}, ("InvalidType", "sort")),
        ({"name": "a", "color": "x"}, ("FieldNotExpected", "color")),
    ],
)
def test_refused(crm: Crm, item: Any, expected: tuple[str, str]) -> None:
    assert faults(crm.post(PATH, [{"name": "good"}, item])) == [("1", *expected)]
    assert nothing(crm.get(PATH))


def test_limits(crm: Crm) -> None:
    create(crm, {"name": "a"})
    assert problem(crm.get(PATH, limit=251)) == (422, "Unprocessable Entity", "Limit 250 per page")
    assert problem(crm.post(PATH, [{"name": "a"}] * 251)) == (
        422,
        "Unprocessable Entity",
        "Limit 250 per page",
    )


def test_where_they_cannot_be_written(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(loss_reason_writes=False)
    for method, path in (("POST", PATH), ("PATCH", f"{PATH}/1"), ("DELETE", f"{PATH}/1")):
        assert problem(crm.ask(method, path, json=[{"name": "a"}]))[0] == 405


def test_writes_are_for_administrators(crm: Crm) -> None:
    (made,) = create(crm, {"name": "Дорого"})
    other = crm.acting_as(crm.add_user())
    assert other.get(PATH).status_code == 200
    for method, path in (
        ("POST", PATH),
        ("PATCH", f"{PATH}/{made['id']}"),
        ("DELETE", f"{PATH}/{made['id']}"),
    ):
        assert problem(other.ask(method, path, json=[{"name": "a"}]))[0] == 403
