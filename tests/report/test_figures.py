"""Figures as people read them: in the spoken language, norms without words, windows by their last day."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from amoconf.digits import decimal, fixed
from amoconf.report.boardtext import span
from amoconf.report.figures import amount
from amoconf.report.formats import rendered
from amoconf.report.html.style import STYLE
from amoconf.report.nouns import duration
from amoconf.report.papers.figures import limits
from amoconf.tongue import speak
from tests.report.papers import board


@pytest.fixture
def _russian() -> Iterator[None]:
    speak("ru")
    yield
    speak("en")


def test_decimals() -> None:
    assert [decimal(value, digits) for value, digits in ((1482.55, 1), (30.0, 1), (0.1236, 3), (100, 0))] == [
        *("1 482.5", "30", "0.124", "100")
    ]
    assert fixed(3) == "3.0"


@pytest.mark.usefixtures("_russian")
def test_decimals_in_russian() -> None:
    assert (decimal(1482.55), fixed(2.5, 2), duration(26_640)) == ("1 482,5", "2,50", "7,4 ч")
    assert [amount(0.123, "share"), amount(46.6, "minutes"), amount(1.3, "touches")] == [
        *("12,3 %", "46,6 мин", "1,3")
    ]


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("2020-06-01T00:00+03:00", "2020-05-31"),  # the whole of May
        ("2020-06-01T18:00+03:00", "2020-06-01"),  # up to now
    ],
)
def test_a_window_ends_with_its_last_day(end: str, shown: str) -> None:
    window = {"from": "2020-05-01T00:00+03:00", "to": end, "days": 31.0}
    assert span(window) == f"2020-05-01 to {shown} (31 days)"


@pytest.mark.parametrize(
    ("better", "most", "shown"), [("less", None, "≤ 30 min"), ("more", None, "≥ 30 min"), ("more", 40, "30 min–40 min")]
)  # fmt: skip
def test_norms_of_a_table(better: str, most: float | None, shown: str) -> None:
    row = {"threshold": 30, "unit": "minutes", "better": better, "threshold_most": most}
    assert limits(row) == shown


@pytest.mark.usefixtures("_russian")
def test_the_word_norm_stands_once_in_the_head() -> None:
    cells: list[str] = []

    class Page(HTMLParser):
        def handle_data(self, data: str) -> None:
            cells.append(data)

    Page().feed(str(rendered(board(), "html")))
    assert [cell for cell in cells if "орма" in cell] == ["Норма"]
    assert "≥ 85 %" in cells


def test_heads_of_tables_break_between_words_only() -> None:
    """`anywhere`, which the body has, lets the narrowest column of a table be one letter wide."""
    (head,) = [line for line in STYLE.splitlines() if line.startswith("thead th {")]
    assert "overflow-wrap: break-word" in head
