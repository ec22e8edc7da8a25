"""Family D: fields by their names and types."""

import re
from collections.abc import Iterator

from amoconf.audit import wording
from amoconf.audit.case import Case, applied, records_of
from amoconf.audit.families.fields import ENTITIES, NEEDS, every, fields
from amoconf.audit.proposals import proposed
from amoconf.audit.rule import WARN, Family, Figure, Said, Skip
from amoconf.facts import SPEC, name_of
from amoconf.model import Resource
from amoconf.spec.mixed import strangers
from amoconf.tongue import later, tr

FAMILY = Family()
rule = FAMILY.rule
# Types that are the same to those who compare cards.
SAME = {"textarea": "text", "radiobutton": "select", "multiselect": "select"}


@rule(
    "D08",
    later("Fields that cannot be told apart"),
    how=later(
        "fields of one entity with equal or nearly equal names; names in which Latin letters stand for Cyrillic ones"
    ),
    todo=later("archive one of them, rename the other"),
    limits={"warn": 0},
    needs=NEEDS,
    figures={
        "fields_alike": later("fields with nearly equal names"),
        "fields_mixed": later("fields with letters of two alphabets in one word"),
    },
)
def alike(case: Case) -> Iterator[Said]:
    """Tracking fields are called by their code, and alike by nature."""
    rows = {
        entity: [item for item in fields(case, entity) if item.attrs.get("type") != "tracking_data"]
        for entity in ENTITIES
    }
    near = [item for items in rows.values() for item in wording.look_alikes(items)]
    mixed = [
        item
        for items in rows.values()
        for item in items
        if any(strangers(word) for word in re.findall(r"[A-Za-zА-Яа-яЁё]+", name_of(item)))
    ]
    yield Figure("fields_alike", len(near))
    yield Figure("fields_mixed", len(mixed))
    yield from case.listed(tr("nearly equal names"), near, address="field/alike", entity="fields")
    yield from case.listed(
        tr("letters of two alphabets in one word"), mixed, address="field/mixed", entity="fields"
    )


@rule(
    "D09",
    later("One thing, several types"),
    how=later("fields of different entities with the same name and types that do not compare"),
    todo=later("give both the same type; convert: moves the values"),
    limits={"warn": 0},
    needs=NEEDS,
    figures={"fields_other_type": later("fields whose namesake elsewhere has another type")},
)
def types(case: Case) -> Iterator[Said]:
    """Text and long text, and all lists, are one."""
    kinds: dict[str, set[str]] = {}
    for item in every(case):
        kind = str(item.attrs.get("type"))
        kinds.setdefault(wording.fold(name_of(item)), set()).add(SAME.get(kind, kind))
    found = [item for item in every(case) if len(kinds[wording.fold(name_of(item))]) > 1]
    yield Figure("fields_other_type", len(found))
    yield from case.listed(tr("same name, other type elsewhere"), found, entity="fields")


@rule(
    "D13",
    later("Nothing marks what is to be deleted"),
    how=later(
        "policy.rights.forbid names delete for an entity whose card has no checkbox called “Удалить” or “To delete”"
    ),
    todo=later("add the checkbox; whoever may delete looks for it"),
    limits={"warn": 0},
    needs=(SPEC, *NEEDS),
    figures={
        "entities_without_delete_flag": later("entities where deleting is forbidden and no field marks it")
    },
)
def delete_flag(case: Case) -> Iterator[Said]:
    """Deals are closed, not deleted: contacts and companies count."""
    wanted = case.facts.wanted
    assert wanted is not None
    forbidden = {
        right.split(".")[0]
        for right in wanted.settings.policy.get("rights.forbid", ())
        if right.endswith(".delete")
    }
    if not forbidden:
        raise Skip(tr("policy.rights.forbid does not forbid deleting"))
    missing = [
        entity
        for entity in ("contacts", "companies")
        if entity in forbidden and not any(_marks(item) for item in fields(case, entity))
    ]
    yield Figure("entities_without_delete_flag", len(missing))
    unsaid = [
        entity for entity in missing if not any(_marks(item) for item in wanted.within("field", (entity,)))
    ]
    lines = [f"  {entity}: {{to_delete: {{name: Удалить, type: checkbox}}}}" for entity in unsaid]
    yield from case.over(
        tr(
            "nobody may delete {lists}, and no checkbox asks for it",
            lists=tr(" and ").join(map(records_of, missing)),
        ),
        len(missing),
        spec="\n".join(["fields:", *lines]) if unsaid else "",
        settled="" if unsaid else applied(),
    )


def _marks(item: Resource) -> bool:
    return item.attrs.get("type") == "checkbox" and wording.fold(name_of(item)) in (
        wording.fold("Удалить"),
        wording.fold("To delete"),
        wording.fold("Delete"),
    )


@rule(
    "D14",
    later("Fields left over from trying"),
    how=later("names with test, тест, new field, новое поле, копия, copy, old, старый"),
    todo=later("archive them: archived: <why>"),
    limits={"warn": 0},
    needs=NEEDS,
    figures={"fields_leftover": later("fields named as a trial or a copy")},
)
def leftovers(case: Case) -> Iterator[Said]:
    """By name alone."""
    found = [item for item in every(case) if wording.LEFTOVERS.search(name_of(item))]
    yield Figure("fields_leftover", len(found))
    yield from case.listed(
        tr("left over from trying"),
        found,
        entity="fields",
        spec=proposed(case, case.left(found), archived=tr("left over")),
        severity=WARN,
    )
