"""Documents as pages, comments and lists of tests: as reviewed, complete, within limits, readable without colour."""

import json
import os
import re
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf.report.checks import checks_of
from amoconf.report.formats import FORMATS, rendered
from amoconf.report.html.style import COLOURS, STYLE
from amoconf.report.markdown import LIMIT, markdown
from amoconf.report.papers import paper_of
from amoconf.tongue import speak
from tests.report.documents import CASES, drift, plan, row
from tests.report.documents import read as case
from tests.report.papers import audit as audit_of
from tests.report.papers import board, finding, report, small_audit

GOLDEN = Path(__file__).parent / "formats"
ENDINGS = {"markdown": "md", "html": "html", "junit": "junit.xml", "sarif": "sarif"}
PLACED = {"file": "account.yaml", "line": 12, "column": 3}


def small_plan() -> dict[str, Any]:
    stop = {"why": "in use on 1 214 deals", "allow": ["tag/leads/Sale"]}
    named = {"name": "name", "before": "Offer", "after": "Offer sent", "inside": []}
    inside = [{"path": ["leads", "view"], "before": "none", "after": "all"}]
    rights = {"name": "rights", "before": {}, "after": {}, "inside": inside}
    rows = [
        row("tag/leads/Sale", "archive", stops=[stop], reason="over"),
        row("stage/retail/offer", "update", attributes=[named], where=PLACED),
        row("role/sales", "update", attributes=[rights], origin="drift"),
        row("user/a@b.example", "manual", verb="update", manual=["Settings -> Users"]),
    ]
    return plan(
        rows, notices=[{"what": "a notice", "todo": "do so", "file": "account.yaml", "line": 3, "column": 1}]
    )


def small_diff() -> dict[str, Any]:
    setting = {"name": "archive_prefix", "before": "[old] ", "after": "[gone] ", "inside": []}
    whole = plan([row("field/leads/city", "create", where=PLACED)], "diff")
    return {
        **{name: whole[name] for name in whole if name not in ("requests", "idle_allowances", "problems")},
        "old": "HEAD~1:account.yaml",
        "new": "account.yaml",
        "released": [{"address": "role/sales", "name": "rights"}],
        "settings": [setting],
        "same": False,
    }


SMALL = {
    "plan": small_plan(),
    "drift": drift([row("stage/retail/offer", "update", origin="drift", where=PLACED)]),
    "diff": small_diff(),
    "audit": small_audit(),
    "board": board(),
    "report": report(),
}
WRITTEN = [(command, name) for command in FORMATS for name in FORMATS[command] if name in ENDINGS]


@pytest.fixture(autouse=True)
def _english() -> None:
    speak("en")


@pytest.mark.parametrize(("command", "name"), WRITTEN)
def test_a_document_looks_as_reviewed(command: str, name: str) -> None:
    text = rendered(SMALL[command], name)
    assert isinstance(text, str)
    if name == "html":  # the same style in each: once is enough, in a file of its own
        head, style, rest = re.split("(?<=<style>)(.*)(?=</style>)", text, flags=re.DOTALL)
        text = f"{head}{rest}"
        assert style.strip() == STYLE.strip()
    golden = GOLDEN / f"{command}.{ENDINGS[name]}"
    if os.environ.get("AMOCONF_UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{command}.{ENDINGS[name]}" for command, name in WRITTEN
    }


@pytest.mark.parametrize(("command", "name"), [pair for pair in WRITTEN if pair[1] in ("html", "markdown")])
def test_what_people_read_is_in_their_language(command: str, name: str) -> None:
    speak("ru")
    text = str(rendered(SMALL[command], name))
    assert re.search("[а-я]{4}", text)
    if name == "html":
        assert '<html lang="ru">' in text


