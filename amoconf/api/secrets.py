"""Keeps secrets out of sight: our own in what Python shows, known ones in what the service says."""

import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

SHORTEST = 6  # a shorter value would blank innocent words


class Hidden(str):
    """Text that does not show in a repr, and so in no traceback with values and no dump of a dataclass."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Secrets:
    """The values that must not be repeated; each is also known as it looks inside a URL and inside JSON."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._known: set[bytes] = set()
        for value in values:
            self.add(value)

    def __repr__(self) -> str:
        return f"Secrets({len(self._known)})"

    def add(self, value: str) -> None:
        """From now on `value` is hidden; values under six characters cannot be."""
        if len(value) < SHORTEST:
            return
        quoted = json.dumps(value)[1:-1]
        forms = {
            value,
            quote(value, safe=""),
            quote(value),
            quote_plus(value),
            quoted,
            quoted.replace("/", "\\/"),
        }
        self._known |= {form.encode() for form in forms}

    def hide(self, content: bytes) -> bytes:
        """`content` with every secret replaced, the longest first."""
        for value in sorted(self._known, key=len, reverse=True):
            content = content.replace(value, b"***")
        return content
