"""What the emulated account holds: configuration as JSON documents, records as rows with JSON ready to send.

Configuration is small: every thing is one JSON object under (kind, scope, id), kept in memory and written
through to SQLite. Records are many: a row holds the columns that lists filter and order by, and `body`, the
JSON text of the record as it goes on the wire, rendered against version `version` of the dictionaries
(fields, options, tags). A body rendered against an older version is rendered anew when it is read.

In a body the caller's origin stands as ORIGIN (a noncharacter of Unicode, which JSON text holds raw and no
caller can store), and `_embedded` is the last key, so that `with=` can append to it.
"""

import json
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ORIGIN = "\ufdd0"
Thing = dict[str, Any]

# Changes to these kinds make the texts inside records stale.
DICTIONARIES = frozenset({"field", "tag"})

SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
  kind TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, scope, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link (
  from_type TEXT NOT NULL, from_id INTEGER NOT NULL, to_type TEXT NOT NULL, to_id INTEGER NOT NULL,
  is_main INTEGER NOT NULL DEFAULT 0, metadata TEXT,
  PRIMARY KEY (from_type, from_id, to_type, to_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS link_back ON link (to_type, to_id, from_type, from_id);
CREATE TABLE IF NOT EXISTS tasks (
  id INTEGER PRIMARY KEY, entity_type TEXT, entity_id INTEGER, responsible_user_id INTEGER,
  created_by INTEGER, task_type_id INTEGER, is_completed INTEGER NOT NULL, complete_till INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS task_entity ON tasks (entity_type, entity_id);
CREATE INDEX IF NOT EXISTS task_till ON tasks (is_completed, complete_till);
CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY, entity_type TEXT NOT NULL, entity_id INTEGER NOT NULL, note_type TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS note_entity ON notes (entity_type, entity_id);
-- An event's body is its two values; the rest is glued around it when it is read.
CREATE TABLE IF NOT EXISTS events (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, entity_type TEXT NOT NULL, entity_id INTEGER NOT NULL,
  created_by INTEGER NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_time ON events (created_at, id);
CREATE INDEX IF NOT EXISTS event_type ON events (type, created_at);
CREATE INDEX IF NOT EXISTS event_entity ON events (entity_type, entity_id);
CREATE TABLE IF NOT EXISTS unsorted (
  uid TEXT PRIMARY KEY, category TEXT NOT NULL, pipeline_id INTEGER NOT NULL, lead_id INTEGER,
  created_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS elements (
  id INTEGER PRIMARY KEY, catalog_id INTEGER NOT NULL, name TEXT NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS element_catalog ON elements (catalog_id, is_deleted, version);
CREATE TABLE IF NOT EXISTS transactions (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, is_deleted INTEGER NOT NULL, created_at INTEGER NOT NULL,
  body TEXT NOT NULL);
"""

# One table for each of leads, contacts, companies, customers. `is_deleted`: 0 in lists, 1 in the recycle bin, 2 a
# card that waits in the unsorted stage. The first index holds every column that lists filter and order by, so that
# no list has to read bodies to find its rows.
ENTITY_SCHEMA = """
CREATE TABLE IF NOT EXISTS {table} (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER, pipeline_id INTEGER, status_id INTEGER,
  responsible_user_id INTEGER, created_by INTEGER, updated_by INTEGER, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, closed_at INTEGER, closest_task_at INTEGER, loss_reason_id INTEGER,
  source_id INTEGER, is_deleted INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS {table}_facts ON {table} (
  is_deleted, updated_at, created_at, responsible_user_id, pipeline_id, status_id, price, created_by, updated_by,
  closed_at, closest_task_at, version);
CREATE INDEX IF NOT EXISTS {table}_stage ON {table} (pipeline_id, status_id, is_deleted);
"""
ENTITIES = ("leads", "contacts", "companies", "customers")


class Store:
    """All data of one emulated account."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        # An empty path is a private file that SQLite deletes: what does not fit into the cache leaves the process.
        place = "" if path == ":memory:" else path
        self.db = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
        # Records of 2 KB waste half of SQLite's usual page.
        self.db.execute("PRAGMA page_size=16384")
        self.db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;")
        self.db.executescript(SCHEMA + "".join(ENTITY_SCHEMA.format(table=name) for name in ENTITIES))
        self.things: dict[tuple[str, str], dict[str, Thing]] = {}
        self.counters: dict[str, int] = {}
        self.undo: deque[tuple[float, str, str, str, Thing | None]] = deque(maxlen=10_000)
        self._load()

    def _load(self) -> None:
        for kind, scope, key, body in self.db.execute(
            "SELECT kind, scope, id, body FROM thing ORDER BY place"
        ):
            self.things.setdefault((kind, scope), {})[key] = json.loads(body)
        self.counters = dict(self.db.execute("SELECT name, value FROM counter"))

    @property
    def is_new(self) -> bool:
        """True until a scenario has filled the store."""
        return not self.things

    @property
    def version(self) -> int:
        """Number of changes to the dictionaries so far."""
        return self.counters.get("version", 0)

    def all(self, kind: str, scope: str = "") -> list[Thing]:
        """Every thing of a kind in one scope, in the order in which they were made."""
        return list(self.things.get((kind, scope), {}).values())

    def get(self, kind: str, key: int | str, scope: str = "") -> Thing | None:
        """One thing, or None. The dict is the stored one: copy before changing it, then `put`."""
        return self.things.get((kind, scope), {}).get(str(key))

    def scopes(self, kind: str) -> list[str]:
        """The scopes in which things of this kind exist."""
        return [scope for (name, scope), things in self.things.items() if name == kind and things]

    def put(self, kind: str, body: Thing, scope: str = "") -> Thing:
        """Stores a thing under its own `id`, new or changed."""
        key = str(body["id"])
        home = self.things.setdefault((kind, scope), {})
        self.undo.append((time.monotonic(), kind, scope, key, home.get(key)))
        home[key] = body
        self.db.execute(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (kind, scope, key, self.count("place"), json.dumps(body, ensure_ascii=False)),
        )
        self._touch(kind)
        return body

    def drop(self, kind: str, key: int | str, scope: str = "") -> None:
        """Forgets a thing."""
        gone = self.things[kind, scope].pop(str(key))
        self.undo.append((time.monotonic(), kind, scope, str(key), gone))
        self.db.execute("DELETE FROM thing WHERE kind = ? AND scope = ? AND id = ?", (kind, scope, str(key)))
        self._touch(kind)

    def _touch(self, kind: str) -> None:
        if kind in DICTIONARIES:
            self.count("version")

    def count(self, name: str, step: int = 1) -> int:
        """Next value of a counter. Ids are never used twice."""
        value = self.counters.get(name, 0) + step
        self.set_counter(name, value)
        return value

    def set_counter(self, name: str, value: int) -> None:
        """Sets where a counter goes on from."""
        self.counters[name] = value
        self.db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (name, value))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of what is written inside, or nothing of the records."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    @contextmanager
    def as_of(self, lag_s: float) -> Iterator[None]:
        """Inside, configuration reads as it was `lag_s` seconds ago (the fault config_read_lag_ms)."""
        since = time.monotonic() - lag_s
        redo = []
        for at, kind, scope, key, before in reversed(self.undo):
            if at < since:
                break
            home = self.things.setdefault((kind, scope), {})
            redo.append((kind, scope, key, home.get(key)))
            _set(home, key, before)
        try:
            yield
        finally:
            for kind, scope, key, after in reversed(redo):
                _set(self.things[kind, scope], key, after)


def _set(home: dict[str, Thing], key: str, body: Thing | None) -> None:
    if body is None:
        home.pop(key, None)
    else:
        home[key] = body
