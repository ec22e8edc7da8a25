"""The web interface: every word, for every kind, seen through the API afterwards."""

from typing import Any

import pytest

from amoconf.emulator import ui
from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.roles import make_role
from amoconf.emulator.config.tags import make_tag
from amoconf.emulator.config.users import make_user
from amoconf.emulator.config.widgets import make_widget
from amoconf.emulator.ui import UnknownWord
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import card, matrix

SELECT = {
    "name": "Город",
    "type": "select",
    "enums": [{"value": "Пенза", "sort": 1}, {"value": "Москва", "sort": 2}],
}


def act(crm: Crm, action: str, **words: Any) -> dict[str, Any]:
    """One action through the control interface."""
    answer = crm.control("POST", "ui", {"action": action, **words})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refusal(crm: Crm, action: str, **words: Any) -> str:
    """The sentence of an action that is refused; nothing has changed then."""
    before = crm.control("GET", "state").json()
    answer = crm.control("POST", "ui", {"action": action, **words})
    assert answer.status_code == 400, answer.text
    assert crm.control("GET", "state").json() == before
    return str(answer.json()["error"])


def pipeline_of(crm: Crm) -> int:
    """The first pipeline."""
    return int(crm.world.store.all("pipeline")[0]["id"])


def stage_ids(crm: Crm, pipeline: int) -> list[int]:
    """Ids of a pipeline's stages in order."""
    body = crm.get(f"leads/pipelines/{pipeline}/statuses").json()
    return [stage["id"] for stage in body["_embedded"]["statuses"]]


def test_pipeline(crm: Crm) -> None:
    made = act(crm, "create", kind="pipeline", name="Опт", sort=5, stages=[{"name": "Новая"}])
    read = crm.get(f"leads/pipelines/{made['id']}").json()
    assert (read["name"], read["sort"]) == ("Опт", 5)
    assert [stage["name"] for stage in read["_embedded"]["statuses"]][1] == "Новая"
    assert act(crm, "rename", kind="pipeline", id=made["id"], name="Опт 2")["name"] == "Опт 2"
    act(crm, "archive", kind="pipeline", id=made["id"], archived=True)
    assert crm.get(f"leads/pipelines/{made['id']}").json()["is_archive"] is True
    act(crm, "archive", kind="pipeline", id=made["id"], archived=False)
    act(crm, "update", kind="pipeline", id=made["id"], is_unsorted_on=False, is_main=True)
    read = crm.get(f"leads/pipelines/{made['id']}").json()
    assert (read["is_archive"], read["is_unsorted_on"], read["is_main"]) == (False, False, True)
    assert "main" in refusal(crm, "delete", kind="pipeline", id=made["id"])
    act(crm, "delete", kind="pipeline", id=pipeline_of(crm))
    assert pipeline_of(crm) == made["id"]
    assert "last" in refusal(crm, "delete", kind="pipeline", id=made["id"])


def test_stage(crm: Crm) -> None:
    pipeline = pipeline_of(crm)
    made = act(crm, "create", kind="stage", pipeline_id=pipeline, name="Замер", color="#98cbff")
    assert stage_ids(crm, pipeline)[-3:] == [made["id"], 142, 143]
    act(crm, "rename", kind="stage", id=made["id"], name="Выезд")
    moved = act(crm, "update", kind="stage", id=made["id"], sort=15, color="#fffd7f")
    assert (moved["name"], moved["color"], moved["sort"]) == ("Выезд", "#fffd7f", 20)
    assert stage_ids(crm, pipeline)[1] == made["id"]
    assert (
        act(crm, "rename", kind="stage", pipeline_id=pipeline, id=142, name="Оплачено")["name"] == "Оплачено"
    )
    make_pipeline(crm.world.store, "Вторая")
    assert "pipeline_id" in refusal(crm, "rename", kind="stage", id=142, name="X")
    assert "no stage" in refusal(crm, "rename", kind="stage", id=1, name="X")
    assert "stays" in refusal(crm, "delete", kind="stage", pipeline_id=pipeline, id=143)


def test_delete_a_stage(crm: Crm) -> None:
    pipeline = pipeline_of(crm)
    first = stage_ids(crm, pipeline)[1]
    act(crm, "delete", kind="stage", id=first)
    assert first not in stage_ids(crm, pipeline)


