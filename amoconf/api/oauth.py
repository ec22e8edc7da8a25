"""OAuth: a code for a pair of tokens, an old pair for a new one, the account's new name after a move."""

import asyncio
import logging
import re
from dataclasses import replace

from amoconf.api.claims import read_claims
from amoconf.api.clock import Clock
from amoconf.api.message import JSON, Request
from amoconf.api.target import DOMAINS, TOKEN, Ask, Target
from amoconf.api.tokens import Grant, TokenStore
from amoconf.api.verdict import judge
from amoconf.errors import ApiError, BadAnswer, NotFound, Refused, Unauthorised, UsageError, WrongAccount
from amoconf.tongue import later, tr

TOKEN_PATH = "/oauth2/access_token"
SUBDOMAIN_PATH = "/oauth2/account/current/subdomain"
LOGIN = later("log in again: amoconf login")
SERVICE = re.compile(rf"[a-z0-9-]+\.({'|'.join(map(re.escape, DOMAINS))})")
# How a spent code or refresh token, a wrong client and a moved account are answered (third party, SDK: protocol 1.4).
DEAD = (Unauthorised, Refused, NotFound)

log = logging.getLogger(__name__)


async def exchange_code(ask: Ask, client: Grant, code: str) -> Grant:
    """The first pair of tokens for an authorization code; `client` holds client_id, client_secret, redirect_uri.

    Raises ApiError. Not repeated when the answer is lost: the code works once (official: protocol page 1.3).
    """
    pair = await _granted(ask, client, {"grant_type": "authorization_code", "code": code})
    if isinstance(pair, ApiError):
        raise _about(
            pair,
            tr("The code was not exchanged for a token"),
            tr("take a fresh code (20 minutes, one use) and repeat"),
        )
    return pair


class StoredRenewal:
    """Renews the access token of a store, one process at a time (protocol page 1.3: races cost the access)."""

    def __init__(self, store: TokenStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def renew(self, stale: str, ask: Ask) -> str:
        """The access token to use instead of `stale`: of another process if it was faster, or a new one."""
        # Ctrl-C between the answer and the file would throw away the only pair that still works.
        task = asyncio.ensure_future(self._renew(stale, ask))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.gather(task, return_exceptions=True)
            raise

    async def confirm(self, token: str) -> None:
        """The new token has worked: the old pair is of no more use."""
        try:
            async with self._store.alone(self._clock):
                grant = self._store.load()
                if grant is not None and grant.token == token and grant.older:
                    self._store.save(replace(grant, older=""))
        except UsageError as error:
            # The service has answered, perhaps a write: that must not get lost for the sake of tidiness.
            log.warning("the spent refresh token stays in the file: %s", error)

    async def _renew(self, stale: str, ask: Ask) -> str:
        async with self._store.alone(self._clock):
            grant = self._store.load()
            if grant is None:
                raise Unauthorised(tr("The stored token was removed meanwhile"), tr(LOGIN), status=401)
            if grant.token != stale:
                return grant.token
            with self._store.room():
                fresh = await self._refresh(grant, ask)
                # Stored before it is used: a pair that nobody kept is an account that nobody can open.
                self._store.save(fresh)
        return fresh.token

    async def _refresh(self, grant: Grant, ask: Ask) -> Grant:
        fresh = await _refreshed(ask, grant, grant.refresh_token)
        if isinstance(fresh, ApiError) and fresh.maybe_done:
            # The old token once more: it lives until the new one is used (official for Kommo: protocol page 1.3).
            fresh = await _refreshed(ask, grant, grant.refresh_token)
        if isinstance(fresh, DEAD) and grant.older:
            # The pair at hand has never worked; perhaps the one before it still counts.
            fresh = await _refreshed(ask, grant, grant.older)
        if isinstance(fresh, Unauthorised | NotFound):
            await self._raise_if_moved(grant, ask)
        if isinstance(fresh, ApiError):
            todo = f"{tr(LOGIN)} --account {self._store.target.host}"
            raise _about(fresh, tr("The access token could not be renewed"), todo)
        return fresh

    async def _raise_if_moved(self, grant: Grant, ask: Ask) -> None:
        """Asks for the account's present name; under another one the pair is renewed and stored (SDK: 1.7)."""
        moved = await _present(self._store.target, grant, ask)
        if moved is None:
            return
        there = TokenStore(moved, self._store.state_dir)
        async with there.alone(self._clock):
            with there.room():
                pair = await _refreshed(ask, grant, grant.refresh_token, origin=moved.url)
                if isinstance(pair, Grant):
                    there.save(pair)
        if isinstance(pair, Grant):
            self._store.forget()  # two files with one pair would spend it for one another
        raise WrongAccount(
            tr("the account {host} is called {there} now", host=self._store.target.host, there=moved.host),
            tr("write the new subdomain and domain into the spec, or --account {host}", host=moved.host),
        )


async def _refreshed(ask: Ask, grant: Grant, refresh_token: str, origin: str = "") -> Grant | ApiError:
    more = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    pair = await _granted(ask, grant, more, origin)
    return replace(pair, older=refresh_token) if isinstance(pair, Grant) else pair


async def _granted(ask: Ask, client: Grant, more: dict[str, str], origin: str = "") -> Grant | ApiError:
    """One call of the token endpoint; `maybe_done` of the error: the answer was lost, the tokens may be spent."""
    body = {"client_id": client.client_id, "client_secret": client.client_secret, **more}
    if client.redirect_uri:
        body["redirect_uri"] = client.redirect_uri
    secrets = (*client.secrets, *more.values())
    request = Request("POST", TOKEN_PATH, body=body, origin=origin, secrets=secrets)
    verdict = judge(request, await ask(request), creates=True)
    if verdict.error is not None:
        verdict.error.maybe_done = verdict.maybe_done
        return verdict.error
    return _pair(client, verdict.value) or BadAnswer(
        tr("The token endpoint answered without tokens"), tr(LOGIN), request=request.name, maybe_done=True
    )


def _pair(client: Grant, body: JSON) -> Grant | None:
    if not isinstance(body, dict):
        return None
    token, refresh_token = body.get("access_token"), body.get("refresh_token")
    if not isinstance(token, str) or not TOKEN.fullmatch(token) or not isinstance(refresh_token, str):
        return None
    return replace(client, token=token, refresh_token=refresh_token, older="")


async def _present(target: Target, grant: Grant, ask: Ask) -> Target | None:
    """Where the account lives now, if elsewhere (official: protocol page 1.7)."""
    domain = read_claims(grant.token).api_domain
    # The token is not verified, so a refresh token goes to nobody but the service itself.
    if not target.base_url and not SERVICE.fullmatch(domain):
        return None
    request = Request(
        "GET",
        SUBDOMAIN_PATH,
        headers={"X-Refresh-Token": grant.refresh_token},
        origin=target.base_url or f"https://{domain}",
        secrets=grant.secrets,
    )
    found = judge(request, await ask(request)).value
    host = found.get("domain") if isinstance(found, dict) else None
    try:
        moved = Target.of(str(host), target.base_url or None)
    except UsageError:
        return None
    return moved if moved.host != target.host else None


def _about(error: ApiError, what: str, todo: str) -> ApiError:
    """The error told from the user's side; what only means "no access" becomes Unauthorised."""
    kind = Unauthorised if isinstance(error, DEAD) else type(error)
    return kind(
        f"{what}: {error.said or error.what}",
        todo if isinstance(error, DEAD) else error.todo,
        request=error.request,
        status=error.status,
        said=error.said,
        maybe_done=error.maybe_done,
    )
