"""How fast records may be changed, and when: so many changes an hour, and only within a window of the day."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from math import ceil
from pathlib import Path

from amoconf.api import Clock
from amoconf.errors import AmoconfError, PartlyApplied
from amoconf.records.entities import LIMIT
from amoconf.tongue import tr

# Above 25 000 changes an hour the platform suspends its own automation (protocol page 2.3, official for Kommo).
PER_HOUR = 20_000
HOUR = 3600  # seconds
MINUTE = 60
MORNING = 9 * 60  # minutes since midnight
SLICE = 5.0  # seconds of waiting after which it is asked again whether to stop
SPAN = 61  # minutes that may hold a change of the last hour
_WINDOW = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


class Halted(AmoconfError):
    """Somebody asked to stop while nothing was under way."""


class Outside(PartlyApplied):
    """Outside the window, and nobody waits."""


@dataclass(frozen=True)
class Window:
    """A part of the day, in minutes since midnight of a time zone; it may reach over midnight."""

    start: int
    end: int
    zone: tzinfo = UTC

    def opens_in(self, wall: float) -> float:
        """Seconds until it is open; 0 where it is."""
        now = datetime.fromtimestamp(wall, self.zone)
        at = now.hour * 60 + now.minute
        is_open = self.start <= at < self.end if self.start < self.end else at >= self.start or at < self.end
        return 0.0 if is_open else float((self.start - at) % 1440 * MINUTE - now.second)

    @property
    def seconds(self) -> int:
        """How long it is open each day."""
        return (self.end - self.start) % 1440 * MINUTE

    @property
    def is_night(self) -> bool:
        """Whether people would call it a night: it reaches over midnight or ends before they come."""
        return self.end < self.start or self.end <= MORNING

    def within(self, zone: tzinfo) -> "Window":
        """The same hours of another time zone."""
        return Window(self.start, self.end, zone)

    def __str__(self) -> str:
        return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (self.start, self.end))


def window(text: str) -> Window:
    """ "22:00-06:00". ValueError where it is none."""
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        raise ValueError(tr("{text!r} is no window: write it as 22:00-06:00", text=text))
    hours = [int(part) for part in found.groups()]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if start == end:
        raise ValueError(tr("{text!r} is no window: it ends where it begins", text=text))
    return Window(start, end)


@dataclass
class Throttle:
    """Lets so many changes through in any hour, across restarts. waits False: outside the window nobody waits for it.

    file: how many changes each minute had (wall clock); None: only this process counts. again: the command that goes on.
    """

    clock: Clock
    per_hour: int | None = PER_HOUR
    file: Path | None = None
    window: Window | None = None
    waits: bool = True
    tell: Callable[[str], None] = lambda text: None
    halted: Callable[[], str] = lambda: ""
    counts: dict[int, int] = field(default_factory=dict)
    again: str = "amoconf apply --resume"

    def __post_init__(self) -> None:
        if self.file is not None and self.file.exists():
            self.counts = _read(self.file)

    async def ready(self, changes: int) -> float:
        """Returns when so many changes may be sent, with the seconds that were waited. Halted, Outside."""
        waited = 0.0
        while True:
            left, why = self._left(self._counted(changes))
            if left <= 0:
                return waited
            waited += await self._wait(left, why)

    def book(self, changes: int) -> None:
        """So many changes are being sent."""
        now = self.clock.wall()
        self.counts = {minute: count for minute, count in self.counts.items() if _counts(minute, now)}
        self.counts[_minute(now)] = self.counts.get(_minute(now), 0) + changes
        if self.file is not None:
            _write(self.file, self.counts)

    def _counted(self, changes: int) -> int:
        return min(changes, self.per_hour) if self.per_hour else changes

    def _left(self, changes: int) -> tuple[float, str]:
        """(seconds to wait, why)."""
        now = self.clock.wall()
        left = self.window.opens_in(now) if self.window else 0.0
        if left > 0:
            why = tr("outside the window {window}", window=self.window)
            if not self.waits:
                raise Outside(why, self.again)
            return left, why
        if self.per_hour is None or self._used(now) + changes <= self.per_hour:
            return 0.0, ""
        many = f"{self.per_hour:,}".replace(",", " ")
        return self._room_in(now, changes), tr("{count} changes an hour reached", count=many)

    def _room_in(self, now: float, changes: int) -> float:
        """Until half of the hour's changes are free again, so that going on is worth while."""
        assert self.per_hour is not None
        most = min(self.per_hour // 2, self.per_hour - changes)
        used = self._used(now)
        for minute in sorted(self.counts):
            used -= self.counts[minute] if _counts(minute, now) else 0
            if used <= most:
                return max((minute + SPAN) * MINUTE - now, 1.0)
        return 1.0

    def _used(self, now: float) -> int:
        """Changes of the last hour."""
        return sum(count for minute, count in self.counts.items() if _counts(minute, now))

    async def _wait(self, seconds: float, why: str) -> float:
        until = self.clock.wall() + seconds
        zone = self.window.zone if self.window else None
        at = datetime.fromtimestamp(until, zone) if zone else datetime.fromtimestamp(until).astimezone()
        self.tell(tr("{why}: going on at {at:%H:%M}", why=why, at=at))
        while (left := until - self.clock.wall()) > 0:
            if reason := self.halted():
                raise Halted(reason, self.again)
            await self.clock.sleep(min(left, SLICE))
        return seconds


def _minute(wall: float) -> int:
    return int(wall // MINUTE)


def _counts(minute: int, now: float) -> bool:
    """Whether changes of a minute are of the last hour; those ahead of now are of a clock that was put back."""
    return _minute(now) - SPAN < minute <= _minute(now) + 1


def _read(file: Path) -> dict[int, int]:
    """What a killed process has torn counts for nothing."""
    try:
        rows = json.loads(file.read_text("ascii"))
        return {int(minute): int(count) for minute, count in rows.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write(file: Path, counts: dict[int, int]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(json.dumps(counts), "ascii")
    os.replace(fresh, file)


def forecast(
    records: int, batch: int, pace: float | None, per_hour: int | None, *, listed: int = 0, times: int = 1
) -> tuple[int, float]:
    """(requests, seconds) for so many records: all pages of the list, batches written, all pages again.

    listed: records of the list, where more is known than of those that are written. times: 2 where old values are
    emptied after that, in walks of their own.
    """
    requests = times * (ceil(records / batch) + 2 * ceil(max(records, listed) / LIMIT))
    records *= times
    seconds = requests / pace if pace else 0.0
    if per_hour and records > per_hour:
        full, rest = divmod(records, per_hour)
        whole = full if rest else full - 1
        seconds = max(seconds, whole * HOUR + (rest or per_hour) / batch / (pace or requests))
    return requests, seconds


def days(changes: int, requests: int, batch: int, pace: float | None, per_hour: int | None, span: int) -> int:
    """How many days it takes where only so many seconds of each may be used; 0 where nothing says how fast it goes.

    changes, requests: as `forecast` counts them, all of them.
    """
    if not pace and not per_hour:
        return 0
    found = ceil(requests / pace / span) if pace else 1
    if per_hour:
        hours, rest = divmod(span, HOUR)
        last = min(per_hour, int(rest * pace * batch)) if pace else per_hour * bool(rest)
        found = max(found, ceil(changes / max(hours * per_hour + last, 1)))
    return found
