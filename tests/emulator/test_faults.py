"""Each fault as a client meets it, switched on through the control interface."""

import json
import time

import pytest

from amoconf.emulator.answer import ok
from amoconf.emulator.faults import FAULTS, Faults
from amoconf.emulator.wire import Reset

PIPELINE = {"name": "Новая", "sort": 500, "is_main": False, "is_unsorted_on": True}
BODY = [{**PIPELINE, "_embedded": {"statuses": [{"name": "Первая", "sort": 10, "color": "#fffeb2"}]}}]


def pipelines(crm):
    return len(crm.world.store.all("pipeline"))


def create(crm):
    return crm.post("leads/pipelines", BODY)


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("429", 429, "text/html"),
        ("403_ban", 403, "text/html"),
        ("500", 500, "application/problem+json"),
        ("502", 502, "text/html"),
        ("504_before", 504, "text/html"),
    ],
)
def test_refused_before_anything_is_done(crm, name, status, kind):
    before = pipelines(crm)
    crm.faults(**{f"_{name}": 1})
    answer = create(crm)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert pipelines(crm) == before
    assert crm.faults(**{f"_{name}": 0})[name] == {"value": 0, "count": 1}
    assert create(crm).status_code == 200


def test_504_after_the_write(crm):
    before = pipelines(crm)
    crm.faults(_504_after=True)
    answer = create(crm)
    assert answer.status_code == 504
    assert "<center><h1>504 Gateway Time-out</h1></center>" in answer.text
    assert pipelines(crm) == before + 1


def test_500_on_kommo_has_its_own_shape(make_crm):
    crm = make_crm(platform="kommo")
    crm.faults(_500=1)
    body = crm.get("account").json()
    assert (body["title"], body["status"], "type" in body) == ("ErrInternalServer", 500, False)


@pytest.mark.parametrize(("seed", "effects"), [(1, [0, 1, 0, 1]), (2, [1, 0, 1, 0])])
def test_resets_strike_before_and_after_in_turn(make_crm, seed, effects):
    crm = make_crm(seed=seed)
    crm.faults(reset=1)
    seen = []
    for _ in range(4):
        before = pipelines(crm)
        with pytest.raises(Reset):
            create(crm)
        seen.append(pipelines(crm) - before)
    assert seen == effects
    assert crm.control("GET", "requests").json()[-1]["status"] is None


def test_truncated_json(crm):
    whole = crm.get("account").text
    crm.faults(truncated_json=1)
    answer = crm.get("account")
    assert answer.status_code == 200
    assert whole.startswith(answer.text)
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    before = pipelines(crm)
    create(crm)
    assert pipelines(crm) == before + 1


def test_truncation_leaves_pages_of_the_gateway_alone(crm):
    crm.faults(truncated_json=1)
    assert crm.get("/oauth", client_id="nobody").text.endswith("</html>")
    assert crm.control("GET", "faults").json()["truncated_json"]["count"] == 0


def test_slow_body_arrives_whole(crm):
    whole = crm.get("leads/pipelines").text
    crm.faults(slow_body_s=0.05)
    begun = time.monotonic()
    assert crm.get("leads/pipelines").text == whole
    assert time.monotonic() - begun >= 0.05
    assert crm.faults(slow_body_s=0)["slow_body_s"]["count"] == 1


def test_latency(crm):
    crm.faults(latency_ms=40)
    begun = time.monotonic()
    crm.get("account")
    assert time.monotonic() - begun >= 0.04


def test_storm_of_429_passes(crm):
    crm.faults(_429_storm_s=30)
    assert [crm.get("account").status_code for _ in range(3)] == [429] * 3
    crm.control("POST", "clock", {"advance_s": 30})
    assert crm.get("account").status_code == 200
    assert crm.control("GET", "faults").json()["429_storm_s"]["count"] == 3


def test_expired_tokens_but_not_new_ones(crm):
    crm.faults(expire_token=True)
    assert [crm.get("account").status_code for _ in range(2)] == [401, 401]
    fresh = crm.control("POST", "tokens", {}).json()["access_token"]
    assert crm.with_token(fresh).get("account").status_code == 200
    assert crm.faults(expire_token=False)["expire_token"]["count"] == 2
    assert crm.get("account").status_code == 200


def test_expiry_is_cured_by_a_refresh_and_revocation_is_not(crm):
    pair = crm.control("POST", "tokens", {"long_lived": False}).json()
    client = {**crm.control("GET", "oauth").json(), "grant_type": "refresh_token"}
    crm.faults(expire_token=True)
    assert crm.with_token(pair["access_token"]).get("account").status_code == 401
    answer = crm.ask("POST", "/oauth2/access_token", json={**client, "refresh_token": pair["refresh_token"]})
    new = answer.json()
    assert crm.with_token(new["access_token"]).get("account").status_code == 200
    crm.faults(revoke_token=True)
    assert crm.with_token(new["access_token"]).get("account").status_code == 401
    answer = crm.ask("POST", "/oauth2/access_token", json={**client, "refresh_token": new["refresh_token"]})
    assert (answer.status_code, answer.json()["hint"]) == (401, "Token has been revoked")


