"""The JSON Schema: fresh, sound, told in words, and of one mind with the loader about structure."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from amoconf.errors import SpecError, Where
from amoconf.kind import Kind
from amoconf.kinds import KINDS
from amoconf.schema import build, text
from amoconf.sections import MARKS
from amoconf.spec.load import _settings, _things, _version, load
from amoconf.spec.node import Node
from amoconf.spec.schemacheck import check, refusals
from amoconf.spec.things import Reader
from amoconf.spec.yamlfile import parse
from amoconf.values import normal

ROOT = Path(__file__).parents[1]
SCHEMA = build()
HEAD = {"amoconf": 1, "account": {"subdomain": "acme"}}
PLACE = Where("spec.yaml", 1, 1)


def node(value: Any) -> Node:
    """A plain document as the loader sees it."""
    if isinstance(value, dict):
        return Node({key: node(item) for key, item in value.items()}, PLACE, keys=dict.fromkeys(value, PLACE))
    if isinstance(value, list):
        return Node([node(item) for item in value], PLACE)
    return Node(value, PLACE, str(value), isinstance(value, str))


def structure(document: Any) -> list[Any]:
    """What the loader says of the structure alone, before it looks at references."""
    root = node(document)
    reader = Reader(lambda template: None)
    _version(root, reader.notes)
    _settings(root, reader.notes)
    _things(root, reader)
    return reader.notes.problems


def test_the_committed_schema_is_fresh() -> None:
    committed = (ROOT / "schemas" / "account.schema.json").read_text(encoding="utf-8")
    assert committed == text(), "run: python -m amoconf.schema > schemas/account.schema.json"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def body(kind: Kind) -> Any:
    """The map of a thing in the schema."""
    thing = SCHEMA["$defs"][kind.name]
    return thing["anyOf"][-1]["properties"] if "properties" not in thing else thing["properties"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_everything_says_in_two_languages_what_it_is(kind: Kind) -> None:
    assert SCHEMA["$defs"][f"{kind.name}s"]["description"] == " — ".join(kind.about)
    assert all(kind.about)
    for attr in (*kind.attrs, *kind.extras, *MARKS):
        inner = {"properties": body(kind)}
        if attr.inner or (attr in MARKS and attr.name not in inner["properties"]):
            continue
        for part in attr.name.split("."):
            inner = inner["properties"][part]
        assert all(attr.about)
        assert inner["description"] == " — ".join(attr.about)


def undescribed(schema: Any, path: str = "") -> Iterator[str]:
    """Places of keys that an editor has no words for."""
    if isinstance(schema, list):
        for item in schema:
            yield from undescribed(item, path)
    elif isinstance(schema, dict):
        for key, item in schema.get("properties", {}).items():
            words = item.get("description", "") if isinstance(item, dict) else ""
            if "$ref" not in item and not re.search("[а-яё]", words):
                yield f"{path}/{key}"
        for key, item in schema.items():
            if key not in ("if", "then", "not"):
                yield from undescribed(item, f"{path}/{key}")


def test_every_key_is_explained_in_two_languages() -> None:
    places = [path for path in undescribed(SCHEMA) if not path.startswith("/properties/manage/")]
    assert not places


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_an_example_that_is_good(kind: Kind) -> None:
    assert kind.example
    schema = {"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{kind.name}"}
    assert not list(Draft202012Validator(schema).iter_errors(kind.example))


def test_palettes_are_listed() -> None:
    colour = SCHEMA["$defs"]["stage"]["anyOf"][1]["properties"]["color"]
    assert "#fffeb2" in colour["anyOf"][0]["enum"]
    assert colour["examples"]


GOOD = """
pipelines: {p: {}}
---
pipelines: [Розница, Опт]
---
pipelines: {p: {main: true, unsorted: false, stages: [a, b], won: Оплачено, lost: {name: Отказ, hints: {newbie: x}}}}
---
pipelines: {p: {stages: {a: {name: A, color: "#fffeb2", stall_limit: 10m, entry: x}, b: Б, unsorted: {hints: {}}}}}
---
pipelines: {p: {stages: {a: {color: "#FFFEB2"}}}}
---
pipelines: {p: {stages: {a: {absent: why, move_deals_to: b}, b: {}}}}
---
fields: {leads: {city: {type: select, options: [Пенза, "010"], required_at: []}}}
---
fields: {leads: {city: {archived: why}}}
---
fields: {leads: []}
---
fields: {leads: {city: {type: text, convert: {values: {A: [a, b]}, otherwise: {option: A}, unsorted: wait}}}}
---
fields: {leads: {brand: {type: select, options: {a: А, b: {name: Б, was: [Beta], code: b}}, convert: {values: auto}}}}
---
tags: {leads: {vip: {color: "832161"}, опт/розница: {}}}
---
task_types: {a: {color: 568ffA, icon: 5}, b: Б}
---
roles: {m: {rights: {leads: {view: group, add: all}, mail: true}, stages: {p/*: none, p/won: {view: all}}, catalogs: {c: {view: linked}}}}
---
users: {a@b.example: m, c@b.example: {role: m, group: Опт, archived: gone}}
---
integrations: {widgets: {mango: installed, old: {absent: why}, x: {settings: {login: a, any: [1]}}}, webhooks: {}}
---
integrations: {webhooks: {erp: {url: "https://erp.example/amo", events: [add_lead]}}}
---
catalogs: {c: {type: products, fields: {w: {type: numeric}}, field_groups: [A]}}
---
manage: {tags/leads: all, pipelines: listed}
---
allow_undocumented: [task_types]
---
policy: {admins: {max: 2, allow: [a]}, brakes: {field/leads: {objects: 1, share: 50%}}, audit: {C01: {warn: 12}, D02: off}}
---
kpi: {first_response: {calls: 10m, share: 85%}, next_step_coverage: 100%}
---
manual: {calls: {title: T, every: 90d}}
---
defaults: {archive_prefix: "[a] ", language: en}
"""
BAD = """
amoconf: 2
---
amoconf: true
---
amoconf: 1.0
---
account: {}
---
account: {subdomain: ""}
---
account: {subdomain: 5}
---
account: {subdomain: acme, id: "5"}
---
account: {subdomain: acme, id: 5.0}
---
account: {subdomain: acme, domain: example.ru}
---
account: acme
---
pipes: {}
---
pipelines:
---
pipelines: text
---
pipelines: {p: }
---
pipelines: {p: []}
---
pipelines: {p/q: {}}
---
pipelines: [p/q]
---
pipelines: [5]
---
pipelines: [a, a]
---
pipelines: {" ": {}}
---
pipelines: {p: {main: yes}}
---
pipelines: {p: {in_archive: true}}
---
pipelines: {p: {stages: {a: {color: "#123456"}}}}
---
pipelines: {p: {stages: {a: {color: "#FfFeB2"}}}}
---
pipelines: {p: {stages: {a: {stall_limit: 10}}}}
---
pipelines: {p: {stages: {a: {stall_limit: 10 m}}}}
---
pipelines: {p: {stages: {a: {stall_limit: "2d\\n"}}}}
---
pipelines: {p: {stages: {a: {hints: {expert: x}}}}}
---
pipelines: {p: {stages: {a: {hints: x}}}}
---
pipelines: {p: {stages: {a: 5}}}
---
pipelines: {p: {won: 5}}
---
pipelines: {p: {archived: a, absent: b}}
---
pipelines: {p: {archived: a, protected: true}}
---
pipelines: {p: {was: [a, a]}}
---
pipelines: {p: {was: a}}
---
pipelines: {p: {twin: "1"}}
---
pipelines: {p: {twin: 0}}
---
field_groups: {segments: {}}
---
field_groups: {leads: {g: {archived: x}}}
---
field_groups: [a]
---
fields: {leads: {city: {}}}
---
fields: {leads: {city: Город}}
---
fields: {leads: [Город]}
---
fields: {leads: {city: {type: strange}}}
---
fields: {leads: {city: {type: select, options: [1]}}}
---
fields: {leads: {city: {type: select, options: text}}}
---
fields: {leads: {city: {type: text, required_at: a/b}}}
---
fields: {leads: {city: {type: text, required_at: [a/b, a/b]}}}
---
fields: {leads: {city: {type: text, convert: yes}}}
---
fields: {leads: {city: {type: text, convert: {values: {A: a}}}}}
---
fields: {leads: {city: {type: text, convert: {value: auto}}}}
---
tags: {leads: {vip: {colour: FFCE5A}}}
---
tags: {deals: {}}
---
tags: {leads: {vip: {color: 832161}}}
---
task_types: {a: {color: red}}
---
task_types: {a: {icon: 5.0}}
---
roles: {m: {rights: {leads: {view: some}}}}
---
roles: {m: {rights: {leads: {add: group}}}}
---
roles: {m: {rights: {mail: all}}}
---
roles: {m: {stages: {p/*: some}}}
---
roles: {m: {stages: {p/*: {add: all}}}}
---
roles: {m: {stages: [p/*]}}
---
users: {a@b.example: {active: true}}
---
integrations: {widgets: {mango: on}}
---
integrations: {widgets: {mango: {archived: x}}}
---
integrations: {webhooks: {erp: "https://erp.example"}}
---
integrations: {webhooks: {erp: {url: ftp://erp.example, events: []}}}
---
integrations: {webhooks: {erp: {url: "https://erp.example"}}}
---
integrations: {webhooks: {erp: {url: "https://erp.example", events: [sing]}}}
---
integrations: {hooks: {}}
---
integrations: []
---
manage: {tags: all}
---
manage: {catalogs: all}
---
manage: {tags/leads: some}
---
manage: all
---
allow_undocumented: [fields]
---
allow_undocumented: task_types
---
policy: {admins: 2}
---
policy: {brakes: {field/leads: {share: 150%}}}
---
policy: {brakes: {field/leads: {objects: true}}}
---
policy: {audit: {C01: 5}}
---
kpi: {first_response: {calls: 10}}
---
kpi: {win_rate: 101%}
---
kpi: {win_rate: 5}
---
manual: {calls: {title: T}}
---
manual: [calls]
---
defaults: {archive_prefix: " "}
---
defaults: {language: fr}
"""


def documents(table: str) -> list[Any]:
    """The documents of a table, each with the head that every spec needs unless it brings its own."""
    found = [parse(part.strip(), "table.yaml").plain() for part in table.split("---")]
    return [{**HEAD, **part} for part in found if isinstance(part, dict)]


@pytest.mark.parametrize("document", documents(GOOD), ids=str)
def test_good_documents(document: Any) -> None:
    assert structure(document) == []
    assert list(refusals(document)) == []


@pytest.mark.parametrize("document", documents(BAD), ids=str)
def test_bad_documents(document: Any) -> None:
    assert structure(document)
    assert list(refusals(document))
    with pytest.raises(SpecError):
        load(node(document))


def test_a_disagreement_is_told_with_its_place() -> None:
    root = parse("amoconf: 1\naccount:\n  subdomain: acme\npipelines:\n  p: {main: perhaps}\n", "spec.yaml")
    with pytest.raises(SpecError) as caught:
        check(root)
    assert str(caught.value.problems[0].where) == "spec.yaml:5:13"
    assert "fault of amoconf" in caught.value.problems[0].todo


def test_names_in_another_normal_form_are_good() -> None:
    decomposed = "и\u0306"
    root = node({**HEAD, "pipelines": {"p": {"name": decomposed * 200}}})
    load(root)
    check(root)


TEXTS = [
    *(
        "a",
        "b",
        "Пенза",
        "p/s",
        "p/*",
        "10m",
        "2d",
        "85%",
        "101%",
        "#fffeb2",
        "FFCE5A",
        "832161",
        "off",
        "all",
    ),
    *(
        "none",
        "own",
        "linked",
        "installed",
        "text",
        "select",
        "https://a.example",
        "add_lead",
        "auto",
        " ",
        "",
    ),
    *("listed", "ru", "amocrm.ru", "task_types", "2d\n", "٣d", "я" * 256, "a/b", "keep", "wait"),
]
KEYS = ["a", "b", "Пенза", "p/s", "name", "x@y.example", "won", "C01"]
JUNK = st.sampled_from([None, True, 0, 5, 1.0, 2.5, [], {}, ["a"], {"a": "b"}, [None], *TEXTS])


def guessed(schema: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Documents that mostly fit a schema, and now and then do not."""
    fitting = st.deferred(lambda: fit(schema, depth))
    return st.integers(0, 11).flatmap(lambda luck: JUNK if luck == 0 and depth else fitting)


def fit(schema: Any, depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return fit(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], depth)
    if "anyOf" in schema and "properties" not in schema:
        return st.one_of([fit(one, depth) for one in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    form = schema.get("type", "string")
    makers: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "object": lambda: maps(schema, depth),
        "array": lambda: st.lists(
            guessed(schema.get("items", {}), depth + 1), max_size=schema.get("maxItems", 2)
        ),
        "string": lambda: st.sampled_from(TEXTS),
        "integer": lambda: st.sampled_from([0, 1, 7]),
        "boolean": st.booleans,
    }
    return makers[form]() if isinstance(form, str) else st.sampled_from(["a", 1, True])


def maps(schema: Any, depth: int) -> st.SearchStrategy[Any]:
    known = {
        key: inner
        for key, inner in schema.get("properties", {}).items()
        if key not in ("include", "variables")
    }
    must = schema.get("required", ())
    free = schema.get("additionalProperties", False)

    @st.composite
    def draw_map(draw: Any) -> Any:
        chosen = [key for key in known if key in must or (draw(st.integers(0, 4)) == 0)]
        document = {key: draw(guessed(known[key], depth + 1)) for key in chosen}
        if free is not False:
            keys = draw(st.lists(st.sampled_from(KEYS), max_size=2, unique=True))
            document |= {key: draw(guessed(free, depth + 1)) for key in keys}
        elif draw(st.integers(0, 29)) == 0:
            document[draw(st.sampled_from(KEYS))] = draw(JUNK)
        return document

    return draw_map()


def spelled_twice(value: Any) -> bool:
    """Two spellings of one name in a list or map: only the loader normalises names before it compares them."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    names = [item for item in value if isinstance(item, str)] if inner else []
    twice = len({normal(name) for name in names}) < len(set(names))
    return twice or any(spelled_twice(item) for item in inner)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(guessed(SCHEMA))
def test_loader_and_schema_agree(document: Any) -> None:
    assume(not spelled_twice(document))
    said = structure(document)
    refused = [error.message for error in refusals(document)]
    assert bool(said) == bool(refused), (document, said, refused)
