"""Family B: whether channels tell where deals come from."""

from collections.abc import Iterator
from typing import Any

from amoconf.audit.case import Case
from amoconf.audit.rule import SHARE, Family, Figure, Said, Skip
from amoconf.facts import LIVE, RECORDS, Facts, number_of
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr

FAMILY = Family()
rule = FAMILY.rule


def tracking(facts: Facts, codes: Any) -> list[Any]:
    """Tracking fields of deals by their codes: those named, else roistat, else utm_source."""
    known = {
        str(item.attrs.get("code")): item
        for item in facts.account.of("field")
        if item.address.home == ("leads",)
    }
    if codes:
        return [known[code] for code in codes if code in known]
    return next(([known[code]] for code in ("ROISTAT", "UTM_SOURCE") if code in known), [])


@rule(
    "B05",
    later("Deals without a visit number"),
    how=later(
        "deals whose tracking field is empty, of all deals; `fields`: codes, otherwise ROISTAT or else UTM_SOURCE"
    ),
    todo=later("pass the visit number on from forms, calls and chats"),
    limits={"warn": 0.2, "fields": ()},
    needs=(LIVE, RECORDS),
    measure=SHARE,
    keep=lambda facts: Keep.of(
        {
            "leads": [
                number_of(item)
                for item in facts.account.of("field")
                if item.address.home == ("leads",) and item.attrs.get("type") == "tracking_data"
            ]
        }
    ),
    figures={"deals_without_tracking": later("deals without a tracking field's value, by field")},
)
def untracked(case: Case) -> Iterator[Said]:
    """All deals, whatever their age: the audit's figure is of all."""
    fields = tracking(case.facts, case.limits["fields"])
    if not fields:
        raise Skip(tr("no tracking field is known: name some in policy.audit.B05.fields"))
    total = case.records.count("leads")
    for field in case.left(fields):
        empty = f"id NOT IN (SELECT record FROM cell WHERE entity = 1 AND field = {number_of(field)})"
        found = case.tally("leads", empty)
        yield Figure("deals_without_tracking", found.all, str(field.attrs["name"]))
        yield from case.tallied(
            tr(
                "{count} of {total} deals have no “{field}”",
                count=found.count,
                total=total,
                field=field.attrs["name"],
            ),
            found,
            total,
            address=field.address,
            entity="leads",
        )


SOURCE_WORDS = ("откуда", "источник", "source", "where from", "канал")


def _where_from(facts: Facts) -> list[Any]:
    return [
        item
        for item in facts.account.of("field")
        if item.address.home == ("leads",)
        and item.id is not None
        and item.attrs.get("type") in ("select", "multiselect", "radiobutton")
        and any(word in str(item.attrs.get("name")).casefold() for word in SOURCE_WORDS)
    ]


@rule(
    "B06",
    later("“Where from” is not filled in"),
    how=later(
        "share of deals with a value, of list fields whose name says source, where from, channel; the fullest of them counts"
    ),
    todo=later("let the integration or the digital pipeline fill it in; require it where a person can"),
    limits={"warn": 0.85},
    needs=(LIVE, RECORDS),
    measure=SHARE,
    low=True,
    keep=lambda facts: Keep.of({"leads": [number_of(item) for item in _where_from(facts)]}),
    figures={"deals_with_source_field": later("deals with a value, by field")},
)
def where_from(case: Case) -> Iterator[Said]:
    """Archived fields are left out."""
    fields = [item for item in case.left(_where_from(case.facts)) if item in case.things("field")]
    if not fields:
        raise Skip(tr("no list field of deals is called source, where from or channel"))
    total = case.records.count("leads")
    counts = {item.address: case.records.filled("leads", number_of(item)) for item in fields}
    for item in fields:
        yield Figure("deals_with_source_field", counts[item.address], str(item.attrs["name"]))
    best = max(fields, key=lambda item: counts[item.address])
    yield from case.over(
        tr(
            "“{field}” is filled in on {count} of {total} deals",
            field=best.attrs["name"],
            count=counts[best.address],
            total=total,
        ),
        counts[best.address],
        total,
        address=best.address,
    )
