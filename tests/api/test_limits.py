"""429 and the pace: waiting, stopping before a ban, never a burst."""

import asyncio
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from amoconf.api.pace import Pace
from amoconf.errors import Banned, Overloaded
from tests.api.service import CLOCK, Service, answer, get, html, problem, reader, run, ticks, waits, writer

OK = answer({"id": 1})
LIMIT = html(429, "Too Many Requests")


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier, 6) for earlier, later in pairwise(times)]


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (problem(429, "slow down", retry_after=5), 5),
        (problem(429, "slow down", retry_after="2.5"), 2.5),
        (httpx.Response(429, headers={"Retry-After": "3"}), 3),
        (httpx.Response(429, json={"retry_after": 4}, headers={"Retry-After": "30"}), 4),
        (
            httpx.Response(
                429,
                headers={
                    "Retry-After": "Wed, 01 Jan 2025 00:00:20 GMT",
                    "Date": "Wed, 01 Jan 2025 00:00:00 GMT",
                },
            ),
            20,
        ),
        (LIMIT, 1),
        (httpx.Response(429), 1),
        (httpx.Response(429, headers={"Retry-After": "soon"}), 1),
        (problem(429, "x", retry_after=-5), 1),
        (problem(429, "x", retry_after=0), 1),
        (httpx.Response(429, content=b'{"retry_after": NaN}'), 1),
        (httpx.Response(429, content=b'{"retry_after": 1e999}'), 1),
        (problem(429, "x", retry_after=[1]), 1),
        (problem(429, "x", retry_after=True), 1),
    ],
)
def test_a_429_is_waited_out_as_long_as_asked(reply: httpx.Response, seconds: float) -> None:
    service = Service(reply, OK)
    assert get(service) == {"id": 1}
    assert gaps(service.times) == [seconds]


def test_a_wait_is_told_once() -> None:
    service, (heard, hear) = Service(LIMIT, LIMIT, OK), waits()

    async def go() -> None:
        async with reader(service, pace=6.8, on_wait=hear) as api:
            await api.get("/x")

    run(go())
    assert [wait.why for wait in heard] == ["refused", "refused"]


def test_a_wait_that_another_process_asked_for_is_told(tmp_path: Path) -> None:
    """Ours was told when it began; what is longer was told elsewhere only."""
    heard, hear = waits()

    async def go() -> None:
        other, mine = Pace(5, tmp_path / "pace", CLOCK), Pace(5, tmp_path / "pace", CLOCK, hear)
        await other.hold(600)
        await mine.hold(1)
        await mine.take("/x")

    run(go())
    assert [(wait.why, round(wait.seconds)) for wait in heard] == [("pace", 600)]


def test_without_a_word_the_wait_doubles() -> None:
    service = Service(*[LIMIT] * 6, OK)
    get(service)
    assert gaps(service.times) == [1, 2, 4, 8, 16, 30]


def test_a_429_that_wants_an_hour_is_not_waited_out() -> None:
    service = Service(problem(429, "x", retry_after=3600))
    with pytest.raises(Overloaded, match="3600 s"):
        get(service)
    assert len(service.requests) == 1


def test_eight_in_a_row_stop_the_run_for_good() -> None:
    service = Service(LIMIT)

    async def go() -> None:
        async with writer(service) as api:
            with pytest.raises(Overloaded, match="refused the last 8 requests") as caught:
                await api.get("/api/v4/account")
            assert caught.value.status == 429
            with pytest.raises(Overloaded) as caught:
                await api.send("PATCH", "/api/v4/leads", {}, creates=False)
            assert caught.value.request == "PATCH /api/v4/leads"
            assert not caught.value.maybe_done

    run(go())
    assert len(service.requests) == 8


def test_the_row_counts_over_all_tasks_and_is_broken_by_an_answer() -> None:
    service = Service(*[LIMIT] * 7, OK, *[LIMIT] * 7, OK)
    get(service)

    async def go() -> list[Any]:
        async with reader(Service(LIMIT)) as api:
            return await asyncio.gather(*(api.get("/x") for _ in range(20)), return_exceptions=True)

    found = run(go())
    assert {type(error) for error in found} == {Overloaded}


def test_more_than_half_of_sixty_refused_stops_the_run() -> None:
    # Two refusals, one answer, and so on: never eight in a row.
    service = Service(*([problem(429, "x", retry_after=1)] * 2 + [OK]) * 30)

    async def go() -> int:
        async with reader(service) as api:
            for _ in range(15):
                await api.get("/x")
            with pytest.raises(Banned, match=r"31 of the last 46 requests"):
                await api.get("/x")
            return len(service.requests)

    assert run(go()) == 46


def test_half_refused_is_waited_out() -> None:
    service = Service(*[problem(429, "x", retry_after=1), OK] * 100)

    async def go() -> None:
        async with reader(service) as api:
            for _ in range(100):
                await api.get("/x")

    run(go())


