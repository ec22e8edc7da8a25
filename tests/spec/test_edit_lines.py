"""Changing a text in place: remarks and line ends of the lines that stay, and lines that grow too long."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amoconf.spec.editpage import Page
from amoconf.spec.edittree import paths
from amoconf.spec.write import WIDTH
from amoconf.spec.yamlfile import parse
from tests.spec.test_edit import KEYS, LEAVES, TREES

ENDS = st.sampled_from(("\n", "\r\n", "\r"))


@given(ends=st.lists(ENDS, min_size=8, max_size=8), gone=st.integers(0, 7), new=st.integers(0, 8))
@settings(max_examples=80)
def test_each_line_keeps_its_own_end(ends: list[str], gone: int, new: int) -> None:
    lines = [f"  k{number}: v{end}" for number, end in enumerate(ends)]
    page = Page("x.yaml", "a:\n" + "".join(lines))
    assert page.made == "a:\n" + "".join(lines)
    page.remove(("a", f"k{gone}"))
    del lines[gone]
    assert page.made == "a:\n" + "".join(lines)
    new = min(new, len(lines))
    page.insert(("a",), "new", "v", after=new)
    made = page.made
    assert [line for line in made.splitlines(keepends=True) if "new" not in line] == ["a:\n", *lines]
    assert parse(made, "x.yaml").plain() == parse(page.text, "x.yaml").plain()


def test_the_last_line_needs_no_end() -> None:
    page = Page("x.yaml", "a: 1\r\nb: 2\nc: 3")
    page.replace(("c",), 4)
    assert page.made == "a: 1\r\nb: 2\nc: 4"
    page.replace(("a",), "x")
    assert page.made == "a: x\r\nb: 2\nc: 4"


def test_the_remark_behind_a_key_stays_with_a_value_of_several_lines() -> None:
    page = Page("x.yaml", "a:\n  name: >-   # важно\n    раз\n    два\n  b: 1\n")
    page.replace(("a", "name"), "одно")
    assert page.text == "a:\n  name: одно   # важно\n  b: 1\n"
    page = Page("x.yaml", "a:\n  name: >-   # важно\n    раз\n    два\n  b: 1\n")
    page.replace(("a", "name"), "раз\nтри\n")
    assert page.text == "a:\n  name: |   # важно\n    раз\n    три\n  b: 1\n"


@pytest.mark.parametrize("below", ["- раз\n  - два", "раз: 1\n  два: 2"])
def test_the_remark_behind_a_key_stays_when_nothing_is_left(below: str) -> None:
    text = f"a:\n required_at:  # зачем\n  {below}\n b: 1\n"
    page = Page("x.yaml", text)
    page.replace(("a", "required_at"), [])
    assert page.text == "a:\n required_at: []  # зачем\n b: 1\n"
    page = Page("x.yaml", text)
    for word in ("раз", "два"):
        page.remove(("a", "required_at", word), keep=2)
    assert page.text in (
        "a:\n required_at: []  # зачем\n b: 1\n",
        "a:\n required_at: {}  # зачем\n b: 1\n",
    )


def test_the_remarks_right_above_go_with_what_is_taken_away() -> None:
    page = Page(
        "x.yaml", "a:\n# о списке\n  - раз\n  # о двух\n  # и ещё\n  - два   # 2\n  # о трёх\n  - три\n"
    )
    page.remove(("a", "два"))
    assert page.text == "a:\n# о списке\n  - раз\n  # о трёх\n  - три\n"


def test_remarks_between_brackets_stay_where_they_are() -> None:
    page = Page(
        "x.yaml", "a:\n  companies: {   # потом\n  }\n  b: {\n    c: 1,   # цэ\n    d: 2   # дэ\n  }\n"
    )
    page.put(("a", "companies", "x"), "X")
    page.put(("a", "companies", "z"), "Z")
    page.put(("a", "b", "e"), 3)
    page.insert(("a", "b"), "f", 4, after=1)
    text = (
        "a:\n  companies: {   # потом\n    x: X,\n    z: Z\n  }\n"
        "  b: {\n    c: 1,   # цэ\n    f: 4,\n    d: 2,   # дэ\n    e: 3\n  }\n"
    )
    assert page.text == text
    page.remove(("a", "b", "d"))
    assert page.text == text.replace("    d: 2,   # дэ\n", "")


@pytest.mark.parametrize("remark", ["", "   # всё"])
@pytest.mark.parametrize("start", ["{}", "{first: {name: 'Да'}}", '{first: "a, b"}'])
def test_a_line_that_gets_too_long_becomes_a_block(start: str, remark: str) -> None:
    page = Page("x.yaml", f"a:\n  - b\nfields:\n  companies: {start}{remark}\n  z: 1\n")
    want: Any = parse(page.text, "x.yaml").plain()
    for number in range(30):
        key, value = f"Поле {number}", {"type": "select", "options": ["раз, два", "три"]}
        page.put(("fields", "companies", key), value)
        want["fields"]["companies"][key] = value
        assert max(map(len, page.text.splitlines())) <= WIDTH
    assert parse(page.text, "x.yaml").plain() == want
    assert f"\n  companies:{remark}\n    " in page.text
    assert page.text.endswith("\n  z: 1\n")


def test_a_list_that_gets_too_long_becomes_a_block() -> None:
    page = Page("x.yaml", "fields:\n  leads: {size: {type: select, options: [S, 'M, L']}}\n")
    for number in range(20):
        page.insert_item(("fields", "leads", "size", "options"), f"Размер {number}", 2 + number)
    head = "fields:\n  leads:\n    size:\n      type: select\n      options:\n        - S\n        - 'M, L'\n"
    assert page.text == head + "".join(f"        - Размер {number}\n" for number in range(20))


def test_a_new_part_of_a_block_is_a_block() -> None:
    page = Page("x.yaml", "integrations:\n  webhooks:\n    - a\n")
    page.put(("integrations", "widgets"), ["x"], opened=True)
    page.put(("integrations", "bots"), {"b": {"c": True}}, opened=True)
    assert page.text == (
        "integrations:\n  webhooks:\n    - a\n  widgets:\n    - x\n  bots:\n    b: {c: true}\n"
    )


@given(tree=TREES, key=KEYS, value=LEAVES, data=st.data())
@settings(max_examples=100)
def test_a_long_line_of_any_texts_means_the_same_as_a_block(
    tree: Any, key: str, value: Any, data: Any
) -> None:
    page = Page("x.yaml", "a:\n  b: {}   # да\n  c: 1\n")
    page.replace(("a", "b"), {"long": "x " * 60 + "x", **tree})
    maps = [path for path, entry in paths(page.root) if entry.value.form == "map" and path[:2] == ("a", "b")]
    path = data.draw(st.sampled_from(maps))
    want: Any = parse(page.text, "x.yaml").plain()
    below = want
    for step in path:
        below = below[step]
    assume(key not in below)
    below[key] = value
    page.put((*path, key), value)
    assert parse(page.text, "x.yaml").plain() == want
    assert page.text.startswith("a:\n  b:   # да\n    long: x")
    assert page.text.endswith("\n  c: 1\n")
