"""What a fleet's document says: groups, sums, rows kept once; and work that goes wrong side by side."""

import asyncio
from typing import Any

import pytest

from amoconf.errors import UsageError
from amoconf.fleet.listed import Member
from amoconf.fleet.side import Ended, side_by_side
from amoconf.report.fleetdoc import Pool, Told, fleet_document
from amoconf.report.fleettext import fleet_lines
from amoconf.report.flow import Page, text_of
from tests.fleet.test_choice import member
from tests.report.documents import ACCOUNT, plan, row


def told(name: str, rows: list[dict[str, Any]]) -> Told:
    return Told(name, ACCOUNT, 1.25, 0, plan(rows))


def stopped(records: int) -> dict[str, Any]:
    stops = [{"why": f"in use on {records} deals", "allow": ["tag/leads/old"]}]
    impact = {"records": records, "detail": None, "exact": True, "of": "leads"}
    return row("tag/leads/old", "archive", stops=stops, impact=impact)


def test_the_same_change_is_the_same_whatever_it_touches() -> None:
    new = row("tag/leads/new", "create")
    items = [
        told("a", [stopped(5)]),
        told("b", [stopped(7)]),
        told("c", [new]),
        told("d", []),
        told("e", [new]),
    ]
    document = fleet_document("plan", items, base="account.yaml", exit_code=3)
    assert [group["accounts"] for group in document["groups"]] == [["a", "b"], ["c", "e"]]
    assert document["groups"][0]["changes"][0]["impact"]["records"] == 12
    counts = {"accounts": 5, "failed": 0, "blocked": 2, "different": 2, "same": 1}
    assert counts.items() <= document["summary"].items()
    assert (document["summary"]["archive"], document["summary"]["create"]) == (2, 2)


def test_a_change_that_is_blocked_in_one_account_only_is_another_one() -> None:
    free = stopped(5) | {"blocked_by": [], "stops": []}
    document = fleet_document("plan", [told("a", [free]), told("b", [stopped(5)])], base="", exit_code=3)
    assert [group["accounts"] for group in document["groups"]] == [["b"], ["a"]]


def test_records_that_were_not_counted_somewhere_are_not_summed() -> None:
    unknown = stopped(1) | {"impact": {"records": None, "detail": None}}
    document = fleet_document("plan", [told("a", [stopped(5)]), told("b", [unknown])], base="", exit_code=3)
    assert document["groups"][0]["changes"][0]["impact"]["records"] is None


def test_hundreds_fit_a_screen_unless_all_is_asked_for() -> None:
    items = [told(f"city-{number}", [row("tag/leads/new", "create")]) for number in range(300)]
    document = fleet_document("plan", items, base="account.yaml", exit_code=0)
    lines = text_of(fleet_lines(document, Page(80))).splitlines()
    assert len(lines) < 50
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "Fleet: 300 accounts: 300 different."
    whole = text_of(fleet_lines(document, Page(80, verbose=True)))
    assert all(f"city-{number} " in whole for number in range(300))


def test_a_hint_of_two_lines_is_told_as_lines() -> None:
    failed = Told("moscow", ACCOUNT, 0.0, 1, None, UsageError("what", "first\n    second"))
    document = fleet_document("plan", [failed], base="account.yaml", exit_code=1)
    text = text_of(fleet_lines(document, Page(80)))
    assert "-> first second" in text
    assert "\\n" not in text


def test_equal_rows_are_kept_once() -> None:
    pool = Pool("plan")
    first, second = (pool.kept(plan([row("tag/leads/new", "create")])) for _ in range(2))
    assert first["changes"][0] is second["changes"][0]
    assert "unlisted" not in first


def test_a_fault_is_told_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    seen, running, most = [], 0, 0

    async def work(each: Member) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        if each.name == "b":
            raise UsageError("no token")
        if each.name == "c":
            raise KeyError("_embedded")
        return each.name

    def tell(ended: Ended[str]) -> None:
        seen.append(ended.member.name)

    ended = asyncio.run(side_by_side([member(name) for name in "abcde"], work, 2, tell))
    assert [item.result for item in ended] == ["a", None, None, "d", "e"]
    assert (str(ended[1].error), sorted(seen), most) == ("no token", list("abcde"), 2)
    assert "a fault of amoconf: KeyError" in str(ended[2].error)
    assert "Traceback" in caplog.text
