"""What is asked of a filled mirror: how many records hold, lack or share something."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from amoconf.errors import AmoconfError
from amoconf.records.entities import ENTITIES
from amoconf.records.keep import Fields
from amoconf.tongue import tr


class NotKept(AmoconfError):
    """The mirror cannot say: the list was not read to its end, or the field is not kept. Never to be read as
    zero.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            tr("the mirror cannot tell of {what}", what=what), tr("refresh it with a Keep that asks for it")
        )


class Queries:
    """Questions to a mirror. Each raises NotKept where the answer is not known."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def count(self, entity: str) -> int:
        """How many records there are."""
        return self._number(f"SELECT count(*) FROM {self._whole(entity).name}")

    def filled(self, entity: str, field_id: int) -> int:
        """How many records have the field filled."""
        sql = "SELECT count(DISTINCT record) FROM cell WHERE entity = ? AND field = ?"
        return self._number(sql, self._kept(entity, field_id), field_id)

    def holding(self, entity: str, field_id: int, enum_id: int) -> int:
        """How many records hold an option of a field."""
        sql = "SELECT count(DISTINCT record) FROM cell WHERE entity = ? AND field = ? AND enum = ?"
        return self._number(sql, self._kept(entity, field_id), field_id, enum_id)

    def tagged(self, entity: str, tag_id: int) -> int:
        """How many records have a tag."""
        code = self._whole(entity).code
        return self._number("SELECT count(*) FROM tag WHERE entity = ? AND tag = ?", code, tag_id)

    def standing(self, pipeline_id: int, stage_id: int) -> int:
        """How many deals stand in a stage; 142 and 143 repeat in every pipeline, so both ids are needed.

        Deals of the unsorted stage are in the list of deals (official: protocol page 7.9) and counted as any
        other.
        """
        self._whole("leads")
        sql = "SELECT count(*) FROM leads WHERE pipeline_id = ? AND status_id = ?"
        return self._number(sql, pipeline_id, stage_id)

    def where(self, entity: str, column: str, number: int) -> int:
        """How many records have a number in a column of ENTITIES."""
        known = self._whole(entity)
        if column not in known.columns:
            raise NotKept(tr("{column} of {list}", column=column, list=entity))
        return self._number(f"SELECT count(*) FROM {known.name} WHERE {column} = ?", number)

    def open_tasks(self, type_id: int) -> int:
        """How many tasks of a type are not completed."""
        self._whole("tasks")
        return self._number("SELECT count(*) FROM tasks WHERE task_type_id = ? AND NOT is_completed", type_id)

    def distinct(self, entity: str, field_id: int) -> Iterator[tuple[Any, int]]:
        """(value, how many records have it), the commonest first; phones and e-mails inside are marks, not
        content.
        """
        code = self._kept(entity, field_id, valued=True)
        sql = (
            "SELECT value, count(DISTINCT record) FROM cell WHERE entity = ? AND field = ? AND value IS NOT NULL"
            " GROUP BY value ORDER BY 2 DESC, 1"
        )
        yield from self.db.execute(sql, (code, field_id))

    def ask(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a question that no other method asks; who asks sees to it that the lists are whole (`as_of`)."""
        yield from self.db.execute(sql, values)

    def as_of(self, entity: str) -> int | None:
        """The account's time (Unix seconds) that the list was read at; None where it is not whole, or stale."""
        sql = "SELECT as_of FROM state WHERE entity = ? AND complete AND NOT stale AND NOT touched"
        row = self.db.execute(sql, (entity,)).fetchone()
        return row[0] if row else None

    def _number(self, sql: str, *values: int) -> int:
        return int(self.db.execute(sql, values).fetchone()[0])

    def _whole(self, entity: str) -> Any:
        if self.as_of(entity) is None:
            raise NotKept(entity)
        return ENTITIES[entity]

    def _kept(self, entity: str, field_id: int, *, valued: bool = False) -> int:
        code: int = self._whole(entity).code
        row = self.db.execute("SELECT fields FROM state WHERE entity = ?", (entity,)).fetchone()
        fields = Fields.load(row[0])
        if field_id not in fields.values and (valued or field_id not in fields.marks):
            raise NotKept(tr("field {id} of {list}", id=field_id, list=entity))
        return code
