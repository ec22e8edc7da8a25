"""The token store and OAuth: what is on disk, who refreshes, what is lost when an answer is lost."""

import asyncio
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from amoconf.api import Access, Clock, Grant, Target, TokenStore, exchange, find_access, home, read_claims
from amoconf.errors import ApiError, Banned, NotFound, Unauthorised, UsageError, WrongAccount
from tests.api.service import (
    CLOCK,
    RESET,
    TARGET,
    Service,
    answer,
    get,
    html,
    problem,
    reader,
    run,
    serving,
    token,
)

CLIENT = {"client_id": "6f1c", "client_secret": "s3cr3t-value", "redirect_uri": "https://amoconf.example/cb"}
REVOKED = problem(
    401, "В запросе отсутствует ряд параметров", title="Некорректный запрос", hint="Token has been revoked"
)


def pair(number: int) -> httpx.Response:
    return answer(
        {
            "token_type": "Bearer",
            "expires_in": 86400,
            "access_token": f"at{number}",
            "refresh_token": f"rt{number}",
        }
    )


class Oauth:
    """A service that takes the access token at`valid` and, once each, the refresh tokens rt0, rt1, …"""

    def __init__(self, valid: int = 1, **replies: Any) -> None:
        self.valid = valid
        self.replies = replies
        self.refreshes: list[str] = []
        self.stored: list[str | None] = []
        self.store: TokenStore | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/access_token":
            return self.tokens(json.loads(request.content))
        if request.url.path.endswith("/subdomain"):
            reply: Any = self.replies.get("subdomain", REVOKED)
            return reply
        if self.store is not None:
            grant = self.store.load()
            self.stored.append(grant.token if grant else None)
        good = request.headers.get("authorization") == f"Bearer at{self.valid}"
        return answer({"id": 1}) if good else problem(401, "Неверный логин или пароль")

    def tokens(self, body: dict[str, str]) -> httpx.Response:
        assert {key: body[key] for key in CLIENT} == CLIENT
        self.refreshes.append(body.get("refresh_token") or body["code"])
        replies = self.replies.get("tokens")
        reply = replies[min(len(self.refreshes), len(replies)) - 1] if replies else pair(self.valid)
        if isinstance(reply, Exception):
            raise reply
        return reply


def stored(folder: Path, target: Target = TARGET, **more: str) -> TokenStore:
    store = TokenStore(target, folder)
    store.save(Grant(**{"token": "at0", "refresh_token": "rt0", **CLIENT, **more}))
    return store


def use(store: TokenStore, oauth: Oauth, requests: int = 1) -> Any:
    """GETs side by side, with what the store has."""

    async def go() -> Any:
        access = find_access(store.target, None, store.state_dir, clock=CLOCK)
        async with reader(Service(oauth), access=access, target=store.target) as api:
            return await asyncio.gather(*(api.get("/api/v4/account") for _ in range(requests)))

    return run(go())


# The file.


def test_the_file_is_for_its_owner_alone_and_round_trips(tmp_path: Path) -> None:
    store = stored(tmp_path / "new", older="rt-1")
    assert store.path == tmp_path / "new" / "tokens" / "acme.amocrm.ru.json"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert store.load() == Grant("at0", "rt0", **CLIENT, older="rt-1")
    assert os.listdir(store.path.parent) == ["acme.amocrm.ru.json"]
    assert store.forget()
    assert store.load() is None
    assert not store.forget()


def test_a_file_that_others_may_read_is_closed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = stored(tmp_path)
    store.path.chmod(0o644)
    assert store.load() is not None
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert "could be read by others" in caplog.text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2, "token": "x"}', '{"version": 1}', '{"version": 1, "token": 5}']
)
def test_a_damaged_file_is_an_error_not_nothing(tmp_path: Path, text: str) -> None:
    store = stored(tmp_path)
    store.path.write_text(text)
    with pytest.raises(UsageError, match="cannot be read"):
        store.load()


