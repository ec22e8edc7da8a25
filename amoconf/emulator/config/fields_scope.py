"""Where custom fields and their groups live: six scopes, each with its own part of the addresses."""

from collections.abc import Callable
from dataclasses import dataclass

from amoconf.emulator.call import Call
from amoconf.emulator.listing import not_found
from amoconf.emulator.routes import Handler, route
from amoconf.emulator.store import Store

# Segments have fields and no groups (config page, C8).
GROUPED = ("/api/v4/{entity:entity}", "/api/v4/catalogs/{catalog_id:int}")
EVERYWHERE = (*GROUPED, "/api/v4/customers/segments")


@dataclass(frozen=True)
class Scope:
    """`name` is the store's scope ("leads", "segments", "catalogs/5200"), `entity` the `entity_type` of
    answers, `path` the start of addresses."""

    name: str
    entity: str
    path: str

    @property
    def catalog_id(self) -> int:
        """The list's id; ValueError in other scopes."""
        return int(self.name.removeprefix("catalogs/"))


def scope_named(name: str) -> Scope:
    """A scope by the store's word for it."""
    home = "customers/segments" if name == "segments" else name
    return Scope(name, name.split("/")[0], f"/api/v4/{home}")


def scope_of(call: Call) -> Scope:
    """The scope that the path names; 404 for an unknown list."""
    if "catalog_id" in call.values:
        if call.store.get("catalog", call.id("catalog_id")) is None:
            raise not_found("Catalog")
        return scope_named(f"catalogs/{call.id('catalog_id')}")
    return scope_named(call.values.get("entity", "segments"))


def route_in(
    prefixes: tuple[str, ...], method: str, tail: str, *, facts: str, admin: bool = False
) -> Callable[[Handler], Handler]:
    """Declares one handler under each prefix."""

    def declare(handler: Handler) -> Handler:
        for prefix in prefixes:
            route(method, prefix + tail, facts=facts, admin=admin)(handler)
        return handler

    return declare


def account_id(store: Store) -> int:
    """The id that fields and stages repeat."""
    return int(store.all("account")[0]["id"])
