"""What two runs of a check tell apart: findings paired, changes that are news, small ones that add up."""

from typing import Any

import pytest

from amoconf.history import row_of
from amoconf.notify import Notice, between, details
from amoconf.since import Item, Sight, carried, counts_records, differing, material, numbered

HEAD = {
    "command": "audit",
    "account": {"id": 7, "subdomain": "acme", "domain": "amocrm.ru"},
    "at": "2026-04-01T12:00:00+00:00",
}


def item(count: float, severity: str = "warn", code: str = "A01") -> Item:
    return Item(code, "", severity, count=count)


def row(*items: list[Any]) -> dict[str, Any]:
    """A line of an audit that evaluated what these are of."""
    known = {"evaluated": ["A01", "A08", "E06"], "hidden": [], "severities": {}, "score": 50}
    return {**HEAD, **known, "items": [list(one) for one in items]}


def test_which_rules_count_records() -> None:
    assert [code for code in ("A01", "A13", "C01", "E06", "F06", "A08") if counts_records(code)] == [
        "E06",
        "F06",
        "A08",
    ]


@pytest.mark.parametrize(
    ("code", "before", "now", "news"),
    [
        ("A01", 6, 7, True),  # of settings every change is
        ("A01", 7, 6, True),
        ("A01", 7, 7, False),
        ("E06", 429, 10_000, True),
        ("E06", 429, 440, False),
        ("E06", 20, 24, False),  # a fifth more, but only four
        ("E06", 20, 25, True),
        ("E06", 100, 91, False),
        ("E06", 100, 90, True),
    ],
)
def test_what_is_news(code: str, before: float, now: float, news: bool) -> None:
    assert material(item(before, code=code), item(now, code=code)) is news


def test_another_severity_is_always_news() -> None:
    assert material(item(429, "warn", "E06"), item(430, "error", "E06"))


def test_findings_of_one_address_are_paired_by_likeness() -> None:
    then = numbered([item(65, code="A08"), item(12, code="A08")])
    now = numbered([item(13, code="A08")])
    apart = differing(Sight(then), Sight(now))
    assert [(old.count, new.count) for old, new in apart.both] == [(12, 13)]
    assert [old.count for old in apart.gone] == [65]


def test_what_an_exception_hides_is_not_gone_and_the_rest_of_its_rule_is() -> None:
    then = [Item("C01", "pipeline/one", "warn"), Item("C01", "pipeline/two", "warn")]
    apart = differing(Sight(then), Sight([], None, [("C01", "pipeline/one")]))
    assert [old.address for old in apart.gone] == ["pipeline/two"]


def test_what_stands_on_too_few_records_now_is_not_gone() -> None:
    found = {"rule": "E06", "severity": "warn", "address": "", "count": 40, "message": ""}
    document = {**HEAD, "score": 1, "findings": [found], "evaluated": ["E06"], "hidden": []}
    before = row_of(document, "", b"0" * 32)
    now = row_of({**document, "findings": [{**found, "severity": "grey"}]}, "", b"0" * 32)
    assert not between(before, now, last=before).any


def test_small_changes_add_up() -> None:
    """Four per cent a day: told on the third day, against what people know of."""
    told = []
    last = row(["E06", "", "warn", 100])
    for count in (104, 108, 112, 116):
        now = row(["E06", "", "warn", count])
        told += [(one.earlier, one.count) for one in between(last, now, last=last).changed]
        last = {**now, "items": carried(last, now)}
    assert told == [(100, 112)]
    assert last["items"] == [["E06", "", "warn", 116, 112]]


def test_a_new_administrator_is_told() -> None:
    before, now = row(["A01", "", "warn", 6]), row(["A01", "", "warn", 7])
    text = Notice(now, between(before, now, last=before)).text
    assert "Changed (1): A01 (6 → 7)" in text


def test_two_findings_of_one_rule_are_both_told() -> None:
    found = [
        {"rule": "A08", "severity": "error", "address": "", "count": count, "message": message}
        for count, message in ((65, "65 deals"), (12, "12 tasks"))
    ]
    grey = {"rule": "A08", "severity": "grey", "address": "", "count": 1, "message": "no news"}
    document = {**HEAD, "score": 1, "findings": [grey, *found], "evaluated": ["A08"], "hidden": []}
    now = row_of(document, "", b"0" * 32)
    words = details(document, b"0" * 32)
    assert "Found (2): A08: 65 deals; A08: 12 tasks" in Notice(now, between(None, now), words).text
    assert "Found (2): A08 (65); A08 (12)" in Notice(now, between(None, now)).text
