"""Laws for every spec and account: what is applied stays applied, what is equal differs in nothing."""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from amoconf.changes import Change
from amoconf.diff import diff
from amoconf.emulator.app import new_world
from amoconf.kinds import KINDS
from amoconf.lock import Lock
from amoconf.model import Account
from tests.generated import applied, meddle, specs, wanted_of
from tests.test_cases import CASES, NAMES, change_line, read_case, told

EXAMPLES = int(os.environ.get("AMOCONF_EXAMPLES", "15"))

# ---- equal accounts, shuffled maps

GOOD = [name for name in NAMES if not told(name).startswith(("problem ", "error "))]


@pytest.mark.parametrize("name", GOOD)
def test_an_account_does_not_differ_from_itself(name: str) -> None:
    found = read_case(name)[0].found().adopted.found
    shown = Account(tuple(replace(item, aside=False) for item in found.resources if not item.aside))
    assert diff(shown, shown) == ()


def shuffled(value: Any, dice: random.Random, path: tuple[str, ...] = ()) -> Any:
    """The tree with its maps in another order, but for those whose order says something."""
    if isinstance(value, list):
        return [shuffled(item, dice, path) for item in value]
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(item, dice, (*path, key))) for key, item in value.items()]
    if not says_order(path):
        dice.shuffle(items)
    return dict(items)


# Task types have no order to compare, but new ones are sent in the order of the file.
ORDERED = {home.key for kind in KINDS.values() for home in kind.homes if kind.order} | {"task_types"}


def says_order(path: Sequence[str]) -> bool:
    """Whether the order of this map's keys means something: `fields/leads`, `pipelines/retail/stages`."""
    return bool(path) and (path[-1] in ORDERED or (len(path) == 2 and path[0] in ORDERED))


@pytest.mark.parametrize("name", GOOD)
def test_shuffled_maps_give_the_same_plan(name: str, tmp_path: Path) -> None:
    case, flags = read_case(name)
    tree = yaml.safe_load(case.spec.read_text(encoding="utf-8"))
    path = tmp_path / "spec.yaml"
    path.write_text(
        yaml.safe_dump(shuffled(tree, random.Random(7)), allow_unicode=True, sort_keys=False),
        encoding="utf-8",
    )
    other = replace(case, spec=path)
    assert sorted(map(meant, other.plan(**flags).changes)) == sorted(map(meant, case.plan(**flags).changes))


def meant(change: Change) -> str:
    """What a change says, its attributes in an order of their own."""
    return change_line(
        replace(change, attributes=tuple(sorted(change.attributes, key=lambda item: item.name)))
    )


def test_there_are_cases_for_these_laws() -> None:
    assert len(GOOD) > 80
    assert CASES.exists()


# ---- apply, then plan, is empty


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(st.lists(st.tuples(specs(), st.integers(0, 99)), min_size=1, max_size=3))
def test_apply_then_plan_is_empty(history: list[tuple[dict[str, Any], int]]) -> None:
    """Also where the account is what earlier specs, and people, made of it."""
    world, lock = new_world(scenario="empty"), Lock()
    for number, (spec, seed) in enumerate(history):
        meddle(world, lock, random.Random(100 * number + seed))
        wanted = wanted_of(spec)
        done, left, lock = asyncio.run(applied(world, wanted, lock))
        assert [row for row in done.outcomes if row.status not in ("done", "manual")] == []
        assert [change_line(change) for change in left.changes] == []
        assert done.converged
