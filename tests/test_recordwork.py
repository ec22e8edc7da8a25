"""Records before something leaves: values, tags and open tasks go where the spec says, and nothing else changes."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from amoconf.changes import Step
from amoconf.errors import AmoconfError, Fault, Refused
from amoconf.kinds import parse_address
from amoconf.recordwork import RecordWork
from amoconf.recordwrites import RecordWrites
from tests.fakes import FakeWriter
from tests.kills import BEFORE, Deadly, deadly
from tests.living import Living, living

HEAD = "amoconf: 1\naccount: {subdomain: stroymarket}\n"
MANY = 120
CITIES, INTERESTS = ("Пенза", "Москва", "Саратов"), ("Окна", "Двери", "Полы", "Лестницы")
FIRST = f"""{HEAD}allow_undocumented: [task_types]
fields:
  leads:
    city: {{name: Город, type: select, options: [{", ".join(CITIES)}]}}
    wants: {{name: Интересы, type: multiselect, options: [{", ".join(INTERESTS)}]}}
  contacts:
    wants: {{name: Интересы, type: multiselect, options: [{", ".join(INTERESTS)}]}}
tags: {{leads: [Акция, Опт], contacts: [Акция, Опт]}}
task_types: [Замер, Сверка]
"""
DROPPED = f"""{HEAD}fields:
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
"""
ALLOW = ("--allow", "option/leads/wants/*")
Cards = dict[int, dict[str, Any]]


def batch(crm: Living, path: str, items: list[dict[str, Any]]) -> list[int]:
    """New records, 50 in a request; their ids."""
    made: list[int] = []
    for start in range(0, len(items), 50):
        answer = crm.client.post(f"/api/v4/{path}", json=items[start : start + 50])
        assert answer.is_success, answer.text
        made += [row["id"] for row in answer.json()["_embedded"][path]]
    return made


def value(field: int, *names: str) -> dict[str, Any]:
    """A field of a card with these options."""
    return {"field_id": field, "values": [{"value": name} for name in names]}


def fill(crm: Living) -> None:
    """Cards of every mixture, and tasks, open and done."""
    crm.spec(FIRST)
    assert crm.amoconf("apply", "--yes").code == 0
    for entity in ("leads", "contacts"):
        wants = crm.id_of(f"field/{entity}/wants")
        cards: list[dict[str, Any]] = []
        for number in range(MANY):
            chosen = [name for bit, name in enumerate(INTERESTS) if number >> bit & 1]
            fields = [value(wants, *chosen)] if chosen else []
            if entity == "leads" and number % 4:
                fields.append(value(crm.id_of("field/leads/city"), CITIES[number % 3]))
            tags = [{"name": name} for name, each in (("Акция", 3), ("Опт", 2)) if number % each == 0]
            cards.append({"name": str(number), "custom_fields_values": fields, "_embedded": {"tags": tags}})
        batch(crm, entity, [{key: item for key, item in card.items() if item} for card in cards])
    types = [crm.id_of(f"task_type/{name}") for name in ("Замер", "Сверка")]
    tasks = [
        {
            "text": str(number),
            "complete_till": 1_900_000_000,
            "task_type_id": [1, *types][number % 3],
            "is_completed": number % 5 == 0,
        }
        for number in range(MANY)
    ]
    batch(crm, "tasks", tasks)


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """A filled account."""
    with living(tmp_path, scenario="empty") as here:
        fill(here)
        yield here


def seen(crm: Living, entity: str) -> Cards:
    """What each card holds: option names by field, tags; and what else might have been touched."""
    return {
        row["id"]: {
            "name": row["name"],
            "stage": row.get("status_id"),
            "updated": row["updated_at"],
            "tags": {tag["name"] for tag in row["_embedded"]["tags"]},
            **{
                entry["field_name"]: [item["value"] for item in entry["values"]]
                for entry in row["custom_fields_values"] or ()
            },
        }
        for row in crm.walk(entity, entity)
    }


def renamed(card: dict[str, Any]) -> dict[str, Any]:
    """A deal as DROPPED leaves it."""
    becomes = {"Москва": "Пенза", "Двери": "Окна", "Полы": "Прочее"}
    after: dict[str, Any] = {
        name: list(dict.fromkeys(becomes.get(item, item) for item in card[name]))
        for name in ("Город", "Интересы")
        if name in card
    }
    return {**card, **after}


def same(before: Cards, after: Cards) -> None:
    """The same cards with the same content; those that need no change were not written at all."""
    assert before.keys() == after.keys()
    for key, wanted in before.items():
        assert {**after[key], "updated": 0} == {**wanted, "updated": 0}, key


def patches(crm: Living, path: str) -> int:
    """How many batches were written."""
    return sum((row["method"], row["path"]) == ("PATCH", f"/api/v4/{path}") for row in crm.asked())


def options(crm: Living, name: str) -> list[str]:
    """The options of a field of deals."""
    rows = crm.walk("leads/custom_fields", "custom_fields")
    return next([item["value"] for item in row["enums"]] for row in rows if row["name"] == name)


def test_values_of_dropped_options_go_to_others(crm: Living) -> None:
    before, contacts = seen(crm, "leads"), seen(crm, "contacts")
    crm.spec(DROPPED)
    crm.client.post("/_emulator/clock", json={"advance_s": 100})
    crm.forget()
    applied = crm.amoconf("apply", "--yes", *ALLOW)
    assert (applied.code, applied.err) == (0, "")
    after = seen(crm, "leads")
    wanted = {key: renamed(card) for key, card in before.items()}
    same(wanted, after)
    touched = {key for key, card in before.items() if wanted[key] != card}
    assert {key for key in after if after[key]["updated"] != before[key]["updated"]} == touched
    assert patches(crm, "leads") == -(-len(touched) // 50)
    assert options(crm, "Город") == ["Пенза", "Саратов"]
    assert options(crm, "Интересы") == ["Окна", "Прочее", "Лестницы"]
    assert seen(crm, "contacts") == contacts
    assert crm.amoconf("plan", "--exit-code").code == 0


def test_a_plan_says_where_the_data_goes(crm: Living) -> None:
    crm.spec(DROPPED)
    told = " ".join(crm.amoconf("plan", *ALLOW).out.split())
    assert "their values are moved first" in told or "its values go to option/leads/wants/Окна" in told
    assert "values of 3 options are moved first" in told
    assert "needs --allow" not in told


TAGS = f"""{HEAD}tags:
  leads: {{Акция: {{archived: прошла, detach: true}}}}
  contacts: {{Акция: {{absent: прошла, detach: true}}}}
