"""docs/audit.md and docs/ru/audit.md, made from the rules: `python -m amoconf.audit.page --lang ru > docs/ru/audit.md`."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from amoconf.audit import rules
from amoconf.audit.rule import Rule
from amoconf.tongue import LANGUAGES, later, speak, tr

FAMILIES = {
    "A": later("Access and security"),
    "B": later("Integrations, sources, hooks"),
    "C": later("Pipelines and stages"),
    "D": later("Fields, groups, lists of values"),
    "E": later("Tags, tasks, loss reasons"),
    "F": later("Work with deals"),
    "G": later("Contacts and companies"),
}
NEEDS = {
    "live": later("the account"),
    "records": later("records"),
    "events": later("events"),
    "spec": later("a spec"),
    "quiet": later("events by user"),
    "whole": later("a token that sees everything"),
}
HEAD = later("""# The rules of `amoconf audit`

This page is made from the rules themselves; a test keeps it fresh.

- A finding has a severity: `error`, `warn`, `info`, or `grey` where a share stands on fewer than 30 records.
- The score is 100 less the penalties. Each rule that was evaluated can take an equal part: an error all of it, a
  warning half; `info` and `grey` nothing. The JSON lists them under `penalties`.
- Rules that cannot be evaluated are listed under `skipped` with the reason, and do not count.
- `--only C01 --only G` picks rules and families; `--fail-on warn|error` ends with 2; `--compare previous.json` says
  what is new and what is fixed; `--offline` looks at the spec alone; `--events DAYS` (30, beginning at midnight of the
  account's time zone) says how many days of events are read, 0 for none. A stage entered before that counts from the
  day that the deal was created.
- A figure of one of several things is named with it: `pipeline_won[Retail]`.
- Only what the token's user may see is counted. Where that is not an administrator, rules that conclude from what is
  not there (a tag on no record, a stage without deals) are skipped: they need a token that sees everything.
- `--compare` calls new or fixed only what both audits looked at, and says so where the scores stand on different rules.

Limits are changed in the spec, and exceptions, with a reason and a last day, are written beside them:

```yaml
policy:
  audit:
    C01: {warn: 15, error: 25}
    B05: {warn: 30%}
    D02: off
    E01:
      except:
        - {address: tag/leads/*, reason: cleaned up in autumn, until: 2026-10-01}
    G04:
      except:
        - {id: 41801272, reason: the founder's own card, until: 2026-12-31}
```

An exception by address takes whole findings, things or users (`user/ann@firm.example`) out of a rule, one by id a
record, user or thing. Figures count them all the same. One that takes nothing out is listed as matching nothing. After
its last day, by the account's calendar, an exception is listed as ended, and what it hid is back.
""")


def page() -> str:
    """The whole page, in the spoken language."""
    parts = [tr(HEAD)]
    for letter, title in FAMILIES.items():
        parts.append(f"\n## {letter}. {tr(title)}\n")
        parts += [section(rule) for rule in rules() if rule.family == letter]
    return "".join(parts)


def section(rule: Rule) -> str:
    """One rule."""
    lines = [f"\n### {rule.code}. {tr(rule.title)}\n", tr("Computed: {how}.", how=tr(rule.how))]
    lines.append(tr("What to do: {todo}.", todo=tr(rule.todo)))
    lines.append(tr("Limits: {limits}. Needs: {needs}.", limits=limits(rule), needs=needs(rule.needs)))
    lines += ["", tr("| figure | counts |"), "|---|---|"] if rule.figures else []
    lines += [f"| `{name}` | {tr(about)} |" for name, about in rule.figures.items()]
    return "\n".join(lines) + "\n"


def limits(rule: Rule) -> str:
    """Thresholds and other numbers with their names; shares as percent."""
    if not rule.limits:
        return tr("none")
    side = tr("finding below its limit") if rule.low else tr("finding above its limit")
    return ", ".join(f"`{name}` {shown(value)}" for name, value in rule.limits.items()) + f" ({side})"


def shown(value: Any) -> str:
    """A limit as a person writes it."""
    if isinstance(value, float):
        return f"{100 * value:g} %"
    return tr("(none)") if value in ((), "") else str(value)


def needs(words: Iterable[str]) -> str:
    """What a rule needs, in words."""
    return ", ".join(tr(NEEDS[word]) if word in NEEDS else f"`{word}`" for word in words) or tr(
        "the configuration"
    )


if __name__ == "__main__":
    asked = ArgumentParser()
    asked.add_argument("--lang", choices=LANGUAGES, default="en")
    speak(asked.parse_args().lang)
    sys.stdout.write(page())
