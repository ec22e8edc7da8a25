"""One account, two languages: what is saved, compared or taken apart means the same in both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.brakes import NEEDS, OR, taken_apart
from amoconf.plan import AFTER, is_after
from amoconf.tongue import speak, tr
from tests.living import Living, living
from tests.test_convert import SCALE, City, city, ending, virtual
from tests.test_resumed import NIGHT, fails_from, well

BOTH = pytest.mark.parametrize(("first", "second"), [("ru", "en"), ("en", "ru")])
SPEC = """\
amoconf: 1
account: {subdomain: stroymarket}
tags: {leads: {vip: VIP}}
task_types: {offer: {name: Отправить КП}}
fields:
  leads:
    lost_why: {name: Причина отказа, type: select, options: {price: Цена, time: Сроки}}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        here.spec(SPEC)
        yield here


def plan(crm: Living, language: str, *words: str) -> Any:
    """The JSON of a plan."""
    ended = crm.amoconf("plan", "--format", "json", "--impact", "off", *words, AMOCONF_LANG=language)
    assert ended.code in (0, 3), ended.err
    return ended.json


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_sentence_of_a_brake_is_taken_apart(language: str) -> None:
    speak(language)
    sentence = "why" + tr(NEEDS, allowance="tag/leads/тег 3") + tr(OR, allowance="'tag/leads/*'")
    assert taken_apart(sentence) == ("why", ("tag/leads/тег 3", "tag/leads/*"))
    assert taken_apart("why") == ("why", ())


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_only_waits_for_another_is_known(language: str) -> None:
    speak(language)
    assert is_after(tr(AFTER, address="role/manager"))
    assert not is_after(tr("give a role, or take away the rights {rights}", rights="leads.delete"))


def test_the_same_stands_against_a_plan(crm: Living) -> None:
    """Codes, addresses and allowances are those of English; only the sentences are not."""
    crm.spec(SPEC + "manage: {tags/leads: all}\n")
    own, other = (plan(crm, language)["changes"] for language in ("ru", "en"))
    for name in ("address", "action", "verb", "channel", "before", "after", "parts", "origin"):
        assert [row[name] for row in own] == [row[name] for row in other], name
    stops = [[stop for row in rows for stop in row["stops"]] for rows in (own, other)]
    assert stops[1]
    assert [stop["allow"] for stop in stops[0]] == [stop["allow"] for stop in stops[1]]
    for stop in stops[0]:
        assert "--allow" not in stop["why"]
        assert re.search("[а-я]{4}", stop["why"])


@BOTH
def test_a_plan_saved_in_one_language_is_applied_in_the_other(crm: Living, first: str, second: str) -> None:
    saved = crm.folder / "plan.json"
    assert crm.amoconf("plan", "-o", str(saved), AMOCONF_LANG=first).code == 0
    ended = crm.amoconf("apply", str(saved), "--no-wait", AMOCONF_LANG=second)
    assert ended.code == 0, (ended.out, ended.err)
    assert {row["action"] for row in plan(crm, first)["changes"]} <= {"manual"}


@BOTH
def test_an_apply_begun_in_one_language_is_resumed_in_the_other(crm: Living, first: str, second: str) -> None:
    deals = City(crm)
    crm.spec(city())
    fails_from(crm, 3)
    assert ending(crm, clock=virtual(NIGHT), AMOCONF_LANG=first).code == 4
    well(crm)
    ended = ending(crm, "--resume", clock=virtual(NIGHT), AMOCONF_LANG=second)
    assert ended.code == 0, (ended.out, ended.err)
    deals.check()


def test_a_command_leaves_its_language_to_no_other(crm: Living) -> None:
    assert "Сводка" in crm.amoconf("--help", AMOCONF_LANG="ru").out
    assert tr("Commands") == "Commands"
    assert "Usage:" in crm.amoconf("--help").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plann",), "Ошибка: нет команды «plann»; может быть, «plan»?"),
        (("plan", "--bogus"), "Ошибка: Нет ключа «--bogus»."),
        (("plan", "--impact", "most"), "Неверное значение '--impact': «most» не подходит"),
        (("explain",), "Не хватает аргумента"),
        (("plan", "--help"), "Показать эту справку."),
    ],
)
def test_click_speaks_too(crm: Living, words: tuple[str, ...], said: str) -> None:
    ended = crm.amoconf(*words, AMOCONF_LANG="ru")
    assert said in ended.out + ended.err
    assert not re.search("Usage|Options|Error|Try ", ended.out + ended.err)
