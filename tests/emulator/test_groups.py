"""Groups of fields: ids, moving fields, predefined groups, groups of lists."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, nothing, problem

GROUP = ["id", "name", "is_predefined", "type", "fields", "entity_type", "sort"]
LEADS = "leads/custom_fields/groups"


def create(crm: Crm, path: str = LEADS, **more: Any) -> dict[str, Any]:
    """A group made through the API."""
    answer = crm.post(path, [{"name": "Доставка", "sort": 3, **more}])
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["_embedded"]["custom_field_groups"][0]
    return made


def field(crm: Crm, entity: str = "leads", **more: Any) -> int:
    """A text field; answers its id."""
    answer = crm.post(f"{entity}/custom_fields", {"name": "a", "type": "text", **more})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def catalog(crm: Crm, key: int = 5200, **more: Any) -> str:
    """A list; answers the start of its addresses."""
    crm.world.store.put("catalog", {"id": key, "name": "Оборудование", "sort": 40, "type": "regular", **more})
    return f"catalogs/{key}"


def fields_of(crm: Crm, key: str, path: str = LEADS) -> list[int]:
    """The ids under a group."""
    return list(crm.get(f"{path}/{key}").json()["fields"])


def test_list(crm: Crm) -> None:
    document = crm.get(LEADS).json()
    assert list(document) == ["_total_items", "_embedded"]
    groups = document["_embedded"]["custom_field_groups"]
    assert document["_total_items"] == len(groups) == 2
    assert [list(group) for group in groups] == [[*GROUP, "_links"]] * 2
    assert [group["id"] for group in groups] == ["default", "statistic"]
    assert groups[0]["is_predefined"] is True
    assert groups[0]["_links"]["self"]["href"] == f"{BASE}/api/v4/{LEADS}/default"


def test_create(crm: Crm) -> None:
    answer = crm.post(
        LEADS, [{"name": "Доставка", "sort": 3, "request_id": "x"}, {"name": "Монтаж", "sort": 2}]
    )
    document = answer.json()
    assert answer.status_code == 201
    assert list(document) == ["_total_items", "_embedded"]
    first, second = document["_embedded"]["custom_field_groups"]
    assert list(first) == [*GROUP, "request_id", "_links"]
    assert (first["request_id"], second["request_id"]) == ("x", "1")
    assert {key: first[key] for key in GROUP if key != "id"} == {
        "name": "Доставка",
        "is_predefined": False,
        "type": "custom_field_group",
        "fields": [],
        "entity_type": "leads",
        "sort": 3,
    }
    entity, number = first["id"].split("_")
    assert (entity, number.isdigit()) == ("leads", True)
    shown = crm.get(LEADS).json()["_embedded"]["custom_field_groups"]
    assert [group["name"] for group in shown][-2:] == ["Монтаж", "Доставка"]
    assert crm.get(f"{LEADS}/{first['id']}").json() == shown[-1]


def test_fields_with_the_new_group(crm: Crm) -> None:
    key = field(crm)
    assert create(crm, fields=[key])["fields"] == [key]
    assert faults(crm.post(LEADS, [{"name": "a", "sort": 1, "fields": [key, 5]}])) == [
        ("0", "NotSupportedChoice", "fields.1")
    ]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": "a"}, ("FieldMissing", "sort")),
        ({"sort": 1}, ("FieldMissing", "name")),
        ({"name": "", "sort": 1}, ("NotBlank", "name")),
        ({"name": "a", "sort": 1, "type": "linked_group"}, ("FieldNotExpected", "type")),
        ({"name": "a", "sort": 1, "fields": ["5"]}, ("InvalidType", "fields.0")),
    ],
)
def test_refused(crm: Crm, item: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(crm.post(LEADS, [{"name": "good", "sort": 1}, item])) == [("1", *expected)]
    assert crm.get(LEADS).json()["_total_items"] == 2


def test_kommo_needs_no_sort(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(platform="kommo")
    answer = crm.post(LEADS, [{"name": "a"}])
    assert answer.status_code == 201
    key = answer.json()["_embedded"]["custom_field_groups"][0]["id"]
    assert list(crm.patch(f"{LEADS}/{key}", {"name": "b"}).json()) == [*GROUP, "request_id"]


def test_patch_adds_fields(crm: Crm) -> None:
    first, second = field(crm), field(crm)
    group = create(crm, fields=[first])
    answer = crm.patch(f"{LEADS}/{group['id']}", {"name": "Монтаж", "fields": [second]})
    assert answer.status_code == 200
    assert list(answer.json()) == [*GROUP, "request_id", "_links"]
    assert answer.json()["_links"]["self"]["href"] == f"{BASE}/api/v4/{LEADS}/{group['id']}/"
    assert (answer.json()["name"], answer.json()["sort"]) == ("Монтаж", 3)
    assert answer.json()["fields"] == [first, second]
    assert crm.get(f"leads/custom_fields/{second}").json()["group_id"] == group["id"]
    assert first not in fields_of(crm, "default")
    crm.patch(f"leads/custom_fields/{first}", {"group_id": None})
    assert fields_of(crm, group["id"]) == [second]
    assert first in fields_of(crm, "default")
    crm.patch(f"{LEADS}/default", {"fields": [second]})
    assert crm.get(f"leads/custom_fields/{second}").json()["group_id"] is None


def test_patch_wants_something(crm: Crm) -> None:
    group = create(crm)
    assert problem(crm.patch(f"{LEADS}/{group['id']}", {}))[2] == "Request data can not be empty"
    assert problem(crm.patch(LEADS, [{"id": group["id"], "name": "a"}]))[0] == 405


def test_unknown(crm: Crm) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = crm.ask(method, f"{LEADS}/leads_1", json={"name": "a"})
        assert problem(answer) == (404, "Not Found", "Custom field group not found")


def test_delete_sends_the_fields_home(make_crm: Callable[..., Crm], crm: Crm) -> None:
    key = field(crm)
    group = create(crm, fields=[key])
    assert nothing(crm.delete(f"{LEADS}/{group['id']}"))
    assert crm.get(f"leads/custom_fields/{key}").json()["group_id"] is None
    hard = make_crm(group_delete="delete")
    key = field(hard)
    group = create(hard, fields=[key])
    assert nothing(hard.delete(f"{LEADS}/{group['id']}"))
    assert hard.get(f"leads/custom_fields/{key}").status_code == 404


@pytest.mark.parametrize("key", ["default", "statistic"])
def test_predefined_ones_stay(crm: Crm, key: str) -> None:
    assert faults(crm.delete(f"{LEADS}/{key}")) == [("0", "NotSupportedChoice", "id")]


@pytest.mark.parametrize("entity", ["contacts", "companies", "customers"])
def test_other_cards(crm: Crm, entity: str) -> None:
    path = f"{entity}/custom_fields/groups"
    group = create(crm, path)
    assert group["id"].startswith(f"{entity}_")
    assert group["entity_type"] == entity
    assert crm.get(path).json()["_total_items"] == 2


def test_lists(crm: Crm) -> None:
    home = catalog(crm)
    path = f"{home}/custom_fields/groups"
    (main,) = crm.get(path).json()["_embedded"]["custom_field_groups"]
    assert (main["id"], main["fields"], main["entity_type"]) == ("default", [], "catalogs")
    key = field(crm, home)
    group = create(crm, path, fields=[key])
    assert group["id"].startswith("catalogs_")
    assert group["fields"] == [key]
    assert fields_of(crm, "default", path) == []
    assert "group_id" not in crm.get(f"{home}/custom_fields/{key}").json()
    crm.delete(f"{path}/{group['id']}")
    assert fields_of(crm, "default", path) == [key]
    assert problem(crm.get("catalogs/5/custom_fields/groups")) == (404, "Not Found", "Catalog not found")


def test_tab_of_a_list(crm: Crm) -> None:
    catalog(crm, can_show_in_cards=True)
    catalog(crm, 5201, can_show_in_cards=False)
    tab = crm.get(f"{LEADS}/5200").json()
    assert (tab["type"], tab["is_predefined"], tab["name"]) == ("linked_group", True, "Оборудование")
    assert crm.get(LEADS).json()["_total_items"] == 3
    assert faults(crm.delete(f"{LEADS}/5200")) == [("0", "NotSupportedChoice", "id")]
    assert faults(crm.patch(f"{LEADS}/5200", {"name": "a"})) == [("0", "NotSupportedChoice", "id")]
    answer = crm.post("leads/custom_fields", {"name": "a", "type": "text", "group_id": "5200"})
    assert faults(answer) == [("0", "NotSupportedChoice", "group_id")]


def test_segments_have_none(crm: Crm) -> None:
    assert problem(crm.get("customers/segments/custom_fields/groups"))[0] == 404


def test_writes_are_for_administrators(crm: Crm) -> None:
    group = create(crm)
    other = crm.acting_as(crm.add_user())
    assert other.get(LEADS).status_code == 200
    for method, path in (
        ("POST", LEADS),
        ("PATCH", f"{LEADS}/{group['id']}"),
        ("DELETE", f"{LEADS}/{group['id']}"),
    ):
        assert problem(other.ask(method, path, json={"name": "a"}))[0] == 403
