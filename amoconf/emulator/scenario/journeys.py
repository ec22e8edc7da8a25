"""The stages that a deal passes on its way: positions in its pipeline, 0 the unsorted stage, 1 the first."""

from collections.abc import Sequence
from random import Random

VISIT = 12  # position of «Замер» in the retail pipeline
BEFORE_VISIT = range(1, VISIT)
FROM_VISIT = range(VISIT, 20)
VARIANTS = 160
BACKWARD = 0.04  # share of journeys that step back once

Route = tuple[int, ...]


def routes(rng: Random, lasts: Sequence[int], *, share: float, visit: int | None = None) -> list[Route]:
    """Journeys that end at one of `lasts`; a stage on the way is entered with probability `share`.

    Behind `visit` no journey leaves it out.
    """
    return [_route(rng, rng.choice(lasts), share, visit) for _ in range(VARIANTS)]


def _route(rng: Random, last: int, share: float, visit: int | None) -> Route:
    if last <= 1:
        return (last,)
    steps = [1, *(k for k in range(2, last) if k == visit or rng.random() < share), last]
    if len(steps) > 2 and rng.random() < BACKWARD:
        steps[-1:] = [steps[rng.randrange(len(steps) - 2)], last]
    return tuple(steps)


def moments(rng: Random, route: Route, created: int, until: int, closed: int) -> list[int]:
    """When each stage after the first was entered, and last the closing one: from creation to `until`."""
    steps = len(route) - 1
    if not steps and not closed:
        return []
    span = until - created
    found = sorted(created + 60 + int(span * rng.random() ** 1.5 * 0.98) for _ in range(steps))
    found = [min(moment, until) for moment in found]
    return [*found, closed] if closed else found
