"""Real processes that renew one pair of tokens: at once, killed anywhere, with answers lost on the way."""

import asyncio
import json
import os
import queue
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.api import Clock, Grant, Target, TokenStore
from amoconf.api.lock import exclusive
from amoconf.emulator.serve import Connection
from amoconf.emulator.switches import Switches
from tests.living import Ended, Living

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKENS = "GET /api/v4/account", "POST /oauth2/access_token"
GET = ("api", "GET", "/api/v4/account", "-vv")
KILLED = -signal.SIGKILL
REUSE = ("revoked", "grace")
SPENT = "Token has been revoked"
# Every so manieth line; all of them take a minute.
STEP = 1 if os.environ.get("AMOCONF_FULL") else 19


# How an answer of the token endpoint gets lost: the fault, how often it struck before (the emulator breaks
# connections before and after the effect in turn), whether the refresh took effect.
LOSSES = {
    "reset before": ("reset", 0, False),
    "reset after": ("reset", 1, True),
    "504_before": ("504_before", 0, False),
    "504_after": ("504_after", 0, True),
    "truncated_json": ("truncated_json", 0, True),
}


class Gate(Living):
    """An account whose token endpoint is watched, and at whose door a process can be killed.

    `deadly`: "before" or "after" the effect of a request, its name, which one of this name. `lose`: how the
    next answers of the token endpoint get lost. `crowd`: refusals of an expired token that go out together.
    """

    def __init__(self, folder: Path, reuse: str) -> None:
        self.reuse = reuse
        self.given: set[str] = set()
        self.lose: list[str] = []
        self.deadly: tuple[str, str, int] | None = None
        self.victims: queue.Queue[int] = queue.Queue()
        self.crowd: asyncio.Barrier | None = None
        self.seen: list[tuple[str, int | None]] = []
        super().__init__(folder, switches=replace(Switches(), refresh_reuse=reuse))
        client = self.control("oauth")
        self.target = Target.of(f"{self.world.account['subdomain']}.amocrm.ru", self.url)
        self.store = TokenStore(self.target, folder / "state")
        self.grant = Grant("", "", client["client_id"], client["client_secret"], client["redirect_uri"])
        self.given.add(str(self.grant.client_secret))

    def _serve(self, world: Any) -> None:
        self.server.config.http = Connection  # the one that can be broken
        super()._serve(world)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        name = f"{scope['method']} {scope['path']}"
        if scope["path"].startswith("/_emulator"):
            await self.app(scope, receive, send)
            return
        number = len(self.seen)
        self.seen.append((name, None))
        if self._strikes("before", name):
            return
        messages = await self._served(
            scope, receive, self.lose.pop(0) if self.lose and name == TOKENS else ""
        )
        if messages:
            self.seen[number] = (name, messages[0]["status"])
        if self._strikes("after", name):
            return
        if self.crowd and self.seen[number] == (ACCOUNT, 401):
            await asyncio.wait_for(self.crowd.wait(), 60)
        for message in messages:
            await send(message)

    async def _served(self, scope: Any, receive: Any, loss: str) -> list[Any]:
        """What the account answers, before it is on its way; nothing where the connection broke."""
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        fault, count, _ = LOSSES.get(loss, ("reset", 0, False))
        self.world.faults.counts[fault] = count
        self.world.faults.set(fault, bool(loss))
        await self.app(scope, receive, keep)
        self.world.faults.set(fault, False)
        return messages

    def _strikes(self, when: str, name: str) -> bool:
        here = self.deadly == (when, name, [row[0] for row in self.seen].count(name))
        if here:
            os.kill(self.victims.get(timeout=30), signal.SIGKILL)
        return here

    @property
    def spent(self) -> int:
        """How many refreshes took effect."""
        return len(self.tokens()) - self.known

    def tokens(self) -> list[str]:
        """Every refresh token that the account ever gave."""
        return [str(row["id"]) for row in self.world.store.all("_refresh")]

    def control(self, name: str, **words: Any) -> Any:
        """A control call."""
        answer = self.client.request("POST" if words else "GET", f"/_emulator/{name}", json=words or None)
        assert answer.is_success, answer.text
        return answer.json()

    def expired(self) -> str:
        """A new pair in the store, whose access token has expired. Answers that token."""
        pair = self.control("tokens", long_lived=False)
        self.control("faults", expire_token=True)
        self.store.save(replace(self.grant, token=pair["access_token"], refresh_token=pair["refresh_token"]))
        self.given |= {pair["access_token"], pair["refresh_token"]}
        self.known = len(self.tokens())
        self.seen.clear()
        return str(pair["access_token"])

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to know."""
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("AMOCONF_")}
        own = {"BASE_URL": self.url, "PACE": "off", "STATE_DIR": str(self.folder / "state"), "LANG": "en"}
        own |= {"ACCOUNT": self.target.host, "FILE": str(self.folder / "none.yaml")}
        return inherited | {f"AMOCONF_{name}": text for name, text in own.items()}

    def next(self) -> Ended:
        """The next command of the user, in this process."""
        self.deadly = None
        ended = self.amoconf(*GET, AMOCONF_TOKEN="", AMOCONF_ACCOUNT=self.target.host)
        return self.looked_at(ended)

    def looked_at(self, ended: Ended) -> Ended:
        """The same, after a search for secrets and for traces in it and in all files."""
        assert "Traceback" not in ended.err, ended.err
        assert not self.shows_secrets(ended.out + ended.err)
        for path in self.folder.rglob("*"):
            if path.is_file() and self.shows_secrets(path.read_text("utf-8", "replace")):
                assert path.parent == self.store.path.parent
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
        return ended

    def shows_secrets(self, text: str) -> bool:
        """Whether any token, or the client's secret, stands in a text."""
        return "eyJ" in text or any(secret in text for secret in {*self.given, *self.tokens()})

    def is_free(self) -> bool:
        """Whether nobody holds the lock of the token file."""

        async def take() -> None:
            async with exclusive(self.store.path.with_name(f"{self.store.path.name}.lock"), Clock(), 0):
                pass

        asyncio.run(take())
        return True

    @property
    def kept(self) -> Grant:
        """What the store holds."""
        grant = self.store.load()
        assert grant is not None
        return grant

    @property
    def files(self) -> set[str]:
        """What lies in the folder of the tokens."""
        return {path.name for path in self.store.path.parent.iterdir()}

    def whole(self) -> None:
        """There is a way in without another renewal."""
        spent = self.spent
        assert self.next().code == 0
        assert self.spent == spent