class Seen(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    parser.close()
    return parser


def test_a_page_holds_all_that_an_audit_says() -> None:
    document = small_audit()
    shown = seen(str(rendered(document, "html")))
    for found in document["findings"]:
        said = [found["message"], found["address"], *map(str, found["evidence"])]
        said += (
            [found["title"], found["todo"], found["computed"], found["spec"] or ""]
            if found["severity"] != "grey"
            else []
        )
        assert not [text for text in said if text not in shown.text]
    others = [
        *document["figures"],
        document["skipped"][0]["reason"],
        document["exceptions"][0]["reason"],
        "he leaves",
    ]
    assert not [text for text in others if text not in shown.text]


@pytest.mark.parametrize("name", ["html", "markdown", "junit", "sarif"])
@pytest.mark.parametrize(
    "file", sorted(path.stem for path in CASES.glob("*.json") if path.stem[:4] in ("plan", "drif"))
)
def test_every_address_of_the_reviewed_plans_is_there(file: str, name: str) -> None:
    _, document = case(CASES / f"{file}.json")
    text = str(rendered(document, name))
    rows = document["differences"] if document["command"] == "drift" else document["changes"]
    told = {"html": seen(text).text}.get(name, text) if name != "junit" else "".join(told_by(text))
    plain = [item["address"] for item in rows if re.fullmatch(r"[\w/.:@ -]+", item["address"])]
    assert not [address for address in plain if address not in told]


def told_by(text: str) -> list[str]:
    return [case.get("name", "") for case in ElementTree.fromstring(text).iter("testcase")]


def test_a_page_asks_nothing_of_the_world_and_runs_nothing() -> None:
    for command, name in WRITTEN:
        if name == "html":
            page = seen(str(rendered(SMALL[command], name)))
            assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(page.tags)
            names = [key for key, _ in page.attributes]
            assert "src" not in names
            assert not [key for key in names if key.startswith("on")]


def test_links_lead_to_pages_only() -> None:
    found = finding("A01", "error", links=["javascript:alert(1)"], evidence=[1])
    page = seen(str(rendered(audit_of([found]), "html")))
    assert not [value for key, value in page.attributes if key == "href" and not str(value).startswith("#")]
    assert "](javascript" not in str(rendered(audit_of([found]), "markdown"))


@settings(max_examples=10)
@given(st.integers(0, 500), st.integers(0, 200), st.integers(1_500, LIMIT))
def test_a_comment_stays_within_its_limit_and_counts_what_is_cut(many: int, grave: int, limit: int) -> None:
    stop = [{"why": "a brake", "allow": ["field/leads/*"]}]
    rows = [row(f"field/leads/grave_{number}", "delete", stops=stop) for number in range(grave)]
    rows += [row(f"field/leads/plain_{number}", "create", title="Name " * 9) for number in range(many)]
    text = markdown(paper_of(plan(rows)), limit)
    assert len(text) <= limit
    shown = set(re.findall(r"^- .*?`(field/leads/\w+)`", text, re.M))
    unlisted = sum(f"`{address}`" in text for address in plan([])["unlisted"])
    lost = sum(map(int, re.findall(r"…and (\d+) more: see", text)))
    together = sum(map(int, re.findall(r"^- .*\*\* (\d+) fields of leads$", text, re.M)))
    assert len(shown) + together + lost + unlisted == len(rows) + 3
    if any("plain" in address for address in shown):
        assert sum("grave" in address for address in shown) + together == grave


def test_danger_that_has_no_room_is_told_by_sorts_and_never_cut() -> None:
    def stopped(address: str, allow: str) -> dict[str, Any]:
        return row(address, "delete", stops=[{"why": f"a brake of {address[:3]}", "allow": [allow]}])

    rows = [stopped(f"tag/leads/Тег {number}", "tag/leads/*") for number in range(500)]
    rows += [stopped(f"field/leads/f{number}", f"field/leads/f{number}") for number in range(131)]
    rows += [stopped("loss_reason/Другой поставщик", "loss_reason/Другой поставщик")]
    text = markdown(paper_of(plan(rows, blocked=True)))
    assert len(text) <= LIMIT
    assert "more: see" not in text
    for told in ("500 tags of leads", "131 fields of leads", "`loss_reason/Другой поставщик`"):
        assert f"**delete** {told}" in text
    for allow in ("tag/leads/*", "field/leads/*", "loss_reason/Другой поставщик"):
        assert f"`--allow '{allow}'`" in text


def test_allowances_of_a_comment_can_be_pasted() -> None:
    one = row(
        "loss_reason/It's over", "delete", stops=[{"why": "a brake", "allow": ["loss_reason/It's over"]}]
    )
    text = markdown(paper_of(plan([one], blocked=True, idle_allowances=["tag/leads/*"])))
    assert "`--allow 'loss_reason/It'\\''s over'`" in text
    assert "`amoconf plan --allow 'loss_reason/It'\\''s over'`" in text
    assert "`--allow 'tag/leads/*'`" in text


def test_the_summary_and_the_danger_come_first() -> None:
    text = str(rendered(small_plan(), "markdown"))
    assert text.index("Blocked") < text.index("tag/leads/Sale") < text.index("stage/retail/offer")


def test_checks_count_what_the_document_says() -> None:
    for command in ("plan", "drift", "diff", "audit"):
        document = SMALL[command]
        rows = document.get("findings") or document.get("changes") or document["differences"]
        assert len(checks_of(document).results) == len(rows)


def test_the_suite_fails_where_a_plan_is_blocked_or_something_drifted() -> None:
    suite = ElementTree.fromstring(str(rendered(small_plan(), "junit"))).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    suite = ElementTree.fromstring(str(rendered(SMALL["drift"], "junit"))).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    suite = ElementTree.fromstring(str(rendered(small_audit(), "junit"))).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("6", "2", "1")


def structure(document: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 requires, as far as these documents use it."""
    assert document["version"] == "2.1.0"
    for run in document["runs"]:
        rules = run["tool"]["driver"]["rules"]
        assert run["tool"]["driver"]["name"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for result in run["results"]:
            assert result["message"]["text"]
            assert result["level"] in ("none", "note", "warning", "error")
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uri"]
            assert place["region"]["startLine"] >= 1
            assert place["region"].get("startColumn", 1) >= 1
        for call in run["invocations"]:
            assert isinstance(call["executionSuccessful"], bool)
            assert all(note["message"]["text"] for note in call["toolExecutionNotifications"])


@pytest.mark.parametrize("command", ["plan", "drift", "diff", "audit"])
def test_results_lie_where_the_spec_says_so(command: str) -> None:
    document = json.loads(str(rendered(SMALL[command], "sarif")))
    structure(document)
    lines = {
        result["locations"][0]["physicalLocation"]["region"]["startLine"]
        for result in document["runs"][0]["results"]
    }
    assert 12 in lines


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_from_white_paper() -> None:
    """WCAG 2: at least 4.5 : 1 for text."""
    for name, colour in COLOURS.items():
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, name


# Machado, Oliveira, Fernandes 2009: what is left of linear red, green, blue without one sort of cones.
BLIND = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


@pytest.mark.parametrize("sort", BLIND)
def test_colours_are_told_apart_without_red_or_green(sort: str) -> None:
    def seen_as(colour: str) -> list[float]:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        return [sum(factor * part for factor, part in zip(line, parts, strict=True)) for line in BLIND[sort]]

    for one, other in combinations(sorted(set(COLOURS) - {"grey"}), 2):
        apart = (
            sum((a - b) ** 2 for a, b in zip(seen_as(COLOURS[one]), seen_as(COLOURS[other]), strict=True))
            ** 0.5
        )
        assert apart > 0.12, (one, other, apart)
