"""What the service wipes with an option or a field is kept before, and `undo` gives it back to every record."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from amoconf.changes import Step
from amoconf.cli import apply
from amoconf.errors import AmoconfError, BadAnswer, Refused
from amoconf.givenback import minimal
from amoconf.journal import Past, Write
from amoconf.keeping import Keeping
from amoconf.kinds import parse_address
from amoconf.live import ROOT
from amoconf.records.ledger import Cell, Ledger
from amoconf.recordwrites import RecordWrites
from tests.cli.test_undo_interrupted import pressed
from tests.fakes import FakeWriter, situation
from tests.faulty import running
from tests.kills import AFTER, BEFORE
from tests.living import Living, living
from tests.test_recordwork import (
    CITIES,
    HEAD,
    INTERESTS,
    Cards,
    batch,
    fill,
    incoming,
    options,
    same,
    seen,
    value,
)

FIELD, A, B = (parse_address(f"{name}") for name in ("field/leads/f", "option/leads/f/a", "option/leads/f/b"))
IDS = {FIELD: 7, A: 1, B: 2}
Row = dict[str, Any]


def deal(key: int, *options: int, updated: int = 0, field: Any = 7) -> Row:
    """A deal as a list has it, with these options of field 7."""
    values = [{"value": str(option), "enum_id": option, "enum_code": None} for option in options]
    held = [{"field_id": field, "field_type": "multiselect", "values": values}] if options else None
    return {"id": key, "updated_at": updated, "custom_fields_values": held}


class Deals(FakeWriter):
    """A list of deals; latest: as the walk by the time of change finds them, afterwards."""

    def __init__(self, rows: Sequence[Any], latest: Sequence[Any] = ()) -> None:
        super().__init__({"leads": list(latest)}, lambda *request: pytest.fail("written"))
        self.rows = rows

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """One page holds all."""
        self.asked.append(path.removeprefix(ROOT))
        return {"_embedded": {"leads": list(self.rows)}, "_links": {}}


def step(address: Any) -> Step:
    """What is to be kept of one thing."""
    data = {"work": "keep_values", "entity": "leads", "field": FIELD, "from": address, "type": "multiselect"}
    return Step((address,), "", data=data)


def kept(deals: Deals, *things: Any, ledger: Ledger | None = None, halted: str = "") -> Ledger:
    """The ledger once what records hold of these was read."""
    records = RecordWrites(deals, ledger=ledger or Ledger(None))  # type: ignore[arg-type]
    work = Keeping(records, halted=lambda: halted)
    assert not asyncio.run(work.do([step(thing) for thing in things], dict(IDS)))
    return records.ledger


def cells(ledger: Ledger) -> dict[int, tuple[Any, Any, str]]:
    """By record: ids of options before and after, and what for."""

    def ids(values: Any) -> Any:
        return values and [value["enum_id"] for value in values]

    rows = [cell for cell, _ in ledger.first_and_last()]
    assert all(cell.kept and cell.field == 7 and cell.kind == "multiselect" for cell in rows)
    return {cell.record: (ids(cell.before), ids(cell.written), cell.about) for cell in rows}


GAPS = {**deal(1, 1), "custom_fields_values": {"3": {"field_id": "7", "values": {"2": {"enum_id": "1"}}}}}
HELD: Mapping[str, tuple[Row, Sequence[Any], Any]] = {
    "the only option": (deal(1, 1), [A], ([1], None, str(A))),
    "one of several": (deal(1, 1, 2, 3), [A], ([1, 2, 3], [2, 3], str(A))),
    "two of several": (deal(1, 1, 2, 3), [A, B], ([1, 2, 3], [3], f"{A}\n{B}")),
    "one of two that go": (deal(1, 2, 3), [A, B], ([2, 3], [3], str(B))),
    "another option": (deal(1, 3), [A, B], None),
    "the whole field": (deal(1, 1, 3), [FIELD], ([1, 3], None, str(FIELD))),
    "nothing": (deal(1), [FIELD], None),
    "another field": (deal(1, 1, field=8), [FIELD], None),
    "lists as objects, numbers as text": (GAPS, [A], (["1"], None, str(A))),
}


@pytest.mark.parametrize("name", HELD)
def test_what_a_record_loses(name: str) -> None:
    row, things, wanted = HELD[name]
    ledger = kept(Deals([row]), *things)
    assert cells(ledger) == ({1: wanted} if wanted else {})
    assert ledger.whole == {str(thing) for thing in things}


BROKEN: Mapping[str, Row] = {
    "no id": {**deal(1, 1), "id": None},
    "values that are no list": {**deal(1, 1), "custom_fields_values": "none"},
    "an option that is no number": deal(1, "x"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_not_kept_so_nothing_is_deleted(name: str) -> None:
    ledger = Ledger(None)
    with pytest.raises(BadAnswer):
        kept(Deals([deal(5, 1), BROKEN[name]]), A, ledger=ledger)
    assert not ledger.whole


def test_who_asks_to_stop_is_heard() -> None:
    with pytest.raises(AmoconfError, match="stop"):
        kept(Deals([deal(5, 1)]), A, halted="stopped by a person")


def test_what_people_do_while_it_is_read_counts() -> None:
    """The list is long: what was changed since the reading began is looked at once more."""
    late = FakeWriter.now + 1
    rows = [deal(1, 1), deal(2, 1), deal(3, 3), deal(4, 1)]
    latest = [deal(1, updated=late), deal(3, 1, updated=late), deal(4, 3, updated=late - 100)]
    ledger = kept(Deals(rows, latest), A)
    assert {key: before for key, (before, *_) in cells(ledger).items()} == {2: [1], 3: [1], 4: [1]}


class Shifting(Deals):
    """Rows move from one page to another while they are read: the first walk misses one."""

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """One page; all of it from the second walk on."""
        body = await super().get(path, query)
        rows = body["_embedded"]["leads"]
        return {**body, "_embedded": {"leads": rows[: len(self.asked)]}}


def test_what_one_walk_has_missed_the_next_one_finds() -> None:
    deals = Shifting([deal(1, 1), deal(2, 1)])
    assert set(cells(kept(deals, A))) == {1, 2}
    assert deals.asked == ["leads"] * 4  # the third walk finds nothing; then the latest


class Growing(Deals):
    """People go on and on: each walk finds one deal more."""

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """One page."""
        await super().get(path, query)
        return {"_embedded": {"leads": [deal(key, 1) for key in range(1, len(self.asked) + 1)]}, "_links": {}}


def test_what_never_came_to_an_end_is_not_whole() -> None:
    """And what is told of one walk are the records of the list, not of all walks."""
    told: list[str] = []
    records = RecordWrites(Growing([]), ledger=Ledger(None))  # type: ignore[arg-type]
    asyncio.run(Keeping(records, told.append).do([step(A)], dict(IDS)))
    assert (len(cells(records.ledger)), records.ledger.whole) == (6, frozenset())
    assert [text.split()[4] for text in told] == ["1", "2", "3", "4", "5", "6"]


class Off(Deals):
    """Customers are turned off."""

    async def get(self, path: str, query: Any = (), into: Any = Any) -> Any:
        """What the service says then (official: protocol page 1.9)."""
        raise Refused("GET customers", said="Customers functionality is disabled")


@pytest.mark.parametrize("entity", ["customers", "leads"])
def test_who_cannot_look_says_what_to_do(entity: str) -> None:
    ledger = Ledger(None)
    records = RecordWrites(Off([]), ledger=ledger)  # type: ignore[arg-type]
    asked = replace(step(A), data={**step(A).data, "entity": entity})
    with pytest.raises(AmoconfError) as error:
        asyncio.run(Keeping(records).do([asked], dict(IDS)))
    assert ("turn customers on" in error.value.what) == (entity == "customers")
    assert not ledger.whole


def test_read_again_after_a_crash_it_counts_once() -> None:
    """What an earlier reading has kept is forgotten, unless it is of what is gone by now."""
    ledger = kept(Deals([deal(1, 1, 2), deal(2, 2), deal(3, 1)]), A)
    kept(Deals([deal(1, 2), deal(2, 2, 3)]), B, ledger=ledger)
    kept(Deals([deal(2, 2)]), B, ledger=ledger)
    assert cells(ledger) == {1: ([1, 2], [2], str(A)), 2: ([2], None, str(B)), 3: ([1], None, str(A))}
    assert ledger.kept == {"leads": 3}


def test_what_was_only_kept_was_never_written() -> None:
    ledger = Ledger(None)
    row = Cell("leads", 1, 7, "select", [{"enum_id": 1}], [{"enum_id": 2}], about=str(A), kept=True)
    ledger.keep("leads", {1: [row]}, ledger.begin("leads", [str(A)]))
    assert ledger.written("leads", 1, 7) == []


FILE = {"file_uuid": "u", "version_uuid": "v", "file_name": "a.pdf", "file_size": 7}
WRITTEN: Mapping[str, tuple[str, Row, Row]] = {
    "a chain has no value": (
        "chained_list",
        {"catalog_id": 1, "catalog_element_id": 2},
        {"catalog_id": 1, "catalog_element_id": 2},
    ),
    "a file has flags": ("file", {"value": {**FILE, "is_deleted": False}}, {"value": FILE}),
    "null is another country's": (
        "legal_entity",
        {"value": {"name": "А", "line1": None}},
        {"value": {"name": "А"}},
    ),
    "a link": (
        "linked_entity",
        {"value": {"entity_id": 5, "entity_type": "leads", "name": "А"}},
        {"value": {"entity_id": 5, "entity_type": "leads", "name": "А"}},
    ),
    "sums of an invoice are worked out": (
        "items",
        {"value": {"sku": "1", "quantity": 2, "vat_rate_id": None, "total_sum": 20}},
        {"value": {"sku": "1", "quantity": 2}},
    ),
    "a code is refused": ("select", {"value": "А", "enum_id": 1, "enum_code": None}, {"enum_id": 1}),
    "a flag": ("checkbox", {"value": False}, {"value": False}),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_back_is_what_may_be_written(name: str) -> None:
    kind, held, wanted = WRITTEN[name]
    assert minimal(kind, [held]) == [wanted]


GONE = f"""{HEAD}fields:
  leads:
    city:
      name: Город
      type: select
      options: {{Пенза: {{}}, Москва: {{absent: не возим}}, Саратов: {{absent: не возим}}}}
    wants: {{name: Интересы, absent: не нужны}}
  contacts:
    wants:
      name: Интересы
      type: multiselect
      options: {{Окна: {{}}, Двери: {{absent: нет}}, Полы: {{absent: нет, move_values_to: Окна}}, Лестницы: {{}}}}
