"""Contacts and companies over the wire."""

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, events, filled, read

CONTACT = (
    "id name first_name last_name responsible_user_id group_id created_by updated_by created_at updated_at "
    "closest_task_at is_deleted is_unsorted custom_fields_values account_id _links _embedded"
).split()
COMPANY = [key for key in CONTACT if key not in ("first_name", "last_name", "is_unsorted")]


def test_a_contact(crm):
    contact = read(crm, "contacts", add(crm, "contacts", first_name="Анна", last_name="Ким"))
    assert list(contact) == CONTACT
    assert (contact["name"], contact["first_name"], contact["last_name"]) == ("Анна Ким", "Анна", "Ким")
    assert contact["_embedded"] == {"tags": [], "companies": []}
    assert contact["_links"]["self"]["href"].endswith(f"/api/v4/contacts/{contact['id']}")


def test_names_are_composed_in_the_accounts_order(crm):
    account = crm.world.account
    crm.world.store.put("account", {**account, "contact_name_display_order": 2})
    key = add(crm, "contacts", first_name="Анна", last_name="Ким")
    assert read(crm, "contacts", key)["name"] == "Ким Анна"
    crm.patch(f"contacts/{key}", {"last_name": "Ли"})
    assert read(crm, "contacts", key)["name"] == "Ли Анна"
    crm.patch(f"contacts/{key}", {"name": "Анна-Мария", "first_name": "А"})
    assert read(crm, "contacts", key)["name"] == "Анна-Мария"


def test_patch_answers_carry_the_name(crm):
    for entity in ("contacts", "companies"):
        key = add(crm, entity, name="Рога")
        [row] = crm.patch(entity, [{"id": key, "name": "Копыта"}]).json()["_embedded"][entity]
        assert list(row) == ["id", "name", "updated_at", "_links"]
        assert row["name"] == "Копыта"
        assert list(crm.patch(f"{entity}/{key}", {"request_id": "x"}).json())[-2] == "request_id"


def test_phones_by_code_of_the_field(crm):
    [phone] = [one for one in crm.world.store.all("field", "contacts") if one["code"] == "PHONE"]
    values = [{"value": "+7 900"}, {"value": "+7 901", "enum_code": "MOB"}]
    key = add(crm, "contacts", name="Анна", custom_fields_values=[{"field_code": "PHONE", "values": values}])
    shown = filled(crm, "contacts", key)[phone["id"]]
    assert [(row["value"], row["enum_code"]) for row in shown] == [("+7 900", "WORK"), ("+7 901", "MOB")]
    kinds = {option["value"]: option["id"] for option in phone["enums"]}
    assert [row["enum_id"] for row in shown] == [kinds["WORK"], kinds["MOB"]]


def test_a_company(crm):
    company = read(crm, "companies", add(crm, "companies", name="Рога"))
    assert list(company) == COMPANY
    assert company["_embedded"] == {"tags": []}
    refused = crm.post("companies", [{"first_name": "Анна"}])
    assert faults(refused) == [("0", "FieldNotExpected", "first_name")]


def test_nothing_is_required(crm):
    assert crm.post("contacts", [{"request_id": "a"}]).status_code == 200
    assert crm.post("companies", [{"request_id": "a"}]).status_code == 200
    assert nothing(crm.get("contacts/1"))
    assert nothing(crm.get("companies/1"))
    assert problem(crm.patch("contacts/1", [{"name": "a"}]))[0] == 405


def test_deals_do_not_fit_contacts(crm):
    assert faults(crm.post("contacts", [{"price": 1}])) == [("0", "FieldNotExpected", "price")]
    [field] = [one for one in crm.world.store.all("field", "leads") if one["code"] == "UTM_SOURCE"]
    values = [{"field_id": field["id"], "values": [{"value": "a"}]}]
    refused = crm.post("contacts", [{"custom_fields_values": values}])
    assert faults(refused) == [("0", "NotSupportedChoice", "custom_fields_values.0.field_id")]


def test_events_of_a_contact(crm):
    key = add(crm, "contacts", name="Анна")
    crm.patch(f"contacts/{key}", {"name": "Мария"})
    added, renamed = events(crm)
    assert added[0] == "contact_added"
    assert list(added[1][0]) == ["note"]
    assert renamed == (
        "name_field_changed",
        [{"name_field_value": {"name": "Мария"}}],
        [{"name_field_value": {"name": "Анна"}}],
    )
