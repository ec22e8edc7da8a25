"""How one value looks in YAML, inside amoconf and on the wire: a Codec for each sort of value.

`load` and `resolve` raise ValueError with a sentence that says what to write instead.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from amoconf.shape import Schema, complaint
from amoconf.tongue import tr
from amoconf.values import Address, Hidden, Ref, Value

TIME_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


# Letters of the rights matrix (config page C10, official).
RIGHTS = {"all": "A", "group": "G", "own": "M", "linked": "L", "none": "D"}


# A text with more than blanks in it.
SAYS_SOMETHING = "\\S"


def same(value: Value) -> Value:
    """A value that looks the same in two places."""
    return value


@dataclass(frozen=True)
class Codec:
    """One sort of value.

    schema: JSON Schema of the YAML form. load: YAML → canonical. dump: canonical → YAML. decode: wire → canonical
    (tolerant: what real answers vary in is made alike). encode: canonical → wire; addresses stay for the plan.
    resolve: for what refers to other things: (loaded value, address of the thing that refers) → value with Addresses.
    secret: may hold ${secret:X}; never shown, written or logged in clear.
    """

    schema: Schema
    load: Callable[[Value], Value] = same
    dump: Callable[[Value], Value] = same
    decode: Callable[[Value], Value] = same
    encode: Callable[[Value], Value] = same
    resolve: Callable[[Value, Address], Value] | None = None
    secret: bool = False

    def about(self, **keys: Any) -> "Codec":
        """The same with more schema keys, for example examples."""
        return replace(self, schema={**self.schema, **keys})


def _load_text(value: Value, longest: int) -> str:
    if isinstance(value, bool | int | float):
        raise ValueError(tr("{value!r} is not text here: put it in quotes", value=value))
    if not isinstance(value, str):
        raise ValueError(tr("text is expected here"))
    text = unicodedata.normalize("NFC", value)
    if not text.strip():
        raise ValueError(tr("this text must not be empty"))
    if len(text) > longest:
        raise ValueError(
            tr(
                "this text has {length} characters; amoCRM takes at most {longest}",
                length=len(text),
                longest=longest,
            )
        )
    return text


def text(longest: int = 255) -> Codec:
    """A line of text. 255 is a guess for names (config page E2.2); 1000 for hints is official (C5)."""
    return Codec(
        schema={"type": "string", "minLength": 1, "maxLength": longest, "pattern": SAYS_SOMETHING},
        load=lambda value: _load_text(value, longest),
        decode=lambda value: None if value is None else str(value),
    )


def _load_boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(tr("write true or false here"))
    return value


BOOLEAN = Codec(schema={"type": "boolean"}, load=_load_boolean, decode=bool)


def _load_integer(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(tr("a whole number is expected here"))
    return value


INTEGER = Codec(schema={"type": "integer"}, load=_load_integer)


def suggest(word: str, known: Sequence[str]) -> str:
    """ ", did you mean X?" for a misspelt word, or an empty text."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return tr("; did you mean {near!r}?", near=near[0]) if near else ""


def _load_choice(value: Value, words: Sequence[str]) -> str:
    if value not in words:
        near = suggest(str(value), words) or tr("; one of: {words}", words=", ".join(words))
        raise ValueError(tr("{value!r} is not known here", value=value) + near)
    return str(value)


def choice(*words: str) -> Codec:
    """One word of a fixed list, the same in YAML and on the wire."""
    return Codec(schema={"enum": list(words)}, load=lambda value: _load_choice(value, words))


def right(*words: str) -> Codec:
    """One right, a word in YAML and a letter on the wire (C10). A missing letter means denied."""
    back = {letter: word for word, letter in RIGHTS.items()}
    return Codec(
        schema={"enum": list(words)},
        load=lambda value: _load_choice(value, words),
        decode=lambda letter: back.get(letter, "none"),
        encode=lambda word: RIGHTS[word],
    )


def _load_duration(value: Value) -> int:
    match = re.fullmatch(r"([0-9]+)([mhdw])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            tr("{value!r} is not a duration: write a number and m, h, d or w, such as 10m or 2d", value=value)
        )
    return int(match[1]) * TIME_UNITS[match[2]]


def dump_duration(seconds: int) -> str:
    """600 → "10m", in the largest unit that divides it."""
    for unit, size in reversed(TIME_UNITS.items()):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    raise ValueError(tr("{seconds} s is not a whole number of minutes", seconds=seconds))


# Canonical: seconds.
DURATION = Codec(
    schema={"type": "string", "pattern": "^[0-9]+[mhdw]$", "examples": ["10m", "2d"]},
    load=_load_duration,
    dump=dump_duration,
)


