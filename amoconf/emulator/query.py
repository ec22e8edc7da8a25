"""Query strings as PHP reads them: `filter[id][]=1&filter[id][]=2` becomes nested dicts and lists of text."""

from typing import Any
from urllib.parse import parse_qsl

Query = dict[str, Any]


def parse(text: str) -> Query:
    """Nested dicts; a key ending in [] gets the next free index, as PHP does. Values are always text."""
    result: Query = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        head, *rest = key.replace("]", "").split("[")
        _place(result, [head, *rest], value)
    return result


def _place(home: Query, path: list[str], value: str) -> None:
    for name, following in zip(path, [*path[1:], None], strict=True):
        name = name or str(len(home))
        if following is None:
            home[name] = value
            return
        if not isinstance(home.get(name), dict):
            home[name] = {}
        home = home[name]


def values(given: Any) -> list[str]:
    """One filter's values: a single text, a comma list, or an indexed list."""
    if given is None:
        return []
    if isinstance(given, dict):
        return [text for value in given.values() for text in values(value)]
    return [part for part in str(given).split(",") if part]


def integer(given: Any) -> int | None:
    """A whole number, or None where the text is not one."""
    try:
        return int(str(given))
    except (TypeError, ValueError):
        return None
