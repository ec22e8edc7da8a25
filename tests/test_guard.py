"""Two at once: what somebody else changed between plan and write stops that step only, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.changes import ARCHIVE, AttrChange, Change
from amoconf.guard import _of_thing
from amoconf.model import Resource
from amoconf.values import Address
from tests.living import Living, by_person, living
from tests.test_convert import virtual

SPEC = """amoconf: 1
account: {subdomain: stroymarket}
field_groups: {leads: [Доставка]}
fields:
  leads:
    city: {name: Город, type: select, group: Доставка, options: [Москва, Пенза]}
    note: {name: Примечание, type: text, group: Доставка}
tags: {leads: {opt: {name: Опт, color: FFCE5A}, home: {name: Дом, color: FFCE5A}}}
roles: {master: {name: Мастер, rights: {leads: {view: all, edit: own, add: all, delete: none, export: none}}}}
"""


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Living]:
    """An account as SPEC says."""
    with living(tmp_path, scenario="empty") as here:
        here.spec(SPEC)
        assert here.amoconf("apply", "--yes").code == 0
        yield here


def ended(crm: Living, spec: str) -> dict[str, Any]:
    """Address → (status, error) of an apply that ends partly."""
    crm.spec(spec)
    applied = crm.amoconf("apply", "--yes", "--format", "json")
    assert applied.code == 4, applied.out
    return {row["address"]: (row["status"], row["error"] or "") for row in applied.json["steps"]}


def meddled(crm: Living, collection: str = "leads/custom_fields", **words: Any) -> None:
    """A person acts after the plan was made and before the collection is looked at again."""
    crm.before[f"GET {collection}"] = lambda world: crm.before.update(
        {f"GET {collection}": by_person(**words)}
    )


def test_an_option_that_came_meanwhile_is_not_lost(crm: Living) -> None:
    city = crm.id_of("field/leads/city")
    meddled(crm, action="create", kind="option", entity="leads", field_id=city, name="Саратов")
    rows = ended(
        crm, SPEC.replace("[Москва, Пенза]", "[Москва, Пенза, Тула]").replace("Примечание", "Заметка")
    )
    assert "has come meanwhile, and the list is saved as a whole" in rows["option/leads/city/Тула"][1]
    assert [row["value"] for row in crm.get(f"leads/custom_fields/{city}")["enums"]] == [
        "Москва",
        "Пенза",
        "Саратов",
    ]
    # The rest goes on; another apply sees the list as it is now.
    assert rows["field/leads/note"][0] == "done"
    assert crm.amoconf("apply", "--yes").code == 0
    assert {row["value"] for row in crm.get(f"leads/custom_fields/{city}")["enums"]} == {
        "Москва",
        "Пенза",
        "Саратов",
        "Тула",
    }


def test_a_name_that_somebody_changed_is_not_overwritten(crm: Living) -> None:
    note = crm.id_of("field/leads/note")
    meddled(crm, action="rename", kind="field", entity="leads", id=note, name="Совсем другое")
    rows = ended(crm, SPEC.replace("Примечание", "Заметка"))
    status, error = rows["field/leads/note"]
    assert status == "failed"
    assert "planned from 'Примечание', now 'Совсем другое'; nothing was sent" in error
    assert crm.get(f"leads/custom_fields/{note}")["name"] == "Совсем другое"


def test_what_somebody_made_meanwhile_is_not_made_twice(crm: Living) -> None:
    meddled(crm, "leads/tags", action="create", kind="tag", entity="leads", name="Новый")
    rows = ended(crm, SPEC.replace("tags: {leads: {", "tags: {leads: {fresh: Новый, "))
    assert "somebody has made 'Новый' meanwhile" in rows["tag/leads/fresh"][1]
    assert [row["name"] for row in crm.walk("leads/tags", "tags")].count("Новый") == 1


def test_what_somebody_took_away_is_told(crm: Living) -> None:
    note = crm.id_of("field/leads/note")
    meddled(crm, action="delete", kind="field", entity="leads", id=note)
    rows = ended(crm, SPEC.replace("Примечание", "Заметка"))
    assert rows["field/leads/note"] == ("failed", "'Примечание' is gone meanwhile; nothing was sent for it")


def test_rights_that_a_user_has_from_a_role_follow_the_role(crm: Living) -> None:
    """The same apply changes the role before it comes to the user: nobody else did that."""
    users = "users: {ann@shop.example: {name: Анна, role: master}}\n"
    crm.spec(SPEC + users)
    assert crm.amoconf("apply", "--yes").code == 0
    wider = SPEC.replace("edit: own", "edit: all") + users.replace("role: master", "archived: ушла")
    crm.spec(wider)
    applied = crm.amoconf("apply", "--yes", "--allow", "*")
    assert applied.code == 0, applied.out + applied.err


def test_who_became_an_administrator_meanwhile_is_not_switched_off() -> None:
    """It may be the last one; that was asked when the plan was made."""
    ann = Address("user", ("ann@shop.example",))
    have = Resource(ann, {"email": "ann@shop.example", "active": True, "admin": False, "own": {}}, id=7)
    change = Change(ann, ARCHIVE, (AttrChange("active", True, False),), have=have)
    told = [*_of_thing(change, have.with_attrs(admin=True), {}, {ann: have}, ())]
    assert told == ["admin has changed meanwhile: planned from False, now True"]
    assert not [*_of_thing(change, have.with_attrs(own={"rights.leads.view": "all"}), {}, {ann: have}, ())]


def test_what_our_own_earlier_write_took_away_does_not_stop_the_next(tmp_path: Path) -> None:
    """Of two options one goes with the first list, the other after its values have moved, which takes its time."""
    options = "{Пенза: {absent: нет}, Тула: {absent: нет, move_values_to: Москва}, Москва: {}}"
    with living(tmp_path, scenario="empty") as here:
        here.spec(SPEC.replace("[Москва, Пенза]", "[Москва, Пенза, Тула]"))
        assert here.amoconf("apply", "--yes").code == 0
        city = here.id_of("field/leads/city")
        cell = {"field_id": city, "values": [{"value": "Тула"}]}
        here.client.post("/api/v4/leads", json=[{"name": "Дом", "custom_fields_values": [cell]}] * 30)
        here.spec(SPEC.replace("[Москва, Пенза]", options))
        flags = ("--yes", "--allow", "*", "--impact", "off", "--max-changes-per-hour", "20")
        ended = here.amoconf("apply", *flags, clock=virtual())
        assert ended.code == 0, ended.out
        assert [row["value"] for row in here.get(f"leads/custom_fields/{city}")["enums"]] == ["Москва"]
