"""An account of a fleet may make the policy of the base stricter, never looser: what it loosens, with both places."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from amoconf.audit import rules
from amoconf.audit.policy import Policy, load
from amoconf.audit.rule import SHARE, Rule
from amoconf.brakes import MOST_OBJECTS, MOST_RECORDS, MOST_SHARE
from amoconf.errors import Problem, UsageError, Where
from amoconf.fleet.protected import unprotected
from amoconf.kinds._forbidden import NAMES
from amoconf.policy import ALLOW, DOMAINS, FORBID, MAX, TECHNICAL
from amoconf.sections import SECTIONS
from amoconf.spec.attrs import Notes, load_tree, tree_of
from amoconf.spec.node import Node
from amoconf.tongue import tr

Said = Mapping[str, Any]
LIMITS = ("warn", "error", "info")
BRAKES: Mapping[str, float] = {"objects": MOST_OBJECTS, "share": MOST_SHARE, "records": MOST_RECORDS}


def loosened(base: Node, own: Node) -> list[Problem]:
    """What the spec `own` of an account allows that the spec `base` does not; both are whole, variables filled in.

    What the base does not say, or says in variables that only accounts have, binds by amoconf's defaults alone.
    """
    here = _Pair(base, own)
    checks = (_most, _people, _rights, _domains, _brakes, _audit)
    return [problem for check in checks for problem in check(here)] + list(unprotected(base, own))


class _Pair:
    """The policies of both, as values and as places."""

    def __init__(self, base: Node, own: Node) -> None:
        self.nodes = base.get("policy"), own.get("policy")
        self.base, self.own = map(_values, self.nodes)

    def problem(self, path: Sequence[str], what: str, base: Sequence[str] = ()) -> Problem:
        """One thing that was loosened, at the account's place; the hint names the base's. base: its path there."""
        shared = _places(self.nodes[0], base or path)
        todo = (
            tr("the base says it at {where}; an account may only be stricter", where=shared[-1])
            if len(shared) == len(base or path)
            else tr("the base leaves it at the default; an account may only be stricter")
        )
        own = _places(self.nodes[1], path)
        return Problem(f"policy.{'.'.join(path)}: {what}", todo, own[-1] if own else None)


def _values(node: Node | None) -> Said:
    """The policy as it is used. What is wrong in it is told where the whole spec is loaded."""
    return load_tree(tree_of(SECTIONS["policy"]), node, Notes(), what="policy") if node is not None else {}


def _places(node: Node | None, path: Sequence[str]) -> list[Where]:
    """Where the keys of a path stand, as far as they are there."""
    found = []
    for key in path:
        if node is None or key not in node.keys:
            break
        found.append(node.keys[key])
        node = node.get(key)
    return found


def _folded(words: Sequence[Any]) -> set[str]:
    return {str(word).casefold() for word in words}


def _most(here: _Pair) -> Iterator[Problem]:
    base, own = here.base.get(MAX), here.own.get(MAX)
    if base is not None and own is not None and own > base:
        yield here.problem(MAX.split("."), tr("{own} is more than {base}", own=own, base=base))


def _people(here: _Pair) -> Iterator[Problem]:
    """Who may be an administrator: those of `allow`, and the technical user."""
    before, now = here.base.get(TECHNICAL), here.own.get(TECHNICAL)
    if before and str(before).casefold() != str(now).casefold():
        yield here.problem(TECHNICAL.split("."), tr("it must stay {name}", name=before))
    if here.base.get(ALLOW) is None:
        return
    may = _folded([*here.base[ALLOW], *filter(None, [before])])
    added = [] if before else [name for name in [now] if name]
    for path, names in ((ALLOW, here.own.get(ALLOW) or ()), (TECHNICAL, added)):
        more = [str(name) for name in names if str(name).casefold() not in may]
        if more:
            yield here.problem(path.split("."), tr("the base does not allow {names}", names=", ".join(more)))


def _rights(here: _Pair) -> Iterator[Problem]:
    base, own = (
        {name for name in NAMES for pattern in said.get(FORBID) or () if fnmatchcase(name, pattern)}
        for said in (here.base, here.own)
    )
    lost = [name for name in NAMES if name in base - own]
    if lost:
        yield here.problem(FORBID.split("."), tr("it no longer forbids {names}", names=", ".join(lost)))


def _domains(here: _Pair) -> Iterator[Problem]:
    base, own = (_folded(said.get(DOMAINS) or ()) for said in (here.base, here.own))
    if base and not own:
        yield here.problem([DOMAINS], tr("an empty list lets every domain in"))
    elif base and own - base:
        names = ", ".join(sorted(own - base))
        yield here.problem([DOMAINS], tr("the base does not allow {names}", names=names))


def _brakes(here: _Pair) -> Iterator[Problem]:
    """Each place that one of them names, by the limits that hold there."""
    base, own = here.base.get("brakes") or {}, here.own.get("brakes") or {}
    for place in dict.fromkeys([*own, *base]):
        for name in BRAKES:
            before, now = _limit(base, place, name), _limit(own, place, name)
            if now > before:
                told = tr("{own} is more than {base}", own=_shown(name, now), base=_shown(name, before))
                yield here.problem(["brakes", place, name], told, ["brakes", _ruling(base, place), name])


def _ruling(brakes: Said, place: str) -> str:
    """The key whose limits hold for a place, found as the brakes find it: its own, else its kind's."""
    return place if brakes.get(place) else place.partition("/")[0]