def test_a_429_holds_every_task_back() -> None:
    async def refuse(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.05)
        return problem(429, "x", retry_after=60)

    service = Service(refuse, OK)

    async def go() -> None:
        async with reader(service, pace=10) as api:
            await asyncio.gather(*(api.get("/x") for _ in range(5)))

    run(go())
    first, *rest = service.times
    # The next one was waiting for its slot at 0.1 s when the first was refused.
    assert min(rest) - first >= 60
    assert min(gaps(sorted(rest))) >= 0.0999


def test_many_waiting_tasks_of_two_processes_keep_the_pace_together(tmp_path: Path) -> None:
    # Slots booked far ahead by one would look like rubbish to the other, and be taken twice.
    async def go() -> list[float]:
        taken: list[float] = []

        async def one(pace: Pace) -> None:
            await pace.take()
            taken.append(ticks())

        both = [Pace(6.8, tmp_path / "slots", CLOCK) for _ in range(2)]
        await asyncio.gather(*(one(pace) for _ in range(250) for pace in both))
        return taken

    assert min(gaps(sorted(run(go())))) >= 0.147


def test_requests_are_evenly_spaced() -> None:
    service, (heard, hear) = Service(OK), waits()

    async def go() -> None:
        async with reader(service, pace=6.8, on_wait=hear) as api:
            await asyncio.gather(*(api.get("/x") for _ in range(50)))

    run(go())
    assert gaps(service.times) == [pytest.approx(1 / 6.8, abs=1e-5)] * 49
    assert {wait.why for wait in heard} == {"pace"}
    # Never more than the service allows in any second.
    assert max(sum(1 for other in service.times if 0 <= other - one < 1) for one in service.times) == 7


def test_time_that_was_not_used_is_not_saved_up() -> None:
    async def go() -> list[float]:
        pace, taken = Pace(10, None, CLOCK), []
        await pace.take()
        await asyncio.sleep(60)
        for _ in range(4):
            await pace.take()
            taken.append(ticks())
        return taken

    assert gaps(run(go())) == [0.1, 0.1, 0.1]


def test_pace_off_does_not_wait() -> None:
    service = Service(OK)

    async def go() -> None:
        async with reader(service, pace=None) as api:
            await asyncio.gather(*(api.get("/x") for _ in range(50)))

    run(go())
    assert gaps(service.times) == [0] * 49


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_pace_that_makes_no_sense_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Pace(rate, None)


async def slots(file: Path, count: int) -> list[float]:
    pace = Pace(10, file, CLOCK)
    return [round(await pace.reserve() - ticks(), 6) for _ in range(count)]


def test_the_slots_outlive_the_process(tmp_path: Path) -> None:
    async def go() -> list[float]:
        return [*await slots(tmp_path / "a" / "b", 2), *await slots(tmp_path / "a" / "b", 2)]

    assert run(go()) == [0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b"\xff\x00garbage",
        b"nan nan",
        b"inf -inf",
        b"9e9 9e9",
        b"99999 0",
        b"1000.05",
        b"-5 x y z",
        b"1e400 1",
    ],
)
def test_a_slot_file_that_makes_no_sense_delays_nobody(tmp_path: Path, left: bytes) -> None:
    file = tmp_path / "slots"
    file.write_bytes(left)
    first, second, third = run(slots(file, 3))
    assert first <= 0.05
    assert (round(second - first, 6), round(third - second, 6)) == (0.1, 0.1)


def test_a_hold_is_known_to_other_processes(tmp_path: Path) -> None:
    async def go() -> float:
        await Pace(10, tmp_path / "slots", CLOCK).hold(30)
        return (await slots(tmp_path / "slots", 1))[0]

    assert run(go()) == 30


def test_a_folder_that_cannot_be_written_paces_this_process_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert run(slots(Path("/dev/null/none/slots"), 3)) == [0, 0.1, 0.2]
    assert len(caplog.records) == 1


def test_a_lock_that_somebody_keeps_is_not_waited_for_for_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from filelock import FileLock

    with FileLock(tmp_path / "slots.lock"):
        assert run(slots(tmp_path / "slots", 2)) == [0, 0.1]
    assert "cannot be paced together" in caplog.text


CHILD = """
import asyncio, sys, time
from pathlib import Path
from amoconf.api.pace import Pace

async def main():
    pace = Pace(100, Path(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(20):
        slot = await pace.reserve()
        print(repr(slot), flush=True)
        await asyncio.sleep(slot - time.monotonic())

asyncio.run(main())
"""


def test_two_processes_share_the_slots(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path / "slots")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    times = [[float(line) for line in child.communicate(timeout=30)[0].split()] for child in children]
    together = sorted(times[0] + times[1])
    assert len(together) == 40
    assert min(gaps(together)) >= 0.00999
    # They took turns rather than one after the other.
    assert max(min(own) for own in times) < min(max(own) for own in times)
