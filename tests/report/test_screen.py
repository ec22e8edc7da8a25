"""Streams: colours on terminals alone, plain text in pipes, code pages of Windows, the status line of an apply."""

import io
from typing import Any

import pytest

from amoconf.report.console import WIDE, make
from amoconf.report.progress import Progress
from amoconf.report.text import apply_text, drift_text, manual_text, plan_text
from tests.report.documents import applied, drift, plan, row

ROWS = [
    row("field/leads/city", "replace", attributes=[{"name": "type", "before": "text", "after": "select"}]),
    row("stage/retail/a", attributes=[{"name": "name", "before": "Старое " * 20, "after": "Новое " * 20}]),
    row("user/a@b.example", "manual", manual=["Настройки → «Пользователи» — выбрать роль"]),
]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def printed(document: dict[str, Any], color: str, out: io.StringIO, **environment: str) -> str:
    plan_text(document, make(color, out, environment))
    return out.getvalue()


def test_a_pipe_gets_no_colours_and_no_wrapping() -> None:
    text = printed(plan(ROWS), "auto", io.StringIO())
    assert "\x1b" not in text
    lines = [line for line in text.splitlines() if "stage/retail/a" in line]
    assert len(lines) == 1
    assert "…" in lines[0]
    assert len(lines[0]) <= WIDE


def test_colours_are_asked_for_or_refused() -> None:
    assert "\x1b[3" in printed(plan(ROWS), "always", io.StringIO(), TERM="xterm-256color")
    assert "\x1b[3" in printed(plan(ROWS), "auto", Terminal(), TERM="xterm-256color")
    assert "\x1b" not in printed(plan(ROWS), "never", Terminal(), TERM="xterm-256color")
    assert "\x1b" not in printed(plan(ROWS), "auto", Terminal(), TERM="xterm-256color", NO_COLOR="1")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "ascii", "utf-8"])
def test_no_code_page_stops_the_text(encoding: str) -> None:
    bytes_ = io.BytesIO()
    with io.TextIOWrapper(bytes_, encoding=encoding, write_through=True) as out:
        screen = make("auto", out, {})
        plan_text(plan(ROWS), screen)
        drift_text(drift(ROWS), screen)
        apply_text(
            applied([{"address": "tag/leads/→", "action": "create", "status": "failed", "error": "…"}]),
            screen,
        )
        text = bytes_.getvalue().decode(encoding)
    assert ("± replace" if encoding in ("utf-8", "cp1251") else "+- replace") in text
    assert "type" not in text or "text -> select" in text


def test_a_person_is_told_where_to_click() -> None:
    out = io.StringIO()
    manual_text(
        [("user/a@b.example", "Настройки → Пользователи"), ("role/b", "после\nэтого")], make("auto", out, {})
    )
    assert out.getvalue().splitlines() == [
        "By hand (the API cannot) (2)",
        "  ! manual    user/a@b.example  Настройки → Пользователи",
        "  ! manual    role/b            после\\nэтого",
    ]


def test_the_status_line_counts_steps_and_names_the_next() -> None:
    line = Progress(io.StringIO())
    line.begin(["create a", "move the deals", "create b"])
    assert line.text == "step 1 of 3: create a"
    line.tell("create a")
    assert line.text == "step 2 of 3: move the deals"
    line.tell("250 deals moved")
    assert line.text == "step 2 of 3: 250 deals moved"
    line.wait(7.4, "the service refused (429) PATCH /api/v4/leads")
    assert line.text == "step 2 of 3: waiting 7 s: the service refused (429) PATCH /api/v4/leads"
    line.tell("move the deals")
    line.tell("create b")
    assert line.text.startswith("step 3 of 3")
    line.end()


def test_the_status_line_is_one_line_and_takes_no_orders() -> None:
    out = Terminal()
    line = Progress(out, color=False)
    line.begin([f"[red]create\x1b[2J {'длинное имя ' * 30}"])
    line.end()
    assert "\x1b[2J" not in out.getvalue()
    assert len(line.text) < 80
    assert "[red]create\\x1b[2J" in line.text
    assert "[red]create" in out.getvalue()


def test_a_narrow_terminal_still_gets_whole_addresses() -> None:
    rows = [row(f"tag/leads/{'оченьдлинное' * 9}{n}", "create") for n in range(3)]
    text = printed(plan(rows), "auto", io.StringIO(), COLUMNS="20")
    assert all(any(item["address"] in line for line in text.splitlines()) for item in rows)


def test_what_reaches_the_stream_is_harmless_whoever_made_it() -> None:
    out = io.StringIO()
    make("auto", out, {}).print([(("\x1b[2J\u202e[bold]", "bold"),)])
    assert out.getvalue() == "\\x1b[2J\\u202e[bold]\n"
