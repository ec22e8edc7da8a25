"""`amoconf fleet`: plan, drift and audit of many accounts under one spec, side by side."""

import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli import impacts
from amoconf.cli.failing import fails_on
from amoconf.cli.mirrors import Cache, caching
from amoconf.cli.options import Options, in_fleet
from amoconf.cli.output import show, stamped
from amoconf.cli.session import Spec, load_spec, run
from amoconf.errors import SpecError, Unauthorised, UsageError
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.fleet.choice import Shard
    from amoconf.fleet.listed import Fleet, Member
    from amoconf.fleet.side import Ended
    from amoconf.report.fleetdoc import Told
    from amoconf.spec.node import Node

Document = dict[str, Any]
Work = Callable[[Options, Spec], Awaitable[Document]]


class ShardParam(click.ParamType["Shard"]):
    """One of so many parts of the list."""

    name = "i/n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Shard":
        """ "2/8"."""
        from amoconf.fleet.choice import Shard, shard_of

        if isinstance(value, Shard):
            return value
        try:
            return shard_of(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Choice:
    """Which accounts, and how many at a time."""

    only: tuple[str, ...]
    shard: "Shard | None"
    jobs: int


CHOOSING: tuple[Callable[..., Any], ...] = (
    click.option("--only", multiple=True, metavar="NAME", help=later("Only these accounts of the list (patterns too).")),
    click.option("--shard", type=ShardParam(), envvar="AMOCONF_SHARD", help=later("The i-th of n parts of the list, for jobs that share it.")),
    click.option("--jobs", type=click.IntRange(1, 200), default=20, show_default=True, envvar="AMOCONF_JOBS", help=later("How many accounts at a time.")),
)  # fmt: skip
manual_option = click.option("--no-manual", is_flag=True, help=later("Leave out what only a person can do."))


def of_fleet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of all fleet commands; the command is called with `options` and `choice`."""

    @wraps(function)
    def call(options: Options, **given: Any) -> Any:
        choice = Choice(given.pop("only"), given.pop("shard"), given.pop("jobs"))
        return function(options, choice, **given)

    for option in reversed(CHOOSING):
        call = option(call)
    return in_fleet(call)


@click.group(help=later("The same over many accounts at once. Writes nothing to any account."))
def fleet() -> None:
    """The group."""


@fleet.command("plan", help=later("Show what would change in each account. Writes nothing."))
@of_fleet
@click.option("--allow", multiple=True, metavar="ADDRESS", help=later("Lift the brakes for an address or a pattern, in all accounts."))  # fmt: skip
@click.option("--exit-code", is_flag=True, help=later("End with 2 when there are differences."))
@manual_option
@impacts.option
def plan(options: Options, choice: Choice, allow: tuple[str, ...], **flags: Any) -> int:
    """Plans of many accounts."""
    from amoconf.cli.plan import Wish, ended, planned

    wish = Wish(allow, (), not flags["no_manual"], flags["impact"])

    async def work(own: Options, spec: Spec) -> Document:
        return (await planned(own, spec, wish)).document

    return over(options, choice, "plan", work, partial(ended, told=flags["exit_code"]))


@fleet.command("drift", help=later("Say which accounts differ from their specs, and how. Writes nothing."))
@of_fleet
@manual_option
def drift(options: Options, choice: Choice, no_manual: bool) -> int:
    """Drift of many accounts."""
    from amoconf.cli.drift import drifted, ended

    return over(options, choice, "drift", partial(drifted, manual=not no_manual), ended)


@fleet.command("audit", help=later("Check each account against rules. Writes nothing."))
@of_fleet
@caching
@click.option("--rule", "rules", multiple=True, metavar="RULE", help=later("Only these rules: codes, or letters of families."))  # fmt: skip
@fails_on(later("End with 2 when a finding is that bad."))
@click.option("--events", type=click.IntRange(0, 400), default=30, show_default=True, metavar="DAYS", help=later("How many days of events to read; 0 for none."))  # fmt: skip
def audit(options: Options, choice: Choice, cache: Cache, rules: tuple[str, ...], **flags: Any) -> int:
    """Audits of many accounts."""
    from amoconf.audit import chosen
    from amoconf.cli.audit import Wish, ended, online

    wish = Wish(chosen(rules), flags["events"], cache)

    async def work(own: Options, spec: Spec) -> Document:
        return await online(own, wish, spec)

    return over(options, choice, "audit", work, partial(ended, fail_on=flags["fail_on"]))


@fleet.command("spec", help=later("Print the whole spec of one account, for plan and apply of it alone."))
@in_fleet
@click.argument("name")
def spec(options: Options, name: str) -> int:
    """The base with the overlay laid over it and variables filled in; secrets stay names."""
    from amoconf.cli.output import put_out
    from amoconf.fleet.listed import load
    from amoconf.spec.overlay import written

    listed = load(options.file)
    members = {member.name: member for member in listed.members}
    if name not in members:
        from amoconf.codecs import suggest

        near = suggest(name, list(members)).removeprefix("; ")
        raise UsageError(tr("{file} has no account {name!r}", file=options.file, name=name), near)
    member = members[name]
    found = spec_of(_own(options, listed, member, options.pace), member, shared(options, listed))
    put_out(written(found.document.root), options)
    return 0


def over(options: Options, choice: Choice, command: str, work: Work, ended: Callable[[Document], int]) -> int:
    """Does the work on each account and shows the document of all. ended: the exit code of one account's document."""
    from amoconf.fleet.choice import chosen
    from amoconf.fleet.listed import load
    from amoconf.fleet.side import worst
    from amoconf.report.fleetdoc import fleet_document
    from amoconf.report.text import fleet_text

    started = time.monotonic()
    listed = load(options.file)
    members = chosen(listed.members, choice.only, choice.shard)
    told = run(_told(options, listed, members, choice.jobs, command, work, ended))
    code = worst([item.exit_code for item in told])
    document = fleet_document(command, told, base=str(listed.base), exit_code=code)
    show(stamped(document, options, started), options, fleet_text)
    return code


async def _told(
    options: Options,
    listed: "Fleet",
    members: "Sequence[Member]",
    jobs: int,
    command: str,
    work: Work,
    ended: Callable[[Document], int],
) -> "list[Told]":
    from amoconf.fleet.side import pace_of, side_by_side
    from amoconf.report.fleetdoc import Pool, Told

    base, pool = shared(options, listed), Pool(command)

    async def one(member: "Member") -> Document:
        own = _own(options, listed, member, pace_of(member, members, jobs, options.pace))
        with _naming(member):
            return pool.kept(await work(_with_token(own, member), spec_of(own, member, base)))

    rows = []
    for end in await side_by_side(members, one, jobs, partial(_tell, options)):
        target = end.member.target
        blank = {"id": None, "subdomain": target.subdomain, "domain": target.domain}
        found = end.result
        account = found["account"] if found is not None else blank
        code = ended(found) if found is not None else 1
        rows.append(Told(end.member.name, account, end.seconds, code, found, end.error))
    return rows


def shared(options: Options, listed: "Fleet") -> "Node":
    """The base by itself: what no account may loosen. SpecError where it cannot be read at all."""
    from amoconf.spec.sources import survey

    document, problems = survey(listed.base, environment=options.environment, secrets={})
    if document is None or not document.whole:
        raise SpecError(problems)
    return document.root


def spec_of(own: Options, member: "Member", base: "Node") -> Spec:
    """The spec of one account. SpecError where it is wrong, or looser than the base."""
    from amoconf.fleet.tightening import loosened

    found = load_spec(own, member.overlay, member.spec)
    problems = loosened(base, found.document.root)
    if problems:
        raise SpecError(problems)
    return found


def _own(options: Options, listed: "Fleet", member: "Member", pace: float | None) -> Options:
    """The options as if this account were the only one; its waiting is not told among that of others."""
    url = member.target.base_url or None
    return replace(
        options, file=Path(listed.base), account=None, base_url=url, pace=pace, token=None, quiet=True
    )


def _with_token(own: Options, member: "Member") -> Options:
    """The token of its variable; without one the stored token is looked for, never AMOCONF_TOKEN."""
    from amoconf.api import TokenStore

    token = own.environment.get(member.token_env, "").strip() if member.token_env else ""
    if token:
        return replace(own, token=token)
    if TokenStore(member.target, own.state_dir).load() is None:
        host, name = member.target.host, member.token_env
        text = tr("{name} is not set", name=name) if name else tr("no variable is named for its token")
        todo = tr("set it, or run: amoconf login --account {host}", host=host)
        named = tr("write token_env: AMOCONF_TOKEN_…, or run: amoconf login --account {host}", host=host)
        what = tr("there is no token for {host}: {why}", host=host, why=text)
        raise UsageError(what, todo if name else named)
    return own


@contextmanager
def _naming(member: "Member") -> Iterator[None]:
    """A token that is not accepted is told with the variable that it came from."""
    try:
        yield
    except Unauthorised as error:
        host, name = member.target.host, member.token_env
        again = tr("log in again: amoconf login --account {host}", host=host)
        error.todo = tr("renew {name}, or {login}", name=name, login=again) if name else again
        raise


def _tell(options: Options, end: "Ended[Document]") -> None:
    """A line for each account that has ended, where somebody asks for it or watches."""
    if options.verbose and not options.quiet:
        how = tr("failed") if end.error else tr("looked at")
        click.echo(f"{end.member.name}: {how}, {end.seconds:.1f} s", file=sys.stderr)
