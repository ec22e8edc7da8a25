"""The board: every indicator of a window, beside the window before, by pipeline, manager, source, stage."""

from collections.abc import Iterator, Sequence

from amoconf.facts import EVENTS, RECORDS, Facts
from amoconf.kpi.ground import Ground
from amoconf.kpi.measure import GREY, STATUSES, WARN, Indicator, Measure, Norm, Row, threshold
from amoconf.kpi.seen import Key, Seen, grouped
from amoconf.kpi.window import Window
from amoconf.tongue import tr


def board(
    ground: Ground, measures: Sequence[Measure], window: Window, before: Window
) -> tuple[Indicator, ...]:
    """The indicators; those whose records or events may not be read are grey and say why."""
    return tuple(_indicator(ground, measure, window, before) for measure in measures)


def lacks(facts: Facts, *, events: bool) -> str:
    """Why nothing can be computed; "" where it can."""
    if facts.records is None:
        return facts.unread.get(RECORDS) or tr("records were not read")
    if events and facts.since is None:
        return facts.unread.get(EVENTS) or tr("events were not read")
    return ""


def _indicator(ground: Ground, measure: Measure, window: Window, before: Window) -> Indicator:
    most = measure.most(ground) if measure.most else None
    unread = lacks(ground.facts, events=measure.events)
    if unread:
        return Indicator(
            measure, None, None, 0, 0, measure.norms(ground, (), ())(None), most, GREY, unread=unread
        )
    now, then = measure.observe(ground, window), measure.observe(ground, before)
    norm = measure.norms(ground, now, then)
    value, previous = (measure.fold(rows, rows) if rows else None for rows in (now, then))
    # The department's mean is a norm of its managers, not of itself.
    limit = None if measure.chance else threshold(norm, now)
    rows = tuple(_rows(measure, now, norm, most))
    status = _status(measure, value, len(now), limit, most, rows)
    also = measure.also(ground) if measure.also else None
    if also and also[0] > also[1]:
        status = max(status, WARN, key=STATUSES.index)
    return Indicator(measure, value, previous, len(now), len(then), limit, most, status, rows, also)


def _rows(measure: Measure, whole: Sequence[Seen], norm: Norm, most: float | None) -> Iterator[Row]:
    for dimension in measure.dimensions:
        groups = grouped(whole, dimension)
        rows = [_row(measure, dimension, key, groups[key], whole, norm, most) for key in groups]
        yield from sorted(rows, key=measure.badness)


def _row(
    measure: Measure,
    dimension: str,
    key: Key,
    rows: Sequence[Seen],
    whole: Sequence[Seen],
    norm: Norm,
    most: float | None,
) -> Row:
    value = measure.fold(rows, whole if dimension == measure.worst else rows)
    limit = threshold(norm, rows)
    # A reason's share stands on all losses, a manager's on the manager's own.
    sample = len(whole) if dimension == "reason" else len(rows)
    return Row(dimension, key, value, sample, limit, measure.status(value, sample, limit, most))


def _status(
    measure: Measure,
    value: float | None,
    sample: int,
    limit: float | None,
    most: float | None,
    rows: Sequence[Row],
) -> str:
    if value is None:
        return GREY
    own = measure.status(value, sample, limit, most)
    if not measure.judged or own == GREY:
        return own
    return max(
        (row.status for row in rows if row.dimension in measure.judged), key=STATUSES.index, default=own
    )
