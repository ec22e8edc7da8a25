"""Roles: what they may do with cards, on stages, in lists; and who has them."""

from collections import Counter
from typing import Any

from amoconf.docs.naming import called, name_of, place_of, stays
from amoconf.kinds._rights import BLOCKS
from amoconf.model import Account, Resource
from amoconf.values import Address

Document = dict[str, Any]


def roles(account: Account) -> list[Document]:
    """Roles in use. A right that is None is one that the spec does not speak of."""
    counts = Counter(item.attrs.get("role") for item in account.of("user") if stays(item))
    return [_role(item, account, counts[item.address]) for item in account.within("role", ()) if stays(item)]


def _role(item: Resource, account: Account, people: int) -> Document:
    attrs = item.attrs
    return {
        "address": str(item.address),
        "name": name_of(item),
        "people": people,
        "rights": {
            block: {name: attrs.get(f"rights.{block}.{name}") for name in names}
            for block, names in BLOCKS.items()
        },
        "mail": attrs.get("rights.mail"),
        "lists": attrs.get("rights.lists"),
        "stages": [
            {**place_of(stage, account), "rights": dict(row)}
            for stage, row in (attrs.get("stages") or {}).items()
        ],
        "catalogs": [
            {"address": str(catalog), "name": called(catalog, account), "rights": dict(row)}
            for catalog, row in (attrs.get("catalogs") or {}).items()
        ],
    }


def people(account: Account) -> list[Document]:
    """Users that the spec lists and does not take away."""
    return [_person(item, account) for item in account.within("user", ()) if stays(item)]


def _person(item: Resource, account: Account) -> Document:
    role = item.attrs.get("role")
    return {
        "email": item.attrs.get("email", item.address.key),
        "role": str(role) if role else None,
        "role_name": called(role, account) if isinstance(role, Address) else None,
        "department": item.attrs.get("group"),
    }
