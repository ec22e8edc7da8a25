"""`values` as document and text: the contract's keys, and YAML that a spec takes."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf.report.clean import width
from amoconf.report.flow import Page, text_of
from amoconf.report.valuesdoc import percent, values_document
from amoconf.report.valuestext import PAD, WORDS, values_lines
from amoconf.report.valuestext import yaml as yaml_of
from amoconf.spec.yamlfile import parse
from amoconf.spellings import clusters, suggest
from amoconf.tongue import speak

ACCOUNT = {"id": 30817554, "subdomain": "stroymarket", "domain": "amocrm.ru"}
COUNTS = {"Пенза": 300, "г. Пенза": 40, "Penza": 9, "Нет: #1 [да]": 30, "Омск": 1}


def document(counts: dict[str, int]) -> dict[str, Any]:
    found = clusters(counts)
    return values_document("leads/city", counts, found, suggest(found), ACCOUNT, as_of="2020-06-07 12:00")


def test_the_document_has_the_keys_of_the_contract() -> None:
    made = document(COUNTS)
    assert list(made) == [
        *("format_version", "command", "account", "field", "as_of", "filled", "distinct"),
        *("values", "clusters", "suggestion", "coverage", "left_over"),
    ]
    assert (made["filled"], made["distinct"], made["coverage"]) == (380, 5, 99.7)
    assert made["values"][0] == {"value": "Пенза", "count": 300}
    assert made["suggestion"] == {
        "type": "select",
        "options": ["Пенза", "Нет: #1 [да]"],
        "convert": {"values": {"Пенза": ["г. Пенза", "Penza"]}, "otherwise": "keep"},
    }
    assert made["left_over"] == [{"name": "Омск", "count": 1}]


def test_the_text_tells_it_and_ends_with_what_to_paste() -> None:
    text = text_of(values_lines(document(COUNTS), Page(width=80)))
    assert "5 distinct values" in text
    assert "2 options take 99.7 % of the values." in text
    _, _, paste = text.partition(f"{WORDS.paste}\n")
    lines = paste.splitlines()
    assert all(line.startswith(PAD) for line in lines)
    assert parse("\n".join(line.removeprefix(PAD) for line in lines), "f").plain() == {
        "type": "select",
        "options": ["Пенза", "Нет: #1 [да]"],
        "convert": {"values": {"Пенза": ["г. Пенза", "Penza"]}, "otherwise": "keep"},
    }


def test_shares_have_a_comma_in_russian() -> None:
    speak("ru")
    text = text_of(values_lines(document(COUNTS), Page(width=80)))
    assert re.search(r"Пенза\"\s+300\s+78,9 %", text)
    assert "99,7 %" in text


def test_a_field_without_values() -> None:
    text = text_of(values_lines(document({}), Page()))
    assert WORDS.nothing in text
    assert "type: select" not in text


def test_what_is_not_all_is_not_a_hundred() -> None:
    assert (percent(0.9999), percent(1.0), percent(0.972)) == (99.9, 100.0, 97.2)


TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\n\u202e'\":#${}[], -")), max_size=30
)


@given(st.dictionaries(TEXTS, st.integers(1, 500), max_size=12), st.integers(40, 120))
@settings(max_examples=150)
def test_laws(counts: dict[str, int], columns: int) -> None:
    made = document(counts)
    text = text_of(values_lines(made, Page(width=columns)))
    assert all(char == "\n" or char.isprintable() for char in text)
    before = text.partition(f"{WORDS.paste}\n")[0]
    assert all(width(line) <= max(columns, 60) for line in before.splitlines())
    back = parse(yaml_of(made["suggestion"]).replace("$${", "${"), "f").plain()
    assert back["options"] == made["suggestion"]["options"]
    assert back["convert"] == made["suggestion"]["convert"]
