"""Writing YAML: the layout people would choose, read back as the same values by every reader."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from amoconf.errors import AmoconfError
from amoconf.spec.write import Commented, Writable, write
from amoconf.spec.yamlfile import parse, scan

PLAIN = [
    "Входящие обращения", "VIP", "10m", "85%", "568FFA", "ООО \"Ромашка\"", "it's", "C:\\x",
    "a-b", "a:b", "a#b",
    "https://x.example/amo?x=${secret:X}&y", "retail/won", "fields/*.yaml", "1.2.3", "+7 (495) 123", "12 шт",
    "👍🏽", "👨‍👩‍👧", "❤️", "🇷🇺", "не", "Да", "nop", "2d", "x@y.example", "100 %", "e5", "_1", "…",
]  # fmt: skip
QUOTED = {
    "": '""',
    "on": '"on"',
    "No": '"No"',
    "YES": '"YES"',
    "y": '"y"',
    "N": '"N"',
    "true": '"true"',
    "null": '"null"',
    "~": '"~"',
    "9:30": '"9:30"',
    "12:30:45": '"12:30:45"',
    "010": '"010"',
    "832161": '"832161"',
    "-5": '"-5"',
    "1e3": '"1e3"',
    "1_000": '"1_000"',
    "0x1F": '"0x1F"',
    "0o17": '"0o17"',
    ".5": '".5"',
    ".inf": '".inf"',
    "-.INF": '"-.INF"',
    ".NaN": '".NaN"',
    "2024-01-31": '"2024-01-31"',
    "<<": '"<<"',
    "=": '"="',
    "...": '"..."',
    "--- x": '"--- x"',
    "#fffeb2": '"#fffeb2"',
    "[архив] x": '"[архив] x"',
    "*": '"*"',
    "- x": '"- x"',
    "@x": '"@x"',
    "x: y": '"x: y"',
    "x #y": '"x #y"',
    "x:": '"x:"',
    " x": '" x"',
    "x ": '"x "',
    '"x"': "'\"x\"'",
    "#\\": "'#\\'",
    "'x'": "\"'x'\"",
    "#'\"": '"#\'\\""',
    "a\tb": '"a\\tb"',
    "a\u00a0b": '"a\\xA0b"',
    "a\u202eb": '"a\\u202Eb"',
    "a\u200bb": '"a\\u200Bb"',
    "a\u200db": '"a\\u200Db"',
    "a\u2028b": '"a\\u2028b"',
    "a\x00\x7f\x85": '"a\\x00\\x7F\\x85"',
    "\ufeff": '"\\uFEFF"',
    "\uffff": '"\\uFFFF"',
    "\U000e0001": '"\\U000E0001"',
}


@pytest.mark.parametrize("text", PLAIN)
def test_texts_that_need_no_quotes(text: str) -> None:
    assert write({"a": text}) == f"a: {text}\n"


@pytest.mark.parametrize(("text", "written"), QUOTED.items())
def test_texts_that_need_quotes(text: str, written: str) -> None:
    assert write({"a": text}) == f"a: {written}\n"
    assert write([text, {text: text}]).splitlines()[1] == f"- {{{written}: {written}}}"


@pytest.mark.parametrize("text", ["a, b", "x]", "{x", "a{b}"])
def test_signs_that_need_quotes_in_braces_only(text: str) -> None:
    quoted = text if text[0] not in "{" else f'"{text}"'
    assert write({"a": text}) == f"a: {quoted}\n"
    assert write({"a": [text]}) == f'a: ["{text}"]\n'


SCALARS = [
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (12, "12"),
    (1.5, "1.5"),
    (1e22, "1.0e+22"),
    (-0.0, "-0.0"),
]


@pytest.mark.parametrize(("value", "written"), SCALARS)
def test_other_scalars(value: Writable, written: str) -> None:
    assert write({"a": value}) == f"a: {written}\n"


LAYOUTS: list[tuple[Writable, str]] = [
    ({}, "{}\n"),
    ([], "[]\n"),
    ("x: y", '"x: y"\n'),
    (None, "null\n"),
    ({"a": {}, "b": [], "c": {"d": {}, "e": []}}, """\
a: {}
b: []

c:
  d: {}
  e: []
"""),
    ({"amoconf": 1, "x": 2, "tags": {"leads": {"vip": "VIP"}}, "list": ["a", "b"], "z": 3}, """\
amoconf: 1
x: 2

tags:
  leads: {vip: VIP}

list: [a, b]
z: 3
"""),
    ({"p": {"retail": {"name": "Розница", "stages": {
        "offer": {"name": "Предложение", "was": ["КП"], "stall_limit": "3d"},
        "long": {"name": "О" * 60, "entry": "К" * 60},
        "deep": {"options": {"x": {"z": 1}}},
    }}}}, f"""\
