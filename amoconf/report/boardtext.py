"""The board as text: a line an indicator, the worst below it, and how it was computed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amoconf.facts import FEW
from amoconf.report.boarddoc import spoken_days
from amoconf.report.clean import cut, width
from amoconf.report.figures import amount
from amoconf.report.flow import Item, Line, Page, flow, gathered
from amoconf.tongue import later, tr, trn

Document = dict[str, Any]
STYLES: Mapping[str, str] = {"error": "bold red", "warn": "yellow", "ok": "green", "grey": "dim"}
STATUSES: Mapping[str, str] = {
    "error": later("BAD"),
    "warn": later("watch"),
    "ok": later("good"),
    "grey": later("too few"),
}
TRENDS: Mapping[str, str] = {"better": later("better"), "worse": later("worse"), "same": later("the same")}
DIMENSIONS: Mapping[str, str] = {
    "pipeline": later("by pipeline"),
    "manager": later("by manager"),
    "source": later("by source"),
    "stage": later("by stage"),
    "channel": later("by channel"),
    "reason": later("by reason"),
}
WORST: Mapping[str, str] = {
    "manager": later("worst managers: "),
    "stage": later("worst stages: "),
    "source": later("worst sources: "),
    "reason": later("commonest reasons: "),
}
DOUBTFUL: Mapping[str, str] = {
    "manager": later("managers with too few to judge: "),
    "stage": later("stages with too few to judge: "),
    "source": later("sources with too few to judge: "),
}
MOST = 12  # rows of one dimension that are told with -v
NAME = 40  # cells of a name


def board_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    blocks = [block(row, page) for row in document["indicators"]]
    return [*gathered([top(document, page), *blocks, last(document, page)])]


def top(document: Document, page: Page) -> list[Line]:
    """Account, windows, working hours, what limits the figures."""
    account, hours = document["account"], document["working_hours"]
    name = page.say(f"{account['subdomain']}.{account['domain']}")
    lines: list[Line] = [(("amoconf board   ", "bold"), (name, ""))]
    spans = tr(
        "{now}, compared with {then}", now=span(document["window"]), then=span(document["previous_window"])
    )
    lines += flow(page, (("  ", ""),), [page.prose(spans)], 2)
    said = {
        "days": spoken_days(hours["days"]),
        "begin": hours["from"],
        "end": hours["to"],
        "zone": hours["timezone"],
    }
    text = (
        tr("Working time: {days}, {begin} to {end} ({zone}); say otherwise in kpi.working_hours.", **said)
        if hours["usual"]
        else tr("Working time: {days}, {begin} to {end} ({zone}).", **said)
    )
    lines += flow(page, (("  ", ""),), [page.prose(text, style="dim")], 2)
    return [*lines, *limits(document, page)]


def limits(document: Document, page: Page) -> list[Line]:
    """What the token may not read."""
    said = [
        tr("Not read: {what} ({reason}).", what=row["what"], reason=row["reason"])
        for row in document["unread"]
    ]
    if document["partial"]:
        said.append(tr("The token is no administrator's: counted is what its user may see."))
    return [line for text in said for line in flow(page, (("  ", ""),), [page.prose(text)], 2)]


def span(window: Mapping[str, Any]) -> str:
    """ "from … to …" with the days between; the last day is named, for nobody counts the moment that ends it."""
    days = trn("{number} day", "{number} days", round(window["days"]))
    last = datetime.fromisoformat(window["to"]) - timedelta(seconds=1)
    return tr("{begin} to {end} ({days})", begin=window["from"][:10], end=f"{last:%Y-%m-%d}", days=days)


def block(row: Document, page: Page) -> list[Line]:
    """One indicator."""
    style = STYLES[row["status"]]
    head = ((f"{mark(row['status'])} ", style), (page.say(row["title"]), "bold"), (": ", ""))
    items = [page.hard(amount(row["value"], row["unit"]), style=style), *facts(row, page)]
    lines = flow(page, head, items, 4)
    if row["unread"]:
        return lines + flow(
            page, (("    ", ""),), [page.prose(tr("not read: {reason}", reason=row["unread"]))], 4
        )
    lines += worst(row, page)
    if page.verbose:
        for dimension in dict.fromkeys(item["dimension"] for item in row["by"]):
            lines += by(row, dimension, page)
    return lines + flow(
        page, (("    " + tr("computed: "), "dim"),), [page.prose(row["calculation"], style="dim")], 6
    )


def mark(status: str) -> str:
    """Tells a status without colour."""
    return {"error": "!!", "warn": "! ", "ok": "ok", "grey": "? "}[status]


def facts(row: Document, page: Page) -> list[Any]:
    """Norm, status, trend, sample."""
    unit, found = (
        row["unit"],
        [page.prose(tr(STATUSES[row["status"]]), gap="  ", style=STYLES[row["status"]])],
    )
    if row["threshold"] is not None:
        found.append(page.hard(page.say(norm(row)), gap=", "))
    if row["trend"]:
        told = tr("{trend}: was {value}", trend=tr(TRENDS[row["trend"]]), value=amount(row["previous"], unit))
        found.append(page.hard(page.say(told), gap=", "))
    found.append(page.hard(page.say(tr("sample {number}", number=row["sample"])), gap=", "))
    if "dictionary" in row:
        book = row["dictionary"]
        text = tr(
            "{count} reasons in the dictionary, at most {most}", count=book["count"], most=book["threshold"]
        )
        found.append(page.hard(page.say(text), gap=", "))
    return found


def norm(row: Document) -> str:
    """ "norm 85 % or more"."""
    limit = amount(row["threshold"], row["unit"])
    if row["threshold_most"] is not None:
        return tr("norm {least} to {most}", least=limit, most=amount(row["threshold_most"], row["unit"]))
    if row["better"] == "more":
        return tr("norm at least {limit}", limit=limit)
    return tr("norm at most {limit}", limit=limit)


def worst(row: Document, page: Page) -> list[Line]:
    """The five worst; in a line of their own those who may be, but of whom little is known."""
    lines: list[Line] = []
    for items, title in ((row["worst"], WORST), (row["doubtful"], DOUBTFUL)):
        if items:
            head = tr(title[items[0]["dimension"]])
            lines += flow(page, (("    " + head, ""),), [_told(item, row["unit"], page) for item in items], 6)
    return lines


def _told(item: Document, unit: str, page: Page) -> Item:
    style = "" if item["status"] == "ok" else STYLES[item["status"]]
    return page.hard(told(item, unit, page), gap=", ", style=style)


def told(item: Document, unit: str, page: Page) -> str:
    """ "Name 12 % (of 40)"; a question mark where so few say nothing."""
    name = cut(page.say(item["name"]), NAME, page.ellipsis)
    few = "?" if item["status"] == "grey" else ""
    if unit == "deals":
        return f"{name} {amount(item['value'], '')}"
    return tr(
        "{name} {value}{few} (of {sample})",
        name=name,
        value=amount(item["value"], unit),
        few=few,
        sample=item["sample"],
    )


def by(row: Document, dimension: str, page: Page) -> list[Line]:
    """A table of one dimension."""
    items = [item for item in row["by"] if item["dimension"] == dimension]
    lines: list[Line] = [(("    " + tr(DIMENSIONS[dimension]), "dim"),)]
    names = [cut(page.say(item["name"]), min(NAME, page.width - 40), page.ellipsis) for item in items[:MOST]]
    wide = max(map(width, names), default=0)
    for name, item in zip(names, items, strict=False):
        pad = " " * (wide - width(name))
        lines.append(
            (
                (f"      {name}{pad}  ", ""),
                (f"{amount(item['value'], row['unit']):>10}", STYLES[item["status"]]),
                ("  " + tr("of {number}", number=item["sample"]), "dim"),
            )
        )
    rest = len(items) - len(names)
    if rest:
        # The document has them all.
        lines.append((("      " + trn("and {number} more", "and {number} more", rest), "dim"),))
    return lines


def last(document: Document, page: Page) -> list[Line]:
    """The counts once more."""
    counts = {word: sum(row["status"] == word for row in document["indicators"]) for word in STYLES}
    text = tr(
        "Board: {bad} bad, {watch} to watch, {good} good, {few} with too little data; {requests} requests.",
        bad=counts["error"],
        watch=counts["warn"],
        good=counts["ok"],
        few=counts["grey"],
        requests=document["requests"]["read"],
    )
    few = tr("A question mark: fewer than {number} records, too few to judge by.", number=FEW)
    grey = (
        [few] if any(item["status"] == "grey" for row in document["indicators"] for item in row["by"]) else []
    )
    return [line for said in (*grey, text) for line in flow(page, (), [page.prose(said)], 2)]
