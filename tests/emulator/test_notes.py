"""Notes over the wire (protocol page, 7.8)."""

import pytest

from tests.emulator.expect import faults, nothing
from tests.emulator.some import add, events

KEYS = (
    "id entity_id created_by updated_by created_at updated_at responsible_user_id group_id note_type params "
    "account_id _links"
).split()
COMMON = {"note_type": "common", "params": {"text": "Перезвонить"}}


def note(crm, lead, **item):
    answer = crm.post(f"leads/{lead}/notes", [{**COMMON, **item}])
    assert answer.status_code == 200, answer.text
    return answer.json()["_embedded"]["notes"][0]["id"]


def test_a_note(crm):
    lead = add(crm)
    answer = crm.post("leads/notes", [{**COMMON, "entity_id": lead, "request_id": "n"}])
    [row] = answer.json()["_embedded"]["notes"]
    assert list(row) == ["id", "entity_id", "request_id", "_links"]
    assert row["_links"]["self"]["href"].endswith(f"/api/v4/leads/{lead}/notes/{row['id']}")
    for path in (f"leads/notes/{row['id']}", f"leads/{lead}/notes/{row['id']}"):
        shown = crm.get(path).json()
        assert list(shown) == KEYS
        assert (shown["note_type"], shown["params"]) == ("common", {"text": "Перезвонить"})
    assert nothing(crm.get(f"contacts/notes/{row['id']}"))
    assert events(crm)[-1] == ("common_note_added", [{"note": {"id": row["id"]}}], [])


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"note_type": "common"}, "FieldMissing", "params"),
        ({"note_type": "nope", "params": {}}, "NotSupportedChoice", "note_type"),
        ({"note_type": "common", "params": {}}, "FieldMissing", "params.text"),
        ({"note_type": "call_in", "params": {"source": "", "phone": "1"}}, "FieldMissing", "params.duration"),
        (
            {"note_type": "call_in", "params": {"source": "", "phone": "1", "duration": 1}},
            "NotBlank",
            "params.source",
        ),
        (
            {"note_type": "sms_in", "params": {"text": "a", "phone": "1", "uniq": "u"}},
            "FieldNotExpected",
            "params.uniq",
        ),
        (
            {"note_type": "message_cashier", "params": {"status": "a", "text": "b"}},
            "NotSupportedChoice",
            "params.status",
        ),
    ],
)
def test_refusals(crm, item, code, path):
    found = faults(crm.post(f"leads/{add(crm)}/notes", [item]))
    assert ("0", code, path) in found


def test_notes_need_their_card(crm):
    assert faults(crm.post("leads/5/notes", [COMMON])) == [("0", "NotSupportedChoice", "entity_id")]
    assert faults(crm.post("leads/notes", [COMMON])) == [("0", "FieldMissing", "entity_id")]
    assert crm.post(
        f"leads/{add(crm)}/notes", [{**COMMON, "is_need_to_trigger_digital_pipeline": False}]
    ).is_success


def test_other_types_and_their_events(crm):
    lead = add(crm)
    call = {"uniq": "u", "duration": 60, "source": "ats", "link": "https://a.example", "phone": "79990000000"}
    note(crm, lead, note_type="call_out", params=call)
    note(crm, lead, note_type="attachment", params={"file_uuid": "f", "file_name": "a.pdf"})
    kinds = [kind for kind, _, _ in events(crm)]
    assert kinds == ["lead_added", "outgoing_call", "attachment_note_added"]


def test_changes(crm):
    lead = add(crm)
    key = note(crm, lead)
    answer = crm.patch(f"leads/notes/{key}", {"params": {"text": "Иначе"}})
    assert list(answer.json()) == ["id", "entity_id", "updated_at", "_links"]
    assert crm.get(f"leads/notes/{key}").json()["params"] == {"text": "Иначе"}
    [row] = crm.patch("leads/notes", [{"id": key, "params": {"text": "Ещё"}}]).json()["_embedded"]["notes"]
    assert list(row) == ["id", "entity_id", "updated_at", "request_id", "_links"]
    assert faults(crm.patch(f"leads/notes/{key}", {"params": {}})) == [("0", "FieldMissing", "params.text")]
    assert crm.patch("leads/notes", [{"id": 5, "params": {}}]).json()["errors"] == {"5": "Note not found"}


def test_lists(crm):
    one, two = add(crm), add(crm)
    first, second = note(crm, one), note(crm, two, updated_at=1700000000)
    third = note(crm, two, note_type="service_message", params={"service": "1C", "text": "ok"})
    contact = add(crm, "contacts", name="Анна")
    crm.post(f"contacts/{contact}/notes", [COMMON])

    def ids(path="leads/notes", **query):
        answer = crm.get(path, **query)
        return [row["id"] for row in answer.json()["_embedded"]["notes"]] if answer.status_code == 200 else []

    assert ids() == [first, second, third]
    assert ids(f"leads/{two}/notes") == [second, third]
    assert ids(**{"filter[note_type]": "service_message"}) == [third]
    assert ids(**{"filter[entity_id][]": [one]}) == [first]
    assert ids(**{"filter[id]": second}) == [second]
    assert ids(**{"filter[updated_at]": 1650000000}) == [second]
    assert ids(**{"order[updated_at]": "desc"})[0] == second
    assert ids("leads/5/notes") == []
    pinned = crm.get("leads/notes", with_="is_pinned").json()["_embedded"]["notes"][0]
    assert pinned["is_pinned"] is False
