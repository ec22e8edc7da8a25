"""`query=`: what a search looks at, and how late it knows (protocol page, 5.2, 11.4)."""

import pytest

from amoconf.emulator.config.fields_store import delete_field
from tests.emulator.some import add, field, value


def ids(crm, entity="leads", **query):
    answer = crm.get(entity, **query)
    return [row["id"] for row in answer.json()["_embedded"][entity]] if answer.status_code == 200 else []


@pytest.fixture
def quick(make_crm):
    return make_crm(search_lag_ms=0)


def test_names_ids_and_values(quick):
    crm = quick
    text, many = field(crm, "text"), field(crm, "multiselect")
    both = [*value(text["id"], {"value": 'Труба "20/40"'}), *value(many["id"], {"value": "Казань"})]
    one, other = add(crm, name="Поставка Рога", custom_fields_values=both), add(crm, name="Замер")
    for wanted in ("Рога", "рога", "РОГА", "став", '"20/40"', "казан", str(one)):
        assert ids(crm, query=wanted) == [one], wanted
    assert ids(crm, query="замер") == [other]
    assert ids(crm, query="field_name") == ids(crm, query="24500")[:0] == []
    assert ids(crm, query="") == [one, other]


def test_phones_as_they_are_stored(quick):
    crm = quick
    phone = [{"field_code": "PHONE", "values": [{"value": "+7 (900) 000-00-01"}]}]
    key = add(crm, "contacts", first_name="Анна", last_name="Ким", custom_fields_values=phone)
    assert ids(crm, "contacts", query="000-00-01") == [key]
    assert ids(crm, "contacts", query="0000001") == []
    assert ids(crm, "contacts", query="ким") == [key]


def test_options_in_todays_words(quick):
    crm = quick
    one = field(crm, "select")
    key = add(crm, custom_fields_values=value(one["id"], {"value": "Уфа"}))
    option = {**one["enums"][1], "value": "Ufa"}
    crm.world.store.put("field", {**one, "enums": [option]}, "leads")
    assert ids(crm, query="ufa") == [key]
    assert ids(crm, query="уфа") == []
    delete_field(crm.world.store, "leads", one["id"])
    assert ids(crm, query="ufa") == []


def test_the_index_is_late(make_crm):
    crm = make_crm(search_lag_ms=60_000)
    assert make_crm().world.switches.search_lag_ms == 1500
    key = add(crm, name="Поставка")
    assert ids(crm) == [key]
    assert ids(crm, query="Поставка") == []


def test_a_late_index_knows_the_former_words(quick, make_crm):
    crm = make_crm(search_lag_ms=60_000)
    with crm.world.store.writing():
        key = add(quick, name="Поставка")
        row = quick.world.store.db.execute("SELECT * FROM leads WHERE id = ?", (key,)).fetchone()
        crm.world.store.db.execute(f"INSERT INTO leads VALUES ({','.join('?' * len(row))})", row)
    crm.patch(f"leads/{key}", {"name": "Отгрузка"})
    assert ids(crm, query="поставка") == [key]
    assert ids(crm, query="отгрузка") == []
    assert crm.get("leads", query="поставка").json()["_embedded"]["leads"][0]["name"] == "Отгрузка"
