"""`query=`: records with a text inside their filled fields, as far as the index knows (protocol 11.4)."""

from weakref import WeakSet, ref

from amoconf.emulator.answer import dumps
from amoconf.emulator.call import Call
from amoconf.emulator.records.drawing import OF_OPTIONS, options_of
from amoconf.emulator.records.memory import as_indexed
from amoconf.emulator.records.sight import Condition
from amoconf.emulator.records.values_filter import field_holds, texts_of
from amoconf.emulator.store import Store

_PREPARED: "WeakSet[Store]" = WeakSet()


def of_query(call: Call, table: str, scope: str | None = None) -> Condition:
    """Rows found by `query`; what was written within the lag is found by its former text."""
    wanted = str(call.query.get("query") or "").strip()
    if not wanted:
        return "1", ()
    scope = scope or table
    sql, params = _found(call.store, scope, wanted)
    lagging = as_indexed(call.store, table, call.world.switches.search_lag_ms / 1000)
    if not lagging:
        return sql, params
    known = [
        key for key, text in lagging.items() if text and _holds(call.store, scope, text, wanted.casefold())
    ]
    late, early = (",".join(map(str, keys)) for keys in (lagging, known))
    return f"(({sql}) AND id NOT IN ({late})) OR id IN ({early})", params


def _found(store: Store, scope: str, wanted: str) -> Condition:
    # SQLite looks for the usual spellings first; the function reads the few rows that have one of them.
    spellings = {wanted, wanted.lower(), wanted.upper(), wanted.capitalize(), wanted.title()}
    hints = [dumps(text)[1:-1] for text in sorted(spellings)]
    # The option's text may be newer than the record's.
    hints += [f'"enum_id":{key},' for key in _options_with(store, scope, wanted.casefold())]
    any_hint = " OR ".join(["instr(body, ?)"] * len(hints))
    return f"({any_hint}) AND card_found(body, ?, ?)", (*hints, scope, wanted.casefold())


def _options_with(store: Store, scope: str, wanted: str) -> list[int]:
    return [
        key
        for field in store.all("field", scope)
        if field["type"] in OF_OPTIONS
        for key, option in options_of(field).items()
        if wanted in option["value"].casefold()
    ]


def prepare(store: Store) -> None:
    """Gives SQLite the two functions that look into records, once."""
    if store in _PREPARED:
        return
    _PREPARED.add(store)
    # A strong reference would keep the store alive: the garbage collector does not see SQLite's functions.
    home = ref(store)

    def card_found(body: str, scope: str, wanted: str) -> bool:
        alive = home()
        return alive is not None and _holds(alive, scope, body, wanted)

    store.db.create_function("card_found", 3, card_found, deterministic=False)
    store.db.create_function("field_holds", 3, field_holds, deterministic=True)


def _holds(store: Store, scope: str, body: str, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in texts_of(store, scope, body))
