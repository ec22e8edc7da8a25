"""The control interface: what tests and people ask of the emulator itself; never part of the imitated API."""

import importlib
import importlib.util
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amoconf.emulator import grants, tokens
from amoconf.emulator.store import Thing
from amoconf.emulator.world import World

UI = "amoconf.emulator.ui"


class Unclear(Exception):
    """A control call that cannot be done; the text says why. Answered with 400."""


def control(world: World) -> Starlette:
    """The application under /_emulator."""
    calls: list[tuple[str, str, Callable[[World, Thing], Any]]] = [
        ("GET", "state", lambda world, words: state(world)),
        ("POST", "ui", _ui),
        ("GET", "faults", lambda world, words: world.faults.report()),
        ("POST", "faults", _faults),
        ("GET", "clock", lambda world, words: _time(world)),
        ("POST", "clock", _clock),
        ("POST", "tokens", _token),
        ("GET", "oauth", lambda world, words: _client(world, {})),
        ("POST", "oauth", _code),
    ]
    routes = [
        Route(f"/_emulator/{name}", _endpoint(world, work), methods=[method]) for method, name, work in calls
    ]
    return Starlette(routes=[*routes, *_requests(world)])


def _endpoint(world: World, work: Callable[[World, Thing], Any]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            words = await _words(request)
            with world.store.writing():
                return JSONResponse(work(world, words))
        except Unclear as error:
            return JSONResponse({"error": str(error)}, 400)

    return answer


async def _words(request: Request) -> Thing:
    if request.method != "POST":
        return {}
    try:
        words = await request.json()
    except ValueError as error:
        raise Unclear(f"the body is no JSON: {error}") from error
    if not isinstance(words, dict):
        raise Unclear("the body is a JSON object")
    return words


def _requests(world: World) -> list[Route]:
    async def listed(request: Request) -> Response:
        try:
            number = int(request.query_params.get("after", "0"))
        except ValueError:
            return JSONResponse({"error": "after is a whole number"}, 400)
        return JSONResponse(world.log.after(number))

    async def forgotten(request: Request) -> Response:
        world.log.clear()
        return Response(status_code=204)

    path = "/_emulator/requests"
    return [Route(path, listed, methods=["GET"]), Route(path, forgotten, methods=["DELETE"])]


def state(world: World) -> Thing:
    """The whole configuration: {kind: {scope: [things, oldest first]}}, kinds and scopes sorted; no grants, no secrets."""
    kinds = sorted({kind for kind, _ in world.store.things if not kind.startswith("_")})
    return {
        kind: {scope: world.store.all(kind, scope) for scope in sorted(world.store.scopes(kind))}
        for kind in kinds
        if world.store.scopes(kind)
    }


def _ui(world: World, words: Thing) -> Any:
    if importlib.util.find_spec(UI) is None:
        raise Unclear("this emulator has no web interface to act in")
    ui = importlib.import_module(UI)
    try:
        return ui.act(world, words)
    except ui.UnknownWord as error:
        raise Unclear(str(error)) from error


def _faults(world: World, words: Thing) -> Thing:
    try:
        world.faults.merge(words)
    except ValueError as error:
        raise Unclear(str(error)) from error
    if not words or words.get("403_ban") in (0, False):
        world.limits.lift_ban()
    return world.faults.report()


def _clock(world: World, words: Thing) -> Thing:
    seconds = words.get("advance_s")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < float("inf"):
        raise Unclear("advance_s is a number of seconds from 0")
    world.clock.advance(seconds)
    return _time(world)


def _time(world: World) -> Thing:
    return {"now": world.clock.now()}


def _user(world: World, words: Thing) -> int:
    found = tokens.technical_user(world.store) if "user_id" not in words else None
    found = found or world.store.get("user", str(words["user_id"]))
    if found is None:
        raise Unclear(f"no user {words['user_id']!r}")
    return int(found["id"])


def _client(world: World, words: Thing) -> Thing:
    found = grants.integration(
        world, str(words.get("client_id", tokens.OWN_CLIENT_ID)), words.get("redirect_uri")
    )
    return {"client_id": found["id"], "client_secret": found["secret"], "redirect_uri": found["redirect_uri"]}


def _code(world: World, words: Thing) -> Thing:
    client = _client(world, words)
    return {**client, "code": grants.code_for(world, _user(world, words), client["client_id"])}


def _token(world: World, words: Thing) -> Thing:
    """Words: user_id, client_id, long_lived (default true; false brings a refresh token), expires_in, scopes."""
    user, client = _user(world, words), _client(world, words)["client_id"]
    if not words.get("long_lived", True):
        return grants.pair(world, user, client)
    lifetime = words.get("expires_in")
    later = int(max(world.clock.exact(), time.time())) + tokens.TEN_YEARS
    expires = later if lifetime is None else int(world.clock.exact() + lifetime)
    scopes = tuple(words.get("scopes", tokens.SCOPES))
    access = tokens.mint(world, user_id=user, client_id=client, expires=expires, scopes=scopes)
    return {
        "token_type": "Bearer",
        "access_token": access,
        "user_id": user,
        "client_id": client,
        "exp": expires,
    }
