"""Tags: one dictionary for each of deals, contacts, companies and customers (config page, C9).

For the interface actions, scenarios and record writes: `find_tag`, `make_tag` (known names are not doubled),
`change_tag`, `delete_tag`, `tag_in_use`.
"""

from amoconf.emulator.answer import Answer, ok, problem
from amoconf.emulator.call import Call, Item, request_id
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config.palettes import TAG_COLOURS
from amoconf.emulator.listing import ENVELOPES, not_found, paged, something_to_change, written
from amoconf.emulator.query import Query, values
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

LIST = "/api/v4/{entity:entity}/tags"
OF_LEADS = "/api/v4/leads/tags"
COLOURED = "leads"

NAME = Key("string", required=True, blank=False, max=255)
COLOUR = Key("string", null=True, choices=TAG_COLOURS)
NEW = {"name": NAME, "request_id": Key("string")}
CHANGE = {"name": Key("string", blank=False, max=255), "color": COLOUR, "request_id": Key("string")}


@route("GET", LIST, facts="config C9")
def list_tags(call: Call) -> Answer:
    """Pages of `filter[name]` (exact), `filter[id]`, `query` (part of the name, whatever the case)."""
    entity = _entity(call)
    rows = [tag for tag in call.store.all("tag", entity) if _fits(tag, call.query)]
    return paged(call, ENVELOPES["tags"], rows, lambda tag, query: wire(call, entity, tag))


@route("POST", LIST, facts="config C9")
def create_tags(call: Call) -> Answer:
    """A known name answers the tag that has it; its colour changes only where the switch says so."""
    entity = _entity(call)
    # guess: only deals' tags have a colour, so that others do not expect the key
    shape = {**NEW, "color": COLOUR} if entity == COLOURED else NEW
    made = []
    for item, echo in call.batch(shape):
        tag = make_tag(call.store, entity, item["name"], item.get("color"))
        if call.world.switches.tag_post_recolours and item.get("color"):
            tag = change_tag(call.store, entity, tag, {"color": item["color"]})
        made.append(wire(call, entity, tag, echo))
    return written(call, "tags", made)


@route("PATCH", OF_LEADS, facts="config C9", state="partly", note="known from the SDK only")
def patch_tags(call: Call) -> Answer:
    """Names and colours of deals' tags; see `_faults` for what is refused."""
    _patchable(call)
    items = call.batch(
        {**CHANGE, "id": Key("int", required=True)}, lambda item: _faults(call, item, item["id"])
    )
    made = []
    for item, echo in items:
        tag = call.store.things["tag", COLOURED][str(item["id"])]
        made.append(wire(call, COLOURED, change_tag(call.store, COLOURED, tag, item), echo))
    return written(call, "tags", made)


@route("PATCH", OF_LEADS + "/{id:int}", facts="config C9", state="partly", note="known from the SDK only")
def patch_tag(call: Call) -> Answer:
    """One tag of deals."""
    _patchable(call)
    tag = call.store.get("tag", call.id(), COLOURED)
    if tag is None:
        raise not_found("Tag")
    shape = {**CHANGE, "id": Key("int", choices=(tag["id"],))}
    item = call.one(shape, lambda given: _faults(call, given, tag["id"]))
    something_to_change(item)
    return ok(wire(call, COLOURED, change_tag(call.store, COLOURED, tag, item), request_id(item, 0)))


def wire(call: Call, entity: str, tag: Thing, echo: str | None = None) -> Thing:
    """A tag as answers show it: no links; Kommo leaves the colour out where there is none to have."""
    bare = entity != COLOURED and call.world.switches.platform == "kommo"
    body = {key: value for key, value in tag.items() if not (bare and key == "color")}
    return body if echo is None else {**body, "request_id": echo}


def find_tag(store: Store, entity: str, name: str) -> Thing | None:
    """The tag of exactly this name."""
    return next((tag for tag in store.all("tag", entity) if tag["name"] == name), None)


def make_tag(store: Store, entity: str, name: str, color: str | None = None) -> Thing:
    """The tag of this name, made when there is none; the colour of a known one stays."""
    known = find_tag(store, entity, name)
    return known or store.put("tag", {"id": store.count("tag"), "name": name, "color": color}, entity)


def change_tag(store: Store, entity: str, tag: Thing, change: Item) -> Thing:
    """Applies name and color; cards show the new name when they are next read."""
    wanted: Thing = {key: change[key] for key in ("name", "color") if key in change}
    return store.put("tag", {**tag, **wanted}, entity)


def delete_tag(store: Store, entity: str, key: int) -> None:
    """What the interface does: the tag leaves all cards. The API has no way to."""
    store.drop("tag", key, entity)


def tag_in_use(store: Store, entity: str, key: int) -> bool:
    """Whether a card that is not in the bin carries the tag; reads the cards' texts."""
    carried = "SELECT 1 FROM json_each(body, '$._embedded.tags') WHERE json_extract(value, '$.id') = :id"
    found = f"SELECT 1 FROM {entity} WHERE is_deleted = 0 AND instr(body, :id) AND EXISTS ({carried})"
    query = f"SELECT EXISTS ({found})"
    return bool(store.db.execute(query, {"id": key}).fetchone()[0])


def _entity(call: Call) -> str:
    entity = call.values["entity"]
    if entity == "customers" and not call.world.switches.tags_of_customers:
        raise problem(404, f"Cannot {call.method} {call.own_link['self']['href']}")
    return entity


def _fits(tag: Thing, query: Query) -> bool:
    wanted = query.get("filter")
    wanted = wanted if isinstance(wanted, dict) else {}
    ids, text = values(wanted.get("id")), query.get("query")
    if "name" in wanted and tag["name"] != wanted["name"]:
        return False
    if ids and str(tag["id"]) not in ids:
        return False
    return not isinstance(text, str) or text.casefold() in tag["name"].casefold()


def _patchable(call: Call) -> None:
    if call.world.switches.lead_tag_patch == "405":
        raise problem(405, "Method Not Allowed")


def _faults(call: Call, item: Item, key: int) -> list[Fault]:
    """Refused: an unknown id, another tag's name, and while the switch is at "unused" a new name for a tag in
    use, which is all that people cannot do either (guess: config page, C9)."""
    store = call.store
    tag = store.get("tag", key, COLOURED)
    if tag is None:
        return [fault("NotSupportedChoice", "id")]
    if item.get("name", tag["name"]) == tag["name"]:
        return []
    held = call.world.switches.lead_tag_patch == "unused" and tag_in_use(store, COLOURED, key)
    taken = find_tag(store, COLOURED, item["name"]) is not None
    return [fault("NotSupportedChoice", "name")] if held or taken else []
