"""`amoconf login` and `amoconf api` against a service on this machine."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from amoconf.api import Grant, Target, TokenStore
from amoconf.cli.login import login
from amoconf.cli.raw import api
from amoconf.errors import Trouble, Unauthorised, UsageError, WrongAccount
from tests.api.service import NONE, TOKEN, answer, html, problem, serving

ACCOUNT = {"id": 31999888, "name": "Стройка", "subdomain": "acme", "current_user_id": 8123456}
USER = {"id": 8123456, "name": "Анна", "rights": {"is_admin": True}}


@dataclass
class Chosen:
    """The common options."""

    base_url: str
    state_dir: Path
    account: str | None = "acme.amocrm.ru"
    token: str | None = None
    format: str = "text"

    @property
    def store(self) -> TokenStore:
        return TokenStore(Target.of("acme.amocrm.ru", self.base_url), self.state_dir)


class Amo:
    """A service that knows one token; `replies` by "METHOD /path"."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.asked: list[tuple[str, bytes]] = []
        self.replies: dict[str, httpx.Response] = {
            "GET /api/v4/account": answer(ACCOUNT),
            "GET /api/v4/users/8123456": answer(USER),
            "POST /oauth2/access_token": answer({"access_token": TOKEN, "refresh_token": "def502-refresh"}),
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path}"
        self.asked.append((f"{request.method} {request.url.raw_path.decode()}", request.content))
        if "oauth2" not in name and request.headers.get("authorization") != f"Bearer {self.token}":
            return problem(401, "Неверный логин или пароль")
        return self.replies.get(name, NONE)


@pytest.fixture
def amo() -> Amo:
    return Amo()


@pytest.fixture
def chosen(amo: Amo, tmp_path: Path) -> Iterator[Chosen]:
    with serving(amo) as url:
        yield Chosen(url, tmp_path)


