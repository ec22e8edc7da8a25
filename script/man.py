"""Writes docs/man/amoconf.1 and docs/man/ru/amoconf.1: the commands as a manual page, from the code."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from reference_commands import ROOT, Entry, Flag, intro, keep, read

from amoconf import __version__

WORDS = {
    "en": {
        "name": "NAME",
        "about": "account configuration as code for amoCRM (Kommo)",
        "usage": "SYNOPSIS",
        "call": "COMMAND [OPTIONS]",
        "description": "DESCRIPTION",
        "commands": "COMMANDS",
        "shared": "OPTIONS OF MOST COMMANDS",
        "variables": "ENVIRONMENT",
        "token": "The token, where none is stored by amoconf login.",
        "as": "As {name}.",
        "default": "by default {value}",
        "codes": "EXIT STATUS",
        "more": "SEE ALSO",
    },
    "ru": {
        "name": "НАЗВАНИЕ",
        "about": "настройка amoCRM (Kommo) из файла в git",
        "usage": "ВЫЗОВ",
        "call": "КОМАНДА [КЛЮЧИ]",
        "description": "ОПИСАНИЕ",
        "commands": "КОМАНДЫ",
        "shared": "ОБЩИЕ КЛЮЧИ",
        "variables": "ПЕРЕМЕННЫЕ ОКРУЖЕНИЯ",
        "token": "Токен, если он не сохранён командой amoconf login.",
        "as": "То же, что {name}.",
        "default": "по умолчанию {value}",
        "codes": "КОДЫ ВОЗВРАТА",
        "more": "СМ. ТАКЖЕ",
    },
}
FILES = {"en": ROOT / "docs" / "man" / "amoconf.1", "ru": ROOT / "docs" / "man" / "ru" / "amoconf.1"}


def page(language: str) -> str:
    """The whole page as troff with the macros of man(7)."""
    entries, common = read(language)
    words = WORDS[language]
    about, *codes = intro()
    lines = [
        f'.TH AMOCONF 1 "" "amoconf {__version__}" ""',
        *(f".SH {words['name']}", f"amoconf \\- {plain(words['about'])}"),
        *(f".SH {words['usage']}", ".B amoconf", plain(words["call"])),
        *(f".SH {words['description']}", plain(about)),
        *(f'.SH "{words["commands"]}"', *(line for entry in entries for line in section(entry, words))),
        *(f'.SH "{words["shared"]}"', *options(common, words)),
        *(f'.SH "{words["variables"]}"', *variables(entries, common, words)),
        *(f'.SH "{words["codes"]}"', *(plain(text) for text in codes)),
    ]
    return "\n".join(lines) + "\n"


def section(entry: Entry, words: dict[str, str]) -> Iterator[str]:
    """A command."""
    yield f'.SS "{plain(entry.usage)}"'
    for number, paragraph in enumerate(entry.about):
        yield from ((".PP",) if number else ())
        yield plain(paragraph)
    yield from options(entry.flags, words)


def options(flags: Sequence[Flag], words: dict[str, str]) -> Iterator[str]:
    """Options as tagged paragraphs."""
    for flag in flags:
        default = words["default"].format(value=flag.default) if flag.default else ""
        about = "; ".join(filter(None, [flag.about.removesuffix("."), default]))
        yield from (".TP", f"\\fB{plain(flag.names)}\\fR", plain(about) or "\\&")


def variables(entries: Sequence[Entry], common: Sequence[Flag], words: dict[str, str]) -> Iterator[str]:
    """Every environment variable once, with the option that it stands for."""
    known = {"AMOCONF_TOKEN": words["token"]}
    for flag in [*common, *(flag for entry in entries for flag in entry.flags)]:
        if flag.variable:
            known.setdefault(flag.variable, words["as"].format(name=flag.long))
    for name, text in sorted(known.items()):
        yield from (".TP", f"\\fB{name}\\fR", plain(text))


def plain(text: str) -> str:
    """Text whose signs troff takes for themselves; a hyphen stays one that can be pasted."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{safe}" if safe[:1] in (".", "'") else safe


def main() -> int:
    """Writes both pages, or compares them: --check."""
    files: dict[Path, str] = {FILES[language]: page(language) for language in FILES}
    return keep(files, "script/man")


if __name__ == "__main__":
    sys.exit(main())
