"""Work on many accounts side by side: one's failure is its own, and nothing of it is kept but its result."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from amoconf.errors import AmoconfError
from amoconf.fleet.listed import Member
from amoconf.tongue import tr

T = TypeVar("T")
# The service counts requests by address there, elsewhere by integration and account (official: protocol page 2.1).
BY_ADDRESS = "kommo.com"
# Worst first: a failed check says nothing, a blocked plan needs a decision, a difference needs an apply.
BADNESS = (1, 3, 2, 0)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended(Generic[T]):
    """What became of one account: a result or an error, and the seconds that it took, waiting for its turn left out."""

    member: Member
    seconds: float
    result: T | None = None
    error: AmoconfError | None = None


async def side_by_side(
    members: Sequence[Member],
    work: Callable[[Member], Awaitable[T]],
    jobs: int,
    tell: Callable[[Ended[T]], None] = lambda ended: None,
) -> list[Ended[T]]:
    """The results in the order of the members, `jobs` of them at a time. tell: called as each ends."""
    turns = asyncio.Semaphore(jobs)

    async def one(member: Member) -> Ended[T]:
        async with turns:
            ended = await _ended(member, work)
            tell(ended)
            return ended

    return list(await asyncio.gather(*(one(member) for member in members)))


async def _ended(member: Member, work: Callable[[Member], Awaitable[T]]) -> Ended[T]:
    began = time.monotonic()
    try:
        result = await work(member)
    except AmoconfError as error:
        return Ended(member, time.monotonic() - began, error=error)
    except Exception as error:
        # A fault of amoconf, which one account brought to light, is no reason to leave the others unseen.
        log.exception("%s", member.name)
        text = tr("a fault of amoconf: {error}", error=f"{type(error).__name__}: {error}")
        return Ended(member, time.monotonic() - began, error=AmoconfError(text, tr("please report it")))
    return Ended(member, time.monotonic() - began, result)


def pace_of(member: Member, members: Sequence[Member], jobs: int, pace: float | None) -> float | None:
    """Requests a second for one account: its own budget, or its part of one that all of them share."""
    if pace is None or member.target.domain != BY_ADDRESS:
        return pace
    return pace / min(jobs, sum(other.target.domain == BY_ADDRESS for other in members))


def worst(codes: Sequence[int]) -> int:
    """The exit code of a run over accounts that ended with these."""
    return min(codes, key=BADNESS.index, default=0)