def _limit(brakes: Said, place: str, name: str) -> float:
    """A limit in force, or the default."""
    rule = brakes.get(_ruling(brakes, place)) or {}
    if name not in rule:
        return BRAKES[name]
    return float(str(rule[name]).rstrip("%")) / (100 if name == "share" else 1)


def _shown(name: str, value: float) -> str:
    return _share(value) if name == "share" else f"{value:.6g}"


def _share(value: float) -> str:
    return f"{value * 100:.6g}%"


def _audit(here: _Pair) -> Iterator[Problem]:
    said = [_audited(values.get("audit") or {}) for values in (here.base, here.own)]
    if said[0] is None or said[1] is None:
        return
    for rule in rules():
        if rule.code in said[0].off or rule.code not in (here.own.get("audit") or {}):
            continue
        if rule.code in said[1].off:
            yield here.problem(["audit", rule.code], tr("the rule is switched off"))
            continue
        yield from _thresholds(here, rule, said[0].limits_of(rule), said[1].limits_of(rule))
        yield from _excuses(here, rule)


def _audited(said: Said) -> Policy | None:
    """None where the audit itself will refuse it."""
    try:
        return load(said, rules(), 0)
    except UsageError:
        return None


def _thresholds(here: _Pair, rule: Rule, base: Said, own: Said) -> Iterator[Problem]:
    """Thresholds have a direction; of other limits nobody can tell, so they stay."""
    for name, now in own.items():
        before = base.get(name)
        if name in LIMITS:
            if before is not None and _is_looser(rule, before, now):
                say = _share if rule.measure == SHARE else str
                told = tr("{own} is looser than {base}", own=say(now), base=say(before))
                yield here.problem(["audit", rule.code, name], told)
        elif now != before:
            told = tr("it must stay {base}: whether another value is looser cannot be told", base=before)
            yield here.problem(["audit", rule.code, name], told)


def _is_looser(rule: Rule, before: float, now: float) -> bool:
    return now < before if rule.low else now > before


def _excuses(here: _Pair, rule: Rule) -> Iterator[Problem]:
    """An account has things of its own, so it may excuse single ones; a pattern would switch the rule off."""
    known = ((here.base.get("audit") or {}).get(rule.code) or {}).get("except") or ()
    for row in here.own["audit"][rule.code].get("except") or ():
        if row not in known and any(char in str(row.get("address", "")) for char in "*?["):
            told = tr("only the base makes exceptions by pattern: {pattern}", pattern=row["address"])
            yield here.problem(["audit", rule.code, "except"], told)
