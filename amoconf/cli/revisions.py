"""A spec by its file, or as it was in a revision of git."""

import posixpath
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amoconf.errors import UsageError
from amoconf.tongue import tr

ENDINGS = (".yaml", ".yml")
FILE = "100"  # modes of plain files begin so; links, folders and submodules have others (git-ls-tree)


@contextmanager
def spec_at(name: str) -> Iterator[Path]:
    """The path of a spec: `account.yaml`, or `HEAD~1:account.yaml`, whose files are laid out for as long as this lasts.

    As in git, a path after the colon begins at the top of the repository unless it begins with "./" or "../".
    """
    if Path(name).exists() or ":" not in name:
        yield Path(name)
        return
    revision, _, inside = name.partition(":")
    with tempfile.TemporaryDirectory(prefix="amoconf-") as folder:
        yield _laid_out(name, revision, inside, Path(folder))


def _laid_out(name: str, revision: str, inside: str, folder: Path) -> Path:
    """A spec includes files below its own folder only: these are written, links are not followed."""
    tree, path = _tree(name, revision), _inside(name, inside)
    home, _, file = path.rpartition("/")
    where = f"{tree}:{home}" if home else tree
    for mode, blob, below in _listed(name, where):
        if mode.startswith(FILE) and below.endswith(ENDINGS):
            target = folder / below
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_git(name, "cat-file", "blob", blob))
    if not (folder / file).exists():
        raise UsageError(
            tr("{name}: there is no such file in that revision", name=name),
            tr("look with: git ls-tree -r --name-only {revision}", revision=revision),
        )
    return folder / file


def _tree(name: str, revision: str) -> str:
    """The tree of a revision, by its hash: what a person typed is never handed to git as an option."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")
    return _git(name, *words).decode().strip()


def _inside(name: str, path: str) -> str:
    """The path from the top of the repository."""
    if path.startswith(("./", "../")):
        here = _git(name, "rev-parse", "--show-prefix").decode().removesuffix("\n")
        path = here + path
    plain = posixpath.normpath(path)
    if plain.startswith(("..", "/")):
        raise UsageError(tr("{name}: this lies outside the repository", name=name), _way())
    return plain


def _listed(name: str, where: str) -> Iterator[tuple[str, str, str]]:
    """(mode, blob, path) of everything below a folder of a tree."""
    for row in _git(name, "ls-tree", "-r", "-z", "--full-tree", where).decode("utf-8", "replace").split("\0"):
        if row:
            head, _, path = row.partition("\t")
            mode, _, blob = head.split(" ", 2)
            yield mode, blob, path


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
        said = said.splitlines()[0] if said else tr("git knows no such revision")
        raise UsageError(f"{name}: {said}", _way())
    return done.stdout


def _way() -> str:
    return tr("write REVISION:path/to/account.yaml, such as HEAD~1:account.yaml")
