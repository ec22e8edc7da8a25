"""Pictures of stages: how many deals reached each of them, and how many are stuck there."""

from collections.abc import Sequence
from datetime import UTC, datetime

from amoconf.report.paper import Bar, Bars, Block, Document, Note, dim
from amoconf.report.papers.numbers import number, percent
from amoconf.tongue import tr

MOST = 15  # bars of stuck deals


def pictures(document: Document) -> list[Block]:
    """A funnel for each pipeline in which something moved, then where deals are stuck."""
    rows = document.get("stages", ())
    names = dict.fromkeys(row["pipeline"] for row in rows)
    funnels = [funnel(name, [row for row in rows if row["pipeline"] == name]) for name in names]
    drawn = [bars for bars in funnels if any(bar.value for bar in bars.bars)]
    return [*(since(document) if drawn else []), *drawn, *stuck(rows)]


def since(document: Document) -> list[Block]:
    """Which deals the funnels are about."""
    if not document.get("events_since"):
        return []
    day = datetime.fromtimestamp(document["events_since"], UTC).date().isoformat()
    return [Note(dim(tr("Counted are deals created since {day}, from when on events were read.", day=day)))]


def funnel(pipeline: str, rows: Sequence[Document]) -> Bars:
    """Deals that stood in each stage, in the order of the stages."""
    known = [row for row in rows if row["reached"] is not None]
    top = max((row["reached"] for row in known), default=0)
    bars = [Bar(row["stage"], row["reached"], _reached(row["reached"], top)) for row in known]
    return Bars(tr("“{pipeline}”: deals that reached each stage", pipeline=pipeline), bars)


def _reached(count: float, top: float) -> str:
    return f"{number(count)} ({percent(count / top)})" if top else number(count)


def stuck(rows: Sequence[Document]) -> list[Block]:
    """Stages with the most deals beyond their limit."""
    worst = sorted((row for row in rows if row["stuck"]), key=lambda row: -row["stuck"])[:MOST]
    bars = [Bar(f"{row['pipeline']} / {row['stage']}", row["stuck"], number(row["stuck"])) for row in worst]
    return [Bars(tr("Deals stuck beyond the limit of their stage"), bars)] if bars else []
