"""Access tokens and the grants behind them.

A token is a signed JWT with the claims of protocol page 1.5; what it is worth stands in the store, under private
kinds: `_token` by jti, `_refresh` and `_code` by their text, `_integration` by client id, `_secret`. They are
not configuration, and the state of the account leaves them out.
"""

import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

import jwt

from amoconf.emulator.store import Store, Thing
from amoconf.emulator.world import World

# The integration whose token `serve` prints. Scenarios name it as the owner of its own sources and widgets.
OWN_CLIENT_ID = "5f1d0c3e-7a42-4c19-9a57-2d6b8e0f4a11"
REDIRECT_URI = "https://localhost/amoconf"
DAY = 86_400
TEN_YEARS = 3652 * DAY
ACCESS_S = DAY
SCOPES = ("push_notifications", "files", "crm", "files_delete", "notifications")
# guess: the facts say RS256 and advise to decode only (protocol page 1.5); a shared secret needs no key pair.
ALGORITHM = "HS256"
PLATFORMS = {"ru": ("amocrm.ru", "api-b.amocrm.ru"), "kommo": ("kommo.com", "api-c.kommo.com")}


@dataclass(frozen=True)
class Grant:
    """What a valid token stands for. `is_admin`: an administrator gave it, whatever he is now."""

    user_id: int
    client_id: str
    is_admin: bool
    issued: float
    scopes: frozenset[str]


def prepare(store: Store) -> None:
    """Makes the signing secret and the own integration, once per account."""
    if store.get("_secret", "jwt") is None:
        store.put("_secret", {"id": "jwt", "value": secrets.token_hex(32)})
    if store.get("_integration", OWN_CLIENT_ID) is None:
        made = {"id": OWN_CLIENT_ID, "secret": secrets.token_hex(32), "redirect_uri": REDIRECT_URI}
        store.put("_integration", made)


def technical_user(store: Store) -> Thing:
    """Whose token is printed: the first administrator."""
    return next(user for user in store.all("user") if user["rights"]["is_admin"])


def long_lived(world: World, user_id: int | None = None, client_id: str = OWN_CLIENT_ID) -> str:
    """A token without a refresh token, good for ten years by the later of the two clocks."""
    user_id = technical_user(world.store)["id"] if user_id is None else user_id
    until = int(max(world.clock.exact(), time.time())) + TEN_YEARS
    return mint(world, user_id=user_id, client_id=client_id, expires=until)


def mint(
    world: World,
    *,
    user_id: int,
    client_id: str,
    expires: int,
    scopes: tuple[str, ...] = SCOPES,
    by_admin: bool | None = None,
) -> str:
    """A signed access token that the gate will know. `by_admin` None: as the user is now."""
    jti = secrets.token_hex(20)
    issued = world.clock.exact()
    is_admin = administrates(world.store, user_id) if by_admin is None else by_admin
    grant = {"id": jti, "user_id": user_id, "client_id": client_id, "is_admin": is_admin}
    world.store.put("_token", {**grant, "issued": issued, "expires": expires, "scopes": list(scopes)})
    base, api = PLATFORMS[world.switches.platform]
    now = int(issued)
    claims = {"aud": client_id, "jti": jti, "iat": now, "nbf": now, "exp": expires, "sub": str(user_id)}
    claims |= {"grant_type": "", "account_id": world.account["id"], "base_domain": base, "version": 2}
    claims |= {"scopes": list(scopes), "hash_uuid": str(uuid.uuid4()), "api_domain": api}
    return jwt.encode(claims, _secret(world.store), ALGORITHM)


def administrates(store: Store, user_id: int) -> bool:
    """Whether a user is an administrator now."""
    user = store.get("user", user_id)
    return bool(user and user["rights"]["is_admin"])


def read(world: World, text: str) -> Grant | None:
    """The grant of a token: None when it is no token of this account, has expired or was revoked."""
    try:
        claims = jwt.decode(text, _secret(world.store), [ALGORITHM], options=_UNCHECKED)
    except jwt.PyJWTError:
        return None
    row = world.store.get("_token", str(claims["jti"]))
    if row is None or row["expires"] <= world.clock.exact():
        return None
    scopes = frozenset(row["scopes"])
    return Grant(row["user_id"], row["client_id"], row["is_admin"], row["issued"], scopes)


# The emulated clock decides about time, and the audience is whoever the token was made for.
_UNCHECKED: Any = dict.fromkeys(("verify_aud", "verify_exp", "verify_iat", "verify_nbf"), False)


def _secret(store: Store) -> str:
    row = store.get("_secret", "jwt")
    if row is None:
        raise LookupError("this account has no signing secret: call tokens.prepare first")
    return str(row["value"])
