"""What is left of a free text when habits of writing are taken away, and what else it may have been meant to be."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from amoconf.spec.mixed import CYRILLIC, LATIN

_LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_ONE_WORD = re.compile(r"[A-Za-z]+|[А-Яа-яЁё]+")  # most values: nothing to look for in them
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_LIKE_CYRILLIC, _LIKE_LATIN = re.compile(f"[{LATIN}]+"), re.compile(f"[{CYRILLIC}]+")
_TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
_TO_LATIN = str.maketrans(CYRILLIC, LATIN)
# "г. Пенза", "гор. Пенза", "город Пенза"; not "г.о. Самара", which is a district.
_TOWN = re.compile(r"^(?:г\.|гор\.|г(?= )|гор(?= )|город(?= )) ?(?!о\.)(?=[^\W\d_])")
_TOWN_BEHIND = re.compile(r"(?<=[^\W\d_]{3}),? г\.?$")
_MEANT = "#%&@*+"  # punctuation that tells one name from another: C#, 10%, A&B
_POINT = re.compile(r"(?<=\d)[.,](?=\d)")
_MINUS = re.compile(r"(?<![\w.])[-−–](?=\d)")
_BELOW_ZERO = "¬"
# What the keys of the two layouts of a keyboard write.
_KEYS = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~",
    "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ",
)
_KEYS_BACK = {ord(chr(there)): chr(here) for here, there in _KEYS.items() if chr(here).isalpha()}
# What towns are called beside their names, as keys; taken only where the town itself is met more often.
_ALSO = {
    "moscow": "москва",
    "мск": "москва",
    "msk": "москва",
    "спб": "санктпетербург",
    "spb": "санктпетербург",
    "питер": "санктпетербург",
    "екб": "екатеринбург",
    "нск": "новосибирск",
}
_LONGEST = 80  # characters: longer texts are no names of places
_REGION = re.compile(
    r"^(?P<base>[^,(]+?)(?: ?[,(] ?| )"
    r"(?:(?P<land>россия|рф)|(?P<full>[а-я-]{4,}(?:ая|ий|ой)) (?:обл(?:\.|асть)?|край)"
    r"|респ(?:\.|ублика) ?(?P<republic>[а-я-]{4,})|(?P<short>[а-я-]{4,})\.)\)?\.?$"
)
_SOUNDS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e zh z i i k l m n o p r s t u f h ts ch sh sh  i  e iu ia".split(" "),
        strict=True,
    )
)
# How Latin letters are read in transliterations, longest first; the results are those of _SOUNDS.
_READ = (
    *(("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("ph", "f"), ("tz", "ts"), ("ck", "k")),
    *(("yu", "iu"), ("ju", "iu"), ("ya", "ia"), ("ja", "ia"), ("yo", "e"), ("jo", "e"), ("ye", "e")),
    *(("je", "e"), ("x", "ks"), ("w", "v"), ("q", "k"), ("y", "i"), ("j", "i")),
)
_HARD_C = re.compile(r"c(?!h)")
_VOWELS = re.compile(r"[аеиоуыэюяйьъ]")


@cache
def _dropped() -> re.Pattern[str]:
    """Punctuation, but for what stands between digits: a share, a phone, a size."""
    marks = (chr(code) for code in range(0x3100))
    chars = [char for char in marks if unicodedata.category(char)[0] == "P" or char in "`´"]
    among = "".join(re.escape(char) for char in chars if char not in _MEANT)
    return re.compile(rf"(?<!\d)[{among}]+|[{among}]+(?!\d)")


def line(text: str) -> str:
    """The text in NFC on one line, single spaces, without characters that nobody sees."""
    if _ONE_WORD.fullmatch(text):
        return text
    if not text.isprintable():
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFC", text).split())


def one_alphabet(text: str) -> str:
    """Each word in the alphabet of its other letters, where the strange ones only look alike."""
    if alphabet(text) or text.isascii():
        return text
    return unicodedata.normalize("NFC", _LETTERS.sub(lambda found: _word(found[0]), text))


def _word(word: str) -> str:
    latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
    if not latin or not cyrillic:
        return word
    if set(latin) <= set(LATIN):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN) if set(cyrillic) <= set(CYRILLIC) else word


def bare(text: str) -> str:
    """A line without the small "г." of a town; with a capital it may be somebody's initial."""
    while True:
        rest = _TOWN_BEHIND.sub("", _TOWN.sub("", text))
        if rest == text:
            return text
        text = rest


