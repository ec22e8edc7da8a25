"""Webhooks: addresses that want to hear of events; one per address, so that creating is also changing."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from amoconf.emulator.answer import NOTHING, Answer, dumps, problem
from amoconf.emulator.call import Call
from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.config.sources import exact
from amoconf.emulator.listing import ENVELOPES, not_found, whole
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST = 100
LONGEST_URL = 2048  # guess: not documented

_WORDS = {
    "responsible": "lead contact company customer task",
    "restore": "lead contact company",
    "add": "lead contact company customer talk task",
    "update": "lead contact company customer talk task",
    "delete": "lead contact company customer task",
    "status": "lead",
    "note": "lead contact company customer",
}
# third party and Kommo: config page C14 (extra)
EXTRA_EVENTS = ("add_message", "add_outgoing_message")
EVENTS = (
    *(f"{verb}_{thing}" for verb, things in _WORDS.items() for thing in things.split()),
    "add_chat_template_review",
    *EXTRA_EVENTS,
)
NOT_ON_KOMMO = ("update_task", "update_talk")


def events(platform: str) -> tuple[str, ...]:
    """The event codes that a platform accepts: "ru" or "kommo"."""
    if platform != "kommo":
        return EVENTS
    return tuple(code for code in EVENTS if not code.endswith("_customer") and code not in NOT_ON_KOMMO)


def is_url(text: str) -> bool:
    """Whether this is an address that a webhook can be sent to."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def make_webhook(
    store: Store,
    destination: str,
    settings: Sequence[str],
    *,
    by: int = 0,
    at: int = 0,
    disabled: bool = False,
) -> Thing:
    """A new webhook; its place is the last one, whatever `sort` was sent (config page C14)."""
    body: Thing = {
        "id": store.count("webhook"),
        "destination": destination,
        "created_at": at,
        "updated_at": at,
        "account_id": store.all("account")[0]["id"],
        "created_by": by,
        "sort": max((hook["sort"] for hook in store.all("webhook")), default=0) + 1,
        "disabled": disabled,
        "settings": list(settings),
    }
    return store.put("webhook", body)


def webhook_to(store: Store, destination: str) -> Thing | None:
    """The webhook of an address."""
    return next((hook for hook in store.all("webhook") if hook["destination"] == destination), None)


@route("GET", "/api/v4/webhooks", admin=True, facts="config C14")
def index(call: Call) -> Answer:
    """All webhooks, or that of one address."""
    wanted = exact(call, "destination")
    hooks = [hook for hook in call.store.all("webhook") if not wanted or hook["destination"] in wanted]
    return whole(call, ENVELOPES["webhooks"], hooks)


@route("POST", "/api/v4/webhooks", admin=True, facts="config C14, E1")
def subscribe(call: Call) -> Answer:
    """A new webhook, or other events for a known address; one object."""
    item = call.one(_shape(call), _faults)
    held = webhook_to(call.store, item["destination"])
    if held is None and len(call.store.all("webhook")) >= MOST:
        raise problem(422, "Webhooks limit exceeded")  # guess: config page E2.9
    if held is None:
        hook = make_webhook(
            call.store, item["destination"], item["settings"], by=call.user["id"], at=call.now
        )
    else:
        enabled = {"disabled": False} if call.world.switches.webhook_post_enables else {}
        body = {**held, "updated_at": call.now, **enabled, "settings": list(item["settings"])}
        hook = call.store.put("webhook", body)
    return Answer(call.world.switches.post_webhook_status, dumps(hook))


@route("DELETE", "/api/v4/webhooks", admin=True, facts="config C14")
def unsubscribe(call: Call) -> Answer:
    """Deletes the webhook of the address in the body."""
    item = call.one({"destination": Key(required=True, blank=False)})
    hook = webhook_to(call.store, item["destination"])
    if hook is None:
        raise not_found("Webhook")
    call.store.drop("webhook", hook["id"])
    return NOTHING


def _shape(call: Call) -> dict[str, Key]:
    event = Key(choices=events(call.world.switches.platform))
    return {
        "destination": Key(required=True, blank=False, max=LONGEST_URL),
        "settings": Key("array", required=True, items=event),
        "sort": Key("int"),
    }


def _faults(item: Thing) -> list[Fault]:
    found = [] if is_url(item["destination"]) else [fault("InvalidUrl", "destination")]
    return found if item["settings"] else [*found, fault("TooFew", "settings")]
