"""Names compared by what they mean: dictionaries of words, and names with habits of writing taken away."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher

from amoconf.facts import name_of
from amoconf.model import Resource
from amoconf.spec.mixed import CYRILLIC, LATIN

_ONE = str.maketrans(LATIN, CYRILLIC)
_SOUNDS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh sch  y  e yu ya i i e g".split(" "),
        strict=True,
    )
)
_NO_WORD = re.compile(r"[\W_]+")
# States, not completed actions, in Russian, Ukrainian, English, Portuguese and Spanish.
STATES = re.compile(
    r"дума|жд[её]м|жд[её]т|ожида|в работе|в процессе|недозвон|не берет|не дозвон|перезвон|на паузе|завис|отложен"
    r"|чека|очіку|в роботі|передзвон|thinking|waiting|in progress|pending|on hold|no answer|call ?back"
    r"|pensando|esperando|aguardando|em andamento|en curso|en proceso|en espera|sem resposta|sin respuesta",
    re.IGNORECASE,
)
# What to do, not what was done: Russian and Ukrainian infinitives, English verbs, Romance infinitives.
ORDERS = re.compile(
    r"^(?:[а-яёїіє]{3,}(?:ать|ять|ить|еть|уть|ыть|оть|сти|чь|ться|ити|ати|яти|увати)"
    r"|send|call|make|prepare|ask|check|remind|write|enviar|ligar|llamar|preparar|hacer|fazer|cobrar)\b",
    re.IGNORECASE,
)
# Names that the service gives the stages of a new pipeline (guess: config page C4).
USUAL = frozenset(
    {
        *("первичный контакт", "переговоры", "принимают решение", "согласование договора"),
        *("initial contact", "discussions", "offer made", "decision making", "contract discussion"),
        "negotiation",
    }
)
LEFTOVERS = re.compile(
    r"\b(?:test|тест|тестов\w*|new field|новое поле|копия|copy|old|стар(?:ый|ая|ое)|проба|удалить не|asdf|ййй)\b",
    re.IGNORECASE,
)
GOOD, BAD = (
    re.compile(r"успеш|won\b|куплен|оплачен|передано|продан", re.IGNORECASE),
    re.compile(r"не реализ|отказ|lost\b|провал|нецелев|закрыт", re.IGNORECASE),
)
INBOUND = re.compile(r"входящ|обращени|заявки|квалиф|первичн|inbound|qualif|enquir|лиды|leads", re.IGNORECASE)
ALIKE = 0.88  # of SequenceMatcher, from which two names are taken for one


def fold(text: str) -> str:
    """A name without case, spaces, punctuation, ё, and letters that only look alike."""
    return _NO_WORD.sub("", text.casefold().replace("ё", "е").translate(_ONE).casefold())


def plural(text: str) -> str:
    """How a name sounds in Latin letters, without spaces, punctuation, and the ending of a plural."""
    bare = _NO_WORD.sub("", text.casefold().replace("ё", "е"))
    return re.sub(r"(?<=\w{3})(?:y|i|s)$", "", "".join(_SOUNDS.get(letter, letter) for letter in bare))


def twins(items: Iterable[Resource], make: Callable[[str], str] = fold) -> list[Resource]:
    """Things whose name, folded, another has as well."""
    rows = list(items)
    groups: dict[str, list[Resource]] = {}
    for item in rows:
        groups.setdefault(make(name_of(item)), []).append(item)
    return [item for item in rows if len(groups[make(name_of(item))]) > 1]


def look_alikes(items: Sequence[Resource]) -> list[Resource]:
    """Things whose name nearly is another's; numbers tell names apart."""
    named = [(item, fold(name_of(item))) for item in items]
    found = []
    for place, (item, name) in enumerate(named):
        for other, near in named[place + 1 :]:
            if _digits(name) == _digits(near) and SequenceMatcher(None, name, near).ratio() >= ALIKE:
                found += [item, other]
    return list({str(item.address): item for item in found}.values())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
