"""Blocks of a paper as HTML: findings and changes, notes, tables, bars, courses."""

from amoconf.report.html.charts import course, share_bar, value_bar
from amoconf.report.html.marks import element, escaped, words
from amoconf.report.html.route import route
from amoconf.report.paper import Bars, Block, Course, Entries, Entry, Note, Route, Shift, Table
from amoconf.tongue import tr

SIGNS = {"error": "▲", "warn": "◆", "info": "●", "good": "✓", "grey": "○"}


def block(item: Block) -> str:
    """Any block."""
    if isinstance(item, Entries):
        return entries(item)
    if isinstance(item, Note):
        return note(item)
    if isinstance(item, Table):
        return table(item)
    if isinstance(item, Route):
        return route(item)
    return bars(item) if isinstance(item, Bars) else figure(item)


def note(item: Note, look: str = "") -> str:
    """A paragraph; a grave one has its sign before it."""
    sign = f'<span class="sign" aria-hidden="true">{SIGNS[item.level]}</span> ' if item.level in SIGNS else ""
    return element("p", sign + words(item.words), " ".join(filter(None, (look, item.level))))


def entries(item: Entries) -> str:
    """Findings or changes under their heading."""
    inside = [f"<h3>{escaped(item.title)}</h3>"] if item.title else []
    inside += [element("p", words(item.lead))] if item.lead else []
    inside += [entry(one) for one in item.entries]
    inside += [element("p", words(line), "after") for line in item.after]
    return element("div", "\n".join(inside), "group")


def entry(item: Entry) -> str:
    """One finding or change."""
    head = (
        f'<span class="word"><span aria-hidden="true">{escaped(item.mark)}</span> {escaped(item.word)}</span>'
    )
    head += f' <code class="address">{escaped(item.address)}</code>' if item.address else ""
    head += f" {words(item.head)}" if item.head else ""
    inside = [element("p", head, "head")]
    if item.share is not None:
        inside.append(share_bar(item.share, item.threshold))
    inside += [element("ul", "".join(map(shift, item.shifts)), "shifts")] if item.shifts else []
    inside += [element("p", words(line)) for line in item.lines]
    inside += [_code(item.code)] if item.code else []
    return element("article", "\n".join(inside), f"entry {item.level}")


def _code(text: str) -> str:
    lines = "\n".join(escaped(line) for line in text.splitlines())
    title = tr("In the spec:")
    return f'<p class="into">{escaped(title)}</p><pre>{lines}</pre>'


def shift(item: Shift) -> str:
    """A value before and after, or that of a new thing."""
    name = f"<code>{escaped(item.name)}</code>: "
    after = element("ins", escaped(item.after))
    if item.before is None:
        return element("li", name + after)
    return element("li", f"{name}{element('del', escaped(item.before))} → {after}")


def table(item: Table) -> str:
    """A table whose rows are headed by their first cell."""
    number = [' class="number"' if column.numeric else "" for column in item.columns]
    heads = "".join(
        f'<th scope="col"{look}>{escaped(column.title)}</th>'
        for column, look in zip(item.columns, number, strict=True)
    )
    rows = []
    for cells in item.rows:
        first, *others = cells
        more = "".join(f"<td{look}>{words(cell)}</td>" for cell, look in zip(others, number[1:], strict=True))
        rows.append(f'<tr><th scope="row">{words(first)}</th>{more}</tr>')
    caption = f"<caption>{escaped(item.title)}</caption>" if item.title else ""
    body = "\n".join(rows)
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"


def bars(item: Bars) -> str:
    """Bars as a table: a label, the bar, the number beside it."""
    most = max((bar.value for bar in item.bars), default=0)
    rows = "\n".join(
        f'<tr><th scope="row">{escaped(bar.label)}</th>'
        f'<td class="drawn">{value_bar(bar.value / most if most else 0)}</td>'
        f'<td class="number">{escaped(bar.told)}</td></tr>'
        for bar in item.bars
    )
    return f'<table class="bars"><caption>{escaped(item.title)}</caption><tbody>\n{rows}\n</tbody></table>'


def figure(item: Course) -> str:
    """A line over time with its caption."""
    return f"<figure><figcaption>{escaped(item.title)}</figcaption>{course(item)}</figure>"
