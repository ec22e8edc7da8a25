"""The second API's calls for lists: deleting them, and the switch of the products list in both APIs."""

from amoconf.emulator.answer import Answer, ok, problem
from amoconf.emulator.call import Call
from amoconf.emulator.check import Key
from amoconf.emulator.config.catalogs import change_catalog, delete_catalog, make_catalog
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

PATH = "/api/v2/catalogs"
SETTINGS = "/api/v2/products_settings"
PRODUCTS_NAME = "Товары"


@route(
    "POST",
    PATH,
    admin=True,
    facts="config C12",
    state="partly",
    note="deletes only; add and update are refused",
)
def delete(call: Call) -> Answer:
    """Deletes lists; the ids that could not be deleted come back under `errors`, with 200, as v2 does."""
    if not call.world.switches.catalogs_v2_delete:
        raise problem(405, "Method Not Allowed")
    ids = call.one({"delete": Key("array", required=True, items=Key("int"))})["delete"]
    refusals = {str(key): text for key in ids if (text := _refusal(call.store, key))}
    gone = [key for key in dict.fromkeys(ids) if str(key) not in refusals]
    for key in gone:
        delete_catalog(call.store, key)
    # guess: a list of items as for add, errors as in other v2 answers (protocol page 3.5)
    items = [{"id": key, "_links": _links(f"{PATH}?id={key}", "get")} for key in gone]
    errors = {"errors": {"delete": refusals}} if refusals else {}
    return ok({"_links": _links(PATH, "post"), "_embedded": {"items": items, **errors}})


def _refusal(store: Store, catalog_id: int) -> str | None:
    catalog = store.get("catalog", catalog_id)
    if catalog is None:
        return "Код ошибки 282. Список не найден"  # the number is official, the rest a guess: config page C12
    return None if catalog["can_be_deleted"] else "Код ошибки 281. Список не удалён"


def _links(path: str, method: str) -> Thing:
    return {"self": {"href": path, "method": method}}


def products_list(store: Store) -> Thing | None:
    """The list of products, if the account has one."""
    return next((catalog for catalog in store.all("catalog") if catalog["type"] == "products"), None)


def products_enabled(store: Store) -> bool:
    """Whether products are switched on: a list of products that nobody switched off."""
    off = store.get("products_switch", 1)
    return products_list(store) is not None and (off is None or bool(off["is_enabled"]))


def switch_products(store: Store, on: bool, *, by: int, at: int) -> Thing | None:
    """Switches products on or off and answers their list, which the first switching on makes."""
    held = products_list(store)
    store.put("products_switch", {"id": 1, "is_enabled": on})
    if held is None:
        return make_catalog(store, PRODUCTS_NAME, "products", by=by, at=at) if on else None
    return change_catalog(store, held, by=by, at=at)


def _switch(call: Call, on: bool) -> None:
    if on and not call.world.switches.products_available:
        raise problem(402, "Payment required")
    switch_products(call.store, on, by=call.user["id"], at=call.now)


@route("GET", "/api/v4/catalogs/products/settings", facts="config C12.1 (SDK)")
def show_settings(call: Call) -> Answer:
    """Whether products are on."""
    return ok({"is_enabled": products_enabled(call.store)})


@route("PATCH", "/api/v4/catalogs/products/settings", admin=True, facts="config C12.1 (SDK)")
def change_settings(call: Call) -> Answer:
    """Switches products on or off."""
    _switch(call, call.one({"is_enabled": Key("bool", required=True)})["is_enabled"])
    return ok({"is_enabled": products_enabled(call.store)})


@route("GET", SETTINGS, facts="config C12.1")
def show_settings_v2(call: Call) -> Answer:
    """Whether products are on, in the second API's form."""
    return _settings_v2(call, "get")


@route("POST", SETTINGS, admin=True, facts="config C12.1")
def change_settings_v2(call: Call) -> Answer:
    """Switches products on or off; the documentation's table calls the key `enable`, its sample `enabled`."""
    item = call.one({"enable": Key("bool"), "enabled": Key("bool")})
    _switch(call, bool(next(iter(item.values()))))
    return _settings_v2(call, "post")


def _settings_v2(call: Call, method: str) -> Answer:
    held = products_list(call.store)
    on = {"is_enabled": products_enabled(call.store), "catalog_id": held["id"] if held else None}
    return ok({**on, "_links": _links(SETTINGS, method)})
