"""What a rule of the audit is, what it is asked about, and what it answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amoconf.facts import Facts
from amoconf.records.keep import Keep

if TYPE_CHECKING:
    from amoconf.audit.case import Case

ERROR, WARN, INFO, GREY = "error", "warn", "info", "grey"
SEVERITIES = (ERROR, WARN, INFO, GREY)
COUNT, SHARE = "count", "share"
MOST_EVIDENCE = 20


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
class Family:
    """The rules of one file, collected as they are declared."""

    rules: list[Rule] = field(default_factory=list)

    def rule(self, code: str, title: str, *, how: str, todo: str, **more: Any) -> Callable[[Check], Check]:
        """Declares a rule; `more` as in Rule."""

        def declare(check: Check) -> Check:
            self.rules.append(Rule(code, title, how, todo, check, **more))
            return check

        return declare
