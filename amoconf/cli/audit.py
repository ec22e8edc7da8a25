"""`amoconf audit`: rules over configuration and records; reads only."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.attest import attests_of
from amoconf.cli.failing import code_of, fails_on
from amoconf.cli.mirrors import Cache, caching, refreshed
from amoconf.cli.noting import Note, noting
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.pasts import with_history
from amoconf.cli.session import Spec, load_spec, reading, run, target_of
from amoconf.errors import Forbidden, LockError, UsageError
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.api import Reader, Target
    from amoconf.audit import Policy, Rule
    from amoconf.facts import Facts
    from amoconf.records.mirror import Mirror
    from amoconf.survey import Survey

Document = dict[str, Any]


@dataclass(frozen=True)
class Wish:
    """What the flags ask. events: days of events to read, 0 for none."""

    rules: "tuple[Rule, ...]"
    events: int
    cache: Cache


@click.command(
    "audit",
    help=later("Check the account, its configuration and its records, against rules. Writes nothing."),
)
@in_formats("audit")
@noting("only", "offline", "events")
@caching
@click.option(
    "--only", multiple=True, metavar="RULE", help=later("Only these rules: codes, or letters of families.")
)
@fails_on(later("End with 2 when a finding is that bad."))
@click.option(
    "--compare",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="JSON",
    help=later("Say what is new and what is fixed since that audit."),
)
@click.option("--offline", is_flag=True, help=later("Look at the spec only, without network."))
@click.option(
    "--events",
    type=click.IntRange(0, 400),
    default=30,
    show_default=True,
    metavar="DAYS",
    help=later("How many days of events to read; 0 for none."),
)
def command(options: Options, only: tuple[str, ...], cache: Cache, note: Note, **flags: Any) -> int:
    """Check the account, its configuration and its records, against rules. Writes nothing."""
    from amoconf.audit import chosen
    from amoconf.report.auditdoc import compared
    from amoconf.report.text import audit_text

    started = time.monotonic()
    wish = Wish(chosen(only), flags["events"], cache)
    previous = load_previous(flags["compare"]) if flags["compare"] else None
    document = offline(options, wish) if flags["offline"] else run(online(options, wish, spec_of(options)))
    if previous is not None:
        document = compared(document, same_account(previous, document))
    document = stamped(document, options, started)
    show(with_history(document, options, note), options, audit_text)
    note.done(document)
    return ended(document, flags["fail_on"])


def ended(document: Document, fail_on: str | None) -> int:
    """The exit code. fail_on: the severity that counts, and graver ones."""
    return code_of((row["severity"] for row in document["findings"]), fail_on)


def offline(options: Options, wish: Wish) -> Document:
    """The document of what a spec alone tells."""
    from amoconf.facts import Facts

    spec = load_spec(options)
    facts = Facts(spec.account, spec.account, now=int(time.time()), attests=attests_of(spec))
    settings = spec.account.settings
    head = {"id": settings.id, "subdomain": settings.subdomain, "domain": settings.domain}
    return judged(wish, facts, head, 0)


def judged(wish: Wish, facts: "Facts", head: Mapping[str, Any], reads: int) -> Document:
    """The rules, evaluated."""
    from amoconf.audit import audit
    from amoconf.report.auditdoc import audit_document

    return audit_document(audit(wish.rules, facts, policy_of(facts)), facts, head, reads)


def policy_of(facts: "Facts") -> "Policy":
    """What the spec says of rules; exceptions end by the account's time."""
    from amoconf.audit import load, rules

    said = facts.said.policy.get("audit", {})
    return load(said, rules(), facts.now, facts.account.facts.get("timezone"))


def spec_of(options: Options) -> Spec | None:
    """A spec is asked for policy and norms where there is one."""
    return load_spec(options) if options.file.exists() else None


async def online(options: Options, wish: Wish, spec: Spec | None) -> Document:
    """The document of the living account; of `audit` and of `fleet audit`."""
    target = target_of(options, spec.account if spec else None)
    async with reading(options, target, spec.secrets if spec else ()) as reader:
        facts, found = await configuration(reader, spec, target, wish)
        async with records(options, reader, target, facts, wish) as whole:
            head = {"id": found.facts["id"], "subdomain": target.subdomain, "domain": target.domain}
            return judged(wish, whole, head, reader.requests)


