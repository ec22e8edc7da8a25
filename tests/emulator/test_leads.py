"""Deals over the wire: shapes of answers, refusals of whole batches, what is not possible."""

import pytest

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, events, pipeline, read

BASE = "https://stroymarket.amocrm.ru/api/v4/leads"
KEYS = (
    "id name price responsible_user_id group_id status_id pipeline_id loss_reason_id source_id created_by updated_by "
    "created_at updated_at closed_at closest_task_at is_deleted custom_fields_values score account_id labor_cost "
    "_links _embedded"
).split()


def test_answer_to_a_post(crm):
    answer = crm.post("leads", [{"name": "Поставка"}, {"request_id": "row-18"}])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hal+json"
    first, second = answer.json()["_embedded"]["leads"]
    assert answer.json()["_links"] == {"self": {"href": BASE}}
    assert list(first) == ["id", "request_id", "_links"]
    assert (first["request_id"], second["request_id"]) == ("0", "row-18")
    assert second["_links"]["self"]["href"] == f"{BASE}/{second['id']}"


def test_a_new_deal_has_its_defaults_and_key_order(crm):
    home, _, ordinary = pipeline(crm)
    key = add(crm)
    deal = read(crm, "leads", key)
    assert list(deal) == KEYS
    assert (deal["pipeline_id"], deal["status_id"]) == (home, ordinary[0])
    assert deal["responsible_user_id"] == deal["created_by"] == crm.world.store.all("user")[0]["id"]
    assert deal["custom_fields_values"] is None
    assert deal["_embedded"] == {"tags": [], "companies": []}
    assert read(crm, "leads", add(crm, price=1))["name"].startswith("Сделка #")


def test_what_may_be_said_of_a_new_deal(crm):
    key = add(crm, name="Старая", price=46000.4, created_at=1500000000, updated_at=1500000100, created_by=0)
    deal = read(crm, "leads", key)
    assert (deal["price"], deal["created_at"], deal["updated_at"]) == (46000, 1500000000, 1500000100)
    assert deal["created_by"] == 0


def test_post_with_an_id_creates_all_the_same(crm):
    key = add(crm)
    assert add(crm, id=key, name="Ещё") != key
    assert read(crm, "leads", key)["name"] == "Без имени"


def test_order_of_a_list_that_asks_for_none(crm, make_crm):
    for account, newest_first in ((crm, False), (make_crm(default_order="updated_at"), True)):
        one, two = add(account), add(account)
        wanted = [two, one] if newest_first else [one, two]
        assert [row["id"] for row in account.get("leads").json()["_embedded"]["leads"]] == wanted
        asked = account.get("leads", **{"order[id]": "asc"}).json()["_embedded"]["leads"]
        assert [row["id"] for row in asked] == [one, two]


def test_patch_of_many_answers_in_their_order(crm):
    one, two = add(crm), add(crm)
    answer = crm.patch("leads", [{"id": two, "price": 5}, {"id": one, "request_id": "m", "name": "Новое"}])
    rows = answer.json()["_embedded"]["leads"]
    assert [list(row) for row in rows] == [
        ["id", "updated_at", "_links"],
        ["id", "updated_at", "request_id", "_links"],
    ]
    assert [row["id"] for row in rows] == [two, one]
    assert (read(crm, "leads", two)["price"], read(crm, "leads", one)["name"]) == (5, "Новое")


def test_patch_of_one_answers_bare_and_leaves_the_rest(crm):
    key = add(crm, name="Поставка", price=7)
    answer = crm.patch(f"leads/{key}", {"name": "Отгрузка"})
    assert list(answer.json()) == ["id", "updated_at", "_links"]
    deal = read(crm, "leads", key)
    assert (deal["name"], deal["price"]) == ("Отгрузка", 7)
    assert list(deal) == KEYS


def test_a_patch_sets_the_stamps(crm):
    key = add(crm, updated_by=0)
    crm.world.clock.advance(3600)
    at = crm.patch(f"leads/{key}", {"price": 1}).json()["updated_at"]
    deal = read(crm, "leads", key)
    assert deal["updated_at"] == at >= deal["created_at"] + 3600
    assert deal["updated_by"] == crm.world.store.all("user")[0]["id"]
    crm.patch(f"leads/{key}", {"updated_by": 0})
    assert read(crm, "leads", key)["updated_by"] == 0


def test_a_patch_without_change_bumps_but_writes_no_event(crm, make_crm):
    key = add(crm)
    crm.world.clock.advance(10)
    crm.patch(f"leads/{key}", {"name": "Без имени"})
    deal = read(crm, "leads", key)
    assert deal["updated_at"] >= deal["created_at"] + 10
    assert [kind for kind, _, _ in events(crm)] == ["lead_added"]
    still = make_crm(idle_patch_bumps=False)
    key = add(still)
    still.world.clock.advance(10)
    still.patch(f"leads/{key}", {"name": "Без имени"})
    assert read(still, "leads", key)["updated_at"] < still.world.clock.now() - 5


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"nonsense": 1}, "FieldNotExpected", "nonsense"),
        ({"source_id": 5}, "FieldNotExpected", "source_id"),
        ({"price": "100"}, "InvalidType", "price"),
        ({"price": 10**30}, "InvalidType", "price"),
        ({"name": 5}, "InvalidType", "name"),
        ({"name": None}, "NotNullable", "name"),
        ({"pipeline_id": 5}, "NotSupportedChoice", "pipeline_id"),
        ({"status_id": 5}, "NotSupportedChoice", "status_id"),
        ({"status_id": {}}, "InvalidType", "status_id"),
        ({"responsible_user_id": 5}, "NotSupportedChoice", "responsible_user_id"),
        ({"responsible_user_id": 0}, "NotSupportedChoice", "responsible_user_id"),
        ({"created_by": 5}, "NotSupportedChoice", "created_by"),
        ({"updated_by": 5}, "NotSupportedChoice", "updated_by"),
        ({"loss_reason_id": 5}, "NotSupportedChoice", "loss_reason_id"),
        ({"custom_fields_values": {}}, "InvalidType", "custom_fields_values"),
        ({"_embedded": {"notes": []}}, "FieldNotExpected", "_embedded.notes"),
    ],
)
def test_a_bad_item_refuses_the_whole_batch(crm, item, code, path):
    assert faults(crm.post("leads", [{"name": "Хорошая"}, item])) == [("1", code, path)]
    assert nothing(crm.get("leads"))
    key = add(crm)
    assert faults(crm.patch("leads", [{"id": key, "name": "Другое"}, {**item, "id": key}])) == [
        ("1", code, path)
    ]
    assert faults(crm.patch(f"leads/{key}", item)) == [("0", code, path)]
    assert read(crm, "leads", key)["name"] == "Без имени"


