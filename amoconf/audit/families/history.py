"""Family F, events: how soon clients are answered, how often, and how deals go to and fro."""

from collections.abc import Iterator
from statistics import mean, median

from amoconf.audit.case import LOST, WON, Case, number_of
from amoconf.audit.families.deals import norm, work
from amoconf.audit.families.pipelines import pipelines, stages
from amoconf.audit.rule import EVENTS, FEW, GREY, INFO, RECORDS, SHARE, WARN, Family, Figure, Said
from amoconf.tongue import later, tr

FAMILY = Family()
rule = FAMILY.rule
NEEDS = (RECORDS, EVENTS, "leads/pipelines")
# Touches of a deal: its own, those of its contacts, and of its tasks. Robots are user 0 (third party: protocol page 9.3).
TOUCHES = """SELECT record deal, at, kind, person FROM touched WHERE entity = 'lead'
    UNION ALL SELECT l.record, t.at, t.kind, t.person FROM touched t JOIN link l
      ON l.entity = 1 AND l.to_entity = 2 AND l.to_record = t.record WHERE t.entity = 'contact'
    UNION ALL SELECT k.entity_id, t.at, t.kind, t.person FROM touched t JOIN tasks k
      ON k.id = t.record AND k.entity_type = 'leads' WHERE t.entity = 'task'"""
DELAYS = f"""SELECT l.id, min(d.at) - l.created_at FROM leads l LEFT JOIN ({TOUCHES}) d
    ON d.deal = l.id AND d.person > 0 AND d.at >= l.created_at AND d.kind NOT LIKE 'incoming%'
    WHERE l.created_at >= ? GROUP BY l.id"""


def delays(case: Case) -> dict[int, int | None]:
    """Deals created since events are known → seconds to the first response of a person; None where there is none."""
    return {key: delay for key, delay in case.records.ask(DELAYS, case.facts.since) if key not in case.ids}


@rule(
    "F08",
    later("First response comes late"),
    how=later(
        "median of the time from a deal's creation to the first outgoing call, message, note or completed task of a person, of deals created since events are known; working hours are not considered, nor is the channel, which the API does not tell"
    ),
    todo=later("decide who answers, and by when; let the digital pipeline remind"),
    limits={"warn": 30},
    needs=NEEDS,
    keep=work,
    figures={
        "first_response_minutes": later("median minutes to the first response"),
        "first_response_mean_minutes": later("mean"),
        "deals_answered": later("deals with a response"),
        "deals_to_answer": later("deals created since events are known"),
    },
)
def first_response(case: Case) -> Iterator[Said]:
    """kpi.first_response.forms, where the spec says it, is the threshold."""
    wanted = case.facts.wanted
    case.limits[WARN] = (wanted.settings.kpi if wanted else {}).get(
        "first_response.forms", case.limits[WARN] * 60
    ) / 60
    every = delays(case)
    found = [delay / 60 for delay in every.values() if delay is not None]
    yield Figure("deals_to_answer", len(every))
    yield Figure("deals_answered", len(found))
    if not found:
        return
    middle = round(median(found), 1)
    yield Figure("first_response_minutes", middle)
    yield Figure("first_response_mean_minutes", round(mean(found), 1))
    yield from case.over(
        tr(
            "half of {count} answered deals waited more than {middle:g} minutes",
            count=len(found),
            middle=middle,
        ),
        middle,
        severity=GREY if len(found) < FEW else None,
    )


