"""Salesbots: listed, started and stopped; what they do is invisible."""

from typing import Any

from amoconf.emulator.answer import Answer, ok
from amoconf.emulator.call import Call, Item
from amoconf.emulator.check import Fault, Key, Shape, fault
from amoconf.emulator.listing import ENVELOPES, not_found, whole
from amoconf.emulator.query import values
from amoconf.emulator.routes import route
from amoconf.emulator.store import Store, Thing

MOST_AT_ONCE = 100
STARTED = Answer(202)
NO_EFFECT = "accepted, and nothing happens"
# third party: config page C19; numbers of the second API are official: 1 contacts, 2 deals
TARGET: Shape = {
    "entity_id": Key("int", required=True),
    "entity_type": Key("int|string", required=True, choices=("leads", "contacts", "customers", 1, 2, 12)),
}
START: Shape = {**TARGET, "bot_id": Key("int", required=True)}


def make_bot(store: Store, name: str, *, active: bool = True, **words: Any) -> Thing:
    """A new bot, as people make them in the interface. `words`: any other key of its body."""
    body: Thing = {
        "id": words.pop("id", None) or store.count("bot"),
        "name": name,
        "type_functionality": 0,
        "can_interrupt": True,
        "type": 0,
        "settings": {"silent": False, "active": active, "is_sandbox": False},
    }
    return store.put("bot", {**body, **words})


@route("GET", "/api/v4/bots", facts="config C19", state="partly", note="with=favorite adds nothing")
def index(call: Call) -> Answer:
    """All bots, by id or kind when asked."""
    given = call.query.get("filter")
    wanted = given if isinstance(given, dict) else {}
    bots = [
        bot
        for bot in call.store.all("bot")
        if _asked(wanted, "id", bot) and _asked(wanted, "type_functionality", bot)
    ]
    return whole(call, ENVELOPES["bots"], bots)


def _asked(wanted: dict[str, Any], name: str, bot: Thing) -> bool:
    return name not in wanted or str(bot[name]) in values(wanted[name])


@route("GET", "/api/v4/bots/{id:int}", facts="config C19")
def show(call: Call) -> Answer:
    """One bot."""
    return ok(known_bot(call))


@route("POST", "/api/v4/bots/run", facts="config C19", state="partly", note=NO_EFFECT)
def run_many(call: Call) -> Answer:
    """Starts bots on records; 202."""
    call.batch(START, lambda item: _faults(call, item), most=MOST_AT_ONCE)
    return STARTED


@route("POST", "/api/v2/salesbot/run", facts="config C19", state="partly", note=NO_EFFECT)
def run_many_v2(call: Call) -> Answer:
    """Starts bots by the second API; 202."""
    return run_many(call)


@route("POST", "/api/v4/bots/{id:int}/run", facts="config C19", state="partly", note=NO_EFFECT)
def run(call: Call) -> Answer:
    """Starts one bot; 202."""
    known_bot(call)
    call.one(TARGET)
    return STARTED


@route("POST", "/api/v4/bots/{id:int}/stop", facts="config C19", state="partly", note=NO_EFFECT)
def stop(call: Call) -> Answer:
    """Stops one bot; 202."""
    known_bot(call)
    call.one(TARGET)
    return STARTED


def known_bot(call: Call) -> Thing:
    """The bot that the path names, or 404."""
    bot = call.store.get("bot", call.id())
    if bot is None:
        raise not_found("Bot")
    return bot


def _faults(call: Call, item: Item) -> list[Fault]:
    missing = call.store.get("bot", item["bot_id"]) is None
    return [fault("NotSupportedChoice", "bot_id")] if missing else []
