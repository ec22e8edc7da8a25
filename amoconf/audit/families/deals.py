"""Family F: how people work with deals, as far as deals and tasks tell."""

from collections.abc import Iterator

from amoconf.audit.case import Case
from amoconf.audit.rule import INFO, SHARE, WARN, Family, Figure, Said
from amoconf.facts import DAY, OPEN, RECORDS, SPEC, WHOLE, Facts, name_of, number_of
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr, trn

FAMILY = Family()
rule = FAMILY.rule
BUSY = "SELECT entity_id FROM tasks WHERE NOT is_completed AND entity_type = 'leads'"


def deals(facts: Facts) -> Keep:
    """Deals."""
    return Keep.of(leads=())


def work(facts: Facts) -> Keep:
    """Deals and tasks."""
    return Keep.of(leads=(), tasks=())


def people(case: Case) -> dict[int, str]:
    """Users' ids → what they are called."""
    return {number_of(item): name_of(item) for item in case.facts.account.of("user") if item.id is not None}


@rule(
    "F01",
    later("Active deals without a task"),
    how=later(
        "share of open deals that have an open task, overdue or not (the board asks for one that is not overdue); kpi.next_step_coverage, where the spec says it, is the threshold"
    ),
    todo=later("set a task for each; let the digital pipeline set one at every stage"),
    limits={"warn": 0.85},
    needs=(RECORDS, WHOLE),
    measure=SHARE,
    low=True,
    keep=work,
    figures={
        "active_without_task": later("open deals without an open task"),
        "active_with_task": later("open deals with one"),
    },
)
def next_step(case: Case) -> Iterator[Said]:
    """By the tasks: what a deal says of its closest task may lag (guess: protocol page 8.2)."""
    case.norm("next_step_coverage")
    total = case.number(f"SELECT count(*) FROM leads WHERE {OPEN}")
    found = case.tally("leads", f"{OPEN} AND id NOT IN ({BUSY})")
    yield Figure("active_without_task", found.all)
    yield Figure("active_with_task", total - found.all)
    yield from case.over(
        tr(
            "{count} of {total} active deals have no task; {others} have one",
            count=found.count,
            total=total,
            others=total - found.count,
        ),
        total - found.count,
        total,
        ids=found.ids,
        entity="leads",
    )


@rule(
    "F02",
    later("Open tasks past their deadline"),
    how=later(
        "share of the tasks that are open now whose complete_till is over (the board's overdue tasks are also those completed late in its window); kpi.overdue_tasks, where the spec says it, is the threshold"
    ),
    todo=later("close them or give them a day that will be kept"),
    limits={"warn": 0.05, "error": 0.15},
    needs=(RECORDS,),
    measure=SHARE,
    keep=lambda facts: Keep.of(tasks=()),
    figures={
        "tasks_open": later("open tasks"),
        "tasks_overdue": later("of them overdue"),
        "tasks": later("tasks"),
    },
)
def overdue(case: Case) -> Iterator[Said]:
    """Tasks done late are not counted."""
    case.norm("overdue_tasks")
    total = case.number("SELECT count(*) FROM tasks WHERE NOT is_completed")
    found = case.tally("tasks", "NOT is_completed AND complete_till < ?", case.facts.now)
    yield Figure("tasks", case.number("SELECT count(*) FROM tasks"))
    yield Figure("tasks_open", total)
    yield Figure("tasks_overdue", found.all)
    yield from case.tallied(
        tr("{count} of {total} open tasks are overdue", count=found.count, total=total),
        found,
        total,
        entity="tasks",
    )


@rule(
    "F03",
    later("Open deals that nobody touches"),
    how=later("open deals not changed for `days` days; of them those for `archive` days"),
    todo=later("close those of half a year with a reason; call the others"),
    limits={"warn": 0, "days": 30, "archive": 180},
    needs=(RECORDS,),
    keep=deals,
    figures={
        "deals_idle": later("open deals not changed for 30 days"),
        "deals_forgotten": later("for 180 days"),
    },
)
def idle(case: Case) -> Iterator[Said]:
    """Notes and tasks do not change a deal's updated_at (guess: protocol page 8.2)."""
    total = case.number(f"SELECT count(*) FROM leads WHERE {OPEN}")
    found = case.tally("leads", f"{OPEN} AND updated_at < ?", case.days_ago(case.limits["days"]))
    old = case.tally("leads", f"{OPEN} AND updated_at < ?", case.days_ago(case.limits["archive"]))
    yield Figure("deals_idle", found.all)
    yield Figure("deals_forgotten", old.all)
    text = tr(
        "{count} of {total} open deals did not change for {days} days, {old} for {archive}",
        count=found.count,
        total=total,
        days=case.limits["days"],
        old=old.count,
        archive=case.limits["archive"],
    )
    yield from case.over(text, found.count, total, ids=old.ids or found.ids, entity="leads")


