"""Lines of a spec that would mend what a rule found."""

from collections.abc import Iterable
from typing import Any

from amoconf.audit.case import Case
from amoconf.facts import name_of
from amoconf.model import Resource
from amoconf.spec.node import escape
from amoconf.spec.write import write
from amoconf.values import Address

SECTIONS = {"field": "fields", "task_type": "task_types", "role": "roles", "pipeline": "pipelines"}
MOST = 6  # things that are shown: the rest goes the same way


def proposed(case: Case, items: Iterable[Resource], **said: Any) -> str:
    """YAML that says something of each thing, under its key, or under its name where no spec has it yet.

    What the spec takes away already is left out.
    """
    tree: dict[str, Any] = {}
    for item in [item for item in items if not case.leaving(item)][:MOST]:
        place = tree
        for part in path(case, item):
            place = place.setdefault(part, {})
        named = {} if key(item) == escape(name_of(item)) else {"name": escape(name_of(item))}
        place[key(item)] = {**named, **said}
    return write(tree).rstrip("\n") if tree else ""


def path(case: Case, item: Resource) -> list[str]:
    """Where a thing stands in a spec."""
    kind, home = item.address.kind, item.address.home
    if kind == "stage":
        above = case.facts.account.get(Address("pipeline", home))
        return ["pipelines", key(above) if above else home[0], "stages"]
    return [SECTIONS[kind], *home]


def is_new(item: Resource) -> bool:
    """Whether no spec knows it."""
    return item.address.key.startswith("#")


def key(item: Resource) -> str:
    """Its key, or the name that is one."""
    return escape(name_of(item)) if is_new(item) else item.address.key
