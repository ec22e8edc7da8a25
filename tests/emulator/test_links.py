"""Links between records (protocol page, 7.6)."""

import pytest

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, catalog, read


@pytest.fixture
def cards(crm):
    """(deal, contact, other contact, company)."""
    people = [add(crm, "contacts", name=name) for name in ("Анна", "Пётр")]
    return add(crm), *people, add(crm, "companies", name="Рога")


def link(crm, path, key, entity, **metadata):
    item = {"to_entity_id": key, "to_entity_type": entity}
    return crm.post(f"{path}/link", [{**item, "metadata": metadata} if metadata else item])


def shown(crm, path, **query):
    answer = crm.get(f"{path}/links", **query)
    rows = answer.json()["_embedded"]["links"] if answer.status_code == 200 else []
    return [(row["to_entity_type"], row["to_entity_id"], row["metadata"]) for row in rows]


def test_linking_and_reading(crm, cards):
    lead, anna, peter, company = cards
    assert nothing(crm.get(f"leads/{lead}/links"))
    body = link(crm, f"leads/{lead}", anna, "contacts").json()
    assert body["_total_items"] == 1
    assert body["_embedded"]["links"] == [
        {
            "entity_id": lead,
            "entity_type": "leads",
            "to_entity_id": anna,
            "to_entity_type": "contacts",
            "metadata": {"main_contact": True},
        }
    ]
    link(crm, f"leads/{lead}", peter, "contacts")
    link(crm, f"leads/{lead}", company, "companies")
    assert shown(crm, f"leads/{lead}") == [
        ("companies", company, None),
        ("contacts", anna, {"main_contact": True}),
        ("contacts", peter, {"main_contact": False}),
    ]
    assert list(crm.get(f"leads/{lead}/links").json()) == ["_total_items", "_links", "_embedded"]
    assert shown(crm, f"contacts/{peter}") == [("leads", lead, None)]
    assert read(crm, "leads", lead)["_embedded"]["companies"][0]["id"] == company


def test_the_main_contact(crm, cards):
    lead, anna, peter, _ = cards
    link(crm, f"leads/{lead}", anna, "contacts")
    link(crm, f"leads/{lead}", peter, "contacts", is_main=True)
    assert [row[2]["main_contact"] for row in shown(crm, f"leads/{lead}")] == [False, True]
    crm.post(f"leads/{lead}/unlink", [{"to_entity_id": peter, "to_entity_type": "contacts"}])
    assert shown(crm, f"leads/{lead}") == [("contacts", anna, {"main_contact": True})]


def test_from_the_other_end(crm, cards):
    lead, anna, _, company = cards
    link(crm, f"contacts/{anna}", lead, "leads")
    link(crm, f"companies/{company}", anna, "contacts")
    assert shown(crm, f"leads/{lead}") == [("contacts", anna, {"main_contact": True})]
    assert read(crm, "contacts", anna)["_embedded"]["companies"][0]["id"] == company


def test_a_second_company_takes_the_place_of_the_first(crm, cards):
    lead, _, _, company = cards
    other = add(crm, "companies", name="Копыта")
    for key in (company, other):
        link(crm, f"leads/{lead}", key, "companies")
    assert shown(crm, f"leads/{lead}") == [("companies", other, None)]
    assert [row["id"] for row in read(crm, "leads", lead)["_embedded"]["companies"]] == [other]


def test_unlinking(crm, cards):
    lead, anna, _, company = cards
    for key, entity in ((anna, "contacts"), (company, "companies")):
        link(crm, f"leads/{lead}", key, entity)
        row = {"to_entity_id": key, "to_entity_type": entity}
        assert nothing(crm.post(f"leads/{lead}/unlink", [row]))
        assert nothing(crm.post(f"leads/{lead}/unlink", [row]))
    assert nothing(crm.get(f"leads/{lead}/links"))
    assert read(crm, "leads", lead)["_embedded"]["companies"] == []


def test_many_cards_at_once(crm, cards):
    lead, anna, _, _ = cards
    other = add(crm)
    rows = [{"entity_id": key, "to_entity_id": anna, "to_entity_type": "contacts"} for key in (lead, other)]
    assert crm.post("leads/link", rows).json()["_total_items"] == 2
    body = crm.get("leads/links", **{"filter[entity_id][]": [lead, other, 5]}).json()
    assert [row["entity_id"] for row in body["_embedded"]["links"]] == [lead, other]
    assert nothing(crm.post("leads/unlink", rows[:1]))
    assert nothing(crm.get(f"leads/{lead}/links"))
    assert problem(crm.get("leads/links"))[0] == 400


def test_filters(crm, cards):
    lead, anna, peter, _ = cards
    for key in (anna, peter):
        link(crm, f"leads/{lead}", key, "contacts")
    query = {"filter[to_entity_id]": peter}
    assert len(shown(crm, f"leads/{lead}", **query)) == 2
    query["filter[to_entity_type]"] = "contacts"
    assert [row[1] for row in shown(crm, f"leads/{lead}", **query)] == [peter]


def test_elements_of_lists(crm, cards):
    lead = cards[0]
    home = catalog(crm)
    [element] = crm.post(f"catalogs/{home}/elements", [{"name": "Станок"}]).json()["_embedded"]["elements"]
    link(crm, f"leads/{lead}", element["id"], "catalog_elements", catalog_id=home, quantity=3)
    metadata = {"quantity": 3, "catalog_id": home, "price_id": None}
    assert shown(crm, f"leads/{lead}") == [("catalog_elements", element["id"], metadata)]
    assert len(shown(crm, f"leads/{lead}", **{"filter[to_catalog_id]": home})) == 1
    assert shown(crm, f"leads/{lead}", **{"filter[to_catalog_id]": 5}) == []
    [row] = crm.get(f"leads/{lead}", with_="catalog_elements").json()["_embedded"]["catalog_elements"]
    assert (row["id"], row["metadata"]) == (element["id"], metadata)
    missing = link(crm, f"leads/{lead}", element["id"], "catalog_elements")
    assert faults(missing) == [("0", "FieldMissing", "metadata.catalog_id")]


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        ({"to_entity_type": "contacts"}, "FieldMissing", "to_entity_id"),
        ({"to_entity_id": 5, "to_entity_type": "contacts"}, "NotSupportedChoice", "to_entity_id"),
        ({"to_entity_id": 5, "to_entity_type": "customers"}, "NotSupportedChoice", "to_entity_type"),
        (
            {"to_entity_id": 5, "to_entity_type": "contacts", "metadata": {"main_contact": True}},
            "FieldNotExpected",
            "metadata.main_contact",
        ),
    ],
)
def test_refusals(crm, cards, row, code, path):
    assert faults(crm.post(f"leads/{cards[0]}/link", [row])) == [("0", code, path)]


def test_a_card_that_is_not_there(crm, cards):
    assert problem(link(crm, "leads/5", cards[1], "contacts"))[0] == 404
    row = {"entity_id": 5, "to_entity_id": cards[1], "to_entity_type": "contacts"}
    assert faults(crm.post("leads/link", [row])) == [("0", "NotSupportedChoice", "entity_id")]


def test_links_change_updated_at(crm, cards):
    lead, anna, _, _ = cards
    crm.world.clock.advance(60)
    link(crm, f"leads/{lead}", anna, "contacts")
    deal = read(crm, "leads", lead)
    assert deal["updated_at"] >= deal["created_at"] + 60
