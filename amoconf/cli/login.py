"""`amoconf login`: stores a token, forgets it, says whose it is and what it opens."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import session
from amoconf.cli.options import Options, shared
from amoconf.errors import UsageError
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.api import Access, Claims, Grant, Target
    from amoconf.api.standing import Standing


@click.command()
@shared
@click.option(
    "--token-file", type=click.File("r"), help="Read a long-lived token from this file; - is stdin."
)
@click.option("--client-id", envvar="AMOCONF_CLIENT_ID", help="Integration id, to exchange a code (OAuth).")
@click.option("--client-secret", envvar="AMOCONF_CLIENT_SECRET", help="Its secret; asked for when left out.")
@click.option("--redirect-uri", help="Exactly as in the integration's settings.")
@click.option("--code", help="The authorization code (20 minutes, one use).")
@click.option("--status", is_flag=True, help="Say whose token it is and what it opens; store nothing.")
@click.option("--logout", is_flag=True, help="Forget the stored token.")
def login(options: Options, token_file: Any, status: bool, logout: bool, **oauth: str | None) -> None:
    """Store a token for an account: a long-lived one (asked for, or from stdin), or an OAuth pair for a code."""
    target = target_of(options)
    if sum((status, logout, bool(token_file), bool(oauth["code"]))) > 1:
        raise UsageError(tr("--status, --logout, --token-file and --code exclude one another"))
    if logout:
        _forget(target, options)
    elif status:
        session.run(_status(target, options))
    elif oauth["code"]:
        session.run(_exchange(target, options, _client(**oauth), oauth["code"]))
    else:
        text = token_file.read() if token_file else _asked(tr("Long-lived token"))
        session.run(_keep(target, options, text.strip()))


def target_of(options: Options) -> "Target":
    """The account of --account, else of the spec, where there is one."""
    if options.account is None and options.file.exists():
        return session.target_of(options, session.load_spec(options).account)
    return session.target_of(options, None)


def _asked(what: str) -> str:
    """A secret from the terminal, unseen, or from stdin where there is no terminal."""
    text: str = click.prompt(what, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read()
    return text.strip()


def _client(
    client_id: str | None, client_secret: str | None, redirect_uri: str | None, code: str | None
) -> "Grant":
    from amoconf.api import Grant

    if not client_id or not redirect_uri:
        text = tr("a code is exchanged with --client-id and --redirect-uri")
        raise UsageError(text, tr("add what is missing"))
    secret = client_secret or _asked(tr("Client secret"))
    if not secret:
        raise UsageError(tr("the client secret is missing"), tr("set AMOCONF_CLIENT_SECRET"))
    return Grant("", client_id=client_id, client_secret=secret, redirect_uri=redirect_uri)


async def _exchange(target: "Target", options: Options, client: "Grant", code: str) -> None:
    from amoconf.api import exchange, find_access

    # Stored before it is tried: the code is spent, and nobody else has the pair.
    await _store(target, options, await exchange(target, client, code, state_dir=options.state_dir))
    await _greet(target, options, find_access(target, None, options.state_dir))


async def _keep(target: "Target", options: Options, token: str) -> None:
    from amoconf.api import Access, Grant

    await _greet(target, options, Access(token))
    await _store(target, options, Grant(token))


async def _store(target: "Target", options: Options, grant: "Grant") -> None:
    from amoconf.api import Clock, TokenStore

    store = TokenStore(target, options.state_dir)
    async with store.alone(Clock()):
        store.save(grant)


def _forget(target: "Target", options: Options) -> None:
    from amoconf.api import TokenStore

    if TokenStore(target, options.state_dir).forget():
        text = tr(
            "The token for {host} is forgotten here; revoke it in the integration's settings.",
            host=target.host,
        )
    else:
        text = tr("There is no stored token for {host}.", host=target.host)
    click.echo(text)


async def _greet(target: "Target", options: Options, access: "Access") -> None:
    """Tries the token and says whose account it opened; raises when it opens another one."""
    from amoconf.api import open_reader
    from amoconf.api.standing import account_of

    async with open_reader(target, access, pace=options.pace, state_dir=options.state_dir) as api:
        account = await account_of(api, target)
    name = account.get("name") or tr("no name")
    click.echo(
        tr("Logged in to {host}: {name}, account {id}.", host=target.host, name=name, id=account["id"])
    )
    if options.token:
        click.echo(tr("AMOCONF_TOKEN is set, and comes before the stored token."), err=True)


async def _status(target: "Target", options: Options) -> None:
    from amoconf.api import find_access, open_reader, read_claims
    from amoconf.api.standing import standing

    access = find_access(target, options.token, options.state_dir)
    async with open_reader(target, access, pace=options.pace, state_dir=options.state_dir) as api:
        found = await standing(api, target)
    source = "AMOCONF_TOKEN" if options.token else later("stored")
    kind = later("OAuth pair, renewed by itself") if access.renewal else later("long-lived token")
    # A renewal may have happened meanwhile, so the claims are those of the token that is stored now.
    claims = read_claims(find_access(target, options.token, options.state_dir).token)
    if options.format == "json":
        click.echo(json.dumps(_document(target, found, claims, source, kind), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(target, found, claims, f"{tr(kind)} ({tr(source)})")))


def _document(
    target: "Target", found: "Standing", claims: "Claims", source: str, kind: str
) -> dict[str, Any]:
    account = {"id": found.account_id, "subdomain": target.subdomain, "domain": target.domain}
    token = {"source": source, "kind": kind, "expires_at": claims.expires_at, "scopes": list(claims.scopes)}
    rest = {key: value for key, value in asdict(found).items() if key not in ("account_id", "account_name")}
    return {"format_version": "1.0", "command": "login", "account": account, "token": token, **rest}


def _lines(target: "Target", found: "Standing", claims: "Claims", token: str) -> list[str]:
    user = f"{found.user_name} (id {found.user_id})" if found.user_name else f"id {found.user_id}"
    host = tr("{host} (account {id})", host=target.host, id=found.account_id)
    rows = [
        (tr("account"), f"{host} {found.account_name}".rstrip()),
        (tr("user"), f"{user}, {tr(RIGHTS[found.administrator])}"),
        (tr("integration"), tr(INTEGRATIONS.get(found.integration or "", INTEGRATIONS[""]))),
        (tr("token"), token),
        (tr("expires"), _moment(claims.expires_at)),
        (tr("may read"), ", ".join(area for area, why in found.readable.items() if not why) or tr("nothing")),
        *((tr("may not read"), f"{area}: {why}") for area, why in found.readable.items() if why),
    ]
    return [f"{name:<14}{text}" for name, text in rows]


RIGHTS = {
    True: later("an administrator"),
    False: later("not an administrator"),
    None: later("rights unknown"),
}
INTEGRATIONS = {
    "private": later("private"),
    "external": later("external: users and roles are closed to it"),
    "": later("unknown: external, or its user has no rights"),
}


def _moment(seconds: int | None) -> str:
    if seconds is None:
        return tr("the token does not say")
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return tr("at Unix second {seconds}", seconds=seconds)
