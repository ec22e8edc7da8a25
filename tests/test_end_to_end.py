"""Whole runs against a living account: plan, apply, plan again; what people do in between; what is asked and sent."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, by_person, living
from tests.spec.test_load import BLOCKS

EXAMPLE = Path(__file__).parents[1] / "examples/account.yaml"
ALLOW = ("--allow", "widget/prostiezvonki")
# What a plan of the audited account may ask, besides one request for each pipeline with managed hints.
BUDGET = 20
HINTED = 5


def copied(folder: Path) -> None:
    """The example as the folder's spec."""
    shutil.copy(EXAMPLE, folder / "account.yaml")


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Living]:
    """The audited account and the spec that puts it in order."""
    copied(tmp_path)
    with living(tmp_path, scenario="audited", scale=0.005) as crm:
        yield crm


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Living]:
    """An account as amoCRM creates it."""
    with living(tmp_path, scenario="empty") as crm:
        yield crm


def changes(crm: Living, *words: str) -> list[dict[str, Any]]:
    """What a plan would change."""
    found: list[dict[str, Any]] = crm.amoconf("plan", "--format", "json", *words).json["changes"]
    return found


def places(crm: Living) -> dict[int, tuple[int, int]]:
    """Where each deal stands."""
    return {deal["id"]: (deal["pipeline_id"], deal["status_id"]) for deal in crm.walk("leads", "leads")}


def stages(crm: Living) -> dict[tuple[str, str], tuple[int, int]]:
    """(pipeline, stage) as people call them → ids."""
    rows = crm.get("leads/pipelines")["_embedded"]["pipelines"]
    return {
        (row["name"], item["name"]): (row["id"], item["id"])
        for row in rows
        for item in row["_embedded"]["statuses"]
    }


def reads(crm: Living) -> list[str]:
    """Requests of the API so far, as "path?query"; nothing but GET."""
    rows = [row for row in crm.asked() if row["path"].startswith("/api/")]
    assert {row["method"] for row in rows} <= {"GET"}
    assert {row["status"] for row in rows} <= {200, 204}
    return [f"{row['path']}?{json.dumps(row['query'], sort_keys=True)}" for row in rows]


def person(crm: Living, row: dict[str, Any]) -> None:
    """Does what the plan asks of a person."""
    address, key = row["address"], row["address"].partition("/")[2]
    if row["kind"] == "pipeline":
        crm.ui(action="archive", kind="pipeline", id=crm.id_of(address), archived=True)
    elif row["kind"] == "user":
        of_user(crm, key, row)
    elif row["kind"] == "role":
        for user in [
            user for user in crm.walk("users", "users") if user["rights"]["role_id"] == crm.id_of(address)
        ]:
            crm.ui(action="set_user", id=user["id"], role_id=crm.id_of("role/retail_manager"))
    elif row["kind"] == "field":
        accept_all(crm)
    else:
        crm.ui(action="install", code=key, settings={"api_key": "k", "api_salt": "s"})


def accept_all(crm: Living) -> None:
    """Every incoming lead goes to the first stage that deals work in."""
    stages = {
        (line["id"], item["id"]): item["type"]
        for line in crm.get("leads/pipelines")["_embedded"]["pipelines"]
        for item in line["_embedded"]["statuses"]
    }
    first = {line: stage for (line, stage), sort in reversed(stages.items()) if sort == 0}
    for row in list(crm.walk("leads", "leads")):
        if stages[row["pipeline_id"], row["status_id"]] == 1:
            crm.ui(action="move_deal", id=row["id"], status_id=first[row["pipeline_id"]])


def of_user(crm: Living, mail: str, row: dict[str, Any]) -> None:
    """The person's role, e-mail and rights, or the person."""
    there = {item["email"]: item["id"] for item in crm.walk("users", "users")}
    if mail not in there:
        crm.ui(action="create", kind="user", name="Интеграции", email=mail, is_admin=True)
        return
    said = " ".join(row["manual"])
    roles = {item["name"]: item["id"] for item in crm.walk("roles", "roles")}
    named = [key for name, key in roles.items() if name in said]
    wish: dict[str, Any] = {"email": at_work(mail)} if "e-mail" in said else {}
    if named or "give a role" in said:
        wish |= {"role_id": (named or [roles["Менеджер розничного отдела"]])[0]}
    crm.ui(action="set_user", id=there[mail], **wish)