"""


def test_tags_are_taken_off_every_card(crm: Living) -> None:
    before = {entity: seen(crm, entity) for entity in ("leads", "contacts")}
    crm.spec(TAGS)
    told = " ".join(crm.amoconf("plan").out.split())
    assert "taken off every card first" in told
    applied = crm.amoconf("apply", "--yes", "--format", "json")
    assert applied.code == 0, applied.out
    assert {row["address"]: row["status"] for row in applied.json["steps"]} == {
        "tag/leads/Акция": "done",
        "tag/contacts/Акция": "manual",
    }
    for entity, cards in before.items():
        wanted = {key: {**card, "tags": card["tags"] - {"Акция"}} for key, card in cards.items()}
        same(wanted, seen(crm, entity))
    assert "[архив] Акция" in {row["name"] for row in crm.walk("leads/tags", "tags")}
    crm.forget()
    assert crm.amoconf("apply", "--yes").code == 0
    assert not patches(crm, "contacts")
    doomed = next(row["id"] for row in crm.walk("contacts/tags", "tags") if row["name"] == "Акция")
    crm.ui(action="delete", kind="tag", entity="contacts", id=doomed)
    assert crm.amoconf("plan", "--exit-code").code == 0


def tasks(crm: Living) -> dict[int, tuple[int, bool]]:
    """Type and end of every task."""
    return {row["id"]: (row["task_type_id"], row["is_completed"]) for row in crm.walk("tasks", "tasks")}


def types(crm: Living) -> dict[str, int]:
    """Task types by name."""
    rows = crm.get("account", **{"with": "task_types"})["_embedded"]["task_types"]
    return {row["name"]: row["id"] for row in rows}


TYPES = f"{HEAD}allow_undocumented: [task_types]\ntask_types: {{Замер: {{}}, Сверка: {{absent: нет%s}}%s}}\n"


@pytest.mark.parametrize(
    ("successor", "more"), [("Замер", ""), ("check", ", check: {name: Проверка, new: true}")]
)
def test_open_tasks_get_the_successor_type(crm: Living, successor: str, more: str) -> None:
    before, known = tasks(crm), types(crm)
    crm.spec(TYPES % (f", move_tasks_to: {successor}", more))
    applied = crm.amoconf("apply", "--yes")
    assert (applied.code, applied.err) == (0, "")
    target = crm.id_of(f"task_type/{successor}")
    gone = known["Сверка"]
    moved = {
        key: (target, done) if (kind, done) == (gone, False) else (kind, done)
        for key, (kind, done) in before.items()
    }
    assert tasks(crm) == moved != before
    assert "Сверка" not in types(crm)
    assert types(crm)["Замер"] == known["Замер"]
    assert crm.amoconf("plan", "--exit-code").code == 0


def test_one_of_two_task_types_gets_a_successor_that_is_still_to_be_made(crm: Living) -> None:
    before, known = tasks(crm), types(crm)
    going = "Замер: {absent: нет, move_tasks_to: call}, Сверка: {absent: нет, move_tasks_to: check}"
    kept = "call: {name: Связаться}, check: {name: Проверка, new: true}"
    crm.spec(f"{HEAD}allow_undocumented: [task_types]\ntask_types: {{{going}, {kept}}}\n")
    applied = crm.amoconf("apply", "--yes", "--allow", "task_type/*")
    assert (applied.code, applied.err) == (0, ""), applied.out
    becomes = {known["Замер"]: 1, known["Сверка"]: types(crm)["Проверка"]}
    wanted = {key: (kind if done else becomes.get(kind, kind), done) for key, (kind, done) in before.items()}
    assert tasks(crm) == wanted
    assert crm.amoconf("plan", "--exit-code").code == 0


def test_a_task_type_with_open_tasks_stays(crm: Living) -> None:
    before = tasks(crm)
    crm.spec(TYPES % ("", ""))
    applied = crm.amoconf("apply", "--yes")
    assert applied.code == 4
    count = sum(not done and kind == types(crm)["Сверка"] for kind, done in before.values())
    assert f"open tasks that have task_type/Сверка: {count};" in " ".join(applied.out.split())
    assert tasks(crm) == before


def test_open_tasks_are_moved_before_a_person_deletes_the_type(crm: Living) -> None:
    crm.spec((TYPES % (", move_tasks_to: Замер", "")).replace("allow_undocumented: [task_types]\n", ""))
    applied = crm.amoconf("apply", "--yes", "--format", "json")
    assert (applied.code, [row["status"] for row in applied.json["steps"]]) == (0, ["manual"])
    doomed = types(crm)["Сверка"]
    assert not [key for key, (kind, done) in tasks(crm).items() if kind == doomed and not done]
    crm.ui(action="delete", kind="task_type", id=doomed)
    assert crm.amoconf("plan", "--exit-code").code == 0


def incoming(crm: Living, *names: str) -> int:
    """A deal of the incoming-leads stage with these cities."""
    field = crm.id_of("field/leads/city")
    lead = {"name": "Заявка", "custom_fields_values": [value(field, *names)]}
    form = {
        "form_id": "1",
        "form_name": "Сайт",
        "form_page": "https://site.example",
        "form_sent_at": 1_700_000_000,
    }
    request = {
        "source_uid": "form-1",
        "source_name": "Сайт",
        "created_at": 1_700_000_000,
        "metadata": {**form, "ip": "192.0.2.1", "referer": "https://site.example"},
        "_embedded": {"leads": [lead]},
    }
    answer = crm.client.post("/api/v4/leads/unsorted/forms", json=[request])
    assert answer.is_success, answer.text
    return int(answer.json()["_embedded"]["unsorted"][0]["_embedded"]["leads"][0]["id"])


def test_deals_of_the_incoming_stage_are_left_alone_unless_asked(crm: Living) -> None:
    deal = incoming(crm, "Москва")
    before = seen(crm, "leads")
    crm.spec(DROPPED)
    waits = crm.amoconf("apply", "--yes", *ALLOW)
    assert waits.code == 4
    assert "that hold option/leads/city/Москва, left alone: 1;" in " ".join(waits.out.split())
    assert seen(crm, "leads")[deal] == before[deal]
    assert options(crm, "Город") == list(CITIES)
    assert "Двери" not in options(crm, "Интересы")
    crm.spec(DROPPED.replace("move_values_to: Пенза", "move_values_to: Пенза, unsorted: take_out"))
    assert crm.amoconf("apply", "--yes", *ALLOW).code == 0
    assert seen(crm, "leads")[deal]["Город"] == ["Пенза"]
    assert options(crm, "Город") == ["Пенза", "Саратов"]


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Deadly]:
    """A filled account whose caller may die."""
    spec = tmp_path / "first.yaml"
    spec.write_text(FIRST, encoding="utf-8")
    with deadly(tmp_path / "crm", spec, scenario="empty") as here:
        fill(here)
        here.spec(DROPPED)
        yield here


def test_a_killed_apply_is_gone_on_with(mortal: Deadly) -> None:
    before = {key: renamed(card) for key, card in seen(mortal, "leads").items()}

    def kill(world: object) -> None:
        assert mortal.caller is not None
        os.kill(mortal.caller.pid, signal.SIGKILL)

    def again(world: object) -> None:
        mortal.before["PATCH leads"] = kill

    mortal.before["PATCH leads"] = again
    assert mortal.killed((10_000, BEFORE), "apply", "--yes", *ALLOW) == -9
    assert "Двери" in options(mortal, "Интересы")
    resumed = mortal.amoconf("apply", "--resume", "--yes")
    assert resumed.code == 0, (resumed.out, resumed.err)
    same(before, seen(mortal, "leads"))
    assert options(mortal, "Интересы") == ["Окна", "Прочее", "Лестницы"]


def test_lost_answers_do_no_harm(mortal: Deadly) -> None:
    before = {key: renamed(card) for key, card in seen(mortal, "leads").items()}
    mortal.client.post("/_emulator/faults", json={"504_after": 0.4})
    applied = mortal.amoconf("apply", "--yes", *ALLOW)
    mortal.client.post("/_emulator/faults", json={})
    assert applied.code == 0, (applied.out, applied.err)
    same(before, seen(mortal, "leads"))
    assert options(mortal, "Интересы") == ["Окна", "Прочее", "Лестницы"]


def detaching(writer: FakeWriter, halted: str = "") -> Mapping[int, str]:
    """Takes tag 7 off the deals of a service."""
    tag = parse_address("tag/leads/Акция")
    step = Step((tag,), "", data={"work": "detach_tag", "entity": "leads", "from": tag})
    work = RecordWork(RecordWrites(writer), halted=lambda: halted)  # type: ignore[arg-type]
    return asyncio.run(work.do([step], {tag: 7}))


def deal(key: int, *tags: int) -> dict[str, Any]:
    """A deal as a list has it."""
    return {"id": key, "pipeline_id": 1, "status_id": 2, "_embedded": {"tags": [{"id": tag} for tag in tags]}}


class Refusing(FakeWriter):
    """Refuses to change one deal; the others lose the tag."""

    def __init__(self, guilty: int) -> None:
        rows = [deal(key, 7, 8) for key in range(1, 6)]
        super().__init__({"leads": rows}, self.answer)
        self.guilty = guilty

    def answer(self, method: str, path: str, body: Any) -> None:
        """One PATCH."""
        ids = [row["id"] for row in body]
        if self.guilty in ids:
            fault = Fault(str(ids.index(self.guilty)), "Denied", "id", "not yours")
            raise Refused("PATCH leads was refused", faults=[fault])
        for row in self.answers["leads"]:
            if row["id"] in ids:
                row["_embedded"]["tags"] = [{"id": 8}]


def test_one_bad_card_does_not_hold_up_the_others() -> None:
    writer = Refusing(3)
    said = detaching(writer)
    assert list(said) == [0]
    assert "3 (id: not yours)" in said[0]
    held = [row["id"] for row in writer.answers["leads"] if {"id": 7} in row["_embedded"]["tags"]]
    assert held == [3]
    assert writer.sent[-1][2] == [{"id": key, "tags_to_delete": [{"id": 7}]} for key in (1, 2, 4, 5)]


def test_a_refusal_that_names_nobody_ends_it() -> None:
    def refuse(*request: Any) -> None:
        raise Refused("PATCH leads was refused")

    with pytest.raises(Refused):
        detaching(FakeWriter({"leads": [deal(1, 7)]}, refuse))


def test_nothing_is_sent_once_somebody_asks_to_stop() -> None:
    writer = FakeWriter({"leads": [deal(1, 7)]}, lambda *request: None)
    with pytest.raises(AmoconfError, match="stop"):
        detaching(writer, "stopped by a person")
    assert not writer.sent


def test_five_walks_are_enough() -> None:
    writer = FakeWriter({"leads": [deal(1, 7)]}, lambda *request: None)
    with pytest.raises(AmoconfError, match="keep coming"):
        detaching(writer)
    assert len(writer.sent) == 5


RENAMED = f"""{HEAD}tags:
  leads: {{sale: {{name: Скидка, was: [Акция], color: "FFCE5A"}}, Опт: {{}}, unused: {{name: Новый, was: [Пустой]}}}}
  contacts: {{sale: {{name: Скидка, was: [Акция]}}}}
