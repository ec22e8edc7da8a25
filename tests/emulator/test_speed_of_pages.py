"""Why pages are fast: stored texts are joined, not parsed, and ids are found once (no clocks here)."""

import json
from collections import Counter

import pytest

from amoconf.emulator.app import new_world
from amoconf.emulator.config.tags import make_tag
from amoconf.emulator.records.document import (
    enum_json,
    field_head,
    fields_json,
    insert_many,
    lead_row,
    tags_json,
)
from amoconf.emulator.records.memory import found_ids, memory_of
from tests.emulator.conftest import Crm
from tests.emulator.some import add, field, value


class Watch:
    """Counts the statements that SQLite runs, by their first words."""

    def __init__(self, store):
        self.seen = Counter()
        store.db.set_trace_callback(self.note)

    def note(self, sql):
        self.seen[" ".join(sql.split()[:2])] += 1

    def spent(self, words):
        """How often since the last time."""
        return self.seen.pop(words, 0)


@pytest.fixture
def many(crm):
    """600 deals; the second of three pages is asked for."""
    home = {"pipeline_id": 1, "status_id": 142}
    rows = [
        lead_row(id=n, account_id=1, version=crm.world.store.version, created_at=n, updated_at=n, **home)
        for n in range(1, 601)
    ]
    insert_many(crm.world.store, "leads", rows)
    return crm


def ids(crm, **query):
    return [row["id"] for row in crm.get("leads", limit=250, **query).json()["_embedded"]["leads"]]


def test_ids_are_found_once_for_all_pages(many):
    watch = Watch(many.world.store)
    assert [ids(many, page=page)[0] for page in (1, 2, 3)] == [1, 251, 501]
    # One list of ids, then the texts of each page.
    assert watch.spent("SELECT id") == 1
    assert watch.spent("SELECT id,") == 3
    assert not [words for words in watch.seen if words.startswith(("UPDATE", "INSERT"))]


def test_fresh_texts_are_never_parsed(many, monkeypatch):
    ids(many)
    text = '{"id":251,"broken'
    many.world.store.db.execute("UPDATE leads SET body = ? WHERE id = 251", (text,))
    page = many.get("leads", limit=250, page=2)
    assert text in page.text


def test_found_ids_follow_every_write(many):
    query = {"order[updated_at]": "desc"}
    assert ids(many, **query)[0] == 600
    many.patch("leads/5", {"price": 1})
    assert ids(many, **query)[0] == 5
    new = add(many)
    assert new in ids(many, page=3)


def test_only_a_changed_word_makes_texts_stale(many):
    store = many.world.store
    tag = make_tag(store, "leads", "VIP")
    row = lead_row(id=601, account_id=1, version=store.version, created_at=1, updated_at=1, pipeline_id=1,
                   status_id=142, tags_json=tags_json([tag]))  # fmt: skip
    insert_many(store, "leads", [row])
    ids(many)
    watch = Watch(store)
    make_tag(store, "leads", "Опт")
    make_tag(store, "contacts", "VIP")
    field(many, "text")
    ids(many)
    assert watch.spent("UPDATE leads") == 0
    store.put("tag", {**tag, "name": "ВИП"}, "leads")
    ids(many)
    assert watch.spent("UPDATE leads") == 250
    ids(many)
    assert watch.spent("UPDATE leads") == 0
    assert many.get("leads/601").json()["_embedded"]["tags"][0]["name"] == "ВИП"
    assert watch.spent("UPDATE leads") == 1


def test_drawing_anew_keeps_found_ids(many):
    store = many.world.store
    tag = make_tag(store, "leads", "VIP")
    ids(many)
    store.put("tag", {**tag, "name": "ВИП"}, "leads")
    watch = Watch(store)
    for page in (1, 2, 3):
        ids(many, page=page)
    assert watch.spent("SELECT id") == 1
    assert watch.spent("UPDATE leads") == 600


def test_memory_of_lists_is_bounded(many):
    store = many.world.store
    for number in range(50):
        found_ids(store, f"SELECT id FROM leads WHERE id > {number}")
    assert len(memory_of(store).lists) <= 12
    assert found_ids(store, "SELECT id FROM leads WHERE id > 49").itemsize == 8


def test_rows_for_scenarios_are_what_the_service_would_write(crm):
    text = field(crm, "text")
    made = add(
        crm, name='Труба "20/40"\n', price=5, custom_fields_values=value(text["id"], {"value": "\u2028а"})
    )
    shown = crm.get(f"leads/{made}").json()
    keys = ("id name price pipeline_id status_id responsible_user_id group_id created_by updated_by created_at "
            "updated_at account_id").split()  # fmt: skip
    fields = json.dumps(shown["custom_fields_values"], ensure_ascii=False, separators=(",", ":"))
    row = lead_row(version=crm.world.store.version, fields_json=fields, **{key: shown[key] for key in keys})
    stored = crm.world.store.db.execute("SELECT * FROM leads").fetchone()
    assert row == stored


def test_a_restart_draws_nothing_anew_unless_words_have_changed(tmp_path):
    path = tmp_path / "account.db"
    first = Crm(new_world(scenario="empty", path=path))
    tag = make_tag(first.world.store, "leads", "VIP")
    first.post("leads", [{"tags_to_add": [{"id": tag["id"]}]}])
    ids(first)
    first.close()
    second = Crm(new_world(scenario="empty", path=path))
    watch = Watch(second.world.store)
    ids(second)
    assert watch.spent("UPDATE leads") == 0
    second.world.store.put("tag", {**tag, "name": "ВИП"}, "leads")
    second.close()
    third = Crm(new_world(scenario="empty", path=path))
    [deal] = third.get("leads").json()["_embedded"]["leads"]
    assert deal["_embedded"]["tags"][0]["name"] == "ВИП"
    third.close()


def test_fragments_of_fields_for_scenarios(crm):
    one = field(crm, "multiselect", code="CITY")
    options = [{"enum_id": option["id"]} for option in one["enums"][:2]]
    key = add(crm, custom_fields_values=value(one["id"], *options))
    text = ",".join(map(enum_json, one["enums"][:2]))
    glued = fields_json([f"{field_head(one)}[{text}]}}"])
    assert f'"custom_fields_values":{glued},' in crm.get(f"leads/{key}").text
    [phone] = [one for one in crm.world.store.all("field", "contacts") if one["code"] == "PHONE"]
    entry = {"field_code": "PHONE", "values": [{"value": "+7", "enum_code": "MOB"}]}
    key = add(crm, "contacts", custom_fields_values=[entry])
    [kind] = [option for option in phone["enums"] if option["value"] == "MOB"]
    glued = fields_json([f"{field_head(phone)}[{enum_json(kind, '+7')}]}}"])
    assert f'"custom_fields_values":{glued},' in crm.get(f"contacts/{key}").text
    assert fields_json([]) == "null"
