"""A rich console for the result on stdout."""

from collections.abc import Mapping
from typing import IO, Any

WIDE = 160  # columns where there is no terminal to ask


def make(color: str, out: IO[str], environment: Mapping[str, str]) -> Any:
    """`color` is auto, always or never; NO_COLOR counts under auto."""
    from rich.console import Console

    force = True if color == "always" else None
    plain = color == "never" or (color == "auto" and bool(environment.get("NO_COLOR")))
    width = None if out.isatty() or environment.get("COLUMNS") else WIDE
    return Console(
        file=out,
        force_terminal=force,
        no_color=plain,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )
