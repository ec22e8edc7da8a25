"""Opens an emulated account: generates it by a scenario, or takes it up where a file left it."""

import importlib
from pathlib import Path
from types import ModuleType

from amoconf.emulator import tokens
from amoconf.emulator.faults import Faults
from amoconf.emulator.limits import Limits
from amoconf.emulator.store import ENTITIES, Store
from amoconf.emulator.switches import Switches
from amoconf.emulator.world import Clock, World

ALIASES = {"none": "basic"}
# Tables with records whose text names the account.
TEXTS = (*ENTITIES, "tasks", "notes", "events", "unsorted", "elements")


def scenario_named(name: str) -> ModuleType:
    """The scenario module; ValueError when there is none of this name."""
    full = f"amoconf.emulator.scenario.{ALIASES.get(name, name)}"
    try:
        module = importlib.import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:
            raise
        raise ValueError(f"no scenario {name!r}") from None
    if not hasattr(module, "fill"):
        raise ValueError(f"no scenario {name!r}")
    return module


def new_world(
    *,
    scenario: str = "empty",
    seed: int = 1,
    scale: float = 1.0,
    path: str | Path = ":memory:",
    switches: Switches | None = None,
    rate_limit: bool = False,
    number: int = 1,
) -> World:
    """One account. A file at `path` that already holds one is taken as it is. `number` counts accounts from 1:
    the second and later get their own id and subdomain."""
    module = scenario_named(scenario)
    store = Store(path)
    if store.is_new:
        with store.writing():
            module.fill(store, seed=seed, scale=scale, now=int(module.START))
            _renumber(store, number)
    tokens.prepare(store)
    # What the scenario wrote was there from the beginning, for config_read_lag_ms too.
    store.undo.clear()
    clock = Clock(max(module.START, _last_moment(store)))
    faults = Faults(seed, clock.exact)
    chosen = switches or Switches()
    return World(store, clock, chosen, faults, seed=seed, limits=Limits(on=rate_limit))


def remember_time(world: World) -> None:
    """Notes the emulated time, so that the next start from the same file goes on from here."""
    world.store.set_counter("clock", world.clock.now() + 1)


def _last_moment(store: Store) -> int:
    """Where the clock stood. After a kill nothing was noted: no later than the newest record then."""
    newest = [store.db.execute(f"SELECT max(updated_at) FROM {table}").fetchone()[0] for table in ENTITIES]
    return max([store.counters.get("clock", 0), *(moment or 0 for moment in newest)])


def _renumber(store: Store, number: int) -> None:
    """Gives a generated account another id and subdomain, everywhere."""
    account = store.all("account")[0]
    if number == 1:
        return
    old, new = account["id"], account["id"] + number - 1
    store.drop("account", old)
    store.put("account", {**account, "id": new, "subdomain": f"{account['subdomain']}-{number}"})
    for (kind, scope), home in list(store.things.items()):
        for thing in list(home.values()):
            if thing.get("account_id") == old:
                store.put(kind, {**thing, "account_id": new}, scope)
    for table in TEXTS:
        store.db.execute(
            f"UPDATE {table} SET body = replace(replace(body, ?, ?), ?, ?)",
            (f'"account_id":{old}', f'"account_id":{new}', f'"account_id": {old}', f'"account_id": {new}'),
        )
