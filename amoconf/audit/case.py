"""A rule's view of the facts: its limits, what it is not to look at, and how its findings are made."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from amoconf.audit.rule import ERROR, GREY, INFO, MOST_EVIDENCE, SHARE, WARN, Finding, Rule
from amoconf.facts import DAY, FEW, Facts, name_of
from amoconf.model import Resource
from amoconf.records.queries import Queries
from amoconf.tongue import later, tr
from amoconf.values import Address

CODES = {"leads": 1, "contacts": 2, "companies": 3}
RECORDS_OF = {"leads": later("leads"), "contacts": later("contacts"), "companies": later("companies")}


@dataclass(frozen=True)
class Excuse:
    """An exception that is in force: an address (patterns too) or an id."""

    rule: str
    reason: str
    until: str
    address: str = ""
    id: int | str | None = None

    def covers(self, address: str) -> bool:
        """Whether an address is meant."""
        return bool(self.address) and fnmatchcase(address, self.address)


@dataclass(frozen=True)
class Tally:
    """How many records; `excused` of them by an exception, which `count` leaves out."""

    count: int
    ids: tuple[int, ...] = ()
    excused: int = 0

    @property
    def all(self) -> int:
        """With those that are excused."""
        return self.count + self.excused


@dataclass(frozen=True)
class Case:
    """One rule before one account."""

    rule: Rule
    facts: Facts
    limits: dict[str, Any] = field(default_factory=dict)
    excuses: tuple[Excuse, ...] = ()

    @property
    def records(self) -> Queries:
        """The mirror; a rule that needs records is not asked without."""
        assert self.facts.records is not None
        return self.facts.records

    def days_ago(self, days: float) -> int:
        """The account's time so many days ago."""
        return self.facts.now - round(days * DAY)

    def norm(self, name: str, limit: str = WARN) -> None:
        """The spec's own KPI takes the place of a limit."""
        if name in self.facts.said.kpi:
            self.limits[limit] = self.facts.said.kpi[name]

    def things(self, kind: str, home: tuple[str, ...] | None = None) -> list[Resource]:
        """Things that stay, in their order."""
        return self.facts.things(kind, home)

    def left(self, items: Iterable[Resource]) -> list[Resource]:
        """Those that no exception excuses."""
        ids = self.ids
        return [
            item
            for item in items
            if item.id not in ids and not any(excuse.covers(str(item.address)) for excuse in self.excuses)
        ]

    @property
    def ids(self) -> frozenset[int | str]:
        """Ids that are excused."""
        return frozenset(excuse.id for excuse in self.excuses if excuse.id is not None)

    @property
    def user_ids(self) -> frozenset[int | str]:
        """Ids of users that are excused: by id, or by address, in which an e-mail stands for the key."""
        users = self.facts.account.of("user")
        named = {
            item.id: (item.address, f"user/{item.attrs.get('email')}", f"user/#{item.id}") for item in users
        }
        return self.ids | {
            key
            for key, spellings in named.items()
            if key is not None
            and any(excuse.covers(str(one)) for excuse in self.excuses for one in spellings)
        }

    def severity(self, value: float, total: int | None = None) -> str | None:
        """What a value amounts to; None where it is fine."""
        if self.rule.measure == SHARE and total is not None and total < FEW:
            return GREY
        for word in (ERROR, WARN, INFO):
            limit = self.limits.get(word)
            if limit is not None and (value < limit if self.rule.low else value > limit):
                return word
        return None

    def over(
        self,
        message: str,
        count: float,
        total: int | None = None,
        *,
        address: Address | str = "",
        ids: Sequence[int | str] = (),
        entity: str = "",
        spec: str = "",
        severity: str | None = None,
        threshold: float | None = None,
        **more: str,
    ) -> Iterator[Finding]:
        """A finding where the count, or its share of the total, is beyond a limit; nothing where it is fine.

        more: `settled` and `measure` of the finding.
        """
        value = count / total if self.rule.measure == SHARE and total else count
        word = severity or self.severity(value, total)
        if word is None or any(excuse.covers(str(address)) for excuse in self.excuses):
            return
        yield Finding(
            self.rule.code,
            word,
            str(address),
            count,
            total,
            self.limits.get(word, self.limits.get(WARN)) if threshold is None else threshold,
            message,
            tuple(ids)[:MOST_EVIDENCE],
            entity,
            spec,
            **more,
        )

    def tallied(
        self, message: str, found: Tally, total: int | None = None, *, entity: str, **more: Any
    ) -> Iterator[Finding]:
        """A finding about records of a list that were counted; nothing where they are few enough."""
        yield from self.over(message, found.count, total, ids=found.ids, entity=entity, **more)

    def listed(
        self, message: str, items: Iterable[Resource], *, total: int | None = None, **more: Any
    ) -> Iterator[Finding]:
        """A finding about several things, named; nothing where there are none besides those excused."""
        left = self.left(items)
        if left:
            shown = {"ids": [item.id if item.id is not None else str(item.address) for item in left], **more}
            known = sum(self.leaving(item) for item in left)
            if known:
                shown.setdefault("settled", applied() if known == len(left) else partly())
            yield from self.over(f"{message}: {names(left)}", len(left), total, **shown)

    def leaving(self, item: Resource) -> bool:
        """Whether the spec takes a thing away that is still in the account, or puts a field of another type for it."""
        wanted = self.facts.wanted
        if wanted is None:
            return False
        said = wanted.get(item.address)
        return (said is not None and said.marks.leaves) or any(
            name_of(other) == name_of(item) and other.attrs.get("type") != item.attrs.get("type")
            for other in (wanted.within("field", item.address.home) if item.address.kind == "field" else ())
            if not other.marks.leaves
        )

    def tally(self, table: str, where: str = "1", *values: Any) -> Tally:
        """How many records of a list fit, and the first ids."""
        excused = [key for key in self.ids if isinstance(key, int)]
        count = self.number(f"SELECT count(*) FROM {table} WHERE {where}", *values)
        if not excused:
            rows = self.records.ask(f"SELECT id FROM {table} WHERE {where} LIMIT {MOST_EVIDENCE}", *values)
            return Tally(count, tuple(row[0] for row in rows))
        # Bound values are few in SQLite; ids are whole numbers and can stand in the text.
        chosen = ",".join(map(str, excused))
        rest = f"({where}) AND id NOT IN ({chosen})"
        left = self.number(f"SELECT count(*) FROM {table} WHERE {rest}", *values)
        rows = self.records.ask(f"SELECT id FROM {table} WHERE {rest} LIMIT {MOST_EVIDENCE}", *values)
        return Tally(left, tuple(row[0] for row in rows), count - left)

    def number(self, sql: str, *values: Any) -> int:
        """The one number that a query answers; 0 for null."""
        return int(next(iter(self.records.ask(sql, *values)))[0] or 0)


def names(items: Sequence[Resource], most: int = 5) -> str:
    """A few names, and how many more."""
    shown = ", ".join(tr("“{name}”", name=name_of(item)) for item in items[:most])
    rest = len(items) - most
    return tr("{names} and {number} more", names=shown, number=rest) if rest > 0 else shown


def records_of(entity: str) -> str:
    """What a list of records is called."""
    return tr(RECORDS_OF[entity])


def applied() -> str:
    """What is left to do where the spec says so, and the program can do it."""
    return tr("already in the spec: amoconf apply does it")


def partly() -> str:
    """As `applied`, where the spec says so of some of the things."""
    return tr("some of these are already in the spec: amoconf apply does it")


def clicked() -> str:
    """What is left to do where the spec says so, and only people can do it."""
    return tr("already in the spec: amoconf drift says where to click")
