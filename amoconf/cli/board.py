"""`amoconf board`: the figures of how people work, against the norms of the spec; reads only."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.audit import Wish, configuration, records
from amoconf.cli.failing import code_of, fails_on
from amoconf.cli.mirrors import Cache, caching
from amoconf.cli.noting import Note, noting
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.session import load_spec, reading, run, target_of
from amoconf.errors import Forbidden
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Reader
    from amoconf.audit import Rule
    from amoconf.facts import Facts
    from amoconf.kpi.window import Window
    from amoconf.kpi.window import Wish as Span
    from amoconf.records.keep import Keep

Document = dict[str, Any]

windowed = click.option(
    "--window",
    default="30d",
    show_default=True,
    metavar="WINDOW",
    help="What to look at: 30d, 2026-04, 2026-04-01..2026-06-30.",
)


@dataclass(frozen=True)
class Need:
    """What figures need. events: kinds of events besides moves, None for no events at all.

    since: from when, by now and the time zone.
    """

    keep: "Keep"
    events: Sequence[str] | None
    since: Callable[[int, tzinfo], int]


@dataclass(frozen=True)
class Read:
    """What was read. head: `account` of documents. reader: still open."""

    facts: "Facts"
    head: Document
    reader: "Reader"


@click.command("board")
@in_formats("board")
@noting("whole", "window", "compare")
@caching
@click.option(
    "--all", "whole", is_flag=True, help="All ten indicators instead of the six of the daily board."
)
@windowed
@click.option(
    "--compare",
    nargs=2,
    metavar="A B",
    help="Two windows side by side: B is shown, A is what it is compared with.",
)
@fails_on("End with 2 when an indicator is that bad.")
def command(options: Options, cache: Cache, note: Note, **flags: Any) -> int:
    """Show how people work, against the norms of the spec. Writes nothing."""
    from amoconf.kpi.window import wish
    from amoconf.report.text import board_text

    started = time.monotonic()
    texts = flags["compare"] or (flags["window"],)
    document = run(measured(options, cache, [wish(text) for text in texts], whole=flags["whole"]))
    document = stamped(document, options, started)
    show(document, options, board_text)
    note.done(document)
    return code_of((row["status"] for row in document["indicators"]), flags["fail_on"])


async def measured(options: Options, cache: Cache, spans: "Sequence[Span]", *, whole: bool) -> Document:
    """The document of the board. spans: the window, or the one to compare with and the window."""
    from amoconf.kpi.board import board
    from amoconf.kpi.ground import ground
    from amoconf.kpi.indicators import BOARD, MEASURES
    from amoconf.records.history import ANSWERS, TOUCHES
    from amoconf.records.keep import Keep
    from amoconf.report.boarddoc import board_document
    from amoconf.years import zone

    def since(now: int, place: tzinfo) -> int:
        return min(span.start for span in windows(spans, now, place))

    need = Need(Keep.of(leads=(), tasks=()), (*TOUCHES, *ANSWERS), since)
    async with read(options, cache, need) as found:
        facts = found.facts
        before, window = windows(spans, facts.now, zone(str(facts.account.facts.get("timezone"))))
        here = ground(facts, min(before.start, window.start))
        rows = board(here, MEASURES if whole else BOARD, window, before)
        return board_document(rows, here, window, before, found.head, found.reader.requests)


def windows(spans: "Sequence[Span]", now: int, place: tzinfo) -> "tuple[Window, Window]":
    """(the window to compare with, the window)."""
    first = spans[0](now, place)
    return (first, spans[1](now, place)) if len(spans) > 1 else (first.before, first)


@asynccontextmanager
async def read(options: Options, cache: Cache, need: Need) -> AsyncIterator[Read]:
    """The account, its records and events, as far as the token may read them; open as long as the block lasts."""
    from amoconf.years import zone

    spec = load_spec(options) if options.file.exists() else None
    target = target_of(options, spec.account if spec else None)
    async with reading(options, target, spec.secrets if spec else ()) as reader:
        wish = Wish(needs(need.keep), 0, cache)
        facts, found = await configuration(reader, spec, target, wish)
        head = {"id": found.facts["id"], "subdomain": target.subdomain, "domain": target.domain}
        async with records(options, reader, target, facts, wish) as whole:
            if whole.records is not None and need.events is not None:
                place = zone(str(whole.account.facts.get("timezone")))
                whole = await told(reader, whole, need.since(whole.now, place), need.events)
            yield Read(whole, head, reader)


async def told(reader: "Reader", facts: "Facts", since: int, kinds: Sequence[str]) -> "Facts":
    """The facts with events since a moment, beside the mirror."""
    from amoconf.facts import EVENTS
    from amoconf.records.history import read_history
    from amoconf.records.mirror import Mirror

    mirror = facts.records
    assert isinstance(mirror, Mirror)
    try:
        await read_history(reader, mirror, since, kinds)
    except Forbidden as error:
        reason = tr("the token may not read events: {reason}", reason=error.said or error.what)
        return replace(facts, unread={**facts.unread, EVENTS: reason})
    return replace(facts, since=since)


def needs(keep: "Keep") -> "tuple[Rule, ...]":
    """What the audit's reading is asked for: records, and names of sources."""
    from amoconf.audit import Rule
    from amoconf.facts import RECORDS

    return (
        Rule("KPI", "", "", "", lambda case: (), needs=(RECORDS,), keep=lambda facts: keep),
        Rule("KPI", "", "", "", lambda case: (), needs=("sources",)),
    )
