"""`amoconf board` and `amoconf report` as commands, over the audited account at a small scale."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.living import Living, living

EXAMPLE = Path(__file__).parents[1] / "examples" / "account.yaml"
SIX = (
    "first_response",
    "answered_in_time",
    "next_step_coverage",
    "overdue_tasks",
    "stuck_deals",
    "win_rate",
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """An account that no test changes."""
    with living(tmp_path_factory.mktemp("board"), scenario="audited", scale=0.02) as account:
        yield account


def shown(here: Living, *words: str, code: int = 0) -> Any:
    """The document, with the example's spec."""
    ended = here.amoconf(words[0], "-f", str(EXAMPLE), "--format", "json", *words[1:])
    assert ended.code == code, ended.err
    return ended.json


def test_the_audited_account(here: Living) -> None:
    """Against the scenario's own books: what its rows say, counted by other means."""
    board = {row["name"]: row for row in shown(here, "board", "--all")["indicators"]}
    assert tuple(board)[:6] == SIX
    assert len(board) == 10
    stages = {
        stage["id"]: stage for pipeline in pipelines(here) for stage in pipeline["_embedded"]["statuses"]
    }
    now = json.loads(here.client.get("/_emulator/state").content).get("now") or clock(here)
    deals = list(here.walk("leads", "leads"))
    standing = [deal for deal in deals if deal["status_id"] not in (142, 143)]
    closed = [deal for deal in deals if deal["closed_at"] and now - 30 * 86_400 <= deal["closed_at"] < now]
    tasks = [task for task in here.walk("tasks", "tasks") if not task["is_completed"]]
    busy = {task["entity_id"] for task in tasks if task["complete_till"] >= now}
    assert board["next_step_coverage"]["sample"] == len(standing)
    covered = sum(deal["id"] in busy for deal in standing) / len(standing)
    assert board["next_step_coverage"]["value"] == pytest.approx(covered, abs=1e-3)
    assert board["win_rate"]["sample"] == len(closed)
    won = sum(deal["status_id"] == 142 for deal in closed) / len(closed)
    assert board["win_rate"]["value"] == pytest.approx(won, abs=1e-4)
    ordinary = [deal for deal in standing if not stages[deal["status_id"]].get("type")]
    assert board["stuck_deals"]["sample"] == len(ordinary)
    held = [deal["responsible_user_id"] for deal in standing]
    assert board["open_deals_per_manager"]["value"] == max(map(held.count, held))


def pipelines(here: Living) -> Any:
    return here.get("leads/pipelines")["_embedded"]["pipelines"]


def clock(here: Living) -> int:
    """The account's time."""
    from email.utils import parsedate_to_datetime

    return int(parsedate_to_datetime(here.client.get("/api/v4/account").headers["Date"]).timestamp())


def test_the_contract_of_the_board(here: Living) -> None:
    document = shown(here, "board")
    assert [row["name"] for row in document["indicators"]] == list(SIX)
    for row in document["indicators"]:
        assert {"value", "unit", "threshold", "status", "sample", "calculation", "by", "worst"} <= set(row)
        assert row["status"] in ("ok", "warn", "error", "grey")
        assert {item["dimension"] for item in row["by"]} >= {"pipeline", "manager", "source"}
    assert document["working_hours"]["timezone"] == "Europe/Moscow"


def test_audit_and_board_agree_on_stuck_deals(here: Living) -> None:
    audit = here.amoconf(
        "audit", "-f", str(EXAMPLE), "--format", "json", "--only", "C", "--events", "60"
    ).json
    board = {row["name"]: row for row in shown(here, "board")["indicators"]}
    counted = round(board["stuck_deals"]["value"] * board["stuck_deals"]["sample"])
    assert counted == audit["figures"]["deals_stuck"]


@pytest.mark.parametrize(
    ("words", "code"), [(("--fail-on", "warn"), 2), (("--fail-on", "error"), 2), ((), 0)]
)
def test_fail_on(here: Living, words: tuple[str, ...], code: int) -> None:
    document = shown(here, "board", *words, code=code)
    assert any(row["status"] == "error" for row in document["indicators"])


def test_two_windows_side_by_side(here: Living) -> None:
    both = shown(here, "board", "--compare", "2020-04", "2020-05")
    assert (both["previous_window"]["from"][:10], both["window"]["from"][:10]) == ("2020-04-01", "2020-05-01")
    april = shown(here, "board", "--window", "2020-04")
    found = {row["name"]: row["previous"] for row in both["indicators"]}
    assert found == {row["name"]: row["value"] for row in april["indicators"]}


@pytest.mark.parametrize("words", [("--window", "soon"), ("--compare", "2020-05", "2021-05")])
def test_what_is_no_window(here: Living, words: tuple[str, ...]) -> None:
    ended = here.amoconf("board", "-f", str(EXAMPLE), *words)
    assert ended.code == 1
    assert "window" in ended.err


def test_only_the_pages_that_are_needed(here: Living) -> None:
    """Losses stand in the deals: no event is read but deletions, which the mirror asks for."""
    here.forget()
    shown(here, "report", "loss-reasons")
    assert not [row for row in here.asked() if "lead_status_changed" in row["query"]]
    here.forget()
    shown(here, "report", "funnel")
    asked = [row["query"] for row in here.asked() if "lead_status_changed" in row["query"]]
    assert asked
    assert not [query for query in asked if "outgoing" in query]
    assert not [row for row in here.asked() if row["path"].endswith(("/contacts", "/tasks"))]


NAMES = ("summary", "funnel", "staff", "loss-reasons", "unsorted", "forecast")


def test_every_report(here: Living) -> None:
    document = shown(here, "report", *NAMES, "summary")
    assert [row["name"].partition(".")[0] for row in document["reports"]] == [
        *("summary",) * 3,
        "funnel",
        *("staff",) * 3,
        *NAMES[3:],
    ]
    for report in document["reports"]:
        names = {column["name"] for column in report["columns"]}
        assert report["calculation"]
        assert report["rows"], report["name"]
        assert all(set(row) == names for row in report["rows"])


def test_one_pipeline(here: Living) -> None:
    document = shown(here, "report", "funnel", "--pipeline", "retail")
    assert {row["pipeline"] for row in document["reports"][0]["rows"]} == {"Розничный отдел"}
    ended = here.amoconf("report", "-f", str(EXAMPLE), "--pipeline", "nowhere")
    assert ended.code == 1
    assert "Розничный отдел" in ended.err


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_texts_fit_the_width(here: Living, width: str, lang: str) -> None:
    for words in (("board", "--all"), ("board", "-v"), ("report", *NAMES)):
        ended = here.amoconf(*words, "-f", str(EXAMPLE), "--lang", lang, COLUMNS=width)
        assert ended.code == 0, ended.err
        assert max(map(len, ended.out.splitlines())) <= int(width)
        assert "{" not in ended.out


def test_a_reader_without_rights_is_told_so(tmp_path: Path) -> None:
    """Users may not be read; nothing fails, people go by number."""
    with living(tmp_path, scenario="audited", scale=0.002) as here:
        here.client.post("/_emulator/faults", json={"read_only_user": True})
        where = ("--account", "stroymarket.amocrm.ru", "--no-cache")
        board = here.amoconf("board", *where, "--format", "json")
        text = here.amoconf("board", *where, "--lang", "en")
    assert (board.code, text.code) == (0, 0), board.err
    assert board.json["indicators"][0]["status"] in ("ok", "warn", "error", "grey")
    assert not (tmp_path / "state" / "cache" / "records" / "stroymarket.amocrm.ru.sqlite").exists()
