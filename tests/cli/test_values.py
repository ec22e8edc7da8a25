"""`amoconf values`: every value counted once, a list to paste, and clear words where no field is meant."""

from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from tests.living import Living, living

SPEC = "amoconf: 1\naccount: {subdomain: stroymarket}\nfields: {leads: {city: {name: Город, type: text}}}\n"


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path_factory.mktemp("values"), scenario="audited", scale=0.005) as here:
        here.spec(SPEC)
        yield here


def told(crm: Living) -> tuple[int, Counter[str]]:
    """(id of the text field, what deals hold), from the API itself."""
    [field] = [
        row
        for row in crm.walk("leads/custom_fields", "custom_fields")
        if row["name"] == "Город" and row["type"] == "text"
    ]
    values = Counter(
        value["value"]
        for deal in crm.walk("leads", "leads")
        for cell in deal["custom_fields_values"] or ()
        if cell["field_id"] == field["id"]
        for value in cell["values"]
    )
    return field["id"], values


def test_every_value_is_counted(crm: Living) -> None:
    key, values = told(crm)
    document = crm.amoconf("values", f"leads/{key}", "--format", "json").json
    assert {row["value"]: row["count"] for row in document["values"]} == values
    assert document["filled"] == values.total()
    assert document["distinct"] == len(values)
    assert {"field", "suggestion", "coverage", "left_over", "clusters", "as_of"} <= set(document)


def test_what_is_proposed_can_be_pasted(crm: Living) -> None:
    key, _ = told(crm)
    ended = crm.amoconf("values", f"leads/{key}", COLUMNS="200")
    block = ended.out[ended.out.index("      type: select") :]
    spec = yaml.safe_load(SPEC)
    spec["fields"]["leads"]["city"] |= yaml.safe_load(block)
    (crm.folder / "pasted.yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), "utf-8")
    checked = crm.amoconf("validate", AMOCONF_FILE=str(crm.folder / "pasted.yaml"))
    assert checked.code == 0, checked.out


def test_the_key_of_the_spec_and_the_name_mean_the_same(crm: Living) -> None:
    one = crm.amoconf("values", "leads/city", "--format", "json")
    assert one.code == 0, one.err
    bare = ("values", "leads/Город", "--account", "stroymarket.amocrm.ru", "--format", "json", "--no-cache")
    other = crm.amoconf(*bare, AMOCONF_FILE=str(crm.folder / "none.yaml"))
    assert other.json["values"] == one.json["values"]


def test_a_second_look_reads_only_what_changed(crm: Living) -> None:
    assert crm.amoconf("values", "leads/city").code == 0
    crm.forget()
    assert crm.amoconf("values", "leads/city").code == 0
    assert len([row for row in crm.asked() if row["path"] == "/api/v4/leads"]) <= 2


WRONG = [
    ("city", "names no field"),
    ("deals/city", "names no field"),
    ("leads/Горд", "the account has no field leads/Горд; did you mean 'Город'?"),
]


@pytest.mark.parametrize(("field", "words"), WRONG)
def test_what_is_no_field_is_said(crm: Living, field: str, words: str) -> None:
    ended = crm.amoconf("values", field)
    assert ended.code == 1
    assert words in ended.err


def test_two_of_one_name_are_asked_about(crm: Living) -> None:
    crm.ui(action="create", kind="field", entity="contacts", name="Двойник", type="text")
    crm.ui(action="create", kind="field", entity="contacts", name="Двойник", type="numeric")
    ended = crm.amoconf("values", "contacts/Двойник")
    assert ended.code == 1
    assert "several fields are called so" in ended.err
    assert "amoconf values contacts/" in ended.err


def test_days_flags_and_phones_are_told_as_people_see_them(crm: Living) -> None:
    """A day, not its second; a word, not a 1; and why phones are not listed."""
    deals = list(crm.walk("leads/custom_fields", "custom_fields"))
    for kind, fits in (
        # As a conversion reads them, so that what is proposed leads somewhere.
        ("date", lambda text: len(text) == 10 and text[2] == text[5] == "."),
        ("checkbox", {"Да", "Нет"}.__contains__),
    ):
        rows = [row["id"] for row in deals if row["type"] == kind]
        shown = [crm.amoconf("values", f"leads/{key}", "--format", "json").json["values"] for key in rows]
        assert any(shown), kind
        assert all(fits(row["value"]) for table in shown for row in table)
    [phone] = [
        row["id"] for row in crm.walk("contacts/custom_fields", "custom_fields") if row["code"] == "PHONE"
    ]
    assert "not kept in clear" in crm.amoconf("values", f"contacts/{phone}", COLUMNS="200").out


def test_what_is_kept_behind_a_mark_is_no_option(crm: Living) -> None:
    """No map leads from a phone that is not kept, so it is not counted as covered either."""
    field = crm.ui(action="create", kind="field", entity="companies", name="Контакт", type="text")["id"]
    texts = ["+7 900 000-00-01", "+7 900 000-00-02", "офис", "офис", "Офис"]
    cards = [
        {"name": "x", "custom_fields_values": [{"field_id": field, "values": [{"value": text}]}]}
        for text in texts
    ]
    assert crm.client.post("/api/v4/companies", json=cards).is_success
    made = crm.amoconf("values", f"companies/{field}", "--format", "json").json
    assert made["suggestion"]["options"] == ["Офис"]
    assert made["left_over"] == [{"name": "<phone>", "count": 2}]
    assert (made["filled"], made["coverage"]) == (5, 60.0)


def test_a_list_of_several_stays_one(crm: Living) -> None:
    """A list of one option would lose cards that hold two."""
    fields = crm.walk("leads/custom_fields", "custom_fields")
    key = next(row["id"] for row in fields if row["type"] == "multiselect")
    made = crm.amoconf("values", f"leads/{key}", "--format", "json").json
    assert made["suggestion"]["type"] == "multiselect"


def test_an_object_is_no_option(crm: Living) -> None:
    """A firm is shown, but nobody is asked to paste it into a list."""
    field = crm.ui(action="create", kind="field", entity="companies", name="Реквизиты", type="legal_entity")[
        "id"
    ]
    firm = {"name": "ООО Пример", "entity_type": 1, "vat_id": "0000000000"}
    cards = [{"name": "x", "custom_fields_values": [{"field_id": field, "values": [{"value": firm}]}]}] * 2
    assert crm.client.post("/api/v4/companies", json=cards).is_success
    made = crm.amoconf("values", f"companies/{field}", "--format", "json").json
    assert (made["suggestion"]["options"], made["coverage"], made["filled"]) == ([], 0.0, 2)
