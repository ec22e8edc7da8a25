"""Users: how they are read, how new ones are made, and what the API cannot change."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config import rights
from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.roles import make_role
from amoconf.emulator.config.user_groups import make_user_group
from amoconf.emulator.config.users import ADMIN_CATALOG_RIGHTS, change_user, make_user
from tests.emulator.conftest import BASE, Crm
from tests.emulator.test_roles import card, errors, matrix

KEYS = ["id", "name", "email", "lang", "rights", "_links"]
# The order of a real answer (config page C11).
RIGHT_KEYS = """
leads contacts companies tasks mail_access catalog_access files_access status_rights catalog_rights
custom_fields_rights oper_day_reports_view_access oper_day_user_tracking
is_admin is_free is_active group_id role_id
""".split()


def new(**more: Any) -> dict[str, Any]:
    """A body that is accepted."""
    own = {"name": "Анна Ким", "email": "anna@stroymarket.example", "password": "Secret1"}
    return {**own, **more}


def made(crm: Crm, **more: Any) -> dict[str, Any]:
    """The user that the API makes of a body."""
    answer = crm.post("users", [new(**more)])
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["_embedded"]["users"][0])


def anna(crm: Crm, **more: Any) -> dict[str, Any]:
    """A user put into the store."""
    return make_user(crm.world.store, "Анна Ким", "anna@stroymarket.example", **more)


def test_list_envelope_order_and_links(crm: Crm) -> None:
    user = anna(crm)
    body = crm.get("users", page=1, limit=250).json()
    assert list(body) == ["_total_items", "_page", "_page_count", "_links", "_embedded"]
    read = body["_embedded"]["users"][-1]
    assert list(read) == KEYS
    assert list(read["rights"]) == RIGHT_KEYS
    assert read["_links"]["self"]["href"] == f"{BASE}/api/v4/users/{user['id']}/?page=1&limit=250"
    one = crm.get(f"users/{user['id']}").json()
    assert one["_links"]["self"]["href"] == f"{BASE}/api/v4/users/{user['id']}/"
    assert one["rights"] == read["rights"]


def test_pages(crm: Crm) -> None:
    for number in range(3):
        make_user(crm.world.store, "Анна", f"{number}@stroymarket.example")
    first = crm.get("users", limit=2).json()
    assert (first["_total_items"], first["_page_count"]) == (2, 2)
    assert "next" in first["_links"]
    assert crm.get("users", limit=2, page=3).status_code == 204
    assert crm.get("users", limit=251).status_code == 422


def test_administrators_have_no_rows(crm: Crm) -> None:
    make_catalog(crm.world.store, "Список")
    boss = anna(crm, is_admin=True)
    held = crm.get(f"users/{boss['id']}").json()["rights"]
    assert held["leads"] == card("AAAAA")
    assert all(held[name] for name in ("mail_access", "catalog_access", "files_access"))
    assert (held["status_rights"], held["catalog_rights"], held["is_admin"]) == (None, None, True)


def test_with_adds_columns_role_and_group(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер")
    group = make_user_group(crm.world.store, "Поддержка")
    user = anna(crm, role_id=role["id"], group_id=group["id"], extra={"user_rank": "master"})
    body = crm.get(f"users/{user['id']}", with_="role,group,uuid,amojo_id,user_rank,phone_number").json()
    assert list(body) == [*KEYS[:5], "uuid", "amojo_id", "user_rank", "phone_number", "_links", "_embedded"]
    assert body["user_rank"] == "master"
    assert body["phone_number"] is None
    link = {"self": {"href": f"{BASE}/api/v4/roles/{role['id']}"}}
    assert body["_embedded"] == {
        "roles": [{"id": role["id"], "name": "Менеджер", "_links": link}],
        "groups": [{"id": group["id"], "name": "Поддержка"}],
    }


def test_without_a_role_or_group_the_lists_are_empty(crm: Crm) -> None:
    user = anna(crm)
    assert crm.get(f"users/{user['id']}", with_="role,group").json()["_embedded"] == {
        "roles": [],
        "groups": [],
    }
    assert crm.get(f"users/{user['id']}", with_="group").json()["_embedded"] == {"groups": []}
    assert "_embedded" not in crm.get(f"users/{user['id']}").json()
    zero = make_user(crm.world.store, "Олег", "oleg@stroymarket.example", group_id=0)
    groups = crm.get(f"users/{zero['id']}", with_="group").json()["_embedded"]["groups"]
    assert groups == [{"id": 0, "name": "Отдел продаж"}]


def test_create_answer(crm: Crm) -> None:
    answer = crm.post(
        "users", [new(rights=matrix(mail_access=True), request_id="u1"), new(email="b@c.example")]
    )
    assert answer.status_code == 201
    assert list(answer.json()) == ["_total_items", "_embedded"]
    first, second = answer.json()["_embedded"]["users"]
    assert list(first) == [*KEYS[:5], "request_id", "_links"]
    assert list(first["rights"]) == RIGHT_KEYS
    assert (first["request_id"], second["request_id"]) == ("u1", "1")
    assert first["rights"]["leads"] == card("GMADD")
    assert first["rights"]["mail_access"] is True
    assert second["rights"]["leads"] == card("DDDDD")
    assert "password" not in crm.get(f"users/{first['id']}").text
    flags = {name: first["rights"][name] for name in RIGHT_KEYS[-5:]}
    assert flags == {
        "is_admin": False,
        "is_free": False,
        "is_active": True,
        "group_id": None,
        "role_id": None,
    }


def test_unsorted_stages_and_lists_are_denied_to_a_new_user(crm: Crm) -> None:
    catalog = make_catalog(crm.world.store, "Список")
    held = made(crm)["rights"]
    assert [row["rights"] for row in held["status_rights"]] == [{"view": "D", "edit": "D", "delete": "D"}]
    assert held["catalog_rights"] == [{"catalog_id": catalog["id"], "rights": card("DDDDD")}]


def test_a_role_wins_over_blocks(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix(catalog_access=True))
    held = made(crm, rights={"role_id": role["id"], "leads": card("AAAAA"), "mail_access": True})["rights"]
    assert held["leads"] == card("GMADD")
    assert (held["mail_access"], held["catalog_access"], held["role_id"]) == (False, True, role["id"])


def test_a_free_user_gets_nothing_else(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    held = made(crm, rights={"is_free": True, "role_id": role["id"], "group_id": 0})["rights"]
    assert (held["is_free"], held["role_id"], held["group_id"]) == (True, None, None)
    assert held["leads"] == card("DDDDD")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"rights": matrix(is_admin=True)}, [("FieldNotExpected", "rights.is_admin")]),
        ({"rights": matrix(is_active=True)}, [("FieldNotExpected", "rights.is_active")]),
        ({"is_admin": True}, [("FieldNotExpected", "is_admin")]),
        ({"name": "x" * 51}, [("TooLong", "name")]),
        ({"name": "   "}, [("NotBlank", "name")]),
        ({"name": "Анна <b>"}, [("RegexFailed", "name")]),
        ({"name": "www.spam.example"}, [("RegexFailed", "name")]),
        ({"email": "anna@пример.рф"}, [("InvalidEmail", "email")]),
        ({"email": "anna"}, [("InvalidEmail", "email")]),
        ({"password": "Ab1de"}, [("RegexFailed", "password")]),
        ({"password": "abcde1"}, [("RegexFailed", "password")]),
        ({"password": "ABCDE1"}, [("RegexFailed", "password")]),
        ({"password": "Abcdef"}, [("RegexFailed", "password")]),
        ({"lang": "pt"}, [("NotSupportedChoice", "lang")]),
        ({"rights": {"role_id": 1}}, [("NotSupportedChoice", "rights.role_id")]),
        ({"rights": matrix(group_id=1)}, [("NotSupportedChoice", "rights.group_id")]),
        ({"rights": matrix(leads=card("GAADD"))}, [("NotSupportedChoice", "rights.leads.edit")]),
        ({"rights": {}}, [("FieldMissing", f"rights.{name}") for name in rights.BLOCKS]),
    ],
)
def test_refused_bodies(crm: Crm, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = crm.world.store.all("user")
    assert errors(crm.post("users", [new(**change)])) == expected
    assert crm.world.store.all("user") == before


@pytest.mark.parametrize("missing", ["name", "email", "password"])
def test_required_keys(crm: Crm, missing: str) -> None:
    body = {name: value for name, value in new().items() if name != missing}
    assert errors(crm.post("users", [body])) == [("FieldMissing", missing)]


def test_names_with_allowed_signs_and_the_account_s_language(make_crm: Callable[..., Crm]) -> None:
    user = made(make_crm(), name="A.b-c_d @1 Ёж")
    assert (user["name"], user["lang"]) == ("A.b-c_d @1 Ёж", "ru")
    spanish = make_crm()
    for lang in ("en", "es"):
        assert made(spanish, lang=lang, email=f"{lang}@stroymarket.example")["lang"] == lang
    kommo = make_crm(platform="kommo", language="en")
    assert made(kommo)["lang"] == "en"
    assert made(kommo, lang="pt", email="other@stroymarket.example")["lang"] == "pt"


def test_known_addresses(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm()
    anna(crm)
    assert errors(crm.post("users", [new(email="ANNA@stroymarket.example")])) == [
        ("NotSupportedChoice", "email")
    ]
    twins = crm.post("users", [new(email="a@b.example"), new(email="A@b.example")])
    assert [entry["request_id"] for entry in twins.json()["validation-errors"]] == ["1"]
    loose = make_crm(known_email_refused=False)
    assert [loose.post("users", [new()]).status_code for _ in range(2)] == [201, 201]


def test_at_most_ten_at_once_and_closed_above_a_hundred(crm: Crm) -> None:
    assert crm.post("users", [new(email=f"{n}@b.example") for n in range(11)]).status_code == 422
    while len(crm.world.store.all("user")) < 100:
        make_user(crm.world.store, "Анна", f"{len(crm.world.store.all('user'))}@stroymarket.example")
    assert crm.post("users", [new()]).status_code == 201
    closed = crm.post("users", [new(email="last@stroymarket.example")])
    assert closed.status_code == 403
    assert len(crm.world.store.all("user")) == 101


def test_activate_and_deactivate(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm()
    user = anna(crm)
    off = crm.post("users/deactivate", [{"id": user["id"]}])
    assert (off.status_code, off.content) == (204, b"")
    assert crm.get(f"users/{user['id']}").json()["rights"]["is_active"] is False
    on = crm.post("users/activate", [{"id": user["id"]}])
    assert (on.status_code, on.content) == (202, b"")
    assert crm.get(f"users/{user['id']}").json()["rights"]["is_active"] is True
    assert make_crm(activate_status=204).world.switches.activate_status == 204


def test_whom_one_cannot_switch_off(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm()
    user, boss = anna(crm), anna(crm, is_admin=True)
    foreign = crm.post("users/deactivate", [{"id": user["id"]}, {"id": 1}])
    assert foreign.status_code == 400
    assert foreign.json()["detail"] == "User(s) 1 are not associated with provided account."
    assert crm.post("users/deactivate", [{"id": boss["id"]}]).status_code == 400
    assert crm.post("users/deactivate", [{"id": user["id"]}] * 11).status_code == 422
    assert errors(crm.post("users/deactivate", [{"id": user["id"], "name": "x"}])) == [
        ("FieldNotExpected", "name")
    ]
    assert crm.get(f"users/{user['id']}").json()["rights"]["is_active"] is True
    gated = make_crm(user_management=False)
    refused = gated.post("users/activate", [{"id": anna(gated)["id"]}])
    assert (refused.status_code, refused.json()["detail"]) == (403, "Client doesn't have the required scope")


def test_nothing_else_can_be_done_to_a_user(crm: Crm) -> None:
    user = anna(crm)
    assert crm.patch(f"users/{user['id']}", {"name": "B"}).status_code == 405
    assert crm.patch("users", [{"id": user["id"], "name": "B"}]).status_code == 405
    assert crm.delete(f"users/{user['id']}").status_code == 405


def test_unknown_user_and_ordinary_users(crm: Crm) -> None:
    assert crm.get("users/1").status_code == 404
    assert crm.get("users/1").json()["detail"] == "User not found"
    other = crm.acting_as(anna(crm)["id"])
    assert [other.get("users").status_code, other.post("users", [new()]).status_code] == [403, 403]


def test_external_integrations_see_no_users(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(external_integration=True)
    assert [crm.get("users").status_code, crm.get("roles").status_code] == [403, 403]


def test_promoting_leaves_the_known_glitch(crm: Crm) -> None:
    make_catalog(crm.world.store, "Список")
    role = make_role(crm.world.store, "Менеджер", matrix())
    user = anna(crm, role_id=role["id"])
    change_user(crm.world.store, user, is_admin=True)
    held = crm.get(f"users/{user['id']}").json()["rights"]
    assert (held["is_admin"], held["role_id"], held["status_rights"]) == (True, None, None)
    assert (
        held["catalog_rights"]
        == ADMIN_CATALOG_RIGHTS
        == [{"catalog_id": name, "rights": "A"} for name in ("add", "edit", "view", "delete", "export")]
    )
    assert held["files_access"] is True
    assert list(held) == RIGHT_KEYS
    back = change_user(crm.world.store, crm.world.store.get("user", user["id"]) or {}, is_admin=False)
    assert back["rights"]["leads"] == card("DDDDD")
    assert back["rights"]["files_access"] is False
