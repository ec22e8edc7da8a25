"""Who may come in: tokens, the state of the account, acting for another user, administrators' calls."""

from typing import Any

from amoconf.emulator import sessions
from amoconf.emulator.answer import problem
from amoconf.emulator.ask import Ask
from amoconf.emulator.routes import Route
from amoconf.emulator.store import Thing
from amoconf.emulator.tokens import Grant
from amoconf.emulator.world import World

BAD_TOKEN = {"ru": "Неверный логин или пароль", "en": "Invalid user name or password"}
NO_SCOPE = "Client doesn't have the required scope"
# External integrations have no access to these (protocol page 1.8, config page C16).
CLOSED_TO_EXTERNAL = ("/api/v4/users", "/api/v4/roles", "/api/v4/sources")
READS = ("GET", "HEAD")
DENIED = {"view": "A", "edit": "D", "add": "D", "delete": "D", "export": "D"}


def enter(world: World, ask: Ask, route: Route | None) -> tuple[Thing, str]:
    """The acting user and the client id, or the refusal. For an unknown address, `route` None, a token is enough."""
    check_host(world, ask)
    if sessions.is_foreign(world, ask):
        raise unauthorised(world)
    grant = valid_grant(world, ask)
    user = _user_of(world, grant)
    if not world.switches.paid or world.faults.unpaid():
        raise problem(402, "Payment required")
    user = _acting_for(world, ask, user)
    ask.by = user["id"]
    if route is not None:
        _check_scope(world, grant, route)
        user = _check_rights(world, ask, route, user)
    return user, grant.client_id


def unauthorised(world: World) -> Exception:
    """The one answer to every bad token (protocol page 3.3)."""
    return problem(401, BAD_TOKEN[world.switches.language])


def new_subdomain(world: World) -> str:
    """The name the account has: another one while the fault renamed_subdomain is on."""
    name = str(world.account["subdomain"])
    return f"{name}-new" if world.faults.value("renamed_subdomain") else name


def check_host(world: World, ask: Ask) -> None:
    """Refuses calls at the old host of an account that has moved (a guess: protocol page 1.7)."""
    if world.faults.value("renamed_subdomain") and ask.host.split(".")[0] != new_subdomain(world):
        world.faults.count("renamed_subdomain")
        raise problem(world.switches.old_host_status, BAD_TOKEN[world.switches.language])


def valid_grant(world: World, ask: Ask) -> Grant:
    """The grant of the request's token, or 401."""
    grant = ask.grant
    if grant is None or world.switches.disabled_integration:
        raise unauthorised(world)
    for name in ("expire_token", "revoke_token"):
        if world.faults.value(name) and grant.issued <= world.faults.since[name]:
            world.faults.count(name)
            raise unauthorised(world)
    return grant


def _user_of(world: World, grant: Grant) -> Thing:
    user = world.store.get("user", grant.user_id)
    if grant.is_admin:
        # An administrator's grant outlives his account; that it outlives his rights too is a guess (protocol 1.8).
        rights = {"is_active": False, **(user["rights"] if user else {}), "is_admin": True}
        return {**(user or {"id": grant.user_id, "name": ""}), "rights": rights}
    if user is None or not user["rights"]["is_active"]:
        raise unauthorised(world)
    return user


def _acting_for(world: World, ask: Ask, user: Thing) -> Thing:
    wanted = ask.headers.get("x-context-user-id")
    if wanted is None:
        return user
    if not user["rights"]["is_admin"]:
        # guess: only that it needs an administrator's grant is stated, protocol page 1.8
        raise forbidden()
    other = world.store.get("user", wanted)
    if other is None or other["rights"]["is_free"] or not other["rights"]["is_active"]:
        raise unauthorised(world)
    return other


def forbidden(detail: str = "Forbidden") -> Exception:
    """A right is missing: JSON, unlike a ban. The sentence is a guess (protocol page 3.3)."""
    return problem(403, detail)


def _check_scope(world: World, grant: Grant, route: Route) -> None:
    if "crm" not in grant.scopes:
        raise forbidden(NO_SCOPE)
    if route.path.startswith(CLOSED_TO_EXTERNAL) and (
        world.switches.external_integration or world.faults.strikes("no_users_scope")
    ):
        raise forbidden(NO_SCOPE)


def _check_rights(world: World, ask: Ask, route: Route, user: Thing) -> Thing:
    if world.faults.value("read_only_user"):
        user = _read_only(user)
        if route.admin or ask.method not in READS:
            world.faults.count("read_only_user")
            raise forbidden()
    if route.admin and not user["rights"]["is_admin"]:
        raise forbidden()
    return user


def _read_only(user: Thing) -> Thing:
    rights: dict[str, Any] = {**user["rights"], "is_admin": False, "tasks": {"edit": "D", "delete": "D"}}
    rights |= {name: dict(DENIED) for name in ("leads", "contacts", "companies")}
    return {**user, "rights": rights}
