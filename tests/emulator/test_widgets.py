"""Widgets: what the market shows, installing with settings, and who reads these."""

from typing import Any

import pytest

from amoconf.emulator.config.users import make_user
from amoconf.emulator.config.widgets import make_widget
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import errors

KEYS = """
id code version rating settings_template is_lead_source is_work_with_dp is_crm_template client_uuid
is_active_in_account pipeline_id
""".split()
OWNER = "0a1b2c3d-0000-4000-8000-00000000000a"
TEMPLATE = [
    {"key": "login", "name": "Логин", "type": "text", "is_required": True},
    {"key": "password", "name": "Пароль", "type": "pass", "is_required": True},
    {"key": "phones", "name": "Телефоны", "type": "users", "is_required": False},
    {"key": "logins", "name": "Логины", "type": "users_lp", "is_required": False},
    {"key": "conf", "name": "custom", "type": "custom", "is_required": False},
]
GOOD = {"login": "example", "password": "eXaMp1E"}


def telephony(crm: Crm, **more: Any) -> dict[str, Any]:
    """A widget with every type of setting."""
    return make_widget(crm.world.store, "telephony", settings_template=TEMPLATE, **more)


def test_list(crm: Crm) -> None:
    assert crm.get("widgets").status_code == 204
    telephony(crm)
    make_widget(crm.world.store, "chat", installed=True)
    body = crm.get("widgets", page=1, limit=1).json()
    assert list(body) == ["_page", "_links", "_embedded"]
    assert "next" in body["_links"]
    first = body["_embedded"]["widgets"][0]
    assert list(first) == [*KEYS, "_links"]
    assert first["is_active_in_account"] is False
    assert list(first["settings_template"][0]) == ["key", "name", "type", "is_required"]
    assert first["_links"]["self"]["href"] == f"{BASE}/api/v4/widgets/telephony?page=1&limit=1"
    one = crm.get("widgets/chat").json()
    assert one["is_active_in_account"] is True
    assert one["_links"]["self"]["href"] == f"{BASE}/api/v4/widgets/chat"


def test_who_sees_what(crm: Crm) -> None:
    make_widget(crm.world.store, "hidden", is_public=False, owner_client_id=OWNER)
    make_widget(crm.world.store, "used", is_public=False, installed=True)
    assert crm.get("widgets/hidden").status_code == 404
    assert crm.get("widgets/hidden").json()["detail"] == "Widget not found"
    assert [one["code"] for one in crm.get("widgets").json()["_embedded"]["widgets"]] == ["used"]
    owner = crm.acting_as(crm.world.store.all("user")[0]["id"], OWNER)
    assert owner.get("widgets/hidden").status_code == 200


def test_settings_only_for_the_owner(crm: Crm) -> None:
    telephony(crm, installed=True, settings=GOOD, owner_client_id=OWNER)
    assert "settings" not in crm.get("widgets/telephony").json()
    owner = crm.acting_as(crm.world.store.all("user")[0]["id"], OWNER)
    body = owner.get("widgets/telephony").json()
    assert list(body) == [*KEYS, "settings", "_links"]
    assert body["settings"] == GOOD
    assert body["client_uuid"] == OWNER
    assert owner.get("widgets").json()["_embedded"]["widgets"][0]["settings"] == GOOD


def test_install_and_install_again(crm: Crm) -> None:
    telephony(crm)
    users = {"504141": "1039"}
    logins = {"504141": {"login": "a", "password": "b"}}
    full = {**GOOD, "phones": users, "logins": logins, "conf": [1, {"a": None}]}
    answer = crm.post("widgets/telephony", full)
    assert answer.status_code == 200
    assert list(answer.json()) == [*KEYS, "settings", "_links"]
    assert answer.json()["is_active_in_account"] is True
    assert answer.json()["settings"] == full
    assert crm.post("widgets/telephony", GOOD).json()["settings"] == GOOD
    assert crm.get("widgets/telephony").json()["is_active_in_account"] is True


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"login": None}, [("NotNullable", "login")]),
        ({"login": ""}, [("NotBlank", "login")]),
        ({"login": 5}, [("InvalidType", "login")]),
        ({"phones": ["1039"]}, [("InvalidType", "phones")]),
        ({"logins": ["1039"]}, [("InvalidType", "logins")]),
        ({"phones": {"1": 2}}, [("NotSupportedChoice", "phones")]),
        ({"logins": {"1": {"login": "a"}}}, [("NotSupportedChoice", "logins")]),
        ({"other": "x"}, [("FieldNotExpected", "other")]),
    ],
)
def test_refused_settings(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    telephony(crm)
    assert errors(crm.post("widgets/telephony", {**GOOD, **change})) == expected
    assert crm.get("widgets/telephony").json()["is_active_in_account"] is False


@pytest.mark.parametrize("body", [None, {}, []])
def test_no_settings_at_all(crm: Crm, body: Any) -> None:
    telephony(crm)
    make_widget(crm.world.store, "plain")
    assert errors(crm.post("widgets/telephony", body)) == [
        ("FieldMissing", "login"),
        ("FieldMissing", "password"),
    ]
    assert crm.post("widgets/plain", body).json()["settings"] == []


def test_uninstall(crm: Crm) -> None:
    telephony(crm, installed=True, settings=GOOD, owner_client_id=OWNER)
    answer = crm.delete("widgets/telephony")
    assert (answer.status_code, answer.content) == (204, b"")
    owner = crm.acting_as(crm.world.store.all("user")[0]["id"], OWNER)
    body = owner.get("widgets/telephony").json()
    assert (body["is_active_in_account"], body["settings"]) == (False, [])
    assert crm.delete("widgets/telephony").status_code == 404


def test_unknown_code_and_rights(crm: Crm) -> None:
    assert [crm.get("widgets/x").status_code, crm.post("widgets/x", {"a": 1}).status_code] == [404, 404]
    assert crm.delete("widgets/x").status_code == 404
    telephony(crm, installed=True)
    other = crm.acting_as(make_user(crm.world.store, "Анна", "anna@stroymarket.example")["id"])
    assert other.get("widgets").status_code == 200
    assert [
        other.post("widgets/telephony", GOOD).status_code,
        other.delete("widgets/telephony").status_code,
    ] == [
        403,
        403,
    ]
