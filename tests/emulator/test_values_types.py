"""Values of every type of field: what may be sent, and what is read then (protocol page, 6.2)."""

import pytest

from tests.emulator.some import add, catalog, field, filled, read, value

MIDNIGHT = 1634590800  # in Moscow, of the day in which 1634601600 falls
CASES = [
    ("text", [{"value": "Казань"}], [{"value": "Казань"}]),
    ("text", [{"value": 7}], [{"value": "7"}]),
    ("textarea", [{"value": "а\n" * 300}], [{"value": "а\n" * 300}]),
    ("streetaddress", [{"value": "Ленина, 1"}], [{"value": "Ленина, 1"}]),
    ("tracking_data", [{"value": "ya"}], [{"value": "ya"}]),
    ("url", [{"value": "https://a.example/"}], [{"value": "https://a.example/"}]),
    ("numeric", [{"value": "1.50"}], [{"value": "1.5"}]),
    ("numeric", [{"value": 12}], [{"value": "12"}]),
    ("monetary", [{"value": "100"}], [{"value": "100"}]),
    ("checkbox", [{"value": True}], [{"value": True}]),
    ("checkbox", [{"value": 1}], [{"value": True}]),
    ("date", [{"value": 1634601600}], [{"value": MIDNIGHT}]),
    ("date", [{"value": "2021-10-19T05:00:00+03:00"}], [{"value": MIDNIGHT}]),
    ("birthday", [{"value": "2021-10-18T23:00:00Z"}], [{"value": MIDNIGHT}]),
    ("date_time", [{"value": 1634601605}], [{"value": 1634601605}]),
    ("date_time", [{"value": "2021-10-19T03:00:05+03:00"}], [{"value": 1634601605}]),
    (
        "smart_address",
        [{"value": "Казань", "enum_id": 3}, {"value": "RU", "enum_code": "country"}],
        [
            {"value": "Казань", "enum_id": 3, "enum_code": "city"},
            {"value": "RU", "enum_id": 6, "enum_code": "country"},
        ],
    ),
]


@pytest.mark.parametrize(("kind", "sent", "shown"), CASES)
def test_what_is_sent_and_read(crm, kind, sent, shown):
    one = field(crm, kind, **({"currency": "RUB"} if kind == "monetary" else {}))
    key = add(crm, custom_fields_values=value(one["id"], *sent))
    assert filled(crm, "leads", key) == {one["id"]: shown}
    [entry] = read(crm, "leads", key)["custom_fields_values"]
    assert list(entry) == ["field_id", "field_name", "field_code", "field_type", "values"]
    assert (entry["field_name"], entry["field_type"]) == (one["name"], kind)


@pytest.mark.parametrize("kind", ["select", "radiobutton", "multiselect"])
def test_options_by_id_text_or_code(crm, kind):
    options = [{"value": "Казань", "sort": 1}, {"value": "Уфа", "sort": 2, "code": "ufa"}]
    one = field(crm, kind, enums=options)
    kazan, ufa = (option["id"] for option in one["enums"])
    shown = {"value": "Уфа", "enum_id": ufa, "enum_code": "ufa"}
    for sent in ({"enum_id": ufa}, {"value": "Уфа"}, {"enum_code": "ufa"}):
        assert filled(crm, "leads", add(crm, custom_fields_values=value(one["id"], sent))) == {
            one["id"]: [shown]
        }
    key = add(crm, custom_fields_values=value(one["id"], {"enum_id": kazan}))
    assert filled(crm, "leads", key) == {
        one["id"]: [{"value": "Казань", "enum_id": kazan, "enum_code": None}]
    }


def test_multiselect_is_replaced_as_a_whole(crm):
    one = field(crm, "multiselect")
    ids = [option["id"] for option in one["enums"]]
    key = add(crm, custom_fields_values=value(one["id"], {"enum_id": ids[0]}, {"enum_id": ids[1]}))
    assert [row["enum_id"] for row in filled(crm, "leads", key)[one["id"]]] == ids[:2]
    crm.patch(f"leads/{key}", {"custom_fields_values": value(one["id"], {"enum_id": ids[2]})})
    assert [row["enum_id"] for row in filled(crm, "leads", key)[one["id"]]] == ids[2:]


def test_a_legal_person(crm):
    one = field(crm, "legal_entity", "companies")
    sent = {"value": {"name": "ООО Рога", "vat_id": "7700000000"}}
    key = add(crm, "companies", custom_fields_values=value(one["id"], sent))
    [shown] = filled(crm, "companies", key)[one["id"]]
    assert shown["value"]["name"] == "ООО Рога"
    assert {"kpp", "address", "zip"} <= set(shown["value"])


