"""What users see and may do who are no administrators (protocol page, 1.8; config page, C10)."""

import pytest

from amoconf.emulator.config.users import make_user
from tests.emulator.expect import nothing, problem
from tests.emulator.some import add, pipeline, read

NOTHING = dict.fromkeys(("view", "edit", "add", "delete", "export"), "D")


class Person:
    """A user with rights of his own, and the account as he sees it."""

    def __init__(self, crm, email, group=None, **blocks):
        given = {
            name: {**NOTHING, **letters}
            for name, letters in blocks.items()
            if name not in ("stages", "tasks")
        }
        given["tasks"] = blocks.get("tasks", {"edit": "D", "delete": "D"})
        stages = [
            {"entity_type": "leads", "pipeline_id": home, "status_id": stage, "rights": letters}
            for (home, stage), letters in blocks.get("stages", {}).items()
        ]
        given["status_rights"] = stages
        self.id = make_user(crm.world.store, "Анна", email, given=given, group_id=group)["id"]
        self.crm = crm.acting_as(self.id)

    def sees(self, entity="leads", **query):
        answer = self.crm.get(entity, **query)
        return [row["id"] for row in answer.json()["_embedded"][entity]] if answer.status_code == 200 else []


@pytest.fixture
def people(crm):
    """Two of one department, one of another; the first sees his own deals, the second those of his group."""
    letters = ({"view": "M", "edit": "M"}, {"view": "G", "edit": "M"}, {"view": "A", "edit": "G"})
    return [
        Person(crm, f"user{n}@stroymarket.example", group, leads=rights)
        for n, (group, rights) in enumerate(zip((410001, 410001, None), letters, strict=True))
    ]


def test_lists_and_cards(crm, people):
    own, group, everything = people
    deals = [add(crm, responsible_user_id=person.id) for person in people] + [add(crm)]
    assert own.sees() == deals[:1]
    assert group.sees() == deals[:2]
    assert everything.sees() == deals
    assert nothing(own.crm.get(f"leads/{deals[1]}"))
    assert read(own.crm, "leads", deals[0])["group_id"] == 410001


def test_denied_cards_are_absent(crm, people):
    key = add(crm, "contacts", name="Анна")
    assert people[0].sees("contacts") == []
    assert nothing(people[0].crm.get(f"contacts/{key}"))


def test_writing(crm, people):
    own, group, everything = people
    deals = [add(crm, responsible_user_id=person.id) for person in people]
    assert own.crm.patch(f"leads/{deals[0]}", {"price": 1}).status_code == 200
    assert own.crm.patch(f"leads/{deals[1]}", {"price": 1}).json()["errors"] == {
        str(deals[1]): "Lead not found"
    }
    assert problem(group.crm.patch(f"leads/{deals[0]}", {"price": 1})) == (403, "Forbidden", "Forbidden")
    assert problem(everything.crm.patch("leads", [{"id": deals[2]}, {"id": deals[0]}]))[0] == 403
    assert problem(own.crm.post("leads", [{"name": "a"}]))[0] == 403
    allowed = Person(crm, "add@stroymarket.example", leads={"view": "M", "add": "A"})
    key = add(allowed.crm, "leads", name="a")
    assert read(crm, "leads", key)["created_by"] == allowed.id
    assert problem(allowed.crm.patch(f"leads/{key}", {"price": 1}))[0] == 403


def test_stages_narrow_and_widen(crm):
    home, _, ordinary = pipeline(crm)
    stages = {(home, ordinary[1]): {"view": "D", "edit": "D"}, (home, 142): {"view": "A", "edit": "A"}}
    person = Person(crm, "a@stroymarket.example", leads={"view": "M", "edit": "M"}, stages=stages)
    mine, hidden = (add(crm, responsible_user_id=person.id, status_id=stage) for stage in ordinary[:2])
    won = add(crm, status_id=142)
    add(crm)
    assert person.sees() == [mine, won]
    assert nothing(person.crm.get(f"leads/{hidden}"))
    assert person.crm.patch(f"leads/{won}", {"price": 5}).status_code == 200


def test_the_unsorted_stage_is_hidden(crm):
    metadata = {"form_id": "7", "form_name": "a", "form_page": "b", "form_sent_at": 1}
    crm.post("leads/unsorted/forms", [{"source_name": "a", "source_uid": "b", "metadata": metadata}])
    person = Person(crm, "a@stroymarket.example", leads={"view": "A"})
    assert person.sees() == []
    assert nothing(person.crm.get("leads/unsorted"))


def test_events_and_notes_of_what_is_seen(crm, people):
    deals = [add(crm, responsible_user_id=person.id) for person in people]
    for key in deals:
        crm.post(f"leads/{key}/notes", [{"note_type": "common", "params": {"text": "a"}}])
    notes = people[0].crm.get("leads/notes").json()["_embedded"]["notes"]
    assert [note["entity_id"] for note in notes] == deals[:1]
    events = people[0].crm.get("events").json()["_embedded"]["events"]
    assert {event["entity_id"] for event in events} == {deals[0]}
    foreign = crm.get("events").json()["_embedded"]["events"][0]["id"]
    assert problem(people[0].crm.get(f"events/{foreign}"))[0] == 404


def test_tasks_of_others(crm):
    person = Person(crm, "a@stroymarket.example", tasks={"edit": "M", "delete": "D"})
    task = {"text": "a", "complete_till": 1}
    answer = crm.post("tasks", [task, {**task, "responsible_user_id": person.id}])
    foreign, own = (row["id"] for row in answer.json()["_embedded"]["tasks"])
    assert person.crm.patch(f"tasks/{own}", {"text": "b"}).status_code == 200
    assert problem(person.crm.patch(f"tasks/{foreign}", {"text": "b"}))[0] == 403


def test_acting_for_another(crm, people):
    add(crm)
    mine = add(crm, responsible_user_id=people[0].id)
    answer = crm.ask("GET", "leads", headers={"X-Context-User-ID": str(people[0].id)})
    assert [row["id"] for row in answer.json()["_embedded"]["leads"]] == [mine]
