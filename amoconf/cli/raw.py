"""`amoconf api METHOD PATH`: one raw, paced, authorised call."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import session
from amoconf.cli.login import target_of
from amoconf.cli.options import Options, shared
from amoconf.cli.output import json_text
from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Target

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


@click.command("api")
@shared
@click.argument("method", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("--data", help="The JSON body: text, @FILE, or - for stdin.")
@click.option("--write", is_flag=True, help="Allow a method other than GET.")
def api(options: Options, method: str, path: str, data: str | None, write: bool) -> None:
    """One call of the API, with the account's token and at its pace; PATH from /api/v4/ on, query included."""
    target = target_of(options)
    method = method.upper()
    if method != "GET" and not write:
        raise UsageError(
            tr("{method} changes the account", method=method), tr("add --write if that is meant")
        )
    if method == "GET" and data is not None:
        raise UsageError(tr("a GET carries no body"), tr("put the parameters into PATH, after a ?"))
    body = session.run(_call(target, options, method, path, _body(data)))
    if body is not None:
        click.echo(json_text(body))
    elif options.format == "json":
        click.echo("null")
    else:
        click.echo(tr("The service answers without a body."), err=True)


def _body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        if data == "-":
            data = sys.stdin.read()
        elif data.startswith("@"):
            data = Path(data[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(tr("the body cannot be read: {error}", error=error)) from None
    try:
        return json.loads(data)
    except ValueError as error:
        raise UsageError(tr("the body is not JSON: {error}", error=error)) from None


async def _call(target: "Target", options: Options, method: str, path: str, body: Any) -> Any:
    from amoconf.api import find_access, open_reader, open_writer

    access = find_access(target, options.token, options.state_dir)
    if method == "GET":
        async with open_reader(target, access, pace=options.pace, state_dir=options.state_dir) as reader:
            return await reader.get(path)
    async with open_writer(target, access, pace=options.pace, state_dir=options.state_dir) as writer:
        # Nobody says that this call may be made twice, so it is made once.
        return await writer.send(method, path, body, creates=True)
