"""What people do in the interface to cards: moving, filling a field, renaming, throwing away."""

from typing import Any

from amoconf.emulator.records import cards, leads, moves, values
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.value_types import Ground
from amoconf.emulator.store import Thing
from amoconf.emulator.ui_words import Kind, UnknownWord, Wish, words

CARDS = ("leads", "contacts", "companies", "customers")


def _card(wish: Wish, entity: str = "leads") -> Thing:
    found = cards.load(wish.store, entity, [wish.number("id")])
    if not found:
        raise UnknownWord(f"no card {wish.words['id']!r} in {entity}")
    return next(iter(found.values())).doc


def move_deal(wish: Wish) -> Thing:
    """The action `move_deal`. Without `pipeline_id` the deal stays in its pipeline."""
    wish.only(("pipeline_id", "status_id"))
    deal = _card(wish)
    home = wish.number("pipeline_id") if "pipeline_id" in wish.words else deal["pipeline_id"]
    stage = wish.thing("stage", "status_id", str(home))
    leads.move_deal(wish.store, deal["id"], home, stage["id"], by=wish.by, at=wish.at)
    return _card(wish)


def set_value(wish: Wish) -> Thing:
    """The action `set_value`: one value of a field of a card, or a list of them; null empties it.

    A value is what the interface shows, or an object as the API takes it: {"enum_id": 1}.
    """
    wish.only(("entity", "field_id", "value"))
    entity = wish.entity(CARDS)
    card, field = _card(wish, entity), wish.thing("field", "field_id", entity)
    given = {"field_id": field["id"], "values": _elements(wish.need("value")[0])}
    faults, stored = values.read(Ground(wish.store, wish.world.switches), entity, [given])
    if faults:
        raise UnknownWord(f"field {field['id']} does not take that: {faults[0].detail}")

    def edit(doc: Doc) -> None:
        values.apply(wish.store, entity, doc, stored)

    cards.change(wish.store, entity, card["id"], edit, by=wish.by, at=wish.at)
    return _card(wish, entity)


def _elements(value: Any) -> list[Thing] | None:
    if value is None:
        return None
    given = value if isinstance(value, list) else [value]
    return [one if isinstance(one, dict) else {"value": one} for one in given]


def _change_deal(wish: Wish, deal: Thing, change: Thing) -> Thing:
    if "responsible_user_id" in change:
        wish.thing("user", "responsible_user_id")

    def edit(doc: Doc) -> None:
        doc.update(change)

    cards.change(wish.store, "leads", deal["id"], edit, by=wish.by, at=wish.at)
    return _card(wish)


def _drop_deal(wish: Wish, deal: Thing) -> None:
    """Into the recycle bin."""
    moves.throw_away(wish.store, "leads", deal["id"], by=wish.by, at=wish.at)


KINDS = {
    "deal": Kind(
        find=_card,
        keys=words("name price responsible_user_id"),
        change=_change_deal,
        drop=_drop_deal,
    )
}
