"""Spellings: what falls together and what must not, the audited account's cities and brands, and laws."""

import random
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amoconf import folding
from amoconf.emulator.scenario.spellings import brands, cities, spread
from amoconf.spellings import Cluster, auto_map, clusters, suggest
from amoconf.values import normal

# What is met often, what is met otherwise, and whether the second belongs to the first.
TOGETHER = [
    ({"Пенза": 100}, "пенза"),
    ({"Пенза": 100}, "  Пенза\u00a0"),
    ({"Пенза": 100}, "Пен\u200bза"),
    ({"Пенза": 100}, "ПЕНЗА!"),
    ({"Пенза": 100}, "«Пенза»"),
    ({"Пенза": 100}, "г. Пенза"),
    ({"Пенза": 100}, "г.Пенза"),
    ({"Пенза": 100}, "Г.Пенза"),
    ({"Пенза": 100}, "гор. Пенза"),
    ({"Пенза": 100}, "город Пенза"),
    ({"Пенза": 100}, "г Пенза"),
    ({"Пенза": 100}, "Пенза г."),
    ({"Пенза": 100}, "Пензa"),  # a Latin a
    ({"Пенза": 100}, "Penza"),
    ({"Пенза": 100}, "Gtypf"),
    ({"Пенза": 100}, "Пнза"),
    ({"Пенза": 100}, "ПНЗ"),
    ({"Пенза": 100}, "Пенза, Пензенская обл."),
    ({"Пенза": 100}, "Пенза, Россия"),
    ({"Москва": 100}, "MOCKBA"),  # all Latin
    ({"Москва": 100}, "Moscow"),
    ({"Королёв": 100}, "Королев"),
    ({"Королёв": 100}, "Королёв".replace("ё", "ё")),
    ({"Энгельс": 100}, "Енгельс"),
    ({"Тольятти": 100}, "Tolyatti"),
    ({"Тольятти": 100}, "Тольятт"),
    ({"Ульяновск": 100}, "Ульяновкс"),
    ({"Нижний Ломов": 100}, "Нижний-Ломов"),
    ({"Нижний Ломов": 100}, "Н.Ломов"),
    ({"Екатеринбург": 1000}, "Екатиренбург"),
    ({"Термодом": 100}, "Термо дом"),
    ({"Samsung": 100}, "Самсунг"),
    ({"Профилюкс": 100}, "Profilux"),
]
APART = [
    ({"Томск": 1000}, "Омск"),
    ({"Курск": 1000}, "Сурск"),
    ({"Кузнецк": 1000}, "Кузнецк-12"),
    ({"Бригада 1": 1000}, "Бригада 2"),
    ({"Скидка 10": 1000}, "Скидка 10%"),
    ({"1,5": 1000}, "15"),
    ({"1 2": 1000}, "12"),
    ({"5": 1000}, "-5"),
    ({"C": 1000}, "C#"),
    ({"Бета": 1000}, "Бот"),
    ({"Иванов А.": 1000}, "Иванов Г."),
    ({"Пенза": 1000}, "р-н Пенза"),
    ({"Самара": 1000}, "г.о. Самара"),
    ({"Саратов": 100}, "Сартов" * 2),
    ({"Саратов": 100, "Саранск": 100}, "Сара."),  # shortened from either
    ({"Каменка": 500, "Каменск": 500}, "Каменк"),
    ({"Мел": 1000}, "Мель"),
    # Towns, and people, whose names end otherwise.
    ({"Александров": 1000}, "Александровск"),
    ({"Зеленоград": 1000}, "Зеленоградск"),
    ({"Петропавловск": 1000}, "Петропавловка"),
    ({"Комсомольск": 1000}, "Комсомольский"),
    ({"Пушкин": 1000}, "Пушкино"),
    ({"Пушкино": 1000}, "Пушкин"),
    ({"Петров": 1000}, "Петрова"),
    ({"Строитель": 1000}, "Строители"),
    ({"Красноярск": 1000}, "Красногорск"),
    ({"Железногорск": 1000}, "Железноводск"),
    ({"Волжск": 1000}, "Вольск"),
]


def home(found: tuple[Cluster, ...], text: str) -> Cluster:
    return next(item for item in found if text in dict(item.spellings))


@pytest.mark.parametrize(("often", "rare"), TOGETHER)
def test_a_rare_spelling_belongs_to_the_frequent_one(often: dict[str, int], rare: str) -> None:
    (name,) = often
    found = clusters({**often, rare: 3})
    assert [item.name for item in found] == [name]


@pytest.mark.parametrize(("often", "rare"), APART)
def test_what_is_another_thing_stays_by_itself(often: dict[str, int], rare: str) -> None:
    assert len(home(clusters({**often, rare: 3}), rare).spellings) == 1


def test_two_frequent_names_are_never_one_by_a_slip() -> None:
    assert len(clusters({"Каменка": 100, "Каменск": 90, "Саранск": 50, "Саратск": 6})) == 4
    assert len(clusters({"Саранск": 60, "Саратск": 6})) == 1


def test_a_region_is_left_out_only_where_it_is_the_only_one() -> None:
    counts = {"Заречный": 100, "Пенза": 500, "Заречный (Пенз.)": 3}
    assert len(clusters(counts)) == 2
    two = {**counts, "Заречный, Свердловская обл.": 2}
    assert home(clusters(two), "Заречный (Пенз.)").count == 3


def test_two_errors_are_forgiven_in_long_words_and_to_very_rare_spellings_only() -> None:
    assert len(clusters({"Екатеринбург": 1000, "Икатеренбург": 3})) == 2  # another first letter
    assert len(clusters({"Екатеринбург": 1000, "Екатиренбурх": 3})) == 2
    assert len(clusters({"Екатеринбург": 1000, "Екатиринбурх": 3})) == 1
    assert len(clusters({"Красноярск": 1000, "Красногорск": 60})) == 2


