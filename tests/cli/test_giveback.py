"""`amoconf undo` and the records: told before, given back to every record that still is as the apply left it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from amoconf.records.ledger import Ledger
from tests.living import Living, living
from tests.test_convert import city
from tests.test_recordwork import HEAD, INTERESTS, Cards, batch, fill, same, seen, tasks, types, value

SPEC = f"""{HEAD}allow_undocumented: [task_types]
fields:
  leads:
    city:
      name: Город
      type: select
      options: {{Пенза: {{}}, Москва: {{absent: не возим, move_values_to: Пенза}}, Саратов: {{}}}}
    wants:
      name: Интересы
      type: multiselect
      options:
        Окна: {{}}
        other: {{name: Прочее, new: true}}
        Двери: {{absent: не делаем, move_values_to: Окна}}
        Полы: {{absent: не делаем, move_values_to: other}}
tags:
  leads: {{sale: {{name: Скидка, was: [Акция]}}}}
  contacts: {{Акция: {{absent: прошла, detach: true}}}}
task_types: {{Замер: {{}}, Сверка: {{absent: нет, move_tasks_to: check}}, check: {{name: Проверка, new: true}}}}
"""
APPLY = ("apply", "--yes", "--allow", "*", "--impact", "off", "--format", "json")
UNDO = ("undo", "--apply", "--yes", "--allow", "*", "--format", "json")


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """A filled account to which SPEC has been applied; `before` is what cards held."""
    with living(tmp_path, scenario="empty") as here:
        fill(here)
        yield here


def cards(crm: Living) -> dict[str, Cards]:
    """Deals and contacts."""
    return {entity: seen(crm, entity) for entity in ("leads", "contacts")}


def apply(crm: Living, spec: str = SPEC) -> None:
    """Moves everything that SPEC moves."""
    crm.spec(spec)
    applied = crm.amoconf(*APPLY)
    assert applied.code == 0, (applied.out, applied.err)


def told(crm: Living, *more: str) -> dict[tuple[str, str], int]:
    """What `undo` would give back, by address and list."""
    document = crm.amoconf("undo", "--format", "json", *more).json
    return {(row["address"], row["list"]): row["count"] for row in document["records"]}


def held(before: Cards, name: str, *values: str) -> int:
    """How many cards held one of these."""
    return sum(bool(set(values) & set(card.get(name, ()))) for card in before.values())


def open_tasks(crm: Living) -> dict[int, str]:
    """Open tasks with the names of their types; the others keep a type that is gone."""
    known = {key: name for name, key in types(crm).items()}
    return {key: known[kind] for key, (kind, done) in tasks(crm).items() if not done}


def test_every_record_gets_back_what_it_held(crm: Living) -> None:
    """Options and a task type come back under new ids, a tag that a person has erased by its name."""
    before, jobs = cards(crm), open_tasks(crm)
    apply(crm)
    erased = next(row["id"] for row in crm.walk("contacts/tags", "tags") if row["name"] == "Акция")
    crm.ui(action="delete", kind="tag", entity="contacts", id=erased)
    written = len([row for row in crm.asked() if row["method"] != "GET"])
    assert told(crm) == {
        ("option/leads/city/Москва", "leads"): held(before["leads"], "Город", "Москва"),
        ("option/leads/wants/Двери", "leads"): held(before["leads"], "Интересы", "Двери"),
        ("option/leads/wants/Полы", "leads"): held(before["leads"], "Интересы", "Полы"),
        ("tag/leads/sale", "leads"): held(before["leads"], "tags", "Акция"),
        ("tag/contacts/Акция", "contacts"): held(before["contacts"], "tags", "Акция"),
        ("task_type/Сверка", "tasks"): sum(name == "Сверка" for name in jobs.values()),
    }
    assert len([row for row in crm.asked() if row["method"] != "GET"]) == written
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    for entity, wanted in before.items():
        same(wanted, seen(crm, entity))
    assert open_tasks(crm) == jobs
    assert not undone.json["records"]["changed_since"]


def test_what_people_have_changed_since_stays_and_is_listed(crm: Living) -> None:
    before = cards(crm)
    apply(crm)
    deals = seen(crm, "leads")
    own = next(key for key, card in before["leads"].items() if card.get("Город") == ["Москва"])
    crm.ui(
        action="set_value", entity="leads", id=own, field_id=crm.id_of("field/leads/city"), value="Саратов"
    )
    document = crm.amoconf("undo", "--format", "json").json
    [row] = document["changed_since"]
    assert row == {"list": "leads", "id": own, "address": "option/leads/city/Москва"}
    text = crm.amoconf("undo").out
    assert f"left alone, for somebody has changed them since: 1 deal ({own})" in text
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    assert undone.json["records"]["changed_since"] == document["changed_since"]
    wanted = {**before["leads"], own: {**before["leads"][own], "Город": ["Саратов"]}}
    same(wanted, seen(crm, "leads"))
    assert deals.keys() == wanted.keys()


def test_an_undo_of_records_is_undone(crm: Living) -> None:
    apply(crm)
    after = cards(crm)
    assert crm.amoconf(*UNDO).code == 0
    again = crm.amoconf(*UNDO)
    assert again.code == 0, (again.out, again.err)
    for entity, wanted in after.items():
        same(wanted, seen(crm, entity))


def test_records_alone_can_be_what_is_undone(crm: Living) -> None:
    """The configuration is as it was; a person still was to delete the tag."""
    before = cards(crm)
    apply(crm, f"{HEAD}tags: {{contacts: {{Акция: {{absent: прошла, detach: true}}}}}}\n")
    count = held(before["contacts"], "tags", "Акция")
    shown = crm.amoconf("undo", "--exit-code")
    assert shown.code == 2
    assert f"{count} contacts: the tag comes back   tag/contacts/Акция" in shown.out
    assert "Nothing was written. To go this way" in shown.out
    undone = crm.amoconf("undo", "--apply", "--yes")
    assert undone.code == 0, undone.out
    assert f"{count} records have what they held before." in undone.out
    assert "nothing to undo" not in undone.out
    for entity, wanted in before.items():
        same(wanted, seen(crm, entity))


SMALL = (
    HEAD
    + "fields: {leads: {wants: {name: Интересы, type: multiselect, options: {Окна: {%s}, Двери: {%s}, Полы: {}}%s}}}\n"
)
NO = "absent: нет"


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Living]:
    """An account with three deals, each of which wants another thing more than the one before."""
    with living(tmp_path, scenario="empty") as here:
        apply(here, SMALL % ("", "", ""))
        own = here.id_of("field/leads/wants")
        wishes = [INTERESTS[:number] for number in (1, 2, 3)]
        batch(
            here,
            "leads",
            [{"name": "х", "custom_fields_values": [value(own, *each)]} for each in wishes],
        )
        yield here


def latest(crm: Living) -> str:
    """The name of the snapshot that the last apply took."""
    name: str = crm.amoconf("undo", "--format", "json").json["snapshot"]["name"]
    return name


LATER: Mapping[str, tuple[str, str, str]] = {
    "another option": (NO, NO, ""),
    "the whole field": (NO, "", f", {NO}"),
}


@pytest.mark.parametrize("name", LATER)
def test_one_after_the_other_is_undone(few: Living, name: str) -> None:
    """What the undo of the later apply has made anew is what the earlier one knew under another id."""
    before = seen(few, "leads")
    apply(few, SMALL % (NO, "", ""))
    first, between = latest(few), seen(few, "leads")
    apply(few, SMALL % LATER[name])
    assert few.amoconf(*UNDO).code == 0
    same(between, seen(few, "leads"))
    assert told(few, "--snapshot", first) == {("option/leads/wants/Окна", "leads"): 3}
    undone = few.amoconf(*UNDO, "--snapshot", first)
    assert (undone.code, undone.json["records"]["changed_since"]) == (0, [])
    same(before, seen(few, "leads"))


def test_what_nothing_holds_any_more_is_told(few: Living) -> None:
    """The field that the option lay in is gone, and nobody knows what has taken its place."""
    apply(few, SMALL % (NO, "", ""))
    first = latest(few)
    apply(few, SMALL % (NO, "", f", {NO}"))
    shown = few.amoconf("undo", "--snapshot", first, "--format", "json").json
    assert {row["address"]: row["cause"] for row in shown["not_coming_back"]} == {
        "option/leads/wants/Окна": "not_there"
    }
    assert "nothing to undo" not in few.amoconf("undo", "--snapshot", first).out
    undone = few.amoconf("undo", "--snapshot", first, "--apply", "--yes")
    assert (undone.code, "nothing to undo" in undone.out) == (0, False)


def test_cards_that_no_list_shows_are_not_said_to_be_whole(few: Living) -> None:
    """Contacts of incoming leads are hidden until those are accepted."""
    apply(few, HEAD + "fields: {contacts: {size: {name: Размер, type: text}}}\n")
    few.spec(HEAD + f"fields: {{contacts: {{size: {{name: Размер, type: text, {NO}}}}}}}\n")
    plan = few.amoconf("plan", "--format", "json").json
    assert ["neither counted nor kept" in row["what"] for row in plan["notices"]] == [True]
    assert few.amoconf(*APPLY).code == 0
    [row] = few.amoconf("undo", "--format", "json").json["not_coming_back"]
    assert row["what"] == "made anew, under a new id; the values that cards had in it are gone"


def test_what_a_person_emptied_after_it_was_given_back_stays_empty(few: Living) -> None:
    apply(few, SMALL % (NO, "", ""))
    name, own = latest(few), min(seen(few, "leads"))
    assert few.amoconf(*UNDO).code == 0
    few.ui(action="set_value", entity="leads", id=own, field_id=few.id_of("field/leads/wants"), value=None)
    shown = few.amoconf("undo", "--snapshot", name, "--format", "json").json
    assert (shown["records"], [row["id"] for row in shown["changed_since"]]) == ([], [own])
    undone = few.amoconf(*UNDO, "--snapshot", name)
    assert (undone.json["records"]["back"], "Интересы" in seen(few, "leads")[own]) == (0, False)


def test_the_ledger_that_is_worked_from_is_kept(few: Living) -> None:
    """Five are kept, and an undo writes one of its own."""
    apply(few, SMALL % (NO, "", ""))
    [path] = (few.folder / "state" / "data").rglob("*.sqlite")
    for number in range(4):
        Ledger(path.with_name(f"20300101T00000{number}Z.sqlite")).close()
    name = latest(few)
    assert few.amoconf(*UNDO, "--snapshot", name).json["records"]["back"] == 3
    assert path.exists()
    assert len(list(path.parent.glob("*.sqlite"))) == 5


def test_given_back_once(crm: Living) -> None:
    """The same way once more finds nothing to give back."""
    apply(crm)
    [name] = [row["name"] for row in crm.amoconf("undo", "--list", "--format", "json").json["snapshots"]][:1]
    assert told(crm)
    assert crm.amoconf(*UNDO).code == 0
    assert not told(crm, "--snapshot", name)


@pytest.mark.parametrize("more", [(), ("--clear-old",)])
def test_what_a_conversion_moved_is_told_by_its_field(tmp_path: Path, more: tuple[str, ...]) -> None:
    with living(tmp_path, scenario="audited", scale=0.002) as crm:
        crm.spec(city())
        moved = crm.amoconf(*APPLY, *more).json["conversion"][0]["moved"]
        rows = crm.amoconf("undo", "--format", "json").json["records"]
        comes = {row["address"]: (row["comes"], row["count"]) for row in rows}
        old = {"field/leads/city@text": (True, moved)} if more else {}
        assert comes == {"field/leads/city": (False, moved), **old}
        assert {(row["list"], row["what"]) for row in rows} == {("leads", "value")}
        text = crm.amoconf("undo").out
        assert f"{moved} deals: emptied again" in text
        assert (f"{moved} deals: the value comes back" in text) == bool(more)
        undone = crm.amoconf(*UNDO)
        assert undone.code == 0, undone.out
        assert undone.json["records"]["back"] == moved


PIPE = """pipelines:
  service:
    name: Сервис
    stages: {request: Заявка, think: %s, visit: Выезд}
