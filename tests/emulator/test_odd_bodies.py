"""Bodies that PHP reads otherwise than Python: empty lists, numbers beyond 64 bits, halves of letters."""

import pytest

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, catalog, field, read

HUGE = 10**30
ONE = "custom_fields_values.0.values.0"


def values(field_id: int, element: object) -> list[dict[str, object]]:
    return [{"custom_fields_values": [{"field_id": field_id, "values": [element]}]}]


def test_an_empty_list_is_an_empty_object(crm):
    assert crm.post("leads", [[]]).status_code == 200
    assert faults(crm.patch("leads", [[]])) == [("0", "FieldMissing", "id")]
    assert faults(crm.post("roles", [[]])) == [("0", "FieldMissing", "name")]
    assert faults(crm.post("users/activate", [[]])) == [("0", "FieldMissing", "id")]
    assert crm.post("leads/complex", [{"_embedded": {"contacts": [[]]}}]).status_code == 200


@pytest.mark.parametrize("kind", ["legal_entity", "file"])
def test_a_value_that_lacks_its_keys(crm, kind):
    made = field(crm, kind)["id"]
    missing = {"legal_entity": "name", "file": "file_uuid"}[kind]
    assert ("0", "FieldMissing", f"{ONE}.value.{missing}") in faults(
        crm.post("leads", values(made, {"value": []}))
    )
    wrong = faults(crm.post("leads", values(made, {"value": [1]})))
    assert ("0", "FieldNotExpected", f"{ONE}.value.0") in wrong


def test_a_value_whose_keys_are_all_optional(crm):
    home = catalog(crm)
    lines = field(crm, "items", f"catalogs/{home}")["id"]
    [row] = values(lines, {"value": []})
    assert crm.post(f"catalogs/{home}/elements", [{"name": "Счёт", **row}]).status_code == 200


def test_lists_where_an_object_belongs(crm):
    key = add(crm)
    assert faults(crm.patch("leads", [{"id": key, "_embedded": [1]}])) == [
        ("0", "FieldNotExpected", "_embedded.0")
    ]
    assert crm.patch("leads", [{"id": key, "_embedded": []}]).status_code == 200
    source = {"_embedded": {"source": []}}
    assert faults(crm.post("leads", [source])) == [("0", "NotSupportedChoice", "_embedded.source")]


def test_numbers_beyond_64_bits(crm):
    for path in ("leads", "tasks", "leads/notes"):
        assert nothing(crm.get(f"{path}/{HUGE}"))
    assert problem(crm.get(f"leads/custom_fields/{HUGE}"))[0] == 404
    assert nothing(crm.get(f"contacts/{HUGE}/links"))
    assert nothing(crm.get("contacts/links", **{"filter[entity_id][]": HUGE}))
    assert faults(crm.post("leads", [{"price": 1e300}])) == [("0", "InvalidType", "price")]
    note = {"entity_id": HUGE, "note_type": "common", "params": {"text": "a"}}
    assert faults(crm.post("leads/notes", [note])) == [("0", "InvalidType", "entity_id")]


def test_half_of_a_letter_spoils_the_body(crm):
    json = {"Content-Type": "application/json"}
    key = field(crm, "text")["id"]
    half = b'{"code": "\\ud83d"}'
    assert problem(crm.ask("PATCH", f"leads/custom_fields/{key}", content=half, headers=json))[0] == 400
    assert crm.get("leads/custom_fields").status_code == 200
    whole = b'[{"name": "\\ud83d\\ude42"}]'
    answer = crm.ask("POST", "leads", content=whole, headers=json)
    assert read(crm, "leads", answer.json()["_embedded"]["leads"][0]["id"])["name"] == "🙂"


def test_a_type_that_is_no_text(crm):
    assert faults(crm.post("leads/custom_fields", [{"name": "a", "type": {}}])) == [
        ("0", "InvalidType", "type")
    ]
