"""Configuration of the scenario `audited`: what the audit found in the settings, the same at every scale."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from amoconf.emulator.records.papers import Row, note_row
from amoconf.emulator.scenario import audited, bulk
from amoconf.emulator.store import Store, Thing

from .audited_account import NOW, SCALES, account, deals_in_all, number, stages
from .conftest import Crm

CARDS = ("leads", "contacts", "companies")


@pytest.fixture(params=SCALES, scope="module")
def store(request: pytest.FixtureRequest) -> Store:
    return account(float(request.param))


def deletes(rights: Thing) -> bool:
    return any(rights[entity]["delete"] != "D" for entity in CARDS)


def test_users_and_administrators(store: Store) -> None:
    users = store.all("user")
    assert (len(users), sum(user["rights"]["is_admin"] for user in users)) == (36, 5)
    assert all(user["rights"]["is_active"] for user in users if user["rights"]["is_admin"])


def test_nine_users_may_delete_by_rights_of_their_own(store: Store) -> None:
    free = [
        user["rights"]
        for user in store.all("user")
        if not user["rights"]["is_admin"] and deletes(user["rights"])
    ]
    assert (len(free), {rights["role_id"] for rights in free}) == (9, {None})


def test_two_odd_roles_for_three_departments(store: Store) -> None:
    roles = {role["id"]: role["rights"] for role in store.all("role")}
    held = {user["rights"]["role_id"] for user in store.all("user")} - {None}
    assert (len(roles), len(store.all("user_group")), len(held)) == (2, 3, 1)
    assert not any(deletes(rights) for rights in roles.values())
    assert any(rights["contacts"]["export"] == "A" and rights["status_rights"] for rights in roles.values())


def test_personal_mailboxes(store: Store) -> None:
    domains = [user["email"].split("@")[1] for user in store.all("user")]
    assert sum(domain != "stroymarket.example" for domain in domains) == 7
    assert all(domain.endswith(".example") for domain in domains)


def test_integrations(store: Store) -> None:
    widgets = {widget["code"]: widget["is_active_in_account"] for widget in store.all("widget")}
    parts = (sum(widgets.values()), len(store.all("webhook")), len(store.all("source")))
    assert (parts, sum(parts)) == ((18, 17, 12), 47)
    assert (widgets["prostiezvonki"], widgets["mango_office"]) == (True, False)
    assert sum(installed for code, installed in widgets.items() if code.startswith("envybox")) >= 3


def test_webhooks_were_made_by_several_administrators(store: Store) -> None:
    hooks = store.all("webhook")
    admins = {user["id"] for user in store.all("user") if user["rights"]["is_admin"]}
    assert {hook["created_by"] for hook in hooks} == admins
    assert len({hook["destination"] for hook in hooks}) == len(hooks)
    assert any(hook["disabled"] for hook in hooks)


def test_retail_is_overloaded_with_stages(store: Store) -> None:
    names = [stage["name"] for stage in stages(store, "Розничный отдел")]
    assert len(names) == 19
    assert {"Отправить КП", "Думает", "Ждём ответа"} <= set(names)
    main = [row for row in store.all("pipeline") if row["is_main"]]
    assert [(row["name"], row["is_unsorted_on"]) for row in main] == [("Розничный отдел", True)]
    assert (len(store.all("pipeline")), any(row["is_archive"] for row in store.all("pipeline"))) == (7, False)


def test_no_hints_and_nothing_required(store: Store) -> None:
    assert not any(
        stage["descriptions"] for scope in store.scopes("stage") for stage in store.all("stage", scope)
    )
    assert not any(field["required_statuses"] for field in store.all("field", "leads"))


def test_dictionaries(store: Store) -> None:
    fields = {field["name"]: field["type"] for field in store.all("field", "leads")}
    assert (len(fields), fields["Город"], fields["Бренд"], fields["roistat"]) == (
        74,
        "text",
        "text",
        "tracking_data",
    )
    sizes = (len(store.all("loss_reason")), len(store.all("task_type")), len(store.all("tag", "leads")))
    assert sizes == (17, 14, 61)
    # What the account put in order adds must not be there yet.
    assert not {"Причина отказа", "Удалить", "Сегмент"} & set(fields)
    assert "Отправить КП" not in {row["name"] for row in store.all("task_type")}


def test_configuration_does_not_depend_on_the_scale() -> None:
    assert account(0.01).things == account(0.02).things


def test_the_service_answers_for_it(make_crm: Callable[..., Crm]) -> None:
    crm = make_crm(scenario="audited", scale=0.002)
    sizes = {
        "leads/pipelines": ("pipelines", 7),
        "users": ("users", 36),
        "roles": ("roles", 2),
        "webhooks": ("webhooks", 17),
        "sources": ("sources", 12),
        "leads/custom_fields": ("custom_fields", 74),
        "leads/tags": ("tags", 61),
        "leads/loss_reasons": ("loss_reasons", 17),
    }
    for path, (key, size) in sizes.items():
        assert len(crm.get(path, limit=250).json()["_embedded"][key]) == size
    widgets = crm.get("widgets", limit=250).json()["_embedded"]["widgets"]
    assert sum(widget["is_active_in_account"] for widget in widgets) == 18
    found, page = [], 1
    while (answer := crm.get("leads", limit=250, page=page)).status_code == 200:
        found += answer.json()["_embedded"]["leads"]
        page += 1
    assert len({deal["id"] for deal in found}) == len(found) == deals_in_all(0.002)


def test_an_interrupted_start_is_made_good(tmp_path: Path) -> None:
    path = tmp_path / "account.db"
    store = Store(path)
    store.put("user_group", {"id": 0, "name": "Отдел продаж", "uuid": None})
    notes = [
        note_row(
            id=number,
            account_id=1,
            entity_type="leads",
            entity_id=1,
            note_type="common",
            created_at=1,
            updated_at=1,
            params_json="{}",
        )
        for number in range(1, bulk.BATCH + 2)
    ]

    def rows() -> Iterator[Row]:
        yield from notes
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store.writing(), bulk.loading(store):
        bulk.insert(store, "notes", rows())
    store.db.close()
    again = Store(path)
    assert (again.is_new, number(again, "SELECT count(*) FROM notes")) == (True, bulk.BATCH)
    audited.fill(again, seed=1, scale=0.002, now=NOW)
    assert not number(again, "SELECT count(*) FROM notes WHERE id = 1")
    indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index'"
    assert number(again, indexes) == number(Store(), indexes)
    again.db.close()
    assert not Store(path).is_new


@pytest.mark.skipif(
    "AMOCONF_FULL" not in os.environ, reason="the whole account takes the better part of a minute"
)
def test_budget_of_the_whole_account(tmp_path: Path) -> None:
    program = """
import json, pathlib, re, sys, time
from amoconf.emulator.scenario import audited
from amoconf.emulator.store import Store
began = time.process_time()
store = Store(sys.argv[1])
audited.fill(store, seed=1, scale=1.0, now=int(audited.START))
seconds = time.process_time() - began
store.db.close()
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
print(json.dumps([seconds, int(peak[1]) // 1024]))
"""
    path = tmp_path / "account.db"
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True
    )
    seconds, peak_mb = json.loads(done.stdout)
    size_mb = path.stat().st_size // 2**20
    assert (seconds < 40, peak_mb < 300, size_mb < 600) == (True, True, True), (seconds, peak_mb, size_mb)