@rule(
    "F09",
    later("Answered in time"),
    how=later(
        "share of deals created since events are known whose first response came within `minutes` minutes; the youngest, that still have time, aside"
    ),
    todo=later("look at those who were never answered first"),
    limits={"warn": 0.85, "minutes": 30},
    needs=NEEDS,
    measure=SHARE,
    low=True,
    keep=work,
    figures={
        "answered_in_time": later("deals answered in time"),
        "answered_due": later("deals that should have been answered"),
    },
)
def in_time(case: Case) -> Iterator[Said]:
    """kpi.first_response.share, where the spec says it, is the threshold."""
    norm(case, "first_response.share")
    span = case.limits["minutes"] * 60
    young = {
        key
        for (key,) in case.records.ask(
            "SELECT id FROM leads WHERE created_at > ?", case.facts.now - round(span)
        )
    }
    every = {key: delay for key, delay in delays(case).items() if key not in young}
    late = [key for key, delay in every.items() if delay is None or delay > span]
    good = len(every) - len(late)
    yield Figure("answered_in_time", good)
    yield Figure("answered_due", len(every))
    yield from case.over(
        tr(
            "{count} of {total} new deals were answered within {minutes} minutes",
            count=good,
            total=len(every),
            minutes=case.limits["minutes"],
        ),
        good,
        len(every),
        ids=late,
        entity="leads",
    )


@rule(
    "F10",
    later("Touches of a won deal"),
    how=later(
        "mean number of calls, messages, notes and completed tasks of deals created and won since events are known"
    ),
    todo=later("fewer than 8: sellers give up early; more than 12: look at what repeats"),
    limits={"info": 12, "least": 8},
    needs=NEEDS,
    keep=work,
    figures={
        "touches_per_won": later("mean touches of a won deal"),
        "won_with_touches_known": later("won deals whose whole way is known"),
    },
)
def touches(case: Case) -> Iterator[Said]:
    """Deals older than the window would look untouched."""
    sql = f"SELECT l.id, count(d.at) FROM leads l LEFT JOIN ({TOUCHES}) d ON d.deal = l.id AND d.at <= l.closed_at WHERE l.status_id = {WON} AND l.created_at >= ? GROUP BY l.id"
    counts = [count for _, count in case.records.ask(sql, case.facts.since)]
    yield Figure("won_with_touches_known", len(counts))
    if counts:
        middle = round(mean(counts), 1)
        yield Figure("touches_per_won", middle)
        if not case.limits["least"] <= middle <= case.limits[INFO]:
            text = tr(
                "a won deal has {middle:g} touches; {least} to {most} are usual",
                middle=middle,
                least=case.limits["least"],
                most=case.limits[INFO],
            )
            yield from case.over(text, middle, severity=GREY if len(counts) < FEW else INFO)


@rule(
    "F16",
    later("Deals that go backwards"),
    how=later(
        "share of the deals moved since events are known that went to an earlier stage of their pipeline, or out of won or lost"
    ),
    todo=later("make the criteria of the stages clearer; ask why closed deals come back"),
    limits={"warn": 0.1},
    needs=NEEDS,
    measure=SHARE,
    keep=work,
    figures={
        "deals_moved": later("deals that changed their stage"),
        "deals_moved_back": later("of them backwards"),
        "deals_reopened": later("out of won or lost"),
    },
)
def backwards(case: Case) -> Iterator[Said]:
    """Moves to another pipeline are neither."""
    order = {
        (number_of(above), number_of(item)): place
        for above in pipelines(case)
        for place, item in enumerate(stages(case, above))
    }
    moved, back, again = set(), set(), set()
    for deal, above, before, pipeline, after in case.records.ask(
        "SELECT deal, above, before, pipeline, after FROM moved"
    ):
        moved.add(deal)
        if before in (WON, LOST) and after not in (WON, LOST):
            again.add(deal)
        elif above == pipeline and order.get((above, before), -1) > order.get((pipeline, after), len(order)):
            back.add(deal)
    yield Figure("deals_moved", len(moved))
    yield Figure("deals_moved_back", len(back))
    yield Figure("deals_reopened", len(again))
    ids = sorted((back | again) - case.ids)
    yield from case.over(
        tr("{count} of {total} deals that moved went backwards", count=len(ids), total=len(moved)),
        len(ids),
        len(moved),
        ids=ids,
        entity="leads",
    )
