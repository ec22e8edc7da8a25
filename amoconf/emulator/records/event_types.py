"""The reference list of event types (protocol page, 9.1, 9.3)."""

from amoconf.emulator.answer import Answer, ok
from amoconf.emulator.call import Call
from amoconf.emulator.routes import route

# key: (number, Russian name, English name). Numbers 1, 7, 14, 24, 25, 27, 28, 63, 69, 70, 72, 89 and 90 have
# been seen; the others, and the wording of all names, are guesses.
TYPES = {
    "lead_added": (1, "Новая сделка", "Lead added"),
    "contact_added": (2, "Новый контакт", "Contact added"),
    "company_added": (3, "Новая компания", "Company added"),
    "customer_added": (4, "Новый покупатель", "Customer added"),
    "task_added": (5, "Новая задача", "Task added"),
    "lead_deleted": (7, "Сделка удалена", "Lead deleted"),
    "contact_deleted": (8, "Контакт удален", "Contact deleted"),
    "company_deleted": (9, "Компания удалена", "Company deleted"),
    "customer_deleted": (10, "Покупатель удален", "Customer deleted"),
    "lead_restored": (11, "Сделка восстановлена", "Lead restored"),
    "contact_restored": (12, "Контакт восстановлен", "Contact restored"),
    "company_restored": (13, "Компания восстановлена", "Company restored"),
    "lead_status_changed": (14, "Изменение этапа продажи", "Lead stage changed"),
    "customer_status_changed": (15, "Изменение этапа покупателя", "Customer stage changed"),
    "task_deleted": (16, "Задача удалена", "Task deleted"),
    "task_completed": (17, "Задача завершена", "Task completed"),
    "task_text_changed": (18, "Изменение текста задачи", "Task text changed"),
    "task_deadline_changed": (19, "Изменение даты исполнения задачи", "Task deadline changed"),
    "task_type_changed": (20, "Изменение типа задачи", "Task type changed"),
    "task_result_added": (21, "Результат по задаче", "Task result added"),
    "custom_field_value_changed": (23, "Изменение поля", "Field changed"),
    "custom_field_{FIELD_ID}_value_changed": (24, "Изменение поля с ID", "Field with the given ID changed"),
    "entity_responsible_changed": (25, "Ответственный изменен", "Responsible user changed"),
    "common_note_added": (27, "Новое примечание", "Note added"),
    "attachment_note_added": (28, "Добавлен новый файл", "File added"),
    "service_note_added": (29, "Системное примечание", "Service note added"),
    "geo_note_added": (30, "Новое примечание с геометкой", "Note with a place added"),
    "message_to_cashier_note_added": (31, "Сообщение кассиру", "Message to the cashier"),
    "incoming_call": (32, "Входящий звонок", "Incoming call"),
    "outgoing_call": (33, "Исходящий звонок", "Outgoing call"),
    "incoming_sms": (34, "Входящее SMS", "Incoming SMS"),
    "outgoing_sms": (35, "Исходящее SMS", "Outgoing SMS"),
    "common_note_deleted": (36, "Примечание удалено", "Note deleted"),
    "entity_tag_added": (63, "Теги добавлены", "Tags added"),
    "entity_tag_deleted": (64, "Теги убраны", "Tags removed"),
    "entity_merged": (65, "Выполнено объединение", "Merged"),
    "sale_field_changed": (69, "Изменение поля \"Бюджет\"", "Budget changed"),
    "name_field_changed": (70, "Изменение поля \"Название\"", "Name changed"),
    "ltv_field_changed": (71, "Сумма покупок", "Purchases changed"),
    "entity_linked": (72, "Прикрепление", "Linked"),
    "entity_unlinked": (73, "Открепление", "Unlinked"),
    "transaction_added": (74, "Добавлена покупка", "Purchase added"),
    "nps_rate_added": (75, "Новая оценка NPS", "NPS rate added"),
    "robot_replied": (76, "Ответ робота", "Robot replied"),
    "intent_identified": (77, "Тема вопроса определена", "Intent identified"),
    "link_followed": (78, "Переход по ссылке", "Link followed"),
    "key_action_completed": (79, "Ключевое действие", "Key action completed"),
    "incoming_chat_message": (89, "Входящее сообщение", "Incoming message"),
    "outgoing_chat_message": (90, "Исходящее сообщение", "Outgoing message"),
    "entity_direct_message": (91, "Сообщение внутреннего чата", "Direct message"),
}  # fmt: skip


@route(
    "GET",
    "/api/v4/events/types",
    facts="protocol 9.1, 9.3",
    state="partly",
    note="numbers and names are guessed",
)
def list_types(call: Call) -> Answer:
    """Every type with its number and its name in the language asked for, or the account's own."""
    language = str(call.query.get("language_code") or call.world.switches.language)
    place = 1 if language == "ru" else 2
    shown = [{"key": key, "type": row[0], "lang": row[place]} for key, row in TYPES.items()]
    body = {"_total_items": len(shown), "_links": call.own_link, "_embedded": {"events_types": shown}}
    return ok(body)
