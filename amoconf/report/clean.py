"""Text of the account made fit for a terminal: nothing in it can act, its width is known, any encoding can hold it."""

import re
import unicodedata

# Where an encoding cannot hold a symbol (cp866 has no arrows, cp1251 has no box drawings).
PLAIN = {
    "…": "...", "→": "->", "←": "<-", "±": "+-", "«": '"', "»": '"', "—": "-", "–": "-", "“": '"', "”": '"', "„": '"',
    "’": "'", "•": "*", "№": "No.", "×": "x", "≤": "<=", "≥": ">=", "²": "2", "³": "3",
}  # fmt: skip
# Other, control, format, surrogate, private, unassigned; separators of lines and paragraphs.
ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
BARE = re.compile(r"[\w@%+=:,./-]+")


def clean(text: str) -> str:
    """The text with every character that a terminal obeys, or nobody sees, written as an escape."""
    return text if text.isascii() and text.isprintable() else "".join(_seen(char) for char in text)


def _seen(char: str) -> str:
    sort = unicodedata.category(char)
    if sort not in ACTING and (sort != "Zs" or char == " "):
        return char
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    return short or escape(char)


def escape(char: str) -> str:
    """A character as $'…' of bash and zsh reads it."""
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def folded(text: str, encoding: str) -> str:
    """The text in what an encoding can hold: plain twins of symbols, escapes for the rest."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_held(char, encoding) for char in text)
    return text


def _held(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return PLAIN.get(char) or escape(char)
    return char


def width(text: str) -> int:
    """Cells on a terminal: wide characters count two, combining ones none."""
    return len(text) if text.isascii() else sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, room: int, ellipsis: str = "…") -> str:
    """At most `room` cells of the text; a closing quote stays behind the ellipsis."""
    if width(text) <= room:
        return text
    tail = ellipsis + ('"' if text.endswith('"') and text.startswith('"') else "")
    left = room - width(tail)
    kept = ""
    for char in text:
        left -= _cells(char)
        if left < 0:
            break
        kept += char
    return (kept.rstrip() + tail) if kept.strip('"') else ellipsis


def shell(text: str, encoding: str = "utf-8") -> str:
    """An address or a pattern that can be pasted into a POSIX shell, and cannot act there or on the terminal."""
    shown = "".join(char if _fits(char, encoding) else escape(char) for char in text)
    if shown != text:
        quoted = text.replace("\\", "\\\\").replace("'", "\\'")
        return "$'" + "".join(char if _fits(char, encoding) else escape(char) for char in quoted) + "'"
    if BARE.fullmatch(text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def _fits(char: str, encoding: str) -> bool:
    return _seen(char) == char and folded(char, encoding) == char
