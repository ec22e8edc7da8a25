"""Sentences of both languages: written so that they are gathered, all translated, and filled in alike."""

import ast
import importlib.util
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from amoconf.tongue import by_environment, later, speak, spoken, tr, trn

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"(?<!\$)\{(\w+)(?:![rsa])?(?::[^{}\s]*)?\}")
FIRST = {"tr": 1, "later": 1, "trn": 2}  # how many arguments are sentences


class Said(NamedTuple):
    """A call of tr, trn or later."""

    place: str
    word: str
    node: ast.Call

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences that are written out."""
        first = self.node.args[: FIRST[self.word]]
        return tuple(
            arg.value for arg in first if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        )

    @property
    def is_literal(self) -> bool:
        """Whether all its sentences are written out."""
        return len(self.texts) == FIRST[self.word]

    @property
    def given(self) -> set[str]:
        """Names of the values."""
        return {word.arg for word in self.node.keywords if word.arg}

    @property
    def spread(self) -> bool:
        """Whether values come from a mapping."""
        return any(word.arg is None for word in self.node.keywords)


class Anything:
    """A value that any placeholder takes."""

    def __format__(self, spec: str) -> str:
        return "x"


@cache
def calls() -> tuple[Said, ...]:
    """Every call in the package; the emulator speaks English only."""
    found = []
    for path in sorted((ROOT / "amoconf").rglob("*.py")):
        if "emulator" not in path.parts and path.name != "tongue.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FIRST:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found.append(Said(place, node.func.id, node))
    return tuple(found)


@cache
def words() -> ModuleType:
    """script/words.py."""
    spec = importlib.util.spec_from_file_location("words", ROOT / "script" / "words.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return words().wanted()


@pytest.fixture(scope="module")
def known() -> Catalog:
    return read_po(io.BytesIO(words().FILE.read_bytes()), locale="ru")


@pytest.fixture
def russian() -> Iterator[None]:
    before = spoken()
    speak("ru")
    yield
    speak(before)


def ids(message: Any) -> tuple[str, ...]:
    """The sentence, or both of its forms."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms(message: Any) -> tuple[str, ...]:
    """The translations that are there."""
    every = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return tuple(text for text in every if text)


def named(text: str) -> set[str]:
    """Names of placeholders; each language writes quotes and formats as it likes."""
    return set(PLACEHOLDER.findall(text))


def test_sentences_are_written_out_where_they_are_said() -> None:
    """A variable is for `tr` alone, which then shows what a table marks with `later`."""
    made = (ast.JoinedStr, ast.BinOp, ast.IfExp, ast.BoolOp)
    wrong = [
        said.place
        for said in calls()
        if not said.is_literal
        and (said.word != "tr" or not said.node.args or isinstance(said.node.args[0], made))
    ]
    assert not wrong


def test_every_sentence_is_gathered(wanted: Catalog) -> None:
    """Those inside f-strings are not."""
    gathered = {text for message in wanted if message.id for text in ids(message)}
    missed = [(said.place, text) for said in calls() for text in said.texts if text not in gathered]
    assert not missed


def test_values_have_the_names_of_the_placeholders() -> None:
    """Without values nothing is filled in, and braces mean themselves."""
    wrong = []
    for said in calls():
        own = {"number"} if said.word == "trn" else set()
        asked = {name for text in said.texts for name in named(text)}
        if said.is_literal and not said.spread and (said.given or own) and asked | own != said.given | own:
            wrong.append(f"{said.place}: {sorted(asked ^ said.given)}")
    assert not wrong


def test_every_sentence_is_translated_and_no_other(wanted: Catalog, known: Catalog) -> None:
    now = words().merged(wanted, known)
    assert not words().untranslated(now)
    assert words().FILE.read_bytes() == words().text_of(now), "run script/words"
    assert words().FILE.with_suffix(".mo").read_bytes() == words().compiled(now), "run script/words"


def test_translations_have_the_same_placeholders(known: Catalog) -> None:
    """A form may leave the number out where it says it in words."""
    wrong = []
    for message in known:
        asked = {name for text in ids(message) for name in named(text)} if message.id else set()
        for text in forms(message) if message.id else ():
            differ = named(text) ^ asked
            if differ - ({"number"} if len(ids(message)) > 1 else set()):
                wrong.append(f"{text}: {sorted(differ)}")
    assert not wrong


def test_translations_can_be_filled_in(known: Catalog) -> None:
    """A brace too many would break the sentence only when it is said."""
    translated = {ids(message): forms(message) for message in known if message.id}
    for said in calls():
        values = dict.fromkeys(said.given | {"number"}, Anything())
        if said.is_literal and not said.spread and (said.given or said.word == "trn"):
            for text in (*said.texts, *translated.get(said.texts, ())):
                assert text.format(**values), said.place


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "RU"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "ru"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert by_environment(environment) == language


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "в справочнике 0 причин отказа"),
        (1, "в справочнике 1 причина отказа"),
        (2, "в справочнике 2 причины отказа"),
        (5, "в справочнике 5 причин отказа"),
        (11, "в справочнике 11 причин отказа"),
        (12, "в справочнике 12 причин отказа"),
        (21, "в справочнике 21 причина отказа"),
        (1.5, "в справочнике 1.5 причины отказа"),
    ],
)
def test_russian_has_three_forms(number: float, said: str) -> None:
    assert trn("there is {number} loss reason", "there are {number} loss reasons", number) == said


def test_english_has_two_forms() -> None:
    speak("en")
    told = [trn("{number} stage", "{number} stages", number) for number in (0, 1, 2, 1.5)]
    assert told == ["0 stages", "1 stage", "2 stages", "1.5 stages"]


def test_a_marked_sentence_is_translated_where_it_is_shown(russian: None) -> None:
    marked = later("Too many stages")
    assert marked == "Too many stages"
    assert tr(marked) == "Слишком много этапов"
    speak("en")
    assert tr(marked) == "Too many stages"


def test_without_values_braces_mean_themselves() -> None:
    assert tr("{absent: <why>}") == "{absent: <why>}"
    assert tr("") == ""
