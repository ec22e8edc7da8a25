"""So many changes in any hour, across restarts; and the hours in which values may move."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amoconf.api import Clock
from amoconf.throttle import Halted, Outside, Throttle, days, forecast, window

START = 1_700_000_000.0  # 2023-11-15, 01:13:20 in Moscow
MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass
class Hand:
    """A clock that moves only when somebody sleeps."""

    now: float = START
    said: list[str] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    @property
    def clock(self) -> Clock:
        """As the client knows clocks."""
        return Clock(ticks=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)


def send(throttle: Throttle, hand: Hand, batches: int, size: int) -> list[float]:
    """When each batch was let through."""

    async def run() -> list[float]:
        moments = []
        for _ in range(batches):
            await throttle.ready(size)
            throttle.book(size)
            moments.append(hand.now)
            await hand.sleep(1.0)
        return moments

    return asyncio.run(run())


def test_never_more_in_any_hour(tmp_path: Path) -> None:
    hand = Hand()
    moments = send(Throttle(hand.clock, 1000, tmp_path / "changes", tell=hand.said.append), hand, 200, 50)
    for moment in moments:
        assert sum(50 for other in moments if moment <= other < moment + 3600) <= 1000
    assert moments[-1] - moments[0] < 3600 * 200 * 50 / 1000 * 1.2
    assert hand.said[0] == "1 000 changes an hour reached: going on at " + hand.said[0][-5:]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    hand, file = Hand(), tmp_path / "changes"
    send(Throttle(hand.clock, 100, file), hand, 2, 50)
    assert send(Throttle(hand.clock, 100, file), hand, 1, 50)[0] >= START + 3600


def test_a_torn_file_counts_for_nothing(tmp_path: Path) -> None:
    file, hand = tmp_path / "changes", Hand()
    file.write_text('{"283', "ascii")
    assert send(Throttle(hand.clock, 100, file), hand, 1, 50) == [START]


@pytest.mark.parametrize(
    ("hours", "opens_in"),
    [
        ("22:00-06:00", 0),
        ("01:14-02:00", 40),
        ("00:00-01:13", 82_000),
        ("01:13-01:14", 0),
        ("9:00-18:00", 28_000),
    ],
)
def test_the_window_is_the_accounts(hours: str, opens_in: float) -> None:
    assert window(hours).within(MOSCOW).opens_in(START) == opens_in


@pytest.mark.parametrize("text", ["22-06", "22:00", "24:00-06:00", "06:00-06:00", ""])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match="no window"):
        window(text)


def test_who_does_not_wait_stops() -> None:
    hand = Hand()
    throttle = Throttle(hand.clock, None, None, window("9:00-18:00").within(MOSCOW), waits=False)
    with pytest.raises(Outside, match=r"outside the window 09:00-18:00"):
        send(throttle, hand, 1, 1)
    throttle.waits = True
    assert send(throttle, hand, 1, 1) == [START + 28_000]


def test_a_wait_can_be_stopped() -> None:
    hand = Hand()
    throttle = Throttle(hand.clock, 1, None, halted=lambda: "stopped" if hand.now > START + 60 else "")
    with pytest.raises(Halted, match="stopped"):
        send(throttle, hand, 2, 1)
    assert hand.now < START + 70


def test_a_forecast_counts_the_pages_of_the_whole_list() -> None:
    """Each page twice, for what is written is looked at again; emptying old fields is as much once more."""
    assert forecast(3930, 50, None, None, listed=50_000) == (79 + 2 * 200, 0.0)
    assert forecast(3930, 250, None, None, listed=50_000, times=2) == (2 * (16 + 400), 0.0)
    assert forecast(100, 50, None, None) == (2 + 2, 0.0)


def test_a_forecast_knows_the_limit_of_changes_an_hour() -> None:
    _, seconds = forecast(3930, 50, None, 100, listed=4000)
    assert 39 * 3600 <= seconds < 40 * 3600


DAYS = [
    ((148_000, 4144, 6.8, 20_000), "22:00-06:00", 1),
    ((180_000, 5040, 6.8, 20_000), "22:00-06:00", 2),
    ((20_001, 560, 6.8, 20_000), "22:00-23:00", 2),
    ((60_000, 1680, 6.8, 20_000), "22:00-22:30", 3),  # a full hour's changes fit into half an hour
    ((60_000, 1680, 6.8, None), "23:50-00:00", 1),
    ((600_000, 16_800, 6.8, None), "23:50-00:00", 5),
    ((180_000, 5040, None, 20_000), "22:00-06:00", 2),
    ((180_000, 5040, None, None), "22:00-06:00", 0),
]


@pytest.mark.parametrize(("work", "hours", "count"), DAYS)
def test_a_window_takes_so_many_days(
    work: tuple[int, int, float | None, int | None], hours: str, count: int
) -> None:
    changes, requests, pace, per_hour = work
    assert days(changes, requests, 50, pace, per_hour, window(hours).seconds) == count


@pytest.mark.parametrize(
    ("hours", "is_night"), [("22:00-06:00", True), ("0:30-7:00", True), ("9:00-18:00", False)]
)
def test_people_call_it_a_night(hours: str, is_night: bool) -> None:
    assert window(hours).is_night is is_night
