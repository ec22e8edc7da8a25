"""Lists (catalogs): reading, creating and changing them, and who may."""

from typing import Any

from amoconf.emulator.answer import Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault, unchanged
from amoconf.emulator.config.catalogs_predefined import predefine
from amoconf.emulator.listing import ENVELOPES, linked, not_found, paged, written
from amoconf.emulator.query import values
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST = 10
ONLY_ONE = ("invoices", "products")
SUPPLIERS_NAME = "Мои юр. лица"
FLAGS = ("can_add_elements", "can_show_in_cards", "can_link_multiple")

# can_show_in_cards, created_by, updated_by and created_at are sent by the SDK alone (config page C12).
COMMON = {
    "name": Key(required=True, blank=False, max=255),  # the length is a guess: config page E2.2
    "sort": Key("int"),
    **{name: Key("bool") for name in FLAGS},
    "created_by": Key("int"),
    "updated_by": Key("int"),
    "created_at": Key("int", least=0),
    "request_id": Key(),
}
TYPES = {"ru": ("regular", "invoices", "products"), "kommo": ("regular", "products")}


def make_catalog(
    store: Store,
    name: str,
    type: str = "regular",
    *,
    by: int = 0,
    at: int = 0,
    **words: Any,
) -> Thing:
    """A new list with the fields that its type brings; a list of invoices brings the suppliers' list too.

    `words`: any other key of the list's body, `id` included. Stored fields are of scope "catalogs/ID".
    """
    account = store.all("account")[0]
    key = words.pop("id", None) or store.count("catalog")
    body: Thing = {
        "id": key,
        "name": name,
        "created_by": by,
        "updated_by": by,
        "created_at": at,
        "updated_at": at,
        "sort": max((catalog["sort"] for catalog in store.all("catalog")), default=0) + 10,
        "type": type,
        "can_add_elements": type != "invoices",
        "can_show_in_cards": False,
        "can_link_multiple": True,
        "can_be_deleted": type != "products",
        "sdk_widget_code": None,
        "account_id": account["id"],
    }
    catalog = store.put("catalog", {**body, **words})
    predefine(store, catalog)
    if type == "invoices":
        _follow_invoices(store, account, key, by, at)
    return catalog


def _follow_invoices(store: Store, account: Thing, key: int, by: int, at: int) -> None:
    store.put("account", {**account, "invoices_settings": _invoices(account, key)})
    # third party: config page C12, type
    if not any(catalog["type"] == "suppliers" for catalog in store.all("catalog")):
        make_catalog(store, SUPPLIERS_NAME, "suppliers", by=by, at=at)


def _invoices(account: Thing, key: int) -> Thing:
    return {"lang": None, **(account.get("invoices_settings") or {}), "invoices_catalog_id": key}


def change_catalog(store: Store, catalog: Thing, *, by: int, at: int, **words: Any) -> Thing:
    """The list with other keys of its body."""
    return store.put("catalog", {**catalog, "updated_by": by, "updated_at": at, **words})


def delete_catalog(store: Store, catalog_id: int) -> None:
    """Deletes a list with its fields, groups and elements, and the links to these."""
    scope = f"catalogs/{catalog_id}"
    for kind in ("field", "field_group"):
        for thing in store.all(kind, scope):
            store.drop(kind, thing["id"], scope)
    _forget_tabs(store, catalog_id)
    elements = "SELECT id FROM elements WHERE catalog_id = ?"
    store.db.execute(
        f"DELETE FROM link WHERE to_type = 'catalog_elements' AND to_id IN ({elements})", (catalog_id,)
    )
    store.db.execute("DELETE FROM elements WHERE catalog_id = ?", (catalog_id,))
    store.drop("catalog", catalog_id)
    account = store.all("account")[0]
    if (account.get("invoices_settings") or {}).get("invoices_catalog_id") == catalog_id:
        store.put(
            "account", {**account, "invoices_settings": _invoices(account, 0) | {"invoices_catalog_id": None}}
        )


def _forget_tabs(store: Store, catalog_id: int) -> None:
    for scope in store.scopes("field_group"):
        if store.get("field_group", catalog_id, scope) is not None:
            store.drop("field_group", catalog_id, scope)


@route(
    "GET", "/api/v4/catalogs", facts="config C12", note="non-administrators see the lists that they may view"
)
def index(call: Call) -> Answer:
    """All lists, page by page; `type` filters."""
    _need_access(call)
    types = values(call.query.get("type"))
    catalogs = [
        catalog
        for catalog in call.store.all("catalog")
        if (not types or catalog["type"] in types) and may(call, catalog["id"], "view")
    ]
    return paged(call, ENVELOPES["catalogs"], catalogs, lambda catalog, query: wire(call, catalog, query))


@route("GET", "/api/v4/catalogs/{id:int}", facts="config C12")
def show(call: Call) -> Answer:
    """One list."""
    return ok(wire(call, known_catalog(call)))


