"""One element of `values` by type of field: checks what was sent and turns it into what is read.

Protocol page, 6.2. A reader answers the element as stored, or None where nothing is left of it; it raises
Wrong with the faults.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from amoconf.emulator.check import Fault, Shape, check, fault, join, wrong_type
from amoconf.emulator.records import value_shapes as shapes
from amoconf.emulator.records.drawing import options_of, shown_option
from amoconf.emulator.store import Store, Thing
from amoconf.emulator.switches import Switches

END_OF_TIME = 253_402_300_799  # the last second of the year 9999
ADDRESS_PARTS = ("address_line_1", "address_line_2", "city", "state", "zip", "country")


class Wrong(Exception):
    """What is wrong with one element."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Ground:
    """What the meaning of a value depends on besides its field."""

    store: Store
    switches: Switches

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.store.all("account")[0]["datetime_settings"]["timezone"])


Read = Callable[[Ground, Thing, Any, str], Thing | None]


def _checked(given: Any, shape: Shape, path: str) -> Thing:
    found = check(given, shape, path)
    if found:
        raise Wrong(*found)
    return dict(given)


def text(most: int | None) -> Read:
    """Text; a number becomes text if the switch says so; an empty text clears (guess: protocol page 6.1)."""

    def read(ground: Ground, field: Thing, given: Any, path: str) -> Thing | None:
        kind = "string|number" if ground.switches.coerce_scalars else "string"
        value = str(_checked(given, shapes.plain(kind, most=most), path)["value"])
        return {"value": value} if value else None

    return read


def number(ground: Ground, field: Thing, given: Any, path: str) -> Thing | None:
    """A number or its text with a dot, read as text; very long numbers suffer (protocol page, 11.16)."""
    value = _checked(given, shapes.plain("string|number"), path)["value"]
    if value == "":
        return None
    try:
        exact = float(value)
    except (ValueError, OverflowError):
        exact = float("nan")
    if exact - exact != 0:  # not a number, or infinite
        # guess: no refusal of a text that is no number is recorded, protocol page 6.2
        raise Wrong(wrong_type(join(path, "value"), "numeric"))
    return {"value": str(int(exact)) if exact.is_integer() else repr(exact)}


def checkbox(ground: Ground, field: Thing, given: Any, path: str) -> Thing | None:
    """true, false, 1 or 0."""
    value = _checked(given, shapes.plain("bool|int"), path)["value"]
    if value not in (0, 1):
        raise Wrong(wrong_type(join(path, "value"), "bool"))
    return {"value": bool(value)} if value or ground.switches.false_checkbox == "false" else None


def date(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """A day: the local midnight of the account's time zone (protocol page, 6.2)."""
    local = datetime.fromtimestamp(_moment(given, path), ground.zone)
    return {"value": int(local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp())}


def date_time(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """A moment, kept as it is."""
    return {"value": _moment(given, path)}


def _moment(given: Any, path: str) -> int:
    value = _checked(given, shapes.plain("int|string"), path)["value"]
    here = join(path, "value")
    moment = _parsed(value) if isinstance(value, str) else value
    if moment is None or moment > END_OF_TIME:
        raise Wrong(wrong_type(here, "int"))
    if moment < 0:
        # Third party: dates before 1970 were refused, protocol page 3.4; the code is a guess.
        raise Wrong(fault("TooLow", here))
    return int(moment)


def _parsed(value: str) -> int | None:
    if value.isdecimal():
        return int(value[:15])
    try:
        when = datetime.fromisoformat(value)
        # A time without its zone is no RFC 3339.
        return None if when.tzinfo is None else (when - _EPOCH) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def option(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """An option named by `enum_id`, or else by `value`, or else by `enum_code`.

    Null names nothing: the SDK sends `value` and `enum_id` always, and `enum_code` with a select.
    That the id counts when it and the text disagree is a guess.
    """
    sent = _checked(given, shapes.OPTION, path)
    if len(sent) > 1 and "enum_code" in sent and not _takes_code_beside(ground, field):
        # third party: what GET answers cannot be sent back, protocol page 6.3
        raise Wrong(fault("FieldNotExpected", join(path, "enum_code")))
    name = next((name for name in _NAMES if sent.get(name) is not None), None)
    if name is None:
        raise Wrong(fault("NotNullable" if sent else "FieldMissing", join(path, next(iter(sent), "value"))))
    wanted = sent[name] if name == "enum_id" else str(sent[name])
    for known in options_of(field).values():
        if known.get(_NAMES[name]) == wanted:
            return shown_option(known)
    raise Wrong(fault("NotSupportedChoice", join(path, name)))


_NAMES = {"enum_id": "id", "value": "value", "enum_code": "code"}


def _takes_code_beside(ground: Ground, field: Thing) -> bool:
    return bool(field["type"] == "select" and ground.switches.select_takes_code)


def multitext(ground: Ground, field: Thing, given: Any, path: str) -> Thing | None:
    """A phone, an e-mail: a text and its kind, WORK unless it says otherwise."""
    sent = _checked(given, shapes.KIND_OF, path)
    kinds = {known["id"]: known.get("code") or known["value"] for known in field.get("enums") or ()}
    key = _kind(sent, kinds, path, default="WORK")
    value = str(sent["value"])
    return {"value": value, "enum_id": key, "enum_code": kinds.get(key)} if value else None


def smart_address(ground: Ground, field: Thing, given: Any, path: str) -> Thing:
    """One part of an address: 1 to 6 or its code."""
    sent = _checked(given, shapes.KIND_OF, path)
    parts = dict(enumerate(ADDRESS_PARTS, 1))
    key = _kind(sent, parts, path, default=None)
    return {"value": str(sent["value"]), "enum_id": key, "enum_code": parts[key]}


def _kind(sent: Thing, known: dict[int, str], path: str, *, default: str | None) -> int:
    if sent.get("enum_id") is not None:
        if sent["enum_id"] not in known:
            raise Wrong(fault("NotSupportedChoice", join(path, "enum_id")))
        return int(sent["enum_id"])
    code = sent.get("enum_code") or default
    for key, name in known.items():
        if name == code:
            return key
    missing = "FieldMissing" if code is None else "NotSupportedChoice"
    raise Wrong(fault(missing, join(path, "enum_code")))
