"""What the spec would make anew and what the account has besides, where their names are alike."""

import re
from collections.abc import Iterable, Sequence

from amoconf.errors import Problem
from amoconf.kind import Kind
from amoconf.kinds import KINDS
from amoconf.kinds._doubts import rename_or_new
from amoconf.model import Account, Resource
from amoconf.values import normal

ALIKE = 85  # per cent of likeness from which a create and an unlisted thing look like a rename


def look_alikes(wanted: Account, found: Account) -> Iterable[Problem]:
    """Creates that look like a rename of something unlisted: never guessed, always asked."""
    for (name, home), wants in wanted.by_home.items():
        kind = KINDS[name]
        news = [
            want
            for want in wants
            if not want.marks.leaves and not want.marks.new and found.get(want.address) is None
        ]
        strangers = [
            item for item in found.within(name, home) if item.address not in wanted.index and not item.aside
        ]
        if news and strangers and kind.identity == "name":
            yield from _likely(kind, news, strangers)


def _likely(kind: Kind, news: Sequence[Resource], strangers: Sequence[Resource]) -> Iterable[Problem]:
    from rapidfuzz.fuzz import ratio

    for want in news:
        for item in strangers:
            if kind.replaces and want.attrs.get(kind.replaces) != item.attrs.get(kind.replaces):
                continue
            mine, other = kind.title(want), kind.title(item)
            if not item.fixed and ratio(fold(mine), fold(other)) >= ALIKE:
                yield rename_or_new(want, mine, item, other)


def fold(name: str) -> str:
    """A name for comparing likeness: case, ё, spaces and punctuation aside."""
    return re.sub(r"[\W_]+", " ", normal(name).casefold().replace("ё", "е")).strip()
