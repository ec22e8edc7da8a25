"""A bare account with one administrator and nothing else; the scenario named "none", for tests."""

from amoconf.emulator.store import Store

START = 1_767_225_600.0
ACCOUNT_ID = 30_817_554
USER_ID = 7_001_001
GIVEN = {"view": "A", "edit": "A", "add": "A", "delete": "A", "export": "A"}


def fill(store: Store, *, seed: int, scale: float, now: int) -> None:
    """One account, one department, one user. `seed` and `scale` change nothing."""
    store.put("account", _account(now))
    store.put("user_group", {"id": 0, "name": "Отдел продаж", "uuid": None})
    store.put("user", _user())


def _account(now: int) -> dict[str, object]:
    zone = {"timezone": "Europe/Moscow", "timezone_offset": "+03:00"}
    formats = {"date_pattern": "d.m.Y H:i", "short_date_pattern": "d.m.Y", "short_time_pattern": "H:i"}
    made = {"created_at": now, "created_by": 0, "updated_at": now, "updated_by": 0}
    return {
        "id": ACCOUNT_ID,
        "name": "Строймаркет",
        "subdomain": "stroymarket",
        **made,
        "current_user_id": USER_ID,
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
        "amojo_id": "0b1c2d3e-0000-4000-8000-000000000001",
        "uuid": "0b1c2d3e-0000-4000-8000-000000000002",
        "version": 16,
        "drive_url": "https://drive-b.amocrm.ru",
        "entity_names": {},
        "datetime_settings": {**formats, "date_format": "d.m.Y", "time_format": "H:i:s", **zone},
        "invoices_settings": {"lang": "ru", "invoices_catalog_id": None},
        "amojo_rights": {"can_direct": True, "can_create_groups": True},
    }


def _user() -> dict[str, object]:
    rights: dict[str, object] = {name: dict(GIVEN) for name in ("leads", "contacts", "companies")}
    rights |= {"tasks": {"edit": "A", "delete": "A"}, "mail_access": True, "catalog_access": True}
    rights |= {
        "files_access": True,
        "status_rights": None,
        "catalog_rights": None,
        "custom_fields_rights": None,
    }
    rights |= {"oper_day_reports_view_access": True, "oper_day_user_tracking": False}
    rights |= {"is_admin": True, "is_free": False, "is_active": True, "group_id": None, "role_id": None}
    user = {"id": USER_ID, "name": "Администратор", "email": "admin@stroymarket.example", "lang": "ru"}
    more = {"uuid": None, "amojo_id": None, "user_rank": None, "phone_number": None}
    return {**user, "rights": rights, **more}
