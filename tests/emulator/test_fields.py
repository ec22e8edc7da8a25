"""Custom fields: six scopes, types, closed key sets, pages, bulk and single writes."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config import fields_store
from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, nothing, problem

LEADS = "leads/custom_fields"
HEAD = ["id", "name", "type", "account_id", "code", "sort", "is_api_only", "enums"]
CARD = ["group_id", "required_statuses", "is_deletable", "is_predefined", "entity_type"]
TAIL = ["remind", "triggers", "currency", "hidden_statuses"]
KEYS = {
    "leads": [*HEAD, *CARD, "tracking_callback", *TAIL, "chained_lists"],
    "contacts": [*HEAD, *CARD, *TAIL],
    "companies": [*HEAD, *CARD, *TAIL],
    "customers": [*HEAD, *CARD, *TAIL, "chained_lists"],
    "segments": [*HEAD, "is_deletable", "is_predefined", "entity_type", "remind", "triggers", "currency"],
    "catalogs": [*HEAD, "catalog_id", "is_visible", "is_deletable", "is_required", "nested", "entity_type"],
}
PATHS = {**{entity: entity for entity in KEYS}, "segments": "customers/segments", "catalogs": "catalogs/5200"}


@pytest.fixture(autouse=True)
def catalog(crm: Crm) -> None:
    """A list with id 5200."""
    crm.world.store.put("catalog", {"id": 5200, "name": "Оборудование", "sort": 10, "type": "regular"})


def create(crm: Crm, path: str = LEADS, **more: Any) -> dict[str, Any]:
    """A field made through the API."""
    answer = crm.post(path, [{"name": "Канал", "type": "text", **more}])
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["_embedded"]["custom_fields"][0]
    return made


@pytest.mark.parametrize("entity", KEYS)
def test_every_scope(crm: Crm, entity: str) -> None:
    path = f"{PATHS[entity]}/custom_fields"
    made = create(crm, path)
    echoed = [*HEAD, "request_id", *KEYS[entity][len(HEAD) :], "_links"]
    assert list(made) == echoed
    assert (made["entity_type"], made["request_id"]) == (entity, "0")
    assert made["_links"] == {"self": {"href": f"{BASE}/api/v4/{path}/{made['id']}"}}
    one = crm.get(f"{path}/{made['id']}").json()
    assert one == {key: value for key, value in made.items() if key != "request_id"}
    shown = crm.get(path, limit=250).json()["_embedded"]["custom_fields"]
    listed = next(field for field in shown if field["id"] == made["id"])
    more = ["is_computed"] if entity == "leads" else []
    assert list(listed) == [*KEYS[entity], *more, "_links"]
    assert listed["_links"]["self"]["href"] == f"{BASE}/api/v4/{path}/{made['id']}?limit=250&page=1"
    changed = crm.patch(f"{path}/{made['id']}", {"name": "Источник"})
    assert (list(changed.json()), changed.json()["name"]) == (echoed, "Источник")
    assert nothing(crm.delete(f"{path}/{made['id']}"))
    assert problem(crm.get(f"{path}/{made['id']}")) == (404, "Not Found", "Custom field not found")


def test_bulk_create(crm: Crm) -> None:
    answer = crm.post(
        LEADS, [{"name": "a", "type": "text", "request_id": "f1"}, {"name": "b", "type": "date"}]
    )
    document = answer.json()
    assert answer.status_code == 201
    assert list(document) == ["_total_items", "_embedded"]
    assert document["_total_items"] == 2
    assert [field["request_id"] for field in document["_embedded"]["custom_fields"]] == ["f1", "1"]


def test_one_bare_object(crm: Crm) -> None:
    answer = crm.post(LEADS, {"name": "a", "type": "text", "request_id": "f1"})
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["request_id"]) == ("a", "f1")
    assert faults(crm.post(LEADS, {"name": "a"})) == [("0", "FieldMissing", "type")]


@pytest.mark.parametrize("sent", [None, [], {}])
def test_empty_bodies(crm: Crm, sent: Any) -> None:
    assert problem(crm.post(LEADS, sent)) == (400, "Bad Request", "Request data can not be empty")


def test_defaults(crm: Crm) -> None:
    first, second = create(crm), create(crm)
    assert second["sort"] == first["sort"] + 1 >= 501
    assert (first["code"], first["is_api_only"], first["group_id"], first["required_statuses"]) == (
        None,
        False,
        None,
        [],
    )
    assert (first["is_deletable"], first["is_predefined"], first["triggers"], first["hidden_statuses"]) == (
        True,
        False,
        [],
        [],
    )


@pytest.mark.parametrize(
    ("entity", "more", "expected"),
    [
        ("leads", {"name": ""}, ("NotBlank", "name")),
        ("leads", {"name": "x" * 256}, ("TooLong", "name")),
        ("leads", {"code": "x" * 256}, ("TooLong", "code")),
        ("leads", {"code": 5}, ("InvalidType", "code")),
        ("leads", {"sort": "5"}, ("InvalidType", "sort")),
        ("leads", {"group_id": 5}, ("InvalidType", "group_id")),
        ("leads", {"is_deletable": True}, ("FieldNotExpected", "is_deletable")),
        ("leads", {"is_visible": True}, ("FieldNotExpected", "is_visible")),
        ("leads", {"enums": []}, ("FieldNotExpected", "enums")),
        ("leads", {"remind": "day"}, ("FieldNotExpected", "remind")),
        ("leads", {"entity_type": "leads"}, ("FieldNotExpected", "entity_type")),
        ("leads", {"is_computed": True}, ("FieldNotExpected", "is_computed")),
        ("contacts", {"hidden_statuses": []}, ("FieldNotExpected", "hidden_statuses")),
        ("customers", {"required_statuses": []}, ("FieldNotExpected", "required_statuses")),
        ("segments", {"group_id": None}, ("FieldNotExpected", "group_id")),
        ("segments", {"is_api_only": True}, ("FieldNotExpected", "is_api_only")),
        ("catalogs", {"group_id": None}, ("FieldNotExpected", "group_id")),
        ("catalogs", {"is_api_only": True}, ("FieldNotExpected", "is_api_only")),
        ("leads", {"type": "birthday", "remind": "year"}, ("NotSupportedChoice", "remind")),
        ("leads", {"type": "monetary"}, ("FieldMissing", "currency")),
        ("leads", {"type": "monetary", "currency": "XXX"}, ("NotSupportedChoice", "currency")),
        ("catalogs", {"type": "linked_entity"}, ("FieldMissing", "search_in")),
        ("catalogs", {"type": "linked_entity", "search_in": "leads"}, ("NotSupportedChoice", "search_in")),
    ],
)
def test_closed_keys(crm: Crm, entity: str, more: dict[str, Any], expected: tuple[str, str]) -> None:
    answer = crm.post(f"{PATHS[entity]}/custom_fields", [{"name": "a", "type": "text", **more}])
    assert faults(answer) == [("0", *expected)]


def test_whole_batch_is_refused(crm: Crm) -> None:
    before = crm.get(LEADS, limit=250).text
    answer = crm.post(
        LEADS,
        [
            {"type": "text"},
            {"name": "good", "type": "text"},
            {"name": "a", "type": "nope", "colour": "red", "enums": [{"value": "a"}], "request_id": "r"},
        ],
    )
    assert sorted(faults(answer)) == [
        ("0", "FieldMissing", "name"),
        ("r", "FieldNotExpected", "colour"),
        ("r", "NotSupportedChoice", "type"),
    ]
    assert crm.get(LEADS, limit=250).text == before


def test_settings_of_lists_are_taken(crm: Crm) -> None:
    path = f"{PATHS['catalogs']}/custom_fields"
    made = create(crm, path, is_visible=False, is_required=True, is_deletable=False, settings={}, sort=3)
    assert (made["is_visible"], made["is_required"], made["is_deletable"]) == (False, True, False)
    assert (made["catalog_id"], made["sort"], "settings" in made) == (5200, 3, False)
    assert faults(crm.delete(f"{path}/{made['id']}")) == [("0", "NotSupportedChoice", "id")]
    assert problem(crm.get("catalogs/5/custom_fields")) == (404, "Not Found", "Catalog not found")


def test_with_an_id(make_crm: Callable[..., Crm], crm: Crm) -> None:
    answer = crm.post(LEADS, [{"id": 5, "name": "ghost", "type": "text"}])
    assert (answer.status_code, answer.json()) == (
        201,
        {"_total_items": 0, "_embedded": {"custom_fields": []}},
    )
    assert "ghost" not in crm.get(LEADS, limit=250).text
    strict = make_crm(field_with_id="refuse")
    answer = strict.post(LEADS, [{"id": 5, "name": "a", "type": "text"}])
    assert faults(answer) == [("0", "FieldNotExpected", "id")]


@pytest.mark.parametrize("status", [200, 201])
def test_bulk_patch(make_crm: Callable[..., Crm], status: int) -> None:
    crm = make_crm(patch_field_status=status)
    first, second = create(crm), create(crm)
    answer = crm.patch(
        LEADS, [{"id": first["id"], "name": "x"}, {"id": second["id"], "sort": 1, "request_id": "s"}]
    )
    document = answer.json()
    assert answer.status_code == status
    assert list(document) == ["_total_items", "_embedded"]
    assert document["_embedded"]["custom_fields"] == [
        {**first, "name": "x"},
        {**second, "sort": 1, "request_id": "s"},
    ]
    assert crm.patch(f"{LEADS}/{first['id']}", {"name": "y"}).status_code == status


def test_refused_patches(crm: Crm) -> None:
    made = create(crm)
    answer = crm.patch(
        LEADS, [{"name": "a"}, {"id": 5, "name": "a"}, {"id": made["id"], "name": ""}, {"id": "5"}]
    )
    assert faults(answer) == [
        ("0", "FieldMissing", "id"),
        ("1", "NotSupportedChoice", "id"),
        ("2", "NotBlank", "name"),
        ("3", "InvalidType", "id"),
    ]
    one = f"{LEADS}/{made['id']}"
    assert faults(crm.patch(one, [{"name": "a"}])) == [("0", "FieldNotExpected", "0")]
    assert faults(crm.patch(one, {"id": 5})) == [("0", "NotSupportedChoice", "id")]
    assert faults(crm.patch(one, {"currency": "RUB"})) == [("0", "FieldNotExpected", "currency")]
    assert problem(crm.patch(one, {}))[2] == "Request data can not be empty"
    assert problem(crm.patch(f"{LEADS}/5", {"name": "a"}))[0] == 404
    assert problem(crm.delete(LEADS, [{"id": made["id"]}]))[0] == 405


def test_type_never_changes(make_crm: Callable[..., Crm], crm: Crm) -> None:
    made = create(crm)
    one = f"{LEADS}/{made['id']}"
    assert crm.patch(one, {"id": made["id"], "type": "text", "request_id": "0"}).json() == made
    answer = crm.patch(one, {"type": "select", "name": "a"})
    assert faults(answer) == [("0", "NotSupportedChoice", "type")]
    deaf = make_crm(change_type_status="ignore")
    key = create(deaf)["id"]
    changed = deaf.patch(f"{LEADS}/{key}", {"type": "select", "name": "a"}).json()
    assert (changed["type"], changed["name"]) == ("text", "a")


def test_predefined_ones_stay(crm: Crm) -> None:
    fields = crm.get("contacts/custom_fields").json()["_embedded"]["custom_fields"]
    phone = next(field for field in fields if field["code"] == "PHONE")
    assert faults(crm.delete(f"contacts/custom_fields/{phone['id']}")) == [("0", "NotSupportedChoice", "id")]
    answer = crm.patch(f"contacts/custom_fields/{phone['id']}", {"enums": []})
    assert faults(answer) == [("0", "FieldNotExpected", "enums")]


def test_computed_ones(crm: Crm) -> None:
    made = fields_store.make_field(
        crm.world.store, "leads", {"name": "a", "type": "numeric"}, is_computed=True
    )
    assert "is_computed" not in crm.get(f"{LEADS}/{made['id']}").json()
    shown = crm.get(LEADS, **{"filter[id][]": made["id"]}).json()["_embedded"]["custom_fields"]
    assert [field["is_computed"] for field in shown] == [True]


def test_segments_hold_thirty(crm: Crm) -> None:
    path = "customers/segments/custom_fields"
    assert problem(crm.post(path, [{"name": "a", "type": "text"}] * 31))[0] == 422
    assert crm.post(path, [{"name": "a", "type": "text"}] * 30).status_code == 201
    assert problem(crm.post(path, [{"name": "a", "type": "text"}]))[0] == 422


def test_writes_are_for_administrators(crm: Crm) -> None:
    made = create(crm)
    other = crm.acting_as(crm.add_user())
    assert other.get(LEADS).status_code == 200
    one = f"{LEADS}/{made['id']}"
    for method, path in (("POST", LEADS), ("PATCH", LEADS), ("PATCH", one), ("DELETE", one)):
        assert problem(other.ask(method, path, json=[{"name": "a"}]))[0] == 403
