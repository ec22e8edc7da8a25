"""Who moved what since the last apply, attribute by attribute, from what to what."""

from typing import Any

from amoconf.report import entries, phrases
from amoconf.report.clean import width
from amoconf.report.flow import Item, Page, Part

Document = dict[str, Any]
BRIEF = 12  # cells of a value that is short enough to say twice


def drifted(page: Page, row: Document, *, settled: bool = True) -> list[Item]:
    """A thing that was changed in the CRM. settled: also say what apply will do about it."""
    if row["verb"] == "create":
        return [*entries.named(page, row), page.prose(page.words.erased)]
    items = [
        item for attribute in row["attributes"] for item in moved(page, attribute, row["origin"], settled)
    ]
    return [*items, *entries.impact(page, row)]


def moved(page: Page, row: Document, whole: str | None, settled: bool) -> list[Item]:
    """One attribute. whole: who moved the thing, where the attribute's own origin is not known (its place)."""
    origin = row.get("origin", whole)
    if origin == "drift":
        return _by_hand(page, row, settled)
    if origin == "both" and "last" in row and not row.get("inside"):
        return _by_both(page, row)
    note = {"spec": page.words.spec_moved, "both": page.words.both_moved}.get(origin or "")
    return [*phrases.change(page, [row]), *([page.prose(f"({note})", " ")] if note and settled else [])]


def _by_hand(page: Page, row: Document, settled: bool) -> list[Item]:
    """Back to front: the spec's value is the last applied one, and the CRM has the new one."""
    inside = [{**item, "before": item["after"], "after": item["before"]} for item in row.get("inside") or ()]
    back = {**row, "before": row["after"], "after": row["before"], "inside": inside}
    wish = phrases.value(page, row["after"], row["name"])
    brief = "" if inside or row["name"] == "position" or width(wish) > BRIEF else wish
    told = [page.prose(page.words.spec_sets_back(brief), ", ")] if settled else []
    return [*phrases.change(page, [back]), *told]


def _by_both(page: Page, row: Document) -> list[Item]:
    now, wish, last = (phrases.value(page, row[key], row["name"]) for key in ("before", "after", "last"))
    clauses = page.words.both_differ(phrases.short(row["name"]), now, wish, last)
    return [
        Item(tuple(Part(text, soft=text in (now, wish, last)) for text in clause), ", " if number else "; ")
        for number, clause in enumerate(clauses)
    ]
