"""The reports over small accounts that were computed by hand, and what always holds of a funnel."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.kpi.endings import unsorted
from amoconf.kpi.ground import Ground
from amoconf.kpi.reports import REPORTS
from amoconf.kpi.table import TITLES, Table
from amoconf.kpi.window import DAY
from tests.kpi_account import HOUR, NOW, WEEK, account, at, deal, event, moved, task

WON, LOST = {"status_id": 142}, {"status_id": 143}


def built(here: Ground, name: str) -> dict[str, Table]:
    """The tables of a report, each fit for any renderer."""
    tables = {table.name: table for table in REPORTS[name].build(here, WEEK)}
    for table in tables.values():
        assert set(table.columns) <= set(TITLES)
        assert all(set(row) == set(table.columns) for row in table.rows)
    return tables


def column(table: Table, name: str, *, of: str = "stage") -> dict[Any, Any]:
    """A column by what its rows are about."""
    return {row[of]: row[name] for row in table.rows}


# Open in New; open in Offer, through both; won; lost from Qualified; lost from New; closed long ago, and the week before.
WAY = [
    deal(1, at(1)),
    deal(2, NOW - 6 * DAY, status_id=12),
    deal(3, at(-20), closed_at=at(3), **WON),
    deal(4, at(-20), closed_at=at(3), **LOST),
    deal(5, at(-20), closed_at=at(3), **LOST),
    deal(6, at(-50), closed_at=at(-20), **WON),
    deal(7, NOW - 13 * DAY, closed_at=NOW - 9 * DAY, **LOST),
]
MOVES = [
    moved(7, NOW - 10 * DAY, 10, 11),
    moved(7, NOW - 9 * DAY, 11, 143),
    moved(2, NOW - 4 * DAY, 10, 11),
    moved(2, NOW - DAY, 11, 12),
    moved(3, at(3), 12, 142),
    moved(4, at(3), 11, 143),
    moved(5, at(3), 10, 143),
]


def test_a_funnel() -> None:
    with account(WAY, MOVES) as here:
        table = built(here, "funnel")["funnel"]
    assert column(table, "all") == {"New": 5, "Qualified": 3, "Offer": 2, "Won": 1}
    assert column(table, "open") == {"New": 2, "Qualified": 1, "Offer": 1, "Won": 0}
    assert column(table, "closed") == {"New": 3, "Qualified": 2, "Offer": 1, "Won": 1}
    assert column(table, "conversion") == {"New": 0.6, "Qualified": 0.6667, "Offer": 0.5, "Won": None}
    assert column(table, "reached") == {"New": 1, "Qualified": 0.6, "Offer": 0.4, "Won": 0.2}
    # Only deal 2 was made since events are known.
    assert column(table, "mean_days") == {"New": 2, "Qualified": 3, "Offer": None, "Won": None}


def test_incoming_leads_are_not_in_the_funnel() -> None:
    """Neither those that wait nor those that were declined; what was accepted and lost later is."""
    deals = [
        deal(1, at(1)),
        deal(2, at(1), status_id=9),
        deal(3, at(1), closed_at=at(3), **LOST),
        deal(4, at(1), closed_at=at(3), **LOST),
        deal(5, at(1), status_id=9, pipeline_id=2),
    ]
    moves = [moved(3, at(3), 9, 143), moved(4, at(2), 9, 10), moved(4, at(3), 10, 143)]
    with account(deals, moves) as here:
        table = built(here, "funnel")["funnel"]
        forecast = built(here, "forecast")["forecast"]
    assert {row["pipeline"] for row in table.rows} == {"Retail"}
    assert column(table, "all")["New"] == 2
    assert column(table, "open")["New"] == 1
    assert next(row["sample"] for row in forecast.rows if row["stage"] == "New") == 1


def test_a_funnel_of_the_past_stands_as_it_stood() -> None:
    from amoconf.kpi.funnel import funnel
    from tests.kpi_account import BEFORE

    with account(WAY, MOVES) as here:
        rows = funnel(here, BEFORE)[0]
    assert column(rows, "all") == {"New": 4, "Qualified": 3, "Offer": 1, "Won": 0}
    assert column(rows, "closed") == {"New": 1, "Qualified": 1, "Offer": 0, "Won": 0}


@given(
    st.lists(st.sampled_from([10, 11, 12, 142, 143]), max_size=20),
    st.lists(st.tuples(st.integers(1, 20), st.sampled_from([9, 10, 11, 12, 142, 143]), st.sampled_from([10, 11, 12, 142, 143]), st.integers(0, 300)), max_size=30, unique_by=lambda row: (row[0], row[3])),
)  # fmt: skip
def test_a_funnel_never_grows(stages: list[int], moves: list[Any]) -> None:
    deals = [
        deal(key + 1, NOW - 20 * DAY, status_id=stage, closed_at=at(3) if stage > 141 else None)
        for key, stage in enumerate(stages)
    ]
    events = [moved(of, NOW - 1 - ago * HOUR, old, new) for of, old, new, ago in moves]
    with account(deals, events) as here:
        funnel, forecast = built(here, "funnel")["funnel"], built(here, "forecast")["forecast"]
    counts = [row["all"] for row in funnel.rows]
    assert counts == sorted(counts, reverse=True)
    assert all(row["open"] + row["closed"] == row["all"] for row in funnel.rows)
    shares = [row[name] for row in funnel.rows for name in ("reached", "conversion")]
    assert all(0 <= share <= 1 for share in [*shares, *(row["share"] for row in forecast.rows)] if share is not None)  # fmt: skip
    assert all((row["expected"] or 0) <= row["sum"] for row in forecast.rows)


def test_a_forecast() -> None:
    ended = [
        *(deal(key, at(-20), closed_at=at(3), **WON) for key in range(10, 20)),
        *(deal(key, at(-20), closed_at=at(3), **LOST) for key in range(20, 50)),
    ]
    moves = [moved(key, at(3), 11 if key < 30 else 10, 143) for key in range(20, 50)]
    standing = [
        deal(1, at(1), price=1000),
        deal(2, at(1), price=500, status_id=12),
        deal(3, at(1), status_id=9),
    ]
    with account([*ended, *standing], moves) as here:
        table = built(here, "forecast")["forecast"]
    # 10 of 40 that passed New were won, 10 of 20 that reached Qualified, 10 of 10 that reached Offer.
    assert column(table, "share") == {"New": 0.25, "Qualified": 0.5, "Offer": 1}
    assert column(table, "sample") == {"New": 40, "Qualified": 20, "Offer": 10}
    assert column(table, "expected") == {"New": 250, "Qualified": 0, "Offer": 500}
    assert column(table, "status") == {"New": "ok", "Qualified": "grey", "Offer": "grey"}
    assert table.total == {"deals": 2, "sum": 1500, "expected": 750}
    assert "500" in table.notes[0]


def test_a_summary() -> None:
    tasks = [
        task(71, 1, NOW + HOUR),
        task(72, 1, NOW - HOUR, responsible_user_id=6),
        task(73, 1, at(3), is_completed=True),
        task(74, 1, at(-30), is_completed=True),
    ]
    done = event("task_completed", 73, at(3), 5, "task")
    with account([*WAY, deal(9, at(2), created_by=5)], [*MOVES, done], tasks) as here:
        tables = built(here, "summary")
    created = column(tables["summary.created"], "created", of="entity")
    robots = column(tables["summary.created"], "by_robots", of="entity")
    assert (created["deals"], robots["deals"], created["tasks"]) == (3, 2, 3)
    assert column(tables["summary.stages"], "deals") == {"New": 2, "Qualified": 0, "Offer": 1}
    assert sum(row["share"] for row in tables["summary.stages"].rows) == pytest.approx(1, abs=1e-3)
    rows = {row["manager"]: row for row in tables["summary.tasks"].rows}
    assert rows["Ann"] == {"manager": "Ann", "tasks_open": 1, "tasks_overdue": 0, "tasks_done": 1, "tasks_created": 2}  # fmt: skip
    assert rows["Bob"]["tasks_overdue"] == 1


def test_staff() -> None:
    deals = [
        *WAY,
        deal(9, at(-20), closed_at=at(2), responsible_user_id=6, price=700, source_id=51, **WON),
        deal(8, at(-20), closed_at=at(2), responsible_user_id=6, price=300, **WON),
    ]
    events = [
        event("outgoing_call", 1, at(2)),
        event("outgoing_call", 1, at(3), 7),
        event("incoming_call", 1, at(4)),
    ]
    with account(deals, [*MOVES, *events]) as here:
        tables = built(here, "staff")
    rows = {row["manager"]: row for row in tables["staff"].rows}
    assert rows["Bob"] == {"manager": "Bob", "created": 0, "open": 0, "won": 2, "lost": 0, "win_rate": 1, "revenue": 1000, "touches": 0}  # fmt: skip
    assert rows["Ann"] == {"manager": "Ann", "created": 2, "open": 2, "won": 1, "lost": 2, "win_rate": 0.3333, "revenue": 100, "touches": 1}  # fmt: skip
    assert set(rows) == {"Ann", "Bob"}
    split = {(row["manager"], row["source"]): row["revenue"] for row in tables["staff.revenue"].rows}
    assert split == {("Bob", "Site"): 700, ("Bob", "no source"): 300, ("Ann", "no source"): 100}


def test_loss_reasons() -> None:
    deals = [
        deal(key, at(-20), closed_at=at(2), loss_reason_id=reason, pipeline_id=above, **LOST)
        for key, (above, reason) in enumerate([(1, 31), (1, 31), (1, 32), (1, None), (2, 32)], 1)
    ]
    with account(deals) as here:
        table = built(here, "loss-reasons")["loss-reasons"]
    rows = [(row["pipeline"], row["reason"], row["deals"], row["share"]) for row in table.rows]
    assert rows == [
        ("Retail", "Price", 2, 0.5),
        ("Retail", "no reason", 1, 0.25),
        ("Retail", "Silent", 1, 0.25),
        ("Service", "Silent", 1, 1),
    ]
    assert table.total == {"deals": 5, "sum": 500}


def test_incoming_leads() -> None:
    deals = [
        deal(1, NOW - 4 * HOUR, status_id=9),
        deal(2, at(2)),
        deal(3, at(2), status_id=143, closed_at=at(3)),
    ]
    events = [moved(2, at(2) + 2 * HOUR, 9, 10), moved(3, at(2) + 4 * HOUR, 9, 143)]
    counter = {"total": 10, "accepted": 8, "declined": 2, "average_sort_time": 600}
    with account(deals, events) as here:
        built(here, "unsorted")
        table = unsorted(here, WEEK, counter)[0]
    assert table.rows == [
        {
            "pipeline": "Retail",
            "waiting": 1,
            "oldest_hours": 4,
            "accepted": 1,
            "declined": 1,
            "accepted_share": 0.5,
            "mean_hours": 3,
        }
    ]
    assert "10 came, 8 accepted (80%)" in table.notes[1]


@pytest.mark.parametrize("name", list(REPORTS))
def test_one_pipeline_alone(name: str) -> None:
    """Deals of other pipelines are in none of its rows."""
    deals = [
        deal(key, at(2), pipeline_id=above, status_id=stage, closed_at=at(3) if stage > 141 else None)
        for key, (above, stage) in enumerate([(1, 10), (1, 143), (2, 10), (2, 142), (2, 143), (2, 9)], 1)
    ]
    tasks = [task(70 + key, key, NOW + HOUR) for key in (1, 3)]
    with account(deals, [moved(2, at(3), 10, 143)], tasks, picked=frozenset({1})) as here:
        tables = built(here, name)
    assert {row["pipeline"] for table in tables.values() for row in table.rows if "pipeline" in row} <= {
        "Retail"
    }
    if name == "summary":
        assert tables["summary.tasks"].total["tasks_open"] == 1
        assert column(tables["summary.created"], "created", of="entity")["deals"] == 2
    if name == "staff":
        assert [(row["open"], row["lost"]) for row in tables["staff"].rows] == [(1, 1)]
