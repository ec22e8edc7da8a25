"""Fragments of JSON text that records are glued from, in the wire's key order."""

from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as quote
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.store import ORIGIN, Thing

__all__ = ["boolean", "embedded_json", "enum_json", "field_head", "fields_json", "integer", "owner", "quote"]
__all__ += ["self_json", "stamps", "tags_json", "text"]


def field_head(field: Thing) -> str:
    """The start of a filled field up to its values: made once a field; then `head + values_json + "}"`."""
    return (
        f'{{"field_id":{field["id"]},"field_name":{quote(field["name"])},"field_code":{text(field["code"])},'
        f'"field_type":{quote(field["type"])},"values":'
    )


def enum_json(option: Mapping[str, Any], value: str | None = None) -> str:
    """An option as a value, or `value` of the kind `option` of a multitext, as read: protocol page 6.2."""
    shown = quote(option["value"] if value is None else value)
    code = option.get("code") if value is None else option.get("code") or option["value"]
    return f'{{"value":{shown},"enum_id":{option["id"]},"enum_code":{text(code)}}}'


def fields_json(filled: Iterable[str]) -> str:
    """`custom_fields_values` of finished fragments: null when nothing is filled (protocol page, 6.1)."""
    glued = ",".join(filled)
    return f"[{glued}]" if glued else "null"


def tags_json(tags: Iterable[Thing]) -> str:
    """`_embedded.tags` of a card."""
    return dumps([{"id": tag["id"], "name": tag["name"], "color": tag.get("color")} for tag in tags])


def self_json(path: str) -> str:
    """`"_links":{...}` with a `self` at `path`, which starts with a slash."""
    return f'"_links":{{"self":{{"href":"{ORIGIN}/api/v4{path}"}}}}'


def embedded_json(entity: str, ids: Iterable[int | None]) -> str:
    """A list of linked records as cards embed them; None is left out."""
    return "[" + ",".join([f'{{"id":{i},{self_json(f"/{entity}/{i}")}}}' for i in ids if i]) + "]"


def owner(user_id: int, group_id: int) -> str:
    """Who answers for the record, and the department that follows from it."""
    return f'"responsible_user_id":{user_id},"group_id":{group_id}'


def stamps(created_by: int, updated_by: int, created_at: int, updated_at: int) -> str:
    """Who and when."""
    people = f'"created_by":{created_by},"updated_by":{updated_by}'
    times = f'"created_at":{created_at},"updated_at":{updated_at}'
    return f"{people},{times}"


def integer(value: int | None) -> str:
    """A number or null."""
    return "null" if value is None else str(value)


def boolean(value: object) -> str:
    """true or false."""
    return "true" if value else "false"


def text(value: str | None) -> str:
    """A quoted text or null."""
    return "null" if value is None else quote(value)