"""
APPLY = ("apply", "--yes", "--allow", "*", "--impact", "off", "--format", "json")
UNDO = ("undo", "--apply", "--yes", "--allow", "*", "--format", "json")
DROPS = ("option/leads/city/Москва", "option/leads/city/Саратов", "field/leads/wants")


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """A filled account."""
    with living(tmp_path, scenario="empty") as here:
        fill(here)
        here.spec(GONE)
        yield here


def cards(crm: Living) -> dict[str, Cards]:
    """Deals and contacts."""
    return {entity: seen(crm, entity) for entity in ("leads", "contacts")}


def as_before(crm: Living, before: Mapping[str, Cards]) -> None:
    """Every record holds what it held."""
    for entity, wanted in before.items():
        same(wanted, seen(crm, entity))


def count(before: Cards, name: str, *values: str) -> int:
    """How many cards held one of these, or anything."""
    return sum(
        bool(set(values) & set(card.get(name, ())) if values else name in card) for card in before.values()
    )


def gone(before: Mapping[str, Cards]) -> dict[str, int]:
    """How many records hold what GONE takes away."""
    leads, contacts = before["leads"], before["contacts"]
    counts = [count(leads, "Город", "Москва"), count(leads, "Город", "Саратов"), count(leads, "Интересы")]
    own = {f"option/contacts/wants/{name}": count(contacts, "Интересы", name) for name in ("Двери", "Полы")}
    return {**dict(zip(DROPS, counts, strict=True)), **own}


def test_every_record_gets_back_what_was_wiped(crm: Living) -> None:
    before = cards(crm)
    planned = crm.amoconf("plan", "--allow", "*", "--impact", "full", "--format", "json").json
    wanted = gone(before)
    assert {row["address"]: row["impact"]["records"] for row in planned["changes"]} == wanted
    works = {row["address"]: [move["work"] for move in row["moves"]] for row in planned["changes"]}
    moved = "option/contacts/wants/Полы"
    assert works == {address: ["move_values" if address == moved else "keep_values"] for address in wanted}
    applied = crm.amoconf(*APPLY)
    assert applied.code == 0, (applied.out, applied.err)
    assert {row["list"]: row["count"] for row in applied.json["kept"]} == {
        "leads": sum(
            "Интересы" in card or card.get("Город", ["Пенза"]) != ["Пенза"]
            for card in before["leads"].values()
        ),
        "contacts": wanted["option/contacts/wants/Двери"],
    }
    shown = crm.amoconf("undo", "--format", "json").json
    assert {row["address"]: row["count"] for row in shown["records"]} == wanted
    assert not [row for row in shown["not_coming_back"] if "lost it" in row["what"] or "gone" in row["what"]]
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    as_before(crm, before)
    assert not crm.amoconf("undo", "--snapshot", shown["snapshot"]["name"], "--format", "json").json[
        "records"
    ]


def test_it_is_said_before_and_afterwards(crm: Living) -> None:
    told = " ".join(crm.amoconf("plan", "--allow", "*").out.split())
    assert "its values are kept for undo first" in told
    assert "apply first reads every record of their lists to keep the values of 4 things for undo" in told
    crm.spec(f"{HEAD}fields: {{leads: {{wants: {{name: Интересы, absent: не нужны}}}}}}\n")
    held = count(seen(crm, "leads"), "Интересы")
    assert f"Kept for undo: values of {held} deals." in crm.amoconf("apply", "--yes", "--allow", "*").out


def test_what_people_have_written_since_stays(crm: Living) -> None:
    before = cards(crm)
    assert crm.amoconf(*APPLY).code == 0
    own = next(key for key, card in before["leads"].items() if card.get("Город") == ["Москва"])
    crm.ui(action="set_value", entity="leads", id=own, field_id=crm.id_of("field/leads/city"), value="Пенза")
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    assert [row["id"] for row in undone.json["records"]["changed_since"]] == [own]
    before["leads"][own]["Город"] = ["Пенза"]
    as_before(crm, before)


def latest(crm: Living) -> str:
    """The name of the latest snapshot."""
    return str(crm.amoconf("undo", "--list", "--format", "json").json["snapshots"][0]["name"])


def test_deals_of_the_incoming_leads_stay_there(crm: Living) -> None:
    """They are read, and told; once accepted, the same way gives them back what they held."""
    deal = incoming(crm, "Москва")
    before = seen(crm, "leads")
    assert crm.amoconf(*APPLY).code == 0
    stands = seen(crm, "leads")[deal]["stage"]
    [row] = [
        row
        for row in crm.amoconf("undo", "--format", "json").json["not_coming_back"]
        if row["cause"] == "incoming"
    ]
    assert (row["address"], row["what"][:35]) == (DROPS[0], "1 deal of the incoming leads does n")
    assert row["what"].endswith(f"then run amoconf undo --snapshot {latest(crm)} --apply")
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    now = seen(crm, "leads")
    assert (now[deal]["stage"], now[deal].get("Город")) == (stands, None)
    line = next(row["pipeline_id"] for row in crm.walk("leads", "leads") if row["id"] != deal)
    place = {"id": deal, "pipeline_id": line, "status_id": next(iter(before.values()))["stage"]}
    assert crm.client.patch("/api/v4/leads", json=[place]).is_success
    name = undone.json["snapshot"]["name"]
    assert crm.amoconf(*UNDO, "--snapshot", name).json["records"]["back"] == 1
    assert seen(crm, "leads")[deal]["Город"] == ["Москва"]


def test_an_interrupted_undo_is_gone_on_with(crm: Living) -> None:
    before = cards(crm)
    assert crm.amoconf(*APPLY).code == 0
    stopped = pressed(crm, *UNDO, "--max-changes-per-hour", "50")
    assert (stopped.code, bool(stopped.json["records"]["open"])) == (4, True)
    undone = crm.amoconf(*UNDO, "--max-changes-per-hour", "off")
    assert undone.code == 0, (undone.out, undone.err)
    as_before(crm, before)
    again = crm.amoconf(*UNDO)
    assert again.code == 0, (again.out, again.err)
    after = seen(crm, "leads")
    assert not any(name.endswith("Интересы") for card in after.values() for name in card)
    assert {tuple(card["Город"]) for card in after.values() if "Город" in card} == {("Пенза",)}


def test_nothing_is_deleted_that_could_not_be_kept(crm: Living) -> None:
    """And an apply that ended partly is gone on with in its snapshot: one undo leads back from both parts."""
    before = cards(crm)

    def ill(world: Any) -> None:
        world.faults.set("500", 1.0)
        crm.before["GET account"] = lambda world: world.faults.set("500", 0.0)

    crm.before["GET contacts"] = ill
    applied = crm.amoconf(*APPLY, clock=running(60))
    assert applied.code == 4, applied.out
    same(before["contacts"], seen(crm, "contacts"))
    assert options(crm, "Город") == ["Пенза"]
    assert options(crm, "Интересы") == list(INTERESTS)
    resumed = crm.amoconf("apply", "--resume", "--yes")
    assert resumed.code == 0, (resumed.out, resumed.err)
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    as_before(crm, before)


TYPES: Mapping[str, tuple[Mapping[str, Any], Any]] = {
    "text": ({}, [{"value": "а"}]),
    "textarea": ({}, [{"value": "а\nб"}]),
    "numeric": ({}, [{"value": "1.5"}]),
    "checkbox": ({}, [{"value": True}]),
    "url": ({}, [{"value": "https://a.example"}]),
    "date": ({}, [{"value": 1_700_000_000}]),
    "date_time": ({}, [{"value": 1_700_000_123}]),
    "birthday": ({}, [{"value": 600_000_000}]),
    "radiobutton": ({"enums": [{"value": "да", "sort": 1}]}, [{"value": "да"}]),
    "streetaddress": ({}, [{"value": "Пенза"}]),
    "smart_address": ({}, [{"value": "Мира 1", "enum_id": 1}, {"value": "Пенза", "enum_id": 3}]),
    "legal_entity": ({}, [{"value": {"name": "Окна", "vat_id": "5835000000"}}]),
}


def test_fields_of_every_type_come_back_with_their_values(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as crm:
        made = [{"name": kind, "type": kind, **more} for kind, (more, _) in TYPES.items()]
        answer = crm.client.post("/api/v4/contacts/custom_fields", json=made)
        assert answer.is_success, answer.text
        ids = [row["id"] for row in answer.json()["_embedded"]["custom_fields"]]
        values = [
            {"field_id": key, "values": said} for key, (_, said) in zip(ids, TYPES.values(), strict=True)
        ]
        batch(crm, "contacts", [{"name": "А", "custom_fields_values": values}, {"name": "Б"}])
        before = seen(crm, "contacts")
        assert TYPES.keys() <= next(iter(before.values())).keys()
        absent = ", ".join(f"{kind}: {{name: {kind}, type: {kind}, absent: нет}}" for kind in TYPES)
        crm.spec(
            f"{HEAD}fields: {{contacts: {{{absent}}}}}\n".replace(
                "radiobutton, absent", "radiobutton, options: [да], absent"
            )
        )
        applied = crm.amoconf(*APPLY)
        assert applied.code == 0, (applied.out, applied.err)
        assert not TYPES.keys() & seen(crm, "contacts")[min(before)].keys()
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, (undone.out, undone.err)
        same(before, seen(crm, "contacts"))
        assert (
            crm.amoconf("undo", "--format", "json", "--snapshot", undone.json["snapshot"]["name"]).json[
                "records"
            ]
            == []
        )


def test_elements_of_a_list_get_back_what_they_held(tmp_path: Path) -> None:
    with living(tmp_path, scenario="empty") as crm:
        text = f"{HEAD}catalogs: {{goods: {{name: Товары, fields: {{colour: {{name: Цвет, %s}}}}}}}}\n"
        crm.spec(text % "type: select, options: [красный, синий]")
        assert crm.amoconf("apply", "--yes").code == 0
        field, path = (
            crm.id_of("field/catalogs/goods/colour"),
            f"catalogs/{crm.id_of('catalog/goods')}/elements",
        )
        rows = [
            {"name": name, "custom_fields_values": [{"field_id": field, "values": [{"value": name}]}]}
            for name in ("красный", "синий")
        ]
        assert crm.client.post(f"/api/v4/{path}", json=rows).is_success
        crm.spec(text % "absent: нет")
        assert crm.amoconf(*APPLY).json["kept"] == [{"list": path, "count": 2}]
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, (undone.out, undone.err)
        for row in crm.walk(path, "elements"):
            assert [value["value"] for cell in row["custom_fields_values"] for value in cell["values"]] == [
                row["name"]
            ]


PARTLY = """amoconf: 1
account: {subdomain: case}
fields:
  leads:
    f: {name: Ф, type: select, options: {а: {absent: нет}, б: {absent: нет, move_values_to: в}, в: {}, г: {}}}
