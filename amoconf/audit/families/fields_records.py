"""Family D, records: which fields are filled in, and with what."""

import re
from collections.abc import Iterator

from amoconf.audit.case import CODES, Case, records_of
from amoconf.audit.families.fields import ENTITIES, LISTS, fields
from amoconf.audit.families.fields import NEEDS as FIELDS
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import GREY, INFO, SHARE, WARN, Family, Figure, Said
from amoconf.digits import number, percent
from amoconf.facts import FEW, RECORDS, WHOLE, Facts, name_of, number_of
from amoconf.model import Resource
from amoconf.records.keep import Keep
from amoconf.records.private import EMAIL_MARK, PHONE_MARK
from amoconf.tongue import later, tr

FAMILY = Family()
rule = FAMILY.rule
NEEDS = (RECORDS, *FIELDS)
COVERED = 0.8  # of the filled records, which few values must cover
DISTINCT = 5_000  # different values, beyond which a text is surely free
NUMBER = re.compile(r"[-+]?[\d\s]+(?:[.,]\d+)?")


def own(facts: Facts, entity: str) -> list[Resource]:
    """Fields of an entity with an id."""
    return [
        item for item in facts.account.of("field") if item.address.home == (entity,) and item.id is not None
    ]


def keep_marks(facts: Facts) -> Keep:
    """Of every field whether it is filled."""
    return Keep.of(
        {
            entity: [number_of(item) for item in own(facts, entity) if item.attrs.get("type") != "multitext"]
            for entity in ENTITIES
        }
    )


def keep_texts(facts: Facts) -> Keep:
    """Values of text fields."""
    found = {
        entity: [number_of(item) for item in own(facts, entity) if item.attrs.get("type") == "text"]
        for entity in ENTITIES
    }
    return Keep.of({}, **found)


def filled(case: Case, entity: str) -> dict[int, int]:
    """Records that have a field filled, by field id; phones and e-mails by their hashes."""
    code = CODES[entity]
    sql = "SELECT field, count(*) FROM cell WHERE entity = ? AND place = 0 GROUP BY field"
    found = dict(case.records.ask(sql, code))
    hashes = "SELECT kind, count(DISTINCT record) FROM hash WHERE entity = ? GROUP BY kind"
    kinds = dict(case.records.ask(hashes, code))
    multi = {
        str(item.attrs.get("code")): number_of(item)
        for item in own(case.facts, entity)
        if item.attrs.get("type") == "multitext"
    }
    return found | {
        multi[name]: kinds.get(kind, 0) for name, kind in (("PHONE", 1), ("EMAIL", 2)) if name in multi
    }


@rule(
    "D01",
    later("Fields that nobody fills in"),
    how=later(
        "share of records with a value, per field of deals, contacts and companies: under `remove` a candidate for removal, under `warn` a warning"
    ),
    todo=later("archive the field: values stay, the card gets shorter"),
    limits={"warn": 0.2, "remove": 0.05},
    needs=(*NEEDS, WHOLE),
    keep=keep_marks,
    figures={
        "field_filled": later("records with a value, by entity and field"),
        "fields_under_1_percent": later("fields filled in on under 1 % of records, by entity"),
        "fields_under_5_percent": later("on under 5 %, by entity"),
        "fields_under_20_percent": later("on under 20 %, by entity"),
    },
)
def fill(case: Case) -> Iterator[Said]:
    """The platform's own tracking fields count as fields, but cannot be removed and are not named."""
    for entity in ENTITIES:
        total, counts = case.records.count(entity), filled(case, entity)
        rows = [(item, counts.get(number_of(item), 0)) for item in fields(case, entity)]
        for item, count in rows:
            yield Figure("field_filled", count, f"{entity}, {_title(item, rows)}")
        for bound in (1, 5, 20):
            yield Figure(
                f"fields_under_{bound}_percent",
                sum(100 * count < bound * total for _, count in rows),
                entity,
            )
        yield from _unfilled(case, entity, [(item, count) for item, count in rows if not item.fixed], total)


def _title(item: Resource, rows: list[tuple[Resource, int]]) -> str:
    """The name, with the id where it is not the only one."""
    twin = sum(name_of(other) == name_of(item) for other, _ in rows) > 1
    return f"{name_of(item)} #{item.id}" if twin else name_of(item)


def _unfilled(case: Case, entity: str, rows: list[tuple[Resource, int]], total: int) -> Iterator[Said]:
    remove, warn = case.limits["remove"], case.limits["warn"]
    dead = [item for item, count in rows if count < remove * total]
    thin = [item for item, count in rows if remove * total <= count < warn * total]
    severity = GREY if total < FEW else WARN
    for items, share, name in ((dead, remove, "remove"), (thin, warn, "thin")):
        text = tr(
            "fields of {list} filled in on under {share} of {total} records",
            list=records_of(entity),
            share=percent(share),
            total=number(total),
        )
        spec = proposed(case, case.left(items), archived=tr("nobody fills it in")) if name == "remove" else ""
        yield from case.listed(
            text,
            items,
            address=f"field/{entity}/{name}",
            entity="fields",
            spec=spec,
            severity=severity,
            threshold=share,
            measure=SHARE,
        )


