"""The web interface: users, roles and rights, which the API cannot or hardly change."""

from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.roles import make_role
from amoconf.emulator.config.users import make_user
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import card, matrix
from tests.emulator.test_ui import act, pipeline_of, refusal, stage_ids


def test_invite_change_and_delete_a_user(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    group = act(crm, "create", kind="user_group", name="Опт")
    made = act(crm, "create", kind="user", name="Анна", email="anna@stroymarket.example", role_id=role["id"])
    path = f"users/{made['id']}"
    assert crm.get(path).json()["rights"]["leads"] == card("GMADD")
    act(
        crm,
        "set_user",
        id=made["id"],
        role_id=None,
        group_id=group["id"],
        name="Анна Ким",
        email="kim@b.example",
    )
    read = crm.get(path).json()
    assert (read["name"], read["email"]) == ("Анна Ким", "kim@b.example")
    assert (read["rights"]["role_id"], read["rights"]["group_id"]) == (None, group["id"])
    assert read["rights"]["leads"] == card("GMADD")
    act(crm, "set_user", id=made["id"], is_active=False)
    assert crm.get(path).json()["rights"]["is_active"] is False
    act(crm, "rename", kind="user", id=made["id"], name="Анна К")
    assert crm.get(path).json()["name"] == "Анна К"
    act(crm, "delete", kind="user", id=made["id"])
    assert crm.get(path).status_code == 404


def test_rights_of_ones_own(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    own = {"leads": card("AAAAA"), "mail_access": True}
    made = act(crm, "create", kind="user", name="Анна", email="anna@b.example", rights=own, phone_number="+7")
    read = crm.get(f"users/{made['id']}", with_="phone_number").json()
    assert (read["rights"]["leads"], read["rights"]["mail_access"], read["phone_number"]) == (
        card("AAAAA"),
        True,
        "+7",
    )
    act(crm, "set_user", id=made["id"], role_id=role["id"])
    act(crm, "update", kind="user", id=made["id"], rights={"contacts": card("AAAAA")})
    read = crm.get(f"users/{made['id']}").json()["rights"]
    assert (read["role_id"], read["leads"], read["contacts"]) == (None, card("GMADD"), card("AAAAA"))
    refused = refusal(crm, "update", kind="user", id=made["id"], rights={"leads": {}})
    assert "rights.leads.view" in refused
    assert "rights.leads.view" in refusal(crm, "update", kind="role", id=role["id"], rights={"leads": {}})


def test_administrators_come_and_go(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example")
    assert act(crm, "set_user", id=user["id"], is_admin=True)["rights"]["leads"] == card("AAAAA")
    back = act(crm, "set_user", id=user["id"], role_id=role["id"])
    assert (back["rights"]["is_admin"], back["rights"]["role_id"]) == (False, role["id"])
    assert back["rights"]["leads"] == card("GMADD")
    act(crm, "set_user", id=user["id"], is_admin=True)
    plain = act(crm, "set_user", id=user["id"], is_admin=False)
    assert plain["rights"]["leads"] == card("DDDDD")
    assert "no role" in refusal(crm, "set_user", id=user["id"], is_admin=True, role_id=role["id"])
    assert "no role 1" in refusal(crm, "set_user", id=user["id"], role_id=1)
    assert "whole number" in refusal(crm, "set_user", id=user["id"], role_id=str(role["id"]))
    assert "no user_group 9" in refusal(crm, "set_user", id=user["id"], group_id=9)
    assert "is_admin is true or false" in refusal(crm, "set_user", id=user["id"], is_admin=1)


def test_role(crm: Crm) -> None:
    made = act(crm, "create", kind="role", name="Менеджер", rights=matrix())
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=made["id"])
    act(crm, "rename", kind="role", id=made["id"], name="Старший")
    act(crm, "update", kind="role", id=made["id"], rights={"leads": card("AAADD")})
    assert crm.get(f"roles/{made['id']}").json()["name"] == "Старший"
    assert crm.get(f"users/{user['id']}").json()["rights"]["leads"] == card("AAADD")
    act(crm, "delete", kind="role", id=made["id"])
    assert crm.get(f"users/{user['id']}").json()["rights"]["role_id"] is None


def test_set_right_of_a_role(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix(leads=card("AAAAA")))
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    act(crm, "set_right", role_id=role["id"], right="leads.export", value="D")
    act(crm, "set_right", role_id=role["id"], right="mail_access", value=True)
    read = crm.get(f"roles/{role['id']}").json()["rights"]
    assert (read["leads"], read["mail_access"]) == (card("AAAAD"), True)
    act(crm, "set_right", role_id=role["id"], right="leads.view", value="M")
    assert crm.get(f"roles/{role['id']}").json()["rights"]["leads"] == card("MMAMD")
    assert crm.get(f"users/{user['id']}").json()["rights"]["leads"] == card("MMAMD")
    act(crm, "set_right", role_id=role["id"], right="leads.export", value="A")
    assert crm.get(f"roles/{role['id']}").json()["rights"]["leads"] == card("MMAMA")


def test_set_right_of_a_user_takes_him_out_of_his_role(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", role_id=role["id"])
    act(crm, "set_right", user_id=user["id"], right="tasks.edit", value="A")
    read = crm.get(f"users/{user['id']}").json()["rights"]
    assert (read["role_id"], read["tasks"]) == (None, {"edit": "A", "delete": "D"})
    assert list(read) == list(user["rights"])
    assert crm.get(f"roles/{role['id']}").json()["rights"]["tasks"]["edit"] == "M"


def test_set_right_on_stages_and_lists(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    catalog = make_catalog(crm.world.store, "Список")
    pipeline = pipeline_of(crm)
    unsorted, first = stage_ids(crm, pipeline)[:2]
    where = {"role_id": role["id"], "pipeline_id": pipeline, "right": "view", "value": "A"}
    act(crm, "set_right", **where, status_id=first)
    act(crm, "set_right", **where, status_id=unsorted)
    act(crm, "set_right", **{**where, "right": "edit"}, status_id=first)
    act(crm, "set_right", role_id=role["id"], catalog_id=catalog["id"], right="view", value="L")
    read = crm.get(f"roles/{role['id']}").json()["rights"]
    assert [(row["status_id"], row["rights"]) for row in read["status_rights"]] == [
        (first, {"view": "A", "edit": "A", "delete": "D", "export": "D"}),
        (unsorted, {"view": "A", "edit": "D", "delete": "D"}),
    ]
    assert read["catalog_rights"][0]["rights"]["view"] == "L"
    assert "one of A, D" in refusal(crm, "set_right", **{**where, "value": "G"}, status_id=first)


def test_refused_rights(crm: Crm) -> None:
    role = make_role(crm.world.store, "Менеджер", matrix())
    admin = crm.world.store.all("user")[0]["id"]
    refused = [
        ({"role_id": role["id"], "right": "deals.view", "value": "A"}, "leads.export"),
        ({"role_id": role["id"], "right": "leads.see", "value": "A"}, "known: view"),
        ({"role_id": role["id"], "right": "leads.view", "value": "L"}, "one of"),
        ({"role_id": role["id"], "right": "leads.add", "value": "G"}, "add"),
        ({"role_id": role["id"], "right": "mail_access", "value": "A"}, "true or false"),
        ({"right": "leads.view", "value": "A"}, "one role_id or one user_id"),
        ({"user_id": admin, "right": "leads.view", "value": "A"}, "administrator"),
    ]
    for words, sentence in refused:
        assert sentence in refusal(crm, "set_right", **words)
