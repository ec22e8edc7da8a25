"""What a scalar without quotes means: YAML 1.2's core schema, and what other readers would make of it."""

import math
import re

import yaml

LONGEST_NUMBER = 100

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# Numbers that the spec language has no use for and takes as text; the last is YAML 1.1's short boolean.
_ELSEWHERE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[yYnN]")
_NUMBER_STARTS = frozenset("+-.0123456789")


def resolve(text: str) -> str | int | float | bool | None:
    """The value of plain `text`. Whole numbers are decimal (`010` is 10); 0x1F, 0o17, .inf and .nan are text.

    Raises ValueError for a number that is longer than LONGEST_NUMBER or beyond what a float holds.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INT.fullmatch(text):
        return int(_short(text))
    return _finite(float(_short(text))) if _FLOAT.fullmatch(text) else text


def _short(number: str) -> str:
    if len(number) > LONGEST_NUMBER:
        raise ValueError("too long")
    return number


def _finite(number: float) -> float:
    if math.isinf(number):
        raise ValueError("too large")
    return number


def misread(text: str) -> bool:
    """Whether some reader, of YAML 1.1 or 1.2, takes plain `text` for anything but this text."""
    if text in _WORDS or _INT.fullmatch(text) or _FLOAT.fullmatch(text) or _ELSEWHERE.fullmatch(text):
        return True
    # PyYAML's own patterns stand for all readers of YAML 1.1: on, no, 9:30, 2024-01-01, 1_000, <<, =
    patterns = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ())
    return any(pattern.match(text) for _, pattern in patterns)