@rule(
    "F12",
    later("Several open deals of one client"),
    how=later(
        "contacts, and companies that no contact stands for, with more than one open deal in one pipeline or across"
    ),
    todo=later("close the doubles; let the form's handler look for an open deal first"),
    limits={"warn": 0},
    needs=(RECORDS,),
    keep=deals,
    figures={"contacts_with_several_open": later("contacts with more than one open deal")},
)
def several(case: Case) -> Iterator[Said]:
    """A deal's contacts are told with the deal."""
    twice = f"SELECT to_record FROM link JOIN leads ON leads.id = record WHERE entity = 1 AND to_entity = 2 AND {OPEN} GROUP BY 1 HAVING count(*) > 1"
    rows = [key for (key,) in case.records.ask(twice)]
    yield Figure("contacts_with_several_open", len(rows))
    left = [key for key in rows if key not in case.ids]
    yield from case.over(
        trn(
            "{number} contact has more than one open deal",
            "{number} contacts have more than one open deal",
            len(left),
        ),
        len(left),
        ids=left,
        entity="contacts",
    )


@rule(
    "F13",
    later("Deals that look made twice"),
    how=later(
        "deals with the name, price (above 0), pipeline and responsible user of one created at most `days` days before"
    ),
    todo=later("merge them; find out which integration makes two"),
    limits={"info": 0, "days": 3},
    needs=(RECORDS,),
    keep=deals,
    figures={"deals_doubled": later("deals like one of the three days before")},
)
def doubled(case: Case) -> Iterator[Said]:
    """Names are compared by their hashes; information only, for a price list makes equal deals too."""
    same = "lag(created_at) OVER (PARTITION BY name, price, pipeline_id, responsible_user_id ORDER BY created_at)"
    sql = f"SELECT id FROM (SELECT id, created_at - {same} gap FROM leads WHERE name IS NOT NULL AND price > 0) WHERE gap <= {round(case.limits['days'] * DAY)}"
    found = case.tally("leads", f"id IN ({sql})")
    yield Figure("deals_doubled", found.all)
    yield from case.tallied(
        trn(
            "{number} deal looks like one of the {days} days before",
            "{number} deals look like one of the {days} days before",
            found.count,
            days=case.limits["days"],
        ),
        found,
        entity="leads",
    )


@rule(
    "F14",
    later("New deals get no task"),
    how=later("share of the deals created in the last `days` days with a task made within `minutes` minutes"),
    todo=later("let the digital pipeline set the first task"),
    limits={"warn": 0.85, "days": 30, "minutes": 5},
    needs=(RECORDS, WHOLE),
    measure=SHARE,
    low=True,
    keep=work,
    figures={
        "new_deals": later("deals created in the last 30 days"),
        "new_deals_with_task": later("of them with a task within 5 minutes"),
    },
)
def first_task(case: Case) -> Iterator[Said]:
    """Tasks that were deleted since are not known."""
    new, span = f"created_at >= {case.days_ago(case.limits['days'])}", round(case.limits["minutes"] * 60)
    total = case.number(f"SELECT count(*) FROM leads WHERE {new}")
    quick = f"SELECT l.id FROM leads l JOIN tasks t ON t.entity_id = l.id AND t.entity_type = 'leads' WHERE l.{new} AND t.created_at <= l.created_at + {span}"
    without = case.tally("leads", f"{new} AND id NOT IN ({quick})")
    yield Figure("new_deals", total)
    yield Figure("new_deals_with_task", total - without.all)
    yield from case.over(
        tr(
            "{count} of {total} new deals got a task within {minutes} minutes",
            count=total - without.count,
            total=total,
            minutes=case.limits["minutes"],
        ),
        total - without.count,
        total,
        ids=without.ids,
        entity="leads",
    )


@rule(
    "F15",
    later("Too few or too many KPI"),
    how=later("norms under kpi: in the spec; fewer than `least` or more than `warn`"),
    todo=later("seven to ten, each with a number: beyond that the focus is lost"),
    limits={"warn": 10, "least": 7},
    needs=(SPEC,),
    figures={"kpi": later("norms under kpi:")},
)
def kpi(case: Case) -> Iterator[Said]:
    """Norms of one block count one by one."""
    assert case.facts.wanted is not None
    # Working hours are no norm.
    count = len(set(case.facts.wanted.settings.kpi) - {"working_hours"})
    yield Figure("kpi", count)
    if not case.limits["least"] <= count <= case.limits[WARN]:
        yield from case.over(
            trn(
                "the spec states {number} norm; {least} to {most} are usual",
                "the spec states {number} norms; {least} to {most} are usual",
                count,
                least=case.limits["least"],
                most=case.limits[WARN],
            ),
            count,
            severity=INFO,
            spec="kpi: {next_step_coverage: 85%, overdue_tasks: 5%, stalled_per_stage: 10%}",
        )
