"""Which files the `include` of a spec means."""

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath, PureWindowsPath

from amoconf.errors import Problem, Where
from amoconf.spec.node import Node
from amoconf.tongue import later, tr

_EXAMPLE = later("Write `include: [roles.yaml, fields/*.yaml]`.")


def included(main: Node, path: Path, problems: list[Problem]) -> Iterator[tuple[Path, Where]]:
    """The files that `main`, read from `path`, includes: each with the place that asks for it.

    In the order listed, the matches of one pattern sorted. Problems are added to `problems`.
    """
    listed = main.get("include")
    if listed is None:
        return
    if not isinstance(listed.value, list):
        what = tr("`include` is a list of files, and here stands {form}.", form=listed.form)
        problems.append(Problem(what, tr(_EXAMPLE), listed.where))
        return
    seen = {path.resolve(): tr("the main file")}
    for item in listed.value:
        try:
            found = _matches(item, path)
        except _Refused as error:
            problems.append(Problem(error.what, error.todo, item.where))
            continue
        yield from _fresh(found, item.where, seen, problems)


def _fresh(
    found: Sequence[Path], where: Where, seen: dict[Path, str], problems: list[Problem]
) -> Iterator[tuple[Path, Where]]:
    for path in found:
        target = path.resolve()
        if target in seen:
            what = tr(
                "{path} is included, and was read before: {where}.", path=path.as_posix(), where=seen[target]
            )
            problems.append(Problem(what, tr("Include each file once."), where))
        else:
            seen[target] = tr("included at {where}", where=where)
            yield path, where


class _Refused(Exception):
    """An item of `include` that cannot be used."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo


def _matches(item: Node, main: Path) -> list[Path]:
    """The files that one item means, below the folder of `main`. Raises _Refused."""
    pattern = _pattern(item)
    try:
        found = sorted(set(_expand(main.parent, pattern)), key=lambda path: path.parts)
        for path in found:
            _check_inside(path, main.parent)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise _Refused(
            tr("`{text}` cannot be followed: {error}.", text=item.text, error=error),
            tr("Check folders and links."),
        ) from error
    files = [path for path in found if not path.is_dir()]
    if not files:
        folder = (
            tr("{text} is a folder.", text=item.text)
            if found
            else tr("No file matches `{text}`.", text=item.text)
        )
        raise _Refused(folder, tr("Check the path; it is relative to the main file.") + " " + tr(_EXAMPLE))
    return files


def _pattern(item: Node) -> tuple[str, ...]:
    text = item.value
    if not isinstance(text, str) or not text:
        raise _Refused(tr("A file is expected, and here stands {form}.", form=item.form), tr(_EXAMPLE))
    if "${" in text:
        raise _Refused(tr("`include` takes no variables."), tr("Write the path out."))
    if "\\" in text:
        raise _Refused(tr("A path in `include` has `\\` in it."), tr("Separate folders by `/`."))
    if "\0" in text:
        raise _Refused(tr("A path cannot hold a zero character."), tr(_EXAMPLE))
    if text.startswith("/") or PureWindowsPath(text).drive:
        raise _Refused(tr("`include` takes no absolute paths."), tr("Write it relative to the main file."))
    return PurePosixPath(text).parts


def _expand(folder: Path, pattern: Sequence[str]) -> Iterator[Path]:
    """Paths that match; hidden files only where they are named.

    Unlike pathlib's own glob it raises where a folder cannot be read, and follows no links for `**`.
    """
    if not pattern:
        yield folder
        return
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        yield from _expand(folder, rest or ("*",))
        for name in _names(folder):
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                yield from _expand(folder / name, pattern)
    elif any(char in first for char in "*?["):
        for name in _names(folder):
            if fnmatchcase(name, first) and (not rest or (folder / name).is_dir()):
                yield from _expand(folder / name, rest)
    elif os.path.lexists(folder / first):
        yield from _expand(folder / first, rest)


def _names(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def _check_inside(path: Path, folder: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        what = tr("{path} lies outside the folder of the spec.", path=path.as_posix())
        raise _Refused(what, tr("Move it below the main file's folder; links must stay there too."))
    if path.exists() and not path.is_dir() and not path.is_file():
        raise _Refused(tr("{path} is not a regular file.", path=path.as_posix()), tr("Name a YAML file."))
