"""One YAML file: what its scalars mean, where everything stands, and what is said about every mistake."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf.errors import Problem, SpecError, Where
from amoconf.spec.node import Node
from amoconf.spec.yamlfile import parse, scan


def said(text: bytes | str) -> list[str]:
    """The problems of a file as "line:column what", without what to do."""
    return [shown(problem) for problem in scan(text, "f")[1]]


def shown(problem: Problem) -> str:
    where = problem.where
    return f"{where.line}:{where.column} {problem.what}" if where else problem.what


SCALARS = [
    ("on", "on"),
    ("Off", "Off"),
    ("no", "no"),
    ("yes", "yes"),
    ("y", "y"),
    ("9:30", "9:30"),
    ("2024-01-31", "2024-01-31"),
    ("1_000", "1_000"),
    ("0x1F", "0x1F"),
    ("0o17", "0o17"),
    (".inf", ".inf"),
    ("10m", "10m"),
    ("85%", "85%"),
    ("=", "="),
    ("true", True),
    ("TRUE", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("12", 12),
    ("+12", 12),
    ("-3", -3),
    ("010", 10),
    ("1.5", 1.5),
    ("1e3", 1000.0),
    (".5", 0.5),
    ('"12"', "12"),
    ("'no'", "no"),
    ('""', ""),
    ('"\\u0041\\n"', "A\n"),
    ("|\n  a\n  b", "a\nb"),
    ("|-\n  a\n  b\n", "a\nb"),
    (">\n  a\n  b\n", "a b\n"),
    ("Звонок # и замечание", "Звонок"),
    ("a\n  b", "a b"),
    ('👍 ООО "Ромашка"', '👍 ООО "Ромашка"'),
]


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_scalars(written: str, value: object) -> None:
    node = parse(f"a: {written}", "f").get("a")
    assert node is not None
    assert node.value == value
    assert type(node.value) is type(value)


def test_raw_text_is_kept() -> None:
    root = parse('a: 010\nb: "010"\nc: 1.50\nd: ~\ne: [x]\nf: |\n  x\n', "f")
    texts = {key: (child.text, child.quoted) for key, child in _map(root).items()}
    assert texts == {
        "a": ("010", False),
        "b": ("010", True),
        "c": ("1.50", False),
        "d": ("~", False),
        "e": (None, False),
        "f": ("x\n", True),
    }


def _map(node: Node) -> dict[str, Node]:
    assert isinstance(node.value, dict)
    return node.value


def test_keys_are_raw_text() -> None:
    root = parse("142: a\nyes: b\n'no': c\n010: d\nnull: e\n1.50: f\n\"\": g\n? long\n: h\n", "f")
    assert list(_map(root)) == ["142", "yes", "no", "010", "null", "1.50", "", "long"]


def test_places() -> None:
    root = parse("# первая строка\nэтап:\n  имя: '👍'\n  цвета: [a, {б: 1}]\n", "f")
    stage = _map(root)["этап"]
    assert root.keys["этап"] == Where("f", 2, 1)
    assert stage.where == Where("f", 3, 3)
    assert stage.keys == {"имя": Where("f", 3, 3), "цвета": Where("f", 4, 3)}
    assert [child.where.column for child in _map(stage)["цвета"].walk()] == [10, 11, 14, 18]


def test_plain_and_form() -> None:
    root = parse("a: [1, {b: x}]\nc: true", "f")
    assert root.plain() == {"a": [1, {"b": "x"}], "c": True}
    assert [child.form for child in root.walk()] == [
        "a map", "a list", "a number", "a map", "text", "true or false",
    ]  # fmt: skip


def test_an_alias_is_the_value_itself() -> None:
    assert parse("a: &x {n: [1]}\nb: *x\nc: &y z\nd: [*y, *y]", "f").plain() == {
        "a": {"n": [1]},
        "b": {"n": [1]},
        "c": "z",
        "d": ["z", "z"],
    }


MISTAKES: list[tuple[bytes | str, list[str]]] = [
    # whole files
    ("", ["1:1 The file is empty."]),
    ("# a remark\n", ["1:1 The file is empty."]),
    ("---\n", ["1:1 The file is empty."]),
    ("a: 1\n---\nb: 2", ["2:1 A second document begins here."]),
    ("a: 1\n...\nb: 2", ["3:1 Text stands after the end of the document, `...`."]),
    # a byte order mark and the line ends of Windows are taken as they come; places count without them
    (b"\xef\xbb\xbfa: 1\r\na: 2\r\n", ["2:1 The key `a` stands twice in this map."]),
    (b"a: 1\nb: \xcf\xf0", ["2:4 Byte 0xCF here is not UTF-8."]),
    (b"\xff\xfea\x00", ["1:1 This file is in UTF-16."]),
    (b"\x89PNG\r\n\x1a\n\x00\x00", ["3:1 This is not a text file: it holds a zero byte."]),
    (b"a: " + b"x" * 5 * 1024 * 1024, ["1:1 This file is larger than 5 MB."]),
    # characters
    ("a: x\u2028y\nb: \x07\n", [
        "1:5 Here stands a hidden line break (U+2028).",
        "2:4 Here stands a control character (U+0007).",
    ]),
    ("a: x\ufeff", ["1:5 Here stands a byte order mark (U+FEFF)."]),
    ("a: \ud83d", ["1:4 Here stands a control character (U+D83D)."]),
    ("a:\n\u00a0\u00a0b: 1", ["2:1 A key begins or ends with an invisible space."]),
    ("a:\n  b: 'x'\n\u00a0\u00a0- c", ["3:1 The line is indented with an unusual kind of space."]),
    # tabs
    ("a:\n\tb: 1", ["2:1 A tab is used for indentation."]),
    ("a:\n  b: 1\n\tc: 2", ["3:1 A tab is used for indentation."]),
    ("a: |\n \t x\n  y", ["2:2 A tab is used for indentation."]),
    # maps and lists
    ("a: 1\nb: 2\na: 3\nc: {x: 1, x: 2}", [
        "3:1 The key `a` stands twice in this map.",
        "4:11 The key `x` stands twice in this map.",
    ]),
    ("a: 1\n'a': 2", ["2:1 The key `a` stands twice in this map."]),
    ("[a]: b\n{c: 1}: d", ["1:1 A key must be one line of text.", "2:1 A key must be one line of text."]),
    (": 1", ["1:1 A key is missing before the colon."]),
    ("? \n: 1", ["1:2 A key is missing before the colon."]),
    ("a:1\nb: 2", ["2:2 No key can begin on this line."]),
    ("a: 1\n  b: 2", ["2:4 No key can begin on this line."]),
    ("a: b: c", ["1:5 A value cannot contain a colon followed by a space."]),
    ("x" * 1100 + ": 1", ["1:1101 A key cannot be longer than 1000 characters."]),
    ("a: 1\n- b", ["2:1 A list item stands among the keys of a map."]),
    ("- a\nb: c", ["2:1 This is no item of the list that began on line 1."]),
    ("a:\n    b: 1\n   c: 2", ["3:4 This line does not fit the map that began on line 1."]),
    ("a: - b", ["1:4 A list cannot begin here."]),
    ("a: 1\nb", ["2:1 This line is neither `key: value` nor an item of a list."]),
    # brackets and quotes
    ("a: [архив] x", ["1:12 Text goes on after the closing `]`."]),
    ("a: 'it's'", ["1:8 Text goes on after the closing `'`."]),
    ("a: 'x\nb: 1\n", ["1:4 The quote that opens here is never closed."]),
    ("a: 'x\n---\n'", ["1:4 The quote that opens here is not closed before `---`."]),
    ("a: [1, 2\nb: 3", ["1:4 The `[` that opens here is not closed before line 2."]),
    ("a: {b: 1\nc: 3", ["1:4 The `{` that opens here is not closed before line 2."]),
    ("a: [\"x\" y]", ["1:9 A comma or a closing bracket is missing before this."]),
    ("a: {", ["1:5 The file ends where a value or a closing bracket is expected."]),
    ("[a, , b]", ["1:5 `,` stands where a value is expected."]),
    ("a: }", ["1:4 `}` stands where a value is expected."]),
    ("{a: ${x}}", ["1:6 `${…}` inside brackets or braces needs quotes."]),
    ("a: \"\\q\"", ["1:5 `\\` in double quotes begins an escape, and this is none that YAML knows."]),
    ("a: \"\\u00zz\"", ["1:7 `\\x`, `\\u` and `\\U` need 2, 4 and 8 hexadecimal digits."]),
    ("a: \"\\uD800\"", ["1:7 This escape is no character."]),
    # signs at the beginning of a value
    ("a: [b:, c]", ["1:6 A value in brackets or braces cannot end with a colon."]),
    ("a: @x", ["1:4 A value cannot begin with `@`."]),
    ("a: %x", ["1:4 A value cannot begin with `%`."]),
    ("a: *жирный*", ["1:4 A value that begins with `*` or `&` is taken for a reference."]),
    ("a: ? b", ["1:4 A value that begins with `? ` is taken for a key."]),
    ("a: |x\n", ["1:5 Text stands on the line of `|` or `>`."]),
    ("a: |0\n x", ["1:5 The mark after | or > is wrong."]),
    ("a: &x &y z", ["1:7 This does not belong to the value before it."]),
    ("%x\n---\na: 1", ["1:1 A line cannot begin with `%`."]),
    ("%YAML 1.3\n---\na: 1", ["1:1 This file asks for a version of YAML that is not known."]),
    # tags, merge keys, references
    ("a: !env X\nb: !!str 1\nc: !!python/object {}\n!k d: 1", [
        "1:4 Tags such as `!env` are not used in a spec.",
        "2:4 Tags such as `!!str` are not used in a spec.",
        "3:4 Tags such as `!!python/object` are not used in a spec.",
        "4:1 Tags such as `!k` are not used in a spec.",
    ]),
    ("a: !e!x y", ["1:4 A value that begins with `!` is taken for a tag."]),
    ("a: &x {b: 1}\nc:\n  <<: *x", ["3:3 Merging with `<<` is not part of YAML 1.2."]),
    ("a: *x", ["1:4 `*x` refers to nothing."]),
    ("*x", ["1:1 `*x` refers to nothing."]),
    ("a: &x [*x]", ["1:8 `*x` refers to nothing."]),
    ("a: &x 1\n*x : 2", ["2:1 A key must be one line of text."]),
    ("a: &x [1]\nb: &y [*x, *x]", [
        "2:8 `*x` stands inside a block marked with `&`.",
        "2:12 `*x` stands inside a block marked with `&`.",
    ]),
    ("a: &x [" + "1, " * 999 + "1]\nb: [" + "*x, " * 20 + "]", [
        "2:41 References repeat more than 10000 values.",
    ]),
    # depth and numbers
    ("[" * 101, ["1:101 Nested more than 100 deep."]),
    ("[" * 1_000_000, ["1:101 Nested more than 100 deep."]),
    ("a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*x", ["2:64 Nested more than 100 deep."]),
    ("a: " + "9" * 200 + "\nb: 1e999", ["1:4 This number is too large.", "2:4 This number is too large."]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), MISTAKES)
def test_mistakes(text: bytes | str, problems: list[str]) -> None:
    assert said(text) == problems


def test_every_problem_says_what_to_do() -> None:
    found = [problem for text, _ in MISTAKES for problem in scan(text, "f")[1]]
    assert all(problem.todo and problem.what.endswith(".") for problem in found)


def test_both_places_of_a_duplicate_are_named() -> None:
    (problem,) = scan("a: 1\na: 2\n", "spec.yaml")[1]
    assert str(problem) == (
        "spec.yaml:2:1: The key `a` stands twice in this map.\n"
        "    Keep one of them; the first stands at spec.yaml:1:1."
    )


def test_parse_raises_every_problem() -> None:
    with pytest.raises(SpecError) as raised:
        parse("a: !x 1\na: 2", "f")
    assert [shown(problem) for problem in raised.value.problems] == [
        "1:4 Tags such as `!x` are not used in a spec.",
        "2:1 The key `a` stands twice in this map.",
    ]


def test_what_is_wrong_is_left_out_of_the_tree() -> None:
    root, problems = scan("a: 1\na: 2\n[x]: {y: 1}\nb: 3", "f")
    assert root is not None
    assert root.plain() == {"a": 1, "b": 3}
    assert len(problems) == 2


GOOD = """\
amoconf: 1
pipelines: &p
  inbound:
    name: "Входящие"   # remark
    stages: {new: {name: 'Новое', color: "#fffeb2"}, hot: [a, b]}
    text: |
      one
      two
again: *p
"""


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_problems(content: bytes) -> None:
    check(content)


@given(st.text(alphabet="ab:-?[]{}#&*!|>'\"%@`,\\ \n\t~<0.${}é\u00a0👍", max_size=80))
def test_any_signs_are_a_tree_or_problems(text: str) -> None:
    check(text)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 3), st.text(max_size=3)), max_size=4))
def test_any_change_of_a_good_file_is_a_tree_or_problems(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    check(text)


def check(content: bytes | str) -> None:
    node, problems = scan(content, "f")
    assert node is not None or problems
    whole = content if isinstance(content, str) else content.decode("utf-8", "replace")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.where is not None
        assert problem.todo
        assert 1 <= problem.where.line <= len(lines)
        assert 1 <= problem.where.column <= len(lines[problem.where.line - 1]) + 1


def test_a_long_spec_is_read_fast() -> None:
    block = "".join(f"  {line}\n" for line in GOOD.replace("&p", "").replace("*p", "x").splitlines())
    text = "".join(f"k{n}:\n{block}" for n in range(200))
    assert text.count("\n") == 2000
    started = time.process_time()
    parse(text, "f")
    assert time.process_time() - started < 0.5  # some 30 ms on a quiet machine
