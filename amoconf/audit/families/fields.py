"""Family D, configuration: fields, tabs and lists of values as they are set up."""

import re
from collections.abc import Iterator

from amoconf.audit import wording
from amoconf.audit.case import Case, records_of
from amoconf.audit.rule import Family, Figure, Said
from amoconf.facts import SPEC, name_of
from amoconf.model import Account, Resource
from amoconf.tongue import later, tr
from amoconf.values import Address

FAMILY = Family()
rule = FAMILY.rule
ENTITIES = ("leads", "contacts", "companies")
LISTS = ("select", "multiselect", "radiobutton")
NEEDS = ("leads/custom_fields", "contacts/custom_fields", "companies/custom_fields")


def in_main_tab(item: Resource) -> bool:
    """Whether a field lies in the main tab."""
    group = item.attrs.get("group")
    return group is None or group.key in ("default", "#default")


def fields(case: Case, entity: str) -> list[Resource]:
    """Fields of deals, contacts or companies that are in use."""
    return case.things("field", (entity,))


def every(case: Case) -> list[Resource]:
    """Fields of all three."""
    return [item for entity in ENTITIES for item in fields(case, entity)]


@rule(
    "D02",
    later("Too many fields"),
    how=later("custom fields of deals, contacts, companies, the platform's own tracking fields included"),
    todo=later("archive what nobody fills in (D01 names it)"),
    limits={"warn": 60, "error": 200},
    needs=NEEDS,
    figures={"fields": later("custom fields, by entity")},
)
def too_many(case: Case) -> Iterator[Said]:
    """Each entity by itself."""
    for entity in ENTITIES:
        count = len(fields(case, entity))
        yield Figure("fields", count, entity)
        yield from case.over(
            tr("{list} have {count} custom fields", list=records_of(entity), count=count),
            count,
            address=f"field/{entity}",
        )


@rule(
    "D05",
    later("Lists of values that are no lists"),
    how=later(
        "list fields with one option, with more than `options` of them, or with options that differ by case, spaces, punctuation or alphabet only"
    ),
    todo=later("merge the options; make a checkbox of a list with one; archive the rest"),
    limits={"warn": 0, "options": 50},
    needs=NEEDS,
    figures={
        "lists_single": later("list fields with one option"),
        "lists_long": later("with more than 50"),
        "lists_doubled": later("with options that look alike"),
    },
)
def lists(case: Case) -> Iterator[Said]:
    """Unused options are D15's."""
    single, long, doubled = [], [], []
    for item in every(case):
        options = case.things("option", item.address.path)
        if item.attrs.get("type") in LISTS and options:
            single += [item] if len(options) == 1 else []
            long += [item] if len(options) > case.limits["options"] else []
            doubled += [item] if wording.twins(options) else []
    told = {
        "single": tr("one option only"),
        "long": tr("more than {count} options", count=case.limits["options"]),
        "doubled": tr("options that look alike"),
    }
    for name, items in (("single", single), ("long", long), ("doubled", doubled)):
        yield Figure(f"lists_{name}", len(items))
        yield from case.listed(told[name], items, address=f"field/{name}", entity="fields")


KEY_FIELDS = {
    "source": re.compile(r"источник|откуда|source|канал", re.I),
    "segment": re.compile(r"сегмент|segment", re.I),
}


@rule(
    "D06",
    later("Key fields that no stage requires"),
    how=later(
        "fields of deals for source and segment (by name), and those in `fields`, that are required at no stage"
    ),
    todo=later("require the field where a person can know it: required_at: [pipeline/stage]"),
    limits={"warn": 0, "fields": ()},
    needs=(SPEC, *NEEDS),
    figures={"key_fields_not_required": later("key fields required at no stage")},
)
def required(case: Case) -> Iterator[Said]:
    """Budget, first and last contact are the platform's own or go by time: not required by a field."""
    found = []
    for item in fields(case, "leads"):
        listed = item.address.key in case.limits["fields"] or name_of(item) in case.limits["fields"]
        meant = item.attrs.get("type") in LISTS and any(
            words.search(name_of(item)) for words in KEY_FIELDS.values()
        )
        found += [item] if (listed or meant) and not item.attrs.get("required_at") else []
    yield Figure("key_fields_not_required", len(found))
    yield from case.listed(tr("key fields that no stage requires"), found, entity="fields")


@rule(
    "D07",
    later("Fields required where nobody is, or everywhere"),
    how=later(
        "fields required at stages that do not exist, or at every ordinary stage of some pipeline's three or more"
    ),
    todo=later("correct required_at"),
    limits={"warn": 0},
    needs=(*NEEDS, "leads/pipelines"),
    figures={
        "fields_required_nowhere": later("fields required at stages that do not exist"),
        "fields_required_everywhere": later("fields required at all stages of a pipeline"),
    },
)
def misplaced(case: Case) -> Iterator[Said]:
    """The first stage included, so that no deal can be made."""
    account = case.facts.account
    gone, whole = [], []
    for item in fields(case, "leads"):
        at = set(item.attrs.get("required_at") or ())
        gone += [item] if any(_is_gone(stage, account) for stage in at) else []
        for home in {stage.home for stage in at}:
            ordinary = {
                stage.address
                for stage in case.things("stage", home)
                if not stage.reserved and stage.address.key not in ("won", "lost")
            }
            whole += [item] if len(ordinary) >= 3 and ordinary <= at and item not in whole else []
    yield Figure("fields_required_nowhere", len(gone))
    yield Figure("fields_required_everywhere", len(whole))
    yield from case.listed(
        tr("required at a stage that does not exist"), gone, address="field/gone", entity="fields"
    )
    yield from case.listed(
        tr("required at every stage of a pipeline"), whole, address="field/everywhere", entity="fields"
    )


def _is_gone(stage: Address, account: Account) -> bool:
    return stage.key not in ("won", "lost") and account.get(stage) is None


@rule(
    "D10",
    later("Fields for programs among those for people"),
    how=later("read-only (api_only) fields, and tracking fields, in the main tab of the card"),
    todo=later("move them to a tab of their own: group: …"),
    limits={"warn": 0},
    needs=NEEDS,
    figures={"fields_for_programs": later("read-only and tracking fields in the main tab")},
)
def for_programs(case: Case) -> Iterator[Said]:
    """A spec that does not speak of a field's tab says nothing of it."""
    found = [
        item
        for item in every(case)
        if (item.attrs.get("api_only") or item.attrs.get("type") == "tracking_data")
        and "group" in item.attrs
        and in_main_tab(item)
    ]
    yield Figure("fields_for_programs", len(found))
    yield from case.listed(tr("fields for programs in the main tab"), found, entity="fields")


@rule(
    "D11",
    later("Everything in one tab"),
    how=later("custom fields in the main tab of an entity's card"),
    todo=later("make tabs by what belongs together: field_groups: …, group: …"),
    limits={"warn": 15},
    needs=NEEDS,
    figures={"fields_in_main_tab": later("fields in the main tab, by entity")},
)
def tabs(case: Case) -> Iterator[Said]:
    """Each entity by itself."""
    for entity in ENTITIES:
        found = [item for item in fields(case, entity) if in_main_tab(item)]
        yield Figure("fields_in_main_tab", len(found), entity)
        yield from case.over(
            tr("{count} fields of {list} lie in the main tab", count=len(found), list=records_of(entity)),
            len(found),
            len(fields(case, entity)),
            address=f"field/{entity}",
        )
