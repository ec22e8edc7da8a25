"""Where text goes: a stream with its width, its encoding and its colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from amoconf.report.flow import Line, Page
from amoconf.report.words import WORDS

WIDE = 160  # columns where there is no terminal to ask
NARROWEST = 40


@dataclass(frozen=True)
class Screen:
    """A stream to print lines on. page: what the lines are made for."""

    page: Page
    console: Any

    def print(self, lines: Sequence[Line]) -> None:
        """The lines as they are: nothing is wrapped or cut any more."""
        from rich.text import Text

        for line in lines:
            # Done already where the lines were made; once more, for this is the last place where it can be.
            pieces = [(self.page.say(text), style) for text, style in line]
            self.console.print(Text.assemble(*pieces), soft_wrap=True)


def make(
    color: str,
    out: IO[str],
    environment: Mapping[str, str],
    *,
    verbose: int = 0,
    lang: str = "en",
    columns: int | None = None,
) -> Screen:
    """`color` is auto, always or never; NO_COLOR counts under auto. columns: of the terminal beside a pipe."""
    from rich.console import Console

    plain = color == "never" or (color == "auto" and bool(environment.get("NO_COLOR")))
    console = Console(
        file=out,
        force_terminal=True if color == "always" else None,
        color_system=None if plain else "auto",
        width=None if out.isatty() or environment.get("COLUMNS") else columns or WIDE,
        highlight=False,
        markup=False,
        emoji=False,
        _environ=environment,
    )
    page = Page(
        max(console.width, NARROWEST),
        bool(verbose),
        getattr(out, "encoding", None) or "utf-8",
        WORDS.get(lang, WORDS["en"]),
    )
    return Screen(page, console)
