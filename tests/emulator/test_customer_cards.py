"""Customers and their purchases."""

import pytest

from amoconf.emulator.config.customers import set_mode
from amoconf.emulator.config.segments import make_segment
from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, events, read

KEYS = (
    "id name next_price next_date responsible_user_id group_id status_id periodicity created_by updated_by created_at "
    "updated_at closest_task_at is_deleted custom_fields_values ltv purchases_count average_check account_id "
    "_links _embedded"
).split()


@pytest.fixture
def shop(crm):
    set_mode(crm.world.store, "periodicity")
    return crm


def test_no_customers_without_them(crm, make_crm):
    assert problem(crm.get("customers"))[0] == 422
    assert problem(crm.post("customers", [{"name": "a"}]))[0] == 422
    assert problem(make_crm(customers_available=False).get("customers"))[0] == 402
    assert problem(make_crm(customers_available=False).get("customers/transactions"))[0] == 402


def test_a_customer(shop):
    key = add(shop, "customers", name="Рога", next_price=5, next_date=1600000000)
    customer = read(shop, "customers", key)
    assert list(customer) == KEYS
    assert (customer["next_price"], customer["next_date"], customer["ltv"]) == (5, 1600000000, 0)
    assert customer["status_id"] == shop.world.store.all("customer_status")[0]["id"]
    assert customer["_embedded"] == {"segments": [], "tags": []}
    assert nothing(shop.get("customers/5"))


def test_what_a_customer_needs(shop):
    assert faults(
        shop.post("customers", [{"next_date": 1}, {"name": "a"}, {"name": "b", "next_date": None}])
    ) == [
        ("0", "FieldMissing", "name"),
        ("1", "FieldMissing", "next_date"),
        ("2", "FieldMissing", "next_date"),
    ]
    set_mode(shop.world.store, "segments")
    assert shop.post("customers", [{"name": "a"}]).status_code == 200


def test_changes_and_their_events(shop):
    key = add(shop, "customers", name="Рога", next_date=1600000000)
    stage = shop.world.store.all("customer_status")[1]["id"]
    [row] = shop.patch("customers", [{"id": key, "status_id": stage}]).json()["_embedded"]["customers"]
    assert list(row) == ["id", "updated_at", "request_id", "_links"]
    assert events(shop)[-1][:2] == ("customer_status_changed", [{"customer_status": {"id": stage}}])
    assert faults(shop.patch(f"customers/{key}", {"status_id": 5})) == [
        ("0", "NotSupportedChoice", "status_id")
    ]


def test_segments_of_a_customer(crm):
    set_mode(crm.world.store, "segments")
    segment = make_segment(crm.world.store, "Опт")["id"]
    key = add(crm, "customers", name="Рога", _embedded={"segments": [{"id": segment}]})
    assert [row["id"] for row in read(crm, "customers", key)["_embedded"]["segments"]] == [segment]
    refused = crm.patch(f"customers/{key}", {"_embedded": {"segments": [{"id": 5}]}})
    assert faults(refused) == [("0", "NotSupportedChoice", "_embedded.segments.0.id")]


def test_purchases(shop):
    key = add(shop, "customers", name="Рога", next_date=1600000000)
    answer = shop.post(
        f"customers/{key}/transactions", [{"price": 100}, {"price": 50, "comment": "наличные"}]
    )
    made = answer.json()["_embedded"]["transactions"]
    assert [row["request_id"] for row in made] == ["0", "1"]
    customer = read(shop, "customers", key)
    assert [customer[name] for name in ("ltv", "purchases_count", "average_check")] == [150, 2, 75]
    rows = shop.get(f"customers/{key}/transactions").json()["_embedded"]["transactions"]
    assert [(row["price"], row["comment"], row["customer_id"]) for row in rows] == [
        (100, None, key),
        (50, "наличные", key),
    ]
    assert nothing(shop.delete(f"customers/transactions/{made[0]['id']}"))
    assert len(shop.get("customers/transactions").json()["_embedded"]["transactions"]) == 1
    assert read(shop, "customers", key)["ltv"] == 50
    kinds = [kind for kind, _, _ in events(shop)]
    assert kinds.count("transaction_added") == 2
    assert "ltv_field_changed" in kinds
    assert problem(shop.delete(f"customers/transactions/{made[0]['id']}"))[0] == 404
    assert problem(shop.post("customers/5/transactions", [{"price": 1}]))[0] == 404


def test_tags_of_customers_by_platform(make_crm):
    crm = make_crm(tags_of_customers=False)
    set_mode(crm.world.store, "segments")
    refused = crm.post("customers", [{"name": "a", "tags_to_add": [{"name": "VIP"}]}])
    assert faults(refused) == [("0", "FieldNotExpected", "tags_to_add")]
