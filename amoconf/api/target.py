"""Which account to talk to, at which address, and with which token."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from amoconf.api.message import Answer, Lost, Request
from amoconf.api.secrets import Hidden
from amoconf.errors import UsageError
from amoconf.tongue import tr

DOMAINS = ("amocrm.ru", "amocrm.com", "kommo.com")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")


@dataclass(frozen=True)
class Target:
    """One account: `subdomain` "acme" of `domain` "amocrm.ru"; `base_url` replaces the address (emulator, proxy)."""

    subdomain: str
    domain: str
    base_url: str = ""

    @classmethod
    def of(cls, account: str, base_url: str | None = None) -> "Target":
        """From "acme.amocrm.ru" or a link into the account; raises UsageError where that names no account.

        With `base_url` any domain will do: nothing is sent to it.
        """
        text = account.strip().lower()
        host = urlsplit(text if "//" in text else f"//{text}").netloc
        subdomain, _, domain = host.partition(".")
        good = LABEL.fullmatch(subdomain) and (domain in DOMAINS or (base_url and _is_domain(domain)))
        if not good:
            raise UsageError(
                tr("{account!r} is not the address of an account", account=account),
                tr(
                    "write SUBDOMAIN.DOMAIN, for example acme.{domain}; domains are {domains}",
                    domain=DOMAINS[0],
                    domains=", ".join(DOMAINS),
                ),
            )
        return cls(subdomain, domain, _base(base_url) if base_url else "")

    @property
    def host(self) -> str:
        """The account's own host, "acme.amocrm.ru", even where `base_url` leads elsewhere."""
        return f"{self.subdomain}.{self.domain}"

    @property
    def url(self) -> str:
        """What every path is put behind; no slash at the end."""
        return self.base_url or f"https://{self.host}"

    @property
    def key(self) -> str:
        """A file name for what is kept about this account.

        An address of its own has a key of its own, so that a token stored for the service is never sent to an
        emulator or a proxy, nor the other way round.
        """
        if self.url == f"https://{self.host}":
            return self.host
        return re.sub(r"[^a-z0-9.-]+", "_", f"{self.host}@{self.base_url.lower()}")


def _is_domain(text: str) -> bool:
    return bool(text) and all(LABEL.fullmatch(label) for label in text.split("."))


def _base(given: str) -> str:
    parts = urlsplit(given.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise UsageError(
            tr("--base-url {given!r} is not an address to send requests to", given=given),
            tr("write http(s)://HOST[:PORT][/PATH] without user, query or fragment"),
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


class Renewal(Protocol):
    """Gets a fresh access token when the service takes the present one no more."""

    async def renew(self, stale: str, ask: "Ask") -> str:
        """The token to use instead of `stale`; raises an ApiError where there is none to be had."""

    async def confirm(self, token: str) -> None:
        """`token` has worked: what was kept in case it would not can go."""


# Sends one request without a token of its own, paced, 429 waited out.
Ask = Callable[[Request], Awaitable[Answer | Lost]]


@dataclass(frozen=True)
class Access:
    """What opens the account: a token, and where it can be renewed, by whom. Never shows the token."""

    token: str = field(repr=False)
    renewal: Renewal | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        # A line break in a header would be refused later, in a message that quotes the header.
        if not TOKEN.fullmatch(self.token):
            raise UsageError(
                tr("the token is empty or holds characters that no token has"),
                tr("copy it again, whole and without quotes or line breaks"),
            )
        object.__setattr__(self, "token", Hidden(self.token))
