"""The client of amoCRM's API v4: paced, authorised, retrying; a face that only reads and one that also writes."""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from amoconf.api.claims import Claims, read_claims
from amoconf.api.client import READ_LAG, Partly, Reader, Writer
from amoconf.api.clock import Clock, OnWait, Wait, unheard
from amoconf.api.message import JSON, Pairs
from amoconf.api.target import Access, Target
from amoconf.api.tokens import Grant, TokenStore, home
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    import httpx

    from amoconf.api.wire import Wire

__all__ = [
    "JSON",
    "PACE",
    "READ_LAG",
    "Access",
    "Claims",
    "Clock",
    "Grant",
    "OnWait",
    "Pairs",
    "Partly",
    "Reader",
    "Target",
    "TokenStore",
    "Wait",
    "Writer",
    "exchange",
    "find_access",
    "home",
    "open_reader",
    "open_writer",
    "read_claims",
]

# httpx loads its own command line where rich is installed, which takes longer than a whole plan computes.
# Nobody calls it here; where it is missing httpx does without (its own fallback).
cast("dict[str, Any]", sys.modules).setdefault("httpx._main", None)

# Requests a second; the limit is 7 (official: protocol page 2.1).
PACE = 6.8


@asynccontextmanager
async def open_reader(
    target: Target,
    access: Access,
    *,
    pace: float | None = PACE,
    state_dir: Path | None = None,
    transport: "httpx.AsyncBaseTransport | None" = None,
    clock: Clock | None = None,
    on_wait: OnWait = unheard,
    secrets: Iterable[str] = (),
) -> AsyncIterator[Reader]:
    """A connection that can only read. `pace` None switches the spacing off; `secrets` are never repeated."""
    async with _wire(target, access, pace, state_dir, transport, clock or Clock(), on_wait, secrets) as wire:
        yield Reader(wire)


@asynccontextmanager
async def open_writer(
    target: Target,
    access: Access,
    *,
    pace: float | None = PACE,
    state_dir: Path | None = None,
    transport: "httpx.AsyncBaseTransport | None" = None,
    clock: Clock | None = None,
    on_wait: OnWait = unheard,
    secrets: Iterable[str] = (),
) -> AsyncIterator[Writer]:
    """A connection that reads and writes; `Writer.reader` is its read-only face. Arguments as in `open_reader`."""
    async with _wire(target, access, pace, state_dir, transport, clock or Clock(), on_wait, secrets) as wire:
        yield Writer(wire)


async def exchange(
    target: Target,
    client: Grant,
    code: str,
    *,
    state_dir: Path | None = None,
    transport: "httpx.AsyncBaseTransport | None" = None,
    clock: Clock | None = None,
) -> Grant:
    """The first pair of tokens for an authorization code; not stored yet. `client` holds id, secret and redirect."""
    from amoconf.api.oauth import exchange_code

    async with _wire(target, None, PACE, state_dir, transport, clock or Clock(), unheard, ()) as wire:
        return await exchange_code(wire.ask_openly, client, code)


def find_access(
    target: Target, token: str | None, state_dir: Path | None = None, *, clock: Clock | None = None
) -> Access:
    """The given token (AMOCONF_TOKEN) if there is one, else the stored one. Raises UsageError where there is none."""
    if token is not None and token.strip():
        return Access(token.strip())
    store = TokenStore(target, state_dir)
    grant = store.load()
    if grant is None:
        place = tr(" at {url}", url=target.base_url) if target.base_url else ""
        raise UsageError(
            tr("there is no token for {host}{place}", host=target.host, place=place),
            tr("amoconf login --account {host}, or set AMOCONF_TOKEN", host=target.host),
        )
    if not grant.refresh_token:
        return Access(grant.token)
    from amoconf.api.oauth import StoredRenewal

    return Access(grant.token, StoredRenewal(store, clock or Clock()))


@asynccontextmanager
async def _wire(
    target: Target,
    access: Access | None,
    pace: float | None,
    state_dir: Path | None,
    transport: "httpx.AsyncBaseTransport | None",
    clock: Clock,
    on_wait: OnWait,
    secrets: Iterable[str],
) -> "AsyncIterator[Wire]":
    from amoconf.api.pace import Pace
    from amoconf.api.secrets import Secrets
    from amoconf.api.wire import Wire

    slots = Pace(pace, home(state_dir) / "pace" / target.key, clock, on_wait)
    async with Wire(
        target, access, slots, transport=transport, clock=clock, on_wait=on_wait, secrets=Secrets(secrets)
    ) as wire:
        yield wire
