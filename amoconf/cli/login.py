"""`amoconf login`: stores a token, forgets it, says what it opens."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from amoconf.errors import UsageError

if TYPE_CHECKING:
    from amoconf.api import Grant, Target


class Options(Protocol):
    """What the common options amount to; `token` is AMOCONF_TOKEN."""

    account: str | None
    base_url: str | None
    pace: float | None
    state_dir: Path | None
    token: str | None
    format: str


@click.command()
@click.option("--token-file", type=click.File("r"), help="Read a long-lived token from this file; - is stdin.")
@click.option("--client-id", envvar="AMOCONF_CLIENT_ID", help="Integration id, to exchange a code (OAuth).")
@click.option("--client-secret", envvar="AMOCONF_CLIENT_SECRET", help="Its secret; asked for when left out.")
@click.option("--redirect-uri", help="Exactly as in the integration's settings.")
@click.option("--code", help="The authorization code (20 minutes, one use); asked for when left out.")
@click.option("--status", is_flag=True, help="Say whose token it is and what it opens; store nothing.")
@click.option("--logout", is_flag=True, help="Forget the stored token.")
@click.pass_obj
def login(
    options: Options,
    token_file: Any,
    client_id: str | None,
    client_secret: str | None,
    redirect_uri: str | None,
    code: str | None,
    status: bool,
    logout: bool,
) -> None:
    """Store a token for an account: a long-lived one (asked for, or from stdin), or an OAuth pair for a code."""
    target = target_of(options)
    oauth = bool(client_id or redirect_uri or code)
    if sum((status, logout, bool(token_file), oauth)) > 1:
        raise UsageError("--status, --logout, --token-file and the OAuth options exclude one another")
    if logout:
        _forget(target, options)
    elif status:
        asyncio.run(_show(target, options))
    elif oauth:
        client = _client(client_id, client_secret, redirect_uri)
        asyncio.run(_exchange(target, options, client, code or _asked("Authorization code")))
    else:
        text = token_file.read() if token_file else _asked("Long-lived token")
        asyncio.run(_keep(target, options, text.strip()))


def target_of(options: Options) -> "Target":
    """The account that the options name; raises UsageError where they name none."""
    from amoconf.api import Target

    if not options.account:
        raise UsageError("which account?", "add --account SUBDOMAIN.DOMAIN, or run it beside a spec")
    return Target.of(options.account, options.base_url)


def _asked(what: str) -> str:
    """A secret from the terminal, unseen, or from stdin where there is no terminal."""
    text: str = click.prompt(what, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read()
    return text.strip()


def _client(client_id: str | None, client_secret: str | None, redirect_uri: str | None) -> "Grant":
    from amoconf.api import Grant

    if not client_id or not redirect_uri:
        raise UsageError("a code is exchanged with --client-id and --redirect-uri", "add what is missing")
    if not client_secret and not sys.stdin.isatty():
        raise UsageError("the client secret is missing", "set AMOCONF_CLIENT_SECRET")
    secret = client_secret or _asked("Client secret")
    return Grant("", client_id=client_id, client_secret=secret, redirect_uri=redirect_uri)


async def _exchange(target: "Target", options: Options, client: "Grant", code: str) -> None:
    from amoconf.api import exchange

    # Stored before it is tried: the code is spent, and nobody else has the pair.
    await _store(target, options, await exchange(target, client, code, state_dir=options.state_dir))
    await _greet(target, options)


async def _keep(target: "Target", options: Options, token: str) -> None:
    from amoconf.api import Grant

    await _greet(target, options, token)
    await _store(target, options, Grant(token))


async def _store(target: "Target", options: Options, grant: "Grant") -> None:
    from amoconf.api import Clock, TokenStore

    store = TokenStore(target, options.state_dir)
    async with store.alone(Clock()):
        store.save(grant)


def _forget(target: "Target", options: Options) -> None:
    from amoconf.api import TokenStore

    if TokenStore(target, options.state_dir).forget():
        click.echo(f"The token for {target.host} is forgotten here; to revoke it, use the integration's settings.")
    else:
        click.echo(f"There is no stored token for {target.host}.")


async def _greet(target: "Target", options: Options, token: str | None = None) -> None:
    """Tries the token, and says whose account it opened; raises when it opens another one."""
    from amoconf.cli.access import account_of, open_with

    async with open_with(target, replace_token(options, token)) as api:
        account = await account_of(api, target)
    click.echo(f"Logged in: {account.get('name') or target.subdomain} ({target.host}, account {account.get('id')}).")
    if options.token:
        click.echo("AMOCONF_TOKEN is set and comes before the stored token.", err=True)
