"""What goes wrong on the way to the account, times every command: it converges, or says one clear thing and is healed."""

import asyncio
import io
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest

from amoconf.api import Grant, Partly, Target, TokenStore, Writer
from amoconf.carry import carry_out
from amoconf.cli.interrupt import typed
from amoconf.errors import Fault, Refused
from amoconf.lock import load as load_lock
from tests.fakes import FakeWriter, Situation, situation
from tests.faulty import HOOK, MADE, Faulty, once, running, served
from tests.living import Ended

ACCOUNTS = 64
NAME = "stroymarket.amocrm.ru"


@dataclass(frozen=True)
class Row:
    """A fault. reads: what a command that only reads says, "" where it gets through. writes: the same for apply.

    late: apply meets it after its first write, not from the beginning. speed: of the client's clock, times the real one.
    """

    faults: dict[str, Any]
    reads: str = ""
    writes: str = ""
    late: bool = False
    speed: float = 120

    def __str__(self) -> str:
        words = "-".join(f"{name}={value}" for name, value in self.faults.items())
        return f"{words}-late" if self.late else words


FORBIDDEN = "The token's user may not do this"
TOKEN = "The token is not accepted"
UNPAID = "The account's subscription has ended"
TROUBLE = "The service is in trouble"
LOST, HALF = "No answer from the service", "not JSON"
# What each request is tried several times for.
LONG = (TROUBLE, LOST, HALF)
# Passing troubles, and a service that is slow, lags or moves: everything gets done.
PASSING = [
    Row({"429": 0.2}),
    Row({"429_storm_s": 0.1}),
    Row({"500": 0.12}),
    Row({"502": 0.12}),
    Row({"504_before": 0.12}),
    Row({"504_after": 0.12}),
    Row({"reset": 0.12}),
    Row({"slow_body_s": 0.03}),
    Row({"truncated_json": 0.12}),
    Row({"config_read_lag_ms": 120}, speed=30),
    Row({"shifting_pages": 1}),
]
# What stays until somebody does something about it: (fault, words of a command that reads, words of apply later on).
STAYING = [
    ({"429_storm_s": 900}, "stopped by itself", "stopped by itself"),
    ({"403_ban": 1}, "refuses everything from this address", "refuses everything from this address"),
    ({"500": 1}, TROUBLE, TROUBLE),
    ({"504_after": 1}, TROUBLE, TROUBLE),
    ({"reset": 1}, LOST, LOST),
    ({"truncated_json": 1}, HALF, HALF),
    ({"expire_token": True}, TOKEN, TOKEN),
    ({"revoke_token": True}, TOKEN, TOKEN),
    ({"unpaid_after": 3}, UNPAID, UNPAID),
    ({"no_users_scope": True}, FORBIDDEN, FORBIDDEN),
    ({"renamed_subdomain": True}, TOKEN, TOKEN),
    ({"read_only_user": True}, FORBIDDEN, FORBIDDEN),
]
EARLY = [*PASSING, *(Row(faults, reads, reads) for faults, reads, _ in STAYING)]
LATE = [Row(faults, reads, writes, late=True) for faults, reads, writes in STAYING]


@pytest.fixture(scope="module")
def accounts() -> Iterator[list[dict[str, Any]]]:
    """Empty accounts, each used by one test; the first is called as the tests below call it."""
    with served("--accounts", str(ACCOUNTS)) as lines:
        yield list(reversed(lines))


@pytest.fixture
def crm(accounts: list[dict[str, Any]], tmp_path: Path) -> Iterator[Faulty]:
    """An account as amoCRM creates it."""
    with closing(Faulty(accounts.pop(), tmp_path / "crm")) as here:
        yield here


