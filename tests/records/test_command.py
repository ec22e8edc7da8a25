"""The mirror of a command: where it lies, what --no-cache leaves, how two commands share it, what the bar
says.
"""

import asyncio
import io
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from amoconf.api import Access, Target, open_reader
from amoconf.api.lock import exclusive
from amoconf.cli.mirrors import Cache, at_hand, cache_path, caching, refreshed
from amoconf.cli.options import Options, shared
from amoconf.errors import UsageError
from amoconf.records.keep import Keep
from amoconf.report.progress import Filling
from tests.faulty import running
from tests.living import Living, living
from tests.records.listed import KEEP, Listed

TARGET = Target.of("mirror.amocrm.ru")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes."""
    with living(tmp_path_factory.mktemp("account"), scenario="audited", scale=0.01) as account:
        yield account


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """Those of a command with a folder of its own."""
    made: list[Options] = []
    command = click.command()(shared(lambda options: made.append(options)))
    CliRunner().invoke(command, ["--state-dir", str(tmp_path)])
    return replace(made[0], clock=running(500))


async def companies(here: Living, options: Options, cache: Cache) -> tuple[int, int]:
    """(companies, requests) of one command."""
    target = Target.of("mirror.amocrm.ru", here.url)
    async with (
        open_reader(target, Access(here.token), pace=None, state_dir=here.folder / "state") as reader,
        refreshed(options, reader, TARGET, Keep.of(companies=()), cache) as mirror,
    ):
        return mirror.count("companies"), reader.requests


def test_a_second_command_reads_only_what_changed(here: Living, options: Options) -> None:
    first = asyncio.run(companies(here, options, Cache()))
    path = cache_path(options, TARGET)
    assert path.parent == options.state_dir / "cache" / "records"  # type: ignore[operator]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = asyncio.run(companies(here, options, Cache()))
    assert again[0] == first[0] > 0
    with at_hand(options, TARGET) as mirror:
        assert mirror is not None
        mirror.stale("companies", whole=True)
    with at_hand(options, TARGET) as mirror:
        assert mirror is not None
        assert mirror.as_of("companies") is None


def test_without_cache_nothing_stays(here: Living, options: Options) -> None:
    assert asyncio.run(companies(here, options, Cache(off=True)))[0] > 0
    assert not cache_path(options, TARGET).parent.exists()
    with at_hand(options, TARGET) as mirror:
        assert mirror is None


def test_two_commands_do_not_fill_one_mirror_at_once(here: Living, options: Options) -> None:
    async def both() -> list[tuple[int, int]]:
        return await asyncio.gather(*(companies(here, options, Cache()) for _ in range(2)))

    one, other = asyncio.run(both())
    assert one[0] == other[0]


def test_a_command_does_not_wait_for_ever(
    here: Living, options: Options, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cache_path(options, TARGET)
    path.parent.mkdir(parents=True)

    async def held() -> None:
        fast = running(100_000)
        async with exclusive(path.with_suffix(".lock"), fast, 0):
            await companies(here, replace(options, clock=fast), Cache())

    with pytest.raises(UsageError, match="holds the cache"):
        asyncio.run(held())
    assert "waiting for it" in capsys.readouterr().err


def test_a_cache_that_cannot_be_used_is_named(here: Living, options: Options) -> None:
    cache_path(options, TARGET).mkdir(parents=True)
    with pytest.raises(UsageError, match="cache of records cannot be used"):
        asyncio.run(companies(here, options, Cache()))


def test_the_options_arrive() -> None:
    seen: list[Cache] = []
    command = click.command()(caching(lambda cache: seen.append(cache)))
    for words in ([], ["--fresh"], ["--no-cache"]):
        CliRunner().invoke(command, words)
    assert seen == [Cache(), Cache(fresh=True), Cache(off=True)]


def test_the_bar_tells_the_time_that_is_left() -> None:
    now = [100.0]
    bar = Filling(io.StringIO(), ticks=lambda: now[0])
    bar.begin()
    for page in range(1, 11):
        now[0] += 0.15
        bar.tell("leads", page, 595)
    assert bar.left == "88 s left"
    bar.tell("contacts", 1, 367)
    assert bar.left == "2 min left"
    bar.end()
    resumed = Filling(io.StringIO(), ticks=lambda: now[0])
    resumed.tell("leads", 500, 595)
    assert resumed.left == ""
    resumed.tell("leads", 595, 595)
    assert resumed.left == ""


def test_no_room_for_a_temporary_file_is_said(options: Options) -> None:
    account: Any = Listed(10)

    def before(number: int) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def work() -> None:
        async with refreshed(options, account, TARGET, KEEP, Cache(off=True)):
            pass

    account.before = before
    with pytest.raises(
        UsageError, match="temporary file of records cannot be used: database or disk is full"
    ):
        asyncio.run(work())


def _damage(path: Path) -> None:
    """Leaves the first pages as they are, so that the file opens."""
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + bytes(len(whole) - 8192))


def test_a_damaged_cache_is_thrown_away(here: Living, options: Options) -> None:
    first = asyncio.run(companies(here, options, Cache()))
    _damage(cache_path(options, TARGET))
    with pytest.raises(UsageError, match="was damaged and has been thrown away"):
        asyncio.run(companies(here, options, Cache()))
    assert asyncio.run(companies(here, options, Cache())) == first