def at_work(mail: str) -> str:
    """The address of the firm."""
    return f"{mail.partition('@')[0]}@stroymarket.example"


def test_the_audited_account_is_put_in_order(audited: Living) -> None:
    assert audited.amoconf("plan").code == 3
    applied = audited.amoconf("apply", "--yes", "--format", "json", *ALLOW)
    assert (applied.code, applied.err) == (0, "")
    assert applied.json["converged"]
    assert {row["status"] for row in applied.json["steps"]} == {"done", "manual"}
    left = changes(audited)
    assert {row["action"] for row in left} == {"manual"}
    assert audited.amoconf("plan", "--no-manual", "--exit-code").code == 0
    for row in left:
        person(audited, row)
    # The role that nobody has any more can be archived now, and the values of accepted deals can be moved.
    replaced = [row["address"].partition("@")[0] for row in left if row["kind"] == "field"]
    assert {row["address"] for row in changes(audited)} == {"role/copy", *replaced}
    assert audited.amoconf("apply", "--yes").code == 0
    done = audited.amoconf("plan", "--exit-code")
    assert (done.code, done.err) == (0, "")
    assert len([line for line in done.out.splitlines() if line.strip()]) <= 3
    assert {row["kind"] for row in audited.amoconf("drift", "--format", "json").json["differences"]} == {
        "manual"
    }
    for item in ("offhours_calls", "form_handler", "one_chat", "mailboxes"):
        assert audited.amoconf("attest", item, "--by", "P. Petrov").code == 0
    assert audited.amoconf("drift").code == 0
    again = audited.amoconf("apply", "--yes", "--format", "json")
    assert (again.code, again.json["steps"]) == (0, [])


def test_the_example_builds_an_empty_account(empty: Living) -> None:
    copied(empty.folder)
    applied = empty.amoconf("apply", "--yes")
    assert (applied.code, applied.err) == (0, "")
    assert not [row for row in changes(empty) if row["action"] != "manual"]
    assert empty.amoconf("plan", "--no-manual", "--exit-code").code == 0


COUNTING = re.compile(r"/api/v4/(leads|contacts|companies|tasks)\?")


def test_a_plan_reads_little_and_nothing_twice(audited: Living) -> None:
    plan = audited.amoconf("plan", "--format", "json")
    asked = reads(audited)
    requests = plan.json["requests"]
    assert len(asked) == requests["read"] + requests["impact"]
    assert requests["read"] <= BUDGET + HINTED
    assert 0 < requests["impact"] <= 12
    assert Counter(asked).most_common(1)[0][1] == 1
    assert not [path for path in asked if re.search(r"/\d+\?", path)]
    audited.forget()
    assert audited.amoconf("drift").code == 2
    # Reading drift does not count records.
    assert sorted(reads(audited)) == sorted(path for path in asked if not COUNTING.match(path))
    audited.forget()
    assert audited.amoconf("validate").code == 0
    assert audited.amoconf("explain", "field/leads/city").code == 0
    reads(audited)


def test_a_small_spec_reads_only_what_it_speaks_of(empty: Living) -> None:
    empty.spec("amoconf: 1\naccount: {subdomain: stroymarket}\ntags: {leads: [Опт]}\n")
    assert empty.amoconf("plan").code == 0
    assert [path.partition("?")[0] for path in reads(empty)] == ["/api/v4/account", "/api/v4/leads/tags"]


MOVED = {
    "Новая заявка": "Принято в работу",
    "Недозвон": "Принято в работу",
    "Перезвонить": "Принято в работу",
    "Консультация проведена": "Потребность выявлена",
    "Отправить КП": "Расчёт готов",
    "Думает": "Предложение отправлено",
    "Ждём ответа": "Предложение отправлено",
    "Смета после замера": "Замер проведён",
}


def test_deals_of_absent_stages_stand_where_the_spec_says(audited: Living) -> None:
    retail, before, named = "Розничный отдел", places(audited), stages(audited)
    assert audited.amoconf("apply", "--yes", *ALLOW).code == 0
    after, now = places(audited), stages(audited)
    doomed = {named[retail, old]: now[retail, new] for old, new in MOVED.items()}
    assert len({place for place in before.values() if place in doomed}) > 4
    assert after == {deal: doomed.get(place, place) for deal, place in before.items()}
    assert not set(doomed) & set(now.values())