"""


def test_who_drops_an_option_waits_for_its_values(tmp_path: Path) -> None:
    """Each write of a list that lacks an option is also this option's, so that it is not sent once keeping has failed."""
    enums = [{"id": number, "value": name, "sort": number} for number, name in enumerate("абвд", 1)]
    field = {"id": 7, "name": "Ф", "type": "select", "enums": enums}
    plan = situation(tmp_path / "spec.yaml", {"leads/custom_fields": [field]}, PARTLY).plan(allowed=["*"])
    lost = parse_address("option/leads/f/а")
    kept = [number for number, step in enumerate(plan.steps) if step.data.get("work") == "keep_values"]
    drops = [
        number
        for number, step in enumerate(plan.steps)
        if step.body and 1 not in [row.get("id") for row in step.body["enums"]]
    ]
    assert [plan.steps[number].serves for number in kept] == [(lost,)]
    assert len(drops) == 2
    assert all(lost in plan.steps[number].serves and number > kept[0] for number in drops)


UNFINISHED = """amoconf: 1
account: {subdomain: case}
fields:
  leads:
    f: {name: Ф, type: select, convert: {values: auto}, options: {а: {absent: нет%s}, в: {}, г: {}}}
"""


@pytest.mark.parametrize("more", ["", ", move_values_to: в"])
def test_a_replace_that_goes_on_keeps_before_it_drops(tmp_path: Path, more: str) -> None:
    """The new field has lost an option of the spec since: its values are kept, or moved, before it goes."""
    enums = [{"id": number, "value": name, "sort": number} for number, name in enumerate("ав", 1)]
    fields = [
        {"id": 6, "name": "Ф", "type": "text", "is_api_only": True},
        {"id": 7, "name": "Ф", "type": "select", "enums": enums},
    ]
    found = situation(tmp_path / "spec.yaml", {"leads/custom_fields": fields}, UNFINISHED % more)
    steps = found.plan(allowed=["*"]).steps
    ids = [[row.get("id") for row in step.body.get("enums", ())] if step.body else [] for step in steps]
    drops = next(number for number, each in enumerate(ids) if each and 1 not in each)
    works = [step.data.get("work") for step in steps[:drops]]
    assert [work for work in works if work != "convert"][-1] == ("move_values" if more else "keep_values")


