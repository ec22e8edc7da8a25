"""The board's figures over small accounts that were computed by hand, and what always holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.errors import UsageError
from amoconf.kpi.board import board
from amoconf.kpi.ground import Ground
from amoconf.kpi.hours import Hours
from amoconf.kpi.indicators import BOARD, MEASURES
from amoconf.kpi.measure import SHARE, STATUSES, Indicator
from amoconf.kpi.window import DAY, Window, wish
from tests.kpi_account import BEFORE, HOUR, MOSCOW, NOW, WEEK, account, at, deal, event, moved, task
from tests.living import call

ALL_BAD = [(user, 40) for user in range(20, 25)]  # managers none of whose deals has a next step
MEASURED = {measure.name: measure for measure in MEASURES}


def shown(here: Ground, name: str) -> Indicator:
    """One indicator of the last week."""
    return board(here, [MEASURED[name]], WEEK, BEFORE)[0]


def values(found: Indicator, dimension: str) -> dict[Any, float]:
    """Values by key."""
    return {row.key: round(row.value, 4) for row in found.rows if row.dimension == dimension}


# name, deals, events, tasks, value, sample, previous value
LOST = {"status_id": 143, "loss_reason_id": 31}
CASES: list[tuple[str, list[Any], list[Any], list[Any], float | None, int, float | None]] = [
    # Answered after 20 minutes; over night, 10 minutes before the end and 10 after the beginning; in the week before, and too late for it.
    (
        "first_response",
        [deal(1, at(2, "10:00")), deal(2, at(2, "17:50")), deal(3, at(-5, "10:00")), deal(4, at(-5, "10:00"))],
        [event("outgoing_call", 1, at(2, "10:20")), event("common_note_added", 2, at(3, "9:10")), event("outgoing_call", 3, at(-5, "10:30")), event("outgoing_call", 4, at(2))],
        [],
        20,
        2,
        30,
    ),
    # Robots do not answer, nor does the client.
    (
        "first_response",
        [deal(1, at(2, "10:00"))],
        [event("outgoing_call", 1, at(2, "10:01"), 0), event("outgoing_sms", 1, at(2, "10:02"), 7), event("incoming_call", 1, at(2, "10:03")), event("outgoing_call", 1, at(2, "10:40"), 6)],
        [],
        40,
        1,
        None,
    ),
    # By a completed task, and by a call to the deal's contact.
    (
        "first_response",
        [deal(1, at(2, "10:00")), deal(2, at(2, "10:00"), _embedded={"contacts": [{"id": 91, "is_main": True}]})],
        [event("task_completed", 71, at(2, "10:10"), 5, "task"), event("outgoing_call", 91, at(2, "10:30"), 5, "contact")],
        [task(71, 1, at(2, "10:10"), is_completed=True)],
        20,
        2,
        None,
    ),
    # 30 minutes fit a form, 20 not a call; 31 fit nothing; never answered is late, but the last has time until Monday.
    (
        "answered_in_time",
        [*(deal(key, at(2, "10:00")) for key in (1, 2, 3, 4)), deal(5, at(5, "17:50"))],
        [event("outgoing_call", 1, at(2, "10:30")), event("incoming_call", 2, at(2, "10:00")), event("outgoing_call", 2, at(2, "10:20")), event("outgoing_call", 3, at(2, "10:31"))],
        [],
        0.25,
        4,
        None,
    ),
    # An open task ahead, an overdue one, none; a won deal needs none. A week ago one of two had one.
    (
        "next_step_coverage",
        [deal(1, at(-20)), deal(2, at(-20)), deal(3, at(2)), deal(4, at(2), status_id=142, closed_at=at(3))],
        [event("task_completed", 72, at(1), 5, "task")],
        [task(71, 1, NOW + HOUR), task(72, 2, at(1), created_at=at(-10), is_completed=True), task(73, 3, at(4))],
        0.3333,
        3,
        0.5,
    ),
    # Open: ahead and past. Completed in the week: in time, and late twice. Completed before: not counted.
    (
        "overdue_tasks",
        [deal(1, at(-20))],
        [event("task_completed", 73, at(1), 5, "task"), event("task_completed", 74, at(3), 5, "task")],
        [
            task(71, 1, NOW + HOUR),
            task(72, 1, NOW - HOUR),
            task(73, 1, at(2), is_completed=True),
            task(74, 1, at(2), is_completed=True),
            task(75, 1, at(-30), is_completed=True),
            # No event tells when it was completed: its last change does.
            task(76, 1, at(2), is_completed=True, updated_at=at(4)),
        ],
        0.6,
        5,
        None,
    ),
    # 14 days for New, 2 for Qualified: 20 days, 3 days and 1 day. A week ago all were in New: for 13, 3 and 23 days.
    (
        "stuck_deals",
        [deal(1, NOW - 20 * DAY), deal(2, NOW - 10 * DAY, status_id=11), deal(3, NOW - 30 * DAY, status_id=11)],
        [moved(2, NOW - 16 * DAY // 5, 10, 11), moved(3, NOW - DAY, 10, 11)],
        [],
        0.6667,
        3,
        0.3333,
    ),
    (
        "win_rate",
        [
            deal(1, at(-20), status_id=142, closed_at=at(2)),
            *(deal(key, at(-20), status_id=143, closed_at=at(2)) for key in (2, 3, 4)),
            deal(5, at(-20), status_id=142, closed_at=at(-5)),
        ],
        [],
        [],
        0.25,
        4,
        1,
    ),
    # Two touches of a person and one of the client; the robot's is none, nor what comes after the win.
    (
        "touches_per_won",
        [deal(1, at(1), status_id=142, closed_at=at(3))],
        [event("outgoing_call", 1, at(1, "13:00")), event("incoming_call", 1, at(2), 0), event("common_note_added", 1, at(3)), event("outgoing_sms", 1, at(2), 7), event("outgoing_call", 1, at(4))],
        [],
        3,
        1,
        None,
    ),
    # Forward, to won, back, to lost; out of lost and to another pipeline count as neither.
    (
        "stage_conversion",
        [deal(key, at(-20)) for key in range(1, 7)],
        [moved(1, at(2), 10, 11), moved(2, at(2), 11, 142), moved(3, at(2), 12, 10), moved(4, at(2), 10, 143), moved(5, at(2), 143, 10), moved(6, at(2), 10, 12) | {"value_after": [{"lead_status": {"id": 12, "pipeline_id": 2}}]}],
        [],
        0.5,
        4,
        None,
    ),
    (
        "open_deals_per_manager",
        [deal(1, at(2)), deal(2, at(-20)), deal(3, at(2), responsible_user_id=6), deal(4, at(2), responsible_user_id=0)],
        [],
        [],
        2,
        3,
        1,
    ),
    (
        "loss_reasons",
        [*(deal(key, at(-20), closed_at=at(2), **LOST) for key in (1, 2, 3)), deal(4, at(-20), closed_at=at(2), status_id=143, loss_reason_id=32), deal(5, at(-20), closed_at=at(2), status_id=143)],
        [],
        [],
        0.75,
        4,
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "deals", "events", "tasks", "value", "sample", "previous"), CASES)
def test_figures_computed_by_hand(
    name: str,
    deals: list[Any],
    events: list[Any],
    tasks: list[Any],
    value: float | None,
    sample: int,
    previous: float | None,
) -> None:
    with account(deals, events, tasks) as here:
        found = shown(here, name)
    assert found.value == pytest.approx(value, abs=1e-4)
    assert found.sample == sample
    assert found.previous == (previous if previous is None else pytest.approx(previous, abs=1e-4))
    assert found.status in ("grey", "ok", "warn")


def test_rows_by_pipeline_manager_and_source() -> None:
    deals = [
        deal(1, at(-9), status_id=142, closed_at=at(2), source_id=51),
        deal(2, at(-9), status_id=143, closed_at=at(2), responsible_user_id=6),
        deal(3, at(-9), status_id=143, closed_at=at(2), pipeline_id=2),
    ]
    with account(deals) as here:
        found = shown(here, "win_rate")
    assert values(found, "pipeline") == {1: 0.5, 2: 0}
    assert values(found, "manager") == {5: 0.5, 6: 0}
    assert values(found, "source") == {51: 1, None: 0}


def many(count: int, good: int, **more: Any) -> list[dict[str, Any]]:
    """Deals closed this week, the first of them won."""
    ended = [{"status_id": 142 if key < good else 143, "closed_at": at(2)} for key in range(count)]
    start = more.pop("start", 1)
    return [deal(start + key, at(-20), **how, **more) for key, how in enumerate(ended)]


def before(deals: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same a week earlier."""
    return [{**row, "id": row["id"] + 10_000, "closed_at": row["closed_at"] - 7 * DAY} for row in deals]


