"""Working time: how many seconds of it lie between two moments, in the account's time zone."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from amoconf.sections import minutes_of, weekdays

# A common office week, where the spec says nothing (KPI: working hours are considered, not which).
USUAL: Mapping[str, str] = {"days": "mon-fri", "from": "9:00", "to": "18:00"}


@dataclass(frozen=True)
class Hours:
    """Working time of a stretch. `said`: days, from, to as in a spec. Moments outside count as its edges."""

    said: Mapping[str, str]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]  # seconds before each start

    @classmethod
    def of(cls, said: Mapping[str, Any], place: tzinfo, first: int, last: int) -> "Hours":
        """said: `kpi.working_hours`, whatever of it there is. first, last: Unix seconds."""
        words = {**USUAL, **{name: str(value) for name, value in said.items()}}
        days, begin, end = weekdays(words["days"]), minutes_of(words["from"]), minutes_of(words["to"])
        day = datetime.fromtimestamp(first, place).date()
        stop = datetime.fromtimestamp(last, place).date()
        starts, ends = [], []
        while day <= stop:
            if day.weekday() in days:
                starts.append(_moment(day, begin, place))
                ends.append(_moment(day, end, place))
            day += timedelta(days=1)
        sums = [0]
        for opened, closed in zip(starts, ends, strict=True):
            sums.append(sums[-1] + closed - opened)
        return cls(words, tuple(starts), tuple(ends), tuple(sums))

    def between(self, start: int, end: int) -> int:
        """Seconds of working time from one moment to a later one."""
        return self._upto(end) - self._upto(start)

    def _upto(self, at: int) -> int:
        place = bisect_right(self.starts, at)
        if not place:
            return 0
        return self.sums[place - 1] + min(at, self.ends[place - 1]) - self.starts[place - 1]


def _moment(day: date, minutes: int, place: tzinfo) -> int:
    """A time of the clock on a day; midnight at its end is the next day's beginning."""
    day += timedelta(days=minutes // 1440)
    clock = datetime(day.year, day.month, day.day, minutes % 1440 // 60, minutes % 60, tzinfo=place)
    return int(clock.timestamp())
