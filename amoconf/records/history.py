"""What happened to deals, from events of a window, beside the mirror: in tables that go with the connection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amoconf.kinds import _read as read
from amoconf.live import Reads
from amoconf.records.deals import EVENTS, EVENTS_PAGE, MOVED
from amoconf.records.mirror import Mirror
from amoconf.records.misread import unreadable
from amoconf.tongue import tr

# What a person does towards a client (official: protocol page 9.3).
TOUCHES = ("outgoing_call", "outgoing_chat_message", "outgoing_sms", "common_note_added", "task_completed")
ANSWERS = ("incoming_call", "incoming_chat_message", "incoming_sms")
TABLES = """
CREATE TEMP TABLE moved (deal INTEGER, above INTEGER, before INTEGER, pipeline INTEGER, after INTEGER, at INTEGER, event TEXT PRIMARY KEY);
CREATE TEMP TABLE touched (entity TEXT, record INTEGER, at INTEGER, kind TEXT, person INTEGER, event TEXT PRIMARY KEY);
CREATE TEMP TABLE standing (id INTEGER PRIMARY KEY, pipeline_id INTEGER, status_id INTEGER, entered INTEGER);
"""
STANDING = """
INSERT INTO standing SELECT id, pipeline_id, status_id, coalesce(m.at, created_at) FROM leads
LEFT JOIN (SELECT deal, max(at) at FROM moved GROUP BY deal) m ON m.deal = id WHERE status_id NOT IN (142, 143)
"""


async def read_history(
    reader: Reads, mirror: Mirror, since: int, told: Sequence[str] = (*TOUCHES, *ANSWERS)
) -> None:
    """Fills the temporary tables `moved`, `touched` and `standing` (open deals and when they entered their stage).

    since: account time, Unix seconds. told: what is read besides moves; without it `touched` stays empty. One request
    for 100 events. BadAnswer where an event cannot be read.
    """
    for statement in TABLES.split(";")[:-1]:
        mirror.db.execute(statement)
    kinds = tuple(("filter[type][]", kind) for kind in (MOVED, *told))
    query = (*kinds, ("filter[created_at][from]", str(since)))
    async for page in reader.pages(EVENTS, "events", query, limit=EVENTS_PAGE):
        try:
            _put(mirror, [event for event in page if read.number(event.get("created_at")) >= since])
        except (ValueError, AttributeError) as error:
            raise unreadable(EVENTS, error) from error
    # Deals without an event stand where they were created (KPI: entered-stage time, else created_at).
    mirror.db.execute(STANDING)
    mirror.db.execute("CREATE INDEX temp.moved_deal ON moved (deal)")


def _put(mirror: Mirror, events: Iterable[Mapping[str, Any]]) -> None:
    moves, touches = [], []
    for event in events:
        key, kind = read.named(event, "id"), read.named(event, "type")
        record, at = read.number(event.get("entity_id")), read.number(event.get("created_at"))
        if kind == MOVED:
            before, after = (_stage(event, name) for name in ("value_before", "value_after"))
            moves.append((record, *before, *after, at, key))
        else:
            by = read.numbered(event.get("created_by"), "created_by") or 0
            touches.append((read.named(event, "entity_type"), record, at, kind, by, key))
    # Rows that shift between pages come twice.
    mirror.db.executemany("INSERT OR IGNORE INTO moved VALUES (?,?,?,?,?,?,?)", moves)
    mirror.db.executemany("INSERT OR IGNORE INTO touched VALUES (?,?,?,?,?,?)", touches)


def _stage(event: Mapping[str, Any], name: str) -> tuple[int, int]:
    """(pipeline, stage)."""
    rows = [read.block(row.get("lead_status"), "lead_status") for row in read.rows(event.get(name), name)]
    if not rows:
        raise ValueError(tr("{name} is missing", name=name))
    return read.number(rows[0].get("pipeline_id"), "pipeline_id"), read.number(rows[0].get("id"))
