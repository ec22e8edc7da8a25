"""What an earlier run has left of a replaced field: found again, counted, moved or emptied, and nothing besides."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.cells import conversion_of
from amoconf.converting import Moved
from amoconf.recipe import Recipe, Wanted
from amoconf.values import Address, normal
from tests.living import Living, living
from tests.test_convert import HEAD, MEANT, SCALE, VALUES, City, apply, city, ending, text_of
from tests.test_incoming import NEW, OLD, Waits, rows
from tests.test_resumed import fails_from, well

POST = f"""{HEAD}fields:
  contacts:
    pos:
      name: Должность
      type: select
      options: [Директор, Прораб]
      convert: {{values: {{Прораб: [Менеджер]}}, otherwise: keep}}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def fields(crm: Living, scope: str, name: str) -> dict[str, Any]:
    """Live fields of which the name is a part, by type."""
    listed = crm.walk(f"{scope}/custom_fields", "custom_fields")
    return {row["type"]: row for row in listed if name in row["name"]}


@pytest.mark.parametrize("at", ["PATCH contacts/custom_fields", "PATCH contacts"])
def test_a_built_in_field_is_found_again(crm: Living, at: str) -> None:
    """Interrupted once the new field stands beside it, under the same name."""
    crm.spec(POST)
    crm.before[at] = lambda world: world.faults.set("500", 1.0)
    assert ending(crm).code == 4
    well(crm)
    assert len(fields(crm, "contacts", "Должность")) == 2
    for command in ("plan", "drift"):
        assert set(rows(crm, command)) == {("field/contacts/pos", "replace")}
    resumed = ending(crm, "--resume")
    assert resumed.code == 0, (resumed.out, resumed.err)
    there = fields(crm, "contacts", "Должность")
    assert {row["name"] for row in there.values()} == {"Должность", "[архив] Должность"}
    for row in crm.walk("contacts", "contacts"):
        was, now = (text_of(row, there[kind]["id"]) for kind in ("text", "select"))
        assert now == {"Менеджер": "Прораб", "Директор": "Директор", "Прораб": "Прораб"}.get(was or "")


KIND = f"{HEAD}fields:\n  leads:\n    client: {{name: Тип клиента, type: text}}\n"


def waiting(crm: Living, field: str, count: int = 2) -> dict[int, str]:
    """Some deals that have a field filled, put among the incoming leads; with what they hold."""
    [number] = [row["id"] for row in crm.walk("leads/custom_fields", "custom_fields") if row["name"] == field]
    held = {row["id"]: text for row in crm.walk("leads", "leads") if (text := text_of(row, number))}
    line, stage = min(City(crm).unsorted)
    for key in list(held)[-count:]:
        crm.ui(action="move_deal", id=key, pipeline_id=line, status_id=stage)
    return {key: held[key] for key in list(held)[-count:]}


def test_deals_wait_also_where_no_map_is_needed(crm: Living) -> None:
    held = waiting(crm, "Тип клиента")
    name = ("field/leads/client@select", "manual")
    crm.spec(KIND)
    apply(crm)
    assert set(rows(crm)) == set(rows(crm, "drift")) == {name}
    Waits.accept(City(crm), *held)  # type: ignore[arg-type]
    assert set(rows(crm)) == {("field/leads/client", "update")}
    apply(crm)
    new = fields(crm, "leads", "Тип клиента")["text"]["id"]
    assert {key: text_of(crm.get(f"leads/{key}"), new) for key in held} == held
    assert not rows(crm)


def test_the_map_that_was_agreed_on_holds_for_those_that_wait(crm: Living) -> None:
    """Once `convert` is taken out of the spec, and though it would be wider if it were asked for."""
    deals = Waits(crm, 2)
    crm.spec(city())
    apply(crm)
    bare = city().partition("      convert:")[0]
    crm.spec(bare)
    assert set(rows(crm)) == {(OLD, "manual")}
    deals.accept(deals.keys[0])
    assert set(rows(crm)) == {(NEW, "update"), (OLD, "manual")}
    apply(crm)
    assert deals.shown(deals.keys[0]) == MEANT[normal(deals.before[deals.keys[0]] or "")]
    deals.accept(deals.keys[1])
    crm.spec(city("{option: Другой}", more="Другой"))
    assert rows(crm, "drift")[NEW, "update"]["impact"]["records"] == 1
    crm.spec(city())
    assert rows(crm)[NEW, "update"]["impact"]["records"] == 1
    [row] = apply(crm)["conversion"]
    assert row["moved"] == 1
    deals.check()