async def configuration(
    reader: "Reader", spec: Spec | None, target: "Target", wish: Wish
) -> "tuple[Facts, Survey]":
    """The configuration as far as the token may read it, under the spec's addresses."""
    from amoconf.audit.reading import LISTS, lists
    from amoconf.cli.import_ import Recorded
    from amoconf.facts import Facts
    from amoconf.live import assemble
    from amoconf.match import adopt
    from amoconf.model import Account, Settings
    from amoconf.survey import survey

    wanted = spec.account if spec else None
    found = await survey(
        Recorded(reader), None, {}, expected=wanted or Account(settings=Settings(subdomain=target.subdomain))
    )
    if spec and spec.lock.account and spec.lock.account != found.facts["id"]:
        raise LockError(
            tr("the lock file belongs to another account"),
            tr("keep the spec and the lock of an account together"),
        )
    account = assemble(found.asked, found.items, found.facts)
    if spec:
        account = adopt(spec.account, account, spec.lock.ids).found
    needed = {need for rule in wish.rules for need in rule.needs}
    more, unread = await lists(reader, [name for name in LISTS if name in needed])
    raw = {source.path: items for source, items in found.items.items()} | more
    home = f"https://{target.subdomain}.{target.domain}"
    facts = Facts(
        account,
        wanted,
        True,
        reader.now,
        raw,
        {**found.unread, **unread},
        home=home,
        locked=spec.lock.ids if spec else {},
        attests=attests_of(spec, found.facts["id"]) if spec else None,
    )
    return facts, found


@asynccontextmanager
async def records(
    options: Options, reader: "Reader", target: "Target", facts: "Facts", wish: Wish
) -> "AsyncIterator[Facts]":
    """The facts with the records and events that the rules ask for."""
    from amoconf.audit import keep_for
    from amoconf.facts import RECORDS

    policy = policy_of(facts)
    keep = keep_for(wish.rules, facts, policy, events=wish.events > 0)
    facts = await with_quiet(reader, facts, wish, policy)
    if not keep.entities:
        yield facts
        return
    async with AsyncExitStack() as stack:
        try:
            mirror = await stack.enter_async_context(refreshed(options, reader, target, keep, wish.cache))
        except Forbidden as error:
            yield replace(
                facts,
                unread={
                    **facts.unread,
                    RECORDS: tr("the token may not read records: {reason}", reason=error.said or error.what),
                },
            )
            return
        yield await with_events(reader, replace(facts, records=mirror), mirror, wish, policy)


async def with_events(
    reader: "Reader", facts: "Facts", mirror: "Mirror", wish: Wish, policy: "Policy"
) -> "Facts":
    """The facts with events beside the mirror, where a rule asks for them."""
    from amoconf.facts import EVENTS
    from amoconf.records.history import read_history
    from amoconf.years import midnight

    asked = any(EVENTS in rule.needs and rule.code not in policy.off for rule in wish.rules)
    if not wish.events or not asked:
        return facts
    since = midnight(facts.now, wish.events, str(facts.account.facts.get("timezone")))
    try:
        await read_history(reader, mirror, since)
    except Forbidden as error:
        return replace(
            facts,
            unread={
                **facts.unread,
                EVENTS: tr("the token may not read events: {reason}", reason=error.said or error.what),
            },
        )
    return replace(facts, since=since)


async def with_quiet(reader: "Reader", facts: "Facts", wish: Wish, policy: "Policy") -> "Facts":
    """The facts with who was quiet, where a rule asks for it and users may be read."""
    from amoconf.audit.reading import quiet
    from amoconf.facts import QUIET

    asked = [rule for rule in wish.rules if QUIET in rule.needs and rule.code not in policy.off]
    if not asked or not wish.events or "users" not in facts.raw:
        return facts
    limits = policy.limits_of(asked[0])
    active = [
        user["id"] for user in facts.raw["users"] if (user.get("rights") or {}).get("is_active") is not False
    ]
    try:
        found = await quiet(reader, active, facts.now, (limits["warn"], limits["error"]))
    except Forbidden as error:
        return replace(
            facts,
            unread={
                **facts.unread,
                QUIET: tr("the token may not read events: {reason}", reason=error.said or error.what),
            },
        )
    return replace(facts, quiet=found)


def load_previous(path: Path) -> Document:
    """An earlier audit's JSON. UsageError where it is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["command"] == "audit" and isinstance(document["findings"], list):
            return dict(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            tr("{path}: no audit: {error}", path=path, error=error),
            tr("save one with: amoconf audit --format json"),
        ) from error
    raise UsageError(tr("{path}: no audit", path=path), tr("save one with: amoconf audit --format json"))


def same_account(previous: Document, document: Document) -> Document:
    """The previous audit. UsageError where it was of another account."""
    if previous["account"].get("id") != document["account"]["id"]:
        raise UsageError(tr("the previous audit is of another account"), tr("compare audits of one account"))
    return previous
