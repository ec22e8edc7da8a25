"""What single kinds of things count: deals that a pipeline is kept for, records that a role lets people see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, living

HEAD = "amoconf: 1\naccount: {subdomain: stroymarket}\n"
STAGES = ("Новое", "В работе")


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """An account with a pipeline of two stages; three deals stand in the second."""
    with living(tmp_path, scenario="empty") as here:
        stages = [{"name": name} for name in STAGES]
        here.ui(action="create", kind="pipeline", name="Опт", stages=stages)
        deal = {"name": "Дом", "pipeline_id": pipeline(here)["id"], "status_id": stage(here, STAGES[1])}
        assert here.client.post("/api/v4/leads", json=[deal] * 3).is_success
        yield here


def pipeline(crm: Living) -> Any:
    """As the service shows it."""
    return next(row for row in crm.walk("leads/pipelines", "pipelines") if row["name"] == "Опт")


def stage(crm: Living, name: str) -> int:
    """Its id."""
    stages = pipeline(crm)["_embedded"]["statuses"]
    return next(int(row["id"]) for row in stages if row["name"] == name)


def planned(crm: Living, spec: str) -> tuple[int, Any]:
    """(exit code, the only change of a plan)."""
    crm.spec(HEAD + spec)
    ended = crm.amoconf("plan", "--allow", "*", "--format", "json")
    [change] = ended.json["changes"]
    return ended.code, change


def test_a_pipeline_is_deleted_only_without_deals(crm: Living) -> None:
    """The service would refuse it; no allowance lifts that."""
    code, change = planned(crm, "pipelines: {opt: {name: Опт, absent: нет}}\n")
    assert (code, change["impact"]["records"]) == (3, 3)
    assert "the service deletes no such pipeline" in change["blocked_by"][0]
    other = next(row["id"] for row in crm.walk("leads/pipelines", "pipelines") if row["name"] != "Опт")
    place = {"pipeline_id": other, "status_id": 142}
    deals = [{"id": row["id"], **place} for row in crm.walk("leads", "leads")]
    assert crm.client.patch("/api/v4/leads", json=deals).is_success
    assert planned(crm, "pipelines: {opt: {name: Опт, absent: нет}}\n")[0] == 0
    assert crm.amoconf("apply", "--yes", "--allow", "*").code == 0


def role(crm: Living) -> None:
    """One that sees no deal of the second stage, and no elements."""
    block = dict.fromkeys(("view", "edit", "delete", "export"), "A") | {"add": "D"}
    denied = dict.fromkeys(("view", "edit", "delete", "export"), "D")
    row = {
        "entity_type": "leads",
        "pipeline_id": pipeline(crm)["id"],
        "status_id": stage(crm, STAGES[1]),
        "rights": denied,
    }
    others = {key: {**denied, "add": "D"} for key in ("contacts", "companies")}
    tasks = {"tasks": {"edit": "D", "delete": "D"}}
    body = {"name": "Менеджер", "rights": {"leads": block, **others, **tasks, "status_rights": [row]}}
    assert crm.client.post("/api/v4/roles", json=[body]).is_success


def test_deals_of_a_stage_that_a_role_is_let_see(crm: Living) -> None:
    """Also where the row goes, so that the right on deals holds."""
    role(crm)
    pipes = "pipelines: {opt: {name: Опт, stages: {a: Новое, b: В работе}}}\n"
    for stages in ("{opt/b: all}", "{opt/a: none}"):
        _, change = planned(crm, f"{pipes}roles: {{m: {{name: Менеджер, stages: {stages}}}}}\n")
        assert change["impact"]["records"] == 3
    _, change = planned(crm, f"{pipes}roles: {{m: {{name: Менеджер, stages: {{opt/*: none}}}}}}\n")
    assert change["impact"]["records"] is None


def test_elements_of_a_list_that_a_role_is_let_see(crm: Living) -> None:
    made = crm.client.post("/api/v4/catalogs", json=[{"name": "Склад"}]).json()["_embedded"]["catalogs"][0]
    elements = crm.client.post(f"/api/v4/catalogs/{made['id']}/elements", json=[{"name": "Окно"}] * 2)
    assert elements.is_success
    role(crm)
    lists = "catalogs: {c: {name: Склад}}\nroles: {m: {name: Менеджер, catalogs: {c: {view: all}}}}\n"
    assert planned(crm, lists)[1]["impact"]["records"] == 2