def test_a_lock_that_remembers_no_map_says_so(crm: Living) -> None:
    """Written before maps were remembered."""
    Waits(crm, 2)
    crm.spec(city())
    apply(crm)
    path = crm.folder / "account.lock.yaml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join(re.sub(r'"convert": .*\}, "newest"', '"newest"', line) for line in lines) + "\n"
    )
    assert "convert" not in path.read_text("utf-8")
    crm.spec(city().partition("      convert:")[0])
    [row] = rows(crm).values()
    assert (row["address"], row["impact"]["records"]) == (OLD, 2)
    assert "write convert again" in row["manual"][0]
    apply(crm)
    assert set(rows(crm, "drift")) == {(OLD, "manual")}


def test_what_a_person_has_emptied_stays_empty(crm: Living) -> None:
    """In the run for deals that were accepted since, and in one that is gone on with."""
    deals = Waits(crm, 1)
    crm.spec(city())
    mapped = [
        key for key, was in deals.before.items() if normal(was or "") in MEANT and key not in deals.keys
    ]
    fails_from(crm, 3)
    assert ending(crm, "--batch", "20").code == 4
    well(crm)
    new = next(
        row["id"]
        for row in crm.walk("leads/custom_fields", "custom_fields")
        if row["name"] == "Город" and row["type"] == "select"
    )
    first = next(key for key in mapped if text_of(crm.get(f"leads/{key}"), new))
    crm.ui(action="set_value", entity="leads", id=first, field_id=new, value=None)
    [row] = ending(crm, "--resume").json["conversion"]
    assert row["emptied_by_people"] == 1
    assert deals.shown(first) is None
    crm.ui(action="set_value", entity="leads", id=mapped[-1], field_id=new, value=None)
    deals.accept(*deals.keys)
    assert rows(crm)[NEW, "update"]["impact"]["records"] == 1
    apply(crm)
    assert (deals.shown(first), deals.shown(mapped[-1])) == (None, None)
    assert deals.shown(deals.keys[0])
    assert not rows(crm)


def test_the_run_for_accepted_deals_has_a_brake(crm: Living) -> None:
    deals = Waits(crm, 2)
    crm.spec(city() + "policy: {brakes: {field: {records: 1}}}\n")
    apply(crm)
    deals.accept(*deals.keys)
    ended = crm.amoconf("plan", "--impact", "off", "--format", "json")
    stops = [stop for row in ended.json["changes"] for stop in row["stops"]]
    assert (ended.code, stops) == (3, [{"why": "touches 2 records (limit 1)", "allow": [NEW]}])
    assert crm.amoconf("plan", "--allow", NEW).code == 0


def test_clearing_is_counted_braked_and_told(crm: Living) -> None:
    """Asked for with the replace."""
    deals = City(crm)
    crm.spec(city("{option: Другой}", more="Другой"))
    planned = rows(crm, "plan", "--clear-old")[NEW, "replace"]
    [clear] = [move for move in planned["moves"] if move["work"] == "clear"]
    waits = {
        row["id"]
        for row in crm.walk("leads", "leads")
        if (row["pipeline_id"], row["status_id"]) in deals.unsorted
    }
    texts = [was for key, was in deals.before.items() if was and key not in waits]
    wrong = [was for was in texts if normal(was) not in MEANT]
    assert (clear["records"], clear["lost"]) == (len(texts), len(wrong))
    shown = " ".join(crm.amoconf("plan", "--allow", "*", "--clear-old").out.split())
    assert f"{len(texts)} old values will be emptied" in shown
    assert f"{len(wrong)} of them are the only copies" in shown
    [row] = apply(crm, "--clear-old")["conversion"]
    assert (row["moved"], row["cleared"]) == (len(texts), len(texts))
    deals.check(otherwise="Другой", cleared=True)


def test_clearing_may_be_asked_for_later(crm: Living) -> None:
    deals = Waits(crm, 2)
    crm.spec(city() + "policy: {brakes: {field: {records: 10}}}\n")
    apply(crm)
    moved = sum(1 for row in crm.walk("leads", "leads") if text_of(row, deals.new))
    deals.accept(deals.keys[0])
    ended = crm.amoconf("plan", "--clear-old", "--format", "json", "--impact", "off")
    update = next(row for row in ended.json["changes"] if row["action"] == "update")
    assert ended.code == 3
    assert update["stops"] == [{"why": f"would empty {moved + 1} old values (limit 10)", "allow": [NEW]}]
    assert update["impact"]["records"] == 1
    [row] = apply(crm, "--clear-old")["conversion"]
    assert (row["moved"], row["cleared"]) == (1, moved + 1)
    deals.check(cleared=True)
    deals.accept(deals.keys[1])
    apply(crm)
    assert rows(crm, "plan", "--clear-old")[NEW, "update"]["impact"]["records"] == 1
    ended = ending(crm, "--clear-old")
    assert [row["cleared"] for row in ended.json["conversion"]] == [1]
    assert "are not in the new field and stay" in crm.amoconf("plan", "--clear-old").out
    assert not rows(crm, "plan", "--clear-old")


