"""NEEDS ATTENTION: what is blocked or takes something away, on the first screen however much there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.report import entries
from amoconf.report.flow import Item, Line, Page, flow, listed

Document = dict[str, Any]
REMOVALS = ("delete", "replace", "archive")
BUDGET = 19  # lines: with the header and the title the section stays within the first 24
FEW = 3  # rows that say each for itself what stops them


@dataclass(frozen=True)
class Sort:
    """Changes of one sort. home: what they all lie in, where they do. allow: what lifts their brakes together."""

    rows: tuple[Document, ...]
    home: str
    allow: str

    @property
    def first(self) -> Document:
        """One of them, for what all have in common."""
        return self.rows[0]


def is_grave(row: Document) -> bool:
    """Whether a change belongs here; what a person does by hand is seen to by the person."""
    return bool(row["blocked_by"]) or (row["verb"] in REMOVALS and row["action"] != "manual")


def attention(page: Page, rows: Sequence[Document]) -> list[Line]:
    """The section without its heading: blocked changes first, then deletions, replaces, archives."""
    if page.verbose:
        return [line for sort in sorts(rows, by_home=True) for line in _open(page, sort)]
    for by_home in (True, False):
        groups = sorts(rows, by_home=by_home)
        lines = _fitted(page, groups)
        if lines is not None:
            return lines
    return _begun(page, groups)


def _begun(page: Page, groups: Sequence[Sort]) -> list[Line]:
    """As many groups as the budget allows, without names, and how many changes are left untold."""
    lines: list[Line] = []
    for number, sort in enumerate(groups):
        head = folded(page, sort, 0)
        if number and len(lines) + len(head) >= BUDGET:
            left = sum(len(sort.rows) for sort in groups[number:])
            return [*lines, ((" " * entries.INDENT, ""), (page.say(page.words.more(left)), "bold red"))]
        lines += head
    return lines


def _fitted(page: Page, groups: Sequence[Sort]) -> list[Line] | None:
    """As many groups in full as the budget allows, the largest folded first; None where even that is too long."""
    full = [_open(page, sort) for sort in groups]
    shut: set[int] = set()
    heads = [folded(page, sort, 1) for sort in groups]
    for number in [None, *sorted(range(len(groups)), key=lambda n: len(full[n]), reverse=True)]:
        if number is not None and len(groups[number].rows) > 1:
            shut.add(number)
        size = sum(len(heads[n]) if n in shut else len(full[n]) for n in range(len(groups)))
        if size <= BUDGET:
            spare = BUDGET - size
            return list(_shared(page, groups, full, shut, spare))
    return None


def _shared(
    page: Page, groups: Sequence[Sort], full: Sequence[list[Line]], shut: set[int], spare: int
) -> Iterable[Line]:
    """The groups, those that are folded with as many names as the spare lines hold."""
    for number, sort in enumerate(groups):
        if number not in shut:
            yield from full[number]
            continue
        least = folded(page, sort, 1)
        lines = folded(page, sort, 1 + spare)
        spare -= len(lines) - len(least)
        yield from lines


def _open(page: Page, sort: Sort) -> list[Line]:
    """Every row; what stands against many of them is said once."""
    if len(sort.rows) <= FEW or not sort.allow:
        return entries.block(page, sort.rows, entries.grave)
    bare = [{**row, "stops": []} for row in sort.rows]
    return [*folded(page, sort, 0, why=True), *entries.block(page, bare, entries.grave)]


def folded(page: Page, sort: Sort, names: int, *, why: bool = False) -> list[Line]:
    """A head line for all of a group, and up to `names` lines with what they are called. why: also what stops them."""
    if len(sort.rows) == 1:
        return _open(page, sort)
    row = sort.first
    what = page.say(page.words.things_of(row["kind"], len(sort.rows), sort.home))
    items, reasons = common(page, sort, why or not sort.allow), {row["reason"] for row in sort.rows}
    if None not in reasons and len(reasons) == 1:
        items = [page.prose(row["reason"]), *items]
        what = f"{what}:"
    top = entries.head(page, row["action"], what)
    space = (" " if items and what.endswith(":") else entries.GAP, "")
    lines = flow(page, (*top, space), items, entries.INDENT)
    called = [page.say(item["address"].partition("/")[2].removeprefix(f"{sort.home}/")) for item in sort.rows]
    return lines + (listed(page, called, entries.INDENT, names) if names else [])


def common(page: Page, sort: Sort, why: bool) -> list[Item]:
    """What all of them have in common besides the reason: moves, what stops them, what lifts that."""
    stops = list(dict.fromkeys(stop["why"] for stop in sort.first["stops"]))
    works = dict.fromkeys(move["work"] for row in sort.rows for move in row["moves"])
    items = [page.prose(page.words.moving.first[work]) for work in works if work in page.words.moving.first]
    items += _touched(page, sort.rows)
    if why:
        items += [page.prose(stop) for stop in stops]
    if sort.allow:
        items.append(page.hard(page.words.needs(page.shell(sort.allow)), entries.GAP, "bold yellow"))
    return items


def _touched(page: Page, rows: Sequence[Document]) -> list[Item]:
    """The most records that one of them touches, and how many could not be counted to the end."""
    known = [row["impact"] for row in rows if "exact" in row["impact"]]
    if not known:
        return []
    most = max(known, key=lambda impact: impact["records"] or 0)
    open_ = sum(not impact["exact"] for impact in known)
    told = page.words.each(most["records"] or 0, most["of"], least=not most["exact"])
    told += page.words.uncounted(open_) if open_ and most["exact"] else ""
    return [page.hard(told, entries.GAP)] if most["records"] or most["exact"] else []


def sorts(rows: Sequence[Document], *, by_home: bool) -> list[Sort]:
    """Changes of one action, kind and home that are stopped alike, the gravest first."""
    groups: dict[tuple[Any, ...], list[Document]] = {}
    for row in rows:
        home = row["home"] if by_home else ""
        groups.setdefault((rank(row), liftable(row), row["action"], row["kind"], home), []).append(row)
    return [
        Sort(tuple(group), key[4], allowance(group) if key[1] else "")
        for key, group in sorted(groups.items(), key=lambda pair: pair[0][0])
    ]


def rank(row: Document) -> int:
    """Blocked things first."""
    order = REMOVALS.index(row["verb"]) if row["verb"] in REMOVALS else len(REMOVALS)
    return order if row["blocked_by"] else len(REMOVALS) + 1 + order


def liftable(row: Document) -> bool:
    """Blocked, and an allowance lifts all that stands against it."""
    return bool(row["stops"]) and all(stop["allow"] for stop in row["stops"])


def allowance(rows: Sequence[Document]) -> str:
    """What lifts the brakes of all these: the address of one, a pattern for many."""
    if len(rows) == 1:
        return str(rows[0]["address"])
    offered = [{item for stop in row["stops"] for item in stop["allow"]} for row in rows]
    common = sorted(set.intersection(*offered) - {row["address"] for row in rows})
    homes = {row["home"] for row in rows}
    place = "/".join(filter(None, (rows[0]["kind"], homes.pop() if len(homes) == 1 else "")))
    return common[0] if common else f"{literal(place)}/*"


def literal(text: str) -> str:
    """Text that a pattern takes as it is."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


def allowances(rows: Sequence[Document]) -> list[str]:
    """The fewest allowances that lift all that can be lifted."""
    found = (sort.allow for sort in sorts([row for row in rows if liftable(row)], by_home=True))
    return list(dict.fromkeys(item for item in found if item))