@pytest.fixture(scope="module")
def settled(accounts: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """An account as the spec says, but for a tag that somebody has made since."""
    with closing(Faulty(accounts.pop(), tmp_path_factory.mktemp("settled"))) as here:
        assert here.amoconf("apply", "--yes").code == 0
        here.control("ui", action="create", kind="tag", entity="leads", name="Лишний")
        yield here


def clear(ended: Ended, words: str, code: int) -> None:
    """One message with the reason, no traceback."""
    assert ended.code == code, ended.err
    assert words in ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err
    if code == 1:
        assert len(re.findall(r"^error: ", ended.err, re.MULTILINE)) == 1
        assert not ended.out


def healed(crm: Faulty, *words: str, said: str = "") -> None:
    """Once the fault is gone the account can be made as the spec says; nothing stands there twice."""
    crm.heal()
    assert all(count <= MADE[name] for name, count in crm.names().items()), crm.names()
    again = crm.amoconf("apply", *(words or ("--yes",)))
    assert (again.code, bool(again.err)) == (0, bool(said)), again.out + again.err
    assert said in again.err
    as_wanted(crm)


def as_wanted(crm: Faulty) -> None:
    """The account equals the spec."""
    assert crm.names() == MADE
    assert crm.hooks() == [f"https://erp.example/in?key={HOOK}"]
    assert crm.amoconf("plan", "--exit-code").code == 0


def changes(ended: Ended) -> Any:
    """What a plan or a look for drift has found, but for who moved."""
    rows = ended.json.get("changes") or ended.json.get("differences")
    return [(row["action"], row["address"], row["attributes"]) for row in rows]


@pytest.mark.parametrize("command", ["plan", "drift"])
@pytest.mark.parametrize("row", EARLY, ids=str)
def test_a_command_that_reads_sees_everything_or_says_why_not(
    settled: Faulty, row: Row, command: str
) -> None:
    settled.heal()
    before = settled.state
    options = ("--exit-code",) if command == "plan" else ()
    settled.control("faults", **row.faults)
    ended = settled.amoconf(command, "--format", "json", *options)
    settled.heal()
    if row.reads:
        clear(ended, row.reads, 1)
    else:
        assert ended.code == 2, ended.err
        assert [item[:2] for item in changes(ended)] == [("archive", "tag/leads/Лишний")]
    assert settled.state == before


@pytest.mark.parametrize("row", EARLY, ids=str)
def test_apply_from_the_beginning(crm: Faulty, row: Row) -> None:
    before = crm.names()
    crm.clock = running(row.speed)
    crm.control("faults", **row.faults)
    ended = crm.amoconf("apply", "--yes")
    crm.heal()
    if row.writes:
        clear(ended, row.writes, 1)
        assert crm.names() == before
        assert not (crm.folder / "account.lock.yaml").exists()
    else:
        assert ended.code == 0, ended.out + ended.err
        as_wanted(crm)


@pytest.mark.parametrize("row", LATE, ids=str)
def test_apply_hit_after_its_first_write(crm: Faulty, row: Row) -> None:
    """What is done is told and remembered, what is not is told with the reason; another apply does the rest."""
    ended = crm.amoconf(
        "apply", "--yes", "-v", hear=once("done: ", lambda: crm.control("faults", **row.faults))
    )
    clear(ended, row.writes, 4)
    assert "NOT as the spec says" in ended.out
    assert "When the reasons above are gone: amoconf apply" in ended.out
    assert "The account could not be looked at again" in ended.err
    if row.writes in LONG:
        assert "stopped after 3 failures in a row" in ended.out
    elif row.writes != FORBIDDEN:
        assert re.search(r"0 blocked, [1-9]\d* not started", ended.out)
    # Nobody is sent to do by hand what was done.
    assert not (crm.names()["Замер"] and "“Task types”" in ended.out)
    lock = load_lock((crm.folder / "account.lock.yaml").read_text("utf-8"), "")
    done = re.findall(r"^ *\+ create +(\S+) +id (\S+)$", ended.out, re.MULTILINE)
    assert ("field_group/leads/Доставка", "leads_61700000000001") in done
    known = {str(address): str(entry.id) for address, entry in lock.entries.items()}
    assert known.items() >= dict(done).items()
    healed(crm)


@pytest.mark.parametrize("fault", ["504_after", "truncated_json", "reset"])
def test_what_was_made_although_its_answer_was_lost_is_not_made_again(crm: Faulty, fault: str) -> None:
    """Every answer to a write but the first is lost: fields, pipeline, tags, task types, role, webhook."""

    def hear(text: str) -> None:
        if text.startswith("done: "):
            crm.control("faults", **{fault: 1})
        elif text.startswith("waiting "):
            crm.heal()

    ended = crm.amoconf("apply", "--yes", "-v", hear=hear)
    crm.heal()
    assert ended.code == 0, ended.out + ended.err
    assert "12 done" in ended.out
    as_wanted(crm)
    asked = crm.client.get("/_emulator/requests").json()
    paths = Counter(row["path"] for row in asked if row["method"] == "POST")
    assert len(paths) == 8
    if fault != "reset":  # which breaks every other connection before anything is done
        assert set(paths.values()) == {1}


def imported(crm: Faulty, name: str) -> Ended:
    """An import into a file of its own."""
    account = f"{crm.line['subdomain']}.amocrm.ru"
    return crm.amoconf("import", "--account", account, "-o", str(crm.folder / name))


# Import reads everything, and says of what the token may not read that it was not read.
UNREAD = ("no_users_scope", "read_only_user")


@pytest.fixture(scope="module")
def text(settled: Faulty) -> str:
    """What import writes when nothing goes wrong."""
    settled.heal()
    assert imported(settled, "good.yaml").code == 0
    return (settled.folder / "good.yaml").read_text("utf-8")


@pytest.mark.parametrize("row", EARLY, ids=str)
def test_import_writes_everything_or_says_what_not(
    settled: Faulty, text: str, row: Row, request: pytest.FixtureRequest
) -> None:
    settled.heal()
    settled.control("faults", **row.faults)
    name = f"{request.node.callspec.indices['row']}.yaml"
    ended = imported(settled, name)
    settled.heal()
    written = settled.folder / name
    if set(row.faults) & set(UNREAD):
        assert ended.code == 0, ended.err
        assert "not read: users: " in ended.err
        plan = settled.amoconf("plan", "-f", str(written), "--format", "json")
        assert (plan.code, plan.json["changes"]) == (0, [])
    elif row.reads:
        clear(ended, row.reads, 1)
        assert not written.exists()
    else:
        assert ended.code == 0, ended.err
        assert written.read_text("utf-8") == text


def granted(crm: Faulty) -> None:
    """The account is opened by a pair of tokens from the store, as after `amoconf login --code`."""
    client = crm.control("oauth")
    pair = crm.control("tokens", long_lived=False)
    grant = Grant(
        pair["access_token"],
        pair["refresh_token"],
        client["client_id"],
        client["client_secret"],
        client["redirect_uri"],
    )
    target = Target.of(f"{crm.line['subdomain']}.amocrm.ru", crm.line["base_url"])
    TokenStore(target, crm.folder / "state").save(grant)
    crm.secrets += list(map(str, grant.secrets))


def test_a_token_that_expires_meanwhile_is_renewed(crm: Faulty) -> None:
    granted(crm)
    ended = crm.amoconf(
        "apply",
        "--yes",
        "-vv",
        hear=once("done: ", lambda: crm.control("faults", expire_token=True)),
        AMOCONF_TOKEN="",
    )
    assert ended.code == 0, ended.out + ended.err
    crm.heal()
    as_wanted(crm)


def test_an_account_with_a_new_name_is_told_by_its_name(crm: Faulty) -> None:
    granted(crm)
    crm.control("faults", renamed_subdomain=True)
    for command in ("plan", "drift"):
        clear(
            crm.amoconf(command, AMOCONF_TOKEN=""), f"is called {crm.line['subdomain']}-new.amocrm.ru now", 1
        )


def test_no_secret_is_shown_in_a_whole_session(crm: Faulty) -> None:
    """Outputs are searched after every command of these tests, files here."""
    granted(crm)
    spec = (crm.folder / "account.yaml").read_text("utf-8")
    plan = str(crm.folder / "plan.json")
    for words in (
        ("validate",),
        ("plan", "-o", plan),
        ("apply", plan),
        ("drift", "--format", "json"),
        ("login", "--status"),
        ("explain", "webhook/erp"),
    ):
        assert crm.amoconf(*words, "-vv", AMOCONF_TOKEN="").code == 0, words
    crm.spec(spec.replace("https://erp.example/", "http://erp.example:99/"))
    assert crm.amoconf("plan", "-vv", "-o", plan).code == 0
    ended = crm.amoconf("apply", "-vv", "--yes")
    assert ended.code == 0, ended.out + ended.err
    crm.control("faults", revoke_token=True)
    clear(crm.amoconf("plan", "-vv", AMOCONF_TOKEN=""), "amoconf login", 1)
    assert imported(crm, "other.yaml").code == 1
    crm.heal()
    assert imported(crm, "other.yaml").code == 0
    assert not crm.leaks()


class Parrot(BaseHTTPRequestHandler):
    """A service that quotes secrets."""

    def do_GET(self) -> None:
        """Refuses, loudly."""
        body = f"no {HOOK} and no {self.headers['Authorization']}".encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Nothing."""


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",)], ids=" ".join)
def test_a_secret_that_the_service_quotes_is_not_repeated(crm: Faulty, command: tuple[str, ...]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Parrot) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        ended = crm.amoconf(*command, "-vv", AMOCONF_BASE_URL=f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    clear(ended, "no *** and no Bearer ***", 1)


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_finishes_the_request_under_way(crm: Faulty, presses: int) -> None:
    """A second one does not wait for it."""
    crm.control("faults", latency_ms=150)
    with subprocess.Popen(
        [sys.executable, "-m", "amoconf", "apply", "--yes", "-v"],
        env=crm.environment | {"AMOCONF_PACE": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = []
        for word in ("done: ", "Stopping")[:presses]:
            told += [next(line for line in process.stderr if line.startswith(word))]
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    assert "Traceback" not in err
    if presses == 1:
        assert "Stopping after the request" in err
        assert re.search(r"[1-9] done, 0 failed, 0 blocked, [1-9]\d* not started", out), out
        assert "stopped by Ctrl-C" in out
        lock = load_lock((crm.folder / "account.lock.yaml").read_text("utf-8"), "")
        assert "field_group/leads/Доставка" in map(str, lock.entries)
    else:
        assert "Stopped at once" in err
    if presses == 1:
        healed(crm)
    else:
        healed(crm, "--resume", said="ended early")


class Pressing(io.StringIO):
    """A keyboard on which Ctrl-C is pressed."""

    def readline(self, size: int | None = -1, /) -> str:
        """Enter comes after it."""
        signal.raise_signal(signal.SIGINT)
        return "\n"


def test_ctrl_c_at_a_question_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event loop would take it for its own end, and go on with what Enter says."""

    async def question() -> str:
        return typed("Which subdomain?")

    monkeypatch.setattr(sys, "stdin", Pressing())
    with pytest.raises(click.Abort):
        asyncio.run(question())


MOVING = """amoconf: 1
account: {subdomain: stroymarket, id: 30817554}
pipelines:
  retail:
    name: Розничный отдел
    stages:
      fresh: {name: Новая заявка, absent: не этап, move_deals_to: need}
      need: {name: Потребность выявлена}
"""


def test_no_deal_is_lost_where_pages_shift_while_they_are_read(tmp_path: Path) -> None:
    """Deals stand on several pages; a page that skips one is made good by walking again, and by what was swept."""
    words = ("--scenario", "audited", "--scale", "0.005")
    with served(*words) as [line], closing(Faulty(line, tmp_path / "crm")) as crm:
        crm.spec(MOVING)
        before, places = whereabouts(crm)
        crm.control("faults", shifting_pages=1)
        ended = crm.amoconf("apply", "--yes", "--allow", "stage/retail/fresh")
        assert crm.client.get("/_emulator/faults").json()["shifting_pages"]["count"]
        crm.heal()
        assert ended.code == 0, ended.out + ended.err
        after, _ = whereabouts(crm)
    old, new = places["Новая заявка"], places["Потребность выявлена"]
    assert len([place for place in before.values() if place == old]) > 1
    assert after == {deal: new if place == old else place for deal, place in before.items()}


def whereabouts(crm: Faulty) -> tuple[dict[int, int], dict[str, int]]:
    """The stage of each deal, and ids of the stages of one pipeline by name."""
    bearer = {"Authorization": f"Bearer {crm.line['token']}"}
    found: dict[int, int] = {}
    page = 1
    while (
        answer := crm.client.get("/api/v4/leads", params={"limit": 250, "page": page}, headers=bearer)
    ).content:
        found |= {row["id"]: row["status_id"] for row in answer.json()["_embedded"]["leads"]}
        page += 1
    rows = crm.client.get("/api/v4/leads/pipelines", headers=bearer).json()["_embedded"]["pipelines"]
    [retail] = [row for row in rows if row["name"] == "Розничный отдел"]
    return found, {item["name"]: item["id"] for item in retail["_embedded"]["statuses"]}


HEAD = "amoconf: 1\naccount: {subdomain: case}\n"
NO_TAGS: dict[str, Any] = {"leads/custom_fields": [], "leads/tags": []}
Write = Callable[[str, str, Any], Any]


def carried(
    case: Situation, write: Write, answers: dict[str, Any]
) -> tuple[dict[str, tuple[str, str]], FakeWriter]:
    """What became of each address, and what was sent."""
    writer = FakeWriter(answers, write)
    work: Writer = writer  # type: ignore[assignment]
    done = asyncio.run(carry_out(case.plan(), case.found(), work, case.wanted, case.lock))
    return {str(row.address): (row.status, row.error) for row in done.outcomes}, writer


def test_of_a_batch_that_was_made_in_part_only_the_rest_is_sent_again(tmp_path: Path) -> None:
    case = situation(tmp_path / "spec.yaml", NO_TAGS, HEAD + "tags: {leads: [Опт, Дом, Дача]}\n")
    answers = dict(NO_TAGS)

    async def partly(happened: Callable[[], Any]) -> Any:
        answers["leads/tags"] = [{"id": 7, "name": "Дом"}]
        writer.answers |= answers
        seen = await happened()
        assert isinstance(seen, Partly)
        return seen

    def write(method: str, path: str, body: Any) -> Any:
        return partly if len(body) == 3 else {"_embedded": {"tags": [{**row, "id": 9} for row in body]}}

    writer = FakeWriter(answers, write)
    work: Writer = writer  # type: ignore[assignment]
    done = asyncio.run(carry_out(case.plan(), case.found(), work, case.wanted, case.lock))
    assert {row.status for row in done.outcomes} == {"done"}
    assert [[row["name"] for row in body] for _, _, body in writer.sent] == [
        ["Опт", "Дом", "Дача"],
        ["Опт", "Дача"],
    ]


def test_a_refusal_names_the_attribute_and_no_number(tmp_path: Path) -> None:
    text = "fields: {leads: {city: {name: Город, type: text}, area: {name: Площадь, type: numeric}}}\n"
    case = situation(tmp_path / "spec.yaml", NO_TAGS, HEAD + text)
    refusal = Refused(
        "The service does not accept the request: item 0, group_id: Нет группы; item 1, name: Занято",
        faults=[Fault("0", "X", "group_id", "Нет группы"), Fault("1", "Y", "name", "Занято")],
    )

    def write(method: str, path: str, body: Any) -> Any:
        raise refusal

    found, _ = carried(case, write, dict(NO_TAGS))
    assert found == {
        "field/leads/city": ("failed", "The service does not accept it: group: Нет группы"),
        "field/leads/area": ("failed", "The service does not accept it: name: Занято"),
    }


def test_a_lock_file_that_cannot_be_written_does_not_swallow_the_table(crm: Faulty) -> None:
    lock = crm.folder / "account.lock.yaml"
    ended = crm.amoconf("apply", "--yes", "-v", hear=once("done: ", lock.mkdir))
    clear(ended, "account.lock.yaml", 4)
    assert "12 done, 0 failed" in ended.out
