"""Dictionaries, integrations, rules in plain sentences, what people look after, and what is out of use."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.digits import number, percent
from amoconf.kinds import KINDS
from amoconf.report.boarddoc import spoken_days
from amoconf.report.paper import Block, Column, Document, Note, Section, Table, plain
from amoconf.report.papers.regulations.words import DEEDS, code, duration, listed, thing
from amoconf.tongue import later, tr, trn

NORMS: Mapping[str, str] = {
    "first_response.calls": later("A missed call is answered within {value}."),
    "first_response.chats": later("A chat is answered within {value}."),
    "first_response.forms": later("An enquiry from the site is answered within {value}."),
    "first_response.mail": later("A letter is answered within {value}."),
    "first_response.cold": later("A cold enquiry is answered within {value}."),
    "first_response.share": later("At least {value} of first answers come in time."),
    "next_step_coverage": later("At least {value} of open deals have a task for the next step."),
    "overdue_tasks": later("At most {value} of tasks are overdue."),
    "stalled_per_stage": later("At most {value} of the deals of a stage stand there longer than its limit."),
    "touches_per_won.min": later("Touches of a won deal: {value} or more."),
    "touches_per_won.max": later("Touches of a won deal: {value} or fewer."),
    "open_deals_per_manager": later("Open deals of one manager: {value} or fewer."),
    "win_rate": later("At least {value} of closed deals are won."),
    "loss_reasons": later("Loss reasons in the dictionary: {value} or fewer."),
}
SPANS = {f"first_response.{way}" for way in ("calls", "chats", "forms", "mail", "cold")}


def rules(document: Document) -> list[Section]:
    """The sections that have something to say."""
    given = (
        (tr("Loss reasons, tags, task types"), dictionaries(document["dictionaries"])),
        (tr("Integrations"), integrations(document["integrations"])),
        (tr("Norms and rules"), sentences([*norms(document["norms"]), *policy(document["policy"])])),
        (tr("Checked by people"), manual(document["manual"])),
    )
    made = [Section(title, blocks) for title, blocks in given if blocks]
    return [*made, *gone(document["gone"])]


def dictionaries(given: Document) -> list[Block]:
    """One table: what, and its values."""
    rows = [(tr("Loss reasons"), given["loss_reasons"]), (tr("Task types"), given["task_types"])]
    rows += [(tr("Tags: {cards}", cards=thing(scope)), names) for scope, names in given["tags"].items()]
    told = [(plain(title), listed(names)) for title, names in rows if names]
    return [Table((Column(tr("Dictionary")), Column(tr("Values"))), told)] if told else []


def integrations(given: Document) -> list[Block]:
    """Widgets and webhooks."""
    blocks: list[Block] = []
    if given["widgets"]:
        blocks.append(Note(plain(tr("Widgets: {names}.", names=", ".join(given["widgets"])))))
    if given["webhooks"]:
        heads = [Column(text) for text in (tr("Webhook"), tr("Goes to"), tr("When"))]
        rows = [
            (plain(row["key"]), plain(row["host"] or tr("a secret address")), code(" ".join(row["events"])))
            for row in given["webhooks"]
        ]
        blocks.append(Table(heads, rows))
    return blocks


def sentences(texts: Sequence[str]) -> list[Block]:
    """Each a paragraph."""
    return [Note(plain(text)) for text in texts]


def norms(given: Document) -> list[str]:
    """The norms of the spec's kpi."""
    told = [tr(sentence, value=_value(key, given[key])) for key, sentence in NORMS.items() if key in given]
    hours = given.get("working_hours")
    if hours:
        told.append(tr("Working hours, by the account's clock: {hours}.", hours=_hours(hours)))
    return told


def _value(key: str, value: Any) -> str:
    if key in SPANS:
        return duration(value)
    return percent(value) if isinstance(value, float) else number(value)


def _hours(given: Mapping[str, str]) -> str:
    days = [spoken_days(given["days"])] if "days" in given else []
    times = [f"{given.get('from', '…')}–{given.get('to', '…')}"] if {"from", "to"} & set(given) else []
    return ", ".join([*days, *times])


def policy(given: Document) -> list[str]:
    """What must never be."""
    told = []
    if given.get("admins.max") is not None:
        told.append(
            trn("At most {number} administrator.", "At most {number} administrators.", given["admins.max"])
        )
    if given.get("admins.allow"):
        told.append(tr("Administrators may be: {people}.", people=", ".join(given["admins.allow"])))
    if given.get("admins.technical"):
        told.append(
            tr("The technical user, who owns integrations: {person}.", person=given["admins.technical"])
        )
    if given.get("rights.forbid"):
        told.append(
            tr(
                "No role may have these rights: {rights}.",
                rights="; ".join(map(_right, given["rights.forbid"])),
            )
        )
    if given.get("email_domains"):
        told.append(tr("Mailboxes of users are at: {domains}.", domains=", ".join(given["email_domains"])))
    return told


def _right(name: str) -> str:
    """leads.delete in words; a pattern as it is."""
    entity, _, deed = name.partition(".")
    known = thing(entity) if entity != "*" else tr("all cards")
    return f"{known}: {tr(DEEDS[deed]).lower()}" if deed in DEEDS and (known != entity) else name


def manual(rows: Sequence[Document]) -> list[Block]:
    """What no program sees: a person looks, again and again."""
    heads = [Column(text) for text in (tr("What must be true"), tr("Where it is seen"), tr("How often"))]
    told = [
        (
            plain(row["title"]),
            plain(row["where"] or "–"),
            plain(tr("every {time}", time=duration(row["seconds"]))),
        )
        for row in rows
    ]
    return [Table(heads, told)] if told else []


def gone(rows: Sequence[Document]) -> list[Section]:
    """What is not used any more, and why; folded, for it is long and nobody works with it."""
    if not rows:
        return []
    heads = [Column(text) for text in (tr("What"), tr("Name"), tr("Why"))]
    told = [(plain(KINDS[row["kind"]].called), plain(_where(row)), plain(_why(row))) for row in rows]
    title = tr("Out of use ({number})", number=number(len(rows)))
    return [Section(title, [Table(heads, told)], folded=True)]


def _where(row: Document) -> str:
    return f"{row['within']}: {row['name']}" if row["within"] else str(row["name"])


def _why(row: Document) -> str:
    if row["to"] is None:
        return str(row["reason"])
    return tr("{reason}; deals go to “{stage}”", reason=row["reason"], stage=row["to"])