CHAINED = """amoconf: 1
account: {subdomain: case}
fields: {leads: {f: {name: Ф, absent: нет}}}
"""


def test_what_could_not_be_made_again_is_not_kept(tmp_path: Path) -> None:
    field = {"id": 7, "name": "Ф", "type": "chained_list", "enums": None}
    plan = situation(tmp_path / "spec.yaml", {"leads/custom_fields": [field]}, CHAINED).plan(allowed=["*"])
    assert [step.method for step in plan.steps] == ["DELETE"]


class Dying(Living):
    """Kills its caller at one request. point: "METHOD path", which of these, before or after it is carried out."""

    point: tuple[str, int, str] = ("", 0, BEFORE)
    caller: subprocess.Popen[bytes] | None = None

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        name = f"{scope['method']} {scope['path'].removeprefix('/api/v4/')}"
        pattern, number, when = self.point
        if self.caller is None or not re.fullmatch(pattern, name):
            await super()._answer(scope, receive, send)
            return
        self.point = (pattern, number - 1, when)
        if number > 1 or when == AFTER:
            await super()._answer(scope, receive, send if number > 1 else _unheard)
        if number == 1:
            os.kill(self.caller.pid, signal.SIGKILL)


async def _unheard(message: Any) -> None:
    """The answer is lost with whoever waited for it."""


