"""POST and PATCH of cards, the same for deals, contacts, companies and customers (protocol page, 8.5).

Order of checks: the shape of every item, then what items refer to (shape A, the whole batch), then the acting
user's rights, then the domain's rules (shape B), and only then anything is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from amoconf.emulator.answer import Answer, dumps, ok, problem, refused
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape
from amoconf.emulator.records import cards, pages, references, sight, tagging, values
from amoconf.emulator.records.document import Row
from amoconf.emulator.records.drawing import Doc
from amoconf.emulator.records.journal import SINGULAR
from amoconf.emulator.records.value_types import Ground

OLDER = "Last modified date is older than in database"  # the old API's sentence: protocol page 3.5
Common = dict[str, Any]

CARD_NEW: Shape = {
    "id": Key("int"),  # accepted and without effect: protocol page 3.2
    "name": Key(),
    **references.WHO,
    **references.WHEN,
    **references.REQUEST_ID,
    values.KEY: Key("array", null=True),
    "tags_to_add": Key("array"),
}
CARD_CHANGE: Shape = {**CARD_NEW, "tags_to_delete": Key("array")}


# What answers show and nobody can change. Clients that send whole cards back bring it; that the service
# refuses it is a guess (protocol page, 8.1), and a switch decides.
READ_ONLY = ("group_id", "closest_task_at", "is_deleted", "account_id")
EMBEDDED = ("contacts", "companies", "leads", "customers", "catalog_elements", "loss_reason", "source")


def embedding(*names: str) -> Shape:
    """`_embedded` that takes these lists; what they hold is checked with the references."""
    keys = {name: Key("any", null=True) for name in names}
    return {"_embedded": Key("array|object", null=True, keys=keys)}


@dataclass(frozen=True)
class Kind:
    """What is particular to one sort of card.

    check: faults of an item beyond users, fields and tags; the card's dict when it exists already. make: the
    row of a new card from the keys all cards share. edit: puts the item's own keys into a card. refusal: the
    domain's sentence against a change, or None. added: what follows the making of a card. in_answer: keys of
    a PATCH answer besides id and updated_at. read_only: keys of its own that nobody can change. numbered:
    whether PATCH answers name every item, asked or not.
    """

    entity: str
    new: Shape
    change: Shape
    check: Callable[[Call, Item, Doc | None], list[Fault]]
    make: Callable[[Call, Item, Common], Row]
    edit: Callable[[Call, Item, Doc], None]
    refusal: Callable[[Call, Item, Doc | None], str | None] = lambda call, item, doc: None
    added: Callable[[Call, Item, int], None] = lambda call, item, card_id: None
    in_answer: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    numbered: bool = False


def faults(call: Call, kind: Kind, item: Item, doc: Doc | None) -> list[Fault]:
    """Everything that an item refers to and that is not there."""
    found = [*references.number_faults(item), *references.user_faults(call.store, item)]
    found += values.read(Ground(call.store, call.world.switches), kind.entity, item.get(values.KEY))[0]
    return [*found, *tagging.faults(call.store, kind.entity, item), *kind.check(call, item, doc)]


def post(call: Call, kind: Kind) -> Answer:
    """New cards of an array."""
    sight.need_add(call, kind.entity)
    items = call.batch(kind.new, lambda item: faults(call, kind, item, None))
    # guess: a new card has no id yet, so the refusal names the item by its request id, protocol page 3.5
    problems = {name: kind.refusal(call, item, None) for item, name in items}
    if any(problems.values()):
        raise refused({name: text for name, text in problems.items() if text})
    made = [(create(call, kind, item), name) for item, name in items]
    return pages.written(call, kind.entity, [_made(call, kind, key, name) for key, name in made])


def _made(call: Call, kind: Kind, card_id: int, name: str) -> Item:
    link = call.link(f"/api/v4/{kind.entity}/{card_id}")
    return {"id": card_id, "request_id": name, "_links": {"self": {"href": link}}}


def create(call: Call, kind: Kind, item: Item) -> int:
    """One new card of a checked item; answers its id."""
    store = call.store
    card_id = store.count(SINGULAR[kind.entity])
    common = _common(call, kind.entity, item, card_id)
    cards.add(store, kind.entity, kind.make(call, item, common), by=call.user["id"], at=common["created_at"])
    kind.added(call, item, card_id)
    return card_id


def _common(call: Call, entity: str, item: Item, card_id: int) -> Common:
    """The keys that rows of all cards share. Fields and tags come first: a new tag changes the version."""
    shell: Doc = {values.KEY: None, "_embedded": {"tags": []}}
    stored = values.read(Ground(call.store, call.world.switches), entity, item.get(values.KEY))[1]
    values.apply(call.store, entity, shell, stored)
    tagging.apply(call.store, entity, shell, item)
    return {
        "id": card_id,
        "version": call.store.version,
        **references.origin(call, item),
        "fields_json": dumps(shell[values.KEY]),
        "tags_json": dumps(shell["_embedded"]["tags"]),
    }


def patch_many(call: Call, kind: Kind) -> Answer:
    """Changes of an array whose items carry ids."""
    found = _found(call, kind, call.body if isinstance(call.body, list) else [])
    shape = {**_taken(call, kind), "id": Key("int", required=True)}
    items = call.batch(shape, lambda item: faults(call, kind, item, _doc(found, item["id"])))
    rest, stop = _judged(call, kind, found, [item for item, _ in items])
    changed = [
        _changed(call, kind, found, item, name if kind.numbered or "request_id" in item else None)
        for item, name in items
        if item["id"] in rest
    ]
    return stop or pages.written(call, kind.entity, changed)


def patch_one(call: Call, kind: Kind) -> Answer:
    """A change of the card that the path names."""
    if isinstance(call.body, list):
        raise problem(405, "Method Not Allowed")  # protocol page 3.2
    card_id = call.id()
    found = _found(call, kind, [{"id": card_id}])
    item = call.one(_taken(call, kind), lambda item: faults(call, kind, item, _doc(found, card_id)))
    item = {**item, "id": card_id}
    _, stop = _judged(call, kind, found, [item])
    name = item.get("request_id")
    return stop or ok(_changed(call, kind, found, item, None if name is None else str(name)))


def _taken(call: Call, kind: Kind) -> Shape:
    if call.world.switches.read_only_keys == "refuse":
        return kind.change
    return {
        **kind.change,
        **references.shown(*READ_ONLY, *kind.read_only),
        **embedding("tags", "segments", *EMBEDDED),
    }


def _found(call: Call, kind: Kind, items: list[Any]) -> dict[int, cards.Card]:
    ids = [item["id"] for item in items if isinstance(item, dict) and type(item.get("id")) is int]
    return cards.reachable(call, kind.entity, ids)


def _doc(found: Mapping[int, cards.Card], card_id: int) -> Doc | None:
    return found[card_id].doc if card_id in found else None


def _judged(
    call: Call, kind: Kind, found: dict[int, cards.Card], items: list[Item]
) -> tuple[set[int], Answer | None]:
    """(ids to change, refusal to answer although they are changed); raises the refusal when nothing is."""
    for card in found.values():
        sight.need_edit(call, kind.entity, card.doc)
    sentences = {item["id"]: _refusal(call, kind, item, _doc(found, item["id"])) for item in items}
    problems = {key: text for key, text in sentences.items() if text}
    if not problems:
        return set(sentences), None
    if not call.world.switches.shape_b_partial:
        raise refused(problems)
    return set(sentences) - set(problems), refused(problems).answer


def _refusal(call: Call, kind: Kind, item: Item, doc: Doc | None) -> str | None:
    if doc is None:
        # guess: what an unknown id gets is not recorded, protocol page 13
        sentence = f"{SINGULAR[kind.entity].capitalize()} not found"
        if call.world.switches.unknown_id_patch == "404":
            raise problem(404, sentence)
        return sentence
    refuses = call.world.switches.older_updated_at == "refuse"
    if refuses and item.get("updated_at", doc["updated_at"]) < doc["updated_at"]:
        return OLDER
    return kind.refusal(call, item, doc)


def _changed(call: Call, kind: Kind, found: dict[int, cards.Card], item: Item, name: str | None) -> Item:
    """Applies one item and answers what the service says of it."""
    card = found[item["id"]]
    edit(call, kind, item, card.doc)
    if call.world.switches.idle_patch_bumps or card.doc != card.before:
        card.doc["updated_by"] = item.get("updated_by", call.user["id"])
        sent = item.get("updated_at", 0)
        card.doc["updated_at"] = sent if sent > card.doc["updated_at"] else call.now
        cards.save(call.store, kind.entity, card, by=call.user["id"], at=call.now)
        # The same id may stand in the batch again.
        found[item["id"]] = cards.Card(dumps(card.doc), card.doc)
    keys = ("id", *kind.in_answer, "updated_at")
    echo = {} if name is None else {"request_id": name}
    link = call.link(f"/api/v4/{kind.entity}/{item['id']}")
    return {**{key: card.doc[key] for key in keys}, **echo, "_links": {"self": {"href": link}}}


def edit(call: Call, kind: Kind, item: Item, doc: Doc) -> None:
    """Puts a checked item into a card's dict."""
    for key in ("name", "created_by", "created_at", "responsible_user_id"):
        if key in item:
            doc[key] = item[key]
    doc["group_id"] = sight.group_id(call.store, doc["responsible_user_id"])
    stored = values.read(Ground(call.store, call.world.switches), kind.entity, item.get(values.KEY))[1]
    values.apply(call.store, kind.entity, doc, stored)
    tagging.apply(call.store, kind.entity, doc, item)
    kind.edit(call, item, doc)
