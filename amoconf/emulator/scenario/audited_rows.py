"""Rows of the audited account's records, one table after another, each in the order of its key."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from amoconf.emulator.config.stages import LOST, WON
from amoconf.emulator.records.document import Row, company_row, contact_row, lead_row
from amoconf.emulator.records.fragments import enum_json, field_head, fields_json, quote, tags_json
from amoconf.emulator.records.papers import link_row, unsorted_row
from amoconf.emulator.scenario import cards, names
from amoconf.emulator.scenario.audited_config import Setup, TagRow
from amoconf.emulator.scenario.bulk import insert
from amoconf.emulator.scenario.cards import Flaws
from amoconf.emulator.scenario.clients import Client, Clients, Company
from amoconf.emulator.scenario.counts import Counts
from amoconf.emulator.scenario.deals import Deal
from amoconf.emulator.scenario.ground import ACCOUNT_ID, uuid_of
from amoconf.emulator.scenario.history import worker
from amoconf.emulator.scenario.values import Filling
from amoconf.emulator.store import Store, Thing

POSITIONS = ("Директор", "Снабженец", "Прораб", "Бухгалтер", "Менеджер")
MESSENGER, MESSENGER_SHARE, POSITION_SHARE = "Мессенджер", 0.06, 0.5
UNNAMED_DEALS = 0.25
IDLE_OWNERS_FROM = 5  # contacts without deals belong to the users after the administrators


@dataclass(frozen=True)
class Writer:
    """What every row needs."""

    store: Store
    rng: Random
    setup: Setup
    counts: Counts
    now: int

    def companies(self, clients: Clients, flaw: Flaws, owners: Sequence[int]) -> None:
        """Companies. Their cards are numbered after the contacts'."""
        fill = Multitext(self.store, "companies")
        tag_texts = spread_tags(self.rng, self.setup.tags["companies"], len(clients.companies), self.counts)
        insert(self.store, "companies", self._companies(clients.companies, flaw, owners, fill, tag_texts))

    def _companies(
        self,
        companies: Sequence[Company],
        flaw: Flaws,
        owners: Sequence[int],
        fill: "Multitext",
        tag_texts: dict[int, str],
    ) -> Iterator[Row]:
        for number, company in enumerate(companies):
            card = flaw.contacts + number
            yield company_row(
                id=company.id,
                account_id=ACCOUNT_ID,
                version=self.setup.version,
                created_at=company.created,
                updated_at=self._later(company.created),
                name="" if card in flaw.nameless else names.company(number),
                responsible_user_id=owners[number % len(owners)],
                created_by=owners[number % len(owners)],
                fields_json=fill.json(
                    cards.phones(self.rng, flaw, card), cards.mails(self.rng, flaw, card), []
                ),
                tags_json=tag_texts.get(number, "[]"),
            )

    def contacts(self, clients: Clients, flaw: Flaws, owners: Sequence[int]) -> None:
        """Contacts and their links to companies."""
        fill = Multitext(self.store, "contacts")
        tag_texts = spread_tags(self.rng, self.setup.tags["contacts"], len(clients.contacts), self.counts)
        insert(self.store, "contacts", self._contacts(clients.contacts, flaw, owners, fill, tag_texts))
        linked = ((client.id, client.company.id) for client in clients.contacts if client.company)
        insert(self.store, "link", (link_row("contacts", one, "companies", other) for one, other in linked))

    def _contacts(
        self,
        contacts: Sequence[Client],
        flaw: Flaws,
        owners: Sequence[int],
        fill: "Multitext",
        tag_texts: dict[int, str],
    ) -> Iterator[Row]:
        known: dict[int, set[tuple[str, str]]] = {}
        for card, client in enumerate(contacts):
            owner = client.first.owner if client.first else None
            taken = known.setdefault(client.company.id, set()) if client.company else None
            first, last = ("", "") if card in flaw.nameless else cards.full_name(card, taken)
            user_id = owner.id if owner else owners[card % len(owners)]
            yield contact_row(
                id=client.id,
                account_id=ACCOUNT_ID,
                version=self.setup.version,
                created_at=client.created,
                updated_at=self._later(client.created),
                name=f"{first} {last}".strip(),
                first_name=first,
                last_name=last,
                responsible_user_id=user_id,
                group_id=owner.group_id if owner else 0,
                created_by=user_id,
                fields_json=fill.json(
                    cards.phones(self.rng, flaw, card),
                    cards.mails(self.rng, flaw, card),
                    self._extras(client, fill),
                ),
                tags_json=tag_texts.get(card, "[]"),
                company_id=client.company.id if client.company else None,
            )

    def _extras(self, client: Client, fill: "Multitext") -> list[str]:
        found = []
        if client.company and self.rng.random() < POSITION_SHARE:
            found.append(fill.text("POSITION", POSITIONS[client.id % len(POSITIONS)]))
        if self.rng.random() < MESSENGER_SHARE:
            found.append(fill.text(MESSENGER, f"@client{client.id}"))
        return found

    def _later(self, created: int) -> int:
        return created + int((self.now - created) * self.rng.random() ** 3)

    def deals(self, deals: Sequence[Deal], clients: Clients, filling: Filling) -> None:
        """Deals, their links, and requests for those that wait in the unsorted stage."""
        insert(self.store, "leads", self._deals(deals, clients, filling))
        insert(self.store, "link", _deal_links(deals, clients))
        insert(self.store, "unsorted", _requests(deals, clients))

    def _deals(self, deals: Sequence[Deal], clients: Clients, filling: Filling) -> Iterator[Row]:
        random = self.rng.random
        for place, deal in enumerate(deals):
            company = company_of(deal, clients)
            owner = deal.owner
            unnamed = not deal.name and random() < UNNAMED_DEALS
            yield lead_row(
                id=deal.id,
                account_id=ACCOUNT_ID,
                version=self.setup.version,
                pipeline_id=deal.line.id,
                status_id=stage_id(deal),
                created_at=deal.created,
                updated_at=deal.updated,
                name=None if unnamed else deal.name or names.DEALS[int(random() * len(names.DEALS))],
                price=deal.price,
                responsible_user_id=owner.id if owner else 0,
                group_id=owner.group_id if owner else 0,
                created_by=deal.by,
                updated_by=worker(owner, deal.updated, self.now),
                closed_at=deal.closed or None,
                closest_task_at=deal.task_at or None,
                loss_reason_id=deal.reason,
                source_id=deal.source.id if deal.source else None,
                fields_json=filling.fields_json(place, deal),
                tags_json=filling.tags_json(place),
                company_id=company.id if company else None,
            )


