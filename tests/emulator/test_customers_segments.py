"""Customer segments: bodies, values of their fields, limits."""

from typing import Any

import pytest

from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.customers import set_mode
from amoconf.emulator.config.segments import make_segment
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import errors

SEGMENT_KEYS = """
id created_at updated_at account_id name color available_products_price_types customers_count
custom_fields_values _links
""".split()


@pytest.fixture
def segmented(crm: Crm) -> Crm:
    """An account whose customers work by segments."""
    set_mode(crm.world.store, "segments")
    return crm


def test_segment_list(segmented: Crm) -> None:
    assert segmented.get("customers/segments").status_code == 204
    segment = make_segment(segmented.world.store, "Опт", at=100)
    body = segmented.get("customers/segments").json()
    assert list(body) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    assert list(body["_embedded"]["segments"][0]) == SEGMENT_KEYS
    one = segmented.get(f"customers/segments/{segment['id']}").json()
    assert list(one) == SEGMENT_KEYS
    assert (one["color"], one["customers_count"], one["custom_fields_values"]) == ("10599d", 0, [])


def test_a_segment_is_one_object(segmented: Crm) -> None:
    answer = segmented.post("customers/segments", {"name": "Опт", "color": "ae003f", "request_id": "x"})
    assert answer.status_code == 200
    assert list(answer.json()) == SEGMENT_KEYS
    assert answer.json()["color"] == "ae003f"
    assert errors(segmented.post("customers/segments", [{"name": "A"}])) == [("FieldNotExpected", "0")]


def test_change_and_delete_a_segment(segmented: Crm) -> None:
    segment = make_segment(segmented.world.store, "Опт")
    path = f"customers/segments/{segment['id']}"
    changed = segmented.patch(path, {"name": "Розница"})
    assert (changed.status_code, changed.json()["name"], changed.json()["color"]) == (
        200,
        "Розница",
        "10599d",
    )
    assert changed.json()["updated_at"] > segment["updated_at"]
    assert segmented.patch(path, {}).status_code == 400
    assert segmented.delete(path).status_code == 204
    for answer in (segmented.get(path), segmented.patch(path, {"name": "A"}), segmented.delete(path)):
        assert (answer.status_code, answer.json()["detail"]) == (404, "Segment not found")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"color": "ae003f"}, [("FieldMissing", "name")]),
        ({"name": "A", "color": "AE003F"}, [("NotSupportedChoice", "color")]),
        ({"name": "A", "color": "#ae003f"}, [("NotSupportedChoice", "color")]),
        ({"name": "A", "conditions": []}, [("FieldNotExpected", "conditions")]),
        ({"name": "A", "customers_count": 1}, [("FieldNotExpected", "customers_count")]),
        (
            {"name": "A", "available_products_price_types": [1]},
            [("NotSupportedChoice", "available_products_price_types.0")],
        ),
        (
            {"name": "A", "custom_fields_values": [{"field_id": 1, "values": [{"value": "x"}]}]},
            [("NotSupportedChoice", "custom_fields_values.0.field_id")],
        ),
        (
            {"name": "A", "custom_fields_values": [{"values": [{"value": "x"}]}]},
            [("NotSupportedChoice", "custom_fields_values.0.field_code")],
        ),
    ],
)
def test_refused_segments(segmented: Crm, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors(segmented.post("customers/segments", body)) == expected
    assert segmented.world.store.all("segment") == []


def test_values_of_a_segment(segmented: Crm) -> None:
    sent = [
        {"name": "Текст", "type": "text", "code": "T"},
        {"name": "Выбор", "type": "select", "enums": [{"value": "Да", "sort": 1}]},
    ]
    fields = segmented.post("customers/segments/custom_fields", sent).json()["_embedded"]["custom_fields"]
    text, choice = fields[0]["id"], fields[1]
    option = choice["enums"][0]["id"]
    values = [
        {"field_code": "T", "values": [{"value": "x"}]},
        {"field_id": choice["id"], "values": [{"enum_id": option}]},
    ]
    body = segmented.post("customers/segments", {"name": "A", "custom_fields_values": values}).json()
    assert body["custom_fields_values"] == [
        {
            "values": [{"value": "x"}],
            "field_id": text,
            "field_name": "Текст",
            "field_code": "T",
            "field_type": "text",
        },
        {
            "values": [{"value": "Да", "enum_id": option}],
            "field_id": choice["id"],
            "field_name": "Выбор",
            "field_code": None,
            "field_type": "select",
        },
    ]
    wrong = [{"field_id": choice["id"], "values": [{"value": "Нет"}]}, {"field_id": text, "values": []}]
    refused = segmented.patch(f"customers/segments/{body['id']}", {"custom_fields_values": wrong})
    assert errors(refused) == [
        ("NotSupportedChoice", "custom_fields_values.0.values.0.value"),
        ("TooFew", "custom_fields_values.1.values"),
    ]


def test_prices_of_a_segment(segmented: Crm) -> None:
    catalog = make_catalog(segmented.world.store, "Товары", "products")
    fields = segmented.world.store.all("field", f"catalogs/{catalog['id']}")
    price = next(field["id"] for field in fields if field["type"] == "price")
    body = segmented.post(
        "customers/segments", {"name": "A", "available_products_price_types": [price]}
    ).json()
    assert body["available_products_price_types"] == [price]


def test_at_most_a_hundred_segments(segmented: Crm) -> None:
    for number in range(100):
        make_segment(segmented.world.store, str(number))
    assert segmented.post("customers/segments", {"name": "A"}).status_code == 422
