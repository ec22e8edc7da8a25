"""Whose token this is and what it opens, found out by asking."""

from dataclasses import dataclass
from typing import Any

from amoconf.api.client import Reader
from amoconf.api.target import Target
from amoconf.errors import BadAnswer, Forbidden, NotFound, Refused, Unpaid, WrongAccount
from amoconf.tongue import tr

# One cheap GET each. Webhooks are an administrator's; users and roles also need a private integration (config B2).
AREAS = {
    "pipelines": "/api/v4/leads/pipelines",
    "fields": "/api/v4/leads/custom_fields?limit=1",
    "deals": "/api/v4/leads?limit=1",
    "events": "/api/v4/events?limit=1",
    "users": "/api/v4/users?limit=1",
    "roles": "/api/v4/roles?limit=1",
    "webhooks": "/api/v4/webhooks",
    "sources": "/api/v4/sources",
}


@dataclass(frozen=True)
class Standing:
    """`readable`: area -> "" where it may be read, else the service's reason. None: could not be found out.

    `integration` is "private", "external" or None.
    """

    account_id: int | None
    account_name: str
    user_id: int | None
    user_name: str
    administrator: bool | None
    integration: str | None
    readable: dict[str, str]


async def account_of(api: Reader, target: Target) -> dict[str, Any]:
    """The account behind the connection; raises WrongAccount where it is not the one that was meant."""
    found = await api.get("/api/v4/account")
    if not isinstance(found, dict) or "id" not in found:
        raise BadAnswer(
            tr("The service says nothing about the account"), request="GET /api/v4/account", status=200
        )
    if str(found.get("subdomain") or target.subdomain).lower() != target.subdomain:
        raise WrongAccount(
            tr(
                "the token opens the account {found}, not {subdomain}",
                found=found["subdomain"],
                subdomain=target.subdomain,
            ),
            tr("name the account that the token belongs to, or use its own token"),
        )
    return found


async def standing(api: Reader, target: Target) -> Standing:
    """Asks for the account, its user, and one thing of every area."""
    account = await account_of(api, target)
    readable = {area: await _refusal(api, path) for area, path in AREAS.items()}
    user_id = account.get("current_user_id")
    user: Any = None
    if user_id and not readable["users"]:
        user = await api.get(f"/api/v4/users/{user_id}")
    return Standing(
        account_id=account.get("id"),
        account_name=str(account.get("name") or ""),
        user_id=user_id,
        user_name=str(user.get("name") or "") if isinstance(user, dict) else "",
        administrator=_administrator(user, readable),
        integration=_integration(readable),
        readable=readable,
    )


async def _refusal(api: Reader, path: str) -> str:
    try:
        await api.get(path)
    except (Forbidden, NotFound, Refused, Unpaid) as error:
        return error.said or error.what
    return ""


def _administrator(user: Any, readable: dict[str, str]) -> bool | None:
    rights = user.get("rights") if isinstance(user, dict) else None
    if isinstance(rights, dict) and isinstance(rights.get("is_admin"), bool):
        return bool(rights["is_admin"])
    return True if not readable["webhooks"] else None


def _integration(readable: dict[str, str]) -> str | None:
    """Only a private integration reads users (official: protocol page 1.8); a user without rights reads neither."""
    if not readable["users"]:
        return "private"
    return None if readable["webhooks"] else "external"
