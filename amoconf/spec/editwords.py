"""Pieces of YAML to put into a text that is there: values on one line, entries of blocks, texts in their old quotes."""

import json
import re
from typing import Any

from amoconf.spec.node import Template, escape
from amoconf.spec.write import WIDTH, write
from amoconf.values import Hidden

_LONGEST_HEAD = 200  # a line is too long with it in any case
_REFERENCE = re.compile(r"\$\$\{|\$\{[^{}\n]*\}?")


def is_filled_in(text: str) -> bool:
    """Whether a text, as it stands in a file, holds a variable or a secret."""
    return any(match.group() != "$${" for match in _REFERENCE.finditer(text))


def first(text: str) -> str:
    """The first variable or secret in a text: its name, never its value."""
    return next(match.group() for match in _REFERENCE.finditer(text) if match.group() != "$${")


def spelt(value: Any) -> Any:
    """A value as it has to stand in a spec, so that no "${" of the account is taken for a variable."""
    if isinstance(value, dict):
        return {escape(str(key)): spelt(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spelt(item) for item in value]
    if isinstance(value, Template):
        return value.source
    assert not isinstance(value, Hidden)
    return escape(value) if isinstance(value, str) else value


def inline(value: Any, *, flow: bool = False) -> str:
    """A value on one line. flow: it stands inside {} or []."""
    if isinstance(value, dict):
        pairs = (f"{inline(key, flow=True)}: {inline(item, flow=True)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item, flow=True) for item in value) + "]"
    if isinstance(value, str) and "\n" in value:
        return json.dumps(value, ensure_ascii=False)
    if flow:
        return write({"x": [value]}, 10**6)[len("x: [") : -len("]\n")]
    return write({"x": value}, 10**6)[len("x: ") : -1]


def styled(text: str, style: str | None, *, flow: bool) -> str:
    """A text in the quotes that the old one had, where it can stand in them."""
    plain = inline(text, flow=flow)
    if plain.startswith('"') and "\\" in plain:
        return plain
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if style == '"' and text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    return plain


def lines(head: str, value: Any, pad: str, opened: int = 0) -> list[str]:
    """An entry of a block map. head: its key as it stands in the file. pad: blanks before it.

    opened: how many levels have a line for each of their entries, even where they would fit one.
    """
    if opened and value and isinstance(value, dict):
        below = [lines(inline(key), item, pad + "  ", opened - 1) for key, item in value.items()]
        return [f"{pad}{head}:", *(line for part in below for line in part)]
    if opened and value and isinstance(value, list):
        return [f"{pad}{head}:", *(f"{pad}  - {inline(item)}" for item in value)]
    key = "k" * min(len(head), _LONGEST_HEAD)
    made = write({"x": {key: value}}, max(WIDTH - len(pad) + 2, 40)).split("\n")[1:-1]
    rest = [f"{pad}{line[2:]}" if line else "" for line in made]
    return [f"{pad}{head}{made[0].removeprefix(f'  {key}')}", *rest[1:]]


def section(key: str, value: Any) -> str:
    """A new part of the top level, a blank line above it."""
    return f"\n{write({key: value})}"
