"""Values that are refused, with code and path (protocol page, 3.4, 6.3)."""

import pytest

from amoconf.emulator.config.fields_store import delete_field
from tests.emulator.expect import faults
from tests.emulator.some import add, field, filled, value

ROOT = "custom_fields_values.0"


def refusal(crm, one, *values):
    """(code, path below `values`) of each fault when a deal gets these values."""
    found = faults(crm.post("leads", [{"custom_fields_values": value(one["id"], *values)}]))
    return [(code, path.removeprefix(f"{ROOT}.values").removeprefix(".")) for _, code, path in found]


@pytest.mark.parametrize(
    ("kind", "sent", "code", "path"),
    [
        ("text", {"value": "а" * 257}, "TooLong", "0.value"),
        ("text", {"value": None}, "NotNullable", "0.value"),
        ("text", {"value": []}, "InvalidType", "0.value"),
        ("text", {"value": True}, "InvalidType", "0.value"),
        ("text", {}, "FieldMissing", "0.value"),
        ("text", "Казань", "InvalidType", "0"),
        ("text", {"value": "a", "enum_code": None}, "FieldNotExpected", "0.enum_code"),
        ("checkbox", {"value": True, "enum_code": None}, "FieldNotExpected", "0.enum_code"),
        ("checkbox", {"value": "да"}, "InvalidType", "0.value"),
        ("checkbox", {"value": 2}, "InvalidType", "0.value"),
        ("numeric", {"value": "1,5"}, "InvalidType", "0.value"),
        ("numeric", {"value": "nan"}, "InvalidType", "0.value"),
        ("numeric", {"value": True}, "InvalidType", "0.value"),
        ("date", {"value": "завтра"}, "InvalidType", "0.value"),
        ("date", {"value": "2021-10-19"}, "InvalidType", "0.value"),
        ("date", {"value": -5}, "TooLow", "0.value"),
        ("date", {"value": 10**15}, "InvalidType", "0.value"),
        ("select", {"value": "казань"}, "NotSupportedChoice", "0.value"),
        ("select", {"enum_id": 5}, "NotSupportedChoice", "0.enum_id"),
        ("select", {"enum_code": "WORK"}, "NotSupportedChoice", "0.enum_code"),
        ("select", {"enum_code": None}, "NotNullable", "0.enum_code"),
        ("select", {"value": None, "enum_id": None}, "NotNullable", "0.value"),
        ("select", {"value": "Казань", "enum_id": 5}, "NotSupportedChoice", "0.enum_id"),
        ("select", {"value": "Казань", "enum_code": None}, "FieldNotExpected", "0.enum_code"),
        ("multiselect", {"value": "Казань", "enum_code": None}, "FieldNotExpected", "0.enum_code"),
        ("radiobutton", {"enum_id": 5, "enum_code": None}, "FieldNotExpected", "0.enum_code"),
        ("select", {}, "FieldMissing", "0.value"),
        ("multiselect", {"value": "Самара"}, "NotSupportedChoice", "0.value"),
        ("smart_address", {"value": "a"}, "FieldMissing", "0.enum_code"),
        ("smart_address", {"value": "a", "enum_id": 7}, "NotSupportedChoice", "0.enum_id"),
        ("legal_entity", {"value": {"vat_id": "1"}}, "FieldMissing", "0.value.name"),
        ("legal_entity", {"value": {"name": "a", "zip": "1"}}, "FieldNotExpected", "0.value.zip"),
        ("file", {"value": {"file_name": "a"}}, "FieldMissing", "0.value.file_uuid"),
        ("chained_list", {"value": 1}, "FieldNotExpected", "0.value"),
    ],
)
def test_what_a_type_does_not_take(crm, kind, sent, code, path):
    chain = {"chained_lists": []} if kind == "chained_list" else {}
    assert (code, path) in refusal(crm, field(crm, kind, **chain), sent)


