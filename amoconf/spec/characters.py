"""From the bytes of a file to text that a YAML parser may see."""

import re
from bisect import bisect_right

from amoconf.errors import Problem, Where
from amoconf.tongue import later, tr

LARGEST_FILE = 5 * 1024 * 1024
_MOST_SHOWN = 20

# YAML 1.2 section 5.1, without what would be invisible or a line break to some readers only.
_REFUSED = re.compile(
    "[^\t\n\\x20-\\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NAMES = {
    "\u0085": later("a hidden line break (U+0085)"),
    "\u2028": later("a hidden line break (U+2028)"),
    "\u2029": later("a hidden line break (U+2029)"),
    "\ufeff": later("a byte order mark (U+FEFF)"),
    "\x7f": later("a delete character (U+007F)"),
}


def decode(content: bytes | str, file: str) -> tuple[str | None, list[Problem]]:
    """The text with plain line ends and without a byte order mark, and what is wrong with it.

    None where there is nothing that could be parsed.
    """
    start = Where(file, 1, 1)
    if len(content) > LARGEST_FILE:
        return None, [
            Problem(tr("This file is larger than 5 MB."), tr("Split it into files under `include`."), start)
        ]
    if isinstance(content, str):
        return _checked(content, file)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Problem(tr("This file is in UTF-16."), tr("Save it as UTF-8."), start)]
    if b"\0" in content:
        return None, [_binary(content, file)]
    try:
        return _checked(content.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        return None, [_undecodable(content, error.start, file)]


def _binary(content: bytes, file: str) -> Problem:
    before = content[: content.index(b"\0")].decode("utf-8", "replace")
    what = tr("This is not a text file: it holds a zero byte.")
    return Problem(what, tr("Give a YAML file saved as UTF-8."), place(before, len(before), file))


def _undecodable(content: bytes, offset: int, file: str) -> Problem:
    before = content[:offset].decode("utf-8")
    what = tr("Byte 0x{byte:02X} here is not UTF-8.", byte=content[offset])
    todo = tr("Save the file as UTF-8; it may be in another encoding now, such as Windows-1251.")
    return Problem(what, todo, place(before, offset, file))


def _checked(text: str, file: str) -> tuple[str | None, list[Problem]]:
    """A byte order mark and the line ends of Windows mean nothing, so they are taken as they come."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    refused = _refused(text, file)
    return (None if refused else text), refused


def _refused(text: str, file: str) -> list[Problem]:
    found = [match.start() for match, _ in zip(_REFUSED.finditer(text), range(_MOST_SHOWN), strict=False)]
    if not found:
        return []
    breaks = [index for index, char in enumerate(text) if char == "\n"]
    return [_character(text[at], _spot(breaks, at, file)) for at in found]


def _spot(breaks: list[int], offset: int, file: str) -> Where:
    line = bisect_right(breaks, offset)
    return Where(file, line + 1, offset - (breaks[line - 1] if line else -1))


def _character(char: str, where: Where) -> Problem:
    name = tr(_NAMES[char]) if char in _NAMES else tr("a control character (U+{code:04X})", code=ord(char))
    width = "x{:02X}" if ord(char) < 0x100 else "u{:04X}"
    todo = tr(
        'Delete it; where it is meant, write it as "\\{code}" in double quotes.', code=width.format(ord(char))
    )
    return Problem(tr("Here stands {name}.", name=name), todo, where)


def place(text: str, offset: int, file: str) -> Where:
    """Line and column, counted from 1, of a character of `text`."""
    before = re.split("\r\n|\r|\n", text[:offset])
    return Where(file, len(before), len(before[-1]) + 1)
