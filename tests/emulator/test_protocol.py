"""What every request meets before and behind its handler: addresses, tokens, rights, bodies, headers."""

import json
import time
from email.utils import parsedate_to_datetime

import jwt
import pytest

from amoconf.emulator import tokens
from amoconf.emulator.answer import NOTHING, problem
from amoconf.emulator.store import ORIGIN

YEAR = 365 * 86_400
RU_401 = "Неверный логин или пароль"


def test_answer_carries_type_id_and_emulated_date(crm):
    answer = crm.get("account")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hal+json"
    assert answer.headers["x-request-id"] != crm.get("account").headers["x-request-id"]
    date = parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(date - crm.world.clock.exact()) < 5


def test_links_carry_the_callers_host(crm):
    answer = crm.ask("GET", "http://127.0.0.1:8080/api/v4/account")
    assert answer.json()["_links"]["self"]["href"] == "http://127.0.0.1:8080/api/v4/account"
    assert ORIGIN not in answer.text


def test_a_host_that_is_none_does_not_get_into_links(crm):
    answer = crm.ask("GET", "account", headers={"Host": 'x"y'})
    assert answer.json()["_links"]["self"]["href"].startswith("https://stroymarket.amocrm.ru")


@pytest.mark.parametrize("path", ["//api/v4/account", "/api//v4///account", "/api/v4/account/"])
def test_slashes_are_tolerated(crm, path):
    assert crm.ask("GET", f"https://stroymarket.amocrm.ru{path}").status_code == 200


def test_unknown_address_repeats_itself(crm):
    answer = crm.get("nothing", a="1")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Not Found",
        "type": "https://httpstatus.es/404",
        "status": 404,
        "detail": "Cannot GET https://stroymarket.amocrm.ru/api/v4/nothing?a=1",
    }


def test_known_address_with_another_method(crm):
    answer = crm.delete("account")
    assert (answer.status_code, answer.json()["detail"]) == (405, "Method Not Allowed")
    assert answer.headers["allow"] == "GET"


def test_head_is_get_without_a_body(crm):
    answer = crm.ask("HEAD", "account")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(crm.get("account").content)


def test_options_names_the_methods(crm):
    answer = crm.ask("OPTIONS", "leads/pipelines")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, POST")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer abc", "Bearer a.b.c", "Basic dXNlcjpwYXNz"])
