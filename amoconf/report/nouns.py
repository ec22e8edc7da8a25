"""Numbers, lengths of time, and so many of each thing: with plural forms as the language has them."""

from collections.abc import Callable, Mapping

from amoconf.digits import fixed, number
from amoconf.tongue import later, tr, trn

Many = Callable[[int], str]


# List of records → so many of it; "" where the list is not known.
NOUNS: Mapping[str, Many] = {
    "leads": lambda n: trn("{number} deal", "{number} deals", n, number=number(n)),
    "contacts": lambda n: trn("{number} contact", "{number} contacts", n, number=number(n)),
    "companies": lambda n: trn("{number} company", "{number} companies", n, number=number(n)),
    "customers": lambda n: trn("{number} customer", "{number} customers", n, number=number(n)),
    "tasks": lambda n: trn("{number} open task", "{number} open tasks", n, number=number(n)),
    "": lambda n: trn("{number} record", "{number} records", n, number=number(n)),
}
NONE: Mapping[str, str] = {
    "leads": later("no deals"),
    "contacts": later("no contacts"),
    "companies": later("no companies"),
    "customers": later("no customers"),
    "tasks": later("no open tasks"),
    "": later("no records"),
}
# Kind → so many of it.
THINGS: Mapping[str, Many] = {
    "pipeline": lambda n: trn("{number} pipeline", "{number} pipelines", n, number=number(n)),
    "stage": lambda n: trn("{number} stage", "{number} stages", n, number=number(n)),
    "field_group": lambda n: trn("{number} field group", "{number} field groups", n, number=number(n)),
    "field": lambda n: trn("{number} field", "{number} fields", n, number=number(n)),
    "option": lambda n: trn("{number} option", "{number} options", n, number=number(n)),
    "tag": lambda n: trn("{number} tag", "{number} tags", n, number=number(n)),
    "task_type": lambda n: trn("{number} task type", "{number} task types", n, number=number(n)),
    "role": lambda n: trn("{number} role", "{number} roles", n, number=number(n)),
    "user": lambda n: trn("{number} user", "{number} users", n, number=number(n)),
    "catalog": lambda n: trn("{number} list", "{number} lists", n, number=number(n)),
    "loss_reason": lambda n: trn("{number} loss reason", "{number} loss reasons", n, number=number(n)),
    "widget": lambda n: trn("{number} widget", "{number} widgets", n, number=number(n)),
    "webhook": lambda n: trn("{number} webhook", "{number} webhooks", n, number=number(n)),
}
COUNTS: Mapping[str, Callable[[str], str]] = {
    "create": lambda count: tr("{count} create", count=count),
    "update": lambda count: tr("{count} update", count=count),
    "move": lambda count: tr("{count} move", count=count),
    "replace": lambda count: tr("{count} replace", count=count),
    "archive": lambda count: tr("{count} archive", count=count),
    "restore": lambda count: tr("{count} restore", count=count),
    "delete": lambda count: tr("{count} delete", count=count),
    "manual": lambda count: tr("{count} by hand", count=count),
}
OUTCOMES: Mapping[str, Callable[[str], str]] = {
    "done": lambda count: tr("{count} done", count=count),
    "failed": lambda count: tr("{count} failed", count=count),
    "blocked": lambda count: tr("{count} blocked", count=count),
    "skipped": lambda count: tr("{count} not started", count=count),
    "manual": lambda count: tr("{count} by hand", count=count),
}


def duration(seconds: float) -> str:
    """A rough length of time: "3 s", "7 min", "7.4 h"."""
    if seconds < 90:
        return tr("{count} s", count=max(1, round(seconds)))
    if seconds < 5400:
        return tr("{count} min", count=round(seconds / 60))
    return tr("{number} h", number=fixed(seconds / 3600))