@pytest.mark.parametrize(
    ("deals", "kpi", "status"),
    [
        (many(29, 0), {"win_rate": 0.5}, "grey"),
        (many(30, 15), {"win_rate": 0.5}, "ok"),
        (many(30, 14), {"win_rate": 0.5}, "warn"),
        ([*many(50, 10), *before(many(50, 11))], {}, "ok"),  # two points less
        ([*many(50, 10), *before(many(50, 12))], {}, "warn"),  # four
        # One bad pipeline is not hidden by a good one.
        ([*many(40, 40), *many(40, 0, start=500, pipeline_id=2)], {"win_rate": 0.5}, "warn"),
    ],
)
def test_win_rates_are_judged_pipeline_by_pipeline(
    deals: list[Any], kpi: dict[str, Any], status: str
) -> None:
    with account(deals, kpi=kpi) as here:
        assert shown(here, "win_rate").status == status


@pytest.mark.parametrize(
    ("covered", "kpi", "status"),
    [(40, {}, "ok"), (33, {}, "warn"), (20, {}, "error"), (20, {"next_step_coverage": 0.5}, "ok")],
)
def test_norms_of_the_spec_come_first(covered: int, kpi: dict[str, Any], status: str) -> None:
    deals = [deal(key, at(2)) for key in range(1, 41)]
    tasks = [task(key, key, NOW + HOUR) for key in range(1, covered + 1)]
    with account(deals, (), tasks, kpi=kpi) as here:
        found = shown(here, "next_step_coverage")
    assert (found.status, found.threshold) == (status, kpi.get("next_step_coverage", 0.85))