def test_bad_tokens_get_one_answer(crm, header):
    answer = crm.ask("GET", "account", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {
        "title": "Unauthorized",
        "type": "https://httpstatus.es/401",
        "status": 401,
        "detail": RU_401,
    }


def test_a_token_signed_by_another_is_refused(crm, make_crm):
    assert crm.with_token(make_crm().token).get("account").status_code == 401
    claims = jwt.decode(crm.token, options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, "HS256")
    assert crm.with_token(forged).get("account").status_code == 401


def test_english_sentences(make_crm):
    crm = make_crm(language="en").with_token("bad")
    assert crm.get("account").json()["detail"] == "Invalid user name or password"


def test_claims_of_the_printed_token(crm):
    claims = jwt.decode(crm.token, options={"verify_signature": False})
    account = crm.get("account").json()
    assert claims["aud"] == tokens.OWN_CLIENT_ID
    assert claims["sub"] == str(account["current_user_id"])
    assert claims["account_id"] == account["id"]
    assert (claims["base_domain"], claims["api_domain"]) == ("amocrm.ru", "api-b.amocrm.ru")
    assert "crm" in claims["scopes"]
    assert claims["iat"] == claims["nbf"] <= crm.world.clock.now()


@pytest.mark.parametrize("ahead", [0, 50 * YEAR])
def test_long_lived_token_outlives_the_later_clock(crm, ahead):
    crm.world.clock.advance(ahead)
    claims = jwt.decode(tokens.long_lived(crm.world), options={"verify_signature": False})
    assert claims["exp"] > max(time.time(), crm.world.clock.now()) + 9 * YEAR


def test_tokens_expire_by_the_emulated_clock(crm):
    expires = crm.world.clock.now() + 3600
    user = crm.get("account").json()["current_user_id"]
    token = tokens.mint(crm.world, user_id=user, client_id="c", expires=expires)
    other = crm.with_token(token)
    assert other.get("account").status_code == 200
    crm.world.clock.advance(3601)
    assert other.get("account").status_code == 401


def test_administrators_calls_are_closed_to_others(crm):
    manager = crm.acting_as(crm.add_user())
    answer = manager.get("users")
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")
    assert manager.get("account").status_code == 200


def test_grant_of_an_administrator_outlives_him(crm):
    admin = crm.add_user(is_admin=True)
    other = crm.acting_as(admin)
    crm.add_user(admin, is_active=False)
    assert other.get("users").status_code == 200
    crm.world.store.drop("user", admin)
    assert other.get("users").status_code == 200


def test_grant_of_a_user_ends_with_him(crm):
    manager = crm.add_user()
    other = crm.acting_as(manager)
    crm.add_user(manager, is_active=False)
    assert other.get("account").status_code == 401
    crm.world.store.drop("user", manager)
    assert other.get("account").status_code == 401


def test_context_user_lends_his_rights(crm):
    manager = crm.add_user()
    headers = {"X-Context-User-ID": str(manager)}
    assert crm.ask("GET", "users", headers=headers).status_code == 403
    assert crm.ask("GET", "account", headers=headers).json()["current_user_id"] == manager


@pytest.mark.parametrize("flags", [{"is_free": True}, {"is_active": False}])
def test_context_user_must_be_paid_and_active(crm, flags):
    headers = {"X-Context-User-ID": str(crm.add_user(**flags))}
    assert crm.ask("GET", "account", headers=headers).status_code == 401
    assert crm.ask("GET", "account", headers={"X-Context-User-ID": "1"}).status_code == 401


def test_only_an_administrators_token_acts_for_others(crm):
    manager = crm.acting_as(crm.add_user())
    assert (
        manager.ask("GET", "account", headers={"X-Context-User-ID": str(crm.add_user(5))}).status_code == 403
    )


def test_token_without_the_scope(crm):
    made = crm.control("POST", "tokens", {"scopes": ["files"]}).json()
    answer = crm.with_token(made["access_token"]).get("account")
    assert (answer.status_code, answer.json()["detail"]) == (403, "Client doesn't have the required scope")


@pytest.mark.parametrize("path", ["users", "roles", "sources"])
def test_external_integration_has_no_users(make_crm, path):
    crm = make_crm(external_integration=True)
    assert crm.get(path).status_code == 403
    assert crm.get("account").status_code == 200


def test_unpaid_account(make_crm):
    answer = make_crm(paid=False).get("account")
    assert (answer.status_code, answer.json()["detail"]) == (402, "Payment required")
    assert answer.json()["title"] == "Payment Required"


def test_disabled_integration(make_crm):
    assert make_crm(disabled_integration=True).get("account").status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'[{"name": NaN}]', b"[" * 100_000])
def test_broken_json_counts_as_nothing(crm, body):
    answer = crm.ask("POST", "leads/pipelines", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "Request data can not be empty")


def test_too_large_a_body(make_crm):
    crm = make_crm(request_limit_mb=1)
    answer = crm.ask("POST", "leads/pipelines", content=b" " * 1_000_001)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize("mark", [ORIGIN, "\\ufdd0", "\\uFDD0"])
def test_nobody_can_store_the_mark_of_the_origin(crm, mark):
    text = json.dumps([{"name": "a@b", "color": None}]).replace("@", mark)
    crm.ask("POST", "leads/tags", content=text.encode(), headers={"Content-Type": "application/json"})
    assert [tag["name"] for tag in crm.world.store.all("tag", "leads")] == ["ab"]


def test_nothing_is_written_by_a_refused_request(crm):
    before = crm.control("GET", "state").text
    assert crm.post("leads/pipelines", [{"name": "A", "bogus": 1}]).status_code == 400
    assert crm.control("GET", "state").text == before


def test_a_handler_that_refuses_late_leaves_no_record(crm):
    def handler(call):
        call.store.db.execute("INSERT INTO tasks VALUES (1, NULL, NULL, 1, 1, 1, 0, 0, 0, 0, '{}')")
        raise problem(400, "too late")

    crm.only_route("POST", "/api/v4/late", handler)
    assert crm.post("late", {}).json()["detail"] == "too late"
    assert crm.world.store.db.execute("SELECT count(*) FROM tasks").fetchone() == (0,)


def test_an_error_of_a_handler_is_not_hidden(crm):
    def handler(call):
        raise RuntimeError("a mistake")

    crm.only_route("GET", "/api/v4/broken", handler)
    with pytest.raises(RuntimeError, match="a mistake"):
        crm.get("broken")
    assert crm.control("GET", "requests").json()[-1]["status"] == 500


def test_forms_are_read_as_php_reads_them(crm):
    seen = []

    def handler(call):
        seen.append(call.body)
        return NOTHING

    crm.only_route("POST", "/ajax/form", handler)
    assert crm.form("/ajax/form", {"add[0][name]": "а б", "delete[]": "7"}).status_code == 204
    assert seen == [{"add": {"0": {"name": "а б"}}, "delete": {"0": "7"}}]
