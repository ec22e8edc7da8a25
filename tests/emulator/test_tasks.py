"""Tasks over the wire (protocol page, 7.7)."""

import pytest

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, events, read

KEYS = (
    "id created_by updated_by created_at updated_at responsible_user_id group_id entity_id entity_type duration "
    "is_completed task_type_id text result complete_till account_id _links"
).split()
DUE = 1700000000


def task(crm, **item):
    answer = crm.post("tasks", [{"text": "Позвонить", "complete_till": DUE, **item}])
    assert answer.status_code == 200, answer.text
    return answer.json()["_embedded"]["tasks"][0]["id"]


def ids(crm, **query):
    answer = crm.get("tasks", **query)
    return [row["id"] for row in answer.json()["_embedded"]["tasks"]] if answer.status_code == 200 else []


def test_a_task(crm):
    lead = add(crm)
    answer = crm.post(
        "tasks", [{"text": "Позвонить", "complete_till": DUE, "entity_id": lead, "entity_type": "leads"}]
    )
    [row] = answer.json()["_embedded"]["tasks"]
    assert list(row) == ["id", "request_id", "_links"]
    shown = crm.get(f"tasks/{row['id']}").json()
    assert list(shown) == KEYS
    assert (shown["task_type_id"], shown["is_completed"], shown["result"]) == (1, False, [])
    assert (shown["entity_id"], shown["entity_type"], shown["complete_till"]) == (lead, "leads", DUE)
    assert shown["responsible_user_id"] == crm.world.store.all("user")[0]["id"]
    assert nothing(crm.get("tasks/5"))


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"complete_till": 1}, "FieldMissing", "text"),
        ({"text": "a"}, "FieldMissing", "complete_till"),
        ({"text": "", "complete_till": 1}, "NotBlank", "text"),
        ({"text": "a", "complete_till": 1, "task_type_id": 99}, "NotSupportedChoice", "task_type_id"),
        (
            {"text": "a", "complete_till": 1, "entity_id": 5, "entity_type": "leads"},
            "NotSupportedChoice",
            "entity_id",
        ),
        ({"text": "a", "complete_till": 1, "entity_id": 5}, "FieldMissing", "entity_type"),
        ({"text": "a", "complete_till": 1, "entity_type": "lead"}, "NotSupportedChoice", "entity_type"),
        (
            {"text": "a", "complete_till": 1, "responsible_user_id": 5},
            "NotSupportedChoice",
            "responsible_user_id",
        ),
        ({"text": "a", "complete_till": 1, "is_deleted": True}, "FieldNotExpected", "is_deleted"),
        ({"text": "a", "complete_till": 1, "result": {"text": 5}}, "InvalidType", "result.text"),
    ],
)
def test_refusals(crm, item, code, path):
    assert faults(crm.post("tasks", [item])) == [("0", code, path)]


def test_changes_and_completion(crm):
    key = task(crm)
    answer = crm.patch(f"tasks/{key}", {"is_completed": True, "result": {"text": "Договорились"}})
    assert list(answer.json()) == ["id", "updated_at", "request_id", "_links"]
    assert crm.get(f"tasks/{key}").json()["result"] == {"text": "Договорились"}
    [row] = crm.patch("tasks", [{"id": key, "text": "Написать", "request_id": "t"}]).json()["_embedded"][
        "tasks"
    ]
    assert row["request_id"] == "t"
    crm.patch("tasks", [{"id": key, "complete_till": DUE + 1, "task_type_id": 2}])
    assert [kind for kind, _, _ in events(crm)] == [
        "task_added",
        "task_completed",
        "task_result_added",
        "task_text_changed",
        "task_deadline_changed",
        "task_type_changed",
    ]
    assert events(crm)[4][1:] == (
        [{"task_deadline": {"timestamp": DUE + 1}}],
        [{"task_deadline": {"timestamp": DUE}}],
    )
    assert crm.patch("tasks", [{"id": 5}]).json()["errors"] == {"5": "Task not found"}


def test_tasks_are_never_deleted(crm):
    assert problem(crm.delete(f"tasks/{task(crm)}"))[0] == 403
    assert problem(crm.delete("tasks"))[0] == 405


def test_the_nearest_open_task_of_a_card(crm):
    lead = add(crm)
    before = read(crm, "leads", lead)
    home = {"entity_id": lead, "entity_type": "leads"}
    near, far = task(crm, **home), task(crm, complete_till=DUE + 5, **home)
    assert read(crm, "leads", lead) == {**before, "closest_task_at": DUE}
    crm.patch(f"tasks/{near}", {"is_completed": True})
    assert read(crm, "leads", lead)["closest_task_at"] == DUE + 5
    contact = add(crm, "contacts", name="Анна")
    crm.patch(f"tasks/{far}", {"entity_id": contact, "entity_type": "contacts"})
    assert read(crm, "leads", lead)["closest_task_at"] is None
    assert read(crm, "contacts", contact)["closest_task_at"] == DUE + 5


def test_filters_and_orders(crm):
    lead = add(crm)
    one = task(crm, entity_id=lead, entity_type="leads", complete_till=DUE + 9)
    two = task(crm, task_type_id=2, updated_at=1500000000)
    three = task(crm, is_completed=True, complete_till=DUE - 9)
    assert ids(crm) == [one, two, three]
    assert ids(crm, **{"order[complete_till]": "asc"}) == [three, two, one]
    assert ids(crm, **{"order[id]": "desc"}) == [three, two, one]
    assert ids(crm, **{"filter[is_completed]": 1}) == [three]
    assert ids(crm, **{"filter[task_type]": 2}) == ids(crm, **{"filter[task_type_id][]": 2}) == [two]
    assert ids(crm, **{"filter[id][]": [one, three]}) == [one, three]
    assert ids(crm, **{"filter[entity_type]": "leads", "filter[entity_id]": lead}) == [one]
    assert ids(crm, **{"filter[entity_id]": 5}) == [one, two, three]
    assert ids(crm, **{"filter[updated_at]": 1550000000}) == [one, three]
    assert ids(crm, **{"filter[updated_at][to]": 1550000000}) == [two]
    assert ids(crm, **{"filter[responsible_user_id]": 5}) == []
    assert ids(crm, **{"filter[nonsense]": 5}) == [one, two, three]


def test_pages_of_tasks(crm):
    for _ in range(3):
        task(crm)
    first = crm.get("tasks", limit=2).json()
    assert (len(first["_embedded"]["tasks"]), list(first["_links"])) == (2, ["self", "next"])
    assert list(crm.get("tasks", limit=2, page=2).json()["_links"]) == ["self", "first", "prev"]
    assert nothing(crm.get("tasks", limit=2, page=3))
