"""What widespread clients send, in plain HTTP: the service takes it, and so must the emulator."""

from typing import Any

import pytest

from tests.emulator.conftest import Crm
from tests.emulator.expect import faults
from tests.emulator.some import add, field, filled, value

ROOT = "custom_fields_values.0.values.0"


def kept(crm: Crm, entity: str, key: int, field_id: int) -> list[dict[str, Any]]:
    """The values of one filled field of a card."""
    return list((filled(crm, entity, key) or {})[field_id])


def options(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a list field, in order."""
    return list(one["enums"])


def option_keys(option: dict[str, Any]) -> list[dict[str, Any]]:
    """How the official SDK names an option: the keys that the caller left out are sent as null."""
    return [
        {"value": None, "enum_id": option["id"]},
        {"value": option["value"], "enum_id": None},
        {"value": option["value"], "enum_id": option["id"]},
    ]


@pytest.mark.parametrize("kind", ["select", "multiselect", "radiobutton"])
def test_options_with_keys_left_null(crm: Crm, kind: str) -> None:
    one = field(crm, kind)
    chosen = options(one)[1]
    for sent in option_keys(chosen):
        key = add(crm, custom_fields_values=value(one["id"], sent))
        assert [row["enum_id"] for row in kept(crm, "leads", key, one["id"])] == [chosen["id"]]


def test_a_select_with_all_three_keys_by_a_switch(make_crm: Any) -> None:
    crm = make_crm(select_takes_code=True)
    one = field(crm, "select")
    chosen = options(one)[2]
    for sent in option_keys(chosen):
        key = add(crm, custom_fields_values=value(one["id"], {**sent, "enum_code": None}))
        assert kept(crm, "leads", key, one["id"])[0]["enum_id"] == chosen["id"]


def test_a_select_by_its_code_alone(crm: Crm) -> None:
    one = field(crm, "select", enums=[{"value": "Уфа", "sort": 1, "code": "ufa"}])
    key = add(crm, custom_fields_values=value(one["id"], {"enum_code": "ufa"}))
    assert kept(crm, "leads", key, one["id"])[0]["value"] == "Уфа"


def test_a_select_with_an_echoed_code(crm: Crm) -> None:
    one = field(crm, "select")
    sent = {"value": None, "enum_id": options(one)[0]["id"], "enum_code": None}
    refused = crm.post("leads", [{"custom_fields_values": value(one["id"], sent)}])
    assert faults(refused) == [("0", "FieldNotExpected", f"{ROOT}.enum_code")]


def test_entries_sent_back_whole(crm: Crm) -> None:
    """Names, types and codes of fields, which GET shows, are no obstacle in a write; codes of options are."""
    text, select = field(crm, "text"), field(crm, "select")
    values = [*value(text["id"], {"value": "a"}), *value(select["id"], {"enum_id": options(select)[0]["id"]})]
    key = add(crm, custom_fields_values=values)
    read = crm.get(f"leads/{key}").json()["custom_fields_values"]
    assert "field_type" in read[0]
    read[0]["values"] = [{"value": "b"}]
    assert crm.patch(f"leads/{key}", {"custom_fields_values": read[:1]}).status_code == 200
    assert kept(crm, "leads", key, text["id"]) == [{"value": "b"}]
    refused = crm.patch(f"leads/{key}", {"custom_fields_values": read})
    assert faults(refused) == [("0", "FieldNotExpected", "custom_fields_values.1.values.0.enum_code")]


def test_phones_sent_back_whole(crm: Crm) -> None:
    phone = [{"field_code": "PHONE", "values": [{"value": "+7 900", "enum_code": "MOB"}]}]
    key = add(crm, "contacts", name="Анна", custom_fields_values=phone)
    read = crm.get(f"contacts/{key}").json()["custom_fields_values"]
    assert crm.patch("contacts", [{"id": key, "custom_fields_values": read}]).status_code == 200
    assert kept(crm, "contacts", key, read[0]["field_id"]) == read[0]["values"]


def test_a_field_repeats_its_id_and_type(crm: Crm) -> None:
    one = field(crm, "select", code="CITY")
    sent = {"type": "select", "id": one["id"], "name": "Город", "code": "CITY", "sort": one["sort"]}
    sent |= {
        "is_api_only": False,
        "enums": [{key: row[key] for key in ("value", "sort", "id")} for row in options(one)],
    }
    answer = crm.patch(f"leads/custom_fields/{one['id']}", {**sent, "request_id": "0"})
    assert answer.is_success, answer.text
    assert [row["id"] for row in answer.json()["enums"]] == [row["id"] for row in options(one)]


def test_a_birthday_without_reminder(crm: Crm) -> None:
    sent = {"type": "birthday", "name": "День рождения", "remind": None, "request_id": "0"}
    assert crm.post("contacts/custom_fields", [sent]).status_code == 201


def test_links_with_empty_metadata(crm: Crm) -> None:
    deal, person = add(crm), add(crm, "contacts", name="Анна")
    link = {"to_entity_id": person, "to_entity_type": "contacts", "metadata": None}
    assert crm.post(f"leads/{deal}/link", [link]).status_code == 200
    assert crm.post(f"leads/{deal}/unlink", [link]).status_code == 204


def test_numbers_for_request_ids(crm: Crm) -> None:
    deal = add(crm)
    note = {"entity_id": deal, "note_type": "common", "params": {"text": "a"}, "request_id": 1}
    task = {"text": "a", "complete_till": 1_700_000_000, "request_id": 1}
    for path, item in (("leads/notes", note), ("tasks", task)):
        answer = crm.post(path, [item])
        assert answer.status_code == 200, answer.text
        name = path.rpartition("/")[2]
        assert answer.json()["_embedded"][name][0]["request_id"] == "1"


def first(crm: Crm, path: str, item: dict[str, Any]) -> dict[str, Any]:
    """What a POST of one item answers of it."""
    answer = crm.post(path, [{**item, "request_id": "0"}])
    assert answer.is_success, answer.text
    [rows] = answer.json()["_embedded"].values()
    return dict(rows[0])


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("leads/custom_fields/groups", {"name": "Доставка", "sort": 3}),
        ("catalogs", {"name": "Оборудование"}),
        ("sources", {"name": "Лендинг", "external_id": "one"}),
        ("chats/templates", {"name": "Привет", "content": "Здравствуйте"}),
    ],
)
def test_changes_that_repeat_the_id(crm: Crm, path: str, item: dict[str, Any]) -> None:
    key = first(crm, path, item)["id"]
    sent = {**item, "id": key, "name": "Новое имя", "request_id": "0"}
    answer = crm.patch(f"{path}/{key}", sent)
    assert answer.is_success, answer.text
    assert answer.json()["name"] == "Новое имя"
    other = "leads_1" if isinstance(key, str) else key + 1
    assert faults(crm.patch(f"{path}/{key}", {**sent, "id": other})) == [("0", "NotSupportedChoice", "id")]


def test_a_segment_that_repeats_its_id(crm: Crm) -> None:
    crm.patch("customers/mode", {"mode": "segments", "is_enabled": True})
    made = crm.post("customers/segments", {"name": "Опт", "color": "10599d", "request_id": "0"}).json()
    sent = {"id": made["id"], "name": "Розница", "color": "10599d", "request_id": "0"}
    assert crm.patch(f"customers/segments/{made['id']}", sent).json()["name"] == "Розница"


def test_a_source_keeps_the_external_id_that_is_sent_back(crm: Crm) -> None:
    made = first(crm, "sources", {"name": "Лендинг", "external_id": "one"})
    kept = {"id": made["id"], "name": "Сайт", "external_id": "one"}
    assert crm.patch("sources", [kept]).status_code == 200
    refused = [("0", "NotSupportedChoice", "external_id")]
    assert faults(crm.patch("sources", [{**kept, "external_id": "two"}])) == refused
    assert faults(crm.patch(f"sources/{made['id']}", {**kept, "external_id": "two"})) == refused


def test_a_template_with_keys_left_null(crm: Crm) -> None:
    empty = dict.fromkeys(("buttons", "is_editable", "external_id", "attachment"))
    made = first(crm, "chats/templates", {"name": "a", "content": "b", "type": "amocrm", **empty})
    assert (made["buttons"], made["is_editable"], made["attachment"]) == ([], False, None)


def test_tags_by_name_and_id_together(crm: Crm) -> None:
    key = add(crm, _embedded={"tags": [{"name": "VIP"}]})
    tag = crm.get(f"leads/{key}").json()["_embedded"]["tags"][0]
    sent = {"id": key, "_embedded": {"tags": [{"name": tag["name"], "id": tag["id"]}]}, "request_id": "0"}
    assert crm.patch(f"leads/{key}", sent).status_code == 200
    assert crm.get(f"leads/{key}").json()["_embedded"]["tags"] == [tag]


def test_whole_cards_sent_back_by_a_switch(make_crm: Any) -> None:
    """Colours of tags and links of contacts are left out: those are refused whatever the switch says."""
    crm = make_crm(read_only_keys="ignore")
    key = add(crm, name="До", price=5, _embedded={"tags": [{"name": "VIP"}]})
    whole = crm.get(f"leads/{key}", with_="contacts").json()
    whole["_embedded"]["tags"] = [
        {name: tag[name] for name in ("id", "name")} for tag in whole["_embedded"]["tags"]
    ]
    del whole["loss_reason_id"]
    answer = crm.patch("leads", [{**whole, "name": "После", "group_id": 5}])
    assert answer.status_code == 200, answer.text
    after = crm.get(f"leads/{key}", with_="contacts").json()
    assert (after["name"], after["group_id"]) == ("После", whole["group_id"])


def test_whole_cards_sent_back(crm: Crm) -> None:
    key = add(crm, "contacts", name="Анна")
    sent = {"id": key, "name": "Анна", "group_id": 0, "account_id": 1, "_links": {}}
    refused = [("0", "FieldNotExpected", name) for name in ("group_id", "account_id", "_links")]
    assert faults(crm.patch("contacts", [sent])) == refused


def test_whole_tasks_sent_back_by_a_switch(make_crm: Any) -> None:
    crm = make_crm(read_only_keys="ignore")
    key = first(crm, "tasks", {"text": "a", "complete_till": 1_700_000_000})["id"]
    whole = crm.get(f"tasks/{key}").json()
    answer = crm.patch(f"tasks/{key}", {**whole, "text": "b", "request_id": None})
    assert (answer.status_code, answer.json()["request_id"]) == (200, "0")
    assert crm.get(f"tasks/{key}").json() == {**whole, "text": "b", "updated_at": answer.json()["updated_at"]}
