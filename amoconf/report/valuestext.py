"""The values of a field as text: a table, the clusters, what a list of options would take, and YAML to paste."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.digits import fixed, number
from amoconf.report import phrases
from amoconf.report.clean import cut, width
from amoconf.report.flow import Line, Page, flow, gathered
from amoconf.report.valuesdoc import percent
from amoconf.report.valueswords import ValuesWords
from amoconf.spec.node import escape
from amoconf.spec.write import Writable, write
from amoconf.tongue import tr

Document = dict[str, Any]
WORDS = ValuesWords()
ROWS, SPELLINGS = 20, 8  # shown unless all is asked for
PAD = " " * 6  # where the attributes of a field stand in a spec
WIDEST = 40  # cells of a value in the table


def values_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    head = [page.hard(page.shell(document["field"]), style="bold")]
    head.append(page.prose(WORDS.filled(document["filled"], document["distinct"]), "   "))
    head.append(page.prose(WORDS.as_of(document["as_of"][:16].replace("T", " ")), "   ", "dim"))
    top = flow(page, (), head, 2)
    if not document["values"]:
        why = WORDS.masked if document["filled"] else WORDS.nothing
        return [*top, *flow(page, (("  ", ""),), [page.prose(tr(why))], 2)]
    total = sum(row["count"] for row in document["values"])
    blocks = [
        top,
        table(page, WORDS.values, [(row["value"], row["count"]) for row in document["values"]], total),
        clusters(document, page),
        table(page, WORDS.left_over, [(row["name"], row["count"]) for row in document["left_over"]], total),
        coverage(document, page),
        paste(document, page),
    ]
    return [*gathered(blocks)]


def table(page: Page, title: str, rows: Sequence[tuple[str, int]], total: int) -> list[Line]:
    """Values with their counts and shares."""
    shown = rows if page.verbose else rows[:ROWS]
    texts = [
        cut(phrases.value(page, text, "name"), min(WIDEST, page.width - 24), page.ellipsis)
        for text, _ in shown
    ]
    wide = max(map(width, texts), default=0)
    lines = [titled(page, title, len(rows))] if rows else []
    for text, (_, count) in zip(texts, shown, strict=True):
        share = f"{fixed(percent(count / total)):>6} %"
        lines.append(
            (("  ", ""), (text + " " * (wide - width(text)), ""), (f"{number(count):>9} {share}", ""))
        )
    return lines + _more(page, len(rows) - len(shown))


def titled(page: Page, title: str, count: int) -> Line:
    """A heading with how many there are."""
    return ((page.say(page.words.titled(tr(title), count)), "bold"),)


def _more(page: Page, count: int) -> list[Line]:
    return [(("  ", ""), (page.words.more(count), "dim"))] if count else []


def clusters(document: Document, page: Page) -> list[Line]:
    """Clusters of more than one spelling."""
    rows = [row for row in document["clusters"] if len(row["spellings"]) > 1]
    shown = rows if page.verbose else rows[:ROWS]
    lines = [titled(page, WORDS.clusters, len(rows))] if rows else []
    for row in shown:
        spelt = row["spellings"] if page.verbose else row["spellings"][:SPELLINGS]
        items = [
            page.hard(f"{_short(page, item['value'])} {number(item['count'])}", ", ", "dim") for item in spelt
        ]
        rest = len(row["spellings"]) - len(spelt)
        items += [page.hard(page.words.more(rest), " ", "dim")] if rest else []
        name = page.hard(f"{_short(page, row['name'])}  {number(row['count'])}:")
        items = [name, page.hard(items[0].text, " ", "dim"), *items[1:]]
        lines += flow(page, (("  ", ""),), items, 6)
    return lines + _more(page, len(rows) - len(shown))


def _short(page: Page, text: str) -> str:
    return cut(phrases.value(page, text, "name"), min(WIDEST, page.width - 24), page.ellipsis)


def coverage(document: Document, page: Page) -> list[Line]:
    """The share that the options take."""
    text = WORDS.coverage(len(document["suggestion"]["options"]), f"{fixed(document['coverage'])} %")
    return flow(page, (), [page.prose(text, style="bold")], 2)


def paste(document: Document, page: Page) -> list[Line]:
    """The attributes of the field."""
    if not document["suggestion"]["options"]:
        return []
    lines = [((page.say(tr(WORDS.paste)), "bold"),)]
    made = yaml(document["suggestion"], page.width - len(PAD))
    return [*lines, *(((PAD + page.say(line), ""),) if line else () for line in made.splitlines())]


def yaml(suggestion: Document, wide: int = 100) -> str:
    """`type`, `options` and `convert` of a field, without indent. wide: columns."""
    convert = suggestion["convert"]
    values: dict[str, Writable] = {
        escape(name): [escape(text) for text in texts] for name, texts in convert["values"].items()
    }
    moved: Mapping[str, Writable] = {"values": values, "otherwise": convert["otherwise"]}
    options = [escape(name) for name in suggestion["options"]]
    lines = write(
        {"field": {"type": suggestion["type"], "options": options, "convert": moved}}, wide
    ).splitlines()
    return "".join(f"{line[2:]}\n" for line in lines[1:])
