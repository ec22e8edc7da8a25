"""The client against the emulated service, faults switched on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from amoconf.api import Access, Grant, Target, TokenStore, Writer, exchange, find_access, open_writer
from amoconf.api.standing import standing
from amoconf.emulator import grants, tokens
from amoconf.emulator.app import build, new_world
from amoconf.emulator.world import World
from amoconf.errors import Banned, Forbidden, Overloaded, Unauthorised, Unpaid, WrongAccount
from tests.api.service import CLOCK, run, ticks

TARGET = Target.of("stroymarket.amocrm.ru")
NOWHERE = Path("/dev/null/none")


@pytest.fixture
def world() -> World:
    return new_world(scenario="empty")


@asynccontextmanager
async def connected(
    world: World, access: Access | None = None, pace: float | None = None
) -> AsyncIterator[Writer]:
    access = access or Access(tokens.long_lived(world))
    transport = httpx.ASGITransport(build(world))
    async with open_writer(
        TARGET, access, pace=pace, state_dir=NOWHERE, transport=transport, clock=CLOCK
    ) as api:
        yield api


def named(world: World, name: str) -> list[Any]:
    return [thing for thing in world.store.all("pipeline") if thing["name"] == name]


async def create(api: Writer, name: str) -> Any:
    """A pipeline, with the check that a careful caller makes."""

    async def happened() -> Any:
        body = await api.get("/api/v4/leads/pipelines")
        found = [one for one in body["_embedded"]["pipelines"] if one["name"] == name]
        return {"_embedded": {"pipelines": found}} if found else None

    stages = [{"name": "Первый", "sort": 10}]
    body = [
        {
            "name": name,
            "is_main": False,
            "is_unsorted_on": False,
            "sort": 500,
            "_embedded": {"statuses": stages},
        }
    ]
    return await api.send("POST", "/api/v4/leads/pipelines", body, creates=True, happened=happened)


def test_reading_and_writing(world: World) -> None:
    async def go() -> Any:
        async with connected(world) as api:
            account = await api.get("/api/v4/account", [("with", "task_types")])
            users = [user async for page in api.pages("/api/v4/users", "users", limit=1) for user in page]
            made = await create(api, "Опт")
            return (
                account["subdomain"],
                len(users),
                made["_embedded"]["pipelines"][0]["name"],
                abs(api.now - world.clock.now()),
            )

    subdomain, users, name, late = run(go())
    assert (subdomain, name) == ("stroymarket", "Опт")
    assert users == len(world.store.all("user"))
    assert late <= 5


FAULTS = ["500", "502", "504_before", "504_after", "reset", "truncated_json", "429"]


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_made_twice_whatever_breaks(world: World, fault: str) -> None:
    world.faults.set(fault, 0.3)

    async def go() -> None:
        async with connected(world) as api:
            for number in range(12):
                made = await create(api, f"Опт {number}")
                assert made["_embedded"]["pipelines"]

    run(go())
    assert world.faults.counts[fault]
    assert [len(named(world, f"Опт {number}")) for number in range(12)] == [1] * 12


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429_storm_s", Overloaded),
        ("403_ban", Banned),
        ("revoke_token", Unauthorised),
        ("unpaid_after", Unpaid),
    ],
)
def test_what_cannot_be_mended_ends_with_its_own_error(
    world: World, fault: str, kind: type[Exception]
) -> None:
    async def go() -> None:
        async with connected(world) as api:
            world.faults.set(fault, {"429_storm_s": 9e9, "unpaid_after": 1}.get(fault, True))
            with pytest.raises(kind):
                await asyncio.gather(*(api.get("/api/v4/account") for _ in range(5)))

    run(go())


def test_the_pace_keeps_clear_of_the_limit(world: World) -> None:
    world.limits.on, world.limits.clock = True, ticks

    async def go() -> float:
        async with connected(world, pace=6.8) as api:
            await asyncio.gather(*(api.get("/api/v4/account") for _ in range(100)))
            return api.elapsed

    assert run(go()) == pytest.approx(99 / 6.8)
    assert [entry["status"] for entry in world.log.after(0)] == [200] * 100


def test_without_a_pace_the_limit_is_met_and_waited_out(world: World) -> None:
    world.limits.on, world.limits.clock = True, ticks

    async def go() -> int:
        async with connected(world) as api:
            found = await asyncio.gather(*(api.get("/api/v4/account") for _ in range(10)))
            return len(found)

    assert run(go()) == 10


def test_the_web_client_s_endpoint(world: World) -> None:
    fields = [
        ("ACTION", "ALL_EDIT"),
        ("add[0][name]", "Замер"),
        ("add[0][sort]", "1"),
        ("add[0][color]", "568FFA"),
    ]

    async def go() -> Any:
        async with connected(world) as api:
            await api.form("/ajax/tasks/types", fields)
            body = await api.get("/api/v4/account", [("with", "task_types")])
            world.switches = world.switches.set("task_types_by_token", "false")
            with pytest.raises(Forbidden):
                await api.form("/ajax/tasks/types", fields)
            return [kind["name"] for kind in body["_embedded"]["task_types"]]

    assert "Замер" in run(go())


def logged_in(world: World, folder: Path) -> TokenStore:
    """The store after the exchange of a code."""
    integration = grants.integration(world, tokens.OWN_CLIENT_ID)
    code = grants.code_for(world, tokens.technical_user(world.store)["id"], integration["id"])
    client = Grant(
        "",
        client_id=integration["id"],
        client_secret=integration["secret"],
        redirect_uri=integration["redirect_uri"],
    )
    transport = httpx.ASGITransport(build(world))
    store = TokenStore(TARGET, folder)
    store.save(run(exchange(TARGET, client, code, state_dir=folder, transport=transport, clock=CLOCK)))
    return store


def test_a_pair_lives_on_through_expiry(world: World, tmp_path: Path) -> None:
    store = logged_in(world, tmp_path)
    first = store.load()

    async def go() -> None:
        for _ in range(2):
            async with connected(world, find_access(TARGET, None, tmp_path, clock=CLOCK)) as api:
                await api.get("/api/v4/account")
                world.faults.set("expire_token", True)
                assert await asyncio.gather(*(api.get("/api/v4/account") for _ in range(3)))
                world.faults.set("expire_token", False)

    run(go())
    last = store.load()
    assert first
    assert last
    assert first.refresh_token != last.refresh_token
    assert last.older == ""


def test_a_moved_account_is_named(world: World, tmp_path: Path) -> None:
    store = logged_in(world, tmp_path)
    world.faults.set("renamed_subdomain", True)

    async def go() -> None:
        async with connected(world, find_access(TARGET, None, tmp_path, clock=CLOCK)) as api:
            await api.get("/api/v4/account")

    with pytest.raises(WrongAccount, match=r"stroymarket-new\.amocrm\.ru"):
        run(go())
    assert store.load() is None
    assert TokenStore(Target.of("stroymarket-new.amocrm.ru"), tmp_path).load()


@pytest.mark.parametrize(
    ("fault", "integration", "administrator", "shut"),
    [
        ("", "private", True, set()),
        ("no_users_scope", "external", True, {"users", "roles", "sources"}),
        ("read_only_user", None, None, {"users", "roles", "webhooks", "sources"}),
    ],
)
def test_standing(
    world: World, fault: str, integration: str | None, administrator: bool | None, shut: set[str]
) -> None:
    if fault:
        world.faults.set(fault, True)

    async def go() -> Any:
        async with connected(world) as api:
            return await standing(api.reader, TARGET)

    found = run(go())
    assert (found.integration, found.administrator) == (integration, administrator)
    assert {
        area for area in ("users", "roles", "webhooks", "sources", "pipelines") if found.readable[area]
    } == shut
    assert found.account_id == world.account["id"]
    assert bool(found.user_name) == (not shut)
