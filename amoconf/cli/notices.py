"""Where notices go: webhooks by https, and all that apprise knows; addresses are secrets and are never shown."""

import ipaddress
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amoconf.errors import UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Clock
    from amoconf.notify import Notice

# Their warnings may quote addresses, and Python shows warnings of loggers that nobody has set up.
TALKATIVE = ("apprise", "urllib3", "requests", "httpx", "httpcore")


@dataclass(frozen=True)
class Place:
    """One --notify. name: what may be said of it; local: on this machine; plain: a webhook, not for apprise."""

    name: str
    url: str = field(repr=False)
    plain: bool = True
    local: bool = False


def places(urls: Sequence[str]) -> list[Place]:
    """The addresses, checked before anything is read. UsageError names the number of a wrong one, not its text."""
    return [_place(number, url.strip()) for number, url in enumerate(urls, 1)]


def _place(number: int, url: str) -> Place:
    name = f"--notify {number}"
    scheme, colon, _ = url.partition("://")
    if not colon:
        raise UsageError(
            tr("{name} is no address", name=name), tr("write https://…, or an address that apprise knows")
        )
    if scheme.lower() not in ("http", "https"):
        return _of_apprise(name, url)
    host = _host(url)
    if not host:
        raise UsageError(tr("{name} names no host", name=name), tr("write https://HOST/PATH"))
    local = _is_local(host)
    if scheme.lower() == "http" and not local:
        raise UsageError(
            tr("{name} is http, which anybody on the way can read", name=name),
            tr("write https://…; http:// is for addresses of this machine only"),
        )
    return Place(f"{name} ({scheme.lower()})", url, local=local)


def _host(url: str) -> str:
    """The host; "" where the address is broken."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_apprise(name: str, url: str) -> Place:
    with _quiet():
        if not _apprise().Apprise().add(url):
            raise UsageError(
                tr("{name} is no address that apprise knows", name=name),
                tr("see the list of services in the documentation of apprise"),
            )
    return Place(f"{name} (apprise)", url, plain=False)


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        raise UsageError(
            tr("addresses other than https:// need the package apprise"),
            tr('install it: pip install "amoconf[notify]"'),
        ) from None
    return apprise


async def send(place: Place, notice: "Notice", clock: "Clock") -> str:
    """Sends a notice; "" where it was taken, else why not."""
    with _quiet():
        if place.plain:
            from amoconf.api.webhook import post

            return await post(place.url, notice.json(), local=place.local, clock=clock)
        return await _by_apprise(place, notice)


async def _by_apprise(place: Place, notice: "Notice") -> str:
    courier = _apprise().Apprise()
    courier.add(place.url)
    title, _, body = notice.text.partition("\n")
    # A plugin may break in any way, and its words may quote the address: only the class of the error is told.
    try:
        done = await courier.async_notify(title=title, body=body or title)
    except Exception as error:
        return tr("apprise broke: {error}", error=type(error).__name__)
    return "" if done else tr("apprise could not deliver it")


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, libraries that may quote addresses say nothing, nor what they think of the Python they run on."""
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
