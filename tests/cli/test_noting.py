"""What audit, drift and board leave for cron: history, metrics, notices of changes; never a secret or a person."""

import json
import re
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.living import Ended, Living, living

SPEC = """amoconf: 1
account: {subdomain: stroymarket, id: 30817554}
task_types: {call: {name: Call twice}}
"""
SECRET = "s3cr3tT0kenOfTheHook"
PERSON = "kirpicheva"


class Listener:
    """A webhook on this machine. status: what it answers; got: the bodies."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 204
        self.url = ""

    def take(self, body: bytes) -> int:
        """Keeps a body."""
        self.got.append(json.loads(body))
        return self.status


@contextmanager
def listening() -> Iterator[Listener]:
    """A webhook for as long as the block lasts."""
    here = Listener()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = here.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        here.url = f"http://127.0.0.1:{server.server_port}/{SECRET}?key={SECRET}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join(30)


@pytest.fixture
def hook() -> Iterator[Listener]:
    with listening() as here:
        yield here


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Living]:
    """A small account with a spec from which it differs by one task type."""
    with living(tmp_path, scenario="audited", scale=0.002) as account:
        account.spec(SPEC)
        yield account


def history(here: Living) -> Path:
    (path,) = (here.folder / "state" / "history").glob("*.jsonl")
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def drift(here: Living, *words: str, code: int = 2, **environment: str) -> Ended:
    ended = here.amoconf("drift", *words, **environment)
    assert ended.code == code, ended.err
    assert SECRET not in ended.out + ended.err
    return ended


def test_each_run_leaves_a_line(here: Living) -> None:
    drift(here)
    drift(here, "--no-manual", code=0)
    drift(here, "--no-history")
    ended = here.amoconf("audit", "--only", "A", "--events", "0", "--format", "json")
    assert ended.code == 0, ended.err
    path = history(here)
    first, second, third = rows(path)
    assert [first["command"], second["scope"], third["scope"]] == ["drift", "no_manual", "events=0 only=A"]
    assert first["kinds"] == {"task_type": {"manual": 1}}
    assert first["items"] == [["manual", "task_type/call", ""]]
    assert third["score"] == ended.json["score"]
    assert third["account"]["id"] == 30817554
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PERSON in ended.out
    assert "@" not in path.read_text(encoding="utf-8")


def test_history_elsewhere(here: Living) -> None:
    path = here.folder / "kept.jsonl"
    drift(here, "--history", str(path))
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"v": 1, "at"')
    ended = drift(here, AMOCONF_HISTORY=str(path))
    assert "1 line cannot be read" in ended.err
    assert len(rows(path)) == 2
    assert not (here.folder / "state" / "history").exists()


def test_a_history_that_cannot_be_kept_fails_only_who_asked_for_it(here: Living) -> None:
    state = here.folder / "state"
    state.mkdir()
    (state / "history").write_text("in the way", encoding="utf-8")
    assert "warning: " in drift(here).err
    assert "error: " in drift(here, "--history", str(state / "history" / "x"), code=1).err


def test_notices_tell_changes_only(here: Living, hook: Listener) -> None:
    drift(here, "--notify", hook.url)
    drift(here, "--notify", hook.url)
    (found,) = hook.got
    assert found["new"] == [{"code": "manual", "address": "task_type/call", "severity": "", "before": ""}]
    assert found["account"] == {"id": 30817554, "subdomain": "stroymarket", "domain": "amocrm.ru"}
    assert found["first"]
    here.ui(action="create", kind="task_type", name="Call twice", color="568FFA")
    drift(here, code=0)  # a run by hand tells nobody, so the next one has to
    drift(here, "--lang", "ru", code=0, AMOCONF_NOTIFY=hook.url)
    assert hook.got[1]["text"].splitlines() == [
        "amoconf drift: stroymarket.amocrm.ru",
        "Исчезло (1): manual task_type/call",
        "Аккаунт соответствует спецификации.",
    ]
    drift(here, "--notify", hook.url, code=0)
    assert len(hook.got) == 2
    assert SECRET not in history(here).read_text(encoding="utf-8")


def test_what_people_saw_by_hand_is_no_news_to_a_new_address(here: Living, hook: Listener) -> None:
    drift(here)
    drift(here, "--notify", hook.url)
    assert not hook.got


def test_a_notice_that_failed_is_sent_by_the_next_run(here: Living, hook: Listener) -> None:
    with listening() as other:
        both = ("--notify", hook.url, "--notify", other.url)
        hook.status = 404
        ended = drift(here, *both)
        assert "warning: --notify 1 (http) got no notice: it answers 404" in ended.err
        hook.status = 200
        drift(here, *both)
        drift(here, *both)
        assert (len(hook.got), len(other.got)) == (2, 1)


def test_a_stumbling_webhook_gets_a_second_try(here: Living, hook: Listener) -> None:
    hook.status = 503
    ended = drift(here, "--notify", hook.url, "-vv")
    assert len(hook.got) == 2
    assert "503" in ended.err


def test_redirects_are_not_followed(here: Living, hook: Listener) -> None:
    hook.status = 307
    assert "it answers 307" in drift(here, "--notify", hook.url).err


def test_people_are_named_only_when_asked_for(here: Living, hook: Listener) -> None:
    words = ("audit", "--only", "A03", "--notify", hook.url)
    here.amoconf(*words)
    here.amoconf(*words, "--notify-details", "--history", str(here.folder / "other.jsonl"))
    plain, detailed = (json.dumps(body, ensure_ascii=False) for body in hook.got)
    assert "@" not in plain
    assert "A03" in plain
    assert PERSON in detailed


def test_a_failure_is_told_once_and_its_end_too(here: Living, hook: Listener) -> None:
    here.client.post("/_emulator/faults", json={"revoke_token": True})
    for _ in range(2):
        ended = drift(here, "--notify", hook.url, code=1)
        assert "error: " in ended.err
    (found,) = hook.got
    assert (found["failed"], found["account"]["subdomain"]) == ("Unauthorised", "stroymarket")
    here.client.post("/_emulator/faults", json={"revoke_token": False})
    drift(here, "--notify", hook.url)
    assert hook.got[1]["recovered"]


WRONG = [
    (SECRET, "is no address"),
    (f"http://example.com/{SECRET}", "is http"),
    (f"https:///{SECRET}", "names no host"),
    (f"https://[{SECRET}", "names no host"),
    (f"https://example.com:99999/{SECRET}", "names no host"),
    (f"{SECRET}://{SECRET}", "apprise"),
    (f"tgram://{SECRET}", "apprise"),
]


def test_a_wrong_address_is_refused_before_anything_is_read(here: Living) -> None:
    before = len(here.asked())
    for address, said in WRONG:
        ended = drift(here, "--notify", address, code=1)
        assert "--notify 1" in ended.err, address
        assert said in ended.err, address
    assert len(here.asked()) == before


def test_notify_needs_the_history(here: Living, hook: Listener) -> None:
    assert "--no-history" in drift(here, "--notify", hook.url, "--no-history", code=1).err


def test_apprise_that_is_not_there(here: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    ended = drift(here, "--notify", f"json://127.0.0.1/{SECRET}", code=1)
    assert 'pip install "amoconf[notify]"' in ended.err


def test_apprise(here: Living, hook: Listener) -> None:
    address = hook.url.replace("http://", "json://")
    drift(here, "--notify", address)
    drift(here, "--notify", address)
    (found,) = hook.got
    assert found["title"] == "amoconf drift: stroymarket.amocrm.ru"
    assert "manual task_type/call" in found["message"]


def test_apprise_that_cannot_deliver(here: Living, hook: Listener) -> None:
    hook.status = 500
    ended = drift(here, "--notify", hook.url.replace("http://", "json://"), "-vv")
    assert "--notify 1 (apprise) got no notice" in ended.err


def test_metrics(here: Living) -> None:
    path = here.folder / "amoconf.prom"
    drift(here, "--metrics-file", str(path))
    text = path.read_text(encoding="utf-8")
    who = 'account="stroymarket.amocrm.ru"'
    assert f'amoconf_drift_differences{{{who},kind="task_type",action="manual"}} 1\n' in text
    assert f"amoconf_in_sync{{{who}}} 0\n" in text
    here.amoconf("audit", "--events", "0", AMOCONF_METRICS_FILE=str(path))
    text = path.read_text(encoding="utf-8")
    assert re.search(r"amoconf_audit_score\{.*\} \d+\n", text)
    assert "@" not in text
    assert "Розничный" not in text
    assert [item.name for item in here.folder.glob("amoconf.prom*")] == ["amoconf.prom"]


def test_metrics_of_a_run_that_failed(here: Living) -> None:
    path = here.folder / "amoconf.prom"
    here.spec("amoconf: 1\nnonsense: true\n")
    ended = drift(here, "--metrics-file", str(path), code=1)
    assert "nonsense" in ended.err
    assert 'amoconf_last_run_success{command="drift"} 0\n' in path.read_text(encoding="utf-8")


def test_the_board_leaves_them_too(here: Living, hook: Listener) -> None:
    path = here.folder / "board.prom"
    words = ("board", "--metrics-file", str(path), "--notify", hook.url)
    for _ in range(2):
        ended = here.amoconf(*words)
        assert ended.code == 0, ended.err
    assert "amoconf_board_indicator{" in path.read_text(encoding="utf-8")
    assert [row["command"] for row in rows(history(here))] == ["board", "board"]
    assert len(hook.got) <= 1


def test_a_new_administrator_is_told(here: Living, hook: Listener) -> None:
    words = ("audit", "--only", "A01", "--format", "json", "--notify", hook.url)
    before = here.amoconf(*words).json["findings"][0]["count"]
    person = next(user for user in here.walk("users", "users") if not user["rights"]["is_admin"])
    here.ui(action="set_user", id=person["id"], is_admin=True)
    for _ in range(2):
        assert here.amoconf(*words).code == 0
    assert [body["first"] for body in hook.got] == [True, False]
    (told,) = hook.got[1]["changed"]
    assert (told["code"], told["count_before"], told["count"]) == ("A01", before, before + 1)
    assert f"({before} → {before + 1})" in hook.got[1]["text"]


def test_a_count_that_moves_on_a_little_is_kept_as_it_was_told(here: Living, hook: Listener) -> None:
    """The next runs are held against what people know of, so that small steps add up."""
    words = ("audit", "--only", "E06", "--events", "0", "--notify", hook.url)
    assert here.amoconf(*words).code == 0
    path = history(here)
    (first,) = rows(path)
    ((code, address, severity, count),) = first["items"]
    line = json.dumps({**first, "items": [[code, address, severity, count + 1]]})
    path.write_text(f"{line}\n", encoding="utf-8")
    assert here.amoconf(*words).code == 0
    assert rows(path)[1]["items"] == [[code, address, severity, count, count + 1]]
    assert len(hook.got) == 1
