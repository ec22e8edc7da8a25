"""Values that may be secret, made fit to show: user-info, queries and long opaque parts of URLs are blanked."""

import re
from urllib.parse import urlsplit, urlunsplit

from amoconf.values import Hidden, Value

OPAQUE = re.compile(r"[A-Za-z0-9_-]{16,}|[0-9a-f]{12,}")


SECRET = "${secret:"


def beside(value: Value, spec: Value) -> Value:
    """A value of the account as it may be shown beside the spec's: where that has a secret, this may have another."""
    shown = spec.shown if isinstance(spec, Hidden) else spec
    if not isinstance(value, str) or not isinstance(shown, str) or SECRET not in shown:
        return masked(value)
    before, after = shown.partition(SECRET)[0], shown.rpartition("}")[2]
    if value.startswith(before):
        kept = after if after and value[len(before) :].endswith(after) else ""
        return f"{before}…{kept}"
    scheme, _, rest = value.partition("://")
    host = re.split("[/?#]", rest)[0].rpartition("@")[2]
    if "/" not in before.partition("://")[2]:  # the secret stands in the name of the host, or before it
        return f"{scheme}://…"
    return f"{scheme}://{host}/…"


def masked(value: Value) -> Value:
    """The value as it may be shown."""
    if isinstance(value, Hidden):
        return value.shown
    if not isinstance(value, str) or "://" not in value or "${secret:" in value:
        return value
    parts = urlsplit(value)
    path = "/".join("…" if OPAQUE.fullmatch(part) else part for part in parts.path.split("/"))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "…" if parts.query else "", ""))
