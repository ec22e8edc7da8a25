"""`leads/complex`: deals with their contact and company in one go (protocol page, 7.11)."""

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, field, pipeline, read, value


def test_a_deal_with_everything(crm):
    cards = {"contacts": [{"name": "Анна"}], "companies": [{"name": "Рога"}], "tags": [{"name": "VIP"}]}
    answer = crm.post("leads/complex", [{"name": "Замер", "request_id": "a", "_embedded": cards}])
    assert answer.status_code == 200
    [row] = answer.json()
    assert list(row) == ["id", "contact_id", "company_id", "request_id", "merged"]
    assert (row["request_id"], row["merged"]) == (["a"], False)
    shown = crm.get(f"leads/{row['id']}", with_="contacts").json()["_embedded"]
    assert shown["contacts"][0]["id"] == row["contact_id"]
    assert shown["companies"][0]["id"] == row["company_id"]
    assert shown["tags"][0]["name"] == "VIP"
    assert read(crm, "contacts", row["contact_id"])["name"] == "Анна"


def test_cards_that_are_known(crm):
    contact = add(crm, "contacts", name="Анна")
    [row] = crm.post("leads/complex", [{"_embedded": {"contacts": [{"id": contact}]}}]).json()
    assert (row["contact_id"], row["company_id"]) == (contact, None)


def test_refusals(crm):
    two = [{"name": "a"}, {"name": "b"}]
    many = [value(field(crm, "text")["id"], {"value": "a"})[0] for _ in range(41)]
    items = [
        {"_embedded": {"contacts": two}},
        {"custom_fields_values": many},
        {"_embedded": {"companies": [{"price": 1}]}},
        {"_embedded": {"contacts": [{"id": 5}]}},
        {"_embedded": {"metadata": {"category": "mail"}}},
    ]
    assert faults(crm.post("leads/complex", items)) == [
        ("0", "TooMany", "_embedded.contacts"),
        ("1", "TooMany", "custom_fields_values"),
        ("2", "FieldNotExpected", "_embedded.companies.0.price"),
        ("3", "NotSupportedChoice", "_embedded.contacts.0.id"),
        ("4", "NotSupportedChoice", "_embedded.metadata.category"),
    ]
    assert nothing(crm.get("leads"))
    assert problem(crm.post("leads/complex", [{}] * 51))[0] == 422


def test_metadata_makes_a_request(crm):
    metadata = {"category": "forms", "form_id": 7, "form_name": "a", "form_page": "b", "form_sent_at": 1}
    cards = {"contacts": [{"name": "Анна"}], "metadata": metadata}
    [row] = crm.post("leads/complex", [{"name": "Замер", "_embedded": cards}]).json()
    assert read(crm, "leads", row["id"])["status_id"] == pipeline(crm)[1]
    [request] = crm.get("leads/unsorted").json()["_embedded"]["unsorted"]
    assert request["_embedded"]["contacts"][0]["id"] == row["contact_id"]
    assert nothing(crm.get("contacts"))
