"""Family E: tags, task types and loss reasons."""

import re
from collections.abc import Iterator

from amoconf.audit import wording
from amoconf.audit.case import CODES, Case, applied, records_of
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import SHARE, WARN, Family, Figure, Said, Skip
from amoconf.facts import LIVE, LOST, RECORDS, WHOLE, Facts, name_of, number_of
from amoconf.model import Resource
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr, trn
from amoconf.values import Address

FAMILY = Family()
rule = FAMILY.rule
TAGS = ("leads/tags", "contacts/tags", "companies/tags")
VAGUE = re.compile(r"друг|прочее|не отвеч|не можем связ|other|no answer|нет контакта", re.IGNORECASE)
NOISE = re.compile(r"спам|дубл|нецелев|ошиб|тест|spam|duplicate|wrong number|off.?target", re.IGNORECASE)
REASON_FIELD = re.compile(
    r"причин\w* (?:отказ|закрыт|проигр)|loss reason|lost reason|reason for loss", re.IGNORECASE
)


def tags(case: Case, entity: str) -> list[Resource]:
    """Tags of an entity that are in use as far as the spec says."""
    return case.things("tag", (entity,))


@rule(
    "E01",
    later("Tags that nobody uses"),
    how=later("tags that are on no record, by entity"),
    todo=later("archive them; manage: {tags/leads: all} archives all that the spec does not list"),
    limits={"warn": 0, "error": 30},
    needs=(RECORDS, *TAGS, WHOLE),
    keep=lambda facts: Keep.of(leads=(), contacts=(), companies=()),
    figures={"tags": later("tags, by entity"), "tags_unused": later("tags on no record, by entity")},
)
def unused_tags(case: Case) -> Iterator[Said]:
    """A tag of deals is not a tag of contacts, whatever it is called."""
    for entity, code in CODES.items():
        rows = tags(case, entity)
        used = {key for (key,) in case.records.ask("SELECT DISTINCT tag FROM tag WHERE entity = ?", code)}
        idle = [item for item in rows if item.id not in used]
        yield Figure("tags", len(rows), entity)
        yield Figure("tags_unused", len(idle), entity)
        yield from case.listed(
            tr("tags on none of the {list}", list=records_of(entity)),
            idle,
            total=len(rows),
            address=f"tag/{entity}",
            entity="tags",
            **_managed(case, entity),
        )


def _managed(case: Case, entity: str) -> dict[str, str]:
    """The line that takes away what the spec does not list, unless the spec has it."""
    said = case.facts.said.manage
    if said.get(("tag", entity)) == "all":
        return {"settled": applied()}
    return {"spec": f"manage: {{tags/{entity}: all}}"}


@rule(
    "E02",
    later("Tags that are the same"),
    how=later(
        "tags of one entity whose names differ by case, spaces, punctuation, alphabet or a plural ending"
    ),
    todo=later("keep one; move the cards, then archive the other"),
    limits={"warn": 0},
    needs=TAGS,
    figures={"tags_alike": later("tags that look alike, by entity")},
)
def twin_tags(case: Case) -> Iterator[Said]:
    """A filter by one of them finds half."""
    for entity in CODES:
        found = wording.twins(tags(case, entity), wording.plural)
        yield Figure("tags_alike", len(found), entity)
        yield from case.listed(
            tr("tags of {list} that look alike", list=records_of(entity)),
            found,
            address=f"tag/{entity}",
            entity="tags",
        )


@rule(
    "E03",
    later("Tags outside the convention"),
    how=later("tags whose name does not match the regular expression `pattern`"),
    todo=later("rename the tag, or archive it"),
    limits={"warn": 0, "pattern": ""},
    needs=TAGS,
    figures={"tags_outside_convention": later("tags that do not match the pattern")},
)
def convention(case: Case) -> Iterator[Said]:
    """Spec-driven: without a pattern there is no convention."""
    if not case.limits["pattern"]:
        raise Skip(tr("say what tags look like: policy.audit.E03.pattern: a regular expression"))
    try:
        pattern = re.compile(case.limits["pattern"])
    except re.error as error:
        raise Skip(tr("policy.audit.E03.pattern is no regular expression: {error}", error=error)) from None
    found = [item for item in case.things("tag") if not pattern.fullmatch(name_of(item))]
    yield Figure("tags_outside_convention", len(found))
    yield from case.listed(tr("tags outside the convention"), found, entity="tags")


@rule(
    "E04",
    later("Task types that nobody uses"),
    how=later("task types, the platform's own two included, that no task has, open or done"),
    todo=later("archive them: archived: <why>"),
    limits={"warn": 0},
    needs=(LIVE, RECORDS, WHOLE),
    keep=lambda facts: Keep.of(tasks=()),
    figures={"task_types": later("task types"), "task_types_unused": later("of them on no task")},
)
def unused_types(case: Case) -> Iterator[Said]:
    """All tasks, whenever they were made."""
    rows = case.things("task_type")
    used = {key for (key,) in case.records.ask("SELECT DISTINCT task_type_id FROM tasks")}
    idle = [item for item in rows if number_of(item) not in used]
    yield Figure("task_types", len(rows))
    yield Figure("task_types_unused", len(idle))
    spec = proposed(case, case.left(idle), archived=tr("no task has it"))
    yield from case.listed(tr("task types on no task"), idle, total=len(rows), entity="task_types", spec=spec)


