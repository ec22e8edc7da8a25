"""A fleet laid out: what could not be looked at first, then what groups of accounts have in common, then a table."""

from collections.abc import Sequence

from amoconf.digits import number
from amoconf.report.fleettext import BADNESS, SEVERITIES, counted, title_of, word_of
from amoconf.report.paper import (
    CODE,
    ERROR,
    GOOD,
    STRONG,
    WARN,
    Block,
    Column,
    Document,
    Entries,
    Note,
    Paper,
    Section,
    Span,
    Table,
    Words,
    plain,
)
from amoconf.report.papers import facts_of
from amoconf.report.papers.danger import briefs
from amoconf.report.papers.rows import entry
from amoconf.tongue import later, tr, trn

TITLES = {
    "fleet plan": later("Plan of many accounts"),
    "fleet drift": later("Drift of many accounts"),
    "fleet audit": later("Audit of many accounts"),
}


def fleet_paper(document: Document) -> Paper:
    """The whole of it."""
    audit, title = document["command"] == "fleet audit", TITLES[document["command"]]
    told = rules(document) if audit else [group(item) for item in document["groups"]]
    return Paper(
        tr(title),
        document["base"],
        verdict(document),
        facts_of(document),
        [accounts(document)],
        [*failed(document), *told],
    )


def verdict(document: Document) -> Note:
    """The one thing to know."""
    counts = document["summary"]
    audit = document["command"] == "fleet audit"
    said = [counted(name, counts[name], audit) for name in BADNESS if counts[name]]
    all_told = trn("{number} account", "{number} accounts", counts["accounts"])
    bad = ERROR if counts["failed"] or counts["blocked"] else WARN if counts["different"] else GOOD
    return Note((Span(all_told, STRONG), Span(f": {', '.join(said)}" if said else "")), bad)


def accounts(document: Document) -> Block:
    """Every account; the worst first."""
    audit = document["command"] == "fleet audit"
    heads = [tr("score of 100") if audit else tr("changes"), tr("seconds")]
    columns = (Column(tr("account")), Column(tr("result")), *(Column(head, numeric=True) for head in heads))
    rows = sorted(document["accounts"], key=lambda row: (BADNESS.index(row["result"]), row["name"]))
    return Table(columns, [_row(row) for row in rows])


def _row(row: Document) -> Sequence[Words]:
    known = row.get("score") if "score" in row else len(row.get("changes") or row.get("differences") or ())
    shown = "–" if row["error"] or known is None else number(known)
    return [
        plain(row["name"]),
        plain(word_of(row["result"], "score" in row)),
        plain(shown),
        plain(f"{row['seconds']:.1f}"),
    ]


def failed(document: Document) -> list[Section]:
    """Accounts of which nothing is known, and why."""
    rows = [row for row in document["accounts"] if row["error"]]
    notes = [Note(_why(row, problem), ERROR) for row in rows for problem in row["error"]["problems"]]
    title = f"{tr('NOT LOOKED AT')} ({number(len(rows))})"
    return [Section(title, notes, urgent=True, level=ERROR)] if rows else []


def _why(row: Document, problem: Document) -> Words:
    place = f"{problem['file']}:{problem['line']}:{problem['column']}: " if problem["file"] else ""
    todo = f" → {problem['todo']}" if problem["todo"] else ""
    return (Span(row["name"], CODE), Span(f": {place}{problem['what']}{todo}"))


def rules(document: Document) -> list[Section]:
    """Broken rules with the accounts that break them, by severity."""
    made = []
    for severity, title in SEVERITIES.items():
        mine = [item for item in document["groups"] if item["findings"][0]["severity"] == severity]
        rows = [
            [
                (Span(told["rule"], CODE), Span(f" {told['title']}")),
                plain(number(len(item["accounts"]))),
                plain(", ".join(item["accounts"])),
            ]
            for item in mine
            for told in item["findings"]
        ]
        columns = (Column(tr("rule")), Column(tr("accounts"), numeric=True), Column(tr("which")))
        if rows:
            made.append(
                Section(
                    f"{tr(title)} ({number(len(rows))})", [Table(columns, rows)], urgent=severity == ERROR
                )
            )
    return made


def group(item: Document) -> Section:
    """Accounts with the very same changes."""
    rows = item.get("changes") or item.get("differences") or []
    names = item["accounts"]
    title = title_of(names, len(rows))
    blocked = any(row["blocked_by"] for row in rows)
    told = Entries([entry({**row, "where": None}) for row in rows])
    who, level = Note(plain(", ".join(names))), ERROR if blocked else ""
    short: list[list[Block]] = [[who, brief] for brief in briefs(rows)] if blocked else []
    return Section(title, [who, told], urgent=blocked, level=level, briefs=short)
