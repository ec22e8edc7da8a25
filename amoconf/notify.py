"""What changed between two runs of one command, in a few lines that may leave the machine."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amoconf.digits import decimal
from amoconf.history import Row, hidden
from amoconf.report.clean import clean
from amoconf.since import Item, Key, differing, items_of, material, numbered, seen, turned
from amoconf.tongue import later, tr, trn

LIMIT = 1000  # characters of a text
LISTED = 100  # items of each list in the JSON
MOSTS = (12, 6, 3, 1, 0)  # items of each list in the text: as many as fit
RANKS = {"error": 2, "warn": 1}

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
        return Changes(new=items_of(now), score=(None, now.get("score")), first=True, recovered=recovered)
    return _compared(before, now, recovered=recovered)


def _compared(before: Row, now: Row, *, recovered: bool) -> Changes:
    apart = differing(seen(before), seen(now))
    return Changes(
        apart.new,
        # No words of this run are about them.
        [replace(item, nth=-1) for item in apart.gone],
        [turned(old, new) for old, new in apart.both if material(old, new)],
        apart.dropped,
        apart.added,
        (before.get("score"), now.get("score")),
        recovered=recovered,
    )


def details(document: Mapping[str, Any], key: bytes) -> dict[Key, str]:
    """The whole words for each item, as it is known in the history: addresses, titles, messages."""
    if document["command"] == "audit":
        found = [row for row in document["findings"] if row["severity"] != "grey"]
        rows = [(row["rule"], row["address"], row["message"]) for row in found]
    elif document["command"] == "drift":
        rows = [(row["action"], row["address"], row.get("title") or "") for row in document["differences"]]
    else:
        rows = [(row["name"], "", str(row["value"])) for row in document["indicators"]]
    known = numbered(Item(code, hidden(address, key), "") for code, address, _ in rows)
    return {
        item.key: ": ".join(filter(None, (f"{code} {address}".strip(), words)))
        for item, (code, address, words) in zip(known, rows, strict=True)
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
        words = self.words.get(item.key)
        plain = " ".join(filter(None, (item.code, open_address(item.address))))
        return clean(plain if words is None else words)[:160] + _turn(item, named=words is not None)

    def _standing(self) -> str:
        row = self.row
        if row["command"] == "drift":
            number = len(row["items"])
            if not number:
                return tr("The account is as the spec says.")
            return trn("Now: {number} difference", "Now: {number} differences", number)
        counts = row["severities"]
        errors, warnings, others = (counts.get(name, 0) for name in ("error", "warn", "info"))
        said = [
            *([trn("{number} error", "{number} errors", errors)] if errors else []),
            *([trn("{number} warning", "{number} warnings", warnings)] if warnings else []),
            *([tr("{number} to know", number=others)] if others else []),
        ]
        return tr("Now: {counts}", counts=", ".join(said)) if said else tr("Now: nothing to complain of")

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
        row = {
            "code": item.code,
            "address": address,
            "severity": item.severity,
            "before": item.before,
        } | ({"count": item.count, "count_before": item.earlier} if item.count is not None else {})
        words = self.words.get(item.key)
        return {**row, "words": words} if words else row


def open_address(address: str) -> str:
    """An address of the history as it may be said: a hash means nothing to people."""
    return "/".join("…" if part.startswith("#") else part for part in address.split("/"))


def _sorted(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: -RANKS.get(item.severity, 0))


def _turn(item: Item, *, named: bool) -> str:
    """ " (warn → error, 6 → 7)"; of what did not change its count, where no words tell it."""
    said = [f"{item.before} → {item.severity}"] if item.before else []
    if item.earlier is not None and item.count is not None:
        said.append(f"{decimal(item.earlier)} → {decimal(item.count)}")
    elif item.count is not None and item.count > 1 and not named:
        said.append(decimal(item.count))
    return f" ({', '.join(said)})" if said else ""


def _list(title: str, items: Sequence[str], most: int) -> str:
    """`Title (n): a; b; and 3 more`; the same words once, with how often."""
    said = Counter(items)
    shown = [f"{text} ×{times}" if times > 1 else text for text, times in list(said.items())[:most]]
    left = len(items) - sum(list(said.values())[:most])
    if left and shown:
        shown.append(trn("and {number} more", "and {number} more", left))
    return f"{title} ({len(items)})" + (f": {'; '.join(shown)}" if shown else "")
