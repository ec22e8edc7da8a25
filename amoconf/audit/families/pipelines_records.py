"""Family C, records: how deals stand in stages and pass through them."""

from collections.abc import Iterator
from typing import Any

from amoconf.audit import wording
from amoconf.audit.case import Case, applied
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import SHARE, Family, Figure, Said
from amoconf.facts import DAY, LOST, RECORDS, WHOLE, WON, Facts, name_of, number_of
from amoconf.model import Resource
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr
from amoconf.values import Address
from amoconf.years import years

FAMILY = Family()
rule = FAMILY.rule
NEEDS = (RECORDS, "leads/pipelines")


def deals(facts: Facts) -> Keep:
    """Deals, no field of them."""
    return Keep.of(leads=())


def place(stage: Resource, facts: Facts) -> str:
    """A condition for deals that stand in a stage."""
    above = facts.account.get(Address("pipeline", stage.address.home))
    return f"pipeline_id = {number_of(above)} AND status_id = {number_of(stage)}" if above else "0"


def title(case: Case, stage: Resource) -> str:
    """`Pipeline / Stage`."""
    above = case.facts.account.get(Address("pipeline", stage.address.home))
    return f"{name_of(above)} / {name_of(stage)}" if above else name_of(stage)


@rule(
    "C06",
    later("Enquiries that wait too long"),
    how=later(
        "deals in the incoming-leads stage created more than `hours` hours ago; how long processing took is not in the API"
    ),
    todo=later("take them up or decline them; name one who looks there every morning"),
    limits={"warn": 0, "hours": 24},
    needs=NEEDS,
    keep=deals,
    figures={
        "unsorted_deals": later("deals in incoming-leads stages"),
        "unsorted_waiting": later("of them older than 24 hours"),
    },
)
def waiting(case: Case) -> Iterator[Said]:
    """They are in the list of deals (official: protocol page 7.9)."""
    places = [
        place(item, case.facts) for item in case.facts.account.of("stage") if item.reserved == "unsorted"
    ]
    where = " OR ".join(f"({one})" for one in places) or "0"
    total = case.number(f"SELECT count(*) FROM leads WHERE {where}")
    old = case.tally("leads", f"({where}) AND created_at < ?", case.facts.now - case.limits["hours"] * 3600)
    yield Figure("unsorted_deals", total)
    yield Figure("unsorted_waiting", old.all)
    yield from case.tallied(
        tr(
            "{count} of {total} enquiries wait for more than {hours} hours",
            count=old.count,
            total=total,
            hours=case.limits["hours"],
        ),
        old,
        total,
        entity="leads",
    )


@rule(
    "C07",
    later("Pipelines and stages that nobody uses"),
    how=later(
        "pipelines in use without a deal created in the last `days` days; stages of the other pipelines without a single deal; archived pipelines with new deals"
    ),
    todo=later(
        "archive the pipeline (archived: <why>), take the stage away (absent: <why>, move_deals_to: …)"
    ),
    limits={"warn": 0, "days": 90},
    needs=(*NEEDS, WHOLE),
    keep=deals,
    figures={
        "deals": later("deals"),
        "deals_active": later("of them neither won nor lost"),
        "deals_won": later("won"),
        "deals_lost": later("lost"),
        "pipeline_deals": later("deals, by pipeline"),
        "pipeline_active": later("active, by pipeline"),
        "pipeline_won": later("won, by pipeline"),
        "pipeline_lost": later("lost, by pipeline"),
        "pipelines_idle": later("pipelines in use without a new deal for 90 days"),
        "stages_empty": later("stages without a deal in pipelines that get new ones"),
    },
)
def unused(case: Case) -> Iterator[Said]:
    """One pass over the deals, grouped by where they stand."""
    sql = "SELECT pipeline_id, status_id, count(*), sum(created_at >= ?) FROM leads GROUP BY 1, 2"
    rows = list(case.records.ask(sql, case.days_ago(case.limits["days"])))
    yield from _outcomes(case, rows)
    fresh = {key for key, _, _, new in rows if new}
    idle = [item for item in case.facts.pipelines if number_of(item) not in fresh]
    full = {(pipeline, stage) for pipeline, stage, _, _ in rows}
    busy = [item for item in case.facts.pipelines if item not in idle]
    empty = [
        stage
        for item in busy
        for stage in case.facts.stages_of(item)
        if (number_of(item), number_of(stage)) not in full
    ]
    revived = [
        item for item in case.things("pipeline") if item.attrs.get("in_archive") and number_of(item) in fresh
    ]
    yield Figure("pipelines_idle", len(idle))
    yield Figure("stages_empty", len(empty))
    spec = proposed(case, case.left(idle), archived=tr("no new deals"))
    yield from case.listed(
        tr("pipelines without a new deal for {days} days", days=case.limits["days"]),
        idle,
        total=len(case.facts.pipelines),
        address="pipeline/idle",
        entity="pipelines",
        spec=spec,
    )
    yield from case.listed(tr("stages without a single deal"), empty, address="stage/empty", entity="stages")
    yield from case.listed(
        tr("archived pipelines that get new deals"), revived, address="pipeline/archived", entity="pipelines"
    )