def test_unpaid_after_so_many_requests(crm):
    crm.get("account")
    crm.faults(unpaid_after=2)
    assert [crm.get("account").status_code for _ in range(4)] == [200, 200, 402, 402]
    assert crm.faults(unpaid_after=0)["unpaid_after"]["count"] == 2
    assert crm.get("account").status_code == 200


@pytest.mark.parametrize("path", ["users", "roles", "sources"])
def test_no_users_scope(crm, path):
    crm.faults(no_users_scope=True)
    answer = crm.get(path)
    assert (answer.status_code, answer.json()["detail"]) == (403, "Client doesn't have the required scope")
    assert crm.get("leads/pipelines").status_code == 200


def test_read_only_user(crm):
    crm.faults(read_only_user=True)
    before = pipelines(crm)
    assert create(crm).status_code == 403
    assert crm.get("users").status_code == 403
    assert crm.get("leads/pipelines").status_code == 200
    assert pipelines(crm) == before
    assert crm.control("GET", "faults").json()["read_only_user"]["count"] == 2


def test_renamed_subdomain(crm):
    pair = crm.control("POST", "tokens", {"long_lived": False}).json()
    crm.faults(renamed_subdomain=True)
    assert crm.get("account").status_code == 401
    refresh = {**crm.control("GET", "oauth").json(), "grant_type": "refresh_token"}
    refresh["refresh_token"] = pair["refresh_token"]
    assert crm.ask("POST", "/oauth2/access_token", json=refresh).status_code == 401
    headers = {"X-Refresh-Token": pair["refresh_token"]}
    where = crm.ask("GET", "/oauth2/account/current/subdomain", headers=headers).json()
    assert where["domain"] == "stroymarket-new.amocrm.ru"
    assert crm.ask("POST", f"https://{where['domain']}/oauth2/access_token", json=refresh).status_code == 200
    assert crm.ask("GET", f"https://{where['domain']}/api/v4/account").status_code == 200


def test_lag_of_configuration(crm):
    crm.faults(config_read_lag_ms=60_000)
    before = pipelines(crm)
    made = create(crm).json()["_embedded"]["pipelines"][0]["id"]
    assert crm.get("leads/pipelines").json()["_total_items"] == before
    assert crm.get(f"leads/pipelines/{made}").status_code == 404
    crm.faults(config_read_lag_ms=0)
    assert crm.get("leads/pipelines").json()["_total_items"] == before + 1


def test_records_do_not_lag(crm):
    crm.only_route("GET", "/api/v4/records", lambda call: ok(len(call.store.all("pipeline"))))
    crm.faults(config_read_lag_ms=60_000)
    crm.world.store.put("pipeline", {"id": 1})
    assert crm.get("records").json() == pipelines(crm)


def test_a_share_strikes_in_the_order_of_the_seed(make_crm):
    def run(seed):
        crm = make_crm(seed=seed)
        crm.faults(_502=0.5)
        return [crm.get("account").status_code for _ in range(40)]

    first = run(1)
    assert first == run(1)
    assert first != run(2)
    assert 8 < first.count(502) < 32


def test_one_fault_does_not_change_when_another_strikes():
    alone, together = Faults(3), Faults(3)
    alone.merge({"500": 0.3})
    together.merge({"500": 0.3, "502": 0.3})
    seen = []
    for _ in range(50):
        together.strikes("502")
        seen.append((alone.strikes("500"), together.strikes("500")))
    assert all(one == other for one, other in seen)


def test_a_post_merges(crm):
    crm.faults(_502=0.5, latency_ms=1)
    report = crm.faults(_502=False, truncated_json=0.25)
    assert {name: row["value"] for name, row in report.items() if row["value"]} == {
        "latency_ms": 1,
        "truncated_json": 0.25,
    }
    assert set(report) == set(FAULTS)
    assert not any(row["value"] for row in crm.faults().values())


@pytest.mark.parametrize(
    "words",
    [
        {"bogus": 1},
        {"429": 1.5},
        {"429": -1},
        {"429": "1"},
        {"429": None},
        {"latency_ms": True},
        {"expire_token": 0.5},
    ],
)
def test_a_bad_word_changes_nothing(crm, words):
    crm.faults(truncated_json=0.5)
    answer = crm.control("POST", "faults", {"502": 1, **words})
    assert answer.status_code == 400
    assert next(iter(words)) in answer.json()["error"]
    report = crm.control("GET", "faults").json()
    assert {name for name, row in report.items() if row["value"]} == {"truncated_json"}
