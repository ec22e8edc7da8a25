"""account.attest.yaml ⇄ who attested which manual item when; and which items nobody did, or too long ago."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amoconf.errors import LockError
from amoconf.model import Settings
from amoconf.tongue import tr, trn
from amoconf.values import Value

DAY = 86_400


@dataclass(frozen=True)
class Attestation:
    """That a person has seen that an item is as it should be. note: "" where there was nothing to say."""

    by: str
    on: date
    note: str = ""


@dataclass(frozen=True)
class Attests:
    """The file: the last attestation of each item, and the account it is about. account 0: not known yet."""

    account: int = 0
    subdomain: str = ""
    items: Mapping[str, Attestation] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """An item of the spec and its last attestation. days: after which it has expired."""

    key: str
    title: str
    where: str
    days: int
    last: Attestation | None

    @property
    def until(self) -> date | None:
        """The last day on which the attestation holds."""
        return self.last.on + timedelta(days=self.days) if self.last else None

    def is_due(self, today: date) -> bool:
        """Whether a person has to look again."""
        return self.until is None or self.until < today

    def said(self, today: date) -> str:
        """How it stands, in words."""
        if self.last is None or self.until is None:
            return tr("never attested")
        head = tr("attested {day} by {name}", day=self.last.on.isoformat(), name=self.last.by)
        left = (self.until - today).days
        if left < 0:
            tail = trn("expired {number} day ago", "expired {number} days ago", -left)
        else:
            tail = tr("holds until {day}", day=self.until.isoformat())
        return f"{head}, {tail}"


def standings(settings: Settings, attests: Attests) -> tuple[Standing, ...]:
    """Every item of the spec, in its order."""
    return tuple(_standing(key, item, attests) for key, item in settings.manual.items())


def _standing(key: str, item: Value, attests: Attests) -> Standing:
    # A person attests a day, not an hour: what is to be looked at more often is due on the next day.
    days = max(1, round(item["every"] / DAY))
    return Standing(key, item["title"], item.get("where", ""), days, attests.items.get(key))


def today_of(now: int, timezone: str | None) -> date:
    """The account's day. now: its time, Unix seconds."""
    return datetime.fromtimestamp(now, _zone(timezone or "")).date()


def _zone(name: str) -> tzinfo:
    """UTC where this machine does not know the time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


HEADER = "# Who has seen that what no API tells is as it should be. Kept in git; written by amoconf attest."
VERSION = 1
# What other programs take for the end of a line.
BREAKS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
HEAD = ("amoconf_attest", "account", "subdomain")


def dump(attests: Attests) -> str:
    """The file: a line an item, sorted. Every line is YAML and, but for the comment, JSON."""
    values = (VERSION, attests.account, attests.subdomain)
    lines = [HEADER, *(_line(key, value) for key, value in zip(HEAD, values, strict=True))]
    lines += [_line(f"manual/{key}", _row(item)) for key, item in sorted(attests.items.items())]
    return "\n".join(lines) + "\n"


def _row(item: Attestation) -> dict[str, str]:
    return {
        "date": item.on.isoformat(),
        "by": item.by,
        **({"note": item.note} if item.note else {}),
    }


def _line(key: str, value: Any) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}".translate(BREAKS)


def load(text: str, file: str) -> Attests:
    """The attestations of a file's text. LockError names the line that cannot be read."""
    values: dict[str, Any] = {}
    for number, line in _lines(text):
        try:
            values |= json.loads(f"{{{line}}}")
        except ValueError as error:
            raise LockError(
                tr("{file}:{number}: this line of the attestations cannot be read", file=file, number=number),
                tr("settle the merge conflict, or restore the file from git"),
            ) from error
    if values.pop("amoconf_attest", None) != VERSION:
        raise LockError(
            tr("{file}: these are no attestations of this version of amoconf", file=file),
            tr("restore the file from git, or update amoconf"),
        )
    try:
        account, subdomain = int(values.pop("account")), str(values.pop("subdomain"))
        items = {key.removeprefix("manual/"): _read(row) for key, row in values.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LockError(
            tr("{file}: the attestations are damaged ({error})", file=file, error=error),
            tr("restore the file from git"),
        ) from error
    return Attests(account, subdomain, items)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _read(row: Mapping[str, Any]) -> Attestation:
    return Attestation(str(row["by"]), date.fromisoformat(row["date"]), str(row.get("note", "")))


def check_account(attests: Attests, account: int, subdomain: str, file: str) -> None:
    """LockError where the attestations are of another account. account: 0 where nobody knows its number."""
    by_number = bool(attests.account and account)
    same = attests.account == account if by_number else attests.subdomain in ("", subdomain)
    if not same:
        raise LockError(
            tr(
                "{file} belongs to the account {one}, not to {other}",
                file=file,
                one=f"{attests.subdomain} ({attests.account})",
                other=f"{subdomain} ({account})",
            ),
            tr("keep the spec and the attestations of an account together"),
        )
