"""Contacts and companies: what is particular to them on the way in (protocol page, 7.2, 7.3)."""

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape
from amoconf.emulator.records.document import Row, company_row, contact_row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.writing import CARD_CHANGE, CARD_NEW, Common, Kind, embedding

NAMES: Shape = {"first_name": Key(null=True), "last_name": Key(null=True)}


def no_faults(call: Call, item: Item, doc: Doc | None) -> list[Fault]:
    """Nothing besides what all cards are checked for."""
    return []


def make_contact(call: Call, item: Item, common: Common) -> Row:
    """The row of a new contact."""
    first, last = item.get("first_name") or "", item.get("last_name") or ""
    name = item.get("name") or composed(call, first, last)
    return contact_row(**common, name=name, first_name=first, last_name=last)


def composed(call: Call, first: str, last: str) -> str:
    """A name of its two parts, in the account's order (guess: protocol page 7.2)."""
    parts = (first, last) if call.world.account["contact_name_display_order"] == 1 else (last, first)
    return " ".join(part for part in parts if part)


def edit_contact(call: Call, item: Item, doc: Doc) -> None:
    """Puts an item's first and last name into a contact; a name that was not sent follows them."""
    parts = {key: item[key] or "" for key in NAMES if key in item}
    doc.update(parts)
    if parts and "name" not in item:
        doc["name"] = composed(call, doc["first_name"], doc["last_name"])


def make_company(call: Call, item: Item, common: Common) -> Row:
    """The row of a new company."""
    return company_row(**common, name=item.get("name", ""))


def edit_company(call: Call, item: Item, doc: Doc) -> None:
    """Companies have nothing of their own."""


_TAGS = embedding("tags")
CONTACTS = Kind(
    "contacts",
    {**CARD_NEW, **NAMES, **_TAGS},
    {**CARD_CHANGE, **NAMES, **_TAGS},
    no_faults,
    make_contact,
    edit_contact,
    in_answer=("name",),
    read_only=("is_unsorted",),
)
COMPANIES = Kind(
    "companies",
    {**CARD_NEW, **_TAGS},
    {**CARD_CHANGE, **_TAGS},
    no_faults,
    make_company,
    edit_company,
    in_answer=("name",),
)
