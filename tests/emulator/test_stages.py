"""Stages: order, system stages, what happens to what pointed at a deleted one."""

from collections.abc import Callable
from typing import Any

import pytest

from amoconf.emulator.store import ORIGIN, Thing
from tests.emulator.conftest import BASE, Crm
from tests.emulator.expect import faults, nothing, problem

STAGE = ["id", "name", "sort", "is_editable", "pipeline_id", "color", "type", "account_id"]


@pytest.fixture
def home(crm: Crm) -> str:
    """Where the stages of the account's only pipeline are."""
    return path_of(crm)


def path_of(crm: Crm) -> str:
    """The address of the stages of the first pipeline."""
    return f"leads/pipelines/{crm.world.store.all('pipeline')[0]['id']}/statuses"


def names(crm: Crm, home: str) -> list[str]:
    """Names of the ordinary stages, in order."""
    stages = crm.get(home).json()["_embedded"]["statuses"]
    return [stage["name"] for stage in stages if stage["is_editable"]]


def create(crm: Crm, home: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """Stages made through the API."""
    answer = crm.post(home, list(items))
    assert answer.status_code == 200, answer.text
    made: list[dict[str, Any]] = answer.json()["_embedded"]["statuses"]
    return made


def test_list_has_no_links(crm: Crm, home: str) -> None:
    document = crm.get(home).json()
    assert list(document) == ["_total_items", "_embedded"]
    assert document["_total_items"] == 7
    assert {tuple(stage) for stage in document["_embedded"]["statuses"]} == {(*STAGE, "_links")}


def test_one_is_bare(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    assert crm.get(f"{home}/{stages[1]['id']}").json() == stages[1]
    assert problem(crm.get(f"{home}/5")) == (404, "Not Found", "Status not found")
    assert problem(crm.get("leads/pipelines/5/statuses")) == (404, "Not Found", "Pipeline not found")
    assert problem(crm.get("leads/pipelines/5/statuses/142"))[2] == "Pipeline not found"


def test_descriptions_when_asked(crm: Crm, home: str) -> None:
    stage = crm.get(home, with_="descriptions").json()["_embedded"]["statuses"][1]
    assert list(stage) == [*STAGE, "_links", "descriptions"]
    assert stage["descriptions"] == []
    assert crm.get(f"{home}/{stage['id']}", with_="descriptions").json() == stage


def test_new_ones_go_to_the_end_and_are_renumbered(crm: Crm, home: str) -> None:
    items = [{"name": "a", "sort": 200, "color": "#eb93ff", "request_id": "x"}, {"name": "b", "sort": 100}]
    answer = crm.post(home, items)
    document = answer.json()
    assert answer.status_code == 200
    assert list(document) == ["_total_items", "_embedded"]
    first, second = document["_embedded"]["statuses"]
    assert list(first) == [*STAGE, "request_id", "_links", "descriptions"]
    assert [(row["name"], row["sort"], row["color"], row["request_id"]) for row in (first, second)] == [
        ("a", 70, "#eb93ff", "x"),
        ("b", 60, "#fffeb2", "1"),
    ]
    assert first["_links"]["self"]["href"] == f"{BASE}/api/v4/{home}/{first['id']}"
    assert first["descriptions"] == []


def test_between_two(crm: Crm, home: str) -> None:
    before = names(crm, home)
    (made,) = create(crm, home, {"name": "a", "sort": 25})
    assert made["sort"] == 30
    assert names(crm, home) == [before[0], "a", *before[1:]]
    sorts = [row["sort"] for row in crm.get(home).json()["_embedded"]["statuses"]]
    assert sorts == [10, 20, 30, 40, 50, 60, 10000, 11000]


def test_patch_moves_and_keeps_the_rest(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    answer = crm.patch(f"{home}/{stages[3]['id']}", {"sort": 15})
    assert answer.status_code == 200
    assert list(answer.json()) == [*STAGE, "request_id", "_links", "descriptions"]
    assert answer.json() == {**stages[3], "sort": 20, "request_id": "0", "descriptions": []}
    assert names(crm, home) == [stages[place]["name"] for place in (3, 1, 2, 4)]
    crm.patch(f"{home}/{stages[3]['id']}", {"sort": 30})
    assert names(crm, home) == [stages[place]["name"] for place in (1, 3, 2, 4)]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"sort": 1}, [("FieldMissing", "name")]),
        ({"name": "a"}, [("FieldMissing", "sort")]),
        ({"name": " ", "sort": 1}, [("NotBlank", "name")]),
        ({"name": "x" * 256, "sort": 1}, [("TooLong", "name")]),
        ({"name": "a", "sort": 1, "color": "#FFFEB2"}, [("NotSupportedChoice", "color")]),
        ({"name": "a", "sort": 1, "color": "#99ccff"}, [("NotSupportedChoice", "color")]),
        ({"name": "a", "sort": 1, "color": None}, [("NotNullable", "color")]),
        ({"name": "a", "sort": 1, "type": 0}, [("FieldNotExpected", "type")]),
        ({"name": "a", "sort": 1, "id": 142}, [("FieldNotExpected", "id")]),
        ({"name": "a", "sort": 1.5}, [("InvalidType", "sort")]),
    ],
)
def test_refused(crm: Crm, home: str, item: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    answer = crm.post(home, [{"name": "good", "sort": 1}, item])
    assert faults(answer) == [("1", *fault) for fault in expected]
    assert crm.get(home).json()["_total_items"] == 7


def test_bulk_patch_is_unknown(crm: Crm, home: str) -> None:
    assert problem(crm.patch(home, [{"id": 142, "name": "a"}]))[0] == 405


def test_an_array_for_one(crm: Crm, home: str) -> None:
    assert faults(crm.patch(f"{home}/142", [{"name": "a"}])) == [("0", "FieldNotExpected", "0")]


def test_closing_stages_take_a_name_only(make_crm: Callable[..., Crm], crm: Crm, home: str) -> None:
    answer = crm.patch(f"{home}/142", {"name": "Продано", "sort": 1, "color": "#fffeb2"}).json()
    assert (answer["name"], answer["sort"], answer["color"]) == ("Продано", 10000, "#CCFF66")
    other = crm.post(
        "leads/pipelines",
        [
            {
                "name": "a",
                "sort": 5,
                "is_main": False,
                "is_unsorted_on": True,
                "_embedded": {"statuses": [{"name": "b", "sort": 1}]},
            }
        ],
    ).json()["_embedded"]["pipelines"][0]
    assert other["_embedded"]["statuses"][-2]["name"] == "Успешно реализовано"
    strict = make_crm(rename_closing_stages=False)
    answer = strict.patch(f"{path_of(strict)}/143", {"name": "a"})
    assert faults(answer) == [("0", "NotSupportedChoice", "status_id")]


def test_unsorted_stage_keeps_its_name(make_crm: Callable[..., Crm], crm: Crm, home: str) -> None:
    key = crm.get(home).json()["_embedded"]["statuses"][0]["id"]
    assert faults(crm.patch(f"{home}/{key}", {"name": "a"})) == [("0", "NotSupportedChoice", "status_id")]
    free = make_crm(rename_unsorted_stage=True)
    key = free.get(path_of(free)).json()["_embedded"]["statuses"][0]["id"]
    answer = free.patch(f"{path_of(free)}/{key}", {"name": "a", "sort": 99}).json()
    assert (answer["name"], answer["sort"]) == ("a", 10)


def test_emoji(make_crm: Callable[..., Crm], crm: Crm, home: str) -> None:
    (made,) = create(crm, home, {"name": "Ура 🎉", "sort": 100})
    assert made["name"] == ""
    answer = crm.patch(f"{home}/{made['id']}", {"name": "Ура ♥"}).json()
    assert answer["name"] == "Ура ♥"
    assert crm.patch(f"{home}/{made['id']}", {"name": "🎉"}).json()["name"] == ""
    kept = make_crm(emoji_names="kept")
    assert create(kept, path_of(kept), {"name": "Ура 🎉", "sort": 100})[0]["name"] == "Ура 🎉"


def test_at_most_a_hundred(crm: Crm, home: str) -> None:
    items = [{"name": str(number), "sort": 100 + number} for number in range(94)]
    assert problem(crm.post(home, items))[0] == 422
    assert len(create(crm, home, *items[:93])) == 93
    assert problem(crm.post(home, items[:1]))[0] == 422


def test_delete_closes_the_gap(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    assert nothing(crm.delete(f"{home}/{stages[2]['id']}"))
    left = crm.get(home).json()["_embedded"]["statuses"]
    assert [(row["name"], row["sort"]) for row in left[1:4]] == [
        (stages[1]["name"], 20),
        (stages[3]["name"], 30),
        (stages[4]["name"], 40),
    ]
    assert problem(crm.delete(f"{home}/{stages[2]['id']}"))[2] == "Status not found"


def test_system_stages_and_the_last_stay(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    for key in (142, 143, stages[0]["id"]):
        assert faults(crm.delete(f"{home}/{key}")) == [("0", "NotSupportedChoice", "status_id")]
    for stage in stages[1:4]:
        assert nothing(crm.delete(f"{home}/{stage['id']}"))
    assert faults(crm.delete(f"{home}/{stages[4]['id']}")) == [("0", "NotSupportedChoice", "status_id")]


def test_fields_and_roles_forget_a_deleted_stage(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    gone, kept = ({"status_id": row["id"], "pipeline_id": row["pipeline_id"]} for row in stages[2:4])
    pairs = {"required_statuses": [gone, kept], "hidden_statuses": [gone]}
    leads = crm.post("leads/custom_fields", {"name": "a", "type": "text", **pairs}).json()
    contacts = crm.post(
        "contacts/custom_fields", {"name": "a", "type": "text", "required_statuses": [gone]}
    ).json()
    letters = {"view": "A", "edit": "D", "delete": "D", "export": "D"}
    rows: list[Thing] = [{"entity_type": "leads", **pair, "rights": letters} for pair in (gone, kept)]
    block = {"view": "A", "edit": "A", "add": "A", "delete": "D", "export": "D"}
    rights = {"leads": block, "contacts": block, "companies": block, "tasks": {"edit": "A", "delete": "D"}}
    made = crm.post("roles", [{"name": "a", "rights": {**rights, "status_rights": rows}}])
    role = made.json()["_embedded"]["roles"][0]
    assert nothing(crm.delete(f"{home}/{gone['status_id']}"))
    field = crm.get(f"leads/custom_fields/{leads['id']}").json()
    assert (field["required_statuses"], field["hidden_statuses"]) == ([kept], [])
    assert crm.get(f"contacts/custom_fields/{contacts['id']}").json()["required_statuses"] == []
    held = crm.get(f"roles/{role['id']}").json()["rights"]["status_rights"]
    assert [row["status_id"] for row in held if row["rights"] == letters] == [kept["status_id"]]


def test_links_are_the_callers(crm: Crm, home: str) -> None:
    assert ORIGIN not in crm.get(home).text


def test_deals_of_a_deleted_stage_go_to_the_first(crm: Crm, home: str) -> None:
    stages = crm.get(home).json()["_embedded"]["statuses"]
    first, second, third = (stage["id"] for stage in stages[1:4])
    items = [
        {"name": "a", "status_id": key, "pipeline_id": stages[0]["pipeline_id"]}
        for key in (second, third, 142)
    ]
    made = [lead["id"] for lead in crm.post("leads", items).json()["_embedded"]["leads"]]

    def where() -> list[int]:
        return [crm.get(f"leads/{key}").json()["status_id"] for key in made]

    assert where() == [second, third, 142]
    crm.delete(f"{home}/{second}")
    assert where() == [first, third, 142]
    crm.delete(f"{home}/{first}")
    assert where() == [third, third, 142], "the next one is the first now"
