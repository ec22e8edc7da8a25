"""Family F, events: how soon clients are answered, how often, and how deals go to and fro."""

from collections.abc import Iterator
from statistics import mean, median
from typing import TYPE_CHECKING

from amoconf.audit.case import Case
from amoconf.audit.families.deals import work
from amoconf.audit.rule import GREY, INFO, SHARE, WARN, Family, Figure, Said
from amoconf.digits import number
from amoconf.facts import EVENTS, FEW, LOST, RECORDS, WHOLE, WON, number_of
from amoconf.tongue import later, tr, trn

if TYPE_CHECKING:
    from amoconf.kpi.answers import Response
    from amoconf.kpi.ground import Ground

FAMILY = Family()
rule = FAMILY.rule
NEEDS = (RECORDS, EVENTS, "leads/pipelines")
# Touches of a deal: its own, those of its contacts, and of its tasks. Robots are user 0 (third party: protocol page 9.3).


def responses(case: Case) -> "tuple[Ground, list[Response]]":
    """New deals as the board sees them, those excused aside."""
    from amoconf.kpi.answers import responses
    from amoconf.kpi.audited import known

    here, window = known(case.facts)
    return here, [row for row in responses(here, window) if row.deal not in case.ids]


@rule(
    "F08",
    later("First response comes late"),
    how=later(
        "mean working time from a deal's creation to the first outgoing call, message, note or completed task of a person, of deals created and answered since events are known, as on the board; the norm is that of the deals' channels: kpi.first_response, where the spec says it"
    ),
    todo=later("decide who answers, and by when; let the digital pipeline remind"),
    limits={"warn": 30},
    needs=NEEDS,
    keep=work,
    figures={
        "first_response_minutes": later("mean minutes of working time to the first response"),
        "first_response_median_minutes": later("median minutes of working time to the first response"),
        "deals_answered": later("deals with a response"),
        "deals_to_answer": later("deals created since events are known"),
    },
)
def first_response(case: Case) -> Iterator[Said]:
    """A limit in policy.audit comes before the norms."""
    from amoconf.kpi.answers import norm_of

    here, every = responses(case)
    rows = [row for row in every if row.answered]
    yield Figure("deals_to_answer", len(every))
    yield Figure("deals_answered", len(rows))
    if not rows:
        return
    if case.limits[WARN] == case.rule.limits[WARN]:
        case.limits[WARN] = mean(norm_of(here, row.channel) for row in rows) / 60
    value = round(mean(row.waited for row in rows) / 60, 1)
    yield Figure("first_response_minutes", value)
    yield Figure("first_response_median_minutes", round(median(row.waited for row in rows) / 60, 1))
    text = trn(
        "{number} answered deal waited {minutes} minutes of working time on average",
        "{number} answered deals waited {minutes} minutes of working time on average",
        len(rows),
        minutes=number(value),
    )
    yield from case.over(text, value, severity=GREY if len(rows) < FEW else None)


@rule(
    "F09",
    later("Answered in time"),
    how=later(
        "share of deals created since events are known that a person answered within the norm of their channel, in working time, as on the board; those that still have time aside"
    ),
    todo=later("look at those who were never answered first"),
    limits={"warn": 0.85},
    needs=(*NEEDS, WHOLE),
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
    from amoconf.kpi.answers import norm_of

    case.norm("first_response.share")
    here, every = responses(case)
    soon = [row.deal for row in every if row.answered and row.waited <= norm_of(here, row.channel)]
    late = [row.deal for row in every if row.waited > norm_of(here, row.channel)]
    due = len(soon) + len(late)
    yield Figure("answered_in_time", len(soon))
    yield Figure("answered_due", due)
    text = tr("{count} of {total} new deals were answered in time", count=len(soon), total=due)
    yield from case.over(text, len(soon), due, ids=late, entity="leads")


@rule(
    "F10",
    later("Touches of a won deal"),
    how=later(
        "mean number of calls, messages, notes and completed tasks of deals created and won since events are known, as on the board"
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
    from amoconf.kpi.audited import known
    from amoconf.kpi.work import touches

    case.norm("touches_per_won.max", INFO)
    case.norm("touches_per_won.min", "least")
    counts = [seen.value for seen in touches(*known(case.facts))]
    yield Figure("won_with_touches_known", len(counts))
    if counts:
        middle = round(mean(counts), 1)
        yield Figure("touches_per_won", middle)
        if not case.limits["least"] <= middle <= case.limits[INFO]:
            text = tr(
                "a won deal has {middle} touches; {least} to {most} are usual",
                middle=number(middle),
                least=number(case.limits["least"]),
                most=number(case.limits[INFO]),
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
        for above in case.facts.pipelines
        for place, item in enumerate(case.facts.stages_of(above))
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
