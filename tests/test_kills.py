"""SIGKILL before and after every request of an apply: `apply --resume` converges and makes nothing twice."""

import os
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.kills import AFTER, BEFORE, Deadly, deadly
from tests.test_end_to_end import ALLOW

EXAMPLE = Path(__file__).parents[1] / "examples" / "account.yaml"
APPLY = ("apply", "--yes", *ALLOW)
NEVER = (10_000, BEFORE)
WORLD: dict[str, Any] = {"scenario": "audited", "scale": 0.002}
# Requests of the whole apply, reading back included; a slow machine looks again before it writes more often.
REQUESTS = 200
POINTS = [(number, when) for number in range(1, REQUESTS + 1) for when in (BEFORE, AFTER)]
SAMPLE = POINTS if os.environ.get("AMOCONF_KILLS") else random.Random(20).sample(POINTS, 8)


@dataclass
class Ideal:
    """What an apply that nobody disturbs leads to."""

    names: Counter[Any]
    addresses: set[str]
    requests: int


@pytest.fixture(scope="module")
def ideal(tmp_path_factory: pytest.TempPathFactory) -> Ideal:
    """The account after an undisturbed apply."""
    with deadly(tmp_path_factory.mktemp("ideal"), EXAMPLE, **WORLD) as crm:
        assert crm.killed(NEVER, *APPLY) == 0
        return Ideal(crm.names(), addresses(crm), crm.count)


def addresses(crm: Deadly) -> set[str]:
    """What the lock knows."""
    return {str(address) for address in crm.lock.entries}


def test_there_are_as_many_points_as_requests(ideal: Ideal) -> None:
    assert REQUESTS * 0.9 < ideal.requests < REQUESTS * 1.5


@pytest.mark.parametrize("point", SAMPLE, ids=lambda point: f"{point[1]}-{point[0]}")
def test_resume_converges(point: tuple[int, str], ideal: Ideal, tmp_path: Path) -> None:
    with deadly(tmp_path, EXAMPLE, **WORLD) as crm:
        died = crm.killed(point, *APPLY)
        assert died == (-9 if point[0] <= crm.count else 0)
        resumed = crm.amoconf("apply", "--resume", "--yes", *(() if began(crm) else ALLOW))
        assert resumed.code == 0, (resumed.out, resumed.err)
        assert crm.names() == ideal.names
        assert addresses(crm) == ideal.addresses


def began(crm: Deadly) -> bool:
    """Whether anything was agreed on before the process died."""
    return any((crm.folder / "state" / "journal").rglob("*.jsonl"))
