"""One process at a time: a file lock that an event loop can wait for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from amoconf.api.clock import Clock

STEP = 0.02


class Busy(Exception):
    """Another process holds the lock for longer than patience lasts."""


@asynccontextmanager
async def exclusive(path: Path, clock: Clock, patience: float) -> AsyncIterator[None]:
    """Holds the lock at `path` (the file stays). Raises Busy after `patience` seconds, OSError where it cannot be.

    The system frees the lock of a process that dies, so there is no such thing as a stale one.
    """
    from filelock import FileLock, Timeout  # 60 ms of start-up

    lock = FileLock(path, mode=0o600, fallback_to_soft=False)
    deadline = clock.ticks() + patience
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            late = clock.ticks() >= deadline
        if late:
            raise Busy(str(path.name))
        await clock.sleep(STEP)
    try:
        yield
    finally:
        lock.release()