STAGES = """amoconf: 1
account: {subdomain: stroymarket}
pipelines:
  retail:
    name: Розничный отдел
    stages:
      offer: КП отправлено
      thinking: {name: Думает, absent: "не этап, а состояние", move_deals_to: offer}
"""


def test_a_deal_that_slips_into_a_doomed_stage_is_put_right(audited: Living) -> None:
    audited.spec(STAGES)
    named = stages(audited)
    pipeline, doomed = named["Розничный отдел", "Думает"]
    offer, other = named["Розничный отдел", "КП отправлено"], named["Розничный отдел", "Недозвон"]
    late, early = [deal for deal, place in places(audited).items() if place == other][:2]
    slip: dict[str, Any] = {"action": "move_deal", "pipeline_id": pipeline, "status_id": doomed}
    audited.before[f"DELETE leads/pipelines/{pipeline}/statuses/{doomed}"] = by_person(**slip, id=late)
    audited.before["PATCH leads"] = by_person(**slip, id=early)
    before = places(audited)
    applied = audited.amoconf("apply", "--yes")
    assert (applied.code, applied.err) == (0, "")
    assert not audited.before
    after = places(audited)
    assert after[late] == after[early] == offer
    moved = {deal for deal in before if before[deal] != after[deal]}
    assert moved == {deal for deal, place in before.items() if place == (pipeline, doomed)} | {late, early}
    assert {after[deal] for deal in moved} == {offer}


def test_drift_says_what_moved_and_who_moved_it(audited: Living) -> None:
    assert audited.amoconf("apply", "--yes", *ALLOW).code == 0
    audited.ui(
        action="rename",
        kind="field",
        entity="leads",
        id=audited.id_of("field/leads/site"),
        name="Адрес стройки",
    )
    audited.ui(
        action="set_right", role_id=audited.id_of("role/retail_manager"), right="leads.export", value="A"
    )
    spec = (audited.folder / "account.yaml").read_text(encoding="utf-8")
    spec = spec.replace("{name: Номер договора,", "{name: Договор №,").replace(
        "{name: Адрес объекта,", "{name: Объект,"
    )
    audited.spec(spec)
    audited.forget()
    drift = audited.amoconf("drift", "--no-manual", "--format", "json")
    reads(audited)
    assert (drift.code, drift.json["in_sync"]) == (2, False)
    rows = {row["address"]: row for row in drift.json["differences"]}
    assert {key: row["origin"] for key, row in rows.items()} == {
        "field/leads/site": "both",
        "field/leads/contract_no": "spec",
        "role/retail_manager": "drift",
    }
    changed = rows["role/retail_manager"]["attributes"]
    assert [(item["name"], item["before"], item["after"]) for item in changed] == [
        ("rights.leads.export", "all", "none")
    ]
    assert audited.amoconf("drift").code == 2
    assert audited.amoconf("apply", "--yes").code == 0
    assert audited.amoconf("drift", "--no-manual").code == 0


@pytest.mark.parametrize("title", list(BLOCKS)[::5])
def test_a_broken_spec_ends_with_1_and_touches_nothing(empty: Living, title: str) -> None:
    spec, problems = BLOCKS[title]
    empty.spec(spec)
    where = problems.partition(" ")[0]
    for words in (("validate",), ("plan",), ("drift",), ("apply", "--yes")):
        ended = empty.amoconf(*words)
        assert ended.code == 1, words
        assert f"account.yaml:{where}" in ended.out + ended.err
        assert "Traceback" not in ended.err
    assert not empty.asked()


TAG = "amoconf: 1\naccount: {subdomain: stroymarket}\ntags: {leads: [Опт]}\n"


@pytest.mark.parametrize(
    ("spec", "environment", "said"),
    [
        (TAG.replace("stroymarket", "another"), {}, "another"),
        (TAG.replace("{subdomain", "{id: 5, subdomain"), {}, "30817554"),
        (TAG, {"AMOCONF_TOKEN": "nonsense"}, "token"),
        (TAG, {"AMOCONF_TOKEN": ""}, "amoconf login"),
        (TAG, {"AMOCONF_ACCOUNT": "another.amocrm.ru"}, "--account"),
    ],
)
def test_the_wrong_account_or_token_is_refused(
    empty: Living, spec: str, environment: dict[str, str], said: str
) -> None:
    empty.spec(spec)
    before = empty.state
    for words in (("plan",), ("drift",), ("apply", "--yes")):
        ended = empty.amoconf(*words, **environment)
        assert ended.code == 1
        assert said in ended.err
        assert "Traceback" not in ended.err
    assert empty.state == before


