"""The unsorted stage (protocol page, 7.9, 8.6)."""

import pytest

from tests.emulator.expect import faults, nothing, problem
from tests.emulator.some import add, pipeline, read

FORM = {
    "form_id": "7",
    "form_name": "Обратная связь",
    "form_page": "https://a.example",
    "form_sent_at": 1600000000,
}
KEYS = (
    "uid source_uid source_name category pipeline_id created_at metadata account_id _links _embedded".split()
)


def request(**more):
    return {"source_name": "Сайт", "source_uid": "site", "metadata": dict(FORM), **more}


@pytest.fixture
def waiting(crm):
    """(uid, deal, contact, company) of a request that waits."""
    cards = {
        "contacts": [{"name": "Анна"}],
        "companies": [{"name": "Рога"}],
        "leads": [{"name": "Замер", "price": 5}],
    }
    [row] = crm.post("leads/unsorted/forms", [request(_embedded=cards)]).json()["_embedded"]["unsorted"]
    return row["uid"], *(row["_embedded"][name][0]["id"] for name in ("leads", "contacts", "companies"))


def test_a_request_and_its_deal(crm, waiting):
    uid, lead, contact, company = waiting
    home, unsorted, _ = pipeline(crm)
    row = crm.get(f"leads/unsorted/{uid}").json()
    assert list(row) == KEYS
    assert (row["category"], row["pipeline_id"], row["metadata"]) == ("forms", home, FORM)
    assert row["_embedded"]["leads"][0]["id"] == lead
    deal = read(crm, "leads", lead)
    assert (deal["name"], deal["price"], deal["status_id"]) == ("Замер", 5, unsorted)
    assert [one["id"] for one in crm.get("leads").json()["_embedded"]["leads"]] == [lead]
    for entity, key in (("contacts", contact), ("companies", company)):
        assert nothing(crm.get(entity))
        assert nothing(crm.get(f"{entity}/{key}"))


def test_answer_to_a_post(crm):
    answer = crm.post("leads/unsorted/forms", [request(request_id="r")])
    assert answer.status_code == 200
    assert answer.json()["_total_items"] == 1
    [row] = answer.json()["_embedded"]["unsorted"]
    assert list(row) == ["uid", "account_id", "request_id", "_links", "_embedded"]
    assert row["request_id"] == "r"
    assert row["_embedded"]["contacts"] == []


@pytest.mark.parametrize("change", [{"name": "Другое"}, {}, {"price": 7}, {"tags_to_add": [{"name": "VIP"}]}])
def test_any_patch_takes_a_deal_out(crm, waiting, change):
    uid, lead, contact, company = waiting
    _, _, ordinary = pipeline(crm)
    assert crm.patch("leads", [{"id": lead, **change}]).status_code == 200
    assert read(crm, "leads", lead)["status_id"] == ordinary[0]
    assert problem(crm.get(f"leads/unsorted/{uid}"))[0] == 404
    assert nothing(crm.get("leads/unsorted"))
    assert read(crm, "contacts", contact)["is_unsorted"] is False
    assert read(crm, "companies", company)["name"] == "Рога"


def test_a_patch_into_a_stage(crm, waiting):
    _, lead, _, _ = waiting
    _, unsorted, ordinary = pipeline(crm)
    refused = crm.patch(f"leads/{lead}", {"status_id": unsorted})
    assert faults(refused) == [("0", "NotSupportedChoice", "status_id")]
    assert read(crm, "leads", lead)["status_id"] == unsorted
    crm.patch(f"leads/{lead}", {"status_id": ordinary[2]})
    assert read(crm, "leads", lead)["status_id"] == ordinary[2]


