"""The summary: what was created, where deals stand and how long, what tasks people have."""

from amoconf.facts import name_of
from amoconf.kpi.ground import Ground
from amoconf.kpi.names import Names
from amoconf.kpi.passage import mean_days, stays
from amoconf.kpi.table import Table, ratio, summed
from amoconf.kpi.window import Window
from amoconf.kpi.work import COMPLETED, OVER
from amoconf.model import Resource
from amoconf.tongue import later, tr

ENTITIES = {
    "leads": later("deals"),
    "contacts": later("contacts"),
    "companies": later("companies"),
    "tasks": later("tasks"),
}


def summary(ground: Ground, window: Window) -> list[Table]:
    """Three tables."""
    return [created(ground, window), by_stage(ground, window), tasks(ground, window)]


def created(ground: Ground, window: Window) -> Table:
    """Cards and tasks made in the window; of deals those of the pipelines asked about."""
    robots = ",".join(map(str, sorted(ground.robots)))
    chosen = ",".join(map(str, sorted(ground.picked)))
    rows = []
    for entity, title in ENTITIES.items():
        of = f"AND pipeline_id IN ({chosen})" if entity == "leads" and chosen else ""
        sql = f"""SELECT count(*), coalesce(sum(coalesce(created_by, 0) IN ({robots})), 0) FROM {entity}
            WHERE created_at >= ? AND created_at < ? {of}"""
        count, by_robots = next(ground.ask(sql, window.start, window.end))
        rows.append({"entity": tr(title), "created": count, "by_robots": by_robots})
    return Table(
        "summary.created",
        tr("Created"),
        ("entity", "created", "by_robots"),
        rows,
        tr("records created in the window that still exist; robots: user 0 and policy.admins.technical"),
    )


def by_stage(ground: Ground, window: Window) -> Table:
    """Where open deals stood when the window ended, and how long those stayed that went on."""
    deals, times = [deal for deal in ground.deals(window) if deal.is_open], stays(ground, window)
    alive = {deal.pipeline for deal in deals} | {place[0] for place in times}
    names, rows = Names(ground), []
    for place, stage in _stages(ground):
        here = [deal for deal in deals if (deal.pipeline, deal.status) == place]
        if here or (place in ground.limits and place[0] in alive and ground.takes(place[0])):
            rows.append(
                {
                    "pipeline": names.of("pipeline", place[0]).name,
                    "stage": name_of(stage),
                    "deals": len(here),
                    "share": ratio(len(here), len(deals)),
                    "sum": sum(deal.price for deal in here),
                    "left": len(times.get(place, ())),
                    "mean_days": mean_days(times.get(place, ())),
                }
            )
    return Table(
        "summary.stages",
        tr("Open deals by stage"),
        ("pipeline", "stage", "deals", "share", "sum", "left", "mean_days"),
        rows,
        tr(
            "open deals when the window ended; moved on: stays that ended in the window and whose beginning is known; days in stage: their mean"
        ),
        (),
        summed(rows, "deals", "sum", "left"),
    )


def _stages(ground: Ground) -> list[tuple[tuple[int, int], Resource]]:
    """Stages with their places, closing ones aside, pipeline by pipeline, those in the archive last."""
    account = ground.facts.account
    above = sorted(account.of("pipeline"), key=lambda item: bool(item.attrs.get("in_archive")))
    return [
        (ground.place_of(stage), stage)
        for item in above
        for stage in account.within("stage", item.address.path)
        if stage.id is not None and stage.reserved not in ("won", "lost")
    ]


def tasks(ground: Ground, window: Window) -> Table:
    """Tasks by the user who is responsible; with pipelines picked, those of their deals."""
    chosen = ",".join(map(str, sorted(ground.picked)))
    deals = f"SELECT id FROM leads WHERE pipeline_id IN ({chosen})"
    of = f"WHERE t.entity_type = 'leads' AND t.entity_id IN ({deals})" if chosen else ""
    sql = f"""SELECT responsible_user_id, sum(is_open), sum(is_open AND till < ?2), sum(is_done), sum(is_new) FROM (
        SELECT t.responsible_user_id, coalesce(t.complete_till, 1 << 60) till,
          t.created_at < ?2 AND coalesce({OVER}, ?2) >= ?2 is_open,
          coalesce({OVER} >= ?1 AND {OVER} < ?2, 0) is_done,
          t.created_at >= ?1 AND t.created_at < ?2 is_new
        FROM tasks t {COMPLETED} {of})
      GROUP BY 1 HAVING sum(is_open) + sum(is_done) + sum(is_new) > 0 ORDER BY 2 DESC, 1"""
    names = Names(ground)
    columns = ("tasks_open", "tasks_overdue", "tasks_done", "tasks_created")
    rows = [
        {"manager": names.of("manager", user).name, **dict(zip(columns, counts, strict=True))}
        for user, *counts in ground.ask(sql, window.start, window.end)
    ]
    return Table(
        "summary.tasks",
        tr("Tasks by user"),
        ("manager", *columns),
        rows,
        tr("open and overdue when the window ended; done and set in the window"),
        (),
        summed(rows, *columns),
    )