@rule(
    "D03",
    later("Fields that are not filled in any more"),
    how=later("fields with values, none of them on a deal created in the last `days` days"),
    todo=later("archive the field"),
    limits={"warn": 0, "days": 90},
    needs=(*NEEDS, WHOLE),
    keep=keep_marks,
    figures={"fields_stopped": later("fields of deals without a value on deals of the last 90 days")},
)
def stopped(case: Case) -> Iterator[Said]:
    """When a value was written is not told; when its deal was created is."""
    sql = "SELECT DISTINCT field FROM cell WHERE entity = 1 AND record IN (SELECT id FROM leads WHERE created_at >= ?)"
    fresh = {key for (key,) in case.records.ask(sql, case.days_ago(case.limits["days"]))}
    known = filled(case, "leads")
    found = [
        item
        for item in fields(case, "leads")
        if number_of(item) in known and number_of(item) not in fresh and not item.fixed
    ]
    yield Figure("fields_stopped", len(found))
    text = tr("not filled in on any deal of the last {days} days", days=case.limits["days"])
    yield from case.listed(
        text,
        found,
        total=len(known),
        entity="fields",
        spec=proposed(case, case.left(found), archived=tr("not filled in any more")),
    )


@rule(
    "D04",
    later("Texts that should be lists"),
    how=later(
        "text fields of which at most `distinct` spellings cover 80 % of the filled records, with `repeats` records each on average"
    ),
    todo=later("make it a list: `amoconf values` proposes options and spellings"),
    limits={"warn": 0, "distinct": 50, "repeats": 5},
    needs=NEEDS,
    keep=keep_texts,
    figures={
        "text_values": later("different spellings, by text field"),
        "fields_should_be_lists": later("text fields that should be lists"),
    },
)
def should_be_lists(case: Case) -> Iterator[Said]:
    """Case and spaces at the ends are one spelling for the rule, not for the figure."""
    found = []
    for entity in ENTITIES:
        for item in (field for field in fields(case, entity) if field.attrs.get("type") == "text"):
            values = list(case.records.distinct(entity, number_of(item)))
            counts = [count for value, count in values if value not in (EMAIL_MARK, PHONE_MARK)]
            yield Figure("text_values", len(values), f"{entity}, {name_of(item)}")
            found += [item] if len(counts) <= DISTINCT and _few(counts, case) else []
    yield Figure("fields_should_be_lists", len(found))
    spec = proposed(case, case.left(found), type="select", options=["…"], convert={"values": "auto"})
    yield from case.listed(tr("texts with few values"), found, entity="fields", spec=spec)


def _few(counts: list[int], case: Case) -> bool:
    """Whether the commonest values cover most records, and each is met often. counts: from the largest."""
    total, reached = sum(counts), 0
    if total < FEW:
        return False
    for place, count in enumerate(counts, 1):
        reached += count
        if place > case.limits["distinct"]:
            return False
        if reached >= COVERED * total:
            return bool(reached >= case.limits["repeats"] * place)
    return False


@rule(
    "D12",
    later("Numbers, phones and e-mails kept as text"),
    how=later(
        "text fields of which more than `share` of the values are numbers, or hold a phone or an e-mail"
    ),
    todo=later("use a numeric field; phones and e-mails belong to the contact"),
    limits={"warn": 0, "share": 0.6},
    needs=NEEDS,
    keep=keep_texts,
    figures={"fields_wrong_type": later("text fields that hold numbers, phones or e-mails")},
)
def wrong_type(case: Case) -> Iterator[Said]:
    """The mirror holds marks instead of phones and e-mails."""
    found = []
    for entity in ENTITIES:
        for item in (field for field in fields(case, entity) if field.attrs.get("type") == "text"):
            total = fits = 0
            for value, count in case.records.distinct(entity, number_of(item)):
                total += count
                text = str(value)
                fits += count if NUMBER.fullmatch(text) or text in (EMAIL_MARK, PHONE_MARK) else 0
            found += [item] if total >= FEW and fits > case.limits["share"] * total else []
    yield Figure("fields_wrong_type", len(found))
    yield from case.listed(tr("texts that are numbers, phones or e-mails"), found, entity="fields")


@rule(
    "D15",
    later("Options that nobody chose"),
    how=later("options of list fields that no record holds"),
    todo=later("archive the option, or take the list away"),
    limits={"info": 0},
    needs=(*NEEDS, WHOLE),
    keep=keep_marks,
    figures={"options_unused": later("options that no record holds, by entity")},
)
def idle_options(case: Case) -> Iterator[Said]:
    """Part of D05 that needs records."""
    for entity in ENTITIES:
        sql = "SELECT DISTINCT field, enum FROM cell WHERE entity = ? AND enum IS NOT NULL"
        held = set(case.records.ask(sql, CODES[entity]))
        lists = [item for item in fields(case, entity) if item.attrs.get("type") in LISTS]
        idle = [
            one
            for item in lists
            for one in case.things("option", item.address.path)
            if (number_of(item), one.id) not in held
        ]
        yield Figure("options_unused", len(idle), entity)
        yield from case.listed(
            tr("options of {list} that no record holds", list=records_of(entity)),
            idle,
            address=f"option/{entity}",
            entity="options",
            severity=INFO,
        )
