"""A plan or drift laid out: what needs attention first, then every change by what it is about, before and after."""

from collections.abc import Sequence

from amoconf.digits import number
from amoconf.report import attention, plantext
from amoconf.report.clean import shell
from amoconf.report.flow import Item, Line, text_of
from amoconf.report.paper import (
    CODE,
    ERROR,
    INFO,
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
    plain,
)
from amoconf.report.papers import account_of, facts_of
from amoconf.report.papers.danger import briefs, spelt
from amoconf.report.papers.rows import SYMBOLS, entry, wide, word
from amoconf.tongue import tr, trn

ORIGINS = ("drift", "both", "spec", None)


def changes_paper(document: Document) -> Paper:
    """The whole of it."""
    drift = document["command"] == "drift"
    rows = document["differences"] if drift else document["changes"]
    parts = by_origin(rows) if drift else by_kind(rows)
    return Paper(
        tr("Drift") if drift else tr("Plan"),
        account_of(document),
        verdict(document, rows),
        facts_of(document),
        [*counts(document), *cost(document)],
        [*parts, *rest(document)],
    )


def verdict(document: Document, rows: Sequence[Document]) -> Note:
    """The one thing to know."""
    if not rows:
        return Note(plain(tr("Nothing to do: the account is as the spec says.")), "good")
    total = trn("{number} difference", "{number} differences", len(rows))
    if document["command"] == "drift":
        return Note((Span(total, STRONG), Span(tr(" between the account and the spec"))), WARN)
    stopped = sum(bool(row["blocked_by"]) for row in rows)
    if not stopped:
        return Note((Span(trn("{number} change", "{number} changes", len(rows)), STRONG),), INFO)
    told = tr("Blocked: {stopped} of {total} changes.", stopped=number(stopped), total=number(len(rows)))
    return Note((Span(told, STRONG), Span(tr(" Nothing is applied until that is settled."))), ERROR)


def counts(document: Document) -> list[Block]:
    """How many changes of each sort."""
    summary = document["summary"]
    told = [
        (plain(f"{SYMBOLS[name]} {word(name)}"), plain(number(summary[name])))
        for name in SYMBOLS
        if summary.get(name)
    ]
    told.append((plain(tr("unchanged")), plain(number(summary["unchanged"]))))
    gone = tr("no longer in the spec") if document["command"] == "diff" else tr("not in the spec, left alone")
    told.append((plain(gone), plain(number(summary["unlisted"]))))
    return [Table((Column(tr("What")), Column(tr("How many"), numeric=True)), told)]


def cost(document: Document) -> list[Block]:
    """What it costs and what is missing, as the text says it."""
    if document["command"] == "drift" or not document["changes"]:
        return []
    costs = plantext.summary({**document, "blocked": False}, wide())[1:]
    missing = plantext.blocked(document, wide()) if document["blocked"] else []
    return [*(Note(plain(text_of([line]).strip())) for line in costs), *missed(missing)]


def missed(lines: Sequence[Line]) -> list[Block]:
    """What stands against the plan as a whole; the command that lifts it is there to be copied."""
    text = " ".join(text_of([line]).strip() for line in lines)
    command = text.rpartition(wide().words.if_meant)[2] if wide().words.if_meant in text else ""
    return [Note(spelt(text, command) if command else plain(text), ERROR)] if text else []


def by_kind(rows: Sequence[Document]) -> list[Section]:
    """Grave changes first; then what lies in each section; by hand; what was moved in the CRM."""
    words = wide().words
    places: dict[str, list[Document]] = {"grave": [], "": [], "hand": [], "drift": []}
    for row in rows:
        places[plantext.place_of(row)].append(row)
    grave = sorted(places["grave"], key=attention.rank)
    sections: dict[str, list[Document]] = {title: [] for title in dict.fromkeys(words.sections.values())}
    for row in places[""]:
        sections.setdefault(words.section(row["kind"]), []).append(row)
    titled = [
        *sections.items(),
        (words.by_hand, places["hand"]),
        (words.drifted, places["drift"]),
    ]
    first = section(words.attention, grave, urgent=True, level=ERROR)
    return [part for part in (first, *(section(*pair) for pair in titled)) if part]


def by_origin(rows: Sequence[Document]) -> list[Section]:
    """By who moved; what only a person can do at the end."""
    rest = [row for row in rows if row["action"] != "manual"]
    parts = []
    for origin in ORIGINS:
        title, settle = wide().words.origin(origin)
        mine = [row for row in rest if row["origin"] == origin]
        parts.append(section(title, mine, lead=settle, urgent=origin in ("drift", "both")))
    parts.append(section(wide().words.by_hand, [row for row in rows if row["action"] == "manual"]))
    return [part for part in parts if part]


def section(
    title: str, rows: Sequence[Document], *, lead: str = "", urgent: bool = False, level: str = ""
) -> Section | None:
    """A heading with the number of changes, and the changes."""
    if not rows:
        return None
    blocks: list[Block] = [Note(plain(lead))] if lead else []
    told = [entry(row) for row in rows]
    short = [[*blocks, brief] for brief in briefs(rows)] if urgent else []
    head = f"{title} ({number(len(rows))})"
    return Section(head, [*blocks, Entries(told)], urgent, level=level, briefs=short)


def rest(document: Document) -> list[Section]:
    """Notices, allowances that nothing needed, what the spec does not speak of."""
    texts = [plain(joined(plantext.problem(wide(), row))) for row in document["notices"]]
    for item in map(shell, document.get("idle_allowances", ())):
        told = tr("--allow {address} was not needed", address=item)
        texts.append(spelt(told, f"--allow {item}"))
    made: list[Section] = []
    if texts:
        made.append(Section(tr("Notes"), [Note(text) for text in texts]))
    if names := document["unlisted"]:
        title = tr("Not in the spec, left alone ({number})", number=number(len(names)))
        cells = [((Span(name, CODE),),) for name in names]
        made.append(Section(title, [Table((Column(tr("Address")),), cells)], folded=True))
    return made


def joined(items: Sequence[Item]) -> str:
    """Items with what stands between them, on one line."""
    return "".join(item.text if not number else f"{item.gap}{item.text}" for number, item in enumerate(items))
