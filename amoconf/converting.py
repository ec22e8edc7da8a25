"""Values of a field in another type: what to write into the new field, or why a value stays where it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from amoconf import readings, wiretext
from amoconf.kinds._convert import AUTO, KEEP, amiss, target
from amoconf.kinds._replace import IMPOSSIBLE, pair
from amoconf.readings import Unfit
from amoconf.tongue import tr
from amoconf.values import normal
from amoconf.wiretext import LISTS, NUMBERS, Side, Wire

STOP = "stop"
MOST = 256  # characters of a text through the API (third party: protocol page 2.3)
_PARTS = re.compile(r"[,;/\n]")
_CONTACTS = re.compile(r"[,;\n]")
_URL = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#]\S*)?", re.IGNORECASE)
FIRST_LINE = 1  # of a smart_address (protocol page, 6.2)


@dataclass(frozen=True)
class Moved:
    """values: elements for `values` of the new field, minimal. reason: set where `otherwise` chose the option."""

    values: tuple[Wire, ...]
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Kept:
    """The value stays in the old field only. reason: a word of `readings`. text: the value as people see it."""

    reason: str
    text: str = ""


@dataclass(frozen=True)
class Stop:
    """The value does not fit, and the spec says to stop at that."""

    reason: str
    text: str = ""


@dataclass(frozen=True)
class Conversion:
    """Made by `conversion`. table: trimmed spelling → option's name (for other types: → text to read instead)."""

    old: Side
    new: Side
    table: Mapping[str, str]
    otherwise: str | Mapping[str, str]
    zone: ZoneInfo
    language: str = "ru"

    def convert(self, values: Sequence[Wire] | None) -> Moved | Kept | Stop:
        """values: of the old field, as a record's `custom_fields_values` shows them; None where it is empty."""
        texts = self.shown(values)
        if not texts:
            return Kept(readings.EMPTY)
        try:
            return Moved(tuple(WRITERS[self.new.type](self, texts)))
        except Unfit as unfit:
            return self._unfit(unfit.reason, ", ".join(texts))

    def spellings(self, values: Sequence[Wire] | None) -> tuple[str, ...]:
        """The texts that the table is asked for: what `auto_map` is to know of a record."""
        texts = self.shown(values)
        if self.new.type != "multiselect" or self.old.type in LISTS:
            return texts
        return tuple(
            part for text in texts for part in ([text] if self.option(text) else _split(text, _PARTS))
        )

    def shown(self, values: Sequence[Wire] | None) -> tuple[str, ...]:
        """The old field's values as people see them."""
        return wiretext.shown(self.old, values, self.zone, self.language)

    def holds(self, moved: Moved, values: Sequence[Wire] | None) -> bool:
        """Whether the new field, as read back, holds what was written: days by their day, options by their id."""
        wrote = sorted(map(self._core, self._read(moved.values)))
        return wrote == sorted(map(self._core, self._read(values or ())))

    def _read(self, elements: Sequence[Wire]) -> Sequence[Wire]:
        """What is there when it is read: a box without a tick is mostly left out (SDK: protocol page 6.2)."""
        if self.new.type != "checkbox":
            return elements
        return [element for element in elements if element.get("value") not in (False, None, "", "0")]

    def _core(self, element: Wire) -> str:
        """What counts of an element of the new field."""
        value = element.get("value")
        if self.new.type in LISTS:
            return str(element.get("enum_id"))
        if self.new.type in NUMBERS:
            return readings.number_text(value or 0)
        if self.new.type in ("date", "birthday"):
            return readings.local(int(value or 0), self.zone).date().isoformat()
        return str(value)

    def _unfit(self, reason: str, text: str) -> Moved | Kept | Stop:
        if self.otherwise == STOP:
            return Stop(reason, text)
        if isinstance(self.otherwise, Mapping):
            option = self._named(self.otherwise["option"])
            return Moved(({"enum_id": self.new.options[option]},), reason, text)
        return Kept(reason, text)

    def _named(self, word: str) -> str:
        return word if word in self.new.options else self.new.called[word]

    def option(self, text: str) -> str | None:
        """The option that a text means, by the table; a flag by any of its words, if they lead to one."""
        if self.old.type != "checkbox":
            return self.table.get(normal(text))
        words = {word.casefold() for word in (readings.YES if readings.flag(text) else readings.NO)}
        found = {option for word, option in self.table.items() if word.casefold() in words}
        return found.pop() if len(found) == 1 else None

    def meant(self, text: str) -> str:
        """The text to read in place of a listed spelling."""
        return self.table.get(normal(text), text)


