"""The account document: what is always there, what `with=` adds and where."""

from collections.abc import Callable

from amoconf.emulator.config import user_groups
from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import problem

ALWAYS = [
    "id",
    "name",
    "subdomain",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "current_user_id",
    "country",
    "currency",
    "currency_symbol",
    "customers_mode",
    "is_unsorted_on",
    "mobile_feature_version",
    "is_loss_reason_enabled",
    "is_helpbot_enabled",
    "is_technical_account",
    "contact_name_display_order",
]
EVERYTHING = (
    "amojo_id,uuid,amojo_rights,users_groups,task_types,version,entity_names,datetime_settings,drive_url,"
    "is_api_filter_enabled,invoices_settings,nonsense"
)


def test_without_asking(crm: Crm) -> None:
    answer = crm.get("account")
    assert answer.status_code == 200
    assert list(answer.json()) == [*ALWAYS, "_links"]
    assert answer.json()["_links"] == {"self": {"href": f"{BASE}/api/v4/account"}}


def test_with_everything(crm: Crm) -> None:
    document = crm.get("account", with_=EVERYTHING).json()
    top = [
        "amojo_id",
        "uuid",
        "version",
        "entity_names",
        "drive_url",
        "is_api_filter_enabled",
        "invoices_settings",
    ]
    assert list(document) == [*ALWAYS, *top, "_links", "_embedded"]
    assert document["_links"] == {"self": {"href": f"{BASE}/api/v4/account"}}
    embedded = document["_embedded"]
    assert list(embedded) == ["amojo_rights", "users_groups", "task_types", "datetime_settings"]
    assert list(embedded["amojo_rights"]) == ["can_direct", "can_create_groups"]
    assert [list(row) for row in embedded["users_groups"]] == [["id", "name", "uuid"]]
    assert [(row["id"], row["code"]) for row in embedded["task_types"]] == [(1, "FOLLOW_UP"), (2, "MEETING")]
    assert list(embedded["task_types"][0]) == ["id", "name", "color", "icon_id", "code"]
    assert list(embedded["datetime_settings"]) == [
        "date_pattern",
        "short_date_pattern",
        "short_time_pattern",
        "date_format",
        "time_format",
        "timezone",
        "timezone_offset",
    ]


def test_only_what_is_asked(crm: Crm) -> None:
    document = crm.get("account", with_="task_types").json()
    assert list(document) == [*ALWAYS, "_links", "_embedded"]
    assert list(document["_embedded"]) == ["task_types"]
    assert list(crm.get("account", with_="version").json()) == [*ALWAYS, "version", "_links"]


def test_the_acting_user(crm: Crm) -> None:
    key = crm.add_user()
    assert crm.acting_as(key).get("account").json()["current_user_id"] == key


def test_switches_show(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(api_filter_enabled=True, customers_available=False)
    document = crm.get("account", with_="is_api_filter_enabled").json()
    assert (document["is_api_filter_enabled"], document["customers_mode"]) == (True, "unavailable")


def test_read_only(crm: Crm) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        assert problem(crm.ask(method, "account", json={"name": "a"}))[0] == 405


def test_departments_of_the_interface(crm: Crm) -> None:
    store = crm.world.store
    key = user_groups.make_user_group(store, "Опт")["id"]
    user = crm.add_user(group_id=key)
    user_groups.rename_user_group(store, key, "Розница")
    shown = crm.get("account", with_="users_groups").json()["_embedded"]["users_groups"]
    assert shown[-1] == {"id": key, "name": "Розница", "uuid": None}
    user_groups.delete_user_group(store, key)
    assert [
        row["id"] for row in crm.get("account", with_="users_groups").json()["_embedded"]["users_groups"]
    ] == [0]
    held = store.get("user", user)
    assert held is not None
    assert held["rights"]["group_id"] is None
