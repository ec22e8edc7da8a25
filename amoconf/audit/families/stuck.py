"""Family C, events: deals that stay too long in a stage, and stages that they skip."""

from collections.abc import Iterator

from amoconf.audit.case import Case
from amoconf.audit.families.pipelines_records import deals, place, title
from amoconf.audit.rule import SHARE, Family, Figure, Said
from amoconf.digits import number
from amoconf.facts import DAY, EVENTS, FEW, RECORDS, WON, name_of, number_of
from amoconf.model import Resource
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule
NEEDS = (RECORDS, "leads/pipelines")


@rule(
    "C08",
    later("Deals beyond the limit of their stage"),
    how=later(
        "open deals longer in their stage than stall_limit, or 2 days for qualification, 5 for negotiation, 14 otherwise; entered by the last stage event, else when created; of deals in incoming-leads stages nobody says a limit, and they are left out"
    ),
    todo=later("move the deal, or close it with a reason; set a task"),
    limits={"warn": 0},
    needs=(*NEEDS, EVENTS),
    keep=deals,
    figures={"deals_stuck": later("open deals beyond the limit of their stage")},
)
def stuck(case: Case) -> Iterator[Said]:
    """All stages in one finding; C09 tells them apart."""
    conditions = [_beyond(case, stage) for stage in case.facts.stages]
    where = " OR ".join(f"({one})" for one in conditions) or "0"
    places = " OR ".join(f"({place(stage, case.facts)})" for stage in case.facts.stages) or "0"
    total = case.number(f"SELECT count(*) FROM standing WHERE {places}")
    found = case.tally("standing", where)
    yield Figure("deals_stuck", found.all)
    yield from case.tallied(
        tr(
            "{count} of {total} open deals are beyond the limit of their stage",
            count=found.count,
            total=total,
        ),
        found,
        total,
        entity="leads",
    )


def _beyond(case: Case, stage: Resource) -> str:
    return f"{place(stage, case.facts)} AND entered < {case.facts.now - case.facts.limit_of(stage)}"


@rule(
    "C09",
    later("Stages where deals get stuck"),
    how=later(
        "share of a stage's open deals beyond its limit; kpi.stalled_per_stage, where the spec says it, is the threshold"
    ),
    todo=later("look at the stage in the daily meeting; split it, or make its criterion clearer"),
    limits={"warn": 0.1},
    needs=(*NEEDS, EVENTS),
    measure=SHARE,
    keep=deals,
    figures={"stage_stuck": later("open deals beyond the limit, by stage")},
)
def stuck_stages(case: Case) -> Iterator[Said]:
    """Stages with few deals are grey."""
    case.norm("stalled_per_stage")
    for stage in case.left(case.facts.stages):
        total = case.number(f"SELECT count(*) FROM standing WHERE {place(stage, case.facts)}")
        found = case.tally("standing", _beyond(case, stage))
        if total:
            yield Figure("stage_stuck", found.all, title(case, stage))
            text = tr(
                "“{stage}”: {count} of {total} deals are beyond {days} days",
                stage=title(case, stage),
                count=found.count,
                total=total,
                days=number(case.facts.limit_of(stage) / DAY),
            )
            yield from case.tallied(text, found, total, address=stage.address, entity="leads")


@rule(
    "C10",
    later("Deals far longer in a stage than others"),
    how=later("open deals longer in their stage than twice the mean of the deals that stand there"),
    todo=later("begin the daily meeting with these"),
    limits={"info": 0, "times": 2},
    needs=(*NEEDS, EVENTS),
    keep=deals,
    figures={"deals_slow": later("open deals beyond twice the mean of their stage")},
)
def slow(case: Case) -> Iterator[Said]:
    """The mean of those that stand there now, for those that left are not all known."""
    now, times = case.facts.now, case.limits["times"]
    mean = f"SELECT pipeline_id p, status_id s, avg({now} - entered) m FROM standing GROUP BY 1, 2"
    where = f"id IN (SELECT id FROM standing JOIN ({mean}) ON p = pipeline_id AND s = status_id WHERE {now} - entered > {times} * m)"
    found = case.tally("standing", where)
    yield Figure("deals_slow", found.all)
    yield from case.tallied(
        trn(
            "{number} open deal is {times} times longer in its stage than the stage's mean",
            "{number} open deals are {times} times longer in their stage than its mean",
            found.count,
            times=times,
        ),
        found,
        entity="leads",
    )


@rule(
    "C14",
    later("Stages that deals skip"),
    how=later("share of won deals, created since events are known, that never stood in a stage"),
    todo=later("take the stage away, or require what it is for"),
    limits={"warn": 0.5},
    needs=(*NEEDS, EVENTS),
    measure=SHARE,
    keep=deals,
    figures={
        "stage_reached": later("deals created since events are known that stood in a stage, by stage"),
        "stage_reached_won": later("of them won"),
        "won_known": later("won deals created since events are known, by pipeline"),
    },
)
def skipped(case: Case) -> Iterator[Said]:
    """Only deals whose whole way is known count."""
    sql = """SELECT pipeline_id, status, count(*), sum(won) FROM (
        SELECT DISTINCT l.id, l.pipeline_id, s.status, l.status_id = 142 won FROM leads l JOIN (
          SELECT deal, before status FROM moved UNION ALL SELECT deal, after FROM moved
          UNION ALL SELECT id, status_id FROM leads) s ON s.deal = l.id
        WHERE l.created_at >= ?) GROUP BY 1, 2"""
    reached = {row[:2]: row[2:] for row in case.records.ask(sql, case.facts.since)}
    for pipeline in case.facts.pipelines:
        key = number_of(pipeline)
        total = int(reached.get((key, WON), (0, 0))[0])
        yield Figure("won_known", total, name_of(pipeline))
        for stage in case.facts.stages_of(pipeline):
            been, won = reached.get((key, number_of(stage)), (0, 0))
            yield Figure("stage_reached", been, title(case, stage))
            yield Figure("stage_reached_won", won, title(case, stage))
            if total >= FEW and stage in case.left([stage]):
                yield from case.over(
                    tr(
                        "“{stage}”: {count} of {total} won deals never stood there",
                        stage=title(case, stage),
                        count=total - won,
                        total=total,
                    ),
                    total - won,
                    total,
                    address=stage.address,
                )
