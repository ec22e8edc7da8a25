"""Deals of the audited account: which, when, how far and for how much; exact where the audit says it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random

from amoconf.emulator.config.stages import LOST, WON
from amoconf.emulator.scenario.audited_config import DAY, Line, SourceRow
from amoconf.emulator.scenario.audited_users import Person
from amoconf.emulator.scenario.counts import PIPELINES, Counts, Retail, apportion, at_least_one
from amoconf.emulator.scenario.journeys import BEFORE_VISIT, FROM_VISIT, VISIT, Route, routes

MOSCOW_SECONDS = 3 * 3_600
MOSCOW = timezone(timedelta(seconds=MOSCOW_SECONDS))
HOUR = 3_600


@dataclass(slots=True, eq=False)
class Deal:
    """One deal. `stage`: a position, or 142 or 143. `closed`, `task_at`: 0 for none. Ids follow time."""

    line: Line
    stage: int
    created: int
    closed: int
    price: int
    route: Route
    id: int = 0
    updated: int = 0
    task_at: int = 0
    owner: Person | None = None
    by: int = 0
    reason: int | None = None
    source: SourceRow | None = None
    name: str | None = None

    @property
    def is_active(self) -> bool:
        """Neither won nor lost."""
        return not self.closed


@dataclass(frozen=True)
class Era:
    """When deals of a pipeline are made; how long they live on average in days; what they cost on average."""

    first: int
    last: int
    cycle: float
    price: int
    free: float  # share of deals without a price
    share: float = 0.7  # of stages on the way that a deal really enters
    age: float = 90.0  # days, of the oldest active deals


def day(text: str) -> int:
    """Midnight in Moscow."""
    return int(datetime.fromisoformat(text).replace(tzinfo=MOSCOW).timestamp())


def eras(now: int) -> dict[str, Era]:
    """Retail deals keep a day's distance from the turn of the year, so that time zones do not matter."""
    return {
        "2019": Era(day("2019-01-02"), day("2019-12-30"), 35, 128_000, 0.4, 0.28, 330),
        "2020": Era(day("2020-01-02"), now - HOUR, 19, 141_000, 0.4, 0.28, 150),
        "wholesale": Era(day("2017-01-16"), now - HOUR, 24, 186_000, 0.02, age=120),
        "service": Era(day("2017-02-01"), now - HOUR, 9, 6_400, 0.7, age=50),
        "repeat": Era(day("2018-01-09"), now - HOUR, 17, 58_000, 0.05),
        "old": Era(day("2017-01-11"), day("2018-03-30"), 40, 97_000, 0.1),
        "expo": Era(day("2018-02-01"), day("2018-05-20"), 45, 120_000, 0.2),
        "shop": Era(day("2017-01-20"), day("2018-04-25"), 8, 14_500, 0.01),
    }


