"""`amoconf report`: the reports that people know from the interface, as tables; reads only."""

import time
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from amoconf.cli.board import Need, Read, read, windowed
from amoconf.cli.mirrors import Cache, caching
from amoconf.cli.options import Options, in_formats
from amoconf.cli.output import show, stamped
from amoconf.cli.session import run
from amoconf.errors import Forbidden, UsageError
from amoconf.tongue import tr

if TYPE_CHECKING:
    from amoconf.api import Reader
    from amoconf.facts import Facts
    from amoconf.kpi.ground import Ground
    from amoconf.kpi.table import Table
    from amoconf.kpi.window import Window
    from amoconf.kpi.window import Wish as Span

Document = dict[str, Any]
NAMES = ("summary", "funnel", "staff", "loss-reasons", "unsorted", "forecast")


@click.command("report")
@in_formats("report")
@caching
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar=f"[{'|'.join(NAMES)}]...")
@windowed
@click.option(
    "--pipeline", "keys", multiple=True, metavar="KEY", help="Only this pipeline: its key, name or number."
)
def command(options: Options, names: tuple[str, ...], cache: Cache, **flags: Any) -> int:
    """Show reports of the account's deals: summary, funnel, staff, and others. Writes nothing."""
    from amoconf.kpi.window import wish
    from amoconf.report.text import report_text

    started = time.monotonic()
    chosen = tuple(dict.fromkeys(names)) or ("summary",)
    document = run(reported(options, cache, chosen, wish(flags["window"]), flags["keys"]))
    show(stamped(document, options, started), options, report_text)
    return 0


async def reported(
    options: Options, cache: Cache, names: Sequence[str], span: "Span", keys: Sequence[str]
) -> Document:
    """The document of these reports."""
    from amoconf.kpi.ground import ground
    from amoconf.report.reportdoc import report_document
    from amoconf.years import zone

    async with read(options, cache, need_of(names, span)) as found:
        facts = found.facts
        window = span(facts.now, zone(str(facts.account.facts.get("timezone"))))
        here = ground(facts, window.start, picked(facts, keys))
        tables = [table for name in names for table in await built(name, here, window, found)]
        return report_document(tables, facts, window, found.head, found.reader.requests)


def need_of(names: Sequence[str], span: "Span") -> Need:
    """What these reports are to be told, and no more."""
    from amoconf.kpi.reports import REPORTS
    from amoconf.records.keep import Fields, Keep

    reports = [REPORTS[name] for name in names]
    keep = Keep({name: Fields() for report in reports for name in report.lists})
    kinds = [report.events for report in reports if report.events is not None]
    events = tuple(dict.fromkeys(kind for row in kinds for kind in row)) if kinds else None

    def since(now: int, place: tzinfo) -> int:
        window = span(now, place)
        return window.before.start if any(report.earlier for report in reports) else window.start

    return Need(keep, events, since)


def picked(facts: "Facts", keys: Sequence[str]) -> frozenset[int]:
    """Ids of pipelines by key, name or number. UsageError names those that there are."""
    from amoconf.facts import name_of, number_of

    known = {number_of(item): item for item in facts.account.of("pipeline") if item.id is not None}
    found = set()
    for key in keys:
        mine = [
            number for number, item in known.items() if key in (item.address.key, name_of(item), str(number))
        ]
        if not mine:
            names = ", ".join(name_of(item) for item in known.values())
            raise UsageError(
                tr("there is no pipeline {key}", key=repr(key)), tr("pipelines: {names}", names=names)
            )
        found |= set(mine)
    return frozenset(found)


async def built(name: str, here: "Ground", window: "Window", found: Read) -> "list[Table]":
    """The tables of a report; one without rows that says why where it cannot be made."""
    from amoconf.kpi.board import lacks
    from amoconf.kpi.endings import unsorted
    from amoconf.kpi.reports import REPORTS
    from amoconf.kpi.table import Table

    reason = lacks(here.facts, events=REPORTS[name].events is not None)
    if reason:
        return [Table(name, name, (), (), tr("not read: {reason}", reason=reason))]
    if name == "unsorted":
        return unsorted(here, window, *await counter(found.reader))
    return REPORTS[name].build(here, window)


async def counter(reader: "Reader") -> tuple[Mapping[str, Any] | None, str]:
    """(the service's own counter of incoming leads, why the token may not read it)."""
    from amoconf.kpi.endings import SUMMARY

    try:
        told = await reader.get(SUMMARY)
    except Forbidden as error:
        return None, error.said or error.what
    return (told if isinstance(told, Mapping) else None), ""
