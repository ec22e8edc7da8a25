"""Many accounts at once, as people meet them: failures stay with their account, alike ones are told together."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fleet.accounts import Fleet, Hurried, fleet_of
from tests.living import call

NAMES = ("penza", "moscow", "tula", "kazan")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet_of(tmp_path_factory.mktemp("fleet"), NAMES) as made:
        yield made


@pytest.fixture
def fleet(whole: Fleet) -> Fleet:
    """No test here changes an account."""
    whole.fresh()
    return whole


def rows(document: Any) -> dict[str, Any]:
    return {row["name"]: row for row in document["accounts"]}


def test_alike_accounts_are_told_together(fleet: Fleet) -> None:
    fleet.own["moscow"] = ", variables: {city: Москва}"
    fleet.overlay("tula", "tags: {leads: {vip: ВИП, local: Местный}}\n")
    done = fleet.run("plan", "--format", "json")
    assert (done.code, done.err) == (0, "")
    document = done.json
    assert document["command"] == "fleet plan"
    groups = {tuple(group["accounts"]): len(group["changes"]) for group in document["groups"]}
    assert groups == {("penza", "kazan"): 4, ("moscow",): 4, ("tula",): 5}
    assert (
        document["summary"] | {"accounts": 4, "failed": 0, "different": 4, "create": 17}
        == document["summary"]
    )
    names = {row["address"]: row["title"] for row in rows(document)["tula"]["changes"]}
    assert names["tag/leads/vip"] == "ВИП"
    assert "loss_reason/Нет в Москва" in {row["address"] for row in rows(document)["moscow"]["changes"]}
    assert {row["account"]["id"] for row in document["accounts"]} == set(range(30817554, 30817558))
    text = fleet.run("plan").out
    assert "# 2 accounts, the same in each: 4 changes\n  penza, kazan" in text
    assert text.splitlines()[-1] == "Fleet: 4 accounts: 4 different."


def test_a_fleet_only_reads_and_says_it_by_its_exit_code(fleet: Fleet) -> None:
    for account in fleet.accounts.values():
        account.forget()
    assert fleet.run("plan", "--exit-code").code == 2
    assert fleet.run("drift").code == 2
    assert fleet.run("audit", "--rule", "E", "--events", "0", "--fail-on", "error").code == 2
    asked = [row["method"] for account in fleet.accounts.values() for row in account.asked()]
    assert set(asked) == {"GET"}


def test_the_failure_of_one_account_is_its_own(fleet: Fleet) -> None:
    fleet.environment = {"AMOCONF_TOKEN_MOSCOW": "", "AMOCONF_TOKEN_TULA": "spoilt"}
    fleet.overlay("kazan", "tags: {leads: {vip: [1]}}\nfoo: 1\n")
    fleet.more = ["  nowhere: {subdomain: nowhere, base_url: 'http://127.0.0.1:9', token_env: AMOCONF_TOKEN}"]
    fleet.environment["AMOCONF_TOKEN"] = "none"
    done = fleet.run("drift", "--format", "json", clock=Hurried().clock)
    assert done.code == 1
    found = rows(done.json)
    assert (found["penza"]["result"], found["penza"]["exit_code"]) == ("different", 2)
    kinds = {name: row["error"]["kind"] for name, row in found.items() if row["error"]}
    assert kinds == {
        "moscow": "UsageError",
        "tula": "Unauthorised",
        "kazan": "SpecError",
        "nowhere": "Unreachable",
    }
    problems = found["kazan"]["error"]["problems"]
    assert {(Path(row["file"]).name, row["line"]) for row in problems} == {
        ("kazan.yaml", 1),
        ("kazan.yaml", 2),
    }
    assert "AMOCONF_TOKEN_MOSCOW is not set" in found["moscow"]["error"]["problems"][0]["what"]
    assert done.json["summary"]["failed"] == 4
    assert found["tula"]["error"]["problems"][0]["todo"].startswith("renew AMOCONF_TOKEN_TULA, or")


def test_a_looser_account_is_not_looked_at(fleet: Fleet) -> None:
    for account in fleet.accounts.values():
        account.forget()
    fleet.overlay("tula", "policy: {admins: {max: 9}}\n")
    fleet.overlay("kazan", "policy: {admins: {max: 2}}\n")
    found = rows(fleet.run("plan", "--format", "json").json)
    assert "9 is more than 3" in found["tula"]["error"]["problems"][0]["what"]
    assert (found["kazan"]["result"], fleet.accounts["tula"].asked()) == ("different", [])
    assert fleet.run("spec", "tula").code == 1


@pytest.mark.parametrize(("fault", "kind"), [({"500": 1}, "Trouble"), ({"unpaid_after": 1}, "Unpaid")])
def test_a_service_in_trouble_is_not_waited_for_by_the_others(
    fleet: Fleet, fault: dict[str, float], kind: str
) -> None:
    fleet.accounts["moscow"].client.post("/_emulator/faults", json=fault)
    found = rows(fleet.run("plan", "--jobs", "2", "--format", "json", clock=Hurried().clock).json)
    assert found["moscow"]["error"]["kind"] == kind
    assert [found[name]["result"] for name in ("penza", "tula", "kazan")] == ["different"] * 3


def test_danger_is_told_first_and_failure_counts_more_than_a_block(fleet: Fleet) -> None:
    fleet.overlay("tula", 'pipelines: {main: {name: Воронка, main: true, absent: "так надо"}}\n')
    fleet.write("account.yaml", "amoconf: 1\naccount: {subdomain: headoffice}\n")
    done = fleet.run("plan", "--exit-code", "--format", "json")
    assert (done.code, rows(done.json)["tula"]["result"]) == (3, "blocked")
    assert done.json["groups"][0]["accounts"] == ["tula"]
    fleet.environment = {"AMOCONF_TOKEN_KAZAN": "spoilt"}
    done = fleet.run("plan")
    assert done.code == 1
    places = [done.out.index(word) for word in ("NOT LOOKED AT (1)", "# tula: 1 change", "account  result")]
    assert places == sorted(places)


def test_only_and_shards_choose_accounts(fleet: Fleet) -> None:
    assert list(rows(fleet.run("plan", "--only", "*a", "--format", "json").json)) == ["penza", "tula"]
    parts = [list(rows(fleet.run("plan", "--shard", f"{n}/3", "--format", "json").json)) for n in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    wrong = fleet.run("plan", "--only", "omsk")
    assert (wrong.code, "no account of the list is called so" in wrong.err) == (1, True)
    assert fleet.run("plan", "--shard", "4/3").code == 1


def test_an_account_written_out_is_applied_alone_and_its_lock_is_the_fleets(fleet: Fleet) -> None:
    fleet.write("account.yaml", "amoconf: 1\naccount: {subdomain: headoffice}\nvariables: {city: Пенза}\n")
    fleet.overlay("kazan", 'field_groups: {leads: {own: "Для ${city}"}}\n')
    fleet.own["kazan"] += ", variables: {city: Казань}"
    account = fleet.accounts["kazan"]
    locks = fleet.folder / "locks"
    if locks.exists():
        locks.rmdir()
    path = locks / "kazan.yaml"
    assert fleet.run("spec", "kazan", "--out", str(path)).code == 0
    environment = {"AMOCONF_TOKEN": account.token, "AMOCONF_BASE_URL": account.url, "AMOCONF_PACE": "off"}
    state = {"AMOCONF_STATE_DIR": str(fleet.folder / "state"), "AMOCONF_FILE": str(path)}
    assert call(("apply", "--yes"), {**environment, **state}).code == 0
    assert path.with_name("kazan.lock.yaml").exists()
    assert fleet.run("drift", "--only", "kazan").code == 0
    group = account.get("leads/custom_fields/groups")["_embedded"]["custom_field_groups"][-1]
    account.ui(action="rename", kind="field_group", entity="leads", id=group["id"], name="Иное")
    moved = fleet.run("drift", "--only", "kazan", "--format", "json")
    assert moved.json["accounts"][0]["differences"][0]["origin"] == "drift"
    assert fleet.run("spec", "kasan").code == 1


def test_it_speaks_both_languages_and_is_written_as_pages(fleet: Fleet) -> None:
    fleet.environment = {"AMOCONF_TOKEN_KAZAN": ""}
    russian = fleet.run("drift", "--lang", "ru").out
    assert "НЕ ПРОВЕРЕНО (1)" in russian
    assert russian.splitlines()[-1] == "Всего 4 аккаунта: не проверено — 1, есть отличия — 3."
    made = fleet.folder / "made.md"
    assert fleet.run("plan", "--out", str(made)).code == 1
    page = made.read_text(encoding="utf-8")
    assert "## Plan of many accounts" in page
    assert "| penza | different | 4 |" in page
    made = fleet.folder / "made.html"
    assert fleet.run("audit", "--rule", "E05", "--events", "0", "--out", str(made)).code == 1
    assert "Too many loss reasons, or none" in made.read_text(encoding="utf-8")
    assert (
        "fleet cannot be written as junit" in fleet.run("plan", "--out", str(fleet.folder / "made.xml")).err
    )


def test_a_token_is_told_nowhere(fleet: Fleet) -> None:
    fleet.environment = {"AMOCONF_TOKEN_TULA": "a.planted.token"}
    for words in (("plan", "-vv"), ("plan", "--format", "json")):
        done = fleet.run(*words)
        assert "planted" not in done.out + done.err
        assert fleet.accounts["penza"].token not in done.out + done.err
