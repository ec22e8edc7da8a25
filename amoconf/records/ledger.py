"""What was overwritten in records, for the way back: per record and place what stood there, what was written, from what.

The values may be personal data. The file is the owner's only (mode 0600), and lies in the state folder.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Values = list[dict[str, Any]] | None
SCHEMA = """
CREATE TABLE IF NOT EXISTS cell (
  batch INTEGER NOT NULL, entity TEXT NOT NULL, record INTEGER NOT NULL, field INTEGER NOT NULL,
  kind TEXT NOT NULL, before TEXT, written TEXT, origin TEXT, about TEXT NOT NULL DEFAULT '',
  leaves INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS by_record ON cell (entity, record, field);
CREATE INDEX IF NOT EXISTS by_batch ON cell (batch);
CREATE TABLE IF NOT EXISTS whole (about TEXT PRIMARY KEY);
"""
# Columns that files of earlier versions lack.
LATER = {
    "about": "TEXT NOT NULL DEFAULT ''",
    "leaves": "INTEGER NOT NULL DEFAULT 0",
    "kept": "INTEGER NOT NULL DEFAULT 0",
}
COLUMNS = "entity, record, field, kind, before, written, origin, about, kept"
TAG, TASK_TYPE, PLACE, LOSS = "tag", "task_type", "place", "loss_reason"
# What is no value of a field.
OWN = frozenset({TAG, TASK_TYPE, PLACE, LOSS})
REASON_ID = "loss_reason_id"
WHY = 1  # the number of a deal's loss reason, beside that of its place; fields have ids far above


@dataclass(frozen=True)
class Cell:
    """One place of one record that was overwritten. Values as read or written; None: empty.

    kind: the type of the field; or tag (field is its id below zero), task_type, place (where a deal stands; field is 0),
    loss_reason (field is WHY).
    origin: the other field's value, which this one was made of, or which took over from it. about: addresses of what
    the write was for, a line each. leaves: the write takes the deal out of its incoming-leads stage. kept: nothing is
    written; the service itself wipes the place, once what `about` names is deleted.
    """

    entity: str
    record: int
    field: int
    kind: str
    before: Values
    written: Values
    origin: Values = None
    about: str = ""
    leaves: bool = False
    kept: bool = False


Same = Callable[[Cell, Values, Values], bool]


class Ledger:
    """An open file. older: files of earlier runs, the latest last, which are only asked. path None: kept in memory, for nobody."""

    def __init__(self, path: Path | None, older: Iterable[Path] = ()) -> None:
        self.path = path
        self.db = _opened(path)
        self.older = [_opened(each) for each in older]

    def close(self) -> None:
        """Closes the files."""
        for db in (self.db, *self.older):
            db.close()

    def freeze(self) -> None:
        """What somebody else writes into the older files from now on is not seen."""
        for db in self.older:
            db.execute("BEGIN")
            db.execute("SELECT 1 FROM cell LIMIT 1").fetchone()

    def mean(self, cells: Sequence[Cell]) -> int:
        """Writes down what is about to be sent; on disk when the call returns. The number is for `sent`."""
        with _writing(self.db):
            return self._put(cells)

    def _put(self, cells: Sequence[Cell]) -> int:
        batch = self._next()
        rows = [(batch, *_row(cell), cell.leaves) for cell in cells]
        self.db.executemany(
            f"INSERT INTO cell (batch, {COLUMNS}, leaves) VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows
        )
        return batch

    def _next(self) -> int:
        return int(self.db.execute("SELECT coalesce(max(batch), 0) + 1 FROM cell").fetchone()[0])

    def begin(self, entity: str, about: Sequence[str]) -> int:
        """The values of what is about to be deleted are read anew: what an earlier reading kept of it is forgotten.

        The number is for `keep`.
        """
        lines = "instr(char(10) || about || char(10), char(10) || ? || char(10))"
        with _writing(self.db):
            for each in about:
                self.db.execute(f"DELETE FROM cell WHERE kept AND entity = ? AND {lines}", (entity, each))
                self.db.execute("DELETE FROM whole WHERE about = ?", (each,))
        return self._next()

    def keep(self, entity: str, held: Mapping[int, Sequence[Cell]], since: int) -> int:
        """Writes down what records hold, on disk when the call returns. Of one read twice the last reading counts.

        Answers how many records hold something of which nothing was kept yet.
        """
        sql = "DELETE FROM cell WHERE kept AND batch >= ? AND entity = ? AND record = ?"
        with _writing(self.db):
            known = {key for key in held if self.db.execute(sql, (since, entity, key)).rowcount}
            self._put([cell for cells in held.values() for cell in cells])
        return sum(bool(cells) and key not in known for key, cells in held.items())

    def end(self, about: Iterable[str]) -> None:
        """The values of these were read to the end of their list."""
        with _writing(self.db):
            self.db.executemany("INSERT OR IGNORE INTO whole VALUES (?)", [(each,) for each in about])

    @property
    def whole(self) -> frozenset[str]:
        """Addresses all of whose values were kept."""
        return frozenset(row[0] for row in self.db.execute("SELECT about FROM whole"))

    @property
    def kept(self) -> dict[str, int]:
        """How many records of each list had something kept."""
        sql = "SELECT entity, count(DISTINCT record) FROM cell WHERE kept GROUP BY entity ORDER BY entity"
        return dict(self.db.execute(sql))

    def sent(self, batch: int) -> None:
        """The service has taken it."""
        self.db.execute("UPDATE cell SET sent = 1 WHERE batch = ?", (batch,))

    def written(self, entity: str, record: int, field: int) -> list[Values]:
        """Everything that was ever meant for a field of a record: a lost answer may have been a good one."""
        sql = "SELECT written FROM cell WHERE entity = ? AND record = ? AND field = ? AND NOT kept"
        return [
            _load(row[0])
            for db in (self.db, *self.older)
            for row in db.execute(sql, (entity, record, field)).fetchall()
        ]

    def was_filled(self, entity: str, record: int, field: int) -> bool:
        """Whether the service has taken a value for a field of a record and nothing of ours has emptied it since."""
        sql = (
            "SELECT written, sent FROM cell WHERE entity = ? AND record = ? AND field = ? ORDER BY rowid DESC"
        )
        for db in (self.db, *reversed(self.older)):
            for written, sent in db.execute(sql, (entity, record, field)):
                if sent or written is None:
                    return written is not None
        return False

    def first_and_last(
        self,
        counts: Callable[[Cell], bool] = lambda cell: True,
        of: tuple[str, Collection[int]] | None = None,
        same: Same = lambda cell, one, other: one == other,
    ) -> Iterator[tuple[Cell, list[Values]]]:
        """For the way back: each field of each record with what stood there first, and all that was meant for it.

        counts: whether a cell is looked at. of: only these records, by (list, ids). same: whether two values of a place
        are one. What a place was overwritten for is told with its first cell. Where somebody has changed it between
        two writes, what he put there is what stood there first.
        """
        some = ",".join(map(str, of[1])) if of else ""
        where = f"WHERE entity = ? AND record IN ({some})" if of else ""
        sql = f"SELECT {COLUMNS} FROM cell {where} ORDER BY entity, record, field, rowid"
        known: Cell | None = None
        meant: list[Values] = []
        for cell in filter(counts, map(_cell, self.db.execute(sql, of[:1] if of else ()))):
            if known is not None and _place(cell) == _place(known):
                about = _lines(known.about, cell.about)
                if any(same(cell, one, cell.before) for one in (known.before, *meant)):
                    known = replace(known, about=about)
                    meant.append(cell.written)
                else:
                    known, meant = replace(cell, about=about), [cell.written]
                continue
            if known is not None:
                yield known, meant
            known, meant = cell, [cell.written]
        if known is not None:
            yield known, meant

    def kinds(self, counts: Callable[[Cell], bool]) -> dict[str, list[Cell]]:
        """By list, a cell of each sort: of each kind and for each purpose. counts: as in `first_and_last`."""
        sql = f"SELECT {COLUMNS} FROM cell GROUP BY entity, kind, about, kept"
        found: dict[str, list[Cell]] = {}
        for cell in filter(counts, map(_cell, self.db.execute(sql))):
            found.setdefault(cell.entity, []).append(cell)
        return found

    def left(self) -> Iterator[Cell]:
        """A cell of each deal and place whose write took the deal out of its incoming-leads stage."""
        sql = f"SELECT {COLUMNS} FROM cell WHERE leaves GROUP BY entity, record, field, about"
        return map(_cell, self.db.execute(sql))

    @property
    def records(self) -> int:
        """How many records were written to."""
        return int(
            self.db.execute("SELECT count(*) FROM (SELECT DISTINCT entity, record FROM cell)").fetchone()[0]
        )


def _opened(path: Path | None) -> sqlite3.Connection:
    if path is None:
        db = sqlite3.connect(":memory:", isolation_level=None)
    else:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
    db.executescript(SCHEMA)
    there = {row[1] for row in db.execute("PRAGMA table_info(cell)")}
    for name, column in LATER.items():
        if name not in there:
            db.execute(f"ALTER TABLE cell ADD COLUMN {name} {column}")
    return db


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _lines(one: str, other: str) -> str:
    """Both, each line once."""
    return "\n".join(dict.fromkeys(line for text in (one, other) for line in text.split("\n") if line))


def _place(cell: Cell) -> tuple[str, int, int]:
    return cell.entity, cell.record, cell.field


def _row(cell: Cell) -> tuple[Any, ...]:
    values = (_dump(cell.before), _dump(cell.written), _dump(cell.origin))
    return (*_place(cell), cell.kind, *values, cell.about, cell.kept)


def _cell(row: Sequence[Any]) -> Cell:
    before, written, origin = (_load(text) for text in row[4:7])
    return Cell(row[0], row[1], row[2], row[3], before, written, origin, row[7], kept=bool(row[8]))


def _dump(values: Values) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


def _load(text: str | None) -> Values:
    return None if text is None else json.loads(text)
