"""What a change touches in the records: a question that a mirror, or a walk over the API's own items, can answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIELD, OPTION, TAG, STAGE, PIPELINE, REASON, TASK_TYPE, ALL = (
    "field",
    "option",
    "tag",
    "stage",
    "pipeline",
    "reason",
    "task_type",
    "all",
)
# (kind of question, ids)
Mark = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Touch:
    """Records of a list (leads, contacts, companies, customers, tasks, catalogs/ID/elements).

    ids by kind of question: field (field id) · option (field id, option id) · tag (id) · stage (pipeline id, stage
    id) · pipeline (id) · reason (id) · task_type (id; open tasks only) · all ().
    """

    entity: str
    by: str
    ids: tuple[int, ...] = ()

    @property
    def mark(self) -> Mark:
        """What an item of the list bears that is one of them (`marks`)."""
        return self.by, self.ids


@dataclass(frozen=True)
class Impact:
    """records: how many, None where nobody counted. exact False: there are at least so many. as_of: account time.

    of: the list, where all are of one.
    """

    records: int | None
    exact: bool = True
    as_of: int | None = None
    of: str = ""


def marks(item: Mapping[str, Any]) -> set[Mark]:
    """All marks of an item of a list, as the API gives it."""
    place = (item.get("pipeline_id"), item.get("status_id"))
    found: set[Mark] = {
        (ALL, ()),
        (STAGE, place),
        (PIPELINE, place[:1]),
        (REASON, (item.get("loss_reason_id"),)),
    }
    if not item.get("is_completed"):
        found.add((TASK_TYPE, (item.get("task_type_id"),)))
    for row in item.get("custom_fields_values") or ():
        number = row.get("field_id")
        found.add((FIELD, (number,)))
        found.update((OPTION, (number, value.get("enum_id"))) for value in row.get("values") or ())
    found.update((TAG, (tag.get("id"),)) for tag in (item.get("_embedded") or {}).get("tags") or ())
    return found
