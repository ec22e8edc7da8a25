"""`amoconf api METHOD PATH`: one raw, paced, authorised call."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import session
from amoconf.cli.login import target_of
from amoconf.cli.options import Options, shared
from amoconf.errors import UsageError

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
        raise UsageError(f"{method} changes the account", "add --write if that is meant")
    if method == "GET" and data is not None:
        raise UsageError("a GET carries no body", "put the parameters into PATH, after a ?")
    body = session.run(_call(target, options, method, path, _body(data)))
    if body is not None:
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    elif options.format == "json":
        click.echo("null")
    else:
        click.echo("The service answers without a body.", err=True)


def _body(data: str | None) -> Any:
    if data is None:
        return None
    try:
        if data == "-":
            data = sys.stdin.read()
        elif data.startswith("@"):
            data = Path(data[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the body cannot be read: {error}") from None
    try:
        return json.loads(data)
    except ValueError as error:
        raise UsageError(f"the body is not JSON: {error}") from None


async def _call(target: "Target", options: Options, method: str, path: str, body: Any) -> Any:
    from amoconf.api import find_access, open_reader, open_writer

    access = find_access(target, options.token, options.state_dir)
    if method == "GET":
        async with open_reader(target, access, pace=options.pace, state_dir=options.state_dir) as reader:
            return await reader.get(path)
    async with open_writer(target, access, pace=options.pace, state_dir=options.state_dir) as writer:
        # Nobody says that this call may be made twice, so it is made once.
        return await writer.send(method, path, body, creates=True)
