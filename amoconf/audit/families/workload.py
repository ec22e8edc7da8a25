"""Family F: how deals are spread over people, and what they are worth."""

from collections.abc import Iterator

from amoconf.audit.case import Case
from amoconf.audit.families.deals import deals, people
from amoconf.audit.rule import INFO, SHARE, WARN, Family, Figure, Said, Skip
from amoconf.digits import percent
from amoconf.facts import FEW, OPEN, RECORDS, WON, name_of, number_of
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule


@rule(
    "F04",
    later("Too many open deals for one person"),
    how=later(
        "open deals by responsible user; kpi.open_deals_per_manager, where the spec says it, is the threshold"
    ),
    todo=later("spread them, or close what is dead (F03)"),
    limits={"warn": 60, "error": 150},
    needs=(RECORDS, "users"),
    keep=deals,
    figures={
        "managers_overloaded": later("users with more than 60 open deals"),
        "deals_of_busiest": later("open deals of the one with most"),
    },
)
def overload(case: Case) -> Iterator[Said]:
    """One finding a person, the worst first."""
    case.norm("open_deals_per_manager")
    sql = f"SELECT responsible_user_id, count(*) FROM leads WHERE {OPEN} AND responsible_user_id > 0 GROUP BY 1 ORDER BY 2 DESC"
    rows, called, excused = list(case.records.ask(sql)), people(case), case.user_ids
    yield Figure("managers_overloaded", sum(count > case.limits[WARN] for _, count in rows))
    yield Figure("deals_of_busiest", rows[0][1] if rows else 0)
    for key, count in rows:
        if key not in excused:
            yield from case.over(
                trn(
                    "{who} has {number} open deal",
                    "{who} has {number} open deals",
                    count,
                    who=called.get(key, key),
                ),
                count,
                address=f"user/#{key}",
                ids=[key],
                entity="users",
            )


@rule(
    "F05",
    later("One person holds the pipeline"),
    how=later("the largest share of the open deals' value that one user is responsible for"),
    todo=later("spread the large deals"),
    limits={"warn": 0.4},
    needs=(RECORDS, "users"),
    keep=deals,
    figures={
        "open_value": later("sum of prices of open deals"),
        "open_value_of_one": later("of them the largest share of one user"),
    },
)
def concentration(case: Case) -> Iterator[Said]:
    """By value, not by count."""
    sql = (
        f"SELECT responsible_user_id, sum(price), count(*) FROM leads WHERE {OPEN} GROUP BY 1 ORDER BY 2 DESC"
    )
    rows = list(case.records.ask(sql))
    total, most = sum(row[1] or 0 for row in rows), (rows[0][1] or 0) if rows else 0
    yield Figure("open_value", total)
    yield Figure("open_value_of_one", most)
    if (
        total
        and sum(row[2] for row in rows) >= FEW
        and most > case.limits[WARN] * total
        and rows[0][0] not in case.user_ids
    ):
        yield from case.over(
            tr(
                "{who} holds {share} of the open value",
                who=people(case).get(rows[0][0], rows[0][0]),
                share=percent(most / total),
            ),
            most,
            total,
            ids=[rows[0][0]],
            entity="users",
            severity=WARN,
        )


@rule(
    "F06",
    later("Deals of nobody in particular"),
    how=later("share of open deals whose responsible user is none, policy.admins.technical, or in `owners`"),
    todo=later("hand them out: a rule for new deals in the digital pipeline"),
    limits={"warn": 0.1, "owners": ()},
    needs=(RECORDS, "users"),
    measure=SHARE,
    keep=deals,
    figures={"deals_of_nobody": later("open deals of no or a technical user")},
)
def nobody(case: Case) -> Iterator[Said]:
    """owners: e-mails of team users."""
    mails = case.limits["owners"]
    teams = [number_of(item) for item in case.facts.account.of("user") if item.attrs.get("email") in mails]
    chosen = ",".join(map(str, {0, *case.facts.technical, *teams}))
    total = case.number(f"SELECT count(*) FROM leads WHERE {OPEN}")
    found = case.tally("leads", f"{OPEN} AND coalesce(responsible_user_id, 0) IN ({chosen})")
    yield Figure("deals_of_nobody", found.all)
    yield from case.tallied(
        tr("{count} of {total} open deals belong to nobody in particular", count=found.count, total=total),
        found,
        total,
        entity="leads",
    )


