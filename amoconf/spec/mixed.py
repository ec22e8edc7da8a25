"""Words that mix Cyrillic and Latin letters: they look right, and no search or filter finds them."""

import re
from collections.abc import Iterable, Iterator

from amoconf.errors import Problem
from amoconf.kinds import KINDS
from amoconf.model import Resource
from amoconf.tongue import tr

# Letters of the two alphabets that look the same.
LATIN, CYRILLIC = "ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху"
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")


def mixed(resources: Iterable[Resource]) -> Iterator[Problem]:
    """A warning for each name that stays of these things, with a word in which a few letters are of the other alphabet, and look the same."""
    for resource in resources:
        name = resource.attrs.get(KINDS[resource.address.kind].identity)
        for word in _WORD.findall(str(name or "")) if not resource.marks.leaves else ():
            strange = strangers(word)
            if strange:
                yield Problem(
                    tr(
                        "{address}: {word!r} mixes alphabets: {told}",
                        address=resource.address,
                        word=word,
                        told=_told(strange),
                    ),
                    tr("type the word anew in one alphabet"),
                    resource.where,
                    str(resource.address),
                )


def _told(letters: set[str]) -> str:
    """Which letters are of which alphabet."""
    names = ", ".join(repr(letter) for letter in sorted(letters))
    if letters <= set(LATIN):
        return tr("{names} of the Latin one", names=names)
    return tr("{names} of the Cyrillic one", names=names)


def strangers(word: str) -> set[str]:
    """The letters of a word that are of the alphabet of its minority, where all of these look like the other's."""
    if word.isascii():
        return set()
    cyrillic = {letter for letter in word if _CYRILLIC.match(letter)}
    latin = set(word) - cyrillic
    few, alike = (latin, LATIN) if _count(word, cyrillic) >= _count(word, latin) else (cyrillic, CYRILLIC)
    return few if cyrillic and latin and few <= set(alike) else set()


def _count(word: str, letters: set[str]) -> int:
    return sum(letter in letters for letter in word)
