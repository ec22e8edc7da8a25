"""Time as the client sees it, so that a test can run it as fast as it likes; and what it says while it waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """All time the client reads and spends. `ticks` is monotonic and shared by all processes of the machine."""

    ticks: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True)
class Wait:
    """Why nothing happens for `seconds`.

    `why` is "pace" (the next slot), "refused" (429), "trouble" (5xx, connection), "check" (was it done?)
    or "lock" (another amoconf renews the token).
    """

    why: str
    seconds: float
    request: str = ""
    attempt: int = 0


OnWait = Callable[[Wait], None]


def unheard(wait: Wait) -> None:
    """The listener of those who do not care."""
