"""The history of checks: whole lines, torn ones, bounds, no people in it."""

import json
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.errors import UsageError
from amoconf.history import ROOMY, append, failed_row, hidden, read, row_of, same, series

ACCOUNT = {"id": 7, "subdomain": "acme", "domain": "amocrm.ru"}
KEY = b"0" * 32
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


def audit(score: int, *found: tuple[str, str, str], at: datetime = NOW) -> dict[str, Any]:
    """A document with findings (rule, severity, address)."""
    rows = [
        {"rule": rule, "severity": severity, "address": address, "count": 3}
        for rule, severity, address in found
    ]
    return {
        "command": "audit",
        "account": ACCOUNT,
        "at": at.isoformat(),
        "score": score,
        "findings": rows,
        "evaluated": ["A01", "C01"],
        "exceptions": [],
        "hidden": [],
    }


def test_series(tmp_path: Path) -> None:
    path = tmp_path / "state" / "acme.jsonl"
    for day, score in enumerate((50, 60, 70)):
        at = NOW + timedelta(days=day)
        append(path, row_of(audit(score, ("A01", "error", ""), ("C01", "grey", "x"), at=at), "", KEY))
    append(path, failed_row("audit", ACCOUNT, "", NOW.isoformat(), "Unreachable"))
    append(path, row_of(audit(99), "only=A", KEY))
    append(path, row_of({**audit(98), "account": {**ACCOUNT, "id": 8}}, "", KEY))
    rows = series(path, ACCOUNT, "audit", 2)
    assert [(row["at"][:10], row["score"]) for row in rows] == [("2026-04-02", 60), ("2026-04-03", 70)]
    assert rows[0]["severities"] == {"error": 1, "grey": 1}
    assert rows[0]["rules"] == {"A01": 1}
    assert "items" not in rows[0]
    assert [row["score"] for row in series(path, ACCOUNT, "audit", scope="only=A")] == [99]
    assert series(path, ACCOUNT, "drift") == []


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "acme.jsonl"
    append(path, row_of(audit(50), "", KEY))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@given(cut=st.integers(0, 10_000))
def test_a_torn_line_is_left_out_and_goes(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("torn") / "acme.jsonl"
    line = json.dumps(row_of(audit(2, ("A01", "warn", "é")), "", KEY)).encode()
    append(path, row_of(audit(1), "", KEY))
    with path.open("ab") as stream:
        stream.write(line[: cut % (len(line) + 1)])
    whole = cut % (len(line) + 1) == len(line)
    before = read(path)
    assert [row["score"] for row in before.rows] == ([1, 2] if whole else [1])
    append(path, row_of(audit(3), "", KEY))
    assert [row["score"] for row in read(path).rows] == ([1, 2, 3] if whole else [1, 3])
    assert read(path).spoilt == 0


def test_lines_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"
    path.write_text('[]\nnull\n{"v": 1}\n"text"\n{"v": 2, "command": "audit"}\n', encoding="utf-8")
    append(path, row_of(audit(5), "", KEY))
    assert (len(read(path).rows), read(path).spoilt) == (1, 5)


def test_a_large_file_loses_what_is_old_and_what_nobody_compares_with(tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"
    many = [("A01", "warn", f"field/leads/field_{number}") for number in range(24_000)]
    for days in (800, 700, 10, 1):
        append(path, row_of(audit(days % 100, *many, at=NOW - timedelta(days=days)), "", KEY))
    assert path.stat().st_size < ROOMY
    append(path, row_of(audit(5, *many, at=NOW), "", KEY))
    assert path.stat().st_size < ROOMY
    rows = read(path).rows
    assert datetime.fromisoformat(rows[0]["at"]) >= NOW - timedelta(days=731)
    assert "items" in rows[-1]
    assert [row["score"] for row in series(path, ACCOUNT, "audit")][-3:] == [10, 1, 5]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.new"))


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "acme.jsonl"

    def work(first: int) -> None:
        for number in range(10):
            append(path, row_of(audit(first + number), "", KEY))

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(row["score"] for row in read(path).rows) == list(range(30))


def test_a_folder_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="history cannot be used"):
        append(tmp_path / "file" / "acme.jsonl", row_of(audit(5), "", KEY))
    with pytest.raises(UsageError, match="history cannot be used"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("address", "start", "gone"),
    [
        ("user/ivanov@acme.example", "user/#", "ivanov"),
        ("tag/leads/Anna/Boris", "tag/leads/#", "Anna"),
        ("option/leads/measurer/petrov", "option/leads/measurer/#", "petrov"),
        ("field/leads/+7 (903) 000-11-22", "field/leads/#", "903"),
        ("manual/ask ivanov@acme.example", "manual/#", "ivanov"),
    ],
)
def test_people_are_hashes_that_stay_the_same(address: str, start: str, gone: str) -> None:
    found = hidden(address, KEY)
    assert found.startswith(start)
    assert gone not in found
    assert found == hidden(address, KEY) != hidden(address, b"1" * 32)


@pytest.mark.parametrize(
    "address", ["", "tag/leads", "stage/retail/kp", "pipeline/funnel_2017", "cards/phone"]
)
def test_other_addresses_stand(address: str) -> None:
    assert hidden(address, KEY) == address


def test_a_renamed_account_is_the_same() -> None:
    assert same(ACCOUNT, {**ACCOUNT, "subdomain": "new"})
    assert same(ACCOUNT, {**ACCOUNT, "id": None})
    assert not same(ACCOUNT, {**ACCOUNT, "id": None, "subdomain": "new"})
