"""`amoconf attest`: what people saw to, kept beside the spec, and what drift and audit say of it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amoconf.attest import Attestation, Attests, Standing, dump, load
from amoconf.errors import LockError
from tests.living import Ended, Living, call, living

SPEC = """amoconf: 1
account: {subdomain: stroymarket, id: 30817554}
manual:
  offhours_calls: {title: Звонки идут на дежурных, where: Mango Office, every: 90d}
  one_chat: {title: На сайте один чат, every: 2w}
"""
TODAY = datetime.now().astimezone().date()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec with two items, and no network."""
    path = tmp_path / "account.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def attest(spec: Path, *words: str, **environment: str) -> Ended:
    return call(("attest", *words), {"AMOCONF_FILE": str(spec), **environment})


def listed(spec: Path) -> dict[str, Any]:
    ended = attest(spec, "--list", "--format", "json")
    assert ended.code == 0, ended.err
    return {row["item"]: row for row in ended.json["items"]}


def test_an_attestation_is_kept_and_told(spec: Path) -> None:
    ended = attest(spec, "offhours_calls", "--by", "Петров  П.", "--note", "звонил\nв 23:10")
    assert (ended.code, ended.out) == (0, "")
    lines = spec.with_suffix(".attest.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[1:4] == ['"amoconf_attest": 1', '"account": 30817554', '"subdomain": "stroymarket"']
    assert json.loads(f"{{{lines[4]}}}") == {
        "manual/offhours_calls": {"date": TODAY.isoformat(), "by": "Петров П.", "note": "звонил в 23:10"}
    }
    rows = listed(spec)
    assert {key: row["state"] for key, row in rows.items()} == {
        "offhours_calls": "holds",
        "one_chat": "never",
    }
    assert rows["offhours_calls"]["until"] == (TODAY + timedelta(days=90)).isoformat()


def test_it_expires_the_day_after_its_last(spec: Path) -> None:
    for days, state in ((14, "holds"), (15, "expired")):
        day = (TODAY - timedelta(days=days)).isoformat()
        assert attest(spec, "manual/one_chat", "--by", "P", "--date", day).code == 0
        assert listed(spec)["one_chat"]["state"] == state
    assert "expired 1 day ago" in attest(spec, "--list").out
    assert "просрочено 1 день назад" in attest(spec, "--list", "--lang", "ru").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("one_chats", "--by", "P"), "did you mean 'one_chat'?"),
        (("one_chat",), "--by NAME"),
        (("one_chat", "--by", "  "), "--by NAME"),
        (("one_chat", "--by", "P", "--date", "01.09.2020"), "2026-09-01"),
        (("one_chat", "--by", "P", "--date", (TODAY + timedelta(days=1)).isoformat()), "in the future"),
        ((), "which item?"),
        (("one_chat", "--list"), "nothing else"),
    ],
)
def test_usage_errors_write_nothing(spec: Path, words: tuple[str, ...], said: str) -> None:
    ended = attest(spec, *words)
    assert (ended.code, said in ended.err) == (1, True), ended.err
    assert not spec.with_suffix(".attest.yaml").exists()


def test_on_a_terminal_the_name_is_asked(spec: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "amoconf", "attest", "one_chat", "-f", str(spec)]
    with subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE) as asking:
        os.write(ours, "Иванова\n".encode())
        assert asking.stderr is not None
        asking.stderr.read()
    os.close(ours)
    os.close(theirs)
    assert (asking.returncode, listed(spec)["one_chat"]["by"]) == (0, "Иванова")


def test_attestations_of_another_account_are_refused(spec: Path) -> None:
    assert attest(spec, "one_chat", "--by", "P").code == 0
    for other in (
        SPEC.replace("30817554", "5"),
        SPEC.replace(", id: 30817554", "").replace("stroy", "other"),
    ):
        spec.write_text(other, encoding="utf-8")
        ended = attest(spec, "one_chat", "--by", "P")
        assert (ended.code, "stroymarket (30817554)" in ended.err) == (1, True), ended.err
    # A subdomain may be renamed; the number stays.
    spec.write_text(SPEC.replace("stroymarket", "renamed"), encoding="utf-8")
    assert attest(spec, "one_chat", "--by", "P").code == 0