def test_field(crm: Crm) -> None:
    made = act(crm, "create", kind="field", entity="leads", **SELECT)
    read = crm.get(f"leads/custom_fields/{made['id']}").json()
    assert [option["value"] for option in read["enums"]] == ["Пенза", "Москва"]
    assert act(crm, "rename", kind="field", id=made["id"], name="Город клиента")["name"] == "Город клиента"
    pair = [{"pipeline_id": pipeline_of(crm), "status_id": 142}]
    act(crm, "update", kind="field", entity="leads", id=made["id"], code="CITY", required_statuses=pair)
    read = crm.get(f"leads/custom_fields/{made['id']}").json()
    assert (read["code"], read["required_statuses"]) == ("CITY", [{"status_id": 142, **pair[0]}])
    act(crm, "delete", kind="field", entity="leads", id=made["id"])
    assert crm.get(f"leads/custom_fields/{made['id']}").status_code == 404
    predefined = next(field for field in crm.world.store.all("field", "contacts") if field["code"] == "PHONE")
    assert "stays" in refusal(crm, "delete", kind="field", id=predefined["id"])
    assert "no type" in refusal(crm, "create", kind="field", entity="contacts", name="A", type="category")
    assert "no field" in refusal(crm, "rename", kind="field", entity="contacts", id=made["id"], name="A")


def test_field_of_a_list_and_formula(crm: Crm) -> None:
    catalog = make_catalog(crm.world.store, "Список")
    scope = f"catalogs/{catalog['id']}"
    made = act(crm, "create", kind="field", entity=scope, name="Гарантия", type="numeric", is_required=True)
    assert crm.get(f"{scope}/custom_fields/{made['id']}").json()["is_required"] is True
    act(crm, "rename", kind="field", id=made["id"], name="Срок")
    assert crm.get(f"{scope}/custom_fields/{made['id']}").json()["name"] == "Срок"
    assert "no entity" in refusal(crm, "create", kind="field", entity="catalogs/1", name="A", type="text")
    number = act(crm, "create", kind="field", entity="leads", name="Сумма", type="numeric")
    act(crm, "update", kind="field", id=number["id"], is_computed=True)
    listed = crm.get("leads/custom_fields", **{"filter[type][]": "numeric"}).json()["_embedded"][
        "custom_fields"
    ]
    assert [field["is_computed"] for field in listed if field["id"] == number["id"]] == [True]


def test_option(crm: Crm) -> None:
    field = make_field(crm.world.store, "leads", SELECT)
    keep, gone = (option["id"] for option in field["enums"])
    where = {"kind": "option", "entity": "leads", "field_id": field["id"]}
    made = act(crm, "create", **where, name="Саратов", code="srt")
    assert (made["value"], made["code"]) == ("Саратов", "srt")
    assert act(crm, "rename", **where, id=keep, name="г. Пенза")["value"] == "г. Пенза"
    assert act(crm, "delete", **where, id=gone)["value"] == "Москва"
    act(crm, "update", kind="option", field_id=field["id"], id=made["id"], sort=0)
    read = crm.get(f"leads/custom_fields/{field['id']}").json()["enums"]
    assert [(option["id"], option["value"]) for option in read] == [
        (made["id"], "Саратов"),
        (keep, "г. Пенза"),
    ]
    assert "missing: field_id" in refusal(crm, "rename", kind="option", id=keep, name="X")
    assert "no option" in refusal(crm, "delete", **where, id=gone)
    plain = make_field(crm.world.store, "leads", {"name": "A", "type": "text"})
    assert "no options" in refusal(crm, "create", kind="option", field_id=plain["id"], name="X")


def test_field_group(crm: Crm) -> None:
    field = make_field(crm.world.store, "leads", {"name": "A", "type": "text"})
    made = act(crm, "create", kind="field_group", entity="leads", name="Доставка", fields=[field["id"]])
    path = f"leads/custom_fields/groups/{made['id']}"
    assert crm.get(path).json()["fields"] == [field["id"]]
    act(crm, "rename", kind="field_group", entity="leads", id=made["id"], name="Логистика")
    assert crm.get(path).json()["name"] == "Логистика"
    act(crm, "update", kind="field", id=field["id"], group_id="default")
    assert crm.get(path).json()["fields"] == []
    act(crm, "delete", kind="field_group", entity="leads", id=made["id"])
    assert crm.get(path).status_code == 404
    assert "stay" in refusal(crm, "delete", kind="field_group", entity="leads", id="default")


