"""How deals pass through the stages of a pipeline: how far each came, and how long it stayed."""

from collections.abc import Iterable
from statistics import fmean

from amoconf.facts import LOST, WON, number_of
from amoconf.kpi.ground import Deal, Ground
from amoconf.kpi.window import DAY, Window
from amoconf.model import Resource

Place = tuple[int, int]  # pipeline id, stage id


def courses(ground: Ground) -> list[tuple[Resource, list[tuple[Place, Resource]]]]:
    """Pipelines in use that are asked about, each with its ordinary stages in order."""
    return [
        (pipeline, [(ground.place_of(stage), stage) for stage in ground.facts.stages_of(pipeline)])
        for pipeline in ground.facts.pipelines
        if ground.takes(number_of(pipeline))
    ]


def furthest(ground: Ground, deals: Iterable[Deal], end: int) -> dict[int, int]:
    """Deal id → rank of the furthest stage of its pipeline that it reached before a moment; won is behind the last.

    Told by where it stood, and by the stages that its moves name. Every deal passed the first stage, and who reached a
    stage passed those before it (KPI: stage conversion). -1: an incoming lead, waiting or declined, which reached none.
    """
    lengths: dict[int, int] = {}
    for pipeline, _ in ground.order:
        lengths[pipeline] = lengths.get(pipeline, 0) + 1
    known = {deal.id: deal for deal in deals}
    found = {
        key: [
            lengths.get(deal.pipeline, 0) if deal.status == WON else _rank(ground, deal.pipeline, deal.status)
        ]
        for key, deal in known.items()
    }
    sql = "SELECT deal, above, before FROM moved WHERE at < ?1 UNION ALL SELECT deal, pipeline, after FROM moved WHERE at < ?1"
    for key, pipeline, stage in ground.ask(sql, end):
        deal = known.get(key)
        if deal is not None and deal.pipeline == pipeline and deal.status != WON:
            found[key].append(_rank(ground, pipeline, stage))
    return {key: max((rank for rank in ranks if rank is not None), default=0) for key, ranks in found.items()}


def _rank(ground: Ground, pipeline: int, stage: int) -> int | None:
    """0 of a stage that is no more; None of lost, which every stage leads to."""
    if stage == LOST:
        return None
    return -1 if (pipeline, stage) in ground.unsorted else ground.order.get((pipeline, stage), 0)


def stays(ground: Ground, window: Window) -> dict[Place, list[int]]:
    """Stage → seconds that deals stood there that left it in the window; stays whose beginning is not known are left out."""
    since = ground.facts.since or 0
    sql = """SELECT m.deal, m.above, m.before, m.at, l.created_at FROM moved m JOIN leads l ON l.id = m.deal
        WHERE m.at < ? ORDER BY m.deal, m.at, m.event"""
    found: dict[Place, list[int]] = {}
    last: tuple[int, int] = (0, 0)
    for deal, pipeline, stage, at, created in ground.ask(sql, window.end):
        # Of a deal made before events are known, earlier moves may be missing.
        begin = last[1] if last[0] == deal else created if created >= since else None
        if begin is not None and at >= window.start and ground.takes(pipeline):
            found.setdefault((pipeline, stage), []).append(at - begin)
        last = (deal, at)
    return found


def mean_days(seconds: Iterable[int]) -> float | None:
    """Their mean in days; None where there are none."""
    rows = list(seconds)
    return round(fmean(rows) / DAY, 2) if rows else None
