"""What a field's body may not say though its keys and types are right: references, codes, exclusions."""

from dataclasses import dataclass, field

from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, check, fault
from amoconf.emulator.config import enums, nested
from amoconf.emulator.config.currencies import CODES
from amoconf.emulator.config.fields_scope import Scope
from amoconf.emulator.config.fields_shape import change_shape, new_shape
from amoconf.emulator.config.groups import groups_of
from amoconf.emulator.config.references import stage_faults
from amoconf.emulator.store import Store, Thing

SEARCHED = ("contacts", "companies", "contacts_and_companies")
ALONE = ("streetaddress", "smart_address")


@dataclass
class Batch:
    """The checks of one write; it remembers codes and types of its own items, which may clash."""

    call: Call
    scope: Scope
    codes: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)

    def new(self, item: Item) -> list[Fault]:
        """Faults of one item of a POST."""
        found = check(item, new_shape(self.scope.entity, item.get("type"), self.call.world.switches))
        if found:
            return found
        kind = item["type"]
        taken = {held["type"] for held in self._held()} | self.types
        self.types.add(kind)
        if self.call.world.switches.one_address_field and kind in ALONE and kind in taken:
            found.append(fault("NotSupportedChoice", "type"))
        return found + self._content(item, {"id": None, "type": kind})

    def change(self, item: Item) -> list[Fault]:
        """Faults of one item of a bulk PATCH."""
        return self.change_of(
            self.call.store.get("field", str(item.get("id")), self.scope.name), item, bulk=True
        )

    def change_of(self, held: Thing | None, item: Item, *, bulk: bool = False) -> list[Fault]:
        """Faults of a PATCH of a field; None says that there is no such field."""
        found = check(item, change_shape(self.scope.entity, held, self.call.world.switches, bulk=bulk))
        return found if found or held is None else self._content(item, held)

    def _held(self) -> list[Thing]:
        return self.call.store.all("field", self.scope.name)

    def _content(self, item: Item, held: Thing) -> list[Fault]:
        store = self.call.store
        duplicates = self.call.world.switches.duplicate_options
        found = [*self._code(item, held), *self._group(item), *self._stages(item, held)]
        if "enums" in item:
            found += enums.faults(item["enums"], held.get("enums") or [], duplicates=duplicates)
        if "nested" in item:
            found += nested.faults(item["nested"], held.get("nested") or [])
        if "currency" in item and item["currency"] not in CODES:
            found.append(fault("NotSupportedChoice", "currency"))
        if "search_in" in item and not _searchable(store, item["search_in"]):
            found.append(fault("NotSupportedChoice", "search_in"))
        return found + _chain(store, item)

    def _code(self, item: Item, held: Thing) -> list[Fault]:
        code = item.get("code")
        if not code or not self.call.world.switches.unique_code:
            return []
        taken = any(other["code"] == code and other["id"] != held["id"] for other in self._held())
        again, self.codes = code in self.codes, self.codes | {code}
        return [fault("NotSupportedChoice", "code")] if taken or again else []

    def _group(self, item: Item) -> list[Fault]:
        key = item.get("group_id")
        if key is None:
            return []
        groups = groups_of(self.call.store, self.scope.name)
        known = any(group["id"] == key and group["type"] == "custom_field_group" for group in groups)
        return [] if known else [fault("NotSupportedChoice", "group_id")]

    def _stages(self, item: Item, held: Thing) -> list[Fault]:
        switches = self.call.world.switches
        found = []
        for key in ("required_statuses", "hidden_statuses"):
            found += stage_faults(self.call.store, item.get(key) or [], key)
        api_only = item.get("is_api_only", held.get("is_api_only", False))
        # guess: config page, E2.13
        if switches.api_only_clears_required and api_only and item.get("required_statuses"):
            found.append(fault("NotSupportedChoice", "required_statuses"))
        if "hidden_statuses" in item and not switches.super_fields:
            found.append(fault("NotSupportedChoice", "hidden_statuses"))
        return found


def _searchable(store: Store, word: str) -> bool:
    return word in SEARCHED or store.get("catalog", word) is not None


def _chain(store: Store, item: Item) -> list[Fault]:
    if "chained_lists" not in item:
        return []
    levels = item["chained_lists"]
    found = [] if levels else [fault("TooFew", "chained_lists")]
    ids = {level["catalog_id"] for level in levels}
    for index, level in enumerate(levels):
        if store.get("catalog", level["catalog_id"]) is None:
            found.append(fault("NotSupportedChoice", f"chained_lists.{index}.catalog_id"))
        if level.get("parent_catalog_id") not in ids | {None}:
            found.append(fault("NotSupportedChoice", f"chained_lists.{index}.parent_catalog_id"))
    return found
