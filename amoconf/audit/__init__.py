"""The audit: rules over configuration and records, each answering with findings and figures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

from amoconf.audit.case import Case, Excuse
from amoconf.audit.policy import Policy, load
from amoconf.audit.rule import ERROR, SEVERITIES, WARN, Finding, Rule, Said, Skip
from amoconf.errors import UsageError
from amoconf.facts import EVENTS, LIVE, QUIET, RECORDS, SPEC, WHOLE, Facts
from amoconf.records.keep import Keep
from amoconf.tongue import later, tr

__all__ = [
    "Audit",
    "Finding",
    "Penalty",
    "Policy",
    "Rule",
    "audit",
    "chosen",
    "keep_for",
    "load",
    "rules",
]
WEIGHTS = {ERROR: 4, WARN: 2}
Key = tuple[str, str]  # rule, address
NEEDED = {
    LIVE: later("needs the account: without it only the spec is known"),
    RECORDS: later("needs records: they were not read"),
    EVENTS: later("needs events: run with --events DAYS"),
    SPEC: later("needs a spec that says what is meant"),
    QUIET: later("needs events by user: they were not asked for"),
    WHOLE: later("the token sees only part of the account: what it does not see would count as missing"),
}


@dataclass(frozen=True)
class Penalty:
    """What a rule takes off the score of 100, by its worst finding."""

    rule: str
    severity: str
    points: float


@dataclass(frozen=True)
class Audit:
    """The result. findings: the worst first. evaluated: codes of rules that were.

    excuses: exceptions in force; idle: those of them that excused nothing. hidden: (rule, address) of findings that an
    exception took away whole.
    """

    findings: tuple[Finding, ...]
    figures: dict[str, float | None]
    skipped: dict[str, str]
    evaluated: tuple[str, ...]
    penalties: tuple[Penalty, ...]
    score: int | None
    excuses: tuple[Excuse, ...] = ()
    expired: tuple[Excuse, ...] = ()
    idle: tuple[Excuse, ...] = ()
    hidden: frozenset[Key] = frozenset()


@dataclass
class _Sum:
    """What the rules have said so far."""

    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, float | None] = field(default_factory=dict)
    idle: list[Excuse] = field(default_factory=list)
    hidden: set[Key] = field(default_factory=set)


@cache
def rules() -> tuple[Rule, ...]:
    """All rules by code, found by listing the folder of families."""
    folder = Path(__file__).parent / "families"
    stems = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    found = [rule for stem in stems for rule in import_module(f"amoconf.audit.families.{stem}").FAMILY.rules]
    return tuple(sorted(found, key=lambda rule: rule.code))


def chosen(only: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that these codes or letters of families name; all where there are none."""
    wanted = {word.upper() for word in only}
    known = {name for rule in rules() for name in (rule.code, rule.family)}
    if wanted - known:
        raise UsageError(
            tr("there is no rule {codes}", codes=", ".join(sorted(wanted - known))),
            tr("docs/audit.md lists the rules; a letter means a family"),
        )
    return tuple(rule for rule in rules() if not wanted or rule.code in wanted or rule.family in wanted)


def keep_for(picked: Sequence[Rule], facts: Facts, policy: Policy, *, events: bool = True) -> Keep:
    """What the mirror is to hold for these rules. events: they will be read, once the records are."""
    coming = {RECORDS, EVENTS} if events else {RECORDS}
    keep = Keep({})
    for rule in picked:
        if RECORDS in rule.needs and rule.code not in policy.off and not _lacks(rule, facts, coming):
            keep |= rule.keep(facts)
    return keep


def audit(picked: Sequence[Rule], facts: Facts, policy: Policy) -> Audit:
    """Evaluates the rules; a rule that cannot be is skipped with the reason, never passed."""
    so_far = _Sum()
    skipped: dict[str, str] = {}
    for rule in picked:
        reason = tr("switched off in policy.audit") if rule.code in policy.off else _lacks(rule, facts)
        if not reason:
            reason = _evaluate(rule, facts, policy, so_far)
        if reason:
            skipped[rule.code] = reason
    done = tuple(rule.code for rule in picked if rule.code not in skipped)
    findings = sorted(
        so_far.findings, key=lambda found: (SEVERITIES.index(found.severity), found.rule, found.address)
    )
    penalties = _penalties(findings, len(done))
    score = max(0, round(100 - sum(row.points for row in penalties))) if done else None
    ended = (policy.excuses, policy.expired, tuple(so_far.idle), frozenset(so_far.hidden))
    return Audit(tuple(findings), so_far.figures, skipped, done, penalties, score, *ended)


