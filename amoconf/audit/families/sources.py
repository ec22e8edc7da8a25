"""Family B: sources, forms among them, and what they bring."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from amoconf.audit.case import Case
from amoconf.audit.rule import Family, Figure, Said
from amoconf.facts import LIVE, RECORDS, WHOLE
from amoconf.records.keep import Keep
from amoconf.tongue import later, trn

FAMILY = Family()
rule = FAMILY.rule


def titles(rows: Any) -> dict[int, str]:
    """Ids → names, with the id where a name is not the only one."""
    seen = Counter(row.get("name") for row in rows)
    return {
        row["id"]: f"{row.get('name')}" + (f" #{row['id']}" if seen[row.get("name")] > 1 else "")
        for row in rows
    }


@rule(
    "B03",
    later("Sources that bring nothing"),
    how=later(
        "sources without a deal created in the last `days` days; without a pipeline; with another's name. Only the sources of this token's integration are in the API"
    ),
    todo=later("find out whether the channel still works; delete the source"),
    limits={"warn": 0, "days": 90},
    needs=(LIVE, "sources", RECORDS, WHOLE),
    keep=lambda facts: Keep.of(leads=()),
    figures={
        "sources": later("sources"),
        "sources_silent": later("of them without a new deal for 90 days"),
        "source_deals": later("deals created in the last 90 days, by source"),
        "integrations": later("installed widgets, webhooks and sources together, where all can be read"),
    },
)
def sources(case: Case) -> Iterator[Said]:
    """A source is known by its id in deals."""
    rows = case.facts.raw["sources"]
    sql = "SELECT source_id, count(*) FROM leads WHERE created_at >= ? AND source_id IS NOT NULL GROUP BY 1"
    fresh = dict(case.records.ask(sql, case.days_ago(case.limits["days"])))
    yield Figure("sources", len(rows))
    yield Figure("sources_silent", sum(row["id"] not in fresh for row in rows))
    for key, name in titles(rows).items():
        yield Figure("source_deals", fresh.get(key, 0), name)
    if {"widgets", "webhooks"} <= set(case.facts.raw):
        installed = sum(item.attrs.get("state") == "installed" for item in case.facts.account.of("widget"))
        yield Figure("integrations", installed + len(case.facts.raw["webhooks"]) + len(rows))
    left = [row for row in rows if row["id"] not in case.ids]
    silent = [row for row in left if row["id"] not in fresh]
    seen = Counter(row.get("name") for row in rows)
    for name, found in (
        ("silent", silent),
        ("no_pipeline", [row for row in left if not row.get("pipeline_id")]),
        ("twins", [row for row in left if seen[row.get("name")] > 1]),
    ):
        yield from _sources(case, found, name, len(rows))


BROUGHT: Mapping[str, Callable[[int, str, Any], str]] = {
    "silent": lambda count, names, days: trn(
        "{number} source brought no deal for {days} days: {names}",
        "{number} sources brought no deal for {days} days: {names}",
        count,
        names=names,
        days=days,
    ),
    "no_pipeline": lambda count, names, days: trn(
        "{number} source has no pipeline: {names}",
        "{number} sources have no pipeline: {names}",
        count,
        names=names,
    ),
    "twins": lambda count, names, days: trn(
        "{number} source shares its name: {names}",
        "{number} sources share a name: {names}",
        count,
        names=names,
    ),
    "forms": lambda count, names, days: trn(
        "{number} source is a form that brought nothing: {names}",
        "{number} sources are forms that brought nothing: {names}",
        count,
        names=names,
    ),
}


def _sources(case: Case, rows: Any, name: str, total: int) -> Iterator[Said]:
    shown = ", ".join(str(row.get("name")) for row in rows[:4])
    yield from case.over(
        BROUGHT[name](len(rows), shown, case.limits["days"]),
        len(rows),
        total,
        address=f"source/{name}",
        ids=[row["id"] for row in rows],
        entity="sources",
    )


@rule(
    "B04",
    later("Forms that bring nothing"),
    how=later(
        "sources whose name or external id speaks of a form, without a deal created in the last `days` days"
    ),
    todo=later("fill in the form once and see; take the dead ones out of the digital pipeline"),
    limits={"warn": 0, "days": 90},
    needs=(LIVE, "sources", RECORDS, WHOLE),
    keep=lambda facts: Keep.of(leads=()),
    figures={"forms_silent": later("forms without a new deal for 90 days")},
)
def forms(case: Case) -> Iterator[Said]:
    """The API does not tell a source's kind (guess: config page C16): its name does."""
    rows = [row for row in case.facts.raw["sources"] if _is_form(row)]
    sql = "SELECT DISTINCT source_id FROM leads WHERE created_at >= ?"
    fresh = {key for (key,) in case.records.ask(sql, case.days_ago(case.limits["days"]))}
    silent = [row for row in rows if row["id"] not in fresh]
    yield Figure("forms_silent", len(silent))
    left = [row for row in silent if row["id"] not in case.ids]
    yield from _sources(case, left, "forms", len(rows))


def _is_form(row: Mapping[str, Any]) -> bool:
    text = f"{row.get('name')} {row.get('external_id')}".casefold()
    return any(word in text for word in ("form", "форм"))
