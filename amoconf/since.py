"""What differs between two runs of one check: findings that are new, gone, of another severity or number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

Row = Mapping[str, Any]
Key = tuple[str, str, int]
# Records come and go by themselves: of rules that count them, less is no news.
LEAST, SHARE = 5, 0.1


@dataclass(frozen=True)
class Item:
    """A finding, difference or indicator. severity: "" of differences. count: None where nothing is counted.

    before, earlier: severity and count that it had, where they changed. told: the count that people know of, where
    small changes since were not worth a word. nth: its place among those of the same code and address.
    """

    code: str
    address: str
    severity: str
    before: str = ""
    count: float | None = None
    earlier: float | None = None
    told: float | None = None
    nth: int = 0
    message: str = ""

    @property
    def key(self) -> Key:
        """What tells it from others of its run."""
        return self.code, self.address, self.nth

    @property
    def known(self) -> float | None:
        """The count that people know of."""
        return self.count if self.told is None else self.told


@dataclass(frozen=True)
class Sight:
    """What one run saw. judged: codes that it evaluated, None where that is not known or all are.

    hidden: of findings that an exception takes away, (code, address), or the code alone where no more is known.
    """

    items: Sequence[Item]
    judged: Collection[str] | None = None
    hidden: Collection[tuple[str, ...]] = ()

    def tells(self, item: Item) -> bool:
        """Whether it would have told of this, were it there."""
        known = self.judged is None or item.code in self.judged
        return known and not {(item.code,), (item.code, item.address)} & {*self.hidden}


@dataclass(frozen=True)
class Differing:
    """new: not there before, though its rule was judged then. gone: not there any more, though it would be told.

    both: (then, now). added, dropped: codes that are judged for the first time, or no more.
    """

    new: Sequence[Item]
    gone: Sequence[Item]
    both: Sequence[tuple[Item, Item]]
    added: Sequence[str]
    dropped: Sequence[str]


def numbered(items: Iterable[Item]) -> list[Item]:
    """The items of one run with their places among those of the same code and address."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for item in items:
        nth = seen.get((item.code, item.address), 0)
        seen[item.code, item.address] = nth + 1
        found.append(replace(item, nth=nth))
    return found


def differing(then: Sight, now: Sight) -> Differing:
    """The one comparison of two runs: of `audit --compare` and of notices."""
    both = list(_pairs(then.items, now.items))
    old, new = {item.key for item, _ in both}, {item.key for _, item in both}
    added, dropped = _moved(then.judged, now.judged)
    return Differing(
        [item for item in now.items if item.key not in new and item.code not in added],
        [item for item in then.items if item.key not in old and now.tells(item)],
        both,
        added,
        dropped,
    )


def _moved(then: Collection[str] | None, now: Collection[str] | None) -> tuple[list[str], list[str]]:
    if then is None or now is None:
        return [], []
    return sorted({*now} - {*then}), sorted({*then} - {*now})


def _pairs(then: Sequence[Item], now: Sequence[Item]) -> Iterable[tuple[Item, Item]]:
    """Those that are one thing. Of several findings with one code and address, those most alike."""
    homes: dict[tuple[str, str], list[Item]] = {}
    for item in then:
        homes.setdefault((item.code, item.address), []).append(item)
    mine: dict[tuple[str, str], list[Item]] = {}
    for item in now:
        mine.setdefault((item.code, item.address), []).append(item)
    for home, items in mine.items():
        old, new = set[int](), set[int]()
        near = [
            (_unlike(one, two), one.nth, two.nth, one, two) for one in homes.get(home, ()) for two in items
        ]
        for _, first, second, one, two in sorted(near, key=lambda row: row[:3]):
            if first not in old and second not in new:
                old.add(first)
                new.add(second)
                yield one, two


def _unlike(one: Item, two: Item) -> tuple[bool, float]:
    counts = one.count or 0, two.count or 0
    return one.severity != two.severity, abs(counts[0] - counts[1]) / max(*map(abs, counts), 1)


def material(then: Item, now: Item) -> bool:
    """Whether a change is news: another severity, another count; where records are counted, a tenth of them and 5."""
    if then.severity != now.severity:
        return True
    before, after = then.known, now.count
    if before is None or after is None or before == after:
        return False
    apart = abs(after - before)
    return not counts_records(now.code) or (apart >= LEAST and apart >= SHARE * abs(before))


@cache
def counts_records(code: str) -> bool:
    """Whether a rule of the audit counts records or what people did with them."""
    from amoconf.audit import rules
    from amoconf.facts import EVENTS, RECORDS

    return any(rule.code == code and {RECORDS, EVENTS} & set(rule.needs) for rule in rules())


def turned(then: Item, now: Item) -> Item:
    """The item with what it was; `before` and `earlier` are left empty where they are as they were."""
    return replace(
        now,
        before=then.severity if then.severity != now.severity else "",
        earlier=then.known if then.known != now.count else None,
    )


def seen(row: Row) -> Sight:
    """A line of history."""
    hidden = (
        [tuple(pair) for pair in row["hidden"]]
        if "hidden" in row
        else [(code,) for code in row.get("excused", ())]
    )
    return Sight(items_of(row), row.get("evaluated"), hidden)


def items_of(row: Row) -> list[Item]:
    """The items of a line of history: [code, address, severity, count, count that people know of]."""
    return numbered(_item(*item) for item in row["items"])


def _item(
    code: str, address: str, severity: str, count: float | None = None, told: float | None = None
) -> Item:
    return Item(code, address, severity, count=count, told=told)


def carried(then: Row | None, now: Row) -> list[list[Any]]:
    """The items of a line to be kept: with the count that people know of where it moved on too little to be told.

    Without it, what grows by a little every day would never be news.
    """
    found = {item.key: list(row[:4]) for item, row in zip(items_of(now), now["items"], strict=True)}
    if then is not None and "items" in then:
        for old, new in _pairs(items_of(then), items_of(now)):
            if old.known != new.count and not material(old, new) and old.known is not None:
                found[new.key].append(old.known)
    return list(found.values())
