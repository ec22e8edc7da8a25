"""What commands begin with: spec, lock and secrets from disk, the account from the service."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from amoconf import lock as locks
from amoconf.cli.options import Options
from amoconf.cli.secretsfile import secrets_file
from amoconf.errors import LockError, SpecError, UsageError, in_order
from amoconf.lock import Lock
from amoconf.model import Account
from amoconf.tongue import later, tr

if TYPE_CHECKING:
    from amoconf.api import Reader, Target, Writer
    from amoconf.spec.overlay import Overlay
    from amoconf.spec.sources import Document
    from amoconf.survey import Survey

T = TypeVar("T")
WAITS = {
    "pace": later("for the pace limit"),
    "refused": later("the service refused (429)"),
    "trouble": later("the service stumbled, then again"),
    "check": later("looking whether it took effect:"),
    "lock": later("another amoconf renews the token"),
}
TOGETHER = later("keep the spec and the lock of an account together, or delete the lock to start anew")


@dataclass(frozen=True)
class Spec:
    """A spec that was read: the account it wants, where it came from, the lock beside it, values never to repeat."""

    account: Account
    document: "Document"
    lock: Lock
    path: Path
    secrets: tuple[str, ...] = field(repr=False, default=())

    @property
    def lock_path(self) -> Path:
        """account.yaml → account.lock.yaml."""
        return lock_path(self.path)


def lock_path(spec: Path) -> Path:
    """The lock file beside a spec."""
    return spec.with_suffix(".lock.yaml")


def load_spec(options: Options, overlay: "Overlay | None" = None, kept: Path | None = None) -> Spec:
    """The spec of --file with its lock. SpecError names every problem.

    overlay: of an account of a fleet; kept: the path beside which its lock lies, instead of --file.
    """
    from amoconf.spec.load import load
    from amoconf.spec.secrets import load_secrets, resolve
    from amoconf.spec.sources import survey

    document, problems = survey(options.file, environment=options.environment, secrets={}, overlay=overlay)
    if document is None or (problems and not document.whole):
        raise SpecError(problems)
    secrets = load_secrets(secrets_file(options, document.root), options.environment)
    missing = tuple(name for name in document.missing_secrets if name not in secrets)
    document = replace(document, missing_secrets=missing)
    try:
        account = load(document.root, lambda template: resolve(template, secrets))
    except SpecError as error:
        raise SpecError(in_order([*problems, *error.problems])) from None
    if problems:
        raise SpecError(problems)
    path = kept or options.file
    return Spec(account, document, load_lock(path, account), path, tuple(secrets.values()))


def load_lock(spec: Path, account: Account | None = None) -> Lock:
    """The lock beside a spec; an empty one where there is none. LockError where it belongs to another account."""
    path = lock_path(spec)
    if not path.exists():
        return Lock()
    try:
        lock = locks.load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        text = tr("{path}: the lock file cannot be read: {error}", path=path, error=error)
        raise LockError(text, tr("restore it from git")) from error
    wanted = account.settings.id if account else None
    if wanted is not None and lock.account and lock.account != wanted:
        raise LockError(
            tr(
                "{path} belongs to account {one}, the spec to {other}",
                path=path,
                one=lock.account,
                other=wanted,
            ),
            tr(TOGETHER),
        )
    return lock


def target_of(options: Options, account: Account | None) -> "Target":
    """Where to talk to: the spec's account, or --account."""
    from amoconf.api import Target

    if account is not None:
        name = f"{account.settings.subdomain}.{account.settings.domain}"
        if options.account and options.account != name:
            text = tr("--account says {one}, the spec {other}", one=options.account, other=name)
            raise UsageError(text, tr("leave --account out"))
    elif options.account:
        name = options.account
    else:
        raise UsageError(tr("which account?"), tr("--account SUBDOMAIN.DOMAIN, or AMOCONF_ACCOUNT"))
    return Target.of(name, options.base_url)


async def look(options: Options, spec: Spec) -> tuple["Survey", int]:
    """(the account as the spec needs it, GET requests sent); reads only."""
    from amoconf.survey import survey

    async with reading(options, target_of(options, spec.account), spec.secrets) as reader:
        found = timed(await survey(reader, spec.account, spec.lock.ids), reader.now)
        check(found, spec.lock)
        return found, reader.requests


def reading(
    options: Options, target: "Target", secrets: Iterable[str] = ()
) -> AbstractAsyncContextManager["Reader"]:
    """A connection that can only read, as the options ask."""
    from amoconf.api import open_reader

    return open_reader(target, **_connection(options, target, teller(options), secrets))


def writing(
    options: Options, target: "Target", on_wait: Callable[[Any], None], secrets: Iterable[str] = ()
) -> AbstractAsyncContextManager["Writer"]:
    """A connection that reads and writes, as the options ask."""
    from amoconf.api import open_writer

    return open_writer(target, **_connection(options, target, on_wait, secrets))


def _connection(
    options: Options, target: "Target", on_wait: Callable[[Any], None], secrets: Iterable[str]
) -> dict[str, Any]:
    from amoconf.api import find_access

    return {
        "access": find_access(target, options.token, options.state_dir),
        "pace": options.pace,
        "state_dir": options.state_dir,
        "clock": options.clock,
        "on_wait": on_wait,
        "secrets": secrets,
    }


def timed(found: "Survey", now: int) -> "Survey":
    """The survey with the account's time, Unix seconds, among its facts."""
    return replace(found, facts={**found.facts, "now": now})


def check(found: "Survey", lock: Lock) -> None:
    """Ambiguities are settled by people; a lock of another account helps nobody."""
    if lock.account and found.facts["id"] != lock.account:
        raise LockError(
            tr(
                "the lock file belongs to account {one}, the token to {other}",
                one=lock.account,
                other=found.facts["id"],
            ),
            tr(TOGETHER),
        )
    if found.adopted.problems:
        raise SpecError(found.adopted.problems)


def waits_for(why: str) -> str:
    """What is being waited for, by its code."""
    return tr(WAITS[why]) if why in WAITS else why


def teller(options: Options) -> Callable[[Any], None]:
    """Says on stderr what is being waited for, when it is long enough to wonder."""

    def tell(wait: Any) -> None:
        if not options.quiet and wait.seconds >= 2:
            why = f"{waits_for(wait.why)} {wait.request}".rstrip()
            click.echo(tr("waiting {seconds:.0f} s: {why}", seconds=wait.seconds, why=why), err=True)

    return tell


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs asynchronous work to its end."""
    result: list[T] = []

    async def boxed() -> None:
        result.append(await work)

    # When it puts the handler of Ctrl-C back, Python makes a text of the task with all that it has returned: of a big
    # account that takes a second. So the task returns nothing.
    asyncio.run(boxed())
    return result[0]


def account_head(found: "Survey", target: "Target") -> dict[str, Any]:
    """`account` of every document."""
    return {"id": found.facts["id"], "subdomain": target.subdomain, "domain": target.domain}