def test_a_file_and_its_clearing(crm):
    one = field(crm, "file")
    sent = {"value": {"file_uuid": "f-1", "version_uuid": "v-1", "file_name": "a.pdf", "file_size": 5}}
    key = add(crm, custom_fields_values=value(one["id"], sent))
    assert sent["value"].items() <= filled(crm, "leads", key)[one["id"]][0]["value"].items()
    crm.patch(f"leads/{key}", {"custom_fields_values": value(one["id"], {"value": None})})
    assert filled(crm, "leads", key) is None


def test_a_chained_list_has_no_value(crm):
    home = catalog(crm)
    [element] = crm.post(f"catalogs/{home}/elements", [{"name": "Станок"}]).json()["_embedded"]["elements"]
    chain = [{"title": "Вид", "catalog_id": home, "parent_catalog_id": None}]
    one = field(crm, "chained_list", chained_lists=chain)
    sent = {"catalog_id": home, "catalog_element_id": element["id"]}
    key = add(crm, custom_fields_values=value(one["id"], sent))
    assert filled(crm, "leads", key) == {one["id"]: [sent]}


def test_fields_of_lists(crm):
    home = catalog(crm)
    scope = f"catalogs/{home}"
    price, link, goods = (field(crm, kind, scope) for kind in ("price", "linked_entity", "items"))
    contact = add(crm, "contacts", name="Анна")
    linked = {"name": "Анна", "entity_id": contact, "entity_type": "contacts", "catalog_id": None}
    values = [
        *value(price["id"], {"value": "99.9"}),
        *value(link["id"], {"value": linked}),
        *value(goods["id"], {"value": {"sku": "A1", "unit_price": 5, "quantity": 3}}),
    ]
    answer = crm.post(f"catalogs/{home}/elements", [{"name": "Счёт", "custom_fields_values": values}])
    [element] = answer.json()["_embedded"]["elements"]
    shown = {entry["field_id"]: entry["values"][0]["value"] for entry in element["custom_fields_values"]}
    assert (shown[price["id"]], shown[link["id"]]) == ("99.9", linked)
    assert (shown[goods["id"]]["sku"], shown[goods["id"]]["total_sum"]) == ("A1", 15)


def test_clearing(crm):
    text, flag = field(crm, "text"), field(crm, "checkbox")
    both = [*value(text["id"], {"value": "a"}), *value(flag["id"], {"value": True})]
    key = add(crm, custom_fields_values=both)
    crm.patch(f"leads/{key}", {"custom_fields_values": [{"field_id": text["id"], "values": None}]})
    assert filled(crm, "leads", key) == {flag["id"]: [{"value": True}]}
    crm.patch(f"leads/{key}", {"custom_fields_values": value(flag["id"], {"value": False})})
    assert read(crm, "leads", key)["custom_fields_values"] is None
    crm.patch(f"leads/{key}", {"custom_fields_values": value(text["id"], {"value": "a"})})
    crm.patch(f"leads/{key}", {"custom_fields_values": value(text["id"], {"value": ""})})
    assert filled(crm, "leads", key) is None


def test_fields_that_are_not_named_stay(crm):
    one, two = field(crm, "text"), field(crm, "text")
    key = add(
        crm, custom_fields_values=[*value(one["id"], {"value": "a"}), *value(two["id"], {"value": "b"})]
    )
    entry = {"field_id": one["id"], "field_name": "Поле", "field_code": None, "values": [{"value": "c"}]}
    assert crm.patch(f"leads/{key}", {"custom_fields_values": [entry]}).status_code == 200
    assert filled(crm, "leads", key) == {one["id"]: [{"value": "c"}], two["id"]: [{"value": "b"}]}


def test_a_field_named_twice_takes_the_last(crm):
    one = field(crm, "text")
    twice = [*value(one["id"], {"value": "a"}), *value(one["id"], {"value": "b"})]
    assert filled(crm, "leads", add(crm, custom_fields_values=twice)) == {one["id"]: [{"value": "b"}]}


def test_a_day_of_summer_time(crm):
    account = crm.world.account
    settings = {**account["datetime_settings"], "timezone": "Europe/Berlin"}
    crm.world.store.put("account", {**account, "datetime_settings": settings})
    one = field(crm, "date")
    key = add(crm, custom_fields_values=value(one["id"], {"value": "2021-10-31T20:00:00+01:00"}))
    assert filled(crm, "leads", key) == {one["id"]: [{"value": 1635631200}]}


def test_switches_of_values(make_crm):
    crm = make_crm(false_checkbox="false", numeric_as="number")
    flag, number = field(crm, "checkbox"), field(crm, "numeric")
    both = [*value(flag["id"], {"value": False}), *value(number["id"], {"value": "1.5"})]
    key = add(crm, custom_fields_values=both)
    assert filled(crm, "leads", key) == {flag["id"]: [{"value": False}], number["id"]: [{"value": 1.5}]}
    [row] = crm.get("leads").json()["_embedded"]["leads"]
    assert row["custom_fields_values"][1]["values"] == [{"value": 1.5}]
