"""Tags: four dictionaries, known names, colours, the PATCH that only the SDK knows."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config import tags
from amoconf.emulator.config.palettes import TAG_COLOURS
from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, nothing, problem

ENTITIES = ("leads", "contacts", "companies", "customers")


def create(crm: Crm, entity: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """Tags made through the API."""
    answer = crm.post(f"{entity}/tags", list(items))
    assert answer.status_code == 200, answer.text
    made: list[dict[str, Any]] = answer.json()["_embedded"]["tags"]
    return made


def attach(crm: Crm, tag: dict[str, Any]) -> None:
    """A deal that carries the tag."""
    body = json.dumps(
        {"id": 1, "_embedded": {"tags": [{"id": tag["id"], "name": tag["name"], "color": None}]}}
    )
    crm.world.store.db.execute(
        "INSERT INTO leads (id, name, created_at, updated_at, version, body) VALUES (1, 'a', 1, 1, 0, ?)",
        (body,),
    )


@pytest.mark.parametrize("entity", ENTITIES)
def test_none(crm: Crm, entity: str) -> None:
    assert nothing(crm.get(f"{entity}/tags"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_create_and_list(crm: Crm, entity: str) -> None:
    answer = crm.post(f"{entity}/tags", [{"name": "VIP"}, {"name": "Опт", "request_id": "my-2"}])
    document = answer.json()
    assert answer.status_code == 200
    assert list(document) == ["_total_items", "_embedded"]
    assert document["_total_items"] == 2
    first, second = document["_embedded"]["tags"]
    assert list(first) == ["id", "name", "color", "request_id"]
    assert (first["request_id"], second["request_id"], first["color"]) == ("0", "my-2", None)
    document = crm.get(f"{entity}/tags").json()
    assert list(document) == ["_page", "_links", "_embedded"]
    assert document["_links"] == {"self": {"href": f"{BASE}/api/v4/{entity}/tags?page=1&limit=50"}}
    assert document["_embedded"]["tags"] == [
        {key: tag[key] for key in ("id", "name", "color")} for tag in (first, second)
    ]


def test_dictionaries_are_separate(crm: Crm) -> None:
    ids = {create(crm, entity, {"name": "VIP"})[0]["id"] for entity in ENTITIES}
    assert len(ids) == 4


def test_known_names_keep_their_ids(make_crm: Callable[..., Crm], crm: Crm) -> None:
    (old,) = create(crm, "leads", {"name": "VIP", "color": "FFCE5A"})
    again, twin, new = create(crm, "leads", {"name": "VIP", "color": "EBEBEB"}, {"name": "a"}, {"name": "a"})
    assert (again["id"], again["color"]) == (old["id"], "FFCE5A")
    assert twin["id"] == new["id"]
    other = make_crm(tag_post_recolours=True)
    create(other, "leads", {"name": "VIP", "color": "FFCE5A"})
    assert create(other, "leads", {"name": "VIP", "color": "EBEBEB"})[0]["color"] == "EBEBEB"


@pytest.mark.parametrize(
    ("entity", "item", "expected"),
    [
        ("leads", {"color": "EBEBEB"}, ("FieldMissing", "name")),
        ("leads", {"name": ""}, ("NotBlank", "name")),
        ("leads", {"name": "x" * 256}, ("TooLong", "name")),
        ("leads", {"name": "a", "color": "ebebeb"}, ("NotSupportedChoice", "color")),
        ("leads", {"name": "a", "color": "#EBEBEB"}, ("NotSupportedChoice", "color")),
        ("leads", {"name": "a", "id": 1}, ("FieldNotExpected", "id")),
        ("contacts", {"name": "a", "color": "EBEBEB"}, ("FieldNotExpected", "color")),
    ],
)
def test_refused(crm: Crm, entity: str, item: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(crm.post(f"{entity}/tags", [{"name": "good"}, item])) == [("1", *expected)]
    assert nothing(crm.get(f"{entity}/tags"))


def test_every_colour(crm: Crm) -> None:
    made = create(
        crm,
        "leads",
        *({"name": color, "color": color} for color in TAG_COLOURS),
        {"name": "a", "color": None},
    )
    assert [tag["color"] for tag in made] == [*TAG_COLOURS, None]
    assert len(set(TAG_COLOURS)) == 23


def test_filters(crm: Crm) -> None:
    made = create(crm, "leads", {"name": "VIP"}, {"name": "vip клуб"}, {"name": "Опт"})
    ids = [tag["id"] for tag in made]

    def shown(**query: Any) -> list[int]:
        return [tag["id"] for tag in crm.get("leads/tags", **query).json()["_embedded"]["tags"]]

    assert shown(**{"filter[name]": "VIP"}) == ids[:1]
    assert shown(**{"filter[id]": ids[2]}) == ids[2:]
    assert shown(**{"filter[id][]": [ids[0], ids[2]]}) == [ids[0], ids[2]]
    assert shown(query="VIP") == ids[:2]
    assert nothing(crm.get("leads/tags", **{"filter[name]": "vi"}))


def test_pages(crm: Crm) -> None:
    create(crm, "leads", *({"name": str(number)} for number in range(4)))
    first = crm.get("leads/tags", limit=2, query="").json()
    assert first["_links"]["next"]["href"] == f"{BASE}/api/v4/leads/tags?limit=2&query=&page=2"
    second = crm.get("leads/tags", limit=2, page=2).json()
    assert list(second["_links"]) == ["self", "next", "first", "prev"], "a full last page has a next"
    assert nothing(crm.get("leads/tags", limit=2, page=3))


def test_kommo(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(platform="kommo", tags_of_customers=False)
    assert list(create(crm, "contacts", {"name": "a"})[0]) == ["id", "name", "request_id"]
    assert "color" in create(crm, "leads", {"name": "a"})[0]
    answer = crm.get("customers/tags", limit=5)
    assert problem(answer) == (404, "Not Found", f"Cannot GET {BASE}/api/v4/customers/tags?limit=5")


def test_neither_one_nor_delete(crm: Crm) -> None:
    (tag,) = create(crm, "leads", {"name": "a"})
    assert crm.get(f"leads/tags/{tag['id']}").status_code == 405
    assert crm.delete(f"leads/tags/{tag['id']}").status_code == 405
    assert crm.delete("leads/tags", [{"id": tag["id"]}]).status_code == 405
    assert crm.patch("contacts/tags", [{"id": 1, "name": "a"}]).status_code == 405


def test_patch(crm: Crm) -> None:
    first, second = create(crm, "leads", {"name": "a"}, {"name": "b"})
    answer = crm.patch("leads/tags", [{"id": first["id"], "name": "c", "color": "EBEBEB"}])
    assert answer.status_code == 200
    assert answer.json() == {
        "_total_items": 1,
        "_embedded": {"tags": [{"id": first["id"], "name": "c", "color": "EBEBEB", "request_id": "0"}]},
    }
    answer = crm.patch(f"leads/tags/{second['id']}", {"color": "FFCE5A"})
    assert answer.json() == {"id": second["id"], "name": "b", "color": "FFCE5A", "request_id": "0"}
    answer = crm.patch("leads/tags", [{"id": 5, "name": "z"}, {"id": first["id"], "name": "b"}])
    assert faults(answer) == [("0", "NotSupportedChoice", "id"), ("1", "NotSupportedChoice", "name")]
    one = f"leads/tags/{first['id']}"
    assert faults(crm.patch(one, {"name": ""})) == [("0", "NotBlank", "name")]
    assert faults(crm.patch(one, {"name": "x" * 256})) == [("0", "TooLong", "name")]
    assert crm.patch(one, {"name": "x" * 255, "id": first["id"]}).status_code == 200
    assert problem(crm.patch("leads/tags/5", {"name": "z"})) == (404, "Not Found", "Tag not found")


def test_patch_of_a_tag_in_use(make_crm: Callable[..., Crm], crm: Crm) -> None:
    (tag,) = create(crm, "leads", {"name": "a"})
    attach(crm, tag)
    change = {"id": tag["id"], "name": "z"}
    assert faults(crm.patch("leads/tags", [change])) == [("0", "NotSupportedChoice", "name")]
    assert crm.patch("leads/tags", [{"id": tag["id"], "color": "EBEBEB"}]).status_code == 200
    crm.world.store.db.execute("UPDATE leads SET is_deleted = 1")
    assert crm.patch("leads/tags", [change]).status_code == 200
    free = make_crm(lead_tag_patch="all")
    (tag,) = create(free, "leads", {"name": "a"})
    attach(free, tag)
    assert free.patch(f"leads/tags/{tag['id']}", {"name": "z"}).json()["name"] == "z"
    none = make_crm(lead_tag_patch="405")
    assert none.patch("leads/tags", [change]).status_code == 405


def test_plain_functions(crm: Crm) -> None:
    store = crm.world.store
    tag = tags.make_tag(store, "leads", "VIP", "EBEBEB")
    assert tags.make_tag(store, "leads", "VIP") == tag
    version = store.version
    tags.change_tag(store, "leads", tag, {"name": "VVIP"})
    assert tags.find_tag(store, "leads", "VVIP") is not None
    assert store.version > version
    tags.delete_tag(store, "leads", tag["id"])
    assert nothing(crm.get("leads/tags"))
