"""Changes to records that no request asks for: deals of a deleted stage, cards thrown away by people."""

from amoconf.emulator.records import cards, journal, stages
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.unsorted_leaving import leave
from amoconf.emulator.store import Store


def move_leads(
    store: Store, where_pipeline: int, where_status: int, to_status: int, *, by: int, at: int
) -> int:
    """Moves every deal of a stage, binned ones too, to another of its pipeline; answers how many."""
    sql = "SELECT id FROM leads WHERE pipeline_id = ? AND status_id = ?"
    ids = [row[0] for row in store.db.execute(sql, (where_pipeline, where_status))]
    for start in range(0, len(ids), 500):
        for card in cards.load(store, "leads", ids[start : start + 500]).values():
            stages.place(card.doc, where_pipeline, to_status, at=at)
            card.doc.update(updated_by=by, updated_at=at)
            cards.save(store, "leads", card, by=by, at=at)
    return len(ids)


def throw_away(store: Store, entity: str, card_id: int, *, by: int, at: int) -> None:
    """Puts a card into the recycle bin, as the web interface does; the API cannot (protocol page, 8.4)."""
    _set_deleted(store, entity, card_id, by=by, at=at, deleted=True)
    if entity == "leads":
        leave(store, card_id)


def bring_back(store: Store, entity: str, card_id: int, *, by: int, at: int) -> None:
    """Takes a card out of the recycle bin."""
    _set_deleted(store, entity, card_id, by=by, at=at, deleted=False)


def _set_deleted(store: Store, entity: str, card_id: int, *, by: int, at: int, deleted: bool) -> None:
    def mark(doc: Doc) -> None:
        doc["is_deleted"] = deleted

    cards.change(store, entity, card_id, mark, by=by, at=at)
    store.db.execute(f"UPDATE {entity} SET is_deleted = ? WHERE id = ?", (int(deleted), card_id))
    singular = journal.SINGULAR[entity]
    kind = f"{singular}_{'deleted' if deleted else 'restored'}"
    journal.write(store, kind, singular, card_id, by=by, at=at)
