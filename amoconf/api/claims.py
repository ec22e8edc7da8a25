"""What an access token says about itself. Read, never verified: the service does that."""

import base64
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Claims:
    """The claims that are known (protocol page 1.5, seen in the wild); None or empty where the token is silent.

    `expires_at` in Unix seconds; `base_domain` is "amocrm.ru", not the account's host.
    """

    account_id: int | None = None
    user_id: int | None = None
    expires_at: int | None = None
    client_id: str = ""
    api_domain: str = ""
    base_domain: str = ""
    scopes: tuple[str, ...] = ()


def read_claims(token: str) -> Claims:
    """The claims of a JWT; all empty where the text is none."""
    found = _payload(token)
    scopes = found.get("scopes")
    audience = found.get("aud")
    if isinstance(audience, list) and audience:
        audience = audience[0]
    return Claims(
        account_id=_int(found.get("account_id")),
        user_id=_int(found.get("sub")),
        expires_at=_int(found.get("exp")),
        client_id=_text(audience),
        api_domain=_text(found.get("api_domain")),
        base_domain=_text(found.get("base_domain")),
        scopes=tuple(word for word in scopes if isinstance(word, str)) if isinstance(scopes, list) else (),
    )


def _payload(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _int(value: Any) -> int | None:
    """`sub` is a number written as text; times may have a fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
