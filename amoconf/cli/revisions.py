"""A spec by its file, or as it was in a revision of git."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from amoconf.errors import UsageError
from amoconf.tongue import tr


@contextmanager
def spec_at(name: str) -> Iterator[Path]:
    """The path of a spec: `account.yaml`, or `HEAD~1:account.yaml`, whose files are laid out for as long as this lasts.

    As in git, a path after the colon begins at the top of the repository unless it begins with "./".
    """
    if Path(name).exists() or ":" not in name:
        yield Path(name)
        return
    revision, _, inside = name.partition(":")
    with tempfile.TemporaryDirectory(prefix="amoconf-") as folder:
        yield _laid_out(revision, inside, Path(folder), name)


def _laid_out(revision: str, inside: str, folder: Path, name: str) -> Path:
    """A spec includes files below its own folder only, so that folder is all that is needed."""
    top = _top(name)
    path = PurePosixPath(inside)
    if inside.startswith(("./", "../")):
        path = PurePosixPath((Path.cwd() / inside).resolve().relative_to(top).as_posix())
    where = f"{revision}:{path.parent}" if str(path.parent) != "." else revision
    content = _git(name, "-C", str(top), "archive", "--format=tar", where)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")
    if not (folder / path.name).exists():
        raise UsageError(
            tr("{name}: there is no such file in that revision", name=name),
            tr("look with: git ls-tree -r --name-only {revision}", revision=revision),
        )
    return folder / path.name


def _top(name: str) -> Path:
    return Path(_git(name, "rev-parse", "--show-toplevel").decode().strip()).resolve()


def _git(name: str, *words: str) -> bytes:
    """What git answers. UsageError with git's own words where it cannot."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, check=False)
    except OSError as error:
        raise UsageError(
            tr("{name}: git cannot be run: {error}", name=name, error=error.strerror),
            tr("install git, or name two files"),
        ) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise UsageError(
            f"{name}: {said.splitlines()[0] if said else 'git'}",
            tr("write REVISION:path/to/account.yaml, such as HEAD~1:account.yaml"),
        )
    return done.stdout
