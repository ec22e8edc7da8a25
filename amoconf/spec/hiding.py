"""The secret parts of a URL, put aside: user and password, query, fragment, long opaque segments of the path."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from amoconf.spec.node import SecretName, Template

URL = re.compile(r"(https?://)([^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# A piece of a path that is no word: of this length with a digit in it, or of that length without one.
MIXED, LONG = 12, 20


def host(url: str) -> str:
    """The host of a URL without port and user; "" where this is no URL."""
    match = URL.fullmatch(url)
    return match[3].partition(":")[0] if match else ""


class Hiding:
    """Names for the secrets of one spec, each used once."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def hide(self, url: str, name: str) -> Template | str:
        """The URL with its secret parts named after `name`; the same text where it has none."""
        match = URL.fullmatch(url)
        if match is None:
            return self._secret(url, name)
        scheme, user, where, path, query, fragment = (part or "" for part in match.groups())
        parts = [
            scheme,
            *self._part(user.removesuffix("@"), name, "", user[-1:]),
            where,
            *self._path(path, name),
            *self._part(query[1:], name, query[:1], ""),
            *self._part(fragment[1:], name, fragment[:1], ""),
        ]
        if not any(isinstance(part, SecretName) for part in parts):
            return url
        return Template(tuple(_joined(parts)))

    def _secret(self, text: str, name: str) -> Template:
        return Template((self._named(text, name),))

    def _part(self, text: str, name: str, before: str, after: str) -> list[str | SecretName]:
        return [before, self._named(text, name) if text else "", after]

    def _path(self, path: str, name: str) -> Iterator[str | SecretName]:
        for index, segment in enumerate(path.split("/")):
            yield "/" if index else ""
            yield self._named(segment, name) if is_opaque(segment) else segment

    def _named(self, text: str, name: str) -> SecretName:
        """The name of the same secret elsewhere, or one that nobody has: "ERP_EXAMPLE", "ERP_EXAMPLE_2"."""
        known = next((known for known, secret in self.secrets.items() if secret == text), "")
        if known:
            return SecretName(known)
        word = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
        number, free = 1, word
        while free in self.secrets:
            number += 1
            free = f"{word}_{number}"
        self.secrets[free] = text
        return SecretName(free)


def is_opaque(segment: str) -> bool:
    """Whether a segment of a path looks like a key rather than a word."""
    text = unquote(segment)
    if UUID.fullmatch(text):
        return True
    pieces = re.findall(r"[0-9A-Za-z+=%]+", text)
    return any(
        len(piece) >= LONG or (len(piece) >= MIXED and re.search("[0-9]", piece) is not None)
        for piece in pieces
    )


def _joined(parts: list[str | SecretName]) -> list[str | SecretName]:
    """Neighbouring texts as one, empty ones gone."""
    result: list[str | SecretName] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        elif part:
            result.append(part)
    return result