def test_an_item_that_left_the_spec_is_kept_but_not_due(spec: Path) -> None:
    assert attest(spec, "one_chat", "--by", "P").code == 0
    spec.write_text(SPEC.replace("one_chat", "two_chats"), encoding="utf-8")
    assert attest(spec, "offhours_calls", "--by", "P").code == 0
    assert set(listed(spec)) == {"offhours_calls", "two_chats"}
    assert "manual/one_chat" in spec.with_suffix(".attest.yaml").read_text(encoding="utf-8")


def test_the_file_reads_back_sorted() -> None:
    items = {key: Attestation("Ё\u2028", date(2026, 4, day), "") for day, key in enumerate("zaё", 1)}
    text = dump(Attests(7, "case", items))
    assert load(text, "f") == Attests(7, "case", items)
    assert [line[:11] for line in text.splitlines()[4:]] == ['"manual/a":', '"manual/z":', '"manual/ё":']


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"amoconf_attest": 1\n<<<<<<< ours\n', "f:2"),
        ('"amoconf_attest": 2\n', "this version"),
        ('"amoconf_attest": 1\n"account": 1\n', "damaged"),
        ('"amoconf_attest": 1\n"account": 1\n"subdomain": "a"\n"manual/x": {"by": "P"}\n', "damaged"),
        ('"amoconf_attest": 1\n"account": 1\n"subdomain": "a"\n"manual/x": 5\n', "damaged"),
    ],
)
def test_a_file_that_is_none_is_an_error(text: str, said: str) -> None:
    with pytest.raises(LockError, match=said):
        load(text, "f")


def test_words_of_standing() -> None:
    last = Attestation("X", date(2026, 4, 1))
    assert Standing("k", "T", "", 90, None).said(date(2026, 4, 1)) == "never attested"
    said = Standing("k", "T", "", 90, last).said(date(2026, 7, 12))
    assert said == "attested 2026-04-01 by X, expired 12 days ago"


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account as amoCRM makes it."""
    with living(tmp_path_factory.mktemp("attest"), scenario="empty") as account:
        account.spec(SPEC)
        yield account


def test_drift_and_audit_tell_what_is_due_and_plan_does_not(crm: Living) -> None:
    old = "2020-02-01"  # the clock of the account stands in June 2020
    assert crm.amoconf("attest", "offhours_calls", "--by", "X", "--date", old).code == 0
    plan = crm.amoconf("plan", "--exit-code", "--format", "json")
    assert (plan.code, plan.json["changes"]) == (0, [])
    drift = crm.amoconf("drift", "--format", "json")
    assert (drift.code, drift.json["in_sync"], drift.json["summary"]["manual"]) == (2, False, 2)
    rows = {row["address"]: row for row in drift.json["differences"]}
    assert {(row["action"], row["channel"], row["origin"]) for row in rows.values()} == {
        ("manual", "manual", None)
    }
    assert rows["manual/one_chat"]["reason"] == "never attested"
    assert rows["manual/offhours_calls"]["reason"] == "attested 2020-02-01 by X, expired 37 days ago"
    text = crm.amoconf("drift", "--lang", "ru").out
    assert "amoconf attest one_chat" in text
    assert "ещё не подтверждали" in text
    assert crm.amoconf("drift", "--no-manual").code == 0
    audit = crm.amoconf("audit", "--only", "A15", "--format", "json").json
    assert [(row["rule"], row["count"], row["total"]) for row in audit["findings"]] == [("A15", 2, 2)]
    for item in ("one_chat", "offhours_calls"):
        assert crm.amoconf("attest", item, "--by", "X").code == 0
    assert crm.amoconf("drift").code == 0
    assert crm.amoconf("audit", "--only", "A15", "--format", "json").json["findings"] == []
