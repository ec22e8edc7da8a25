"""What amoCRM itself puts into every new account, for all scenarios."""

import hashlib
import uuid

from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.store import Store, Thing

ACCOUNT_ID = 30817554
SUBDOMAIN = "stroymarket"
COMPANY = "СтройМаркет"
OWNER_ID = 6102117  # the first user that is made
OWNER_EMAIL = "owner@stroymarket.example"
GROUPED = ("leads", "contacts", "companies", "customers")  # scopes that have field groups

# Where ids go on from. Counters are named after the kinds; large ids look like those of real dumps.
COUNTERS = {
    "lead": 24500000,
    "contact": 41800000,
    "company": 41800000,
    "customer": 910000,
    "task": 77100000,
    "note": 205600000,
    "element": 610000,
    "pipeline": 3400000,
    "stage": 33900000,
    "field": 680000,
    "enum": 1390000,
    "tag": 210000,
    "role": 330000,
    "user": 6102116,
    "user_group": 372000,
    "task_type": 1960000,
    "loss_reason": 4220000,
    "catalog": 8200,
    "webhook": 1820000,
    "widget": 745000,
    "source": 5310000,
    "segment": 51000,
    "customer_status": 11800000,
    "field_group": 61700000000000,
    "bot": 21000,
    "website_button": 410000,
    "chat_template": 91000,
}

# Types of C1. The forms of a word follow the six cases of Russian.
CASES = ("default", "genitive", "dative", "accusative", "instrumental", "prepositional")
LEAD_SINGULAR = ("сделка", "сделки", "сделке", "сделку", "сделкой", "сделке")
LEAD_PLURAL = ("сделки", "сделок", "сделкам", "сделки", "сделками", "сделках")

# Tracking fields of deals; utm_* as recorded by third parties, the rest a guess: config page C7.7.
TRACKING_NAMES = """
utm_content utm_medium utm_campaign utm_source utm_term utm_referrer roistat referrer openstat_service
openstat_campaign openstat_ad openstat_source from gclientid _ym_uid _ym_counter gclid yclid fbclid
"""
TRACKING = TRACKING_NAMES.split()

PHONE_KINDS = ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")
EMAIL_KINDS = ("WORK", "PRIV", "OTHER")
# Companies' predefined fields are a guess: config page C7.7.
PREDEFINED: dict[str, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    "contacts": (
        ("Должность", "text", "POSITION", ()),
        ("Телефон", "multitext", "PHONE", PHONE_KINDS),
        ("Email", "multitext", "EMAIL", EMAIL_KINDS),
        ("Пользовательское соглашение", "checkbox", "USER_AGREEMENT", ()),
    ),
    "companies": (
        ("Телефон", "multitext", "PHONE", PHONE_KINDS),
        ("Email", "multitext", "EMAIL", EMAIL_KINDS),
        ("Web", "url", "WEB", ()),
        ("Адрес", "textarea", "ADDRESS", ()),
    ),
}


def uuid_of(*parts: object) -> str:
    """A UUID that is the same in every run for the same words."""
    digest = hashlib.md5("/".join(map(str, parts)).encode(), usedforsecurity=False).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def lay(store: Store, *, created_at: int, now: int) -> None:
    """Account, default groups of fields, predefined fields, task types, department; counters."""
    for name, value in COUNTERS.items():
        store.set_counter(name, value)
    store.put("account", account(created_at, now))
    store.put("user_group", {"id": 0, "name": "Отдел продаж", "uuid": None})
    store.put(
        "task_type", {"id": 1, "name": "Связаться", "color": None, "icon_id": None, "code": "FOLLOW_UP"}
    )
    store.put("task_type", {"id": 2, "name": "Встреча", "color": None, "icon_id": None, "code": "MEETING"})
    for entity in GROUPED:
        store.put("field_group", group("default", "Основное", entity, 0), entity)
    store.put("field_group", group("statistic", "Статистика", "leads", 1), "leads")
    predefined_fields(store)


def account(created_at: int, now: int) -> Thing:
    """The account document, with all that `with=` may ask for (config page C1)."""
    return {
        "id": ACCOUNT_ID,
        "name": COMPANY,
        "subdomain": SUBDOMAIN,
        "created_at": created_at,
        "created_by": 0,
        "updated_at": now,
        "updated_by": 0,
        "current_user_id": OWNER_ID,
        "country": "RU",
        "currency": "RUB",
        "currency_symbol": "₽",
        "customers_mode": "disabled",
        "is_unsorted_on": True,
        "mobile_feature_version": 0,
        "is_loss_reason_enabled": True,
        "is_helpbot_enabled": False,
        "is_technical_account": False,
        "contact_name_display_order": 1,
        "amojo_id": uuid_of("amojo", ACCOUNT_ID),
        "uuid": uuid_of("account", ACCOUNT_ID),
        "version": 11,
        "drive_url": "https://drive-b.amocrm.ru",
        "entity_names": entity_names(),
        "datetime_settings": {
            "date_pattern": "d.m.Y H:i",
            "short_date_pattern": "d.m.Y",
            "short_time_pattern": "H:i",
            "date_format": "d.m.Y",
            "time_format": "H:i:s",
            "timezone": "Europe/Moscow",
            "timezone_offset": "+03:00",
        },
        "invoices_settings": {"lang": None, "invoices_catalog_id": None},
        "amojo_rights": {"can_direct": True, "can_create_groups": True},
    }


def entity_names() -> Thing:
    """What deals are called here; what is below the language is a guess (config page C1 names the key)."""
    russian = {
        "gender": "f",
        "plural_form": dict(zip(CASES, LEAD_PLURAL, strict=True)),
        "singular_form": dict(zip(CASES, LEAD_SINGULAR, strict=True)),
    }
    english = {"gender": "m", "plural_form": {"default": "leads"}, "singular_form": {"default": "lead"}}
    return {"leads": {"ru": russian, "en": english}}


def group(key: str, name: str, entity: str, sort: int) -> Thing:
    """A predefined tab of the card (config page C8)."""
    return {
        "id": key,
        "name": name,
        "is_predefined": True,
        "type": "custom_field_group",
        "entity_type": entity,
        "sort": sort,
    }


def predefined_fields(store: Store) -> None:
    """The fields that nobody can delete (config page C7.7)."""
    for name in TRACKING:
        body: Thing = {"name": name, "type": "tracking_data", "code": name.upper(), "group_id": "statistic"}
        make_field(store, "leads", body, is_predefined=True, is_deletable=False)
    for entity, rows in PREDEFINED.items():
        for name, kind, code, kinds in rows:
            body = {"name": name, "type": kind, "code": code}
            if kinds:
                body["enums"] = [{"value": word, "sort": place} for place, word in enumerate(kinds)]
            make_field(store, entity, body, is_predefined=True, is_deletable=False)
