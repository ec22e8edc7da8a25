"""Custom fields in the store: making, changing and deleting them, and how answers show them.

For the interface actions and scenarios: `make_field`, `change_field`, `delete_field`. They check nothing.
A field of a list may hold `group_id`, which answers never show (config page, C7.2).
"""

from collections.abc import Mapping
from typing import Any

from amoconf.emulator.call import Call, Item
from amoconf.emulator.config import enums, nested
from amoconf.emulator.config.fields_scope import Scope, account_id, scope_named
from amoconf.emulator.config.fields_shape import WITH_ENUMS, shown_keys
from amoconf.emulator.listing import linked
from amoconf.emulator.store import Store, Thing

FIRST_SORT = 500
FRESH: Mapping[str, Any] = {
    "code": None,
    "is_api_only": False,
    "group_id": None,
    "is_deletable": True,
    "is_predefined": False,
    "tracking_callback": None,
    "remind": None,
    "currency": None,
    "chained_lists": None,
    "is_visible": True,
    "is_required": False,
    "search_in": None,
}
PLAIN = (
    "name",
    "code",
    "sort",
    "is_api_only",
    "group_id",
    "remind",
    "currency",
    "search_in",
    "tracking_callback",
    "is_visible",
    "is_required",
    "is_deletable",
)


def make_field(store: Store, scope: str, body: Item, *, api_only_clears: bool = True, **fixed: Any) -> Thing:
    """A new field from the keys of a POST (`name`, `type`, and whatever that type takes).

    `scope` is the store's: "leads", "segments", "catalogs/5200". `fixed` sets what no POST can, such as
    `is_predefined=True, is_deletable=False` or, on deals, `is_computed=True`.
    """
    home = scope_named(scope)
    kind = body["type"]
    field = {
        **FRESH,
        "required_statuses": [],
        "hidden_statuses": [],
        "triggers": [],
        **_parts_of(store, kind),
        "id": store.count("field", 2),
        "name": body["name"],
        "type": kind,
        "account_id": account_id(store),
        "sort": _next_sort(store, scope),
        "entity_type": home.entity,
        **({"catalog_id": home.catalog_id} if home.entity == "catalogs" else {}),
    }
    field = {key: field[key] for key in shown_keys(home.entity, kind)}
    return change_field(store, scope, {**field, **fixed}, body, api_only_clears=api_only_clears)


def change_field(
    store: Store, scope: str, field: Thing, change: Item, *, api_only_clears: bool = True
) -> Thing:
    """Applies the keys of a PATCH. A group "default" is the main one. `api_only_clears`: setting
    `is_api_only` clears `required_statuses` (so does the SDK; the server: a guess: config E2.13)."""
    wanted: Thing = {key: change[key] for key in PLAIN if key in change}
    if wanted.get("group_id") == "default":
        wanted["group_id"] = None
    for key in ("required_statuses", "hidden_statuses"):
        if key in change:
            wanted[key] = [_pair(pair) for pair in change[key] or []]
    if api_only_clears and change.get("is_api_only") and "required_statuses" in field:
        wanted["required_statuses"] = []
    if "enums" in change:
        wanted["enums"] = enums.replaced(store, field["enums"] or [], change["enums"])
    if "nested" in change:
        wanted["nested"] = nested.replaced(store, change["nested"])
    if "chained_lists" in change:
        wanted["chained_lists"] = [_level(level) for level in change["chained_lists"]]
    return store.put("field", {**field, **wanted}, scope)


def delete_field(store: Store, scope: str, key: int) -> None:
    """The field and its values in all cards, for good: cards drop them when they are next read."""
    store.drop("field", key, scope)


def wire(
    call: Call, scope: Scope, field: Thing, echo: str | None = None, *, query: str | None = None
) -> Thing:
    """A field as answers show it. `query`: the list's, if it stands there; deals' list adds `is_computed`."""
    body = {key: value for key, value in field.items() if key != "is_computed"}
    if scope.entity == "catalogs":
        body.pop("group_id", None)
    body["enums"] = enums.wire(field["enums"], null_code=call.world.switches.read_code_key == "null")
    if echo is not None:
        # Behind `enums`, as all recorded write answers have it (config page, C7.2).
        place = list(body).index("enums") + 1
        body = dict([*list(body.items())[:place], ("request_id", echo), *list(body.items())[place:]])
    if query is not None and scope.entity == "leads":
        body["is_computed"] = field.get("is_computed", False)
    return linked(call, body, f"{scope.path}/custom_fields/{field['id']}{query or ''}")


def _parts_of(store: Store, kind: str) -> Thing:
    if kind == "multitext":
        kinds = [{"value": word, "sort": place} for place, word in enumerate(enums.PHONE_KINDS)]
        return {"enums": enums.replaced(store, [], kinds), "nested": None}
    # The SDK's default of `remind`; that it is the server's too is a guess (config page, C7.3).
    return {
        "enums": [] if kind in WITH_ENUMS else None,
        "nested": [] if kind == "category" else None,
        "remind": "never" if kind == "birthday" else None,
    }


def _next_sort(store: Store, scope: str) -> int:
    sorts = [int(field["sort"]) + 1 for field in store.all("field", scope)]
    return max([FIRST_SORT, *sorts])


def _pair(pair: Thing) -> Thing:
    return {"status_id": pair["status_id"], "pipeline_id": pair["pipeline_id"]}


def _level(level: Thing) -> Thing:
    return {
        "title": level["title"],
        "catalog_id": level["catalog_id"],
        "parent_catalog_id": level.get("parent_catalog_id"),
    }