def test_text_of_256_is_the_longest(crm):
    one = field(crm, "text")
    assert (
        crm.post("leads", [{"custom_fields_values": value(one["id"], {"value": "а" * 256})}]).status_code
        == 200
    )


@pytest.mark.parametrize("kind", ["text", "select", "radiobutton", "checkbox", "date", "file"])
def test_more_than_one_where_one_is_allowed(crm, kind):
    one = field(crm, kind)
    assert refusal(crm, one, {"value": "Казань"}, {"value": "Уфа"}) == [("TooMany", "")]


def test_no_values_at_all(crm):
    one = field(crm, "text")
    assert refusal(crm, one) == [("TooFew", "")]
    entry = {"field_id": one["id"]}
    refused = crm.post("leads", [{"custom_fields_values": [entry]}])
    assert faults(refused) == [("0", "FieldMissing", f"{ROOT}.values")]


def test_numbers_for_texts_by_a_switch(make_crm):
    crm = make_crm(coerce_scalars=False)
    assert refusal(crm, field(crm, "text"), {"value": 5}) == [("InvalidType", "0.value")]


@pytest.mark.parametrize(
    ("entry", "code", "path"),
    [
        ({"field_id": 5, "values": None}, "NotSupportedChoice", "field_id"),
        ({"field_code": "NOPE", "values": None}, "NotSupportedChoice", "field_code"),
        ({"values": None}, "FieldMissing", "field_id"),
        ({"field_id": "5", "values": None}, "InvalidType", "field_id"),
        ({"field_id": 5, "is_computed": False, "values": None}, "FieldNotExpected", "is_computed"),
        ({"field_id": 5, "values": {}}, "InvalidType", "values"),
    ],
)
def test_entries_that_name_no_field(crm, entry, code, path):
    refused = crm.post("leads", [{"custom_fields_values": [entry]}])
    assert faults(refused) == [("0", code, f"{ROOT}.{path}")]


def test_options_of_another_field(crm):
    one, other = field(crm, "select"), field(crm, "select")
    sent = {"enum_id": other["enums"][0]["id"]}
    assert refusal(crm, one, sent) == [("NotSupportedChoice", "0.enum_id")]


def test_a_deleted_field_poisons_the_batch(crm):
    one, key = field(crm, "text"), add(crm)
    delete_field(crm.world.store, "leads", one["id"])
    items = [{"name": "a"}, {"custom_fields_values": value(one["id"], {"value": "a"})}]
    assert faults(crm.post("leads", items)) == [("1", "NotSupportedChoice", f"{ROOT}.field_id")]
    refused = crm.patch("leads", [{"id": key, "custom_fields_values": value(one["id"], {"value": "a"})}])
    assert faults(refused) == [("0", "NotSupportedChoice", f"{ROOT}.field_id")]


def test_what_get_answers_cannot_be_sent_back(crm):
    one = field(crm, "multiselect")
    key = add(crm, custom_fields_values=value(one["id"], {"value": "Уфа"}))
    echoed = filled(crm, "leads", key)[one["id"]]
    assert refusal(crm, one, *echoed) == [("FieldNotExpected", "0.enum_code")]


def test_every_wrong_value_is_named(crm):
    one = field(crm, "multiselect")
    assert refusal(crm, one, {"value": "Уфа"}, {"value": "a"}, {"enum_id": 1}) == [
        ("NotSupportedChoice", "1.value"),
        ("NotSupportedChoice", "2.enum_id"),
    ]


def test_kinds_of_phones(crm):
    sent = [{"value": "1", "enum_code": "FAXX"}, {"value": "2", "enum_id": 5}, {"enum_code": "WORK"}]
    item = {"custom_fields_values": [{"field_code": "PHONE", "values": sent}]}
    assert [fault[1:] for fault in faults(crm.post("contacts", [item]))] == [
        ("NotSupportedChoice", f"{ROOT}.values.0.enum_code"),
        ("NotSupportedChoice", f"{ROOT}.values.1.enum_id"),
        ("FieldMissing", f"{ROOT}.values.2.value"),
    ]
