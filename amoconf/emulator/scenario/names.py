"""Invented names, phones and mailboxes: numbered, so that each number has its own and nothing real is met.

No range of Russian numbers is set aside for fiction. The numbering plan assigns no codes that begin with 5,
so all phones here do.
"""

import json
from importlib.resources import files

WORDS: dict[str, list[str]] = json.loads(
    files("amoconf.emulator.scenario").joinpath("data", "words.json").read_text(encoding="utf-8")
)
# Surnames of building words; women's take the ending.
MEN = [(first, f"{root}ов") for root in WORDS["roots"] for first in WORDS["first_men"]]
WOMEN = [(first, f"{root}ова") for root in WORDS["roots"] for first in WORDS["first_women"]]
PEOPLE = [pair for pairs in zip(MEN, WOMEN, strict=True) for pair in pairs]

FORMS = ("ООО", "АО", "ИП", "ПК")
HEADS, TAILS, PLACES, LATIN = (WORDS[key] for key in ("heads", "tails", "places", "latin"))
DEALS, STREETS = WORDS["deals"], WORDS["streets"]
BOXES = ("pochta.example", "yashchik.example", "mailbox.example", "lichnaya.example")
# What people write where a phone belongs.
NO_PHONES = ("нет", "уточнить", "512", "55-12-43", "8 (5412)", "не звонить", "524-11", "+7")

_PRIME = 387_420_479  # coprime to a thousand million, so that numbers scatter and never meet
_SPACE = 10**9


def phone_digits(number: int) -> str:
    """Ten digits of the phone with this number; numbers below a thousand million give different phones."""
    return f"5{(number * _PRIME + 123_456_789) % _SPACE:09d}"


def phone(number: int, way: int) -> str:
    """The phone in one of the ways that people write phones."""
    d = phone_digits(number)
    match way % 6:
        case 0:
            return f"+7 ({d[:3]}) {d[3:6]}-{d[6:8]}-{d[8:]}"
        case 1:
            return f"8{d}"
        case 2:
            return f"+7{d}"
        case 3:
            return f"8 {d[:3]} {d[3:6]} {d[6:8]} {d[8:]}"
        case 4:
            return f"7{d}"
        case _:
            return d


def mailbox(number: int) -> str:
    """A mailbox of one's own for each number."""
    return f"{LATIN[number % len(LATIN)]}{number}@{BOXES[number % len(BOXES)]}"


def broken_mailbox(number: int) -> str:
    """Something that is no mailbox."""
    name, box = mailbox(number).split("@")
    return (f"{name}.{box}", f"{name}@@{box}", f"{name} {number}@{box}")[number % 3]


def person(number: int) -> tuple[str, str]:
    """First and last name; names come again after all have been met once."""
    return PEOPLE[(number * 1_237) % len(PEOPLE)]


def company(number: int) -> str:
    """A name of one's own for each number below 32 000."""
    number, form = divmod(number, len(FORMS))
    number, head = divmod(number, len(HEADS))
    place, tail = divmod(number, len(TAILS))
    return f"{FORMS[form]} «{HEADS[head]}{TAILS[tail]} {PLACES[place]}»"