def _evaluate(rule: Rule, facts: Facts, policy: Policy, so_far: _Sum) -> str:
    """Why the rule cannot be evaluated; "" where it was."""
    excuses = policy.excuses_of(rule)
    try:
        said = _said(rule, facts, policy, excuses)
        bare = _said(rule, facts, policy, ()) if excuses else said
        alone = {one: _said(rule, facts, policy, (one,)) for one in excuses} if len(excuses) > 1 else {}
    except Skip as skip:
        return str(skip)
    found, without = _findings(said), _findings(bare)
    so_far.findings += found
    so_far.figures |= {item.title: item.value for item in said if not isinstance(item, Finding)}
    so_far.hidden |= {(row.rule, row.address) for row in without} - {(row.rule, row.address) for row in found}
    so_far.idle += [one for one in excuses if _findings(alone.get(one, said)) == without]
    return ""


def _said(rule: Rule, facts: Facts, policy: Policy, excuses: tuple[Excuse, ...]) -> list[Said]:
    return list(rule.check(Case(rule, facts, policy.limits_of(rule), excuses)))


def _findings(said: Sequence[Said]) -> list[Finding]:
    return [item for item in said if isinstance(item, Finding)]


def _lacks(rule: Rule, facts: Facts, besides: Collection[str] = ()) -> str:
    """Why a rule cannot be evaluated; "" where it can."""
    there = {
        LIVE: facts.live,
        RECORDS: facts.records is not None,
        EVENTS: facts.since is not None,
        SPEC: facts.wanted is not None,
        QUIET: facts.quiet is not None,
        WHOLE: not facts.partial,
    }
    # Records last: they are not read where something else is lacking, and that is the reason.
    for need in sorted(rule.needs, key=lambda need: need == RECORDS):
        if need in besides:
            continue
        if need in there and not there[need]:
            return facts.unread.get(need) or tr(NEEDED[LIVE if not facts.live else need])
        if need not in there and (reason := _unread(need, facts)):
            return reason
    return ""


# Collection → the kind of things in it, by which a spec speaks of them.
KINDS = {
    "users": "user",
    "roles": "role",
    "webhooks": "webhook",
    "widgets": "widget",
    "pipelines": "pipeline",
    "custom_fields": "field",
    "tags": "tag",
    "loss_reasons": "loss_reason",
}


def _unread(need: str, facts: Facts) -> str:
    """Why a collection is not known; "" where it is."""
    if need in facts.unread:
        return tr("the token may not read {list}: {reason}", list=need, reason=facts.unread[need])
    entity, _, collection = need.rpartition("/")
    if facts.live:
        return "" if need in facts.raw else tr("{list} were not read", list=need)
    home = entity if collection in ("custom_fields", "tags") else ""
    spoken = any(
        not home or item.address.home == (home,) for item in facts.account.of(KINDS.get(collection, ""))
    )
    return (
        ""
        if spoken or entity in ("contacts", "companies")
        else tr("the spec does not speak of {list}", list=need)
    )


def _penalties(findings: Sequence[Finding], evaluated: int) -> tuple[Penalty, ...]:
    """Each rule once, by its worst; were all at error, nothing would be left of 100."""
    worst: dict[str, str] = {}
    for found in findings:
        if found.severity in WEIGHTS:
            worst.setdefault(found.rule, found.severity)
    whole = WEIGHTS[ERROR] * max(evaluated, 1)
    rows = [Penalty(code, word, round(100 * WEIGHTS[word] / whole, 2)) for code, word in worst.items()]
    return tuple(sorted(rows, key=lambda row: (-row.points, row.rule)))
