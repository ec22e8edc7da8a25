"""What stands inside custom fields: options, references, codes, chains."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.conftest import Crm
from tests.emulator.expect import faults

LEADS = "leads/custom_fields"
SITE, CALL = {"value": "Сайт", "sort": 1}, {"value": "Звонок", "sort": 2, "code": "call"}


def create(crm: Crm, path: str = LEADS, **more: Any) -> dict[str, Any]:
    """A field made through the API."""
    answer = crm.post(path, {"name": "Канал", "type": "text", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def stage(crm: Crm, place: int) -> dict[str, int]:
    """The n-th stage of the account's pipeline as fields name it."""
    pipeline = crm.get("leads/pipelines").json()["_embedded"]["pipelines"][0]
    return {"status_id": pipeline["_embedded"]["statuses"][place]["id"], "pipeline_id": pipeline["id"]}


def choice(crm: Crm, **more: Any) -> dict[str, Any]:
    """A select field with two options."""
    return create(crm, type="select", enums=[SITE, CALL], **more)


def test_options(crm: Crm) -> None:
    first, second = choice(crm)["enums"]
    assert list(first) == ["id", "value", "sort", "code"]
    assert (first["value"], first["sort"], first["code"], second["code"]) == ("Сайт", 1, None, "call")
    assert second["id"] == first["id"] + 2


def test_options_without_a_code_key(make_crm: Callable[..., Crm]) -> None:
    first, second = choice(make_crm(read_code_key="absent"))["enums"]
    assert (list(first), list(second)) == (["id", "value", "sort"], ["id", "value", "sort", "code"])


def test_options_by_sort_and_with_a_default(crm: Crm) -> None:
    made = create(crm, type="multiselect", enums=[{"value": "c"}, {"value": "b", "sort": 7}, {"value": "a"}])
    assert [(option["value"], option["sort"]) for option in made["enums"]] == [
        ("b", 7),
        ("c", 500),
        ("a", 500),
    ]


def test_a_write_replaces_all_options(crm: Crm) -> None:
    made = choice(crm)
    site, call = made["enums"]
    wanted = [{"id": site["id"], "value": "Сайт компании", "sort": 1}, {"value": "Выставка", "sort": 3}]
    answer = crm.patch(f"{LEADS}/{made['id']}", {"enums": wanted}).json()
    kept, new = answer["enums"]
    assert kept == {**site, "value": "Сайт компании"}
    assert (new["id"] > call["id"], new["value"], len(answer["enums"])) == (True, "Выставка", 2)
    again = crm.patch(f"{LEADS}/{made['id']}", {"enums": [{"value": "Сайт компании"}]}).json()["enums"]
    assert [option["id"] > new["id"] for option in again] == [True], (
        "the same text without an id is a new option"
    )
    answer = crm.patch(f"{LEADS}/{made['id']}", {"enums": [{"id": site["id"], "value": "Сайт"}]})
    assert faults(answer) == [("0", "NotSupportedChoice", "enums.0.id")]


def test_what_an_option_does_not_say_stays(crm: Crm) -> None:
    made = choice(crm)
    _, call = made["enums"]
    answer = crm.patch(f"{LEADS}/{made['id']}", {"enums": [{"id": call["id"], "value": "Звонок"}]}).json()
    assert answer["enums"] == [call]
    options = [{"id": call["id"], "value": "Звонок", "code": None, "sort": 9}]
    answer = crm.patch(f"{LEADS}/{made['id']}", {"enums": options}).json()
    assert answer["enums"] == [{**call, "code": None, "sort": 9}]


def test_other_patches_leave_options_alone(crm: Crm) -> None:
    made = choice(crm)
    assert crm.patch(f"{LEADS}/{made['id']}", {"name": "x"}).json()["enums"] == made["enums"]


