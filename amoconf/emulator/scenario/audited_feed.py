"""Rows of tasks, notes and events of the audited account, each table by time."""

from collections.abc import Iterator, Sequence

from amoconf.emulator.records.document import Row
from amoconf.emulator.records.papers import event_row, note_row, status_json, task_row
from amoconf.emulator.scenario.bulk import insert
from amoconf.emulator.scenario.ground import ACCOUNT_ID, uuid_of
from amoconf.emulator.scenario.history import Event, History, Note, Task, worker
from amoconf.emulator.store import Store

TASK_TEXTS = (
    "Позвонить клиенту",
    "Уточнить размеры",
    "Напомнить о договоре",
    "Согласовать время",
    "Проверить оплату",
)
RESULTS = ("Дозвонились", "Договорились", "Клиент перезвонит", "Не ответил")
REMARKS = (
    "Клиент просит скидку",
    "Сравнивает с другими",
    "Отправлена смета",
    "Просил перезвонить завтра",
    "Нужен замер",
)


def write(store: Store, history: History, now: int) -> None:
    """All three tables; counters of notes and events go on from there."""
    insert(store, "tasks", (_task(task, now) for task in history.tasks))
    insert(store, "notes", (_note(note, now) for note in history.notes))
    insert(store, "events", _events(history.events, store.counters.get("note", 0), now))
    store.set_counter("event", len(history.events))
    store.set_counter("note", store.counters.get("note", 0) + len(history.events))


def _task(task: Task, now: int) -> Row:
    owner = task.deal.owner
    by = worker(owner, task.created, now)
    return task_row(
        id=task.id,
        account_id=ACCOUNT_ID,
        text=TASK_TEXTS[task.id % len(TASK_TEXTS)],
        complete_till=task.till,
        created_at=task.created,
        updated_at=task.done or task.created,
        entity_type="leads",
        entity_id=task.deal.id,
        responsible_user_id=owner.id if owner else 0,
        group_id=owner.group_id if owner else 0,
        created_by=by,
        updated_by=by,
        task_type_id=task.type_id,
        is_completed=bool(task.done),
        result=RESULTS[task.id % len(RESULTS)] if task.done and task.id % 3 else None,
    )


def _note(note: Note, now: int) -> Row:
    owner = note.deal.owner
    by = worker(owner, note.created, now)
    return note_row(
        id=note.id,
        account_id=ACCOUNT_ID,
        entity_type="leads",
        entity_id=note.deal.id,
        note_type="common",
        created_at=note.created,
        updated_at=note.created,
        params_json=f'{{"text":"{REMARKS[note.id % len(REMARKS)]}"}}',
        responsible_user_id=owner.id if owner else 0,
        group_id=owner.group_id if owner else 0,
        created_by=by,
        updated_by=by,
    )


def _events(events: Sequence[Event], notes: int, now: int) -> Iterator[Row]:
    for number, (at, kind, deal, first, second) in enumerate(events, start=1):
        by = deal.by if kind == "lead_added" else worker(deal.owner, at, now)
        before = "[]"
        entity, entity_id = "lead", deal.id
        if kind == "lead_status_changed":
            after, before = status_json(second, deal.line.id), status_json(first, deal.line.id)
        elif kind == "task_completed":
            after, entity, entity_id = "[]", "task", first
        elif kind == "lead_added":
            after = f'[{{"note":{{"id":{notes + number}}}}}]'
        elif kind == "common_note_added":
            after = f'[{{"note":{{"id":{first}}}}}]'
        else:
            by = 0 if kind == "incoming_chat_message" else by
            after = f'[{{"message":{{"id":"{uuid_of("message", number)}"}}}}]'
        yield event_row(
            number,
            kind,
            entity,
            entity_id,
            created_at=at,
            created_by=by,
            after_json=after,
            before_json=before,
        )
