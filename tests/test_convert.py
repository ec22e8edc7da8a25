"""Values that move from a field to its successor: every record checked against what it held before."""

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from amoconf.api import Clock
from amoconf.values import normal
from tests.kills import AFTER, BEFORE, Deadly
from tests.living import Living, by_person, living

HEAD = "amoconf: 1\naccount: {subdomain: stroymarket, id: 30817554}\n"
OPTIONS = {
    "Пенза": ("г. Пенза", "Penza", "ПНЗ"),
    "Москва": ("Мск", "г.Москва", "Moscow"),
    "Саратов": ("Saratov", "г Саратов"),
    "Энгельс": (),
    "Самара": (),
}
MEANT = {normal(word): name for name, words in OPTIONS.items() for word in (name, *words)}
VALUES = "{" + ", ".join(f"{name}: {list(words)}" for name, words in OPTIONS.items()) + "}"
SCALE = {"scenario": "audited", "scale": 0.004}
ALLOW = ("apply", "--yes", "--allow", "*", "--impact", "off", "--format", "json")
KILLS = 20 if os.environ.get("AMOCONF_KILLS") else 3


def city(otherwise: str = "keep", unsorted: str = "wait", more: str = "") -> str:
    """A spec of the city alone."""
    options = ", ".join([*OPTIONS, *filter(None, [more])])
    return (
        f"{HEAD}fields:\n  leads:\n    city:\n      name: Город\n      type: select\n      options: [{options}]\n"
        f"      convert: {{values: {VALUES}, otherwise: {otherwise}, unsorted: {unsorted}}}\n"
    )


def text_of(row: Mapping[str, Any], field: int) -> str | None:
    """What a record shows in a field."""
    for cell in row["custom_fields_values"] or ():
        if cell["field_id"] == field:
            return ", ".join(str(value["value"]) for value in cell["values"])
    return None


class City:
    """The account's deals before, and what became of them."""

    def __init__(self, crm: Living) -> None:
        self.crm = crm
        fields = {row["name"]: row["id"] for row in crm.walk("leads/custom_fields", "custom_fields")}
        self.old = fields["Город"]
        self.before = {row["id"]: text_of(row, self.old) for row in crm.walk("leads", "leads")}
        self.unsorted = {
            (line["id"], stage["id"])
            for line in crm.get("leads/pipelines")["_embedded"]["pipelines"]
            for stage in line["_embedded"]["statuses"]
            if stage["type"] == 1
        }

    @property
    def new(self) -> int:
        """The id of the new field."""
        [found] = [
            row["id"]
            for row in self.crm.walk("leads/custom_fields", "custom_fields")
            if row["name"] == "Город"
        ]
        return int(found)

    def check(self, *, taken_out: bool = False, otherwise: str | None = None, cleared: bool = False) -> int:
        """Every mapped value is in the new field of its deal, every other where `otherwise` says; how many moved."""
        moved, new = 0, self.new
        for row in self.crm.walk("leads", "leads"):
            was = self.before[row["id"]]
            waits = (row["pipeline_id"], row["status_id"]) in self.unsorted
            wanted = (MEANT.get(normal(was)) or otherwise) if was and not waits else None
            assert text_of(row, new) == wanted, (row["id"], was)
            assert text_of(row, self.old) == (None if cleared and wanted else was)
            assert not (waits and taken_out and was and (MEANT.get(normal(was)) or otherwise))
            moved += bool(wanted)
        assert moved > 100
        return moved


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def apply(crm: Living, *more: str, clock: Clock | None = None, **environment: str) -> Any:
    """The document of an apply that ends well."""
    ended = ending(crm, *more, clock=clock, **environment)
    assert ended.code == 0, (ended.out[-2000:], ended.err)
    return ended.json


def ending(crm: Living, *more: str, clock: Clock | None = None, **environment: str) -> Any:
    """How an apply ended. clock: one that never really waits unless given."""
    words = ("apply", "--yes", "--format", "json") if "--resume" in more else ALLOW
    return crm.amoconf(*words, *more, clock=clock or virtual(), **environment)


def virtual(start: float = 1_700_000_000.0) -> Clock:
    """A clock that goes on only where somebody waits, and then at once; wall starts at a moment."""
    gone = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal gone
        due = gone + seconds
        await asyncio.sleep(0)
        gone = max(gone, due)  # those who wait at the same time do so side by side

    return Clock(ticks=lambda: gone, wall=lambda: start + gone, sleep=sleep)


