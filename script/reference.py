"""Writes docs/reference.md and docs/ru/reference.md: every command and option, from the code, in both languages."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from reference_commands import ROOT, Entry, Flag, intro, keep, read

WORDS = {
    "en": {
        "title": "Commands",
        "made": "Made from the code by `script/reference`.",
        "usage": "Usage",
        "shared": "Options of most commands",
        "all": "And the [options of most commands](#{anchor}).",
        "some": "And the [options of most commands](#{anchor}), but not {names}.",
        "default": "by default `{value}`",
        "option": "option",
        "what": "what it does",
        "variable": "variable",
    },
    "ru": {
        "title": "Команды",
        "made": "Страницу пишет `script/reference` по коду программы.",
        "usage": "Вызов",
        "shared": "Общие ключи",
        "all": "И [общие ключи](#{anchor}).",
        "some": "И [общие ключи](#{anchor}), кроме {names}.",
        "default": "по умолчанию `{value}`",
        "option": "ключ",
        "what": "что делает",
        "variable": "переменная",
    },
}
FILES = {"en": ROOT / "docs" / "reference.md", "ru": ROOT / "docs" / "ru" / "reference.md"}


def page(language: str) -> str:
    """The whole page."""
    entries, common = read(language)
    words = WORDS[language]
    lines = [f"# {words['title']}", "", words["made"], ""]
    for paragraph in intro():
        lines += [prose(paragraph), ""]
    for entry in entries:
        lines += section(entry, words, len(common))
    lines += [f"## {words['shared']}", "", *table(common, words), ""]
    return "\n".join(lines).rstrip() + "\n"


def section(entry: Entry, words: dict[str, str], common: int) -> Iterator[str]:
    """A command. common: how many options most commands have."""
    yield from (f"## amoconf {entry.words}", "", "```", entry.usage, "```", "")
    for paragraph in entry.about:
        yield from (prose(paragraph), "")
    if entry.flags:
        yield from (*table(entry.flags, words), "")
    if len(entry.lacks) < common:
        names = ", ".join(f"`{name}`" for name in entry.lacks)
        anchor = words["shared"].lower().replace(" ", "-")
        yield from (words["some" if names else "all"].format(names=names, anchor=anchor), "")


def table(flags: Sequence[Flag], words: dict[str, str]) -> Iterator[str]:
    """Options as rows."""
    yield f"| {words['option']} | {words['what']} | {words['variable']} |"
    yield "|---|---|---|"
    for flag in flags:
        variable = f"`{flag.variable}`" if flag.variable else ""
        default = words["default"].format(value=flag.default) if flag.default else ""
        about = "; ".join(filter(None, [prose(flag.about).removesuffix("."), default]))
        yield f"| {cell(f'`{flag.names}`')} | {cell(about)} | {variable} |"


def cell(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", "\\|")


def prose(text: str) -> str:
    """Text whose signs mean themselves."""
    return (
        text.replace("<", "&lt;").replace("*", "\\*").replace("[", "\\[").replace("_", "\\_")
        if "`" not in text
        else text
    )


def main() -> int:
    """Writes both pages, or compares them: --check."""
    files: dict[Path, str] = {FILES[language]: page(language) for language in FILES}
    return keep(files, "script/reference")


if __name__ == "__main__":
    sys.exit(main())
