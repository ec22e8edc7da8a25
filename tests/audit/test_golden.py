"""The golden case: every count of the audited account, by `amoconf audit`, in one pass over its records."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit.figures import counted
from tests.emulator.audited_account import NOW, PIPELINES
from tests.living import Living, living

SCALE = 0.02
FULL = pytest.mark.skipif(
    not os.environ.get("AMOCONF_FULL"), reason="the whole account takes minutes: AMOCONF_FULL=1"
)
WHERE = ("--account", "stroymarket.amocrm.ru")
# What the audit of June 2020 found, at scale 1.0.
GOLDEN = {
    "users": 36,
    "administrators": 5,
    "integrations": 47,
    "widgets_installed": 18,
    "webhooks": 17,
    "sources": 12,
    "roles": 2,
    "contacts": 91_699,
    "companies": 7_177,
    "deals": 148_746,
    "deals_active": 4_590,
    "deals_won": 72_087,
    "deals_lost": 72_069,
    "cards_sharing_phone": 1_762,
    "cards_sharing_email": 58,
    "cards_doubled_phone": 4_525,
    "cards_doubled_email": 6,
    "contacts_without_name": 1_619,
    "companies_without_name": 2,
    "contacts_without_phone": 2_115,
    "contacts_malformed": 500,
    "contacts_without_deals": 28_569,
    "companies_without_deals": 3_197,
    "active_without_task": 2_719,
    "lost_without_reason": 21_467,
    "task_types": 14,
    "task_types_unused": 8,
    "tags[leads]": 61,
    "tags_unused[leads]": 34,
    "deals_without_tracking[roistat]": 133_723,
    "source_deals[Envybox: всплывающее окно]": 0,
    "sources_silent": 7,
    "fields[leads]": 74,
    "fields_under_1_percent[leads]": 41,
    "text_values[leads, Город]": 400,
    "text_values[leads, Бренд]": 150,
    "loss_reasons": 17,
    "pipelines": 7,
    "pipelines_idle": 3,
    "stages[Розничный отдел]": 19,
    "year_deals[Розничный отдел, 2019]": 9_800,
    "year_won[Розничный отдел, 2019]": 534,
    "year_revenue[Розничный отдел, 2019]": 72_000_000,
    "year_cycle_days[Розничный отдел, 2019]": 102,
    "year_deals[Розничный отдел, 2020]": 25_500,
    "year_won[Розничный отдел, 2020]": 800,
    "year_revenue[Розничный отдел, 2020]": 116_000_000,
    "year_cycle_days[Розничный отдел, 2020]": 45,
}
# Those of 2020 that reached the measuring visit, known from the events since the first of January.
VISITED = {
    "stage_reached[Розничный отдел / Замер]": 1_275,
    "stage_reached_won[Розничный отдел / Замер]": 765,
    "won_known[Розничный отдел]": 800,
}
SINCE_NEW_YEAR = "158"
REASONS = {
    "Дорого": 28,
    "Не можем связаться": 18,
    "Выбрали другого поставщика": 16,
    "Отложили покупку": 16,
    "Не подходят условия": 22,
}
MEGABYTES, CPU_SECONDS = 300, 60


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(tmp_path_factory.mktemp("golden"), scenario="audited", scale=SCALE) as account:
        yield account


@pytest.fixture(scope="module")
def document(here: Living) -> Any:
    here.forget()
    ended = here.amoconf("audit", *WHERE, "--format", "json")
    assert ended.code == 0, ended.err
    return ended.json


def test_every_figure_is_what_the_emulator_holds(here: Living, document: Any) -> None:
    expected = counted(here.world.store, NOW)
    assert {name: document["figures"].get(name) for name in expected} == expected


def test_what_does_not_scale_is_as_the_audit_says(document: Any) -> None:
    fixed = {
        *("users", "administrators", "integrations", "widgets_installed", "webhooks", "sources", "roles"),
        *(
            "task_types",
            "task_types_unused",
            "tags[leads]",
            "tags_unused[leads]",
            "fields[leads]",
            "pipelines",
        ),
        *("fields_under_1_percent[leads]", "text_values[leads, Город]", "text_values[leads, Бренд]"),
        *("source_deals[Envybox: всплывающее окно]", "sources_silent", "loss_reasons", "pipelines_idle"),
        "stages[Розничный отдел]",
    }
    assert {name: document["figures"][name] for name in fixed} == {name: GOLDEN[name] for name in fixed}


def test_each_page_is_asked_for_once(here: Living, document: Any) -> None:
    check_pages(here, document)


def check_pages(here: Living, document: Any) -> None:
    """No request twice, GET only, and of each list the pages that it has."""
    asked = here.asked()
    assert {row["method"] for row in asked} == {"GET"}
    assert document["requests"]["read"] == len(asked)
    pages = Counter(
        (row["path"], str(sorted(row["query"].items()) if isinstance(row["query"], dict) else row["query"]))
        for row in asked
    )
    assert not [key for key, count in pages.items() if count > 1 and key[0] != "/api/v4/account"]
    figures = document["figures"]
    for name in ("leads", "contacts", "companies", "tasks"):
        records = figures["deals" if name == "leads" else name]
        assert sum(row["path"] == f"/api/v4/{name}" for row in asked) <= ceil(records / 250) + 1


def test_the_findings_of_the_audit_are_there(document: Any) -> None:
    found = {row["rule"] for row in document["findings"] if row["severity"] in ("error", "warn")}
    expected = (
        "A01 A02 A03 A05 A11 B01 B03 B05 B06 C01 C02 C03 C07 D01 D02 E01 E04 E05 E06 F01 F12 G01 G02 G03 G04"
    )
    assert set(expected.split()) <= found


def test_findings_have_keys_of_their_own(document: Any) -> None:
    keys = Counter((row["rule"], row["address"]) for row in document["findings"])
    assert [key for key, count in keys.items() if count > 1] == []
    assert {("A08", "users/left/leads"), ("A08", "users/left/tasks")} <= set(keys)


def test_a_finding_tells_all_that_the_contract_asks(document: Any) -> None:
    keys = {"rule", "severity", "address", "count", "total", "share", "threshold", "message", "evidence"}
    for row in document["findings"]:
        assert keys <= set(row)
        assert len(row["evidence"]) <= 20
        assert row["computed"]
        assert row["todo"]
    assert {"findings", "figures", "skipped", "score"} <= set(document)
    links = next(row for row in document["findings"] if row["rule"] == "E06")["links"]
    assert links[0].startswith("https://stroymarket.amocrm.ru/leads/detail/")


@FULL
def test_the_whole_account(tmp_path: Path) -> None:
    with living(tmp_path, scenario="audited", scale=1.0) as account:
        out, cpu, megabytes = measured(account, tmp_path, "30")
        document = json.loads(out)
        assert {name: document["figures"].get(name) for name in GOLDEN} == GOLDEN
        for name, parts in PIPELINES.items():
            told = tuple(
                document["figures"][f"pipeline_{part}[{name}]"] for part in ("active", "won", "lost")
            )
            assert told == parts
        reasons = {name: document["figures"][f"reason_deals[{name}]"] for name in REASONS}
        every = sum(reasons.values())
        assert every == document["figures"]["lost_with_reason"] == 72_069 - 21_467
        assert all(abs(reasons[name] - every * share / 100) <= 2 for name, share in REASONS.items())
        check_pages(account, document)
        assert megabytes < MEGABYTES
        assert cpu < CPU_SECONDS
        out, _, _ = measured(account, tmp_path, SINCE_NEW_YEAR)
        assert {name: json.loads(out)["figures"].get(name) for name in VISITED} == VISITED


def measured(account: Living, folder: Path, days: str) -> tuple[str, float, float]:
    """(stdout, CPU seconds, megabytes at the most) of an audit in a process of its own."""
    own = {"BASE_URL": account.url, "TOKEN": account.token, "PACE": "off", "STATE_DIR": str(folder / "state")}
    environment = {**os.environ, **{f"AMOCONF_{name}": value for name, value in own.items()}}
    words = ["audit", *WHERE, "-f", str(folder / "none.yaml"), "--format", "json", "--events", days]
    out = folder / "audit.json"
    with out.open("w") as file:
        process = subprocess.Popen([sys.executable, "-m", "amoconf", *words], env=environment, stdout=file)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return out.read_text(encoding="utf-8"), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def test_what_is_proposed_is_yaml_under_the_names_of_the_account(document: Any) -> None:
    proposed = {row["rule"]: yaml.safe_load(row["spec"]) for row in document["findings"] if row["spec"]}
    assert proposed["E04"]["task_types"]["Сверка"] == {"archived": "no task has it"}
    assert proposed["C03"]["pipelines"]["Розничный отдел"]["stages"]["Отправить КП"]["move_deals_to"]
    assert not [text for text in map(str, proposed.values()) if "'#" in text]
