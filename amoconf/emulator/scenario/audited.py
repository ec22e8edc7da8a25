"""The account of the audit: 148 746 deals in seven pipelines, and each flaw as often as it was found."""

from random import Random

from amoconf.emulator.scenario import audited_config, audited_feed, audited_users, bulk, ground
from amoconf.emulator.scenario.audited_config import CREATED, Setup
from amoconf.emulator.scenario.audited_rows import Writer
from amoconf.emulator.scenario.audited_users import Person
from amoconf.emulator.scenario.cards import flaws
from amoconf.emulator.scenario.clients import assign
from amoconf.emulator.scenario.counts import Counts
from amoconf.emulator.scenario.deal_marks import mark
from amoconf.emulator.scenario.deals import all_deals
from amoconf.emulator.scenario.history import tell
from amoconf.emulator.scenario.values import Filling
from amoconf.emulator.store import Store

START = 1591520400.0  # 2020-06-07 12:00 in Moscow


def fill(store: Store, *, seed: int, scale: float, now: int) -> None:
    """The configuration first, since records name it; `scale` is the share of records, 1.0 for all."""
    with store.writing():
        setup, people = _configuration(store, now)
        with bulk.loading(store):
            _records(store, setup, people, Random(seed), Counts(scale), now)


def _configuration(store: Store, now: int) -> tuple[Setup, list[Person]]:
    tables = audited_config.table()
    ground.lay(store, created_at=CREATED, now=now)
    audited_config.groups(store, tables["groups"])
    lines = audited_config.pipelines(store, tables["pipelines"])
    roles = audited_users.roles(store, lines["old"].id, lines["old"].stages[1:3])
    people = audited_users.people(store, tables["users"], tables["quiet"], roles)
    return audited_config.configure(store, tables, lines, now), people


def _records(store: Store, setup: Setup, people: list[Person], rng: Random, counts: Counts, now: int) -> None:
    first = {name: store.counters[name] + 1 for name in ("lead", "contact", "company", "task", "note")}
    deals = all_deals(rng, setup.lines, counts, now, first["lead"])
    mark(rng, deals, setup, people, counts, now)
    clients = assign(rng, deals, counts, CREATED, now, (first["contact"], first["company"]))
    history = tell(rng, deals, setup.task_types, counts, now)
    history.finish(first["task"], first["note"])
    for name, rows in (
        ("lead", deals),
        ("contact", clients.contacts),
        ("company", clients.companies),
        ("task", history.tasks),
        ("note", history.notes),
    ):
        store.set_counter(name, first[name] - 1 + len(rows))
    writer = Writer(store, rng, setup, counts, now)
    flaw = flaws(rng, len(clients.contacts), len(clients.companies), counts)
    owners = [person.id for person in people if person.is_active and not person.is_admin]
    writer.contacts(clients, flaw, owners)
    writer.companies(clients, flaw, owners)
    writer.deals(deals, clients, Filling(rng, deals, setup.fields, setup.tags["leads"], counts))
    audited_feed.write(store, history, now)
