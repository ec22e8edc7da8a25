"""How contacts and companies are filled in: what they share, and what is doubled, broken or missing."""

from dataclasses import dataclass
from random import Random

from amoconf.emulator.scenario import counts as base
from amoconf.emulator.scenario import names
from amoconf.emulator.scenario.counts import Counts, scaled_share

FIRMS_AMONG_SHARING, FIRMS_AMONG_DOUBLED, MAILS_AMONG_MALFORMED = 0.08, 0.05, 0.24
SECOND_PHONE, CONTACT_MAIL, FIRM_PHONE, FIRM_MAIL = 0.07, 0.38, 0.85, 0.55


FIRST_NAME_ONLY = 3  # of ten contacts


@dataclass(frozen=True)
class Flaws:
    """Numbers of cards, contacts first, companies after them. `phone_of` and `mail_of`: whose phone or
    mailbox a card has instead of its own."""

    contacts: int
    nameless: frozenset[int]
    phoneless: frozenset[int]
    broken_phone: frozenset[int]
    broken_mail: frozenset[int]
    doubled_phone: frozenset[int]
    doubled_mail: frozenset[int]
    phone_of: dict[int, int]
    mail_of: dict[int, int]


def flaws(rng: Random, contacts: int, companies: int, counts: Counts) -> Flaws:
    """Exactly so many flawed cards. None has two flaws of phone or mailbox, so that the counts stay apart."""
    order, firms = (
        iter(rng.sample(range(contacts), contacts)),
        iter(rng.sample(range(contacts, contacts + companies), companies)),
    )

    def take(count: int, of_firms: float = 0.0) -> list[int]:
        some = [card for _, card in zip(range(int(count * of_firms)), firms, strict=False)]
        return some + [card for _, card in zip(range(count - len(some)), order, strict=False)]

    malformed = counts.of(base.MALFORMED)
    mails = int(malformed * MAILS_AMONG_MALFORMED)
    nameless = rng.sample(range(contacts), min(counts.of(base.NAMELESS_CONTACTS), contacts))
    nameless += rng.sample(
        range(contacts, contacts + companies), min(counts.of(base.NAMELESS_COMPANIES), companies)
    )
    return Flaws(
        contacts,
        frozenset(nameless),
        frozenset(take(counts.of(base.NO_PHONE))),
        frozenset(take(malformed - mails)),
        frozenset(take(mails)),
        frozenset(take(counts.of(base.DOUBLED_PHONE), FIRMS_AMONG_DOUBLED)),
        frozenset(take(counts.of(base.DOUBLED_EMAIL))),
        _shared(rng, take(scaled_share(base.SHARE_PHONE, counts.scale), FIRMS_AMONG_SHARING)),
        _shared(rng, take(scaled_share(base.SHARE_EMAIL, counts.scale))),
    )


def _shared(rng: Random, cards: list[int]) -> dict[int, int]:
    """Pairs, and one group of three where the number is odd."""
    rng.shuffle(cards)
    pairs = {card: cards[place - place % 2] for place, card in enumerate(cards)}
    if len(cards) % 2 and len(cards) > 1:
        pairs[cards[-1]] = cards[0]
    return pairs


def phones(rng: Random, flaw: Flaws, card: int) -> list[str]:
    """All phones of a card, as written. A broken one stands beside a good one."""
    if card in flaw.phoneless:
        return []
    own, way = flaw.phone_of.get(card, card), int(rng.random() * 6)
    if card in flaw.doubled_phone:
        return [names.phone(own, way), names.phone(own, way + 1)]
    good = names.phone(own, way)
    if card in flaw.broken_phone:
        return [names.NO_PHONES[card % len(names.NO_PHONES)], good]
    dice = rng.random()
    if card >= flaw.contacts and card not in flaw.phone_of and dice > FIRM_PHONE:
        return []
    return [good, names.phone(2 * 10**8 + card, way + 2)] if dice < SECOND_PHONE else [good]


def mails(rng: Random, flaw: Flaws, card: int) -> list[str]:
    """All mailboxes of a card."""
    own = names.mailbox(flaw.mail_of.get(card, card))
    if card in flaw.doubled_mail:
        return [own, f"{own.capitalize()} "]
    if card in flaw.broken_mail:
        return [names.broken_mailbox(card)]
    if card in flaw.mail_of:
        return [own.upper() if card % 2 else own]
    share = FIRM_MAIL if card >= flaw.contacts else CONTACT_MAIL
    return [own] if rng.random() < share else []


def full_name(card: int, taken: set[tuple[str, str]] | None) -> tuple[str, str]:
    """First and last name of a contact; of a company's contacts, one that is not `taken` and is then."""
    if taken is None:
        first, last = names.person(card)
        return (first, "") if card % 10 < FIRST_NAME_ONLY else (first, last)
    step = 0
    while names.person(card + step) in taken:
        step += 1
    taken.add(names.person(card + step))
    return names.person(card + step)