def plain(text: str) -> str:
    """What both keys and abbreviations are read from: one line, one alphabet a word, small letters, no ё, no "г."."""
    return bare(one_alphabet(line(text))).casefold().replace("ё", "е")


def words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared; punctuation between digits stays."""
    if _ONE_WORD.fullmatch(text):
        return (text.casefold().replace("ё", "е"),)
    pointed = _POINT.sub(".", _MINUS.sub(_BELOW_ZERO, plain(text)))
    return tuple(_dropped().sub(" ", pointed).replace("_", " ").split())


def key(text: str) -> str:
    """What two spellings of one thing have in common; spaces count between digits only."""
    parts = words(text)
    if not parts:
        return f"\0{line(text)}"
    made = parts[0]
    for part in parts[1:]:
        made += f" {part}" if made[-1].isdigit() and part[0].isdigit() else part
    return made


def tidy(text: str) -> str:
    """A spelling as an option may be called: `key` is the same."""
    return bare(one_alphabet(line(text)))


def other_keys(text: str) -> Iterator[str]:
    """Keys of what the text may have been meant to be, the likeliest first."""
    shown = line(text)
    letters = "".join(_LETTERS.findall(shown))
    yield _ALSO.get(key(text), "")
    if shown[:1] == "Г":
        yield key(shown.casefold())
    if _LIKE_CYRILLIC.fullmatch(letters):
        yield key(shown.translate(_TO_CYRILLIC))
    if _LIKE_LATIN.fullmatch(letters):
        yield key(shown.translate(_TO_LATIN))
    if len(letters) > 2:
        yield key(shown.translate(_KEYS_BACK if _CYRILLIC.search(shown) else _KEYS))


def alphabet(word: str) -> str:
    """ "latin", "cyrillic", or "" for neither or both."""
    latin, cyrillic = _LATIN.search(word), _CYRILLIC.search(word)
    return "" if bool(latin) == bool(cyrillic) else "latin" if latin else "cyrillic"


def sound(word: str) -> str:
    """A word of either alphabet as transliteration makes it, so that Penza and Пенза are one."""
    if alphabet(word) == "cyrillic":
        heard = "".join(_SOUNDS.get(char, char) for char in word)
    else:
        heard = word
        for written, read in _READ:
            heard = heard.replace(written, read)
        heard = _HARD_C.sub("k", heard)
    return re.sub("i+", "i", heard)


def soft(given: str) -> str:
    """A key with э and е as one letter: Енгельс, Бэта."""
    return given.replace("э", "е")


def consonants(word: str) -> str:
    """The consonants of a Cyrillic word: Пнз, Тлт."""
    return _VOWELS.sub("", word)


@dataclass(frozen=True)
class Region:
    """A name with its region behind it. base: key of the name. stem: how the region begins, "" for the country."""

    base: str
    stem: str
    shortened: bool = False


def region(text: str) -> Region | None:
    """ "Заречный (Пенз.)", "Пенза, Пензенская обл."; None where no region stands at the end."""
    short = len(text) <= _LONGEST and not _ONE_WORD.fullmatch(text)
    found = _REGION.match(plain(text)) if short else None
    if found is None:
        return None
    stem = found["full"] or found["republic"] or found["short"] or ""
    return Region(key(found["base"]), stem[:4], bool(found["short"]))


def shortened(text: str) -> tuple[tuple[str, bool], ...]:
    """Words of a text and whether a dot shortens them; empty where none does, or more than words are there."""
    if "." not in text:
        return ()
    given = plain(text)
    tokens = [(found[1], bool(found[2])) for found in re.finditer(r"([^\W\d_]+)(\.?)", given)]
    others = re.sub(r"[^\W\d_]+\.?|[ -]", "", given)
    if others or len(tokens) > 4 or not any(_cut(word, dot) for word, dot in tokens):
        return ()
    return tuple((word, _cut(word, dot)) for word, dot in tokens)


def _cut(word: str, dot: bool) -> bool:
    """Russian words are shortened behind a consonant, or to their first letter."""
    return dot and (len(word) == 1 or not _VOWELS.match(word[-1]))
