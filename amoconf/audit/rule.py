"""What a rule of the audit is, what it is asked about, and what it answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amoconf.model import Account, Settings
from amoconf.policy import technical
from amoconf.records.keep import Keep
from amoconf.values import Address

if TYPE_CHECKING:
    from amoconf.attest import Attests
    from amoconf.audit.case import Case
    from amoconf.records.queries import Queries

ERROR, WARN, INFO, GREY = "error", "warn", "info", "grey"
SEVERITIES = (ERROR, WARN, INFO, GREY)
COUNT, SHARE = "count", "share"
# What a rule may need besides the configuration.
LIVE, RECORDS, EVENTS, SPEC, QUIET = "live", "records", "events", "spec", "quiet"
# All records, not only those that one user may see: what is not seen would count as missing.
WHOLE = "whole"
MOST_EVIDENCE = 20
FEW = 30  # records; a share of fewer says nothing


class Skip(Exception):
    """The rule cannot be evaluated; the text is the reason."""


@dataclass(frozen=True)
class Finding:
    """What is wrong. value: what was compared with the threshold: the count, or the share where there is one.

    evidence: ids, at most 20; entity: what they are ids of. spec: lines of a spec that would mend it, or "". settled:
    that the spec says so already, and what is left to do, or "". measure: of the threshold, where it is not the rule's.
    """

    rule: str
    severity: str
    address: str
    count: float
    total: int | None
    threshold: float | None
    message: str
    evidence: tuple[int | str, ...] = ()
    entity: str = ""
    spec: str = ""
    settled: str = ""
    measure: str = ""

    @property
    def share(self) -> float | None:
        """Count of total; None where there is no total."""
        return round(self.count / self.total, 4) if self.total else None


@dataclass(frozen=True)
class Figure:
    """A number by its documented name; `key` tells which of several things it is about."""

    name: str
    value: float | None
    key: str = ""

    @property
    def title(self) -> str:
        """`deals`, or `pipeline_deals[Retail]`."""
        return f"{self.name}[{self.key}]" if self.key else self.name


Said = Finding | Figure
Check = Callable[["Case"], Iterable[Said]]


@dataclass(frozen=True)
class Rule:
    """One rule. limits: thresholds and other numbers that `policy.audit` may change.

    needs: words of this module, and paths of collections (`users`), without which it is skipped. low: the threshold is
    the least that is good. keep: what it asks the mirror to hold. figures: name → what it counts.
    """

    code: str
    title: str
    how: str
    todo: str
    check: Check
    limits: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    measure: str = COUNT
    low: bool = False
    keep: Callable[["Facts"], Keep] = lambda facts: Keep({})
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The letter."""
        return self.code[0]


@dataclass(frozen=True)
class Facts:
    """All that is known of an account. `account`: as found, or, offline, as the spec wants it.

    now: the account's time, Unix seconds. raw: collections as read, by path. unread: collections that the token may
    not read, with the reason. quiet: user id → days without any event, as far as asked. since: from when events are
    known. home: the account's address, for links. locked: ids that the lock file remembers.
    attests: what people attested, where there is a spec.
    """

    account: Account
    wanted: Account | None = None
    live: bool = False
    now: int = 0
    raw: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    records: "Queries | None" = None
    quiet: Mapping[int, int] | None = None
    since: int | None = None
    home: str = ""
    locked: Mapping[Address, int | str] = field(default_factory=dict)
    attests: "Attests | None" = None

    @property
    def said(self) -> Settings:
        """What the spec says besides things; nothing where there is no spec."""
        return self.wanted.settings if self.wanted is not None else Settings()

    @property
    def technical(self) -> frozenset[int]:
        """Ids of the user that policy.admins.technical names."""
        found = technical(self.account.of("user"), self.said)
        return frozenset(int(str(user.id)) for user in found if user.id is not None)

    @property
    def partial(self) -> bool:
        """Whether the token sees only what its user may see: users are read by administrators alone."""
        # official: config page, B2
        return self.live and "users" in self.unread


@dataclass(frozen=True)
class Family:
    """The rules of one file, collected as they are declared."""

    rules: list[Rule] = field(default_factory=list)

    def rule(self, code: str, title: str, *, how: str, todo: str, **more: Any) -> Callable[[Check], Check]:
        """Declares a rule; `more` as in Rule."""

        def declare(check: Check) -> Check:
            self.rules.append(Rule(code, title, how, todo, check, **more))
            return check

        return declare
