"""The document of `board`: each indicator with its norm, its status, its trend and by whom or what it comes about."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from amoconf.facts import Facts
from amoconf.kpi.ground import Ground
from amoconf.kpi.measure import MINUTES, SHARE, Indicator, Row
from amoconf.kpi.names import Names
from amoconf.kpi.window import Window
from amoconf.report.document import Document, head
from amoconf.tongue import later, tr
from amoconf.years import zone

MATTERS = ("records", "events", "users", "sources", "leads/pipelines", "leads/loss_reasons")
DAYS: Mapping[str, str] = {
    "mon": later("mon"),
    "tue": later("tue"),
    "wed": later("wed"),
    "thu": later("thu"),
    "fri": later("fri"),
    "sat": later("sat"),
    "sun": later("sun"),
}
DIGITS = {SHARE: 4, MINUTES: 1}


def board_document(
    found: Iterable[Indicator],
    ground: Ground,
    window: Window,
    before: Window,
    account: Mapping[str, Any],
    reads: int,
) -> Document:
    """The document. before: the window that `previous` is of. reads: requests sent."""
    facts = ground.facts
    hours = {**ground.hours.said, "timezone": str(facts.account.facts.get("timezone"))}
    return {
        **head("board", account),
        "window": window_row(window, facts),
        "previous_window": window_row(before, facts),
        "working_hours": {**hours, "usual": "working_hours" not in ground.norms},
        "indicators": [indicator_row(item, ground, window, before) for item in found],
        **ending(facts, reads),
    }


def window_row(window: Window, facts: Facts) -> Document:
    """A window in Unix seconds, and as the account's clock shows it; the end does not belong to it."""
    place = zone(str(facts.account.facts.get("timezone")))
    start, end = (
        datetime.fromtimestamp(at, place).isoformat(timespec="minutes") for at in (window.start, window.end)
    )
    return {"from": start, "to": end, "days": round(window.days, 2), "start": window.start, "end": window.end}


def ending(facts: Facts, reads: int) -> Document:
    """What every document of figures ends with: on what they stand. reads: requests sent.

    unread: what figures are made of and the token may not read, with the reason.
    """
    unread = [
        {"what": what, "reason": reason} for what, reason in sorted(facts.unread.items()) if what in MATTERS
    ]
    return {
        "unread": unread,
        "partial": facts.partial,
        "now": facts.now,
        "events_since": facts.since,
        "requests": {"read": reads},
    }


def spoken_hours(ground: Ground) -> str:
    """Working hours in words: "mon-fri, 9:00 to 18:00"."""
    said = ground.hours.said
    return tr("{days}, {begin} to {end}", days=spoken_days(said["days"]), begin=said["from"], end=said["to"])


def spoken_days(text: str) -> str:
    """ "mon-fri" in the spoken language."""
    return re.sub("[a-z]{3}", lambda found: tr(DAYS[found[0]]), text)


def indicator_row(item: Indicator, ground: Ground, window: Window, before: Window) -> Document:
    """One indicator; rows of `by` from the worst."""
    measure, names = item.measure, Names(ground)
    row = {
        "name": measure.name,
        "title": tr(measure.title),
        "value": rounded(item.value, measure.unit),
        "unit": measure.unit,
        "threshold": rounded(item.threshold, measure.unit),
        "threshold_most": item.most,
        "better": "more" if measure.low else "less",
        "status": item.status,
        "sample": item.sample,
        "previous": rounded(item.previous, measure.unit),
        "previous_sample": item.previous_sample,
        "trend": trend(item),
        "window": [window.start, window.end],
        "previous_window": [before.start, before.end],
        "calculation": tr(measure.calculation, hours=spoken_hours(ground)),
        "worst": [by_row(row, measure.unit, names) for row in item.worst],
        "doubtful": [by_row(row, measure.unit, names) for row in item.doubtful],
        "by": [by_row(row, measure.unit, names) for row in item.rows],
        "unread": item.unread or None,
    }
    return {**row, "dictionary": {"count": item.also[0], "threshold": item.also[1]}} if item.also else row


def by_row(row: Row, unit: str, names: Names) -> Document:
    """One manager, stage, source, …; a stage's pipeline is the first part of its key."""
    name = names.of(row.dimension, row.key)
    return {
        "dimension": row.dimension,
        "key": name.key,
        "id": name.id,
        "name": name.name,
        "value": rounded(row.value, unit),
        "threshold": rounded(row.threshold, unit),
        "sample": row.sample,
        "status": row.status,
    }


def trend(item: Indicator) -> str | None:
    """better, worse or same as the window before; None where one of them is not known."""
    if item.value is None or item.previous is None:
        return None
    unit = item.measure.unit
    now, then = rounded(item.value, unit), rounded(item.previous, unit)
    if now == then or now is None or then is None:
        return "same"
    if item.most is not None and item.threshold is not None:
        now, then = (max(0.0, item.threshold - value, value - item.most) for value in (now, then))
        return "same" if now == then else "better" if now < then else "worse"
    return "better" if (now > then) == item.measure.low else "worse"


def rounded(value: float | None, unit: str) -> float | None:
    """Shares to a hundredth of a percent, other figures to a tenth."""
    return None if value is None else round(float(value), DIGITS.get(unit, 1))