"""


def test_deals_go_back_to_their_stage(crm: Living) -> None:
    apply(crm, HEAD + PIPE % "Думает")
    stage, other = (crm.id_of(f"stage/service/{name}") for name in ("think", "visit"))
    line = crm.id_of("pipeline/service")
    places = {
        key: (line, place)
        for place in (stage, other)
        for key in batch(crm, "leads", [{"name": "x", "pipeline_id": line, "status_id": place}] * 30)
    }
    apply(crm, HEAD + PIPE % "{name: Думает, absent: не этап, move_deals_to: request}")
    assert told(crm) == {("stage/service/think", "leads"): 30}
    undone = crm.amoconf(*UNDO)
    assert undone.code == 0, (undone.out, undone.err)
    anew = next(row["id"] for row in stages(crm, line) if row["name"] == "Думает")
    wanted = {key: (line, anew if place == stage else place) for key, (_, place) in places.items()}
    now = {row["id"]: (row["pipeline_id"], row["status_id"]) for row in crm.walk("leads", "leads")}
    assert {key: now[key] for key in wanted} == wanted


def stages(crm: Living, line: int) -> list[dict[str, Any]]:
    """The stages of a pipeline."""
    rows: list[dict[str, Any]] = crm.get(f"leads/pipelines/{line}")["_embedded"]["statuses"]
    return rows


def test_the_mirror_shows_the_new_truth(crm: Living) -> None:
    """What `values` has cached is read again after an apply and after an undo."""
    before = seen(crm, "leads")
    field = crm.id_of("field/leads/wants")
    counts = {name: held(before, "Интересы", name) for name in INTERESTS}
    assert counted(crm, field) == counts
    apply(crm)
    after = seen(crm, "leads")
    assert counted(crm, field) == {
        name: held(after, "Интересы", name) for name in ("Окна", "Прочее", "Лестницы")
    }
    assert crm.amoconf(*UNDO).code == 0
    assert counted(crm, field) == counts


def counted(crm: Living, field: int) -> dict[str, int]:
    """What `amoconf values` says."""
    ended = crm.amoconf("values", f"leads/{field}", "--format", "json")
    assert ended.code == 0, ended.err
    return {row["value"]: row["count"] for row in ended.json["values"]}
