"""The plan as text: header, what needs attention, sections by kind, by hand, drift, notes, summary."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amoconf.report import attention, entries, origins
from amoconf.report.convertwords import BATCH
from amoconf.report.flow import Item, Line, Page, flow, gathered, listed
from amoconf.report.nouns import duration

Document = dict[str, Any]
MANY = 12  # changes of one sort from which only their names are listed
FOLDED = ("create", "move", "restore")
NAME_LINES = 3


def plan_lines(document: Document, page: Page) -> list[Line]:
    """The whole text."""
    if not document["changes"]:
        nothing = page.words.idle_account(account(document, page))
        same = [*flow(page, (), [page.prose(nothing, style="green")], 2), *summary(document, page)]
        return [*gathered([same, unlisted(document, page), notes(document, page)])]
    blocks = [header(document, page), *changes(document["changes"], page)]
    return [*gathered([*blocks, unlisted(document, page), notes(document, page), summary(document, page)])]


def header(document: Document, page: Page) -> list[Line]:
    """Which command on which account, when, and what it took to read."""
    texts = [account(document, page)]
    if document.get("at"):
        texts.append(document["at"][11:19])
    if "requests" in document:
        texts.append(effort(document, page))
    items = [page.hard(page.say(text), entries.GAP) for text in texts]
    return flow(page, ((f"amoconf {document['command']}   ", "bold"),), items, 4)


def effort(document: Document, page: Page) -> str:
    """What the reading took."""
    asked = document["requests"]
    return page.words.effort(asked["read"], asked.get("impact", 0), document.get("seconds"), page.verbose)


def account(document: Document, page: Page) -> str:
    """The account as every text names it."""
    given = document["account"]
    return page.words.account(f"{given['subdomain']}.{given['domain']}", given["id"])


def changes(rows: Sequence[Document], page: Page) -> list[list[Line]]:
    """Every change once, the gravest first."""
    places: dict[str, list[Document]] = {"grave": [], "hand": [], "drift": []}
    sections: dict[str, list[Document]] = {title: [] for title in dict.fromkeys(page.words.sections.values())}
    for row in rows:
        place = place_of(row)
        (places[place] if place else sections.setdefault(page.words.section(row["kind"]), [])).append(row)
    words = page.words
    return [
        titled(page, words.attention, places["grave"], attention.attention, "bold red"),
        *(section(page, title, rows) for title, rows in sections.items() if rows),
        counted(page, words.by_hand, places["hand"], entries.by_hand),
        counted(page, words.drifted, places["drift"], origins.drifted, "drift"),
    ]


def place_of(row: Document) -> str:
    """Where a change is told: needing attention, by hand, drift; "" in the section of its kind."""
    if attention.is_grave(row):
        return "grave"
    if row["action"] == "manual":
        return "hand"
    return "drift" if row["origin"] in ("drift", "both") else ""


Make = Callable[[Page, Sequence[Document]], list[Line]]


def titled(page: Page, title: str, rows: Sequence[Document], make: Make, style: str = "bold") -> list[Line]:
    """A heading with the number of rows, and the rows; nothing where there are none."""
    top = ((page.say(page.words.titled(title, len(rows))), style),)
    return [top, *make(page, rows)] if rows else []


def counted(page: Page, title: str, rows: Sequence[Document], say: entries.Say, word: str = "") -> list[Line]:
    """A heading with the number of rows, and each row."""
    return titled(page, title, rows, lambda page, rows: entries.block(page, rows, say, word))


def section(page: Page, title: str, rows: Sequence[Document]) -> list[Line]:
    """The changes of some kinds; many of one sort by name only."""
    groups: dict[tuple[str, str, str], list[Document]] = {}
    for row in rows:
        groups.setdefault((row["action"], row["kind"], row["home"]), []).append(row)
    many = {
        key for key, group in groups.items() if len(group) > MANY and key[0] in FOLDED and not page.verbose
    }
    single = [row for row in rows if (row["action"], row["kind"], row["home"]) not in many]
    lines = entries.block(page, single, entries.usual) if single else []
    for key in groups:
        if key in many:
            lines += attention.folded(page, attention.Sort(tuple(groups[key]), key[2], ""), NAME_LINES)
    return [((page.say(title), "bold"),), *lines]


def unlisted(document: Document, page: Page) -> list[Line]:
    """What the spec does not speak of, by name, where all is asked for."""
    if not page.verbose or not document["unlisted"]:
        return []
    names = [page.shell(address) for address in document["unlisted"]]
    return [
        ((page.say(page.words.titled(page.words.unlisted_title, len(names))), "bold"),),
        *listed(page, names, 2, 0),
    ]


def notes(document: Document, page: Page) -> list[Line]:
    """Notices, and allowances that nothing needed."""
    texts = [problem(page, row) for row in document["notices"]]
    idle = document.get("idle_allowances", ())
    texts += [[page.hard(page.words.idle(page.shell(address)))] for address in idle]
    lines = [line for items in texts for line in flow(page, (("  ", ""),), items, 4)]
    return [((page.words.notes, "bold"),), *lines] if lines else []


def problem(page: Page, row: Mapping[str, Any]) -> list[Item]:
    """Where, what, what to do instead."""
    place = ":".join(str(row[key]) for key in ("file", "line", "column") if row.get(key))
    what = [page.hard(f"{page.say(place)}:")] if place else []
    todo = [page.prose(row["todo"], "; ")] if row.get("todo") else []
    return [*what, page.prose(row["what"], " "), *todo]


def summary(document: Document, page: Page) -> list[Line]:
    """Plan, Cost, Blocked: what it comes to."""
    words, counts = page.words, document["summary"]
    items = [page.hard(text, ", ") for text in words.plan_counts(counts)]
    lines = flow(page, (), [*items, page.hard(f"{words.standing(counts)}.")], 2)
    writes = document["requests"]["write_planned"]
    moves = [move for row in document["changes"] for move in row["moves"]]
    # Each thing once; a move that has no place to go to only looks whether there is anything.
    held = {
        (move["work"], move["from"]) for move in moves if "to" in move or move["work"] in words.moving.tags
    }
    emptied = Counter(work for work, _ in held)
    if writes or words.moving.cost(emptied):
        pace = document["requests"].get("pace")
        lines += flow(page, (), [page.prose(words.cost(writes, writes / pace if pace else None, emptied))], 2)
    lines += converted(document, page)
    return lines + (blocked(document, page) if document["blocked"] else [])


def converted(document: Document, page: Page) -> list[Line]:
    """What moving values takes, where the records that hold them were counted."""
    rows = [row for row in document["changes"] if any(move["work"] == "convert" for move in row["moves"])]
    counts = [_held(row) for row in rows]
    records = sum(count for count, _ in counts)
    if not records:
        return []
    # Imported here: most plans move nothing.
    from amoconf.throttle import PER_HOUR, days, forecast, window

    limits = document["requests"].get("moving", {})
    pace, batch = document["requests"].get("pace"), limits.get("batch", BATCH)
    per_hour = limits.get("per_hour", PER_HOUR)
    size = {"listed": limits.get("listed") or 0, "times": 2 if limits.get("clear_old") else 1}
    requests, seconds = forecast(records, batch, pace, None, **size)
    slow = forecast(records, batch, pace, per_hour, **size)[1]
    # The size of a list that no mirror keeps is not known: more pages may have to be read.
    least = not all(exact for _, exact in counts) or limits.get("listed", records) is None
    time = duration(seconds) if pace else ""
    hours = duration(slow) if per_hour and records * size["times"] > per_hour else ""
    told = page.words.converting.cost(requests, time, per_hour or 0, hours, least=least)
    if not limits.get("window"):
        return flow(page, (), [page.prose(told)], 2)
    hours_of_day = window(limits["window"])
    count = days(records * size["times"], requests, batch, pace, per_hour, hours_of_day.seconds)
    more = page.words.converting.within(limits["window"], count, night=hours_of_day.is_night, least=least)
    return flow(page, (), [page.prose(told), page.prose(more, " ")], 2)


def _held(row: Mapping[str, Any]) -> tuple[int, bool]:
    """(records that hold a value to move, whether that is all of them); those who have read the values know best."""
    counted = (row["impact"]["records"] or 0, row["impact"].get("exact", True))
    fits = [(move["fit"]["records"], not entries.is_partial(move)) for move in row["moves"] if "fit" in move]
    if fits and not fits[0][1] and counted[0] >= fits[0][0]:
        return counted
    return fits[0] if fits else counted


def blocked(document: Document, page: Page) -> list[Line]:
    """What is missing, and, where that is little enough to type, the command that has it."""
    rows = [row for row in document["changes"] if row["blocked_by"]]
    allowances = attention.allowances(rows)
    hopeless = sum(not attention.liftable(row) for row in rows)
    text = page.prose(page.words.blocked(len(allowances), hopeless), style="bold red")
    return flow(page, (), [text], 2) + way_out(document, page, allowances, hopeless)


SEVERAL = 5  # allowances that are few enough to repeat


def way_out(document: Document, page: Page, allowances: Sequence[str], hopeless: int) -> list[Line]:
    """The command with the allowances."""
    if not allowances or hopeless or len(allowances) > SEVERAL:
        return []
    command = command_line(document, page, document["command"])
    flags = [page.hard(f"--allow {page.shell(item)}", " ") for item in allowances]
    return flow(page, ((page.say(page.words.if_meant), ""),), [page.hard(command), *flags], 4)


def command_line(document: Document, page: Page, command: str) -> str:
    """What to type: the command with the spec's file, where that is not the usual one."""
    file = document.get("file")
    return f"amoconf {command}" + (f" -f {page.shell(file)}" if file and file != "account.yaml" else "")
