"""The mirror of records for a command: where it lies, who may fill it, how far the filling is."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.options import Options
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Clock, Reader, Target
    from amoconf.records.filling import Tell
    from amoconf.records.keep import Keep
    from amoconf.records.mirror import Mirror

PATIENCE = 900.0  # seconds; at the pace limit a quarter of an hour reads one and a half million records
CACHING: tuple[Callable[..., Any], ...] = (
    click.option("--fresh", is_flag=True, help="Read all records anew instead of only what changed."),
    click.option("--no-cache", is_flag=True, help="Keep nothing of the records on this machine."),
)


@dataclass(frozen=True)
class Cache:
    """What --fresh and --no-cache ask for."""

    fresh: bool = False
    off: bool = False


def caching(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --fresh and --no-cache; the command is called with `cache`."""

    @wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        cache = Cache(given.pop("fresh"), given.pop("no_cache"))
        return function(*args, cache=cache, **given)

    for option in reversed(CACHING):
        call = option(call)
    return call


def cache_path(options: Options, target: "Target") -> Path:
    """Where the mirror of an account lies: in the user's cache, or below --state-dir."""
    from platformdirs import user_cache_path

    folder = options.state_dir / "cache" if options.state_dir else user_cache_path("amoconf", appauthor=False)
    return folder / "records" / f"{target.key}.sqlite"


@asynccontextmanager
async def refreshed(
    options: Options, reader: "Reader", target: "Target", keep: "Keep", cache: Cache | None = None
) -> "AsyncIterator[Mirror]":
    """A mirror that holds what `keep` asks for as it is now; while it is open no other command fills it.

    With --no-cache it lies in a file without a name that goes with the process. UsageError where another command does
    not let go of it.
    """
    from amoconf.records.filling import refresh
    from amoconf.records.mirror import Mirror

    chosen = cache or Cache()
    path = None if chosen.off else cache_path(options, target)
    async with _alone(path, options):
        with _readable(path):
            mirror = Mirror(path, _key(options))
        with _whole(path), mirror:
            with _readable(path), _bar(options) as tell:
                await refresh(reader, mirror, keep, fresh=chosen.fresh, tell=tell)
            yield mirror


@contextmanager
def at_hand(options: Options, target: "Target") -> "Iterator[Mirror | None]":
    """The mirror as it is, for an apply that says what it touched (`Mirror.stale`); None where there is none."""
    path = cache_path(options, target)
    if not path.exists():
        yield None
        return
    from amoconf.records.mirror import Mirror

    with _readable(path):
        mirror = Mirror(path, _key(options))
    with _whole(path), mirror:
        yield mirror


def _key(options: Options) -> bytes:
    """The key of the hashes lies beside the tokens, not in the cache."""
    from amoconf.api import home
    from amoconf.cli.files import private_key

    return private_key(home(options.state_dir) / "key")


@contextmanager
def _readable(path: Path | None) -> Iterator[None]:
    from amoconf.records.tables import DATABASE_TROUBLE, FILE_TROUBLE, is_damage

    try:
        yield
    except FILE_TROUBLE as error:
        if path is None and isinstance(error, DATABASE_TROUBLE):
            raise UsageError(
                tr("the temporary file of records cannot be used: {error}", error=error),
                tr("make room where temporary files lie"),
            ) from error
        if path is None or is_damage(error):
            raise
        raise UsageError(
            tr("{path}: the cache of records cannot be used: {error}", path=path, error=error),
            tr("check the folder and its rights, or run with --no-cache"),
        ) from error


@contextmanager
def _whole(path: Path | None) -> Iterator[None]:
    """A file that turns out to be damaged is thrown away, so that the next command fills another."""
    from amoconf.records.tables import DATABASE_TROUBLE, forget, is_damage

    try:
        yield
    except DATABASE_TROUBLE as error:
        if path is None or not is_damage(error):
            raise
        forget(path)
        raise UsageError(
            tr("{path}: the cache of records was damaged and has been thrown away", path=path),
            tr("run the command again: it reads all records anew"),
        ) from error


@asynccontextmanager
async def _alone(path: Path | None, options: Options) -> AsyncIterator[None]:
    """Inside, no other command fills this mirror. The system frees the lock of a process that dies."""
    if path is None:
        yield
        return
    from amoconf.api import Clock
    from amoconf.api.lock import Busy, exclusive

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock, clock = path.with_suffix(".lock"), options.clock or Clock()
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(exclusive(lock, clock, 0.0))
        except Busy:
            await _wait(stack, lock, clock, options)
        yield


async def _wait(stack: AsyncExitStack, lock: Path, clock: "Clock", options: Options) -> None:
    from amoconf.api.lock import Busy, exclusive

    if not options.quiet:
        click.echo(tr("another amoconf reads the records of this account; waiting for it"), err=True)
    try:
        await stack.enter_async_context(exclusive(lock, clock, max(PATIENCE, options.lock_timeout)))
    except Busy as error:
        text = tr("another amoconf holds the cache of records")
        raise UsageError(text, tr("end it, or use --no-cache")) from error


@contextmanager
def _bar(options: Options) -> "Iterator[Tell]":
    """A line with the time that is left, where there is a terminal."""
    from amoconf.records.filling import silent

    if options.quiet or not sys.stderr.isatty():
        yield silent
        return
    from amoconf.report.progress import Filling

    plain = options.color == "never" or bool(options.environment.get("NO_COLOR"))
    bar = Filling(sys.stderr, color=not plain)
    bar.begin()
    try:
        yield lambda told: bar.tell(told.entity, told.page, told.pages)
    finally:
        bar.end()
