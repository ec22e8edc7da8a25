"""Keys that an element of `values` may have, by type of field; the set is closed (protocol page, 6.2)."""

from amoconf.emulator.check import Key, Shape

# Symfony names PHP arrays when it wants an object.
_OBJECT = "array|object"
TEXT_MOST = 256


def plain(kind: str, *, most: int | None = None, null: bool = False) -> Shape:
    """An element with nothing but `value`."""
    return {"value": Key(kind, required=True, max=most, null=null)}


# Known keys of a Russian account, from the SDK's model; a guess for every other country: protocol page 6.2.
LEGAL_ENTITY: Shape = {
    "name": Key(required=True, blank=False),
    "entity_type": Key("int", null=True),
    "vat_id": Key(null=True),
    "tax_registration_reason_code": Key(null=True),
    "address": Key(null=True),
    "kpp": Key(null=True),
    "external_uid": Key(null=True),
}
# What an account of another country calls them: read as null here, refused when written.
FOREIGN_ENTITY = ("line1", "line2", "city", "state", "zip", "country", "bank_code", "bank_account_number")

_DISCOUNT: Shape = {"type": Key(null=True), "value": Key("number", null=True)}
ITEM: Shape = {
    "sku": Key(null=True),
    "description": Key(null=True),
    "unit_price": Key("number", null=True),
    "quantity": Key("number", null=True),
    "unit_type": Key(null=True),
    "discount": Key(_OBJECT, null=True, keys=_DISCOUNT),
    "vat_rate_id": Key("int", null=True),
    "external_uid": Key(null=True),
}
LINKED: Shape = {
    "name": Key(null=True),
    "entity_id": Key("int", required=True),
    "entity_type": Key(required=True, choices=("contacts", "companies", "leads", "catalog_elements")),
    "catalog_id": Key("int", null=True),
}
FILE: Shape = {
    "file_uuid": Key(required=True, blank=False),
    "version_uuid": Key(null=True),
    "file_name": Key(null=True),
    "file_size": Key("int", null=True),
}


def nested(keys: Shape | None, *, null: bool = False) -> Shape:
    """An element whose `value` is an object; None leaves its keys open."""
    return {"value": Key(_OBJECT, required=True, null=null, keys=keys)}


CHAIN: Shape = {"catalog_id": Key("int", required=True), "catalog_element_id": Key("int", required=True)}
OPTION: Shape = {
    "value": Key("string|number", null=True),
    "enum_id": Key("int", null=True),
    "enum_code": Key(null=True),
}
KIND_OF: Shape = {
    "value": Key("string|number", required=True),
    "enum_id": Key("int", null=True),
    "enum_code": Key(null=True),
}
