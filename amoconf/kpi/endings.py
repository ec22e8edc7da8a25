"""Reasons of losses, and what becomes of incoming leads."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from amoconf.facts import LOST
from amoconf.kpi.ground import Ground
from amoconf.kpi.names import Names
from amoconf.kpi.passage import stays
from amoconf.kpi.table import Table, ratio, summed
from amoconf.kpi.window import Window
from amoconf.tongue import tr

# Keys of the summary (guess: protocol page 7.9 names the call, not its answer).
SUMMARY = "/api/v4/leads/unsorted/summary"


def loss_reasons(ground: Ground, window: Window) -> list[Table]:
    """Reasons of each pipeline, the commonest first; deals without a reason are one of the rows."""
    counts: Counter[tuple[int, int]] = Counter()
    money: Counter[tuple[int, int]] = Counter()
    totals: Counter[int] = Counter()
    sql = """SELECT pipeline_id, coalesce(loss_reason_id, 0), count(*), sum(coalesce(price, 0)) FROM leads
        WHERE status_id = 143 AND closed_at >= ? AND closed_at < ? GROUP BY 1, 2"""
    for pipeline, reason, count, price in ground.ask(sql, window.start, window.end):
        if ground.takes(pipeline):
            counts[pipeline, reason], money[pipeline, reason] = count, price
            totals[pipeline] += count
    names = Names(ground)
    rows = [
        {
            "pipeline": names.of("pipeline", pipeline).name,
            "reason": names.of("reason", reason).name,
            "deals": count,
            "share": ratio(count, totals[pipeline]),
            "sum": money[pipeline, reason],
        }
        for (pipeline, reason), count in sorted(
            counts.items(), key=lambda row: (-totals[row[0][0]], row[0][0], -row[1], row[0][1])
        )
    ]
    return [
        Table(
            "loss-reasons",
            tr("Loss reasons"),
            ("pipeline", "reason", "deals", "share", "sum"),
            rows,
            tr(
                "deals lost in the window, by the reason in amoCRM's dictionary; shares are of the pipeline's losses"
            ),
            (),
            summed(rows, "deals", "sum"),
        )
    ]


def unsorted(
    ground: Ground, window: Window, told: Mapping[str, Any] | None = None, unread: str = ""
) -> list[Table]:
    """Incoming leads by pipeline. told: the service's own summary; unread: why there is none."""
    times = stays(ground, window)
    deals = [deal for deal in ground.deals(window) if (deal.pipeline, deal.status) in ground.unsorted]
    rows = []
    for place in sorted(ground.unsorted):
        waiting = [deal.created for deal in deals if (deal.pipeline, deal.status) == place]
        out, declined = _gone(ground, window, place)
        if ground.takes(place[0]) and (waiting or out):
            seconds = times.get(place, ())
            rows.append(
                {
                    "pipeline": Names(ground).of("pipeline", place[0]).name,
                    "waiting": len(waiting),
                    "oldest_hours": round((window.end - min(waiting)) / 3600, 1) if waiting else None,
                    "accepted": out - declined,
                    "declined": declined,
                    "accepted_share": ratio(out - declined, out),
                    "mean_hours": round(sum(seconds) / len(seconds) / 3600, 1) if seconds else None,
                }
            )
    table = Table(
        "unsorted",
        tr("Incoming leads"),
        ("pipeline", "waiting", "oldest_hours", "accepted", "declined", "accepted_share", "mean_hours"),
        rows,
        tr(
            "deals in incoming-leads stages when the window ended, and deals that left them in it: to lost is declined, to any other stage is accepted; mean processing: of those whose beginning is known"
        ),
        (tr("Declined leads that the account deletes are not seen."), *_said(told, unread)),
    )
    return [table]


def _gone(ground: Ground, window: Window, place: tuple[int, int]) -> tuple[int, int]:
    """(deals that left a stage in the window, of them to lost)."""
    sql = f"SELECT count(*), coalesce(sum(after = {LOST}), 0) FROM moved WHERE above = ? AND before = ? AND at >= ? AND at < ?"
    out, declined = next(ground.ask(sql, *place, window.start, window.end))
    return int(out), int(declined)


def _said(told: Mapping[str, Any] | None, unread: str) -> list[str]:
    """The service's own summary: of the whole account, since its beginning."""
    if unread:
        return [tr("amoCRM's own counter was not read: {reason}.", reason=unread)]
    if not told or not told.get("total"):
        return []
    text = tr(
        "amoCRM's own counter, since the account began: {total} came, {accepted} accepted ({share:.0%}), {declined} declined, mean processing {minutes:.0f} min.",
        total=told["total"],
        accepted=told.get("accepted", 0),
        share=told.get("accepted", 0) / told["total"],
        declined=told.get("declined", 0),
        minutes=(told.get("average_sort_time") or 0) / 60,
    )
    return [text]