def test_a_lock_of_another_account_is_refused(empty: Living) -> None:
    empty.spec(TAG)
    assert empty.amoconf("apply", "--yes").code == 0
    lock = empty.folder / "account.lock.yaml"
    lock.write_text(lock.read_text(encoding="utf-8").replace("30817554", "30817555"), encoding="utf-8")
    for words in (("plan",), ("drift",), ("apply", "--yes")):
        ended = empty.amoconf(*words)
        assert (ended.code, "lock" in ended.err) == (1, True)


def test_without_yes_and_a_terminal_apply_refuses(empty: Living) -> None:
    empty.spec(TAG)
    refused = empty.amoconf("apply")
    assert refused.code == 1
    assert "--yes" in refused.err
    assert not [row for row in empty.asked() if row["method"] != "GET"]


def test_a_blocked_plan_writes_nothing(audited: Living) -> None:
    before = audited.state
    blocked = audited.amoconf("apply", "--yes")
    assert blocked.code == 3
    assert audited.state == before


def test_only_what_was_named_is_applied(empty: Living) -> None:
    empty.spec(TAG.replace("[Опт]", "[Опт, Розница]"))
    assert empty.amoconf("apply", "--yes", "--only", "tag/leads/Опт").code == 0
    assert [row["address"] for row in changes(empty)] == ["tag/leads/Розница"]


def test_a_missing_secret_is_told_by_plan_and_refused_by_apply(empty: Living) -> None:
    hook = 'integrations: {webhooks: {erp: {url: "https://erp.example/${secret:ERP}", events: [add_lead]}}}\n'
    empty.spec(TAG + hook)
    planned = empty.amoconf("plan")
    assert planned.code == 0
    assert "${secret:ERP}" in planned.out + planned.err
    refused = empty.amoconf("apply", "--yes")
    assert (refused.code, "${secret:ERP}" in refused.err) == (1, True)
    assert not [row for row in empty.asked() if row["method"] != "GET"]
    assert empty.amoconf("apply", "--yes", "--only", "tag/*").code == 0
    known = {"AMOCONF_SECRET_ERP": "s-e-c-r-e-t"}
    done = empty.amoconf("apply", "--yes", "-vv", **known)
    assert done.code == 0
    assert (
        empty.get("webhooks")["_embedded"]["webhooks"][0]["destination"] == "https://erp.example/s-e-c-r-e-t"
    )
    assert empty.amoconf("plan", "--exit-code", **known).code == 0
    kept = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in empty.folder.rglob("*")
        if path.is_file()
    ]
    assert "s-e-c-r-e-t" not in "".join([done.out, done.err, *kept])


ROUND = """amoconf: 1
account: {subdomain: stroymarket}
pipelines:
  main: {name: Воронка, stages: [%s]}
"""


@pytest.mark.parametrize(
    "wish",
    [
        "Согласование договора, Первичный контакт, Переговоры, Принимают решение",
        "Переговоры, Первый, Первичный контакт, Второй, Третий, Согласование договора, Принимают решение",
        "Первый, Согласование договора, Второй, Первичный контакт",
    ],
)
def test_stages_come_to_stand_as_written(empty: Living, wish: str) -> None:
    empty.spec(ROUND % wish)
    assert empty.amoconf("apply", "--yes").code == 0
    names = [name for pipeline, name in stages(empty) if pipeline == "Воронка"]
    assert [name for name in names if name in wish.split(", ")] == wish.split(", ")
    assert empty.amoconf("plan", "--exit-code").code == 0


@pytest.fixture
def fields(empty: Living) -> Callable[[str], Any]:
    """Applies a spec of lead fields and answers the fields of the account by name."""

    def apply(text: str) -> Any:
        empty.spec(f"amoconf: 1\naccount: {{subdomain: stroymarket}}\nfields: {{leads: {text}}}\n")
        assert empty.amoconf("apply", "--yes", "--allow", "*").code == 0
        assert empty.amoconf("plan", "--exit-code").code == 0
        return {item["name"]: item for item in empty.walk("leads/custom_fields", "custom_fields")}

    return apply


