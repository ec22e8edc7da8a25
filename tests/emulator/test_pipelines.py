"""Pipelines: envelopes, renumbering, the main one."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.config import pipelines
from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, problem

HREF = f"{BASE}/api/v4/leads/pipelines"
PIPELINE = ["id", "name", "sort", "is_main", "is_unsorted_on", "is_archive", "account_id"]
STAGE = ["id", "name", "sort", "is_editable", "pipeline_id", "color", "type", "account_id"]


def body(**more: Any) -> dict[str, Any]:
    """A pipeline that the service takes."""
    stages = {"statuses": [{"name": "Заявка", "sort": 10, "color": "#98cbff"}]}
    return {
        "name": "Сервис",
        "sort": 20,
        "is_main": False,
        "is_unsorted_on": True,
        "_embedded": stages,
        **more,
    }


def create(crm: Crm, **more: Any) -> dict[str, Any]:
    """A pipeline made through the API."""
    answer = crm.post("leads/pipelines", [body(**more)])
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()["_embedded"]["pipelines"][0]
    return made


def test_list_of_a_new_account(crm: Crm) -> None:
    answer = crm.get("leads/pipelines")
    document = answer.json()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hal+json"
    assert list(document) == ["_total_items", "_links", "_embedded"]
    assert document["_total_items"] == 1
    assert document["_links"] == {"self": {"href": HREF}}
    (pipeline,) = document["_embedded"]["pipelines"]
    assert list(pipeline) == [*PIPELINE, "_links", "_embedded"]
    assert pipeline["_links"] == {"self": {"href": f"{HREF}/{pipeline['id']}"}}
    stages = pipeline["_embedded"]["statuses"]
    assert [list(stage) for stage in stages] == [[*STAGE, "_links"]] * 7
    assert [stage["sort"] for stage in stages] == [10, 20, 30, 40, 50, 10000, 11000]
    assert [stage["is_editable"] for stage in stages] == [False, True, True, True, True, False, False]
    assert [stage["type"] for stage in stages] == [1, 0, 0, 0, 0, 0, 0]
    assert stages[-1]["_links"]["self"]["href"] == f"{HREF}/{pipeline['id']}/statuses/143"


def test_create_renumbers_and_names_the_closing_stages(crm: Crm) -> None:
    rows = [
        {"id": 142, "name": "Оплачено"},
        {"name": "Второй", "sort": 200, "color": "#98cbff"},
        {"name": "Первый", "sort": 100},
    ]
    answer = crm.post("leads/pipelines", [body(request_id="p1", _embedded={"statuses": rows}), body()])
    document = answer.json()
    assert answer.status_code == 200
    assert list(document) == ["_total_items", "_links", "_embedded"]
    assert document["_total_items"] == 2
    assert document["_links"] == {"self": {"href": HREF}}
    first, second = document["_embedded"]["pipelines"]
    assert list(first) == [*PIPELINE, "request_id", "_links", "_embedded"]
    assert (first["request_id"], second["request_id"]) == ("p1", "1")
    assert [(stage["name"], stage["sort"], stage["color"]) for stage in first["_embedded"]["statuses"]] == [
        ("Неразобранное", 10, "#c1c1c1"),
        ("Первый", 20, "#fffeb2"),
        ("Второй", 30, "#98cbff"),
        ("Оплачено", 10000, "#CCFF66"),
        ("Закрыто и не реализовано", 11000, "#D5D8DB"),
    ]
    assert "request_id" not in crm.get(f"leads/pipelines/{first['id']}").json()


def test_one_is_a_bare_object(crm: Crm) -> None:
    made = create(crm)
    answer = crm.get(f"leads/pipelines/{made['id']}")
    assert answer.status_code == 200
    assert answer.json() == {key: value for key, value in made.items() if key != "request_id"}


def test_unknown_one(crm: Crm) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = crm.ask(method, "leads/pipelines/1", json={"name": "a"})
        assert problem(answer) == (404, "Not Found", "Pipeline not found")


def test_lists_follow_sort(crm: Crm) -> None:
    late, early = create(crm, name="late", sort=30), create(crm, name="early", sort=0)
    shown = crm.get("leads/pipelines").json()["_embedded"]["pipelines"]
    assert [pipeline["id"] for pipeline in shown][:1] == [early["id"]]
    assert [pipeline["id"] for pipeline in shown][-1:] == [late["id"]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"name": ""}, ("NotBlank", "name")),
        ({"name": "x" * 256}, ("TooLong", "name")),
        ({"name": 5}, ("InvalidType", "name")),
        ({"name": None}, ("NotNullable", "name")),
        ({"sort": "1"}, ("InvalidType", "sort")),
        ({"is_main": 1}, ("InvalidType", "is_main")),
        ({"is_archive": False}, ("FieldNotExpected", "is_archive")),
        ({"id": 5}, ("FieldNotExpected", "id")),
        ({"request_id": 5}, ("InvalidType", "request_id")),
        ({"_embedded": {"statuses": []}}, ("TooFew", "_embedded.statuses")),
        ({"_embedded": {}}, ("FieldMissing", "_embedded.statuses")),
        ({"_embedded": {"statuses": [{"id": 142, "name": "a"}]}}, ("TooFew", "_embedded.statuses")),
        (
            {"_embedded": {"statuses": [{"id": 7, "name": "a"}]}},
            ("NotSupportedChoice", "_embedded.statuses.0.id"),
        ),
        ({"_embedded": {"statuses": [{"name": "a"}]}}, ("FieldMissing", "_embedded.statuses.0.sort")),
        ({"_embedded": {"statuses": [{"sort": 1}]}}, ("FieldMissing", "_embedded.statuses.0.name")),
        (
            {"_embedded": {"statuses": [{"name": "a", "sort": 1, "color": "#99ccff"}]}},
            ("NotSupportedChoice", "_embedded.statuses.0.color"),
        ),
        (
            {"_embedded": {"statuses": [{"name": "a", "sort": 1, "type": 0}]}},
            ("FieldNotExpected", "_embedded.statuses.0.type"),
        ),
    ],
)
def test_refused_create_writes_nothing(crm: Crm, more: dict[str, Any], expected: tuple[str, str]) -> None:
    answer = crm.post("leads/pipelines", [body(), body(**{"request_id": "bad", **more})])
    assert [fault[1:] for fault in faults(answer)] == [expected]
    assert {fault[0] for fault in faults(answer)} == {"bad" if more.get("request_id") != 5 else "5"}
    assert crm.get("leads/pipelines").json()["_total_items"] == 1


def test_required_keys(crm: Crm) -> None:
    answer = crm.post("leads/pipelines", [{"_embedded": body()["_embedded"]}])
    missing = ["name", "sort", "is_main", "is_unsorted_on"]
    assert faults(answer) == [("0", "FieldMissing", key) for key in missing]
    answer = crm.post(
        "leads/pipelines", [{key: value for key, value in body().items() if key != "_embedded"}]
    )
    assert faults(answer) == [("0", "FieldMissing", "_embedded")]


def test_without_own_stages_the_service_puts_its_own(make_crm: Callable[..., Crm]) -> None:
    made = create(make_crm(pipeline_needs_stage=False), _embedded={})
    assert [stage["color"] for stage in made["_embedded"]["statuses"]][1:5] == [
        color for _, color in pipelines.DEFAULT_STAGES
    ]


@pytest.mark.parametrize("nothing_sent", [None, [], {}])
def test_empty_bodies(crm: Crm, nothing_sent: Any) -> None:
    assert problem(crm.post("leads/pipelines", nothing_sent)) == (
        400,
        "Bad Request",
        "Request data can not be empty",
    )


def test_at_most_fifty(crm: Crm) -> None:
    answer = crm.post("leads/pipelines", [body() for _ in range(50)])
    assert problem(answer)[0] == 422
    assert crm.post("leads/pipelines", [body() for _ in range(49)]).status_code == 200
    assert problem(crm.post("leads/pipelines", [body()]))[0] == 422


def test_at_most_a_hundred_stages(crm: Crm) -> None:
    rows = [{"name": str(number), "sort": number} for number in range(98)]
    assert problem(crm.post("leads/pipelines", [body(_embedded={"statuses": rows})]))[0] == 422
    made = create(crm, _embedded={"statuses": rows[:97]})
    assert len(made["_embedded"]["statuses"]) == 100


def test_patch_echoes_zero(crm: Crm) -> None:
    made = create(crm)
    answer = crm.patch(f"leads/pipelines/{made['id']}", {"name": "Ремонт", "sort": 100})
    assert answer.status_code == 200
    assert answer.json() == {**made, "name": "Ремонт", "sort": 100, "request_id": "0"}
    assert list(answer.json()) == list(made)
    answer = crm.patch(f"leads/pipelines/{made['id']}", {"name": "Ремонт", "request_id": "mine"})
    assert answer.json()["request_id"] == "mine"


def test_patch_takes_no_stages(crm: Crm) -> None:
    made = create(crm)
    answer = crm.patch(f"leads/pipelines/{made['id']}", {"_embedded": body()["_embedded"]})
    assert faults(answer) == [("0", "FieldNotExpected", "_embedded")]
    assert faults(crm.patch(f"leads/pipelines/{made['id']}", {"name": ""})) == [("0", "NotBlank", "name")]
    assert problem(crm.patch(f"leads/pipelines/{made['id']}", {}))[2] == "Request data can not be empty"
    assert problem(crm.patch(f"leads/pipelines/{made['id']}", {"request_id": "0"}))[0] == 400
    assert problem(crm.patch("leads/pipelines", [{"id": made["id"], "name": "a"}])) == (
        405,
        "Method Not Allowed",
        "Method Not Allowed",
    )


def test_unsorted_stage_disappears_and_the_rest_keep_their_sorts(crm: Crm) -> None:
    made = create(crm)
    unsorted = made["_embedded"]["statuses"][0]
    answer = crm.patch(f"leads/pipelines/{made['id']}", {"is_unsorted_on": False}).json()
    assert [stage["sort"] for stage in answer["_embedded"]["statuses"]] == [20, 10000, 11000]
    path = f"leads/pipelines/{made['id']}/statuses/{unsorted['id']}"
    assert problem(crm.get(path)) == (404, "Not Found", "Status not found")
    crm.patch(f"leads/pipelines/{made['id']}", {"is_unsorted_on": True})
    assert crm.get(path).json() == unsorted


def test_exactly_one_is_main(crm: Crm) -> None:
    old = crm.get("leads/pipelines").json()["_embedded"]["pipelines"][0]
    assert crm.patch(f"leads/pipelines/{old['id']}", {"is_main": False}).json()["is_main"] is True
    made = create(crm, is_main=True)
    assert made["is_main"] is True
    assert crm.get(f"leads/pipelines/{old['id']}").json()["is_main"] is False
    crm.patch(f"leads/pipelines/{old['id']}", {"is_main": True})
    assert crm.get(f"leads/pipelines/{made['id']}").json()["is_main"] is False


def test_archived_by_the_interface_only(crm: Crm) -> None:
    made = create(crm)
    stored = crm.world.store.get("pipeline", made["id"])
    assert stored is not None
    pipelines.archive_pipeline(crm.world.store, stored, True)
    assert crm.get(f"leads/pipelines/{made['id']}").json()["is_archive"] is True
    assert crm.get("leads/pipelines").json()["_total_items"] == 2


def test_kept_names_of_stages(crm: Crm) -> None:
    rows = {"statuses": [{"name": "Ура 🎉", "sort": 10}, {"id": 143, "name": "Нет 🎉"}]}
    made = create(crm, name="🎉", _embedded=rows)
    assert made["name"] == "🎉"
    assert [stage["name"] for stage in made["_embedded"]["statuses"]][1::2] == ["", ""]


def test_for_administrators(crm: Crm) -> None:
    other = crm.acting_as(crm.add_user())
    assert other.get("leads/pipelines").status_code == 200
    key = create(crm)["id"]
    for method, path in (
        ("POST", ""),
        ("PATCH", f"/{key}"),
        ("DELETE", f"/{key}"),
        ("POST", f"/{key}/statuses"),
    ):
        assert problem(other.ask(method, f"leads/pipelines{path}", json=[body()]))[:2] == (403, "Forbidden")
