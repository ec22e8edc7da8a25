"""Work that is due: next steps, overdue tasks, stuck deals, deals in one person's hands, touches."""

from amoconf.kpi.ground import Deal, Ground
from amoconf.kpi.seen import Seen
from amoconf.kpi.window import Window

# When a task was completed: its event says so; where none is known, its last change (guess: completing it was that).
OVER = "CASE WHEN t.is_completed THEN coalesce(d.at, t.updated_at) END"
COMPLETED = """LEFT JOIN (SELECT record, max(at) at FROM touched WHERE kind = 'task_completed' AND entity = 'task'
    GROUP BY record) d ON d.record = t.id"""
# Tasks that were made before ?1 and not over before ?2, with their deal.
TASKS = f"""SELECT t.responsible_user_id, coalesce(t.complete_till, 1 << 60), {OVER}, t.entity_id, l.pipeline_id, l.source_id
    FROM tasks t LEFT JOIN leads l ON l.id = t.entity_id AND t.entity_type = 'leads' {COMPLETED}
    WHERE t.created_at < ?1 AND coalesce({OVER}, ?2) >= ?2"""
TOUCHED = """SELECT l.pipeline_id, l.responsible_user_id, l.source_id, count(d.at) FROM leads l
    LEFT JOIN {contacted} d ON d.deal = l.id AND d.at <= l.closed_at
      AND (d.kind LIKE 'incoming%' OR d.person NOT IN ({robots}))
    WHERE l.status_id = 142 AND l.created_at >= ?1 AND l.closed_at >= ?1 AND l.closed_at < ?2 GROUP BY l.id"""


def _of(deal: Deal, value: float) -> Seen:
    return Seen(value, deal.pipeline, deal.manager, deal.source, (deal.pipeline, deal.status))


def next_step(ground: Ground, window: Window) -> list[Seen]:
    """Whether an open deal has an open task that is not overdue, when the window ended.

    By the tasks, for what a deal says of its closest task may lag (guess: protocol page 8.2). Deadlines that were moved
    count as they are now.
    """
    end = window.end
    rows = ground.ask(TASKS, end, end)
    busy = {deal for _, till, _, deal, pipeline, _ in rows if pipeline is not None and till >= end}
    return [_of(deal, deal.id in busy) for deal in ground.deals(window) if deal.is_open]


def overdue(ground: Ground, window: Window) -> list[Seen]:
    """Tasks open when the window ended, overdue or not, and tasks completed in it, late or not."""
    found = []
    for manager, till, at, _, pipeline, source in ground.ask(TASKS, window.end, window.start):
        is_open = at is None or at >= window.end
        if ground.takes(pipeline):
            late = till < (window.end if is_open else at)
            found.append(Seen(late, pipeline, manager, source))
    return found


def stuck(ground: Ground, window: Window) -> list[Seen]:
    """Whether an open deal is longer in its stage than the stage's limit, when the window ended."""
    rows = [
        (deal, ground.limits.get((deal.pipeline, deal.status)))
        for deal in ground.deals(window)
        if deal.is_open
    ]
    return [_of(deal, deal.entered < window.end - limit) for deal, limit in rows if limit is not None]


def open_deals(ground: Ground, window: Window) -> list[Seen]:
    """Open deals that somebody is responsible for."""
    return [_of(deal, 1) for deal in ground.deals(window) if deal.is_open and deal.manager]


def touches(ground: Ground, window: Window) -> list[Seen]:
    """Calls, messages, notes and completed tasks of deals created and won in the window: their whole way is known."""
    tables = {"contacted": ground.contacted(), "robots": ",".join(map(str, sorted(ground.robots)))}
    rows = ground.ask(TOUCHED.format(**tables), window.start, window.end)
    return [Seen(count, *where) for *where, count in rows if ground.takes(where[0])]
