"""`amoconf undo` as people use it: what goes back, what is told, how it ends, what is kept where."""

import json
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from amoconf.cli import snapshots
from amoconf.cli.session import load_spec
from tests.living import Ended, Living, by_person, living
from tests.undoing import applied, options, the_snapshot

EXAMPLE = Path(__file__).parents[2] / "examples/account.yaml"
HEAD = "amoconf: 1\naccount: {subdomain: stroymarket, id: 30817554}\n"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Living]:
    """An account as amoCRM creates it."""
    with living(tmp_path, scenario="empty") as crm:
        yield crm


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Living]:
    """The audited account."""
    with living(tmp_path, scenario="audited", scale=0.005) as crm:
        yield crm


def undone(crm: Living, *words: str, **environment: str) -> Any:
    """The document of a way that was gone to its end."""
    ended = crm.amoconf("undo", "--apply", "--yes", "--format", "json", *words, **environment)
    assert (ended.code, ended.err) == (0, "")
    return ended.json


# What no apply decides, or what is another after something was made anew.
PASSING = {
    "id",
    "sort",
    "created_at",
    "updated_at",
    "created_by",
    "updated_by",
    "account_id",
    "request_id",
    "_links",
}
Rows = dict[tuple[str, str], list[Any]]


def configuration(
    state: Any, without: Callable[[str, str, Any], bool] = lambda kind, home, row: False
) -> Rows:
    """Everything by kind and home, in its order, with names for ids. without: what is not looked at."""
    rows = [
        (kind, str(home), row)
        for kind, homes in state.items()
        if isinstance(homes, Mapping) and kind != "account"
        for home, items in homes.items()
        for row in (items.values() if isinstance(items, Mapping) else items)
        if isinstance(row, Mapping) and not without(kind, str(home), row)
    ]
    names = {
        str(row["id"]): f"{kind} {row.get('name')}"
        for kind, _, row in rows
        if row.get("id") not in (142, 143)
    }
    found: Rows = {}
    for kind, home, row in sorted(rows, key=lambda item: (item[2].get("sort") or 0, str(item[2].get("id")))):
        place = f"{names.get(home, home)} / {named(row.get('group_id'), names)}"
        found.setdefault((kind, place), []).append(named(row, names))
    return found


def named(value: Any, names: Mapping[str, str]) -> Any:
    """A value with names for ids, and without what passes."""
    if isinstance(value, Mapping):
        return {key: named(item, names) for key, item in value.items() if key not in PASSING}
    if isinstance(value, list):
        rows = [named(item, names) for item in value]
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return (
        names.get(str(value), value)
        if isinstance(value, int | str) and not isinstance(value, bool)
        else value
    )


