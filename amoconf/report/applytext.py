"""What became of an apply: done, by hand, not started, blocked, failed; and whether the account is as the spec says."""

from collections.abc import Mapping, Sequence
from typing import Any

from amoconf.report import entries, plantext
from amoconf.report.backtext import amount
from amoconf.report.flow import Item, Line, Page, flow, gathered
from amoconf.tongue import tr

Document = dict[str, Any]
# What matters most comes last: it stands right above the prompt.
ORDER = ("done", "manual", "skipped", "blocked", "failed")
MOST_VALUES = 10
STYLES: Mapping[str, str] = {"failed": "bold red", "blocked": "bold red"}


def apply_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    return [*gathered([*blocks(document, page), verdict(document, page)])]


def blocks(document: Document, page: Page) -> list[list[Line]]:
    """What became of each change, and what is still different."""
    found: list[list[Line]] = []
    for status in ORDER:
        rows = [row for row in document["steps"] if row["status"] == status]
        title, style = page.words.statuses[status], STYLES.get(status, "bold")
        found.append(plantext.titled(page, title, rows, _rows, style))
    found += [values(document, page), kept(document, page)]
    return [*found, plantext.counted(page, page.words.left, left_over(document), entries.usual)]


def values(document: Document, page: Page) -> list[Line]:
    """What became of values that were moved, and those that map to nothing, the most frequent first."""
    words, rows = page.words.converting, document.get("conversion") or ()
    lines: list[Line] = [((page.say(words.title), "bold"),)] if rows else []
    for row in rows:
        head = ((f"  {page.shell(row['address'])}   ", ""),)
        lines += flow(page, head, [page.prose(text) for text in words.result(row)], 4)
        shown = row["unmapped"] if page.verbose else row["unmapped"][:MOST_VALUES]
        for item in shown:
            lines += flow(page, (("    ", ""),), [page.prose(words.unmapped(item))], 6)
        if rest := len(row["unmapped"]) - len(shown):
            lines += flow(page, (("    ", ""),), [page.prose(words.more(rest))], 6)
    return lines


def kept(document: Document, page: Page) -> list[Line]:
    """How many records' values were written down before the service wiped them."""
    rows = document.get("kept") or ()
    if not rows:
        return []
    told = ", ".join(amount(row["list"], row["count"]) for row in rows)
    return flow(page, (), [page.prose(tr("Kept for undo: values of {records}.", records=told))], 2)


def _rows(page: Page, rows: Sequence[Document]) -> list[Line]:
    return entries.block(page, rows, outcome)


def left_over(document: Document) -> list[Document]:
    """Differences that no failed or blocked change accounts for."""
    told = {row["address"] for row in document["steps"] if row["status"] in ("failed", "blocked", "skipped")}
    return [row for row in document["left"] if row["address"] not in told]


def outcome(page: Page, row: Document) -> list[Item]:
    """The reason, where to click, or the id."""
    if row["status"] == "manual":
        return [page.prose(text) for text in row["manual"] or [row["error"] or ""]]
    if row["error"]:
        return [page.prose(row["error"])]
    return [page.hard(page.say(page.words.made(row["id"])), style="dim")] if row["id"] is not None else []


def verdict(document: Document, page: Page) -> list[Line]:
    """The counts, the plain last word, and what to type next."""
    words, counts, back = page.words, document["summary"], document["command"] == "undo"
    held = still_held(document) if back else 0
    bad = counts["failed"] or counts["blocked"] or counts["skipped"] or held
    wrong = bool(bad or not document["converged"])
    style = "bold red" if wrong else "bold green"
    goal, done = (words.undo.goal, words.undo.done) if back else (words.goal, words.done)
    if back and not wrong and not counts["manual"]:
        goal = words.undo.but_for(len(document["not_coming_back"]))
    last = words.verdict(counts, len(left_over(document)), document["converged"], goal, records=held)
    if not document["steps"] and not wrong:
        name = plantext.account(document, page)
        last = words.undo.idle(name, len(document["not_coming_back"])) if back else words.idle_account(name)
    lines = flow(page, (), [page.prose(words.apply_counts(counts, done))], 2) if document["steps"] else []
    lines += flow(page, (), [page.prose(last, style=style)], 2)
    if wrong or counts["manual"]:
        plain = plantext.command_line(document, page, "apply" if wrong else "plan")
        command = undo_command(document, page, apply=wrong) if back else plain
        lines += flow(page, (), [page.hard(words.next_step(wrong, command))], 2)
    return lines


def still_held(document: Document) -> int:
    """Records that have not been given back what they held."""
    done = document.get("records")
    return done["open"] + len(done["left"]) if done else 0


def undo_command(document: Document, page: Page, *, apply: bool, named: bool = True) -> str:
    """The command that goes the same way back. named: with its snapshot, for an undo takes one of its own."""
    words = [plantext.command_line(document, page, "undo")]
    words += [f"--snapshot {page.shell(document['snapshot']['name'])}"] if named else []
    words += [f"--allow {page.shell(item)}" for item in document["snapshot"]["allowed"]] if apply else []
    return " ".join([*words, *(["--apply"] if apply else [])])


def manual_lines(steps: Sequence[tuple[str, str]], page: Page) -> list[Line]:
    """What a person is to do while apply waits."""
    rows = [
        {"address": address, "action": "manual", "status": "manual", "manual": [text]}
        for address, text in steps
    ]
    return plantext.titled(page, page.words.statuses["manual"], rows, _rows)
