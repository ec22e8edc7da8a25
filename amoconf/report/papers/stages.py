"""Pictures of stages: how many deals reached each of them, and how many are stuck there."""

from collections.abc import Sequence

from amoconf.digits import number, percent
from amoconf.report.paper import Bar, Bars, Block, Document, Note, dim
from amoconf.tongue import tr, trn

MOST = 15  # bars of stuck deals
DAY = 86_400


def pictures(document: Document) -> list[Block]:
    """A funnel for each pipeline that has deals, then where deals are stuck."""
    rows = document.get("stages", ())
    names = dict.fromkeys(row["pipeline"] for row in rows)
    funnels = [funnel(name, [row for row in rows if row["pipeline"] == name]) for name in names]
    drawn = [bars for bars in funnels if any(bar.value for bar in bars.bars)]
    return [*(since(document) if drawn else []), *drawn, *stuck(rows)]


def since(document: Document) -> list[Block]:
    """Which deals the funnels are about."""
    if not document.get("events_since"):
        return []
    days = int((document["now"] - document["events_since"]) // DAY)
    text = trn(
        "Counted are deals that are open or were closed in the last {number} day, by the furthest stage they reached; who reached a stage passed those before it. The same as: amoconf report funnel --window {number}d.",
        "Counted are deals that are open or were closed in the last {number} days, by the furthest stage they reached; who reached a stage passed those before it. The same as: amoconf report funnel --window {number}d.",
        days,
    )
    return [Note(dim(text))]


def funnel(pipeline: str, rows: Sequence[Document]) -> Bars:
    """Deals that came at least to each stage, in the order of the stages; the last bar are those won."""
    known = [row for row in rows if row.get("passed") is not None]
    top = max((row["passed"] for row in known), default=0)
    bars = [Bar(row["stage"], row["passed"], _reached(row["passed"], top)) for row in known]
    return Bars(tr("“{pipeline}”: deals that reached each stage", pipeline=pipeline), bars)


def _reached(count: float, top: float) -> str:
    return f"{number(count)} ({percent(count / top)})" if top else number(count)


def stuck(rows: Sequence[Document]) -> list[Block]:
    """Stages with the most deals beyond their limit."""
    worst = sorted((row for row in rows if row["stuck"]), key=lambda row: -row["stuck"])[:MOST]
    bars = [Bar(f"{row['pipeline']} / {row['stage']}", row["stuck"], number(row["stuck"])) for row in worst]
    return [Bars(tr("Deals stuck beyond the limit of their stage"), bars)] if bars else []
