"""Invented names, phones and mailboxes: numbered, so that each number has its own and nothing real is met.

No range of Russian numbers is set aside for fiction. The numbering plan assigns no codes that begin with 5, so
all phones here do.
"""

FIRST_MEN = "Алексей Андрей Антон Борис Вадим Виктор Глеб Денис Егор Иван Игорь Кирилл Максим Олег Павел Роман Сергей Тимур Фёдор Юрий"
FIRST_WOMEN = "Алина Анна Вера Галина Дарья Елена Жанна Зоя Инна Ирина Ксения Лидия Марина Нина Ольга Полина Раиса Светлана Таисия Юлия"
# Surnames of building words; women's take the ending.
ROOTS = """
Кирпич Брус Кров Фасад Паркет Плинтус Гвозд Шуруп Ламинат Рейк Обо Бетон Цемент Песк Щебн Арматур Швеллер Труб Вентил Кран
Двер Окон Рам Стекл Петл Замк Ключ Порог Лестн Перил Ступен Балк Стропил Черепиц Водосток Желоб Утепл Минват Гипс Шпатл Грунт
Краск Лак Кист Валик Клей Затирк Плитк Мозаик Камн Гранит Мрамор Сланц Доск Фанер Вагонк Панел Сайдинг Карниз Потолк
"""
MEN = [(first, f"{root}ов") for root in ROOTS.split() for first in FIRST_MEN.split()]
WOMEN = [(first, f"{root}ова") for root in ROOTS.split() for first in FIRST_WOMEN.split()]
PEOPLE = [pair for pairs in zip(MEN, WOMEN, strict=True) for pair in pairs]

FORMS = ("ООО", "АО", "ИП", "ПК")
HEADS = "Строй Кров Фасад Окно Двер Дом Ремонт Монтаж Тепло Снаб Декор Инж Пром Дача Верх Град Ключ Камень Лес Свет".split()
TAILS = "Альянс Баланс Вектор Гарант Дельта Единство Забота Импульс Комфорт Лидер Мастер Норма Опора Партнёр Ресурс Союз Тандем Уют Формула Центр".split()
PLACES = "Пенза Волга Сура Юг Север Восток Запад Плюс Сервис Торг Групп Проект Профи Регион Столица Люкс Эко Про Макс Дом".split()

LATIN = "anna boris vera gleb dasha egor zhanna igor kira lev maria nina oleg pavel roman sveta timur ulia fedor yana".split()
BOXES = ("pochta.example", "yashchik.example", "mailbox.example", "lichnaya.example")
# What people write where a phone belongs.
NO_PHONES = ("нет", "уточнить", "512", "55-12-43", "8 (5412)", "не звонить", "524-11", "+7")

DEAL_NAMES = """
Окна ПВХ|Входная дверь|Межкомнатные двери|Кровля|Фасад|Утепление|Ламинат|Лестница|Балкон|Заявка с сайта|Обратный звонок|Заказ по прайсу
Замена окон|Дверь в дом|Дача, кровля|Сайдинг|Паркет|Доборы и наличники|Фурнитура|Подоконники|Ремонт фасада|Козырёк|Водосток|Звонок
"""
DEALS = [name for line in DEAL_NAMES.split("\n") for name in line.split("|") if name]
STREETS = "Садовая Полевая Лесная Строителей Заводская Речная Новая Кирпичная Дачная Луговая".split()

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