def test_a_failed_write_leaves_no_litter(tmp_path: Path) -> None:
    store = TokenStore(TARGET, tmp_path)
    (store.path / "in the way").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be stored in"):
        store.save(Grant("at1"))
    assert os.listdir(store.path.parent) == ["acme.amocrm.ru.json"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file")
    with pytest.raises(UsageError, match="cannot be stored in"):
        stored(tmp_path)


def draft_of(store: TokenStore) -> Path:
    """Where a process that is killed in the middle of a write leaves what it has."""
    return store.path.with_name(f".{store.path.name}.new")


def test_the_room_is_given_back_when_nothing_was_stored(tmp_path: Path) -> None:
    store = stored(tmp_path)
    with store.room():
        assert draft_of(store).stat().st_size > len(store.path.read_bytes())
        assert stat.S_IMODE(draft_of(store).stat().st_mode) == 0o600
    assert os.listdir(store.path.parent) == [store.path.name]
    assert store.load() == Grant("at0", "rt0", **CLIENT)


def test_what_a_killed_process_left_goes_with_the_next_renewal(tmp_path: Path) -> None:
    store = stored(tmp_path)
    draft_of(store).write_text("left over" * 1000)
    draft_of(store).chmod(0o644)
    assert use(store, Oauth()) == [{"id": 1}]
    assert store.load() == Grant("at1", "rt1", **CLIENT)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert not draft_of(store).exists()


def test_what_a_killed_process_left_is_forgotten_too(tmp_path: Path) -> None:
    store = stored(tmp_path)
    draft_of(store).write_text("left over")
    assert store.forget()
    assert os.listdir(store.path.parent) == []


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    store = stored(tmp_path)
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            grant = store.load()
            seen.add(grant.refresh_token if grant else "none")

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(50):
        store.save(Grant("at0", f"rt{number}" * 500))
    stop.set()
    thread.join()
    assert "none" not in seen


def test_the_users_data_folder_is_the_home() -> None:
    assert home(None).name == "amoconf"
    assert home(Path("/x")) == Path("/x")


# Which token.


def test_the_given_token_comes_first(tmp_path: Path) -> None:
    stored(tmp_path)
    access = find_access(TARGET, " env-token\n", tmp_path)
    assert (access.token, access.renewal) == ("env-token", None)
    assert find_access(TARGET, "  ", tmp_path).token == "at0"
    assert find_access(TARGET, None, tmp_path).renewal is not None


def test_a_long_lived_token_has_no_renewal(tmp_path: Path) -> None:
    TokenStore(TARGET, tmp_path).save(Grant("long"))
    assert find_access(TARGET, None, tmp_path).renewal is None


def test_no_token_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no token for acme\.amocrm\.ru") as caught:
        find_access(TARGET, None, tmp_path)
    assert "amoconf login" in caught.value.todo


def test_another_address_has_a_token_of_its_own(tmp_path: Path) -> None:
    stored(tmp_path)
    for address in (
        "http://127.0.0.1:8080",
        "https://acme.amocrm.ru.evil.example",
        "https://acme.amocrm.ru:444",
    ):
        with pytest.raises(UsageError):
            find_access(Target.of("acme.amocrm.ru", address), None, tmp_path)
    assert find_access(Target.of("acme.amocrm.ru", "https://acme.amocrm.ru/"), None, tmp_path).token == "at0"


# Renewal.


def test_an_expired_token_is_renewed_once_stored_and_used(tmp_path: Path) -> None:
    store, oauth = stored(tmp_path), Oauth()
    oauth.store = store
    assert use(store, oauth, requests=5) == [{"id": 1}] * 5
    assert oauth.refreshes == ["rt0"]
    assert store.load() == Grant("at1", "rt1", **CLIENT)
    # Every request that carried the new token came after it was on disk.
    assert set(oauth.stored) <= {"at0", "at1"}
    assert oauth.stored[-1] == "at1"


def test_the_old_pair_is_kept_until_the_new_one_has_worked(tmp_path: Path) -> None:
    store = stored(tmp_path)
    with pytest.raises(Unauthorised):
        use(store, Oauth(valid=9, tokens=[pair(1)]))
    assert store.load() == Grant("at1", "rt1", **CLIENT, older="rt0")
    # The pair at hand is refused for good; the one before it opens the door once more.
    oauth = Oauth(valid=2, tokens=[REVOKED, pair(2)])
    assert use(store, oauth) == [{"id": 1}]
    assert oauth.refreshes == ["rt1", "rt0"]
    assert store.load() == Grant("at2", "rt2", **CLIENT)


@pytest.mark.parametrize(
    "lost",
    [
        RESET,
        html(502),
        httpx.Response(200, content=b'{"access_tok'),
        answer({"token": "?"}),
        answer({"access_token": "a b", "refresh_token": "r"}),
    ],
)
def test_a_lost_answer_is_met_with_the_old_token_once(tmp_path: Path, lost: Any) -> None:
    store = stored(tmp_path)
    oauth = Oauth(tokens=[lost, pair(1)])
    assert use(store, oauth) == [{"id": 1}]
    assert oauth.refreshes == ["rt0", "rt0"]
    store = stored(tmp_path)
    oauth = Oauth(tokens=[lost, REVOKED])
    with pytest.raises(Unauthorised, match="Token has been revoked"):
        use(store, oauth)
    assert oauth.refreshes == ["rt0", "rt0"]
    assert store.load() == Grant("at0", "rt0", **CLIENT)
    oauth = Oauth(tokens=[lost])
    with pytest.raises(ApiError):
        use(store, oauth)
    assert len(oauth.refreshes) == 2


def test_a_dead_refresh_token_is_tried_once_by_all_tasks_together(tmp_path: Path) -> None:
    store, oauth = stored(tmp_path), Oauth(tokens=[REVOKED])
    with pytest.raises(Unauthorised, match=r"could not be renewed: .*revoked") as caught:
        use(store, oauth, requests=5)
    assert "amoconf login" in caught.value.todo
    assert oauth.refreshes == ["rt0"]


def test_a_banned_token_endpoint_is_a_ban(tmp_path: Path) -> None:
    oauth = Oauth(tokens=[html(403)])
    with pytest.raises(Banned):
        use(stored(tmp_path), oauth)
    assert len(oauth.refreshes) == 1


def test_an_answer_is_not_lost_because_the_file_cannot_be_tidied_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, oauth = stored(tmp_path), Oauth()

    def service(request: httpx.Request) -> httpx.Response:
        reply = oauth(request)
        if reply.status_code == 200 and request.method == "GET":
            store.path.parent.rename(tmp_path / "moved away")
            store.path.parent.write_text("in the way")
        return reply

    async def go() -> Any:
        async with reader(Service(service), access=find_access(TARGET, None, tmp_path, clock=CLOCK)) as api:
            return await api.get("/api/v4/account")

    assert run(go()) == {"id": 1}
    assert "the spent refresh token stays in the file" in caplog.text
    (kept,) = [path for path in (tmp_path / "moved away").iterdir() if path.suffix == ".json"]
    assert json.loads(kept.read_text())["refresh_token"] == "rt1"


def test_who_waits_for_another_renewal_does_not_wait_for_ever(tmp_path: Path) -> None:
    store, oauth = stored(tmp_path), Oauth()
    seldom = Clock(CLOCK.ticks, CLOCK.wall, lambda seconds: asyncio.sleep(500 * seconds))

    async def go() -> None:
        async with store.alone(CLOCK):
            access = find_access(TARGET, None, tmp_path, clock=seldom)
            async with reader(Service(oauth), access=access) as api:
                await api.get("/api/v4/account")

    with pytest.raises(UsageError, match=r"another amoconf has been renewing the token for acme\.amocrm\.ru"):
        run(go())
    assert oauth.refreshes == []


def test_no_renewal_for_a_token_that_has_none() -> None:
    service = Service(problem(401, "Invalid user name or password"))
    with pytest.raises(Unauthorised):
        get(service, access=Access("x"))
    assert len(service.requests) == 1


def test_nothing_of_the_pair_is_in_any_error(tmp_path: Path) -> None:
    echo = problem(401, "s3cr3t-value at0-long-token rt0-long-token", hint="rt0-long-token")
    store = stored(tmp_path, token="at0-long-token", refresh_token="rt0-long-token")
    with pytest.raises(Unauthorised) as caught:
        use(store, Oauth(tokens=[echo]))
    text = f"{caught.value} {vars(caught.value)}"
    assert "***" in text
    assert not any(secret in text for secret in ("s3cr3t", "at0-long", "rt0-long"))


def test_a_renewed_token_is_hidden_as_well(tmp_path: Path) -> None:
    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/access_token":
            return answer({"access_token": "at1-long-token", "refresh_token": "rt1"})
        fresh = request.headers["authorization"] == "Bearer at1-long-token"
        return problem(404, "not for at1-long-token") if fresh else problem(401, "x")

    stored(tmp_path)

    async def go() -> None:
        async with reader(Service(service), access=find_access(TARGET, None, tmp_path, clock=CLOCK)) as api:
            await api.get("/x")

    with pytest.raises(NotFound, match=r"not for \*\*\*"):
        run(go())


MOVED = {"id": 31999888, "subdomain": "newname", "domain": "newname.amocrm.ru", "top_level_domain": "ru"}


@pytest.mark.parametrize("gone", [REVOKED, problem(404, "no account")])
def test_a_moved_account_is_found_and_its_pair_renewed_there(tmp_path: Path, gone: httpx.Response) -> None:
    store = stored(tmp_path, token=token(api_domain="api-b.amocrm.ru"))
    oauth = Oauth(tokens=[gone, pair(1)], subdomain=answer(MOVED))
    hosts: list[tuple[str, str]] = []

    def service(request: httpx.Request) -> httpx.Response:
        hosts.append((request.url.host, request.url.path.rsplit("/", 1)[1]))
        return oauth(request)

    async def go() -> None:
        access = find_access(TARGET, None, tmp_path, clock=CLOCK)
        async with reader(Service(service), access=access) as api:
            await asyncio.gather(api.get("/api/v4/account"), api.get("/api/v4/account"))

    with pytest.raises(WrongAccount, match=r"acme\.amocrm\.ru is called newname\.amocrm\.ru now"):
        run(go())
    assert hosts[-3:] == [
        ("acme.amocrm.ru", "access_token"),
        ("api-b.amocrm.ru", "subdomain"),
        ("newname.amocrm.ru", "access_token"),
    ]
    moved = TokenStore(Target.of("newname.amocrm.ru"), tmp_path).load()
    assert moved is not None
    assert (moved.token, moved.refresh_token) == ("at1", "rt1")
    assert store.load() is None


@pytest.mark.parametrize(
    "domain",
    [
        "evil.example",
        "amocrm.ru.evil.example",
        "evilamocrm.ru",
        "",
        "api@evil.example/.amocrm.ru",
        "evil.example\n.amocrm.ru",
        "a.evil.example#.amocrm.ru",
    ],
)
def test_a_refresh_token_goes_to_nobody_but_the_service(tmp_path: Path, domain: str) -> None:
    store, hosts = stored(tmp_path, token=token(api_domain=domain)), set()

    def service(request: httpx.Request) -> httpx.Response:
        hosts.add(request.url.host)
        return REVOKED

    async def go() -> None:
        async with reader(
            Service(service), access=find_access(TARGET, None, store.state_dir, clock=CLOCK)
        ) as api:
            await api.get("/api/v4/account")

    with pytest.raises(Unauthorised):
        run(go())
    assert hosts == {"acme.amocrm.ru"}


@pytest.mark.parametrize(
    "body", [{}, [], {"domain": None}, {"domain": "newname.evil.example"}, {"domain": "acme.amocrm.ru"}]
)
def test_a_strange_word_about_the_new_name_changes_nothing(tmp_path: Path, body: Any) -> None:
    store = stored(tmp_path, token=token(api_domain="api-b.amocrm.ru"))
    with pytest.raises(Unauthorised):
        use(store, Oauth(tokens=[REVOKED], subdomain=answer(body)))
    assert store.load() is not None


def test_stopping_in_the_middle_of_a_renewal_keeps_the_new_pair(tmp_path: Path) -> None:
    store = stored(tmp_path)

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth2/access_token":
            return problem(401, "x")
        await asyncio.sleep(5)
        return pair(1)

    async def go() -> None:
        async with reader(Service(slow), access=find_access(TARGET, None, tmp_path, clock=CLOCK)) as api:
            task = asyncio.create_task(api.get("/api/v4/account"))
            await asyncio.sleep(1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(go())
    grant = store.load()
    assert grant is not None
    assert grant.refresh_token == "rt1"


# The code.


def exchanged(oauth: Oauth, tmp_path: Path) -> Grant:
    async def go() -> Grant:
        service = Service(oauth)
        client = Grant("", **CLIENT)
        return await exchange(
            TARGET, client, "def502", state_dir=tmp_path, transport=service.transport, clock=CLOCK
        )

    return run(go())


def test_a_code_becomes_a_pair(tmp_path: Path) -> None:
    oauth = Oauth()
    assert exchanged(oauth, tmp_path) == Grant("at1", "rt1", **CLIENT)
    assert oauth.refreshes == ["def502"]


@pytest.mark.parametrize("reply", [REVOKED, problem(400, "bad"), RESET, html(504), answer({})])
def test_a_code_is_sent_once(tmp_path: Path, reply: Any) -> None:
    oauth = Oauth(tokens=[reply])
    with pytest.raises(ApiError, match="The code was not exchanged"):
        exchanged(oauth, tmp_path)
    assert len(oauth.refreshes) == 1


# Claims.


def test_claims_are_read_from_what_is_there() -> None:
    found = read_claims(
        token(sub="8123456", account_id=31999888, exp=1767312000.5, aud="6f1c", api_domain="api-b.amocrm.ru",
              base_domain="amocrm.ru", scopes=["crm", 5, "files"])
    )  # fmt: skip
    assert (found.user_id, found.account_id, found.expires_at) == (8123456, 31999888, 1767312000)
    assert (found.client_id, found.api_domain, found.base_domain) == ("6f1c", "api-b.amocrm.ru", "amocrm.ru")
    assert found.scopes == ("crm", "files")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "....",
        "not a token",
        "тест.тест.тест",
        "a." + "e30" + ".c",
        "a.W10.c",
        "a.!!!!.c",
        "a.MQ.c",
        token(sub=[1], exp="x", aud=[], scopes="crm", account_id=True),
    ],
)
def test_garbage_has_no_claims(text: str) -> None:
    assert read_claims(text) == read_claims("")


