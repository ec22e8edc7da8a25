"""What a resumed apply keeps of what the first one was told about moving values."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, living
from tests.test_convert import HEAD, SCALE, City, city, ending, text_of, virtual


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """The audited account, small."""
    with living(tmp_path, **SCALE) as here:
        yield here


def fails_from(crm: Living, number: int) -> None:
    """From this batch of deals on the service is not well."""

    def act(world: Any, left: int) -> None:
        if left > 1:
            crm.before["PATCH leads"] = lambda world: act(world, left - 1)
        else:
            world.faults.set("500", 1.0)

    crm.before["PATCH leads"] = lambda world: act(world, number)


def well(crm: Living) -> None:
    """The service is well again."""
    crm.client.post("/_emulator/faults", json={})


def journal(crm: Living) -> list[Any]:
    """The lines of the only one."""
    [path] = (crm.folder / "state" / "journal").rglob("*.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def limits(crm: Living) -> list[Any]:
    """What it keeps of limits, from the first to the last."""
    return [row["limits"] for row in journal(crm) if "limits" in row]


def batches(crm: Living) -> list[int]:
    """Records in each batch."""
    return [row["records"] for row in journal(crm) if "records" in row]


FLAGS = ("--clear-old", "--max-changes-per-hour", "5000", "--window", "22:00-06:00", "--batch", "20")
NIGHT = 1_700_080_000.0  # 23:26 in Moscow


@pytest.mark.parametrize("batch", [3, 12], ids=["while values move", "while old ones are emptied"])
def test_the_limits_of_the_first_apply_hold(crm: Living, batch: int) -> None:
    deals = City(crm)
    crm.spec(city())
    fails_from(crm, batch)
    assert ending(crm, *FLAGS, clock=virtual(NIGHT)).code == 4
    well(crm)
    ended = ending(crm, "--resume", clock=virtual(NIGHT))
    assert ended.code == 0, (ended.out, ended.err)
    deals.check(cleared=True)
    assert max(batches(crm)) == 20
    first, second = limits(crm)
    assert first == second == {"per_hour": 5000, "window": "22:00-06:00", "batch": 20, "clear_old": True}


def test_a_flag_given_again_wins(crm: Living) -> None:
    deals = City(crm)
    crm.spec(city())
    fails_from(crm, 3)
    assert ending(crm, *FLAGS, clock=virtual(NIGHT)).code == 4
    well(crm)
    ended = ending(crm, "--resume", "--max-changes-per-hour", "off", "--batch", "30", clock=virtual(NIGHT))
    assert ended.code == 0, (ended.out, ended.err)
    deals.check(cleared=True)
    assert max(batches(crm)) == 30
    assert limits(crm)[1] == {"per_hour": None, "window": "22:00-06:00", "batch": 30, "clear_old": True}


def test_it_goes_on_with_its_own_snapshot(crm: Living) -> None:
    """Another apply may have died in between, after it had taken its own and before it had begun a journal."""
    deals = City(crm)
    crm.spec(city())
    fails_from(crm, 3)
    assert ending(crm, *FLAGS, clock=virtual(NIGHT)).code == 4
    [own] = (crm.folder / "state" / "snapshots").rglob("*.json")
    assert journal(crm)[0]["snapshot"] == own.stem
    other, taken = own.with_name("20991231T000000Z.json"), own.read_bytes()
    other.write_bytes(taken)
    well(crm)
    assert ending(crm, "--resume", clock=virtual(NIGHT)).code == 0
    assert taken != own.read_bytes()
    assert not other.exists()
    crm.amoconf("undo", "--apply", "--yes", "--allow", "*", "--max-changes-per-hour", "off")
    assert deals.before == {row["id"]: text_of(row, deals.old) for row in crm.walk("leads", "leads")}


def test_what_was_undone_is_not_gone_on_with(crm: Living) -> None:
    """Its snapshot leads to a state that is there again."""
    deals = City(crm)
    crm.spec(city())
    fails_from(crm, 3)
    assert ending(crm).code == 4
    well(crm)
    back = ("undo", "--apply", "--yes", "--allow", "*", "--max-changes-per-hour", "off")
    assert crm.amoconf(*back).code == 0
    refused = ending(crm, "--resume")
    assert refused.code == 1
    assert "has been undone since" in refused.err
    ending(crm, "--max-changes-per-hour", "off")
    crm.amoconf(*back)
    assert deals.before == {row["id"]: text_of(row, deals.old) for row in crm.walk("leads", "leads")}


def test_what_a_person_added_before_the_rest_was_written_comes_back_too(tmp_path: Path) -> None:
    options, wish = "{Окна: {absent: нет, move_values_to: Двери}, Двери: {}, Полы: {}}", [{"value": "Окна"}]
    with living(tmp_path, scenario="empty") as crm:
        enums = [{"value": name, "sort": place} for place, name in enumerate(("Окна", "Двери", "Полы"))]
        field = {"name": "Интересы", "type": "multiselect", "enums": enums}
        made = crm.client.post("/api/v4/leads/custom_fields", json=[field]).json()
        wants = made["_embedded"]["custom_fields"][0]["id"]
        deal = {"name": "Дом", "custom_fields_values": [{"field_id": wants, "values": wish}]}
        own = crm.client.post("/api/v4/leads", json=[deal] * 2).json()["_embedded"]["leads"][0]["id"]
        crm.spec(
            f"{HEAD}fields: {{leads: {{w: {{name: Интересы, type: multiselect, options: {options}}}}}}}\n"
        )
        crm.before["PATCH leads"] = lambda world: world.faults.set("500", 1.0)
        assert ending(crm).code == 4
        well(crm)
        crm.ui(action="set_value", entity="leads", id=own, field_id=wants, value=["Окна", "Полы"])
        assert ending(crm, "--resume").code == 0
        assert crm.amoconf("undo", "--apply", "--yes", "--allow", "*").code == 0
        held = [text_of(row, wants) for row in crm.walk("leads", "leads")]
        assert sorted(map(str, held)) == ["Окна", "Окна, Полы"]
