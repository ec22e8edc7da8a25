"""Every data step keeps to the hour and to the window, and reads again what a long wait has made old."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from amoconf.changes import Step
from amoconf.errors import Fault, Refused, Trouble, Unreachable
from amoconf.kinds import parse_address
from amoconf.recordwork import RecordWork
from amoconf.recordwrites import RecordWrites, guilty, took_too_long
from amoconf.stagework import Moving
from amoconf.throttle import Outside, Throttle, window
from tests.fakes import FakeWriter
from tests.test_throttle import MOSCOW, START, Hand

TAG = parse_address("tag/leads/Акция")
HOUR = 3600
Does = Callable[[RecordWrites], Any]


class Account(FakeWriter):
    """Deals that hold tag 7 and stand in stage 2; remembers when each batch came."""

    def __init__(self, hand: Hand, count: int) -> None:
        rows = [
            {"id": key, "pipeline_id": 1, "status_id": 2, "_embedded": {"tags": [{"id": 7, "name": "Акция"}]}}
            for key in range(1, count + 1)
        ]
        super().__init__({"leads": rows}, self.taken)
        self.hand = hand
        self.moments: list[tuple[float, int]] = []

    def taken(self, method: str, path: str, body: Any) -> None:
        """One PATCH."""
        self.moments.append((self.hand.now, len(body)))
        sent = {row["id"]: row for row in body}
        for row in self.answers["leads"]:
            if row["id"] in sent:
                row["_embedded"]["tags"] = []
                row["status_id"] = sent[row["id"]].get("status_id", 2)

    @property
    def walks(self) -> int:
        """How often the list was read."""
        return self.asked.count("leads")


async def detach(records: RecordWrites) -> None:
    step = Step((TAG,), "", data={"work": "detach_tag", "entity": "leads", "from": TAG})
    assert not await RecordWork(records).do([step], {TAG: 7})


async def empty(records: RecordWrites) -> None:
    await Moving(records, {(1, 2): (1, 3)}).empty()


def throttled(does: Does, hand: Hand, count: int, **limits: Any) -> Account:
    """The account after a data step."""
    account = Account(hand, count)
    records = RecordWrites(account, Throttle(hand.clock, tell=hand.said.append, **limits))  # type: ignore[arg-type]
    asyncio.run(does(records))
    return account


@pytest.mark.parametrize("does", [detach, empty])
def test_never_more_in_any_hour(does: Does) -> None:
    hand = Hand()
    account = throttled(does, hand, 230, per_hour=100)
    assert sum(size for _, size in account.moments) == 230
    for moment, _ in account.moments:
        assert sum(size for other, size in account.moments if moment <= other < moment + HOUR) <= 100
    # Each wait was followed by another look at the list; the last walk finds nothing.
    waits = len({moment for moment, _ in account.moments}) - 1
    assert account.walks >= waits + 2
    assert hand.said[0].startswith("100 changes an hour reached: going on at")


@pytest.mark.parametrize("does", [detach, empty])
def test_a_batch_is_no_bigger_than_an_hour(does: Does) -> None:
    account = throttled(does, Hand(), 25, per_hour=10)
    assert {size for _, size in account.moments} <= {10, 5}


@pytest.mark.parametrize("does", [detach, empty])
def test_only_within_the_window(does: Does) -> None:
    hand = Hand()
    hours = window("9:00-18:00").within(MOSCOW)
    account = throttled(does, hand, 60, per_hour=None, window=hours)
    assert {moment for moment, _ in account.moments} == {START + 28_000}
    with pytest.raises(Outside, match="outside the window"):
        throttled(does, Hand(), 60, per_hour=None, window=hours, waits=False)


def test_one_throttle_counts_all_steps() -> None:
    """The platform counts all changes together."""
    hand = Hand()
    account = Account(hand, 60)
    throttle = Throttle(hand.clock, 100)
    records = RecordWrites(account, throttle)  # type: ignore[arg-type]

    async def both() -> None:
        await detach(records)
        await empty(records)

    asyncio.run(both())
    last = account.moments[-1][0]
    assert sum(size for moment, size in account.moments if moment > last - HOUR) <= 100
    assert last >= START + HOUR


def test_what_is_overwritten_is_in_the_ledger_and_lists_are_told_once() -> None:
    account, lists = Account(Hand(), 60), list[str]()
    records = RecordWrites(account, touching=lists.append)  # type: ignore[arg-type]

    async def both() -> None:
        await detach(records)
        await empty(records)

    asyncio.run(both())
    assert lists == ["leads"]
    cells = [cell for cell, _ in records.ledger.first_and_last()]
    assert len(cells) == 120
    first = [cell for cell in cells if cell.record == 1]
    assert {(cell.kind, cell.about) for cell in first} == {("tag", str(TAG)), ("place", "")}
    assert {str(cell.before) for cell in first} == {
        str([{"id": 7, "name": "Акция"}]),
        str([{"pipeline_id": 1, "status_id": 2}]),
    }


@pytest.mark.parametrize(
    ("faults", "ids", "wanted"),
    [
        ([Fault("1", "Denied", "id", "no")], {}, {20: "id: no"}),
        ([Fault("0", "Denied", "", "no"), Fault("7", "Denied", "id", "no")], {}, {10: "no"}),
        ([Fault("x", "Denied", "id", "no")], {"30": "gone", "40": "gone"}, {30: "gone"}),
        ([], {}, {}),
    ],
)
def test_who_is_to_blame(faults: Sequence[Fault], ids: Mapping[str, str], wanted: Mapping[int, str]) -> None:
    assert guilty(Refused("no", faults=faults, refused_ids=ids), [10, 20, 30]) == wanted


@pytest.mark.parametrize("does", [detach, empty])
def test_what_takes_too_long_goes_in_halves_and_grows_again(does: Does) -> None:
    """Only a 504 asks for smaller batches."""
    hand = Hand()
    account = Account(hand, 1000)
    sizes: list[int] = []
    taken = account.write

    def slow_once(method: str, path: str, body: Any) -> None:
        sizes.append(len(body))
        if len(sizes) == 1:
            raise Trouble("too long", status=504)
        taken(method, path, body)

    account.write = slow_once
    asyncio.run(does(RecordWrites(account, Throttle(hand.clock, None))))  # type: ignore[arg-type]
    assert sizes[:3] == [50, 25, 25]
    assert sizes[8:10] == [50, 50]
    assert sum(size for size in sizes[1:]) == 1000


def test_other_trouble_makes_no_batch_smaller() -> None:
    assert took_too_long(Trouble("", status=504))
    assert not took_too_long(Trouble("", status=502))
    assert not took_too_long(Unreachable(""))
