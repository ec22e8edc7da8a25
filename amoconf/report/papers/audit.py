"""An audit laid out: the score, what takes most off it, findings by how grave they are, pictures, figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.digits import number, percent
from amoconf.report.audittext import counted, scores, was
from amoconf.report.paper import (
    CODE,
    ERROR,
    GREY,
    INFO,
    STRONG,
    WARN,
    Block,
    Column,
    Course,
    Document,
    Entries,
    Entry,
    Note,
    Paper,
    Section,
    Span,
    Table,
    Words,
    dim,
    plain,
)
from amoconf.report.papers import account_of, facts_of
from amoconf.report.papers.stages import pictures
from amoconf.tongue import later, tr

TITLES = {ERROR: later("Errors"), WARN: later("Warnings"), INFO: later("To know")}
WORDS = {
    ERROR: later("error"),
    WARN: later("warning"),
    INFO: later("to know"),
    GREY: later("too little data"),
}
MARKS = {ERROR: "▲", WARN: "◆", INFO: "●", GREY: "○"}
GOOD_SCORE, FAIR_SCORE = 80, 50
MOST_PENALTIES = 10


def audit_paper(document: Document) -> Paper:
    """The whole audit."""
    grave = [section(document, level, urgent=level == ERROR) for level in TITLES]
    rest = [compared(document), excused(document), too_few(document), skipped(document), *figures(document)]
    drawn = pictures(document)
    pictured = Section(tr("Pictures"), drawn) if drawn else None
    first, *others = grave
    return Paper(
        tr("Audit"),
        account_of(document),
        verdict(document),
        [*facts_of(document), (tr("Rules evaluated"), number(len(document["evaluated"])))],
        [*notes(document), *history(document), *penalties(document)],
        [part for part in (first, *others, pictured, *rest) if part is not None],
    )


def verdict(document: Document) -> Note:
    """The score, and how many findings of each sort."""
    score = document["score"]
    counts = count_words(document["findings"])
    if score is None:
        return Note(plain(tr("No rule could be evaluated.")), GREY)
    level = "good" if score >= GOOD_SCORE else WARN if score >= FAIR_SCORE else ERROR
    return Note((Span(tr("Score {score} of 100", score=score), STRONG), Span(f": {counts}")), level)


def count_words(findings: Sequence[Document]) -> str:
    """How many errors, warnings, things to know."""
    counts = {level: sum(row["severity"] == level for row in findings) for level in TITLES}
    return ", ".join(counted(counts))


def notes(document: Document) -> list[Block]:
    """What limits the result."""
    said = []
    if document["offline"]:
        said.append(tr("Offline: only what the spec says was looked at."))
    if document["partial"]:
        said.append(tr("The token is no administrator's: counted is what its user may see."))
    return [Note(plain(text), WARN) for text in said]


def history(document: Document) -> list[Block]:
    """The score over time, where earlier audits are known."""
    rows = [row for row in document.get("history", ()) if row.get("score") is not None]
    points = [(str(row["at"]), float(row["score"])) for row in rows]
    return [Course(tr("Score over time"), points)] if len(points) > 1 else []


def penalties(document: Document) -> list[Block]:
    """What takes most off the score."""
    rows = document["penalties"]
    if not rows:
        return []
    titles = {row["rule"]: row["title"] for row in document["findings"]}
    told = [
        (plain(f"{row['rule']} {titles.get(row['rule'], '')}".strip()), plain(f"−{number(row['points'])}"))
        for row in rows[:MOST_PENALTIES]
    ]
    columns = (Column(tr("Rule")), Column(tr("Points"), numeric=True))
    return [Table(columns, told, tr("What takes most off the score"))]


def section(document: Document, level: str, *, urgent: bool) -> Section | None:
    """The findings of one severity, those of one rule together."""
    rows = [row for row in document["findings"] if row["severity"] == level]
    if not rows:
        return None
    groups: dict[str, list[Document]] = {}
    for row in rows:
        groups.setdefault(row["rule"], []).append(row)
    blocks = [group(mine) for mine in groups.values()]
    return Section(f"{tr(TITLES[level])} ({number(len(rows))})", blocks, urgent, level=level)


def group(rows: Sequence[Document]) -> Entries:
    """One rule: its findings, then what to do and how it was computed."""
    first = rows[0]
    after = [
        (Span(tr("What to do:"), STRONG), Span(f" {first['todo']}")),
        dim(tr("Computed: {how}", how=first["computed"])),
    ]
    return Entries([finding(row) for row in rows], f"{first['rule']}. {first['title']}", (), after)


def finding(row: Mapping[str, Any]) -> Entry:
    """One finding, with its evidence and lines of a spec that would mend it."""
    level = row["severity"]
    lines = [plain(numbers(row))] if numbers(row) else []
    seen = evidence(row)
    return Entry(
        level,
        MARKS[level],
        tr(WORDS[level]),
        row["address"],
        plain(row["message"]),
        (),
        [*lines, *([seen] if seen else []), *([plain(row["settled"])] if row.get("settled") else [])],
        row["spec"] or "",
        row["share"],
        row["threshold"] if row["measure"] == "share" else None,
    )


def numbers(row: Mapping[str, Any]) -> str:
    """Count of total, share, threshold."""
    count, total, share = number(row["count"]), number(row["total"]), percent(row["share"])
    if row["total"] is None:
        parts = [tr("count: {count}", count=count)]
    else:
        parts = [tr("count: {count} of {total} ({share})", count=count, total=total, share=share)]
    if row["threshold"] is not None:
        most = percent(row["threshold"]) if row["measure"] == "share" else number(row["threshold"])
        parts.append(tr("threshold: {most}", most=most))
    return "; ".join(parts)


def evidence(row: Mapping[str, Any]) -> Words:
    """Ids, with links to where they are seen."""
    ids, links = row["evidence"], row["links"]
    if not ids:
        return tuple(Span(link, CODE, link) for link in links)
    each = links if len(links) == len(ids) else [""] * len(ids)
    spans = [Span(tr("Evidence:"))]
    for key, link in zip(ids, each, strict=True):
        spans += [Span(" "), Span(str(key), CODE, link)]
    if row["count"] > len(ids):
        spans.append(Span(" …"))
    if links and len(links) != len(ids):
        spans += [Span(" · "), Span(tr("seen here"), "", links[0])]
    return tuple(spans)


def compared(document: Document) -> Section | None:
    """What is new, what is fixed, what changed in number."""
    since = document["comparison"]
    if since is None:
        return None
    names = (("new", "+", later("new")), ("fixed", "−", later("fixed")), ("changed", "~", later("changed")))
    entries = [
        Entry(
            row["severity"] if key != "fixed" else "good",
            mark,
            tr(word),
            row["address"],
            (Span(row["rule"], STRONG), Span(f" {row['message']}")),
            (),
            [plain(was(row))] if "before" in row else (),
        )
        for key, mark, word in names
        for row in since[key]
    ]
    top = [Note(plain(text)) for text in scores(document)]
    return Section(tr("Since the previous audit"), [*top, Entries(entries)])


def excused(document: Document) -> Section | None:
    """Exceptions, those that ended first."""
    rows = sorted(document["exceptions"], key=lambda row: row["state"] != "expired")
    columns = [Column(tr(name)) for name in (later("Rule"), later("About"), later("Why"), later("Until"))]
    told = [
        (
            plain(row["rule"]),
            (Span(str(row["address"] or row["id"]), CODE),),
            plain(row["reason"]),
            plain(until(row)),
        )
        for row in rows
    ]
    return Section(tr("Exceptions"), [Table(columns, told)]) if told else None


def until(row: Mapping[str, Any]) -> str:
    """The last day of an exception, and whether it still does anything."""
    if row["state"] == "expired":
        return tr("{day} (ended)", day=row["until"])
    return tr("{day} (matches nothing)", day=row["until"]) if row.get("matches") is False else row["until"]


def too_few(document: Document) -> Section | None:
    """Findings on too few records to tell."""
    rows = [row for row in document["findings"] if row["severity"] == GREY]
    entries = [Entry(GREY, MARKS[GREY], row["rule"], row["address"], plain(row["message"])) for row in rows]
    title = tr("Too little data: under 30 records ({number})", number=number(len(rows)))
    return Section(title, [Entries(entries)], folded=True, paper=False) if rows else None


def skipped(document: Document) -> Section | None:
    """Rules that were not evaluated, and why."""
    reasons: dict[str, list[str]] = {}
    for row in document["skipped"]:
        reasons.setdefault(row["reason"], []).append(row["rule"])
    told = [(plain(", ".join(codes)), plain(reason)) for reason, codes in reasons.items()]
    title = tr("Rules not evaluated ({number})", number=number(len(document["skipped"])))
    columns = (Column(tr("Rules")), Column(tr("Why")))
    return Section(title, [Table(columns, told)], folded=True) if told else None


def figures(document: Document) -> list[Section]:
    """Every figure by its documented name; those of single things, which are hundreds, stay off paper."""
    whole, single = (
        {name: value for name, value in document["figures"].items() if ("[" in name) is apart}
        for apart in (False, True)
    )
    return [
        *table_of(tr("Figures ({number})", number=number(len(whole))), whole, paper=True),
        *table_of(tr("Figures of single things ({number})", number=number(len(single))), single, paper=False),
    ]


def table_of(title: str, rows: Mapping[str, Any], *, paper: bool) -> list[Section]:
    """A section of figures, where there are any."""
    told = [((Span(name, CODE),), plain(number(value))) for name, value in rows.items()]
    columns = (Column(tr("Figure")), Column(tr("Value"), numeric=True))
    return [Section(title, [Table(columns, told)], folded=True, paper=paper)] if told else []
