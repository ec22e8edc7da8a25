"""What a data step asks of records, and the least that a write must say of one of them for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amoconf.bodies import Ids, id_of
from amoconf.changes import Step
from amoconf.records import ledger
from amoconf.records.ledger import Cell
from amoconf.touch import FIELD, OPTION, REASON, TAG, TASK_TYPE, Touch

MOVE_VALUES, DETACH_TAG, MOVE_TAG, MOVE_TASKS = "move_values", "detach_tag", "move_tag", "move_tasks"
WORKS = (MOVE_VALUES, DETACH_TAG, MOVE_TAG, MOVE_TASKS)
# Nothing is written to records: what the service is about to wipe in them is written down.
KEEP_VALUES = "keep_values"
TAKE_OUT = "take_out"
DEALS, TASKS = "leads", "tasks"
Record = Mapping[str, Any]
Body = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One data step. touch: the records it is about. to: the id of what takes over; None: nothing does."""

    step: Step
    touch: Touch
    to: int | None = None

    @property
    def work(self) -> str:
        """What is done to the records."""
        return str(self.step.data["work"])

    @property
    def anew(self) -> bool:
        """Whether the tag is made anew although no card holds it: only deals' tags can be renamed (config page C9)."""
        return self.work == MOVE_TAG and self.touch.entity != DEALS

    @property
    def takes_out(self) -> bool:
        """Whether deals may leave the incoming-leads stage for it."""
        return self.step.data.get("unsorted") == TAKE_OUT


def part_of(step: Step, ids: Ids) -> Part:
    """What a data step asks, in ids."""
    data = step.data
    own = int(str(id_of(data["from"], ids)))
    if data["work"] == KEEP_VALUES and data["field"] == data["from"]:
        return Part(step, Touch(data["entity"], REASON if data["type"] == ledger.LOSS else FIELD, (own,)))
    to = int(str(id_of(data["to"], ids))) if "to" in data else None
    if data["work"] in (MOVE_VALUES, KEEP_VALUES):
        return Part(step, Touch(data["entity"], OPTION, (int(str(id_of(data["field"], ids))), own)), to)
    return Part(step, Touch(data["entity"], TASK_TYPE if data["work"] == MOVE_TASKS else TAG, (own,)), to)


def changed(record: Record, parts: Sequence[Part]) -> Body:
    """The least that a PATCH must say of a record; its values are absolute, so that it may be repeated."""
    body: Body = {"id": record["id"]}
    for part in parts:
        if part.work == MOVE_VALUES:
            _replace(record, body, part)
        elif part.work == MOVE_TASKS:
            body["task_type_id"] = part.to
        else:
            body.setdefault("tags_to_delete", []).append({"id": part.touch.ids[0]})
            if part.to is not None:
                body.setdefault("tags_to_add", []).append({"id": part.to})
    return body


def overwritten(record: Record, body: Body, parts: Sequence[Part]) -> tuple[Cell, ...]:
    """Every place that a body as `changed` answers it overwrites, with what stands there."""
    entity, key = parts[0].touch.entity, int(record["id"])
    rows = [row for part in parts for row in _places(record, body, part)]
    merged: dict[int, Cell] = {}
    for place, kind, before, after, part in rows:
        known, own = merged.get(place), str(part.step.data["from"])
        about = f"{known.about}\n{own}" if known else own
        merged[place] = Cell(entity, key, place, kind, before, after, about=about)
    return tuple(merged.values())


Place = tuple[int, str, ledger.Values, ledger.Values, Part]


def _places(record: Record, body: Body, part: Part) -> Iterator[Place]:
    """(number of the place, its kind, before, after, for what)."""
    if part.work == MOVE_VALUES:
        number = part.touch.ids[0]
        was = next(row for row in record["custom_fields_values"] if row["field_id"] == number)
        now = next(row for row in body["custom_fields_values"] if row["field_id"] == number)
        yield number, str(was.get("field_type") or "select"), list(was["values"]), list(now["values"]), part
    elif part.work == MOVE_TASKS:
        old, new = ([{"task_type_id": key}] for key in (part.touch.ids[0], part.to))
        yield 0, ledger.TASK_TYPE, old, new, part
    else:
        yield -part.touch.ids[0], ledger.TAG, _tag(record, part.touch.ids[0]), None, part
        if part.to is not None:
            new = [{"id": part.to, "name": dict(part.step.data["tag"]).get("name")}]
            yield -part.to, ledger.TAG, _tag(record, part.to), new, part


def _tag(record: Record, key: int) -> ledger.Values:
    """A tag as the record has it, None where it has not."""
    tags = (record.get("_embedded") or {}).get("tags") or ()
    return [{"id": key, "name": tag.get("name")} for tag in tags if tag.get("id") == key] or None


def _replace(record: Record, body: Body, part: Part) -> None:
    """The whole value list of the field with the target instead: a write replaces it (official: protocol page 6.1)."""
    number, old = part.touch.ids
    rows = body.setdefault("custom_fields_values", [])
    row = next((row for row in rows if row["field_id"] == number), None)
    if row is None:
        row = {"field_id": number, "values": _minimal(record, number)}
        rows.append(row)
    values = [{"enum_id": part.to} if value.get("enum_id") == old else value for value in row["values"]]
    row["values"] = [value for index, value in enumerate(values) if value not in values[:index]]


def _minimal(record: Record, number: int) -> list[Body]:
    """The values of a list field as they may be written: what is read is refused (third party: protocol page 6.3)."""
    rows = record.get("custom_fields_values") or ()
    values = [value for row in rows if row.get("field_id") == number for value in row.get("values") or ()]
    return [
        {"enum_id": value["enum_id"]} if value.get("enum_id") else {"value": value.get("value")}
        for value in values
    ]
