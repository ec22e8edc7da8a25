"""Rate limits and the ban that follows; time is given by the test, never waited for."""

import pytest

from amoconf.emulator.limits import Limits

PATH = "account"


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.time


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def limited(make_crm, watch):
    def make(**switches):
        crm = make_crm(**switches)
        crm.world.limits = Limits(clock=watch)
        return crm

    return make


def statuses(crm, number):
    return [crm.get(PATH).status_code for _ in range(number)]


def test_seven_a_second_of_one_integration(limited, watch):
    crm = limited()
    assert statuses(crm, 9) == [200] * 7 + [429] * 2
    watch.time += 1 / 7
    assert statuses(crm, 2) == [200, 429]
    watch.time += 60
    assert statuses(crm, 8) == [200] * 7 + [429]


def test_an_even_pace_below_the_limit_passes(limited, watch):
    crm = limited()
    for _ in range(100):
        assert crm.get(PATH).status_code == 200
        watch.time += 1 / 6.8


def test_integrations_do_not_share(limited):
    crm = limited()
    other = crm.acting_as(crm.get(PATH).json()["current_user_id"], "another")
    assert statuses(crm, 7) == [200] * 6 + [429]
    assert statuses(other, 7) == [200] * 7


def test_fifty_a_second_of_the_account(limited):
    crm = limited()
    user = crm.get(PATH).json()["current_user_id"]
    seen = [status for n in range(8) for status in statuses(crm.acting_as(user, f"client-{n}"), 7)]
    assert seen == [200] * 49 + [429] * 7


def test_counted_by_address_on_kommo(limited):
    crm = limited(rate_unit="address")
    other = crm.acting_as(crm.get(PATH).json()["current_user_id"], "another")
    assert statuses(crm, 6) == [200] * 6
    assert statuses(other, 1) == [429]


def test_html_of_the_gateway(limited):
    crm = limited()
    statuses(crm, 7)
    answer = crm.get(PATH)
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<html>\r\n<head><title>429 Too Many Requests</title>")
    assert "retry-after" not in answer.headers


def test_json_where_the_switch_says_so(limited):
    crm = limited(rate_429_body="json")
    statuses(crm, 7)
    answer = crm.get(PATH)
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()) == ["title", "type", "status", "detail", "retry_after"]
    assert answer.json()["retry_after"] == 1


def test_ban_after_many_refusals(limited, watch):
    crm = limited(ban_after_429=3)
    assert statuses(crm, 11) == [200] * 7 + [429] * 3 + [403]
    watch.time += 3600
    answer = crm.get(PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html")
    assert crm.ask("POST", "/oauth2/access_token", json={}).status_code == 403
    crm.faults(latency_ms=1)
    assert statuses(crm, 1) == [403]
    crm.faults(_403_ban=False)
    assert statuses(crm, 9) == [200] * 7 + [429] * 2


def test_refusals_far_apart_bring_no_ban(limited, watch):
    crm = limited(ban_after_429=3)
    for _ in range(4):
        assert statuses(crm, 9)[-2:] == [429, 429]
        watch.time += 61


def test_no_limit_when_off(crm):
    assert statuses(crm, 60) == [200] * 60


def test_the_control_interface_is_never_limited(limited):
    crm = limited()
    assert {crm.control("GET", "faults").status_code for _ in range(60)} == {200}
