"""How many records a change touches: counted within a budget, from a mirror, or said to be unknown; and the brakes."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.changes import ARCHIVE, DELETE, UPDATE, AttrChange, Change, View
from amoconf.cli.impacts import Recent
from amoconf.errors import Refused, Stale, Unpaid
from amoconf.impact import count
from amoconf.lock import Lock
from amoconf.model import Account, Marks, Resource, Settings
from amoconf.plan import Plan, plan, weighed
from amoconf.planfile import Pin, agree, dump, load
from amoconf.records.newest import BUDGET, Newest
from amoconf.touch import ALL, FIELD, OPTION, PIPELINE, REASON, STAGE, TAG, TASK_TYPE, Impact, Touch, marks
from amoconf.values import Address
from tests.living import living

CITY, GUESTS = (Address("field", (scope, "city")) for scope in ("leads", "customers"))
DEAL = {
    "id": 1,
    "pipeline_id": 7,
    "status_id": 142,
    "loss_reason_id": 5,
    "custom_fields_values": [{"field_id": 3, "values": [{"value": "x", "enum_id": 30}]}],
    "_embedded": {"tags": [{"id": 9}]},
}
TASK = {"id": 1, "task_type_id": 4, "is_completed": False}
QUESTIONS = [
    (Touch("leads", FIELD, (3,)), DEAL, True),
    (Touch("leads", FIELD, (4,)), DEAL, False),
    (Touch("leads", FIELD, (3,)), {**DEAL, "custom_fields_values": None}, False),
    (Touch("leads", OPTION, (3, 30)), DEAL, True),
    (Touch("leads", OPTION, (3, 31)), DEAL, False),
    (Touch("leads", TAG, (9,)), DEAL, True),
    (Touch("leads", TAG, (8,)), DEAL, False),
    (Touch("leads", STAGE, (7, 142)), DEAL, True),
    (Touch("leads", STAGE, (8, 142)), DEAL, False),
    (Touch("leads", PIPELINE, (7,)), DEAL, True),
    (Touch("leads", REASON, (5,)), DEAL, True),
    (Touch("tasks", TASK_TYPE, (4,)), TASK, True),
    (Touch("tasks", TASK_TYPE, (4,)), {**TASK, "is_completed": True}, False),
    (Touch("leads", ALL), DEAL, True),
]


@pytest.mark.parametrize(("touch", "item", "answer"), QUESTIONS)
def test_a_question_is_answered_by_an_item(touch: Touch, item: Mapping[str, Any], answer: bool) -> None:
    assert (touch.mark in marks(item)) is answer


def deals(number: int) -> list[Mapping[str, Any]]:
    """So many of them."""
    return [{**DEAL, "id": key} for key in range(number)]


class Lists:
    """A reader of lists; it counts pages."""

    def __init__(self, **lists: Sequence[Any]) -> None:
        self.lists = lists
        self.read = 0

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """Nothing else is asked."""
        raise AssertionError(path)

    async def pages(
        self, path: str, key: str, query: Any = (), *, limit: int | None = 250
    ) -> AsyncIterator[Any]:
        """Pages of 250."""
        rows = self.lists.get(key, ())
        for start in range(0, len(rows), 250):
            self.read += 1
            yield rows[start : start + 250]


def made(*changes: Change, **settings: Any) -> Plan:
    """The plan of some changes."""
    have = tuple(change.have for change in changes if change.have is not None)
    want = tuple(change.want for change in changes if change.want is not None)
    view = View(Account(want, Settings(**settings)), Account(have))
    return plan(changes, view, Lock())


def removal(action: str = DELETE) -> Change:
    """The field is taken away."""
    have = Resource(CITY, {"name": "Город", "type": "text"}, id=3, raw={"sort": 1})
    return Change(CITY, action, have=have, want=replace(have, id=None, marks=Marks(absent="не нужно")))


def counted(work: Plan, reader: Lists, **how: Any) -> Impact:
    """The impact on the field's records."""
    return asyncio.run(count(reader, work, **how))[CITY]


def test_what_two_changes_of_one_thing_touch_counts_once() -> None:
    both = made(removal(ARCHIVE), removal(DELETE))
    assert counted(both, Lists(leads=deals(300))) == Impact(300, of="leads")


def test_a_small_account_is_counted_to_its_end() -> None:
    reader = Lists(leads=deals(300))
    assert counted(made(removal()), reader) == Impact(300, of="leads")
    assert reader.read == 2


def test_a_deal_that_moves_to_the_next_page_counts_once() -> None:
    rows = deals(300)
    assert counted(made(removal()), Lists(leads=[*rows[:250], *rows[249:]])) == Impact(300, of="leads")


def test_a_big_one_only_within_the_budget() -> None:
    reader = Lists(leads=deals(10_000))
    assert counted(made(removal()), reader) == Impact(3000, exact=False, of="leads")
    assert reader.read == BUDGET


class Off(Lists):
    """Customers are turned off, or not in the tariff."""

    async def pages(self, path: str, key: str, query: Any = (), **more: Any) -> AsyncIterator[Any]:
        """What the service says then (official: protocol page 1.9)."""
        raise self.lists[key]
        yield


@pytest.mark.parametrize("error", [Refused("GET"), Unpaid("GET")])
def test_what_customers_hold_that_are_turned_off_nobody_knows(error: Exception) -> None:
    change = removal()
    assert change.have is not None
    change = replace(change, address=GUESTS, have=replace(change.have, address=GUESTS))
    lists: Any = {"customers": error, "leads": error}
    found = asyncio.run(count(Off(**lists), made(change)))
    assert found[GUESTS] == Impact(None, exact=False, of="customers")
    with pytest.raises(type(error)):
        counted(made(removal()), Off(**lists))