def writes(crm: Living) -> list[Any]:
    """Writes of deals so far."""
    return [row for row in crm.asked() if (row["method"], row["path"]) == ("PATCH", "/api/v4/leads")]


def test_every_value_is_where_the_spec_says_with_no_request_too_many(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city())
    crm.forget()
    document = apply(crm)
    asked = crm.asked()
    moved = deals.check()
    [row] = document["conversion"]
    kept = sum(bool(was and normal(was) not in MEANT) for was in deals.before.values())
    assert (row["address"], row["moved"], row["filled_by_people"]) == ("field/leads/city", moved, 0)
    assert sum(item["count"] for item in row["unmapped"]) == row["kept"] == kept
    assert len(writes(crm)) == ceil(moved / 50)
    pages = [row for row in asked if (row["method"], row["path"]) == ("GET", "/api/v4/leads")]
    # For the deals that wait: the filter, which is not there, and one walk; then the walk that writes and the one that looks.
    assert len(pages) == 1 + 3 * ceil(len(deals.before) / 250)
    assert not apply(crm)["steps"]


def test_otherwise_an_option(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city("{option: Другой}", more="Другой"))
    apply(crm)
    deals.check(otherwise="Другой")


def test_stop_writes_nothing(crm: Living) -> None:
    crm.spec(city("stop"))
    crm.forget()
    ended = ending(crm)
    assert ended.code == 3, ended.err
    assert {row["method"] for row in crm.asked()} == {"GET"}
    assert "maps to nothing" in ended.out


def test_incoming_leads_last_and_only_with_consent(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city("{option: Другой}", "take_out", "Другой"))
    [row] = apply(crm)["conversion"]
    deals.check(taken_out=True, otherwise="Другой")
    assert row["left_unsorted"] == 0


def test_old_values_go_where_they_have_arrived_if_asked(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city())
    apply(crm, "--clear-old")
    deals.check(cleared=True)


def test_what_a_person_does_meanwhile_counts(crm: Living) -> None:
    """The old value of a deal changes once it was read; the new field of another is filled by a person."""
    deals = City(crm)
    mapped = [key for key, was in deals.before.items() if was and normal(was) in MEANT]
    crm.spec(city())

    def act(world: Any) -> None:
        by_person(action="set_value", entity="leads", id=mapped[0], field_id=deals.old, value="Самара")(world)

    crm.before["PATCH leads"] = act
    apply(crm)
    deals.before[mapped[0]] = "Самара"
    deals.check()


@pytest.mark.parametrize(
    "fault", [{"504_after": 0.2}, {"reset": 0.2}, {"429": 0.15}, {"500": 0.1, "504_before": 0.1}]
)
def test_faults_lose_nothing(crm: Living, fault: dict[str, float]) -> None:
    deals = City(crm)
    crm.spec(city())
    crm.client.post("/_emulator/faults", json=fault)
    ended = ending(crm, "--batch", "10")
    for _ in range(4):
        if ended.code == 0:
            break
        ended = ending(crm, "--batch", "10", "--resume")
    crm.client.post("/_emulator/faults", json={})
    assert ended.code == 0, (ended.out[-1500:], ended.err)
    deals.check()


def test_only_what_takes_too_long_makes_batches_smaller(crm: Living) -> None:
    """A 502 says nothing of the size: the same records go again in batches of the same size."""
    deals = City(crm)
    crm.spec(city())
    crm.client.post("/_emulator/faults", json={"502": 0.15})
    ended = ending(crm, "--batch", "4")
    crm.client.post("/_emulator/faults", json={})
    assert ended.code == 0, (ended.out[-1500:], ended.err)
    assert len(writes(crm)) < 1.6 * ceil(deals.check() / 4)


