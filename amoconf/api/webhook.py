"""Notices to a webhook of the user's own: one JSON POST, tried twice; never a word of the address in what is said."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from amoconf import __version__
from amoconf.api.clock import Clock
from amoconf.tongue import tr

PATIENCE = 10.0  # seconds for a whole try
PAUSE = 1.0  # before the second one
TRIES = 2


async def post(url: str, body: Mapping[str, Any], *, local: bool, clock: Clock) -> str:
    """Sends it; "" where the other side took it, else why not. local: an address of this machine.

    Redirects are not followed, for they may lead to a place that nobody agreed to.
    """
    said = ""
    async with httpx.AsyncClient(
        timeout=PATIENCE, headers={"User-Agent": f"amoconf/{__version__}"}, trust_env=not local
    ) as client:
        for attempt in range(TRIES):
            if attempt:
                await clock.sleep(PAUSE)
            said, again = await _try(client, url, body)
            if not again:
                break
    return said


async def _try(client: httpx.AsyncClient, url: str, body: Mapping[str, Any]) -> tuple[str, bool]:
    """(why not, whether it may go better the next time)."""
    try:
        async with asyncio.timeout(PATIENCE), client.stream("POST", url, json=body) as answer:
            status = answer.status_code
    # Their own texts may quote the address.
    except (httpx.TimeoutException, TimeoutError):
        return tr("no answer within {seconds} s", seconds=int(PATIENCE)), True
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return tr("no connection could be made, or it broke"), True
    if 200 <= status < 300:
        return "", False
    return tr("it answers {status}", status=status), status == 429 or status >= 500
