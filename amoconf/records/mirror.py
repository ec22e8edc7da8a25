"""The mirror of an account's records: pages go in with the place reached, questions are answered from it."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import fields as fields_of
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from amoconf.records.entities import ENTITIES, Entity
from amoconf.records.keep import Fields
from amoconf.records.misread import broken
from amoconf.records.queries import Queries
from amoconf.records.rows import Rows, rows_of
from amoconf.records.tables import CHILDREN, opened


@dataclass(frozen=True)
class State:
    """How far one list is. Times are the account's, Unix seconds, but for `filled` and `checked`, this machine's.

    page: pages read from the beginning. upto: where the walk by id ends; None before it began, 0 where the end is not
    known. started: when the filling began. top: the latest updated_at seen. as_of: what the list is current to.
    looked: until when deletions are known. stale: to be read anew as a whole. suspect: some row may have been missed.
    touched: an apply wrote to it.
    """

    fields: Fields
    page: int = 0
    upto: int | None = None
    started: int | None = None
    top: int = 0
    complete: bool = False
    as_of: int | None = None
    looked: int | None = None
    filled: float | None = None
    checked: float | None = None
    stale: bool = False
    suspect: bool = False
    touched: bool = False

    @property
    def watermark(self) -> int:
        """Changes up to here are known."""
        return min(self.top, self.as_of or 0)


NAMES = tuple(field.name for field in fields_of(State))
FLAGS = frozenset({"complete", "stale", "suspect", "touched"})


class Mirror(Queries):
    """An open mirror. `path` None: in a file that nobody else sees and that is gone at the end.

    key: makes the hashes of phones, e-mails and names; lies elsewhere. wall: this machine's clock.
    """

    def __init__(self, path: Path | None, key: bytes, *, wall: Callable[[], float] = time.time) -> None:
        super().__init__(opened(path, key))
        self.key = key
        self.wall = wall

    def __enter__(self) -> "Mirror":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self.db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All of what is written inside, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self.db.in_transaction:  # with a full disk SQLite has rolled back by itself
                self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def state(self, entity: str) -> State | None:
        """How far a list is; None where nothing of it was ever asked for."""
        sql = f"SELECT {', '.join(NAMES)} FROM state WHERE entity = ?"
        row = self.db.execute(sql, (entity,)).fetchone()
        if row is None:
            return None
        known: dict[str, Any] = {
            name: bool(value) if name in FLAGS else value for name, value in zip(NAMES, row, strict=True)
        }
        return State(fields=Fields.load(known.pop("fields")), **known)

    def note(self, entity: str, **changes: Any) -> None:
        """Changes what is known of how far a list is."""
        named = ", ".join(f"{name} = ?" for name in changes)
        self.db.execute(f"UPDATE state SET {named} WHERE entity = ?", (*changes.values(), entity))

    def begin(self, entity: str, fields: Fields) -> None:
        """Forgets a list and gets ready to fill it with these fields."""
        code = ENTITIES[entity].code
        with self.writing():
            self.db.execute(f"DELETE FROM {entity}")
            for table in CHILDREN:
                self.db.execute(f"DELETE FROM {table} WHERE entity = ?", (code,))
            self.db.execute("DELETE FROM state WHERE entity = ?", (entity,))
            self.db.execute(
                "INSERT INTO state (entity, fields) VALUES (?, ?)",
                (entity, fields.dump()),
            )

    def put(self, entity: str, items: Iterable[Any], fields: Fields) -> None:
        """Puts in what records are like now, instead of what they were like. To be called inside `writing`.

        BadAnswer where an item is no record.
        """
        kind = ENTITIES[entity]
        rows = rows_of(kind, items, fields, self.key)
        self._clear(entity, rows.ids)
        try:
            self._insert(kind, rows)
        except OverflowError as error:
            raise broken(kind) from error

    def _insert(self, kind: Entity, rows: Rows) -> None:
        places = ("?," * (len(kind.columns) + kind.named))[:-1]
        self.db.executemany(f"INSERT OR REPLACE INTO {kind.name} VALUES ({places})", rows.records)
        self.db.executemany("INSERT OR REPLACE INTO cell VALUES (?,?,?,?,?,?)", rows.cells)
        self.db.executemany("INSERT OR REPLACE INTO tag VALUES (?,?,?)", rows.tags)
        self.db.executemany("INSERT OR REPLACE INTO link VALUES (?,?,?,?,?)", rows.links)
        self.db.executemany("INSERT OR REPLACE INTO hash VALUES (?,?,?,?,?,?)", rows.hashes)

    def remove(self, entity: str, ids: Iterable[int]) -> int:
        """Takes out records that are gone, and answers how many were there. To be called inside `writing`."""
        gone = list(ids)
        self._clear(entity, gone)
        return sum(
            self.db.execute(f"DELETE FROM {entity} WHERE id = ?", (number,)).rowcount for number in gone
        )

    def _clear(self, entity: str, ids: list[int]) -> None:
        """Takes out what hangs on records."""
        chosen = ",".join(map(str, map(int, ids)))
        for table in CHILDREN:
            self.db.execute(
                f"DELETE FROM {table} WHERE entity = ? AND record IN ({chosen})", (ENTITIES[entity].code,)
            )

    def hanging(self, entity: str, ids: Iterable[int]) -> list[Any]:
        """Values and tags of records, in an order of their own."""
        code, chosen = ENTITIES[entity].code, ",".join(map(str, map(int, ids)))
        sql = "SELECT * FROM {} WHERE entity = ? AND record IN ({}) ORDER BY 1, 2, 3, 4"
        cells = self.db.execute(sql.format("cell", chosen), (code,)).fetchall()
        tags = self.db.execute(sql.format("tag", chosen).removesuffix(", 4"), (code,)).fetchall()
        return [cells, tags]

    def times(self, entity: str, ids: Iterable[int]) -> dict[int, int]:
        """updated_at of those records that are known, by id."""
        chosen = ",".join(map(str, map(int, ids)))
        return dict(self.db.execute(f"SELECT id, updated_at FROM {entity} WHERE id IN ({chosen})"))

    def later(self, entity: str, than: int) -> Iterator[tuple[int, int]]:
        """(id, updated_at) of those that were changed after a moment."""
        yield from self.db.execute(f"SELECT id, updated_at FROM {entity} WHERE updated_at > ?", (than,))

    def ids(self, entity: str, first: int, count: int) -> list[int]:
        """Ids of the records from rank `first` on, counted from 0, by id."""
        sql = f"SELECT id FROM {entity} ORDER BY id LIMIT ? OFFSET ?"
        return [row[0] for row in self.db.execute(sql, (count, first))]

    def between(self, entity: str, after: int, upto: int | None) -> list[int]:
        """Ids above `after`, up to and with `upto`; None: to the last."""
        sql = f"SELECT id FROM {entity} WHERE id > ?1 AND (?2 IS NULL OR id <= ?2)"
        return [row[0] for row in self.db.execute(sql, (after, upto))]

    def below(self, entity: str, number: int) -> int:
        """How many ids are lower."""
        sql = f"SELECT count(*) FROM {entity} WHERE id < ?"
        return cast("int", self.db.execute(sql, (number,)).fetchone()[0])

    def held(self, entity: str) -> int:
        """How many records are in it, whole or not."""
        return cast("int", self.db.execute(f"SELECT count(*) FROM {entity}").fetchone()[0])

    def stale(self, entity: str, *, fields: Iterable[int] = (), whole: bool = False) -> None:
        """For an apply that touched rows of a list: the next refresh reads what is needed.

        Rows that were written are found by their updated_at; until then `as_of` is None. fields: the configuration of
        these changed (deleted, options taken away), which leaves updated_at as it is: if one of them is kept, the
        list is read anew; as it is with `whole`.
        """
        state = self.state(entity)
        if state is None:
            return
        touched = set(fields)
        anew = whole or bool(touched & (state.fields.values | state.fields.marks))
        if anew:
            self.note(entity, stale=1)
        elif not touched:
            self.note(entity, touched=1)
