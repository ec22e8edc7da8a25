"""Options that all commands share, each with its environment variable."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from amoconf.api import Clock


@dataclass(frozen=True)
class Options:
    """What the common options amount to. `token` is AMOCONF_TOKEN; `pace` None means off; `clock` None the real one."""

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
            self.fail(f"{value!r} is no pace: write requests a second, such as 6.8, or off", param, ctx)
        return number


SHARED: tuple[Callable[..., Any], ...] = (
    click.option("-f", "--file", type=click.Path(path_type=Path), default=Path("account.yaml"), envvar="AMOCONF_FILE", show_default=True, help="The spec."),
    click.option("--account", metavar="SUBDOMAIN.DOMAIN", envvar="AMOCONF_ACCOUNT", help="The account, where there is no spec yet."),
    click.option("--base-url", metavar="URL", envvar="AMOCONF_BASE_URL", help="Talk to this address instead (emulator, proxy)."),
    click.option("--pace", type=Pace(), default="6.8", envvar="AMOCONF_PACE", show_default=True, help="Requests a second, or off."),
    click.option("--lock-timeout", type=float, default=0.0, envvar="AMOCONF_LOCK_TIMEOUT", metavar="SECONDS", help="How long to wait for another apply."),
    click.option("--state-dir", type=click.Path(path_type=Path, file_okay=False), envvar="AMOCONF_STATE_DIR", help="Where tokens and journals are kept."),
    click.option("--secrets-file", type=click.Path(path_type=Path), envvar="AMOCONF_SECRETS_FILE", help="Values of ${secret:…}; mode 0600."),
    click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", envvar="AMOCONF_FORMAT", show_default=True),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", envvar="AMOCONF_COLOR", show_default=True),
    click.option("--lang", type=click.Choice(["ru", "en"]), default="en", envvar="AMOCONF_LANG", show_default=True, help="Language of messages."),
    click.option("-v", "--verbose", count=True, help="Say more; twice: every request."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but the result."),
)  # fmt: skip


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the common options; the command is called with an Options first."""

    @wraps(function)
    def call(*args: Any, **given: Any) -> Any:
        names = (
            "file",
            "account",
            "base_url",
            "lock_timeout",
            "state_dir",
            "secrets_file",
            "color",
            "lang",
            "verbose",
            "quiet",
        )
        common = {name: given.pop(name) for name in names}
        options = Options(
            **common,
            pace=given.pop("pace") or None,
            format=given.pop("format_"),
            token=os.environ.get("AMOCONF_TOKEN"),
            environment=dict(os.environ),
            clock=click.get_current_context().obj,
        )
        if options.verbose > 1:
            _tell_requests()
        return function(options, *args, **given)

    for option in reversed(SHARED):
        call = option(call)
    return call


def _tell_requests() -> None:
    """Every request on stderr, by time, method, path, status and size; never a query, a header or a body."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log = logging.getLogger("amoconf")
    log.handlers = [handler]
    log.setLevel(logging.DEBUG)
    log.propagate = False