@dataclass(frozen=True)
class Story:
    """A spec applied to an account, perhaps after another. left: names of what stays, as the report says. again:
    the way back can itself be undone without a rest."""

    spec: str
    first: str = ""
    allow: tuple[str, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    lost: Mapping[str, str] = field(default_factory=dict)
    again: bool = True


PIPELINE = "pipelines: {{main: {{name: Воронка, stages: [{}]}}}}\n"
USUAL = "Первичный контакт, Переговоры, Принимают решение, Согласование договора"
STORIES = {
    "stages are added, renamed and put elsewhere": Story(
        PIPELINE.format("Переговоры, Новый, Первичный контакт"),
        actions={"pipeline/main": "", "stage/main/Новый": "delete", "stage/main/Первичный контакт": "move"},
    ),
    "a stage is deleted": Story(
        "pipelines: {main: {name: Воронка, stages: {a: Первичный контакт, "
        "b: {name: Новый, absent: нет, move_deals_to: a}}}}\n",
        "pipelines: {main: {name: Воронка, stages: {a: Первичный контакт, b: Новый}}}\n",
        actions={"stage/main/b": "create"},
        lost={"stage/main/b": "new_id"},
    ),
    "a pipeline is made": Story(
        "pipelines: {retail: {name: Розница, stages: [Один, Два], won: Ура}}\n",
        actions={"pipeline/retail": "delete"},
    ),
    "a pipeline is deleted": Story(
        "pipelines: {retail: {name: Розница, absent: не нужна}}\n",
        "pipelines: {retail: {name: Розница, stages: [Один, Два], won: Ура}}\n",
        actions={"pipeline/retail": "create"},
        lost={"pipeline/retail": "new_id", "stage/retail/Один": "new_id", "stage/retail/Два": "new_id"},
    ),
    "a role gets rights and another name": Story(
        "roles: {boss: {name: Директор, rights: {leads: {view: group}}}}\n",
        "roles: {boss: {name: Начальник, rights: {leads: {view: all}}}}\n",
        actions={"role/boss": "update"},
    ),
    "a role is deleted": Story(
        "roles: {boss: {name: Начальник, absent: нет}}\n",
        "roles: {boss: {name: Начальник, rights: {leads: {view: all}, mail: true}}}\n",
        actions={"role/boss": "create"},
        lost={"role/boss": "new_id"},
    ),
    "a field is archived and a group deleted": Story(
        "field_groups: {leads: {x: {name: Лишняя, absent: нет}}}\n"
        "fields: {leads: {a: {name: А, type: text, archived: нет}, b: {name: Б, type: text}}}\n",
        "field_groups: {leads: {x: Лишняя}}\n"
        "fields: {leads: {a: {name: А, type: text, group: x}, b: {name: Б, type: text, group: x}}}\n",
        allow=("*",),
        actions={"field/leads/a": "restore", "field/leads/Б": "", "field_group/leads/x": "create"},
        lost={"field_group/leads/x": "new_id"},
    ),
    "a field gets another type": Story(
        "fields: {leads: {city: {name: Город, type: textarea, code: CITY}}}\n",
        "fields: {leads: {city: {name: Город, type: text, code: CITY}}}\n",
        allow=("*",),
        actions={"field/leads/city": "archive", "field/leads/city@text": "restore"},
        left=("[архив] Город",),
        lost={"field/leads/city": "stays"},
    ),
    "a field is deleted": Story(
        "fields: {leads: {a: {name: А, absent: нет}}}\n",
        "fields: {leads: {a: {name: А, type: select, options: [Раз, Два]}, b: {name: Б, type: text}}}\n",
        allow=("*",),
        actions={"field/leads/a": "create"},
        lost={"field/leads/a": "new_id", "option/leads/a/Раз": "new_id", "option/leads/a/Два": "new_id"},
        again=False,
    ),
    "options are renamed, dropped and put elsewhere": Story(
        "fields: {leads: {a: {type: select, options: {c: В, a: {name: Аа, was: [А]}, b: {name: Б, absent: нет}}}}}\n",
        "fields: {leads: {a: {type: select, options: {a: А, b: Б, c: В}}}}\n",
        allow=("*",),
        actions={"option/leads/a/a": "update", "option/leads/a/b": "create"},
        lost={"option/leads/a/b": "new_id"},
        again=False,
    ),
    "tags and loss reasons are added": Story(
        "tags: {leads: [Опт]}\nloss_reasons: [Дорого]\n",
        actions={"tag/leads/Опт": "archive", "loss_reason/Дорого": "archive"},
        left=("[архив] Опт", "[архив] Дорого"),
        lost={"tag/leads/Опт": "stays", "loss_reason/Дорого": "stays"},
    ),
    "a webhook is added": Story(
        "integrations: {webhooks: {erp: {url: 'https://erp.example/x', events: [add_lead]}}}\n",
        actions={"webhook/erp": "delete"},
        again=False,
    ),
}


@pytest.mark.parametrize("title", STORIES)
def test_an_apply_is_undone(empty: Living, title: str) -> None:
    story = STORIES[title]
    if story.first:
        empty.spec(HEAD + story.first)
        assert empty.amoconf("apply", "--yes", "--allow", "*").code == 0
    before = empty.state
    empty.spec(HEAD + story.spec)
    done = applied(empty, allow=story.allow)
    assert (done.code, done.err) == (0, "")
    assert configuration(empty.state) != configuration(before)
    plan = empty.amoconf("undo", "--format", "json", "--exit-code", "--allow", "*")
    assert (plan.code, plan.err) == (2, "")
    acted = {row["address"]: row["action"] for row in plan.json["changes"]}
    assert {key: acted.get(key, "") for key in story.actions} == story.actions
    assert {row["address"]: row["cause"] for row in plan.json["not_coming_back"]} == story.lost
    back = undone(empty, "--allow", "*")
    assert back["converged"]

    def stays(kind: str, home: str, row: Any) -> bool:
        return row.get("name") in story.left or (kind == "field_group" and row.get("name") == "Архив")

    assert configuration(empty.state, stays) == configuration(before, stays)
    again = empty.amoconf("undo", "--exit-code", "--snapshot", plan.json["snapshot"]["name"])
    assert (again.code, again.err) == (0, "")
    assert "nothing to undo" in again.out


@pytest.mark.parametrize("title", [title for title, story in STORIES.items() if story.again])
def test_an_undo_is_undone(empty: Living, title: str) -> None:
    """There and back and there again: the account is as the spec says, and the lock file knows it."""
    story = STORIES[title]
    if story.first:
        empty.spec(HEAD + story.first)
        assert empty.amoconf("apply", "--yes", "--allow", "*").code == 0
        lock = empty.lock
    empty.spec(HEAD + story.spec)
    assert applied(empty, allow=story.allow).code == 0
    after = configuration(empty.state)
    undone(empty, "--allow", "*")
    if story.first:
        known = {str(key) for key in empty.lock.entries}
        assert known == {str(key) for key in lock.entries}
        empty.spec(HEAD + story.first)
        assert empty.amoconf("plan", "--exit-code").code == 0
        empty.spec(HEAD + story.spec)
    assert undone(empty, "--allow", "*")["snapshot"]["command"] == "undo"
    assert configuration(empty.state) == after
    assert empty.amoconf("plan", "--exit-code").code == 0


@dataclass(frozen=True)
class Whole:
    """The example on one scenario. gone: by kind, what does not come back at all; changed: what comes back otherwise."""

    allow: tuple[str, ...]
    gone: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


WHOLE = {
    "empty": Whole(()),
    "audited": Whole(
        ("widget/prostiezvonki",),
        frozenset({"http://old-erp.stroymarket.example/hook.php", "prostiezvonki"}),
        frozenset({"Новая заявка"}),
    ),
}


@pytest.mark.parametrize("scenario", WHOLE)
def test_the_example_is_undone(tmp_path: Path, scenario: str) -> None:
    whole = WHOLE[scenario]
    shutil.copy(EXAMPLE, tmp_path / "account.yaml")
    with living(tmp_path, scenario=scenario, **({"scale": 0.001} if scenario == "audited" else {})) as crm:
        before = crm.state
        assert applied(crm, allow=whole.allow).code == 0
        document = undone(crm, "--allow", "*")
        rows = [*document["steps"], *document["not_coming_back"]]
        told = {
            row["address"] for row in rows if row.get("status") == "manual" or row.get("cause") != "new_id"
        }
        catalogs = {row["id"] for row in document["steps"] if row["kind"] == "catalog"}

        def passed_over(kind: str, home: str, row: Any) -> bool:
            """What the report names, and what lies in it."""
            if kind == "field_group" and row.get("name") == "Архив":
                return True
            names = {row.get("destination"), row.get("code"), row.get("name")}
            inside = row["id"] in catalogs or home.rpartition("/")[2] in map(str, catalogs)
            return inside or bool(names & (whole.gone | whole.changed))

        def seen(state: Any) -> Rows:
            return configuration(forget(state, catalogs), passed_over)

        new = {name for rows in left_over(seen(before), seen(crm.state)).values() for name in rows}
        assert {name.removeprefix("[архив] ") for name in new} <= names_of(told, crm)
        assert left_over(seen(crm.state), seen(before)) == {}


def forget(state: Any, catalogs: set[int]) -> Any:
    """The state without rights on lists that a person is to delete."""
    if isinstance(state, Mapping):
        return {key: forget(item, catalogs) for key, item in state.items()}
    if isinstance(state, list):
        rows = [
            item for item in state if not (isinstance(item, Mapping) and item.get("catalog_id") in catalogs)
        ]
        return [forget(item, catalogs) for item in rows]
    return state


def left_over(one: Rows, other: Rows) -> dict[Any, list[str]]:
    """Names of what only the other has."""
    found = {
        key: [str(row.get("name") or row.get("destination")) for row in rows if row not in one.get(key, [])]
        for key, rows in other.items()
    }
    return {key: names for key, names in found.items() if names}


def names_of(addresses: set[str], crm: Living) -> set[str]:
    """What the spec calls these things."""
    account = load_spec(options(crm)).account
    things = {str(item.address): item for item in account.resources}
    return {str(things[key].attrs.get("name")) for key in addresses if key in things}


RENAMED = "fields: {leads: {a: {name: %s, type: text, code: A1}, b: {name: %s, type: text}}}\n"


@pytest.fixture
def renamed(empty: Living) -> Living:
    """Two fields that an apply has renamed."""
    empty.spec(HEAD + RENAMED % ("Один", "Два"))
    assert empty.amoconf("apply", "--yes").code == 0
    empty.spec(HEAD + RENAMED % ("Первый", "Второй"))
    assert applied(empty).code == 0
    return empty


def test_the_way_is_told_and_nothing_is_written(renamed: Living) -> None:
    renamed.forget()
    before = renamed.state
    told = renamed.amoconf("undo", COLUMNS="100")
    assert told.code == 0
    for text in (
        "amoconf undo   stroymarket.amocrm.ru (account 30817554)",
        "Back to how it was before the apply of ",
        'name: "Первый" -> "Один"',
        "Plan: 0 create, 2 update",
        "Nothing was written. To go this way:",
        "amoconf undo -f ",
        "revert it too, or the next apply does it again.",
    ):
        assert text in told.out
    assert renamed.state == before
    assert {row["method"] for row in renamed.asked() if row["path"].startswith("/api/")} == {"GET"}


def test_the_json_of_a_way_is_that_of_a_plan(renamed: Living) -> None:
    plan, undo = (renamed.amoconf(name, "--format", "json").json for name in ("plan", "undo"))
    assert undo["command"] == "undo"
    assert set(undo) - set(plan) == {"snapshot", "not_coming_back", "records", "changed_since"}
    assert set(plan) <= set(undo)
    assert {"file", "name", "command", "taken_at", "spec_revision", "finished"} <= set(undo["snapshot"])
    assert {row["action"] for row in undo["changes"]} == {"update"}


def test_what_somebody_has_changed_since_stays(renamed: Living) -> None:
    renamed.ui(action="rename", kind="field", entity="leads", id=renamed.id_of("field/leads/a"), name="Иначе")
    document = undone(renamed)
    assert [row["address"] for row in document["steps"]] == ["field/leads/b"]
    names = {item["name"] for item in renamed.walk("leads/custom_fields", "custom_fields")}
    assert {"Иначе", "Два"} <= names
    told = renamed.amoconf("undo", "--snapshot", document["snapshot"]["name"])
    assert "field/leads/a was changed by somebody since the apply (name)" in told.out


def test_what_is_gone_since_is_told(renamed: Living) -> None:
    renamed.ui(action="delete", kind="field", entity="leads", id=renamed.id_of("field/leads/a"))
    told = renamed.amoconf("undo")
    assert told.code == 0
    assert "field/leads/a is not in the account any more" in told.out
    assert [row["address"] for row in undone(renamed)["steps"]] == ["field/leads/b"]


def test_a_run_that_was_killed_can_be_undone(empty: Living) -> None:
    """Its snapshot says what was meant; what was made is known by its name."""
    before = configuration(empty.state)
    empty.spec(HEAD + "roles: {boss: Начальник}\npipelines: {retail: {name: Розница, stages: [Один]}}\n")
    applied(empty, finished=False)
    kept = the_snapshot(empty)
    body = json.loads(kept.read_text(encoding="utf-8"))
    if body["finished"]:
        # The apply has kept one of its own: the one before it is the one to look at.
        kept = snapshots.listed(kept.parent)[1]
    (empty.folder / "account.lock.yaml").unlink()
    told = empty.amoconf("undo", "--snapshot", kept.stem)
    assert "role/boss is taken for what the apply made by its name" in told.out
    undone(empty, "--snapshot", kept.stem, "--allow", "*")
    assert configuration(empty.state) == before


def test_a_blocked_way_ends_with_3_and_writes_nothing(empty: Living) -> None:
    empty.spec(HEAD + "roles: {a: А, b: Б}\n")
    assert applied(empty).code == 0
    before = empty.state
    assert empty.amoconf("undo").code == 3
    blocked = empty.amoconf("undo", "--apply", "--yes")
    assert (blocked.code, blocked.err) == (3, "error: 2 changes are blocked; nothing was written\n")
    assert "If that is meant: amoconf undo" in " ".join(blocked.out.split())
    assert "--allow 'role/*'" in blocked.out
    assert empty.state == before
    undone(empty, "--allow", "role/*")


def test_without_yes_and_a_terminal_nothing_is_written(renamed: Living) -> None:
    refused = renamed.amoconf("undo", "--apply")
    assert (refused.code, "--yes" in refused.err) == (1, True)
    assert renamed.amoconf("undo", "--yes").code == 1


def test_what_was_undone_is_told(renamed: Living) -> None:
    done = renamed.amoconf("undo", "--apply", "--yes", COLUMNS="100")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(
        "Undone: 2 done, 0 failed, 0 blocked, 0 not started, 0 by hand.\n"
        "The account is as it was before.\n"
        "The spec still asks for what this undoes: revert it too, or the next apply does it again.\n"
    )


def test_a_way_half_gone_ends_with_4_and_says_how_to_go_on(renamed: Living) -> None:
    """The command names the snapshot, for the latest one is now that of the undo."""
    person = by_person(action="delete", kind="field", entity="leads", id=renamed.id_of("field/leads/a"))
    renamed.before["PATCH leads/custom_fields"] = person
    half = renamed.amoconf("undo", "--apply", "--yes", COLUMNS="200")
    assert half.code == 4
    assert "The account is NOT as it was before" in half.out
    assert f"--snapshot {the_apply(renamed)} --apply" in half.out
    rest = undone(renamed, "--snapshot", the_apply(renamed))
    assert [row["status"] for row in rest["steps"]] in ([], ["done"])
    assert "Два" in {item["name"] for item in renamed.walk("leads/custom_fields", "custom_fields")}


def the_apply(crm: Living) -> str:
    """The name of the snapshot of the last apply."""
    rows = crm.amoconf("undo", "--list", "--format", "json").json["snapshots"]
    return next(str(row["name"]) for row in rows if row["command"] == "apply")


def test_what_did_not_come_back_is_said_at_the_end(empty: Living) -> None:
    empty.spec(HEAD + "tags: {leads: [Опт]}\n")
    assert applied(empty).code == 0
    done = empty.amoconf("undo", "--apply", "--yes")
    assert done.code == 0
    assert "as it was before, but for what does not come back (see NOT COMING BACK)." in " ".join(
        done.out.split()
    )


def ends_with_1(ended: Ended, *texts: str) -> None:
    """One clear error."""
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.count("error:") == 1
    assert "Traceback" not in ended.err
    for text in texts:
        assert text in ended.err


def test_no_snapshot_is_told(empty: Living) -> None:
    empty.spec(HEAD)
    ends_with_1(empty.amoconf("undo"), "there is no snapshot of stroymarket.amocrm.ru here")
    ends_with_1(empty.amoconf("undo", "--snapshot", "nonsense"), "'nonsense'", "--list")
    listed = empty.amoconf("undo", "--list")
    assert (listed.code, "no snapshot yet" in listed.out) == (0, True)
    assert not empty.asked()


def test_a_foreign_snapshot_is_refused(renamed: Living) -> None:
    body = json.loads(the_snapshot(renamed).read_text(encoding="utf-8"))
    other = renamed.folder / "other.json"
    other.write_text(json.dumps({**body, "account": {**body["account"], "host": "x.amocrm.ru"}}), "utf-8")
    ends_with_1(renamed.amoconf("undo", "--snapshot", str(other)), "x.amocrm.ru", "stroymarket")
    other.write_text(json.dumps({**body, "account": {**body["account"], "id": 5}}), "utf-8")
    ends_with_1(renamed.amoconf("undo", "--snapshot", str(other)), "account 5", "30817554")


def test_a_damaged_snapshot_is_refused_and_listed(renamed: Living) -> None:
    path = the_snapshot(renamed)
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    ends_with_1(renamed.amoconf("undo"), str(path), "damaged")
    listed = renamed.amoconf("undo", "--list")
    assert (listed.code, "cannot be read" in listed.out) == (0, True)


def test_snapshots_are_listed(renamed: Living) -> None:
    undone(renamed)
    listed = renamed.amoconf("undo", "--list")
    assert listed.code == 0
    assert "before the undo that touched 2 things" in listed.out
    rows = renamed.amoconf("undo", "--list", "--format", "json").json["snapshots"]
    assert [row["command"] for row in rows][:2] == ["undo", "apply"]
    assert [row["name"] for row in rows] == sorted((row["name"] for row in rows), reverse=True)


def test_snapshots_are_private_and_the_latest_twenty_stay(renamed: Living) -> None:
    place = the_snapshot(renamed).parent
    for path in snapshots.listed(place):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    text = the_snapshot(renamed).read_text(encoding="utf-8")
    for number in range(30):
        (place / f"20100101T0000{number:02}Z.json").write_text(text, encoding="utf-8")
    undone(renamed)
    kept = snapshots.listed(place)
    assert len(kept) == snapshots.KEPT
    assert kept[0].stem > "2020"
    assert kept[-1].stem > "20100101T000010Z"


def test_two_snapshots_of_one_second_are_two(renamed: Living) -> None:
    place = the_snapshot(renamed).parent
    taken = []
    for _ in range(12):
        taken.append(snapshots.free(place, "20300101T000000Z"))
        taken[-1].write_text("{}", encoding="utf-8")
    assert snapshots.listed(place)[:12] == taken[::-1]


def test_the_spec_need_not_be_readable(renamed: Living) -> None:
    renamed.spec("amoconf: [")
    ends = renamed.amoconf("undo")
    assert ends.code == 1
    assert renamed.amoconf("undo", "--account", "stroymarket.amocrm.ru").code == 0
    (renamed.folder / "account.yaml").unlink()
    undone(renamed, "--account", "stroymarket.amocrm.ru")
    names = {item["name"] for item in renamed.walk("leads/custom_fields", "custom_fields")}
    assert {"Один", "Два"} <= names


PLANTED = "pl4nted0secret0value"


def test_a_secret_is_nowhere(empty: Living) -> None:
    hook = 'integrations: {webhooks: {erp: {%s: "https://erp.example/${secret:ERP}", events: [%s]%s}}}\n'
    known = {"AMOCONF_SECRET_ERP": PLANTED}
    empty.spec(HEAD + hook % ("url", "add_lead", ""))
    ends = [applied(empty, environment=known)]
    empty.spec(HEAD + hook % ("url", "add_task", ""))
    ends += [applied(empty, environment=known), empty.amoconf("undo", "--apply", "--yes", "-vv", **known)]
    [webhook] = empty.get("webhooks")["_embedded"]["webhooks"]
    assert webhook["destination"] == f"https://erp.example/{PLANTED}"
    assert webhook["settings"] == ["add_lead"]
    empty.spec(HEAD + hook % ("url", "add_lead", ", absent: нет"))
    ends += [applied(empty, allow=("*",), environment=known), empty.amoconf("undo", "-v", **known)]
    ends += [empty.amoconf("undo", "--format", "json", "-vv"), empty.amoconf("undo", "--list")]
    assert [item.code for item in ends] == [0] * len(ends)
    assert "webhook/erp" in ends[-3].out
    assert "may hold a secret" in ends[-3].out
    kept = [path.read_text("utf-8", "replace") for path in empty.folder.rglob("*") if path.is_file()]
    assert not [text for text in (*kept, *(item.out + item.err for item in ends)) if PLANTED in text]