def test_clearing_knows_the_old_field_by_the_lock(crm: Living) -> None:
    """Whatever the new one is called by now."""
    deals = City(crm)
    crm.spec(city())
    apply(crm)
    moved = sum(1 for row in crm.walk("leads", "leads") if text_of(row, deals.new))
    crm.spec(city().replace("name: Город", "name: Город клиента"))
    apply(crm)
    told = rows(crm, "plan", "--clear-old")[NEW, "update"]
    assert (told["impact"]["records"], told["stops"]) == (moved, [])
    [row] = apply(crm, "--clear-old")["conversion"]
    assert row["cleared"] == moved
    assert not rows(crm, "plan", "--clear-old")


def test_what_the_spec_does_not_name_stays(crm: Living) -> None:
    """The tab, the stages that require it or hide it; also where the replace is interrupted."""
    old = fields(crm, "leads", "Тип клиента")["select"]
    lines = crm.get("leads/pipelines")["_embedded"]["pipelines"]
    pairs = [
        {"pipeline_id": line["id"], "status_id": line["_embedded"]["statuses"][2]["id"]} for line in lines[:2]
    ]
    body = [{"id": old["id"], "required_statuses": pairs[:1], "hidden_statuses": pairs[1:]}]
    assert crm.client.patch("/api/v4/leads/custom_fields", json=body).is_success
    crm.spec(KIND)
    shown = {row["name"]: row["value"] for row in rows(crm)["field/leads/client", "replace"]["kept"]}
    assert set(shown) == {"group", "required_at", "hidden_at"}
    assert "as the old field had it: group:" in crm.amoconf("plan", "--impact", "off").out
    crm.before["PATCH leads"] = lambda world: world.faults.set("500", 1.0)
    assert ending(crm).code == 4
    well(crm)
    assert ending(crm, "--resume").code == 0
    new = fields(crm, "leads", "Тип клиента")["text"]
    assert (new["group_id"], new["required_statuses"], new["hidden_statuses"]) == (
        old["group_id"],
        pairs[:1],
        pairs[1:],
    )
    assert not fields(crm, "leads", "Тип клиента")["select"]["required_statuses"]
    assert not rows(crm)


@pytest.mark.parametrize(
    ("field", "command"),
    [
        ("pos: {name: Должность, type: multitext}", "plan"),
        ("more: {name: Ещё, type: multitext}", "plan"),
        ("pos: {name: Должность, type: multitext, convert: {}}", "validate"),
        ("price: {name: Цена, type: price}", "plan"),
    ],
)
def test_a_type_that_the_api_does_not_make_is_refused_before(crm: Living, field: str, command: str) -> None:
    crm.spec(f"{HEAD}fields:\n  contacts:\n    {field}\n    phone: {{name: Телефон, type: multitext}}\n")
    ended = crm.amoconf(command)
    assert (ended.code, "the API makes no field of type" in " ".join((ended.out + ended.err).split())) == (
        1,
        True,
    ), ended
    assert "phone" not in ended.out + ended.err


def fit_of(crm: Living, *more: str) -> Any:
    """How the plan says that the values fit."""
    planned = rows(crm, "plan", *more)[NEW, "replace"]
    return next(move["fit"] for move in planned["moves"] if move["work"] == "convert" and "fit" in move)


