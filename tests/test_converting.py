"""Values in another type: a table of pairs, what is kept and why, and laws."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf import readings
from amoconf.converting import WRITERS, Conversion, Kept, Moved, Stop, conversion, troubles
from amoconf.kinds import _fields as fields
from amoconf.kinds._replace import IMPOSSIBLE, LOSSY, SAFE, pair
from amoconf.values import Address, Ref
from amoconf.wiretext import LISTS, Side

MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Moscow", "Asia/Vladivostok", "UTC", "America/New_York", "America/Havana")
]
OLD = {"Окна": 11, "Двери": 12, "Да": 13, "10": 14, "31.12.2019": 15}
NEW = {"Окна": 21, "Двери": 22, "Да": 23, "Нет": 24, "Другой": 25}
NEW_YEAR = int(datetime(2019, 12, 31, tzinfo=MOSCOW).timestamp())


def job(
    old: str, new: str, convert: Mapping[str, Any] | None = None, zone: ZoneInfo = MOSCOW, **more: Any
) -> Conversion:
    before = Side(old, OLD if old in LISTS else {})
    after = Side(new, NEW if new in LISTS else {}, {"other": "Другой"}, currency=more.pop("currency", ""))
    return conversion(before, after, convert, zone, **more)


def values(*texts: Any) -> list[dict[str, Any]]:
    return [{"value": text} for text in texts]


def chosen(*names: str) -> list[dict[str, Any]]:
    return [{"value": name, "enum_id": OLD[name], "enum_code": None} for name in names]


MOVES: list[tuple[str, str, list[dict[str, Any]], list[dict[str, Any]]]] = [
    ("text", "textarea", values(" как есть "), values(" как есть ")),
    ("textarea", "text", values("раз\nдва"), values("раз два")),
    ("text", "streetaddress", values("ул. Новая, 5"), values("ул. Новая, 5")),
    ("text", "url", values(" https://a.example/x "), values("https://a.example/x")),
    ("text", "numeric", values("1\u00a0200,50 руб."), values("1200.5")),
    ("text", "monetary", values("1 000 ₽"), values("1000")),
    ("text", "numeric", values("-5"), values("-5")),
    ("text", "numeric", values("0,125"), values("0.125")),
    ("text", "numeric", values("1,200.50"), values("1200.5")),
    ("text", "numeric", values("1.200.300"), values("1200300")),
    ("text", "date", values("31.12.2019"), values(NEW_YEAR)),
    ("text", "date", values("2019-12-31"), values(NEW_YEAR)),
    ("text", "date", values("31 декабря 2019 г."), values(NEW_YEAR)),
    ("text", "date", values("31/12/2019"), values(NEW_YEAR)),
    ("text", "date", values("2019-12-30T22:00:00Z"), values(NEW_YEAR)),
    ("text", "birthday", values("31.12.2019"), values(NEW_YEAR)),
    ("text", "date_time", values("31.12.2019 14:05"), values(NEW_YEAR + 14 * 3600 + 300)),
    ("text", "date_time", values("31.12.2019"), values(NEW_YEAR)),
    ("date", "text", values(NEW_YEAR), values("31.12.2019")),
    ("date", "date_time", values(NEW_YEAR), values(NEW_YEAR)),
    ("date_time", "date", values(NEW_YEAR + 86_399), values(NEW_YEAR)),
    ("date_time", "text", values(NEW_YEAR + 61), values("31.12.2019 00:01:01")),
    ("birthday", "text", values(-10_800), values("01.01.1970")),
    ("birthday", "text", values(-86_400 - 10_800), values("31.12.1969")),
    ("text", "select", values(" Окна "), [{"enum_id": 21}]),
    ("text", "radiobutton", values("окошки"), [{"enum_id": 21}]),
    ("text", "multiselect", values("Окна, Двери;окошки"), [{"enum_id": 21}, {"enum_id": 22}]),
    ("text", "multiselect", values("Двери/Окна\nДвери"), [{"enum_id": 22}, {"enum_id": 21}]),
    ("text", "checkbox", values("да"), values(True)),
    ("text", "checkbox", values("нет."), values(False)),
    ("text", "multitext", values("+7 900 000-00-01; +7 900 000-00-02"), [
        {"value": "+7 900 000-00-01", "enum_code": "WORK"}, {"value": "+7 900 000-00-02", "enum_code": "WORK"}
    ]),
    ("text", "smart_address", values("ул. Новая, 5"), [{"value": "ул. Новая, 5", "enum_id": 1}]),
    ("multitext", "text", [{"value": "a@b.example", "enum_id": 1, "enum_code": "WORK"}, {"value": "c@d.example"}],
     values("a@b.example, c@d.example")),
    ("smart_address", "text", [{"value": "Новая, 5", "enum_id": 1}, {"value": "Пенза", "enum_id": 3}],
     values("Новая, 5, Пенза")),
    ("numeric", "text", values("1200.50"), values("1200.5")),
    ("numeric", "text", values("100"), values("100")),
    ("numeric", "price", values("7.0"), values("7")),
    ("numeric", "checkbox", values("1"), values(True)),
    ("checkbox", "text", values(True), values("Да")),
    ("checkbox", "select", values(True), [{"enum_id": 23}]),
    ("checkbox", "select", values(False), [{"enum_id": 24}]),
    ("checkbox", "numeric", values(True), values("1")),
    ("select", "text", chosen("Окна"), values("Окна")),
    ("select", "radiobutton", chosen("Окна"), [{"enum_id": 21}]),
    ("select", "multiselect", chosen("Двери"), [{"enum_id": 22}]),
    ("select", "checkbox", chosen("Да"), values(True)),
    ("select", "numeric", chosen("10"), values("10")),
    ("select", "date", chosen("31.12.2019"), values(NEW_YEAR)),
    ("multiselect", "select", chosen("Двери"), [{"enum_id": 22}]),
    ("multiselect", "text", chosen("Окна", "Двери"), values("Окна, Двери")),
]  # fmt: skip
KEEPS = [
    ("text", "numeric", "1,200", readings.AMBIGUOUS),
    ("text", "numeric", "от 5", readings.NO_NUMBER),
    ("text", "numeric", "007", readings.NO_NUMBER),
    ("text", "numeric", "12 34", readings.NO_NUMBER),
    ("text", "numeric", "1234567890123456", readings.NO_NUMBER),
    ("text", "numeric", "12-15", readings.NO_NUMBER),
    ("text", "date", "05/06/2019", readings.AMBIGUOUS),
    ("text", "date", "05-06-2019", readings.AMBIGUOUS),
    ("text", "date", "31.12.19", readings.AMBIGUOUS),
    ("text", "date", "32.12.2019", readings.NO_DAY),
    ("text", "date", "20191231", readings.NO_DAY),
    ("text", "date", "вчера", readings.NO_DAY),
    ("text", "date", "31.12.1969", readings.TOO_EARLY),
    ("text", "date", "01.01.1970", readings.TOO_EARLY),  # Moscow's midnight lies before the epoch
    ("text", "checkbox", "может быть", readings.NO_FLAG),
    ("text", "url", "нет сайта", readings.NO_URL),
    ("text", "select", "окна", readings.UNMAPPED),
    ("text", "multiselect", "Окна, Лестницы", readings.UNMAPPED),
    ("textarea", "text", "а" * 257, readings.TOO_LONG),
    ("text", "select", "  ", readings.EMPTY),
    ("text", "multitext", " ;, ", readings.UNMAPPED),
]
MAP = {"values": {"Окна": ["окошки"]}}


@pytest.mark.parametrize(("old", "new", "given_", "wanted"), MOVES)
def test_a_value_moves(
    old: str, new: str, given_: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    one = job(old, new, MAP if new in LISTS else None)
    moved = one.convert(given_)
    assert moved == Moved(tuple(wanted))
    assert one.holds(moved, wanted)
    # A box without a tick is mostly left out when it is read.
    assert one.holds(moved, None) == (wanted == values(False))


@pytest.mark.parametrize(("old", "new", "text", "reason"), KEEPS)
def test_a_value_stays(old: str, new: str, text: str, reason: str) -> None:
    given_ = values(text)
    assert job(old, new).convert(given_) == Kept(reason, "" if reason == readings.EMPTY else text)
    if reason != readings.EMPTY:
        assert job(old, new, {"otherwise": "stop"}).convert(given_) == Stop(reason, text)
    if new in LISTS and reason != readings.EMPTY:
        to_other = job(old, new, {"otherwise": {"option": "other"}}).convert(given_)
        assert to_other == Moved(({"enum_id": 25},), reason, text)


def test_every_pair_that_the_plan_lets_through_has_a_writer() -> None:
    for old in fields.TYPES:
        for new in fields.TYPES:
            if pair(old, new) in (SAFE, LOSSY):
                assert new in WRITERS, (old, new)
                assert not troubles(Side(old), Side(new), None)
    assert pair("file", "text") == pair("date", "numeric") == pair("checkbox", "birthday") == IMPOSSIBLE


def test_several_options_fit_no_single_choice() -> None:
    assert job("multiselect", "select").convert(chosen("Окна", "Двери")) == Kept(
        readings.SEVERAL, "Окна, Двери"
    )
    assert job("multiselect", "select").convert(None) == Kept(readings.EMPTY)


def test_an_option_that_the_old_list_does_not_know_any_more_is_taken_by_its_text() -> None:
    assert job("select", "text").convert([{"value": "Снято", "enum_id": 99}]) == Moved(({"value": "Снято"},))


def test_values_move_by_former_names_of_options() -> None:
    new, moved = Side("multiselect", {"Окошки": 31, "Двери": 32}, was={"Окна": "Окошки"}), ({"enum_id": 31},)
    assert conversion(Side("select", OLD), new, None, MOSCOW).convert(chosen("Окна")) == Moved(moved)
    assert conversion(Side("text"), new, None, MOSCOW).convert(values("Окна")) == Moved(moved)
    taken = Side("select", {"Окошки": 31, "Окна": 32}, was={"Окна": "Окошки"})
    assert conversion(Side("text"), taken, None, MOSCOW).convert(values("Окна")) == Moved(({"enum_id": 32},))


def test_the_id_of_an_option_may_be_still_to_come() -> None:
    ref = Ref(Address("option", ("leads", "goods", "Окна")))
    made = conversion(Side("text"), Side("select", {"Окна": ref}), None, MOSCOW)
    assert made.convert(values("Окна")) == Moved(({"enum_id": ref},))


def test_auto_takes_the_map_that_the_plan_has_fixed() -> None:
    made = job("text", "select", {"values": "auto"}, auto={"Okna": "Окна", "окно": "Нету такого"})
    assert made.convert(values("Okna ")) == Moved(({"enum_id": 21},))
    assert made.convert(values("окно")) == Kept(readings.UNMAPPED, "окно")


def test_a_map_may_give_other_types_a_text_to_read() -> None:
    made = job("text", "date", {"values": {"2019-12-31": ["конец 2019"]}})
    assert made.convert(values("конец 2019")) == Moved(({"value": NEW_YEAR},))


def test_money_of_another_currency_stays() -> None:
    made = job("text", "monetary", currency="RUB")
    assert made.convert(values("$ 100")) == Kept(readings.OTHER_CURRENCY, "$ 100")
    assert made.convert(values("100 руб")) == Moved(({"value": "100"},))


def test_parts_are_what_a_map_of_several_options_is_asked_for() -> None:
    assert job("text", "multiselect").spellings(values("Окна, двери;Двери")) == ("Окна", "двери", "Двери")
    assert job("text", "select").spellings(values("Окна, двери")) == ("Окна, двери",)


@pytest.mark.parametrize(
    ("convert", "said"),
    [
        ({"values": {"Крыши": ["крыша"]}}, "'Крыши' is no option"),
        ({"values": {"Окна": ["х"], "Двери": [" х "]}}, "'х' leads to Двери and Окна"),
        ({"values": {"Окна": ["Двери"]}}, "'Двери' leads to"),
        ({"otherwise": {"option": "Крыши"}}, "'Крыши' is no option"),
    ],
)
def test_a_map_that_cannot_be_followed_is_told(convert: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        job("text", "select", convert)


def test_a_map_may_name_options_by_their_keys() -> None:
    made = job("text", "select", {"values": {"other": ["прочее"]}})
    assert made.convert(values("прочее")) == Moved(({"enum_id": 25},))


def test_hours_that_do_not_tell_a_moment() -> None:
    for text in ("31.03.2019 02:30", "27.10.2019 02:30"):  # skipped; happened twice
        assert job("text", "date_time", zone=ZoneInfo("Europe/Berlin")).convert(values(text)) == Kept(
            readings.NO_SUCH_HOUR, text
        )


DAYS = st.dates(date(1970, 1, 2), date(2099, 12, 31))
EDGES = st.sampled_from(
    [date(2019, 3, 10), date(2019, 11, 3), date(2010, 3, 28), date(2014, 10, 26), date(2011, 3, 27)]
)


@given(DAYS | EDGES, st.sampled_from(ZONES))
@settings(max_examples=200)
def test_days_keep_their_day(day: date, zone: ZoneInfo) -> None:
    stored = readings.midnight(day, zone)
    assert datetime.fromtimestamp(stored, zone).date() == day
    text = job("date", "text", zone=zone).convert(values(stored))
    assert text == Moved(({"value": day.strftime("%d.%m.%Y")},))
    for kind in ("date", "birthday"):
        for shown in (day.strftime("%d.%m.%Y"), day.isoformat()):
            assert job("text", kind, zone=zone).convert(values(shown)) == Moved(({"value": stored},))


@given(st.integers(0, 4_000_000_000), st.sampled_from(ZONES))
@settings(max_examples=200)
def test_moments_keep_their_day_and_come_back_from_text(seconds: int, zone: ZoneInfo) -> None:
    when = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    moved = job("date_time", "date", zone=zone).convert(values(seconds))
    if isinstance(moved, Moved):
        assert datetime.fromtimestamp(moved.values[0]["value"], zone).date() == when.date()
    text = job("date_time", "text", zone=zone).convert(values(seconds))
    assert isinstance(text, Moved)
    back = job("text", "date_time", zone=zone).convert(text.values)
    assert back == Moved(({"value": seconds},)) or back == Kept(
        readings.NO_SUCH_HOUR, text.values[0]["value"]
    )


@given(st.decimals(-(10**9), 10**9, places=3))
def test_numbers_come_back_from_text_or_stay(number: Decimal) -> None:
    stored = readings.number_text(number)
    assert Decimal(stored) == number
    text = job("numeric", "text").convert(values(str(number)))
    assert text == Moved(({"value": stored},))
    back = job("text", "numeric").convert(text.values)
    # "1.234" may be a thousand and more, or one and a bit
    assert back in (text, Kept(readings.AMBIGUOUS, stored))


@given(st.booleans(), st.sampled_from(["ru", "en"]))
def test_flags_come_back_from_text(flag: bool, language: str) -> None:
    text = job("checkbox", "text", language=language).convert(values(flag))
    assert isinstance(text, Moved)
    assert job("text", "checkbox").convert(text.values) == Moved(({"value": flag},))


ANY = st.text(max_size=300) | st.integers() | st.booleans() | st.floats() | st.none()
ELEMENT = st.builds(
    lambda value, key: {"value": value, "enum_id": key, "enum_code": None}, ANY, st.integers(10, 16)
)


@given(
    st.sampled_from(fields.TYPES),
    st.sampled_from(sorted(WRITERS)),
    st.lists(ELEMENT, max_size=4) | st.none(),
    st.sampled_from(["keep", "stop", {"option": "Другой"}]),
)
@settings(max_examples=600)
def test_whatever_a_record_holds(
    old: str, new: str, given_: list[dict[str, Any]] | None, otherwise: Any
) -> None:
    if pair(old, new) == IMPOSSIBLE or (isinstance(otherwise, dict) and new not in LISTS):
        return
    ended = job(old, new, {"otherwise": otherwise}).convert(given_)
    if not isinstance(ended, Moved):
        assert isinstance(ended, Stop) == (otherwise == "stop" and ended.reason != readings.EMPTY)
        return
    assert ended.values
    for element in ended.values:
        assert "enum_code" not in element or new == "multitext"
        if new in LISTS:
            assert set(element) == {"enum_id"}
            assert element["enum_id"] in NEW.values()
        elif new == "text":
            assert len(element["value"]) <= 256
        elif new in ("date", "birthday", "date_time"):
            assert element["value"] >= 0
    assert len(ended.values) == 1 or new in ("multiselect", "multitext")
