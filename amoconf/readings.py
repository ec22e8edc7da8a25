"""Texts read as numbers, days, moments and flags, and written back; what can be read in two ways is not read."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

# Why a value does not move.
EMPTY, UNMAPPED, SEVERAL, TOO_LONG = "empty", "unmapped", "several", "too_long"
NO_NUMBER, NO_DAY, NO_FLAG, NO_URL = "no_number", "no_day", "no_flag", "no_url"
AMBIGUOUS, TOO_EARLY, NO_SUCH_HOUR = "ambiguous", "before_1970", "no_such_hour"
OTHER_CURRENCY = "other_currency"

MOST_DIGITS = 15  # third party: longer numbers come back mangled, protocol page 6.2
YES, NO = ("Да", "Yes", "true", "1", "+", "есть", "y", "on"), ("Нет", "No", "false", "0", "-", "n", "off")
_CURRENCIES = {
    "RUB": ("руб", "рублей", "рубля", "рубль", "р", "₽", "rub", "rur"),
    "USD": ("$", "usd"),
    "EUR": ("€", "eur"),
    "KZT": ("₸", "тг", "тенге", "kzt"),
    "UAH": ("₴", "грн", "uah"),
    "BYN": ("byn",),
}
_CURRENCY_OF = {word: code for code, words in _CURRENCIES.items() for word in words}
_MARK = "|".join(re.escape(word) for word in sorted(_CURRENCY_OF, key=len, reverse=True))
_MONEY = re.compile(rf"^(?:(?P<before>{_MARK})\.? ?)?(?P<number>-?[\d ., ]*\d)(?: ?(?P<after>{_MARK})\.?)?$")
_WHOLE = r"\d{1,3}(?: \d{3})+|\d+"
_NUMBERS = (
    re.compile(rf"(?P<whole>{_WHOLE})(?:[.,](?P<part>\d+))?"),
    re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+)(?:\.(?P<part>\d+))?"),
    re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+)(?:,(?P<part>\d+))?"),
)
_MONTHS = "янв фев мар апр ма июн июл авг сен окт ноя дек".split()
_TIME = r"(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_TIME}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_TIME}"
)
_IN_WORDS = re.compile(rf"(?P<day>\d{{1,2}}) (?P<name>[а-я]{{3,8}}) (?P<year>\d{{4}})(?: года| г\.?)?{_TIME}")
_SHORT_YEAR = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}")


class Unfit(ValueError):
    """A value that cannot move. reason: one of the words above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def number(text: str, currency: str = "") -> Decimal:
    """ "1 200,50 руб" → 1200.5. currency: of the field, which a text may not contradict."""
    found = _MONEY.match(" ".join(text.replace("−", "-").casefold().split()))
    if not found or (found["before"] and found["after"]):
        raise Unfit(NO_NUMBER)
    named = _CURRENCY_OF.get(found["before"] or found["after"] or "", "")
    if named and currency and named != currency:
        raise Unfit(OTHER_CURRENCY)
    digits = found["number"].removeprefix("-")
    made = Decimal(_exact(digits))
    return -made if found["number"].startswith("-") else made


def _exact(digits: str) -> str:
    """Digits with a dot, if they can be read in one way only."""
    readings = {
        re.sub(r"\D", "", found["whole"]) + (f".{found['part']}" if found["part"] else "")
        for pattern in _NUMBERS
        if (found := pattern.fullmatch(digits))
    }
    if len(readings) > 1 and not digits.startswith("0"):
        raise Unfit(AMBIGUOUS)
    if digits.startswith("0"):
        readings = {text for text in readings if re.match(r"0(\.|$)", text)}
    if not readings or len(re.sub(r"\D", "", digits)) > MOST_DIGITS:
        raise Unfit(NO_NUMBER)
    return readings.pop()


def number_text(given: Decimal | str | int | float) -> str:
    """Without trailing zeros and exponents."""
    try:
        made = Decimal(str(given).strip())
    except InvalidOperation:
        return str(given)
    if not made.is_finite() or abs(made.adjusted()) > 60:
        return str(given)
    text = format(made, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def flag(text: str) -> bool:
    """ "Да", "нет", "+", "0"."""
    word = " ".join(text.split()).casefold().rstrip(".!")
    for words, meaning in ((YES, True), (NO, False)):
        if word in {item.casefold() for item in words}:
            return meaning
    raise Unfit(NO_FLAG)


def day(text: str, zone: ZoneInfo) -> date:
    """The day that a text names, in the account's time zone where it names a moment of another one."""
    found = _calendar(text, zone)
    return found.astimezone(zone).date() if found.tzinfo else found.date()


def moment(text: str, zone: ZoneInfo) -> int:
    """Seconds since 1970; a day is its midnight. An hour that was skipped or happened twice is not read."""
    found = _calendar(text, zone)
    if found.tzinfo:
        return known(int(found.timestamp()))
    if found.time() == time():
        return midnight(found.date(), zone)
    first, second = (int(found.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first != second:
        raise Unfit(NO_SUCH_HOUR)
    return known(first)


def _calendar(text: str, zone: ZoneInfo) -> datetime:
    """A moment with its zone, or without where the text names none."""
    shown = " ".join(text.split())
    found = (
        _DAY_FIRST.fullmatch(shown) or _YEAR_FIRST.fullmatch(shown) or _IN_WORDS.fullmatch(shown.casefold())
    )
    if not found:
        return _standard(shown)
    parts = found.groupdict()
    month = _month(parts["name"]) if "name" in parts else int(parts["month"])
    one, other = int(parts["day"]), month
    american = found.re is _DAY_FIRST and parts["mark"] != "."
    if american and one != other and max(one, other) <= 12:
        raise Unfit(AMBIGUOUS)
    if american and other > 12:
        one, other = other, one
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    try:
        return datetime(int(parts["year"]), other, one, hour, minute, second)
    except ValueError:
        raise Unfit(NO_DAY) from None


def _standard(text: str) -> datetime:
    if _SHORT_YEAR.match(text):
        raise Unfit(AMBIGUOUS)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit(NO_DAY) from None
    # "20191231", "2019-W52": rather a number than a day; the edges of the calendar have no time zones
    if found.tzinfo is None or not 1900 < found.year < 9000:
        raise Unfit(NO_DAY)
    return found


def _month(name: str) -> int:
    for number, start in enumerate(_MONTHS, 1):
        if name.startswith(start) and (start != "ма" or name in ("май", "мая")):
            return number
    raise Unfit(NO_DAY)


def midnight(given: date, zone: ZoneInfo) -> int:
    """How the API keeps a day: the account's local midnight (protocol page, 6.2)."""
    return known(int(datetime.combine(given, time(), zone).timestamp()))


def known(seconds: int) -> int:
    """third party: the API refuses what lies before 1970, protocol page 3.4."""
    if seconds < 0:
        raise Unfit(TOO_EARLY)
    return seconds


def local(seconds: int, zone: ZoneInfo) -> datetime:
    """A moment as people of the account see it."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone)


def day_text(given: date) -> str:
    """As the interface shows it."""
    return f"{given.day:02}.{given.month:02}.{given.year:04}"


def moment_text(given: datetime) -> str:
    """Day and time; seconds only where there are any."""
    seconds = f":{given.second:02}" if given.second else ""
    return f"{day_text(given.date())} {given.hour:02}:{given.minute:02}{seconds}"