def test_accepting(crm, waiting):
    uid, lead, contact, _ = waiting
    _, unsorted, ordinary = pipeline(crm)
    refused = crm.post(f"leads/unsorted/{uid}/accept", {"status_id": unsorted})
    assert faults(refused) == [("0", "NotSupportedChoice", "status_id")]
    assert faults(crm.post(f"leads/unsorted/{uid}/accept", {"user_id": 5})) == [
        ("0", "NotSupportedChoice", "user_id")
    ]
    body = crm.post(f"leads/unsorted/{uid}/accept", {"status_id": ordinary[1]}).json()
    assert body["_embedded"]["leads"][0]["id"] == lead
    assert read(crm, "leads", lead)["status_id"] == ordinary[1]
    assert read(crm, "contacts", contact)["name"] == "Анна"
    assert problem(crm.post(f"leads/unsorted/{uid}/accept"))[0] == 404


def test_declining(crm, waiting):
    uid, lead, _, _ = waiting
    answer = crm.delete(f"leads/unsorted/{uid}/decline")
    assert (answer.status_code, answer.json()["uid"]) == (200, uid)
    assert read(crm, "leads", lead)["is_deleted"] is True
    for path in ("leads", "contacts", "companies", "leads/unsorted"):
        assert nothing(crm.get(path))
    assert problem(crm.delete(f"leads/unsorted/{uid}/decline"))[0] == 404
    summary = crm.get("leads/unsorted/summary").json()
    assert (summary["total"], summary["accepted"], summary["declined"]) == (1, 0, 1)


def test_refusals(crm):
    bad = request(_embedded={"contacts": [{"phone": 1}], "leads": [{"status_id": 5}]}, pipeline_id=5)
    assert faults(crm.post("leads/unsorted/forms", [bad])) == [
        ("0", "FieldNotExpected", "_embedded.contacts.0.phone"),
        ("0", "NotSupportedChoice", "pipeline_id"),
        ("0", "NotSupportedChoice", "_embedded.leads.0.status_id"),
    ]
    assert faults(crm.post("leads/unsorted/sip", [request()]))[0][1] == "FieldNotExpected"
    del bad["metadata"]
    assert ("0", "FieldMissing", "metadata") in faults(crm.post("leads/unsorted/forms", [bad]))


def test_the_same_request_twice(crm, waiting):
    refused = crm.post("leads/unsorted/forms", [request()])
    assert faults(refused) == [("0", "NotSupportedChoice", "source_uid")]
    crm.delete(f"leads/unsorted/{waiting[0]}/decline")
    assert crm.post("leads/unsorted/forms", [request()]).status_code == 200


def test_a_pipeline_without_the_stage(crm):
    home, _, ordinary = pipeline(crm)
    store = crm.world.store
    store.put("pipeline", {**store.get("pipeline", home), "is_unsorted_on": False})
    crm.post("leads/unsorted/forms", [request()])
    assert nothing(crm.get("leads/unsorted"))
    assert crm.get("leads").json()["_embedded"]["leads"][0]["status_id"] == ordinary[0]


def test_lists(crm):
    call = {
        "from": "1",
        "phone": "2",
        "called_at": 1,
        "duration": 5,
        "link": "l",
        "service_code": "s",
        "uniq": "u",
    }
    crm.post("leads/unsorted/forms", [request(created_at=1600000009)])
    crm.post("leads/unsorted/sip", [{**request(created_at=1600000000), "metadata": call}])

    def shown(**query):
        answer = crm.get("leads/unsorted", **query)
        return (
            [row["category"] for row in answer.json()["_embedded"]["unsorted"]] if answer.is_success else []
        )

    assert shown() == ["sip", "forms"]
    assert shown(**{"order[created_at]": "desc"}) == ["forms", "sip"]
    assert shown(**{"filter[category][]": ["forms"]}) == ["forms"]
    assert len(shown(**{"filter[pipeline_id]": pipeline(crm)[0]})) == 2
    uid = crm.get("leads/unsorted").json()["_embedded"]["unsorted"][0]["uid"]
    assert shown(**{"filter[uid]": uid}) == ["sip"]


def test_only_chats_are_linked(crm, waiting):
    link = {"link": {"entity_id": add(crm), "entity_type": "leads"}}
    assert problem(crm.post("leads/unsorted/none/link", link))[0] == 404
    assert faults(crm.post(f"leads/unsorted/{waiting[0]}/link", link)) == [
        ("0", "NotSupportedChoice", "category")
    ]
