"""Serves emulated accounts over HTTP on this machine, one socket for each."""

import asyncio
import signal
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from amoconf.emulator import tokens
from amoconf.emulator.app import build
from amoconf.emulator.faults import from_text
from amoconf.emulator.opening import new_world, remember_time
from amoconf.emulator.switches import Switches
from amoconf.emulator.wire import TRANSPORT
from amoconf.emulator.world import World

LOOPBACK = "127.0.0.1"
# nginx keeps connections this long; uvicorn's 5 seconds would break clients that pause.
KEEP_ALIVE_S = 75
# Small enough for memory; the others live in a file.
IN_MEMORY = frozenset({"empty", "none"})
Announce = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class Options:
    """What `emulator serve` takes. `switches` and `faults`: values as written on the command line."""

    host: str = LOOPBACK
    port: int = 0
    scenario: str = "empty"
    scale: float = 1.0
    seed: int = 1
    db: Path | None = None
    latency_ms: float = 0
    rate_limit: bool = True
    profile: str = "ru"
    accounts: int = 1
    switches: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def serve(options: Options, announce: Announce) -> None:
    """Serves until SIGINT or SIGTERM; `announce` gets the start line when it listens. ValueError: a bad option;
    OSError: the port is taken."""
    if options.host not in (LOOPBACK, "localhost"):
        raise ValueError(f"the emulator listens on {LOOPBACK} only, not on {options.host}")
    if options.accounts < 1:
        raise ValueError("--accounts is 1 or more")
    with ExitStack() as leaving:
        sockets = _listen(options, leaving)
        worlds = [_open(options, number + 1, leaving) for number in range(options.accounts)]
        ports = [each.getsockname()[1] for each in sockets]
        lines = [_line(world, port) for world, port in zip(worlds, ports, strict=True)]
        for world in worlds:
            _set_faults(options, world)
        app = ByPort({port: build(world) for port, world in zip(ports, worlds, strict=True)})
        server = Server(_config(app), lambda: announce(_start(lines)))
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets))


def _start(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The start line: the first account, and all of them where there are several."""
    return lines[0] if len(lines) == 1 else {**lines[0], "accounts": lines}


def _listen(options: Options, leaving: ExitStack) -> list[socket.socket]:
    """One socket an account: the port asked for and those above it, or free ones."""
    sockets = []
    for number in range(options.accounts):
        each = leaving.enter_context(socket.socket())
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind((LOOPBACK, options.port + number if options.port else 0))
        sockets.append(each)
    return sockets


def _open(options: Options, number: int, leaving: ExitStack) -> World:
    switches = Switches.of_profile(options.profile)
    for name, text in options.switches.items():
        switches = switches.set(name, text)
    try:
        world = new_world(
            scenario=options.scenario,
            seed=options.seed,
            scale=options.scale,
            path=_path(options, number, leaving),
            switches=switches,
            rate_limit=options.rate_limit,
            number=number,
        )
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{options.db} cannot be used: {error}") from error
    leaving.callback(_close, world)
    return world


def _close(world: World) -> None:
    remember_time(world)
    world.store.db.close()


def _path(options: Options, number: int, leaving: ExitStack) -> str | Path:
    if options.db is not None:
        return options.db if number == 1 else options.db.with_name(f"{options.db.name}.{number}")
    if options.scenario in IN_MEMORY:
        return ":memory:"
    return Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="amoconf-emulator-"))) / "account.db"


def _set_faults(options: Options, world: World) -> None:
    """After the token is made, so that expire_token means it too."""
    if options.latency_ms:
        world.faults.set("latency_ms", options.latency_ms)
    for name, text in options.faults.items():
        try:
            world.faults.set(name, from_text(text))
        except ValueError as error:
            raise ValueError(f"--fault {name}={text}: {error}") from error


def _line(world: World, port: int) -> dict[str, Any]:
    base = f"http://{LOOPBACK}:{port}"
    account = world.account
    said = {"base_url": base, "subdomain": account["subdomain"], "account_id": account["id"]}
    return {**said, "token": tokens.long_lived(world), "control_url": f"{base}/_emulator"}


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        cast(Any, app),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )


class ByPort:
    """Many accounts behind one server: the socket that a request came in by says which is meant."""

    def __init__(self, apps: Mapping[int, ASGIApp]) -> None:
        self.apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request to its account."""
        await self.apps[scope["server"][1]](scope, receive, send)


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, which also tells the application its connection, for the fault `reset`."""

    def on_message_begin(self) -> None:
        """Called by the parser when a request begins."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)["extensions"] = {TRANSPORT: self.transport}


class Server(uvicorn.Server):
    """Says when it listens, and ends with code 0 on a signal (uvicorn would raise the signal again)."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self.listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then says so."""
        await super().startup(sockets)
        self.listening()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the server while this runs."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, former in before.items():
                signal.signal(each, former)
