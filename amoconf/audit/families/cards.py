"""Family G: contacts and companies."""

from collections.abc import Iterator

from amoconf.audit.case import CODES, Case, records_of
from amoconf.audit.families.fields_records import filled
from amoconf.audit.rule import SHARE, Family, Figure, Said, Skip
from amoconf.facts import LIVE, RECORDS, WHOLE, Facts, name_of, number_of
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr

FAMILY = Family()
rule = FAMILY.rule
BOTH = ("contacts", "companies")


def cards(facts: Facts) -> Keep:
    """Contacts and companies."""
    return Keep.of(contacts=(), companies=())


def with_deals(facts: Facts) -> Keep:
    """Deals tell their contacts and companies."""
    return Keep.of(leads=(), contacts=(), companies=())


@rule(
    "G03",
    later("Cards without a name"),
    how=later("share of contacts, and of companies, whose name is empty or spaces"),
    todo=later("ask for the name in the first call; require it in the form"),
    limits={"warn": 0.01},
    needs=(RECORDS,),
    measure=SHARE,
    keep=cards,
    figures={
        "contacts_without_name": later("contacts without a name"),
        "companies_without_name": later("companies without a name"),
    },
)
def nameless(case: Case) -> Iterator[Said]:
    """Each list by itself."""
    for entity in BOTH:
        rows, total = case.tally(entity, "name IS NULL"), case.records.count(entity)
        yield Figure(f"{entity}_without_name", rows.all)
        yield from case.tallied(
            tr(
                "{count} of {total} {list} have no name",
                count=rows.count,
                total=total,
                list=records_of(entity),
            ),
            rows,
            total,
            address=entity,
            entity=entity,
        )


@rule(
    "G04",
    later("Contacts that cannot be reached"),
    how=later("share of contacts without any phone; those without phone and e-mail besides"),
    todo=later("require a phone where a deal leaves the first stage"),
    limits={"warn": 0.02},
    needs=(RECORDS,),
    measure=SHARE,
    keep=cards,
    figures={
        "contacts_without_phone": later("contacts without a phone"),
        "contacts_unreachable": later("without phone and e-mail"),
    },
)
def unreachable(case: Case) -> Iterator[Said]:
    """A malformed phone is one (G05 counts it)."""
    total = case.records.count("contacts")
    rows = case.tally("contacts", "id NOT IN (SELECT record FROM hash WHERE entity = 2 AND kind = 1)")
    yield Figure("contacts_without_phone", rows.all)
    yield Figure(
        "contacts_unreachable",
        case.number(
            "SELECT count(*) FROM contacts WHERE id NOT IN (SELECT record FROM hash WHERE entity = 2)"
        ),
    )
    yield from case.tallied(
        tr("{count} of {total} contacts have no phone", count=rows.count, total=total),
        rows,
        total,
        entity="contacts",
    )


@rule(
    "G05",
    later("Phones and e-mails that cannot be right"),
    how=later(
        "share of contacts with a phone of fewer than ten digits or more than fifteen, or an e-mail that is none"
    ),
    todo=later("check what the form lets through"),
    limits={"warn": 0.005},
    needs=(RECORDS,),
    measure=SHARE,
    keep=cards,
    figures={
        "contacts_malformed": later("contacts with a malformed phone or e-mail"),
        "companies_malformed": later("companies"),
    },
)
def malformed(case: Case) -> Iterator[Said]:
    """Each list by itself."""
    for entity in BOTH:
        wrong = f"id IN (SELECT record FROM hash WHERE entity = {CODES[entity]} AND malformed)"
        rows, total = case.tally(entity, wrong), case.records.count(entity)
        yield Figure(f"{entity}_malformed", rows.all)
        yield from case.tallied(
            tr(
                "{count} of {total} {list} have a malformed phone or e-mail",
                count=rows.count,
                total=total,
                list=records_of(entity),
            ),
            rows,
            total,
            address=entity,
            entity=entity,
        )


