"""Types of tasks, through the web client's own address."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from amoconf.emulator.config import task_types
from tests.emulator.conftest import Crm
from tests.emulator.expect import problem

WEB = "/ajax/tasks/types"
AJAX = {"X-Requested-With": "XMLHttpRequest"}


def save(crm: Crm, **data: Any) -> httpx.Response:
    """A POST as the web client sends it."""
    return crm.ask("POST", WEB, data=data, headers=AJAX)


def add(crm: Crm, name: str) -> str:
    """Adds a type; answers its id."""
    answer = save(crm, ACTION="ADD", NAME=name, ICON_ID="10", COLOR="568FFA")
    assert answer.status_code == 200, answer.text
    return str(list(answer.json())[-1])


def shown(crm: Crm) -> list[dict[str, Any]]:
    """Own types as the account shows them."""
    rows = crm.get("account", with_="task_types").json()["_embedded"]["task_types"]
    return [row for row in rows if row["code"] is None]


def test_none_is_a_list(crm: Crm) -> None:
    answer = crm.ask("GET", WEB, headers=AJAX)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == []


def test_add(crm: Crm) -> None:
    answer = save(crm, ACTION="ADD", NAME="Отправить КП", ICON_ID="10", COLOR="568FFA")
    ((key, row),) = answer.json().items()
    assert row == {"id": int(key), "option": "Отправить КП", "icon_id": 10, "color": "568FFA"}
    assert crm.ask("GET", f"{WEB}/", headers=AJAX).json() == answer.json()
    assert shown(crm) == [
        {"id": int(key), "name": "Отправить КП", "color": "568FFA", "icon_id": 10, "code": None}
    ]


def test_save_of_the_settings_page(crm: Crm) -> None:
    kept, gone = add(crm, "Замер"), add(crm, "Старое")
    rows = {
        "add[0][name]": "Новое",
        "add[0][sort]": "1",
        "add[0][icon_id]": "3",
        "add[0][color]": "FF0000",
        "add[1][id]": kept,
        "add[1][name]": "Замер на объекте",
        "add[1][sort]": "2",
        "delete[]": gone,
    }
    answer = save(crm, ACTION="ALL_EDIT", **rows)
    assert answer.status_code == 200
    new, old = shown(crm)
    assert {**new, "id": 0} == {"id": 0, "name": "Новое", "color": "FF0000", "icon_id": 3, "code": None}
    assert old == {
        "id": int(kept),
        "name": "Замер на объекте",
        "color": "568FFA",
        "icon_id": 10,
        "code": None,
    }
    assert [row["option"] for row in answer.json().values()] == ["Новое", "Замер на объекте"]


def test_what_is_not_named_stays(crm: Crm) -> None:
    add(crm, "Замер")
    save(crm, ACTION="ALL_EDIT", **{"add[0][name]": "Новое", "add[0][sort]": "5"})
    assert [row["name"] for row in shown(crm)] == ["Замер", "Новое"]


@pytest.mark.parametrize(
    "data",
    [
        {"ACTION": "ALL_EDIT", "delete[]": "1"},
        {"ACTION": "ALL_EDIT", "delete[]": "999"},
        {"ACTION": "ALL_EDIT", "add[0][id]": "2", "add[0][name]": "a"},
        {"ACTION": "ALL_EDIT", "add[0][name]": "good", "add[1][name]": ""},
        {"ACTION": "ADD", "NAME": " "},
        {"ACTION": "NONSENSE"},
        {},
    ],
)
def test_refused(crm: Crm, data: dict[str, str]) -> None:
    assert problem(save(crm, **data))[0] == 400
    assert shown(crm) == []


def test_json_is_no_form(crm: Crm) -> None:
    assert crm.ask("POST", WEB, json={"ACTION": "ADD", "NAME": "a"}, headers=AJAX).status_code == 400


def test_without_the_header_the_page_comes(crm: Crm) -> None:
    for answer in (crm.ask("GET", WEB), crm.form(WEB, {"ACTION": "ADD", "NAME": "a"})):
        assert answer.headers["content-type"] == "text/html"
        assert answer.text.startswith("<!DOCTYPE html>")
    assert shown(crm) == []


def test_where_a_token_is_no_session(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(task_types_by_token=False)
    for answer in (crm.ask("GET", WEB, headers=AJAX), save(crm, ACTION="ADD", NAME="a")):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "text/html"
    assert shown(crm) == []


def test_everybody_adds_and_administrators_edit(crm: Crm) -> None:
    other = crm.acting_as(crm.add_user())
    key = add(other, "Другое")
    assert problem(save(other, ACTION="ALL_EDIT", **{"delete[]": key}))[0] == 403
    assert [row["id"] for row in shown(crm)] == [int(key)]


def test_not_in_the_public_api(crm: Crm) -> None:
    assert crm.post("tasks/types", [{"name": "a"}]).status_code in (404, 405)


def test_plain_functions(crm: Crm) -> None:
    store = crm.world.store
    key = task_types.make_task_type(store, "Звонок", color="568FFA")["id"]
    task_types.change_task_type(store, key, {"name": "Созвон"})
    assert [row["name"] for row in shown(crm)] == ["Созвон"]
    task_types.delete_task_type(store, key)
    assert shown(crm) == []