def test_a_list_that_is_turned_off_is_empty_for_nobody_who_asks_later() -> None:
    error: Any = Refused("GET")

    async def ask() -> None:
        newest = Newest(Off(customers=error))
        for _ in range(2):
            with pytest.raises(Refused):
                await anext(newest.pages("customers"))
        assert not newest.reaches("customers")

    asyncio.run(ask())


def test_all_pages_where_that_is_asked() -> None:
    assert counted(made(removal()), Lists(leads=deals(10_000)), pages=None) == Impact(10_000, of="leads")


def test_nothing_is_read_where_counting_is_off() -> None:
    reader = Lists(leads=[DEAL])
    assert counted(made(removal()), reader, pages=0).records is None
    assert reader.read == 0


class Mirrored:
    """A mirror that knows one answer."""

    def answer(self, touch: Touch) -> Impact | None:
        """Of the field alone."""
        return Impact(77, as_of=5, of="leads") if touch.ids == (3,) else None


def test_a_mirror_saves_the_reading() -> None:
    reader = Lists()
    assert counted(made(removal()), reader, known=Mirrored()) == Impact(77, as_of=5, of="leads")
    assert reader.read == 0


@pytest.mark.parametrize(
    ("since", "found"), [(5, Impact(77, as_of=5, of="leads")), (6, Impact(1, of="leads"))]
)
def test_a_mirror_that_is_too_old_saves_nothing(since: int, found: Impact) -> None:
    assert counted(made(removal()), Lists(leads=[DEAL]), known=Recent(Mirrored(), since)) == found


def test_the_age_of_a_mirror_is_told_and_an_old_one_is_not_gone_by(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as crm:
        crm.ui(action="create", kind="field", entity="leads", name="Город", type="text")
        fields = "{leads: {city: {name: Город, type: text, archived: не нужно}}}"
        crm.spec(f"amoconf: 1\naccount: {{subdomain: stroymarket}}\nfields: {fields}\n")
        assert crm.amoconf("plan", "--impact", "full").code == 0
        crm.client.post("/_emulator/clock", json={"advance_s": 600})
        known = crm.amoconf("plan", "--impact", "off", "--format", "json").json
        assert "10 minutes old" in known["notices"][0]["what"]
        assert known["changes"][0]["impact"]["records"] == 0
        crm.client.post("/_emulator/clock", json={"advance_s": 86_400})
        assert crm.amoconf("plan", "--impact", "off").code == 3
        assert crm.amoconf("plan").code == 0


def test_all_is_counted_but_what_customers_hold_that_are_turned_off(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as crm:
        for entity in ("leads", "customers"):
            crm.ui(action="create", kind="field", entity=entity, name="Город", type="text")
        gone = "{city: {name: Город, type: text, archived: не нужно}}"
        fields = f"{{leads: {gone}, customers: {gone}}}"
        crm.spec(f"amoconf: 1\naccount: {{subdomain: stroymarket}}\nfields: {fields}\n")
        ended = crm.amoconf("plan", "--impact", "full", "--format", "json")
        assert ended.code == 3, ended.err
        counted = {row["address"]: row["impact"]["records"] for row in ended.json["changes"]}
    assert counted == {str(CITY): 0, str(GUESTS): None}


LIMITS = [
    (Impact(1000), {}, ""),
    (Impact(1001), {}, "touches 1001 records (limit 1000)"),
    (Impact(3000, exact=False), {}, "touches at least 3000 records (limit 1000)"),
    (Impact(10, exact=False), {}, "touches an unknown number of records"),
    (Impact(None, exact=False), {}, "touches an unknown number of records"),
    (Impact(11), {"field/leads": {"records": 10}}, "touches 11 records (limit 10)"),
    (Impact(1001), {"field": {"records": 2000}}, ""),
]


@pytest.mark.parametrize(("impact", "brakes", "sentence"), LIMITS)
def test_brakes_look_at_records(impact: Impact, brakes: Any, sentence: str) -> None:
    work = weighed(made(removal(ARCHIVE), policy={"brakes": brakes}), {CITY: impact}, Lock())
    told = " ".join(work.blocked.get(CITY, ()))
    assert (sentence in told) if sentence else not told


def test_an_allowance_lifts_them() -> None:
    work = replace(made(removal(ARCHIVE)), allowed=(str(CITY),))
    heavy = weighed(work, {CITY: Impact(5000)}, Lock())
    assert not heavy.blocked
    assert heavy.idle_allowances == ()


def test_a_change_that_takes_nothing_away_is_not_braked() -> None:
    have = Resource(CITY, {"name": "Город", "type": "text"}, id=3, raw={"sort": 1})
    change = Change(CITY, UPDATE, (AttrChange("name", "Город", "Town"),), have=have, want=have)
    assert not weighed(made(change), {CITY: Impact(None, exact=False)}, Lock()).blocked


PIN = Pin(account=1, host="case.amocrm.ru", revision="r1", now=1000, key=b"k")


@pytest.mark.parametrize(("now", "holds"), [(900, True), (899, True), (901, False)])
def test_a_saved_removal_that_touches_more_than_shown_is_stale(now: int, holds: bool) -> None:
    shown = weighed(made(removal()), {CITY: Impact(900)}, Lock())
    saved = load(dump(shown, PIN), "plan.json")
    fresh = weighed(made(removal()), {CITY: Impact(now)}, Lock())
    if holds:
        agree(saved, fresh, PIN.key)
    else:
        with pytest.raises(Stale, match="touches 901 records now, the plan showed 900"):
            agree(saved, fresh, PIN.key)
