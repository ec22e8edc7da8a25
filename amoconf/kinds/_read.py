"""Parts of answers as they come: PHP's habits made alike; ValueError where nothing may be concluded from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.tongue import tr

YES = (True, 1, "1", "true")
NO = (False, 0, "0", "false", "")


def is_nothing(value: Any) -> bool:
    """Null, and what PHP writes where it has nothing: `false`, and an empty array for an empty object."""
    return value is None or value is False or value == "" or value == []


def block(value: Any, name: str) -> Mapping[str, Any]:
    """An object; empty where there is none."""
    if isinstance(value, Mapping):
        return value
    if is_nothing(value):
        return {}
    raise ValueError(tr("{name} is no object", name=name))


def values(value: Any, name: str) -> Sequence[Any]:
    """A list, which PHP writes as an object where its keys have gaps; empty where there is none."""
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping) or is_nothing(value):
        return list(block(value, name).values())
    raise ValueError(tr("{name} is no list", name=name))


def rows(value: Any, name: str) -> list[Mapping[str, Any]]:
    """A list of objects. None is left out: lists are sent back whole, and what such a list lacks is deleted."""
    items = values(value, name)
    if not all(isinstance(item, Mapping) for item in items):
        raise ValueError(tr("{name} holds what is no object", name=name))
    return list(items)


def number(value: Any, name: str = "id") -> int:
    """A whole number, also where it is written as text."""
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    missing = is_nothing(value)
    raise ValueError(
        tr("{name} is missing", name=name) if missing else tr("{name} is no whole number", name=name)
    )


def numbered(value: Any, name: str) -> int | None:
    """A whole number; None where there is none."""
    return None if is_nothing(value) else number(value, name)


def line(value: Any, name: str) -> str | None:
    """A text, also where it is written as a number; None where there is none. An empty text is one."""
    if type(value) is str:
        return value
    if is_nothing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(tr("{name} is no text", name=name))
    return str(value)


def named(item: Mapping[str, Any], name: str) -> str:
    """A text that every answer holds: without it a thing would pass for another, or for one that nobody wants."""
    found = line(item.get(name), name)
    if found is None:
        raise ValueError(tr("{name} is missing", name=name))
    return found


def flag(item: Mapping[str, Any], name: str) -> bool | None:
    """True or false, also where it is written as a number or text; None where the answer says nothing of it."""
    value = item.get(name)
    if value is None or value == []:
        return None
    if isinstance(value, str | int | float) and value in (*YES, *NO):
        return value in YES
    raise ValueError(tr("{name} is neither true nor false", name=name))
