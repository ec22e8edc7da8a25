"""Templates of chat messages: each integration sees and writes only those that it made."""

from typing import Any

from amoconf.emulator.answer import NOTHING, Answer, ok, problem
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault, unchanged
from amoconf.emulator.config.sources import exact, own_sources
from amoconf.emulator.listing import ENVELOPES, not_found, paged, unsuitable, written
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST_ON_PAGE = 50
PRIVATE = ("client_id", "reviews")
LIST = "/api/v4/chats/templates"
ONE = LIST + "/{id:int}"

BUTTON = Key(
    "object",
    keys={"type": Key(required=True, choices=("inline", "url")), "text": Key(required=True), "url": Key()},
)
ATTACHMENT = {
    "id": Key(required=True),
    "name": Key(required=True),
    "type": Key(required=True, choices=("picture", "file", "document", "video")),
}
CHANGE = {
    "name": Key(blank=False, max=255),  # guess: config page E2.2
    "content": Key(blank=False),
    "is_editable": Key("bool", null=True),  # the SDK sends null for what the caller left out
    "type": Key(choices=("amocrm", "waba")),
    "buttons": Key("array", null=True, items=BUTTON),
    "attachment": Key("object", null=True, keys=ATTACHMENT),
    "external_id": Key(null=True, max=255),
    "waba_footer": Key(),
    "waba_category": Key(choices=("UTILITY", "AUTHENTICATION", "MARKETING", "")),
    "waba_language": Key(),
    "waba_examples": Key("object|array"),
    "waba_header": Key(null=True, max=60),
    "waba_header_type": Key(null=True, choices=("text", "media")),
    "request_id": Key(),
}
NEW = {
    **CHANGE,
    "name": Key(required=True, blank=False, max=255),
    "content": Key(required=True, blank=False),
}
REVIEW = {"status": Key(choices=("approved", "paused", "rejected")), "reject_reason": Key(max=65535)}


def make_template(
    store: Store, name: str, content: str, client_id: str, *, at: int = 0, **words: Any
) -> Thing:
    """A new template of one integration. `words`: any other key of its body."""
    body: Thing = {
        "id": store.count("chat_template"),
        "account_id": store.all("account")[0]["id"],
        "name": name,
        "content": content,
        "created_at": at,
        "updated_at": at,
        "buttons": [],
        "attachment": None,
        "is_editable": False,
        "external_id": None,
        "type": "amocrm",
        "waba_footer": "",
        "waba_category": "",
        "waba_language": "",
        "waba_examples": {},
        "waba_header": None,
        "waba_header_type": None,
        "client_id": client_id,
        "reviews": [],
    }
    return store.put("chat_template", {**body, **words})


@route("GET", LIST, admin=True, facts="config C17")
def index(call: Call) -> Answer:
    """All own templates, at most fifty on a page."""
    wanted = exact(call, "external_id")
    templates = [one for one in _own(call) if not wanted or one["external_id"] in wanted]
    shape = ENVELOPES["chat_templates"]
    return paged(call, shape, templates, lambda one, query: wire(call, one, query), most=MOST_ON_PAGE)


@route("GET", ONE, facts="config C17, E2.1")
def show(call: Call) -> Answer:
    """One own template; 204 for one that was deleted, 404 for one that never was."""
    given_out = call.id() <= call.store.counters.get("chat_template", 0)
    if given_out and call.store.get("chat_template", call.id()) is None:
        return NOTHING
    return ok(wire(call, known_template(call)))


@route("POST", LIST, admin=True, facts="config C17")
def create(call: Call) -> Answer:
    """New templates."""
    items = call.batch(NEW)
    if len(_own(call)) + len(items) > call.world.switches.chat_template_limit:
        raise problem(422, "Templates limit exceeded")  # sentence not recorded: config page B5
    made = [
        (make_template(call.store, client_id=call.client_id, at=call.now, **_words(item)), key)
        for item, key in items
    ]
    return _written(call, made)


@route("PATCH", LIST, admin=True, facts="config C17")
def change_many(call: Call) -> Answer:
    """Changes templates by the ids in the body."""
    items = call.batch({**CHANGE, "id": Key("int", required=True)}, lambda item: _change_faults(call, item))
    return _written(call, [(_change(call, item["id"], item), key) for item, key in items])


@route("PATCH", ONE, admin=True, facts="config C17")
def change(call: Call) -> Answer:
    """Changes one template; one for WhatsApp only before its review."""
    template = known_template(call)
    item = call.one({**CHANGE, **unchanged(id=template["id"])})
    if not is_draft(template):
        raise unsuitable("id")  # guess: the refusal is not recorded
    return ok(wire(call, _change(call, template["id"], item)))