def test_half_a_walk_tells_only_what_was_written(crm: Living) -> None:
    """The account is not paid for in the middle: nothing is said of records that were not seen, until all are."""
    deals = City(crm)
    crm.spec(city("{option: Другой}", more="Другой"))
    crm.client.post("/_emulator/faults", json={"unpaid_after": 21})
    ended = ending(crm)
    crm.client.post("/_emulator/faults", json={})
    assert ended.code == 4, (ended.out[-1500:], ended.err)
    [row] = ended.json["conversion"]
    fields = {
        row["type"]: row["id"]
        for row in crm.walk("leads/custom_fields", "custom_fields")
        if row["name"] == "Город"
    }
    found = sum(text_of(item, fields["select"]) is not None for item in crm.walk("leads", "leads"))
    assert 0 < found < sum(bool(was) for was in deals.before.values())
    assert (row["complete"], row["written"], row["moved"], row["kept"]) == (False, found, None, None)
    assert row["unmapped"] == []
    [row] = apply(crm, "--resume")["conversion"]
    assert (row["complete"], row["moved"]) == (True, deals.check(otherwise="Другой"))
    assert {item["option"] for item in row["unmapped"]} == {"Другой"}


def test_the_hour_has_so_many_changes(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city())
    ended = ending(crm, "--max-changes-per-hour", "100", clock=virtual())
    assert ended.code == 0, ended.err
    assert "100 changes an hour reached: going on at" in ended.err
    deals.check()


def test_outside_the_window_nothing_moves(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city())
    noon = virtual(1_700_038_800.0)  # 12:00 in Moscow
    ended = ending(crm, "--window", "22:00-06:00", "--no-wait", clock=noon)
    assert ended.code == 4
    assert "outside the window 22:00-06:00" in ended.out
    assert not writes(crm)
    ended = ending(crm, "--resume", "--window", "22:00-06:00", clock=noon)
    assert (ended.code, "going on at 22:00" in ended.err) == (0, True), ended.err
    deals.check()


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_and_resumed(seed: int, tmp_path: Path) -> None:
    point = (random.Random(seed).randint(14, 30), random.Random(seed).choice((BEFORE, AFTER)))
    crm = Deadly(tmp_path, **SCALE)
    try:
        deals = City(crm)
        crm.spec(city())
        crm.killed(point, *ALLOW, "--batch", "20")
        resumed = ending(crm, *(("--resume",) if begun(crm) else ()), "--batch", "20", clock=virtual())
        assert resumed.code == 0, (point, resumed.out, resumed.err)
        deals.check()
        assert max(Counter(changed(crm, deals.new)).values()) == 1
    finally:
        crm.end()


def changed(crm: Living, field: int) -> Iterator[int]:
    """Deals whose field changed, as often as it did."""
    page = 1
    query = {"filter[type]": f"custom_field_{field}_value_changed", "limit": 100}
    while body := crm.get("events", **query, page=page):
        yield from (event["entity_id"] for event in body["_embedded"]["events"])
        page += 1


def begun(crm: Living) -> bool:
    """Whether anything was agreed on."""
    return any((crm.folder / "state" / "journal").rglob("*.jsonl"))


KINDS = f"""{HEAD}fields:
  contacts:
    born: {{name: Когда, type: date, convert: {{}}}}
  companies:
    does:
      name: Чем занята
      type: multiselect
      options: [Окна, Двери, Кровля]
      convert: {{values: {{Окна: [окошки]}}}}
  customers:
    size: {{name: Размер, type: numeric, convert: {{}}}}
"""
TEXTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "contacts": ("Когда", {"31.12.2019": 1577739600, "2020-01-01": 1577826000, "завтра": None}),
    "companies": ("Чем занята", {"Окна, Двери": "Двери, Окна", "окошки": "Окна", "Окна; рамы": None}),
    "customers": ("Размер", {"1 200,50 руб": "1200.5", "12": "12", "много": None}),
}


def test_other_lists_and_types(crm: Living) -> None:
    """A day keeps its day in the account's time zone; half of several values is not moved."""
    held = {entity: fill(crm, entity, *row) for entity, row in TEXTS.items()}
    crm.spec(KINDS)
    document = apply(crm)
    for entity, (name, _) in TEXTS.items():
        fields = {row["name"]: row["id"] for row in crm.walk(f"{entity}/custom_fields", "custom_fields")}
        for key, (was, wanted) in held[entity].items():
            row = crm.get(f"{entity}/{key}")
            shown = text_of(row, fields[name])
            assert (shown and ", ".join(sorted(shown.split(", ")))) == (wanted and str(wanted)), (entity, was)
            assert text_of(row, fields[f"[архив] {name}"]) == was
    told = {row["address"]: (row["moved"], row["kept"]) for row in document["conversion"]}
    assert set(told.values()) == {(2, 1)}
    assert not apply(crm)["steps"]


