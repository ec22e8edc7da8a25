"""An account of the emulator in process, and a small synchronous client for it."""

import asyncio
import copy
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from amoconf.emulator import tokens
from amoconf.emulator.answer import Answer
from amoconf.emulator.app import build, new_world
from amoconf.emulator.call import Call
from amoconf.emulator.routes import Route, Table
from amoconf.emulator.switches import Switches
from amoconf.emulator.world import World

BASE = "https://stroymarket.amocrm.ru"


class Crm:
    """Asks one account. Paths are whole ("/oauth2/...") or inside the API ("leads/pipelines").

    Query values may be lists; a trailing underscore of a name is dropped, so that `with_="contacts"` can be written.
    """

    def __init__(
        self, world: World, *, user_id: int | None = None, client_id: str = tokens.OWN_CLIENT_ID
    ) -> None:
        self.world = world
        self.token = tokens.long_lived(world, user_id, client_id)
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.loop = asyncio.new_event_loop()
        self.app = build(world)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=BASE)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request; `headers` are added to those of the client."""
        headers = {**self.headers, **more.pop("headers", {})}
        url = path if path.startswith(("/", "http")) else f"/api/v4/{path}"
        return self.loop.run_until_complete(self.client.request(method, url, headers=headers, **more))

    def get(self, path: str, **query: Any) -> httpx.Response:
        """GET with a query."""
        return self.ask("GET", path, params={name.rstrip("_"): value for name, value in query.items()})

    def post(self, path: str, json: Any = None) -> httpx.Response:
        """POST of JSON; None sends no body."""
        return self.ask("POST", path, json=json)

    def patch(self, path: str, json: Any = None) -> httpx.Response:
        """PATCH of JSON."""
        return self.ask("PATCH", path, json=json)

    def delete(self, path: str, json: Any = None) -> httpx.Response:
        """DELETE, with a JSON body if there is one."""
        return self.ask("DELETE", path, json=json)

    def form(self, path: str, data: dict[str, Any]) -> httpx.Response:
        """POST of a form."""
        return self.ask("POST", path, data=data)

    def control(self, method: str, path: str, json: Any = None) -> httpx.Response:
        """The control interface: `crm.control("POST", "faults", {"429": 0.1})`."""
        return self.ask(method, f"/_emulator/{path}", json=json)

    def faults(self, **words: Any) -> dict[str, Any]:
        """Sets faults through the control interface and answers the report; names may carry a leading underscore."""
        return dict(
            self.control("POST", "faults", {name.lstrip("_"): value for name, value in words.items()}).json()
        )

    def acting_as(self, user_id: int, client_id: str = tokens.OWN_CLIENT_ID) -> "Crm":
        """The same account with a token of another user or integration."""
        return self.with_token(tokens.long_lived(self.world, user_id, client_id))

    def with_token(self, token: str) -> "Crm":
        """The same account with this token."""
        other = copy.copy(self)
        other.token = token
        other.headers = {"Authorization": f"Bearer {token}"}
        return other

    def only_route(self, method: str, path: str, handler: Callable[[Call], Answer]) -> None:
        """Replaces the table of endpoints by a single one, for tests of what stands around a handler."""
        self.app.table = Table([Route(method, path, handler, False, "config A", "imitated", "")])

    def add_user(self, user_id: int = 7_999_001, **flags: Any) -> int:
        """Stores one more user, not an administrator unless `flags` say so, and answers his id."""
        model = tokens.technical_user(self.world.store)
        rights = {**model["rights"], "is_admin": False, "is_active": True, "is_free": False, **flags}
        self.world.store.put("user", {**model, "id": user_id, "rights": rights})
        return user_id

    def close(self) -> None:
        """Ends the client and its loop."""
        self.loop.run_until_complete(self.client.aclose())
        self.loop.close()


@pytest.fixture
def make_crm() -> Iterator[Callable[..., Crm]]:
    """Makes clients of new accounts: `make_crm(scenario="none", api_filter_enabled=True)`. Other words are switches."""
    made: list[Crm] = []

    def make(
        *, scenario: str = "empty", seed: int = 1, scale: float = 1.0, rate_limit: bool = False, **words: Any
    ) -> Crm:
        switches = Switches(**words)
        world = new_world(scenario=scenario, seed=seed, scale=scale, rate_limit=rate_limit, switches=switches)
        made.append(Crm(world))
        return made[-1]

    yield make
    for crm in made:
        crm.close()


@pytest.fixture
def crm(make_crm: Callable[..., Crm]) -> Crm:
    """An administrator's client of a new account `empty`, without rate limits."""
    return make_crm()
