"""What holds of every text: nothing acts on the terminal, addresses stay whole, lines stay narrow, danger comes first."""

import random
import shutil
import subprocess
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amoconf.kinds import KINDS
from amoconf.report import attention
from amoconf.report.clean import clean, cut, folded, shell, width
from amoconf.report.drifttext import drift_lines
from amoconf.report.flow import Page, text_of
from amoconf.report.nouns import THINGS
from amoconf.report.plantext import plan_lines
from amoconf.report.words import WORDS
from tests.report.documents import drift, plan, row

HOSTILE = "\x1b[2J\r\n\t\x07\u202e\u2066\u200b\ufeff\u00a0\u2028\x9b"
TEXT = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(HOSTILE + "«»…→№'\"$\\部長áЖ")), max_size=70
)
NAME = TEXT.filter(bool)
WORD = 40  # cells
ACTIONS = ("create", "update", "move", "replace", "archive", "restore", "delete", "manual")


@st.composite
def attributes_of(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(["name", "rights.leads.view", "hints.newbie", "events", "position"]))
    free = st.one_of(
        st.none(), st.booleans(), TEXT, st.lists(TEXT, max_size=3), st.dictionaries(NAME, TEXT, max_size=3)
    )
    closed = {"position": st.integers(1, 99), "rights.leads.view": st.sampled_from(["all", "group", "none"])}
    values = closed.get(name, free)
    return {"name": name, "before": draw(values), "after": draw(values)}


@st.composite
def changes(draw: st.DrawFn, names: st.SearchStrategy[str] = NAME) -> dict[str, Any]:
    kind, home = draw(
        st.sampled_from([("field", "leads"), ("stage", "retail"), ("role", ""), ("strange", "a/b")])
    )
    key = draw(names).replace("/", "|")
    address = "/".join(filter(None, (kind, home, key)))
    action = draw(st.sampled_from(ACTIONS))
    attributes = draw(st.lists(attributes_of(), max_size=3))
    stops = [
        {"why": draw(TEXT), "allow": draw(st.sampled_from([[], [address], [address, f"{kind}/{home}/*"]]))}
    ]
    return row(
        address,
        action,
        home=home,
        title=draw(TEXT),
        reason=draw(st.one_of(st.none(), TEXT)),
        attributes=attributes,
        stops=draw(st.sampled_from([[], stops])),
        manual=[draw(TEXT)] if action == "manual" else [],
        origin=draw(st.sampled_from([None, "spec", "drift", "both"])),
        verb=draw(st.sampled_from(ACTIONS[:-1])) if action == "manual" else action,
        moves=draw(
            st.sampled_from([[], [{"work": "move_deals", "from": address, "to": f"stage/retail/{key}"}]])
        ),
    )


def laid_out(document: dict[str, Any], page: Page) -> str:
    return text_of(
        drift_lines(document, page) if document["command"] == "drift" else plan_lines(document, page)
    )


@settings(max_examples=60)
@given(st.lists(changes(), max_size=6), st.integers(40, 220), st.booleans())
def test_nothing_of_the_account_acts_on_the_terminal(
    rows: list[dict[str, Any]], columns: int, verbose: bool
) -> None:
    for document in (plan(rows), drift(rows)):
        for char in laid_out(document, Page(columns, verbose)):
            assert char == "\n" or unicodedata.category(char) not in (
                "Cc",
                "Cf",
                "Cs",
                "Co",
                "Cn",
                "Zl",
                "Zp",
            ), char


@settings(max_examples=50)
@given(st.lists(changes(), max_size=4), st.sampled_from(["cp866", "cp1251", "ascii", "koi8-r", "latin-1"]))
def test_every_code_page_can_hold_the_text(rows: list[dict[str, Any]], encoding: str) -> None:
    laid_out(plan(rows), Page(80, encoding=encoding)).encode(encoding)


@settings(max_examples=60)
@given(st.lists(changes(), max_size=6, unique_by=lambda item: item["address"]), st.integers(40, 220))
def test_addresses_are_never_cut_or_wrapped(rows: list[dict[str, Any]], columns: int) -> None:
    page = Page(columns, verbose=True)
    for document in (plan(rows), drift(rows)):
        lines = laid_out(document, page).splitlines()
        for item in rows:
            assert any(page.shell(item["address"]) in line for line in lines), item["address"]
            for move in (
                item["moves"] if item["verb"] in ("archive", "delete") and item["action"] != "manual" else ()
            ):
                assert any(page.shell(move["to"]) in line for line in lines), move


