"""The mirror's file: its tables, its version, its mode; a file of another version or key is thrown away."""

import os
import sqlite3
from pathlib import Path

from amoconf.records.entities import ENTITIES
from amoconf.records.private import keyed

VERSION = 3
# What using the file may raise: it is damaged or locked, the disk is full, the folder is not ours.
DATABASE_TROUBLE = sqlite3.Error
FILE_TROUBLE = (DATABASE_TROUBLE, OSError)
# Column types do not matter to SQLite but for texts that look like numbers: values keep theirs (no type).
SCHEMA = """
CREATE TABLE meta (key BLOB NOT NULL);
CREATE TABLE state (
  entity TEXT PRIMARY KEY, fields TEXT NOT NULL, page INTEGER DEFAULT 0, upto INTEGER, started INTEGER,
  top INTEGER DEFAULT 0, complete INTEGER DEFAULT 0, as_of INTEGER, looked INTEGER, filled REAL, checked REAL,
  stale INTEGER DEFAULT 0, suspect INTEGER DEFAULT 0, touched INTEGER DEFAULT 0) WITHOUT ROWID;
CREATE TABLE cell (
  entity INTEGER, record INTEGER, field INTEGER, place INTEGER, enum INTEGER, value,
  PRIMARY KEY (entity, record, field, place)) WITHOUT ROWID;
CREATE TABLE tag (
  entity INTEGER, record INTEGER, tag INTEGER, PRIMARY KEY (entity, record, tag)) WITHOUT ROWID;
CREATE TABLE link (
  entity INTEGER, record INTEGER, to_entity INTEGER, to_record INTEGER, is_main INTEGER,
  PRIMARY KEY (entity, record, to_entity, to_record)) WITHOUT ROWID;
CREATE TABLE hash (
  entity INTEGER, record INTEGER, kind INTEGER, place INTEGER, hash BLOB, malformed INTEGER NOT NULL,
  PRIMARY KEY (entity, record, kind, place)) WITHOUT ROWID;
"""
CHILDREN = ("cell", "tag", "link", "hash")


def opened(path: Path | None, key: bytes) -> sqlite3.Connection:
    """The database at `path`, made if need be; without a path one that nobody else sees and that goes when it
    is closed.
    """
    if path is None:
        return _fresh(sqlite3.connect("", isolation_level=None), key)
    _make_private(path)
    db = _connected(path)
    if db is not None:
        if _fits(db, key):
            return db
        db.close()
    forget(path)
    _make_private(path)
    return _fresh(sqlite3.connect(path, isolation_level=None), key)


def forget(path: Path) -> None:
    """Throws a mirror's file away, and what SQLite keeps beside it."""
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)


def is_damage(error: BaseException) -> bool:
    """Whether the file is not what it was when it was written."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _make_private(path: Path) -> None:
    """The file and its folder belong to their owner only, whatever the umask; SQLite gives its other files
    the same mode.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    os.close(handle)
    path.chmod(0o600)


def _connected(path: Path) -> sqlite3.Connection | None:
    """None where the file is no database, or none that is whole."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        db.close()
        return None
    return db


def _fits(db: sqlite3.Connection, key: bytes) -> bool:
    """Whether the tables are of this version and the hashes made with this key."""
    if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        return False
    _set_up(db)
    return db.execute("SELECT key FROM meta").fetchall() == [(_mark(key),)]


def _fresh(db: sqlite3.Connection, key: bytes) -> sqlite3.Connection:
    _set_up(db)
    db.execute("BEGIN")
    # executescript would commit in between.
    for statement in (*SCHEMA.split(";")[:-1], *map(_table, ENTITIES)):
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES (?)", (_mark(key),))
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    return db


def _set_up(db: sqlite3.Connection) -> None:
    """A process that is killed loses nothing; what a power cut loses since the last checkpoint is read again."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA temp_store = MEMORY")


def _table(name: str) -> str:
    columns = ", ".join(f"{column} INTEGER" for column in ENTITIES[name].columns[1:])
    named = ", name BLOB" if ENTITIES[name].named else ""
    return f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {columns}{named})"


def _mark(key: bytes) -> bytes:
    """Tells keys apart without telling them."""
    return keyed(key, "mirror")
