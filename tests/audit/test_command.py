"""`amoconf audit` as a command: exit codes, exceptions, comparison, rights of the token, offline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amoconf.tongue import speak, spoken
from tests.living import Living, living

SPEC = """amoconf: 1
account: {{subdomain: stroymarket, id: 30817554}}
policy: {{audit: {audit}}}
"""
WHERE = ("--account", "stroymarket.amocrm.ru")
EXAMPLE = Path(__file__).parents[2] / "examples" / "account.yaml"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes; small, for the rules do not mind."""
    with living(tmp_path_factory.mktemp("audit"), scenario="audited", scale=0.002) as account:
        yield account


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Commands run in this process: the language that one speaks is not to stay."""
    before = spoken()
    yield
    speak(before)


def audit(here: Living, *words: str, policy: str = "", code: int = 0) -> Any:
    """The document; `policy` is written into a spec of its own."""
    path = here.folder / "policy.yaml"
    path.write_text(SPEC.format(audit=policy or "{}"), encoding="utf-8")
    ended = here.amoconf("audit", "-f", str(path), "--format", "json", "--events", "0", *words)
    assert ended.code == code, ended.err
    return ended.json


def rules(document: Any) -> set[str]:
    return {row["rule"] for row in document["findings"]}


def skipped(document: Any) -> dict[str, str]:
    return {row["rule"]: row["reason"] for row in document["skipped"]}


@pytest.mark.parametrize(
    ("only", "fail_on", "code"),
    [
        ("C01", "warn", 2),  # warnings only
        ("C01", "error", 0),
        ("A03", "error", 2),
        ("C12", "warn", 0),  # finds nothing
        ("B07", "warn", 0),  # for information
    ],
)
def test_fail_on(here: Living, only: str, fail_on: str, code: int) -> None:
    document = audit(here, "--only", only, "--fail-on", fail_on, code=code)
    assert document["evaluated"] == [only]


def test_only_takes_codes_and_families(here: Living) -> None:
    document = audit(here, "--only", "C01", "--only", "e")
    assert {code[0] for code in document["evaluated"]} == {"C", "E"}
    assert not [code for code in document["evaluated"] if code[0] == "C" and code != "C01"]


SENTENCES = {"message", "title", "computed", "todo", "spec", "reason"}


def told(document: Any) -> tuple[list[Any], list[Any]]:
    """Rows of findings and of skipped rules: (what no language changes, the sentences)."""
    rows = [*document["findings"], *document["skipped"]]
    same = [{name: value for name, value in row.items() if name not in SENTENCES} for row in rows]
    return [same, document["figures"], document["score"]], [
        row[name]
        for row in rows
        for name in ("message", "title", "computed", "todo", "reason")
        if name in row
    ]


@pytest.mark.parametrize("code", ["C08", "F08"])
def test_a_rule_that_needs_events_is_evaluated_by_itself(here: Living, code: str) -> None:
    assert audit(here, "--only", code, "--events", "30")["evaluated"] == [code]
    assert "events" in skipped(audit(here, "--only", code))[code]


def test_both_languages_find_the_same(here: Living) -> None:
    """Only sentences differ, and each of them does."""
    english, russian = (told(audit(here, "--lang", language)) for language in ("en", "ru"))
    assert english[0] == russian[0]
    assert not [one for one, other in zip(english[1], russian[1], strict=True) if one == other]


def test_the_text_speaks_russian(here: Living) -> None:
    """No word of the English text is left: what stays Latin are names, addresses and codes."""
    english, russian = (
        here.amoconf("audit", *WHERE, "--lang", language, "--only", "G", COLUMNS="80").out
        for language in ("en", "ru")
    )
    assert "Warnings" in english
    assert "Предупреждения" in russian
    left = {"score", "of", "threshold", "and", "more", "taken", "off", "Skipped", "Figures", "errors", "have"}
    assert not left & set(russian.replace(":", " ").replace("(", " ").split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lang", "ru", "--only", "Z99"), "нет правила Z99"),
        (("--only", "Z99"), "no rule Z99"),
        (("--compare", "missing.json"), "no audit"),
    ],
)
def test_usage_errors(here: Living, words: tuple[str, ...], said: str) -> None:
    ended = here.amoconf("audit", *WHERE, *words)
    assert ended.code == 1
    assert said in ended.err


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("{A99: off}", "no rule 'A99'"),
        ("{C01: {wran: 12}}", "wran is not known"),
        ("{C01: {warn: many}}", "is no number"),
        ("{C07: {except: [{address: a, reason: why, until: 2020-13-01}]}}", "until is no day"),
        ("{C07: {except: [{address: a, id: 1, reason: why, until: 2020-12-01}]}}", "except"),
        ("{C07: {except: [{address: a, until: 2020-12-01}]}}", "reason"),
    ],
)
def test_a_policy_that_says_nonsense(here: Living, policy: str, said: str) -> None:
    path = here.folder / "nonsense.yaml"
    path.write_text(SPEC.format(audit=policy), encoding="utf-8")
    ended = here.amoconf("audit", "-f", str(path), "--only", "C")
    assert ended.code == 1
    assert said in ended.err


def test_limits_and_off(here: Living) -> None:
    document = audit(
        here,
        "--only",
        "C01",
        "--only",
        "B05",
        "--only",
        "D02",
        policy="{C01: {warn: 19}, B05: {warn: 95%}, D02: off}",
    )
    assert not document["findings"]
    assert skipped(document) == {"D02": "switched off in policy.audit"}


def test_exceptions_hide_and_end(here: Living) -> None:
    until = '{{A01: {{except: [{{id: 6102117, reason: the owner, until: {day}}}]}}, C01: {{except: [{{address: "pipeline/*", reason: known, until: {day}}}]}}}}'
    words = ("--only", "A01", "--only", "C01")
    active = audit(here, *words, policy=until.format(day="2020-06-07"))
    ended = audit(here, *words, policy=until.format(day="2020-06-06"))
    assert [row["state"] for row in active["exceptions"]] == ["active"] * 2
    assert [row["state"] for row in ended["exceptions"]] == ["expired"] * 2
    assert [(row["rule"], row["count"]) for row in active["findings"]] == [("A01", 4)]
    assert [(row["rule"], row["count"]) for row in ended["findings"]] == [("A01", 5), ("C01", 19)]
    # Figures tell what is, not what is excused.
    assert active["figures"]["administrators"] == ended["figures"]["administrators"] == 5


def test_an_excused_record_is_not_counted(here: Living) -> None:
    before = audit(here, "--only", "E06")["findings"][0]
    policy = f"{{E06: {{except: [{{id: {before['evidence'][0]}, reason: a test, until: 2021-01-01}}]}}}}"
    after = audit(here, "--only", "E06", policy=policy)
    assert after["findings"][0]["count"] == before["count"] - 1
    assert before["evidence"][0] not in after["findings"][0]["evidence"]
    assert after["figures"]["lost_without_reason"] == before["count"]


def test_compare_tells_what_is_new_and_what_is_fixed(here: Living, tmp_path: Path) -> None:
    previous = audit(here, "--only", "C", "--only", "E06")
    gone, changed = previous["findings"].pop(0), previous["findings"][0]
    changed["count"] += 1
    dead = {**gone, "rule": "C01", "address": "pipeline/gone", "message": "was there"}
    unseen = {**gone, "rule": "G01", "address": "cards/phone"}
    previous["findings"] += [dead, unseen]
    path = tmp_path / "previous.json"
    path.write_text(json.dumps(previous), encoding="utf-8")
    since = audit(here, "--only", "C", "--only", "E06", "--compare", str(path))["comparison"]
    assert [row["rule"] for row in since["new"]] == [gone["rule"]]
    # G01 was not evaluated this time, so it is not fixed.
    assert [(row["rule"], row["address"]) for row in since["fixed"]] == [("C01", "pipeline/gone")]
    assert [row["before"] for row in since["changed"]] == [changed["count"]]


def test_compare_refuses_another_account(here: Living, tmp_path: Path) -> None:
    previous = audit(here, "--only", "C12")
    previous["account"]["id"] = 1
    (tmp_path / "other.json").write_text(json.dumps(previous), encoding="utf-8")
    ended = here.amoconf("audit", *WHERE, "--only", "C12", "--compare", str(tmp_path / "other.json"))
    assert ended.code == 1
    assert "another account" in ended.err


def test_the_score_is_what_the_penalties_leave(here: Living) -> None:
    document = audit(here)
    assert document["score"] == max(0, round(100 - sum(row["points"] for row in document["penalties"])))
    punished = {row["rule"] for row in document["penalties"]}
    assert punished == {row["rule"] for row in document["findings"] if row["severity"] in ("error", "warn")}


def test_few_records_are_grey(here: Living) -> None:
    document = audit(here, "--only", "F02")
    (row,) = document["findings"]
    assert (row["severity"], row["total"] < 30) == ("grey", True)
    assert not document["penalties"]


def test_rules_without_what_they_need_are_skipped_with_the_reason(here: Living) -> None:
    reasons = skipped(audit(here))
    assert "--events" in reasons["F08"]
    assert "policy.audit.A10" in reasons["A10"]
    assert not {"F08", "A10"} & rules(audit(here))


def test_a_read_only_user(tmp_path: Path) -> None:
    with living(tmp_path, scenario="audited", scale=0.002) as account:
        account.client.post("/_emulator/faults", json={"read_only_user": True})
        ended = account.amoconf("audit", *WHERE, "--format", "json")
        assert ended.code == 0, ended.err
        document = ended.json
        reasons = skipped(document)
        for code in ("A01", "A03", "A05", "B02", "B03"):
            assert "may not read" in reasons[code]
        assert document["partial"]
        assert document["figures"]["lost_without_reason"] > 0
        assert "C01" in document["evaluated"]
        assert {row["method"] for row in account.asked()} == {"GET"}


def test_offline_needs_no_network(tmp_path: Path) -> None:
    from tests.living import call

    environment = {"AMOCONF_BASE_URL": "http://127.0.0.1:9", "AMOCONF_STATE_DIR": str(tmp_path)}
    ended = call(("audit", "--offline", "-f", str(EXAMPLE), "--format", "json"), environment)
    assert ended.code == 0, ended.err
    document = ended.json
    assert document["offline"]
    assert {"C01", "C13", "A03", "D08", "F15"} <= set(document["evaluated"])
    assert not [row for row in document["findings"] if row["severity"] == "error"]
    assert all(reason for reason in skipped(document).values())


def test_a_spec_gives_its_own_addresses(here: Living) -> None:
    ended = here.amoconf(
        "audit", "-f", str(EXAMPLE), "--format", "json", "--events", "0", "--only", "C", "--only", "D13"
    )
    assert ended.code == 0, ended.err
    assert "pipeline/retail" in {row["address"] for row in ended.json["findings"]}
    assert "D13" in rules(ended.json)


def test_the_text_fits_a_small_terminal(here: Living) -> None:
    ended = here.amoconf("audit", *WHERE, "--events", "0", COLUMNS="80")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert "score" in lines[0]
    assert lines[-1].startswith(("Audit:", "  "))
    assert "ERRORS" in ended.out
    assert ended.out.index("ERRORS") < ended.out.index("Warnings")
    assert max(map(len, lines)) <= 80


def test_verbose_text_tells_how_it_was_computed(here: Living) -> None:
    ended = here.amoconf("audit", *WHERE, "--events", "0", "--only", "E06", "-v")
    assert "computed:" in ended.out
    assert "https://stroymarket.amocrm.ru/leads/detail/" in ended.out
    assert "lost_why" in ended.out
