"""How deals go on and end: steps from stage to stage, wins, reasons of losses."""

from amoconf.facts import WON
from amoconf.kpi.ground import Ground
from amoconf.kpi.seen import Seen
from amoconf.kpi.window import Window

MOVES = """SELECT m.above, m.before, m.pipeline, m.after, l.responsible_user_id, l.source_id FROM moved m
    JOIN leads l ON l.id = m.deal WHERE m.at >= ? AND m.at < ?"""
LOSSES = """SELECT pipeline_id, responsible_user_id, source_id, loss_reason_id FROM leads
    WHERE status_id = 143 AND coalesce(loss_reason_id, 0) > 0 AND closed_at >= ? AND closed_at < ?"""


def steps(ground: Ground, window: Window) -> list[Seen]:
    """Whether a deal that left an ordinary stage went on, to a later one or to won, or back or to lost.

    Moves to another pipeline are neither.
    """
    found = []
    for above, before, pipeline, after, manager, source in ground.ask(MOVES, window.start, window.end):
        rank = ground.order.get((above, before))
        if rank is None or above != pipeline or not ground.takes(pipeline):
            continue
        forward = after == WON or ground.order.get((pipeline, after), -1) > rank
        found.append(Seen(forward, pipeline, manager, source, (above, before)))
    return found


def wins(ground: Ground, window: Window) -> list[Seen]:
    """Whether a deal that was closed in the window was won."""
    return [
        Seen(deal.status == WON, deal.pipeline, deal.manager, deal.source) for deal in ground.closed(window)
    ]


def losses(ground: Ground, window: Window) -> list[Seen]:
    """Deals lost in the window with a reason."""
    rows = ground.ask(LOSSES, window.start, window.end)
    return [
        Seen(1, pipeline, manager, source, reason=reason)
        for pipeline, manager, source, reason in rows
        if ground.takes(pipeline)
    ]
