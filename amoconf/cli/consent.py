"""Before anything is written: what stands against it, and a person's word for it."""

from typing import Any

import click

from amoconf.cli.interrupt import typed
from amoconf.cli.options import Options
from amoconf.cli.output import json_text
from amoconf.errors import Blocked, UsageError


def blocked(document: dict[str, Any], options: Options, command: str) -> Blocked:
    """The refusal; its way out stands below the plan, unless the plan is not shown as text. command: shows it then."""
    count = sum(bool(row["blocked_by"]) for row in document["changes"])
    if options.format == "json":
        click.echo(json_text(document))
    shown = options.format == "text" and not options.quiet
    hint = "" if shown else f"amoconf {command} shows what is missing"
    return Blocked(f"{count} change{'s are' if count != 1 else ' is'} blocked; nothing was written", hint)


def ask(subdomain: str) -> None:
    """The subdomain, typed by a person. UsageError where another one was."""
    answer = typed(f"Type the subdomain to write to it ({subdomain})")
    if answer != subdomain:
        raise UsageError(f"{answer!r} is not {subdomain}; nothing was written")
