"""The token endpoint: codes, refresh tokens, their errors, and where the account lives."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

MINUTE, DAY = 60, 86_400
REVOKED = {
    "hint": "Token has been revoked",
    "title": "Некорректный запрос",
    "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
    "status": 401,
    "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
}


def words(crm, grant_type, **more):
    client = crm.control("GET", "oauth").json()
    return {**client, "grant_type": grant_type, **more}


def code(crm, **more):
    return crm.control("POST", "oauth", more).json()["code"]


def exchange(crm, **more):
    return crm.ask("POST", "/oauth2/access_token", json=words(crm, **more), headers={"Authorization": ""})


def first_pair(crm):
    return exchange(crm, grant_type="authorization_code", code=code(crm)).json()


def refresh(crm, token):
    return exchange(crm, grant_type="refresh_token", refresh_token=token)


def test_code_becomes_a_pair(crm):
    answer = exchange(crm, grant_type="authorization_code", code=code(crm))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    made = answer.json()
    assert list(made) == ["token_type", "expires_in", "server_time", "access_token", "refresh_token"]
    assert (made["token_type"], made["expires_in"]) == ("Bearer", DAY)
    assert abs(made["server_time"] - crm.world.clock.now()) <= 1
    assert crm.with_token(made["access_token"]).get("account").status_code == 200
    claims = jwt.decode(made["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == DAY


def test_a_form_is_accepted(crm):
    given = words(crm, "authorization_code", code=code(crm))
    assert crm.ask("POST", "/oauth2/access_token", data=given).status_code == 200


def test_code_of_a_user_brings_his_rights(crm):
    pair = exchange(crm, grant_type="authorization_code", code=code(crm, user_id=crm.add_user())).json()
    manager = crm.with_token(pair["access_token"])
    assert (manager.get("account").status_code, manager.get("users").status_code) == (200, 403)
    again = refresh(crm, pair["refresh_token"]).json()
    assert crm.with_token(again["access_token"]).get("users").status_code == 403


@pytest.mark.parametrize("status", [400, 401])
def test_code_is_good_once_and_for_twenty_minutes(make_crm, status):
    crm = make_crm(bad_token_status=status)
    used, late = code(crm), code(crm)
    assert exchange(crm, grant_type="authorization_code", code=used).status_code == 200
    answer = exchange(crm, grant_type="authorization_code", code=used)
    assert (answer.status_code, answer.json()["hint"]) == (status, "Authorization code has been revoked")
    crm.world.clock.advance(20 * MINUTE)
    answer = exchange(crm, grant_type="authorization_code", code=late)
    assert (answer.status_code, answer.json()["hint"]) == (status, "Authorization code has expired")
    assert exchange(crm, grant_type="authorization_code", code="x").status_code == status


def test_rotation(crm):
    old = first_pair(crm)
    new = refresh(crm, old["refresh_token"]).json()
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    answer = refresh(crm, old["refresh_token"])
    assert (answer.status_code, answer.json()) == (401, REVOKED)
    assert answer.headers["content-type"] == "application/problem+json"
    assert refresh(crm, new["refresh_token"]).status_code == 200


def test_grace_until_the_new_one_is_used(make_crm):
    crm = make_crm(refresh_reuse="grace")
    old = first_pair(crm)["refresh_token"]
    lost = refresh(crm, old).json()["refresh_token"]
    new = refresh(crm, old).json()["refresh_token"]
    assert new != lost
    assert refresh(crm, new).status_code == 200
    assert refresh(crm, old).json() == REVOKED


def test_refresh_token_rots_after_three_months(crm):
    token = first_pair(crm)["refresh_token"]
    crm.world.clock.advance(91 * DAY)
    token = refresh(crm, token).json()["refresh_token"]
    crm.world.clock.advance(93 * DAY)
    assert refresh(crm, token).status_code == 401


def test_access_token_lives_a_day(crm):
    token = crm.with_token(first_pair(crm)["access_token"])
    crm.world.clock.advance(DAY - 60)
    assert token.get("account").status_code == 200
    crm.world.clock.advance(61)
    assert token.get("account").status_code == 401


@pytest.mark.parametrize("wrong", [{"client_id": "x"}, {"client_secret": "x"}, {"client_secret": None}])
def test_wrong_client(crm, wrong):
    answer = exchange(crm, grant_type="authorization_code", code=code(crm), **wrong)
    assert answer.status_code == 401
    assert answer.json() == {
        "title": "Некорректный клиент",
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": 401,
        "detail": "Авторизация клиента не прошла",
    }


def test_redirect_address_must_be_the_same_to_the_letter(crm):
    given = words(crm, "authorization_code", code=code(crm))
    answer = crm.ask(
        "POST", "/oauth2/access_token", json={**given, "redirect_uri": given["redirect_uri"] + "/"}
    )
    assert answer.status_code == 401
    assert crm.ask("POST", "/oauth2/access_token", json=given).status_code == 200


@pytest.mark.parametrize("body", [None, [], {"grant_type": "password"}])
def test_nonsense(crm, body):
    given = words(crm, **body) if isinstance(body, dict) else body
    answer = crm.ask("POST", "/oauth2/access_token", json=given)
    assert (answer.status_code, answer.json()["title"]) == (400, "Некорректный запрос")


def test_token_of_another_integration(crm):
    other = crm.control(
        "POST", "oauth", {"client_id": "other", "redirect_uri": "https://other.example/"}
    ).json()
    answer = exchange(crm, grant_type="authorization_code", code=other["code"])
    assert answer.json()["hint"] == "Cannot decrypt the authorization code"
    given = {**other, "grant_type": "authorization_code"}
    assert crm.ask("POST", "/oauth2/access_token", json=given).status_code == 200


def test_where_the_account_lives(crm):
    token = first_pair(crm)["refresh_token"]
    where = {
        "id": 30817554,
        "subdomain": "stroymarket",
        "domain": "stroymarket.amocrm.ru",
        "top_level_domain": "ru",
    }
    path = "/oauth2/account/current/subdomain"
    answer = crm.ask("GET", path, headers={"X-Refresh-Token": token, "Authorization": ""})
    assert (answer.status_code, answer.json()) == (200, where)
    assert crm.ask("GET", "/oauth2/account/subdomain").json() == where
    refresh(crm, token)
    assert crm.ask("GET", path, headers={"X-Refresh-Token": token}).status_code == 401
    assert crm.ask("GET", path).status_code == 401
    assert crm.with_token("x").ask("GET", "/oauth2/account/subdomain").status_code == 401


def test_on_kommo(make_crm):
    crm = make_crm(platform="kommo", language="en")
    assert crm.ask("GET", "/oauth2/account/subdomain").json()["domain"] == "stroymarket.kommo.com"
    assert refresh(crm, "x").json()["title"] == "Bad request"


def test_the_page_of_agreement_sends_the_browser_back(crm):
    client = crm.control("GET", "oauth").json()
    answer = crm.ask("GET", "/oauth", params={"client_id": client["client_id"], "state": "s1"})
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    told = {name: values[0] for name, values in parse_qs(target.query).items()}
    assert answer.headers["location"].startswith(client["redirect_uri"])
    assert (told["state"], told["referer"], told["platform"]) == ("s1", "stroymarket.amocrm.ru", "1")
    assert exchange(crm, grant_type="authorization_code", code=told["code"]).status_code == 200
    assert crm.ask("GET", "/oauth", params={"client_id": "x"}).status_code == 404


def test_other_methods(crm):
    assert crm.ask("GET", "/oauth2/access_token").status_code == 405
