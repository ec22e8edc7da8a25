"""`amoconf import` against a running emulator: what it writes, what it refuses, and that it only reads."""

import asyncio
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.cli.files import PRIVATE, File, put
from amoconf.cli.import_ import Recorded, proof
from amoconf.errors import AmoconfError, UsageError
from tests.cli.emulated import ACCOUNT, Emulated, emulated
from tests.spec.accounts import Wire


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Emulated]:
    """The empty account."""
    with emulated(tmp_path) as here:
        yield here


def test_the_audited_account(tmp_path: Path) -> None:
    with emulated(tmp_path, "--scenario", "audited", "--scale", "0.01") as crm:
        done = crm.amoconf("import", "--account", ACCOUNT)
        assert (done.code, done.err) == (0, "")
        assert "pipeline 7, stage 54, field 66" in done.out
        assert crm.methods() == {"GET"}
        assert crm.amoconf("validate").code == 0
        plan = crm.amoconf("plan", "--exit-code", "--format", "json")
        assert (plan.code, plan.err) == (0, "")
        document = json.loads(plan.out)
        assert (document["summary"]["unlisted"], document["notices"]) == (0, [])
        assert crm.amoconf("drift").code == 0
    secrets = tmp_path / "state" / "secrets" / f"{ACCOUNT}.yaml"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    open_texts = [
        done.out,
        plan.out,
        *((tmp_path / name).read_text() for name in ("account.yaml", "account.lock.yaml")),
    ]
    for secret in ("not-a-real-key", "0000demo"):
        assert secret in secrets.read_text()
        assert not [text for text in open_texts if secret in text]
    assert not list(tmp_path.glob(".*")) + list(tmp_path.glob("*.new"))


def awkward(crm: Emulated) -> None:
    """An account in which much is called alike or oddly."""
    names = [
        "142",
        "010",
        "yes",
        "Опт/Розница",
        "Опт-Розница",
        'со "словом": да',
        "\u200fעברית\u200e",
        "Дорого",
        "Дорого",
    ]
    crm.post("/api/v4/leads/loss_reasons", [{"name": name, "sort": 5} for name in names])
    crm.post("/api/v4/leads/tags", [{"name": name} for name in names])
    crm.post("/api/v4/contacts/custom_fields", [{"name": name, "type": "text"} for name in names])
    options = [{"value": name, "sort": 1} for name in names]
    crm.post("/api/v4/leads/custom_fields", [{"name": "Вид/тип", "type": "select", "enums": options}])
    crm.post("/api/v4/roles", [{"name": "Роль: а"}])
    for name in ("Опт/Розница", "won", "won"):
        stages = [
            {"name": stage, "sort": 10, "color": "#fffeb2"}
            for stage in ("lost", "unsorted", "*", "Новая", "Новая")
        ]
        pipeline = {
            "name": name,
            "sort": 5,
            "is_main": False,
            "is_unsorted_on": True,
            "_embedded": {"statuses": stages},
        }
        crm.post("/api/v4/leads/pipelines", [pipeline])
    for url in (
        "https://u:pw123@erp.example/in?key=planted-secret",
        "https://erp.example/0123456789abcdefplanted",
    ):
        crm.post("/api/v4/webhooks", {"destination": url, "settings": ["add_lead"]})
    crm.ui(action="create", kind="task_type", name="142", color="568FFA")


def test_an_awkward_account(crm: Emulated, tmp_path: Path) -> None:
    awkward(crm)
    crm.forget()
    done = crm.amoconf("import", "--account", ACCOUNT)
    assert (done.code, done.err) == (0, "")
    assert crm.methods() == {"GET"}
    assert crm.amoconf("validate").code == 0
    plan = crm.amoconf("plan", "--exit-code")
    assert plan.code == 0, plan.out
    (tmp_path / "account.lock.yaml").unlink()
    plan = crm.amoconf("plan", "--exit-code", "-v")
    assert plan.code == 0, plan.out
    written = (tmp_path / "account.yaml").read_text()
    for secret in ("planted", "pw123"):
        assert not [text for text in (written, done.out, plan.out) if secret in text]


def test_files_that_are_there_stay(crm: Emulated, tmp_path: Path) -> None:
    spec = tmp_path / "account.yaml"
    spec.write_text("mine")
    done = crm.amoconf("import", "--account", ACCOUNT)
    assert done.code == 1
    assert "account.yaml: there already" in done.err
    assert spec.read_text() == "mine"
    assert crm.methods() == set()
    assert crm.amoconf("import", "--account", ACCOUNT, "--force").code == 0
    assert (tmp_path / "account.yaml.bak").read_text() == "mine"
    assert spec.read_text().startswith("# yaml-language-server")


