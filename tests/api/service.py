"""A service that answers as told, and time that passes as fast as nothing else happens."""

import asyncio
import base64
import json
import selectors
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx

from amoconf.api import Access, Clock, Reader, Target, Wait, Writer, open_reader, open_writer

T = TypeVar("T")
Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]

TARGET = Target.of("acme.amocrm.ru")
START = 1_800_000_000.0


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Instead of sleeping, moves the loop's time on."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(0)
        if not found:
            self.passed += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.pace_of_time = _Selector()
        super().__init__(self.pace_of_time)

    def time(self) -> float:
        return 1000.0 + self.pace_of_time.passed


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs it with time that jumps from one timer to the next."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)


def ticks() -> float:
    """The time of the running loop."""
    return asyncio.get_running_loop().time()


CLOCK = Clock(ticks=ticks, wall=lambda: START + ticks())


def token(**claims: Any) -> str:
    """A JWT nobody signed."""
    head, body = (_part(part) for part in ({"alg": "none", "typ": "JWT"}, claims))
    return f"{head}.{body}.c2lnbmF0dXJl"


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


TOKEN = token(sub="8123456", account_id=31999888, exp=2_000_000_000)


class Service:
    """Answers each request with the next of `answers` (the last one again and again), and remembers it.

    An answer is a response, an exception to raise, or a function of the request.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.times.append(ticks())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer) and not isinstance(answer, httpx.Response):
            answer = answer(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        # A response is read once; the same one may be asked for again.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


def page(key: str, items: list[Any], following: str | None = None) -> httpx.Response:
    links = {"next": {"href": following}} if following else {}
    return answer({"_page": 1, "_links": links, "_embedded": {key: items}})


def html(status: int, text: str = "") -> httpx.Response:
    body = (
        f"<html><head><title>{status} {text}</title></head><body><h1>{status} {text}</h1>nginx</body></html>"
    )
    return httpx.Response(status, headers={"content-type": "text/html"}, text=body)


def problem(status: int, detail: str, **more: Any) -> httpx.Response:
    return httpx.Response(
        status,
        json={**more, "status": status, "detail": detail},
        headers={"content-type": "application/problem+json"},
    )


NONE = httpx.Response(204)
RESET = httpx.ReadError("reset")
REFUSED = httpx.ConnectError("[Errno 111] Connection refused")


@asynccontextmanager
async def reader(service: Service, **options: Any) -> AsyncIterator[Reader]:
    options = {
        "pace": None,
        "access": Access(TOKEN),
        "target": TARGET,
        "state_dir": Path("/dev/null/none"),
        **options,
    }
    async with open_reader(transport=service.transport, clock=CLOCK, **options) as found:
        yield found


@asynccontextmanager
async def writer(service: Service, **options: Any) -> AsyncIterator[Writer]:
    options = {
        "pace": None,
        "access": Access(TOKEN),
        "target": TARGET,
        "state_dir": Path("/dev/null/none"),
        **options,
    }
    async with open_writer(transport=service.transport, clock=CLOCK, **options) as found:
        yield found


def get(service: Service, path: str = "/api/v4/account", **options: Any) -> Any:
    """One GET through a client of its own."""

    async def go() -> Any:
        async with reader(service, **options) as api:
            return await api.get(path)

    return run(go())


def send(
    service: Service, method: str = "POST", path: str = "/api/v4/leads/pipelines", **options: Any
) -> Any:
    """One write through a client of its own; `creates` and `happened` go to the call."""

    async def go() -> Any:
        async with writer(service) as api:
            return await api.send(method, path, [{"name": "x"}], **options)

    return run(go())


def waits() -> tuple[list[Wait], Callable[[Wait], None]]:
    """A list and what fills it."""
    heard: list[Wait] = []
    return heard, heard.append


@contextmanager
def serving(handler: Callable[[httpx.Request], httpx.Response]) -> Iterator[str]:
    """The base URL of a server on this machine that answers as `handler` does, each request in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = dict(self.headers.items())
            request = httpx.Request(self.command, f"http://x{self.path}", headers=headers, content=content)
            found = handler(request)
            self.send_response(found.status_code)
            self.send_header("content-length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = do_PATCH = do_DELETE = reply

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
