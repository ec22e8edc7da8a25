"""The funnel of each pipeline, and the forecast from what is in work and past conversion."""

from collections.abc import Sequence
from typing import Any

from amoconf.facts import FEW, WON, name_of, number_of
from amoconf.kpi.ground import Deal, Ground
from amoconf.kpi.measure import GREY, OK
from amoconf.kpi.passage import Place, courses, furthest, mean_days, stays
from amoconf.kpi.table import Table, ratio, summed
from amoconf.kpi.window import Window
from amoconf.model import Resource
from amoconf.tongue import tr

COLUMNS = ("pipeline", "stage", "all", "reached", "conversion", "open", "closed", "mean_days")


def funnel(ground: Ground, window: Window) -> list[Table]:
    """Deals that were in a pipeline during the window, by how far they came until its end."""
    deals = [
        deal
        for deal in ground.deals(window)
        if deal.is_open or (deal.closed is not None and window.start <= deal.closed < window.end)
    ]
    ranks, times = furthest(ground, deals, window.end), stays(ground, window)
    rows: list[dict[str, Any]] = []
    for pipeline, course in courses(ground):
        mine = [deal for deal in deals if course and deal.pipeline == course[0][0][0] and ranks[deal.id] >= 0]
        if mine:
            rows += _funnel(pipeline, course, mine, ranks, times)
    return [
        Table(
            "funnel",
            tr("Funnel"),
            COLUMNS,
            rows,
            tr(
                "deals that were open when the window ended or closed in it, by the furthest stage they reached; every deal passed the first stage, and who reached a stage passed those before it; days in stage: mean of the stays that ended in the window; incoming leads that wait or were declined aside"
            ),
            [tr("Stays that began before events are known are left out of the mean.")],
        )
    ]


def _funnel(
    pipeline: Resource,
    course: Sequence[tuple[Place, Resource]],
    deals: Sequence[Deal],
    ranks: dict[int, int],
    times: dict[Place, list[int]],
) -> list[dict[str, Any]]:
    """One row a stage, the last one for won."""
    names = [*((place, name_of(stage)) for place, stage in course), (None, tr("Won"))]
    passed = [[deal for deal in deals if ranks[deal.id] >= rank] for rank in range(len(names))]
    rows = []
    for rank, (place, name) in enumerate(names):
        here = passed[rank]
        still = sum(deal.is_open for deal in here)
        further = len(passed[rank + 1]) if place else None
        rows.append(
            {
                "pipeline": name_of(pipeline),
                "stage": name,
                "all": len(here),
                "reached": ratio(len(here), len(passed[0])),
                "conversion": None if further is None else ratio(further, len(here)),
                "open": still,
                "closed": len(here) - still,
                "mean_days": mean_days(times.get(place, ())) if place else None,
            }
        )
    return rows


def forecast(ground: Ground, window: Window) -> list[Table]:
    """What open deals may bring, by the stage they stand in."""
    closed, standing = ground.closed(window), [deal for deal in ground.deals(window) if deal.is_open]
    ranks = furthest(ground, closed, window.end)
    rows: list[dict[str, Any]] = []
    alive = {deal.pipeline for deal in (*closed, *standing)}
    for pipeline, course in courses(ground):
        for rank, (place, stage) in enumerate(course if number_of(pipeline) in alive else ()):
            past = [deal for deal in closed if deal.pipeline == place[0] and ranks[deal.id] >= rank]
            here = [deal for deal in standing if (deal.pipeline, deal.status) == place]
            rows.append({"pipeline": name_of(pipeline), "stage": name_of(stage), **_expected(here, past)})
    total = summed(rows, "deals", "sum", "expected")
    grey = sum(row["expected"] or 0 for row in rows if row["status"] == GREY)
    notes = (
        [
            tr(
                "Of the total, {grey} stand on fewer than {few} closed deals.",
                grey=f"{grey:,}".replace(",", " "),
                few=FEW,
            )
        ]
        if grey
        else []
    )
    return [
        Table(
            "forecast",
            tr("Forecast"),
            ("pipeline", "stage", "deals", "sum", "share", "sample", "expected", "status"),
            rows,
            tr(
                "per stage: the sum of its open deals, times the share of deals that were won among those closed in the window that had reached it; grey where fewer than 30 were; deals in incoming-leads stages aside"
            ),
            notes,
            total,
        )
    ]


def _expected(here: Sequence[Deal], past: Sequence[Deal]) -> dict[str, Any]:
    share = ratio(sum(deal.status == WON for deal in past), len(past))
    money = sum(deal.price for deal in here)
    return {
        "deals": len(here),
        "sum": money,
        "share": share,
        "sample": len(past),
        "expected": None if share is None else round(money * share),
        "status": GREY if len(past) < FEW else OK,
    }
