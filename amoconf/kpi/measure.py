"""What an indicator is, and how its value is judged against its norm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from amoconf.facts import FEW
from amoconf.kpi.ground import Ground
from amoconf.kpi.seen import Fold, Key, Seen, mean
from amoconf.kpi.window import Window

LEAST = 5  # observations: one late answer of two makes nobody the worst
OK, WARN, ERROR, GREY = "ok", "warn", "error", "grey"
STATUSES = (GREY, OK, WARN, ERROR)  # from what says least to the worst
SHARE, MINUTES, DEALS, TOUCHES = "share", "minutes", "deals", "touches"
# The norm of an observation; of None: of the indicator where nothing was observed. None: there is no norm.
Norm = Callable[[Seen | None], float | None]
# (ground, observations of this window, of the previous one) → norm.
Norms = Callable[[Ground, Sequence[Seen], Sequence[Seen]], Norm]


@dataclass(frozen=True)
class Measure:
    """One indicator as it is declared.

    title, calculation: sentences to translate. worst: the dimension of the five worst. low: the norm is the least
    that is good. most: an upper bound besides. grave: so many times the distance allowed is an error; None: never.
    few: says nothing below 30 observations. judged: dimensions whose worst row is the indicator's status, which the
    value of all together is not asked about. chance: a row counts as bad only beyond what chance explains. also: a
    (count, most) that is judged besides, such as of a dictionary. events: needs them.
    """

    name: str
    title: str
    unit: str
    calculation: str
    observe: Callable[[Ground, Window], list[Seen]]
    norms: Norms
    worst: str = "manager"
    dimensions: tuple[str, ...] = ("pipeline", "manager", "source")
    low: bool = False
    most: Callable[[Ground], float] | None = None
    grave: float | None = 2.0
    few: bool = True
    fold: Fold = mean
    judged: tuple[str, ...] = ()
    chance: bool = False
    also: Callable[[Ground], tuple[int, int]] | None = None
    events: bool = True

    def badness(self, row: "Row") -> tuple[int, float, int]:
        """Sorts rows from the worst; those of whom enough is known come first."""
        value = row.value if self.low else -row.value
        return -STATUSES.index(row.status), value, -row.sample

    @property
    def least(self) -> int:
        """Observations without which nobody is called one of the worst."""
        return LEAST if self.few else 1

    def status(self, value: float, sample: int, norm: float | None, most: float | None) -> str:
        """ok, warn, error, or grey where so few say nothing."""
        if (self.few and sample < FEW) or not sample:
            return GREY
        if norm is None:
            return OK
        slack = 2 * sqrt(norm * (1 - norm) / sample) if self.chance else 0.0
        if self.low:
            bad, far = value < norm - slack, self._grave(1 - value, 1 - norm)
        else:
            bad, far = value > norm + slack, self._grave(value, norm)
        if not bad:
            return WARN if most is not None and value > most else OK
        return ERROR if far else WARN

    def _grave(self, distance: float, allowed: float) -> bool:
        return self.grave is not None and distance > self.grave * allowed


@dataclass(frozen=True)
class Row:
    """One manager, stage, … of an indicator."""

    dimension: str
    key: Key
    value: float
    sample: int
    threshold: float | None
    status: str


@dataclass(frozen=True)
class Indicator:
    """A measure with what it came to. value None: nothing was observed, or nothing may be read.

    threshold: of mixed observations the mean of their norms. most: an upper bound besides. rows: of each dimension
    from the worst.
    """

    measure: Measure
    value: float | None
    previous: float | None
    sample: int
    previous_sample: int
    threshold: float | None
    most: float | None
    status: str
    rows: tuple[Row, ...] = ()
    also: tuple[int, int] | None = None
    unread: str = ""

    @property
    def worst(self) -> tuple[Row, ...]:
        """At most five, none within the norm, none of whom little is known; of reasons the commonest, good or bad."""
        if self.measure.worst == "reason":
            return tuple(self._known[:5])
        return tuple([row for row in self._known if row.status != GREY and self._beyond(row)][:5])

    @property
    def doubtful(self) -> tuple[Row, ...]:
        """At most five beyond the norm of whom too little is known to call them the worst."""
        if self.measure.worst == "reason":
            return ()
        return tuple([row for row in self._known if row.status == GREY and self._beyond(row)][:5])

    @property
    def _known(self) -> list[Row]:
        """Those of the dimension of the worst of whom more than next to nothing is known."""
        mine = [row for row in self.rows if row.dimension == self.measure.worst]
        return [row for row in mine if row.sample >= self.measure.least]

    def _beyond(self, row: Row) -> bool:
        """Whether a row is beyond its norm; where it has none, worse than the whole."""
        if row.status in (WARN, ERROR):
            return True
        if row.status == OK and row.threshold is not None:
            return False
        limit = self.value if row.threshold is None else row.threshold
        if limit is None:
            return False
        return row.value < limit if self.measure.low else row.value > limit


def threshold(norm: Norm, rows: Sequence[Seen]) -> float | None:
    """The mean of the norms of observations; None where one has none."""
    if not rows:
        return norm(None)
    found = [norm(seen) for seen in rows]
    known = [value for value in found if value is not None]
    return fmean(known) if len(known) == len(found) else None
