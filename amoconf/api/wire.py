"""The connection to one account: slots, token, 429, the stop before a ban.

Nothing is repeated here that the service may have carried out.
"""

import asyncio
import copy
import logging
from collections import deque
from functools import lru_cache
from http.cookiejar import CookieJar
from itertools import count
from types import TracebackType
from typing import Any

import httpx

from amoconf import __version__
from amoconf.api import refusals
from amoconf.api.clock import Clock, OnWait, Wait
from amoconf.api.message import Answer, Lost, Request, excerpt
from amoconf.api.pace import LONGEST_HOLD, Pace
from amoconf.api.secrets import Secrets
from amoconf.api.target import Access, Renewal, Target
from amoconf.api.verdict import growing, wait_asked
from amoconf.errors import AmoconfError, ApiError, Unauthorised, UsageError, WrongAccount
from amoconf.tongue import later, tr

log = logging.getLogger(__name__)

CONNECT_S = 10.0  # connecting from abroad is slow at times (protocol page 11.2)
READ_S = 60.0
WHOLE_S = 180.0  # a body that drips would never time out by READ_S alone
ROW = 8  # 429 answers in a row that end the run
WINDOW = 60  # requests, of which not more than half may be refused

# What a broken exchange is called; the first that fits. Their own texts may quote headers, so only the system's
# word about a failed connection is repeated.
UNSENT: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, later("no connection within {connect:.0f} s")),
    (httpx.ConnectError, later("no connection could be made")),
    (httpx.ProxyError, later("the proxy refuses")),
    (httpx.UnsupportedProtocol, later("the address is not http or https")),
)
BROKEN: tuple[tuple[type[Exception], str], ...] = (
    (httpx.TimeoutException, later("nothing came for {read:.0f} s")),
    (TimeoutError, later("the answer was not complete after {whole:.0f} s")),
    (httpx.DecodingError, later("the answer came damaged")),
    (httpx.RemoteProtocolError, later("the connection broke before the answer was complete")),
    (httpx.HTTPError, later("the connection broke")),
    (OSError, later("the connection broke")),
)


