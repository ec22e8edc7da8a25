"""`--fail-on`: from which severity on a report ends with 2."""

from collections.abc import Callable, Iterable
from typing import Any

import click

RANKS = {"warn": ("warn", "error"), "error": ("error",)}


def fails_on(about: str) -> Callable[[Any], Any]:
    """The flag. about: its help."""
    return click.option("--fail-on", type=click.Choice(list(RANKS)), envvar="AMOCONF_FAIL_ON", help=about)


def code_of(severities: Iterable[str], fail_on: str | None) -> int:
    """The exit code. fail_on: the severity that counts, and graver ones."""
    grave = RANKS[fail_on] if fail_on else ()
    return 2 if any(severity in grave for severity in severities) else 0
