"""One request and what came back: an answer, or nothing. No network here."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlencode

import msgspec

JSON: TypeAlias = Any
Pairs: TypeAlias = Sequence[tuple[str, str]]
EXCERPT = 500
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# Most pages say in their title what they say again below.
TITLE = re.compile(r"(?is)<title\b.*?</title\s*>")
MARKUP = re.compile(r"(?is)<(script|style)\b.*?(</\1\s*>|$)|<!--.*?(-->|$)|<[^>]*(>|$)")
# Three dotted base64url parts that begin as every JWT header does.
JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")


@dataclass(frozen=True)
class Request:
    """A request before it has a host or a token. `query` is in order; `form` goes out form-encoded, `body` as JSON.

    `origin` replaces the account's address. `into`: a type for msgspec, where not everything in the answer need become
    an object. `secrets` are hidden in whatever the service says; `headers` and bodies may hold them, so neither is shown.
    """

    method: str
    path: str
    query: Pairs = ()
    body: JSON = field(default=None, repr=False)
    form: Pairs | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    origin: str = ""
    into: Any = Any
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """ "PATCH /api/v4/leads": for messages, so without the query, where a filter may hold a secret."""
        return f"{self.method} {self.path.partition('?')[0]}"

    @property
    def label(self) -> str:
        """The name with the number of the page, for logs."""
        page = dict(self.query).get("page")
        return f"{self.name} page {page}" if page else self.name

    @property
    def is_web(self) -> bool:
        """Whether this goes to the web client's own endpoints, which promise nothing."""
        return self.form is not None

    def url(self, base: str) -> str:
        """The whole address."""
        query = urlencode(list(self.query))
        joint = "&" if "?" in self.path else "?"
        return f"{self.origin or base}{self.path}{joint + query if query else ''}"

    def content(self) -> tuple[bytes | None, str]:
        """The body's bytes and their type."""
        if self.form is not None:
            return urlencode(list(self.form)).encode(), "application/x-www-form-urlencoded"
        if self.body is None:
            return None, ""
        text = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"


class NotJson(ValueError):
    """A body that cannot be read as JSON; says nothing of its content, which may be personal."""


@dataclass(frozen=True)
class Answer:
    """A complete answer; `headers` in lower case."""

    status: int
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Any 2xx: the service is not of one mind about 200, 201, 202 and 204 (config page E1)."""
        return 200 <= self.status < 300

    @property
    def is_html(self) -> bool:
        """A page of the gateway instead of an answer of the service (protocol page 3.6)."""
        declared = self.headers.get("content-type", "").lower()
        return self.content.lstrip()[:1] == b"<" or (
            "html" in declared and self.content.lstrip()[:1] not in (b"{", b"[")
        )

    @property
    def date(self) -> int | None:
        """The service's clock, Unix seconds."""
        return _seconds(self.headers.get("date", ""))

    def json(self, into: Any = Any) -> JSON:
        """The body, as `into` where it has that shape, else whole; raises NotJson."""
        return parsed(self.content, into)

    def problem(self) -> dict[str, Any]:
        """The body of a refusal as an object; empty where it is none, for refusals come in any shape."""
        try:
            body = self.json()
        except NotJson:
            return {}
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True)
class Lost:
    """No answer. `sent` is False where the request certainly never left; `words` says what happened."""

    words: str
    sent: bool = True


def parsed(content: bytes, into: Any = Any) -> JSON:
    """JSON, as `into` where it has that shape, else whole; raises NotJson."""
    for loads in (_decoder(into).decode, _lenient):
        try:
            return loads(content)
        except (ValueError, RecursionError):
            continue
    raise NotJson(f"{len(content)} bytes that are not JSON")


def plain(text: str) -> str:
    """One line without markup and control characters (they could play with a terminal)."""
    return " ".join(CONTROLS.sub(" ", MARKUP.sub(" ", text)).split())


def excerpt(content: bytes) -> str:
    """The first 500 bytes of a body as one line of plain text."""
    text = JWT.sub("***", content[:EXCERPT].decode("utf-8", "replace"))
    title, rest = TITLE.search(text), plain(TITLE.sub(" ", text))
    return rest if title is not None and plain(title[0]) in rest else plain(text)


def said(answer: Answer) -> str:
    """The service's own words: `detail`, with `hint` where there is one; of a page, its text."""
    problem = answer.problem()
    # `error_description`: the chats service's shape (protocol page 3.3).
    for key in ("detail", "error_description", "title", "message"):
        if isinstance(problem.get(key), str) and problem[key]:
            hint = problem.get("hint")
            words = f"{problem[key]} ({hint})" if isinstance(hint, str) and hint else problem[key]
            return plain(JWT.sub("***", words))[:EXCERPT]
    return excerpt(answer.content)


def _lenient(content: bytes) -> JSON:
    """What is not quite JSON: NaN, and halves of characters, which no file or terminal could take ("?" instead)."""
    return json.loads(json.dumps(json.loads(content), ensure_ascii=False).encode("utf-8", "replace"))


@cache
def _decoder(into: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(into)


@lru_cache(maxsize=4)
def _seconds(date: str) -> int | None:
    """A Date header as Unix seconds; it is asked for several times an answer."""
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return None
