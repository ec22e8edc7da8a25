"""The web interface: webhooks, widgets, sources, lists, and cards."""

from typing import Any

from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.tags import make_tag
from amoconf.emulator.config.widgets import make_widget
from tests.emulator.conftest import Crm
from tests.emulator.test_ui import SELECT, act, pipeline_of, refusal, stage_ids


def test_webhook(crm: Crm) -> None:
    made = act(crm, "create", kind="webhook", destination="https://b.example", settings=["unsorted_add"])
    act(crm, "update", kind="webhook", id=made["id"], disabled=True, settings=["add_lead"])
    read = crm.get("webhooks").json()["_embedded"]["webhooks"][0]
    assert (read["disabled"], read["settings"]) == (True, ["add_lead"])
    assert "event codes" in refusal(crm, "update", kind="webhook", id=made["id"], settings={})
    act(crm, "delete", kind="webhook", id=made["id"])
    assert crm.get("webhooks").status_code == 204
    assert "no name" in refusal(crm, "rename", kind="webhook", id=made["id"], name="A")


def test_widget(crm: Crm) -> None:
    make_widget(crm.world.store, "mango_office")
    act(crm, "install", kind="widget", code="mango_office", settings={"login": "a"})
    assert crm.get("widgets/mango_office").json()["is_active_in_account"] is True
    act(crm, "uninstall", kind="widget", code="mango_office")
    assert crm.get("widgets/mango_office").json()["is_active_in_account"] is False
    assert "settings is an object" in refusal(crm, "install", kind="widget", code="mango_office", settings=[])
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
    act(crm, "update", kind="source", id=made["id"], default=True, pipeline_id=pipeline_of(crm))
    assert crm.get(f"sources/{made['id']}").json()["default"] is True
    act(crm, "create", kind="source", name="Чужой", external_id="x", client_id="another")
    assert crm.get("sources").json()["_total_items"] == 1
    assert "no word external_id" in refusal(crm, "update", kind="source", id=made["id"], external_id="y")
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
    act(crm, "rename", kind="bot", id=bot["id"], name="Прощание")
    assert crm.get(f"bots/{bot['id']}").json()["name"] == "Прощание"
    act(crm, "delete", kind="bot", id=bot["id"])
    assert crm.get("bots").status_code == 204


def test_a_value_of_another_card(crm: Crm) -> None:
    phone = next(field for field in crm.world.store.all("field", "contacts") if field["code"] == "PHONE")
    made = crm.post("contacts", [{"name": "Анна"}]).json()["_embedded"]["contacts"][0]["id"]
    value = [{"value": "+70000000001", "enum_code": "WORK"}, {"value": "+70000000002", "enum_code": "MOB"}]
    act(crm, "set_value", entity="contacts", id=made, field_id=phone["id"], value=value)
    values = crm.get(f"contacts/{made}").json()["custom_fields_values"][0]["values"]
    assert [(one["value"], one["enum_code"]) for one in values] == [
        ("+70000000001", "WORK"),
        ("+70000000002", "MOB"),
    ]


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
    assert "no word values" in refusal(crm, "set_value", **where, values=[])
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
