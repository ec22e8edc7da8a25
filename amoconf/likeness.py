"""Which known names a text may stand for: slips of one finger, transliteration, abbreviations, look-ups without guessing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from amoconf import folding

LONG, LONGER = 5, 10  # letters from which one typing error is forgiven, and two
MOST_WORDS, MOST_LETTERS = 4, 60  # longer texts are sentences: no slips are looked for in them
RARE, RARER = 10, 100  # how many times more often the right spelling is met, for one error and for two
LEAST = 4  # letters that an abbreviation keeps

# Endings that make one name of another (a town, a street, a woman's name) rather than a slip.
_ENDINGS = frozenset(("", *"аеиоуыэюяйь", *"aeiouy", *"ск ка ки ий ый ой ая ое ие sk ka ki ii".split()))
_NAMES = tuple("ов ев ин ын ск ov ev in sk".split())
# Towns that lie a slip away from one another: whoever writes such a name means it.
_TOWNS = frozenset(
    "александрия александров волжск вольск железноводск железногорск кировград кировоград краснокамск краснокаменск "
    "красногорск красноярск нефтекамск нефтекумск светогорск светлогорск".split()
)

Words = tuple[str, ...]


class Near:
    """Words by all that a slip leaves alone: the words beside them, their first letter, about their length."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, ...], tuple[list[str], dict[str, list[str]]]] = {}

    def add(self, words: Words, name: str) -> None:
        """From now on `words` lead to `name`."""
        for place, word in _places(words):
            written, names = self._rows.setdefault((*_beside(words, place), len(word)), ([], {}))
            if word not in names:
                written.append(word)
            names.setdefault(word, []).append(name)

    def find(self, words: Words) -> tuple[int, set[str]]:
        """The fewest errors, 1 or 2, and the names that are so near; 0 where none is."""
        found: dict[int, set[str]] = {}
        others: set[str] = set()
        for place, word in _places(words):
            beside = _beside(words, place)
            for length in _lengths(word):
                written, names = self._rows.get((*beside, length), ([], {}))
                for errors, other in _alike(word, written):
                    found.setdefault(errors, set()).update(names[other])
                    others.update(names[other] if _ends_otherwise(word, other) else ())
        best = min(found, default=0)
        return (best, found[best]) if best and not found[best] <= others else (0, set())


def _places(words: Words) -> Iterator[tuple[int, str]]:
    """Words that can be misspelt: without digits, of a text that is no sentence."""
    if len(words) <= MOST_WORDS and sum(map(len, words)) <= MOST_LETTERS:
        yield from ((place, word) for place, word in enumerate(words) if word.isalpha())


def _beside(words: Words, place: int) -> tuple[object, ...]:
    """Another first letter is rather another name: Курск and Сурск."""
    return words[:place], words[place + 1 :], folding.soft(words[place][0])


def _lengths(word: str) -> range:
    """Of words that a forgiven number of errors may have made of it."""
    most = 2 if len(word) >= LONGER else 1
    return range(max(len(word) - most, LONG - 1), len(word) + most + 1)


def _alike(word: str, others: Sequence[str]) -> Iterator[tuple[int, str]]:
    if not others:
        return
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    most = 2 if len(word) >= LONGER else 1
    for other, errors, _ in extract(word, others, scorer=OSA.distance, score_cutoff=most, limit=None):
        if 0 < errors <= forgiven(word, other):
            yield int(errors), other


def _ends_otherwise(word: str, other: str) -> bool:
    """Whether only the endings differ: Кирова and Киров, Пушкин and Пушкино, Александровск and Александров.

    A last letter that is left out is a slip, unless what is left is a name as names are.
    """
    pairs = enumerate(zip(word, other, strict=False))
    same = next((place for place, pair in pairs if len({*pair}) > 1), min(len(word), len(other)))
    mine, its = word[same:], other[same:]
    if not mine and len(its) == 1:
        return word.endswith(_NAMES)
    return mine in _ENDINGS and its in _ENDINGS


