"""Lists: their body and answers, their limits, the fields they are born with, and the two old calls."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import card, errors, matrix

KEYS = """
id name created_by updated_by created_at updated_at sort type can_add_elements can_show_in_cards
can_link_multiple can_be_deleted sdk_widget_code account_id _links
""".split()
WRITTEN = [*(key for key in KEYS if key not in ("sdk_widget_code", "_links")), "request_id", "_links"]


def post(crm: Crm, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """The lists that the API makes."""
    answer = crm.post("catalogs", list(items))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["_embedded"]["catalogs"])


def test_list_envelope(crm: Crm) -> None:
    assert crm.get("catalogs").status_code == 204
    catalog = make_catalog(crm.world.store, "Список", by=5, at=100)
    body = crm.get("catalogs").json()
    assert list(body) == ["_page", "_links", "_embedded"]
    assert list(body["_embedded"]["catalogs"][0]) == KEYS
    one = crm.get(f"catalogs/{catalog['id']}").json()
    assert one["_links"]["self"]["href"] == f"{BASE}/api/v4/catalogs/{catalog['id']}"
    assert (one["created_by"], one["created_at"], one["sort"], one["type"]) == (5, 100, 10, "regular")
    assert one["sdk_widget_code"] is None


def test_list_pages_and_type(crm: Crm) -> None:
    for name in ("a", "b", "c"):
        make_catalog(crm.world.store, name)
    make_catalog(crm.world.store, "Товары", "products")
    page = crm.get("catalogs", limit=2).json()
    assert [one["name"] for one in page["_embedded"]["catalogs"]] == ["a", "b"]
    assert "next" in page["_links"]
    products = crm.get("catalogs", type="products").json()["_embedded"]["catalogs"]
    assert [one["name"] for one in products] == ["Товары"]


def test_create(crm: Crm) -> None:
    answer = crm.post(
        "catalogs", [{"name": "A", "request_id": "x"}, {"name": "B", "can_link_multiple": False}]
    )
    assert answer.status_code == 200
    assert list(answer.json()) == ["_links", "_embedded"]
    first, second = answer.json()["_embedded"]["catalogs"]
    assert list(first) == WRITTEN
    assert (first["request_id"], second["request_id"]) == ("x", "1")
    assert (first["sort"], second["sort"]) == (10, 20)
    assert (first["can_link_multiple"], second["can_link_multiple"]) == (True, False)
    user = crm.world.store.all("user")[0]["id"]
    assert (first["created_by"], first["updated_by"]) == (user, user)


def test_patch_one_echoes_the_id(crm: Crm) -> None:
    catalog = make_catalog(crm.world.store, "A")
    answer = crm.patch(f"catalogs/{catalog['id']}", {"name": "B", "can_add_elements": False, "sort": 70})
    body = answer.json()
    assert answer.status_code == 200
    assert list(body) == WRITTEN
    assert body["request_id"] == str(catalog["id"])
    assert (body["name"], body["can_add_elements"], body["sort"]) == ("B", False, 70)
    assert body["updated_at"] > catalog["updated_at"]
    assert body["created_at"] == catalog["created_at"]


def test_patch_many(crm: Crm) -> None:
    first, second = (make_catalog(crm.world.store, name) for name in "AB")
    answer = crm.patch("catalogs", [{"id": second["id"], "name": "C"}])
    assert list(answer.json()) == ["_links", "_embedded"]
    assert answer.json()["_embedded"]["catalogs"][0]["request_id"] == "0"
    names = [one["name"] for one in crm.get("catalogs").json()["_embedded"]["catalogs"]]
    assert names == ["A", "C"]
    unknown = crm.patch("catalogs", [{"id": first["id"], "name": "X"}, {"id": 1, "name": "Y"}])
    assert errors(unknown) == [("NotSupportedChoice", "id")]
    assert crm.get(f"catalogs/{first['id']}").json()["name"] == "A"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("FieldMissing", "name")]),
        ({"name": "A", "type": "suppliers"}, [("NotSupportedChoice", "type")]),
        ({"name": "A", "can_be_deleted": False}, [("FieldNotExpected", "can_be_deleted")]),
        ({"name": "A", "sdk_widget_code": 1}, [("FieldNotExpected", "sdk_widget_code")]),
        ({"name": "A", "sort": "1"}, [("InvalidType", "sort")]),
        ({"name": "A", "can_add_elements": 1}, [("InvalidType", "can_add_elements")]),
        ({"name": ""}, [("NotBlank", "name")]),
        ({"name": "я" * 256}, [("TooLong", "name")]),
        ({"name": "A", "created_by": 1}, [("NotSupportedChoice", "created_by")]),
    ],
)
def test_refused_bodies(crm: Crm, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(crm.post("catalogs", [{"name": "good"}, body])) == expected
    assert crm.world.store.all("catalog") == []


def test_type_is_fixed_and_name_is_required_in_patch(crm: Crm) -> None:
    catalog = make_catalog(crm.world.store, "A")
    assert errors(crm.patch(f"catalogs/{catalog['id']}", {"name": "A", "type": "regular"})) == [
        ("FieldNotExpected", "type")
    ]
    assert errors(crm.patch(f"catalogs/{catalog['id']}", {"sort": 5})) == [("FieldMissing", "name")]


def test_kommo_has_no_invoices(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(platform="kommo")
    assert errors(crm.post("catalogs", [{"name": "A", "type": "invoices"}])) == [
        ("NotSupportedChoice", "type")
    ]


def test_limits(crm: Crm) -> None:
    post(crm, *[{"name": str(n)} for n in range(9)])
    assert crm.post("catalogs", [{"name": "10"}, {"name": "11"}]).status_code == 422
    post(crm, {"name": "Товары", "type": "products"})
    assert crm.post("catalogs", [{"name": "11"}]).status_code == 422


@pytest.mark.parametrize("kind", ["products", "invoices"])
def test_one_of_a_kind(crm: Crm, kind: str) -> None:
    post(crm, {"name": "A", "type": kind})
    assert crm.post("catalogs", [{"name": "B", "type": kind}]).status_code == 422
    twice = [{"name": "C", "type": "regular"}, {"name": "B", "type": kind}]
    assert crm.post("catalogs", twice).status_code == 422


def test_products_bring_fields_that_stay(crm: Crm) -> None:
    catalog = post(crm, {"name": "Товары", "type": "products"})[0]
    assert catalog["can_be_deleted"] is False
    fields = crm.world.store.all("field", f"catalogs/{catalog['id']}")
    assert [(one["code"], one["type"]) for one in fields] == [
        ("SKU", "text"),
        ("DESCRIPTION", "textarea"),
        ("PRICE", "price"),
        ("GROUP", "category"),
        ("EXTERNAL_ID", "text"),
    ]
    assert not any(one["is_deletable"] for one in fields)
    assert [one["is_visible"] for one in fields] == [True, True, True, True, False]
    listed = crm.get(f"catalogs/{catalog['id']}/custom_fields").json()["_embedded"]["custom_fields"]
    keys = (
        "id name type account_id code sort is_api_only enums catalog_id is_visible is_deletable is_required"
    )
    assert list(listed[0]) == [*keys.split(), "nested", "entity_type", "_links"]


def test_invoices_bring_suppliers_and_a_setting(crm: Crm) -> None:
    catalog = post(crm, {"name": "Счета", "type": "invoices"})[0]
    assert catalog["can_add_elements"] is False
    fields = {one["code"]: one for one in crm.world.store.all("field", f"catalogs/{catalog['id']}")}
    paid = [option["code"] for option in fields["BILL_STATUS"]["enums"]]
    assert paid == ["created", "paid", "paid_in_advance", "partially_paid"]
    assert len(fields) == 10
    assert all(one["is_deletable"] for one in fields.values())
    suppliers = crm.get("catalogs", type="suppliers").json()["_embedded"]["catalogs"][0]
    assert len(crm.world.store.all("field", f"catalogs/{suppliers['id']}")) == 12
    account = crm.get("account", with_="invoices_settings").json()
    assert account["invoices_settings"]["invoices_catalog_id"] == catalog["id"]


def test_products_need_the_plan(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(products_available=False)
    assert crm.post("catalogs", [{"name": "A", "type": "products"}]).status_code == 402
    assert crm.patch("catalogs/products/settings", {"is_enabled": True}).status_code == 402
    assert crm.world.store.all("catalog") == []


def test_unknown_list_and_no_delete(crm: Crm) -> None:
    for answer in (crm.get("catalogs/1"), crm.patch("catalogs/1", {"name": "A"})):
        assert (answer.status_code, answer.json()["detail"]) == (404, "Catalog not found")
    assert crm.delete(f"catalogs/{make_catalog(crm.world.store, 'A')['id']}").status_code == 405


def test_delete_by_the_second_api(crm: Crm) -> None:
    store = crm.world.store
    gone, kept = make_catalog(store, "A"), make_catalog(store, "Товары", "products")
    crm.post(f"catalogs/{gone['id']}/custom_fields", [{"name": "Поле", "type": "text"}])
    store.db.execute(
        "INSERT INTO elements VALUES (1, ?, 'Станок', 0, 1, 1, 1, '{}')",
        (gone["id"],),
    )
    store.db.execute("INSERT INTO link VALUES ('leads', 1, 'catalog_elements', 1, 0, '{}')")
    answer = crm.post("/api/v2/catalogs", {"delete": [gone["id"], kept["id"], 1]})
    assert answer.status_code == 200
    body = answer.json()
    links = {"self": {"href": f"/api/v2/catalogs?id={gone['id']}", "method": "get"}}
    assert body["_embedded"]["items"] == [{"id": gone["id"], "_links": links}]
    assert body["_links"] == {"self": {"href": "/api/v2/catalogs", "method": "post"}}
    assert list(body["_embedded"]["errors"]["delete"]) == [str(kept["id"]), "1"]
    assert "281" in body["_embedded"]["errors"]["delete"][str(kept["id"])]
    assert "282" in body["_embedded"]["errors"]["delete"]["1"]
    assert [one["id"] for one in store.all("catalog")] == [kept["id"]]
    assert store.all("field", f"catalogs/{gone['id']}") == []
    for table in ("elements", "link"):
        assert store.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_deleting_the_invoices_clears_the_setting(crm: Crm) -> None:
    catalog = make_catalog(crm.world.store, "Счета", "invoices")
    done = crm.post("/api/v2/catalogs", {"delete": [catalog["id"]]}).json()
    assert list(done["_embedded"]) == ["items"]
    account = crm.get("account", with_="invoices_settings").json()
    assert account["invoices_settings"]["invoices_catalog_id"] is None


def test_switching_products_off_makes_no_list(crm: Crm) -> None:
    assert crm.patch("catalogs/products/settings", {"is_enabled": False}).json() == {"is_enabled": False}
    assert crm.get("catalogs").status_code == 204


def test_the_second_api_can_be_closed_and_takes_nothing_else(make_crm: Callable[..., Crm]) -> None:
    assert make_crm(catalogs_v2_delete=False).post("/api/v2/catalogs", {"delete": [1]}).status_code == 405
    crm = make_crm()
    assert errors(crm.post("/api/v2/catalogs", {"add": [{"name": "A"}]})) == [
        ("FieldNotExpected", "add"),
        ("FieldMissing", "delete"),
    ]


def test_products_switch(crm: Crm) -> None:
    path = "catalogs/products/settings"
    assert crm.get(path).json() == {"is_enabled": False}
    on = crm.patch(path, {"is_enabled": True})
    assert (on.status_code, on.json()) == (200, {"is_enabled": True})
    catalog = crm.get("catalogs", type="products").json()["_embedded"]["catalogs"][0]
    assert crm.patch(path, {"is_enabled": False}).json() == {"is_enabled": False}
    assert crm.get(path).json() == {"is_enabled": False}
    crm.patch(path, {"is_enabled": True})
    again = crm.get("catalogs", type="products").json()["_embedded"]["catalogs"]
    assert [one["id"] for one in again] == [catalog["id"]]
    assert errors(crm.patch(path, {"enabled": True})) == [
        ("FieldNotExpected", "enabled"),
        ("FieldMissing", "is_enabled"),
    ]


@pytest.mark.parametrize("word", ["enable", "enabled"])
def test_products_switch_of_the_second_api(crm: Crm, word: str) -> None:
    path = "/api/v2/products_settings"
    links = {"self": {"href": path, "method": "get"}}
    assert crm.get(path).json() == {"is_enabled": False, "catalog_id": None, "_links": links}
    body = crm.post(path, {word: True}).json()
    assert list(body) == ["is_enabled", "catalog_id", "_links"]
    assert body["is_enabled"] is True
    assert crm.get(f"catalogs/{body['catalog_id']}").json()["type"] == "products"
    assert body["_links"]["self"]["method"] == "post"


def test_rights_of_ordinary_users(crm: Crm) -> None:
    store = crm.world.store
    first, second = make_catalog(store, "A"), make_catalog(store, "B")
    rows = [{"catalog_id": first["id"], "rights": {**card("ADADD"), "edit": "D"}}]
    blind = make_user(store, "Олег", "oleg@stroymarket.example", given=matrix())
    given = matrix(catalog_access=True, catalog_rights=rows)
    seeing = crm.acting_as(make_user(store, "Анна", "anna@stroymarket.example", given=given)["id"])
    assert crm.acting_as(blind["id"]).get("catalogs").status_code == 403
    assert [one["id"] for one in seeing.get("catalogs").json()["_embedded"]["catalogs"]] == [first["id"]]
    assert seeing.get(f"catalogs/{second['id']}").status_code == 403
    assert seeing.patch(f"catalogs/{first['id']}", {"name": "X"}).status_code == 403
    assert seeing.patch("catalogs", [{"id": second["id"], "name": "X"}]).status_code == 400
    assert [store.get("catalog", one["id"]) for one in (first, second)] == [first, second]


@pytest.mark.parametrize(("closed", "status"), [(False, 200), (True, 403)])
def test_who_makes_lists(make_crm: Callable[..., Crm], closed: bool, status: int) -> None:
    crm = make_crm(lists_by_admins_only=closed)
    given = matrix(catalog_access=True)
    user = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example", given=given)["id"])
    assert user.post("catalogs", [{"name": "A"}]).status_code == status
    assert crm.post("catalogs", [{"name": "B"}]).status_code == 200
    assert user.get("catalogs").status_code in (200, 204)
