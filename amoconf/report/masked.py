"""Values that may be secret, made fit to show: user-info, queries and long opaque parts of URLs are blanked."""

import re
from urllib.parse import urlsplit, urlunsplit

from amoconf.values import Hidden, Value

OPAQUE = re.compile(r"[A-Za-z0-9_-]{16,}|[0-9a-f]{12,}")


def masked(value: Value) -> Value:
    """The value as it may be shown."""
    if isinstance(value, Hidden):
        return value.shown
    if not isinstance(value, str) or "://" not in value or "${secret:" in value:
        return value
    parts = urlsplit(value)
    path = "/".join("…" if OPAQUE.fullmatch(part) else part for part in parts.path.split("/"))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "…" if parts.query else "", ""))
