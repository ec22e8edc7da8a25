"""Earlier constants checked, as text: what is gone, what has changed, and where gone ids still stand."""

from collections.abc import Mapping
from typing import Any

from amoconf.report.console import Screen
from amoconf.report.flow import Line, Page, flow
from amoconf.tongue import tr, trn

Document = dict[str, Any]


def outputs_text(document: Document, screen: Screen) -> None:
    """The whole of it."""
    screen.print(outputs_lines(document, screen.page))


def outputs_lines(document: Document, page: Page) -> list[Line]:
    """A paragraph for each loss and each use, then what it amounts to."""
    lines: list[Line] = []
    for row in document["losses"]:
        lines += flow(page, (("  ", ""),), [page.prose(loss(row, document["source"]))], 4)
    if document["uses"]:
        lines += [(), ((page.say(tr("Numbers that equal ids that are gone:")), "bold"),)]
        for use in document["uses"]:
            told = f"{use['file']}:{use['line']}: {use['id']} ({use['name']})"
            lines += flow(page, (("  ", ""),), [page.prose(told)], 4)
    for text in closing(document):
        lines += flow(page, (), [page.prose(text)], 2)
    return lines


def loss(row: Mapping[str, Any], source: str) -> str:
    """One constant that does not hold any more."""
    if row["status"] == "changed":
        return tr("{name}: was {old}, is {new}", name=row["name"], old=row["id"], new=row["now"])
    if row["status"] == "renamed":
        return tr(
            "{name} ({id}): is called {called} now", name=row["name"], id=row["id"], called=row["called"]
        )
    if source == "account":
        return tr("{name} ({id}): the spec has no such thing in the account", name=row["name"], id=row["id"])
    return tr("{name} ({id}): neither spec nor lock file know it", name=row["name"], id=row["id"])


def closing(document: Document) -> list[str]:
    """Whether the earlier outputs still hold."""
    total = sum(document["files"].values())
    lost = len(document["losses"])
    if lost:
        told = [
            trn(
                "{lost} of {number} constant does not hold any more.",
                "{lost} of {number} constants do not hold any more.",
                total,
                lost=lost,
            )
        ]
    else:
        told = [trn("{number} constant, and it holds.", "{number} constants, and all of them hold.", total)]
    if document["new"]:
        told.append(
            trn(
                "{number} new id is not in these files yet.",
                "{number} new ids are not in these files yet.",
                len(document["new"]),
            )
        )
    if document["scanned"] and lost and not document["uses"]:
        told.append(
            tr(
                "None of the ids that are gone was found in {folders}.",
                folders=", ".join(document["scanned"]),
            )
        )
    return told