# Several processes at once, over a real connection.


CHILD = """
import asyncio, sys
from pathlib import Path
from amoconf.api import Target, find_access, open_reader

async def main():
    target, folder = Target.of("acme.amocrm.ru", sys.argv[1]), Path(sys.argv[2])
    access = find_access(target, None, folder)
    print("ready", flush=True)
    sys.stdin.readline()
    async with open_reader(target, access, pace=None, state_dir=folder) as api:
        print((await api.get("/api/v4/account"))["id"])

asyncio.run(main())
"""


class SingleUse(Oauth):
    """Refresh tokens work once; a second use is what costs integrators their access.

    The first refusals go out only when all clients have asked, so that they learn of the expiry together.
    """

    def __init__(self, clients: int) -> None:
        super().__init__()
        self.together = threading.Barrier(clients)
        self.one_by_one = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        found = super().__call__(request)
        if found.status_code == 401 and request.method == "GET":
            self.together.wait(timeout=30)
        return found

    def tokens(self, body: dict[str, str]) -> httpx.Response:
        with self.one_by_one:
            spent = body["refresh_token"] in self.refreshes
            self.refreshes.append(body["refresh_token"])
        return REVOKED if spent else pair(1)


def test_processes_that_find_an_expired_token_refresh_it_once(tmp_path: Path) -> None:
    oauth = SingleUse(4)
    with serving(oauth) as url:
        store = stored(tmp_path, Target.of("acme.amocrm.ru", url))
        command = [sys.executable, "-c", CHILD, url, str(tmp_path)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        children = [subprocess.Popen(command, **pipes) for _ in range(4)]
        for child in children:
            assert child.stdout.readline() == "ready\n"
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        assert [child.communicate(timeout=30)[0] for child in children] == ["1\n"] * 4
        assert oauth.refreshes == ["rt0"]
        assert store.load() == Grant("at1", "rt1", **CLIENT)
