"""Options that all commands share, each with its environment variable."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amoconf.errors import UsageError
from amoconf.tongue import LANGUAGES, by_environment, later, speak, tr

if TYPE_CHECKING:
    from amoconf.api import Clock


@dataclass(frozen=True)
class Options:
    """What the common options amount to. `token` is AMOCONF_TOKEN; `pace` None means off; `out` a file
    for the result; `clock` None the real one.
    """

    file: Path
    account: str | None
    base_url: str | None
    pace: float | None
    lock_timeout: float
    state_dir: Path | None
    secrets_file: Path | None
    format: str
    color: str
    lang: str
    verbose: int
    quiet: bool
    out: Path | None = None
    token: str | None = field(repr=False, default=None)
    environment: Mapping[str, str] = field(repr=False, default_factory=dict)
    clock: "Clock | None" = field(repr=False, default=None)


class Pace(click.ParamType[float]):
    """Requests a second, or off."""

    name = "N|off"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """0 stands for off."""
        if value == "off":
            return 0.0
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = 0.0
        if not 0 < number <= 50:
            self.fail(
                tr("{value!r} is no pace: write requests a second, such as 6.8, or off", value=value),
                param,
                ctx,
            )
        return number


FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    envvar="AMOCONF_FORMAT",
    show_default=True,
)
OF_ONE: tuple[Callable[..., Any], ...] = (
    click.option("-f", "--file", type=click.Path(path_type=Path), default=Path("account.yaml"), envvar="AMOCONF_FILE", show_default=True, help="The spec."),
    click.option("--account", metavar="SUBDOMAIN.DOMAIN", envvar="AMOCONF_ACCOUNT", help="The account, where there is no spec yet."),
    click.option("--base-url", metavar="URL", envvar="AMOCONF_BASE_URL", help="Talk to this address instead (emulator, proxy)."),
)  # fmt: skip
COMMON: tuple[Callable[..., Any], ...] = (
    click.option("--pace", type=Pace(), default="6.8", envvar="AMOCONF_PACE", show_default=True, help="Requests a second, or off."),
    click.option("--lock-timeout", type=float, default=0.0, envvar="AMOCONF_LOCK_TIMEOUT", metavar="SECONDS", help="How long to wait for another apply."),
    click.option("--state-dir", type=click.Path(path_type=Path, file_okay=False), envvar="AMOCONF_STATE_DIR", help="Where tokens and journals are kept."),
    click.option("--secrets-file", type=click.Path(path_type=Path), envvar="AMOCONF_SECRETS_FILE", help="Values of ${secret:…}; mode 0600."),
    FORMAT,
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", envvar="AMOCONF_COLOR", show_default=True),
    click.option("--lang", type=click.Choice(LANGUAGES), envvar="AMOCONF_LANG", help="Language of messages; by default that of the locale."),
    click.option("-v", "--verbose", count=True, help="Say more; twice: every request."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but the result."),
)  # fmt: skip
SHARED = (*OF_ONE, *COMMON)
# Instead of what is of one account only.
LIST = click.option(
    "-f",
    "--file",
    type=click.Path(path_type=Path),
    default=Path("accounts.yaml"),
    envvar="AMOCONF_FLEET",
    show_default=True,
    help=later("The list of accounts."),
)


NAMES = (
    *("file", "account", "base_url", "lock_timeout", "state_dir", "secrets_file"),
    *("color", "lang", "verbose", "quiet"),
)


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the common options; the command is called with an Options first."""
    return _with_options(function, SHARED)


def in_formats(command: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """As `shared`, for a command whose document can be had in more formats, and in a file."""
    return lambda function: _with_options(function, (*OF_ONE, *_formatted(command)))


def in_fleet(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `in_formats`, for a command about many accounts: --file is the list of them, and none is named."""
    return _with_options(function, (LIST, *_formatted("fleet")), of_fleet=True)


def _formatted(command: str) -> tuple[Callable[..., Any], ...]:
    """The common options of a command whose document can be had in more formats."""
    from amoconf.report.formats import OFFERED

    formats = click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json", *OFFERED[command]]),
        envvar="AMOCONF_FORMAT",
        help=later("By default what the ending of --out says, else text."),
    )
    out = click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=later("Write the result to this file, whole or not at all."),
    )
    return (*(option for option in COMMON if option is not FORMAT), formats, out)


def _with_options(
    function: Callable[..., Any], options: tuple[Callable[..., Any], ...], *, of_fleet: bool = False
) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        if of_fleet:
            _make_locks(given["file"], given["out"])
        return function(_options(given), *args, **given)

    for option in reversed(options):
        call = option(call)
    return call


def _make_locks(listed: Path, out: Path | None) -> None:
    """The folder of a fleet's lock files, made where a result shall lie in it: no other is ever made."""
    from amoconf.fleet.listed import LOCKS

    if out is not None and listed.is_file() and out.parent.resolve() == (listed.parent / LOCKS).resolve():
        out.parent.mkdir(exist_ok=True)


def _options(given: dict[str, Any]) -> Options:
    """Takes the common options out of what was given, and begins to speak their language."""
    common = {name: given.pop(name, None) for name in NAMES}
    common["lang"] = common["lang"] or by_environment(os.environ)
    speak(common["lang"])
    out: Path | None = given.pop("out", None)
    made = Options(
        **common,
        pace=given.pop("pace") or None,
        format=given.pop("format_") or _by_ending(out),
        out=out,
        token=os.environ.get("AMOCONF_TOKEN"),
        environment=dict(os.environ),
        clock=click.get_current_context().obj,
    )
    _check(made)
    if made.verbose > 1:
        _tell_requests()
    return made


def _by_ending(out: Path | None) -> str:
    """The format of a file by its ending; text where that says nothing. UsageError where there is no such format."""
    from amoconf.report.formats import ENDINGS, OFFERED

    name = ENDINGS.get(out.suffix.lower(), "text") if out else "text"
    context = click.get_current_context()
    above = context.parent.info_name if context.parent else ""
    command = (above if above in OFFERED else context.info_name) or ""
    if name not in ("text", "json", *OFFERED.get(command, ())):
        what = tr("{command} cannot be written as {format}", command=command, format=name)
        raise UsageError(what, tr("--format says what the file shall hold"))
    return name


def _check(options: Options) -> None:
    """UsageError before any work is done where its result could not be written."""
    if options.format == "xlsx":
        from amoconf.report.xlsx import installed

        installed()
        if options.out is None and sys.stdout.isatty():
            raise UsageError(tr("a workbook is no text for a terminal"), tr("name a file: --out audit.xlsx"))
    if options.out is not None and not options.out.parent.is_dir():
        what = tr("{folder}: there is no such folder", folder=options.out.parent)
        raise UsageError(what, tr("make it first, or choose another one"))


def _tell_requests() -> None:
    """Every request on stderr, by time, method, path, status and size; never a query, a header or a body."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log = logging.getLogger("amoconf")
    log.handlers = [handler]
    log.setLevel(logging.DEBUG)
    log.propagate = False