def call(command: click.Command, chosen: Chosen, *words: str, stdin: str = "") -> Result:
    """The command's result; its AmoconfError is raised, as `main` would get it."""
    common = ["--base-url", chosen.base_url, "--state-dir", str(chosen.state_dir), "--pace", "off"]
    common += ["--file", str(chosen.state_dir / "account.yaml"), "--format", chosen.format]
    common += ["--account", chosen.account] if chosen.account else []
    environment = {"AMOCONF_TOKEN": chosen.token, "AMOCONF_ACCOUNT": None}
    result = CliRunner().invoke(command, [*words, *common], input=stdin, env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_long_lived_token_from_stdin_is_tried_and_stored(chosen: Chosen) -> None:
    result = call(login, chosen, stdin=f"  {TOKEN}\n")
    assert result.stdout == "Logged in to acme.amocrm.ru: Стройка, account 31999888.\n"
    assert TOKEN not in result.output
    assert chosen.store.load() == Grant(TOKEN)
    assert stat.S_IMODE(chosen.store.path.stat().st_mode) == 0o600


def test_a_long_lived_token_from_a_file(chosen: Chosen, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    result = call(login, replace(chosen, token="other"), "--token-file", str(tmp_path / "token"))
    assert "AMOCONF_TOKEN is set" in result.stderr
    assert chosen.store.load() == Grant(TOKEN)


@pytest.mark.parametrize("text", ["", "wrong", "two words"])
def test_a_token_that_opens_nothing_is_not_stored(chosen: Chosen, text: str) -> None:
    with pytest.raises((Unauthorised, UsageError)):
        call(login, chosen, stdin=text)
    assert chosen.store.load() is None


def test_a_token_of_another_account_is_not_stored(chosen: Chosen, amo: Amo) -> None:
    amo.replies["GET /api/v4/account"] = answer({**ACCOUNT, "subdomain": "other"})
    with pytest.raises(WrongAccount, match="opens the account other, not acme"):
        call(login, chosen, stdin=TOKEN)
    assert chosen.store.load() is None


OAUTH = (
    "--client-id",
    "6f1c",
    "--client-secret",
    "s3cr3t-value",
    "--redirect-uri",
    "https://a.example",
    "--code",
    "def502",
)


def test_a_code_is_exchanged_and_the_pair_stored_before_it_is_tried(chosen: Chosen, amo: Amo) -> None:
    amo.replies["GET /api/v4/account"] = problem(403, "no")
    with pytest.raises(Exception, match="no"):
        call(login, chosen, *OAUTH)
    assert json.loads(amo.asked[0][1])["grant_type"] == "authorization_code"
    grant = chosen.store.load()
    assert grant == Grant(TOKEN, "def502-refresh", "6f1c", "s3cr3t-value", "https://a.example")


@pytest.mark.parametrize(
    "words",
    [
        OAUTH[2:],
        OAUTH[:4] + OAUTH[6:],
        ("--status", "--logout"),
        (*OAUTH, "--status"),
        ("--client-id", "x", "--redirect-uri", "x", "--code", "x"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(
    chosen: Chosen, amo: Amo, words: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError):
        call(login, chosen, *words)
    assert amo.asked == []


def test_logout_forgets(chosen: Chosen) -> None:
    call(login, chosen, stdin=TOKEN)
    assert "forgotten here" in call(login, chosen, "--logout").stdout
    assert chosen.store.load() is None
    assert "no stored token" in call(login, chosen, "--logout").stdout


def test_status_says_who_and_what(chosen: Chosen, amo: Amo) -> None:
    amo.replies["GET /api/v4/sources"] = problem(403, "not authorised")
    lines = call(login, replace(chosen, token=TOKEN), "--status").stdout.splitlines()
    assert lines == [
        "account       acme.amocrm.ru (account 31999888) Стройка",
        "user          Анна (id 8123456), an administrator",
        "integration   private",
        "token         long-lived token (AMOCONF_TOKEN)",
        "expires       2033-05-18 03:33 UTC",
        "may read      pipelines, fields, deals, events, users, roles, webhooks",
        "may not read  sources: not authorised",
    ]
    assert {method.split()[0] for method, _ in amo.asked} == {"GET"}


def test_status_as_json(chosen: Chosen) -> None:
    call(login, chosen, stdin=TOKEN)
    found: dict[str, Any] = json.loads(call(login, replace(chosen, format="json"), "--status").stdout)
    assert found["account"] == {"id": 31999888, "subdomain": "acme", "domain": "amocrm.ru"}
    assert (found["format_version"], found["command"], found["administrator"]) == ("1.0", "login", True)
    assert found["token"] == {
        "source": "stored",
        "kind": "long-lived token",
        "expires_at": 2_000_000_000,
        "scopes": [],
    }


def test_status_without_a_token(chosen: Chosen) -> None:
    with pytest.raises(UsageError, match="no token for"):
        call(login, chosen, "--status")


def test_beside_a_spec_the_account_is_known(chosen: Chosen) -> None:
    (chosen.state_dir / "account.yaml").write_text(
        "amoconf: 1\naccount: {subdomain: acme, domain: amocrm.ru}\n"
    )
    found = call(api, replace(chosen, token=TOKEN, account=None), "GET", "/api/v4/account")
    assert json.loads(found.stdout) == ACCOUNT


@pytest.mark.parametrize("command", [login, api])
def test_no_account_is_a_usage_error(chosen: Chosen, command: click.Command) -> None:
    with pytest.raises(UsageError, match="which account"):
        call(command, replace(chosen, account=None), *(["GET", "/x"] if command is api else []))


def test_api_gets(chosen: Chosen, amo: Amo) -> None:
    result = call(api, replace(chosen, token=TOKEN), "get", "/api/v4/account?with=a,b")
    assert json.loads(result.stdout) == ACCOUNT
    assert "Стройка" in result.stdout
    assert amo.asked == [("GET /api/v4/account?with=a,b", b"")]


def test_api_without_a_body(chosen: Chosen) -> None:
    chosen.token = TOKEN
    result = call(api, chosen, "GET", "/api/v4/leads")
    assert (result.stdout, result.stderr) == ("", "The service answers without a body.\n")
    assert call(api, replace(chosen, format="json"), "GET", "/api/v4/leads").stdout == "null\n"


@pytest.mark.parametrize("source", ["text", "file", "stdin"])
def test_api_writes_what_it_is_given(chosen: Chosen, amo: Amo, tmp_path: Path, source: str) -> None:
    text = '[{"name": "Опт"}]'
    (tmp_path / "body.json").write_text(text, "utf-8")
    data = {"text": text, "file": f"@{tmp_path / 'body.json'}", "stdin": "-"}[source]
    call(api, replace(chosen, token=TOKEN), "POST", "/api/v4/x", "--write", "--data", data, stdin=text)
    assert amo.asked == [("POST /api/v4/x", '[{"name":"Опт"}]'.encode())]


@pytest.mark.parametrize(
    "words",
    [
        ("POST", "/x"),
        ("delete", "/x", "--data", "{}"),
        ("GET", "/x", "--data", "{}"),
        ("POST", "/x", "--write", "--data", "{"),
        ("POST", "/x", "--write", "--data", "@/nonexistent"),
        ("GET", "account"),
    ],
)
def test_api_refuses_what_makes_no_sense(chosen: Chosen, amo: Amo, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        call(api, replace(chosen, token=TOKEN), *words)
    assert amo.asked == []


def test_api_writes_once_even_when_the_answer_is_lost(chosen: Chosen, amo: Amo) -> None:
    amo.replies["PATCH /api/v4/x"] = html(504)
    with pytest.raises(Trouble) as caught:
        call(api, replace(chosen, token=TOKEN), "PATCH", "/api/v4/x", "--write", "--data", "{}")
    assert caught.value.maybe_done
    assert "look whether it was done" in caught.value.todo
    assert len(amo.asked) == 1
