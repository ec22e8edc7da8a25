"""Authorization codes and refresh tokens: made, exchanged, used up (protocol page 1.3)."""

import secrets

from amoconf.emulator import tokens
from amoconf.emulator.store import Thing
from amoconf.emulator.world import World

CODE_S = 20 * 60
REFRESH_S = 92 * tokens.DAY
REVOKED = "Token has been revoked"


class Unfit(Exception):
    """The code or token cannot be exchanged; the text is the hint, a guess but for Revoked (protocol page 1.4)."""


class Revoked(Unfit):
    """A refresh token that was used or withdrawn: always 401."""


def integration(world: World, client_id: str, redirect_uri: str | None = None) -> Thing:
    """The integration of this id, made when unknown; a redirect address replaces the one it has."""
    known = world.store.get("_integration", client_id)
    if known is not None and redirect_uri in (None, known["redirect_uri"]):
        return known
    made = {"id": client_id, "secret": secrets.token_hex(32), "redirect_uri": tokens.REDIRECT_URI}
    changed = {} if redirect_uri is None else {"redirect_uri": redirect_uri}
    return world.store.put("_integration", {**made, **(known or {}), **changed})


def code_for(world: World, user_id: int, client_id: str) -> str:
    """A new authorization code: the user has agreed."""
    code = "def502" + secrets.token_hex(60)
    row = {"id": code, "user_id": user_id, "client_id": client_id, "used": False}
    world.store.put("_code", {**row, "expires": world.clock.exact() + CODE_S})
    return code


def pair(world: World, user_id: int, client_id: str, *, by_admin: bool | None = None) -> Thing:
    """The answer of the token endpoint, with a new access and a new refresh token."""
    now = world.clock.exact()
    admin = tokens.administrates(world.store, user_id) if by_admin is None else by_admin
    expires = int(now) + tokens.ACCESS_S
    access = tokens.mint(world, user_id=user_id, client_id=client_id, expires=expires, by_admin=admin)
    refresh = "def502" + secrets.token_hex(120)
    row = {"id": refresh, "user_id": user_id, "client_id": client_id, "is_admin": admin, "issued": now}
    world.store.put("_refresh", {**row, "expires": now + REFRESH_S, "next": None})
    answer = {"token_type": "Bearer", "expires_in": tokens.ACCESS_S, "server_time": int(now)}
    return {**answer, "access_token": access, "refresh_token": refresh}


def by_code(world: World, client_id: str, code: str) -> Thing:
    """A pair for a code, once."""
    row = world.store.get("_code", code)
    if row is None or row["client_id"] != client_id:
        raise Unfit("Cannot decrypt the authorization code")
    if row["used"]:
        raise Unfit("Authorization code has been revoked")
    if row["expires"] <= world.clock.exact():
        raise Unfit("Authorization code has expired")
    world.store.put("_code", {**row, "used": True})
    return pair(world, row["user_id"], client_id)


def by_refresh(world: World, client_id: str, token: str) -> Thing:
    """A new pair for a refresh token, which is used up by it."""
    row = world.store.get("_refresh", token)
    if row is None or row["client_id"] != client_id:
        raise Unfit("Cannot decrypt the refresh token")
    if not is_alive(world, token):
        raise Revoked(REVOKED)
    made = pair(world, row["user_id"], client_id, by_admin=row["is_admin"])
    world.store.put("_refresh", {**row, "next": made["refresh_token"]})
    return made


def is_alive(world: World, token: str) -> bool:
    """Whether a refresh token may still be exchanged. With refresh_reuse=grace a used one may, until the one
    that replaced it is used (Kommo; protocol page 1.3)."""
    row = world.store.get("_refresh", token)
    if row is None or row["expires"] <= world.clock.exact():
        return False
    if world.faults.value("revoke_token") and row["issued"] <= world.faults.since["revoke_token"]:
        world.faults.count("revoke_token")
        return False
    if row["next"] is None:
        return True
    following = world.store.get("_refresh", row["next"])
    return world.switches.refresh_reuse == "grace" and following is not None and following["next"] is None
