"""The exposition format of metrics: any text survives as a label, every number as a value."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from amoconf.metrics import Run, exposition, number, sample

LINE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z]+="(?:\\.|[^"\\])*",?)*)\})? (?P<value>\S+)')
LABEL = re.compile(r'([a-z]+)="((?:\\.|[^"\\])*)"', re.DOTALL)
MEANS = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
AUDIT = {
    "command": "audit",
    "score": 65,
    "findings": [
        {"rule": "A01", "severity": "error"},
        {"rule": "B02", "severity": "warn"},
        {"rule": "B02", "severity": "warn"},
    ],
    "figures": {
        "deals": 12,
        "tags[leads]": 3,
        "win_rate[Ivanov's pipeline]": 0.5,
        "field_filled[leads, Anna]": 1,
        "nothing": None,
    },
}


def parsed(line: str) -> tuple[str, dict[str, str], float]:
    """A line as a scraper reads it."""
    found = LINE.fullmatch(line)
    assert found, line
    labels = {
        key: re.sub(r"\\.", lambda match: MEANS[match[0]], text)
        for key, text in LABEL.findall(found["labels"] or "")
    }
    return found["name"], labels, float(found["value"])


def values(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The samples of a text."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    rows = [parsed(line) for line in lines]
    found = {(name, frozenset(labels.items())): value for name, labels, value in rows}
    assert len(found) == len(rows), "a series stands twice"
    return found


@given(st.dictionaries(st.sampled_from(["rule", "name", "kind"]), st.text()), st.floats(allow_nan=False))
def test_any_label_comes_back(labels: dict[str, str], value: float) -> None:
    line = sample("amoconf_x", labels, value)
    assert "\n" not in line
    assert parsed(line) == ("amoconf_x", labels, value)


def test_numbers() -> None:
    assert [number(value) for value in (True, 3, 0.5, math.nan, math.inf, -math.inf)] == [
        *("1", "3", "0.5", "NaN", "+Inf", "-Inf")
    ]


def test_an_audit() -> None:
    text = exposition(Run("audit", "acme.amocrm.ru", 1_600_000_000, True), AUDIT)
    account = ("account", "acme.amocrm.ru")
    assert values(text) == {
        ("amoconf_audit_score", frozenset({account})): 65,
        ("amoconf_audit_findings", frozenset({account, ("rule", "A01"), ("severity", "error")})): 1,
        ("amoconf_audit_findings", frozenset({account, ("rule", "B02"), ("severity", "warn")})): 2,
        ("amoconf_audit_figure", frozenset({account, ("name", "deals")})): 12,
        ("amoconf_audit_figure", frozenset({account, ("name", "tags[leads]")})): 3,
        ("amoconf_last_run_timestamp_seconds", frozenset({account, ("command", "audit")})): 1_600_000_000,
        ("amoconf_last_run_success", frozenset({account, ("command", "audit")})): 1,
    }


def test_a_board() -> None:
    rows = [{"name": "first_response", "value": 12.5}, {"name": "win_rate", "value": None}]
    text = exposition(Run("board", "", 1, True), {"command": "board", "indicators": rows})
    assert values(text)["amoconf_board_indicator", frozenset({("name", "first_response")})] == 12.5
    assert "win_rate" not in text


def test_every_metric_has_its_help_and_type_before_it() -> None:
    seen: set[str] = set()
    for line in exposition(Run("audit", "acme.amocrm.ru", 1, True), AUDIT).splitlines():
        if line.startswith("# TYPE"):
            assert line.endswith(" gauge")
            seen.add(line.split()[2])
        elif not line.startswith("#"):
            assert line.partition("{")[0] in seen


def test_a_failed_run_says_so_and_nothing_else() -> None:
    names = {name: value for (name, _), value in values(exposition(Run("drift", "", 5, False))).items()}
    assert names == {"amoconf_last_run_timestamp_seconds": 5, "amoconf_last_run_success": 0}
