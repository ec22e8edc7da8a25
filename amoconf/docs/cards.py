"""Fields as a data dictionary: by card, by tab, with types, values and where they must be filled in."""

from typing import Any

from amoconf.docs.naming import called, name_of, place_of, stays
from amoconf.kinds._fields import SCOPES
from amoconf.model import Account, Resource
from amoconf.values import Address

Document = dict[str, Any]


def cards(account: Account) -> list[Document]:
    """Cards that have fields in the spec, then lists; fields by tab, in their order."""
    lists = [item for item in account.within("catalog", ()) if stays(item)]
    homes: list[tuple[tuple[str, ...], str | None]] = [((scope,), None) for scope in SCOPES]
    homes += [(("catalogs", item.address.key), name_of(item)) for item in lists]
    made = [_card(home, name, account) for home, name in homes]
    # A list is worth its line even where the spec says nothing of its fields.
    return [card for card in made if card["tabs"] or card["list"]]


def _card(home: tuple[str, ...], name: str | None, account: Account) -> Document:
    fields = [item for item in account.within("field", home) if stays(item)]
    named = [item.address for item in account.within("field_group", home) if stays(item)]
    used = [item.attrs["group"] for item in fields if item.attrs.get("group")]
    main = Address("field_group", (*home, "default"))
    order: list[Address | None] = [main, *named, *used, None]
    tabs = [_tab(group, fields, account) for group in dict.fromkeys(order)]
    return {"scope": "/".join(home), "list": name, "tabs": [tab for tab in tabs if tab["fields"]]}


def _tab(group: Address | None, fields: list[Resource], account: Account) -> Document:
    """One tab of a card. name None: the spec does not say which one, or it is the main one that has no name."""
    mine = [item for item in fields if item.attrs.get("group") == group]
    is_main = group is not None and group.key == "default" and account.get(group) is None
    return {
        "address": None if group is None else str(group),
        "name": None if group is None or is_main else called(group, account),
        "main": is_main,
        "fields": [_field(item, account) for item in mine],
    }


def _field(item: Resource, account: Account) -> Document:
    attrs = item.attrs
    options = [option for option in account.within("option", item.address.path) if stays(option)]
    return {
        "address": str(item.address),
        "key": item.address.key,
        "name": name_of(item),
        "type": attrs.get("type"),
        "code": attrs.get("code"),
        "options": [_option(option) for option in options],
        "required_at": [place_of(stage, account) for stage in attrs.get("required_at", ())],
        "hidden_at": [place_of(stage, account) for stage in attrs.get("hidden_at", ())],
        "api_only": bool(attrs.get("api_only")),
        "required": bool(attrs.get("required")),
    }


def _option(item: Resource) -> Document:
    """A value; under: the key of the node above it, in a category."""
    above = item.attrs.get("under")
    return {
        "key": item.address.key,
        "name": name_of(item),
        "under": above.key if isinstance(above, Address) else None,
    }
