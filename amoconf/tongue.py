"""The language of what people read: sentences by their English text, from gettext catalogues."""

import gettext
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("ru", "en")
_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """From here on sentences are in this language: ru or en."""
    _LANGUAGE.set(language)


def spoken() -> str:
    """The language that is spoken now."""
    return _LANGUAGE.get()


def tr(text: str, /, **values: object) -> str:
    """A sentence in the spoken language, its {placeholders} filled in.

    text: the English sentence, written out where it is said, for the catalogues are made from the code.
    """
    found = _catalogue(spoken()).gettext(text) if text else ""
    return found.format(**values) if values else found


def trn(one: str, many: str, number: float, /, **values: object) -> str:
    """A sentence whose form depends on a number, which it may show as {number}; `number=` says how it is written."""
    form = round(number) if number == round(number) else 2
    found = _catalogue(spoken()).ngettext(one, many, form)
    return found.format(**{"number": number, **values})


def later(text: str, /) -> str:
    """Marks a sentence of a table for the catalogues; `tr` translates it where it is shown."""
    return text


def by_environment(environment: Mapping[str, str]) -> str:
    """The language that the locale asks for; English where it says nothing."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "ru" if environment[name].lower().startswith("ru") else "en"
    return "en"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """English is the language of the code. A missing catalogue is a broken installation and says so."""
    if language == "en":
        return gettext.NullTranslations()
    folder = Path(__file__).parent / "locale"
    return gettext.translation("amoconf", localedir=str(folder), languages=[language])
