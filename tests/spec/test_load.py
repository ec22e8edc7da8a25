"""Specs that cannot be used and specs that can: every problem at once, each at its place."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amoconf.errors import Problem, SpecError
from amoconf.kinds import KINDS
from amoconf.model import Account
from amoconf.sections import MARKS, SECTIONS
from amoconf.spec.load import OWN, load
from amoconf.spec.node import Node
from amoconf.spec.sources import read
from amoconf.spec.variables import fill_in
from amoconf.spec.yamlfile import scan
from amoconf.values import Address

# Blocks of a title, a spec and its problems; `script/test --update` rewrites the problems.
BROKEN = Path(__file__).with_name("broken_specs.txt")
HEAD = "amoconf: 1\naccount: {subdomain: case}\n"


def blocks() -> dict[str, tuple[str, str]]:
    """Title → spec, problems."""
    found = {}
    for block in BROKEN.read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, rest = block.partition("\n")
        spec, _, problems = rest.partition("\n---\n")
        found[title] = (f"{spec}\n", problems.strip())
    return found


BLOCKS = blocks()


def loaded(text: str, folder: Path) -> Account:
    """What a spec wants."""
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return load(read(path, environment={}, secrets={}).root)


def problems(text: str, folder: Path) -> tuple[Problem, ...]:
    """What is wrong with a spec."""
    try:
        loaded(text, folder)
    except SpecError as error:
        return tuple(error.problems)
    return ()


def faults(root: Node) -> tuple[Problem, ...]:
    """What is wrong with a tree; one that is good has no two things of one address."""
    try:
        account = load(root)
    except SpecError as error:
        return tuple(error.problems)
    assert len(account.index) == len(account.resources)
    return ()


def told(text: str, folder: Path) -> str:
    """Problems as lines: line, column, what, what to do."""
    rows = []
    for item in problems(text, folder):
        place = f"{item.where.line}:{item.where.column}" if item.where else "nowhere"
        rows.append(f"{place} {item.what}{f' | {item.todo}' if item.todo else ''}")
    return "\n".join(rows).replace(f"{folder.as_posix()}/", "")


@pytest.mark.parametrize("title", BLOCKS)
def test_broken_spec(title: str, tmp_path: Path) -> None:
    spec, expected = BLOCKS[title]
    found = told(spec, tmp_path)
    if os.environ.get("AMOCONF_UPDATE_GOLDEN"):
        BLOCKS[title] = (spec, found)
        text = "\n".join(f"=== {key}\n{body}---\n{lines}\n" for key, (body, lines) in BLOCKS.items())
        BROKEN.write_text(text, encoding="utf-8")
        expected = found
    assert found == expected
    assert found


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    spec = f"""{HEAD}tags: {{leads: [а, а]}}
roles: {{boss: {{rights: {{mail: yes}}}}}}
fields:
  leads:
    city: {{type: select}}
pipeline: {{}}
kpi: {{overdue_tasks: many}}
"""
    found = [item.where.line for item in problems(spec, tmp_path) if item.where]
    assert found == [3, 4, 7, 8, 9]


def test_a_problem_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "roles.yaml").write_text("roles: {boss: {rights: {mail: yes}}}\n", encoding="utf-8")
    found = problems(f"{HEAD}include: [roles.yaml]\n", tmp_path)
    assert [Path(item.where.file).name for item in found if item.where] == ["roles.yaml"]


GOOD = f"""{HEAD}defaults: {{stage_hint: "{{entry}}. Не дольше {{stall_limit}}."}}
pipelines:
  retail:
    name: Розница
    stages:
      new: {{name: Новая, stall_limit: 10m, entry: Пришла заявка}}
      talk: Переговоры
      old: {{name: Думает, absent: не этап, move_deals_to: talk}}
    won: Продано
fields:
  leads:
    city: {{name: Город, type: select, options: [Пенза, Москва], required_at: [retail/new, retail/lost]}}
