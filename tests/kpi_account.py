"""A small account told as data, deals, events and tasks, and the ground that figures stand on."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amoconf.facts import Facts
from amoconf.kpi.ground import Ground, ground
from amoconf.kpi.window import DAY, Window
from amoconf.model import Account, Resource, Settings
from amoconf.records.history import read_history
from amoconf.records.keep import Fields
from amoconf.records.mirror import Mirror
from amoconf.values import Address
from tests.fakes import Answers

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = int(datetime(2026, 6, 5, 18, tzinfo=MOSCOW).timestamp())  # a Friday, when work ends
WEEK, BEFORE = Window(NOW - 7 * DAY, NOW), Window(NOW - 14 * DAY, NOW - 7 * DAY)
HOUR = 3600
Rows = Sequence[Mapping[str, Any]]


def at(day: int, clock: str = "12:00") -> int:
    """A moment of June 2026 in the account's time; days below 1 are of May."""
    hours, minutes = map(int, clock.split(":"))
    first = int(datetime(2026, 6, 1, hours, minutes, tzinfo=MOSCOW).timestamp())
    return first + (day - 1) * DAY


def thing(kind: str, key: int, name: str, above: str = "", **more: Any) -> Resource:
    """A found thing."""
    home = (above,) if above else ()
    reserved, place = more.pop("reserved", ""), more.pop("place", 0)
    return Resource(
        Address(kind, (*home, f"#{key}")), {"name": name, **more}, id=key, reserved=reserved, place=place
    )


STAGES = (
    ("New", 10, ""),
    ("Qualified", 11, ""),
    ("Offer", 12, ""),
    ("Won", 142, "won"),
    ("Lost", 143, "lost"),
    ("Incoming", 9, "unsorted"),
)
FOUND = Account(
    (
        *(thing("pipeline", key, name) for key, name in ((1, "Retail"), (2, "Service"))),
        *(
            thing("stage", key, name, f"#{above}", reserved=reserved, place=place)
            for above in (1, 2)
            for place, (name, key, reserved) in enumerate(STAGES)
        ),
        thing("user", 5, "Ann", email="ann@firm.example"),
        thing("user", 6, "Bob", email="bob@firm.example"),
        thing("user", 7, "Robot", email="robot@firm.example"),
        *(thing("loss_reason", key, name) for key, name in ((31, "Price"), (32, "Silent"))),
    ),
    facts={"timezone": "Europe/Moscow"},
)


def deal(key: int, created: int, **more: Any) -> dict[str, Any]:
    """A deal of Ann, in the first stage of the first pipeline."""
    usual = {"pipeline_id": 1, "status_id": 10, "price": 100, "responsible_user_id": 5, "source_id": None}
    times = {"created_at": created, "updated_at": created, "closed_at": None}
    return {
        "id": key,
        "name": f"Deal {key}",
        "created_by": 0,
        "loss_reason_id": None,
        **usual,
        **times,
        **more,
    }


def task(key: int, of: int, till: int, **more: Any) -> dict[str, Any]:
    """An open task of Ann's on a deal, made a day before its deadline."""
    usual = {"entity_type": "leads", "entity_id": of, "task_type_id": 1, "is_completed": False}
    times = {"created_at": till - DAY, "updated_at": till - DAY, "complete_till": till}
    return {"id": key, "responsible_user_id": 5, "created_by": 5, **usual, **times, **more}


def moved(of: int, when: int, before: int, after: int, *, pipeline: int = 1) -> dict[str, Any]:
    """A move from stage to stage."""
    told = [[{"lead_status": {"id": key, "pipeline_id": pipeline}}] for key in (before, after)]
    return event("lead_status_changed", of, when, value_before=told[0], value_after=told[1])


def event(kind: str, of: int, when: int, by: int = 5, entity: str = "lead", **more: Any) -> dict[str, Any]:
    """Anything that happened."""
    key = f"{kind}-{entity}-{of}-{when}-{by}"
    return {"id": key, "type": kind, "entity_id": of, "entity_type": entity, "created_by": by, "created_at": when, **more}  # fmt: skip


@contextmanager
def account(
    deals: Rows = (),
    events: Rows = (),
    tasks: Rows = (),
    *,
    kpi: Mapping[str, Any] | None = None,
    since: int = BEFORE.start,
    picked: frozenset[int] = frozenset(),
) -> Iterator[Ground]:
    """The ground of an account with these records. kpi: of the spec, by dotted names."""
    settings = Settings(kpi=kpi or {}, policy={"admins.technical": "robot@firm.example"})
    wanted = Account((), settings)
    with Mirror(None, b"a key for tests") as mirror:
        for name, rows in {"leads": deals, "tasks": tasks, "contacts": (), "companies": ()}.items():
            mirror.begin(name, Fields())
            mirror.put(name, rows, Fields())
            mirror.note(name, complete=1, as_of=NOW)
        asyncio.run(read_history(Answers({"events": list(events)}), mirror, since))
        facts = Facts(FOUND, wanted, live=True, now=NOW, raw={"sources": [{"id": 51, "name": "Site"}]})
        yield ground(replace(facts, records=mirror, since=since), since, picked)
