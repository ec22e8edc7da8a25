"""The token store: one file per account, mode 0600, replaced whole or not at all."""

import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from amoconf.api.clock import Clock
from amoconf.api.lock import Busy, exclusive
from amoconf.api.secrets import Hidden
from amoconf.api.target import Target
from amoconf.errors import UsageError
from amoconf.tongue import later, tr

VERSION = 1
# A refresh in another process: two tries of up to a minute each, and a look for the new subdomain.
PATIENCE = 200.0
# Bytes kept for a grant that is about to be asked for: three tokens of a kilobyte or two, and some words.
ROOM = 16_384
WRITABLE = later("make the folder writable and free some disk, or name another with --state-dir")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Grant:
    """What was granted for one account. A long-lived token has no `refresh_token` and no client.

    `older` is the refresh token before this one, kept until the new access token has worked once.
    """

    token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    older: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for name in ("token", "refresh_token", "client_secret", "older"):
            object.__setattr__(self, name, Hidden(getattr(self, name)))

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must not be shown."""
        return tuple(
            text for text in (self.token, self.refresh_token, self.client_secret, self.older) if text
        )


def home(state_dir: Path | None) -> Path:
    """Where amoconf keeps what must outlive a run: `state_dir`, or the user's data folder."""
    if state_dir is not None:
        return state_dir
    from platformdirs import user_data_path  # 35 ms of start-up

    return user_data_path("amoconf")


class TokenStore:
    """The grant of one account, on disk."""

    def __init__(self, target: Target, state_dir: Path | None = None) -> None:
        self.target = target
        self.state_dir = home(state_dir)
        self.path = self.state_dir / "tokens" / f"{target.key}.json"
        # One name, not a new one each time: what a killed process leaves is found, and replaced.
        self._draft = self.path.with_name(f".{self.path.name}.new")

    def load(self) -> Grant | None:
        """The stored grant, None if there is none; raises UsageError where the file cannot be used."""
        try:
            text = self.path.read_text("utf-8")
            self._tighten()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            text = ""
        grant = _grant(text)
        if grant is None:
            raise UsageError(
                tr("the token file {path} cannot be read", path=self.path),
                tr("log in again: amoconf login --account {host}", host=self.target.host),
            )
        return grant

    def save(self, grant: Grant) -> None:
        """Puts the grant on disk for good before it returns; a crash leaves the old file or the new one.

        Call it inside `alone`, for there is one draft for all.
        """
        body = json.dumps({"version": VERSION, "account": self.target.host, **asdict(grant)}, indent=1)
        with self._storing():
            try:
                self._write(f"{body}\n".encode())
                os.replace(self._draft, self.path)
            finally:
                self._draft.unlink(missing_ok=True)
            _sync_folder(self.path.parent)

    @contextmanager
    def room(self) -> Iterator[None]:
        """Inside, `save` finds its room on the disk; raises UsageError where nothing can be stored.

        What works once is spent in here only: a folder that is read-only, or a full disk, must show before.
        """
        with self._storing():
            self._write(b" " * ROOM)
        try:
            yield
        finally:
            self._draft.unlink(missing_ok=True)

    def forget(self) -> bool:
        """Removes the grant; False if there was none."""
        self._draft.unlink(missing_ok=True)
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    @asynccontextmanager
    async def alone(self, clock: Clock) -> AsyncIterator[None]:
        """Nobody else changes the file meanwhile; raises UsageError when that cannot be had."""
        lock = self.path.with_name(self.path.name + ".lock")
        async with AsyncExitStack() as stack:
            try:
                _private_folder(self.path.parent)
                await stack.enter_async_context(exclusive(lock, clock, PATIENCE))
                self._draft.unlink(missing_ok=True)  # left by a process that was killed
            except Busy:
                raise UsageError(
                    tr(
                        "another amoconf has been renewing the token for {host} for {seconds:.0f} s",
                        host=self.target.host,
                        seconds=PATIENCE,
                    ),
                    tr("wait until it ends, or end it, then repeat"),
                ) from None
            except OSError as error:
                raise UsageError(
                    tr(
                        "the token file {path} cannot be locked: {reason}",
                        path=self.path,
                        reason=error.strerror or error,
                    ),
                    tr(WRITABLE),
                ) from None
            yield

    @contextmanager
    def _storing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(
                tr(
                    "the token cannot be stored in {folder}: {reason}",
                    folder=self.path.parent,
                    reason=error.strerror or error,
                ),
                tr(WRITABLE),
            ) from None

    def _write(self, content: bytes) -> None:
        """Fills the draft, which is not emptied before: it would give back the blocks that it has."""
        _private_folder(self.path.parent)
        # Made with mode 0600, so there is no moment at which others could read it.
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(self._draft, flags, 0o600), "wb") as file:
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def _tighten(self) -> None:
        if os.name != "posix" or not self.path.stat().st_mode & 0o077:
            return
        try:
            self.path.chmod(0o600)
        except OSError as error:  # a mounted secret, for one, is read-only and open to all
            log.warning("%s can be read by others, and its mode stays: %s", self.path, error.strerror)
        else:
            log.warning("%s could be read by others; its mode is now 0600", self.path)


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes the replacement itself survive a power cut."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _grant(text: str) -> Grant | None:
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or body.get("version") != VERSION:
        return None
    values = {item.name: body.get(item.name, "") for item in fields(Grant)}
    good = all(isinstance(value, str) for value in values.values()) and values["token"]
    return Grant(**values) if good else None
