"""Before anything is written: what stands against it, and a person's word for it."""

from typing import Any

import click

from amoconf.cli.interrupt import typed
from amoconf.cli.options import Options
from amoconf.cli.output import json_text
from amoconf.errors import Blocked, UsageError
from amoconf.tongue import tr, trn


def blocked(document: dict[str, Any], options: Options, command: str) -> Blocked:
    """The refusal; its way out stands below the plan, unless the plan is not shown as text. command: shows it then."""
    count = sum(bool(row["blocked_by"]) for row in document["changes"])
    if options.format == "json":
        click.echo(json_text(document))
    shown = options.format == "text" and not options.quiet
    hint = "" if shown else tr("amoconf {command} shows what is missing", command=command)
    text = trn(
        "{number} change is blocked; nothing was written",
        "{number} changes are blocked; nothing was written",
        count,
    )
    return Blocked(text, hint)


def ask(subdomain: str) -> None:
    """The subdomain, typed by a person. UsageError where another one was."""
    answer = typed(tr("Type the subdomain to write to it ({subdomain})", subdomain=subdomain))
    if answer != subdomain:
        raise UsageError(
            tr("{answer!r} is not {subdomain}; nothing was written", answer=answer, subdomain=subdomain)
        )
