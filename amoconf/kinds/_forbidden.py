"""Names of rights as `policy.rights.forbid` writes them: leads.delete, catalogs.export, mail; patterns too."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from amoconf.codecs import suggest, words
from amoconf.kind import Need
from amoconf.kinds._rights import BLOCKS, LIST_RIGHTS
from amoconf.tongue import tr
from amoconf.values import Address, Value

SWITCHES = ("mail", "lists")
NAMES = (
    *(f"{block}.{name}" for block, names in BLOCKS.items() for name in names),
    *SWITCHES,
    *(f"catalogs.{name}" for name in LIST_RIGHTS),
)
PREFIX = "rights."


def _load(value: Value) -> tuple[str, ...]:
    said: tuple[str, ...] = words().load(value)
    for item in said:
        if not any(fnmatchcase(name, item) for name in NAMES):
            near = suggest(item, NAMES)
            raise ValueError(tr("there is no right {name!r}{near}", name=item, near=near))
    return said


FORBID = replace(words(), load=_load)


def held(attrs: Mapping[str, Value]) -> Iterator[tuple[str, Address | None, str]]:
    """(right, stage or list that it is on or None, word) of everything that attributes of a role name."""
    for name, word in attrs.items():
        if name.startswith(PREFIX):
            yield (
                name.removeprefix(PREFIX),
                None,
                word if isinstance(word, str) else "all" if word else "none",
            )
    for block, key in (("leads", "stages"), ("catalogs", "catalogs")):
        for address, row in (attrs.get(key) or {}).items():
            yield from ((f"{block}.{name}", address, word) for name, word in row.items())


def policy_asks(need: Need, *sections: str) -> bool:
    """Whether the policy of a spec speaks of one of these: `admins`, `rights.forbid` …"""
    if need.wanted is None:
        return False
    keys = need.wanted.settings.policy
    return any(key == name or key.startswith(f"{name}.") for key in keys for name in sections)
