"""What changed between two runs of one command, in a few lines that may leave the machine."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amoconf.history import Row, hidden
from amoconf.report.clean import clean
from amoconf.tongue import later, tr, trn

LIMIT = 1000  # characters of a text
LISTED = 100  # items of each list in the JSON
MOSTS = (12, 6, 3, 1, 0)  # items of each list in the text: as many as fit
RANKS = {"error": 2, "warn": 1}
Key = tuple[str, str]

# Why a run came to nothing, by the class of its error: an error's own words may quote what must not leave.
FAILED = {
    "SpecError": later("the spec has errors"),
    "LockError": later("the lock file cannot be used"),
    "WrongAccount": later("spec and token are of different accounts"),
    "Unauthorised": later("the token is not accepted"),
    "Unpaid": later("the subscription does not allow it"),
    "Forbidden": later("the token's user may not read it"),
    "Banned": later("the service has blocked the requests"),
    "Overloaded": later("the service asks to wait for too long"),
    "Trouble": later("the service is out of order"),
    "Unreachable": later("the service cannot be reached"),
}


@dataclass(frozen=True)
class Item:
    """A finding, difference or indicator. severity: "" of differences; `before`: what it was, where that changed."""

    code: str
    address: str
    severity: str
    before: str = ""

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.code, self.address


@dataclass(frozen=True)
class Changes:
    """What a run says that an earlier one did not. first: there was no earlier one; `new` is then all there is.

    lost, back: rules or indicators that are judged no more, or again. recovered: the earlier run had failed.
    """

    new: Sequence[Item] = ()
    gone: Sequence[Item] = ()
    changed: Sequence[Item] = ()
    lost: Sequence[str] = ()
    back: Sequence[str] = ()
    score: tuple[int | None, int | None] = (None, None)
    first: bool = False
    recovered: bool = False
    failed: str = ""

    @property
    def any(self) -> bool:
        """Whether there is something to say; a first run is worth a word only where something is wrong."""
        if self.first and not self.failed:
            return any(item.severity != "info" for item in self.new)
        lists = (self.new, self.gone, self.changed, self.lost, self.back)
        return bool(self.failed or self.recovered or any(lists) or self.score[0] != self.score[1])


def between(before: Row | None, now: Row, *, last: Row | None = None) -> Changes:
    """The changes. before: the earlier run that came to a result; last: the latest of all, which may have failed."""
    if "failed" in now:
        known = last is not None and "failed" in last
        return Changes(first=last is None, failed="" if known else now["failed"])
    recovered = last is not None and "failed" in last
    if before is None or "items" not in before:
        return Changes(new=_items(now), score=(None, now.get("score")), first=True, recovered=recovered)
    return _compared(before, now, recovered=recovered)


def _compared(before: Row, now: Row, *, recovered: bool) -> Changes:
    """A thing counts as gone only where its rule was judged this time and no exception hides it."""
    then, found = _judged(before), _judged(now)
    old, new = ({item.key: item for item in _items(row)} for row in (before, now))
    excused = set(now.get("excused", ()))
    lost, back = ((), ()) if then is None or found is None else (sorted(then - found), sorted(found - then))
    return Changes(
        [item for key, item in new.items() if key not in old and item.code not in back],
        [item for key, item in old.items() if key not in new and item.code not in {*lost, *excused}],
        [
            Item(*key, item.severity, old[key].severity)
            for key, item in new.items()
            if key in old and old[key].severity != item.severity
        ],
        lost,
        back,
        (before.get("score"), now.get("score")),
        recovered=recovered,
    )


def _judged(row: Row) -> set[str] | None:
    return set(row["evaluated"]) if "evaluated" in row else None


def _items(row: Row) -> list[Item]:
    return [Item(*item[:3]) for item in row["items"]]


def details(document: Mapping[str, Any], key: bytes) -> dict[Key, str]:
    """The whole words for each item, by which they are known in the history: addresses, titles, messages."""
    if document["command"] == "audit":
        rows = [(row["rule"], row["address"], row["message"]) for row in document["findings"]]
    elif document["command"] == "drift":
        rows = [(row["action"], row["address"], row.get("title") or "") for row in document["differences"]]
    else:
        rows = [(row["name"], "", str(row["value"])) for row in document["indicators"]]
    return {
        (code, hidden(address, key)): ": ".join(filter(None, (f"{code} {address}".strip(), words)))
        for code, address, words in rows
    }


@dataclass(frozen=True)
class Notice:
    """What is sent. row: this run's line of the history. words: see `details`; {} where they must not leave."""

    row: Row
    changes: Changes
    words: Mapping[Key, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Which check of which account."""
        account = self.row["account"]
        return f"amoconf {self.row['command']}: {account['subdomain']}.{account['domain']}"

    @property
    def text(self) -> str:
        """The title and a line for each sort of change; under 1 000 characters."""
        for most in MOSTS:
            text = "\n".join([self.title, *self._lines(most)])
            if len(text) < LIMIT:
                return text
        return f"{text[: LIMIT - 2]}…"

    def _lines(self, most: int) -> Iterator[str]:
        changes = self.changes
        if changes.failed:
            why = FAILED.get(changes.failed)
            yield tr("The check failed: {why}.", why=tr(why) if why else changes.failed)
            return
        if changes.recovered:
            yield tr("The check works again.")
        if changes.score[0] != changes.score[1] and changes.score[0] is not None:
            yield tr("Score: {now}, was {before}", before=changes.score[0], now=changes.score[1])
        elif changes.score[1] is not None:
            yield tr("Score: {now}", now=changes.score[1])
        yield from self._lists(most)
        yield self._standing()

    def _lists(self, most: int) -> Iterator[str]:
        changes = self.changes
        named = (tr("Found") if changes.first else tr("New this time"), changes.new)
        for title, items in (named, (tr("Gone"), changes.gone), (tr("Changed"), changes.changed)):
            if items:
                yield _list(title, [self._say(item) for item in _sorted(items)], most)
        for title, codes in ((tr("No longer checked"), changes.lost), (tr("Checked again"), changes.back)):
            if codes:
                yield _list(title, codes, most)

    def _say(self, item: Item) -> str:
        turn = f" ({item.before or 'ok'} → {item.severity})" if item.before else ""
        plain = " ".join(filter(None, (item.code, open_address(item.address))))
        return clean(self.words.get(item.key, plain))[:160] + turn

    def _standing(self) -> str:
        row = self.row
        if row["command"] == "drift":
            number = len(row["items"])
            if not number:
                return tr("The account is as the spec says.")
            return trn("Now: {number} difference", "Now: {number} differences", number)
        counts = row["severities"]
        said = ", ".join(f"{name} {counts[name]}" for name in ("error", "warn", "info") if counts.get(name))
        return tr("Now: {counts}", counts=said or "ok")

    def json(self) -> dict[str, Any]:
        """What a webhook gets; `text` is where chat services look for words. Lists hold 100 items at most."""
        changes, row = self.changes, self.row
        return {
            "format_version": "1.0",
            **{name: row[name] for name in ("command", "account", "at")},
            "title": self.title,
            "text": self.text,
            "first": changes.first,
            "failed": changes.failed or None,
            "recovered": changes.recovered,
            "score": {"before": changes.score[0], "now": changes.score[1]},
            **{
                name: [self._json(item) for item in _sorted(items)[:LISTED]]
                for name, items in (
                    ("new", changes.new),
                    ("gone", changes.gone),
                    ("changed", changes.changed),
                )
            },
            "counts": {name: len(getattr(changes, name)) for name in ("new", "gone", "changed")},
            "lost": list(changes.lost)[:LISTED],
            "back": list(changes.back)[:LISTED],
        }

    def _json(self, item: Item) -> dict[str, Any]:
        address = open_address(item.address)
        row = {"code": item.code, "address": address, "severity": item.severity, "before": item.before}
        words = self.words.get(item.key)
        return {**row, "words": words} if words else row


def open_address(address: str) -> str:
    """An address of the history as it may be said: a hash means nothing to people."""
    return "/".join("…" if part.startswith("#") else part for part in address.split("/"))


def _sorted(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: -RANKS.get(item.severity, 0))


def _list(title: str, items: Sequence[str], most: int) -> str:
    """`Title (n): a; b; and 3 more`; the same words once, with how often."""
    said = Counter(items)
    shown = [f"{text} ×{times}" if times > 1 else text for text, times in list(said.items())[:most]]
    left = len(items) - sum(list(said.values())[:most])
    if left and shown:
        shown.append(trn("and {number} more", "and {number} more", left))
    return f"{title} ({len(items)})" + (f": {'; '.join(shown)}" if shown else "")
