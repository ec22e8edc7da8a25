"""Checks request bodies as the service does: a closed set of keys, JSON types, lengths, choices.

A shape is a dict from key to Key. Faults carry the service's own codes, dotted paths relative to the item
and the stock sentences of the Symfony validator (config page, B5; protocol page, 3.4).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One refusal: code, dotted path inside the item, sentence."""

    code: str
    path: str
    detail: str


@dataclass(frozen=True)
class Key:
    """What one key of a body may hold.

    type: int string bool array object number scalar any; several joined by "|".
    max: longest text in characters. items: what each element of an array is. keys: the shape of an object.
    """

    type: str = "string"
    required: bool = False
    null: bool = False
    blank: bool = True
    max: int | None = None
    least: int | None = None
    choices: Collection[Any] | None = None
    items: "Key | None" = None
    keys: "Mapping[str, Key] | None" = None
    rule: Callable[[Any], str | None] | None = None  # answers a fault code or None


Shape = Mapping[str, Key]
BIGGEST = 2**63 - 1  # of PHP's and SQLite's whole numbers

DETAILS = {
    "NotSupportedChoice": "The value you selected is not a valid choice.",
    "FieldNotExpected": "This field was not expected.",
    "FieldMissing": "This field is missing.",
    "NotBlank": "This value should not be blank.",
    "NotNullable": "This value should not be null.",
    "TooLow": "This value should be positive.",
    "TooFew": "This collection should contain 1 element or more.",
    "TooMany": "This collection contains too many elements.",
    "InvalidUrl": "This value is not a valid URL.",
    "InvalidEmail": "This value is not a valid email address.",
}


def fault(code: str, path: str, detail: str | None = None) -> Fault:
    """A fault with the stock sentence of its code."""
    return Fault(code, path, detail or DETAILS[code])


def wrong_type(path: str, wanted: str) -> Fault:
    """InvalidType names the wanted type in its sentence."""
    return Fault("InvalidType", path, f"This value should be of type {wanted.split('|')[0]}.")


def too_long(path: str, most: int) -> Fault:
    """Symfony's sentence; the code is a guess (protocol page, 13)."""
    return Fault("TooLong", path, f"This value is too long. It should have {most} characters or less.")


def check(body: Any, shape: Shape, path: str = "") -> list[Fault]:
    """All faults of one object; an empty list when it is good."""
    body = as_object(body)
    if not isinstance(body, dict):
        # A list where an object was expected: its indexes are unexpected keys (config page, B5).
        if isinstance(body, list):
            return [fault("FieldNotExpected", join(path, str(index))) for index in range(len(body))]
        return [wrong_type(path, "array")]
    found = [fault("FieldNotExpected", join(path, str(name))) for name in body if name not in shape]
    for name, key in shape.items():
        if name in body:
            found += _value(body[name], key, join(path, name))
        elif key.required:
            found.append(fault("FieldMissing", join(path, name)))
    return found


def as_object(given: Any) -> Any:
    """An empty list is an empty object: PHP, which the service is written in, keeps both as one array (guess)."""
    return {} if given == [] else given


def unchanged(**held: Any) -> Shape:
    """Keys that a change may repeat while they say nothing new: the SDK sends ids with every PATCH."""
    return {
        name: Key("int" if isinstance(value, int) else "string", choices=(value,))
        for name, value in held.items()
    }


def join(path: str, name: str) -> str:
    """`a` and `b` give `a.b`."""
    return f"{path}.{name}" if path else name


def _value(value: Any, key: Key, path: str) -> list[Fault]:
    if value is None:
        return [] if key.null else [fault("NotNullable", path)]
    if not _is(value, key.type):
        return [wrong_type(path, key.type)]
    found = [*_text(value, key, path), *_choice(value, key, path)]
    if key.least is not None and isinstance(value, int | float) and value < key.least:
        found.append(fault("TooLow", path))
    if isinstance(value, list) and key.items is not None:
        for index, item in enumerate(value):
            found += _value(item, key.items, join(path, str(index)))
    if isinstance(value, dict | list) and key.keys is not None:
        found += check(value, key.keys, path)
    return found


def _text(value: Any, key: Key, path: str) -> list[Fault]:
    if not isinstance(value, str):
        return []
    if not key.blank and not value.strip():
        return [fault("NotBlank", path)]
    if key.max is not None and len(value) > key.max:
        return [too_long(path, key.max)]
    return []


def _choice(value: Any, key: Key, path: str) -> list[Fault]:
    if key.choices is not None and not isinstance(value, list | dict) and value not in key.choices:
        return [fault("NotSupportedChoice", path)]
    code = key.rule(value) if key.rule is not None else None
    return [fault(code, path)] if code else []


def _is(value: Any, wanted: str) -> bool:
    return any(_TYPES[name](value) for name in wanted.split("|"))


_TYPES: dict[str, Callable[[Any], bool]] = {
    "any": lambda value: True,
    # PHP reads a number beyond 64 bits as a float.
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool) and abs(value) <= BIGGEST,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "scalar": lambda value: isinstance(value, str | int | float | bool),
    "bool": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
