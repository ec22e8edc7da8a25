"""Years of an account: from when to when, in its own time zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str) -> tzinfo:
    """The time zone of that name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def years(first: int, now: int, timezone: str) -> Iterator[tuple[int, int, int]]:
    """(year, its beginning, its end) from the year of `first` to that of `now`; Unix seconds."""
    place = zone(timezone)
    if not first:
        return
    for year in range(datetime.fromtimestamp(first, place).year, datetime.fromtimestamp(now, place).year + 1):
        start, end = (int(datetime(each, 1, 1, tzinfo=place).timestamp()) for each in (year, year + 1))
        yield year, start, end


def midnight(now: int, days: int, timezone: str) -> int:
    """The beginning of the day so many days ago, Unix seconds."""
    then = datetime.fromtimestamp(now - days * 86_400, zone(timezone))
    return int(then.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
