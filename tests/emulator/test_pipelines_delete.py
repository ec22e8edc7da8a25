"""Deleting a pipeline: what forbids it, and what it leaves behind."""

from collections.abc import Callable

from tests.emulator.conftest import Crm
from tests.emulator.expect import faults, nothing, problem
from tests.emulator.test_pipelines import create


def put_lead(crm: Crm, pipeline_id: int, *, deleted: bool = False) -> None:
    """A deal that stands in the way."""
    crm.world.store.db.execute(
        "INSERT INTO leads (id, name, pipeline_id, status_id, created_at, updated_at, is_deleted, "
        "version, body) VALUES (1, 'a', ?, 143, 1, 1, ?, 0, '{}')",
        (pipeline_id, deleted),
    )


def test_delete(crm: Crm) -> None:
    made = create(crm)
    assert nothing(crm.delete(f"leads/pipelines/{made['id']}"))
    assert problem(crm.get(f"leads/pipelines/{made['id']}"))[0] == 404
    assert problem(crm.get(f"leads/pipelines/{made['id']}/statuses"))[2] == "Pipeline not found"
    assert crm.world.store.all("stage", str(made["id"])) == []


def test_what_is_not_there(make_crm: Callable[..., Crm], crm: Crm) -> None:
    assert problem(crm.delete("leads/pipelines/5")) == (404, "Not Found", "Pipeline not found")
    other = make_crm(absent_pipeline_delete="400")
    assert faults(other.delete("leads/pipelines/5")) == [("0", "NotSupportedChoice", "pipeline_id")]


def test_kommo_deletes_with_a_body(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(delete_pipeline_body=True)
    answer = crm.delete(f"leads/pipelines/{create(crm)['id']}")
    assert (answer.status_code, answer.text) == (200, "{}")


def test_last_and_main_stay(make_crm: Callable[..., Crm], crm: Crm) -> None:
    (old,) = crm.get("leads/pipelines").json()["_embedded"]["pipelines"]
    assert faults(crm.delete(f"leads/pipelines/{old['id']}")) == [("0", "NotSupportedChoice", "pipeline_id")]
    made = create(crm)
    assert faults(crm.delete(f"leads/pipelines/{old['id']}")) == [("0", "NotSupportedChoice", "pipeline_id")]
    crm.patch(f"leads/pipelines/{made['id']}", {"is_main": True})
    assert nothing(crm.delete(f"leads/pipelines/{old['id']}"))
    free = make_crm(main_pipeline_deletable=True)
    (main,) = free.get("leads/pipelines").json()["_embedded"]["pipelines"]
    other = create(free)
    assert nothing(free.delete(f"leads/pipelines/{main['id']}"))
    assert free.get(f"leads/pipelines/{other['id']}").json()["is_main"] is True


def test_one_with_deals_stays(make_crm: Callable[..., Crm], crm: Crm) -> None:
    made = create(crm)
    put_lead(crm, made["id"])
    assert faults(crm.delete(f"leads/pipelines/{made['id']}")) == [("0", "NotSupportedChoice", "pipeline_id")]
    crm.world.store.db.execute("UPDATE leads SET is_deleted = 1")
    assert nothing(crm.delete(f"leads/pipelines/{made['id']}"))
    strict = make_crm(binned_deals_block=True)
    made = create(strict)
    put_lead(strict, made["id"], deleted=True)
    assert strict.delete(f"leads/pipelines/{made['id']}").status_code == 400


def test_fields_forget_a_deleted_pipeline(crm: Crm) -> None:
    made = create(crm)
    pair = {"status_id": 143, "pipeline_id": made["id"]}
    pairs = {"required_statuses": [pair], "hidden_statuses": [pair]}
    field = crm.post("leads/custom_fields", {"name": "a", "type": "text", **pairs}).json()
    assert field["required_statuses"] == [pair]
    crm.delete(f"leads/pipelines/{made['id']}")
    field = crm.get(f"leads/custom_fields/{field['id']}").json()
    assert (field["required_statuses"], field["hidden_statuses"]) == ([], [])