@rule(
    "F07",
    later("No price after the proposal"),
    how=later(
        "share of open deals with price 0 among those at or behind the first stage whose name speaks of a proposal (КП, предложение, счёт, offer)"
    ),
    todo=later("require the budget at that stage"),
    limits={"warn": 0.15},
    needs=(RECORDS, "leads/pipelines"),
    measure=SHARE,
    keep=deals,
    figures={
        "deals_past_proposal": later("open deals at or behind the proposal"),
        "deals_past_proposal_unpriced": later("of them with price 0"),
    },
)
def unpriced(case: Case) -> Iterator[Said]:
    """Without such a stage there is nothing to measure."""
    places = []
    for pipeline in case.facts.pipelines:
        rows = case.facts.stages_of(pipeline)
        first = next(
            (
                place
                for place, item in enumerate(rows)
                if any(word in name_of(item).casefold() for word in PROPOSAL)
            ),
            None,
        )
        places += [
            f"(pipeline_id = {number_of(pipeline)} AND status_id = {number_of(item)})"
            for item in (rows[first:] if first is not None else ())
        ]
    if not places:
        raise Skip(tr("no stage's name speaks of a proposal"))
    where = f"({' OR '.join(places)})"
    total = case.number(f"SELECT count(*) FROM leads WHERE {where}")
    found = case.tally("leads", f"{where} AND coalesce(price, 0) = 0")
    yield Figure("deals_past_proposal", total)
    yield Figure("deals_past_proposal_unpriced", found.all)
    yield from case.tallied(
        tr("{count} of {total} deals past the proposal have no price", count=found.count, total=total),
        found,
        total,
        entity="leads",
    )


PROPOSAL = ("кп", "предложен", "счет", "счёт", "offer", "proposal", "quote", "propuesta", "proposta")


@rule(
    "F11",
    later("Conversion falls, or differs by person"),
    how=later(
        "won of closed deals of the last 90 days by pipeline, against the 90 days before; users below half of their pipeline's rate (from 30 closed deals on)"
    ),
    todo=later("listen to calls of both; a rise of 2 to 5 points in a quarter is normal"),
    limits={"warn": 0.02, "days": 90},
    needs=(RECORDS, "leads/pipelines"),
    keep=deals,
    figures={
        "win_rate": later("won of closed deals of the last 90 days, by pipeline"),
        "win_rate_before": later("of the 90 days before"),
    },
)
def win_rate(case: Case) -> Iterator[Said]:
    """Never across pipelines."""
    days = case.limits["days"]
    now, middle, start = case.facts.now, case.days_ago(days), case.days_ago(2 * days)
    for item in case.left(case.things("pipeline")):
        key = number_of(item)
        (won, closed), (won_before, closed_before) = (
            _closed(case, key, *span) for span in ((middle, now), (start, middle))
        )
        if closed < FEW or closed_before < FEW:
            continue
        rate, before = won / closed, won_before / closed_before
        yield Figure("win_rate", round(rate, 4), name_of(item))
        yield Figure("win_rate_before", round(before, 4), name_of(item))
        if before - rate > case.limits[WARN]:
            text = tr(
                "“{pipeline}”: {rate} of closed deals were won in {days} days, {before} in the {days} before",
                pipeline=name_of(item),
                rate=percent(rate),
                before=percent(before),
                days=days,
            )
            yield from case.over(text, won, closed, address=item.address, severity=WARN)
        yield from _weak(case, key, name_of(item), rate, middle)


def _closed(case: Case, pipeline: int, start: int, end: int) -> tuple[int, int]:
    sql = f"SELECT coalesce(sum(status_id = {WON}), 0), count(*) FROM leads WHERE pipeline_id = ? AND NOT ({OPEN}) AND closed_at > ? AND closed_at <= ?"
    won, closed = next(iter(case.records.ask(sql, pipeline, start, end)))
    return int(won), int(closed)


def _weak(case: Case, pipeline: int, name: str, rate: float, start: int) -> Iterator[Said]:
    sql = f"""SELECT responsible_user_id, sum(status_id = {WON}), count(*) FROM leads
        WHERE pipeline_id = ? AND NOT ({OPEN}) AND closed_at > ? GROUP BY 1 HAVING count(*) >= {FEW}"""
    excused = case.user_ids
    weak = [
        key
        for key, won, closed in case.records.ask(sql, pipeline, start)
        if won / closed < rate / 2 and key not in excused
    ]
    if weak:
        yield from case.over(
            trn(
                "“{pipeline}”: {number} user wins less than half of its {rate}",
                "“{pipeline}”: {number} users win less than half of its {rate}",
                len(weak),
                pipeline=name,
                rate=percent(rate),
            ),
            len(weak),
            address=f"pipeline/#{pipeline}/users",
            ids=weak,
            entity="users",
            severity=INFO,
        )