def test_tag(crm: Crm) -> None:
    made = act(crm, "create", kind="tag", entity="leads", name="VIP", color="FFCE5A")
    act(crm, "rename", kind="tag", entity="leads", id=made["id"], name="ВИП")
    act(crm, "update", kind="tag", entity="leads", id=made["id"], color="EBEBEB")
    read = crm.get("leads/tags").json()["_embedded"]["tags"][0]
    assert (read["name"], read["color"]) == ("ВИП", "EBEBEB")
    act(crm, "create", kind="tag", entity="leads", name="Опт")
    assert "already" in refusal(crm, "rename", kind="tag", entity="leads", id=made["id"], name="Опт")
    other = crm.get("leads/tags").json()["_embedded"]["tags"][1]["id"]
    act(crm, "delete", kind="tag", entity="leads", id=other)
    assert act(crm, "delete", kind="tag", entity="leads", id=made["id"])["name"] == "ВИП"
    assert crm.get("leads/tags").status_code == 204
    assert "missing: entity" in refusal(crm, "delete", kind="tag", id=made["id"])


def test_task_type(crm: Crm) -> None:
    made = act(crm, "create", kind="task_type", name="Отправить КП", color="568FFA", icon_id=3)
    act(crm, "rename", kind="task_type", id=made["id"], name="КП")
    act(crm, "update", kind="task_type", id=made["id"], color="DC3545")
    rows = crm.get("account", with_="task_types").json()["_embedded"]["task_types"]
    assert {"id": made["id"], "name": "КП", "color": "DC3545", "icon_id": 3, "code": None} in rows
    act(crm, "delete", kind="task_type", id=made["id"])
    assert len(crm.get("account", with_="task_types").json()["_embedded"]["task_types"]) == 2
    assert "system" in refusal(crm, "rename", kind="task_type", id=1, name="X")


def test_loss_reason(crm: Crm) -> None:
    made = act(crm, "create", kind="loss_reason", name="Дорого", sort=3)
    assert act(crm, "rename", kind="loss_reason", id=made["id"], name="Цена")["name"] == "Цена"
    assert crm.get(f"leads/loss_reasons/{made['id']}").json()["sort"] == 3
    act(crm, "delete", kind="loss_reason", id=made["id"])
    assert crm.get(f"leads/loss_reasons/{made['id']}").status_code == 404


def test_user_group(crm: Crm) -> None:
    made = act(crm, "create", kind="user_group", name="Опт")
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", group_id=made["id"])
    act(crm, "rename", kind="user_group", id=made["id"], name="Оптовый отдел")
    read = crm.get(f"users/{user['id']}", with_="group").json()["_embedded"]["groups"]
    assert read == [{"id": made["id"], "name": "Оптовый отдел"}]
    act(crm, "delete", kind="user_group", id=made["id"])
    assert crm.get(f"users/{user['id']}").json()["rights"]["group_id"] is None
    assert "default" in refusal(crm, "delete", kind="user_group", id=0)


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


def test_webhook(crm: Crm) -> None:
    made = act(crm, "create", kind="webhook", destination="https://b.example", settings=["unsorted_add"])
    act(crm, "update", kind="webhook", id=made["id"], disabled=True, settings=["add_lead"])
    read = crm.get("webhooks").json()["_embedded"]["webhooks"][0]
    assert (read["disabled"], read["settings"]) == (True, ["add_lead"])
    act(crm, "delete", kind="webhook", id=made["id"])
    assert crm.get("webhooks").status_code == 204
    assert "no name" in refusal(crm, "rename", kind="webhook", id=made["id"], name="A")