@rule(
    "E05",
    later("Too many loss reasons, or none"),
    how=later("entries of the dictionary of loss reasons; none is an error"),
    todo=later("keep the ten that you would act upon"),
    limits={"warn": 10},
    needs=("leads/loss_reasons",),
    figures={"loss_reasons": later("entries of the dictionary")},
)
def reasons(case: Case) -> Iterator[Said]:
    """A list field may take the dictionary's place (E08)."""
    rows = case.things("loss_reason")
    yield Figure("loss_reasons", len(rows))
    if not rows and not _fields(case):
        yield from case.over(
            tr("there is no loss reason at all"),
            0,
            severity="error",
            spec="loss_reasons: [Дорого, Нет контакта, Нецелевой клиент]",
        )
    yield from case.over(
        trn("there is {number} loss reason", "there are {number} loss reasons", len(rows)),
        len(rows),
        ids=[item.id or str(item.address) for item in rows],
    )


def _fields(case: Case) -> list[Resource]:
    rows = case.things("field", ("leads",))
    return [
        item
        for item in rows
        if item.attrs.get("type") in ("select", "multiselect", "radiobutton")
        and REASON_FIELD.search(name_of(item))
    ]


def lost(facts: Facts) -> Keep:
    """Deals, and, where a list field holds the reason, whether it is filled."""
    return Keep.of(leads=())


@rule(
    "E06",
    later("Lost without a reason"),
    how=later("share of lost deals without loss_reason_id"),
    todo=later(
        "require a list field for the reason at the lost stage: the dictionary cannot be made obligatory"
    ),
    limits={"warn": 0.05, "error": 0.2},
    needs=(RECORDS,),
    measure=SHARE,
    keep=lost,
    figures={"lost_without_reason": later("lost deals without a reason")},
)
def no_reason(case: Case) -> Iterator[Said]:
    """The reason is the only thing that a lost deal leaves behind."""
    total = case.number(f"SELECT count(*) FROM leads WHERE status_id = {LOST}")
    found = case.tally("leads", f"status_id = {LOST} AND loss_reason_id IS NULL")
    yield Figure("lost_without_reason", found.all)
    settled = applied() if _required(case) else ""
    spec = "fields:\n  leads:\n    lost_why: {name: Причина отказа, type: select, options: [Дорого, Нет контакта], required_at: [retail/lost]}"
    yield from case.tallied(
        tr("{count} of {total} lost deals have no reason", count=found.count, total=total),
        found,
        total,
        entity="leads",
        spec="" if settled else spec,
        settled=settled,
    )


def _required(case: Case) -> bool:
    """Whether the spec asks for the reason in a field of its own at a lost stage."""
    wanted = case.facts.wanted
    return wanted is not None and any(
        REASON_FIELD.search(name_of(item))
        and any(one.key == "lost" for one in item.attrs.get("required_at") or ())
        for item in wanted.of("field")
        if item.address.home == ("leads",) and not item.marks.leaves
    )


def _by_reason(case: Case) -> dict[Address, int]:
    sql = f"SELECT loss_reason_id, count(*) FROM leads WHERE status_id = {LOST} AND loss_reason_id IS NOT NULL GROUP BY 1"
    counts = dict(case.records.ask(sql))
    return {item.address: counts.get(number_of(item), 0) for item in case.facts.account.of("loss_reason")}


@rule(
    "E07",
    later("One reason covers too much"),
    how=later("share of one reason among lost deals that have one"),
    todo=later("split the reason into what you would act upon differently"),
    limits={"warn": 0.3},
    needs=(RECORDS, "leads/loss_reasons"),
    measure=SHARE,
    keep=lost,
    figures={
        "lost_with_reason": later("lost deals with a reason"),
        "reason_deals": later("lost deals, by reason"),
    },
)
def one_reason(case: Case) -> Iterator[Said]:
    """A vague one first of all."""
    counts = _by_reason(case)
    total = sum(counts.values())
    yield Figure("lost_with_reason", total)
    for item in case.facts.account.of("loss_reason"):
        count = counts[item.address]
        yield Figure("reason_deals", count, name_of(item))
        if count > case.limits[WARN] * total:
            said = later("“{name}” is the reason of {count} of {total}")
            if VAGUE.search(name_of(item)):
                said = later("“{name}” is the reason of {count} of {total}, which says nothing")
            yield from case.over(
                tr(said, name=name_of(item), count=count, total=total),
                count,
                total,
                address=item.address,
            )


@rule(
    "E08",
    later("Two places for one reason"),
    how=later("the dictionary of loss reasons has entries, and deals have a list field for the reason"),
    todo=later("keep one of them: archive the other"),
    limits={"info": 0},
    needs=("leads/loss_reasons", "leads/custom_fields"),
    figures={"reason_fields": later("list fields of deals for the loss reason")},
)
def two_places(case: Case) -> Iterator[Said]:
    """Where both are, neither is complete."""
    found = _fields(case)
    yield Figure("reason_fields", len(found))
    if case.things("loss_reason"):
        yield from case.listed(tr("besides the dictionary of loss reasons"), found, entity="fields")


@rule(
    "E09",
    later("Spam and duplicates closed as lost"),
    how=later("share of lost deals whose reason speaks of spam, duplicates, mistakes or wrong clients"),
    todo=later("close such enquiries in a pipeline of their own, so that conversion means something"),
    limits={"warn": 0.15},
    needs=(RECORDS, "leads/loss_reasons"),
    measure=SHARE,
    keep=lost,
    figures={"lost_noise": later("lost deals whose reason is spam, a duplicate or a mistake")},
)
def noise(case: Case) -> Iterator[Said]:
    """By the reason's name."""
    counts = _by_reason(case)
    total = case.number(f"SELECT count(*) FROM leads WHERE status_id = {LOST}")
    found = sum(
        counts[item.address] for item in case.facts.account.of("loss_reason") if NOISE.search(name_of(item))
    )
    yield Figure("lost_noise", found)
    yield from case.over(
        tr("{count} of {total} lost deals are spam, duplicates or mistakes", count=found, total=total),
        found,
        total,
    )
