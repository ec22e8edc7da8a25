"""The staff report: what each person has in work, won, lost and did; revenue by source, never as one sum."""

from collections import Counter
from dataclasses import replace
from typing import Any

from amoconf.facts import WON
from amoconf.kpi.ground import Ground
from amoconf.kpi.names import Names
from amoconf.kpi.seen import Key
from amoconf.kpi.summary import tasks
from amoconf.kpi.table import Table, ratio
from amoconf.kpi.window import Window
from amoconf.tongue import tr


def staff(ground: Ground, window: Window) -> list[Table]:
    """Three tables."""
    own = replace(tasks(ground, window), name="staff.tasks")
    return [people(ground, window), revenue(ground, window), own]


def people(ground: Ground, window: Window) -> Table:
    """One row a person who has or had anything to do."""
    new, did = _created(ground, window), _touches(ground, window)
    held = Counter(deal.manager for deal in ground.deals(window) if deal.is_open)
    closed = ground.closed(window)
    won = Counter(deal.manager for deal in closed if deal.status == WON)
    lost = Counter(deal.manager for deal in closed if deal.status != WON)
    money: Counter[Key] = Counter()
    for deal in closed:
        money[deal.manager] += deal.price if deal.status == WON else 0
    # What a person did is not told by pipeline: with one picked, only those who have deals there are shown.
    users = {*new, *held, *won, *lost, *(() if ground.picked else did)}
    rows: list[dict[str, Any]] = [
        {
            "manager": Names(ground).of("manager", user).name,
            "created": new[user],
            "open": held[user],
            "won": won[user],
            "lost": lost[user],
            "win_rate": ratio(won[user], won[user] + lost[user]),
            "revenue": money[user],
            "touches": did[user],
        }
        for user in sorted(users, key=lambda user: (-money[user], -held[user], user or 0))
    ]
    return Table(
        "staff",
        tr("Staff"),
        ("manager", "created", "open", "won", "lost", "win_rate", "revenue", "touches"),
        rows,
        tr(
            "by the user who is responsible now: deals created, won and lost in the window, open when it ended; touches: outgoing calls, messages, notes and completed tasks that the user did in the window, of all deals and cards"
        ),
        [
            tr(
                "Win rates of people who work in different pipelines cannot be compared: look at one with --pipeline."
            )
        ],
    )


def _created(ground: Ground, window: Window) -> Counter[int | None]:
    sql = "SELECT responsible_user_id, pipeline_id FROM leads WHERE created_at >= ? AND created_at < ?"
    return Counter(user for user, above in ground.ask(sql, window.start, window.end) if ground.takes(above))


def _touches(ground: Ground, window: Window) -> Counter[int | None]:
    sql = "SELECT person, count(*) FROM touched WHERE kind NOT LIKE 'incoming%' AND at >= ? AND at < ? GROUP BY 1"
    rows = dict(ground.ask(sql, window.start, window.end))
    return Counter({user: count for user, count in rows.items() if user not in ground.robots})


def revenue(ground: Ground, window: Window) -> Table:
    """Sums of won deals by person, pipeline and source."""
    cells: dict[tuple[Key, Key, Key], list[int]] = {}
    for deal in ground.closed(window):
        if deal.status == WON:
            cells.setdefault((deal.manager, deal.pipeline, deal.source), []).append(deal.price)
    names = Names(ground)
    rows = [
        {
            "manager": names.of("manager", user).name,
            "pipeline": names.of("pipeline", above).name,
            "source": names.of("source", source).name,
            "won": len(prices),
            "revenue": sum(prices),
            "mean_price": round(sum(prices) / len(prices)),
        }
        for (user, above, source), prices in sorted(cells.items(), key=lambda row: -sum(row[1]))
    ]
    return Table(
        "staff.revenue",
        tr("Revenue by person and source"),
        ("manager", "pipeline", "source", "won", "revenue", "mean_price"),
        rows,
        tr("prices of deals won in the window"),
    )