class Wire:
    """Sends requests of one account. Made and closed by `connect`; Reader and Writer are its two faces."""

    def __init__(
        self,
        target: Target,
        access: Access | None,
        pace: Pace,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock,
        on_wait: OnWait,
        secrets: Secrets,
    ) -> None:
        self.target = target
        self.clock = clock
        self.on_wait = on_wait
        self.secrets = secrets
        self.sent: dict[str, int] = {}
        self.started = clock.ticks()
        self._date: tuple[int, float] | None = None
        self._pace = pace
        self._renewal = access.renewal if access else None
        self._token = access.token if access else ""
        self._unconfirmed = False
        self._renewing = asyncio.Lock()
        self._stop: AmoconfError | None = None
        self._row = 0
        self._refused: deque[bool] = deque(maxlen=WINDOW)
        self._http = _client(target, transport)
        self.secrets.add(self._token)

    async def __aenter__(self) -> "Wire":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def now(self) -> int:
        """The service's clock, Unix seconds: the latest Date header carried on; ours before the first answer."""
        if self._date is None:
            return int(self.clock.wall())
        date, ticks = self._date
        return date + int(self.clock.ticks() - ticks)

    async def ask(self, request: Request) -> Answer | Lost:
        """One exchange with the account's token. 401 is met with one renewal; 429 is waited out."""
        token = self._token
        result = await self.ask_openly(request, token)
        if isinstance(result, Answer) and result.status == 401 and self._renewal is not None:
            await self._renew(self._renewal, token)
            token = self._token
            result = await self.ask_openly(request, token)
        if isinstance(result, Answer) and result.ok:
            await self._confirm(token)
        return result

    async def ask_openly(self, request: Request, token: str = "") -> Answer | Lost:
        """One exchange with this token or none. 429 is waited out: the service has done nothing then."""
        for attempt in count(1):
            await self._pace.take(request.name)
            # Looked at after the wait: another task may have run into a ban meanwhile.
            self._raise_if_stopped(request)
            result = await self._exchange(request, token)
            if isinstance(result, Lost) or result.status != 429:
                break
            await self._refusal(request, result, attempt)
        if isinstance(result, Answer):
            self._row = 0
            self._refused.append(False)
            if result.status == 403 and result.is_html and not request.is_web:
                self._stop = refusals.refusal(request, result)
        return result

    async def _refusal(self, request: Request, answer: Answer, attempt: int) -> None:
        """Notes a 429, stops the run or waits."""
        self._row += 1
        self._refused.append(True)
        refused = sum(self._refused)
        if self._row >= ROW:
            self._stop = refusals.stopped(request, answer, self._row, self._row)
        elif refused > WINDOW // 2:
            self._stop = refusals.stopped(request, answer, refused, len(self._refused))
        self._raise_if_stopped(request)
        seconds = wait_asked(answer, self.clock.wall()) or growing(attempt)
        if seconds > LONGEST_HOLD:
            raise refusals.too_long(request, answer, seconds)
        self.on_wait(Wait("refused", seconds, request.name, attempt))
        await self._pace.hold(seconds)

    def _raise_if_stopped(self, request: Request) -> None:
        if self._stop is None:
            return
        # A copy: several tasks raise it, each with its own traceback and request.
        error = copy.copy(self._stop)
        if isinstance(error, ApiError):
            error.request = request.name
        raise error.with_traceback(None)

    async def _exchange(self, request: Request, token: str) -> Answer | Lost:
        message = self._message(request, token)
        for secret in request.secrets:
            self.secrets.add(secret)
        self.sent[request.method] = self.sent.get(request.method, 0) + 1
        # The exception ends inside: it holds the request with its headers, and must not travel on as a cause.
        try:
            async with asyncio.timeout(WHOLE_S):
                response = await self._http.send(message, follow_redirects=False)
        except (httpx.HTTPError, OSError) as error:
            lost = _lost(error, self.secrets)
            log.debug("%s: %s", request.label, lost.words)
            return lost
        answer = self._answer(response, is_read=request.method == "GET")
        log.debug("%s: %d, %d bytes", request.label, answer.status, len(response.content))
        if answer.date is not None:
            self._date = (answer.date, self.clock.ticks())
        return answer

    def _message(self, request: Request, token: str) -> httpx.Request:
        url = _url(request, self.target.url)
        content, kind = request.content()
        headers = {"Accept": "application/hal+json, application/json", **request.headers}
        if kind:
            headers["Content-Type"] = kind
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self._http.build_request(request.method, url, content=content, headers=headers)

    def _answer(self, response: httpx.Response, *, is_read: bool) -> Answer:
        """is_read: nothing was sent that a big answer need be searched for."""
        content = response.content
        good = (
            response.is_success
            and content.lstrip()[:1] in (b"{", b"[")
            and (is_read or b'"validation-errors"' not in content)
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, content if good else self.secrets.hide(content), headers)

    async def _renew(self, renewal: Renewal, stale: str) -> None:
        async with self._renewing:
            if self._token != stale:
                return  # another task was faster
            try:
                self._token = await renewal.renew(stale, self.ask_openly)
            except (Unauthorised, WrongAccount) as error:
                # The other tasks need not ask for the same refusal.
                self._stop = self._stop or error
                raise
            self._unconfirmed = True
            self.secrets.add(self._token)

    async def _confirm(self, token: str) -> None:
        if self._unconfirmed and token == self._token and self._renewal is not None:
            self._unconfirmed = False
            await self._renewal.confirm(token)


class _Forgetful(CookieJar):
    """Keeps no cookies.

    Every answer brings a session for the whole platform, which counts before the token of whatever account is asked next
    (third party, measured live at Kommo in October 2026).
    """

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Nothing of it stays."""


def _client(target: Target, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    local = httpx.URL(target.url).host in ("localhost", "127.0.0.1", "::1")
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(READ_S, connect=CONNECT_S, pool=None),
        headers={"User-Agent": f"amoconf/{__version__}"},
        # A proxy of the environment knows nothing of this machine's own ports.
        trust_env=not local,
        cookies=_Forgetful(),
        # Reading the certificates of the world takes longer than a whole plan computes; plain HTTP needs none.
        verify=target.url.startswith("https://"),
    )


def _url(request: Request, base: str) -> httpx.URL:
    """The address to send to; raises UsageError where the path would lead away from the account."""
    home = _home(request.origin or base)
    try:
        url = httpx.URL(request.url(base))
    except httpx.InvalidURL:
        url = httpx.URL()
    if not request.path.startswith("/") or (url.host, url.port) != (home.host, home.port):
        raise UsageError(
            tr("{path!r} is not a path of the account", path=request.path),
            tr("write it from the slash on: /api/v4/…"),
        )
    return url


@lru_cache(maxsize=16)
def _home(origin: str) -> httpx.URL:
    return httpx.URL(origin)


def _lost(error: Exception, secrets: Secrets) -> Lost:
    for kind, text in UNSENT:
        if isinstance(error, kind):
            words = _said(text)
            system = excerpt(secrets.hide(str(error).encode())) if kind is httpx.ConnectError else ""
            return Lost(f"{words}: {system}" if system else words, sent=False)
    for kind, text in BROKEN:
        if isinstance(error, kind):
            return Lost(_said(text))
    raise error


def _said(text: str) -> str:
    return tr(text, connect=CONNECT_S, read=READ_S, whole=WHOLE_S)
