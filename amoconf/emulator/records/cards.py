"""Cards (deals, contacts, companies, customers) as rows and dicts: loading, making, changing, with events."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.call import Call
from amoconf.emulator.records import journal
from amoconf.emulator.records.document import HIDDEN, Row, insert_many
from amoconf.emulator.records.drawing import Doc, texts
from amoconf.emulator.records.memory import note_write
from amoconf.emulator.records.sight import visible
from amoconf.emulator.store import Store

Edit = Callable[[Doc], None]


@dataclass(frozen=True)
class Card:
    """A stored card: its text as it was, and a dict that may be changed."""

    text: str
    doc: Doc

    @property
    def before(self) -> Doc:
        """The card as it was."""
        return dict(json.loads(self.text))


def load(store: Store, entity: str, ids: Iterable[int]) -> dict[int, Card]:
    """Cards by id, the deleted and hidden ones too; unknown ids are left out."""
    found = texts(store, entity, list(ids))
    return {key: Card(text, json.loads(text)) for key, text in found.items()}


def load_one(store: Store, entity: str, card_id: int) -> Card:
    """A card that is there; KeyError when it is not."""
    return load(store, entity, [card_id])[card_id]


def reachable(call: Call, entity: str, ids: Iterable[int]) -> dict[int, Card]:
    """Cards that the acting user sees and that are not deleted, by id."""
    seen, params = visible(call, entity)
    chosen = ",".join(str(key) for key in ids)
    sql = f"SELECT id FROM {entity} WHERE id IN ({chosen}) AND is_deleted <> 1 AND {seen}"
    return load(call.store, entity, [row[0] for row in call.store.db.execute(sql, params)])


def add(store: Store, entity: str, row: Row, *, by: int, at: int) -> None:
    """A new card with its event, which names the note that the card's feed begins with."""
    insert_many(store, entity, [row])
    note_write(store, entity, row[0], None)
    note = [{"note": {"id": store.count("note")}}]
    singular = journal.SINGULAR[entity]
    journal.write(store, f"{singular}_added", singular, row[0], by=by, at=at, after=note)


def save(store: Store, entity: str, card: Card, *, by: int, at: int) -> None:
    """Writes a changed card and the events of what has changed."""
    journal.write_changes(store, entity, card.before, card.doc, by=by, at=at)
    keep(store, entity, card)


def keep(store: Store, entity: str, card: Card) -> None:
    """Writes a changed card without events."""
    doc = card.doc
    named = ", ".join(f"{name} = ?" for name in COLUMNS)
    sql = f"UPDATE {entity} SET {named}, version = ?, body = ? WHERE id = ?"
    columns = [doc.get(_KEYS.get((entity, name), name)) for name in COLUMNS]
    store.db.execute(sql, [*columns, store.version, dumps(doc), doc["id"]])
    note_write(store, entity, doc["id"], card.text)


COLUMNS = (
    "name",
    "price",
    "pipeline_id",
    "status_id",
    "responsible_user_id",
    "created_by",
    "updated_by",
    "created_at",
    "updated_at",
    "closed_at",
    "closest_task_at",
    "loss_reason_id",
    "source_id",
)
# Columns that hold another key of this entity.
_KEYS = {("customers", "price"): "next_price", ("customers", "closed_at"): "next_date"}


def change(store: Store, entity: str, card_id: int, edit: Edit, *, by: int, at: int) -> None:
    """Changes one card as a person or the service does it, outside any request."""
    card = load_one(store, entity, card_id)
    edit(card.doc)
    card.doc.update(updated_by=by, updated_at=at)
    save(store, entity, card, by=by, at=at)


def hide(store: Store, entity: str, card_id: int, *, hidden: bool) -> None:
    """Takes a card of an unsorted request out of lists, or lets it in."""
    store.db.execute(f"UPDATE {entity} SET is_deleted = ? WHERE id = ?", (HIDDEN if hidden else 0, card_id))
    if entity == "contacts":
        card = load_one(store, entity, card_id)
        card.doc["is_unsorted"] = hidden
        keep(store, entity, card)


def is_there(store: Store, entity: str, card_id: Any) -> bool:
    """Whether a card exists and is not in the recycle bin."""
    sql = f"SELECT 1 FROM {entity} WHERE id = ? AND is_deleted <> 1"
    return store.db.execute(sql, (card_id,)).fetchone() is not None


def refresh_closest_task(store: Store, entity: str, card_id: int) -> None:
    """`closest_task_at` is the time of the nearest open task; tasks do not touch `updated_at`.

    Protocol page, 7.7 and 8.2; both are guesses for what is not official there.
    """
    sql = "SELECT min(complete_till) FROM tasks WHERE entity_type = ? AND entity_id = ? AND is_completed = 0"
    nearest = store.db.execute(sql, (entity, card_id)).fetchone()[0]
    for card in load(store, entity, [card_id]).values():
        if card.doc["closest_task_at"] != nearest:
            card.doc["closest_task_at"] = nearest
            keep(store, entity, card)