def test_the_norm_of_mixed_channels_is_their_mean() -> None:
    deals = [deal(1, at(2, "10:00")), deal(2, at(2, "10:00"))]
    events = [event("outgoing_call", key, at(2, "10:20")) for key in (1, 2)]
    with account(deals, [*events, event("incoming_chat_message", 2, at(2, "10:01"), 0)]) as here:
        found = shown(here, "first_response")
    assert found.threshold == 20
    assert {row.key: row.threshold for row in found.rows if row.dimension == "channel"} == {
        "forms": 30,
        "chats": 10,
    }


def test_a_weak_manager_is_told_from_a_pipelines_mean() -> None:
    """Bob in the hard pipeline does as well as anybody there; Ann in the easy one does not."""
    easy = [(key, 5 if key < 40 else 6, 1, (key < 40 and key % 4 == 0) or key >= 40) for key in range(1, 140)]
    hard = [(key, 6, 2, key % 5 == 0) for key in range(200, 240)]
    deals = [
        deal(key, at(-9), responsible_user_id=who, pipeline_id=above) for key, who, above, _ in [*easy, *hard]
    ]
    events = [
        moved(key, at(2), 10, 11 if good else 143, pipeline=above) for key, _, above, good in [*easy, *hard]
    ]
    with account(deals, events) as here:
        found = shown(here, "stage_conversion")
    assert {row.key: row.status for row in found.rows if row.dimension == "manager"} == {5: "warn", 6: "ok"}
    assert (found.status, found.threshold) == ("warn", None)


@pytest.mark.parametrize(("count", "status"), [(60, "ok"), (61, "warn"), (151, "error")])
def test_a_count_needs_no_sample(count: int, status: str) -> None:
    with account([deal(key, at(2)) for key in range(1, count + 1)]) as here:
        assert shown(here, "open_deals_per_manager").status == status


def test_the_dictionary_of_reasons_is_judged_too() -> None:
    deals = [
        deal(key, at(-9), status_id=143, closed_at=at(2), loss_reason_id=31 + key) for key in range(1, 41)
    ]
    with account(deals, kpi={"loss_reasons": 1}) as here:
        found = shown(here, "loss_reasons")
    assert (found.also, found.value, found.status) == ((2, 1), 0.025, "warn")
    assert set(values(found, "reason").values()) == {0.025}


def test_a_difference_that_chance_explains_is_none() -> None:
    deals = [deal(key, at(-9), responsible_user_id=5 + key % 2) for key in range(1, 121)]
    events = [moved(key, at(2), 10, 11 if key % 4 > 1 or key < 6 else 143) for key in range(1, 121)]
    with account(deals, events) as here:
        found = shown(here, "stage_conversion")
    assert len(set(values(found, "manager").values())) == 2
    assert {row.status for row in found.rows if row.dimension == "manager"} == {"ok"}
    assert not found.worst