@pytest.mark.parametrize("values", ["auto", "written out", "elsewhere"])
def test_the_plan_says_how_much_maps(crm: Living, values: str) -> None:
    """Wherever the values were looked at for the plan, or were to be."""
    deals = City(crm)
    texts = [was for was in deals.before.values() if was]
    mapped = [was for was in texts if normal(was) in MEANT]
    known = {
        "records": len(texts),
        "mapped": len(mapped),
        "options": len({MEANT[normal(one)] for one in mapped}),
    }
    if values == "auto":
        crm.spec(city().replace(f"values: {VALUES}", "values: auto"))
        found = fit_of(crm)
        assert (found["records"], found["mapped"] > len(mapped)) == (len(texts), True)
        return
    crm.spec(city("{option: Другой}", "take_out" if values == "elsewhere" else "wait", more="Другой"))
    found = fit_of(crm, *(("--impact", "full") if values == "elsewhere" else ()))
    assert found == {**known, "rest": len(texts) - len(mapped), "otherwise": {"option": "Другой"}}
    ended = crm.amoconf("plan", "--impact", "full" if values == "elsewhere" else "off")
    share = f"{100 * len(mapped) / len(texts):.1f} % of {len(texts)} values map to {known['options']} options"
    shown = " ".join(ended.out.split())
    assert share in shown
    assert f"{len(texts) - len(mapped)} become 'Другой'" in shown


def test_undo_says_which_deals_do_not_go_back_to_the_incoming_leads(crm: Living) -> None:
    deals = Waits(crm, 3)
    waits = [
        row["id"]
        for row in crm.walk("leads", "leads")
        if (row["pipeline_id"], row["status_id"]) in deals.unsorted
    ]
    count = sum(normal(deals.before[key] or "") in MEANT for key in waits)
    crm.spec(city(unsorted="take_out"))
    apply(crm)
    ended = crm.amoconf("undo", "--format", "json")
    told = {row["cause"]: row for row in ended.json["not_coming_back"]}
    assert count >= 3
    assert (told["taken_out"]["address"], told["taken_out"]["what"].split()[0]) == (NEW, str(count))
    assert f"{count} deals have left the incoming leads" in " ".join(crm.amoconf("undo").out.split())


def test_a_saved_plan_holds_that_old_values_are_emptied(crm: Living) -> None:
    deals, saved = City(crm), str(crm.folder / "plan.json")
    crm.spec(city())
    assert crm.amoconf("plan", "--allow", "*", "--impact", "off", "--clear-old", "-o", saved).code == 0
    ended = crm.amoconf("apply", saved, "--impact", "off", "--format", "json")
    assert ended.code == 0, (ended.out, ended.err)
    deals.check(cleared=True)


def test_a_mirror_tells_how_much_maps(crm: Living) -> None:
    """Where it keeps the field, without a walk."""
    crm.spec(city())
    assert crm.amoconf("values", NEW.removeprefix("field/")).code == 0
    crm.spec(city(unsorted="take_out"))
    crm.forget()
    assert fit_of(crm)["records"] > 0


def test_an_option_that_was_called_otherwise_takes_the_values_of_its_former_name() -> None:
    """Of one list that becomes another: nothing is lost, as the plan says."""
    field = Address("field", ("leads", "city"))
    city = Wanted("Москва", Address("option", (*field.path, "msk")), ("msk", "Столица"))
    recipe = Recipe("leads", 1, field, "select", "radiobutton", {5: "Столица"}, (city,))
    made = conversion_of(recipe, {city.address: 7}).convert([{"enum_id": 5, "value": "Столица"}])
    assert isinstance(made, Moved)
    assert made.values == ({"enum_id": 7},)


@pytest.mark.parametrize(
    "options",
    [
        "{Окна: {name: Окошки, was: [Окна]}, Другой: {}}",
        "{Окна: {absent: нет, move_values_to: Окошки}, Окошки: {}, Другой: {}}",
    ],
    ids=["its former name is its key", "one that goes hands over its values"],
)
def test_values_of_a_former_name_are_not_the_rest(tmp_path: Path, options: str) -> None:
    with living(tmp_path, scenario="empty") as here:
        enums = [{"value": name, "sort": place} for place, name in enumerate(("Окна", "Двери"))]
        made = here.client.post(
            "/api/v4/leads/custom_fields", json=[{"name": "Тип", "type": "multiselect", "enums": enums}]
        )
        old = made.json()["_embedded"]["custom_fields"][0]["id"]
        rows = [[{"field_id": old, "values": [{"value": name}]}] for name in ("Окна", "Двери")]
        here.client.post("/api/v4/leads", json=[{"name": "Дом", "custom_fields_values": row} for row in rows])
        convert = "convert: {otherwise: {option: Другой}}"
        here.spec(
            f"{HEAD}fields: {{leads: {{t: {{name: Тип, type: select, options: {options}, {convert}}}}}}}\n"
        )
        apply(here)
        new = next(
            row["id"] for row in here.walk("leads/custom_fields", "custom_fields") if row["name"] == "Тип"
        )
        assert [text_of(row, new) for row in here.walk("leads", "leads")] == ["Окошки", "Другой"]
