"""A spec from its files: includes, joining, variables, and what is said where they go wrong."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from amoconf.errors import Problem, SpecError
from amoconf.spec.node import SecretName, Template, escape, secrets_in
from amoconf.spec.sources import Document, read, survey

NOTHING: Mapping[str, str] = {}


def lay(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes the files; the path of `account.yaml` among them."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "account.yaml"


def load(folder: Path, files: Mapping[str, str], environment: Mapping[str, str] = NOTHING) -> Document:
    return read(lay(folder, files), environment=environment, secrets=NOTHING)


def said(folder: Path, files: Mapping[str, str], environment: Mapping[str, str] = NOTHING) -> list[str]:
    """The problems as "file:line:column what", files relative to `folder`."""
    main = lay(folder, files)
    return [shown(one, folder) for one in survey(main, environment=environment, secrets=NOTHING)[1]]


def shown(problem: Problem, folder: Path) -> str:
    place = f"{problem.where} " if problem.where else ""
    return f"{place}{problem.what}".replace(f"{folder.as_posix()}/", "")


def test_one_file(tmp_path: Path) -> None:
    document = load(tmp_path, {"account.yaml": "amoconf: 1\ntags: {leads: [VIP]}\n"})
    assert document.root.plain() == {"amoconf": 1, "tags": {"leads": ["VIP"]}}
    assert document.files == (f"{tmp_path.as_posix()}/account.yaml",)
    assert document.missing_secrets == ()


def test_maps_of_all_files_are_joined_in_the_order_listed(tmp_path: Path) -> None:
    files = {
        "account.yaml": "include: [roles.yaml, 'fields/*.yaml']\nfields: {leads: {main: 1}}\n",
        "fields/b.yaml": "fields: {leads: {b: 1}}\n",
        "fields/a.yaml": "fields: {leads: {a: 1}, contacts: {x: 1}}\n",
        "fields/.hidden.yaml": "fields: {leads: {hidden: 1}}\n",
        "fields/notes.txt": "not YAML: [",
        "roles.yaml": "roles: {boss: Шеф}\n",
    }
    document = load(tmp_path, files)
    assert list(_keys(document)) == ["fields", "roles"]
    assert document.root.plain() == {
        "fields": {"leads": {"main": 1, "a": 1, "b": 1}, "contacts": {"x": 1}},
        "roles": {"boss": "Шеф"},
    }
    names = [Path(name).relative_to(tmp_path).as_posix() for name in document.files]
    assert names == ["account.yaml", "roles.yaml", "fields/a.yaml", "fields/b.yaml"]


def _keys(document: Document) -> Mapping[str, object]:
    assert isinstance(document.root.value, dict)
    return document.root.value


def test_joined_keys_keep_their_places(tmp_path: Path) -> None:
    document = load(tmp_path, {"account.yaml": "include: [a.yaml]\nt: {x: 1}\n", "a.yaml": "\nt:\n  y: 2\n"})
    joined = document.root.get("t")
    assert joined is not None
    assert [str(where).rpartition("/")[2] for where in joined.keys.values()] == [
        "a.yaml:3:3",
        "account.yaml:2:5",
    ]


PATTERNS = [
    ("**/*.yaml", ["a.yaml", "x/b.yaml", "x/y/c.yaml"]),
    ("x/**/*.yaml", ["x/b.yaml", "x/y/c.yaml"]),
    ("*/?.yaml", ["x/b.yaml"]),
    ("x/../a.yaml", ["x/../a.yaml"]),
    ("./x//[ab].yaml", ["x/b.yaml"]),
    ("x/y/*", ["x/y/c.yaml"]),
]


@pytest.mark.parametrize(("pattern", "names"), PATTERNS)
def test_patterns(tmp_path: Path, pattern: str, names: list[str]) -> None:
    files = {"a.yaml": "a: 1", "x/b.yaml": "b: 1", "x/y/c.yaml": "c: 1"}
    main = lay(tmp_path / "spec", files).with_name("main.yml")
    main.write_text(f"include: ['{pattern}']")
    document = read(main, environment=NOTHING, secrets=NOTHING)
    assert [Path(name).relative_to(main.parent).as_posix() for name in document.files[1:]] == names


INCLUDES: list[tuple[dict[str, str], list[str]]] = [
    ({"account.yaml": "include: roles.yaml"}, [
        "account.yaml:1:10 `include` is a list of files, and here stands text.",
    ]),
    ({"account.yaml": "include: [1, '']"}, [
        "account.yaml:1:11 A file is expected, and here stands a number.",
        "account.yaml:1:14 A file is expected, and here stands text.",
    ]),
    ({"account.yaml": "include: [no.yaml, 'x/*.yaml', 'y/*.yaml', x]", "x/a.txt": ""}, [
        "account.yaml:1:11 No file matches `no.yaml`.",
        "account.yaml:1:20 No file matches `x/*.yaml`.",
        "account.yaml:1:32 No file matches `y/*.yaml`.",
        "account.yaml:1:44 x is a folder.",
    ]),
    ({"account.yaml": "include: [/etc/hosts, 'C:/x', 'a\\b', '${x}.yaml', \"a\\0b\"]"}, [
        "account.yaml:1:11 `include` takes no absolute paths.",
        "account.yaml:1:23 `include` takes no absolute paths.",
        "account.yaml:1:31 A path in `include` has `\\` in it.",
        "account.yaml:1:38 `include` takes no variables.",
        "account.yaml:1:51 A path cannot hold a zero character.",
    ]),
    ({"account.yaml": "include: [a.yaml, a.yaml, '*.yaml']", "a.yaml": "a: 1"}, [
        "account.yaml:1:19 a.yaml is included, and was read before: included at account.yaml:1:11.",
        "account.yaml:1:27 a.yaml is included, and was read before: included at account.yaml:1:11.",
        "account.yaml:1:27 account.yaml is included, and was read before: the main file.",
    ]),
    ({"account.yaml": "include: [a.yaml]", "a.yaml": "b: 1\ninclude: [account.yaml]"}, [
        "a.yaml:2:1 Only the main file includes others.",
    ]),
    ({"account.yaml": "include: [a, b, c]", "a": "- x", "b": "", "c": "a: [\n"}, [
        "a:1:1 A spec is a map, and this is a list.",
        "b:1:1 The file is empty.",
        "c:2:1 The file ends where a value or a closing bracket is expected.",
    ]),
    ({"account.yaml": "x: {n: 1, l: [1], m: {}}\ninclude: [a.yaml]", "a.yaml": "x: {n: 1, l: [2], m: 1}"}, [
        "a.yaml:1:5 The key `n` is written in two files.",
        "a.yaml:1:11 The key `l` is written in two files.",
        "a.yaml:1:19 The key `m` is written in two files.",
    ]),
    ({"account.yaml": "a: 1\na: 2\ninclude: [a.yaml]\nb: ${x}", "a.yaml": "b: 1\nc: ${y}\nc: 2"}, [
        "account.yaml:2:1 The key `a` stands twice in this map.",
        "account.yaml:4:4 There is no variable `x`.",
        "a.yaml:1:1 The key `b` is written in two files.",
        "a.yaml:2:4 There is no variable `y`.",
        "a.yaml:3:1 The key `c` stands twice in this map.",
    ]),
    ({"account.yaml": "[1"}, ["account.yaml:1:3 A comma or a closing bracket is missing before this."]),
    ({"account.yaml": "just text"}, ["account.yaml:1:1 A spec is a map, and this is text."]),
    ({"other.yaml": ""}, ["account.yaml There is no file account.yaml."]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "problems"), INCLUDES)
def test_includes_that_go_wrong(tmp_path: Path, files: dict[str, str], problems: list[str]) -> None:
    assert said(tmp_path, files) == problems


def test_files_stay_below_the_folder_of_the_spec(tmp_path: Path) -> None:
    lay(tmp_path, {"outside.yaml": "a: 1", "spec/inside.yaml": "b: 1"})
    folder = tmp_path / "spec"
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "up").symlink_to(tmp_path)
    (folder / "fine.yaml").symlink_to(folder / "inside.yaml")
    text = "include: [../outside.yaml, link.yaml, up/outside.yaml, fine.yaml]"
    assert said(folder, {"account.yaml": text}) == [
        "account.yaml:1:11 ../outside.yaml lies outside the folder of the spec.",
        "account.yaml:1:28 link.yaml lies outside the folder of the spec.",
        "account.yaml:1:39 up/outside.yaml lies outside the folder of the spec.",
    ]


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "deleted.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    first, second, third = said(tmp_path, {"account.yaml": "include: [loop.yaml, gone.yaml, pipe.yaml]"})
    assert first.startswith("account.yaml:1:11 `loop.yaml` cannot be followed")
    assert second == "account.yaml:1:22 There is no file gone.yaml."
    assert third == "account.yaml:1:33 pipe.yaml is not a regular file."


def test_a_folder_as_the_main_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="is a folder"):
        read(tmp_path, environment=NOTHING, secrets=NOTHING)


def test_an_include_that_cannot_be_opened(tmp_path: Path) -> None:
    main = lay(tmp_path, {"account.yaml": "include: [x/a.yaml/*]", "x/a.yaml": "a: 1"})
    with pytest.raises(SpecError, match=r"1:11: `x/a\.yaml/\*` cannot be followed"):
        read(main, environment=NOTHING, secrets=NOTHING)


def test_the_revision_is_that_of_all_files(tmp_path: Path) -> None:
    files = {"account.yaml": "include: [a.yaml]\n", "a.yaml": "a: 1\n"}
    first = load(tmp_path, files).revision
    assert first == load(tmp_path, files).revision
    assert len(first) == 64
    assert first != load(tmp_path, {**files, "a.yaml": "a: 1 # same\n"}).revision
    assert first != load(tmp_path, {**files, "account.yaml": "include: [a.yaml]\n\n"}).revision


VARIABLES = (
    "variables: {name: СтройМаркет, count: 2, code: '010', old: 010, yes: true, both: '${name} ${count}'}\n"
)
FILLED = [
    ("${name}", "СтройМаркет"),
    ("ООО ${name}, ${count} шт.", "ООО СтройМаркет, 2 шт."),
    ("${count}", 2),
    ('"${count}"', "2"),
    ("${code}", "010"),
    ("${old}", 10),
    ("x${old}", "x010"),
    ("${yes}", True),
    ("${both}!", "СтройМаркет 2!"),
    ("${env:CITY}", "Пенза"),
    ("г. ${env:CITY}", "г. Пенза"),
    ("${env:NUMBER}", 17),
    ('"${env:NUMBER}"', "17"),
    ("${env:EMPTY}", ""),
    ("${env:LONG}", "9" * 200),
    ("${env:DOLLAR}", "${name}"),
    ("$${name}", "${name}"),
    ("$$${name}", "$${name}"),
    ("5 $ {x}", "5 $ {x}"),
    ("|\n  ${name}\n", "СтройМаркет\n"),
    ("[ '${name}', {x: '${count}'} ]", ["СтройМаркет", {"x": "2"}]),
]
ENVIRONMENT = {
    "AMOCONF_VAR_CITY": "Пенза",
    "AMOCONF_VAR_NUMBER": "17",
    "AMOCONF_VAR_EMPTY": "",
    "AMOCONF_VAR_LONG": "9" * 200,
    "AMOCONF_VAR_DOLLAR": "${name}",
    "SECRET_OF_CI": "x",
}


@pytest.mark.parametrize(("written", "value"), FILLED)
def test_variables(tmp_path: Path, written: str, value: object) -> None:
    document = load(tmp_path, {"account.yaml": f"{VARIABLES}a: {written}\n"}, ENVIRONMENT)
    assert document.root.plain() == {"a": value}


def test_a_filled_in_value_remembers_its_text_and_place(tmp_path: Path) -> None:
    node = load(tmp_path, {"account.yaml": f"{VARIABLES}a: ${{old}}\n"}).root.get("a")
    assert node is not None
    assert (node.text, node.quoted, str(node.where)[-4:]) == ("010", False, ":2:4")


def test_variables_of_included_files_count_everywhere(tmp_path: Path) -> None:
    files = {"account.yaml": "include: [v.yaml]\na: ${x}", "v.yaml": "variables: {x: 1}"}
    assert load(tmp_path, files).root.plain() == {"a": 1}


REFERENCES = [
    ("a: ${compani}", ["2:4 There is no variable `compani`."]),
    ("a: '${company} ${x} ${y}'", ["2:4 There is no variable `x`."]),
    ("a: ${env:CITY}", ["2:4 `${env:CITY}` is not set."]),
    ("a: ${env:PATH}", ["2:4 `${env:PATH}` is not set."]),
    ("a: ${env:A B}", ["2:4 `${env:A B}` is no variable."]),
    ("a: ${vault:x}", ["2:4 `${vault:x}` is no variable."]),
    ("a: '${}'", ["2:4 `${}` is no variable."]),
    ("a: '${company'", ["2:4 `${` is no variable."]),
    ("${company}: x\n'k${secret:X}': y", [
        "2:1 The key `${company}` holds a variable, and keys take none.",
        "3:1 The key `k${secret:X}` holds a variable, and keys take none.",
    ]),
    ("x: &r {y: '${no}'}\nz: [*r, *r]", ["2:11 There is no variable `no`."]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), REFERENCES)
def test_references_that_go_wrong(tmp_path: Path, text: str, problems: list[str]) -> None:
    found = said(tmp_path, {"account.yaml": f"variables: {{company: x}}\n{text}\n"}, {"PATH": "/bin"})
    assert found == [f"account.yaml:{problem}" for problem in problems]


def test_what_to_do_about_a_missing_variable(tmp_path: Path) -> None:
    text = "variables: {company: x}\na: ${compani}\nb: ${zzz}\nc: ${env:CITY}\n"
    main = lay(tmp_path, {"account.yaml": text})
    found = survey(main, environment=NOTHING, secrets=NOTHING)[1]
    assert [problem.todo for problem in found] == [
        "Did you mean `company`?",
        "Add it to `variables`.",
        "Set AMOCONF_VAR_CITY.",
    ]


DEFINITIONS = [
    ("variables: [a]", ["1:12 `variables` is a map, and here stands a list."]),
    ("variables: {1x: a}", ["1:13 `1x` is no name for a variable."]),
    ("variables: {x: [a], y: {}, z: }\na: ${x}${y}", [
        "1:16 The variable `x` holds a list.",
        "1:24 The variable `y` holds a map.",
        "1:31 The variable `z` holds nothing.",
    ]),
    ("variables:\n  a: ${b}\n  b: x${c}\n  c: ${a}\nd: ${a}", [
        "4:6 Variables refer to one another in a loop: a → b → c → a.",
    ]),
    ("variables:\n  a: ${a}", ["2:6 Variables refer to one another in a loop: a → a."]),
    ("variables:\n  a: ${no}\n  b: ${a}\nc: ${b}", ["2:6 There is no variable `no`."]),
    ("variables:\n" + "".join(f"  v{n}: ${{v{n + 1}}}\n" for n in range(40)) + "  v40: x", [
        "22:8 More than 20 variables refer to one another in a chain.",
    ]),
    ("variables:\n  v0: " + "x" * 1000 + "\n"
     + "".join(f"  v{n + 1}: " + f"${{v{n}}}" * 10 + "\n" for n in range(9)), [
        "6:7 Variables fill in more than 5 MB of text.",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), DEFINITIONS)
def test_definitions_that_go_wrong(tmp_path: Path, text: str, problems: list[str]) -> None:
    assert said(tmp_path, {"account.yaml": text}) == [f"account.yaml:{problem}" for problem in problems]


def test_keys_may_hold_an_escaped_dollar(tmp_path: Path) -> None:
    root = load(tmp_path, {"account.yaml": "$${x}: {a: 1}\n"}).root
    assert root.plain() == {"${x}": {"a": 1}}
    assert str(root.keys["${x}"]).endswith(":1:1")


def test_secrets_stay_names(tmp_path: Path) -> None:
    text = (
        "variables: {hook: 'https://x.example/${secret:A}'}\n"
        "u: '${hook}?k=${secret:B}&d=$${x}'\n"
        "v: [{w: '${secret:A}'}]\n"
    )
    main = lay(tmp_path, {"account.yaml": text})
    document = read(main, environment=NOTHING, secrets={"A": "hush-hush"})
    node = document.root.get("u")
    assert node is not None
    assert node.value == Template(("https://x.example/", SecretName("A"), "?k=", SecretName("B"), "&d=${x}"))
    assert str(node.value) == "https://x.example/${secret:A}?k=${secret:B}&d=${x}"
    assert [(name, str(where)[-4:]) for name, where in secrets_in(document.root)] == [
        ("A", ":2:4"), ("B", ":2:4"), ("A", ":3:9"),
    ]  # fmt: skip
    assert document.missing_secrets == ("B",)
    assert "hush-hush" not in repr(document)


def test_a_template_can_be_written_and_read_again(tmp_path: Path) -> None:
    template = Template(("a${b} ", SecretName("X"), " $"))
    document = load(tmp_path, {"account.yaml": f'a: "{template.source}"\nb: "{escape("${x} $${y}")}"\n'})
    assert document.root.plain() == {"a": template, "b": "${x} $${y}"}