@route("DELETE", LIST, admin=True, facts="config C17")
def delete_many(call: Call) -> Answer:
    """Deletes the templates in the body."""
    items = call.batch({"id": Key("int", required=True)}, lambda item: _known_faults(call, item))
    for key in {item["id"] for item, _ in items}:
        call.store.drop("chat_template", key)
    return NOTHING


@route("DELETE", ONE, admin=True, facts="config C17")
def delete(call: Call) -> Answer:
    """Deletes one template."""
    call.store.drop("chat_template", known_template(call)["id"])
    return NOTHING


@route("POST", ONE + "/review", admin=True, facts="config C17")
def send_to_review(call: Call) -> Answer:
    """Hands a WhatsApp template to review, once for each of the integration's WhatsApp sources."""
    template = known_template(call)
    if template["type"] != "waba":
        raise unsuitable("type")  # guess: the refusal is not recorded
    reviews = [
        _review(call, source["id"]) for source in own_sources(call.store, call.client_id) if _is_waba(source)
    ]
    call.store.put("chat_template", {**template, "reviews": reviews})
    return ok({"_embedded": {"reviews": reviews}})


@route("POST", ONE + "/review/{review_id:int}", admin=True, facts="config C17")
def judge(call: Call) -> Answer:
    """Tells the outcome of one review."""
    template = known_template(call)
    item = call.one(REVIEW)
    reviews = [{**one, **item} if one["id"] == call.id("review_id") else one for one in template["reviews"]]
    found = next((one for one in reviews if one["id"] == call.id("review_id")), None)
    if found is None:
        raise not_found("Review")
    call.store.put("chat_template", {**template, "reviews": reviews})
    return ok(found)


def is_draft(template: Thing) -> bool:
    """Whether a template may still be changed: any that is not in or past a review."""
    return template["type"] != "waba" or not template["reviews"]


def _is_waba(source: Thing) -> bool:
    return any(service.get("params", {}).get("waba") for service in source["services"])


def _review(call: Call, source_id: int) -> Thing:
    key = call.store.count("review")
    return {"id": key, "source_id": source_id, "status": "review", "reject_reason": ""}


def _own(call: Call) -> list[Thing]:
    return [one for one in call.store.all("chat_template") if one.get("client_id") == call.client_id]


def known_template(call: Call) -> Thing:
    """The own template that the path names, or 404."""
    for template in _own(call):
        if template["id"] == call.id():
            return template
    raise not_found("Template")


def _known_faults(call: Call, item: Item) -> list[Fault]:
    known = any(one["id"] == item["id"] for one in _own(call))
    return [] if known else [fault("NotSupportedChoice", "id")]  # guess: the refusal is not recorded


def _change_faults(call: Call, item: Item) -> list[Fault]:
    template = call.store.get("chat_template", item["id"])
    locked = template is not None and not is_draft(template)
    return [fault("NotSupportedChoice", "id")] if locked else _known_faults(call, item)


def _words(item: Item) -> Item:
    # guess: null says the same as nothing given, config page C17
    empty: Item = {"buttons": [], "is_editable": False}
    words = {name: value for name, value in item.items() if name not in ("request_id", "id")}
    return {name: empty.get(name) if value is None else value for name, value in words.items()}


def _change(call: Call, template_id: int, item: Item) -> Thing:
    template = call.store.get("chat_template", template_id)
    assert template is not None
    return call.store.put("chat_template", {**template, "updated_at": call.now, **_words(item)})


def _written(call: Call, made: list[tuple[Thing, str]]) -> Answer:
    return written(call, "chat_templates", [wire(call, one, request_id=key) for one, key in made])


def wire(call: Call, template: Thing, query: str = "", request_id: str | None = None) -> Thing:
    """A template as it is sent; `with=reviews` adds its reviews and what follows from them."""
    body = {name: value for name, value in template.items() if name not in PRIVATE}
    body["waba_examples"] = template["waba_examples"] or []  # an empty object is [] in PHP's JSON
    if "reviews" in call.with_words():
        states = [one["status"] for one in template["reviews"]]
        body |= {"review_status": states[-1] if states else None, "is_on_review": "review" in states}
        body["_embedded"] = {"reviews": template["reviews"]}
    if request_id is not None:
        body["request_id"] = request_id
    return {**body, "_links": {"self": {"href": call.link(f"{LIST}/{template['id']}{query}")}}}
