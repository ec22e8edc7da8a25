"""Evenly spaced requests: each takes the next free slot, shared by all tasks and processes of this machine."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from amoconf.api.clock import Clock, OnWait, Wait, unheard
from amoconf.api.lock import Busy, exclusive

FAR = 60.0  # seconds; a slot further ahead was left by another boot, or by a clock that jumped
FAR_SLOTS = 20
LONGEST_HOLD = 900.0
PATIENCE = 10.0

log = logging.getLogger(__name__)


class Pace:
    """Hands out slots at `rate` requests a second; None: no spacing, only the holds after a 429.

    `file` holds the next free slot and the end of a hold, in ticks of the monotonic clock, which processes of one
    machine share. Without it, or where it cannot be written, only the tasks of this process are paced.
    """

    def __init__(
        self, rate: float | None, file: Path | None, clock: Clock | None = None, on_wait: OnWait = unheard
    ) -> None:
        if rate is not None and not (rate > 0 and math.isfinite(rate)):
            raise ValueError("pace is a positive number of requests a second, or None")
        self._interval = 1 / rate if rate else 0.0
        self._file = file if rate else None
        self._clock = clock or Clock()
        self._on_wait = on_wait
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._held_until = 0.0
        self._told_until = 0.0

    async def take(self, request: str = "") -> None:
        """Returns when it is this caller's turn. First come, first served within the process."""
        # One reservation at a time: a thousand waiting tasks must not book slots far into the future.
        async with self._turn:
            while True:
                await self._sleep_until(await self.reserve(), request)
                if self._held_until <= self._clock.ticks():
                    return

    async def reserve(self) -> float:
        """Books the next free slot and says when it is, in ticks."""
        async with self._shared():
            now = self._clock.ticks()
            slot = max(now, self._next, self._held_until)
            self._next = slot + self._interval
        return slot

    async def hold(self, seconds: float) -> None:
        """Nobody sends anything for `seconds`: the service asked for quiet. Who holds has told of it.

        What another process holds longer is told by the next `take`.
        """
        async with self._shared():
            mine = self._clock.ticks() + min(seconds, LONGEST_HOLD)
            self._held_until = max(self._held_until, mine)
        self._told_until = max(self._told_until, mine + self._interval)

    async def _sleep_until(self, slot: float, request: str) -> None:
        left = slot - self._clock.ticks()
        if left > 0:
            if slot > self._told_until:
                self._on_wait(Wait("pace", left, request))
            await self._clock.sleep(left)

    @asynccontextmanager
    async def _shared(self) -> AsyncIterator[None]:
        """Inside, the slots of all processes are known and nobody else books one; it must not wait for anything."""
        async with AsyncExitStack() as stack:
            if self._file is not None:
                try:
                    self._file.parent.mkdir(parents=True, exist_ok=True)
                    lock = self._file.with_name(self._file.name + ".lock")
                    await stack.enter_async_context(exclusive(lock, self._clock, PATIENCE))
                    self._read(self._file)
                except (OSError, Busy) as error:
                    self._alone(error)
            yield
            if self._file is not None:
                try:
                    self._file.write_text(f"{self._next!r} {self._held_until!r}\n", "ascii")
                except OSError as error:
                    self._alone(error)

    def _read(self, file: Path) -> None:
        now = self._clock.ticks()
        # Bytes, and no trust in them: a killed process may have left half a line.
        words = file.read_bytes().split() if file.exists() else []
        following, held = ([_number(word) for word in words] + [0.0, 0.0])[:2]
        far = max(FAR, FAR_SLOTS * self._interval)
        if following <= now + far:
            self._next = max(self._next, following)
        if held <= now + LONGEST_HOLD:
            self._held_until = max(self._held_until, held)

    def _alone(self, error: Exception) -> None:
        log.warning("requests of other processes cannot be paced together with these: %s", error)
        self._file = None


def _number(word: bytes) -> float:
    try:
        value = float(word)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
