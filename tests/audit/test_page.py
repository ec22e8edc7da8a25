"""The page of the rules is fresh in both languages, and rules say all that it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from amoconf.audit import rules
from amoconf.audit.page import FAMILIES, page
from amoconf.audit.rule import Rule
from amoconf.tongue import speak, spoken

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": "audit.md", "ru": "ru/audit.md"}


@pytest.fixture(params=list(PAGES))
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language, spoken as long as the test lasts."""
    before = spoken()
    speak(request.param)
    yield request.param
    speak(before)


def test_the_page_is_fresh(language: str) -> None:
    name = PAGES[language]
    told = f"python -m amoconf.audit.page --lang {language} > docs/{name}"
    assert (DOCS / name).read_text(encoding="utf-8") == page(), told


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.family in FAMILIES
    assert rule.title
    assert rule.how
    assert rule.todo
    assert rule.check.__doc__
    assert rule.figures


def test_codes_and_figures_are_told_once() -> None:
    codes = [rule.code for rule in rules()]
    assert len(set(codes)) == len(codes)
    names = [name for rule in rules() for name in rule.figures]
    assert len(set(names)) == len(names)


def test_all_rules_of_the_families_are_there() -> None:
    most = {"A": 15, "B": 8, "C": 17, "D": 15, "E": 9, "F": 16, "G": 9}
    assert {rule.code for rule in rules()} == {
        f"{letter}{n:02}" for letter, count in most.items() for n in range(1, count + 1)
    }
