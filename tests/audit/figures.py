"""The figures of the audited account, counted from the emulator's own tables by plain SQL and JSON."""

import re
from collections import Counter
from typing import Any

from amoconf.emulator.store import Store, Thing
from tests.emulator.audited_account import DAY, PIPELINES, bodies, number, pipeline_id, rows, texts

Card = tuple[str, int]
OPEN = "status_id NOT IN (142, 143)"


def phones(card: Thing) -> list[str]:
    """Comparable phones."""
    digits = (re.sub(r"\D", "", text) for text in texts(card, "PHONE"))
    return [text[-10:] for text in digits if len(text) >= 10]


def mails(card: Thing) -> list[str]:
    """Comparable e-mails."""
    return [text.strip().casefold() for text in texts(card, "EMAIL")]


def sharing(values: dict[Card, list[str]]) -> int:
    """Cards of which some value stands on another card too."""
    seen = Counter(value for found in values.values() for value in set(found))
    return sum(any(seen[value] > 1 for value in found) for found in values.values())


def is_malformed(card: Thing) -> bool:
    """A short phone or an e-mail that is none."""
    short = any(len(re.sub(r"\D", "", text)) < 10 for text in texts(card, "PHONE"))
    return short or any(not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text) for text in mails(card))


def of_cards(store: Store) -> dict[str, float]:
    """Contacts and companies."""
    cards = {
        (table, card["id"]): card for table in ("contacts", "companies") for card in bodies(store, table)
    }
    contacts = [card for (table, _), card in cards.items() if table == "contacts"]
    companies = [card for (table, _), card in cards.items() if table == "companies"]
    linked = "SELECT to_id FROM link WHERE from_type = 'leads' AND to_type = ?"
    return {
        "contacts": len(contacts),
        "companies": len(companies),
        "cards_sharing_phone": sharing({key: phones(card) for key, card in cards.items()}),
        "cards_sharing_email": sharing({key: mails(card) for key, card in cards.items()}),
        "cards_doubled_phone": sum(len(phones(card)) != len(set(phones(card))) for card in cards.values()),
        "cards_doubled_email": sum(len(mails(card)) != len(set(mails(card))) for card in cards.values()),
        "contacts_without_name": sum(not (card["name"] or "").strip() for card in contacts),
        "companies_without_name": sum(not (card["name"] or "").strip() for card in companies),
        "contacts_without_phone": sum(not texts(card, "PHONE") for card in contacts),
        "contacts_malformed": sum(is_malformed(card) for card in contacts),
        **{
            f"{table}_without_deals": number(
                store, f"SELECT count(*) FROM {table} WHERE id NOT IN ({linked})", table
            )
            for table in ("contacts", "companies")
        },
    }


def of_deals(store: Store) -> dict[str, float]:
    """Deals, by outcome and pipeline."""
    busy = "SELECT entity_id FROM tasks WHERE entity_type = 'leads' AND is_completed = 0"
    found: dict[str, float] = {
        "deals": number(store, "SELECT count(*) FROM leads"),
        "deals_active": number(store, f"SELECT count(*) FROM leads WHERE {OPEN}"),
        "deals_won": number(store, "SELECT count(*) FROM leads WHERE status_id = 142"),
        "deals_lost": number(store, "SELECT count(*) FROM leads WHERE status_id = 143"),
        "active_without_task": number(
            store, f"SELECT count(*) FROM leads WHERE {OPEN} AND id NOT IN ({busy})"
        ),
        "lost_without_reason": number(
            store, "SELECT count(*) FROM leads WHERE status_id = 143 AND loss_reason_id IS NULL"
        ),
    }
    for name in PIPELINES:
        key = pipeline_id(store, name)
        status = Counter(
            row[0] for row in rows(store, "SELECT status_id FROM leads WHERE pipeline_id = ?", key)
        )
        won, lost, every = status[142], status[143], sum(status.values())
        parts = {"deals": every, "active": every - won - lost, "won": won, "lost": lost}
        found |= {f"pipeline_{part}[{name}]": value for part, value in parts.items()}
    return found


def of_use(store: Store, now: int) -> dict[str, float]:
    """Fields, tags, task types and sources that are used, and those that are not."""
    deals = bodies(store, "leads")
    filled = Counter(entry["field_id"] for deal in deals for entry in deal["custom_fields_values"] or [])
    tags = {tag["id"] for tag in store.all("tag", "leads")}
    used = {tag["id"] for deal in deals for tag in deal["_embedded"]["tags"]}
    types = {row["id"] for row in store.all("task_type")}
    done = {key for (key,) in rows(store, "SELECT DISTINCT task_type_id FROM tasks")}
    fresh = Counter(
        key for (key,) in rows(store, "SELECT source_id FROM leads WHERE created_at >= ?", now - 90 * DAY)
    )
    fields, sources = store.all("field", "leads"), store.all("source")
    popup = next(row for row in sources if "всплывающее окно" in row["name"])
    return {
        "deals_without_tracking[roistat]": sum(not texts(deal, "ROISTAT") for deal in deals),
        "deals_with_source_field[Откуда контакт]": sum(bool(texts(deal, "Откуда контакт")) for deal in deals),
        "fields[leads]": len(fields),
        "fields_under_1_percent[leads]": sum(100 * filled[row["id"]] < len(deals) for row in fields),
        "tags[leads]": len(tags),
        "tags_unused[leads]": len(tags - used),
        "task_types": len(types),
        "task_types_unused": len(types - done),
        "sources": len(sources),
        "sources_silent": sum(row["id"] not in fresh for row in sources),
        f"source_deals[{popup['name']}]": fresh[popup["id"]],
        "text_values[leads, Город]": len({text for deal in deals for text in texts(deal, "Город")}),
        "text_values[leads, Бренд]": len({text for deal in deals for text in texts(deal, "Бренд")}),
    }


def of_setup(store: Store) -> dict[str, float]:
    """People, roles, integrations, stages, reasons."""
    users = store.all("user")
    parts = {
        "widgets_installed": sum(bool(row["is_active_in_account"]) for row in store.all("widget")),
        "webhooks": len(store.all("webhook")),
        "sources": len(store.all("source")),
    }
    return {
        **parts,
        "integrations": sum(parts.values()),
        "users": len(users),
        "administrators": sum(row["rights"]["is_admin"] for row in users),
        "roles": len(store.all("role")),
        "loss_reasons": len(store.all("loss_reason")),
    }


def counted(store: Store, now: int) -> dict[str, Any]:
    """All of them."""
    return {**of_setup(store), **of_deals(store), **of_cards(store), **of_use(store, now)}