@route("POST", "/api/v4/catalogs", facts="config C12, B6")
def create(call: Call) -> Answer:
    """New lists."""
    _need_access(call, write=True)
    platform = call.world.switches.platform
    shape = {**COMMON, "type": Key(choices=TYPES[platform])}
    items = call.batch(shape, lambda item: _user_faults(call, item))
    _check_limits(call, [item.get("type", "regular") for item, _ in items])
    made = [(_make(call, item), request_id) for item, request_id in items]
    return _written(call, made)


@route("PATCH", "/api/v4/catalogs", facts="config C12, B4")
def change_many(call: Call) -> Answer:
    """Changes lists by the ids in the body."""
    _need_access(call, write=True)
    shape = {**COMMON, "id": Key("int", required=True)}
    items = call.batch(shape, lambda item: _change_faults(call, item))
    return _written(call, [(_change(call, item["id"], item), request_id) for item, request_id in items])


@route("PATCH", "/api/v4/catalogs/{id:int}", facts="config C12, B4")
def change(call: Call) -> Answer:
    """Changes one list; the answer's `request_id` is the list's id."""
    catalog = known_catalog(call)
    _need_access(call, write=True)
    if not may(call, catalog["id"], "edit"):
        raise problem(403, "Forbidden")
    shape = {**COMMON, **unchanged(id=catalog["id"])}
    item = call.one(shape, lambda given: _user_faults(call, given))
    changed = _change(call, catalog["id"], item)
    return ok(wire(call, changed, request_id=item.get("request_id", str(catalog["id"]))))


def may(call: Call, catalog_id: int, right: str) -> bool:
    """Whether the acting user has a right on a list; lists without a row are closed to non-administrators."""
    if call.is_admin:
        return True
    rows = call.user["rights"].get("catalog_rights") or []
    letters = [row["rights"][right] for row in rows if row["catalog_id"] == catalog_id]
    return bool(call.user["rights"]["catalog_access"]) and letters not in ([], ["D"])


def _need_access(call: Call, *, write: bool = False) -> None:
    closed = write and call.world.switches.lists_by_admins_only
    if not call.is_admin and (closed or not call.user["rights"]["catalog_access"]):
        raise problem(403, "Forbidden")


def known_catalog(call: Call) -> Thing:
    """The list that the path names, or 404; 403 where the user may not see it."""
    _need_access(call)
    catalog = call.store.get("catalog", call.id())
    if catalog is None:
        raise not_found("Catalog")
    if not may(call, catalog["id"], "view"):
        raise problem(403, "Forbidden")
    return catalog


def _check_limits(call: Call, types: list[str]) -> None:
    held = [catalog["type"] for catalog in call.store.all("catalog")]
    if "products" in types and not call.world.switches.products_available:
        raise problem(402, "Payment required")
    if len(held) + len(types) > MOST or any((held + types).count(name) > 1 for name in ONLY_ONE):
        raise problem(422, "Catalogs limit exceeded")  # guess: config page E2.9; the sentence is nobody's


def _user_faults(call: Call, item: Item) -> list[Fault]:
    unknown = [
        name
        for name in ("created_by", "updated_by")
        if item.get(name) and not call.store.get("user", item[name])
    ]
    return [fault("NotSupportedChoice", name) for name in unknown]


def _change_faults(call: Call, item: Item) -> list[Fault]:
    # guess: nobody recorded a bulk PATCH of an unknown list
    unknown = call.store.get("catalog", item["id"]) is None or not may(call, item["id"], "edit")
    return [*([fault("NotSupportedChoice", "id")] if unknown else []), *_user_faults(call, item)]


def _words(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in ("request_id", "id")}


def _make(call: Call, item: Item) -> Thing:
    words = _words(item)
    name, type_ = words.pop("name"), words.pop("type", "regular")
    return make_catalog(call.store, name, type_, by=call.user["id"], at=call.now, **words)


def _change(call: Call, catalog_id: int, item: Item) -> Thing:
    catalog = call.store.get("catalog", catalog_id)
    assert catalog is not None
    words = {"by": call.user["id"], "at": call.now, **_words(item)}
    return change_catalog(call.store, catalog, **words)


def _written(call: Call, made: list[tuple[Thing, str]]) -> Answer:
    items = [wire(call, catalog, request_id=request_id) for catalog, request_id in made]
    return written(call, "catalogs", items, total=False, links=True)


def wire(call: Call, catalog: Thing, query: str = "", request_id: str | None = None) -> Thing:
    """A list as it is sent; answers to writes leave `sdk_widget_code` out and hold `request_id`."""
    left_out = "" if request_id is None else "sdk_widget_code"
    body = {name: value for name, value in catalog.items() if name != left_out}
    return linked(call, body, f"/api/v4/catalogs/{catalog['id']}{query}", request_id)
