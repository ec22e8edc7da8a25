"""`filter[...]` of cards: the paid add-on, its grammar, what it ignores (protocol page, 5.1, 5.2)."""

import pytest

from amoconf.emulator.config.fields_store import delete_field
from tests.emulator.some import add, field, pipeline, value


def ids(crm, entity="leads", **query):
    answer = crm.get(entity, **{f"filter{name}": text for name, text in query.items()})
    return [row["id"] for row in answer.json()["_embedded"][entity]] if answer.status_code == 200 else []


@pytest.fixture
def paid(make_crm):
    return make_crm(api_filter_enabled=True)


def test_without_the_add_on_filters_are_ignored(crm):
    both = [add(crm, name="А"), add(crm, name="Б")]
    assert ids(crm, **{"[id]": both[0]}) == both
    assert ids(crm, **{"[name]": "А", "[price][from]": 5}) == both


def test_the_fault_ignores_them_too(paid):
    both = [add(paid, name="А"), add(paid, name="Б")]
    assert ids(paid, **{"[id]": both[0]}) == both[:1]
    paid.faults(filters_ignored=1)
    assert ids(paid, **{"[id]": both[0]}) == both


def test_numbers_and_texts(paid):
    one, two = add(paid, name="А, Б", price=10), add(paid, name="В", price=20, created_by=0)
    assert ids(paid, **{"[id]": two}) == [two]
    assert ids(paid, **{"[id][]": [one, two, 5]}) == [one, two]
    assert ids(paid, **{"[id][0]": one, "[id][1]": two}) == [one, two]
    assert ids(paid, **{"[id]": "чушь"}) == []
    assert ids(paid, **{"[name]": "А, Б"}) == [one]
    assert ids(paid, **{"[name][]": ["В", "Г"]}) == [two]
    assert ids(paid, **{"[name]": "а, б"}) == []
    assert ids(paid, **{"[created_by]": 0}) == [two]
    assert ids(paid, **{"[created_by]": 0, "[id]": one}) == []
    assert ids(paid, **{"[tags_id]": 5, "[nonsense][from]": 1}) == [one, two]


def test_ranges(paid):
    one, two = add(paid, price=10, updated_at=1600000000), add(paid, price=20, updated_at=1600000100)
    assert ids(paid, **{"[price][from]": 10, "[price][to]": 19}) == [one]
    assert ids(paid, **{"[price][from]": 20}) == [two]
    assert ids(paid, **{"[updated_at][to]": 1600000000}) == [one]
    assert ids(paid, **{"[closed_at][from]": 1}) == []
    assert ids(paid, **{"[price][to]": 10**30}) == [one, two]
    closed = add(paid, status_id=142)
    assert ids(paid, **{"[closed_at][from]": 1}) == [closed]


def test_a_bare_time_is_an_exact_match_on_deals(paid):
    one, _ = add(paid, updated_at=1600000000), add(paid, updated_at=1600000100)
    assert ids(paid, **{"[updated_at]": 1599999999}) == []
    assert ids(paid, **{"[updated_at]": 1600000000}) == [one]


def test_stages(paid):
    home, _, ordinary = pipeline(paid)
    one, two, won = add(paid), add(paid, status_id=ordinary[1]), add(paid, status_id=142)
    first = {"[statuses][0][pipeline_id]": home, "[statuses][0][status_id]": ordinary[1]}
    second = {"[statuses][1][pipeline_id]": home, "[statuses][1][status_id]": 142}
    assert ids(paid, **first) == [two]
    assert ids(paid, **first, **second) == [two, won]
    assert ids(paid, **{"[statuses][0][status_id]": 142}) == [won]
    assert ids(paid, **{"[statuses][0][pipeline_id]": home}) == []
    assert ids(paid, **{"[pipeline_id]": home}) == [one, two, won]
    assert ids(paid, **{"[pipeline_id]": 5}) == []


def test_contacts_and_companies(paid):
    key = add(paid, "contacts", name="Анна", updated_at=1600000000)
    add(paid, "contacts", name="Пётр")
    assert ids(paid, "contacts", **{"[name]": "Анна"}) == [key]
    assert ids(paid, "contacts", **{"[updated_at][from]": 1600000000}) == [key]
    company = add(paid, "companies", name="Рога")
    assert ids(paid, "companies", **{"[id]": company}) == [company]
    assert ids(paid, "companies", **{"[price]": 5}) == [company]


CASES = [
    ("text", {"value": "Казань, центр"}, {"": "Казань, центр"}, {"": "Казань"}),
    ("numeric", {"value": "15"}, {"[from]": "10", "[to]": "15"}, {"[from]": "16"}),
    ("numeric", {"value": "15"}, {"[]": ["15", "16"]}, {"": "1"}),
    ("date", {"value": 1634601600}, {"[from]": "1634590800"}, {"[from]": "1634590801"}),
    ("date_time", {"value": 1634601600}, {"[to]": "1634601600"}, {"[to]": "1634601599"}),
    ("checkbox", {"value": True}, {"": "1"}, {"": "0"}),
    ("url", {"value": "https://a.example"}, {"[]": ["https://a.example"]}, {"": "https://b.example"}),
]


@pytest.mark.parametrize(("kind", "sent", "fits", "not_fits"), CASES)
def test_values_of_fields(paid, kind, sent, fits, not_fits):
    one = field(paid, kind)
    key = add(paid, custom_fields_values=value(one["id"], sent))
    add(paid)

    def found(words):
        return ids(paid, **{f"[custom_fields_values][{one['id']}]{end}": text for end, text in words.items()})

    assert found(fits) == [key]
    assert found(not_fits) == []


def test_options(paid):
    one = field(paid, "multiselect")
    kazan, ufa, perm = (option["id"] for option in one["enums"])
    first = add(paid, custom_fields_values=value(one["id"], {"enum_id": kazan}, {"enum_id": ufa}))
    second = add(paid, custom_fields_values=value(one["id"], {"enum_id": perm}))

    def found(*options):
        return ids(paid, **{f"[custom_fields_values][{one['id']}][]": [*options]})

    assert (found(ufa), found(ufa, perm), found(5)) == ([first], [first, second], [])
    assert ids(paid, **{f"[custom_fields_values][{one['id']}]": "Казань"}) == []


def test_options_and_fields_that_are_gone(paid):
    one = field(paid, "select")
    kazan, ufa, _ = one["enums"]
    first, second = (
        add(paid, custom_fields_values=value(one["id"], {"enum_id": o["id"]})) for o in (kazan, ufa)
    )
    by_option = {f"[custom_fields_values][{one['id']}][]": kazan["id"]}
    assert ids(paid, **by_option) == [first]
    paid.world.store.put("field", {**one, "enums": [ufa]}, "leads")
    assert ids(paid, **by_option) == []
    delete_field(paid.world.store, "leads", one["id"])
    assert ids(paid, **by_option) == [first, second]


def test_types_that_cannot_be_filtered(paid):
    one = field(paid, "birthday")
    keys = [add(paid), add(paid)]
    assert ids(paid, **{f"[custom_fields_values][{one['id']}]": "5"}) == keys
    assert ids(paid, "leads", **{"[custom_fields_values][5]": "5"}) == keys
