"""A conversion that is killed at random requests while the service fails at random: no value is lost or misplaced."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kills import AFTER, BEFORE, Deadly
from tests.living import Ended
from tests.test_convert import ALLOW, SCALE, City, begun, city, ending, virtual

KILLS = 20 if os.environ.get("AMOCONF_KILLS") else 2
FAULTS = {"502": 0.04, "504_before": 0.04, "504_after": 0.08, "reset": 0.06, "429": 0.04}
NEVER = (1_000_000, BEFORE)
SPAN = 18  # requests from the first write on among which one is the last
TRIES = 8
OTHER = ("Другой", "keep")  # what `otherwise` says, in turn


class Failing(Deadly):
    """Fails at random and kills its caller some requests after the first write of values."""

    def dies_within(self, chance: random.Random) -> None:
        """Chooses the request; faults begin with the first write, for a process that waits does so in real time."""
        after, side = chance.randrange(SPAN), chance.choice((BEFORE, AFTER))

        def begin(world: Any) -> None:
            self.point = (self.count + 1 + after, side)
            world.faults.merge(FAULTS)

        self.before["PATCH leads"] = begin


@pytest.fixture
def crm(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Failing]:
    """The audited account, small; its dice are cast by the test's own seed."""
    here = Failing(tmp_path, seed=request.getfixturevalue("seed") + 1, **SCALE)
    try:
        yield here
    finally:
        here.end()


def gone_on_with(crm: Failing) -> Ended:
    """Resumes as often as a person would; the faults go on."""
    for _ in range(TRIES):
        ended: Ended = ending(crm, *(("--resume",) if begun(crm) else ()), "--batch", "20", clock=virtual())
        if ended.code == 0:
            break
    return ended


@pytest.mark.parametrize("seed", range(KILLS))
def test_nothing_is_lost_or_misplaced(seed: int, crm: Failing) -> None:
    chance = random.Random(seed)
    other = OTHER[seed % 2]
    deals = City(crm)
    crm.spec(city() if other == "keep" else city("{option: Другой}", more=other))
    crm.dies_within(chance)
    assert crm.killed(NEVER, *ALLOW, "--batch", "20") == -9
    ended = gone_on_with(crm)
    crm.client.post("/_emulator/faults", json={})
    assert ended.code == 0, (ended.out[-1500:], ended.err)
    assert deals.check(otherwise=None if other == "keep" else other)
