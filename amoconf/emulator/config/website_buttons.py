"""Website buttons (CRM Plugin): a source made at once, finished a moment later, deleted as a source."""

import hashlib
from typing import Any

from amoconf.emulator.answer import Answer, ok
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config.sources import PRIVATE
from amoconf.emulator.listing import ENVELOPES, not_found, paged
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST_DOMAINS = 10
PENDING_S = 2  # how long the making takes; guess: config page C16 says only that it is asynchronous
SHOWN = (
    "account_id",
    "source_id",
    "button_id",
    "is_duplication_control_enabled",
    "name",
    "creation_status",
    "pipeline_id",
)
DOMAINS = Key("array", items=Key(blank=False, max=255))


def make_website_button(
    store: Store,
    pipeline_id: int,
    *,
    trusted_websites: list[str] | None = None,
    client_id: str | None = None,
    ready_at: int = 0,
) -> Thing:
    """A new button under the id of its source, finished at `ready_at` (Unix seconds)."""
    key = store.count("source")
    body: Thing = {
        "id": key,
        "account_id": store.all("account")[0]["id"],
        "source_id": key,
        "button_id": store.count("website_button"),
        "is_duplication_control_enabled": False,
        "name": "",
        "creation_status": "created",
        "pipeline_id": pipeline_id,
    }
    private = {"trusted_websites": list(trusted_websites or []), "ready_at": ready_at, PRIVATE: client_id}
    return store.put("website_button", {**body, **private})


@route("GET", "/api/v4/website_buttons", admin=True, facts="config C16")
def index(call: Call) -> Answer:
    """All buttons of the account, 250 on a page."""
    shape, buttons = ENVELOPES["website_buttons"], call.store.all("website_button")
    return paged(call, shape, buttons, lambda button, query: wire(call, button), default=250)


@route("GET", "/api/v4/website_buttons/{id:int}", admin=True, facts="config C16")
def show(call: Call) -> Answer:
    """One button by its source."""
    return ok(wire(call, known_button(call)))


@route("POST", "/api/v4/website_buttons", admin=True, facts="config C16")
def create(call: Call) -> Answer:
    """Starts the making of a button; 202."""
    shape = {
        "pipeline_id": Key("int", required=True),
        "trusted_websites": DOMAINS,
        "is_used_in_app": Key("bool"),
    }
    item = call.one(shape, lambda given: _faults(call, given))
    button = make_website_button(
        call.store,
        item["pipeline_id"],
        trusted_websites=item.get("trusted_websites"),
        client_id=call.client_id,
        ready_at=call.now + PENDING_S,
    )
    return ok({"source_id": button["id"], "trusted_websites": button["trusted_websites"]}, 202)


@route("PATCH", "/api/v4/website_buttons/{id:int}", admin=True, facts="config C16")
def change(call: Call) -> Answer:
    """Adds trusted domains; a button without any keeps none."""
    button = known_button(call)
    add = Key(
        "object", required=True, keys={"add": Key("array", required=True, items=Key(blank=False, max=255))}
    )
    item = call.one({"trusted_websites": add}, lambda given: _more_faults(button, given))
    held = button["trusted_websites"]
    domains = list(dict.fromkeys([*held, *item["trusted_websites"]["add"]])) if held else []
    call.store.put("website_button", {**button, "trusted_websites": domains})
    return ok(wire(call, known_button(call), script=True))


@route(
    "POST",
    "/api/v4/website_buttons/{id:int}/online_chat",
    admin=True,
    facts="config C16",
    state="partly",
    note="accepted, and nothing to be seen of it",
)
def chat(call: Call) -> Answer:
    """Connects the online chat; 202 and an empty object."""
    known_button(call)
    return ok({}, 202)


def known_button(call: Call) -> Thing:
    """The button that the path names, or 404."""
    button = call.store.get("website_button", call.id())
    if button is None:
        raise not_found("Source")
    return button


def _faults(call: Call, item: Item) -> list[Fault]:
    found = []
    if call.store.get("pipeline", item["pipeline_id"]) is None:
        found.append(fault("NotSupportedChoice", "pipeline_id"))
    domains = item.get("trusted_websites", [])
    if len(domains) > MOST_DOMAINS:
        found.append(fault("TooMany", "trusted_websites"))
    if not domains and not item.get("is_used_in_app"):
        found.append(fault("TooFew", "trusted_websites"))
    return found


def _more_faults(button: Thing, item: Item) -> list[Fault]:
    both = {*button["trusted_websites"], *item["trusted_websites"]["add"]}
    return [fault("TooMany", "trusted_websites.add")] if len(both) > MOST_DOMAINS else []


def wire(call: Call, button: Thing, *, script: bool = False) -> dict[str, Any]:
    """A button as it is sent, without links; its script comes with `with=scripts` and after a change."""
    body = {name: button[name] for name in SHOWN}
    ready = button.get("ready_at", 0) <= call.now
    if not ready:
        body |= {"button_id": None, "creation_status": "creation_pending"}
    if script or "scripts" in call.with_words():
        body["script"] = _script(button) if ready else None
    return body


def _script(button: Thing) -> str:
    hash_ = hashlib.sha256(str(button["id"]).encode()).hexdigest()
    return (
        f'<script>window.amoSocialButton={{id:"{button["button_id"]}",hash:"{hash_}",locale:"ru"}};</script>'
    )
