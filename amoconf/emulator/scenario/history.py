"""What happened on the deals: moves between stages, first responses, tasks done and to do, notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from amoconf.emulator.config.stages import WON
from amoconf.emulator.scenario.audited_config import DAY
from amoconf.emulator.scenario.audited_users import Person
from amoconf.emulator.scenario.counts import ACTIVE_WITHOUT_TASK, DONE_TASKS, SECOND_TASKS, Counts
from amoconf.emulator.scenario.deals import HOUR, Deal
from amoconf.emulator.scenario.journeys import moments

EVENT_DAYS = 365  # stage events reach back so far
TALK_DAYS = 90  # additions, responses, messages and notes so far
GONE_DAYS = 200  # users who were switched off have done nothing for so long
ANSWERED, ANSWERED_IN_TIME = 0.82, 0.56
OVERDUE = 0.22

Event = tuple[int, str, Deal, int, int]  # when, type, deal, and two ids that depend on the type


@dataclass(slots=True, eq=False)
class Task:
    """`done`: when, or 0."""

    created: int
    deal: Deal
    till: int
    done: int
    type_id: int
    id: int = 0


@dataclass(slots=True, eq=False)
class Note:
    """A remark of a person."""

    created: int
    deal: Deal
    id: int = 0


@dataclass
class History:
    """Everything that happened; each list by time once `finish` has run."""

    events: list[Event] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tasks_to_tell: list[Task] = field(default_factory=list)  # whose completion is an event too

    def finish(self, first_task: int, first_note: int) -> None:
        """Numbers tasks and notes by time and turns them into events."""
        self.tasks.sort(key=lambda task: task.created)
        for number, task in enumerate(self.tasks):
            task.id = first_task + number
        self.notes.sort(key=lambda note: note.created)
        for number, note in enumerate(self.notes):
            note.id = first_note + number
        self.events += [(task.done, "task_completed", task.deal, task.id, 0) for task in self.tasks_to_tell]
        self.events += [(note.created, "common_note_added", note.deal, note.id, 0) for note in self.notes]
        self.events.sort(key=lambda event: event[0])


def worker(owner: Person | None, at: int, now: int) -> int:
    """Who did it: the owner if he worked then, else a robot."""
    if owner is None:
        return 0
    days = owner.quiet_days if owner.is_active else GONE_DAYS
    return owner.id if at <= now - days * DAY else 0


def tell(rng: Random, deals: Sequence[Deal], types: Sequence[int], counts: Counts, now: int) -> History:
    """The history of all deals; sets their `updated` and `task_at`."""
    history = History()
    _moves(rng, history, deals, now)
    _talk(rng, history, deals, types, now)
    _open_tasks(rng, history, deals, types, counts, now)
    _done_tasks(rng, history, deals, types, counts, now)
    return history


def _moves(rng: Random, history: History, deals: Sequence[Deal], now: int) -> None:
    since = now - EVENT_DAYS * DAY
    events, random = history.events, rng.random
    for deal in deals:
        if deal.closed and deal.closed < since:
            deal.updated = deal.closed + int(random() * 600)
            continue
        until = deal.closed or deal.created + int((now - deal.created) * (0.3 + 0.7 * random()))
        steps = moments(rng, deal.route, deal.created, until, deal.closed)
        ids = [deal.line.stages[position] for position in deal.route]
        path = [*ids, deal.stage] if deal.closed else ids
        for at, before, after in zip(steps, path, path[1:], strict=False):
            if at >= since:
                events.append((at, "lead_status_changed", deal, before, after))
        last = steps[-1] if steps else deal.created
        deal.updated = (
            min(now, last + int(random() * 600)) if deal.closed else last + int((now - last) * random() ** 4)
        )


def _talk(rng: Random, history: History, deals: Sequence[Deal], types: Sequence[int], now: int) -> None:
    """Additions; the first response to enquiries, often late; messages around deals that were won."""
    since = now - TALK_DAYS * DAY
    for deal in deals:
        if deal.created >= since:
            history.events.append((deal.created, "lead_added", deal, 0, 0))
            if deal.line.key in ("retail", "wholesale") and deal.stage and rng.random() < ANSWERED:
                _respond(rng, history, deal, types, now)
        if deal.stage == WON and deal.closed >= since and deal.line.key in ("retail", "wholesale"):
            for _ in range(rng.randrange(4, 10)):
                at = max(since, deal.created + int((deal.closed - deal.created) * rng.random()))
                kind = "outgoing_chat_message" if rng.random() < 0.6 else "incoming_chat_message"
                history.events.append((at, kind, deal, 0, 0))


def _respond(rng: Random, history: History, deal: Deal, types: Sequence[int], now: int) -> None:
    quick = rng.random() < ANSWERED_IN_TIME
    delay = 60 + int(rng.random() * 500) if quick else 660 + int(rng.random() ** 3 * 2 * DAY)
    at = deal.created + delay
    if at >= (deal.closed or now):
        return
    if deal.source and deal.source.category == "chats":
        history.events.append((at, "outgoing_chat_message", deal, 0, 0))
    elif rng.random() < 0.6:
        history.notes.append(Note(at, deal))
    else:
        task = Task(deal.created + 20, deal, deal.created + HOUR, at, types[0])
        history.tasks.append(task)
        history.tasks_to_tell.append(task)


def _open_tasks(
    rng: Random, history: History, deals: Sequence[Deal], types: Sequence[int], counts: Counts, now: int
) -> None:
    """Exactly so many open deals have one; those in the unsorted stage never do."""
    opened = [deal for deal in deals if deal.is_active]
    able = [deal for deal in opened if deal.stage]
    with_task = rng.sample(able, min(len(able), max(0, len(opened) - counts.of(ACTIVE_WITHOUT_TASK))))
    for number, deal in enumerate(with_task):
        _to_do(rng, history, deal, types[number % len(types)], now)
    for number, deal in enumerate(with_task[: counts.of(SECOND_TASKS)]):
        _to_do(rng, history, deal, types[number % len(types)], now)


def _to_do(rng: Random, history: History, deal: Deal, type_id: int, now: int) -> None:
    overdue = rng.random() < OVERDUE
    till = (
        now - HOUR - int(rng.random() ** 2 * 20 * DAY)
        if overdue
        else now + HOUR + int(rng.random() * 12 * DAY)
    )
    made = max(deal.created + 30, min(till, now) - int(rng.random() * 9 * DAY))
    till = max(till, made + 900)
    deal.task_at = min(deal.task_at or till, till)
    history.tasks.append(Task(min(made, now), deal, till, 0, type_id))


def _done_tasks(
    rng: Random, history: History, deals: Sequence[Deal], types: Sequence[int], counts: Counts, now: int
) -> None:
    done = sum(1 for task in history.tasks if task.done)
    able = [deal for deal in deals if deal.stage]
    for number in range(max(0, counts.of(DONE_TASKS) - done)):
        deal = able[int(rng.random() * len(able))]
        until = deal.closed or now
        made = deal.created + int((until - deal.created) * rng.random() * 0.9)
        till = made + HOUR + int(rng.random() * 3 * DAY)
        finished = min(until, till + int((rng.random() - 0.8) * DAY))
        history.tasks.append(Task(made, deal, till, max(finished, made + 1), types[number % len(types)]))