def test_the_best_spelling_is_shown() -> None:
    assert clusters({"пенза": 20, "Пенза": 10, "ПЕНЗА": 15, "г. Пенза": 90})[0].name == "Пенза"
    assert clusters({"VIP": 20, "vip": 5})[0].name == "VIP"
    assert clusters({"г. Тверь ": 5})[0].name == "Тверь"
    assert clusters({"ИНЗА": 5, "Инза": 5})[0].name == "Инза"


def account(which: str) -> dict[str, int]:
    """Texts of the audited account with their counts."""
    rows, total = (cities(), 148_203) if which == "city" else (brands(), 92_000)
    return {rows[place].text: count for place, count in Counter(spread(rows, total)).items()}


def test_cities_of_the_audited_account_make_twelve_options() -> None:
    counts = account("city")
    made = suggest(clusters(counts))
    assert made.options == (
        *("Пенза", "Москва", "Саратов", "Энгельс", "Самара", "Тольятти"),
        *("Саранск", "Ульяновск", "Заречный", "Кузнецк", "Каменка", "Нижний Ломов"),
    )
    # 2.8 % are villages; Кузнецк-12 is another town
    assert 0.97 <= made.covered <= 0.972
    assert len(counts) == 400
    assert len(made.left_over) == 60
    mapped = auto_map(counts, dict.fromkeys(made.options, ()))
    for text in ("ПНЗ", "Gtypf", "Пнза", "Масква", "Тлт", "Заречн.", "Н. Ломов", "Саранcк"):
        assert (text in mapped) == (text in counts), text
    assert {text for text, option in mapped.items() if option == "Кузнецк"} >= {"Kuznetsk", "г.Кузнецк"}
    assert "Кузнецк-12" not in mapped


def test_brands_of_the_audited_account_land_in_their_options() -> None:
    counts = account("brand")
    made = suggest(clusters(counts))
    assert len(made.options) == 16
    assert made.covered > 0.99
    assert {item.name for item in made.left_over} == {"альфа-окна", "Бет", "Dverline", "Бта"}
    wanted = {"Альфа": ("alfa",), "Бета": ("Beta", "beta"), "Другой": ("other",)}
    mapped = auto_map(counts, wanted)
    assert mapped["Alpha"] == mapped["альфа"] == mapped["Аьфа"] == "Альфа"
    assert mapped["BETA"] == mapped["Бэта"] == "Бета"
    assert set(mapped.values()) == set(wanted)


def test_an_option_draws_what_it_is_surely_called_however_rare_it_is() -> None:
    mapped = auto_map({"Penza": 500, "г. Пенза": 3, "Пнза": 400}, {"Пенза": ()})
    assert mapped == {"Penza": "Пенза", "г. Пенза": "Пенза", "Пенза": "Пенза"}


def test_options_that_fold_alike_take_their_own_names_only() -> None:
    mapped = auto_map({"опт": 5, "ОПТ": 4, "Опт.": 3}, {"Опт": (), "ОПТ": ()})
    assert mapped == {"Опт": "Опт", "ОПТ": "ОПТ"}


def test_a_suggestion_keeps_its_bounds() -> None:
    found = clusters({"Альфа": 90, "Бета": 60, "Гамма": 30, "Дельта": 1, " ": 50})
    assert suggest(found, least_share=0.5).options == ("Альфа", "Бета", "Гамма")
    assert suggest(found, most_options=1).options == ("Альфа",)
    assert suggest(found, least_share=1.0, least_count=2).options == ("Альфа", "Бета", "Гамма")
    assert suggest(()).covered == 0


LETTERS = st.sampled_from("абвгеёийоПМСabceopxH гор.,-«»\u200b\u00a0\u0301 0159%+")
COUNTS = st.dictionaries(st.text(LETTERS, max_size=14), st.integers(1, 3000), max_size=25)


@given(COUNTS, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_laws_of_clusters(counts: dict[str, int], chance: random.Random) -> None:
    found = clusters(counts)
    spelt = [row for item in found for row in item.spellings]
    assert sorted(spelt) == sorted(counts.items())
    assert all(item.count == sum(count for _, count in item.spellings) for item in found)
    mixed = list(counts.items())
    chance.shuffle(mixed)
    assert clusters(dict(mixed)) == found


@given(COUNTS)
@settings(max_examples=150)
def test_laws_of_suggestions_and_maps(counts: dict[str, int]) -> None:
    made = suggest(clusters(counts), least_share=1.0)
    leads = [normal(text) for name, texts in made.convert.items() for text in (name, *texts)]
    assert len(leads) == len(set(leads))
    assert 0 <= made.covered <= 1
    mapped = auto_map(counts, dict.fromkeys(made.options, ()))
    assert set(mapped.values()) <= set(made.options)
    assert all(mapped[name] == name for name in made.options)
    assert list(mapped) == sorted(normal(text) for text in mapped)


@given(st.text(LETTERS, max_size=20) | st.text(max_size=20))
@settings(max_examples=300)
def test_tidying_keeps_the_key(text: str) -> None:
    assert folding.key(folding.tidy(text)) == folding.key(text)


def test_twenty_thousand_values_take_seconds() -> None:
    chance = random.Random(1)
    letters = "абвгдежзийклмнопрстуфхцчшщыэюя"
    texts = {"".join(chance.choices(letters, k=chance.randint(3, 12))) for _ in range(20_000)}
    start = time.process_time()
    clusters({text: chance.randint(1, 500) for text in sorted(texts)})
    assert time.process_time() - start < 30