p:
  retail:
    name: Розница
    stages:
      offer: {{name: Предложение, was: [КП], stall_limit: 3d}}
      long:
        name: {"О" * 60}
        entry: {"К" * 60}
      deep:
        options:
          x: {{z: 1}}
"""),
    ({"l": ["x" * 60, "y" * 60], "m": [{"a": 1}, {"a": {"b": {"c": 1}}, "d": 2}, [1, [2]], [], {}]}, f"""\
l:
  - {"x" * 60}
  - {"y" * 60}

m:
  - {{a: 1}}
  - a:
      b: {{c: 1}}
    d: 2
  -
    - 1
    - [2]
  - []
  - {{}}
"""),
    ({"a": {"text": "one\n\n  two\nthree", "more": "x\ny\n"}, "b": ["p\nq"],
      "c": "trailing \nx", "d": "x\n\n"}, """\
a:
  text: |-
    one

      two
    three
  more: |
    x
    y

b:
  - |-
    p
    q

c: "trailing \\nx"
d: "x\\n\\n"
"""),
    (Commented({
        "a": Commented(1, before="above\nabove too", after="beside"),
        "b": Commented(["x"], after="a\nlist"),
        "c": {"d": Commented({"e": 1}, "map"), "f": Commented("p\nq", after="text")},
        "g": [Commented("x", "first", "one"), Commented({"h": {"i": {"j": 1}}}, "second"),
              Commented({"k": {"l": {"m": 1}}}, after="third"), {"m": Commented({"o": 1}, "fourth"), "p": 1}],
    }, before="top\n\nof file"), """\
# top
#
# of file

# above
# above too
a: 1  # beside

b: [x]  # a list

c:
  # map
  d: {e: 1}
  f: |-  # text
    p
    q

g:
  # first
  - x  # one
  # second
  - h:
      i: {j: 1}
  -  # third
    k:
      l: {m: 1}
  -
    # fourth
    m: {o: 1}
    p: 1
"""),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), LAYOUTS)
def test_layout(value: Writable, text: str) -> None:
    assert write(value) == text
    assert parse(text, "f").plain() == bare(value)


def bare(value: Writable) -> object:
    """`value` without its remarks."""
    if isinstance(value, Commented):
        return bare(value.value)
    if isinstance(value, dict):
        return {key: bare(child) for key, child in value.items()}
    return [bare(child) for child in value] if isinstance(value, list) else value


def test_remarks_cannot_end_early() -> None:
    value = Commented({"a": Commented(1, "x\u2028b: 2\r\nc: 3", "y\nd: 4\x85e: 5\u202e")})
    assert write(value) == "# x\n# b: 2\n# c: 3\na: 1  # y d: 4 e: 5\\u202E\n"


def test_width() -> None:
    value: Writable = {"a": {"b": {"c": "x" * 20}}}
    assert write(value, 30) == f"a:\n  b: {{c: {'x' * 20}}}\n"
    assert write(value, 29) == f"a:\n  b:\n    c: {'x' * 20}\n"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud83d", {"\udc00": 1}])
def test_what_yaml_cannot_hold(value: Writable) -> None:
    with pytest.raises(AmoconfError, match="cannot be written"):
        write({"a": value})


WORDS = st.sampled_from(
    [*QUOTED, *PLAIN, "a, b", "a:?b", "k: [x]", "x\ny", "x\n", "\n", "  x\ny", "a\n\nb\n", "# x\n- y"]
)
TEXTS = (
    WORDS
    | st.text(max_size=12)
    | st.text(alphabet="ab:-?[]{}#&*!|>'\"%@`,\\ \n\t~<0.é\u00a0👍\u200d", max_size=12)
)
KEYS = TEXTS | st.integers(990, 1100).map(lambda length: "к" * length)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300)
@given(VALUES.filter(lambda value: value is not None))
def test_what_is_written_is_read_back(value: Writable) -> None:
    text = write(value)
    node, problems = scan(text, "f")
    assert not problems
    assert node is not None
    assert node.plain() == value
    assert repr(node.plain()) == repr(value)


@settings(max_examples=150)
@given(VALUES)
def test_other_readers_read_the_same(value: Writable) -> None:
    text = write(value)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value  # YAML 1.1
    assert YAML(typ="safe", pure=True).load(text) == value  # YAML 1.2


@settings(max_examples=100)
@given(VALUES, st.text(max_size=20), st.text(max_size=20))
def test_remarks_change_nothing(value: Writable, before: str, after: str) -> None:
    commented: Writable = {"a": Commented(value, before, after), "b": [Commented(value, before, after), 1]}
    assert parse(write(commented), "f").plain() == {"a": value, "b": [value, 1]}
