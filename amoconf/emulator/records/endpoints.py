"""Endpoints of cards: lists, single ones, new ones, changes. There is no DELETE: it is answered with 405."""

from amoconf.emulator.answer import Answer
from amoconf.emulator.call import Call
from amoconf.emulator.records import lists, writing
from amoconf.emulator.records.customers import CUSTOMERS, need_customers
from amoconf.emulator.records.leads import LEADS
from amoconf.emulator.records.people import COMPANIES, CONTACTS
from amoconf.emulator.routes import route

KINDS = {kind.entity: kind for kind in (LEADS, CONTACTS, COMPANIES, CUSTOMERS)}


def _kind(call: Call) -> writing.Kind:
    entity = call.values["entity"]
    if entity == "customers":
        need_customers(call)
    return KINDS[entity]


@route("GET", "/api/v4/{entity:entity}", facts="protocol 4, 5, 7.1-7.4")
def list_cards(call: Call) -> Answer:
    """One page of cards."""
    return lists.card_list(call, _kind(call).entity)


@route("GET", "/api/v4/{entity:entity}/{id:int}", facts="protocol 3.2, 7.1-7.4")
def read_card(call: Call) -> Answer:
    """One card."""
    return lists.card(call, _kind(call).entity)


@route("POST", "/api/v4/{entity:entity}", facts="protocol 7.1-7.4, 8.5")
def add_cards(call: Call) -> Answer:
    """New cards."""
    return writing.post(call, _kind(call))


@route("PATCH", "/api/v4/{entity:entity}", facts="protocol 7.1-7.4, 8")
def change_cards(call: Call) -> Answer:
    """Changes of many cards."""
    return writing.patch_many(call, _kind(call))


@route("PATCH", "/api/v4/{entity:entity}/{id:int}", facts="protocol 7.1-7.4, 8")
def change_card(call: Call) -> Answer:
    """A change of one card."""
    return writing.patch_one(call, _kind(call))
