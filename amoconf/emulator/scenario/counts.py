"""How many of what the audited account holds, at any scale.

A count above zero never becomes zero. Wholes are sums of their rounded parts, and where two tables cut the
same deals differently (by outcome, by year), the outcome is rounded and the last part takes what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

CONTACTS = 91_699
COMPANIES = 7_177
ACTIVE_WITHOUT_TASK = 2_719
LOST_WITHOUT_REASON = 21_467
WITHOUT_ROISTAT = 133_723
SHARE_PHONE, SHARE_EMAIL = 1_762, 58  # cards, contacts and companies together
DOUBLED_PHONE, DOUBLED_EMAIL = 4_525, 6
NAMELESS_CONTACTS, NAMELESS_COMPANIES = 1_619, 2
NO_PHONE, MALFORMED = 2_115, 500  # contacts
CONTACTS_WITHOUT_DEALS, COMPANIES_WITHOUT_DEALS = 28_569, 3_197
DONE_TASKS, SECOND_TASKS = 24_000, 140
CLIENTS_WITH_SEVERAL_OPEN = 640


@dataclass(frozen=True)
class Pipeline:
    """Deals of one pipeline by outcome."""

    active: int
    won: int
    lost: int


PIPELINES = {
    "retail": Pipeline(3_410, 1_334, 30_556),
    "wholesale": Pipeline(820, 9_400, 11_200),
    "service": Pipeline(210, 18_300, 2_100),
    "repeat": Pipeline(150, 14_053, 6_213),
    "old": Pipeline(0, 21_000, 15_000),
    "expo": Pipeline(0, 1_500, 1_000),
    "shop": Pipeline(0, 6_500, 6_000),
}
# Retail by year of creation: deals, won, roubles won, mean days from creation to winning.
RETAIL_2019 = (9_800, 534, 72_000_000, 102)
RETAIL_2020 = (25_500, 800, 116_000_000, 45)
RETAIL_2019_ACTIVE = 260
VISITED, WON_UNVISITED = 1_275, 35  # of retail deals of 2020
VISITED_ACTIVE_2020, VISITED_ACTIVE = 330, 370  # of those that are active now: made in 2020, made in any year


def scaled(count: int, scale: float) -> int:
    """A count at a scale."""
    return max(1, round(count * scale)) if count else 0


def scaled_share(count: int, scale: float) -> int:
    """Cards that share something with another card: none, or at least two."""
    return max(2, round(count * scale)) if count else 0


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of `total` in proportion to weights, each less than one away from its share."""
    whole = sum(weights) or 1.0
    edges = [round(total * reached / whole) for reached in accumulate(weights)]
    return [edge - before for before, edge in pairwise([0, *edges])]


def at_least_one(parts: list[int], weights: Sequence[float]) -> list[int]:
    """Takes from the largest parts until every part of positive weight holds one, if there is enough."""
    for place, weight in enumerate(weights):
        largest = max(range(len(parts)), key=parts.__getitem__)
        if weight and not parts[place] and parts[largest] > 1:
            parts[largest] -= 1
            parts[place] = 1
    return parts


def capped(parts: list[int], caps: Sequence[int]) -> list[int]:
    """Moves what exceeds a part's cap to parts that have room; what fits nowhere is lost."""
    over = sum(max(0, part - cap) for part, cap in zip(parts, caps, strict=True))
    parts = [min(part, cap) for part, cap in zip(parts, caps, strict=True)]
    for place, cap in enumerate(caps):
        more = min(over, cap - parts[place])
        parts[place] += more
        over -= more
    return parts


@dataclass(frozen=True)
class Retail:
    """Retail deals of one year by what became of them; `visited_*` have been at the measuring visit."""

    won_visited: int
    won_unvisited: int
    active: int
    active_visited: int
    lost_visited: int
    lost_unvisited: int
    roubles: int
    cycle_days: int


@dataclass(frozen=True)
class Counts:
    """Everything above at one scale."""

    scale: float

    def of(self, count: int) -> int:
        """One count at this scale."""
        return scaled(count, self.scale)

    def pipeline(self, key: str) -> Pipeline:
        """One pipeline's deals."""
        base = PIPELINES[key]
        return Pipeline(self.of(base.active), self.of(base.won), self.of(base.lost))

    @property
    def deals(self) -> int:
        """All deals: the sum of the rounded parts."""
        parts = [self.pipeline(key) for key in PIPELINES]
        return sum(part.active + part.won + part.lost for part in parts)

    @property
    def active(self) -> int:
        """Active deals of all pipelines."""
        return sum(self.pipeline(key).active for key in PIPELINES)

    def retail_2019(self) -> Retail:
        """2019: nearly all that was won was measured before."""
        won, active, lost = self._parts_2019()
        unvisited, lost_visited = won // 16, lost // 40
        measured = min(self.visited_active - self.retail_2020().active_visited, active)
        money = round(RETAIL_2019[2] * won / RETAIL_2019[1])
        lost_unvisited = lost - lost_visited
        return Retail(
            won - unvisited, unvisited, active, measured, lost_visited, lost_unvisited, money, RETAIL_2019[3]
        )

    def retail_2020(self) -> Retail:
        """2020 so far: what 2019 leaves of each outcome."""
        whole, before = self.pipeline("retail"), self._parts_2019()
        won, active, lost = (
            now - then for now, then in zip((whole.won, whole.active, whole.lost), before, strict=True)
        )
        unvisited = min(self.of(WON_UNVISITED), won)
        not_won = max(self.of(VISITED) - won + unvisited, 0)
        measured = min(round(self.visited_active * VISITED_ACTIVE_2020 / VISITED_ACTIVE), not_won, active)
        lost_visited = min(not_won - measured, lost)
        money = round(RETAIL_2020[2] * won / RETAIL_2020[1])
        lost_unvisited = lost - lost_visited
        return Retail(
            won - unvisited, unvisited, active, measured, lost_visited, lost_unvisited, money, RETAIL_2020[3]
        )

    def _parts_2019(self) -> tuple[int, int, int]:
        whole = self.pipeline("retail")
        won = min(self.of(RETAIL_2019[1]), whole.won)
        active = min(self.of(RETAIL_2019_ACTIVE), whole.active)
        return won, active, min(max(self.of(RETAIL_2019[0]) - won - active, 0), whole.lost)

    @property
    def visited_active(self) -> int:
        """Active retail deals at the measuring visit or behind it, whatever their year."""
        return min(self.of(VISITED_ACTIVE), self.pipeline("retail").active)
