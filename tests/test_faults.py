"""What goes wrong on the way to the account, times every command: it converges, or says one clear thing and is healed."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from amoconf.api import Grant, Partly, Target, TokenStore, Writer
from amoconf.carry import carry_out
from amoconf.errors import Fault, Refused
from amoconf.lock import load as load_lock
from tests.faulty import HOOK, MADE, SPEC, Faulty, served
from tests.fakes import FakeWriter, Situation, situation
from tests.living import Ended

ACCOUNTS = 48
NAME = "stroymarket.amocrm.ru"


@dataclass(frozen=True)
class Row:
    """A fault. reads: what a command that only reads says, "" where it gets through. writes: the same for apply.

    late: apply meets it after its first write, not from the beginning.
    """

    faults: dict[str, Any]
    reads: str = ""
    writes: str = ""
    late: bool = False

    def __str__(self) -> str:
        words = "-".join(f"{name}={value}" for name, value in self.faults.items())
        return f"{words}-late" if self.late else words


FORBIDDEN = "The token's user may not do this"
TOKEN = "The token is not accepted"
UNPAID = "The account's subscription has ended"
TROUBLE = "The service is in trouble"
# Passing troubles, and a service that is slow, lags or moves: everything gets done.
PASSING = [
    Row({"429": 0.2}),
    Row({"429_storm_s": 0.1}),
    Row({"500": 0.2}),
    Row({"502": 0.2}),
    Row({"504_before": 0.2}),
    Row({"504_after": 0.2}),
    Row({"reset": 0.25}),
    Row({"slow_body_s": 0.03}),
    Row({"truncated_json": 0.2}),
    Row({"config_read_lag_ms": 120}),
    Row({"shifting_pages": 1}),
]
# What stays until somebody does something about it: (fault, words of a command that reads, words of apply later on).
STAYING = [
    ({"429_storm_s": 900}, "stopped by itself", "stopped by itself"),
    ({"403_ban": 1}, "refuses everything from this address", "refuses everything from this address"),
    ({"500": 1}, TROUBLE, TROUBLE),
    ({"504_after": 1}, TROUBLE, TROUBLE),
    ({"reset": 1}, "No answer from the service", "No answer from the service"),
    ({"truncated_json": 1}, "not JSON", "not JSON"),
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
def crm(accounts: list[dict[str, Any]], tmp_path: Path) -> Faulty:
    """An account as amoCRM creates it."""
    return Faulty(accounts.pop(), tmp_path / "crm")


@pytest.fixture(scope="module")
def settled(accounts: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Faulty:
    """An account as the spec says, but for a tag that somebody has made since."""
    here = Faulty(accounts.pop(), tmp_path_factory.mktemp("settled"))
    assert here.amoconf("apply", "--yes").code == 0
    here.control("ui", action="create", kind="tag", entity="leads", name="Лишний")
    return here


def clear(ended: Ended, words: str, code: int) -> None:
    """One message with the reason, no traceback."""
    assert ended.code == code, ended.err
    assert words in ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err
    if code == 1:
        assert len(re.findall(r"^error: ", ended.err, re.MULTILINE)) == 1
        assert not ended.out


def healed(crm: Faulty) -> None:
    """Once the fault is gone the account can be made as the spec says; nothing stands there twice."""
    crm.heal()
    assert all(count <= MADE[name] for name, count in crm.names().items()), crm.names()
    again = crm.amoconf("apply", "--yes")
    assert (again.code, again.err) == (0, ""), again.out
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
