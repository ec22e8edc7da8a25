"""Stretches of time that figures are about, as people write them: 30d, 2026-04, 2026-04-01..2026-06-30."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from amoconf.errors import UsageError
from amoconf.tongue import tr

DAY = 86_400
LONGEST = 400  # days; events of more are too many to read
_DAYS = re.compile(r"([1-9][0-9]{0,3})d?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?\Z")


@dataclass(frozen=True)
class Window:
    """From `start`, which belongs to it, to `end`, which does not; the account's time, Unix seconds."""

    start: int
    end: int

    @property
    def days(self) -> float:
        """How long it is."""
        return (self.end - self.start) / DAY

    @property
    def before(self) -> "Window":
        """The window of the same length that ends where this one begins."""
        return Window(2 * self.start - self.end, self.start)


# A window that was asked for and that the account's time will settle: (now, time zone) → window.
Wish = Callable[[int, tzinfo], Window]


def wish(text: str) -> Wish:
    """What a person wrote. UsageError where it is no window; of days and dates, the last belongs to it."""
    days = _DAYS.match(text)
    if days:
        length = int(days[1])
        if length > LONGEST:
            raise UsageError(
                tr("a window of {days} days is too long", days=length),
                tr("at most {days} days", days=LONGEST),
            )
        return lambda now, place: Window(now - length * DAY, now)
    first, _, last = text.partition("..")
    begin, end = _day(first, text), _after(last or first, text)
    if begin >= end:
        raise UsageError(tr("{text}: this window ends before it begins", text=text), _written())
    if (end - begin).days > LONGEST:
        raise UsageError(
            tr("a window of {days} days is too long", days=(end - begin).days),
            tr("at most {days} days", days=LONGEST),
        )
    return lambda now, place: _dated(begin, end, now, place, text)


def _dated(begin: date, end: date, now: int, place: tzinfo, text: str) -> Window:
    start, stop = (
        int(datetime(day.year, day.month, day.day, tzinfo=place).timestamp()) for day in (begin, end)
    )
    if start >= now:
        raise UsageError(tr("{text}: this window has not begun yet", text=text), _written())
    return Window(start, min(stop, now))


def _parts(text: str, whole: str) -> tuple[int, int, int | None]:
    found = _DATE.match(text)
    if not found:
        raise UsageError(tr("{text} is no window", text=repr(whole)), _written())
    return int(found[1]), int(found[2]), int(found[3]) if found[3] else None


def _day(text: str, whole: str) -> date:
    year, month, day = _parts(text, whole)
    return _date(year, month, day or 1, whole)


def _after(text: str, whole: str) -> date:
    """The day behind the last one."""
    year, month, day = _parts(text, whole)
    if day is not None:
        return _date(year, month, day, whole) + timedelta(days=1)
    _date(year, month, 1, whole)
    return date(year + month // 12, month % 12 + 1, 1)


def _date(year: int, month: int, day: int, whole: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UsageError(tr("{text} is no window", text=repr(whole)), _written()) from error


def _written() -> str:
    return tr("write days (30d), a month (2026-04), or dates (2026-04-01..2026-06-30)")
