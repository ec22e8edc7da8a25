"""Puts hundreds of thousands of rows into a store in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager

from amoconf.emulator.store import Store

TABLES = ("link", "tasks", "notes", "events", "unsorted", "leads", "contacts", "companies")
CACHE_KIB = 48 * 1024


@contextmanager
def loading(store: Store) -> Iterator[None]:
    """Inside, rows go in without a journal and without secondary indexes; both are back afterwards.

    One transaction of half a gigabyte would need as much again for its journal. So a transaction that the caller
    has open ends here and a new one stands open for him afterwards; a failure inside leaves a file of no use.
    """
    outer = store.db.in_transaction
    if outer:
        store.db.execute("COMMIT")
    (journal,) = store.db.execute("PRAGMA journal_mode").fetchone()
    store.db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA cache_size=-{CACHE_KIB};")
    indexes = _indexes(store)
    for name in indexes:
        store.db.execute(f"DROP INDEX {name}")
    store.db.execute("BEGIN")
    yield
    for statement in indexes.values():
        store.db.execute(statement)
    store.db.execute("COMMIT")
    store.db.executescript(f"PRAGMA journal_mode={journal}; PRAGMA cache_size=-2000;")
    if outer:
        store.db.execute("BEGIN")


def _indexes(store: Store) -> dict[str, str]:
    marks = ", ".join("?" * len(TABLES))
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})"
    return dict(store.db.execute(query, TABLES).fetchall())