def test_a_type_change_keeps_the_old_field_and_its_code(fields: Callable[[str], Any]) -> None:
    old = fields("{city: {name: Город, type: text, code: CITY}}")["Город"]
    new = fields("{city: {name: Город, type: select, code: CITY, options: [Пенза], convert: {values: auto}}}")
    assert (new["Город"]["type"], new["Город"]["code"]) == ("select", "CITY")
    assert (new["[архив] Город"]["id"], new["[архив] Город"]["code"]) == (old["id"], None)
    assert new["[архив] Город"]["is_api_only"]


def test_an_archived_field_comes_back(fields: Callable[[str], Any]) -> None:
    first = fields("{city: {name: Город, type: text}}")["Город"]
    archived = fields("{city: {name: Город, archived: не нужен}}")["[архив] Город"]
    assert archived["is_api_only"]
    assert archived["group_id"] != first["group_id"]
    again = fields("{city: {name: Город, type: text}}")["Город"]
    assert (again["id"], again["is_api_only"], again["group_id"]) == (first["id"], False, first["group_id"])


def test_options_keep_their_ids(fields: Callable[[str], Any]) -> None:
    first = {
        item["value"]: item["id"] for item in fields("{a: {type: select, options: [А, Б, В]}}")["a"]["enums"]
    }
    then = fields("{a: {type: select, options: {В: {}, new: Новая, А: {name: Аа, was: [А]}}}}")["a"]["enums"]
    assert [item["value"] for item in then] == ["В", "Новая", "Аа", "Б"]
    kept = {item["value"]: item["id"] for item in then}
    assert (kept["В"], kept["Аа"], kept["Б"]) == (first["В"], first["А"], first["Б"])


def test_users_are_made_with_a_role_a_department_or_nothing(audited: Living) -> None:
    audited.spec(
        """amoconf: 1
account: {subdomain: stroymarket}
roles: {copy: {name: Менеджер (копия)}}
users:
  one@stroymarket.example: {}
  two@stroymarket.example: {group: Опт}
  three@stroymarket.example: {group: Розница, role: copy}
  porogov@stroymarket.example: {archived: уволен}
"""
    )
    assert audited.amoconf("apply", "--yes").code == 0
    assert audited.amoconf("plan", "--exit-code").code == 0
    rights = {user["email"].partition("@")[0]: user["rights"] for user in audited.walk("users", "users")}
    assert rights["one"]["leads"]["view"] == rights["two"]["leads"]["view"] == "D"
    assert rights["three"]["role_id"] == audited.id_of("role/copy")
    assert not rights["porogov"]["is_active"]


def test_a_field_of_a_list_is_archived_and_comes_back(empty: Living) -> None:
    def apply(field: str) -> set[str]:
        empty.spec(f"{TAG}catalogs: {{equipment: {{name: Оборудование, fields: {{code: {field}}}}}}}\n")
        assert empty.amoconf("apply", "--yes").code == 0
        assert empty.amoconf("plan", "--exit-code").code == 0
        path = f"catalogs/{empty.id_of('catalog/equipment')}/custom_fields"
        return {item["name"] for item in empty.walk(path, "custom_fields")}

    assert apply("{name: Код, type: text, required: true}") == {"Код"}
    assert apply("{name: Код, archived: не нужен}") == {"[архив] Код"}
    assert apply("{name: Код, type: text}") == {"Код"}
    assert apply("{name: Код, type: textarea}") == {"Код", "[архив] Код"}


def test_rights_follow_the_incoming_leads_stage_on_and_off(empty: Living) -> None:
    def apply(unsorted: str) -> Any:
        pipeline = f"pipelines: {{retail: {{name: Розница, unsorted: {unsorted}, stages: [Новая]}}}}\n"
        empty.spec(f"{TAG}{pipeline}roles: {{boss: {{name: Начальник, stages: {{retail/*: all}}}}}}\n")
        assert empty.amoconf("apply", "--yes").code == 0
        assert empty.amoconf("plan", "--exit-code").code == 0
        return sum(
            row["rights"]["view"] == "A"
            for role in empty.walk("roles", "roles")
            for row in role["rights"]["status_rights"]
        )

    assert apply("false") == 3
    assert apply("true") == 4
    apply("false")
    assert apply("true") == 4
