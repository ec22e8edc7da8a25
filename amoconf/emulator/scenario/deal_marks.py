"""What is known of deals besides their journey: owners, sources, reasons of loss, when they last changed."""

from collections.abc import Sequence
from random import Random

from amoconf.emulator.config.stages import LOST
from amoconf.emulator.scenario.audited_config import DAY, Setup, SourceRow
from amoconf.emulator.scenario.audited_users import CALLS_GROUP, WHOLESALE_GROUP, Person
from amoconf.emulator.scenario.counts import LOST_WITHOUT_REASON, Counts, apportion, capped
from amoconf.emulator.scenario.deals import Deal

# Share of a pipeline's lost deals that have no reason; then set right to the exact sum of all pipelines.
UNEXPLAINED = {
    "retail": 0.3,
    "wholesale": 0.25,
    "service": 0.35,
    "repeat": 0.2,
    "old": 0.35,
    "expo": 0.3,
    "shop": 0.3,
}
GROUPS = {"wholesale": WHOLESALE_GROUP, "service": CALLS_GROUP, "expo": WHOLESALE_GROUP}
ALIVE_DAYS = 80  # a source that is not silent has a deal within so many days
ADMIN_SHARE = 0.06


def mark(
    rng: Random, deals: Sequence[Deal], setup: Setup, people: Sequence[Person], counts: Counts, now: int
) -> None:
    """Sets owners, sources, reasons; sources before owners, since a site's deals are made by nobody."""
    _sources(rng, deals, setup.sources, counts, now)
    _owners(rng, deals, people)
    _reasons(rng, deals, setup.reasons, counts)


def _owners(rng: Random, deals: Sequence[Deal], people: Sequence[Person]) -> None:
    """Those who were switched off still own deals, open ones too."""
    admins = [person for person in people if person.is_admin]
    staff = {
        key: [person for person in people if person.group_id == GROUPS.get(key, 0) and not person.is_admin]
        for key in UNEXPLAINED
    }
    turns = dict.fromkeys(staff, 0)
    for deal in deals:
        key = deal.line.key
        if rng.random() < ADMIN_SHARE:
            deal.owner = admins[int(rng.random() * len(admins))]
        else:
            turns[key] += 1
            deal.owner = staff[key][turns[key] % len(staff[key])]
        deal.by = 0 if deal.source or rng.random() < 0.2 else deal.owner.id


def _sources(
    rng: Random, deals: Sequence[Deal], sources: Sequence[SourceRow], counts: Counts, now: int
) -> None:
    """The sources that still work also fed whatever waits in the unsorted stage."""
    alive = [source for source in sources if source.silent is None]
    free = [
        deal
        for deal in deals
        if deal.line.key in ("retail", "wholesale") and (deal.stage or deal.line.key != "retail")
    ]
    waiting = [deal for deal in deals if deal.line.key == "retail" and not deal.stage]
    for number, deal in enumerate(waiting):
        deal.source = alive[number % len(alive)]
    rng.shuffle(free)
    for source in sorted(sources, key=lambda row: row.silent is None):
        fed = sum(deal.source is source for deal in waiting)
        _feed(free, source, max(counts.of(source.deals) - fed, 1 if source.deals else 0), now)


def _feed(free: Sequence[Deal], source: SourceRow, wanted: int, now: int) -> None:
    until = now if source.silent is None else now - source.silent * DAY
    mine = (
        deal for deal in free if deal.source is None and deal.line.key == source.line and deal.created < until
    )
    if source.silent is None:
        fresh = next(
            (
                deal
                for deal in free
                if deal.source is None
                and deal.line.key == source.line
                and deal.created > now - ALIVE_DAYS * DAY
            ),
            None,
        )
        if fresh is not None:
            fresh.source, wanted = source, wanted - 1
    for _, deal in zip(range(wanted), mine, strict=False):
        deal.source = source


def _reasons(rng: Random, deals: Sequence[Deal], reasons: Sequence[tuple[int, int]], counts: Counts) -> None:
    lost: dict[str, list[Deal]] = {key: [] for key in UNEXPLAINED}
    for deal in deals:
        if deal.stage == LOST:
            lost[deal.line.key].append(deal)
    caps = [len(lost[key]) for key in UNEXPLAINED]
    parts = apportion(
        counts.of(LOST_WITHOUT_REASON), [len(lost[key]) * share for key, share in UNEXPLAINED.items()]
    )
    explained: dict[bool, list[Deal]] = {True: [], False: []}
    for key, without in zip(UNEXPLAINED, capped(parts, caps), strict=True):
        rng.shuffle(lost[key])
        explained[key == "retail"] += lost[key][without:]
    for group in explained.values():
        _explain(rng, group, reasons)


def _explain(rng: Random, deals: Sequence[Deal], reasons: Sequence[tuple[int, int]]) -> None:
    parts = apportion(len(deals), [share for _, share in reasons])
    given = [reason for (reason, _), count in zip(reasons, parts, strict=True) for _ in range(count)]
    rng.shuffle(given)
    for deal, reason in zip(deals, given, strict=True):
        deal.reason = reason
