"""What a notice says: changes only, in a few lines, without people and values."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amoconf.notify import LIMIT, Changes, Item, Notice, between
from amoconf.tongue import speak

HEAD = {
    "command": "audit",
    "account": {"id": 7, "subdomain": "acme", "domain": "amocrm.ru"},
    "at": "2026-04-01T12:00:00+00:00",
}


def run(*items: tuple[str, str, str], score: int = 50, **more: Any) -> dict[str, Any]:
    """The line of an audit that evaluated A01, B02 and C01."""
    counts = {severity: [item[2] for item in items].count(severity) for severity in ("error", "warn", "info")}
    rows = [[*item, 1] for item in items]
    known = {"evaluated": ["A01", "B02", "C01"], "excused": [], "severities": counts}
    return {**HEAD, "score": score, **known, "items": rows, **more}


A, B = ("A01", "", "error"), ("B02", "webhook/broad", "warn")
FAILED = {**HEAD, "failed": "Unreachable"}


@pytest.mark.parametrize(
    ("before", "now", "new", "gone"),
    [
        (run(A), run(A), [], []),
        (run(A), run(A, B), ["B02"], []),
        (run(A, B), run(A), [], ["B02"]),
        (run(A, B), run(A, evaluated=["A01", "C01"]), [], []),  # not judged: not fixed
        (run(A, B), run(A, excused=["B02"]), [], []),  # an exception hides it: not fixed
        (run(A, evaluated=["A01"]), run(A, B), [], []),  # judged again: not new
    ],
)
def test_new_and_gone(before: Any, now: Any, new: list[str], gone: list[str]) -> None:
    changes = between(before, now, last=before)
    assert ([item.code for item in changes.new], [item.code for item in changes.gone]) == (new, gone)


def test_what_is_worth_a_word() -> None:
    assert not between(run(A), run(A), last=run(A)).any
    assert between(run(A), run(A, score=49), last=run(A)).any
    assert between(run(A), run(("A01", "", "warn")), last=run(A)).any
    assert between(run(A, B), run(A, evaluated=["A01"]), last=run(A)).any
    assert between(None, run(A)).any
    assert not between(None, run()).any
    assert not between(None, run(("C01", "", "info"))).any


def test_a_failure_is_told_once_and_so_is_its_end() -> None:
    assert between(None, FAILED).any
    assert between(run(A), FAILED, last=run(A)).any
    assert not between(run(A), FAILED, last=FAILED).any
    assert between(run(A), run(A), last=FAILED).recovered
    assert between(None, run(), last=FAILED).any is False or between(None, run(), last=FAILED).recovered


def test_text() -> None:
    now = run(A, ("A03", "user/#0123456789ab", "warn"), ("A03", "user/#ba9876543210", "warn"), score=40)
    text = Notice(now, between(run(B, evaluated=["A01", "A03", "B02", "C01"]), now, last=run(B))).text
    assert text.split("\n") == [
        "amoconf audit: acme.amocrm.ru",
        "Score: 40, was 50",
        "New this time (3): A01; A03 user/… ×2",
        "Gone (1): B02 webhook/broad",
        "No longer checked (1): A03",
        "Now: 1 error, 2 warnings",
    ]


def test_text_in_russian() -> None:
    speak("ru")
    try:
        drift = {**HEAD, "command": "drift", "in_sync": False, "items": [["update", "field/leads/city", ""]]}
        text = Notice(drift, between({**drift, "items": []}, drift, last=drift)).text
        failed = Notice(FAILED, between(None, FAILED)).text
    finally:
        speak("en")
    assert text.split("\n")[1:] == ["Новое (1): update field/leads/city", "Сейчас: 1 расхождение"]
    assert failed.endswith("Проверка не удалась: сервис недоступен.")


ITEMS = st.lists(
    st.builds(
        Item, st.text(max_size=300), st.text(max_size=300), st.sampled_from(["error", "warn", "info", ""])
    ),
    max_size=60,
)


@given(new=ITEMS, gone=ITEMS, words=st.text(max_size=2000), lost=st.lists(st.text(max_size=40), max_size=100))
def test_text_is_short_whatever_changed(
    new: Sequence[Item], gone: Sequence[Item], words: str, lost: list[str]
) -> None:
    notice = Notice(run(A), Changes(new, gone, lost=lost), {item.key: words for item in new})
    assert len(notice.text) < LIMIT
    assert len(notice.json()["new"]) <= 100
    assert notice.json()["counts"]["new"] == len(new)