@rule(
    "G06",
    later("Cards without deals"),
    how=later("share of contacts, and of companies, that no deal is linked to"),
    todo=later("know where they come from; a campaign may want them, a seller's list does not"),
    limits={"info": 0.3},
    needs=(RECORDS, WHOLE),
    measure=SHARE,
    keep=with_deals,
    figures={
        "contacts_without_deals": later("contacts without deals"),
        "companies_without_deals": later("companies without deals"),
    },
)
def dealless(case: Case) -> Iterator[Said]:
    """Contacts of unsorted deals are not shown before the deal is accepted (official: protocol page 7.9)."""
    for entity in BOTH:
        none = f"id NOT IN (SELECT to_record FROM link WHERE entity = 1 AND to_entity = {CODES[entity]})"
        rows, total = case.tally(entity, none), case.records.count(entity)
        yield Figure(f"{entity}_without_deals", rows.all)
        yield from case.tallied(
            tr(
                "{count} of {total} {list} have no deal",
                count=rows.count,
                total=total,
                list=records_of(entity),
            ),
            rows,
            total,
            address=entity,
            entity=entity,
        )


@rule(
    "G07",
    later("Clients untouched for a year"),
    how=later("share of contacts not changed for `days` days"),
    todo=later("offer something to those who bought; delete whom you may not keep"),
    limits={"info": 0.5, "days": 365},
    needs=(RECORDS,),
    measure=SHARE,
    keep=cards,
    figures={"contacts_idle": later("contacts not changed for a year")},
)
def untouched(case: Case) -> Iterator[Said]:
    """By updated_at: events of a year are too many to read."""
    total = case.records.count("contacts")
    rows = case.tally("contacts", "updated_at < ?", case.days_ago(case.limits["days"]))
    yield Figure("contacts_idle", rows.all)
    yield from case.tallied(
        tr(
            "{count} of {total} contacts did not change for {days} days",
            count=rows.count,
            total=total,
            days=case.limits["days"],
        ),
        rows,
        total,
        entity="contacts",
    )


def critical(facts: Facts) -> Keep:
    """Fields of contacts and companies, whether they are filled."""
    return Keep.of(
        {
            entity: [
                number_of(item)
                for item in facts.account.of("field")
                if item.address.home == (entity,)
                and item.id is not None
                and item.attrs.get("type") != "multitext"
            ]
            for entity in BOTH
        }
    )


@rule(
    "G08",
    later("Critical fields of clients"),
    how=later("share of records with a value, of the fields of contacts and companies named in `fields`"),
    todo=later("require the field where a person can fill it in"),
    limits={"warn": 0.9, "error": 0.8, "fields": ()},
    needs=(LIVE, RECORDS),
    measure=SHARE,
    low=True,
    keep=critical,
    figures={"critical_filled": later("records with a value, by critical field")},
)
def critical_fields(case: Case) -> Iterator[Said]:
    """Spec-driven: what is critical is the company's own."""
    wanted = case.limits["fields"]
    if not wanted:
        raise Skip(tr("say which fields matter: policy.audit.G08.fields: [Name, …]"))
    for entity in BOTH:
        counts, total = filled(case, entity), case.records.count(entity)
        for item in case.left(case.things("field", (entity,))):
            if name_of(item) in wanted or item.address.key in wanted:
                count = counts.get(number_of(item), 0)
                yield Figure("critical_filled", count, f"{entity}, {name_of(item)}")
                yield from case.over(
                    tr(
                        "“{name}” is filled in on {count} of {total} {list}",
                        name=name_of(item),
                        count=count,
                        total=total,
                        list=records_of(entity),
                    ),
                    count,
                    total,
                    address=item.address,
                )


@rule(
    "G09",
    later("Cards of nobody"),
    how=later(
        "contacts and companies without a responsible user, or with one who is not active or not there"
    ),
    todo=later("hand them over: a mass edit of the responsible user"),
    limits={"warn": 0},
    needs=(RECORDS, "users"),
    keep=cards,
    figures={
        "contacts_of_nobody": later("contacts without an active responsible user"),
        "companies_of_nobody": later("companies"),
    },
)
def orphans(case: Case) -> Iterator[Said]:
    """Each list by itself."""
    active = ",".join(
        str(user["id"])
        for user in case.facts.raw["users"]
        if (user.get("rights") or {}).get("is_active") is not False
    )
    for entity in BOTH:
        rows, total = (
            case.tally(entity, f"coalesce(responsible_user_id, 0) NOT IN ({active})"),
            case.records.count(entity),
        )
        yield Figure(f"{entity}_of_nobody", rows.all)
        yield from case.tallied(
            tr(
                "{count} of {total} {list} belong to nobody who is active",
                count=rows.count,
                total=total,
                list=records_of(entity),
            ),
            rows,
            total,
            address=entity,
            entity=entity,
        )
