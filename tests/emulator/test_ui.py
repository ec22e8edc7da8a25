"""The web interface: every word, for every kind, seen through the API afterwards."""

from typing import Any

import pytest

from amoconf.emulator import ui
from amoconf.emulator.config.catalogs import make_catalog
from amoconf.emulator.config.fields_store import make_field
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.config.users import make_user
from amoconf.emulator.ui import UnknownWord
from tests.emulator.conftest import Crm
from tests.emulator.test_roles import card

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
    assert "name is a text" in refusal(crm, "update", kind="pipeline", id=pipeline_of(crm), name="")
    assert "no word name" in refusal(crm, "delete", kind="pipeline", id=pipeline_of(crm), name="A")
    assert "no word name" in refusal(crm, "archive", kind="pipeline", id=pipeline_of(crm), name="A")
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
