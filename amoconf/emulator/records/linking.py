"""Links between records: one row for both ends, always in the direction of TARGETS (protocol page, 7.6)."""

import json
from collections.abc import Iterator
from typing import Any

from amoconf.emulator.answer import dumps
from amoconf.emulator.records import cards, journal
from amoconf.emulator.store import ORIGIN, Store, Thing

ELEMENTS = "catalog_elements"
# Directions in which rows are kept.
TARGETS = {
    "leads": ("contacts", "companies", ELEMENTS),
    "contacts": ("companies", ELEMENTS),
    "companies": (ELEMENTS,),
    "customers": ("contacts", "companies", ELEMENTS),
}
# What each entity can be linked to, by either end.
ALLOWED = {
    "leads": ("contacts", "companies", ELEMENTS),
    "contacts": ("leads", "companies", "customers", ELEMENTS),
    "companies": ("leads", "contacts", "customers", ELEMENTS),
    "customers": ("contacts", "companies", ELEMENTS),
}
End = tuple[str, int]


def _oriented(one: End, other: End) -> tuple[End, End]:
    return (one, other) if other[0] in TARGETS[one[0]] else (other, one)


def attach(
    store: Store,
    one: End,
    other: End,
    *,
    by: int,
    at: int,
    is_main: bool | None = None,
    metadata: Thing | None = None,
) -> None:
    """Links two records; a card has one company at most, and one main contact when it has any."""
    source, target = _oriented(one, other)
    if target[0] == "companies":
        # A second company takes the place of the first (guess: protocol page 7.6).
        for other_id in _ids(store, source, "companies"):
            if other_id != target[1]:
                detach(store, source, ("companies", other_id), by=by, at=at)
    main = target[0] == "contacts" and _becomes_main(store, source, target, is_main)
    known = _row(store, source, target)
    store.db.execute(
        "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?)",
        (*source, *target, int(main), None if metadata is None else dumps(metadata)),
    )
    _show_company(store, source)
    if known is None:
        write_link(store, "entity_linked", one, other, by=by, at=at)


def _becomes_main(store: Store, source: End, target: End, wanted: bool | None) -> bool:
    sql = (
        "SELECT to_id FROM link WHERE from_type = ? AND from_id = ? AND to_type = 'contacts' AND is_main = 1"
    )
    main = store.db.execute(sql, source).fetchone()
    if wanted and main is not None:
        store.db.execute(
            "UPDATE link SET is_main = 0 WHERE from_type = ? AND from_id = ? AND to_type = 'contacts'", source
        )
    return bool(wanted) or main is None or main[0] == target[1]


def _row(store: Store, source: End, target: End) -> tuple[Any, ...] | None:
    sql = "SELECT is_main FROM link WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
    found: tuple[Any, ...] | None = store.db.execute(sql, (*source, *target)).fetchone()
    return found


def _ids(store: Store, source: End, to_type: str) -> list[int]:
    sql = "SELECT to_id FROM link WHERE from_type = ? AND from_id = ? AND to_type = ? ORDER BY to_id"
    return [row[0] for row in store.db.execute(sql, (*source, to_type))]


def detach(store: Store, one: End, other: End, *, by: int, at: int) -> None:
    """Unlinks two records; nothing happens when they are not linked. Another contact becomes the main one."""
    source, target = _oriented(one, other)
    known = _row(store, source, target)
    if known is None:
        return
    sql = "DELETE FROM link WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
    store.db.execute(sql, (*source, *target))
    if known[0]:
        for next_id in _ids(store, source, "contacts")[:1]:
            sql = "UPDATE link SET is_main = 1 WHERE from_type = ? AND from_id = ?"
            store.db.execute(f"{sql} AND to_type = 'contacts' AND to_id = ?", (*source, next_id))
    _show_company(store, source)
    write_link(store, "entity_unlinked", one, other, by=by, at=at)


def _show_company(store: Store, source: End) -> None:
    """Deals and contacts embed their company: protocol page 7.1, 7.2."""
    entity, card_id = source
    if entity not in ("leads", "contacts"):
        return
    card = cards.load_one(store, entity, card_id)
    shown = [company(key) for key in _ids(store, source, "companies")]
    if shown != card.doc["_embedded"]["companies"]:
        card.doc["_embedded"]["companies"] = shown
        cards.keep(store, entity, card)


def company(key: int) -> Thing:
    """A company as cards embed it."""
    return {"id": key, "_links": {"self": {"href": f"{ORIGIN}/api/v4/companies/{key}"}}}


def write_link(store: Store, kind: str, one: End, other: End, *, by: int, at: int) -> None:
    """The event of a link or of its end, on the card where it was done."""
    type_name = _event_type(store, other)
    element = [{"link": {"entity": {"type": type_name, "id": other[1]}}}]
    sides = {"after": element} if kind == "entity_linked" else {"before": element}
    journal.write(store, kind, journal.SINGULAR[one[0]], one[1], by=by, at=at, **sides)


def _event_type(store: Store, end: End) -> str:
    if end[0] != ELEMENTS:
        return journal.SINGULAR[end[0]]
    row = store.db.execute("SELECT catalog_id FROM elements WHERE id = ?", (end[1],)).fetchone()
    return f"catalog_{row[0]}" if row else "catalog"


def links_of(store: Store, entity: str, card_id: int) -> Iterator[Thing]:
    """Every link of a card as the API shows it, from whichever end it was made."""
    sql = (
        "SELECT to_type, to_id, is_main, metadata FROM link WHERE from_type = ? AND from_id = ?"
        " UNION ALL SELECT from_type, from_id, is_main, metadata FROM link WHERE to_type = ? AND to_id = ?"
        " ORDER BY 1, 2"
    )
    for other, other_id, is_main, metadata in store.db.execute(sql, (entity, card_id) * 2).fetchall():
        yield {
            "to_entity_id": other_id,
            "to_entity_type": other,
            "metadata": shown_metadata(other, bool(is_main), json.loads(metadata or "{}")),
        }


def shown_metadata(other: str, is_main: bool, stored: Thing) -> Thing | None:
    """What is read of a link: `main_contact` of contacts, quantities of elements, else null."""
    if other == "contacts":
        return {"main_contact": is_main}
    if other == ELEMENTS:
        return {name: stored.get(name) for name in ("quantity", "catalog_id", "price_id")}
    return None
