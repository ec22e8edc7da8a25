"""What records get back by `undo` as text: how many of each list, and what people have changed since."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from amoconf.report.flow import Line, Page, flow
from amoconf.tongue import later, tr, trn

Document = dict[str, Any]
SHOWN = 5
COMES = {
    "value": later("the value comes back"),
    "tag": later("the tag comes back"),
    "task_type": later("the task type comes back"),
    "loss_reason": later("the loss reason comes back"),
    "place": later("back to the stage"),
}
GOES = {"value": later("emptied again"), "tag": later("the tag comes off")}


def given_back(document: Document, page: Page) -> list[Line]:
    """Before: what records would get back, and what stays as people have changed it since."""
    rows, since = document["records"], document["changed_since"]
    lines: list[Line] = [((page.say(tr("RECORDS GET BACK WHAT THEY HELD")), "bold"),)] if rows else []
    for row in rows:
        sentence = (COMES if row["comes"] else GOES)[row["what"]]
        what = tr(sentence)
        text = f"{amount(row['list'], row['count'])}: {what}"
        items = [page.prose(text), page.hard(page.shell(row["address"]), "   ", "dim")]
        lines += flow(page, (("  ", ""),), items, 4)
    return [*lines, *changed_since(since, page)]


def was_given_back(document: Document, page: Page) -> list[Line]:
    """Afterwards: how many got something back, which were refused, what stayed as people have changed it."""
    done = document.get("records")
    if not done:
        return []
    lines: list[Line] = []
    if done["back"] or done["error"] or done["open"]:
        text = trn(
            "{number} record has what it held before.",
            "{number} records have what they held before.",
            done["back"],
        )
        more = [page.prose(done["error"], " ", "bold red")] if done["error"] else []
        lines += flow(page, (), [page.prose(text), *more], 2)
    if done["open"]:
        lines += flow(page, (), [page.prose(still_open(done["open"]), style="bold red")], 2)
    left = done["left"] if page.verbose else done["left"][:SHOWN]
    if left:
        text = tr("The service does not let these change: {count}", count=len(done["left"]))
        lines += flow(page, (), [page.prose(text, style="bold red")], 2)
    for row in left:
        lines += flow(
            page, (("  ", ""),), [page.hard(f"{row['list']}/{row['id']}:"), page.prose(row["why"], " ")], 4
        )
    return [*lines, *changed_since(done["changed_since"], page)]


def still_open(count: int) -> str:
    """What an interrupted undo has left to do."""
    return trn(
        "{number} record is still to be given back what it held; amoconf undo goes on.",
        "{number} records are still to be given back what they held; amoconf undo goes on.",
        count,
    )


def changed_since(rows: Sequence[Document], page: Page) -> list[Line]:
    """What people have changed, by list, with the first ids; all of them at --verbose."""
    counts = Counter(row["list"] for row in rows)
    lines: list[Line] = []
    for entity in counts:
        ids = list(dict.fromkeys(row["id"] for row in rows if row["list"] == entity))
        shown = ids if page.verbose else ids[:SHOWN]
        names = ", ".join(map(str, shown)) + (page.ellipsis if len(shown) < len(ids) else "")
        text = tr(
            "left alone, for somebody has changed them since: {records} ({ids})",
            records=amount(entity, len(ids)),
            ids=names,
        )
        lines += flow(page, (("  ", ""),), [page.prose(text)], 4)
    return lines


def amount(entity: str, count: int) -> str:
    """So many records of a list."""
    if entity == "leads":
        return trn("{number} deal", "{number} deals", count)
    if entity == "contacts":
        return trn("{number} contact", "{number} contacts", count)
    if entity == "companies":
        return trn("{number} company", "{number} companies", count)
    if entity == "customers":
        return trn("{number} customer", "{number} customers", count)
    if entity == "tasks":
        return trn("{number} task", "{number} tasks", count)
    return trn("{number} element", "{number} elements", count)