def test_widget(crm: Crm) -> None:
    make_widget(crm.world.store, "mango_office")
    act(crm, "install", kind="widget", code="mango_office", settings={"login": "a"})
    assert crm.get("widgets/mango_office").json()["is_active_in_account"] is True
    act(crm, "uninstall", kind="widget", code="mango_office")
    assert crm.get("widgets/mango_office").json()["is_active_in_account"] is False
    made = act(crm, "create", kind="widget", code="envybox", version="2.0")
    assert crm.get("widgets/envybox").json()["version"] == "2.0"
    act(crm, "delete", kind="widget", id=made["id"])
    assert crm.get("widgets/envybox").json()["is_active_in_account"] is False
    assert "already" in refusal(crm, "create", kind="widget", code="envybox")
    assert "no widget" in refusal(crm, "install", kind="widget", code="nothing")


def test_source(crm: Crm) -> None:
    made = act(crm, "create", kind="source", name="Сайт", external_id="site")
    act(crm, "rename", kind="source", id=made["id"], name="Лендинг")
    assert crm.get(f"sources/{made['id']}").json()["name"] == "Лендинг"
    act(crm, "update", kind="source", id=made["id"], default=True)
    act(crm, "delete", kind="source", id=made["id"])
    assert crm.get("sources").status_code == 204


def test_catalog(crm: Crm) -> None:
    made = act(crm, "create", kind="catalog", name="Оборудование", can_show_in_cards=True)
    act(crm, "rename", kind="catalog", id=made["id"], name="Станки")
    read = crm.get(f"catalogs/{made['id']}").json()
    assert (read["name"], read["can_show_in_cards"]) == ("Станки", True)
    act(crm, "delete", kind="catalog", id=made["id"])
    assert crm.get(f"catalogs/{made['id']}").status_code == 404
    products = act(crm, "create", kind="catalog", name="Товары", type="products")
    assert "stays" in refusal(crm, "delete", kind="catalog", id=products["id"])


def test_account_and_bot(crm: Crm) -> None:
    act(crm, "update", kind="account", is_loss_reason_enabled=False, name="Новая")
    assert crm.get("account").json()["is_loss_reason_enabled"] is False
    assert "nobody can delete a account" in refusal(crm, "delete", kind="account")
    act(crm, "update", kind="account", customers_mode="periodicity")
    assert crm.get("customers/statuses").json()["_total_items"] == 4
    bot = act(crm, "create", kind="bot", name="Приветствие")
    assert crm.get(f"bots/{bot['id']}").json()["name"] == "Приветствие"


def lead(crm: Crm, **more: Any) -> int:
    """A deal made through the API."""
    return int(crm.post("leads", [{"name": "Сделка", **more}]).json()["_embedded"]["leads"][0]["id"])


def test_move_a_deal(crm: Crm) -> None:
    deal, pipeline = lead(crm), pipeline_of(crm)
    third = stage_ids(crm, pipeline)[3]
    assert act(crm, "move_deal", id=deal, status_id=third)["status_id"] == third
    other = make_pipeline(crm.world.store, "Вторая")["id"]
    first = stage_ids(crm, other)[1]
    act(crm, "move_deal", id=deal, pipeline_id=other, status_id=first)
    read = crm.get(f"leads/{deal}").json()
    assert (read["pipeline_id"], read["status_id"]) == (other, first)
    assert "no stage" in refusal(crm, "move_deal", id=deal, pipeline_id=other, status_id=third)
    assert "no card" in refusal(crm, "move_deal", id=1, status_id=third)


def test_set_a_value(crm: Crm) -> None:
    field = make_field(crm.world.store, "leads", SELECT)
    deal = lead(crm)
    where = {"entity": "leads", "id": deal, "field_id": field["id"]}
    act(crm, "set_value", **where, value="Москва")
    values = crm.get(f"leads/{deal}").json()["custom_fields_values"]
    assert values[0]["values"][0]["value"] == "Москва"
    act(crm, "set_value", **where, value={"enum_id": field["enums"][0]["id"]})
    assert crm.get(f"leads/{deal}").json()["custom_fields_values"][0]["values"][0]["value"] == "Пенза"
    act(crm, "set_value", **where, value=None)
    assert crm.get(f"leads/{deal}").json()["custom_fields_values"] is None
    assert "does not take" in refusal(crm, "set_value", **where, value="Тверь")
    assert "no field" in refusal(crm, "set_value", entity="leads", id=deal, field_id=1, value="x")