def test_the_worst_are_at_most_five_beyond_the_norm_and_known_well() -> None:
    who = [(10, 40), (11, 40), (12, 6), (13, 4), (14, 40), (15, 40), (16, 40), (17, 40), *ALL_BAD]
    rows: list[Any] = []
    tasks: list[Any] = []
    for user, count in who:
        for _ in range(count):
            key = len(rows) + 1
            rows.append(deal(key, at(2), responsible_user_id=user))
            if 12 < user < 20 and key % user:
                tasks.append(task(key, key, NOW + HOUR))
    with account(rows, (), tasks) as here:
        found = shown(here, "next_step_coverage")
    # 14 to 17 are within the norm; of 12 little is known, of 13 next to nothing.
    assert {row.key for row in found.worst} <= {10, 11, *(user for user, _ in ALL_BAD)}
    assert len(found.worst) == 5
    assert [row.key for row in found.doubtful] == [12]


@pytest.mark.parametrize(
    ("norm", "worst"), [({}, [51]), ({"win_rate": 0.9}, [51, 52]), ({"win_rate": 0.2}, [])]
)
def test_without_a_norm_only_those_below_the_whole_are_the_worst(
    norm: dict[str, float], worst: list[int]
) -> None:
    """A third of one source was won, two thirds of the other; there was nothing the week before."""
    deals = [
        deal(key, at(-9), source_id=source, status_id=142 if key % 3 < won else 143, closed_at=at(2))
        for source, won, first in ((51, 1, 0), (52, 2, 60))
        for key in range(first + 1, first + 61)
    ]
    with account(deals, kpi=norm) as here:
        assert [row.key for row in shown(here, "win_rate").worst] == worst


def test_a_technical_user_is_known_however_it_is_written() -> None:
    with account() as here:
        assert here.robots == {0, 7}
        assert here.facts.wanted is not None
        other = replace(here.facts.wanted.settings, policy={"admins.technical": "Robot@Firm.Example"})
        facts = replace(here.facts, wanted=replace(here.facts.wanted, settings=other))
        assert replace(here, facts=facts).robots == {0, 7}


def test_an_account_without_records_is_grey() -> None:
    with account() as here:
        found = board(here, MEASURES, WEEK, BEFORE)
    assert {row.status for row in found} == {"grey"}
    assert [row.value for row in found] == [None] * len(MEASURES)
    assert len(MEASURES) <= 10
    assert len(BOARD) == 6


STAGE = st.sampled_from([10, 11, 12, 142, 143])
DEALS = st.lists(
    st.tuples(STAGE, st.integers(1, 2), st.integers(5, 6), st.integers(0, 30), st.integers(0, 9)), max_size=25
)
MOVES = st.lists(
    st.tuples(st.integers(1, 25), STAGE, STAGE, st.integers(0, 13 * 24)), max_size=40, unique_by=lambda row: (row[0], row[3])
)  # fmt: skip


