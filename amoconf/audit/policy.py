"""What `policy.audit` says of rules: off, other limits, exceptions with a reason and a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from amoconf.attest import today_of
from amoconf.audit.case import Excuse
from amoconf.audit.rule import Rule
from amoconf.errors import UsageError
from amoconf.tongue import tr

ACTIVE, EXPIRED = "active", "expired"


@dataclass(frozen=True)
class Policy:
    """Per rule code: whether it is off, its limits, its exceptions. expired: exceptions that ended."""

    off: frozenset[str] = frozenset()
    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    excuses: tuple[Excuse, ...] = ()
    expired: tuple[Excuse, ...] = ()

    def limits_of(self, rule: Rule) -> dict[str, Any]:
        """The rule's limits with what the policy changes."""
        return {**rule.limits, **self.limits.get(rule.code, {})}

    def excuses_of(self, rule: Rule) -> tuple[Excuse, ...]:
        """The exceptions in force."""
        return tuple(excuse for excuse in self.excuses if excuse.rule == rule.code)


def load(said: Mapping[str, Any], rules: Iterable[Rule], now: int, timezone: str | None = None) -> Policy:
    """The policy. timezone: the account's, by whose days exceptions end; UTC where it is not known.

    UsageError where it names a rule or a limit that does not exist, or an exception lacks its day.
    """
    known = {rule.code: rule for rule in rules}
    off, limits = set(), {}
    excuses: list[Excuse] = []
    for code, entry in said.items():
        if code not in known:
            raise UsageError(
                tr("policy.audit: there is no rule {code!r}", code=code), tr("docs/audit.md lists the rules")
            )
        if entry == "off":
            off.add(code)
            continue
        limits[code] = _limits(known[code], entry)
        excuses += [_excuse(code, row) for row in entry.get("except", ())]
    today = today_of(now, timezone).isoformat()
    return Policy(
        frozenset(off),
        limits,
        tuple(excuse for excuse in excuses if excuse.until >= today),
        tuple(excuse for excuse in excuses if excuse.until < today),
    )


def _limits(rule: Rule, entry: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(entry) - set(rule.limits) - {"warn", "error", "info", "except"}
    if unknown:
        raise UsageError(
            tr("policy.audit.{code}: {names} is not known", code=rule.code, names=", ".join(sorted(unknown))),
            tr("what it knows: {names}", names=", ".join([*rule.limits, "except"])),
        )
    return {
        name: _value(f"{rule.code}.{name}", value, rule.limits.get(name))
        for name, value in entry.items()
        if name != "except"
    }


def _value(where: str, value: Any, usual: Any) -> Any:
    """A number, a share such as 20%, or, where the rule has one, a list or a text."""
    if isinstance(usual, str | tuple):
        return tuple(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = str(value).strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text) if "." in text else int(text)
    except ValueError:
        raise UsageError(
            tr("policy.audit.{where}: {value!r} is no number", where=where, value=value),
            tr("write 12, or 20%"),
        ) from None


def _excuse(code: str, row: Mapping[str, Any]) -> Excuse:
    where = f"policy.audit.{code}.except"
    if not row.get("reason") or ("address" in row) == ("id" in row):
        raise UsageError(tr("{where}: an exception needs a reason, and an address or an id", where=where))
    try:
        until = date.fromisoformat(str(row.get("until"))).isoformat()
    except ValueError:
        raise UsageError(tr("{where}: until is no day", where=where), tr("write it as 2026-09-01")) from None
    return Excuse(code, str(row["reason"]), until, str(row.get("address", "")), row.get("id"))
