"""The control interface, and an account that is kept in a file."""

import importlib.util
import json

import jwt
import pytest

from amoconf.emulator.app import new_world
from amoconf.emulator.opening import remember_time
from tests.emulator.conftest import Crm


def test_requests_are_noted(crm):
    crm.get("account", a="б")
    crm.post("leads/pipelines", [])
    noted = crm.control("GET", "requests").json()
    user = noted[0]["by"]
    assert [{**each, "at": 0} for each in noted] == [
        {
            "n": 1,
            "at": 0,
            "method": "GET",
            "path": "/api/v4/account",
            "query": "a=%D0%B1",
            "status": 200,
            "by": user,
        },
        {
            "n": 2,
            "at": 0,
            "method": "POST",
            "path": "/api/v4/leads/pipelines",
            "query": "",
            "status": 400,
            "by": user,
        },
    ]
    assert user == crm.get("account").json()["current_user_id"]
    assert noted[0]["at"] <= noted[1]["at"] <= crm.world.clock.exact()


def test_requests_after_a_number(crm):
    for _ in range(3):
        crm.get("account")
    assert [each["n"] for each in crm.control("GET", "requests?after=2").json()] == [3]
    assert crm.control("DELETE", "requests").status_code == 204
    assert crm.control("GET", "requests").json() == []
    crm.get("account")
    assert [each["n"] for each in crm.control("GET", "requests").json()] == [4]
    assert crm.control("GET", "requests?after=x").status_code == 400


def test_unlisted_addresses_are_marked(crm):
    crm.get("nothing")
    crm.delete("account")
    crm.get("account")
    assert [each.get("unlisted", False) for each in crm.control("GET", "requests").json()] == [
        True,
        True,
        False,
    ]


def test_refusals_are_noted_too(crm):
    crm.with_token("x").get("account")
    crm.faults(_429=1)
    crm.get("account")
    assert [(each["status"], each["by"]) for each in crm.control("GET", "requests").json()] == [
        (401, None),
        (429, None),
    ]


def test_state_is_the_configuration_and_nothing_else(crm):
    state = crm.control("GET", "state").json()
    assert {"account", "user", "pipeline", "stage", "field"} <= set(state)
    assert list(state) == sorted(state)
    assert not any(kind.startswith("_") for kind in state)
    assert state["account"][""][0]["id"] == 30817554
    assert crm.token not in json.dumps(state)


def test_state_is_the_same_for_the_same_history(make_crm):
    assert make_crm().control("GET", "state").content == make_crm().control("GET", "state").content


def test_state_shows_a_change(crm):
    before = crm.control("GET", "state").json()
    crm.post("leads/tags", [{"name": "VIP"}])
    after = crm.control("GET", "state").json()
    assert [tag["name"] for tag in after.pop("tag")["leads"]][-1] == "VIP"
    before.pop("tag", None)
    assert after == before


def test_clock_moves_forward_only(crm):
    now = crm.control("GET", "clock").json()["now"]
    moved = crm.control("POST", "clock", {"advance_s": 86_400}).json()["now"]
    assert 86_400 <= moved - now <= 86_405
    for bad in ({}, {"advance_s": -1}, {"advance_s": "1"}, {"advance_s": True}):
        assert crm.control("POST", "clock", bad).status_code == 400


def test_tokens_for_others(crm):
    user = crm.add_user()
    made = crm.control("POST", "tokens", {"user_id": user, "client_id": "c-1", "expires_in": 60}).json()
    claims = jwt.decode(made["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["aud"], claims["exp"] - claims["iat"]) == (str(user), "c-1", 60)
    assert crm.with_token(made["access_token"]).get("account").json()["current_user_id"] == user
    assert crm.control("POST", "tokens", {"user_id": 1}).status_code == 400
    pair = crm.control("POST", "tokens", {"user_id": user, "long_lived": False}).json()
    assert {"access_token", "refresh_token"} <= set(pair)


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_bad_bodies(crm, body):
    answer = crm.ask("POST", "/_emulator/clock", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_unknown_word_of_the_interface(crm):
    answer = crm.control("POST", "ui", {"action": "no such thing"})
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.skipif(importlib.util.find_spec("amoconf.emulator.ui") is None, reason="not written yet")
def test_a_person_renames_a_pipeline(crm):
    pipeline = crm.world.store.all("pipeline")[0]["id"]
    words = {"action": "rename", "kind": "pipeline", "id": pipeline, "name": "Продажи"}
    assert crm.control("POST", "ui", words).json()["name"] == "Продажи"
    assert crm.get(f"leads/pipelines/{pipeline}").json()["name"] == "Продажи"


def test_control_calls_are_not_noted_and_need_no_token(crm):
    anonymous = crm.with_token("")
    assert anonymous.control("GET", "state").status_code == 200
    assert crm.control("GET", "requests").json() == []
    assert crm.control("GET", "bogus").status_code == 404


def test_accounts_of_one_process_differ():
    first, second = new_world(), new_world(number=2)
    assert (second.account["id"], second.account["subdomain"]) == (first.account["id"] + 1, "stroymarket-2")
    assert str(first.account["id"]) not in json.dumps([*second.store.things.values()])


def test_an_account_is_kept_in_a_file(tmp_path):
    path = tmp_path / "account.db"
    crm = Crm(new_world(path=path))
    crm.post("leads/tags", [{"name": "VIP"}])
    state = crm.control("GET", "state").json()
    crm.world.clock.advance(1000)
    moment = crm.world.clock.now()
    remember_time(crm.world)
    crm.close()
    crm.world.store.db.close()
    again = Crm(new_world(path=path, seed=2))
    assert again.control("GET", "state").json() == state
    assert again.world.clock.now() >= moment
    assert again.with_token(crm.token).get("account").status_code == 200
    again.close()
    again.world.store.db.close()


def test_unknown_scenario():
    with pytest.raises(ValueError, match="no scenario 'bogus'"):
        new_world(scenario="bogus")