def test_rename_change_and_bin_a_deal(crm: Crm) -> None:
    deal = lead(crm)
    act(crm, "rename", kind="deal", id=deal, name="Другая")
    act(crm, "update", kind="deal", id=deal, price=500)
    read = crm.get(f"leads/{deal}").json()
    assert (read["name"], read["price"]) == ("Другая", 500)
    assert "no user" in refusal(crm, "update", kind="deal", id=deal, responsible_user_id=1)
    act(crm, "delete", kind="deal", id=deal)
    assert crm.get("leads").status_code == 204


def test_tags_in_use_can_go(crm: Crm) -> None:
    tag = make_tag(crm.world.store, "leads", "VIP")
    deal = lead(crm, _embedded={"tags": [{"id": tag["id"]}]})
    act(crm, "rename", kind="tag", entity="leads", id=tag["id"], name="ВИП")
    assert [one["name"] for one in crm.get(f"leads/{deal}").json()["_embedded"]["tags"]] == ["ВИП"]
    act(crm, "delete", kind="tag", entity="leads", id=tag["id"])
    assert crm.get(f"leads/{deal}").json()["_embedded"]["tags"] == []


def test_unknown_words(crm: Crm) -> None:
    assert "known: create" in refusal(crm, "destroy", kind="tag", id=1)
    assert "known: pipeline" in refusal(crm, "delete", kind="tax", id=1)
    assert "no word colour" in refusal(crm, "create", kind="task_type", name="A", colour="red")
    assert "missing: name" in refusal(crm, "create", kind="task_type")
    assert "name is a text" in refusal(crm, "create", kind="task_type", name=" ")
    assert "name is a text" in refusal(crm, "rename", kind="role", id=1, name=5)
    assert "no role 1" in refusal(crm, "rename", kind="role", id=1, name="A")
    assert "given by the service" in refusal(crm, "create", kind="role", id=1, name="A")
    assert "nothing to change" in refusal(crm, "update", kind="role", id=1)
    assert "only pipelines" in refusal(crm, "archive", kind="stage", id=1)
    assert "archived is true or false" in refusal(crm, "archive", kind="pipeline", id=1, archived="yes")
    assert "sort is a whole number" in refusal(crm, "create", kind="task_type", name="A", sort="1")
    assert "by is a whole number" in refusal(crm, "create", kind="task_type", name="A", by="1")
    assert "stages is a list" in refusal(crm, "create", kind="pipeline", name="A", stages=[1])
    assert "stages is a list" in refusal(crm, "create", kind="pipeline", name="A", stages={})
    assert "rights.leads.view" in refusal(
        crm, "create", kind="role", name="A", rights={"leads": card("LDADD")}
    )
    assert "enums.0.value" in refusal(
        crm, "create", kind="field", entity="leads", name="A", type="select", enums=[{}]
    )
    assert "no word type" in refusal(crm, "update", kind="field", id=1, type="text")
    assert "an object" in refusal(crm, "create", kind="widget", code="x", settings=[])
    assert "a list of event codes" in refusal(crm, "create", kind="webhook", destination="a", settings={})
    assert "no entity 'deals'; known: leads" in refusal(crm, "create", kind="tag", entity="deals", name="A")
    assert "no user 5" in refusal(crm, "create", kind="webhook", destination="a", settings=[], by=5)
    with pytest.raises(UnknownWord, match="missing: action"):
        ui.act(crm.world, {})


def test_who_does_it(crm: Crm) -> None:
    user = make_user(crm.world.store, "Анна", "anna@stroymarket.example", is_admin=True)
    made = act(crm, "create", kind="webhook", destination="https://b.example", settings=[], by=user["id"])
    assert made["created_by"] == user["id"]
    first = crm.world.store.all("user")[0]["id"]
    assert act(crm, "create", kind="catalog", name="A")["created_by"] == first


def test_answers_are_copies(crm: Crm) -> None:
    role = ui.act(crm.world, {"action": "create", "kind": "role", "name": "A"})
    role["rights"]["leads"]["view"] = "A"
    assert crm.get(f"roles/{role['id']}").json()["rights"]["leads"]["view"] == "D"