@settings(max_examples=60)
@given(
    st.lists(changes(st.text("abcЖ ", min_size=1, max_size=20)), max_size=4),
    st.integers(80, 220),
    st.booleans(),
)
def test_lines_are_as_wide_as_the_page_at_most(
    rows: list[dict[str, Any]], columns: int, verbose: bool
) -> None:
    """Where no word of the account is longer than half a line."""
    page = Page(columns, verbose)
    for item in rows:
        texts = [item["reason"] or "", *item["manual"], *(stop["why"] for stop in item["stops"])]
        assume(all(width(word) <= WORD for text in texts for word in page.say(text).split(" ")))
    for line in laid_out(plan(rows), page).splitlines():
        assert width(line) <= columns, line


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_an_address_can_be_pasted_into_a_shell() -> None:
    keys = [
        "Нет контакта",
        "it's",
        'a"b',
        "$HOME",
        "`id`",
        "a\\b",
        "\u202eгет\x1b[31m",
        "tab\there",
        "new\nline",
        "*",
        "it's\x07\\'",
    ]
    for encoding in ("utf-8", "cp866"):
        for key in keys:
            script = f"printf %s {shell(f'tag/leads/{key}', encoding)}"
            done = subprocess.run(
                ["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
            )
            assert done.stdout.decode() == f"tag/leads/{key}"


def crowd(count: int, seed: int) -> list[dict[str, Any]]:
    """Changes of every kind in many homes, most of them removals, stopped in different ways."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        kind = chance.choice(list(KINDS))
        home = chance.choice(["leads", "contacts", "retail", f"home{number % 40}"])
        address = f"{kind}/{home}/key {number}"
        stops = chance.choice(
            [
                [],
                [{"why": "too many " * 12, "allow": [address, f"{kind}/{home}/*"]}],
                [{"why": "never", "allow": []}],
            ]
        )
        action = chance.choice(["delete", "archive", "replace", "update"])
        rows.append(
            row(address, action, home=home, stops=stops, reason=chance.choice([None, "не нужно " * 20]))
        )
    return rows


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("columns", [80, 200])
def test_danger_is_on_the_first_screen(seed: int, columns: int) -> None:
    rows = crowd(500, seed)
    screen = laid_out(plan(rows), Page(columns)).splitlines()
    heading = next(n for n, line in enumerate(screen) if line.startswith("NEEDS ATTENTION"))
    end = next(n for n, line in enumerate(screen) if n > heading and not line)
    assert end <= 24
    grave = [item for item in rows if attention.is_grave(item)]
    assert f"({len(grave)})" in screen[heading]
    assert "delete" in screen[heading + 1]


def test_names_of_large_groups_share_the_screen() -> None:
    rows = [
        row(f"{kind}/leads/a rather long name {n}", "archive", home="leads")
        for kind in ("field", "tag", "option")
        for n in range(150)
    ]
    screen = laid_out(plan(rows), Page(80)).splitlines()
    assert next(n for n, line in enumerate(screen) if line.startswith("Plan:")) <= 24
    assert sum(line.endswith("more (-v)") for line in screen) == 3


def test_blocked_changes_come_before_all_others() -> None:
    free = [row(f"tag/leads/t{n}", "delete") for n in range(3)]
    stopped = row("field/leads/a", "update", stops=[{"why": "no", "allow": ["field/leads/a"]}])
    lines = laid_out(plan([*free, stopped]), Page(80)).splitlines()
    first = next(line for line in lines if line.startswith("  "))
    assert lines[lines.index("NEEDS ATTENTION (4)") + 1].startswith("  ~ update    field/leads/a"), first


def test_every_change_is_told_once() -> None:
    rows = [*crowd(60, 1), *(row(f"user/u{n}", "manual", manual=["click"]) for n in range(9))]
    rows += [row(f"role/r{n}", origin="drift") for n in range(9)]
    text = laid_out(plan(rows), Page(200, verbose=True))
    heads = [line for line in text.splitlines() if line[2:3] in tuple("+~>±-^x!") and "/" in line[14:60]]
    for item in rows:
        assert sum(shell(item["address"]) in line[:90] for line in heads) == 1, item["address"]


def test_a_pattern_stands_for_many_and_is_taken_literally() -> None:
    stopped = [
        row(
            f"stage/[old] ?/{n}",
            "delete",
            home="[old] ?",
            stops=[{"why": "x", "allow": [f"stage/[old] ?/{n}"]}],
        )
        for n in range(2)
    ]
    from fnmatch import fnmatchcase

    (pattern,) = attention.allowances(stopped)
    assert all(fnmatchcase(item["address"], pattern) for item in stopped)
    assert not fnmatchcase("stage/o x/1", pattern)


def test_every_kind_has_its_words() -> None:
    assert set(WORDS.sections) == set(THINGS) == set(KINDS)


def test_width_counts_cells() -> None:
    assert [width(text) for text in ("abc", "Ж", "e\u0301", "部長", "")] == [3, 1, 1, 4, 0]


@given(TEXT, st.integers(1, 60))
def test_a_cut_text_fits(text: str, room: int) -> None:
    assert width(cut(clean(text), room)) <= max(room, 1)


@given(TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert folded(folded(text, "cp866"), "cp866") == folded(text, "cp866")
