"""Changing a text in place: the value is what it should be, and all else is as it was."""

from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amoconf.spec.editpage import Page
from amoconf.spec.edittree import Unwritable, paths
from amoconf.spec.node import Plain
from amoconf.spec.yamlfile import parse

TEXTS = st.sampled_from(
    (
        "а",
        "да: нет",
        "# x",
        "'",
        'со "словом"',
        "- y",
        "010",
        "on",
        "a, b",
        "]",
        "хвост ",
        "две\nстроки",
        "null",
        "*a",
        "\\",
        "é",
    )
)
LEAVES = TEXTS | st.integers(0, 9) | st.booleans() | st.lists(TEXTS, max_size=3)
KEYS = st.sampled_from(("name", "ключ", "a/b", "10", "x y", "да: нет", "#1"))
TREES = st.dictionaries(KEYS, st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8), min_size=1, max_size=4)  # fmt: skip
STYLES = st.sampled_from((None, True, False))


def page_of(tree: Any, style: bool | None) -> Page:
    """The tree written by another writer, with remarks between the lines of blocks."""
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=style, sort_keys=False, width=60)
    return Page("x.yaml", text if style else f"# сверху\n{text}# снизу\n")


def read(page: Page) -> Plain:
    return parse(page.made, "x.yaml").plain()


def spots(page: Page) -> list[tuple[str, ...]]:
    """Paths to values of maps."""
    return [path for path, entry in paths(page.root) if entry.key is not entry.value]


def within(tree: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


@given(tree=TREES, style=STYLES, value=LEAVES | TREES, data=st.data())
@settings(max_examples=150)
def test_a_value_in_the_place_of_another(tree: Any, style: bool | None, value: Any, data: Any) -> None:
    page = page_of(tree, style)
    before = read(page)
    path = data.draw(st.sampled_from(spots(page)))
    page.replace(path, value)
    within(before, path[:-1])[path[-1]] = value
    assert read(page) == before
    assert style or (page.text.startswith("# сверху\n") and page.text.endswith("# снизу\n"))


@given(tree=TREES, style=STYLES, value=LEAVES | TREES, data=st.data())
@settings(max_examples=150)
def test_a_new_entry(tree: Any, style: bool | None, value: Any, data: Any) -> None:
    page = page_of(tree, style)
    before = read(page)
    maps = [(), *(path for path in spots(page) if isinstance(within(before, path), dict))]
    path = data.draw(st.sampled_from(maps))
    page.put((*path, "новый", "ключ"), value)
    within(before, path)["новый"] = {"ключ": value}
    assert read(page) == before


@given(tree=TREES, style=STYLES, data=st.data())
@settings(max_examples=150)
def test_an_entry_less(tree: Any, style: bool | None, data: Any) -> None:
    page = page_of(tree, style)
    before = read(page)
    path = data.draw(st.sampled_from(spots(page)))
    assume(len(path) > 1 or style or len(tree) > 1)
    page.remove(path, keep=len(path))
    del within(before, path[:-1])[path[-1]]
    assert read(page) == before


@given(tree=TREES, style=STYLES, data=st.data())
@settings(max_examples=150)
def test_another_order(tree: Any, style: bool | None, data: Any) -> None:
    page = page_of(tree, style)
    before = read(page)
    order = data.draw(st.permutations(list(tree)))
    page.reorder((), order)
    assert read(page) == before
    assert [entry.key.text for entry in page.root.entries] == list(order)
    page.reorder((), list(tree))
    assert page.text == page_of(tree, style).text


@given(names=st.lists(TEXTS.filter(lambda text: "\n" not in text), min_size=1, unique=True), style=STYLES)
@settings(max_examples=60)
def test_a_list_of_names_as_a_map(names: list[str], style: bool | None) -> None:
    page = page_of({"list": names}, style)
    page.list_to_map(("list",))
    assert read(page) == {"list": {name: {} for name in names}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {name: '${x}'}\n", "${x}"),
        ("a: {name: &n x}\nb: *n\n", "&"),
        ("a: &n {name: x}\nb: *n\n", "&"),
        ("a: {name: 'https://${secret:KEY}'}\n", "${secret:KEY}"),
    ],
)
def test_what_is_filled_in_is_never_written_over(text: str, said: str) -> None:
    page = Page("x.yaml", text)
    with pytest.raises(Unwritable) as caught:
        page.replace(("a", "name"), "new")
    assert said in caught.value.what
    assert caught.value.where is not None
    assert (caught.value.where.line, page.text) == (1, text)


def test_escaped_dollars_are_text() -> None:
    page = Page("x.yaml", "a: {name: '$${x}'}\n")
    page.replace(("a", "name"), "new")
    assert page.text == "a: {name: 'new'}\n"


def test_a_short_form_becomes_a_map_and_keeps_its_quotes_and_remark() -> None:
    page = Page("x.yaml", "stages:\n  new: 'Новая, первая'   # тут\n  old: Старая, вторая\n")
    page.open_map(("stages", "new"), "name")
    page.open_map(("stages", "old"), "name")
    page.put(("stages", "new", "hints", "newbie"), "Звоните: сразу", ["name", "hints"])
    assert page.text == (
        "stages:\n  new: {name: 'Новая, первая', hints: {newbie: \"Звоните: сразу\"}}   # тут\n"
        '  old: {name: "Старая, вторая"}\n'
    )


def test_texts_of_several_lines() -> None:
    page = Page("x.yaml", "a:\n  hint: |\n    раз\n    два\n\n  # дальше\n  b: 1\n")
    page.replace(("a", "hint"), "раз\nтри\n")
    assert page.text == "a:\n  hint: |\n    раз\n    три\n\n  # дальше\n  b: 1\n"
    page.replace(("a", "hint"), "одна")
    assert page.text == "a:\n  hint: одна\n\n  # дальше\n  b: 1\n"


def test_line_ends_and_the_mark_of_windows_stay() -> None:
    page = Page("x.yaml", "\ufeffa: x\r\nb:\r\n  - c\r\n")
    page.replace(("a",), "z")
    page.insert_item(("b",), "d", 1)
    assert page.made == "\ufeffa: z\r\nb:\r\n  - c\r\n  - d\r\n"


def test_a_text_in_braces_as_a_whole_stays_in_braces() -> None:
    """A part of it that grows too long for its line cannot become lines of a block."""
    page = Page("x.yaml", f"{{z: 1,\n  a: {{b: {'я' * 50}, c: {'ю' * 40}}}}}\n")
    page.put(("a", "d"), ["э" * 20])
    assert read(page) == {"z": 1, "a": {"b": "я" * 50, "c": "ю" * 40, "d": ["э" * 20]}}