def test_some_kinds_into_another_file(crm: Emulated, tmp_path: Path) -> None:
    done = crm.amoconf(
        "import", "--account", ACCOUNT, "--only", "pipeline", "-o", "crm.yaml", "--format", "json"
    )
    assert done.code == 0
    document = json.loads(done.out)
    assert document["command"] == "import"
    assert document["account"] == {"id": 30817554, "subdomain": "stroymarket", "domain": "amocrm.ru"}
    assert set(document["counts"]) == {"pipeline", "stage"}
    assert document["files"] == ["crm.lock.yaml", "crm.yaml"]
    assert {path.name for path in tmp_path.iterdir()} - {"state"} == {"crm.lock.yaml", "crm.yaml"}
    assert crm.amoconf("plan", "-f", "crm.yaml", "--exit-code").code == 0
    assert crm.amoconf("import", "--account", ACCOUNT, "--only", "pipelines").code == 1


def test_what_the_token_may_not_read_is_told(crm: Emulated, tmp_path: Path) -> None:
    crm.post("/_emulator/faults", {"no_users_scope": True})
    done = crm.amoconf("import", "--account", ACCOUNT)
    assert done.code == 0
    assert "not read: users:" in done.err
    assert "#   users:" in (tmp_path / "account.yaml").read_text()
    assert crm.amoconf("plan", "--exit-code").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "which account?"),
        (("--account", "other.amocrm.ru"), "other"),
        (("--account", ACCOUNT, "-o", "nowhere/account.yaml"), "cannot be written"),
    ],
)
def test_refusals_write_nothing(crm: Emulated, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = crm.amoconf("import", *words)
    assert done.code == 1
    assert said in done.err
    assert {path.name for path in tmp_path.iterdir()} <= {"state"}


def small() -> Wire:
    wire = Wire()
    wire.pipeline("Продажи", ["Новая"])
    wire.webhook("https://erp.example/in?key=planted", "add_lead")
    return wire


def test_a_spec_that_would_change_something_is_not_written() -> None:
    wire = small()
    written = wire.dumped()
    tampered = replace(written, text=written.text.replace("[Новая]", "[Другая]"))
    with pytest.raises(AmoconfError) as caught:
        asyncio.run(proof(tampered, Recorded(wire)))
    assert "create stage/Продажи/Другая" in str(caught.value)
    assert "Nothing was written." in str(caught.value)


def test_differences_are_told_without_values() -> None:
    wire = small()
    written = wire.dumped()
    secrets = dict.fromkeys(written.secrets, "key=another")
    with pytest.raises(AmoconfError) as caught:
        asyncio.run(proof(replace(written, secrets=secrets), Recorded(wire)))
    assert "webhook/erp.example: url" in str(caught.value)
    assert "planted" not in str(caught.value)
    assert "another" not in str(caught.value)


def test_a_spec_that_cannot_be_read_back_is_not_written() -> None:
    wire = small()
    written = wire.dumped()
    with pytest.raises(AmoconfError) as caught:
        asyncio.run(proof(replace(written, text=f"{written.text}\npipes: {{}}\n"), Recorded(wire)))
    assert "unknown key 'pipes'" in str(caught.value)


def test_a_proof_asks_the_service_nothing_twice() -> None:
    asked: list[Any] = []

    class Counting(Wire):
        async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
            asked.append((path, query))
            return await super().get(path, query, into)

    wire = Counting()
    wire.pipeline("Продажи")
    reader = Recorded(wire)
    written = wire.dumped()
    asked.clear()
    asyncio.run(proof(written, reader))
    assert len(asked) == len(set(asked))


def test_files_are_put_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "folder").mkdir()
    good, bad = File(tmp_path / "a", "new"), File(tmp_path / "missing" / "b", "new")
    with pytest.raises(UsageError):
        put([good, bad])
    assert (tmp_path / "a").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"a", "folder"}


def test_secret_files_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets.yaml"
    put([File(path, "A: one\n", PRIVATE)])
    put([File(path, "A: two\n", PRIVATE)])
    kept = path.with_name("secrets.yaml.bak")
    assert (path.read_text(), kept.read_text()) == ("A: two\n", "A: one\n")
    assert {stat.S_IMODE(item.stat().st_mode) for item in (path, kept)} == {0o600}
