"""Tags of cards: the whole set, adding, taking off, new ones by name (protocol page, 7.5)."""

import pytest

from amoconf.emulator.config.tags import make_tag
from tests.emulator.expect import faults
from tests.emulator.some import add, events, read


def names(crm, key, entity="leads"):
    return [tag["name"] for tag in read(crm, entity, key)["_embedded"]["tags"]]


def test_an_unknown_name_becomes_a_tag(crm):
    key = add(crm, _embedded={"tags": [{"name": "VIP"}]})
    [tag] = crm.world.store.all("tag", "leads")
    assert read(crm, "leads", key)["_embedded"]["tags"] == [{"id": tag["id"], "name": "VIP", "color": None}]
    again = add(crm, tags_to_add=[{"name": "VIP"}])
    assert read(crm, "leads", again)["_embedded"]["tags"][0]["id"] == tag["id"]
    assert names(crm, add(crm, "contacts", tags_to_add=[{"name": "VIP"}]), "contacts") == ["VIP"]
    assert crm.world.store.all("tag", "contacts")[0]["id"] != tag["id"]


def test_the_whole_set_is_replaced(crm):
    key = add(crm, _embedded={"tags": [{"name": "А"}, {"name": "Б"}]})
    crm.patch(f"leads/{key}", {"_embedded": {"tags": [{"name": "В"}]}})
    assert names(crm, key) == ["В"]
    crm.patch(f"leads/{key}", {"name": "иначе"})
    assert names(crm, key) == ["В"]
    crm.patch(f"leads/{key}", {"_embedded": {"tags": None}})
    assert names(crm, key) == []


def test_adding_and_taking_off(crm):
    tag = make_tag(crm.world.store, "leads", "VIP", "FFCE5A")
    key = add(crm, tags_to_add=[{"name": "А"}, {"name": "Б"}])
    crm.patch(f"leads/{key}", {"tags_to_add": [{"id": tag["id"]}], "tags_to_delete": [{"name": "А"}]})
    assert names(crm, key) == ["Б", "VIP"]
    assert read(crm, "leads", key)["_embedded"]["tags"][1]["color"] == "FFCE5A"
    crm.patch(f"leads/{key}", {"tags_to_delete": [{"id": tag["id"]}, {"name": "нет такого"}, {"id": 5}]})
    assert names(crm, key) == ["Б"]


def test_the_whole_set_wins(crm):
    key = add(crm, tags_to_add=[{"name": "А"}])
    both = {"_embedded": {"tags": [{"name": "Б"}]}, "tags_to_add": [{"name": "В"}]}
    crm.patch(f"leads/{key}", both)
    assert names(crm, key) == ["Б"]


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        (
            {"_embedded": {"tags": [{"name": "А", "color": None}]}},
            "FieldNotExpected",
            "_embedded.tags.0.color",
        ),
        ({"_embedded": {"tags": [{"id": 5}]}}, "NotSupportedChoice", "_embedded.tags.0.id"),
        ({"_embedded": {"tags": "VIP"}}, "InvalidType", "_embedded.tags"),
        ({"tags_to_add": [{"id": 5}]}, "NotSupportedChoice", "tags_to_add.0.id"),
        ({"tags_to_add": [{"name": " "}]}, "NotBlank", "tags_to_add.0.name"),
        ({"tags_to_add": [{}]}, "FieldMissing", "tags_to_add.0.name"),
        ({"tags_to_delete": [5]}, "InvalidType", "tags_to_delete.0"),
    ],
)
def test_refusals(crm, item, code, path):
    key = add(crm)
    assert faults(crm.patch(f"leads/{key}", item)) == [("0", code, path)]
    assert crm.world.store.all("tag", "leads") == []


def test_events_of_tags(crm):
    key = add(crm, tags_to_add=[{"name": "А"}, {"name": "Б"}])
    crm.patch(f"leads/{key}", {"tags_to_add": [{"name": "В"}], "tags_to_delete": [{"name": "А"}]})
    added, removed = events(crm)[1:]
    assert added == ("entity_tag_added", [{"tag": {"name": "В"}}], [])
    assert removed == ("entity_tag_deleted", [], [{"tag": {"name": "А"}}])


def test_a_tag_that_is_renamed_recoloured_or_gone(crm):
    store = crm.world.store
    tag = make_tag(store, "leads", "VIP")
    key = add(crm, tags_to_add=[{"id": tag["id"]}, {"name": "Опт"}])
    assert names(crm, key) == ["VIP", "Опт"]
    store.put("tag", {**tag, "name": "ВИП", "color": "FFCE5A"}, "leads")
    [first, _] = crm.get("leads").json()["_embedded"]["leads"][0]["_embedded"]["tags"]
    assert first == {"id": tag["id"], "name": "ВИП", "color": "FFCE5A"}
    store.drop("tag", tag["id"], "leads")
    assert names(crm, key) == ["Опт"]
