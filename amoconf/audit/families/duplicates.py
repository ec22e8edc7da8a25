"""Family G: clients and values that are there twice."""

from collections.abc import Iterator

from amoconf.audit.case import Case
from amoconf.audit.families.cards import cards
from amoconf.audit.rule import SHARE, Family, Figure, Said
from amoconf.facts import RECORDS
from amoconf.tongue import later, trn

FAMILY = Family()
rule = FAMILY.rule
BOTH = ("contacts", "companies")
KINDS = {"phone": 1, "email": 2}
CARD = "entity * 1000000000000 + record"  # one number a card; ids are shorter


def every(case: Case) -> int:
    """Contacts and companies together."""
    return sum(case.records.count(entity) for entity in BOTH)


def shared(kind: int) -> str:
    """Cards of which some value stands on another card too."""
    twice = f"SELECT hash FROM hash WHERE kind = {kind} AND NOT malformed GROUP BY hash HAVING count(DISTINCT {CARD}) > 1"
    return f"SELECT DISTINCT entity, record FROM hash WHERE kind = {kind} AND hash IN ({twice})"


def doubled(kind: int) -> str:
    """Cards that hold a value twice."""
    return f"SELECT DISTINCT entity, record FROM hash WHERE kind = {kind} AND NOT malformed GROUP BY entity, record, hash HAVING count(*) > 1"


def found(case: Case, sql: str) -> tuple[int, list[int], int]:
    """(how many besides those excused, ids, how many in all) of cards."""
    rows = [key for _, key in case.records.ask(sql)]
    left = [key for key in rows if key not in case.ids]
    return len(left), left, len(rows)


@rule(
    "G01",
    later("Clients that are there twice"),
    how=later(
        "share of contacts and companies of which a phone (its last ten digits) or an e-mail stands on another card too, a card counted once; contacts with one name in one company"
    ),
    todo=later("merge them with the duplicates search; switch on duplicate control for each integration"),
    limits={"warn": 0.01, "error": 0.05},
    needs=(RECORDS,),
    measure=SHARE,
    keep=cards,
    figures={
        "contacts": later("contacts"),
        "companies": later("companies"),
        "cards_sharing_phone": later("contacts and companies that share a phone with another card"),
        "cards_sharing_email": later("that share an e-mail"),
        "contacts_same_name": later("contacts with the name and company of another"),
    },
)
def duplicates(case: Case) -> Iterator[Said]:
    """Hashes are compared; no phone is read."""
    total = every(case)
    for entity in BOTH:
        yield Figure(entity, case.records.count(entity))
    for name, kind in KINDS.items():
        count, ids, whole = found(case, shared(kind))
        yield Figure(f"cards_sharing_{name}", whole)
        yield from case.over(
            _shared(kind, count),
            count,
            total,
            address=f"cards/{name}",
            ids=ids,
            entity="contacts",
        )
    twice = """SELECT 2, id FROM (SELECT c.id, count(*) OVER (PARTITION BY c.name, k.to_record) n FROM contacts c
        JOIN link k ON k.entity = 2 AND k.record = c.id AND k.to_entity = 3 WHERE c.name IS NOT NULL) WHERE n > 1"""
    count, ids, whole = found(case, twice)
    yield Figure("contacts_same_name", whole)
    yield from case.over(
        trn(
            "{number} contact has the name and company of another",
            "{number} contacts have the name and company of another",
            count,
        ),
        count,
        total,
        address="cards/name",
        ids=ids,
        entity="contacts",
    )


def _shared(kind: int, count: int) -> str:
    if kind == KINDS["phone"]:
        return trn(
            "{number} card shares a phone with another", "{number} cards share a phone with another", count
        )
    return trn(
        "{number} card shares an e-mail with another", "{number} cards share an e-mail with another", count
    )


def _twice(kind: int, count: int) -> str:
    if kind == KINDS["phone"]:
        return trn(
            "{number} card holds the same phone twice", "{number} cards hold the same phone twice", count
        )
    return trn(
        "{number} card holds the same e-mail twice", "{number} cards hold the same e-mail twice", count
    )


@rule(
    "G02",
    later("One value twice in a card"),
    how=later("contacts and companies that hold the same phone or e-mail more than once"),
    todo=later("let the integration look before it adds; clean up with a mass edit"),
    limits={"warn": 0},
    needs=(RECORDS,),
    keep=cards,
    figures={
        "cards_doubled_phone": later("cards that hold a phone twice"),
        "cards_doubled_email": later("that hold an e-mail twice"),
    },
)
def twice(case: Case) -> Iterator[Said]:
    """A card is counted once."""
    for name, kind in KINDS.items():
        count, ids, whole = found(case, f"SELECT DISTINCT entity, record FROM ({doubled(kind)})")
        yield Figure(f"cards_doubled_{name}", whole)
        yield from case.over(
            _twice(kind, count),
            count,
            every(case),
            address=f"cards/{name}",
            ids=ids,
            entity="contacts",
        )
