"""Puts hundreds of thousands of rows into a store in seconds."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from amoconf.emulator.records.document import Row, insert_many
from amoconf.emulator.store import Store

TABLES = ("link", "tasks", "notes", "events", "unsorted", "leads", "contacts", "companies")
CACHE_KIB = 48 * 1024
BATCH = 4_000


@contextmanager
def loading(store: Store) -> Iterator[None]:
    """Inside, `insert` puts rows into tables that have no secondary indexes; they are made at the end.

    One transaction of half a gigabyte would need as much again for its journal. So the transaction that the
    caller has open ends here, and another stands open for him afterwards. A file is new as long as it holds
    no thing, so things go in last: what a kill leaves behind is cleared and filled again at the next start.
    """
    things = store.db.execute("SELECT * FROM thing").fetchall()
    (cache,) = store.db.execute("PRAGMA cache_size").fetchone()
    for table in ("thing", *TABLES):
        store.db.execute(f"DELETE FROM {table}")
    indexes = _indexes(store)
    for name in indexes:
        store.db.execute(f"DROP INDEX {name}")
    store.db.execute("COMMIT")
    store.db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    gc.disable()  # nothing here is garbage, and looking for it takes a sixth of the time
    try:
        yield
    finally:
        gc.enable()
        store.db.execute("BEGIN")
    for statement in indexes.values():
        store.db.execute(statement)
    store.db.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", things)
    store.db.execute(f"PRAGMA cache_size={cache}")


def insert(store: Store, table: str, rows: Iterable[Row]) -> None:
    """Puts in rows, a transaction for every few thousand."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        store.db.execute("BEGIN")
        insert_many(store, table, batch)
        store.db.execute("COMMIT")


def _indexes(store: Store) -> dict[str, str]:
    marks = ", ".join("?" * len(TABLES))
    made = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    return dict(store.db.execute(f"SELECT name, sql FROM sqlite_master WHERE {made}", TABLES).fetchall())
