"""`amoconf emulator serve` as a process: its start line, real connections, its end, its refusals."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from click.testing import CliRunner

from amoconf.cli.emulator import emulator
from amoconf.emulator.faults import FAULTS
from amoconf.emulator.serve import Options, serve

COMMAND = [sys.executable, "-W", "error", "-m", "amoconf", "emulator", "serve"]


class Serving:
    """A running emulator: its start line, and its end."""

    def __init__(self, *arguments, folder) -> None:
        environment = {**os.environ, "TMPDIR": str(folder)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=pipe, stderr=pipe, text=True, env=environment
        )
        self.line = json.loads(self.process.stdout.readline())

    def client(self, number=0) -> httpx.Client:
        """An authorised client of one account."""
        line = self.line["accounts"][number] if "accounts" in self.line else self.line
        return httpx.Client(base_url=line["base_url"], headers={"Authorization": f"Bearer {line['token']}"})

    def end(self, sign=signal.SIGTERM) -> tuple[int, str, str]:
        """(exit code, rest of stdout, stderr)."""
        self.process.send_signal(sign)
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


@pytest.fixture
def start(tmp_path):
    running = []

    def begin(*arguments) -> Serving:
        running.append(Serving(*arguments, folder=tmp_path))
        return running[-1]

    yield begin
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_start_line_service_and_end(start, sign):
    serving = start("--no-rate-limit", "--fault", "latency_ms=1", "--switch", "language=en")
    assert list(serving.line) == ["base_url", "subdomain", "account_id", "token", "control_url"]
    assert (serving.line["subdomain"], serving.line["account_id"]) == ("stroymarket", 30817554)
    assert serving.line["control_url"] == serving.line["base_url"] + "/_emulator"
    with serving.client() as client:
        answer = client.get(f"{serving.line['base_url']}//api/v4/account")
        assert answer.status_code == 200
        assert answer.headers.get_list("date") == [answer.headers["date"]]
        assert answer.headers["server"] == "nginx"
        assert answer.json()["_links"]["self"]["href"] == f"{serving.line['base_url']}/api/v4/account"
        assert (
            client.get("/api/v4/account", headers={"Authorization": ""})
            .json()["detail"]
            .startswith("Invalid")
        )
        client.post("/_emulator/faults", json={"reset": 1})
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                client.get("/api/v4/account")
        report = client.get("/_emulator/faults").json()
        assert (report["reset"]["count"], report["latency_ms"]["count"]) == (2, 4)
        client.post("/_emulator/faults", json={})
        assert client.get("/api/v4/account").status_code == 200
    assert serving.end(sign) == (0, "", "")


def test_pace_is_measured_by_real_time(start):
    serving = start()
    with serving.client() as client, ThreadPoolExecutor(12) as pool:
        statuses = [*pool.map(lambda _: client.get("/api/v4/account").status_code, range(12))]
    assert 7 <= statuses.count(200) < 12
    assert set(statuses) == {200, 429}


def test_many_accounts_each_with_its_own_data(start):
    serving = start("--accounts", "3", "--no-rate-limit")
    lines = serving.line["accounts"]
    assert [line["subdomain"] for line in lines] == ["stroymarket", "stroymarket-2", "stroymarket-3"]
    assert [line["account_id"] for line in lines] == [30817554, 30817555, 30817556]
    with serving.client(0) as first, serving.client(1) as second:
        first.post("/api/v4/leads/tags", json=[{"name": "VIP"}])
        first.post("/_emulator/faults", json={"502": 1})
        assert second.get("/api/v4/leads/tags").status_code == 204
        assert first.get("/api/v4/leads/tags").status_code == 502
        foreign = {"Authorization": f"Bearer {lines[2]['token']}"}
        assert second.get("/api/v4/account", headers=foreign).status_code == 401


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_file_keeps_the_account(start, tmp_path, sign):
    serving = start("--db", str(tmp_path / "account.db"))
    with serving.client() as client:
        now = client.post("/_emulator/clock", json={"advance_s": 1000}).json()["now"]
        client.post("/api/v4/leads/tags", json=[{"name": "VIP"}])
        state = client.get("/_emulator/state").json()
    serving.end(sign)
    again = start("--db", str(tmp_path / "account.db"))
    with again.client() as client:
        assert client.get("/_emulator/state").json() == state
        assert sign == signal.SIGKILL or client.get("/_emulator/clock").json()["now"] >= now
        client.headers["Authorization"] = f"Bearer {serving.line['token']}"
        assert client.get("/api/v4/leads/tags").json()["_embedded"]["tags"][0]["name"] == "VIP"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "abc"],
        ["--bogus"],
        ["--scenario", "bogus"],
        ["--host", "0.0.0.0"],
        ["--fault", "429"],
        ["--fault", "bogus=1"],
        ["--fault", "429=2"],
        ["--switch", "bogus=1"],
        ["--switch", "language=fr"],
        ["--accounts", "0"],
        ["--db", "/nonexistent/account.db"],
    ],
)
def test_bad_values_end_with_one(arguments):
    result = CliRunner().invoke(emulator, ["serve", *arguments])
    assert result.exit_code == 1
    assert "Error: " in result.output


def test_help_lists_every_fault_and_switch():
    text = CliRunner().invoke(emulator, ["serve", "--help"]).output
    assert all(name in text for name in FAULTS)
    assert "refresh_reuse" in text
    assert "[revoked|grace; default revoked; facts" in " ".join(text.split())


def test_the_help_of_amoconf_needs_no_server():
    code = "import sys, amoconf.cli.emulator; print([m for m in ('uvicorn', 'starlette', 'jwt') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_taken_port_is_an_error(start):
    port = int(start().line["base_url"].rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        serve(Options(port=port), lambda line: None)


@pytest.mark.skipif(
    importlib.util.find_spec("amoconf.emulator.scenario.audited") is None, reason="not written yet"
)
def test_a_large_account_lives_in_a_file_that_goes_with_it(start, tmp_path):
    serving = start("--scenario", "audited", "--scale", "0.001")
    assert [*tmp_path.rglob("account.db")] != []
    assert serving.end()[0] == 0
    assert [*tmp_path.iterdir()] == []
