"""Elements of lists."""

import pytest

from amoconf.emulator.config.users import make_user
from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import catalog, field, value

KEYS = (
    "id name created_by updated_by created_at updated_at is_deleted custom_fields_values catalog_id account_id _links"
).split()


@pytest.fixture
def path(make_crm):
    crm = make_crm(search_lag_ms=0)
    return crm, f"catalogs/{catalog(crm)}/elements"


def test_an_element(path):
    crm, home = path
    assert nothing(crm.get(home))
    [made] = crm.post(home, [{"name": "Станок", "request_id": "e"}]).json()["_embedded"]["elements"]
    assert list(made) == [*KEYS[:-1], "request_id", "_links"]
    shown = crm.get(f"{home}/{made['id']}").json()
    assert list(shown) == KEYS
    assert crm.get(home).json()["_embedded"]["elements"] == [shown]
    assert nothing(crm.get(f"{home}/5"))


def test_unknown_lists_and_elements(path):
    crm, home = path
    assert problem(crm.get("catalogs/5/elements"))[0] == 404
    assert crm.patch(home, [{"id": 5, "name": "a"}]).json()["errors"] == {"5": "Element not found"}
    assert problem(crm.delete(f"{home}/5"))[0] == 405


def test_changes_and_fields(path):
    crm, home = path
    one = field(crm, "select", home.removesuffix("/elements"))
    option = one["enums"][0]
    [made] = crm.post(home, [{"name": "Станок"}]).json()["_embedded"]["elements"]
    changed = crm.patch(
        home, [{"id": made["id"], "custom_fields_values": value(one["id"], {"enum_id": option["id"]})}]
    )
    [shown] = changed.json()["_embedded"]["elements"]
    assert shown["custom_fields_values"][0]["values"][0]["value"] == "Казань"
    assert crm.patch(f"{home}/{made['id']}", {"name": "Пила"}).json()["name"] == "Пила"
    assert faults(crm.post(home, [{"name": ""}, {"name": "a", "x": 1}])) == [
        ("0", "NotBlank", "name"),
        ("1", "FieldNotExpected", "x"),
    ]


def test_words_of_the_dictionary_follow(path):
    crm, home = path
    scope = home.removesuffix("/elements")
    one = field(crm, "text", scope)
    crm.post(home, [{"name": "Станок", "custom_fields_values": value(one["id"], {"value": "a"})}])
    crm.get(home)
    crm.world.store.put("field", {**one, "name": "Марка"}, scope)
    [shown] = crm.get(home).json()["_embedded"]["elements"]
    assert shown["custom_fields_values"][0]["field_name"] == "Марка"


def test_lists(path):
    crm, home = path
    crm.post(home, [{"name": name} for name in ("Станок", "Пила", "Станина")])
    ids = [row["id"] for row in crm.get(home).json()["_embedded"]["elements"]]

    def shown(**query):
        answer = crm.get(home, **query)
        return (
            [row["id"] for row in answer.json()["_embedded"]["elements"]]
            if answer.is_success and answer.content
            else []
        )

    assert shown(query="стан") == [ids[0], ids[2]]
    assert shown(**{"filter[id][]": ids[1:]}) == ids[1:]
    assert shown(limit=2, page=2) == ids[2:]
    assert shown(query="рубанок") == []


def test_rights_on_lists(path):
    crm, home = path
    key = int(home.split("/")[1])
    letters = {"view": "A", "add": "D", "edit": "D", "delete": "D", "export": "D"}
    rights = {"catalog_rights": [{"catalog_id": key, "rights": letters}]}
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", given=rights)
    limited = crm.acting_as(user["id"])
    assert nothing(limited.get(home))
    assert problem(limited.post(home, [{"name": "a"}]))[0] == 403
    blind = crm.acting_as(make_user(crm.world.store, "Пётр", "petr@stroymarket.example")["id"])
    assert problem(blind.get(home))[0] == 403
