"""A living account: the emulator on a socket of this process, and the command line beside it."""

import contextvars
import io
import json
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from amoconf import cli
from amoconf.api import Clock
from amoconf.emulator import tokens, ui
from amoconf.emulator.app import build, new_world
from amoconf.emulator.world import World
from amoconf.lock import Lock
from amoconf.lock import load as load_lock

Event = Callable[[World], Any]


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


class Listening(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen."""
        await super().startup(sockets)
        self.ready.set()


class Living:
    """One account. `before` holds what happens just before the first request that fits "METHOD path"."""

    def __init__(self, folder: Path, **world: Any) -> None:
        self.folder = folder
        self.before: dict[str, Event] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        quiet: Any = {"log_config": None, "access_log": False, "server_header": False, "date_header": False}
        config = uvicorn.Config(self._answer, interface="asgi3", lifespan="off", ws="none", **quiet)
        self.server = Listening(config)
        self.thread = threading.Thread(target=self._serve, args=(world,), daemon=True)
        self.thread.start()
        assert self.server.ready.wait(60)
        self.client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"})

    def _serve(self, world: Mapping[str, Any]) -> None:
        # The account belongs to the thread that made it.
        self.world = new_world(rate_limit=False, **world)
        self.token = tokens.long_lived(self.world)
        self.app = build(self.world)
        self.server.run(sockets=[self.socket])
        self.world.store.db.close()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        name = f"{scope['method']} {scope['path'].removeprefix('/api/v4/')}"
        for pattern in [pattern for pattern in self.before if re.fullmatch(pattern, name)]:
            with self.world.store.writing():
                self.before.pop(pattern)(self.world)
        await self.app(scope, receive, send)

    def end(self) -> None:
        """Stops serving."""
        self.client.close()
        self.server.should_exit = True
        self.thread.join(30)
        self.socket.close()

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to know."""
        return {
            "AMOCONF_BASE_URL": self.url,
            "AMOCONF_TOKEN": self.token,
            "AMOCONF_PACE": "off",
            "AMOCONF_STATE_DIR": str(self.folder / "state"),
            "AMOCONF_FILE": str(self.folder / "account.yaml"),
        }

    def amoconf(self, *words: str, clock: Clock | None = None, **environment: str) -> Ended:
        """Runs a command in the folder, in this process."""
        return call(words, {**self.environment, **environment}, clock)

    def spec(self, text: str) -> None:
        """Writes the spec."""
        (self.folder / "account.yaml").write_text(text, encoding="utf-8")

    @property
    def lock(self) -> Lock:
        """What the last apply remembered."""
        return load_lock((self.folder / "account.lock.yaml").read_text(encoding="utf-8"), "account.lock.yaml")

    def id_of(self, address: str) -> Any:
        """The id that the lock knows."""
        return {str(key): entry.id for key, entry in self.lock.entries.items()}[address]

    def get(self, path: str, **query: Any) -> Any:
        """One answer of the API."""
        answer = self.client.get(f"/api/v4/{path}", params=query)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def walk(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        """All items of a list."""
        page = 1
        while body := self.get(path, limit=250, page=page):
            yield from body["_embedded"][key]
            page += 1

    def ui(self, **words: Any) -> Any:
        """What a person does in the web interface."""
        answer = self.client.post("/_emulator/ui", json=words)
        assert answer.is_success, answer.text
        return answer.json()

    @property
    def state(self) -> Any:
        """The whole configuration."""
        return self.client.get("/_emulator/state").json()

    def asked(self, after: int = 0) -> list[dict[str, Any]]:
        """Requests so far."""
        rows: list[dict[str, Any]] = self.client.get("/_emulator/requests", params={"after": after}).json()
        return rows

    def forget(self) -> None:
        """From now on requests are counted anew."""
        self.client.delete("/_emulator/requests")


def by_person(**words: Any) -> Event:
    """A person's deed, for `Living.before`."""
    return lambda world: ui.act(world, words)


@contextmanager
def living(folder: Path, **world: Any) -> Iterator[Living]:
    """An account for as long as the block lasts."""
    here = Living(folder, **world)
    try:
        yield here
    finally:
        here.end()


def call(
    words: tuple[str, ...],
    environment: Mapping[str, str],
    clock: Clock | None = None,
    err: io.StringIO | None = None,
) -> Ended:
    """The command line as `amoconf` calls it, without a terminal. err: where stderr goes, to be heard meanwhile."""
    out, err, code = io.StringIO(), err or io.StringIO(), 0
    kept, argv, stdin = dict(os.environ), sys.argv, sys.stdin
    for name in [name for name in os.environ if name.startswith("AMOCONF_")]:
        del os.environ[name]
    os.environ |= {"AMOCONF_LANG": "en", **environment}
    sys.argv, sys.stdin = ["amoconf", *words], io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            # In a context of its own, so that its language does not stay.
            contextvars.copy_context().run(cli.main, clock)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        os.environ.clear()
        os.environ |= kept
        sys.argv, sys.stdin = argv, stdin
    return Ended(code, out.getvalue(), err.getvalue())
