"""Where text goes: a stream with its width, its encoding and its colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import IO, Any

from amoconf.report.flow import Line, Page

WIDE = 160  # columns where there is no terminal to ask
NARROWEST = 40


@dataclass(frozen=True)
class Screen:
    """A stream to print lines on. page: what the lines are made for. console: None where there is no colour."""

    page: Page
    out: IO[str]
    console: Any = None

    def print(self, lines: Sequence[Line]) -> None:
        """The lines as they are: nothing is wrapped or cut any more."""
        for line in lines:
            # Done already where the lines were made; once more, for this is the last place where it can be.
            pieces = [(self.page.say(text), style) for text, style in line]
            if self.console is None:
                self.out.write("".join(text for text, _ in pieces) + "\n")
            else:
                self._print(pieces)

    def _print(self, pieces: Sequence[tuple[str, str]]) -> None:
        from rich.text import Text

        self.console.print(Text.assemble(*pieces), soft_wrap=True)


def make(
    color: str,
    out: IO[str],
    environment: Mapping[str, str],
    *,
    verbose: int = 0,
    columns: int | None = None,
) -> Screen:
    """`color` is auto, always or never; NO_COLOR counts under auto. columns: of the terminal beside a pipe."""
    plain = color == "never" or (color == "auto" and (bool(environment.get("NO_COLOR")) or not out.isatty()))
    console = None if plain else _console(color, out, environment, columns)
    width = console.width if console is not None else _width(out, environment, columns)
    encoding = getattr(out, "encoding", None) or "utf-8"
    page = Page(max(width, NARROWEST), bool(verbose), encoding)
    return Screen(page, out, console)


def _width(out: IO[str], environment: Mapping[str, str], columns: int | None) -> int:
    """Columns without asking rich, which takes longer to load than a plan takes to be told."""
    given = environment.get("COLUMNS", "")
    if given.isdecimal():
        return int(given)
    return get_terminal_size().columns if out.isatty() else columns or WIDE


def _console(color: str, out: IO[str], environment: Mapping[str, str], columns: int | None) -> Any:
    from rich.console import Console

    return Console(
        file=out,
        force_terminal=True if color == "always" else None,
        width=None if out.isatty() or environment.get("COLUMNS") else columns or WIDE,
        highlight=False,
        markup=False,
        emoji=False,
        _environ=environment,
    )
