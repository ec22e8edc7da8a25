"""What the maps inside attributes are called by editors, in English and Russian; attributes have words of their own."""

from collections.abc import Mapping
from typing import Any

# The key, and the key above it where that makes a difference → (English, Russian).
INSIDE: Mapping[str, tuple[str, str]] = {
    "hints": ("Hints of the stage, by the manager's level", "Подсказки этапа, по уровню менеджера"),
    "rights": ("What the role may do, by entity", "Что роль может, по сущностям"),
    "leads": ("Deals", "Сделки"),
    "contacts": ("Contacts", "Контакты"),
    "companies": ("Companies", "Компании"),
    "customers": ("Customers", "Покупатели"),
    "segments": ("Segments", "Сегменты"),
    "catalogs": ("Lists", "Списки"),
    "tasks": ("Tasks", "Задачи"),
    "view": ("May see: all, group, own, none", "Просмотр: all все, group отдел, own свои, none нет"),
    "edit": ("May change", "Редактирование"),
    "add": ("May create", "Создание"),
    "delete": ("May delete", "Удаление"),
    "export": ("May export", "Экспорт"),
    "values": (
        "Option → its spellings; auto: made from the values that there are",
        "Значение списка → его написания; auto: по тому, что есть в карточках",
    ),
    "otherwise": (
        "What maps to nothing: keep in the old field, an option, or stop",
        "Что делать с остальным: keep оставить в старом поле, option записать это значение, stop остановиться",
    ),
    "unsorted": (
        "Deals among incoming leads: wait until accepted, or take_out",
        "Неразобранное: wait ждать приёма, take_out забрать сразу (запись выводит сделку из неразобранного)",
    ),
    "option": ("This option of the new field", "Это значение нового списка"),
    "objects": ("Most removals at once", "Сколько удалений за раз"),
    "share": ("Largest share of the things", "Наибольшая доля от всех"),
    "records": ("Most records that one removal touches", "Сколько карточек может затронуть одно удаление"),
    "except": ("What the rule is not to look at", "Исключения из правила"),
    "address": ("Address of a thing, or a pattern", "Адрес или шаблон"),
    "id": ("Number of a record", "Номер карточки"),
    "reason": ("Why", "Почему"),
    "until": ("The last day", "Последний день"),
    "warn": ("From here on a warning", "Порог предупреждения"),
    "error": ("From here on an error", "Порог ошибки"),
    "admins": ("Administrators", "Администраторы"),
    "first_response": ("How soon people answer", "Как быстро отвечают"),
    "touches_per_won": ("Touches of a won deal", "Касания до продажи"),
    "days": ("Working days", "Рабочие дни"),
    "from": ("Beginning of the working day", "Начало рабочего дня"),
    "to": ("End of the working day", "Конец рабочего дня"),
    "integrations": ("Widgets and webhooks", "Виджеты и вебхуки"),
    "widgets": ("Widgets by their code", "Виджеты по их коду"),
    "webhooks": ("Where amoCRM sends events", "Вебхуки"),
    "won": ("The closing stage of won deals", "Закрывающий этап: успешно"),
    "lost": ("The closing stage of lost deals", "Закрывающий этап: не реализовано"),
    "protected": ("Never taken away", "Нельзя убирать"),
}


def described(schema: Any, name: str = "") -> Any:
    """The schema with words at every key that has none; what is excluded (`if`, `not`) needs none."""
    if isinstance(schema, list):
        return [described(item, name) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: value if key in ("if", "then", "not") else described(value) for key, value in schema.items()
    }
    if isinstance(schema.get("properties"), dict):
        found["properties"] = {
            key: _named(key, described(item)) for key, item in schema["properties"].items()
        }
    return found


def _named(key: str, schema: Any) -> Any:
    if not isinstance(schema, dict) or "description" in schema or "$ref" in schema or key not in INSIDE:
        return schema
    return {**schema, "description": " — ".join(INSIDE[key])}