class Crew:
    """Processes that were forked from one that has everything imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "tests.api.warm"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self,
        gate: Gate,
        times: int = 1,
        words: tuple[str, ...] = GET,
        more: dict[str, str] | None = None,
        **death: Any,
    ) -> list[Ended]:
        """So many processes at once. `more`: of the environment; `line`, `call`: where one of them dies."""
        place = self.folder / "job"
        Path(f"{place}.dead").unlink(missing_ok=True)
        job = {"words": words, "environment": gate.environment | (more or {}), "times": times}
        assert self.process.stdin is not None
        self.process.stdin.write(
            json.dumps({"line": 0, "call": "", "place": str(place), **job, **death}) + "\n"
        )
        self.process.stdin.flush()
        gate.victims = queue.Queue()
        for child in self._line():
            gate.victims.put(child)
        codes = self._line()
        texts = [
            [Path(f"{place}.{number}.{name}").read_text("utf-8") for name in ("out", "err")]
            for number in range(times)
        ]
        return [gate.looked_at(Ended(code, *text)) for code, text in zip(codes, texts, strict=True)]

    def _line(self) -> list[int]:
        assert self.process.stdout is not None
        numbers: list[int] = json.loads(self.process.stdout.readline())
        return numbers

    def end(self) -> None:
        """No more jobs."""
        self.process.communicate()


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    made = Crew(tmp_path_factory.mktemp("crew"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Gate]]:
    made = {reuse: Gate(tmp_path_factory.mktemp(reuse), reuse) for reuse in REUSE}
    yield made
    for gate in made.values():
        gate.end()


@pytest.fixture
def strict(gates: dict[str, Gate]) -> Iterator[Gate]:
    """An account whose refresh tokens work once."""
    yield from fresh(gates["revoked"])


@pytest.fixture(params=REUSE)
def gate(gates: dict[str, Gate], request: pytest.FixtureRequest) -> Iterator[Gate]:
    """Both kinds of account."""
    yield from fresh(gates[request.param])


def fresh(gate: Gate) -> Iterator[Gate]:
    """The account with an expired token, and no trap left from the test before."""
    gate.deadly, gate.crowd, gate.lose = None, None, []
    gate.expired()
    yield gate


def error(ended: Ended) -> list[str]:
    """The lines of the error, without the list of requests before it."""
    lines = ended.err.splitlines()
    return lines[[line.startswith("error: ") for line in lines].index(True) :] if ended.code else []


def told_to_log_in(gate: Gate, ended: Ended) -> None:
    """One sentence, and what to do."""
    assert (ended.code, ended.out) == (1, "")
    first, second = error(ended)
    assert first.startswith("error: The access token could not be renewed: ")
    assert SPENT in first
    assert second.strip() == f"log in again: amoconf login --account {gate.target.host}"


def settle(gate: Gate, *, lost: bool) -> None:
    """What the next command finds: a way in, or word that there is none."""
    assert gate.is_free()
    assert gate.kept.token
    if lost:
        told_to_log_in(gate, gate.next())
    else:
        assert gate.next().code == 0
        gate.whole()


# Ten at once.


def test_ten_commands_that_meet_the_expiry_together_renew_once(strict: Gate) -> None:
    strict.crowd = asyncio.Barrier(10)
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "amoconf", *GET]
    children = [subprocess.Popen(command, env=strict.environment, **pipes) for _ in range(10)]
    told = [child.communicate(timeout=60) for child in children]
    for child, (out, err) in zip(children, told, strict=True):
        assert strict.looked_at(Ended(child.returncode, out, err)).code == 0, err
    assert [row for row in strict.seen if row[0] == TOKENS] == [(TOKENS, 200)]
    assert strict.seen.count((ACCOUNT, 401)) == 10
    assert strict.seen.count((ACCOUNT, 200)) == 10
    assert strict.kept.older == ""
    strict.whole()


@pytest.mark.parametrize("place", ["_refreshed", "TokenStore.save", "StoredRenewal.confirm"])
def test_the_others_go_on_when_one_is_killed_at_the_renewal(crew: Crew, gate: Gate, place: str) -> None:
    gate.crowd = asyncio.Barrier(4)
    ended = crew.run(gate, times=4, call=place)
    codes = [one.code for one in ended]
    gate.crowd = None
    lost = gate.reuse == "revoked" and place == "TokenStore.save"
    assert sorted(codes) == [KILLED, *[int(lost)] * 3]
    if lost:
        for one in ended:
            if one.code != KILLED:
                told_to_log_in(gate, one)
    # The second refresh is of those that found the first one's pair missing.
    assert gate.spent == 1 + (gate.reuse == "grace" and place == "TokenStore.save")
    settle(gate, lost=lost)


# Killed.


@pytest.mark.parametrize(
    ("deadly", "spent"),
    [
        (("before", TOKENS, 1), 0),
        (("after", TOKENS, 1), 1),
        (("before", ACCOUNT, 2), 1),
        (("after", ACCOUNT, 2), 1),
    ],
)
def test_a_process_killed_while_a_request_is_on_its_way(
    crew: Crew, gate: Gate, deadly: tuple[str, str, int], spent: int
) -> None:
    gate.deadly = deadly
    assert [one.code for one in crew.run(gate)] == [KILLED]
    assert gate.spent == spent
    settle(gate, lost=gate.reuse == "revoked" and deadly == ("after", TOKENS, 1))


def test_a_process_killed_at_any_line_of_a_renewal_leaves_a_way_in(crew: Crew, gate: Gate) -> None:
    """There is none only where the old token counts as spent and the new pair never reached the disk."""
    windows, line, left = set(), REUSE.index(gate.reuse) * (STEP // 2), set()
    while True:
        line += STEP
        stale = gate.expired()
        [ended] = crew.run(gate, line=line)
        if ended.code != KILLED:
            break
        left |= gate.files
        grant = gate.kept
        windows.add((gate.spent, grant.token != stale, bool(grant.older)))
        settle(gate, lost=gate.reuse == "revoked" and gate.spent == 1 and grant.token == stale)
    assert ended.code == 0, ended.err
    assert line > 100
    # (refreshes that took effect, whether the file holds the new pair, whether it still holds the old token)
    # The last one is but a few lines wide.
    assert windows | {(1, True, False)} == {
        (0, False, False), (1, False, False), (1, True, True), (1, True, False)
    }  # fmt: skip
    # What a killed process left is taken away by the next renewal.
    name = gate.store.path.name
    assert left == {name, f"{name}.lock", f".{name}.new"}
    assert gate.files == {name, f"{name}.lock"}


# Lost answers.


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("times", [1, 2])
def test_access_survives_lost_answers(crew: Crew, gate: Gate, loss: str, times: int) -> None:
    gate.lose = [loss] * times
    [ended] = crew.run(gate)
    lost = gate.reuse == "revoked" and LOSSES[loss][2]
    if lost and times == 1:
        told_to_log_in(gate, ended)
    else:
        assert (ended.code, len(error(ended))) == ((0, 0) if times == 1 else (1, 2)), ended.err
    assert gate.lose == []
    settle(gate, lost=lost)


# Where nothing can be stored.

# Root writes everywhere unless told not to.
HUMBLE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
FULL_DISK = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]


def outside(gate: Gate, before: list[str], *words: str) -> Ended:
    """A command as a shell runs it."""
    if before and shutil.which(before[0]) is None:
        pytest.skip(f"{before[0]} is not here")
    command = [*before, sys.executable, "-m", "amoconf", *words]
    environment = gate.environment | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def locked_up(strict: Gate) -> Iterator[Gate]:
    """An account whose folder of tokens is read-only; there was a renewal before."""
    folder = strict.store.path.parent
    assert strict.is_free()
    folder.chmod(0o500)
    yield strict
    folder.chmod(0o700)
    settle(strict, lost=False)
    assert strict.spent == 1


def kept_back(gate: Gate, ended: Ended, why: str) -> None:
    """One error, and nothing was spent."""
    gate.looked_at(ended)
    assert (ended.code, gate.spent, gate.seen) == (1, 0, [(ACCOUNT, 401)]), ended.err
    first, second = error(ended)
    assert first.startswith("error: the token")
    assert first.endswith(why)
    assert "--state-dir" in second


def test_nothing_is_spent_where_the_folder_is_read_only(locked_up: Gate) -> None:
    kept_back(
        locked_up, outside(locked_up, HUMBLE, *GET), f"{locked_up.store.path.parent}: Permission denied"
    )


def test_nothing_is_spent_where_the_lock_cannot_be_made(locked_up: Gate) -> None:
    folder = locked_up.store.path.parent
    folder.chmod(0o700)
    (folder / f"{locked_up.store.path.name}.lock").unlink()
    folder.chmod(0o500)
    kept_back(locked_up, outside(locked_up, HUMBLE, *GET), "cannot be locked: Permission denied")


def test_nothing_is_spent_where_the_disk_is_full(strict: Gate) -> None:
    kept_back(strict, outside(strict, FULL_DISK, *GET), f"{strict.store.path.parent}: File too large")
    settle(strict, lost=False)
    assert strict.spent == 1


def test_a_token_that_works_needs_neither_folder_nor_file_to_be_writable(strict: Gate) -> None:
    """As a secret that is mounted read-only and open to all; only root can try the latter."""
    assert strict.next().code == 0
    path, is_root = strict.store.path, os.geteuid() == 0
    path.parent.chmod(0o500)
    if is_root:
        os.chown(path, 65534, 65534)
        path.chmod(0o644)
    ended = outside(strict, [*HUMBLE[:1], f"{HUMBLE[1]},-fowner"] if is_root else [], *GET)
    path.chmod(0o600)
    path.parent.chmod(0o700)
    assert strict.looked_at(ended).code == 0, ended.err
    assert ("can be read by others, and its mode stays: Operation not permitted" in ended.err) == is_root


# Secrets.


def test_a_whole_session_shows_no_secret(crew: Crew, strict: Gate) -> None:
    """Outputs and files are searched after every process of this page; here are the other commands."""
    code = strict.control("oauth", client_id=strict.grant.client_id)["code"]
    secret = {"AMOCONF_CLIENT_SECRET": str(strict.grant.client_secret)}
    client = ("--client-id", strict.grant.client_id, "--redirect-uri", strict.grant.redirect_uri)
    strict.given.add(code)
    strict.store.forget()
    login = ("login", "-vv", *client, "--code", code)
    assert [one.code for one in crew.run(strict, words=login, more=secret)] == [0]
    assert [one.code for one in crew.run(strict, words=login, more=secret)] == [1]  # the code is spent
    strict.control("faults", expire_token=True)
    strict.lose = ["truncated_json"]
    crew.run(strict, words=("login", "--status", "-vv"))
    strict.expired()
    assert crew.run(strict, call="TokenStore.save")[0].code == KILLED
    strict.expired()
    assert strict.looked_at(outside(strict, ["env", "PYTHONDEVMODE=1"], *GET)).code == 0
    strict.control("faults", revoke_token=True)
    told_to_log_in(strict, crew.run(strict)[0])
    strict.control("faults", revoke_token=False)
    assert crew.run(strict, words=("login", "--logout", "-vv"))[0].code == 0
    assert strict.files == {f"{strict.store.path.name}.lock"}
