"""What an indicator is made of: single observations, each of which knows where it belongs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

DIMENSIONS = ("pipeline", "manager", "source", "stage", "channel", "reason")
Key = int | str | tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One deal, task or move, and what it says: 1 or 0 of a share, minutes, touches."""

    value: float
    pipeline: int | None = None
    manager: int | None = None
    source: int | None = None
    stage: tuple[int, int] | None = None
    channel: str | None = None
    reason: int | None = None

    def key(self, dimension: str) -> Key:
        """Where it belongs in a dimension."""
        found: Key = getattr(self, dimension)
        return found


# (observations of a row, observations that it is a part of) → value.
Fold = Callable[[Sequence[Seen], Sequence[Seen]], float]


def mean(rows: Sequence[Seen], whole: Sequence[Seen]) -> float:
    """The mean; of ones and zeros, their share."""
    return fmean(seen.value for seen in rows)


def busiest(rows: Sequence[Seen], whole: Sequence[Seen]) -> float:
    """How many belong to the manager with most."""
    return max(Counter(seen.manager for seen in rows).values())


def largest(rows: Sequence[Seen], whole: Sequence[Seen]) -> float:
    """The commonest reason's share of the whole."""
    return max(Counter(seen.reason for seen in rows).values()) / len(whole)


def grouped(rows: Sequence[Seen], dimension: str) -> dict[Key, list[Seen]]:
    """Observations by where they belong."""
    found: dict[Key, list[Seen]] = {}
    for seen in rows:
        found.setdefault(seen.key(dimension), []).append(seen)
    return found
