"""The indicators of the board, with their norms: the spec's, else those that guides for heads of sales give."""

from collections.abc import Sequence
from statistics import fmean

from amoconf.facts import FEW
from amoconf.kpi import answers, outcomes, work
from amoconf.kpi.ground import Ground
from amoconf.kpi.measure import DEALS, MINUTES, SHARE, TOUCHES, Measure, Norm, Norms
from amoconf.kpi.seen import Seen, busiest, grouped, largest
from amoconf.tongue import later

FALL = 0.02  # KPI: a rise of 2 to 5 points is normal, so is a change below that


def fixed(name: str, usual: float) -> Norms:
    """One norm for all: the spec's, or the usual one."""
    return lambda ground, now, before: lambda seen: float(ground.norms.get(name, usual))


def minutes(ground: Ground, now: Sequence[Seen], before: Sequence[Seen]) -> Norm:
    """By channel."""
    return lambda seen: answers.norm_of(ground, (seen.channel if seen else None) or "forms") / 60


def department(ground: Ground, now: Sequence[Seen], before: Sequence[Seen]) -> Norm:
    """The pipeline's own mean (KPI: no manager below the department's mean)."""
    means = {key: fmean(seen.value for seen in rows) for key, rows in grouped(now, "pipeline").items()}
    return lambda seen: means[seen.pipeline] if seen else None


def not_falling(ground: Ground, now: Sequence[Seen], before: Sequence[Seen]) -> Norm:
    """kpi.win_rate, else the pipeline's own rate of the window before, less two points."""
    said = ground.norms.get("win_rate")
    if said is not None:
        return lambda seen: float(said)
    rates = {
        key: max(0.0, fmean(seen.value for seen in rows) - FALL)
        for key, rows in grouped(before, "pipeline").items()
        if len(rows) >= FEW
    }
    return lambda seen: rates.get(seen.pipeline) if seen else None


def dictionary(ground: Ground) -> tuple[int, int]:
    """(loss reasons in the account, the most that is good)."""
    return len(ground.facts.things("loss_reason")), int(ground.norms.get("loss_reasons", 10))


# The six of the deviation board come first.
BOARD = (
    Measure(
        "first_response",
        later("First response"),
        MINUTES,
        later(
            "mean working time ({hours}) from a deal's creation to the first outgoing call, message, note or completed task of a person; deals created and answered in the window; the channel is told by a call or message that came in within five minutes of the creation"
        ),
        answers.first_response,
        minutes,
        dimensions=("channel", "pipeline", "manager", "source"),
    ),
    Measure(
        "answered_in_time",
        later("Answered in time"),
        SHARE,
        later(
            "share of the deals created in the window that a person answered within the norm of their channel, in working time ({hours}); those that still have time aside"
        ),
        answers.in_time,
        fixed("first_response.share", 0.85),
        dimensions=("channel", "pipeline", "manager", "source"),
        low=True,
    ),
    Measure(
        "next_step_coverage",
        later("Open deals with a next step"),
        SHARE,
        later("share of open deals that have an open task that is not overdue, when the window ended"),
        work.next_step,
        fixed("next_step_coverage", 0.85),
        dimensions=("pipeline", "manager", "source", "stage"),
        low=True,
    ),
    Measure(
        "overdue_tasks",
        later("Overdue tasks"),
        SHARE,
        later(
            "open tasks past their deadline and tasks completed late in the window, of all tasks open at its end or completed in it"
        ),
        work.overdue,
        fixed("overdue_tasks", 0.05),
        grave=3.0,
    ),
    Measure(
        "stuck_deals",
        later("Stuck deals"),
        SHARE,
        later(
            "share of open deals longer in their stage than its stall_limit in the spec, or 2 days for qualification, 5 for negotiation, 14 otherwise; entered by the last stage event, else when created"
        ),
        work.stuck,
        fixed("stalled_per_stage", 0.1),
        worst="stage",
        dimensions=("stage", "pipeline", "manager", "source"),
    ),
    Measure(
        "win_rate",
        later("Won of closed deals"),
        SHARE,
        later(
            "share of the deals closed in the window that were won; judged pipeline by pipeline, against kpi.win_rate or the window before less two points"
        ),
        outcomes.wins,
        not_falling,
        worst="source",
        low=True,
        grave=None,
        judged=("pipeline",),
        events=False,
    ),
)
MORE = (
    Measure(
        "touches_per_won",
        later("Touches of a won deal"),
        TOUCHES,
        later(
            "mean number of calls, messages, notes and completed tasks of deals created and won in the window"
        ),
        work.touches,
        fixed("touches_per_won.min", 8),
        low=True,
        most=lambda ground: float(ground.norms.get("touches_per_won.max", 12)),
        grave=None,
    ),
    Measure(
        "stage_conversion",
        later("Steps forward"),
        SHARE,
        later(
            "share of the moves out of a stage that went on, to a later stage or to won; a manager is judged against the mean of the same pipelines, and only beyond what chance explains (two standard errors)"
        ),
        outcomes.steps,
        department,
        dimensions=("stage", "pipeline", "manager", "source"),
        low=True,
        grave=None,
        judged=("manager",),
        chance=True,
    ),
    Measure(
        "open_deals_per_manager",
        later("Open deals of the busiest manager"),
        DEALS,
        later("open deals by responsible user when the window ended; the most that one has"),
        work.open_deals,
        fixed("open_deals_per_manager", 60),
        grave=2.5,
        few=False,
        fold=busiest,
    ),
    Measure(
        "loss_reasons",
        later("The commonest loss reason"),
        SHARE,
        later(
            "the commonest reason's share of the deals lost in the window with a reason; besides, how many reasons the account's dictionary has"
        ),
        outcomes.losses,
        lambda ground, now, before: lambda seen: 0.3,
        worst="reason",
        dimensions=("reason", "pipeline", "manager", "source"),
        grave=None,
        fold=largest,
        also=dictionary,
        events=False,
    ),
)
MEASURES = (*BOARD, *MORE)
