"""Descriptions of stages: hints for newcomers, candidates and masters (config page, C5)."""

from datetime import UTC, datetime
from typing import Any

from amoconf.emulator.check import Fault, Key, fault
from amoconf.emulator.store import Store, Thing

LEVELS = ("newbie", "candidate", "master")
LONGEST = 1000  # characters

DESCRIPTION = Key(
    "array",
    items=Key(
        "object",
        keys={
            "id": Key("int"),
            "level": Key("string", required=True, choices=LEVELS),
            "description": Key("string", blank=False, max=LONGEST),
        },
    ),
)


def faults(items: list[Thing], held: list[Thing]) -> list[Fault]:
    """At most one item a level, a text for what is new, only ids that this stage has at that level."""
    found = []
    if len(items) > len(LEVELS):
        found.append(fault("TooMany", "descriptions"))
    by_id = {item["id"]: item["level"] for item in held}
    levels: set[str] = set()
    for index, item in enumerate(items):
        path = f"descriptions.{index}"
        if item["level"] in levels:
            found.append(fault("NotSupportedChoice", f"{path}.level"))
        levels.add(item["level"])
        if "id" not in item and "description" not in item:
            found.append(fault("FieldMissing", f"{path}.description"))
        # guess: an id of another stage or another level
        if "id" in item and by_id.get(item["id"]) != item["level"]:
            found.append(fault("NotSupportedChoice", f"{path}.id"))
    return found


def changed(store: Store, stage: Thing, items: list[Thing], at: int) -> list[Thing]:
    """The stage's descriptions after a write; levels that are not mentioned stay (guess: config page, C5).

    With `id` and text an item is edited, with `id` alone deleted; without `id` it takes its level's place.
    """
    held = {item["level"]: item for item in stage["descriptions"]}
    for item in items:
        level = item["level"]
        if "id" not in item:
            held[level] = _new(store, stage, level, item["description"], at)
        elif "description" in item:
            again = {"description": item["description"], "updated_at": moment(at), "updated_by": 0}
            held[level] = {**held[level], **again}
        else:
            del held[level]
    return [held[level] for level in LEVELS if level in held]


def moment(at: int) -> str:
    """Times of descriptions are text; their time zone is not documented, this is UTC (guess)."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _new(store: Store, stage: Thing, level: str, text: str, at: int) -> Thing:
    row: dict[str, Any] = {
        "account_id": stage["account_id"],
        "created_at": moment(at),
        "created_by": 0,
        "description": text,
        "id": store.count("description"),
        "level": level,
        "pipeline_id": stage["pipeline_id"],
        "status_id": stage["id"],
        "updated_at": moment(at),
        "updated_by": None,
    }
    return row
