"""Danger told briefly: changes of one sort as one entry, with their number, some names and what lifts their brakes."""

from collections.abc import Sequence
from dataclasses import replace

from amoconf.report import attention, entries
from amoconf.report.clean import shell
from amoconf.report.flow import Page, listed, text_of
from amoconf.report.paper import CODE, ERROR, STRONG, WARN, Document, Entries, Entry, Span, Words, plain
from amoconf.report.papers.rows import SYMBOLS, wide, word
from amoconf.tongue import tr

NAMED = Page(240)  # cells for the names of a group


def briefs(rows: Sequence[Document]) -> list[Entries]:
    """The changes by sort and place, and by sort alone where even that is too long."""
    return [
        Entries([_group(sort) for sort in attention.sorts(rows, by_home=by_home)])
        for by_home in (True, False)
    ]


def _group(sort: attention.Sort) -> Entry:
    """All changes of a sort: what is said of each of them, and the names that fit a line."""
    row, one = sort.first, len(sort.rows) == 1
    action = row["action"]
    level = ERROR if row["blocked_by"] else WARN
    head: Words = () if one else plain(wide().words.things_of(row["kind"], len(sort.rows), sort.home))
    address = row["address"] if one else ""
    return Entry(level, SYMBOLS.get(action, "?"), word(action), address, head, (), _lines(sort))


def _lines(sort: attention.Sort) -> list[Words]:
    """What is said against all of them, the allowance, the names."""
    why = _shared(sort.rows)
    told: list[Words] = [(Span(tr("Blocked: "), STRONG), Span(why))] if why else []
    reasons = {row["reason"] for row in sort.rows}
    texts = [str(*reasons)] if len(reasons) == 1 and None not in reasons else []
    texts += [item.text for item in attention.common(wide(), replace(sort, allow=""), why=False)]
    told += [plain("; ".join(texts))] if texts else []
    told += [allowed(sort.allow)] if sort.allow else []
    return told + ([_names(sort)] if len(sort.rows) > 1 else [])


def _shared(rows: Sequence[Document]) -> str:
    """The sentences that stand against each of them."""
    common = set.intersection(*({stop["why"] for stop in row["stops"]} for row in rows))
    return "; ".join(dict.fromkeys(stop["why"] for stop in rows[0]["stops"] if stop["why"] in common))


def _names(sort: attention.Sort) -> Words:
    names = [str(row["title"] or entries.key(row)) for row in sort.rows]
    return plain(text_of(listed(NAMED, list(map(NAMED.say, names)), 0, 1)).strip())


def allowed(allowance: str) -> Words:
    """What to add to the command, fit for a shell."""
    return (Span(wide().words.if_meant), Span(f"--allow {shell(allowance)}", CODE))


def spelt(text: str, command: str) -> Words:
    """A sentence in which a command is something to copy."""
    before, found, after = text.partition(command)
    return tuple(span for span in (Span(before), Span(found, CODE), Span(after)) if span.text)