class Maker:
    """Makes deals one by one from one source of chance."""

    def __init__(self, rng: Random, now: int) -> None:
        self.rng = rng
        self.now = now
        self.made: list[Deal] = []

    def closed(
        self, line: Line, stage: int, count: int, era: Era, pool: Sequence[Route], cycles: Iterable[int] = ()
    ) -> list[Deal]:
        """Closed deals; `cycles` in seconds, drawn at random where not given."""
        random, now, first = self.rng.random, self.now, era.first
        longest = int(0.8 * (now - first))
        mean = 1 / (era.cycle * DAY)
        spans = list(cycles) or [min(longest, 600 + int(self.rng.expovariate(mean))) for _ in range(count)]
        prices = self._prices(era)
        made = []
        for span in spans:
            start = first + int((min(era.last, now - span - HOUR) - first) * random() ** 0.9)
            price = 0 if random() < era.free else prices[int(random() * len(prices))]
            made.append(Deal(line, stage, start, start + span, price, pool[int(random() * len(pool))]))
        self.made += made
        return made

    def active(self, line: Line, stage: int, count: int, era: Era, visit: int | None = None) -> None:
        """Active deals in one stage. Those that wait in the unsorted stage are at most twelve days old."""
        random = self.rng.random
        pool = routes(self.rng, [stage], share=era.share, visit=visit)
        latest = min(era.last, self.now)
        age = min((12.0 if stage == 0 else era.age) * DAY, latest - era.first)
        prices = self._prices(era)
        for _ in range(count):
            start = latest - 600 - int((age - 600) * random() ** 1.8)
            price = 0 if stage < 3 or random() < 0.3 else prices[int(random() * len(prices))]
            self.made.append(Deal(line, stage, start, 0, price, pool[int(random() * len(pool))]))

    def _prices(self, era: Era) -> list[int]:
        return [
            max(1, round(era.price * 0.83 * self.rng.lognormvariate(0, 0.6) / 100)) * 100 for _ in range(500)
        ]

    def cycles(self, count: int, days: int) -> list[int]:
        """Spans in seconds with exactly this mean."""
        spans = [int(days * DAY * (0.3 + 1.4 * self.rng.random())) for _ in range(count)]
        drift = apportion(abs(days * DAY * count - sum(spans)), [1.0] * count)
        sign = 1 if sum(spans) < days * DAY * count else -1
        return [span + sign * more for span, more in zip(spans, drift, strict=True)]

    def retail(self, line: Line, counts: Counts, year: str) -> None:
        """A year of retail: wins with exact money and cycle, losses, and those that are still open."""
        part = counts.retail_2019() if year == "2019" else counts.retail_2020()
        era, rng = eras(self.now)[year], self.rng
        behind, short = list(FROM_VISIT), list(BEFORE_VISIT)
        visited = routes(rng, behind[3:], share=0.75, visit=VISIT)
        won = part.won_visited + part.won_unvisited
        spans = self.cycles(won, part.cycle_days)
        deals = self.closed(line, WON, part.won_visited, era, visited, spans[: part.won_visited])
        direct = routes(rng, short[5:], share=0.4)
        deals += self.closed(line, WON, part.won_unvisited, era, direct, spans[part.won_visited :])
        price_exactly(rng, deals, part.roubles)
        self.closed(line, LOST, part.lost_visited, era, routes(rng, behind[:5], share=0.6, visit=VISIT))
        lost = routes(rng, [1, 2, 2, *short[2:], 3, 3, 4], share=era.share)
        self.closed(line, LOST, part.lost_unvisited, era, lost)
        self._retail_active(line, part, era, with_waiting=year == "2020")

    def _retail_active(self, line: Line, part: Retail, era: Era, *, with_waiting: bool) -> None:
        weights = [line.weights[0] if with_waiting else 0, *line.weights[1:]]
        before, behind = weights[:VISIT], weights[VISIT:]
        parts = at_least_one(apportion(part.active - part.active_visited, before), before)
        parts += at_least_one(apportion(part.active_visited, behind), behind)
        for stage, count in enumerate(parts):
            self.active(line, stage, count, era, VISIT)

    def ordinary(self, line: Line, counts: Counts) -> None:
        """Any other pipeline."""
        whole, era = counts.pipeline(line.key), eras(self.now)[line.key]
        stages = range(1, len(line.stages))
        self.closed(line, WON, whole.won, era, routes(self.rng, list(stages)[-2:], share=era.share))
        self.closed(line, LOST, whole.lost, era, routes(self.rng, stages, share=era.share))
        parts = at_least_one(apportion(whole.active, line.weights), line.weights)
        for stage, count in enumerate(parts):
            self.active(line, stage, count, era)


def price_exactly(rng: Random, deals: Sequence[Deal], roubles: int) -> None:
    """Prices in whole hundreds, the last but for what is left, that add up to `roubles`."""
    parts = apportion(roubles // 100, [rng.lognormvariate(0, 0.5) for _ in deals])
    for deal, hundreds in zip(deals, parts, strict=True):
        deal.price = hundreds * 100
    if deals:
        deals[-1].price += roubles % 100


def all_deals(rng: Random, lines: dict[str, Line], counts: Counts, now: int, first_id: int) -> list[Deal]:
    """Every deal, by time of creation, with ids in that order."""
    maker = Maker(rng, now)
    for year in ("2019", "2020"):
        maker.retail(lines["retail"], counts, year)
    for key in PIPELINES:
        if key != "retail":
            maker.ordinary(lines[key], counts)
    deals = sorted(maker.made, key=lambda deal: deal.created)
    for number, deal in enumerate(deals):
        deal.id = first_id + number
    return deals
