"""What is remembered of a store's records while the process runs: found ids, known words, recent writes.

Nothing here is data: all of it can be lost at any time and is found again.
"""

import time
from array import array
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from amoconf.emulator.store import Store, Thing

Ids = Sequence[int]
Words = dict[tuple[str, str], tuple[Any, ...]]
KEPT_LISTS = 12
KEPT_WRITES = 5_000


@dataclass(frozen=True)
class Written:
    """A card that changed: when by the machine's clock, and its text before; None when it was new."""

    at: float
    table: str
    id: int
    before: str | None


@dataclass
class Memory:
    """`lists`: ids of a list by its SQL, with the count of changes they were read at. `harmless`: how many
    changes moved no row: texts drawn anew, notes of this module. `known`: by scope (version looked at, oldest
    version whose texts still hold, words)."""

    lists: OrderedDict[tuple[str, tuple[Any, ...]], tuple[int, Ids]] = field(default_factory=OrderedDict)
    harmless: int = 0
    known: dict[str, tuple[int, int, Words]] = field(default_factory=dict)
    writes: deque[Written] = field(default_factory=lambda: deque(maxlen=KEPT_WRITES))


_MEMORIES: "WeakKeyDictionary[Store, Memory]" = WeakKeyDictionary()


def memory_of(store: Store) -> Memory:
    """The memory beside a store."""
    return _MEMORIES.setdefault(store, Memory())


def found_ids(store: Store, sql: str, params: Sequence[Any] = ()) -> Ids:
    """Row ids of a query in its order, read again only after rows have changed.

    So a page at any depth costs a slice, and paging never steps over rows. 150 000 ids take 1.2 MB.
    """
    memory = memory_of(store)
    key = (sql, tuple(params))
    changes = store.db.total_changes - memory.harmless
    kept = memory.lists.get(key)
    if kept is None or kept[0] != changes:
        kept = (changes, array("q", (row[0] for row in store.db.execute(sql, params))))
        memory.lists[key] = kept
    memory.lists.move_to_end(key)
    while len(memory.lists) > KEPT_LISTS:
        memory.lists.popitem(last=False)
    return kept[1]


@contextmanager
def harmless(store: Store) -> Iterator[None]:
    """Writes inside do not make found ids stale."""
    before = store.db.total_changes
    yield
    memory_of(store).harmless += store.db.total_changes - before


def note_write(store: Store, table: str, card_id: int, before: str | None) -> None:
    """Remembers what a card was like, for the lag of `query=`."""
    memory_of(store).writes.append(Written(time.monotonic(), table, card_id, before))


def as_indexed(store: Store, table: str, lag_s: float) -> dict[int, str | None]:
    """Cards that changed within the lag, with the text that the search still knows of each."""
    since = time.monotonic() - lag_s
    known: dict[int, str | None] = {}
    for write in memory_of(store).writes:
        if write.table == table and write.at > since:
            known.setdefault(write.id, write.before)
    return known


def fresh_since(store: Store, scope: str) -> int:
    """The oldest version whose texts still hold for records of a scope ("leads", "catalogs/8201", ...).

    A new field or tag changes no text, so only a changed or vanished word makes texts stale. What changed
    before the first look is not known: older texts then count as stale.
    """
    known = memory_of(store).known
    seen, fresh, words = known.get(scope) or _first_look(store, scope)
    if seen == store.version:
        return fresh
    now = _words(store, scope)
    if any(now.get(key) != word for key, word in words.items()):
        fresh = store.version
    return _remember(store, scope, fresh, now)


def _first_look(store: Store, scope: str) -> tuple[int, int, Words]:
    """What an earlier process noted holds if nothing has changed after its last look."""
    noted = store.counters.get(f"words_seen/{scope}") == store.version
    fresh = store.counters.get(f"words_fresh/{scope}", 0) if noted else store.version
    _remember(store, scope, fresh, _words(store, scope))
    return memory_of(store).known[scope]


def _remember(store: Store, scope: str, fresh: int, words: Words) -> int:
    memory_of(store).known[scope] = (store.version, fresh, words)
    with harmless(store):
        store.set_counter(f"words_seen/{scope}", store.version)
        store.set_counter(f"words_fresh/{scope}", fresh)
    return fresh


def _words(store: Store, scope: str) -> Words:
    words: Words = {("field", str(thing["id"])): _of_field(thing) for thing in store.all("field", scope)}
    for tag in store.all("tag", scope):
        words["tag", str(tag["id"])] = (tag["name"], tag.get("color"))
    return words


def _of_field(thing: Thing) -> tuple[Any, ...]:
    options = [*(thing.get("enums") or ()), *(thing.get("nested") or ())]
    shown = tuple((option["id"], option["value"], option.get("code")) for option in options)
    return (thing["name"], thing.get("code"), thing["type"], shown)