@given(DEALS, MOVES)
def test_shares_are_shares_and_parts_add_up(deals: list[Any], moves: list[Any]) -> None:
    """Whatever happened: parts weighted by their size give the whole."""
    rows = [
        deal(key + 1, NOW - age * DAY - 1, status_id=stage, pipeline_id=above, responsible_user_id=who,
             closed_at=NOW - min(age, ago) * DAY - 1 if stage > 141 else None, loss_reason_id=31 + ago % 2)
        for key, (stage, above, who, age, ago) in enumerate(deals)
    ]  # fmt: skip
    above = {row["id"]: row["pipeline_id"] for row in rows}
    events = [
        moved(of, NOW - ago * HOUR - 1, old, new, pipeline=above.get(of, 1)) for of, old, new, ago in moves
    ]
    with account(rows, events) as here:
        for found in board(here, MEASURES, WEEK, BEFORE):
            assert found.status in STATUSES
            if found.measure.unit == SHARE:
                assert all(0 <= row.value <= 1 for row in found.rows)
            for dimension in ("pipeline", "manager", "source"):
                mine = [row for row in found.rows if row.dimension == dimension]
                assert sum(row.sample for row in mine) == found.sample
                if mine and found.measure.fold.__name__ == "mean":
                    whole = sum(row.value * row.sample for row in mine) / found.sample
                    assert whole == pytest.approx(found.value)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7d", NOW - 7 * DAY, NOW),
        ("7", NOW - 7 * DAY, NOW),
        ("2026-05", at(-30, "0:00"), at(1, "0:00")),
        ("2026-05..2026-06", at(-30, "0:00"), NOW),
        ("2026-06-01..2026-06-02", at(1, "0:00"), at(3, "0:00")),
        ("2025-12", *(int(datetime(2025 + month // 13, (month - 1) % 12 + 1, 1, tzinfo=MOSCOW).timestamp()) for month in (12, 13))),
    ],
)  # fmt: skip
def test_windows_as_people_write_them(text: str, start: int, end: int) -> None:
    assert wish(text)(NOW, MOSCOW) == Window(start, end)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "0d", "401d", "2026-13", "2026-02-30", "2026-06..2026-05", "2024-01..2026-01", "2026-07"],
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(UsageError):
        wish(text)(NOW, MOSCOW)


@pytest.mark.parametrize(
    ("said", "start", "end", "hours"),
    [
        ({}, at(1, "10:00"), at(1, "11:00"), 1),
        ({}, at(1, "17:00"), at(2, "10:00"), 2),
        ({}, at(5, "17:00"), at(8, "10:00"), 2),  # over a weekend
        ({}, at(6, "10:00"), at(7, "20:00"), 0),
        ({"days": "mon-sat"}, at(5, "17:00"), at(8, "10:00"), 11),
        ({"days": "sun, fri-sat", "from": "10:00", "to": "12:00"}, at(1), at(8), 6),
        ({"days": "mon-sun", "from": "0:00", "to": "24:00"}, at(1), at(8), 168),
    ],
)
def test_working_time(said: dict[str, str], start: int, end: int, hours: int) -> None:
    assert Hours.of(said, MOSCOW, start - DAY, end + DAY).between(start, end) == hours * HOUR


def test_working_time_is_the_same_length_when_clocks_change() -> None:
    place = ZoneInfo("Europe/Berlin")
    start, end = (int(datetime(2026, 3, day, tzinfo=UTC).timestamp()) for day in (28, 31))
    hours = Hours.of({"days": "sun", "from": "9:00", "to": "18:00"}, place, start, end)
    assert hours.between(start, end) == 9 * HOUR


@given(st.lists(st.integers(0, 30 * DAY), min_size=3, max_size=3))
def test_working_time_adds_up(moments: list[int]) -> None:
    first, middle, last = sorted(NOW - moment for moment in moments)
    hours = Hours.of({}, MOSCOW, NOW - 31 * DAY, NOW)
    assert hours.between(first, middle) + hours.between(middle, last) == hours.between(first, last)
    assert 0 <= hours.between(first, last) <= last - first


def test_what_may_not_be_read_is_grey_and_says_why() -> None:
    deals = many(40, 20)
    with account(deals) as here:
        no_events = replace(here.facts, since=None, unread={"events": "no right to events"})
        found = board(replace(here, facts=no_events), MEASURES, WEEK, BEFORE)
        nothing = replace(here.facts, records=None, unread={"records": "no right to records"})
        blind = board(replace(here, facts=nothing), MEASURES, WEEK, BEFORE)
    known = {row.measure.name: row.value for row in found if not row.unread}
    assert known == {"win_rate": 0.5, "loss_reasons": None}
    assert {row.unread for row in found} == {"", "no right to events"}
    assert {(row.status, row.unread, row.value) for row in blind} == {("grey", "no right to records", None)}
    assert blind[0].threshold == 30


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ('{days: mon-fri, from: "9:00", to: "18:00"}', ""),
        ('{days: "mon-thu, sat"}', ""),
        ('{to: "24:00"}', ""),
        ("{days: weekdays}", "working_hours"),
        ('{from: "25:00"}', "working_hours"),
        ('{from: "19:00"}', "ends before it begins"),
        ("{lunch: 1}", "lunch"),
    ],
)
def test_working_hours_in_a_spec(tmp_path: Path, hours: str, said: str) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(f"amoconf: 1\naccount: {{subdomain: firm}}\nkpi: {{working_hours: {hours}}}\n", "utf-8")
    ended = call(("validate", "-f", str(path), "--lang", "en"), {})
    assert ended.code == (1 if said else 0), ended.err + ended.out
    assert said in ended.out + ended.err


def test_working_hours_of_the_spec_count() -> None:
    deals, events = [deal(1, at(-1, "10:00"))], [event("outgoing_call", 1, at(-1, "10:30"))]
    window = Window(at(-6), at(1))  # with a Saturday
    for said, minutes in (({}, 0), ({"days": "sat", "from": "10:15"}, 15)):
        with account(deals, events, kpi={"working_hours": said}) as here:
            found = board(here, [MEASURED["first_response"]], window, window.before)[0]
        assert found.value == minutes