"""


def retagged(cards: Cards) -> Cards:
    """Cards as RENAMED leaves them."""
    return {
        key: {**card, "tags": {"Скидка" if tag == "Акция" else tag for tag in card["tags"]}}
        for key, card in cards.items()
    }


def test_a_tag_in_use_is_renamed_by_way_of_a_new_one(crm: Living) -> None:
    made = crm.client.post("/api/v4/leads/tags", json=[{"name": "Пустой"}])
    empty = made.json()["_embedded"]["tags"][0]["id"]
    before = {entity: retagged(seen(crm, entity)) for entity in ("leads", "contacts")}
    old = {row["name"]: row["id"] for row in crm.walk("leads/tags", "tags")}["Акция"]
    crm.spec(RENAMED)
    told = " ".join(crm.amoconf("plan").out.split())
    assert "cards that hold it get a new tag" in told
    applied = crm.amoconf("apply", "--yes", "--format", "json")
    assert applied.code == 0, applied.out
    assert {row["status"] for row in applied.json["steps"]} == {"done"}
    for entity, cards in before.items():
        same(cards, seen(crm, entity))
    tags = {row["name"]: (row["id"], row["color"]) for row in crm.walk("leads/tags", "tags")}
    assert tags["Скидка"] == (crm.id_of("tag/leads/sale"), "FFCE5A")
    assert tags["Акция"][0] == old
    assert tags["Новый"][0] == empty
    assert crm.amoconf("plan", "--exit-code").code == 0


def test_a_killed_rename_is_gone_on_with(mortal: Deadly) -> None:
    before = retagged(seen(mortal, "contacts"))
    mortal.spec(f"{HEAD}tags: {{contacts: {{sale: {{name: Скидка, was: [Акция]}}}}}}\n")
    (mortal.folder / "account.lock.yaml").unlink()

    def kill(world: object) -> None:
        assert mortal.caller is not None
        os.kill(mortal.caller.pid, signal.SIGKILL)

    mortal.before["PATCH contacts"] = kill
    assert mortal.killed((10_000, BEFORE), "apply", "--yes") == -9
    resumed = mortal.amoconf("apply", "--resume", "--yes")
    assert resumed.code == 0, (resumed.out, resumed.err)
    same(before, seen(mortal, "contacts"))
    assert mortal.amoconf("plan", "--exit-code").code == 0


LISTED = f"""{HEAD}catalogs:
  goods:
    name: Товары для стройки
    fields:
      kind: {{name: Группа, type: category, options: {{a: Станки, b: {{name: Токарные, under: a%s}}, c: {{name: Ремни%s}}}}}}
