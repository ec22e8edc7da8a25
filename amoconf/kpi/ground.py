"""What figures are computed from: the facts of an account with its records and events, and who counts as a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from amoconf.facts import LOST, WON, Facts, number_of
from amoconf.kpi.hours import Hours
from amoconf.kpi.window import Window
from amoconf.model import Resource
from amoconf.values import Address
from amoconf.years import zone

CLOSED = (WON, LOST)
TOUCHES = """SELECT record deal, at, kind, person FROM touched WHERE entity = 'lead'
    UNION ALL SELECT l.record, t.at, t.kind, t.person FROM touched t JOIN link l
      ON l.entity = 1 AND l.to_entity = 2 AND l.to_record = t.record WHERE t.entity = 'contact'
    UNION ALL SELECT k.entity_id, t.at, t.kind, t.person FROM touched t JOIN tasks k
      ON k.id = t.record AND k.entity_type = 'leads' WHERE t.entity = 'task'"""
PLACED = """CREATE TEMP TABLE {name} AS
    SELECT id, pipeline, status, entered, manager, source, price, created, closed FROM (
      SELECT l.id, coalesce(n.above, l.pipeline_id) pipeline, coalesce(n.before, l.status_id) status,
        coalesce(b.at, l.created_at) entered, l.responsible_user_id manager, l.source_id source,
        coalesce(l.price, 0) price, l.created_at created, l.closed_at closed
      FROM leads l
      LEFT JOIN (SELECT deal, above, before, min(at) FROM moved WHERE at >= {end} GROUP BY deal) n ON n.deal = l.id
      LEFT JOIN (SELECT deal, max(at) at FROM moved WHERE at < {end} GROUP BY deal) b ON b.deal = l.id
      WHERE l.created_at < {end})
    WHERE status NOT IN (142, 143) OR closed >= {since}"""


@dataclass(frozen=True)
class Deal:
    """A deal as it stood at a moment. closed: when, or None."""

    id: int
    pipeline: int
    status: int
    entered: int
    manager: int | None
    source: int | None
    price: int
    created: int
    closed: int | None

    @property
    def is_open(self) -> bool:
        """Neither won nor lost then."""
        return self.status not in CLOSED


@dataclass(frozen=True)
class Ground:
    """facts: with records, and `since` where events are known. picked: pipelines' ids, none for all."""

    facts: Facts
    hours: Hours
    picked: frozenset[int] = frozenset()

    @property
    def norms(self) -> Mapping[str, Any]:
        """`kpi:` of the spec, by dotted names."""
        return self.facts.said.kpi

    @cached_property
    def robots(self) -> frozenset[int]:
        """User 0 (third party: protocol page 9.3), and the user that policy.admins.technical names."""
        return self.facts.technical | {0}

    @cached_property
    def unsorted(self) -> frozenset[tuple[int, int]]:
        """(pipeline id, stage id) of the stages of incoming leads."""
        found = (stage for stage in self.facts.account.of("stage") if stage.reserved == "unsorted")
        return frozenset(self.place_of(stage) for stage in found if stage.id is not None)

    @cached_property
    def limits(self) -> dict[tuple[int, int], int]:
        """(pipeline id, stage id) of ordinary stages in use → how long a deal may stay, seconds."""
        return {self.place_of(stage): self.facts.limit_of(stage) for stage in self.facts.stages}

    @cached_property
    def order(self) -> dict[tuple[int, int], int]:
        """(pipeline id, stage id) of ordinary stages in use → rank in the pipeline."""
        ranks: dict[int, int] = {}
        found = {}
        for place in self.limits:
            found[place] = ranks[place[0]] = ranks.get(place[0], -1) + 1
        return found

    def place_of(self, stage: Resource) -> tuple[int, int]:
        """(pipeline id, stage id)."""
        above = self.facts.account.get(Address("pipeline", stage.address.home))
        return (number_of(above) if above else 0, number_of(stage))

    def takes(self, pipeline: int | None) -> bool:
        """Whether a pipeline is asked about."""
        return not self.picked or pipeline in self.picked

    def ask(self, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of the mirror."""
        assert self.facts.records is not None
        return self.facts.records.ask(sql, *values)

    def deals(self, window: Window) -> list[Deal]:
        """Deals as they stood when a window ended: all that were open, and those closed since events are known."""
        rows = self.ask(f"SELECT * FROM {self._placed(window.end)}")
        return [deal for deal in (Deal(*row) for row in rows) if self.takes(deal.pipeline)]

    def contacted(self) -> str:
        """The table of touches by deal: deal, at, kind, person."""
        if not self._has("contacted"):
            self._make(f"CREATE TEMP TABLE contacted AS {TOUCHES}")
            self._make("CREATE INDEX temp.contacted_deal ON contacted (deal, at)")
        return "contacted"

    def closed(self, window: Window) -> list[Deal]:
        """Deals that were closed in a window and are still."""
        sql = """SELECT id, pipeline_id, status_id, closed_at, responsible_user_id, source_id, coalesce(price, 0),
            created_at, closed_at FROM leads WHERE status_id IN (142, 143) AND closed_at >= ? AND closed_at < ?"""
        rows = self.ask(sql, window.start, window.end)
        return [deal for deal in (Deal(*row) for row in rows) if self.takes(deal.pipeline)]

    def _placed(self, end: int) -> str:
        name = f"placed_{end}"
        if not self._has(name):
            since = self.facts.since if self.facts.since is not None else end
            self._make(PLACED.format(name=name, end=end, since=since))
        return name

    def _has(self, table: str) -> bool:
        return any(self.ask("SELECT 1 FROM temp.sqlite_master WHERE name = ?", table))

    def _make(self, statement: str) -> None:
        for _ in self.ask(statement):
            pass


def ground(facts: Facts, first: int, picked: frozenset[int] = frozenset()) -> Ground:
    """The ground of these facts. first: the earliest moment that figures speak of, Unix seconds."""
    said = facts.said.kpi.get("working_hours", {})
    place = zone(str(facts.account.facts.get("timezone")))
    return Ground(facts, Hours.of(said, place, first, facts.now), picked)