def conversion(
    old: Side,
    new: Side,
    convert: Mapping[str, Any] | None,
    zone: ZoneInfo,
    *,
    auto: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Conversion:
    """convert: as the spec has it, None for a safe pair. auto: what `auto_map` made, for `values: auto`.

    Raises ValueError, with the sentences of `troubles`, where the two do not fit each other.
    """
    wrong = troubles(old, new, convert)
    if wrong:
        raise ValueError("; ".join(wrong))
    given = convert or {}
    rows = given.get("values") or {}
    table = {normal(word): name for word, name in new.was.items()}
    table |= {normal(name): name for name in new.options}
    if rows == AUTO:
        table |= {text: name for text, name in (auto or {}).items() if name in new.options}
    else:
        table |= {
            normal(text): target(new.options, new.called, name)
            for name, texts in rows.items()
            for text in texts
        }
    return Conversion(old, new, table, given.get("otherwise", KEEP), zone, language)


def troubles(old: Side, new: Side, convert: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Why a `convert` cannot be carried out."""
    if pair(old.type, new.type) == IMPOSSIBLE or new.type not in WRITERS:
        return (tr("a field of type {before} cannot become {after}", before=old.type, after=new.type),)
    return tuple(amiss(new.type, new.options, new.called, convert or {}))


def _one(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise Unfit(readings.SEVERAL)
    return texts[0]


def _split(text: str, marks: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in marks.split(text) if part.strip()]


Writer: TypeAlias = Callable[[Conversion, Sequence[str]], list[Wire]]


def _text(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    made = ", ".join(job.meant(text) for text in texts)
    if job.new.type == "text":
        made = " ".join(made.split("\n")) if job.old.type != "text" else made
        if len(made) > MOST:
            raise Unfit(readings.TOO_LONG)
    return [{"value": made}]


def _url(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    made = job.meant(_one(texts)).strip()
    if not _URL.fullmatch(made):
        raise Unfit(readings.NO_URL)
    return [{"value": made}]


def _contacts(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    """Phones or addresses, each for itself; as the first kind, which is what the API takes without one."""
    parts = dict.fromkeys(part for text in texts for part in _split(job.meant(text), _CONTACTS))
    if not parts:
        raise Unfit(readings.UNMAPPED)
    return [{"value": part, "enum_code": "WORK"} for part in parts]


def _address(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    return [{"value": job.meant(_one(texts)), "enum_id": FIRST_LINE}]


def _number(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    if job.old.type == "checkbox":
        return [{"value": "1" if readings.flag(_one(texts)) else "0"}]
    made: Decimal = readings.number(job.meant(_one(texts)), job.new.currency)
    return [{"value": readings.number_text(made)}]


def _flag(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    return [{"value": readings.flag(job.meant(_one(texts)))}]


def _day(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    return [{"value": readings.midnight(readings.day(job.meant(_one(texts)), job.zone), job.zone)}]


def _moment(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    return [{"value": readings.moment(job.meant(_one(texts)), job.zone)}]


def _choice(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    option = job.option(_one(texts))
    if option is None:
        raise Unfit(readings.UNMAPPED)
    return [{"enum_id": job.new.options[option]}]


def _choices(job: Conversion, texts: Sequence[str]) -> list[Wire]:
    """Every part has to lead to an option: half a value is another value."""
    found = {}
    for text in texts:
        whole = job.option(text)
        parts = [text] if whole or job.old.type in LISTS else _split(text, _PARTS) or [text]
        for part in parts:
            option = job.option(part)
            if option is None:
                raise Unfit(readings.UNMAPPED)
            found[option] = job.new.options[option]
    return [{"enum_id": number} for number in found.values()]


WRITERS: Mapping[str, Writer] = {
    **dict.fromkeys(("text", "textarea", "streetaddress"), _text),
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(("select", "radiobutton", "category"), _choice),
    **dict.fromkeys(("date", "birthday"), _day),
    "date_time": _moment,
    "multiselect": _choices,
    "multitext": _contacts,
    "smart_address": _address,
    "checkbox": _flag,
    "url": _url,
}
