"""What happens when a deal leaves the unsorted stage: its request is gone, its cards come into lists."""

from amoconf.emulator.records import cards
from amoconf.emulator.store import Store


def leave(store: Store, lead_id: int) -> None:
    """Forgets the request of a deal and shows the cards that came with it (protocol page, 7.9)."""
    store.db.execute("DELETE FROM unsorted WHERE lead_id = ?", (lead_id,))
    kinds = "to_type IN ('contacts', 'companies')"
    sql = f"SELECT to_type, to_id FROM link WHERE from_type = 'leads' AND from_id = ? AND {kinds}"
    for entity, key in store.db.execute(sql, (lead_id,)).fetchall():
        if _is_hidden(store, entity, key):
            cards.hide(store, entity, key, hidden=False)


def _is_hidden(store: Store, entity: str, key: int) -> bool:
    sql = f"SELECT 1 FROM {entity} WHERE id = ? AND is_deleted = 2"
    return store.db.execute(sql, (key,)).fetchone() is not None