def fill(
    crm: Living, entity: str, name: str, texts: Mapping[str, Any], kind: str = "text"
) -> dict[int, tuple[str, Any]]:
    """Puts texts into a new field of some records."""
    if entity == "customers":
        mode = crm.client.patch("/api/v4/customers/mode", json={"mode": "segments", "is_enabled": True})
        assert mode.is_success, mode.text
        post(crm, entity, [{"name": str(number)} for number in range(3)])
    [field] = post(crm, f"{entity}/custom_fields", [{"name": name, "type": kind}])["custom_fields"]
    keys = [row["id"] for row in crm.get(entity, limit=len(texts))["_embedded"][entity]]
    held = dict(zip(keys, texts.items(), strict=True))
    body = [
        {"id": key, "custom_fields_values": [{"field_id": field["id"], "values": [{"value": text}]}]}
        for key, (text, _) in held.items()
    ]
    answer = crm.client.patch(f"/api/v4/{entity}", json=body)
    assert answer.is_success, answer.text
    return held


def post(crm: Living, path: str, body: Any) -> Any:
    """What a POST answers."""
    answer = crm.client.post(f"/api/v4/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()["_embedded"]


def test_a_map_made_by_itself_is_fixed_in_the_plan(crm: Living) -> None:
    """Apply uses exactly the map of the saved plan, whatever has come since."""
    deals = City(crm)
    crm.spec(city().replace(f"values: {VALUES}", "values: auto"))
    saved = crm.folder / "plan.json"
    planned = crm.amoconf("plan", "--allow", "*", "-o", str(saved), "--impact", "off")
    assert planned.code == 0, planned.err
    [row] = json.loads(saved.read_text("utf-8"))["changes"]
    assert row["convert"]["г. Пенза"] == "Пенза"
    kept = next(key for key, was in deals.before.items() if was == "Пенза")
    crm.ui(action="set_value", entity="leads", id=kept, field_id=deals.old, value="Пенза!")
    own = {name: value for name, value in os.environ.items() if name == "PATH"}
    ended = crm.amoconf("apply", str(saved), "--impact", "off", "--format", "json", **own)
    assert ended.code == 0, ended.err
    new, rows = deals.new, {row["id"]: row for row in crm.walk("leads", "leads")}
    for key, was in deals.before.items():
        place = (rows[key]["pipeline_id"], rows[key]["status_id"])
        wanted = (
            row["convert"].get(normal(was or "")) if key != kept and place not in deals.unsorted else None
        )
        assert text_of(rows[key], new) == wanted


def test_a_record_that_is_refused_is_left_and_told(crm: Living) -> None:
    """One deal of a batch goes while the batch is on its way; the others are written."""
    deals = City(crm)
    mapped = [key for key, was in deals.before.items() if was and normal(was) in MEANT]
    crm.spec(city())

    def lose(world: Any) -> None:
        by_person(action="delete", kind="deal", id=mapped[-1])(world)

    crm.before["PATCH leads"] = lose
    apply(crm)
    deals.check()


def test_undo_writes_back_what_was_overwritten(crm: Living) -> None:
    """Old values that were emptied are there again, but where a person has written something since."""
    deals = City(crm)
    crm.spec(city())
    apply(crm, "--clear-old")
    deals.check(cleared=True)
    own = next(key for key, was in deals.before.items() if was == "Пенза" and key in gone(crm, deals.old))
    crm.ui(action="set_value", entity="leads", id=own, field_id=deals.old, value="Тверь")
    ended = crm.amoconf("undo", "--apply", "--yes", "--allow", "*", "--format", "json")
    assert ended.code == 0, (ended.out, ended.err)
    deals.before[own] = "Тверь"
    for row in crm.walk("leads", "leads"):
        assert text_of(row, deals.old) == deals.before[row["id"]]


def gone(crm: Living, field: int) -> set[int]:
    """Deals in which a field is empty."""
    return {row["id"] for row in crm.walk("leads", "leads") if text_of(row, field) is None}


DOES = f"""{HEAD}fields:
  companies:
    does: {{name: Чем занята, type: select, options: [Окна, Двери, Кровля], convert: {{values: {{Окна: [окошки]}}}}}}
"""
DONE = {"окошки": "Окна", "Двери": "Двери", "Кровля": "Кровля", "Окна": "Окна"}


def field_of(world: Any, kind: str) -> Any:
    """The companies' field of a type that is called so."""
    fields = world.store.things["field", "companies"].values()
    [found] = [row for row in fields if row["type"] == kind and "Чем занята" in row["name"]]
    return found


def test_one_record_that_the_service_refuses(crm: Living) -> None:
    """HTTP 400 for one of a batch: the others are written, it is named, and the old field stays until it is mended."""
    held = fill(crm, "companies", "Чем занята", DONE)
    [guilty] = [key for key, (was, _) in held.items() if was == "Кровля"]
    crm.spec(DOES)

    def drop(world: Any) -> None:
        field = field_of(world, "select")
        [option] = [row["id"] for row in field["enums"] if row["value"] == "Кровля"]
        where = {"entity": "companies", "field_id": field["id"]}
        by_person(action="delete", kind="option", id=option, **where)(world)

    crm.before["PATCH companies"] = drop
    ended = ending(crm)
    assert ended.code == 4, (ended.out, ended.err)
    [row], [step, *_] = ended.json["conversion"], ended.json["steps"]
    assert (row["moved"], [item["id"] for item in row["refused"]]) == (3, [guilty])
    assert (step["status"], str(guilty) in step["error"]) == ("failed", True)
    assert 400 in {row["status"] for row in crm.asked() if row["path"] == "/api/v4/companies"}
    old, new = field_of(crm.world, "text"), field_of(crm.world, "select")
    assert old["name"] == new["name"]  # the old one is still in use
    crm.ui(action="set_value", entity="companies", id=guilty, field_id=old["id"], value="окошки")
    apply(crm)
    assert field_of(crm.world, "text")["name"] == "[архив] Чем занята"
    rows = {row["id"]: text_of(row, new["id"]) for row in crm.walk("companies", "companies")}
    wanted = {key: wanted for key, (_, wanted) in held.items()} | {guilty: "Окна"}
    assert {key: rows[key] for key in held} == wanted


def test_what_people_fill_meanwhile_stays(crm: Living) -> None:
    """People fill the new field of some deals before amoconf comes to it: theirs counts, and it is told."""
    deals = City(crm)
    mapped = [key for key, was in deals.before.items() if was and MEANT.get(normal(was)) == "Пенза"]
    crm.spec(city())

    def fill_in(world: Any) -> None:
        new = next(
            key
            for key, row in world.store.things["field", "leads"].items()
            if row["name"] == "Город" and row["type"] == "select"
        )
        for key in mapped[:2]:
            by_person(action="set_value", entity="leads", id=key, field_id=int(new), value="Самара")(world)

    crm.before["PATCH leads/custom_fields"] = fill_in
    [row] = apply(crm)["conversion"]
    assert (row["filled_by_people"], row["filled_by_people_ids"]) == (2, mapped[:2])
    rows = {row["id"]: row for row in crm.walk("leads", "leads")}
    assert [text_of(rows[key], deals.new) for key in mapped[:2]] == ["Самара", "Самара"]
    assert [text_of(rows[key], deals.old) for key in mapped[:2]] == [deals.before[key] for key in mapped[:2]]


def test_a_no_is_a_box_without_a_tick(crm: Living) -> None:
    """Which is left out when it is read: nothing stands there, and that is what was meant."""
    deals = [row["id"] for row in crm.walk("leads", "leads")][-6:]
    made = crm.client.post("/api/v4/leads/custom_fields", json=[{"name": "Проба", "type": "text"}]).json()
    field = made["_embedded"]["custom_fields"][0]["id"]
    texts = dict(zip(deals, ("да", "нет", "не знаю") * 2, strict=True))
    cells = {key: [{"field_id": field, "values": [{"value": text}]}] for key, text in texts.items()}
    body = [{"id": key, "custom_fields_values": rows} for key, rows in cells.items()]
    assert crm.client.patch("/api/v4/leads", json=body).is_success
    crm.spec(
        f"{HEAD}fields: {{leads: {{test: {{name: Проба, type: checkbox, convert: {{otherwise: keep}}}}}}}}\n"
    )
    ended = ending(crm)
    assert ended.code == 0, ended.out
    [row] = ended.json["conversion"]
    assert (row["moved"], row["kept"]) == (4, 2)
    assert crm.amoconf("plan", "--format", "json").json["changes"] == []
    assert ending(crm, "--clear-old").json["conversion"][0]["cleared"] == 4