"""


def test_values_in_elements_of_a_list_move_too(crm: Living) -> None:
    crm.spec(LISTED % ("", ""))
    assert crm.amoconf("apply", "--yes").code == 0
    field, path = crm.id_of("field/catalogs/goods/kind"), f"catalogs/{crm.id_of('catalog/goods')}/elements"
    options = {name: crm.id_of(f"option/catalogs/goods/kind/{name}") for name in "abc"}
    items = [
        {
            "name": name,
            "custom_fields_values": [{"field_id": field, "values": [{"enum_id": options[name]}]}],
        }
        for name in "abc"
    ]
    assert crm.client.post(f"/api/v4/{path}", json=items).is_success
    crm.spec(
        LISTED
        % (", absent: нет, move_values_to: d", ", was: [Ремни]}, d: {name: Фрезерные, under: a, new: true")
    )
    applied = crm.amoconf("apply", "--yes")
    assert (applied.code, applied.err) == (0, ""), applied.out
    held = {
        row["name"]: row["custom_fields_values"][0]["values"][0]["value"]
        for row in crm.walk(path, "elements")
    }
    assert held == {"a": "Станки", "b": "Фрезерные", "c": "Ремни"}
    assert crm.amoconf("plan", "--exit-code").code == 0


def test_a_node_under_one_that_leaves_and_was_never_there_stands_at_the_top(tmp_path: Path) -> None:
    nodes = "{a: {name: Окна, archived: не нужно}, b: {name: Рамы, under: a}}"
    tree = f"f: {{name: Дерево, type: category, options: {nodes}}}"
    with living(tmp_path, scenario="empty") as crm:
        crm.spec(f"{HEAD}catalogs: {{a: {{name: Список, fields: {{{tree}}}}}}}\n")
        assert crm.amoconf("apply", "--yes").code == 0
        assert crm.amoconf("plan", "--format", "json").json["changes"] == []


def test_a_new_list_needs_an_option_that_stays(tmp_path: Path) -> None:
    """The service would refuse it; the plan says so."""
    with living(tmp_path, scenario="empty") as crm:
        crm.spec(
            f"{HEAD}fields: {{leads: {{f: {{name: Окна, type: select, options: {{a: {{absent: нет}}}}}}}}}}\n"
        )
        assert "it has no option that stays, and a list needs one" in crm.amoconf("plan").err