task_types: {{Замер: {{}}, offer: Отправить КП}}
tags: {{leads: [VIP, Опт]}}
users: {{petrov@case.example: boss}}
roles: {{boss: {{name: Начальник, rights: {{leads: {{view: all}}}}, stages: {{retail/*: {{view: all}}}}}}}}
integrations: {{widgets: {{phone: installed}}}}
catalogs: {{equipment: {{name: Оборудование, fields: {{warranty: {{type: numeric}}}}}}}}
"""


def test_keys_names_and_short_forms(tmp_path: Path) -> None:
    account = loaded(GOOD, tmp_path)
    names = {str(item.address): item.attrs.get("name") for item in account.resources}
    assert names["task_type/Замер"] == "Замер"
    assert names["task_type/offer"] == "Отправить КП"
    assert names["tag/leads/VIP"] == "VIP"
    assert names["stage/retail/talk"] == "Переговоры"
    assert names["stage/retail/won"] == "Продано"
    assert names["option/leads/city/Пенза"] == "Пенза"
    assert names["field/catalogs/equipment/warranty"] == "warranty"
    assert account.index[Address("user", ("petrov@case.example",))].attrs["role"] == Address(
        "role", ("boss",)
    )


def test_what_is_left_out_is_not_there(tmp_path: Path) -> None:
    field = loaded(GOOD, tmp_path).index[Address("field", ("leads", "city"))]
    assert set(field.attrs) == {"name", "type", "required_at"}


def test_references_become_addresses_in_an_order_of_their_own(tmp_path: Path) -> None:
    field = loaded(GOOD, tmp_path).index[Address("field", ("leads", "city"))]
    assert field.attrs["required_at"] == (
        Address("stage", ("retail", "lost")),
        Address("stage", ("retail", "new")),
    )
    old = loaded(GOOD, tmp_path).index[Address("stage", ("retail", "old"))]
    assert old.marks.extras == {"move_deals_to": Address("stage", ("retail", "talk"))}


def test_the_hint_for_newcomers_comes_from_the_template(tmp_path: Path) -> None:
    account = loaded(GOOD, tmp_path)
    assert account.index[Address("stage", ("retail", "new"))].attrs["hints.newbie"] == (
        "Пришла заявка. Не дольше 10 мин."
    )
    assert "hints.newbie" not in account.index[Address("stage", ("retail", "talk"))].attrs


def test_a_template_of_which_nothing_is_left_gives_no_hint(tmp_path: Path) -> None:
    spec = GOOD.replace("{entry}. Не дольше {stall_limit}.", "Критерий: {entry}.").replace(
        ", entry: Пришла заявка", ""
    )
    stage = loaded(spec, tmp_path).index[Address("stage", ("retail", "new"))]
    assert "hints.newbie" not in stage.attrs


def test_a_hint_longer_than_the_service_takes_is_told(tmp_path: Path) -> None:
    spec = GOOD.replace("Пришла заявка", "о" * 990)
    assert "longer than 1000 characters" in told(spec, tmp_path)


def test_every_kind_can_be_written_down(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples/account.yaml"
    kinds = {item.address.kind for item in load(read(example, environment={}, secrets={}).root).resources}
    assert kinds == set(KINDS)


WORDS = sorted(
    {
        *OWN,
        *(home.key.split(".")[0] for kind in KINDS.values() for home in kind.homes),
        *(home.key.split(".")[-1] for kind in KINDS.values() for home in kind.homes),
        *(scope for kind in KINDS.values() for home in kind.homes for scope in home.scopes),
        *(part for kind in KINDS.values() for attr in kind.attrs for part in attr.name.split(".")),
        *(attr.name for kind in KINDS.values() for attr in kind.extras),
        *(attr.name for attr in MARKS),
        *(attr.name.split(".")[0] for attrs in SECTIONS.values() for attr in attrs),
        *(
            "retail",
            "new",
            "won",
            "lost",
            "unsorted",
            "default",
            "retail/new",
            "retail/*",
            "a@case.example",
            "leads",
        ),
    }
)
VALUES = st.one_of(
    st.sampled_from(
        [*WORDS, "all", "none", "text", "select", "category", "10m", "85%", "installed", "${secret:X}"]
    ),
    st.none(),
    st.booleans(),
    st.integers(-1, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text(max_size=3),
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@settings(
    max_examples=int(os.environ.get("AMOCONF_EXAMPLES", "150")), suppress_health_check=[HealthCheck.too_slow]
)
@given(st.dictionaries(st.sampled_from(WORDS), TREES, max_size=4))
def test_no_tree_ends_in_a_traceback(tree: dict[str, Any]) -> None:
    """Each key at the top is also tried as the section that it may be."""
    text = yaml.safe_dump({"amoconf": 1, "account": {"subdomain": "case"}} | tree, allow_unicode=True)
    node, found = scan(text.encode(), "spec.yaml")
    if node is None or found:
        return
    root, _ = fill_in(node, {})
    assert all(item.where is not None and item.what for item in faults(root))


@settings(
    max_examples=int(os.environ.get("AMOCONF_EXAMPLES", "150")), suppress_health_check=[HealthCheck.too_slow]
)
@given(st.data())
def test_no_damaged_spec_ends_in_a_traceback(data: Any) -> None:
    """A good spec with one value replaced by anything."""
    tree = yaml.safe_load(GOOD)
    here, steps = tree, data.draw(st.integers(1, 5))
    for step in range(steps):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = data.draw(st.sampled_from(keys))
        if step == steps - 1 or not isinstance(here[key], dict | list) or not here[key]:
            here[key] = data.draw(TREES)
            break
        here = here[key]
    node, found = scan(yaml.safe_dump(tree, allow_unicode=True).encode(), "spec.yaml")
    if node is None or found:
        return
    assert all(item.where is not None and item.what for item in faults(fill_in(node, {})[0]))
