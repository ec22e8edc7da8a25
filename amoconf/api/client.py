"""The two faces of the client: Reader, which can only read, and Writer, which can do both."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from amoconf.api.clock import Wait
from amoconf.api.message import JSON, Answer, Lost, Pairs, Request
from amoconf.api.verdict import Verdict, growing, judge, wait_asked
from amoconf.errors import ApiError, BadAnswer, NotFound, Trouble, Unreachable
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api.wire import Wire  # brings httpx

TRIES = 5
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 60.0
# What was written may be invisible for a while (guess: protocol page 11.4 names a second for the search index).
READ_LAG = 10.0
LOOK_EVERY = 2.0
LOOKS_LOST = 3
REPEATABLE = frozenset({"PATCH", "PUT", "DELETE"})
WEB_HEADERS = {
    "X-Requested-With": "XMLHttpRequest",
    "Accept": "application/json, text/javascript, */*; q=0.01",
}

Happened = Callable[[], Awaitable[JSON | None]]
T = TypeVar("T")


@dataclass(frozen=True)
class Partly:
    """What `happened` answers where a part of a write took effect: asked again as long as a read may lag."""

    value: JSON


class Reader:
    """Reads one account. Safe to use from many tasks at once: they share one pace."""

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire

    @property
    def requests(self) -> int:
        """How many GET requests went out, repeated ones included."""
        return self._wire.sent.get("GET", 0)

    @property
    def elapsed(self) -> float:
        """Seconds since the connection was opened."""
        return self._wire.clock.ticks() - self._wire.started

    @property
    def now(self) -> int:
        """The account's time, Unix seconds, from the latest Date header; this machine's before the first answer."""
        return self._wire.now

    async def get(self, path: str, query: Pairs = (), into: Any = Any) -> JSON | None:
        """The JSON of a GET; None for 204, which is how the service says "none" (protocol page 3.2).

        into: as in `Request`; an answer of another shape comes whole. Repeated up to five times when the service stumbles
        or the body is not JSON. Raises ApiError.
        """
        request = Request("GET", path, tuple(query), into=into)
        attempt = 0
        while True:
            attempt += 1
            result = await self._wire.ask(request)
            verdict = judge(request, result)
            if verdict.error is None:
                return verdict.value
            if not verdict.again or attempt >= TRIES:
                raise verdict.error
            await self._back_off(request, result, attempt)

    async def pages(
        self, path: str, key: str, query: Pairs = (), *, limit: int | None = 250
    ) -> AsyncIterator[list[Any]]:
        """The items of `_embedded[key]`, page after page; an item may come twice where rows move meanwhile.

        Ends at a missing `next`, at 204 and at an empty page: `next` may lead to nothing (protocol page 4).
        Of `next` only the query is taken, for its host may be a shard's (protocol page 1.1).
        """
        given = tuple(query) if limit is None else (*query, ("limit", str(limit)), ("page", "1"))
        seen: set[frozenset[tuple[str, str]]] = set()
        following: Pairs | None = given
        while following is not None:
            if frozenset(following) in seen:
                raise _bad(path, tr("the link to the next page leads back to a page that was read already"))
            seen.add(frozenset(following))
            body = await self.get(path, following)
            items = _items(body, key, path)
            if not items:
                return
            yield items
            following = _next_query(body, path)

    async def _back_off(self, request: Request, result: Answer | Lost, attempt: int) -> None:
        asked = wait_asked(result, self._wire.clock.wall()) if isinstance(result, Answer) else None
        seconds = min(max(asked or 0.0, growing(attempt, FIRST_BACK_OFF)), LONGEST_BACK_OFF)
        self._wire.on_wait(Wait("trouble", seconds, request.name, attempt))
        await self._wire.clock.sleep(seconds)


class Writer(Reader):
    """Reads and writes one account."""

    @property
    def reader(self) -> Reader:
        """The same connection without the means to write, for whoever must not."""
        return Reader(self._wire)

    @property
    def writes(self) -> int:
        """How many requests other than GET went out, repeated ones included."""
        return sum(self._wire.sent.values()) - self.requests

    def conceal(self, secret: str) -> None:
        """From now on `secret` is blanked in whatever the service says about a refused request."""
        self._wire.secrets.add(secret)

    async def send(
        self,
        method: str,
        path: str,
        body: JSON = None,
        *,
        creates: bool,
        query: Pairs = (),
        happened: Happened | None = None,
        tries: int = TRIES,
    ) -> JSON | None:
        """The JSON of a write; None where the service answers without a body.

        `creates` False promises that doing it twice is doing it once (absolute values); such a PATCH, PUT or DELETE
        is repeated when no good answer came. Everything else is repeated only after `happened`, asked for as
        long as a read may lag, has answered None; what else it answers, in the shape of this call's own
        answer, is returned instead. Raises ApiError; `maybe_done` says that the write may have taken effect.
        """
        request = Request(method.upper(), path, tuple(query), body)
        return await self._write(request, creates or request.method not in REPEATABLE, happened, tries)

    async def form(
        self, path: str, fields: Pairs, *, method: str = "POST", happened: Happened | None = None
    ) -> JSON | None:
        """A call of the web client's own endpoint, form-encoded; repeated only as a creation would be.

        Forbidden says that the endpoint does not let us in, or is not there: fall back to a manual step
        (third party: config page C2).
        """
        request = Request(method.upper(), path, (), None, tuple(fields), WEB_HEADERS)
        return await self._write(request, True, happened, TRIES)

    async def settled(
        self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool], *, age: float = 0.0
    ) -> T:
        """What `look` answers as soon as that is good, at the latest when a read can no longer lag behind a write.

        age: seconds since the write.
        """
        clock = self._wire.clock
        until = clock.ticks() + READ_LAG - age
        while True:
            late = clock.ticks() >= until
            found = await look()
            if late or good(found):
                return found
            self._wire.on_wait(Wait("check", LOOK_EVERY))
            await clock.sleep(LOOK_EVERY)

    async def _write(
        self, request: Request, creates: bool, happened: Happened | None, tries: int
    ) -> JSON | None:
        doubt, attempt = False, 0
        while True:
            attempt += 1
            try:
                result = await self._wire.ask(request)
            except ApiError as error:
                if doubt:
                    _doubtful(error)
                raise
            verdict = judge(request, result, creates=creates)
            doubt = doubt or verdict.maybe_done
            if verdict.error is None or (doubt and _is_gone(request, verdict)):
                return verdict.value
            last = not verdict.again or attempt >= tries or (creates and doubt and happened is None)
            if doubt and happened is not None and (last or (creates and verdict.maybe_done)):
                done = await self._look(request, happened)
                if done is not None:
                    return done
            if last:
                raise _doubtful(verdict.error) if doubt else verdict.error
            await self._back_off(request, result, attempt)

    async def _look(self, request: Request, happened: Happened) -> JSON | None:
        """What `happened` answers, asked again and again until a read can no longer lag."""
        clock = self._wire.clock
        until = clock.ticks() + READ_LAG
        failed = 0
        while True:
            late = clock.ticks() >= until
            try:
                done = await happened()
                if late or not (done is None or isinstance(done, Partly)):
                    return done
            except ApiError as error:
                failed += 1
                if failed == LOOKS_LOST or not isinstance(error, Trouble | Unreachable | BadAnswer):
                    _doubtful(
                        error,
                        tr(
                            "asked after {name}, of which it is not known whether it took effect",
                            name=request.name,
                        ),
                    )
                    raise
            self._wire.on_wait(Wait("check", LOOK_EVERY, request.name))
            await clock.sleep(LOOK_EVERY)


def _doubtful(error: ApiError, when: str = "") -> ApiError:
    """The error, saying that the write may have taken effect."""
    error.maybe_done = True
    error.todo = "; ".join(filter(None, [tr("look whether it was done before doing it again"), error.todo]))
    if when:
        error.what = f"{error.what} ({when})"
        error.args = (error.what,)
    return error


def _is_gone(request: Request, verdict: Verdict) -> bool:
    """A DELETE whose first answer was lost finds nothing the second time."""
    return request.method == "DELETE" and isinstance(verdict.error, NotFound)


def _bad(path: str, what: str) -> BadAnswer:
    request = Request("GET", path).name
    return BadAnswer(
        f"{request}: {what}", tr("nothing was concluded from it; repeat"), request=request, status=200
    )


def _items(body: JSON | None, key: str, path: str) -> list[Any]:
    """The page's items. A page without the promised list is an error, never an empty page."""
    if body is None:
        return []
    embedded = body.get("_embedded") if isinstance(body, dict) else None
    if embedded == []:  # PHP writes an empty object so
        return []
    items = embedded.get(key) if isinstance(embedded, dict) else None
    if isinstance(items, dict):
        # PHP writes a list whose keys have gaps as an object.
        return list(items.values())
    if not isinstance(items, list):
        raise _bad(path, tr("the answer holds no list of {key}", key=key))
    return items


def _next_query(body: JSON, path: str) -> Pairs | None:
    links = body.get("_links")
    link = links.get("next") if isinstance(links, dict) else None
    if not link:
        return None
    href = link.get("href") if isinstance(link, dict) else link
    try:
        query = parse_qsl(urlsplit(href).query, keep_blank_values=True) if isinstance(href, str) else []
    except ValueError:  # of what is no address at all
        query = []
    if not query:
        raise _bad(path, tr("the link to the next page names no page"))
    return tuple(query)
