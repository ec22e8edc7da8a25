"""Files that a command writes: all of them or none, never over others unasked, secrets for their owner only."""

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from amoconf.errors import UsageError
from amoconf.tongue import tr

PUBLIC, PRIVATE = 0o666, 0o600  # the umask takes from it
KEY_SIZE = 64  # hexadecimal digits


@dataclass(frozen=True)
class File:
    """One file to write."""

    path: Path
    text: str | bytes
    mode: int = PUBLIC


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """UsageError where a file is there already; with `force` it will be kept as .bak instead."""
    there = [path for path in paths if os.path.lexists(path)]
    if there and not force:
        names = ", ".join(map(str, there))
        text = tr("{files}: there already", files=names)
        raise UsageError(text, tr("choose another name, or add --force to replace it (.bak is kept)"))


def put(files: Iterable[File], *, keep: bool = True) -> None:
    """Writes drafts of all files, then puts them in their places; with `keep`, what stood there is kept as .bak."""
    try:
        with _drafts(list(files)) as drafts:
            for draft, file in drafts:
                if keep:
                    _keep(file.path)
                os.replace(draft, file.path)
    except OSError as error:
        text = tr("{file}: cannot be written: {error}", file=_meant(error), error=error.strerror)
        raise UsageError(text, tr("check the folder and its rights")) from error


def _meant(error: OSError) -> str:
    """The file that was asked for, where its draft could not be written."""
    return re.sub(rf"\.{os.getpid()}\.(?:new|old)$", "", str(error.filename))


@contextmanager
def _drafts(files: list[File]) -> Iterator[list[tuple[Path, File]]]:
    drafts = [(_beside(file.path, f".{os.getpid()}.new"), file) for file in files]
    try:
        for draft, file in drafts:
            _write(draft, file)
        yield drafts
    finally:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)


def _write(draft: Path, file: File) -> None:
    if file.mode == PRIVATE:
        draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Windows would write \r\n into a file that is not opened as binary.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(draft, flags, file.mode)
    with open(handle, "wb") as stream:
        stream.write(file.text if isinstance(file.text, bytes) else file.text.encode())
        stream.flush()
        os.fsync(handle)


def _keep(path: Path) -> None:
    """A copy, so that the file itself is there at every moment; with its mode, for it may hold secrets."""
    if path.exists():
        draft = _beside(path, f".{os.getpid()}.old")
        shutil.copyfile(path, _like(draft, path))
        os.replace(draft, _beside(path, ".bak"))


def _like(draft: Path, path: Path) -> Path:
    """An empty file that nobody may read who may not read the other."""
    mode = path.stat().st_mode & 0o777
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    return draft


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def private_key(path: Path) -> bytes:
    """32 random bytes for keyed hashes, in hexadecimal, made once and readable by their owner only.

    UsageError where the file is cut short: hashes by less would be easy to guess.
    """
    if not path.exists():
        put([File(path, secrets.token_hex(32), PRIVATE)], keep=False)
    key = path.read_bytes()
    if len(key) < KEY_SIZE:
        text = tr("{path}: the key for keyed hashes is damaged", path=path)
        raise UsageError(
            text, tr("delete the file: a new key is made, and what was kept by the old one is read anew")
        )
    return key
