"""Values of a field as people see them: the texts that spellings are counted by and conversions start from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from amoconf import readings
from amoconf.values import Ref

LISTS = ("select", "radiobutton", "multiselect", "category")
NUMBERS = ("numeric", "price", "monetary")
DAYS = ("date", "birthday", "date_time")
_SECONDS = re.compile(r"-?\d{1,11}")  # what a calendar can hold
Wire: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two fields. options: name → id, or the Ref of an option that is still to be made.

    called: other words by which the spec may mean an option (its key), with its name. was: former names of options,
    with the present ones: values move by them too. currency: of a monetary field.
    """

    type: str
    options: Mapping[str, int | Ref] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    was: Mapping[str, str] = field(default_factory=dict)


def shown(side: Side, values: Sequence[Wire] | None, zone: ZoneInfo, language: str = "ru") -> tuple[str, ...]:
    """Values of a field as people see them, one text an element, the parts of an address as one; blanks left out."""
    names = {number: name for name, number in side.options.items()}
    texts = [_shown(side.type, item, names, zone, language) for item in values or ()]
    texts = [text for text in texts if text.strip()]
    if side.type == "smart_address" and texts:
        return (", ".join(texts),)
    return tuple(texts)


def _shown(kind: str, item: Wire, names: Mapping[Any, str], zone: ZoneInfo, language: str) -> str:
    value = item.get("value")
    if kind in LISTS:
        return names.get(item.get("enum_id"), "" if value is None else str(value))
    if value is None:
        return ""
    if kind == "checkbox":
        yes, no = ("Да", "Нет") if language == "ru" else ("Yes", "No")
        return yes if value in (True, 1, "1", "true") else no
    if kind in NUMBERS:
        return readings.number_text(value)
    if kind in DAYS and _SECONDS.fullmatch(str(value)):
        when = readings.local(int(value), zone)
        return readings.moment_text(when) if kind == "date_time" else readings.day_text(when.date())
    return str(value)
