"""Who the deals are for: contacts and companies, made with their first deal, and those that never had one."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from amoconf.emulator.scenario import counts as base
from amoconf.emulator.scenario.audited_config import DAY
from amoconf.emulator.scenario.counts import Counts, apportion, capped
from amoconf.emulator.scenario.deals import Deal

# How often a closed deal is the first one of a client, by pipeline; then set right to the exact sum.
NEW_CLIENT = {
    "retail": 0.62,
    "wholesale": 0.22,
    "service": 0.12,
    "repeat": 0.03,
    "old": 0.55,
    "expo": 0.7,
    "shop": 0.6,
}
WITHOUT_CONTACT, SECOND_CONTACT, THIRD_CONTACT = 0.05, 0.05, 0.01
TWIN_NAME = "Заявка с сайта"
TWIN_DAYS = 3  # a site's form makes another deal within so many days


@dataclass(slots=True, eq=False)
class Company:
    """A company is as old as the first of its contacts."""

    created: int
    id: int = 0


@dataclass(slots=True, eq=False)
class Client:
    """A contact. `first`: the deal that it came with."""

    created: int
    first: Deal | None = None
    company: Company | None = None
    id: int = 0


@dataclass
class Clients:
    """All contacts and companies by time, and the contacts of each deal, the main one first."""

    contacts: list[Client]
    companies: list[Company]
    of_deal: dict[int, tuple[Client, ...]]


def assign(
    rng: Random, deals: list[Deal], counts: Counts, first_day: int, now: int, first_ids: tuple[int, int]
) -> Clients:
    """Gives deals their contacts, exactly as many as the counts allow. `first_ids`: contact, company."""
    idle = min(counts.of(base.CONTACTS_WITHOUT_DEALS), counts.of(base.CONTACTS))
    room = counts.of(base.CONTACTS) - idle
    twins = _twins(rng, deals, counts, room)
    newcomers = _newcomers(rng, deals, twins, room)
    of_deal, linked = _meet(rng, deals, twins, newcomers)
    idlers = [
        Client(first_day + int((now - DAY - first_day) * rng.random()))
        for _ in range(idle + room - len(linked))
    ]
    companies = _companies(rng, linked, idlers[:idle], counts, first_day)
    contacts = sorted([*linked, *idlers], key=lambda client: client.created)
    for number, client in enumerate(contacts):
        client.id = first_ids[0] + number
    companies.sort(key=lambda company: company.created)
    for number, company in enumerate(companies):
        company.id = first_ids[1] + number
    return Clients(contacts, companies, of_deal)


def _twins(rng: Random, deals: Sequence[Deal], counts: Counts, room: int) -> dict[int, Deal]:
    """By id of an open retail deal, the earlier open deal of its client; names and prices are equal then."""
    opened = [deal for deal in deals if deal.is_active and deal.line.key == "retail"]
    gaps = {n: opened[n].created - opened[n - 1].created for n in range(1, len(opened))}
    order = rng.sample(sorted(gaps), len(gaps))
    order.sort(key=lambda n: gaps[n] > TWIN_DAYS * DAY)
    wanted = min(counts.of(base.CLIENTS_WITH_SEVERAL_OPEN), room)
    found: dict[int, Deal] = {}
    bases: set[int] = set()
    for place in order:
        before, deal = opened[place - 1], opened[place]
        if len(found) < wanted and before.id not in found and deal.id not in bases:
            found[deal.id] = before
            bases.add(before.id)
            deal.price = before.price
            deal.name = before.name = TWIN_NAME
    return found


def _newcomers(rng: Random, deals: Sequence[Deal], twins: dict[int, Deal], room: int) -> set[int]:
    """Ids of the deals that bring a new contact: open deals but for twins, then what there is room for."""
    opened = [deal.id for deal in deals if deal.is_active and deal.id not in twins][:room]
    closed: dict[str, list[int]] = {key: [] for key in NEW_CLIENT}
    for deal in deals:
        if not deal.is_active:
            closed[deal.line.key].append(deal.id)
    caps = [len(ids) for ids in closed.values()]
    weights = [len(closed[key]) * share for key, share in NEW_CLIENT.items()]
    parts = capped(apportion(room - len(opened), weights), caps)
    chosen = [key for ids, part in zip(closed.values(), parts, strict=True) for key in rng.sample(ids, part)]
    return {*opened, *chosen}


def _meet(
    rng: Random, deals: Sequence[Deal], twins: dict[int, Deal], newcomers: set[int]
) -> tuple[dict[int, tuple[Client, ...]], list[Client]]:
    of_deal: dict[int, tuple[Client, ...]] = {}
    linked: list[Client] = []
    random = rng.random
    for deal in deals:
        if deal.id in newcomers:
            linked.append(Client(deal.created - int(random() * 40), deal))
            main = linked[-1]
        elif deal.id in twins:
            of_deal[deal.id] = of_deal.get(twins[deal.id].id, ())
            continue
        elif deal.is_active or not linked or random() < WITHOUT_CONTACT:
            continue
        else:
            main = linked[int(random() ** 0.6 * len(linked))]
        of_deal[deal.id] = (main, *_others(rng, linked, main, deal))
    return of_deal, linked


def _others(rng: Random, linked: Sequence[Client], main: Client, deal: Deal) -> list[Client]:
    """Second and third contacts; open deals have one only, so that nobody is in two of them by chance."""
    dice = rng.random()
    if deal.is_active or dice > SECOND_CONTACT or len(linked) < 4:
        return []
    wanted = 2 if dice < THIRD_CONTACT else 1
    return [client for client in rng.sample(linked, wanted) if client is not main]


def _companies(
    rng: Random, linked: list[Client], idlers: list[Client], counts: Counts, first_day: int
) -> list[Company]:
    """Each company with deals has a contact that came with a wholesale deal, if there are enough of them.
    Clients of open deals join no company of others, so that none has several open deals by chance."""
    idle = min(counts.of(base.COMPANIES_WITHOUT_DEALS), counts.of(base.COMPANIES))
    wanted = min(counts.of(base.COMPANIES) - idle, len(linked))
    firms = sorted(linked, key=lambda client: _rank(client, rng))
    found = [Company(client.created) for client in firms[:wanted]]
    for client, company in zip(firms, found, strict=False):
        client.company = company
    for client in firms[wanted : wanted + wanted // 3]:
        if not _is_open(client):
            _join(client, rng.choice(found))
    return [*found, *_idle_companies(rng, idlers, idle, first_day)]


def _rank(client: Client, rng: Random) -> tuple[int, int, float]:
    line = client.first.line.key if client.first else ""
    return (
        ("wholesale", "expo", "old").index(line) if line in ("wholesale", "expo", "old") else 3,
        0 if _is_open(client) else 1,
        rng.random(),
    )


def _is_open(client: Client) -> bool:
    return client.first is not None and client.first.is_active


def _join(client: Client, company: Company) -> None:
    client.company = company
    company.created = min(company.created, client.created)


def _idle_companies(rng: Random, idlers: Sequence[Client], count: int, first_day: int) -> list[Company]:
    """Some have a contact, who has no deals either."""
    found = []
    for number in range(count):
        made = idlers[number % len(idlers)].created if idlers else first_day
        company = Company(made)
        if number < len(idlers) and rng.random() < 0.3:
            _join(idlers[number], company)
        found.append(company)
    return found