@pytest.mark.parametrize("kind", ["select", "multiselect", "radiobutton"])
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("FieldMissing", "enums")),
        ({"enums": []}, ("TooFew", "enums")),
        ({"enums": None}, ("NotNullable", "enums")),
        ({"enums": [{"sort": 1}]}, ("FieldMissing", "enums.0.value")),
        ({"enums": [{"value": ""}]}, ("NotBlank", "enums.0.value")),
        ({"enums": [{"value": 5}]}, ("InvalidType", "enums.0.value")),
        ({"enums": [SITE, {"value": "a", "id": 5}]}, ("FieldNotExpected", "enums.1.id")),
        ({"enums": [{"value": "a", "color": "red"}]}, ("FieldNotExpected", "enums.0.color")),
        ({"enums": {"0": SITE}}, ("InvalidType", "enums")),
    ],
)
def test_refused_options(crm: Crm, kind: str, more: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(crm.post(LEADS, [{"name": "a", "type": kind, **more}])) == [("0", *expected)]


def test_options_of_other_fields_and_twice(crm: Crm) -> None:
    made, other = choice(crm), choice(crm)
    site = {"id": made["enums"][0]["id"], "value": "a"}
    foreign = {"id": other["enums"][0]["id"], "value": "b"}
    answer = crm.patch(LEADS, [{"id": made["id"], "enums": [site, foreign, site]}])
    assert faults(answer) == [
        ("0", "NotSupportedChoice", "enums.1.id"),
        ("0", "NotSupportedChoice", "enums.2.id"),
    ]
    assert faults(crm.patch(f"{LEADS}/{made['id']}", {"enums": []})) == [("0", "TooFew", "enums")]


def test_options_of_one_text(make_crm: Callable[..., Crm], crm: Crm) -> None:
    assert len(create(crm, type="select", enums=[SITE, SITE])["enums"]) == 2
    answer = make_crm(duplicate_options=False).post(
        LEADS, [{"name": "a", "type": "select", "enums": [SITE, SITE]}]
    )
    assert faults(answer) == [("0", "NotSupportedChoice", "enums.1.value")]


def test_options_as_an_object(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(enums_as_object=True)
    made, plain = choice(crm), create(crm)
    answer = crm.patch(LEADS, [{"id": made["id"], "name": "a"}, {"id": plain["id"], "name": "b"}]).json()
    shown, other = answer["_embedded"]["custom_fields"]
    assert shown["enums"] == {"1": made["enums"][0], "2": made["enums"][1]}
    assert other["enums"] is None
    assert isinstance(crm.get(f"{LEADS}/{made['id']}").json()["enums"], list)
    assert isinstance(crm.patch(f"{LEADS}/{made['id']}", {"name": "c"}).json()["enums"], list)


def test_codes_are_unique_in_their_scope(make_crm: Callable[..., Crm], crm: Crm) -> None:
    first, second = create(crm, code="CHANNEL"), create(crm)
    create(crm, "contacts/custom_fields", code="CHANNEL")
    refusal = [("0", "NotSupportedChoice", "code")]
    assert faults(crm.post(LEADS, [{"name": "a", "type": "text", "code": "CHANNEL"}])) == refusal
    assert faults(crm.patch(f"{LEADS}/{second['id']}", {"code": "CHANNEL"})) == refusal
    assert crm.patch(f"{LEADS}/{first['id']}", {"code": "CHANNEL"}).json()["code"] == "CHANNEL"
    assert crm.patch(f"{LEADS}/{first['id']}", {"code": None}).json()["code"] is None
    assert crm.patch(f"{LEADS}/{second['id']}", {"code": "CHANNEL"}).json()["code"] == "CHANNEL"
    twins = [{"name": "a", "type": "text", "code": "X"}] * 2
    assert faults(crm.post(LEADS, twins)) == [("1", "NotSupportedChoice", "code")]
    free = make_crm(unique_code=False)
    assert free.post(LEADS, twins).status_code == 201


def test_groups(crm: Crm) -> None:
    group = crm.post(f"{LEADS}/groups", [{"name": "a", "sort": 3}]).json()["_embedded"][
        "custom_field_groups"
    ][0]
    made = create(crm, group_id=group["id"])
    assert made["group_id"] == group["id"]
    assert crm.patch(f"{LEADS}/{made['id']}", {"group_id": "default"}).json()["group_id"] is None
    answer = crm.patch(f"{LEADS}/{made['id']}", {"group_id": "leads_1"})
    assert faults(answer) == [("0", "NotSupportedChoice", "group_id")]
    assert faults(crm.patch(LEADS, [{"id": made["id"], "group_id": "contacts_1"}]))[0][2] == "group_id"


@pytest.mark.parametrize("key", ["required_statuses", "hidden_statuses"])
def test_stages(crm: Crm, key: str) -> None:
    first, won = stage(crm, 1), stage(crm, -2)
    made = create(crm, **{key: [first, won]})
    assert made[key] == [first, won]
    assert list(made[key][0]) == ["status_id", "pipeline_id"]
    one = f"{LEADS}/{made['id']}"
    assert crm.patch(one, {"name": "a"}).json()[key] == [first, won]
    assert crm.patch(one, {key: [won]}).json()[key] == [won]
    assert crm.patch(one, {key: []}).json()[key] == []
    bad = [
        first,
        {**first, "status_id": 5},
        {**first, "pipeline_id": 5},
        {"pipeline_id": 5, "status_id": 142},
    ]
    assert faults(crm.patch(one, {key: bad})) == [
        ("0", "NotSupportedChoice", f"{key}.1.status_id"),
        ("0", "NotSupportedChoice", f"{key}.2.pipeline_id"),
        ("0", "NotSupportedChoice", f"{key}.3.pipeline_id"),
    ]
    assert faults(crm.patch(one, {key: [{"status_id": 142}]})) == [
        ("0", "FieldMissing", f"{key}.0.pipeline_id")
    ]


def test_null_clears_required_stages_only(crm: Crm) -> None:
    made = create(crm, required_statuses=[stage(crm, 1)])
    one = f"{LEADS}/{made['id']}"
    assert crm.patch(one, {"required_statuses": None}).json()["required_statuses"] == []
    assert faults(crm.patch(one, {"hidden_statuses": None})) == [("0", "NotNullable", "hidden_statuses")]


def test_a_stage_that_is_not_shown_cannot_be_named(crm: Crm) -> None:
    pair = stage(crm, 0)
    crm.patch(f"leads/pipelines/{pair['pipeline_id']}", {"is_unsorted_on": False})
    answer = crm.post(LEADS, [{"name": "a", "type": "text", "required_statuses": [pair]}])
    assert faults(answer) == [("0", "NotSupportedChoice", "required_statuses.0.status_id")]


def test_hiding_is_a_super_field(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(super_fields=False)
    answer = crm.post(LEADS, [{"name": "a", "type": "text", "hidden_statuses": [stage(crm, 1)]}])
    assert faults(answer) == [("0", "NotSupportedChoice", "hidden_statuses")]


def test_api_only_and_required_exclude_each_other(make_crm: Callable[..., Crm], crm: Crm) -> None:
    pair = stage(crm, 1)
    made = create(crm, required_statuses=[pair])
    one = f"{LEADS}/{made['id']}"
    answer = crm.patch(one, {"is_api_only": True}).json()
    assert (answer["is_api_only"], answer["required_statuses"]) == (True, [])
    refusal = [("0", "NotSupportedChoice", "required_statuses")]
    assert faults(crm.patch(one, {"required_statuses": [pair]})) == refusal
    both = {"name": "a", "type": "text", "is_api_only": True, "required_statuses": [pair]}
    assert faults(crm.post(LEADS, [both])) == refusal
    free = make_crm(api_only_clears_required=False)
    made = free.post(LEADS, {**both, "required_statuses": [stage(free, 1)]}).json()
    assert made["required_statuses"] == [stage(free, 1)]
    changed = free.patch(f"{LEADS}/{made['id']}", {"is_api_only": True}).json()
    assert changed["required_statuses"] == [stage(free, 1)]


def test_chains(crm: Crm) -> None:
    for key in (5200, 5201):
        crm.world.store.put("catalog", {"id": key, "name": "a", "sort": 1})
    levels = [
        {"title": "Марка", "catalog_id": 5200},
        {"title": "Модель", "catalog_id": 5201, "parent_catalog_id": 5200},
    ]
    made = create(crm, type="chained_list", chained_lists=levels)
    assert made["chained_lists"] == [{**levels[0], "parent_catalog_id": None}, levels[1]]
    assert list(made["chained_lists"][0]) == ["title", "catalog_id", "parent_catalog_id"]
    one = f"{LEADS}/{made['id']}"
    bad = [{"title": "a", "catalog_id": 5}, {"title": "b", "catalog_id": 5200, "parent_catalog_id": 5201}]
    assert faults(crm.patch(one, {"chained_lists": bad})) == [
        ("0", "NotSupportedChoice", "chained_lists.0.catalog_id"),
        ("0", "NotSupportedChoice", "chained_lists.1.parent_catalog_id"),
    ]
    bad = [{"title": "a"}, {"title": " ", "catalog_id": 5200}]
    assert faults(crm.patch(one, {"chained_lists": bad})) == [
        ("0", "FieldMissing", "chained_lists.0.catalog_id"),
        ("0", "NotBlank", "chained_lists.1.title"),
    ]
    assert faults(crm.patch(one, {"chained_lists": []})) == [("0", "TooFew", "chained_lists")]
    answer = crm.post(LEADS, [{"name": "a", "type": "chained_list"}])
    assert faults(answer) == [("0", "FieldMissing", "chained_lists")]


def test_own_keys_of_types(crm: Crm) -> None:
    crm.world.store.put("catalog", {"id": 5200, "name": "a", "sort": 1})
    birthday = create(crm, type="birthday", remind="week")
    assert crm.patch(f"{LEADS}/{birthday['id']}", {"remind": None}).json()["remind"] is None
    money = create(crm, type="monetary", currency="RUB")
    assert crm.patch(f"{LEADS}/{money['id']}", {"currency": "EUR"}).json()["currency"] == "EUR"
    tracking = create(crm, type="tracking_data", tracking_callback="read_cookie")
    assert tracking["tracking_callback"] == "read_cookie"
    linked = create(crm, "catalogs/5200/custom_fields", type="linked_entity", search_in="5200")
    assert linked["search_in"] == "5200"