def dies(crm: Dying, point: tuple[str, int, str]) -> None:
    """An apply that is killed there."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AMOCONF_")}
    quiet: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    crm.point = point
    command = [sys.executable, "-m", "amoconf", *APPLY]
    with subprocess.Popen(command, env={**inherited, **crm.environment}, **quiet) as crm.caller:
        assert crm.caller.wait(120) == -signal.SIGKILL
    crm.caller = None


FIELDS = "leads/custom_fields"
POINTS = {
    "while it is read": ("GET leads", 2, AFTER),
    "before options are dropped": (f"PATCH {FIELDS}", 1, BEFORE),
    "once options are dropped": (f"PATCH {FIELDS}", 1, AFTER),
    "before a field is deleted": (rf"DELETE {FIELDS}/\d+", 1, BEFORE),
    "once a field is deleted": (rf"DELETE {FIELDS}/\d+", 1, AFTER),
}
SMALL = GONE[: GONE.index("  contacts:")]
FEW = f"""{HEAD}fields:
  leads:
    city: {{name: Город, type: select, options: [{", ".join(CITIES)}]}}
    wants: {{name: Интересы, type: multiselect, options: [{", ".join(INTERESTS)}]}}
"""


def test_lost_deals_get_back_their_reason(tmp_path: Path) -> None:
    """Not one that people have taken up again: the service refuses a reason there."""

    def reasons() -> dict[int, Any]:
        return {row["id"]: row["loss_reason_id"] for row in crm.walk("leads", "leads")}

    with living(tmp_path, scenario="audited", scale=0.01) as crm:
        before = reasons()
        old = Counter(key for key in before.values() if key).most_common(1)[0][0]
        name = crm.get(f"leads/loss_reasons/{old}")["name"]
        crm.spec(f"{HEAD}loss_reasons: {{gone: {{name: {name}, absent: никто не выбирает}}}}\n")
        applied = crm.amoconf(*APPLY)
        assert applied.code == 0, (applied.out, applied.err)
        held = [key for key, reason in before.items() if reason == old]
        assert applied.json["kept"] == [{"list": "leads", "count": len(held)}]
        again = next(row for row in crm.walk("leads", "leads") if row["status_id"] not in (142, 143))
        place = {"id": held[0], "pipeline_id": again["pipeline_id"], "status_id": again["status_id"]}
        assert crm.client.patch("/api/v4/leads", json=[place]).is_success
        [row] = crm.amoconf("undo", "--format", "json").json["records"]
        assert row == {
            "address": "loss_reason/gone",
            "list": "leads",
            "what": "loss_reason",
            "comes": True,
            "count": len(held) - 1,
        }
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, (undone.out, undone.err)
        assert [row["id"] for row in undone.json["records"]["changed_since"]] == [held[0]]
        new = next(row["id"] for row in crm.walk("leads/loss_reasons", "loss_reasons") if row["name"] == name)
        wanted = {key: new if reason == old else reason for key, reason in before.items()}
        assert new != old
        assert reasons() == wanted | {held[0]: None}
        crm.client.patch("/api/v4/leads", json=[{"id": held[1], "loss_reason_id": None}])
        first = crm.amoconf("undo", "--list", "--format", "json").json["snapshots"][-1]["name"]
        again = crm.amoconf("undo", "--snapshot", first, "--format", "json").json
        assert again["records"] == []
        assert [row["id"] for row in again["changed_since"]] == held[:2]


def reason_deleted(crm: Living) -> None:
    """Three deals were lost by a reason that an apply deletes."""
    made = crm.client.post("/api/v4/leads/loss_reasons", json=[{"name": "Дорого", "sort": 1}]).json()
    reason = made["_embedded"]["loss_reasons"][0]["id"]
    deal = {"name": "Дом", "status_id": 143, "loss_reason_id": reason}
    assert crm.client.post("/api/v4/leads", json=[deal] * 3).is_success
    crm.spec(f"{HEAD}loss_reasons: {{gone: {{name: Дорого, absent: нет}}}}\n")
    assert crm.amoconf(*APPLY).code == 0


def test_deals_wait_for_a_reason_that_a_person_has_to_make(tmp_path: Path) -> None:
    """Writing reasons is not documented: where the service refuses it, undo is not at its end."""
    with living(tmp_path, scenario="empty") as crm:
        reason_deleted(crm)
        crm.world.switches = replace(crm.world.switches, loss_reason_writes=False)
        undone = crm.amoconf(*UNDO)
        assert (undone.code, undone.json["records"]["open"]) == (4, 3)
        crm.ui(action="create", kind="loss_reason", name="Дорого")
        undone = crm.amoconf(*UNDO)
        assert (undone.code, undone.json["records"]["back"]) == (0, 3)


def test_a_reason_that_goes_and_comes_several_times(tmp_path: Path) -> None:
    """Each time it has another id, and deals may go on naming a dead one."""
    with living(tmp_path, scenario="empty") as crm:
        reason_deleted(crm)
        first = crm.amoconf("undo", "--list", "--format", "json").json["snapshots"][0]["name"]
        assert crm.amoconf(*UNDO).code == 0
        assert crm.amoconf(*APPLY).code == 0
        undone = crm.amoconf(*UNDO, "--snapshot", first)
        assert (undone.code, undone.json["records"]["back"]) == (0, 3)
        [now] = crm.walk("leads/loss_reasons", "loss_reasons")
        assert {row["loss_reason_id"] for row in crm.walk("leads", "leads")} == {now["id"]}
        again = crm.amoconf(*UNDO)
        assert (again.code, again.json["records"]["left"]) == (0, [])


def some(crm: Living) -> dict[str, Cards]:
    """A few deals, and what they hold."""
    crm.spec(FEW)
    assert crm.amoconf("apply", "--yes").code == 0
    city, wants = crm.id_of("field/leads/city"), crm.id_of("field/leads/wants")
    values = [[value(city, name), value(wants, *INTERESTS[:number])] for number, name in enumerate(CITIES, 1)]
    batch(crm, "leads", [{"name": "х", "custom_fields_values": each} for each in (*values, values[1][:1])])
    crm.spec(SMALL)
    return {"leads": seen(crm, "leads")}


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_nothing_is_lost(tmp_path: Path, point: str) -> None:
    """Undone at once; or gone on with, while people go on working, and then undone."""
    crm = Dying(tmp_path, scenario="empty")
    try:
        before = some(crm)
        dies(crm, POINTS[point])
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, (undone.out, undone.err)
        as_before(crm, before)
        dies(crm, POINTS[point])
        meanwhile(crm, before["leads"], point)
        resumed = crm.amoconf("apply", "--resume", "--yes", clock=running(60))
        assert resumed.code == 0, (resumed.out, resumed.err)
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, (undone.out, undone.err)
        as_before(crm, before)
    finally:
        crm.end()


@pytest.mark.parametrize("fault", ["504_after", "504_before", "reset", "429"])
def test_faults_lose_nothing(tmp_path: Path, fault: str) -> None:
    with living(tmp_path, scenario="empty") as crm:
        before = some(crm)
        crm.client.post("/_emulator/faults", json={fault: 0.3})
        for words in (APPLY, UNDO):
            ended = crm.amoconf(*words, clock=running(60))
            assert ended.code == 0, (ended.out, ended.err)
        crm.client.post("/_emulator/faults", json={})
        as_before(crm, before)


def meanwhile(crm: Living, deals: Cards, point: str) -> None:
    """People empty the city of one deal and fill that of another, as long as the options are there."""
    if "option" not in point or "before" not in point:
        return
    key = next(key for key, card in deals.items() if card.get("Город") == ["Москва"])
    field = next(row["id"] for row in crm.walk(FIELDS, "custom_fields") if row["name"] == "Город")
    crm.ui(action="set_value", entity="leads", id=key, field_id=field, value=None)
    del deals[key]["Город"]


def test_what_was_kept_in_vain_is_not_given_back(tmp_path: Path) -> None:
    """The options were not dropped any more: a person has emptied the city since, and it stays empty."""
    crm = Dying(tmp_path, scenario="empty")
    try:
        before = some(crm)
        dies(crm, POINTS["before options are dropped"])
        meanwhile(crm, before["leads"], "before options are dropped")
        assert not crm.amoconf("undo", "--format", "json").json["records"]
        assert crm.amoconf(*UNDO).code == 0
        as_before(crm, before)
    finally:
        crm.end()


class Lagging(FakeWriter):
    """Its first read still shows an option that is gone."""

    async def settled(self, look: Any, good: Any, **more: Any) -> Any:
        """Looks until it is good."""
        found = await look()
        while not good(found):
            self.answers["leads/custom_fields"][0]["enums"].pop()
            found = await look()
        return found


@pytest.mark.parametrize("resumes", [True, False])
def test_a_read_that_lags_makes_nobody_forget(tmp_path: Path, resumes: bool) -> None:
    """A resumed apply that still saw the option would read its values anew, and find none."""
    enums = [{"id": number, "value": name, "sort": number} for number, name in enumerate("ва", 1)]
    fields = {"leads/custom_fields": [{"id": 7, "name": "Ф", "type": "select", "enums": enums}]}
    text = (
        HEAD + "fields: {leads: {f: {name: Ф, type: select, options: {в: {}, а: {absent: нет}}}}}\n"
    ).replace("stroymarket", "case")
    here = situation(tmp_path / "spec.yaml", fields, text)
    lost = parse_address("option/leads/f/а")
    facts = {"work": "keep_values", "records": 3}
    writes = (
        Write("kept", (), creates=False, at=0.0, status="done", facts=facts),
        Write("PATCH", (lost,), creates=False, at=0.0),
    )
    past = Past(tmp_path, None, "", "", writes, "", 2)  # type: ignore[arg-type]
    wish = SimpleNamespace(past=past, resumes=resumes)
    spec = SimpleNamespace(account=here.found().adopted.wanted, lock=here.lock)
    writer = Lagging(fields, lambda *request: pytest.fail("written"))
    found = asyncio.run(apply._look(writer, spec, wish))  # type: ignore[arg-type]
    assert (found.adopted.found.get(lost) is None) == resumes