def _outcomes(case: Case, rows: list[tuple[Any, ...]]) -> Iterator[Figure]:
    """Deals by outcome, of all and of each pipeline. rows: pipeline, stage, deals."""
    whole = _counts(rows)
    yield Figure("deals", whole.pop("deals"))
    yield from (Figure(f"deals_{name}", value) for name, value in whole.items())
    for item in case.facts.account.of("pipeline"):
        mine = _counts([row for row in rows if row[0] == number_of(item)])
        yield from (Figure(f"pipeline_{name}", value, name_of(item)) for name, value in mine.items())


def _counts(rows: list[tuple[Any, ...]]) -> dict[str, int]:
    every = sum(row[2] for row in rows)
    won, lost = (sum(row[2] for row in rows if row[1] == stage) for stage in (WON, LOST))
    return {"deals": every, "active": every - won - lost, "won": won, "lost": lost}


@rule(
    "C15",
    later("No pipeline for enquiries"),
    how=later(
        "deals created in the last 30 days in one pipeline, where no pipeline's name speaks of enquiries or qualification"
    ),
    todo=later("make a short pipeline in which enquiries are qualified, and hand on what is worth it"),
    limits={"warn": 1000},
    needs=NEEDS,
    keep=deals,
    figures={"pipeline_new": later("deals created in the last 30 days, by pipeline")},
)
def entry(case: Case) -> Iterator[Said]:
    """Sellers who sort enquiries do not sell."""
    sql = "SELECT pipeline_id, count(*) FROM leads WHERE created_at >= ? GROUP BY 1"
    fresh = dict(case.records.ask(sql, case.days_ago(30)))
    has_one = any(wording.INBOUND.search(name_of(item)) for item in case.facts.pipelines)
    wanted = case.facts.wanted.of("pipeline") if case.facts.wanted else ()
    said = any(wording.INBOUND.search(name_of(item)) for item in wanted if not item.marks.leaves)
    for item in case.left(case.facts.pipelines):
        count = fresh.get(number_of(item), 0)
        yield Figure("pipeline_new", count, name_of(item))
        if not has_one:
            spec = "pipelines:\n  inbound:\n    name: Входящие обращения\n    stages: {new: {name: Новое обращение}, qualification: {name: Квалификация, stall_limit: 2d}}"
            yield from case.over(
                tr(
                    "“{name}” got {count} new deals in 30 days, and nothing qualifies them",
                    name=name_of(item),
                    count=count,
                ),
                count,
                address=item.address,
                spec="" if said else spec,
                settled=applied() if said else "",
            )


@rule(
    "C16",
    later("Won deals without a price"),
    how=later(
        "share of won deals whose price is 0; per pipeline and year of creation also deals, wins, revenue and mean cycle"
    ),
    todo=later("require the budget at the stage where it is known"),
    limits={"warn": 0.05},
    needs=NEEDS,
    measure=SHARE,
    keep=deals,
    figures={
        "won_without_price": later("won deals with price 0"),
        "year_deals": later("deals, by pipeline and year of creation"),
        "year_won": later("of them won"),
        "year_revenue": later("sum of their prices"),
        "year_cycle_days": later("mean days from creation to winning"),
    },
)
def unpriced(case: Case) -> Iterator[Said]:
    """Rates are always of one pipeline; years are those of the account's time zone."""
    total = case.number(f"SELECT count(*) FROM leads WHERE status_id = {WON}")
    found = case.tally("leads", f"status_id = {WON} AND coalesce(price, 0) = 0")
    yield Figure("won_without_price", found.all)
    yield from case.tallied(
        tr("{count} of {total} won deals have no price", count=found.count, total=total),
        found,
        total,
        entity="leads",
    )
    first = case.number("SELECT min(created_at) FROM leads")
    for year, start, end in years(first, case.facts.now, str(case.facts.account.facts.get("timezone"))):
        yield from _year(case, year, start, end)


def _year(case: Case, year: int, start: int, end: int) -> Iterator[Figure]:
    won = f"status_id = {WON}"
    sql = f"""SELECT pipeline_id, count(*), sum({won}), sum(CASE WHEN {won} THEN price ELSE 0 END),
        avg(CASE WHEN {won} THEN closed_at - created_at END) FROM leads WHERE created_at >= ? AND created_at < ? GROUP BY 1"""
    rows = {row[0]: row[1:] for row in case.records.ask(sql, start, end)}
    for item in case.facts.account.of("pipeline"):
        if (row := rows.get(number_of(item))) is not None:
            count, wins, revenue, seconds = row
            days = round(seconds / DAY, 1) if seconds is not None else None
            figures = {"deals": count, "won": wins, "revenue": revenue, "cycle_days": days}
            yield from (
                Figure(f"year_{name}", value, f"{name_of(item)}, {year}") for name, value in figures.items()
            )
