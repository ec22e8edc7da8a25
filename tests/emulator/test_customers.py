"""Customers: the mode, the stages of one mode, the segments of the other."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config.customers import make_customer_status, set_mode
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import errors

STATUS_KEYS = ["id", "name", "sort", "is_default", "conditions", "color", "type", "account_id", "_links"]


@pytest.fixture
def staged(crm: Crm) -> Crm:
    """An account whose customers work by periods."""
    set_mode(crm.world.store, "periodicity")
    return crm


def order(crm: Crm) -> list[tuple[str, int]]:
    """(name, sort) of the stages as they are listed."""
    rows = crm.get("customers/statuses").json()["_embedded"]["statuses"]
    return [(row["name"], row["sort"]) for row in rows]


def test_mode_is_written_here_and_read_in_the_account(crm: Crm) -> None:
    for mode in ("segments", "periodicity"):
        answer = crm.patch("customers/mode", {"mode": mode, "is_enabled": True})
        assert (answer.status_code, answer.json()) == (200, {"mode": mode, "is_enabled": True})
        assert crm.get("account").json()["customers_mode"] == mode
    crm.patch("customers/mode", {"mode": "periodicity", "is_enabled": True})
    assert len(crm.world.store.all("customer_status")) == 4
    crm.patch("customers/mode", {"mode": "segments", "is_enabled": False})
    assert crm.get("account").json()["customers_mode"] == "disabled"
    assert crm.get("customers/mode").status_code == 405


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"mode": "dynamic", "is_enabled": True}, [("NotSupportedChoice", "mode")]),
        ({"mode": "segments"}, [("FieldMissing", "is_enabled")]),
        ({"mode": "segments", "is_enabled": 1}, [("InvalidType", "is_enabled")]),
        ([{"mode": "segments", "is_enabled": True}], [("FieldNotExpected", "0")]),
    ],
)
def test_refused_modes(crm: Crm, body: Any, expected: list[tuple[str, str]]) -> None:
    assert errors(crm.patch("customers/mode", body)) == expected
    assert crm.get("account").json()["customers_mode"] == "disabled"


def test_a_plan_without_customers(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(customers_available=False)
    answers = [
        crm.patch("customers/mode", {"mode": "segments", "is_enabled": True}),
        crm.get("customers/statuses"),
        crm.get("customers/segments"),
    ]
    assert [answer.status_code for answer in answers] == [402, 402, 402]
    assert answers[0].json()["detail"] == "Payment required"


def test_the_wrong_mode(crm: Crm) -> None:
    def all_of() -> list[int]:
        asked = [
            crm.get("customers/statuses"),
            crm.post("customers/statuses", [{"name": "A", "sort": 1}]),
            crm.get("customers/segments"),
            crm.post("customers/segments", {"name": "A"}),
        ]
        return [answer.status_code for answer in asked]

    assert all_of() == [422, 422, 422, 422]
    set_mode(crm.world.store, "segments")
    assert all_of() == [422, 422, 204, 200]
    set_mode(crm.world.store, "periodicity")
    assert all_of() == [200, 200, 422, 422]


def test_stages_of_the_system(staged: Crm) -> None:
    body = staged.get("customers/statuses").json()
    assert list(body) == ["_total_items", "_links", "_embedded"]
    rows = body["_embedded"]["statuses"]
    assert [(row["type"], row["color"], row["sort"]) for row in rows] == [
        (4, "#ccff66", 0),
        (1, "#99ccff", 1),
        (2, "#fd5598", 2),
        (3, "#d5d8db", 3),
    ]
    assert all(row["is_default"] for row in rows)
    assert list(rows[0]) == STATUS_KEYS
    assert rows[0]["_links"]["self"]["href"] == f"{BASE}/api/v4/customers/statuses/{rows[0]['id']}"


def test_new_stages_answer_ids_only(staged: Crm) -> None:
    sent = [{"name": "A", "sort": 100, "color": "#c1e0ff"}, {"name": "B", "sort": 200, "request_id": "x"}]
    answer = staged.post("customers/statuses", sent)
    assert answer.status_code == 200
    assert list(answer.json()) == ["_total_items", "_links", "_embedded"]
    items = answer.json()["_embedded"]["statuses"]
    assert [list(item) for item in items] == [["id", "request_id", "_links"]] * 2
    assert [item["request_id"] for item in items] == ["0", "x"]
    assert order(staged)[-3:] == [("A", 3), ("B", 4), ("Закрыт", 5)]
    first = staged.get(f"customers/statuses/{items[0]['id']}").json()
    assert (first["color"], first["type"], first["is_default"]) == ("#c1e0ff", 0, False)
    assert staged.get(f"customers/statuses/{items[1]['id']}").json()["color"] == "#fffeb2"


def test_change_a_stage(staged: Crm) -> None:
    status = make_customer_status(staged.world.store, "A")
    answer = staged.patch(f"customers/statuses/{status['id']}", {"name": "B", "sort": -1})
    assert answer.status_code == 200
    assert list(answer.json()) == [*STATUS_KEYS[:-1], "request_id", "_links"]
    assert answer.json()["request_id"] == "0"
    assert order(staged)[0] == ("B", 0)
    assert staged.patch(f"customers/statuses/{status['id']}", {}).status_code == 400
    for name, code in (("", "NotBlank"), ("я" * 256, "TooLong")):
        refused = staged.patch(f"customers/statuses/{status['id']}", {"name": name})
        assert errors(refused) == [(code, "name")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"sort": 1}, [("FieldMissing", "name")]),
        ({"name": "A"}, [("FieldMissing", "sort")]),
        ({"name": "", "sort": 1}, [("NotBlank", "name")]),
        ({"name": "я" * 256, "sort": 1}, [("TooLong", "name")]),
        ({"name": "A", "sort": 1, "color": "#ccff66"}, [("NotSupportedChoice", "color")]),
        ({"name": "A", "sort": 1, "conditions": []}, [("FieldNotExpected", "conditions")]),
        ({"name": "A", "sort": 1, "type": 1}, [("FieldNotExpected", "type")]),
    ],
)
def test_refused_stages(staged: Crm, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(staged.post("customers/statuses", [body])) == expected
    assert len(order(staged)) == 4


def test_conditions_are_read_only(staged: Crm) -> None:
    rule = [[{"type": "before_purchase", "match": {"value": 0}, "conditions": [{"value": 0}]}]]
    status = make_customer_status(staged.world.store, "A", conditions=rule)
    assert staged.get(f"customers/statuses/{status['id']}").json()["conditions"] == rule
    refused = staged.patch(f"customers/statuses/{status['id']}", {"conditions": []})
    assert errors(refused) == [("FieldNotExpected", "conditions")]


def test_delete_a_stage(staged: Crm) -> None:
    status = make_customer_status(staged.world.store, "A")
    assert staged.delete(f"customers/statuses/{status['id']}").status_code == 204
    gone = staged.get(f"customers/statuses/{status['id']}")
    assert (gone.status_code, gone.json()["detail"]) == (404, "Status not found")
    system = staged.world.store.all("customer_status")[0]
    assert errors(staged.delete(f"customers/statuses/{system['id']}")) == [
        ("NotSupportedChoice", "status_id")
    ]


def test_at_most_thirty_stages(staged: Crm) -> None:
    sent = [{"name": str(n), "sort": n} for n in range(26)]
    assert staged.post("customers/statuses", [*sent, {"name": "27", "sort": 1}]).status_code == 422
    assert staged.post("customers/statuses", sent).status_code == 200
    assert staged.post("customers/statuses", sent[:1]).status_code == 422


def test_only_administrators_write(crm: Crm) -> None:
    set_mode(crm.world.store, "periodicity")
    other = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example")["id"])
    assert other.get("customers/statuses").status_code == 200
    assert other.post("customers/statuses", [{"name": "A", "sort": 1}]).status_code == 403
    assert other.patch("customers/mode", {"mode": "segments", "is_enabled": True}).status_code == 403
    set_mode(crm.world.store, "segments")
    assert other.get("customers/segments").status_code == 204
    assert other.post("customers/segments", {"name": "A"}).status_code == 403
