"""The rate limits: 7 requests a second of an integration, 50 of an account, and the ban that follows abuse.

Both are counted by the machine's own clock, never by the emulated one, so that a client's pacing is really tested.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

PER_CLIENT = 7.0
PER_ACCOUNT = 50.0
BAN_WINDOW_S = 60.0
# A request that comes exactly in time must not fail by the rounding of a sum.
WHOLE = 1 - 1e-6


@dataclass
class Bucket:
    """A token bucket that holds one second's worth."""

    rate: float
    left: float
    at: float

    def fill(self, now: float) -> None:
        """Adds what has come in since the last look."""
        self.left = min(self.rate, self.left + (now - self.at) * self.rate)
        self.at = now


@dataclass
class Limits:
    """Buckets of one account, by client and for the whole. `on` false lets everything pass."""

    on: bool = True
    clock: Callable[[], float] = time.monotonic
    banned: bool = False
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _refused: deque[float] = field(default_factory=deque)

    def allow(self, client: str) -> bool:
        """Takes one request from the client's and the account's bucket, or from neither and says no.

        Callers without a good token share one bucket (guess: the facts tell only of integrations).
        """
        if not self.on:
            return True
        now = self.clock()
        buckets = [self._bucket("", PER_ACCOUNT, now), self._bucket(client or "-", PER_CLIENT, now)]
        if any(bucket.left < WHOLE for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.left -= 1
        return True

    def _bucket(self, name: str, rate: float, now: float) -> Bucket:
        bucket = self._buckets.setdefault(name, Bucket(rate, rate, now))
        bucket.fill(now)
        return bucket

    def note_refusal(self, ban_after: int) -> None:
        """Counts a 429; when `ban_after` of them fall within a minute, everything is refused from then on."""
        if not ban_after:
            return
        now = self.clock()
        self._refused.append(now)
        while self._refused[0] < now - BAN_WINDOW_S:
            self._refused.popleft()
        self.banned = self.banned or len(self._refused) >= ban_after

    def lift_ban(self) -> None:
        """What the service's support does on request (protocol page, 2.1)."""
        self.banned = False
        self._refused.clear()
