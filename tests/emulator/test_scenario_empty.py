"""The scenario `empty`: what a new account holds, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from amoconf.emulator.scenario import empty
from amoconf.emulator.store import Store

from .conftest import Crm


def filled(*, seed: int = 1, scale: float = 1.0) -> Store:
    store = Store()
    empty.fill(store, seed=seed, scale=scale, now=int(empty.START))
    return store


def test_account_has_every_documented_key(crm: Crm) -> None:
    words = (
        "amojo_id,uuid,amojo_rights,users_groups,task_types,version,entity_names,datetime_settings,drive_url"
    )
    body = crm.get("account", with_=f"{words},invoices_settings").json()
    assert (body["id"], body["subdomain"], body["currency"]) == (30817554, "stroymarket", "RUB")
    assert body["_embedded"]["datetime_settings"]["timezone"] == "Europe/Moscow"
    assert [row["id"] for row in body["_embedded"]["users_groups"]] == [0]
    assert [row["code"] for row in body["_embedded"]["task_types"]] == ["FOLLOW_UP", "MEETING"]
    for key in (
        "created_at",
        "updated_at",
        "mobile_feature_version",
        "is_loss_reason_enabled",
        "entity_names",
    ):
        assert key in body
    assert body["current_user_id"] == crm.get("users").json()["_embedded"]["users"][0]["id"]


def test_clock_starts_at_noon_in_moscow() -> None:
    assert datetime.fromtimestamp(empty.START, UTC).isoformat() == "2020-06-07T09:00:00+00:00"


def test_one_pipeline_with_system_stages(crm: Crm) -> None:
    (pipeline,) = crm.get("leads/pipelines").json()["_embedded"]["pipelines"]
    assert (pipeline["name"], pipeline["sort"], pipeline["is_main"]) == ("Воронка", 1, True)
    stages = pipeline["_embedded"]["statuses"]
    assert [stage["sort"] for stage in stages] == [10, 20, 30, 40, 50, 10000, 11000]
    assert [stage["type"] for stage in stages] == [1, 0, 0, 0, 0, 0, 0]
    assert [stage["id"] for stage in stages[-2:]] == [142, 143]


@pytest.mark.parametrize(
    ("entity", "codes"),
    [
        ("contacts", ["POSITION", "PHONE", "EMAIL", "USER_AGREEMENT"]),
        ("companies", ["PHONE", "EMAIL", "WEB", "ADDRESS"]),
    ],
)
def test_predefined_fields(crm: Crm, entity: str, codes: list[str]) -> None:
    rows = crm.get(f"{entity}/custom_fields").json()["_embedded"]["custom_fields"]
    assert [row["code"] for row in rows] == codes
    assert all(row["is_predefined"] and not row["is_deletable"] for row in rows)
    kinds = {row["code"]: [option["value"] for option in row["enums"] or []] for row in rows}
    assert kinds["PHONE"] == ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"]
    assert kinds["EMAIL"] == ["WORK", "PRIV", "OTHER"]


def test_deals_have_tracking_fields_only(crm: Crm) -> None:
    rows = crm.get("leads/custom_fields", limit=250).json()["_embedded"]["custom_fields"]
    assert {(row["type"], row["group_id"], row["is_predefined"]) for row in rows} == {
        ("tracking_data", "statistic", True)
    }
    assert {
        "UTM_SOURCE",
        "UTM_MEDIUM",
        "UTM_CAMPAIGN",
        "UTM_CONTENT",
        "UTM_TERM",
        "UTM_REFERRER",
        "ROISTAT",
    } <= {row["code"] for row in rows}


def test_default_groups(crm: Crm) -> None:
    groups = crm.get("leads/custom_fields/groups").json()["_embedded"]["custom_field_groups"]
    assert [(group["id"], group["sort"], group["is_predefined"]) for group in groups] == [
        ("default", 0, True),
        ("statistic", 1, True),
    ]


def test_one_administrator(crm: Crm) -> None:
    (user,) = crm.get("users").json()["_embedded"]["users"]
    assert user["rights"]["is_admin"] is True
    assert user["email"].endswith(".example")


@pytest.mark.parametrize(
    "path",
    ["leads", "contacts", "companies", "tasks", "leads/tags", "leads/loss_reasons", "webhooks", "sources"],
)
def test_nothing_else(crm: Crm, path: str) -> None:
    assert crm.get(path).status_code == 204


def test_neither_seed_nor_scale_changes_anything() -> None:
    assert filled().things == filled(seed=2, scale=0.1).things


def test_new_things_get_ids_behind_those_that_are_there(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(scenario="empty")
    known = {
        row["id"] for row in crm.get("leads/custom_fields", limit=250).json()["_embedded"]["custom_fields"]
    }
    (made,) = crm.post("leads/custom_fields", [{"name": "Город", "type": "text"}]).json()["_embedded"][
        "custom_fields"
    ]
    assert made["id"] > max(known)
