"""One HTTP request as it arrives, before it is known who asks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amoconf.emulator.answer import problem
from amoconf.emulator.query import Query, parse
from amoconf.emulator.store import ORIGIN
from amoconf.emulator.tokens import Grant

SLASHES = re.compile("//+")
HOST = re.compile(r"[\w.\-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", re.IGNORECASE)
# The mark written as a JSON escape: nobody may store it, or his text would turn into an address.
ESCAPED_ORIGIN = re.compile(r"\\ufdd0", re.IGNORECASE)
HALF_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
FORM = "application/x-www-form-urlencoded"


@dataclass
class Ask:
    """A request. `grant` and `by` (the acting user's id) are filled in on the way through the gate."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    scheme: str
    host: str
    address: str
    body: bytes = b""
    grant: Grant | None = None
    by: int | None = None

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Ask":
        """Reads an ASGI scope; repeated slashes of the path count as one."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client, server = scope.get("client"), scope.get("server") or ("localhost", None)
        own = f"{server[0]}:{server[1]}" if server[1] else server[0]
        host = headers.get("host", "")
        return cls(
            method=scope["method"],
            path=SLASHES.sub("/", scope["path"]),
            query_text=scope["query_string"].decode("latin-1"),
            headers=headers,
            scheme=scope.get("scheme", "http"),
            host=host if HOST.fullmatch(host) else own,
            address=client[0] if client else "",
        )

    @property
    def origin(self) -> str:
        """Scheme and host as the caller wrote them: what links in answers begin with."""
        return f"{self.scheme}://{self.host}"

    @property
    def url(self) -> str:
        """The whole address, as error sentences repeat it."""
        query = f"?{self.query_text}" if self.query_text else ""
        return f"{self.origin}{self.path}{query}"

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, or an empty text."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    def query(self) -> Query:
        """The query string, read as PHP reads it."""
        return parse(self.query_text)

    def words(self) -> Any:
        """The body: a form as nested dicts of text, anything else as JSON; None when there is none."""
        if not self.body.strip():
            return None
        if self.headers.get("content-type", "").startswith(FORM):
            return parse(self.body.decode("utf-8", "replace"))
        try:
            return _whole(json.loads(_clean(self.body.decode()), parse_constant=_refuse_constant), self.body)
        except (ValueError, RecursionError):
            # guess: no recorded answer to broken JSON; PHP reads it as nothing, protocol page 8.5
            raise problem(400, "Request data can not be empty") from None


def _clean(text: str) -> str:
    return ESCAPED_ORIGIN.sub("", text.replace(ORIGIN, ""))


def _whole(words: Any, body: bytes) -> Any:
    """The words, unless an escape in them is half a letter: PHP's parser refuses those."""
    if HALF_ESCAPE.search(body):
        json.dumps(words, ensure_ascii=False).encode()
    return words


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
