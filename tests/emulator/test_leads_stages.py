"""Stages of deals: where they may go, closing and opening again, loss reasons."""

import pytest

from amoconf.emulator.config.loss_reasons import make_loss_reason
from amoconf.emulator.config.pipelines import make_pipeline
from amoconf.emulator.records.lists import has_leads
from amoconf.emulator.records.moves import bring_back, move_leads, throw_away
from tests.emulator.expect import faults, nothing
from tests.emulator.some import add, events, pipeline, read

NOT_LOST = "Loss reason can be specified only for lost lead"


@pytest.fixture
def reason(crm):
    return make_loss_reason(crm.world.store, "Дорого", at=1)["id"]


def where(deal):
    return deal["pipeline_id"], deal["status_id"]


def test_closing_sets_the_time_and_opening_clears_it(crm):
    _, _, ordinary = pipeline(crm)
    key = add(crm)
    crm.world.clock.advance(100)
    crm.patch(f"leads/{key}", {"status_id": 142})
    closed = read(crm, "leads", key)
    assert closed["closed_at"] >= closed["created_at"] + 100
    crm.patch(f"leads/{key}", {"name": "Другое"})
    assert read(crm, "leads", key)["closed_at"] == closed["closed_at"]
    crm.patch(f"leads/{key}", {"status_id": 143, "closed_at": 1500000000})
    assert read(crm, "leads", key)["closed_at"] == 1500000000
    crm.patch(f"leads/{key}", {"status_id": ordinary[1], "closed_at": 1500000000})
    assert read(crm, "leads", key)["closed_at"] is None


def test_a_deal_made_closed(crm):
    assert read(crm, "leads", add(crm, status_id=143, closed_at=1500000000))["closed_at"] == 1500000000
    assert read(crm, "leads", add(crm, status_id=142))["closed_at"] is not None


def test_loss_reason_goes_with_the_move_to_lost(crm, reason):
    key = add(crm)
    assert crm.patch(f"leads/{key}", {"status_id": 143, "loss_reason_id": reason}).status_code == 200
    assert read(crm, "leads", key)["loss_reason_id"] == reason
    shown = crm.get(f"leads/{key}", with_="loss_reason").json()["_embedded"]["loss_reason"]
    assert [(row["id"], row["name"]) for row in shown] == [(reason, "Дорого")]
    crm.patch(f"leads/{key}", {"status_id": pipeline(crm)[2][0]})
    assert read(crm, "leads", key)["loss_reason_id"] is None


def test_loss_reason_of_a_deal_that_is_not_lost(crm, reason):
    one, two = add(crm), add(crm)
    answer = crm.patch("leads", [{"id": one, "loss_reason_id": reason}, {"id": two, "price": 5}])
    assert (answer.status_code, answer.json()["errors"]) == (400, {str(one): NOT_LOST})
    assert read(crm, "leads", two)["price"] == 0
    assert crm.patch(f"leads/{one}", {"loss_reason_id": None}).status_code == 200
    assert crm.post("leads", [{"loss_reason_id": reason}]).json()["errors"] == {"0": NOT_LOST}


def test_loss_reason_checked_against_the_stage_before(make_crm):
    crm = make_crm(loss_reason_check="current")
    reason = make_loss_reason(crm.world.store, "Дорого", at=1)["id"]
    key = add(crm)
    for given in (reason, None):
        answer = crm.patch(f"leads/{key}", {"status_id": 143, "loss_reason_id": given})
        assert answer.json()["errors"] == {str(key): NOT_LOST}
    assert crm.patch(f"leads/{key}", {"status_id": 143}).status_code == 200
    assert crm.patch(f"leads/{key}", {"loss_reason_id": reason}).status_code == 200
    assert read(crm, "leads", key)["loss_reason_id"] == reason


def test_the_unsorted_stage_is_refused(crm):
    _, unsorted, _ = pipeline(crm)
    key = add(crm)
    assert faults(crm.post("leads", [{"status_id": unsorted}])) == [("0", "NotSupportedChoice", "status_id")]
    assert faults(crm.patch(f"leads/{key}", {"status_id": unsorted})) == [
        ("0", "NotSupportedChoice", "status_id")
    ]


