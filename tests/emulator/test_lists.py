"""Lists of cards: pages, links between them, orders, extras, what a search finds."""

import pytest

from amoconf.emulator.config.fields_store import delete_field
from tests.emulator.expect import nothing, problem
from tests.emulator.some import add, field, filled, read, value

BASE = "https://stroymarket.amocrm.ru/api/v4/leads"


def ids(crm, entity="leads", **query):
    answer = crm.get(entity, **query)
    return [row["id"] for row in answer.json()["_embedded"][entity]] if answer.status_code == 200 else []


@pytest.fixture
def five(crm):
    return [add(crm, name=f"Сделка {n}", created_at=1600000000 + n % 3) for n in range(5)]


def test_nothing_is_204(crm):
    for entity in ("leads", "contacts", "companies", "tasks", "leads/unsorted", "leads/notes", "events"):
        assert nothing(crm.get(entity))


def test_links_between_pages(crm, five):
    first, second, third = (crm.get("leads", limit=2, page=page).json() for page in (1, 2, 3))
    assert list(first) == ["_page", "_links", "_embedded"]
    assert first["_links"] == {
        "self": {"href": f"{BASE}?limit=2&page=1"},
        "next": {"href": f"{BASE}?limit=2&page=2"},
    }
    assert list(second["_links"]) == ["self", "next", "first", "prev"]
    assert list(third["_links"]) == ["self", "first", "prev"]
    assert third["_page"] == 3
    assert nothing(crm.get("leads", limit=2, page=4))
    assert crm.ask("GET", second["_links"]["next"]["href"]).json() == third


def test_a_full_last_page_points_to_an_empty_one(crm, five):
    answer = crm.get("leads", limit=5)
    assert nothing(crm.ask("GET", answer.json()["_links"]["next"]["href"]))


def test_limits(crm, make_crm):
    crm.post("leads", [{} for _ in range(60)])
    assert len(ids(crm)) == 50
    assert len(ids(crm, limit=250)) == 60
    assert problem(crm.get("leads", limit=251)) == (422, "Unprocessable Entity", "Limit 250 per page")
    for word, size in (("default50", 50), ("clamp250", 60)):
        other = make_crm(over_limit_page=word)
        other.post("leads", [{} for _ in range(60)])
        assert len(ids(other, limit=500)) == size


def test_orders(crm, five):
    assert ids(crm) == five
    assert ids(crm, **{"order[id]": "desc"}) == five[::-1]
    assert ids(crm, **{"order[created_at]": "asc"}) == [five[0], five[3], five[1], five[4], five[2]]
    assert ids(crm, **{"order[created_at]": "desc"}) == [five[2], five[4], five[1], five[3], five[0]]
    crm.world.clock.advance(50)
    crm.patch(f"leads/{five[1]}", {"price": 1})
    assert ids(crm, **{"order[updated_at]": "desc"})[0] == five[1]
    assert ids(crm, **{"order[price]": "desc"}) == five
    assert ids(crm, "contacts") == []


def test_a_list_that_changes_while_it_is_read(crm, five):
    by_time = {"order[updated_at]": "asc", "limit": 2}
    assert ids(crm, **by_time) == five[:2]
    crm.world.clock.advance(50)
    crm.patch(f"leads/{five[0]}", {"price": 1})
    assert ids(crm, page=2, **by_time) == five[3:]
    new = add(crm)
    assert ids(crm, limit=5, page=2) == [new]


def test_extras(crm):
    contact, company = add(crm, "contacts", name="Анна"), add(crm, "companies", name="Рога")
    lead = add(crm, _embedded={"contacts": [{"id": contact}], "companies": [{"id": company}]})
    bare = add(crm)
    rows = crm.get("leads", with_="contacts,catalog_elements,loss_reason,source,nonsense").json()[
        "_embedded"
    ]["leads"]
    keys = ["tags", "companies", "contacts", "catalog_elements", "loss_reason", "source"]
    assert [list(row["_embedded"]) for row in rows] == [keys, keys]
    assert [card["id"] for card in rows[0]["_embedded"]["contacts"]] == [contact]
    assert rows[1]["_embedded"] == {**{key: [] for key in keys}, "source": None}
    assert rows[1]["id"] == bare
    shown = crm.get(f"contacts/{contact}", with_="leads,customers").json()["_embedded"]
    assert ([card["id"] for card in shown["leads"]], shown["customers"]) == ([lead], [])
    shown = crm.get(f"companies/{company}", with_="leads,contacts").json()["_embedded"]
    assert ([card["id"] for card in shown["leads"]], shown["contacts"]) == ([lead], [])
    robot = crm.get(f"leads/{lead}", with_="is_price_modified_by_robot").json()
    assert list(robot)[-3:] == ["is_price_modified_by_robot", "_links", "_embedded"]


def test_words_of_the_dictionary_follow(crm):
    store = crm.world.store
    one, text = field(crm, "multiselect"), field(crm, "text")
    kazan, ufa, _ = one["enums"]
    both = [
        *value(one["id"], {"enum_id": kazan["id"]}, {"enum_id": ufa["id"]}),
        *value(text["id"], {"value": "a"}),
    ]
    key = add(crm, custom_fields_values=both)
    store.put(
        "field", {**one, "name": "Город", "code": "CITY", "enums": [{**kazan, "value": "Kazan"}]}, "leads"
    )
    [entry, _] = read(crm, "leads", key)["custom_fields_values"]
    assert (entry["field_name"], entry["field_code"]) == ("Город", "CITY")
    assert entry["values"] == [{"value": "Kazan", "enum_id": kazan["id"], "enum_code": None}]
    delete_field(store, "leads", one["id"])
    assert list(filled(crm, "leads", key)) == [text["id"]]
    delete_field(store, "leads", text["id"])
    assert crm.get("leads").json()["_embedded"]["leads"][0]["custom_fields_values"] is None


def test_an_option_that_is_gone_empties_its_field(crm):
    one = field(crm, "select")
    key = add(crm, custom_fields_values=value(one["id"], {"value": "Уфа"}))
    crm.world.store.put("field", {**one, "enums": one["enums"][:1]}, "leads")
    assert read(crm, "leads", key)["custom_fields_values"] is None


def test_a_patch_of_a_stale_card_drops_what_is_gone(crm):
    one, text = field(crm, "select"), field(crm, "text")
    both = [*value(one["id"], {"value": "Уфа"}), *value(text["id"], {"value": "a"})]
    key = add(crm, custom_fields_values=both)
    delete_field(crm.world.store, "leads", one["id"])
    crm.patch(f"leads/{key}", {"price": 5})
    assert list(filled(crm, "leads", key)) == [text["id"]]