class Multitext:
    """Renders phones, mailboxes and texts of contacts or companies."""

    def __init__(self, store: Store, entity: str) -> None:
        fields = store.all("field", entity)
        self.by_key = {field["code"] or field["name"]: field for field in fields}
        self.heads = {key: field_head(field) for key, field in self.by_key.items()}

    def json(self, phones: Sequence[str], mails: Sequence[str], others: Sequence[str]) -> str:
        """`custom_fields_values` of a card; `others` are finished fragments."""
        found = [self._kinds("PHONE", phones, ("MOB", "WORK")), self._kinds("EMAIL", mails, ("WORK", "PRIV"))]
        return fields_json([text for text in (*found, *others) if text])

    def text(self, key: str, value: str) -> str:
        """A filled text field."""
        return f'{self.heads[key]}[{{"value":{quote(value)}}}]}}'

    def _kinds(self, key: str, values: Sequence[str], kinds: Sequence[str]) -> str:
        if not values:
            return ""
        options = {option["value"]: option for option in self.by_key[key]["enums"]}
        shown = [enum_json(options[kinds[n % len(kinds)]], value) for n, value in enumerate(values)]
        return f"{self.heads[key]}[{','.join(shown)}]}}"


def spread_tags(rng: Random, rows: Sequence[TagRow], cards_total: int, counts: Counts) -> dict[int, str]:
    """`_embedded.tags` by number of card, for those that have tags."""
    found: dict[int, list[Thing]] = {}
    for row in rows:
        for card in rng.sample(range(cards_total), min(counts.of(row.used), cards_total)):
            found.setdefault(card, []).append(row.tag)
    return {card: tags_json(tags) for card, tags in found.items()}


def stage_id(deal: Deal) -> int:
    """The id of the stage that a deal is in."""
    return deal.stage if deal.stage in (WON, LOST) else deal.line.stages[deal.stage]


def company_of(deal: Deal, clients: Clients) -> Company | None:
    """The company of the deal's main contact."""
    people = clients.of_deal.get(deal.id)
    return people[0].company if people else None


def _deal_links(deals: Sequence[Deal], clients: Clients) -> Iterator[Row]:
    for deal in deals:
        company = company_of(deal, clients)
        if company:
            yield link_row("leads", deal.id, "companies", company.id)
        for number, client in enumerate(clients.of_deal.get(deal.id, ())):
            yield link_row("leads", deal.id, "contacts", client.id, is_main=not number)


def _requests(deals: Sequence[Deal], clients: Clients) -> Iterator[Row]:
    """Those without a source came by mail."""
    for deal in deals:
        if deal.stage == 0:
            source, people = deal.source, clients.of_deal.get(deal.id, ())
            category = source.category if source else "mail"
            company = company_of(deal, clients)
            yield unsorted_row(
                uid=uuid_of("request", deal.id).replace("-", ""),
                account_id=ACCOUNT_ID,
                category=category,
                pipeline_id=deal.line.id,
                lead_id=deal.id,
                created_at=deal.created,
                source_uid=source.external_id if source else "mailbox",
                source_name=source.name if source else "Почта",
                metadata=_METADATA[category](deal),
                contact_id=people[0].id if people else None,
                company_id=company.id if company else None,
            )


# Keys by the kind of request: protocol page 7.9 names the kinds, what is inside is a guess.
_METADATA: dict[str, Callable[[Deal], Thing]] = {
    "forms": lambda deal: {
        "form_id": "zayavka",
        "form_name": "Заявка",
        "form_page": "https://stroymarket.example/",
        "ip": "192.0.2.10",
        "form_sent_at": deal.created,
        "referer": "https://search.example/",
    },
    "sip": lambda deal: {
        "from": names.phone(3 * 10**8 + deal.id, 2),
        "phone": names.phone(4 * 10**8, 2),
        "called_at": deal.created,
        "duration": deal.id % 120,
        "link": None,
        "service_code": "envybox_callback",
    },
    "chats": lambda deal: {
        "from": {"name": "Посетитель сайта"},
        "received_at": deal.created,
        "service": "site_chat",
    },
    "mail": lambda deal: {
        "from": {"email": names.mailbox(deal.id)},
        "received_at": deal.created,
        "subject": "Заявка",
    },
}
