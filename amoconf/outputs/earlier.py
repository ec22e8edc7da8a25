"""Constants that were generated before: which of their ids are gone or have changed, and who still writes them."""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from amoconf.outputs import CLOSING, KINDS, Outputs
from amoconf.outputs.names import PREFIX, segment
from amoconf.outputs.written import HEADER

CHANGED, RENAMED, GONE = "changed", "renamed", "gone"
LINE = re.compile(
    r"^\s*(?:export const |const |\")?(?P<name>AMO_[A-Z0-9_]+)(?:\"?\s*:\s*Final)?\"?\s*[=:]\s*(?P<id>\d+)\b",
    re.MULTILINE,
)
SHARED = set(CLOSING.values())
FEWEST = 5  # digits of an id that is looked for: shorter numbers are found everywhere and mean other things
BIGGEST = 1_000_000  # bytes of a file that is looked through
# Folders in which nobody writes by hand.
SKIPPED = {"node_modules", "vendor", "venv", "__pycache__", "dist", "build"}
NUMBER = re.compile(r"(?<![\w.])\d{5,}(?![\w.]*\w)")


@dataclass(frozen=True)
class Loss:
    """A constant that does not hold any more. now: its name's id today, or None; called: the id's name today, or "".

    status: "changed" (the name has another id), "renamed" (the id has another name), "gone" (neither is known).
    """

    file: str
    name: str
    id: int
    status: str
    now: int | None = None
    called: str = ""


@dataclass(frozen=True)
class Use:
    """A number in somebody's file that equals an id that is gone."""

    file: str
    line: int
    id: int
    name: str


def constants_of(text: str) -> Mapping[str, int] | None:
    """The names and ids of a generated file, whatever its format; None where amoconf did not make it."""
    if HEADER not in text:
        return None
    return {match["name"]: int(match["id"]) for match in LINE.finditer(text)}


def losses(file: str, before: Mapping[str, int], now: Outputs) -> list[Loss]:
    """What of an earlier file does not hold any more, in its order."""
    ids = now.by_name
    called = {(item.address.kind, item.id): item.name for item in now.constants if item.id not in SHARED}
    made = []
    for name, key in before.items():
        if ids.get(name) != key:
            renamed = called.get((kind_of(name), key), "")
            status = CHANGED if name in ids else RENAMED if renamed else GONE
            made.append(Loss(file, name, key, status, ids.get(name), renamed))
    return made


def kind_of(name: str) -> str:
    """The kind that a name begins with: things of different kinds may have the same id."""
    starts = {kind: f"{PREFIX}_{segment(kind)}_" for kind in KINDS}
    return next((kind for kind, start in starts.items() if name.startswith(start)), "")


def lost_ids(found: Sequence[Loss], now: Outputs) -> Mapping[int, str]:
    """Ids that nothing has any more, with the name that they had; only those long enough to be looked for."""
    alive = set(now.by_name.values())
    return {item.id: item.name for item in found if item.id not in alive and len(str(item.id)) >= FEWEST}


def uses(folder: Path, ids: Mapping[int, str], skip: Collection[Path]) -> Iterator[Use]:
    """Where numbers equal to these ids stand in a folder's files. skip: generated files, which hold them anyway."""
    known = {path.resolve() for path in skip}
    for path in files(folder):
        text = None if path.resolve() in known else text_of(path)
        if text is None or HEADER in text[:1000]:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            for match in NUMBER.finditer(line):
                if int(match[0]) in ids:
                    yield Use(str(path), number, int(match[0]), ids[int(match[0])])


def files(folder: Path) -> Iterator[Path]:
    """The files of a folder, sorted; hidden ones, links, and folders of made things are left out."""
    for here, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if name not in SKIPPED and not name.startswith("."))
        yield from (Path(here) / name for name in sorted(names) if not name.startswith("."))


def text_of(path: Path) -> str | None:
    """What a file says; None where it is a link, too big, or no text."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > BIGGEST:
        return None
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8", "replace")