def test_other_pipelines(crm):
    home, _, ordinary = pipeline(crm)
    other = make_pipeline(crm.world.store, "Сервис")["id"]
    theirs = [s["id"] for s in crm.world.store.all("stage", str(other)) if s["type"] == 0 and s["id"] > 143]
    key = add(crm, status_id=ordinary[1])
    assert faults(crm.patch(f"leads/{key}", {"status_id": theirs[0]})) == [
        ("0", "NotSupportedChoice", "status_id")
    ]
    crm.patch(f"leads/{key}", {"pipeline_id": home})
    assert where(read(crm, "leads", key)) == (home, ordinary[1])
    crm.patch(f"leads/{key}", {"pipeline_id": other})
    assert where(read(crm, "leads", key)) == (other, theirs[0])
    crm.patch(f"leads/{key}", {"pipeline_id": home, "status_id": 142})
    assert where(read(crm, "leads", key)) == (home, 142)
    assert where(read(crm, "leads", add(crm, pipeline_id=other))) == (other, theirs[0])


def test_required_fields_are_enforced_only_by_a_switch(crm, make_crm):
    for each, expected in ((crm, 200), (make_crm(required_enforced=True), 400)):
        home, _, ordinary = pipeline(each)
        field = each.world.store.all("field", "leads")[0]
        pair = {"pipeline_id": home, "status_id": ordinary[1]}
        each.world.store.put("field", {**field, "required_statuses": [pair]}, "leads")
        key = add(each)
        assert each.patch(f"leads/{key}", {"status_id": ordinary[1]}).status_code == expected
        full = {"custom_fields_values": [{"field_id": field["id"], "values": [{"value": "a"}]}]}
        assert each.patch(f"leads/{key}", {"status_id": ordinary[1], **full}).status_code == 200


def test_moving_a_whole_stage(crm):
    home, _, ordinary = pipeline(crm)
    ids = [add(crm, status_id=ordinary[2]) for _ in range(3)]
    stays = add(crm, status_id=ordinary[1])
    assert has_leads(crm.world.store, home)
    assert move_leads(crm.world.store, home, ordinary[2], ordinary[0], by=0, at=1600000000) == 3
    assert {where(read(crm, "leads", key)) for key in ids} == {(home, ordinary[0])}
    assert where(read(crm, "leads", stays)) == (home, ordinary[1])
    moved = [row for row in events(crm) if row[0] == "lead_status_changed"]
    assert moved[0][1:] == (
        [{"lead_status": {"id": ordinary[0], "pipeline_id": home}}],
        [{"lead_status": {"id": ordinary[2], "pipeline_id": home}}],
    )


def test_the_recycle_bin(crm, make_crm):
    store = crm.world.store
    key, stays = add(crm, name="В корзину"), add(crm)
    throw_away(store, "leads", key, by=0, at=1600000000)
    assert [row["id"] for row in crm.get("leads").json()["_embedded"]["leads"]] == [stays]
    [binned] = crm.get("leads", with_="only_deleted").json()["_embedded"]["leads"]
    known = {name: value for name, value in binned.items() if value is not None and name[0] != "_"}
    account = crm.world.account["id"]
    assert known == {
        "id": key,
        "updated_by": 0,
        "updated_at": 1600000000,
        "is_deleted": True,
        "account_id": account,
    }
    assert list(binned) == list(read(crm, "leads", stays))
    assert read(crm, "leads", key)["is_deleted"] is True
    assert crm.patch(f"leads/{key}", {"name": "a"}).json()["errors"] == {str(key): "Lead not found"}
    bring_back(store, "leads", key, by=0, at=1600000001)
    assert read(crm, "leads", key)["is_deleted"] is False
    assert len(crm.get("leads").json()["_embedded"]["leads"]) == 2
    strict = make_crm(binned_by_id="204")
    key = add(strict)
    throw_away(strict.world.store, "leads", key, by=0, at=1600000000)
    assert nothing(strict.get(f"leads/{key}"))
    assert [kind for kind, _, _ in events(crm) if kind.endswith(("deleted", "restored"))] == [
        "lead_deleted",
        "lead_restored",
    ]
