"""Writing values as YAML the way people write it: few quotes, short things on one line."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from amoconf.errors import AmoconfError
from amoconf.spec.scalars import misread
from amoconf.tongue import tr

Writable: TypeAlias = (
    "str | int | float | bool | Mapping[str, Writable] | Sequence[Writable] | Commented | None"
)

WIDTH = 100
_LONGEST_PLAIN_KEY = 1000  # YAML allows 1024 characters for a key without a question mark
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_BREAKS_PLAIN = re.compile(r": | #|:$|^\.\.\.|^ | $")
_BREAKS_FLOW = re.compile(r"[,\[\]{}]|:\?")  # libyaml takes ":?" for a key
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_JOINER = "\u200d"


@dataclass(frozen=True)
class Commented:
    """A value with remarks: `before` in lines of their own above it, `after` at the end of its first line."""

    value: Writable
    before: str = ""
    after: str = ""


def write(value: Writable, width: int = WIDTH) -> str:
    """`value` as the text of a YAML file that `parse` reads as the same value.

    Maps and lists of scalars stand on one line where it fits `width`; a map at the top level never does.
    `${` is written as it is: see `node.escape`. Raises AmoconfError for what YAML cannot hold: NaN,
    infinity, halves of surrogate pairs.
    """
    return "\n".join(_document(value, width)) + "\n"


def comment(text: str) -> str:
    """`text` as a comment of whole lines."""
    return "".join(f"{line}\n" for line in _remarks(text, ""))


def _document(value: Writable, width: int) -> Iterator[str]:
    body, before, _ = _parts(value)
    lines = list(_body(body, width))
    yield from _remarks(before, "")
    if before and lines[0].startswith("#"):
        yield ""
    yield from lines


def _body(body: Writable, width: int) -> Iterator[str]:
    if isinstance(body, Mapping) and body:
        yield from _sections(body, width)
    elif _nested(body):
        yield from _block(body, "", width)
    else:
        yield _inline(body, flow=False)


def _sections(body: Mapping[str, Writable], width: int) -> Iterator[str]:
    """The top level: a blank line around everything that is longer than a line."""
    long = True
    for index, (key, value) in enumerate(body.items()):
        lines = list(_entry(_head(key, ""), value, "", width, opened=True))
        if index and (long or len(lines) > 1):
            yield ""
        long = len(lines) > 1
        yield from lines


def _parts(value: Writable) -> tuple[Writable, str, str]:
    if isinstance(value, Commented):
        return value.value, value.before, value.after
    return value, "", ""


def _block(body: Writable, pad: str, width: int) -> Iterator[str]:
    if isinstance(body, Mapping):
        for key, value in body.items():
            yield from _entry(_head(key, pad), value, pad, width)
    elif isinstance(body, Sequence):
        for value in body:
            yield from _item(value, pad, width)


def _head(key: str, pad: str) -> str:
    text = _scalar(key, flow=False)
    return f"{text}:" if len(text) <= _LONGEST_PLAIN_KEY else f"? {text}\n{pad}:"


def _entry(head: str, value: Writable, pad: str, width: int, *, opened: bool = False) -> Iterator[str]:
    """The lines of `head` with its value; `opened`: a map is never put on the line of its head."""
    body, before, after = _parts(value)
    yield from _remarks(before, pad)
    tail = f"  # {_one_line(after)}" if after else ""
    if not (opened and isinstance(body, Mapping) and body) and _on_one_line(body):
        line = f"{pad}{head} {_inline(body, flow=False)}"
        if len(line) <= width or not _nested(body):
            yield line + tail
            return
    if isinstance(body, str):
        yield f"{pad}{head} {'|' if body.endswith(chr(10)) else '|-'}{tail}"
        yield from (f"{pad}  {line}" if line else "" for line in body.removesuffix("\n").split("\n"))
    else:
        yield f"{pad}{head}{tail}"
        yield from _block(body, pad + "  ", width)


def _item(value: Writable, pad: str, width: int) -> Iterator[str]:
    """An item of a list; the first key of a map shares the line of its dash."""
    lines = list(_entry("-", value, pad, width))
    body, before, after = _parts(value)
    start = len(list(_remarks(before, pad)))
    joined = lines[start] == f"{pad}-" and not lines[start + 1].lstrip().startswith("#")
    if isinstance(body, Mapping) and not after and joined:
        lines[start : start + 2] = [f"{pad}- {lines[start + 1].removeprefix(pad + '  ')}"]
    yield from lines


def _remarks(text: str, pad: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"{pad}# {_visible(line)}".rstrip()


def _one_line(text: str) -> str:
    return _visible(" ".join(text.split()))


def _nested(body: Writable) -> bool:
    return bool(body) and isinstance(body, Mapping | Sequence) and not isinstance(body, str)


def _on_one_line(body: Writable) -> bool:
    """Whether the layout allows one line: scalars, lists of scalars, maps of these."""
    if isinstance(body, str):
        return not _as_literal(body)
    if isinstance(body, Mapping):
        return all(_flat(child) or _flat_list(child) for child in body.values())
    return not isinstance(body, Sequence) or _flat_list(body)


def _flat_list(value: Writable) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(map(_flat, value))


def _flat(value: Writable) -> bool:
    if isinstance(value, str):
        return "\n" not in value
    return not isinstance(value, Commented) and not _nested(value)


def _as_literal(text: str) -> bool:
    """Whether `text` is written after a bar: several lines that lose nothing by it."""
    lines = text.removesuffix("\n").split("\n")
    if "\n" not in text or not lines[0] or lines[0][0] == " " or not lines[-1]:
        return False
    return all(not _odd(line) and line == line.rstrip() for line in lines)


def _inline(body: Writable, *, flow: bool) -> str:
    if isinstance(body, Mapping):
        pairs = (f"{_scalar(key, flow=True)}: {_inline(value, flow=True)}" for key, value in body.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(body, Sequence) and not isinstance(body, str):
        return "[" + ", ".join(_inline(value, flow=True) for value in body) + "]"
    return _scalar(body, flow=flow)


def _scalar(value: Writable, *, flow: bool) -> str:
    if isinstance(value, str):
        return _text(value, flow)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return _float(value)
    return str(value)


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise AmoconfError(tr("{value} cannot be written in a spec.", value=value))
    text = repr(value)
    # YAML 1.1 wants a point: 1e+16 is text to its readers
    return text if "." in text else text.replace("e", ".0e")


def _text(text: str, flow: bool) -> str:
    if _odd(text) or "'" in text:
        return _escaped(text) if _needs_quotes(text, flow) or _odd(text) else text
    if not _needs_quotes(text, flow):
        return text
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'


def _needs_quotes(text: str, flow: bool) -> bool:
    if not text or text[0] in _INDICATORS or _BREAKS_PLAIN.search(text) or misread(text):
        return True
    return flow and _BREAKS_FLOW.search(text) is not None


def _odd(text: str) -> bool:
    """Whether a character of it has to be escaped, because it is invisible or changes what is seen."""
    return not text.isprintable() and any(_hidden(char, before) for before, char in _pairs(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return zip(" " + text, text, strict=False)


def _hidden(char: str, before: str) -> bool:
    if char.isprintable():
        return False
    if char == _JOINER:  # joins two emoji into one; elsewhere it only hides
        return unicodedata.category(before) not in ("So", "Sk", "Mn")
    # newer emoji are not assigned yet in this Python's tables
    return unicodedata.category(char) != "Cn" or ord(char) & 0xFFFE == 0xFFFE


def _escaped(text: str) -> str:
    return '"' + "".join(_escape(char, before) for before, char in _pairs(text)) + '"'


def _escape(char: str, before: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return _code(char) if _hidden(char, before) else char


def _code(char: str) -> str:
    number = ord(char)
    if 0xD800 <= number <= 0xDFFF:
        raise AmoconfError(tr("U+{code:04X}, half of a character, cannot be written in a spec.", code=number))
    return (
        f"\\x{number:02X}"
        if number < 0x100
        else f"\\u{number:04X}"
        if number < 0x10000
        else f"\\U{number:08X}"
    )


def _visible(text: str) -> str:
    return "".join(_code(char) if _hidden(char, before) else char for before, char in _pairs(text))