def test_every_bad_item_is_named(crm):
    items = [{"x": 1, "request_id": "a"}, {"name": "ok"}, {"price": [], "status_id": 1, "request_id": 7}]
    assert faults(crm.post("leads", items)) == [("a", "FieldNotExpected", "x"), ("7", "InvalidType", "price")]


def test_a_user_who_was_switched_off_cannot_be_named(crm):
    store = crm.world.store
    user = store.all("user")[0]
    off = {**user, "id": 77, "rights": {**user["rights"], "is_active": False}}
    store.put("user", off)
    assert faults(crm.post("leads", [{"responsible_user_id": 77}])) == [
        ("0", "NotSupportedChoice", "responsible_user_id")
    ]


def test_keys_of_creation_only(crm):
    contact, company = add(crm, "contacts", name="Анна"), add(crm, "companies", name="Рога")
    key = add(crm, _embedded={"contacts": [{"id": contact}], "companies": [{"id": company}]})
    shown = crm.get(f"leads/{key}", with_="contacts").json()["_embedded"]
    assert [row["id"] for row in shown["companies"]] == [company]
    assert [(row["id"], row["is_main"]) for row in shown["contacts"]] == [(contact, True)]
    refused = crm.patch(f"leads/{key}", {"_embedded": {"contacts": [{"id": contact}]}})
    assert faults(refused) == [("0", "FieldNotExpected", "_embedded.contacts")]
    unknown = {"_embedded": {"contacts": [{"id": 5}], "companies": [{"id": company}, {"id": company}]}}
    assert faults(crm.post("leads", [unknown])) == [
        ("0", "NotSupportedChoice", "_embedded.contacts.0.id"),
        ("0", "TooMany", "_embedded.companies"),
    ]


def test_batch_bodies_that_are_no_batch(crm):
    assert problem(crm.post("leads", []))[2] == "Request data can not be empty"
    assert problem(crm.post("leads"))[2] == "Request data can not be empty"
    assert faults(crm.post("leads", {"name": "один"})) == [("0", "InvalidType", "name")]
    assert problem(crm.post("leads", [{}] * 251)) == (422, "Unprocessable Entity", "Limit 250 per page")
    assert crm.post("leads", [{}] * 250).status_code == 200
    assert problem(crm.patch(f"leads/{add(crm)}", [{"name": "a"}]))[0] == 405


def test_unknown_ids(crm, make_crm):
    assert nothing(crm.get("leads/5"))
    key = add(crm)
    answer = crm.patch("leads", [{"id": key, "name": "Другое"}, {"id": 5, "name": "a"}])
    assert answer.json() == {
        "errors": {"5": "Lead not found"},
        "title": "Bad Request",
        "type": "https://httpstatus.es/400",
        "status": 400,
        "detail": "Invalid request body",
    }
    assert read(crm, "leads", key)["name"] == "Без имени"
    assert problem(make_crm(unknown_id_patch="404").patch("leads/5", {"name": "a"}))[0] == 404
    assert faults(crm.patch("leads", [{"name": "a"}])) == [("0", "FieldMissing", "id")]


def test_good_items_of_a_refused_batch_may_be_saved(make_crm):
    crm = make_crm(shape_b_partial=True)
    key = add(crm)
    answer = crm.patch("leads", [{"id": 5, "name": "a"}, {"id": key, "name": "Другое"}])
    assert (answer.status_code, answer.json()["errors"]) == (400, {"5": "Lead not found"})
    assert read(crm, "leads", key)["name"] == "Другое"


def test_an_older_updated_at(crm, make_crm):
    key = add(crm)
    assert crm.patch(f"leads/{key}", {"updated_at": 5, "price": 1}).json()["updated_at"] > 5
    strict = make_crm(older_updated_at="refuse")
    key = add(strict)
    answer = strict.patch(f"leads/{key}", {"updated_at": 5, "price": 1})
    assert answer.json()["errors"] == {str(key): "Last modified date is older than in database"}


def test_nothing_deletes_cards(crm):
    for entity in ("leads", "contacts", "companies"):
        assert problem(crm.delete(f"{entity}/{add(crm, entity)}"))[:2] == (405, "Method Not Allowed")
        assert problem(crm.delete(entity))[0] == 405


def test_the_same_deal_twice_in_a_batch(crm):
    key = add(crm)
    crm.patch("leads", [{"id": key, "price": 5}, {"id": key, "price": 7}])
    assert read(crm, "leads", key)["price"] == 7
    changes = [sides for kind, *sides in events(crm) if kind == "sale_field_changed"]
    assert [[side[0]["sale_field_value"]["sale"] for side in sides] for sides in changes] == [[5, 0], [7, 5]]
