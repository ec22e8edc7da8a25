"""Addresses as identifiers: upper case Latin letters, digits and underscores, AMO_ before all, one for each address."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from amoconf.values import Address

PREFIX = "AMO"  # no language has a reserved word that begins so
LONGEST = 48  # characters of one segment
SHORTEST = 6  # digits of a digest that tells names apart
_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g u".split(" "),
        strict=True,
    )
)


def names(addresses: Iterable[Address]) -> Mapping[Address, str]:
    """A name for each address. Those whose names would be the same all get a digest of their address.

    So no name ever passes from one thing to another because a third one was added.
    """
    rows = list(dict.fromkeys(addresses))
    bare = {address: plain(address) for address in rows}
    counts = Counter(bare.values())
    alone = {name for name, count in counts.items() if count == 1}
    alike = [address for address in rows if counts[bare[address]] > 1]
    return {**bare, **_told_apart(alike, bare, alone)}


def _told_apart(alike: list[Address], bare: Mapping[Address, str], taken: set[str]) -> Mapping[Address, str]:
    for length in range(SHORTEST, 65, 2):
        made = {address: f"{bare[address]}_{digest(address)[:length]}" for address in alike}
        if len(set(made.values())) == len(alike) and not taken & set(made.values()):
            return made
    raise ValueError("two addresses of one digest")


def digest(address: Address) -> str:
    """A number of the address that stays the same for ever, upper case hexadecimal."""
    return hashlib.sha256(str(address).encode("utf-8", "surrogatepass")).hexdigest().upper()


def plain(address: Address) -> str:
    """AMO_STAGE_RETAIL_OFFER."""
    return "_".join([PREFIX, *(segment(part) for part in (address.kind, *address.path))])


def segment(text: str) -> str:
    """One segment in Latin letters; what has no Latin twin by its number; never empty."""
    spelt = "".join(map(_letter, unicodedata.normalize("NFC", text).lower()))
    told = re.sub("_+", "_", spelt).strip("_").upper()
    return told[:LONGEST].rstrip("_") or "X"


def _letter(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if char.isascii():
        return char if char.isalnum() else "_"
    bare = "".join(item for item in unicodedata.normalize("NFKD", char) if item.isascii() and item.isalnum())
    if bare:
        return bare
    return f"_u{ord(char):x}_" if char.isalnum() else "_"