# 0 to 100 per cent.
SHARE_FORM = r"^0*(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%$"


def _load_share(value: Value) -> float:
    match = re.fullmatch(SHARE_FORM[1:-1], value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(tr("{value!r} is not a share: write it as 85%", value=value))
    return float(match[0].removesuffix("%")) / 100


# Canonical: a number from 0 to 1.
SHARE = Codec(
    schema={"type": "string", "pattern": SHARE_FORM, "examples": ["85%"]},
    load=_load_share,
    dump=lambda share: f"{share * 100:g}%",
)


def _load_colour(value: Value, palette: Sequence[str], quote_hint: str) -> str:
    if not isinstance(value, str):
        raise ValueError(tr("put the colour in quotes, such as {quote_hint!r}", quote_hint=quote_hint))
    if not palette and not re.fullmatch(HEX_COLOUR[1:-1], value):
        raise ValueError(
            tr(
                "{value!r} is no colour: write six hexadecimal digits, such as {quote_hint!r}",
                value=value,
                quote_hint=quote_hint,
            )
        )
    if not palette:
        return value.removeprefix("#")
    known = {form: item for item in palette for form in (item, item.lower(), item.upper())}
    if palette and value not in known:
        raise ValueError(
            tr("{value!r} is not in amoCRM's palette here: {palette}", value=value, palette=" ".join(palette))
        )
    return known.get(value, value)


HEX_COLOUR = "^#?[0-9A-Fa-f]{6}$"


def colour(palette: Sequence[str], example: str) -> Codec:
    """A colour of a closed palette; a live colour outside it is kept as read. Empty palette: any hex colour."""
    other = [item.lower() if item.lower() != item else item.upper() for item in palette]
    form: Schema = (
        {"anyOf": [{"enum": list(palette)}, {"enum": other}]} if palette else {"pattern": HEX_COLOUR}
    )
    return Codec(
        schema={"type": "string", **form, "examples": [example]},
        load=lambda value: _load_colour(value, palette, example),
        decode=lambda value: None if value is None else str(value),
    )


Resolve = Callable[[str, Address], Address]


def reference(
    resolve: Resolve, dump: Callable[[Address], str], decode: Callable[[Value], Value] = same
) -> Codec:
    """The name of another thing of the spec; canonical: its Address, None where the account has none."""
    return Codec(
        schema={"type": "string", "minLength": 1},
        load=_load_reference,
        dump=dump,
        decode=decode,
        encode=lambda address: None if address is None else Ref(address),
        resolve=resolve,
    )


def references(
    resolve: Resolve,
    dump: Callable[[Address], str],
    decode: Callable[[Value], Value],
    encode: Callable[[Address], Value],
) -> Codec:
    """Names of other things; their order carries no meaning. Canonical: Addresses, sorted."""
    return Codec(
        schema={"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
        load=lambda value: tuple(_load_reference(item) for item in _load_list(value)),
        dump=lambda addresses: [dump(address) for address in addresses],
        decode=lambda value: tuple(sorted({decode(item) for item in value or ()})),
        encode=lambda addresses: [encode(address) for address in addresses],
        resolve=lambda texts, home: tuple(sorted({resolve(text, home) for text in texts})),
    )


def _load_reference(value: Value) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError(tr("the key of another thing is expected here, as text"))


def _load_list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise ValueError(tr("a list is expected here: [one, two]"))
    twice = next((item for index, item in enumerate(value) if item in value[:index]), None)
    if twice is not None:
        raise ValueError(tr("{twice!r} is listed twice", twice=twice))
    return value


def words(*known: str, order: bool = False) -> Codec:
    """A list of words; without `order` it is kept sorted, so that order never makes a difference."""

    def load(value: Value) -> tuple[str, ...]:
        items = [_load_choice(item, known) if known else _load_text(item, 255) for item in _load_list(value)]
        return tuple(items) if order else tuple(sorted(set(items)))

    item: Schema = {"enum": list(known)} if known else text().schema
    return Codec(
        schema={"type": "array", "items": item, "uniqueItems": True},
        load=load,
        dump=list,
        decode=lambda value: tuple(value or ()) if order else tuple(sorted(value or ())),
        encode=list,
    )


def anything(schema: Schema) -> Codec:
    """A value that this layer does not look into; the schema says what it may be (see `shape` for how much of it)."""

    def load(value: Value) -> Value:
        said = complaint(_shown(value), schema)
        if said:
            raise ValueError(said)
        return value

    return Codec(schema=schema, load=load)


def _shown(value: Value) -> Value:
    """The value with each secret as text."""
    if isinstance(value, Mapping):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return str(value) if isinstance(value, Hidden) else value
