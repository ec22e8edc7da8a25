"""Every command as the reference and the man page need it: names, usage, texts and options, in one language."""

import inspect
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from amoconf.cli import ABOUT, COMMANDS, amoconf
from amoconf.cli.help import translated
from amoconf.tongue import speak, tr

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Flag:
    """An option. names: as they are typed, with what they take; default: where there is one worth telling."""

    names: str
    about: str
    default: str
    variable: str

    @property
    def long(self) -> str:
        """`-f, --file PATH` → `--file`."""
        return next(word.rstrip(",") for word in self.names.split() if word.startswith("--"))


@dataclass(frozen=True)
class Entry:
    """A command. words: `emulator serve`; flags: its own; lacks: of the options of most commands those it has not."""

    words: str
    usage: str
    about: tuple[str, ...]
    flags: tuple[Flag, ...]
    lacks: tuple[str, ...]


def read(language: str) -> tuple[list[Entry], list[Flag]]:
    """(commands, options that all have) in ru or en."""
    speak(language)
    context = click.Context(amoconf, info_name="amoconf")
    found = [pair for name in COMMANDS for pair in _with_children(name, context)]
    flags = {
        words: [flag for param in command.params for flag in _flags(param, own)]
        for words, command, own in found
    }
    common = _common(flags)
    return [
        Entry(
            words,
            _usage(command, own),
            _about(command),
            tuple(flag for flag in flags[words] if flag not in common),
            tuple(flag.long for flag in common if flag not in flags[words]),
        )
        for words, command, own in found
    ], common


def _with_children(name: str, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    command = amoconf.get_command(context, name)
    assert command is not None, name
    yield from _below(name, command, context)


def _below(
    words: str, command: click.Command, parent: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    own = click.Context(command, info_name=words.split()[-1], parent=parent)
    if not isinstance(command, click.Group):
        yield words, command, own
        return
    for name, inner in command.commands.items():
        yield from _below(f"{words} {name}", translated(inner), own)


def _usage(command: click.Command, own: click.Context) -> str:
    pieces = " ".join(command.collect_usage_pieces(own))
    return re.sub(r"\s+", " ", f"{own.command_path} {pieces}")


def _about(command: click.Command) -> tuple[str, ...]:
    """The paragraphs of a command's help."""
    return tuple(
        re.sub(r"\s+", " ", part).strip() for part in (command.help or "").split("\n\n") if part.strip()
    )


def _flags(param: click.Parameter, own: click.Context) -> Iterator[Flag]:
    if isinstance(param, click.Option) and not param.hidden:
        record = param.get_help_record(own)
        assert record is not None, param.name
        # click puts notes in brackets at the end, in English: "[default: 6.8; 0<=x<=9]".
        about, _, notes = re.sub(r"\s+", " ", record[1]).strip().partition("[default: ")
        variable = param.envvar if isinstance(param.envvar, str) else ""
        yield Flag(record[0], about.strip(), notes.rstrip("]").partition(";")[0], variable)


def _common(flags: dict[str, list[Flag]]) -> list[Flag]:
    """Options that more than half of the commands have, in the order of the first that has most of them."""
    counts: dict[Flag, int] = {}
    for own in flags.values():
        for flag in own:
            counts[flag] = counts.get(flag, 0) + 1
    return [flag for flag, count in counts.items() if 2 * count > len(flags)]


def intro() -> list[str]:
    """The paragraphs that stand before all commands."""
    return [re.sub(r"\s+", " ", part).strip() for part in tr(inspect.cleandoc(ABOUT)).split("\n\n")]


def keep(files: dict[Path, str], again: str) -> int:
    """Writes the files; with --check only compares and says what makes them fresh. 1 where one is stale."""
    stale = [
        path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if "--check" in sys.argv:
            print(f"{path.relative_to(ROOT)} is stale: run {again}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


# The width of a terminal must not change what is generated.
os.environ["COLUMNS"] = "100"
