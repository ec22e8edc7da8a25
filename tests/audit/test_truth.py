"""What an audit says is so: no conclusion from what is not seen, one number for one thing, exceptions that hide only theirs."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amoconf.audit import audit, chosen, load, rules
from amoconf.facts import Facts
from amoconf.report.papers import paper_of
from amoconf.report.sheets import sheets_of
from amoconf.tongue import speak, spoken
from tests.audit.test_rules import FOUND, MORE, PATHS, PEOPLE
from tests.living import Living, living
from tests.report.papers import board

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "account.yaml"
WHERE = ("--account", "stroymarket.amocrm.ru")
SPEC = "amoconf: 1\naccount: {{subdomain: stroymarket, id: 30817554}}\npolicy: {{audit: {audit}}}\n"
SELLER = 6102122
ABSENCE = {"B03", "B04", "C07", "D01", "D03", "D15", "E01", "E04", "F01", "F09", "F14", "G06"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes."""
    with living(tmp_path_factory.mktemp("truth"), scenario="audited", scale=0.004) as account:
        yield account


@pytest.fixture(scope="module")
def whole(here: Living) -> Any:
    """Its audit, of everything."""
    ended = here.amoconf("audit", *WHERE, "--format", "json")
    assert ended.code == 0, ended.err
    return ended.json


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Commands run in this process: the language that one speaks is not to stay."""
    before = spoken()
    yield
    speak(before)


def judged(here: Living, *words: str, policy: str = "{}") -> Any:
    """The document of an audit with a policy of its own."""
    path = here.folder / "own.yaml"
    path.write_text(SPEC.format(audit=policy), encoding="utf-8")
    ended = here.amoconf("audit", "-f", str(path), "--format", "json", "--events", "0", *words)
    assert ended.code == 0, ended.err
    return ended.json


def figures_of(document: Any, *names: str) -> list[Any]:
    """These figures."""
    return [document["figures"][name] for name in names]


def test_who_sees_only_a_part_concludes_nothing_from_what_is_absent(here: Living, tmp_path: Path) -> None:
    token = here.client.post("/_emulator/tokens", json={"user_id": SELLER}).json()["access_token"]
    own = {"AMOCONF_TOKEN": token, "AMOCONF_STATE_DIR": str(tmp_path)}
    document = here.amoconf("audit", *WHERE, "--format", "json", **own).json
    assert document["partial"]
    assert not {row["rule"] for row in document["findings"]} & ABSENCE
    reasons = {row["rule"]: row["reason"] for row in document["skipped"]}
    assert "sees only part" in reasons["E01"]
    assert set(reasons) >= ABSENCE
    assert {"C01", "E06", "G04"} <= set(document["evaluated"])


@pytest.mark.parametrize("spec", [(), ("-f", str(EXAMPLE))])
def test_no_two_findings_have_one_key(here: Living, spec: tuple[str, ...]) -> None:
    document = here.amoconf("audit", *(spec or WHERE), "--format", "json").json
    keys = Counter((row["rule"], row["address"]) for row in document["findings"])
    assert [key for key, count in keys.items() if count > 1] == []


def test_a_wider_audit_calls_nothing_new(here: Living, whole: Any, tmp_path: Path) -> None:
    path = tmp_path / "narrow.json"
    path.write_text(here.amoconf("audit", *WHERE, "--only", "C01", "--format", "json").out, encoding="utf-8")
    words = ("audit", *WHERE, "--compare", str(path))
    since = here.amoconf(*words, "--format", "json").json["comparison"]
    assert (since["new"], since["fixed"], since["changed"]) == ([], [], [])
    assert not since["comparable"]
    assert since["added"] == sorted(set(whole["evaluated"]) - {"C01"})
    assert "do not compare them" in here.amoconf(*words).out


def test_an_exception_hides_only_what_it_excuses(here: Living, tmp_path: Path) -> None:
    previous = judged(here, "--only", "C01", "--only", "A01")
    hidden = next(row["address"] for row in previous["findings"] if row["rule"] == "C01")
    gone = {**previous["findings"][0], "rule": "C01", "address": "pipeline/gone"}
    previous["findings"].append(gone)
    path = tmp_path / "previous.json"
    path.write_text(json.dumps(previous), encoding="utf-8")
    policy = f'{{C01: {{except: [{{address: "{hidden[:-1]}*", reason: known, until: 2021-01-01}}]}}}}'
    document = judged(here, "--only", "C01", "--only", "A01", "--compare", str(path), policy=policy)
    fixed = document["comparison"]["fixed"]
    assert [(row["rule"], row["address"]) for row in fixed] == [("C01", "pipeline/gone")]
    assert document["hidden"] == [{"rule": "C01", "address": hidden}]
    assert document["comparison"]["comparable"]


def test_an_address_excuses_users_and_what_matches_nothing_is_told(here: Living) -> None:
    policy = """{A01: {except: [{address: "user/*", reason: all, until: 2021-01-01}]},
      A05: {except: [{address: "user/kirpicheva@stroymarket.example", reason: she, until: 2021-01-01}]},
      C01: {except: [{address: "pipeline/none", reason: gone, until: 2021-01-01}, {id: 1, reason: no, until: 2021-01-01}]}}"""
    words = ("--only", "A01", "--only", "A05", "--only", "C01")
    plain, document = judged(here, *words), judged(here, *words, policy=policy)
    counts = [{row["rule"]: row["count"] for row in rows["findings"]} for rows in (plain, document)]
    assert "A01" in counts[0]
    assert "A01" not in counts[1]
    assert counts[1]["A05"] == counts[0]["A05"] - 1
    assert counts[1]["C01"] == counts[0]["C01"]
    told = [(row["rule"], row["matches"]) for row in document["exceptions"]]
    assert told == [("A01", True), ("A05", True), ("C01", False), ("C01", False)]
    text = here.amoconf("audit", "-f", str(here.folder / "own.yaml"), "--events", "0", "--only", "C01").out
    assert "matches nothing" in text


def test_an_exception_ends_with_the_accounts_day() -> None:
    said = {"C01": {"except": [{"address": "pipeline/a", "reason": "known", "until": "2020-06-07"}]}}
    evening = 1_591_563_600  # 2020-06-07 21:00 UTC, midnight in Moscow
    assert load(said, rules(), evening, "Europe/Moscow").expired
    assert load(said, rules(), evening - 1, "Europe/Moscow").excuses
    assert load(said, rules(), evening).excuses


def test_one_title_has_one_number(here: Living, whole: Any) -> None:
    ended = here.amoconf("board", "--all", *WHERE, "--format", "json")
    assert ended.code == 0, ended.err
    told = {row["name"]: row for row in ended.json["indicators"]}
    mean, answered = figures_of(whole, "first_response_minutes", "deals_answered")
    assert (mean, answered) == (round(told["first_response"]["value"], 1), told["first_response"]["sample"])
    good, due = figures_of(whole, "answered_in_time", "answered_due")
    assert due == told["answered_in_time"]["sample"]
    assert good / due == pytest.approx(told["answered_in_time"]["value"], abs=1e-3)
    stuck = next(row for row in whole["findings"] if row["rule"] == "C08")
    assert stuck["total"] == told["stuck_deals"]["sample"]
    assert stuck["share"] == pytest.approx(told["stuck_deals"]["value"], abs=1e-3)
    touched, won = figures_of(whole, "touches_per_won", "won_with_touches_known")
    assert won == told["touches_per_won"]["sample"]
    assert touched == (round(told["touches_per_won"]["value"], 1) if won else None)
    titles = {rule.title for rule in rules() if rule.code in ("F01", "F02")}
    assert not titles & {row["title"] for row in told.values()}


def test_the_funnel_is_the_reports(here: Living, whole: Any) -> None:
    ended = here.amoconf("report", "funnel", *WHERE, "--format", "json")
    assert ended.code == 0, ended.err
    rows = [row for row in ended.json["reports"][0]["rows"] if row["stage"] != "Won"]
    mine = {(row["pipeline"], row["stage"]): row["passed"] for row in whole["stages"]}
    assert rows
    assert [mine[row["pipeline"], row["stage"]] for row in rows] == [row["all"] for row in rows]
    for name in {row["pipeline"] for row in rows}:
        counts = [row["passed"] for row in whole["stages"] if row["pipeline"] == name]
        known = [count for count in counts if count is not None]
        assert known == sorted(known, reverse=True)
    # The last bar of a pipeline are its won deals.
    ends = [row for row in whole["stages"] if row["address"].endswith("#142") and row["passed"] is not None]
    assert len(ends) == len({row["pipeline"] for row in rows})


def test_paper_holds_what_fits_on_it(whole: Any) -> None:
    parts = paper_of(whole).sections
    screen = [part.title for part in parts if not part.paper]
    assert len(screen) == 2
    assert [title for title in screen if title.startswith("Figures of single things")]
    assert [title for title in screen if title.startswith("Too little data")]


def test_an_error_shows_the_limit_that_was_crossed() -> None:
    raw: dict[str, list[Any]] = {path: [] for path in (*PATHS, *MORE)}
    people = [{**PEOPLE[0], "id": key, "rights": {"is_admin": key < 4}} for key in range(1, 11)]
    facts = Facts(FOUND, live=True, now=1_600_000_000, raw={**raw, "users": people})
    (grave,) = audit(chosen(("A01",)), facts, load({}, rules(), facts.now)).findings
    assert (grave.severity, grave.threshold, grave.measure) == ("error", 0.1, "share")
    few = replace(facts, raw={**raw, "users": people[:9]})
    (mild,) = audit(chosen(("A01",)), few, load({}, rules(), facts.now)).findings
    assert (mild.severity, mild.threshold, mild.measure) == ("warn", 2, "count")


def test_what_the_spec_has_is_not_proposed_again(here: Living) -> None:
    document = here.amoconf("audit", "-f", str(EXAMPLE), "--format", "json", "--events", "0").json
    told = {
        (row["rule"], row["address"]): (row["spec"], row["settled"] or "") for row in document["findings"]
    }
    for key in (
        ("A01", ""),
        ("A03", ""),
        ("A06", "role/unused"),
        ("E01", "tag/leads"),
        ("E04", ""),
        ("D13", ""),
    ):
        spec, settled = told[key]
        assert spec is None
        assert "already in the spec" in settled
    assert "pipelines" not in (told["C07", "pipeline/idle"][0] or "")


def test_numbers_of_one_are_singular(here: Living) -> None:
    out = here.amoconf("audit", *WHERE, "--only", "E05", "--lang", "en").out
    assert "Audit: 0 errors, 1 warning, 0 to know; 1 rule evaluated, 0 skipped;" in " ".join(out.split())
    role = "amoconf: 1\naccount: {subdomain: a}\nroles: {one: {name: One, rights: {leads: {view: all, delete: own}}}}\n"
    path = here.folder / "role.yaml"
    path.write_text(role, encoding="utf-8")
    out = here.amoconf("audit", "--offline", "-f", str(path), "--only", "A03").out
    assert "1 role or user who is no administrator may delete" in out


def test_the_text_is_russian_to_the_last_comma(here: Living) -> None:
    out = here.amoconf("audit", *WHERE, "--events", "0", "--lang", "ru", COLUMNS="200").out
    assert "13,9 %, порог 10 %" in out
    assert "ids " not in out
    none = here.amoconf("audit", *WHERE, "--events", "0", "--only", "F08", "--lang", "ru").out
    assert "   ни одно правило проверить не удалось" in none
    assert "оценка" not in none


def test_pages_and_sheets_do_not_mistake_a_reason_for_a_loss_reason(whole: Any) -> None:
    speak("ru")
    heads = [column.title for sheet in sheets_of(whole) for column in sheet.columns]
    assert "Причина отказа" not in heads
    assert "Почему" in heads
    units = [row[3] for sheet in sheets_of(board()) for row in sheet.rows if len(row) == 8]
    assert "доля от 1" in units
    assert not {"share", "deals"} & set(units)