def forgiven(word: str, other: str) -> int:
    """How many errors may lie between two words."""
    if min(len(word), len(other)) >= LONGER:
        return 2
    return int(max(len(word), len(other)) >= LONG and min(len(word), len(other)) >= LONG - 1)


@dataclass
class Index:
    """Known names, by every way that leads to them. regions: base → how the regions met behind it begin."""

    regions: Mapping[str, set[str]]
    keys: set[str] = field(default_factory=set)
    soft: dict[str, set[str]] = field(default_factory=dict)
    sounds: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    initials: dict[str, list[tuple[Words, str]]] = field(default_factory=dict)
    bones: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    starts: dict[str, set[str]] = field(default_factory=dict)
    near: Near = field(default_factory=Near)
    heard: dict[str, Near] = field(default_factory=dict)

    def add(self, name: str, words: Words) -> None:
        """A name, called by its key, and the words that it is written in."""
        self.keys.add(name)
        self.soft.setdefault(folding.soft(name), set()).add(name)
        self.starts.setdefault(name[:LEAST], set()).add(name)
        self.near.add(words, name)
        script = folding.alphabet("".join(words))
        if script:
            self.sounds.setdefault((script, folding.sound(name)), set()).add(name)
            self.heard.setdefault(script, Near()).add(tuple(map(folding.sound, words)), name)
        if words and len(words) <= MOST_WORDS:
            self.initials.setdefault("".join(word[0] for word in words), []).append((words, name))
        if len(words) == 1 and len(name) >= LONG and script == "cyrillic":
            bones = folding.consonants(name)
            self.bones.setdefault(bones[:3], []).append((bones, name))

    def meant(self, text: str, name: str, words: Words) -> Iterator[tuple[int, set[str]]]:
        """Way by way: how many times more often a name must be met to be taken (0: more often), and the names."""
        if len(words) > 2 * MOST_WORDS:
            return
        for other in folding.other_keys(text):
            yield 0, {other} if other != name and other in self.keys else set()
        script = folding.alphabet("".join(words))
        other_script = {"latin": "cyrillic", "cyrillic": "latin"}.get(script, "")
        yield 0, self.sounds.get((other_script, folding.sound(name)), set())
        yield 0, self._regional(text)
        if name in _TOWNS:
            return
        yield RARE, self.soft.get(folding.soft(name), set()) - {name}
        yield RARE, set(self._shortened(text))
        yield RARE, set(self._skeletons(name, words))
        yield _times(self.near.find(words))
        if other_script in self.heard:
            yield _times(self.heard[other_script].find(tuple(map(folding.sound, words))))

    def _regional(self, text: str) -> set[str]:
        """The name without its region, where no other region stands behind the same name."""
        found = folding.region(text)
        if found is None or found.base not in self.keys:
            return set()
        if found.shortened and not any(
            found.stem == name[:LEAST] for name in self.starts.get(found.stem, ())
        ):
            return set()
        met = self.regions.get(found.base, set())
        return {found.base} if len(met) <= 1 else set()

    def _shortened(self, text: str) -> Iterator[str]:
        tokens = folding.shortened(text)
        for words, name in self.initials.get("".join(word[0] for word, _ in tokens), ()) if tokens else ():
            pairs = list(zip(tokens, words, strict=True))
            fits = all(full.startswith(word) if cut else full == word for (word, cut), full in pairs)
            if fits and any(len(word) >= LEAST for word, _ in tokens):
                yield name

    def _skeletons(self, name: str, words: Words) -> Iterator[str]:
        """Names whose consonants begin so: Пнз, Тлт."""
        if len(words) == 1 and 3 <= len(name) <= LONG and folding.alphabet(name) == "cyrillic":
            if folding.consonants(name) != name:
                return
            for bones, other in self.bones.get(name[:3], ()):
                if bones.startswith(name):
                    yield other


def _times(found: tuple[int, set[str]]) -> tuple[int, set[str]]:
    errors, names = found
    return (RARER if errors > 1 else RARE), names
