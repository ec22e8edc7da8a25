"""The session cookie that every answer brings: harmless in one account, and the trap of whoever asks several."""

import re
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from tests.emulator.conftest import Crm
from tests.living import Living

ACCOUNTS = 3
FOREIGN = f"1d.{0:032x}"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[list[Living]]:
    """Several accounts of one platform."""
    made = [Living(tmp_path, number=n + 1) for n in range(ACCOUNTS)]
    yield made
    for here in made:
        here.end()


def statuses(client: httpx.Client, accounts: list[Living], rounds: int = 2) -> list[int]:
    """What one client hears that goes from account to account, each with its own token."""
    return [
        client.get(
            f"{here.url}/api/v4/account", headers={"Authorization": f"Bearer {here.token}"}
        ).status_code
        for _ in range(rounds)
        for here in accounts
    ]


def test_a_client_that_keeps_cookies_is_refused_at_every_other_account(accounts: list[Living]) -> None:
    with httpx.Client() as client:
        assert statuses(client, accounts) == [200, 401, 200, 401, 200, 401]


def test_a_client_that_keeps_none_is_not(accounts: list[Living]) -> None:
    for here in accounts:
        with httpx.Client() as client:
            assert statuses(client, [here]) == [200, 200]


def test_within_one_account_the_session_stays(crm: Crm) -> None:
    first, second = crm.get("account"), crm.get("leads/pipelines")
    assert first.headers["set-cookie"] == second.headers["set-cookie"]
    assert second.status_code == 200


def test_the_cookie_is_for_the_whole_platform(crm: Crm) -> None:
    cookie = SimpleCookie(crm.get("account").headers["set-cookie"])["session_id"]
    assert (cookie["domain"], cookie["path"], cookie["secure"], cookie["httponly"]) == (
        ".amocrm.ru",
        "/",
        True,
        True,
    )


@pytest.mark.parametrize(
    "session",
    ["", "x", "zz.1", "1d.5", f"0.{0:032x}", f".{0:032x}", r'"1d\015\012.5"', f"-{FOREIGN}", f"0x{FOREIGN}"],
)
def test_a_session_that_is_nobodys_does_no_harm(crm: Crm, session: str) -> None:
    answer = crm.ask("GET", "account", headers={"Cookie": f"session_id={session}"})
    assert answer.status_code == 200
    assert re.fullmatch(r"session_id=[0-9a-f]+\.[0-9a-f]{32}; path=/[^\r\n]*", answer.headers["set-cookie"])


def test_a_refusal_brings_a_fresh_session(crm: Crm) -> None:
    refused = crm.ask("GET", "account", headers={"Cookie": f"session_id={FOREIGN}"})
    assert refused.status_code == 401
    session = SimpleCookie(refused.headers["set-cookie"])["session_id"].value
    assert crm.ask("GET", "account", headers={"Cookie": f"session_id={session}"}).status_code == 200


def test_the_switch_takes_sessions_away(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(session_cookie=False)
    answer = crm.ask("GET", "account", headers={"Cookie": f"session_id={FOREIGN}"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
